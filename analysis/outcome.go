package analysis

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"silico/analysis/frame"
)

// space is the set of values that an outcome takes. An outcome is a variable,
// or several with levels, joined by colons, whose combinations are the values.
type space struct {
	name   string
	levels []string  // each value as it stands in the data
	labels []string  // each value as readers see it
	scores []float64 // the values as numbers, ascending; nil where they have no order
	// The categories that divergences are taken over: the values themselves,
	// or bins of them.
	category []int
	cats     []string
	whole    bool    // the values themselves are the categories
	code     []int32 // of each row of the frame: its value, -1 where missing
	note     string  // what a reader must know of the categories
}

// manyValues is how many distinct numbers an outcome may have before its
// divergence is taken over bins.
const manyValues = 20

// newSpace reads an outcome from the frame. Numbers take the distinct values
// of the sources' rows; edges are the inner borders of their bins. Where none
// are declared and the first source, with which the others are compared, has
// many distinct values, its deciles are the borders: no other source moves them.
func newSpace(f *frame.Frame, name string, edges []float64, sources []*sourceRows) (*space, error) {
	parts := strings.Split(name, ":")
	var cols []*frame.Column
	for _, part := range parts {
		c := f.Col(part)
		if c == nil || c.Kind == frame.Text {
			return nil, fmt.Errorf("outcome %q is no column of numbers or levels", part)
		}
		cols = append(cols, c)
	}
	if len(cols) == 1 {
		if cols[0].Coded() {
			return codedSpace(name, cols[0]), nil
		}
		return numberSpace(f, name, cols[0], edges, sources), nil
	}
	var spaces []*space
	for i, c := range cols {
		if c.Coded() {
			spaces = append(spaces, codedSpace(parts[i], c))
		} else {
			spaces = append(spaces, numberSpace(f, parts[i], c, nil, sources))
		}
	}
	return jointSpace(name, spaces), nil
}

func codedSpace(name string, c *frame.Column) *space {
	s := &space{name: name, levels: c.Levels, code: c.Codes}
	for k := range c.Levels {
		s.labels = append(s.labels, c.LevelLabel(k))
	}
	if c.Kind == frame.Ordered {
		s.scores = make([]float64, len(c.Levels))
		for k := range s.scores {
			s.scores[k] = float64(k)
			if c.Scores != nil {
				s.scores[k] = c.Scores[k]
			}
		}
		if !slices.IsSorted(s.scores) {
			s = s.sorted()
		}
	}
	return s.plain()
}

// sorted puts the values in the order of their scores.
func (s *space) sorted() *space {
	order := make([]int, len(s.scores))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case s.scores[a] < s.scores[b]:
			return -1
		case s.scores[a] > s.scores[b]:
			return 1
		}
		return 0
	})
	t := &space{name: s.name}
	to := make([]int32, len(order))
	for k, from := range order {
		t.levels, t.labels = append(t.levels, s.levels[from]), append(t.labels, s.labels[from])
		t.scores = append(t.scores, s.scores[from])
		to[from] = int32(k)
	}
	t.code = make([]int32, len(s.code))
	for i, c := range s.code {
		t.code[i] = -1
		if c >= 0 {
			t.code[i] = to[c]
		}
	}
	return t
}

// plain makes every value a category of its own.
func (s *space) plain() *space {
	s.category = make([]int, len(s.levels))
	for k := range s.category {
		s.category[k] = k
	}
	s.cats, s.whole = s.labels, true
	return s
}

func numberSpace(f *frame.Frame, name string, c *frame.Column, edges []float64, sources []*sourceRows) *space {
	s, first := fewNumbers(f, name, c, sources)
	if s == nil {
		s, first = manyNumbers(name, c, sources)
	}
	for _, x := range s.scores {
		s.levels = append(s.levels, frame.Numbers("", []float64{x}).String(0))
	}
	s.labels = s.levels
	switch {
	case edges != nil:
		s.note = fmt.Sprintf("Divergences of %s are taken over the declared bins.", name)
	case first.distinct <= manyValues:
		return s.plain()
	default:
		for d := 1; d < 10; d++ {
			edges = append(edges, first.at(d*first.n/10))
		}
		edges = slices.Compact(edges)
		s.note = fmt.Sprintf("Divergences of %s, which has more than %d distinct values, are taken over bins at the deciles of %s; Wasserstein and Kolmogorov-Smirnov distances over the values.", name, manyValues, sources[0].title())
	}
	return s.binned(edges)
}

// ascending are the answers of the first source in ascending order.
type ascending struct {
	n, distinct int
	at          func(i int) float64
}

// fewNumbers numbers the values of the sources' rows by those of the frame; nil
// when these are too many.
func fewNumbers(f *frame.Frame, name string, c *frame.Column, sources []*sourceRows) (*space, ascending) {
	all := f.Numbered(c.Name)
	if all == nil || slices.ContainsFunc(all.Values, func(x float64) bool { return math.IsInf(x, 0) }) {
		return nil, ascending{}
	}
	n := make([]int, len(all.Values))
	var first []int
	for i, src := range sources {
		for j := range src.rows {
			if k := all.Codes[src.at(j)]; k >= 0 {
				n[k]++
			}
		}
		if i == 0 {
			first = slices.Clone(n)
		}
	}
	s := &space{name: name, code: all.Codes}
	to := make([]int32, len(n))
	for k, x := range all.Values {
		to[k] = -1
		if n[k] > 0 {
			to[k] = int32(len(s.scores))
			s.scores = append(s.scores, x)
		}
	}
	if len(s.scores) < len(n) { // others have values that these sources have not
		s.code = make([]int32, len(all.Codes))
		for i, k := range all.Codes {
			s.code[i] = -1
			if k >= 0 {
				s.code[i] = to[k]
			}
		}
	}
	a := ascending{}
	for _, times := range first {
		if a.n += times; times > 0 {
			a.distinct++
		}
	}
	a.at = func(i int) float64 {
		for k, times := range first {
			if i -= times; i < 0 {
				return all.Values[k]
			}
		}
		return math.NaN()
	}
	return s, a
}

// manyNumbers sorts the values of the sources' rows.
func manyNumbers(name string, c *frame.Column, sources []*sourceRows) (*space, ascending) {
	var values []float64
	var first []float64
	for i, src := range sources {
		for _, row := range src.rows {
			if x := c.Nums[row]; !math.IsNaN(x) && !math.IsInf(x, 0) {
				values = append(values, x)
			}
		}
		if i == 0 {
			first = slices.Sorted(slices.Values(values))
		}
	}
	slices.Sort(values)
	values = slices.Compact(values)
	s := &space{name: name, scores: values, code: make([]int32, c.Len())}
	for i, x := range c.Nums {
		s.code[i] = -1
		if k, ok := slices.BinarySearch(values, x); ok {
			s.code[i] = int32(k)
		}
	}
	return s, ascending{len(first), len(slices.Compact(slices.Clone(first))), func(i int) float64 { return first[i] }}
}

// binned divides the values at the edges: a value equal to an edge is in the
// bin above it.
func (s *space) binned(edges []float64) *space {
	at := func(i int) string { return frame.Numbers("", []float64{edges[i]}).String(0) }
	for k := range len(edges) + 1 {
		switch {
		case len(edges) == 0:
			s.cats = append(s.cats, "all")
		case k == 0:
			s.cats = append(s.cats, "below "+at(0))
		case k == len(edges):
			s.cats = append(s.cats, at(k-1)+" and above")
		default:
			s.cats = append(s.cats, at(k-1)+" to below "+at(k))
		}
	}
	s.category = make([]int, len(s.scores))
	for k, x := range s.scores {
		bin, equal := slices.BinarySearch(edges, x)
		if equal {
			bin++
		}
		s.category[k] = bin
	}
	return s
}

func jointSpace(name string, parts []*space) *space {
	s := &space{name: name, levels: []string{""}, labels: []string{""}}
	s.code = make([]int32, len(parts[0].code))
	for _, p := range parts {
		var levels, labels []string
		for k := range s.levels {
			for j := range p.levels {
				levels = append(levels, joined(s.levels[k], ":", p.levels[j]))
				labels = append(labels, joined(s.labels[k], ", ", p.labels[j]))
			}
		}
		s.levels, s.labels = levels, labels
		for i, c := range p.code {
			if s.code[i] >= 0 && c >= 0 {
				s.code[i] = s.code[i]*int32(len(p.levels)) + c
			} else {
				s.code[i] = -1
			}
		}
	}
	return s.plain()
}

func joined(a, sep, b string) string {
	if a == "" {
		return b
	}
	return a + sep + b
}

// items are the combinations of the within factors' levels: the questions that
// a respondent answers of one outcome.
type items struct {
	of     []string // names of the factors
	labels []string // "bus, curse"
	keys   []string // "bus:curse"
	code   []int32  // of each row of the frame, -1 where a factor is missing
}

// newItems returns the combinations that occur in the rows of the sources, in
// the order of the factors' levels; one nameless item when there are no factors.
func newItems(f *frame.Frame, factors []string, sources []*sourceRows) items {
	var cols []*frame.Column
	key := "items"
	for _, name := range factors {
		if c := f.Col(name); c != nil && c.Coded() {
			cols, key = append(cols, c), key+"\x00"+name
		}
	}
	all := frame.Once(f, key, func() items { return itemsOf(cols, f.Rows()) })
	for _, c := range cols {
		all.of = append(all.of, c.Name)
	}
	if len(cols) == 0 {
		return all
	}
	seen := make([]bool, len(all.labels))
	for _, src := range sources {
		for i := range src.rows {
			if k := all.code[src.at(i)]; k >= 0 {
				seen[k] = true
			}
		}
	}
	if !slices.Contains(seen, false) {
		return all
	}
	it, to := items{of: all.of, code: make([]int32, len(all.code))}, make([]int32, len(seen))
	for k, is := range seen {
		to[k] = -1
		if is {
			to[k] = int32(len(it.labels))
			it.labels, it.keys = append(it.labels, all.labels[k]), append(it.keys, all.keys[k])
		}
	}
	for row, k := range all.code {
		it.code[row] = -1
		if k >= 0 {
			it.code[row] = to[k]
		}
	}
	return it
}

// itemsOf returns the combinations that occur in so many rows of a frame.
func itemsOf(cols []*frame.Column, rows int) items {
	it := items{code: make([]int32, rows)}
	if len(cols) == 0 {
		it.labels, it.keys = []string{""}, []string{""}
		return it
	}
	combo := func(row int) int {
		k := 0
		for _, c := range cols {
			if c.Codes[row] < 0 {
				return -1
			}
			k = k*len(c.Levels) + int(c.Codes[row])
		}
		return k
	}
	number := map[int]int32{}
	for row := range it.code {
		if k := combo(row); k >= 0 {
			number[k] = 0
		}
	}
	for i, k := range slices.Sorted(maps.Keys(number)) {
		number[k] = int32(i)
		label, key := "", ""
		for j := len(cols) - 1; j >= 0; j-- {
			c := cols[j]
			l := k % len(c.Levels)
			k /= len(c.Levels)
			if j == len(cols)-1 {
				label, key = c.LevelLabel(l), c.Levels[l]
			} else {
				label, key = c.LevelLabel(l)+", "+label, c.Levels[l]+":"+key
			}
		}
		it.labels, it.keys = append(it.labels, label), append(it.keys, key)
	}
	for row := range it.code {
		it.code[row] = -1
		if k := combo(row); k >= 0 {
			it.code[row] = number[k]
		}
	}
	return it
}
