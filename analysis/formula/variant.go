package formula

import (
	"fmt"
	"slices"
	"strconv"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// Variant is a design with one variable changed: the same columns over the
// same rows, with the same levels, contrasts and scalings.
type Variant struct {
	d      *Design
	values []*value
	slopes bool
}

// Fill puts rows lo to hi of the variant's matrix into dst, row by row; dst
// holds (hi-lo) x len(Names) values.
func (v *Variant) Fill(dst []float64, lo, hi int) { v.fill(dst, v.d.source[lo:hi]) }

// FillRows is Fill for the rows of the design that are given, in their order.
func (v *Variant) FillRows(dst []float64, rows []int) { v.fill(dst, pick(v.d.source, rows)) }

func (v *Variant) fill(dst []float64, rows []int) {
	if v.slopes {
		fillSlopes(dst, v.d.columns, v.values, rows)
		return
	}
	fill(dst, v.d.columns, v.values, rows)
}

// variant evaluates the variables again by a changed evaluator.
func (d *Design) variant(e *evaluator) (*Variant, error) {
	v := &Variant{d: d, values: slices.Clone(d.values)}
	for i, n := range d.model.variables {
		if i == d.model.response {
			continue
		}
		x, problem := e.value(n)
		if problem != nil {
			return nil, problem
		}
		v.values[i] = x
	}
	return v, nil
}

// changed returns an evaluator like the design's own.
func (d *Design) changed() *evaluator {
	e := *d.eval
	return &e
}

// Slopes returns the derivatives of the design's columns by a number column of
// the frame, through powers, logs and products. It is an error when the column
// is no number.
func (d *Design) Slopes(name string) (*Variant, error) {
	c, err := d.predictor(name)
	if err != nil {
		return nil, err
	}
	name = c.Name
	if c.Kind != frame.Number {
		return nil, fmt.Errorf("%s is a %s and has no slope; compare its levels", name, c.Kind)
	}
	e := d.changed()
	e.by = name
	v, err := d.variant(e)
	if err == nil {
		v.slopes = true
	}
	return v, err
}

// At returns the design with a coded column at one level in every row.
func (d *Design) At(name, level string) (*Variant, error) {
	c, err := d.predictor(name)
	if err != nil {
		return nil, err
	}
	n := c.Len()
	w := *c
	switch {
	case c.Kind == frame.Number:
		x, err := strconv.ParseFloat(level, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is a number, and %q is none", name, level)
		}
		w.Nums = filled(n, x)
	case c.Kind == frame.Text:
		w.Texts, w.Absent = filled(n, level), nil
	default:
		code := c.Code(level)
		if code < 0 {
			return nil, fmt.Errorf("%s: %w", name, &SyntaxError{Col: 1, Msg: fmt.Sprintf("no level %q", level), Hint: expr.Suggest(level, c.Levels)})
		}
		w.Codes = filled(n, code)
	}
	e := d.changed()
	e.replaced = &w
	return d.variant(e)
}

// Shift returns the design with a number column moved by a step in every row.
func (d *Design) Shift(name string, step float64) (*Variant, error) {
	c, err := d.predictor(name)
	if err != nil {
		return nil, err
	}
	if c.Kind != frame.Number {
		return nil, fmt.Errorf("%s is a %s and cannot be moved by %v", name, c.Kind, step)
	}
	w := frame.Numbers(c.Name, slices.Clone(c.Nums))
	for i := range w.Nums {
		w.Nums[i] += step
	}
	e := d.changed()
	e.replaced = w
	return d.variant(e)
}

func filled[T any](n int, x T) []T {
	xs := make([]T, n)
	for i := range xs {
		xs[i] = x
	}
	return xs
}

// predictor returns the column of the frame that a predictor is, or is made of
// by a call of one variable such as factor(education).
func (d *Design) predictor(name string) (*frame.Column, error) {
	if d.eval == nil {
		return nil, fmt.Errorf("the design was not made by a formula, so that %s cannot be changed in it", name)
	}
	if v, ok := d.model.index[name]; ok && v != d.model.response {
		if of := d.model.variables[v].names(nil); len(of) == 1 {
			name = of[0]
		}
	}
	c := d.eval.frame.Col(name)
	if c == nil || !slices.Contains(d.Predictors(), name) {
		return nil, &SyntaxError{Col: 1, Msg: fmt.Sprintf("no predictor %q", name), Hint: expr.Suggest(name, d.Predictors())}
	}
	return c, nil
}

// Predictors returns the columns of the frame that the design's columns are
// made of, in order of appearance.
func (d *Design) Predictors() []string {
	var names []string
	if d.model == nil {
		return nil
	}
	for _, t := range d.model.terms {
		for _, v := range t {
			for _, n := range d.model.variables[v].names(nil) {
				if !slices.Contains(names, n) {
					names = append(names, n)
				}
			}
		}
	}
	return names
}

// Levels returns the levels over which a predictor is compared, the reference
// first, and false when it is a number with a slope. A number that enters as a
// factor or a condition alone is compared over its levels.
func (d *Design) Levels(name string) ([]string, bool) {
	c, err := d.predictor(name)
	if err != nil {
		return nil, false
	}
	name = c.Name
	var at []int
	for v, n := range d.model.variables {
		if v != d.model.response && slices.Contains(n.names(nil), name) {
			at = append(at, v)
		}
	}
	if c.Kind == frame.Number {
		for _, v := range at {
			if !d.coder.isFactor(v) {
				return nil, false
			}
		}
	}
	for _, v := range at {
		x := d.values[v]
		if x.kind != coded {
			continue
		}
		ref, _ := d.coder.reference(v)
		var levels []string
		if ref >= 0 {
			levels = append(levels, x.levels[ref])
		}
		for _, k := range d.coder.used[v] {
			if k != ref {
				levels = append(levels, x.levels[k])
			}
		}
		return levels, true
	}
	// It enters by conditions or scores alone: its own levels, as they occur.
	f := factorOf(ofColumn(c), c.Len(), nil)
	seen := make([]bool, len(f.levels))
	for _, r := range d.source {
		if f.codes[r] >= 0 {
			seen[f.codes[r]] = true
		}
	}
	var levels []string
	for k, l := range f.levels {
		if seen[k] {
			levels = append(levels, l)
		}
	}
	return levels, true
}

// TermVariables returns the variables of each of Terms, as the formula writes
// them.
func (d *Design) TermVariables() [][]string {
	var all [][]string
	if d.model == nil {
		return nil
	}
	for _, t := range d.model.terms {
		var names []string
		for _, v := range t {
			names = append(names, d.model.labels[v])
		}
		all = append(all, names)
	}
	return all
}

// Values returns a number for each row of the design that is the same for equal
// values of a predictor: the number itself, or the code of its level.
func (d *Design) Values(name string) ([]float64, error) {
	c, err := d.predictor(name)
	if err != nil {
		return nil, err
	}
	v := ofColumn(c)
	xs := make([]float64, len(d.source))
	for i, r := range d.source {
		if v.kind == coded {
			xs[i] = float64(v.codes[r])
		} else {
			xs[i] = v.nums[r]
		}
	}
	return xs, nil
}

// Reassign returns the design in which each row has the value of a predictor
// that another row has: row i that of row from[i] of the design.
func (d *Design) Reassign(name string, from []int) (*Variant, error) {
	c, err := d.predictor(name)
	if err != nil {
		return nil, err
	}
	rows := make([]int, c.Len())
	for i := range rows {
		rows[i] = i
	}
	for i, f := range from {
		rows[d.source[i]] = d.source[f]
	}
	e := d.changed()
	e.replaced = c.Take(rows)
	return d.variant(e)
}
