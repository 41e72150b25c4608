package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// RegressionFits are the fitted models of a regression: what recovery builds
// on.
type RegressionFits struct {
	params  *Regression
	formula *formula.Formula
	sel     *selection
	from    []int // of an expanded frame, the row that each row is made from; nil for others
	fits    []*sourceFit
}

// sourceFit is the model fitted to one source.
type sourceFit struct {
	src      *sourceRows
	model    *stat.Regression // while it is described; nil where nothing could be fitted
	fitted   *fitted          // what stays of the model
	coef     []Estimate       // by column of the design
	ames     []Estimate
	whole    []Estimate // r2, loglik, n, groups
	warnings []Warning
	n        int // rows
}

// fitted is what recovery needs to know of a model. Its design, rows by columns
// for each source, is made again when it is asked for: of a million rows the
// designs of a few regressions are the memory of the whole study.
type fitted struct {
	coef      []float64 // by column, NaN where it was dropped
	names     []string
	family    stat.Family
	link      stat.Link
	separated bool
	r2        float64 // McFadden's for others than ols
}

func (s *sourceFit) warn(term, format string, a ...any) {
	s.warnings = append(s.warnings, Warning{Term: term, Text: s.src.title() + ": " + fmt.Sprintf(format, a...)})
}

// fit fits the model to a source. Trouble with the data is in the fit's
// warnings; an error is a bug.
func (r *Regression) fit(f *frame.Frame, form *formula.Formula, src *sourceRows) (*sourceFit, error) {
	s := &sourceFit{src: src}
	if len(src.rows) == 0 {
		return s, nil
	}
	d, err := r.designOf(f, form, src, formula.Options{Parts: true})
	if err != nil {
		s.warn(src.Name, "%v.", err)
		return s, nil
	}
	if d.Dropped > 0 {
		s.warn(src.Name, "%s dropped because a value in the formula is missing.", count(d.Dropped, "row was", "rows were"))
	}
	if why := unfit(d); why != "" {
		s.warn(src.Name, "%s.", why)
		s.blank(d, why)
		return s, nil
	}
	family, link, err := stat.FamilyOf(r.Family)
	if err != nil {
		return nil, err
	}
	s.model = r.model(d, family, link)
	for _, w := range s.model.Warnings {
		s.warn(src.Name, "%s.", strings.TrimSuffix(w, "."))
	}
	if s.model.Rank == 0 {
		s.blank(d, "nothing could be fitted")
		s.model = nil
		return s, nil
	}
	return s, s.describe(r, f)
}

// model fits the model to a design.
func (r *Regression) model(d *formula.Design, family stat.Family, link stat.Link) *stat.Regression {
	if r.Family == "ols" {
		return stat.OLS(d)
	}
	return stat.GLM(d, family, link)
}

// designOf evaluates the formula on the rows of a source. The options say what
// becomes of its matrix.
func (r *Regression) designOf(f *frame.Frame, form *formula.Formula, src *sourceRows, opts formula.Options) (*formula.Design, error) {
	opts.Reference, opts.Weights = r.Reference, r.Weights
	if by := r.SE.By; by != "" && by != f.Schema.ID {
		opts.Complete = append(opts.Complete, by)
	}
	g := f.Take(src.rows)
	if parts := shares(g); parts != nil {
		opts.Weights = shareColumn
		if w := g.Col(r.Weights); w != nil {
			product := slices.Clone(parts)
			for i, x := range w.Nums {
				product[i] *= x
			}
			g = g.With(frame.Numbers(shareColumn, product))
		}
	}
	return form.Design(g, opts)
}

// rows returns how many rows the model is of; those of one answer that an
// expanded frame holds by parts are one.
func (s *sourceFit) rows(f *frame.Frame) int {
	parts := shares(f)
	if parts == nil {
		return s.model.N
	}
	n := 0.0
	for _, row := range s.model.Design.Rows {
		n += parts[s.src.rows[row]]
	}
	return int(math.Round(n))
}

// unfit says why nothing can be fitted to a design, "" when it can.
func unfit(d *formula.Design) string {
	n, k := len(d.Rows), len(d.Names)
	switch {
	case n == 0:
		return "no row has all values of the formula"
	case k == 0:
		return "the formula has no terms"
	}
	constant := true
	for _, y := range d.Y {
		constant = constant && y == d.Y[0]
	}
	switch {
	case constant:
		return fmt.Sprintf("the outcome %s is the same in all rows, so nothing explains it", d.Response)
	case n <= k:
		return fmt.Sprintf("%s too few for %s", count(n, "row is", "rows are"), count(k, "coefficient", "coefficients"))
	}
	return ""
}

// blank gives every term a number that is none, with the reason.
func (s *sourceFit) blank(d *formula.Design, why string) {
	for _, name := range d.Names {
		e := Number(Key{Source: s.src.Name, Term: name, Statistic: "coef"}, math.NaN())
		e.Why = why
		s.coef = append(s.coef, e)
	}
}

// clusters numbers the clusters of the design's rows: the respondents, or the
// values of the column that the errors name.
func (s *sourceFit) clusters(r *Regression, f *frame.Frame) []int {
	of := make([]int, len(s.model.Design.Rows))
	c := f.Col(r.SE.By)
	if c == nil || r.SE.By == f.Schema.ID {
		for i, row := range s.model.Design.Rows {
			of[i] = int(s.src.person[row])
		}
		return of
	}
	seen := map[string]int{}
	for i, row := range s.model.Design.Rows {
		key := c.String(s.src.rows[row])
		k, ok := seen[key]
		if !ok {
			k = len(seen)
			seen[key] = k
		}
		of[i] = k
	}
	return of
}

// describe makes the estimates of coefficients, effects and fit.
func (s *sourceFit) describe(r *Regression, f *frame.Frame) error {
	m := s.model
	s.n = s.rows(f)
	var clusters [][]int
	if r.SE.clustered() {
		clusters = append(clusters, s.clusters(r, f))
	}
	cov, err := m.Covariance(r.SE.method(), clusters...)
	if err != nil {
		return err
	}
	for _, w := range cov.Warnings {
		s.warn(s.src.Name, "%s.", w)
	}
	for j, line := range m.Table(cov, r.Level) {
		e := s.tested(line, "coef")
		switch {
		case math.IsNaN(e.Value):
			e.Why = "a sum of the terms before it"
		case m.Separated && slices.Contains(m.Moving, m.Names[j]):
			e.Value, e.SE, e.Lo, e.Hi, e.P = math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()
			e.Why = "perfect separation: it has no finite maximum"
		}
		s.coef = append(s.coef, e)
	}
	if err := s.marginals(r, cov); err != nil {
		return err
	}
	s.fitted = &fitted{m.Coef, m.Names, m.Family, m.Link, m.Separated, m.R2}
	if r.Family != "ols" {
		s.fitted.r2 = m.McFadden
	}
	s.fact("r2", s.fitted.r2)
	s.fact("loglik", m.LogLik)
	s.fact("n", float64(s.n))
	if len(cov.Groups) > 0 {
		s.fact("groups", float64(cov.Groups[0]))
	}
	return nil
}

// tested makes an estimate of a line of a regression table.
func (s *sourceFit) tested(line stat.Coefficient, statistic string) Estimate {
	e := Number(Key{Source: s.src.Name, Term: line.Name, Statistic: statistic}, line.Estimate)
	e.SE, e.Lo, e.Hi, e.P = line.SE, line.Lo, line.Hi, line.P
	e.People, e.Rows, e.Draws = s.people(), s.n, s.src.Draws
	return e
}

// fact adds a number about the whole model.
func (s *sourceFit) fact(statistic string, value float64) {
	e := Number(Key{Source: s.src.Name, Statistic: statistic}, value)
	e.People, e.Rows, e.Draws = s.people(), s.n, s.src.Draws
	if math.IsNaN(value) {
		e.Why = "the model has none"
	}
	s.whole = append(s.whole, e)
}

// people returns how many respondents are in the model.
func (s *sourceFit) people() int {
	n, last := 0, int32(-1)
	for _, row := range s.model.Design.Rows {
		if p := s.src.person[row]; p != last {
			n++
			last = p
		}
	}
	return n
}

// marginals adds the average marginal effects of all predictors.
func (s *sourceFit) marginals(r *Regression, cov *stat.Covariance) error {
	for _, name := range s.model.Design.Predictors() {
		o := stat.MarginOptions{Step: r.step(name)}
		if s.model.Design.Weights != nil {
			o.Weights = s.model.Design.Weights
		}
		effects, err := s.model.Margins(name, o)
		if err != nil {
			return err
		}
		for _, line := range effects.Table(cov, r.Level) {
			e := s.tested(line, "ame")
			if math.IsNaN(e.Value) {
				e.Why = "the model has no finite fit"
			}
			s.ames = append(s.ames, e)
		}
	}
	return nil
}

// step returns what the marginal effect of a number is per.
func (r *Regression) step(name string) float64 {
	if p, ok := r.Per[name]; ok {
		return p
	}
	return 1
}

// estimates adds everything about a source to the result.
func (s *sourceFit) estimates(sel *selection, res *Result) {
	for _, list := range [][]Estimate{s.coef, s.ames, s.whole} {
		for _, e := range list {
			e.Sample = sel.sample
			res.Estimates = append(res.Estimates, e)
		}
	}
}

// note keeps the coefficients and effects of a source for its groups, with what
// each respondent adds to them: errors of groups are by respondent (CR1), those
// of effects with the part that who is asked has in them.
func (r *Regression) note(g *groups, s *sourceFit, f *frame.Frame, form *formula.Formula) error {
	_, solution, err := s.refitter(r, f, form)
	if err != nil {
		return err
	}
	var v *view
	if solution != nil {
		v = viewOf(s.fitted.terms(), solution, true)
	}
	for _, list := range [][]Estimate{s.coef, s.ames} {
		for _, e := range list {
			g.note(e, func() spread { return v.spread(s.src, e.Key, r.Family != "ols") })
		}
	}
	return nil
}

// spread returns what each respondent adds to a coefficient or an effect.
func (v *view) spread(src *sourceRows, k Key, normal bool) spread {
	if v == nil {
		return spread{}
	}
	names, adds := v.terms, v.influence
	if k.Statistic == "ame" {
		names, adds = v.effects, v.moves
	}
	at := slices.Index(names, k.Term)
	if at < 0 {
		return spread{}
	}
	s := spread{adds: map[respondent]float64{}, normal: normal, tested: true}
	for i, code := range v.codes {
		s.adds[respondent{person: code}] = adds[i*len(names)+at]
	}
	return s
}

// designEffect is a marginal effect on a design: the slopes of a number, or the
// designs at a level and at the reference.
type designEffect struct {
	name   string
	per    float64
	to, of *formula.Variant
}

// effectsOf returns the marginal effects of all predictors, under the names
// that stat.Effects gives them.
func (r *Regression) effectsOf(d *formula.Design) ([]designEffect, error) {
	var list []designEffect
	for _, name := range d.Predictors() {
		levels, factor := d.Levels(name)
		if !factor || len(levels) == 0 {
			v, err := d.Slopes(name)
			if err != nil {
				return nil, err
			}
			list = append(list, designEffect{name: name, per: r.step(name), to: v})
			continue
		}
		of, err := d.At(name, levels[0])
		if err != nil {
			return nil, err
		}
		for _, l := range levels[1:] {
			to, err := d.At(name, l)
			if err != nil {
				return nil, err
			}
			list = append(list, designEffect{name: name + l, per: 1, to: to, of: of})
		}
	}
	return list, nil
}

// refitter prepares the model for fits under weights of respondents, and
// returns it with its fit to all; nil where there is no finite one.
func (s *sourceFit) refitter(r *Regression, f *frame.Frame, form *formula.Formula) (*refitter, *solution, error) {
	m := s.fitted
	if m == nil || m.separated || m.family == stat.NegativeBinomial {
		return nil, nil, nil
	}
	d, err := r.designOf(f, form, s.src, formula.Options{Bare: true})
	if err != nil {
		return nil, nil, err
	}
	effects, err := r.effectsOf(d)
	if err != nil {
		return nil, nil, err
	}
	person := make([]int32, len(d.Rows))
	for i, row := range d.Rows {
		person[i] = s.src.person[row]
	}
	fit, err := newRefitter(d, m, person, effects)
	if err != nil {
		return nil, nil, err
	}
	whole := newSolution(fit)
	if !whole.fit(nil) {
		return fit, nil, nil
	}
	fit.whole = whole
	return fit, whole, nil
}

// kept returns the columns that have coefficients.
func (m *fitted) kept() []int {
	var kept []int
	for j, b := range m.coef {
		if !math.IsNaN(b) {
			kept = append(kept, j)
		}
	}
	return kept
}

// terms returns the names of the columns that have coefficients.
func (m *fitted) terms() []string {
	var names []string
	for _, j := range m.kept() {
		names = append(names, m.names[j])
	}
	return names
}
