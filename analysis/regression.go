package analysis

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/formula"
	"silico/analysis/frame"
)

func init() {
	Register("regression", func() Params {
		return &Regression{Common: Common{Kind: "regression", Sample: frame.Evaluation}, Family: "ols", SE: Errors{Type: "cluster"}, Level: 0.95}
	})
}

// Regression fits one model to each source, side by side, with average marginal
// effects.
//
// Addresses: NAME.SOURCE.TERM.coef with standard error, interval and p-value,
// the terms under R's names, '(Intercept)' among them; NAME.SOURCE.TERM.ame, the
// average marginal effect: of a number the mean slope of the expected outcome
// (times per), of a level the mean difference to the reference level;
// NAME.SOURCE.r2 (R², for others than ols McFadden's), .loglik, .n (rows) and
// .groups (clusters).
//
// To a source that tells the probabilities of its answers, the model is fitted in
// expectation: every answer enters with its probability as weight, where errors
// are clustered. Its errors then hold what differs between respondents, and not
// the noise of a draw.
//
// Coefficients of ols with classical or HC errors have t intervals with n - k
// degrees of freedom, with clustered errors G - 1, and with CR2 Satterthwaite's;
// other families have normal ones, but for CR2. A term
// that another one repeats has no number, and a source whose maximum does not
// exist (perfect separation, a constant outcome) has none at all: both say so.
type Regression struct {
	Common
	// The model in R's language: "do_any ~ anger + gender * behaviour".
	Formula string `toml:"formula"`
	// The family: ols, logit, probit, poisson or negbin (negative binomial). Default ols.
	Family string `toml:"family"`
	// The standard errors: { type = "cluster", by = "id" }. Types are classical, HC0, HC1, HC2, HC3, CR0, CR1, CR1S, CR2, and cluster, which is CR1. Default cluster by respondent.
	SE Errors `toml:"se"`
	// The level that others are compared with: reference = { gender = "M" }. The first level when absent.
	Reference map[string]string `toml:"reference"`
	// The step of average marginal effects of numbers: per = { anger = 5 }. Default 1.
	Per map[string]float64 `toml:"per"`
	// A column of weights; the study's weight is not taken by itself.
	Weights string `toml:"weights"`
	// Level of the intervals. Default 0.95.
	Level float64 `toml:"level"`
}

// Errors says which standard errors coefficients have.
type Errors struct {
	// classical, HC0, HC1, HC2, HC3, cluster, CR0, CR1, CR1S or CR2.
	Type string `toml:"type"`
	// The column whose values are the clusters. The respondent when absent.
	By string `toml:"by"`
}

var (
	families   = []string{"ols", "logit", "probit", "poisson", "negbin"}
	errorTypes = []string{"classical", "HC0", "HC1", "HC2", "HC3", "cluster", "CR0", "CR1", "CR1S", "CR2"}
)

// clustered says whether the errors are by cluster.
func (e Errors) clustered() bool { return e.Type == "cluster" || strings.HasPrefix(e.Type, "CR") }

// method is the name of the covariance.
func (e Errors) method() string {
	if e.Type == "cluster" {
		return "CR1"
	}
	return e.Type
}

// Needs returns nothing.
func (r *Regression) Needs() []string { return nil }

// Check looks for an unreadable formula and unknown names.
func (r *Regression) Check(s *frame.Schema) error {
	c := &checker{schema: s}
	c.common(r.Common)
	if !slices.Contains(families, r.Family) {
		c.unknown("family", "family", r.Family, families)
	}
	if !slices.Contains(errorTypes, r.SE.Type) {
		c.unknown("se.type", "type of standard errors", r.SE.Type, errorTypes)
	} else if r.SE.By != "" {
		if !r.SE.clustered() {
			c.fail("se.by", "%s errors have no clusters; leave it out, or set type = \"cluster\"", r.SE.Type)
		}
		if r.SE.By != s.ID {
			c.variable("se.by", r.SE.By)
		}
	}
	if r.Weights != "" && r.Weights != s.Weight {
		if v := c.variable("weights", r.Weights); v != nil && v.Kind() != frame.Number {
			c.fail("weights", "variable %q is no number", r.Weights)
		}
	}
	c.level("level", r.Level)
	names := c.formula(r)
	for _, name := range sortedKeys(r.Reference) {
		key := "reference." + name
		if v := c.variable(key, name); v != nil {
			switch {
			case !hasLevel(v, r.Reference[name]):
				msg := fmt.Sprintf("variable %q has no level %q", name, r.Reference[name])
				if h := expr.Suggest(r.Reference[name], v.Levels); h != "" {
					msg += fmt.Sprintf("; did you mean %q?", h)
				} else if len(v.Levels) > 0 {
					msg += "; it has " + list(v.Levels)
				}
				c.fail(key, "%s", msg)
			case names != nil && !slices.Contains(names, name):
				c.fail(key, "variable %q is not in the formula", name)
			}
		}
	}
	for _, name := range sortedKeys(r.Per) {
		key := "per." + name
		if v := c.variable(key, name); v != nil {
			switch per := r.Per[name]; {
			case v.Kind() != frame.Number:
				c.fail(key, "variable %q has levels; only numbers have a step", name)
			case math.IsNaN(per) || math.IsInf(per, 0) || per == 0:
				c.fail(key, "%v is no step", per)
			case names != nil && !slices.Contains(names, name):
				c.fail(key, "variable %q is not in the formula", name)
			}
		}
	}
	return c.err()
}

// formula checks the formula and returns the names in it, nil after a mistake.
func (c *checker) formula(r *Regression) []string {
	if r.Formula == "" {
		c.fail("formula", "a regression needs a formula, such as \"do_any ~ anger + gender\"")
		return nil
	}
	f, err := formula.Parse(r.Formula)
	if err != nil {
		c.fail("formula", "%v", err)
		return nil
	}
	if err := f.Check(c.schema); err != nil {
		for _, e := range unjoined(err) {
			c.fail("formula", "%v", e)
		}
		return nil
	}
	switch {
	case f.Response() == "":
		c.fail("formula", "the formula has no outcome; write \"outcome ~ %s\"", strings.TrimLeft(r.Formula, " ~"))
		return nil
	case f.Mixed():
		c.fail("formula", "random effects are not for this kind; leave the bars out and set se = { type = \"cluster\", by = \"id\" }")
		return nil
	}
	for _, name := range f.Names() {
		if v := c.schema.Variable(name); v != nil && v.Type == "text" {
			c.fail("formula", "variable %q is text, whose answers are all different; derive a number or a level from it and name that", name)
			return nil
		}
	}
	if v := c.schema.Variable(f.Response()); v != nil {
		two := v.Type == "binary" || len(v.Levels) == 2
		switch {
		case (r.Family == "logit" || r.Family == "probit") && len(v.Levels) > 0 && !two:
			c.fail("formula", "%s needs an outcome with two values and %q has the levels %s; write a condition, such as I(%s != '%s')", r.Family, v.Name, strings.Join(v.Levels, ", "), v.Name, v.Levels[0])
		case (r.Family == "ols" || r.Family == "poisson") && v.Kind() == frame.Factor && !two:
			c.fail("formula", "%s needs a number as outcome and %q has levels without order; write a condition, such as I(%s == '%s')", r.Family, v.Name, v.Name, v.Levels[0])
		}
	}
	return f.Names()
}

// unjoined returns the errors that were joined.
func unjoined(err error) []error {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	return []error{err}
}

// Run fits the model to every source.
func (r *Regression) Run(ctx context.Context, in Input) (*Result, error) {
	f, err := formula.Parse(r.Formula)
	if err != nil {
		return nil, fmt.Errorf("formula: %w", err)
	}
	var from []int
	if r.SE.clustered() { // other errors take every row for one answer
		if in, from, err = in.expandedFrom(r.Common, f.Names()...); err != nil {
			return nil, err
		}
	}
	sel, err := r.pick(in.Frame, "")
	if err != nil {
		return nil, err
	}
	res := &Result{Warnings: append(sel.note(), sel.empty()...), Regression: &RegressionFits{params: r, formula: f, sel: sel, from: from}}
	groups := newGroups(sel, nil, true, r.Level)
	for _, src := range sel.sources {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		fit, err := r.fit(in.Frame, f, src)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: fit %q", src.Name, r.Formula), err)
		}
		res.Regression.fits = append(res.Regression.fits, fit)
		res.Warnings = append(res.Warnings, fit.warnings...)
		fit.estimates(sel, res)
		fit.model = nil
		if groups.need(src.Name) {
			if err := r.note(groups, fit, in.Frame, f); err != nil {
				return nil, err
			}
		}
	}
	groups.finish(func(e Estimate) {
		e.Sample = sel.sample
		res.Estimates = append(res.Estimates, e)
	})
	r.present(in, sel, res)
	return res, nil
}
