package analysis

import (
	"context"
	"fmt"
	"math"
	"slices"

	"silico/analysis/frame"
)

func init() {
	Register("descriptives", func() Params {
		return &Descriptives{Common: Common{Kind: "descriptives", Sample: frame.Evaluation}, Level: 0.95}
	})
}

// Descriptives says who answered and what: the flow of the sample, the
// respondents of each source, and the means and shares of their answers.
//
// Addresses: NAME.SOURCE.n and .rows; NAME.SOURCE.VARIABLE.mean, .sd, .missing
// and .n; NAME.SOURCE.VARIABLE.LEVEL.share and .n; NAME.people.flow.STEP.n and
// .rows with the steps file, excluded_RULE, excluded, pilot, evaluation, incomplete.
// Covariates count respondents; answers count rows, and their standard errors
// take the respondent as the unit (CR1).
type Descriptives struct {
	Common
	// Covariates to describe; all covariates and between factors when absent.
	Variables []string `toml:"variables"`
	// Answers to describe; all variables with the role belief, action or outcome when absent.
	Outcomes []string `toml:"outcomes"`
	// Level of the intervals of means and shares. Default 0.95.
	Level float64 `toml:"level"`
}

// Needs returns nothing.
func (d *Descriptives) Needs() []string { return nil }

// Check looks for unknown variables and sources.
func (d *Descriptives) Check(s *frame.Schema) error {
	c := &checker{schema: s}
	c.common(d.Common)
	for _, name := range d.Variables {
		if v := c.variable("variables", name); v != nil && (v.Type == "text" || v.Type == "id") {
			c.fail("variables", "variable %q is %s; only numbers and levels can be described", name, v.Type)
		}
	}
	for _, name := range d.Outcomes {
		if v := c.variable("outcomes", name); v != nil && (v.Type == "text" || v.Type == "id") {
			c.fail("outcomes", "variable %q is %s; only numbers and levels can be described", name, v.Type)
		}
	}
	c.level("level", d.Level)
	return c.err()
}

// Run describes the sources.
func (d *Descriptives) Run(ctx context.Context, in Input) (*Result, error) {
	sel, err := d.pick(in.Frame, "")
	if err != nil {
		return nil, err
	}
	variables, outcomes := d.Variables, d.Outcomes
	if variables == nil {
		variables = covariates(in.Frame.Schema)
	}
	if outcomes == nil {
		outcomes = answers(in.Frame.Schema)
	}
	r := &Result{Warnings: slices.Concat(sel.note(), sel.empty(), sel.silent(outcomes))}
	t := described{in: in, sel: sel, level: d.Level, result: r}
	for _, src := range sel.sources {
		t.size(src)
		for _, name := range variables {
			t.describe(src, name, oneRow(src))
		}
		for _, name := range outcomes {
			t.describe(src, name, src.rows)
		}
	}
	t.index()
	flow := t.flow(outcomes)
	r.Tables = append(r.Tables, t.respondents(variables))
	if len(outcomes) > 0 {
		r.Tables = append(r.Tables, t.answers(outcomes)...)
	}
	if flow != nil {
		r.Tables = append(r.Tables, *flow)
	}
	r.Prose = t.prose(outcomes)
	return r, nil
}

// covariates returns the names of what respondents are and of what they were
// assigned to.
func covariates(s *frame.Schema) []string {
	var names []string
	for _, v := range s.Variables {
		if v.Type == "text" || v.Type == "id" || v.Name == s.ID {
			continue
		}
		if v.Role == "covariate" || v.Role == "factor" && !v.Within {
			names = append(names, v.Name)
		}
	}
	return names
}

// oneRow returns the first row of each respondent.
func oneRow(src *sourceRows) []int {
	rows := make([]int, 0, src.people)
	for i, row := range src.rows {
		if i == 0 || src.person[i] != src.person[i-1] {
			rows = append(rows, row)
		}
	}
	return rows
}

// described collects the estimates of a result and finds them again.
type described struct {
	in     Input
	sel    *selection
	level  float64
	result *Result
	at     map[Key]int
}

func (t *described) add(e Estimate) {
	e.Sample = t.sel.sample
	t.result.Estimates = append(t.result.Estimates, e)
}

// index makes the estimates known by their keys.
func (t *described) index() {
	t.at = make(map[Key]int, len(t.result.Estimates))
	for i, e := range t.result.Estimates {
		t.at[e.Key] = i
	}
}

// show returns the cell of an estimate, blank when there is none.
func (t *described) show(kind CellKind, k Key) Cell {
	i, ok := t.at[k]
	if !ok {
		return Cell{Kind: Blank}
	}
	return Show(kind, t.result.Estimates[i], t.in.Name)
}

// value returns an estimate's value, NaN when there is none.
func (t *described) value(k Key) float64 {
	if i, ok := t.at[k]; ok {
		return t.result.Estimates[i].Value
	}
	return math.NaN()
}

func (t *described) size(src *sourceRows) {
	n := Number(Key{Source: src.Name, Statistic: "n"}, float64(src.people))
	n.People, n.Rows, n.Draws = src.people, len(src.rows), src.Draws
	t.add(n)
	n.Statistic, n.Value = "rows", float64(len(src.rows))
	t.add(n)
}

// describe adds the numbers of one variable over rows of a source.
func (t *described) describe(src *sourceRows, name string, rows []int) {
	c := t.in.Frame.Col(name)
	if c == nil || c.Kind == frame.Text {
		t.result.Warnings = append(t.result.Warnings, Warning{Term: name, Text: fmt.Sprintf("%s is no column of numbers or levels and is not described.", name)})
		return
	}
	person, groups := runs(src, rows)
	weight := weights(t.in.Frame, rows)
	missing := 0
	for _, row := range rows {
		if c.Missing(row) {
			missing++
		}
	}
	key := Key{Source: src.Name, Outcome: name}
	with := func(statistic, term string) Key {
		k := key
		k.Statistic, k.Term = statistic, term
		return k
	}
	seen := len(rows) - missing
	if len(rows) > 0 && seen == 0 && len(rows) < len(src.rows) { // of answers, silent warns
		t.result.Warnings = append(t.result.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("No value of %s of %s is known.", name, src.title())})
	}
	number := func(k Key, v float64, n int) {
		e := Number(k, v)
		e.People, e.Rows = groups, n
		t.add(e)
	}
	number(with("n", ""), float64(seen), seen)
	number(with("missing", ""), float64(missing), len(rows))
	if c.Kind != frame.Factor {
		m := ratio{make([]float64, groups), make([]float64, groups)}
		for i, row := range rows {
			if x := c.Float(row); !math.IsNaN(x) {
				m.num[person[i]] += weight[i] * x
				m.den[person[i]] += weight[i]
			}
		}
		e := m.estimate(with("mean", ""), t.level)
		e.Rows = seen
		if seen == 0 {
			e.Why = "nobody answered"
		}
		t.add(e)
		number(with("sd", ""), weightedSD(c, rows, weight, e.Value), seen)
	}
	answered := make(map[int]bool)
	for i, row := range rows {
		if !c.Missing(row) {
			answered[person[i]] = true
		}
	}
	if n := len(answered); n > 0 && n < leastPeople {
		t.result.Warnings = append(t.result.Warnings, tooFew(src.Name, src.title()+", "+title(t.sel.schema, name), n))
	}
	if !c.Coded() {
		return
	}
	for k, level := range c.Levels {
		m, n := ratio{make([]float64, groups), make([]float64, groups)}, 0
		for i, row := range rows {
			if c.Codes[row] < 0 {
				continue
			}
			m.den[person[i]] += weight[i]
			if int(c.Codes[row]) == k {
				m.num[person[i]] += weight[i]
				n++
			}
		}
		e := m.estimate(with("share", level), t.level)
		e.Rows = seen
		if seen == 0 {
			e.Why = "nobody answered"
		}
		t.add(e)
		number(with("n", level), float64(n), seen)
	}
}

// runs numbers the respondents of rows that are in the order of respondents.
func runs(src *sourceRows, rows []int) (person []int, n int) {
	person = make([]int, len(rows))
	if len(rows) < len(src.rows) {
		for i := range rows {
			person[i] = i
		}
		return person, len(rows)
	}
	for i := range rows {
		if i > 0 && src.person[i] != src.person[i-1] {
			n++
		}
		person[i] = n
	}
	if len(rows) > 0 {
		n++
	}
	return person, n
}

// weights returns the weight of each row: that of the study's weight column, 0
// where it is missing or negative, or 1 when there is none; times its share in an
// expanded frame.
func weights(f *frame.Frame, rows []int) []float64 {
	w := make([]float64, len(rows))
	c, parts := f.Col(f.Schema.Weight), shares(f)
	for i, row := range rows {
		switch {
		case c == nil || c.Kind != frame.Number:
			w[i] = 1
		case c.Nums[row] > 0:
			w[i] = c.Nums[row]
		}
		if parts != nil {
			w[i] *= parts[row]
		}
	}
	return w
}

// weightedSD returns √(n/(n-1) Σ w (x-m)²/Σ w), the usual standard deviation
// when all weights are equal; NaN for fewer than two values.
func weightedSD(c *frame.Column, rows []int, weight []float64, mean float64) float64 {
	ss, sum, n := 0.0, 0.0, 0
	for i, row := range rows {
		if x := c.Float(row); !math.IsNaN(x) && weight[i] > 0 {
			ss += weight[i] * (x - mean) * (x - mean)
			sum += weight[i]
			n++
		}
	}
	if n < 2 {
		return math.NaN()
	}
	return math.Sqrt(float64(n) / float64(n-1) * ss / sum)
}
