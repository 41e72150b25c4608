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
	if src.single() {
		return src.rows
	}
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
	d := distributionOf(t.in.Frame, src, c, rows)
	key := Key{Source: src.Name, Outcome: name}
	with := func(statistic, term string) Key {
		k := key
		k.Statistic, k.Term = statistic, term
		return k
	}
	if d.rows > 0 && d.seen == 0 && d.rows < len(src.rows) { // of answers, silent warns
		t.result.Warnings = append(t.result.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("No value of %s of %s is known.", name, src.title())})
	}
	add := func(e Estimate) {
		e.Rows = d.seen
		if d.seen == 0 {
			e.Why = "nobody answered"
		}
		t.add(e)
	}
	number := func(k Key, v float64, n int) {
		e := Number(k, v)
		e.People, e.Rows = d.people, n
		t.add(e)
	}
	number(with("n", ""), float64(d.seen), d.seen)
	number(with("missing", ""), float64(d.rows-d.seen), d.rows)
	if c.Kind != frame.Factor {
		mean := d.mean().estimate(with("mean", ""), t.level)
		add(mean)
		number(with("sd", ""), d.sd(mean.Value), d.seen)
	}
	if n := d.answered; n > 0 && n < leastPeople {
		t.result.Warnings = append(t.result.Warnings, tooFew(src.Name, src.title()+", "+title(t.sel.schema, name), n))
	}
	if !c.Coded() {
		return
	}
	for k, level := range c.Levels {
		share, n := d.share(k)
		add(share.estimate(with("share", level), t.level))
		number(with("n", level), float64(n), d.seen)
	}
}
