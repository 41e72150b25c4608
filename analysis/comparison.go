package analysis

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"sync"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// comparison holds the answers of all sources to one outcome, ready to be
// resampled by respondent and compared pair by pair.
type comparison struct {
	frame    *frame.Frame
	space    *space
	items    items
	grouping grouping
	sources  []*sourceCounts
	pools    []*pool
	arms     []*arm
	pairs    []*pair
}

// sourceCounts are the rows of one source by respondent. A cell is a
// combination of atom, item and value.
type sourceCounts struct {
	src      *sourceRows
	pool     int
	answered int                      // rows with an answer
	total    []float64                // weight of each cell
	weight   []float64                // of each answered row; nil when all are 1
	drawer   func() *stat.CountDrawer // of the cells, where counts are drawn

	// What resamples of respondents need besides; see byRespondent.
	once  sync.Once
	index poolIndex
	start []int32   // rows of respondent g of the pool: start[g] to start[g+1]
	cell  []int32   // of each row
	share []float64 // of each row: the part of an answer that it is; nil when all are whole
	// Where answers are told by their probabilities, many respondents are alike:
	// the stretch of each, and the different ones; nil where most of these would
	// be empty.
	alike []int32
	dense []stretch
}

// stretch is the weight of cells behind each other: those of a respondent mostly
// stand together, and are then added up in vectors.
type stretch struct {
	first  int
	weight []float64
}

// text returns what two stretches have in common only when they are equal.
func (s stretch) text() string {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, 8*(1+len(s.weight))), uint64(s.first))
	for _, w := range s.weight {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(w))
	}
	return string(b)
}

// arm is one side of a comparison: a source, or a subgroup of it.
type arm struct {
	source          int
	variable, level string
	atoms           []int // the combinations of grouping levels in it
	people, rows    int
}

// pair is a comparison of two arms, and what it gave.
type pair struct {
	a, b  int
	key   Key
	used  []bool // the items that both answered
	items []stat.JSEstimate
	pool  stat.JSEstimate
	seen  []float64   // the measures as observed
	reps  [][]float64 // their replicates; nil without
	lost  int         // items that one side alone answered
	tied  float64     // how much of the bias the pairing of respondents takes away

	measured [2][]measured // the measures as they are told, over items and pooled
}

// The measures of a pair: means over items, then pooled over items, then the
// divergence of each item.
const (
	meanD = iota
	meanRoot
	meanTV
	meanW1
	meanKS
	pooledD
	pooledTV
	pooledW1
	pooledKS
	firstItem
)

// grouping divides rows into atoms: the combinations of the levels of the
// variables that make subgroups, with one more level for missing.
type grouping struct {
	names []string
	cols  []*frame.Column
	atoms int
}

func newGrouping(f *frame.Frame, by []string) grouping {
	g := grouping{atoms: 1}
	for _, name := range by {
		if c := f.Col(name); c != nil && c.Coded() {
			g.names, g.cols = append(g.names, name), append(g.cols, c)
			g.atoms *= len(c.Levels) + 1
		}
	}
	return g
}

// atom returns the combination of a row.
func (g grouping) atom(row int) int {
	a := 0
	for _, c := range g.cols {
		a = a*(len(c.Levels)+1) + int(c.Codes[row]) + 1
	}
	return a
}

// with returns the atoms that have level k of variable v.
func (g grouping) with(v, k int) []int {
	var atoms []int
	for a := range g.atoms {
		rest := a
		for j := len(g.cols) - 1; j >= 0; j-- {
			n := len(g.cols[j].Levels) + 1
			if j == v && rest%n == k+1 {
				atoms = append(atoms, a)
			}
			rest /= n
		}
	}
	return atoms
}

// everything returns all atoms.
func (g grouping) everything() []int {
	atoms := make([]int, g.atoms)
	for a := range atoms {
		atoms[a] = a
	}
	return atoms
}

// newComparison counts the answers of the sources to an outcome and makes an
// arm of each source, and one of each of its subgroups.
func newComparison(f *frame.Frame, sp *space, it items, g grouping, sources []*sourceRows) *comparison {
	c := &comparison{frame: f, space: sp, items: it, grouping: g}
	pools, index := poolsOf(sources)
	c.pools = pools
	for s, src := range sources {
		c.sources = append(c.sources, c.countSource(f, g, src, index[s]))
	}
	for s := range sources {
		c.arms = append(c.arms, c.newArm(f, g, s, "", "", g.everything()))
		for v, col := range g.cols {
			for k, level := range col.Levels {
				c.arms = append(c.arms, c.newArm(f, g, s, g.names[v], level, g.with(v, k)))
			}
		}
	}
	return c
}

func (c *comparison) countSource(f *frame.Frame, g grouping, src *sourceRows, index poolIndex) *sourceCounts {
	width := len(c.items.labels) * len(c.space.levels)
	s := &sourceCounts{src: src, pool: index.pool, index: index, total: make([]float64, g.atoms*width)}
	s.drawer = sync.OnceValue(func() *stat.CountDrawer { return stat.NewCountDrawer(s.total) })
	if hasWeights(f) {
		if w := weights(f, src.rows); slices.ContainsFunc(w, func(x float64) bool { return x != 1 }) {
			s.weight = make([]float64, 0, len(src.rows))
			c.pools[index.pool].independent = false
			for i, row := range src.rows {
				if cell, ok := c.cellOf(g, row); ok {
					s.weight = append(s.weight, w[i])
					s.total[cell] += w[i]
				}
			}
			s.answered = len(s.weight)
			return s
		}
	}
	for i := range src.rows {
		if cell, ok := c.cellOf(g, src.at(i)); ok {
			s.total[cell]++
			s.answered++
		}
	}
	return s
}

// byRespondent notes the cells of every respondent's rows, when they are first
// needed: counts that are drawn as counts do without.
func (c *comparison) byRespondent(s *sourceCounts) {
	s.once.Do(func() {
		parts := shares(c.frame)
		s.start, s.cell = make([]int32, len(s.index.codes)+1), make([]int32, 0, s.answered)
		if parts != nil {
			s.share = make([]float64, 0, s.answered)
		}
		at := 0
		for i, row := range s.src.rows {
			cell, ok := c.cellOf(c.grouping, row)
			if !ok {
				continue
			}
			for s.index.codes[at] != s.src.person[i] {
				at++
				s.start[at] = int32(len(s.cell))
			}
			s.cell = append(s.cell, int32(cell))
			if parts != nil {
				s.share = append(s.share, parts[row])
			}
		}
		for at < len(s.index.codes) {
			at++
			s.start[at] = int32(len(s.cell))
		}
		s.alike, s.dense = s.stretches()
	})
}

// stretches returns the different stretches of respondents whose rows count in
// parts, and which each of them has; nil when respondents would have more than
// twice as many cells as rows.
func (s *sourceCounts) stretches() (alike []int32, different []stretch) {
	if s.weight == nil {
		return nil, nil
	}
	alike = make([]int32, len(s.start)-1)
	known, size := map[string]int32{}, 0
	for g := range alike {
		var own stretch
		if cells := s.cell[s.start[g]:s.start[g+1]]; len(cells) > 0 {
			own.first = int(slices.Min(cells))
			own.weight = make([]float64, int(slices.Max(cells))-own.first+1)
			for i, cell := range cells {
				own.weight[int(cell)-own.first] += s.weight[int(s.start[g])+i]
			}
		}
		if size += len(own.weight); size > 2*len(s.cell) {
			return nil, nil
		}
		text := own.text()
		k, ok := known[text]
		if !ok {
			k = int32(len(different))
			known[text], different = k, append(different, own)
		}
		alike[g] = k
	}
	return alike, different
}

// cellOf returns the cell of a row, false when it has no answer or no item.
func (c *comparison) cellOf(g grouping, row int) (int, bool) {
	item, value := c.items.code[row], c.space.code[row]
	if item < 0 || value < 0 {
		return 0, false
	}
	return (g.atom(row)*len(c.items.labels)+int(item))*len(c.space.levels) + int(value), true
}

func (c *comparison) newArm(f *frame.Frame, g grouping, source int, variable, level string, atoms []int) *arm {
	a := &arm{source: source, variable: variable, level: level, atoms: atoms}
	s := c.sources[source]
	in, rows := c.inAtoms(atoms, g.atoms), 0.0
	width := len(c.items.labels) * len(c.space.levels)
	if s.src.single() && s.weight == nil {
		for cell, n := range s.total {
			if in[cell/width] {
				a.rows += int(n)
			}
		}
		a.people = a.rows
		return a
	}
	c.byRespondent(s)
	for p := range len(s.start) - 1 {
		own := 0
		for k, cell := range s.cell[s.start[p]:s.start[p+1]] {
			switch {
			case !in[int(cell)/width]:
				continue
			case s.share == nil:
				rows++
			default:
				rows += s.share[int(s.start[p])+k]
			}
			own++
		}
		if own > 0 {
			a.people++
		}
	}
	a.rows = int(math.Round(rows))
	return a
}

func (c *comparison) inAtoms(atoms []int, n int) []bool {
	in := make([]bool, n)
	for _, a := range atoms {
		in[a] = true
	}
	return in
}

// arm returns the number of the arm of a source's subgroup, -1 for none.
func (c *comparison) arm(source int, variable, level string) int {
	return slices.IndexFunc(c.arms, func(a *arm) bool { return a.source == source && a.variable == variable && a.level == level })
}

// counts returns the weights of items x values of an arm, given the cells of
// its source. It writes into dst only when the arm has several atoms.
func (c *comparison) counts(a *arm, cells, dst []float64) []float64 {
	width := len(dst)
	if len(a.atoms) == 1 {
		return cells[a.atoms[0]*width : (a.atoms[0]+1)*width]
	}
	clear(dst)
	for _, atom := range a.atoms {
		for k, v := range cells[atom*width : (atom+1)*width] {
			dst[k] += v
		}
	}
	return dst
}

// observe compares all pairs on the answers as they are.
func (c *comparison) observe(ctx context.Context, r stat.Resampling) error {
	k := c.newKernel()
	counts := c.armCounts()
	for i := range c.sources {
		copy(k.cells[i], c.sources[i].total)
	}
	for _, p := range c.pairs {
		p.used = make([]bool, len(c.items.labels))
		for i := range p.used {
			inA, inB := any0(c.itemOf(counts[p.a], i)), any0(c.itemOf(counts[p.b], i))
			p.used[i] = inA && inB
			if inA != inB {
				p.lost++
			}
		}
		p.seen = make([]float64, firstItem+len(c.items.labels))
		k.measure(p, counts[p.a], counts[p.b], p.seen)
		if err := c.biases(ctx, r, p, counts); err != nil {
			return err
		}
	}
	return nil
}

func any0(xs []float64) bool { return slices.ContainsFunc(xs, func(x float64) bool { return x > 0 }) }

func (c *comparison) itemOf(counts []float64, item int) []float64 {
	n := len(c.space.levels)
	return counts[item*n : (item+1)*n]
}

func (c *comparison) armCounts() [][]float64 {
	counts := make([][]float64, len(c.arms))
	for i, a := range c.arms {
		counts[i] = c.counts(a, c.sources[a.source].total, make([]float64, len(c.items.labels)*len(c.space.levels)))
	}
	return counts
}
