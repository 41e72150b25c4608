package formula

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// Options say which rows a design takes and how it codes factors. The zero
// value takes every complete row and codes by treatment contrasts against the
// first level.
type Options struct {
	Weights   string              // a column of weights, "" for none; rows without one are dropped
	Subset    string              // a condition such as "age > 30 & vote == 'Labour'"; missing counts as false
	Complete  []string            // further columns that must not be missing, such as clusters
	Reference map[string]string   // by variable, as the formula writes it: the level to compare with
	Contrasts map[string]Contrast // by variable; "" is for all others
	Parts     bool                // give Parts in the place of X where the rows are of few patterns
	Bare      bool                // leave X out, for FillRows makes some of its rows
}

// Design is what a formula makes of a frame: the numbers of a regression.
type Design struct {
	X      *mat.Dense // a row an observation, a column a coefficient; empty without rows or columns, nil with Parts and of a bare design
	Parts  []Part     // in the place of X where Options ask for them
	Names  []string   // of the columns, R's
	Terms  []string   // R's term labels, by degree
	Assign []int      // for each column its term, counted from 1; 0 is the intercept

	// Y is the outcome: numbers, 0 and 1 of a condition, the scores of an
	// ordered column, the codes of another factor, or the share of successes
	// of cbind(successes, failures). It is nil without an outcome.
	Y              []float64
	Response       string    // as the formula writes it
	ResponseLevels []string  // of a factor or condition: the levels that occur; nil for numbers
	Codes          []int     // of a factor or condition: which of ResponseLevels each row has
	Scored         bool      // Y holds the scores of an ordered column
	Trials         []float64 // of cbind(...): successes and failures together; nil for others

	Weights []float64 // nil for 1 each
	Offset  []float64 // sum of the offset(...) terms, nil for none
	Random  []RandomEffect

	Rows     []int // of the frame, ascending: what each row of X was
	Dropped  int   // rows left out because something was missing
	Warnings []string

	model   *model
	columns []column
	values  []*value // by variable, over the rows of source
	eval    *evaluator
	source  []int // rows of the evaluator's frame, one for each row of X
	coder   *coder
}

// Design evaluates the formula over a frame. Rows with anything missing are
// dropped and counted; levels that no kept row has get no column.
//
// Errors: an unknown column, arithmetic on a factor (a *SyntaxError), a
// negative weight, and an infinite value, such as the log of 0.
func (f *Formula) Design(data *frame.Frame, opts Options) (*Design, error) {
	m, problem := newModel(f.left, f.right, f.dotNames(data.Names(), data.Schema))
	if problem != nil {
		return nil, problem
	}
	d := &Design{model: m, Response: f.Response()}
	subset, err := subsetRows(data, opts.Subset)
	if err != nil {
		return nil, err
	}
	if subset != nil {
		data = data.Take(subset)
	}
	d.eval = newEvaluator(data)
	if err := d.evaluate(); err != nil {
		return nil, err
	}
	weights, err := d.weightColumn(data, opts.Weights)
	if err != nil {
		return nil, err
	}
	offset, problem := d.eval.sum(m.offsets)
	if problem != nil {
		return nil, problem
	}
	random, problem := d.randomParts()
	if problem != nil {
		return nil, problem
	}
	if err := d.keep(data, opts.Complete, weights, offset, random); err != nil {
		return nil, err
	}

	d.coder = &coder{opts: opts, values: d.values, labels: m.labels}
	d.coder.usedLevels(d.source)
	d.coder.warn()
	d.Warnings = append(d.Warnings, d.coder.warnings...)
	d.columns, d.Assign = d.coder.columns(m)
	for _, c := range d.columns {
		d.Names = append(d.Names, c.name)
	}
	for _, t := range m.terms {
		d.Terms = append(d.Terms, m.label(t))
	}
	if opts.Parts && offset == nil {
		d.Parts = d.parts()
	}
	if d.Parts == nil && !opts.Bare {
		d.X = d.matrix(d.columns)
	}
	if weights != nil {
		d.Weights = pick(weights, d.source)
	}
	if offset != nil {
		d.Offset = make([]float64, len(d.source))
		for i, r := range d.source {
			d.Offset[i] = offset.at(r)
		}
	}
	d.response()
	d.finishRandom(random)

	d.Rows = d.source
	if subset != nil {
		d.Rows = make([]int, len(d.source))
		for i, r := range d.source {
			d.Rows[i] = subset[r]
		}
	}
	if d.Parts != nil {
		d.condense()
	}
	return d, nil
}

// subsetRows returns the rows for which a condition holds, nil for all when
// there is none.
func subsetRows(data *frame.Frame, src string) ([]int, error) {
	if src == "" {
		return nil, nil
	}
	n, problem := parseExpression(src)
	if problem != nil {
		return nil, fmt.Errorf("subset %q: %w", src, problem)
	}
	v, problem := newEvaluator(data).value(n)
	if problem == nil && v.kind != logical && v.kind != number {
		problem = fail(n.col, "%s is %s, not a condition", n, v.kind)
	}
	if problem != nil {
		return nil, fmt.Errorf("subset %q: %w", src, problem)
	}
	rows := []int{}
	for i := range data.Rows() {
		if x := v.at(i); x != 0 && !math.IsNaN(x) {
			rows = append(rows, i)
		}
	}
	return rows, nil
}

// evaluate computes every variable.
func (d *Design) evaluate() error {
	for v, n := range d.model.variables {
		x, problem := d.eval.value(n)
		if problem != nil {
			return problem
		}
		switch {
		case x.kind == matrix && v == d.model.response, x.kind == basis && v != d.model.response:
		case x.kind > coded:
			return fail(n.col, "%s is %s, and no variable", n, x.kind)
		}
		d.values = append(d.values, x)
	}
	return nil
}

// weightColumn returns the weights over the frame's rows, nil for none.
func (d *Design) weightColumn(data *frame.Frame, name string) ([]float64, error) {
	if name == "" {
		return nil, nil
	}
	c := data.Col(name)
	if c == nil {
		return nil, fmt.Errorf("weights: %w", &SyntaxError{Col: 1, Msg: fmt.Sprintf("unknown variable %q", name), Hint: expr.Suggest(name, data.Names())})
	}
	if c.Kind != frame.Number {
		return nil, fmt.Errorf("weights: %q is a %s, and weights are numbers", name, c.Kind)
	}
	for i, w := range c.Nums {
		if w < 0 || math.IsInf(w, 0) {
			return nil, fmt.Errorf("weights: row %d of %q is %v, and a weight is finite and not negative", i+1, name, w)
		}
	}
	return c.Nums, nil
}

// sum returns the sum of expressions, nil of none.
func (e *evaluator) sum(terms []*node) (*value, *SyntaxError) {
	var total *value
	for _, n := range terms {
		v, err := e.numeric(n, &node{kind: nodeCall, name: "offset"})
		if err != nil {
			return nil, err
		}
		if total == nil {
			total = v
			continue
		}
		total = combine(total, v, func(a, b float64) float64 { return a + b }, nil)
	}
	return total, nil
}

// keep notes the rows in which nothing is missing.
func (d *Design) keep(data *frame.Frame, complete []string, weights []float64, offset *value, random []randomPart) error {
	all := slices.Clone(d.values)
	if weights != nil {
		all = append(all, &value{kind: number, nums: weights})
	}
	if offset != nil {
		all = append(all, offset)
	}
	for _, r := range random {
		all = append(all, r.needs...)
	}
	out := make([]bool, data.Rows())
	for _, v := range all {
		v.markMissing(out)
	}
	for _, name := range complete {
		c := data.Col(name)
		if c == nil {
			return &SyntaxError{Col: 1, Msg: fmt.Sprintf("unknown variable %q", name), Hint: expr.Suggest(name, data.Names())}
		}
		for i := range out {
			out[i] = out[i] || c.Missing(i)
		}
	}
	kept := 0
	for _, o := range out {
		if !o {
			kept++
		}
	}
	d.source = make([]int, 0, kept)
	for i, o := range out {
		if !o {
			d.source = append(d.source, i)
		}
	}
	d.Dropped = len(out) - kept
	return d.finite(offset)
}

// markMissing sets out for the rows in which the value is missing.
func (v *value) markMissing(out []bool) {
	switch v.kind {
	case coded:
		for i, c := range v.codes {
			out[i] = out[i] || c < 0
		}
	case matrix, basis:
		for _, p := range v.parts {
			p.markMissing(out)
		}
	default:
		for i := range out {
			out[i] = out[i] || math.IsNaN(v.at(i))
		}
	}
}

// finite is an error when a variable is infinite in a kept row.
func (d *Design) finite(offset *value) error {
	check := func(v *value, label string) error {
		if v.kind == basis {
			v = v.parts[len(v.parts)-1]
		}
		if v.kind > logical {
			return nil
		}
		count, first := 0, 0
		for _, r := range d.source {
			if math.IsInf(v.at(r), 0) {
				if count == 0 {
					first = r
				}
				count++
			}
		}
		if count == 0 {
			return nil
		}
		return fmt.Errorf("%s is infinite in %d of %d rows, first in row %d; leave these rows out or change the expression", label, count, len(d.source), first+1)
	}
	for i, v := range d.values {
		if err := check(v, d.model.labels[i]); err != nil {
			return err
		}
	}
	if offset != nil {
		return check(offset, "the offset")
	}
	return nil
}

// response fills Y and what belongs to it.
func (d *Design) response() {
	if d.model.response < 0 {
		return
	}
	v := d.values[d.model.response]
	d.Y = make([]float64, len(d.source))
	switch v.kind {
	case matrix:
		d.Trials = make([]float64, len(d.source))
		if d.Weights == nil {
			d.Weights = make([]float64, len(d.source))
			for i := range d.Weights {
				d.Weights[i] = 1
			}
		}
		for i, r := range d.source {
			yes, no := v.parts[0].at(r), v.parts[1].at(r)
			d.Trials[i] = yes + no
			d.Weights[i] *= yes + no
			if yes+no > 0 {
				d.Y[i] = yes / (yes + no)
			}
		}
	case number:
		for i, r := range d.source {
			d.Y[i] = v.at(r)
		}
	default:
		used := d.coder.used[d.model.response]
		levels := d.coder.levels(d.model.response)
		d.Scored = v.scores != nil
		at := make([]int, len(levels))
		for k, l := range used {
			at[l] = k
			d.ResponseLevels = append(d.ResponseLevels, levels[l])
		}
		d.Codes = make([]int, len(d.source))
		for i, r := range d.source {
			code := 0
			if v.kind == logical {
				code = int(v.at(r))
			} else {
				code = int(v.codes[r])
			}
			d.Codes[i] = at[code]
			d.Y[i] = float64(at[code])
			if v.scores != nil {
				d.Y[i] = v.scores[code]
			}
		}
	}
}

// Intercept says whether the first column is the intercept.
func (d *Design) Intercept() bool { return len(d.Assign) > 0 && d.Assign[0] == 0 }

func pick[T any](xs []T, rows []int) []T {
	ys := make([]T, len(rows))
	for i, r := range rows {
		ys[i] = xs[r]
	}
	return ys
}

// Cluster returns for each row of the design which of the distinct values of a
// frame's column it has, numbered in the order of their first rows; -1 where
// the value is missing. Options.Complete drops such rows.
func (d *Design) Cluster(c *frame.Column) []int {
	codes := make([]int, len(d.Rows))
	if c.Coded() {
		to := make([]int, len(c.Levels))
		next := 0
		for i, r := range d.Rows {
			k := c.Codes[r]
			if k < 0 {
				codes[i] = -1
				continue
			}
			if to[k] == 0 {
				next++
				to[k] = next
			}
			codes[i] = to[k] - 1
		}
		return codes
	}
	if c.Kind == frame.Number {
		return clusterBy(d.Rows, c, func(r int) float64 { return c.Nums[r] }, codes)
	}
	return clusterBy(d.Rows, c, func(r int) string { return c.Texts[r] }, codes)
}

func clusterBy[T comparable](rows []int, c *frame.Column, value func(row int) T, codes []int) []int {
	at := map[T]int{}
	for i, r := range rows {
		if c.Missing(r) {
			codes[i] = -1
			continue
		}
		v := value(r)
		k, ok := at[v]
		if !ok {
			k = len(at)
			at[v] = k
		}
		codes[i] = k
	}
	return codes
}
