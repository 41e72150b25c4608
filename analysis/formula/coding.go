package formula

import (
	"fmt"
	"slices"
	"strconv"
)

// Contrast is how the levels of a factor become columns.
type Contrast uint8

const (
	// Treatment has a column for every level but the reference: R's
	// contr.treatment.
	Treatment Contrast = iota
	// Sum has a column for every level but the last, or but the reference
	// where one is chosen, which is -1 in all of them: R's contr.sum. The
	// columns are numbered.
	Sum
	// Polynomial has the linear, quadratic, cubic, ... trend over the order of
	// the levels, orthogonal and of length 1: R's contr.poly, under its names .L,
	// .Q, .C, ^4.
	Polynomial
)

// coding is the columns that one variable gives to a term: a suffix to its
// name and the value at each level. A number has one column without levels, a
// polynomial one a degree.
type coding struct {
	suffixes []string
	tables   [][]float64 // by column, then by level; nil for a number
}

// coder decides on the codings of a design's variables.
type coder struct {
	opts     Options
	values   []*value
	labels   []string
	used     [][]int // of a factor: the levels that kept rows have
	warnings []string
}

// usedLevels notes the levels that occur in the kept rows. A condition has both
// of its levels always, as in R.
func (c *coder) usedLevels(rows []int) {
	c.used = make([][]int, len(c.values))
	for v, x := range c.values {
		switch x.kind {
		case logical:
			c.used[v] = []int{0, 1}
		case coded:
			seen := make([]bool, len(x.levels))
			for _, r := range rows {
				seen[x.codes[r]] = true
			}
			for k, ok := range seen {
				if ok {
					c.used[v] = append(c.used[v], k)
				}
			}
		}
	}
}

// isFactor says whether variable v has levels.
func (c *coder) isFactor(v int) bool {
	return c.values[v].kind == coded || c.values[v].kind == logical
}

// levels returns all levels of a factor, used or not.
func (c *coder) levels(v int) []string {
	if c.values[v].kind == logical {
		return logicalLevels
	}
	return c.values[v].levels
}

// coding returns the columns of variable v, full for a column a level.
func (c *coder) coding(v int, full bool) coding {
	if x := c.values[v]; x.kind == basis && len(x.parts) > 1 {
		var out coding
		for k := range x.parts {
			out.suffixes, out.tables = append(out.suffixes, strconv.Itoa(k+1)), append(out.tables, nil)
		}
		return out
	}
	if !c.isFactor(v) {
		return coding{suffixes: []string{""}, tables: [][]float64{nil}}
	}
	levels, used := c.levels(v), c.used[v]
	var out coding
	column := func(suffix string, at func(k int) float64) {
		table := make([]float64, len(levels))
		for _, k := range used {
			table[k] = at(k)
		}
		out.suffixes, out.tables = append(out.suffixes, suffix), append(out.tables, table)
	}
	indicator := func(k int) {
		column(levels[k], func(l int) float64 { return truth(l == k) })
	}
	if full {
		for _, k := range used {
			indicator(k)
		}
		return out
	}
	ref, contrast := c.reference(v)
	if contrast == Polynomial {
		return c.trends(v)
	}
	number := 0
	for _, k := range used {
		if k == ref {
			continue
		}
		if contrast == Treatment {
			indicator(k)
			continue
		}
		number++
		column(strconv.Itoa(number), func(l int) float64 { return truth(l == k) - truth(l == ref) })
	}
	return out
}

// trends returns the polynomial contrasts of the levels that are used.
func (c *coder) trends(v int) coding {
	var out coding
	used := c.used[v]
	scores := make([]float64, len(used))
	for i := range scores {
		scores[i] = float64(i + 1)
	}
	p := newPolynomial(scores, max(0, len(used)-1))
	values, slopes := make([]float64, p.degree), make([]float64, p.degree)
	for k := range p.degree {
		suffix := "^" + strconv.Itoa(k+1)
		if k < 3 {
			suffix = [...]string{".L", ".Q", ".C"}[k]
		}
		out.suffixes, out.tables = append(out.suffixes, suffix), append(out.tables, make([]float64, len(c.levels(v))))
	}
	for i, level := range used {
		p.at(scores[i], values, slopes)
		for k := range values {
			out.tables[k][level] = values[k]
		}
	}
	return out
}

// reference returns the level without a column of its own, -1 when no level is
// used, and the contrasts. Of trends it is the first level, which comparisons of
// levels then are against.
func (c *coder) reference(v int) (level int, contrast Contrast) {
	x, used := c.values[v], c.used[v]
	if len(used) == 0 {
		return -1, Treatment
	}
	want, contrast := x.base, x.contrast
	if !x.choice {
		want = c.opts.Reference[c.labels[v]]
		var ok bool
		if contrast, ok = c.opts.Contrasts[c.labels[v]]; !ok {
			contrast = c.opts.Contrasts[""]
		}
	}
	if want != "" {
		for _, k := range used {
			if c.levels(v)[k] == want {
				return k, contrast
			}
		}
	}
	if contrast == Sum {
		return used[len(used)-1], contrast
	}
	return used[0], contrast
}

// warn says what a reader must know about the levels of the variables.
func (c *coder) warn() {
	for v := range c.values {
		if !c.isFactor(v) {
			continue
		}
		levels, used := c.levels(v), c.used[v]
		if len(used) == 1 {
			c.warnings = append(c.warnings, fmt.Sprintf("%s has the one level %q in the rows that are used, so that it explains nothing", c.labels[v], levels[used[0]]))
		}
		want := c.opts.Reference[c.labels[v]]
		if want == "" || c.values[v].choice {
			continue
		}
		if !slices.ContainsFunc(used, func(k int) bool { return levels[k] == want }) && len(used) > 0 {
			ref, _ := c.reference(v)
			c.warnings = append(c.warnings, fmt.Sprintf("no row has the reference level %q of %s; the reference is %q", want, c.labels[v], levels[ref]))
		}
	}
}

// column is one column of a design: the product of its parts, 1 when it has
// none.
type column struct {
	name  string
	parts []part
}

// part is one variable within a column: its number, the value of its level by
// table, or the nth column of its polynomial.
type part struct {
	variable int
	table    []float64
	nth      int
}

// columns returns the columns of a model: the intercept, then term by term; in
// a product the first variable's columns vary fastest.
func (c *coder) columns(m *model) (cols []column, assign []int) {
	if m.intercept {
		cols, assign = append(cols, column{name: "(Intercept)"}), append(assign, 0)
	}
	for t, term := range m.terms {
		made := []column{{}}
		for _, v := range term {
			k := c.coding(v, c.isFactor(v) && m.fullCoding(t, v, c.isFactor))
			var next []column
			for j, table := range k.tables {
				for _, before := range made {
					name := c.labels[v] + k.suffixes[j]
					if len(before.parts) > 0 {
						name = before.name + ":" + name
					}
					next = append(next, column{name: name, parts: append(slices.Clone(before.parts), part{variable: v, table: table, nth: j})})
				}
			}
			made = next
		}
		for _, col := range made {
			cols, assign = append(cols, col), append(assign, t+1)
		}
	}
	return cols, assign
}
