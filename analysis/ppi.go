package analysis

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"silico/analysis/expr"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	Register("ppi", func() Params {
		return &PPI{Common: Common{Kind: "ppi", Sample: frame.Evaluation}, Labelled: 0.5, Splits: 200, Floor: 200, Level: 0.95}
	})
}

// PPI asks how many people the answers of a source are worth when they stand
// beside those of people, by prediction-powered inference. It is that of
// Angelopoulos and others (2023, doi:10.1126/science.adi6000), with the tuning of
// PPI++ (arXiv:2311.01453). A part of the people is
// labelled, their answers are known; the others are only predicted. Who is
// labelled is drawn many times, the same for all sources; people of the pilot, from
// whom sources learn, are never among them.
//
// Addresses: NAME.SOURCE.OUTCOME.STATISTIC for means, NAME.SOURCE.MODEL.TERM.STATISTIC
// for the coefficients of a regression, whose name stands in the place of the
// outcome. The statistics are
//
//	classical    the labelled people alone (the source is people)
//	whole        all of them (the source is people)
//	model_only   the source's answers for everybody, without people
//	model_bias   model_only less whole, paired by person
//	ppi          λ = 1: mean of the predictions, corrected by what they miss of
//	             the labelled people
//	ppi_tuned    PPI++: λ of least variance, between 0 and 1
//	lambda       that λ
//	correlation  of answer and prediction over persons (means alone)
//	effective_n  labelled people who would give the standard error of ppi_tuned
//	             without predictions, n (SE_classical/SE)²
//	limit        the most that this correlation could give, n/(1 - ρ² N/(N + n))
//
// The unit is the person: answers are averaged, scores summed, by person. What
// rows have in common because of their item is no knowledge of people and gains
// nothing. Estimates are means over the splits with the root mean square of their
// standard errors, so that an interval is that of one study with so many labelled
// people; lambda, correlation and effective_n have the range of 95 % of the splits
// (the level). people.OUTCOME.correlation_floor and effective_n_floor are what a
// person drawn at random predicts of another, pilot included, with their range over
// draws; …_floor95 the 95th percentile. A source that is worth nothing has an effective n of n, and one
// that knows all answers of N + n. Weights do not enter.
type PPI struct {
	Common
	// What is averaged over people: variables, or rules such as "do != 'no'". All answers that have numbers when absent.
	Outcomes []string `toml:"outcomes"`
	// A regression (ols or logit) whose coefficients are estimated too, by its name.
	Of string `toml:"of"`
	// Share of the people whose answers are taken as known. Default 0.5.
	Labelled float64 `toml:"labelled"`
	// How many times who is labelled is drawn. Default 200.
	Splits int `toml:"splits"`
	// How many draws of other people make the floor; 0 for none. Default 200.
	Floor int `toml:"floor"`
	// Level of the intervals. Default 0.95.
	Level float64 `toml:"level"`
}

// Needs returns the regression, if there is one.
func (p *PPI) Needs() []string {
	if p.Of == "" {
		return nil
	}
	return []string{p.Of}
}

// NeedsKind returns "regression": the kind of what Needs names.
func (p *PPI) NeedsKind() string { return "regression" }

// Check looks for unknown names and impossible numbers.
func (p *PPI) Check(s *frame.Schema) error {
	c := &checker{schema: s}
	c.common(p.Common)
	if !c.people() {
		c.fail("kind", "the answers of people are what is predicted, and this study has none")
	}
	if p.Sample != frame.Evaluation {
		c.fail("sample", "people of the pilot, from whom sources learn, are never labelled; leave sample out")
	}
	for i, name := range p.Outcomes {
		if slices.Contains(p.Outcomes[:i], name) {
			c.fail("outcomes", "outcome %q is named twice", name)
		}
		if v := s.Variable(name); v != nil {
			if !averaged(v) {
				c.fail("outcomes", "variable %q has no numbers to average; write a rule, such as \"%s == 'x'\"", name, name)
			}
			continue
		}
		c.rule("outcomes", name)
	}
	if len(p.Outcomes) == 0 && p.Of == "" && len(averages(s)) == 0 {
		c.fail("outcomes", "no answer of this study has numbers to average; name the outcomes, as rules")
	}
	if !(p.Labelled > 0 && p.Labelled < 1) {
		c.fail("labelled", "%v is no share of the people; between 0 and 1, such as 0.5", p.Labelled)
	}
	if p.Splits < 20 {
		c.fail("splits", "%d is too few; at least 20", p.Splits)
	}
	c.replicates("floor", p.Floor, 20)
	c.level("level", p.Level)
	return c.err()
}

// averaged says whether the values of a variable have a mean.
func averaged(v *frame.Variable) bool {
	return v.Type != "text" && v.Type != "id" && (v.Kind() != frame.Factor || len(v.Levels) == 2)
}

// averages returns the answers that have a mean.
func averages(s *frame.Schema) []string {
	return slices.DeleteFunc(answers(s), func(name string) bool { return !averaged(s.Variable(name)) })
}

// ppiRun is a prediction-powered inference on its way.
type ppiRun struct {
	*PPI
	in      Input
	sel     *selection
	people  *sourceRows
	sources []*sourceRows // that stand in the place of people
	units   *units
	persons []int32 // codes of the people, ascending
	label   [][]bool
	result  *Result
}

// Run estimates means and coefficients with every source as predictor.
func (p *PPI) Run(ctx context.Context, in Input) (*Result, error) {
	sel, err := p.pick(in.Frame, people)
	if err != nil {
		return nil, err
	}
	r := &ppiRun{PPI: p, in: in, sel: sel, result: &Result{Warnings: append(sel.note(), sel.empty()...)}}
	r.people = sel.source(people)
	outcomes := p.Outcomes
	if len(outcomes) == 0 && p.Of == "" {
		outcomes = averages(in.Frame.Schema)
	}
	var done []string
	if err := r.split(ctx); err != nil {
		return nil, err
	}
	if r.label != nil {
		for _, o := range outcomes {
			if err := r.mean(ctx, o); err != nil {
				return nil, err
			}
			done = append(done, o)
		}
		if p.Of != "" {
			if err := r.model(ctx); err != nil {
				return nil, err
			}
		}
	}
	r.present(done)
	return r.result, nil
}

func (r *ppiRun) add(e Estimate) {
	e.Sample = r.sel.sample
	if math.IsNaN(e.Value) && e.Why == "" {
		e.Why = "too few people, or the model has no solution"
	}
	r.result.Estimates = append(r.result.Estimates, e)
}

func (r *ppiRun) warn(term, format string, a ...any) {
	r.result.Warnings = append(r.result.Warnings, Warning{Term: term, Text: fmt.Sprintf(format, a...)})
}

// split draws who is labelled, and leaves out sources that predict nobody.
func (r *ppiRun) split(ctx context.Context) error {
	if r.people == nil || len(r.people.rows) == 0 {
		return ctx.Err()
	}
	for i, g := range r.people.person {
		if i == 0 || g != r.people.person[i-1] {
			r.persons = append(r.persons, g)
		}
	}
	n := int(math.Round(r.Labelled * float64(len(r.persons))))
	if n < leastPeople || len(r.persons)-n < leastPeople {
		r.warn(people, "Of %s, %d would be labelled; too few for an inference (at least %d on each side).", count(len(r.persons), "person", "persons"), n, leastPeople)
		return ctx.Err()
	}
	r.units = newUnits(r.in.Frame, r.people)
	for _, src := range r.sel.sources {
		switch {
		case src == r.people || len(src.rows) == 0:
		case !src.sharesPeople():
			r.warn(src.Name, "%s has respondents of its own and predicts nobody.", src.title())
		default:
			r.sources = append(r.sources, src)
		}
	}
	draws := stat.Resampling{Streams: r.in.Streams, Name: "split", B: r.Splits, Workers: r.in.Workers}
	r.label = make([][]bool, r.Splits)
	_, err := draws.Run(ctx, 1, func() func(int, *rand.Rand, []float64) {
		return func(b int, rng *rand.Rand, _ []float64) {
			r.label[b] = make([]bool, len(r.persons))
			for _, g := range rng.Perm(len(r.persons))[:n] {
				r.label[b][g] = true
			}
		}
	})
	return err
}

// valuesOf returns the numbers that an outcome has in the rows of a frame.
func valuesOf(f *frame.Frame, outcome string) ([]float64, error) {
	if v, c := f.Schema.Variable(outcome), f.Col(outcome); v != nil && c != nil {
		if c.Kind != frame.Factor {
			return c.Floats(), nil
		}
		xs := make([]float64, c.Len())
		for i, k := range c.Codes {
			xs[i] = float64(k)
			if k < 0 {
				xs[i] = math.NaN()
			}
		}
		return xs, nil
	}
	e, err := expr.Parse(outcome)
	if err != nil {
		return nil, err
	}
	return e.Truths(f)
}

// expectation returns the expected number of each row of a frame, given those of
// the rows of its expansion.
func expectation(f, g *frame.Frame, from []int, values []float64) []float64 {
	if from == nil {
		return values
	}
	xs := make([]float64, f.Rows())
	for i, p := range shares(g) {
		xs[from[i]] += p * values[i]
	}
	return xs
}

// predictions returns the number that a source predicts for each row of the
// people, the mean over its draws, NaN where it predicts none.
func (r *ppiRun) predictions(src *sourceRows, values []float64) []float64 {
	sum, n := make([]float64, r.in.Frame.Rows()), make([]float64, r.in.Frame.Rows())
	for _, row := range src.rows {
		if at := r.units.of(row); at >= 0 && !math.IsNaN(values[row]) {
			sum[at] += values[row]
			n[at]++
		}
	}
	for i := range sum {
		sum[i] /= n[i]
	}
	return sum
}
