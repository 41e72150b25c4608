package analysis

import (
	"context"
	"fmt"
	"math"
	"slices"

	"silico/analysis/frame"
)

func init() {
	Register("recovery", func() Params {
		return &Recovery{Common: Common{Kind: "recovery"}, Alpha: 0.05, Splits: 200, Redraws: 200, Replicates: 1000, Level: 0.95}
	})
}

// Recovery asks whether a source leads to the conclusions that people lead to:
// it compares the coefficients and the average marginal effects of a regression.
// The intercept is left out; all errors are clustered by respondent (CR1),
// whatever the regression prints.
//
// Addresses: NAME.SOURCE.STATISTIC; NAME.SOURCE.TERM.ame_difference and
// .coef_difference are the source less the people, paired by respondent;
// NAME.'a-b'.ame_error is a contrast. With P the terms that are significant
// among people and Q those of the source, the statistics are
//
//	ame_error        mean over effects of |difference of marginal effects|: the
//	                 main number, because logit coefficients shrink with what a
//	                 model leaves out
//	f1               2TP/(2TP + FP + FN): TP in both with one sign, FP = Q
//	                 without TP, FN = P without TP; NaN when none is significant
//	fpr              |Q \ P| / |not P|; NaN under five terms outside P
//	wrong_signs      terms in both with opposite signs
//	coverage_people  share of the source's coefficients in people's intervals
//	coverage_source  share of people's coefficients in the source's intervals
//	slope            Deming slope of the source's coefficients on people's, the
//	                 ratio of error variances from the standard errors
//	correlation      Pearson correlation of the coefficients; NaN where those of
//	                 the source are all 0
//	r2_ratio         R² of the source by R² of the people
//	wald             Wald statistic of equal coefficients in the stacked model,
//	                 clustered by respondent across sources, with its p-value;
//	                 wald_df its degrees of freedom
//
// Of a source that tells probabilities, f1, fpr, wrong_signs and both coverages
// are means over many draws of its answers (redraws), one answer a question and
// person each time: expectations have no standard errors of their own.
// STATISTIC_low and STATISTIC_high are the least and the largest of the draws;
// the intervals have the luck of a draw in them. All else is of the
// expectations.
//
// What halves of people reach is people.STATISTIC_halves, the mean over splits
// (of slope the median: a ratio has no finite mean), and STATISTIC_halves95, the 95th percentile (STATISTIC_between is
// how much two splits differ, the mean of |Δ|): two samples without a common
// person of as many people as are compared (pilot included; halves where there
// are fewer). Intervals come from resamples of whole respondents, joint for all
// sources that share them, to first order: the estimates move by the influence
// of each respondent, the standard errors stay. They are less the bias of the
// resamples, but for f1, fpr and coverage, which move in steps and have plain
// percentiles; each holds its estimate. Those of differences of one term cover as
// they should. Those of the summaries are narrower than they seem, simulated with
// four terms and 200 respondents: ame_error covers .88 of the time, because
// absolute values are folded at 0, correlation .74 and f1 .52. Halves of people
// (_halves) are the better yardstick of these.
type Recovery struct {
	Common
	// The regression whose conclusions are compared, by its name.
	Of string `toml:"of"`
	// The two-sided level of significance. Default 0.05.
	Alpha float64 `toml:"alpha"`
	// How many splits of people make the ceilings; 0 for none. Default 200.
	Splits int `toml:"splits"`
	// How often the answers of sources that tell probabilities are drawn, for what is significant and what covers. Default 200.
	Redraws int `toml:"redraws"`
	// Differences between sources, "a-b".
	Contrasts []string `toml:"contrasts"`
	// How often respondents are resampled for intervals; 0 for none. Default 1000.
	Replicates int `toml:"replicates"`
	// Level of the intervals. Default 0.95.
	Level float64 `toml:"level"`
}

// Needs returns the regression.
func (r *Recovery) Needs() []string {
	if r.Of == "" {
		return nil
	}
	return []string{r.Of}
}

// NeedsKind returns "regression": the kind of what Needs names.
func (r *Recovery) NeedsKind() string { return "regression" }

// Check looks for unknown sources and impossible numbers.
func (r *Recovery) Check(s *frame.Schema) error {
	c := &checker{schema: s}
	if r.Of == "" {
		c.fail("of", "name the regression whose conclusions are compared: of = \"NAME\"")
	}
	if r.Sample != "" {
		c.fail("sample", "the rows are those of the regression; set the sample there")
	}
	if r.Where != "" {
		c.fail("where", "the rows are those of the regression; set the rule there")
	}
	if !c.people() {
		c.fail("kind", "recovery compares with people, and this study has none")
	}
	c.sources("sources", r.Sources)
	c.contrasts("contrasts", r.Contrasts, r.Sources)
	if !(r.Alpha > 0 && r.Alpha < 0.5) {
		c.fail("alpha", "%v is no level of significance; between 0 and 0.5, such as 0.05", r.Alpha)
	}
	c.replicates("splits", r.Splits, 20)
	if r.Redraws < 1 || r.Redraws > 10000 {
		c.fail("redraws", "%d is no number of draws; from 1 to 10000, such as 200", r.Redraws)
	}
	c.replicates("replicates", r.Replicates, 100)
	c.level("level", r.Level)
	return c.err()
}

// Run compares every source with the people.
func (r *Recovery) Run(ctx context.Context, in Input) (*Result, error) {
	of := in.Results[r.Of]
	if of == nil || of.Regression == nil {
		return nil, fmt.Errorf("recovery compares the conclusions of a regression, and %q is none", r.Of)
	}
	run := &recoveryRun{Recovery: r, in: in, fits: of.Regression, result: &Result{}}
	if err := run.look(ctx); err != nil {
		return nil, err
	}
	if run.people == nil {
		run.result.Warnings = append(run.result.Warnings, Warning{Term: people, Text: fmt.Sprintf("The regression %s could not be fitted to people, so there is nothing to recover.", r.Of)})
	} else {
		if err := run.halves(ctx); err != nil {
			return nil, err
		}
		run.groups = newGroups(run.entering(), r.Contrasts, false, r.Level)
		if err := run.compare(ctx); err != nil {
			return nil, err
		}
		run.groups.finish(run.add)
	}
	run.present()
	return run.result, nil
}

// recoveryRun is a recovery on its way.
type recoveryRun struct {
	*Recovery
	in     Input
	fits   *RegressionFits
	result *Result
	people *view
	views  []*view // of the other sources
	groups *groups
}

func (r *recoveryRun) add(e Estimate) {
	e.Sample = r.fits.sel.sample
	if math.IsNaN(e.Value) && e.Why == "" {
		e.Why = "nothing to compare"
	}
	r.result.Estimates = append(r.result.Estimates, e)
}

func (r *recoveryRun) warn(term, format string, a ...any) {
	r.result.Warnings = append(r.result.Warnings, Warning{Term: term, Text: fmt.Sprintf(format, a...)})
}

// look makes the views of the fits. Respondents are kept where they are drawn
// again or shared with the people: there may be millions.
func (r *recoveryRun) look(ctx context.Context) error {
	drawn := r.redraws()
	shared := slices.ContainsFunc(r.fits.fits, func(f *sourceFit) bool { return f.src.Name != people && f.src.sharesPeople() })
	for _, f := range r.fits.fits {
		name := f.src.Name
		if r.Sources != nil && name != people && !slices.Contains(r.Sources, name) {
			continue
		}
		few := r.Replicates == 0 && !(shared && f.src.sharesPeople())
		if few {
			v, err := r.summary(f)
			if err != nil {
				return err
			}
			if v != nil {
				r.keep(v)
				continue
			}
		}
		refit, solution, err := f.refitter(r.fits.params, r.fits.sel.frame, r.fits.formula)
		if err != nil {
			return err
		}
		if solution == nil {
			if name != people {
				r.warn(name, "%s has no fitted model and is left out.", f.src.title())
			}
			continue
		}
		v := viewOf(f.fitted.terms(), solution, true)
		v.src, v.r2 = f.src, f.fitted.r2
		if v.drawn, err = drawn.fit(ctx, r, f, refit); err != nil {
			return err
		}
		if few {
			v.condense()
		}
		r.keep(v)
	}
	return nil
}

// entering returns the sources that are compared, as a selection.
func (r *recoveryRun) entering() *selection {
	sel := &selection{frame: r.fits.sel.frame, schema: r.fits.sel.schema, sample: r.fits.sel.sample}
	for _, v := range r.views {
		sel.sources = append(sel.sources, v.src)
	}
	return sel
}

// keep notes a view: of the people or of another source.
func (r *recoveryRun) keep(v *view) {
	if v.src.Name == people {
		r.people = v
	} else {
		r.views = append(r.views, v)
	}
}
