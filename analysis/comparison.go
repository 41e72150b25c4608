package analysis

import (
	"context"
	"fmt"
	"math"
	"slices"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// comparison holds the answers of all sources to one outcome, ready to be
// resampled by respondent and compared pair by pair.
type comparison struct {
	space   *space
	items   items
	sources []*sourceCounts
	pools   []*pool
	arms    []*arm
	pairs   []*pair
}

// sourceCounts are the rows of one source by respondent. A cell is a
// combination of atom, item and value.
type sourceCounts struct {
	src    *sourceRows
	pool   int
	start  []int32   // rows of respondent g of the pool: start[g] to start[g+1]
	cell   []int32   // of each row
	weight []float64 // of each row; nil when all are 1
	total  []float64 // weight of each cell
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
	c := &comparison{space: sp, items: it}
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
	s := &sourceCounts{src: src, pool: index.pool, start: make([]int32, len(index.codes)+1), total: make([]float64, g.atoms*width)}
	if w := weights(f, src.rows); slices.ContainsFunc(w, func(x float64) bool { return x != 1 }) {
		s.weight = make([]float64, 0, len(src.rows))
		c.pools[index.pool].independent = false
		for i := range src.rows {
			if _, ok := c.cellOf(g, src.rows[i]); ok {
				s.weight = append(s.weight, w[i])
			}
		}
	}
	at := 0
	for i, row := range src.rows {
		cell, ok := c.cellOf(g, row)
		if !ok {
			continue
		}
		for index.codes[at] != src.person[i] {
			at++
			s.start[at] = int32(len(s.cell))
		}
		s.cell = append(s.cell, int32(cell))
		w := 1.0
		if s.weight != nil {
			w = s.weight[len(s.cell)-1]
		}
		s.total[cell] += w
	}
	for at < len(index.codes) {
		at++
		s.start[at] = int32(len(s.cell))
	}
	return s
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
	in := c.inAtoms(atoms, g.atoms)
	width := len(c.items.labels) * len(c.space.levels)
	for p := range len(s.start) - 1 {
		rows := 0
		for _, cell := range s.cell[s.start[p]:s.start[p+1]] {
			if in[int(cell)/width] {
				rows++
			}
		}
		a.rows += rows
		if rows > 0 {
			a.people++
		}
	}
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

// biases estimates what sampling adds to the divergences of a pair. Where a
// category is empty on one side it is a mean over permutations of respondents.
func (c *comparison) biases(ctx context.Context, r stat.Resampling, p *pair, counts [][]float64) error {
	if !slices.Contains(p.used, true) {
		nothing := stat.JSEstimate{D: math.NaN(), Bias: math.NaN()}
		p.items, p.pool = slices.Repeat([]stat.JSEstimate{nothing}, len(p.used)), nothing
		return nil
	}
	if c.countedBiases(p, counts) {
		return nil
	}
	a, b := c.panels(p)
	r.Name = fmt.Sprintf("%s.%s", r.Name, p.key.Address("pair"))
	found, err := stat.CompareJS(ctx, r, a, b)
	if err != nil {
		return err
	}
	p.items, p.pool = found.Items, found.Pooled
	if c.sources[c.arms[p.a].source].pool == c.sources[c.arms[p.b].source].pool && c.arms[p.a].source != c.arms[p.b].source {
		p.tied = tiedBias(a, b, p.used) / meanBias(p.items)
	}
	return nil
}

// tiedBias returns the mean over items of 1/(4 ln 2) Σ 2 Cov(p, q)/(p+q), the
// part of the Taylor series of the divergence that the bias of two independent
// samples leaves out: respondents whose answers in one source go with their
// answers in the other bring the two closer.
func tiedBias(a, b *stat.Panel, used []bool) float64 {
	sum, n := 0.0, 0
	u, v := make([]float64, a.Cats), make([]float64, a.Cats)
	for item, is := range used {
		if !is {
			continue
		}
		n++
		p, _ := a.ShareVariance(item)
		q, _ := b.ShareVariance(item)
		cov := make([]float64, a.Cats)
		var ma, mb float64
		for g := range a.People {
			ma += deviation(a.Of(g, item), p, u)
			mb += deviation(b.Of(g, item), q, v)
			for k := range cov {
				cov[k] += u[k] * v[k]
			}
		}
		for k := range cov {
			if p[k]+q[k] > 0 {
				sum += 2 * cov[k] / (ma * mb) / (p[k] + q[k])
			}
		}
	}
	return sum / float64(n) / (4 * math.Ln2)
}

// deviation sets dst to a respondent's answers less what the shares expect of
// as many, and returns how many there are.
func deviation(answers, shares, dst []float64) float64 {
	m := sumOf(answers)
	for k, x := range answers {
		dst[k] = x - m*shares[k]
	}
	return m
}

// countedBiases estimates the biases of two independent arms from their counts
// alone, where respondents have one row each. It is false when that cannot be
// done.
func (c *comparison) countedBiases(p *pair, counts [][]float64) bool {
	for _, i := range []int{p.a, p.b} {
		if !c.pools[c.sources[c.arms[i].source].pool].independent {
			return false
		}
	}
	estimate := func(x, y []float64) (stat.JSEstimate, bool) {
		shares, vx := multinomialVariance(x)
		others, vy := multinomialVariance(y)
		bias, ok := stat.JSBias(shares, others, vx, vy)
		return stat.JSEstimate{D: stat.JSDivergence(x, y), Bias: bias}, ok
	}
	k := c.newKernel()
	p.items = make([]stat.JSEstimate, len(p.used))
	for i, used := range p.used {
		p.items[i] = stat.JSEstimate{D: math.NaN(), Bias: math.NaN()}
		if !used {
			continue
		}
		var ok bool
		if p.items[i], ok = estimate(k.fold(0, c.itemOf(counts[p.a], i)), k.fold(1, c.itemOf(counts[p.b], i))); !ok {
			return false
		}
	}
	x, y := k.pooled(p, counts[p.a], counts[p.b])
	var ok bool
	p.pool, ok = estimate(k.fold(0, x), k.fold(1, y))
	return ok
}

// multinomialVariance returns the shares of counts and p(1-p)/(n-1), their
// variance when every count is a respondent.
func multinomialVariance(counts []float64) (share, variance []float64) {
	n := 0.0
	for _, x := range counts {
		n += x
	}
	share, variance = make([]float64, len(counts)), make([]float64, len(counts))
	for k, x := range counts {
		share[k] = x / n
		variance[k] = share[k] * (1 - share[k]) / (n - 1)
	}
	return share, variance
}

// panels returns the two arms of a pair over the items that both answered, in
// one universe of respondents.
func (c *comparison) panels(p *pair) (a, b *stat.Panel) {
	sa, sb := c.sources[c.arms[p.a].source], c.sources[c.arms[p.b].source]
	people, offset := c.pools[sa.pool].people, 0
	if sa.pool != sb.pool {
		offset = people
		people += c.pools[sb.pool].people
	}
	return c.panel(c.arms[p.a], p.used, people, 0), c.panel(c.arms[p.b], p.used, people, offset)
}

func (c *comparison) panel(a *arm, used []bool, people, offset int) *stat.Panel {
	s, values := c.sources[a.source], len(c.space.levels)
	width := len(used) * values
	panel := stat.NewPanel(people, len(used), len(c.space.cats))
	in := c.inAtoms(a.atoms, len(s.total)/width)
	for g := range len(s.start) - 1 {
		for k := s.start[g]; k < s.start[g+1]; k++ {
			cell := int(s.cell[k])
			if item := cell % width / values; in[cell/width] && used[item] {
				w := 1.0
				if s.weight != nil {
					w = s.weight[k]
				}
				panel.Add(offset+g, item, c.space.category[cell%values], w)
			}
		}
	}
	return panel
}
