package study

import (
	"math"
	"slices"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// whereRows returns the rows of a file for which a rule over its own columns
// is true, nil when there is no rule, and in how many it is missing.
func (l *loader) whereRows(c *csvFile, at []string, where string) (keep []bool, missing int, ok bool) {
	if where == "" {
		return nil, 0, true
	}
	e := l.doc.expression(at, where)
	if e == nil {
		return nil, 0, false
	}
	keep, missing, err := c.rule(e)
	if err != nil {
		l.doc.misexpressed(at, err)
		return nil, 0, false
	}
	if !slices.Contains(keep, true) {
		l.doc.value(at, "the rule keeps no row of %s", c.name)
		return nil, 0, false
	}
	return keep, missing, true
}

// rule returns for each row of the file whether a rule is true, and in how
// many rows it is missing.
//
// A rule names few columns, and these have few values: it is applied once to
// every combination of them, and each row looks up its own. Where there are
// more combinations than rows it is applied to the rows.
func (c *csvData) rule(e *expr.Expr) (keep []bool, missing int, err error) {
	var named []int
	for i, h := range c.header {
		if slices.Contains(e.Names(), h) {
			named = append(named, i)
		}
	}
	c.readRaw(named)
	cases := 1
	for _, i := range named {
		cases = min(cases*len(c.raws[i].values), c.rows()+1) // no product overflows
	}
	grid := cases <= c.rows()
	if !grid {
		cases = c.rows()
	}
	var cols []*frame.Column
	key, stride := c.cases(named, grid), 1
	for i, h := range c.header {
		if !slices.Contains(named, i) {
			cols = append(cols, &frame.Column{Name: h, Kind: frame.Text, Texts: make([]string, cases)})
			continue
		}
		raw := c.raws[i]
		codes := raw.codes
		if grid {
			codes = make([]int32, cases)
			for k := range codes {
				codes[k] = int32(k / stride % len(raw.values))
			}
			stride *= len(raw.values)
		}
		cols = append(cols, raw.column(h, codes))
	}
	truths, err := e.Truths(frame.New(cols...))
	if err != nil {
		return nil, 0, err
	}
	keep = make([]bool, c.rows())
	for row, k := range key {
		switch x := truths[k]; {
		case x == 1:
			keep[row] = true
		case x != x:
			missing++
		}
	}
	return keep, missing, nil
}

// cases returns for each row the number of its case: its combination of the
// values of some columns, the first fastest, or in no grid the row itself.
func (c *csvData) cases(named []int, grid bool) []int32 {
	if grid && len(named) == 1 {
		return c.raws[named[0]].codes
	}
	cases, stride := make([]int32, c.rows()), int32(1)
	if !grid {
		for row := range cases {
			cases[row] = int32(row)
		}
		return cases
	}
	for _, i := range named {
		for row, code := range c.raws[i].codes {
			cases[row] += stride * code
		}
		stride *= int32(len(c.raws[i].values))
	}
	return cases
}

// rawColumn is a column of a file that nothing declares: its distinct values,
// and the place among them of each row's.
type rawColumn struct {
	values []string
	codes  []int32
}

// readRaw reads the columns that were not read before.
func (c *csvData) readRaw(named []int) {
	named = slices.DeleteFunc(slices.Clone(named), func(i int) bool { return c.raws[i] != nil })
	if len(named) == 0 {
		return
	}
	fields := make([]string, slices.Max(named)+1)
	dictionaries := make([]*dictionary, len(named))
	for k, i := range named {
		dictionaries[k] = newDictionary(nil)
		c.raws[i] = &rawColumn{codes: make([]int32, c.rows())}
	}
	for row := range c.rows() {
		c.split(row, fields)
		for k, i := range named {
			c.raws[i].codes[row] = dictionaries[k].add(fields[i])
		}
	}
	for k, i := range named {
		c.raws[i].values = dictionaries[k].texts
	}
}

// column returns the values of some codes as a column: numbers when every
// value is one, text otherwise; empty cells and NA are missing.
func (r *rawColumn) column(name string, codes []int32) *frame.Column {
	nums, isNumber := make([]float64, len(r.values)), true
	for k, value := range r.values {
		nums[k] = math.NaN()
		if slices.Contains(emptyOrNA, value) {
			continue
		}
		x, msg := readFinite(value)
		isNumber = isNumber && msg == ""
		nums[k] = x
	}
	c := &frame.Column{Name: name}
	if isNumber {
		c.Nums = make([]float64, len(codes))
		for i, k := range codes {
			c.Nums[i] = nums[k]
		}
		return c
	}
	c.Kind, c.Texts, c.Absent = frame.Text, make([]string, len(codes)), make([]bool, len(codes))
	for i, k := range codes {
		c.Texts[i], c.Absent[i] = r.values[k], slices.Contains(emptyOrNA, r.values[k])
	}
	return c
}
