package formula

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/frame"
)

// Part is some columns of a design and the few different rows of values that
// they take: one pattern for each combination of values of the predictors that
// the columns are made of. A design of factors and scales is the sum of a few
// parts, and whatever is summed over its rows can be counted by pattern first.
type Part struct {
	Columns []int     // of the design, ascending
	Codes   []uint16  // of each row of the design: its pattern
	First   []int     // of each pattern: the first row of the design that has it
	Values  []float64 // patterns x columns
	rows    []int     // of each pattern: a row of the design's data
}

// Row returns the values of a pattern.
func (p *Part) Row(pattern int) []float64 {
	k := len(p.Columns)
	return p.Values[pattern*k : (pattern+1)*k : (pattern+1)*k]
}

// Predictors are put into one part as long as they have no more than
// fewPatterns together, and those that interact always; a design in which
// these have more than manyPatterns has no parts. It pays from partRows rows.
const (
	fewPatterns  = 64
	manyPatterns = 512
	partRows     = 512
)

// parts returns the design by parts, nil when it is not made of few patterns.
func (d *Design) parts() []Part {
	if len(d.source) < partRows || len(d.Random) > 0 {
		return nil
	}
	var coded []codedPredictor
	for _, name := range d.Predictors() {
		p, ok := d.codePredictor(name)
		if !ok {
			return nil
		}
		coded = append(coded, p)
	}
	if len(coded) == 0 {
		return nil
	}
	groups := d.together(coded)
	if groups == nil {
		return nil
	}
	parts := make([]Part, len(groups))
	for g, members := range groups {
		parts[g].combine(coded, members, len(d.source))
	}
	d.shareColumns(parts, coded, groups)
	return parts
}

// condense keeps of the data the first rows of the patterns alone, in which
// every value of a predictor is, and fills in the patterns. Variants are made of
// these rows: a column at one level is some hundred numbers then, not one for
// each respondent.
func (d *Design) condense() {
	var rows []int
	for g := range d.Parts {
		p := &d.Parts[g]
		p.rows = make([]int, len(p.First))
		for c, i := range p.First {
			p.rows[c] = len(rows)
			rows = append(rows, d.source[i])
		}
	}
	e := *d.eval
	e.frame, e.rows = d.eval.frame.Take(rows), len(rows)
	d.eval, d.source = &e, nil
	for i := range rows {
		d.source = append(d.source, i)
	}
	values := make([]*value, len(d.values))
	for v, n := range d.model.variables {
		if v == d.model.response {
			continue
		}
		x, problem := d.eval.value(n)
		if problem != nil {
			panic("formula: " + problem.Error()) // it had a value before
		}
		values[v] = x
	}
	d.values, d.coder.values = values, values
	for g := range d.Parts {
		p := &d.Parts[g]
		p.Values = d.patternValues(p, func(dst []float64, rows []int) { fill(dst, d.columns, d.values, rows) })
	}
}

// Matrix returns X, made of the parts where these are in its place.
func (d *Design) Matrix() *mat.Dense {
	if d.Parts == nil {
		return d.X
	}
	x := mat.NewDense(len(d.Rows), len(d.Names), nil)
	for t := range d.Parts {
		p := &d.Parts[t]
		for i, c := range p.Codes {
			row := x.RawRowView(i)
			for a, v := range p.Row(int(c)) {
				row[p.Columns[a]] = v
			}
		}
	}
	return x
}

// PartValues returns the values of the patterns of a part of the design in the
// variant: patterns x columns.
func (v *Variant) PartValues(p *Part) []float64 { return v.d.patternValues(p, v.fill) }

// patternValues returns the columns of a part in the first row of each pattern.
func (d *Design) patternValues(p *Part, fill func(dst []float64, rows []int)) []float64 {
	k := len(d.Names)
	all := make([]float64, len(p.rows)*k)
	fill(all, p.rows)
	values := make([]float64, 0, len(p.rows)*len(p.Columns))
	for c := range p.rows {
		for _, j := range p.Columns {
			values = append(values, all[c*k+j])
		}
	}
	return values
}

// codedPredictor is a predictor with a code for each row of the design, the
// same for equal values.
type codedPredictor struct {
	name  string
	codes []uint16
	size  int
}

// codePredictor numbers the values of a predictor; false when there are too
// many.
func (d *Design) codePredictor(name string) (codedPredictor, bool) {
	p := codedPredictor{name: name, codes: make([]uint16, len(d.source))}
	c := d.eval.frame.Col(name)
	if c.Kind == frame.Number {
		seen := frame.NewDistinct(manyPatterns)
		for i, r := range d.source {
			k := seen.Add(c.Nums[r])
			if k < 0 {
				return p, false
			}
			p.codes[i] = uint16(k)
		}
		_, place := seen.Sorted() // the order of rows must not matter
		for i, k := range p.codes {
			p.codes[i] = uint16(place[k])
		}
		p.size = len(place)
		return p, true
	}
	v := ofColumn(c)
	if len(v.levels) >= manyPatterns {
		return p, false
	}
	for i, r := range d.source {
		p.codes[i] = uint16(v.codes[r] + 1) // 0 is missing
	}
	p.size = len(v.levels) + 1
	return p, true
}

// together returns which predictors make a part: those that some term joins,
// and others as long as their patterns stay few. It is nil when the patterns of
// joined ones are too many.
func (d *Design) together(coded []codedPredictor) [][]int {
	of := make([]int, len(coded)) // the group of each, named by its first member
	for i := range of {
		of[i] = i
	}
	for _, term := range d.model.terms {
		joined := -1
		for i, p := range coded {
			if !d.termHas(term, p.name) {
				continue
			}
			if joined < 0 {
				joined = of[i]
				continue
			}
			from, to := of[i], joined
			for j := range of {
				if of[j] == from {
					of[j] = to
				}
			}
		}
	}
	var groups [][]int
	size := func(g []int) int {
		n := 1
		for _, i := range g {
			n = min(n*coded[i].size, manyPatterns+1)
		}
		return n
	}
	for i := range coded {
		var g []int
		for j := range of {
			if of[j] == i {
				g = append(g, j)
			}
		}
		if size(g) > manyPatterns {
			return nil
		}
		if g != nil {
			groups = append(groups, g)
		}
	}
	slices.SortStableFunc(groups, func(a, b []int) int { return size(b) - size(a) })
	var packed [][]int
	for _, g := range groups {
		at := slices.IndexFunc(packed, func(p []int) bool { return size(p)*size(g) <= fewPatterns })
		if at < 0 {
			packed = append(packed, g)
			continue
		}
		packed[at] = append(packed[at], g...)
	}
	return packed
}

// termHas says whether a predictor is in a term.
func (d *Design) termHas(term []int, name string) bool {
	return slices.ContainsFunc(term, func(v int) bool { return slices.Contains(d.model.variables[v].names(nil), name) })
}

// combine numbers the combinations of values that rows have of the members, in
// an order that is not that of the rows.
func (p *Part) combine(coded []codedPredictor, members []int, n int) {
	p.Codes = slices.Clone(coded[members[0]].codes)
	size := coded[members[0]].size
	for _, m := range members[1:] {
		more := uint16(coded[m].size)
		for i, c := range coded[m].codes {
			p.Codes[i] = p.Codes[i]*more + c
		}
		size *= coded[m].size
	}
	first := make([]int, size)
	for i := n - 1; i >= 0; i-- {
		first[p.Codes[i]] = i + 1
	}
	to := make([]uint16, size)
	for c, i := range first {
		if i > 0 {
			to[c] = uint16(len(p.First))
			p.First = append(p.First, i-1)
		}
	}
	for i, c := range p.Codes {
		p.Codes[i] = to[c]
	}
}

// shareColumns gives each column to the part that has its predictors; constant
// ones to the first.
func (d *Design) shareColumns(parts []Part, coded []codedPredictor, groups [][]int) {
	for j, t := range d.Assign {
		of := 0
		if t > 0 {
			term := d.model.terms[t-1]
			of = max(0, slices.IndexFunc(groups, func(g []int) bool {
				return slices.ContainsFunc(g, func(i int) bool { return d.termHas(term, coded[i].name) })
			}))
		}
		parts[of].Columns = append(parts[of].Columns, j)
	}
}
