package analysis

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	Register("recovery", func() Params {
		return &Recovery{Common: Common{Kind: "recovery"}, Alpha: 0.05, Splits: 200, Replicates: 1000, Level: 0.95}
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
//	correlation      Pearson correlation of the coefficients
//	r2_ratio         R² of the source by R² of the people
//	wald             Wald statistic of equal coefficients in the stacked model,
//	                 clustered by respondent across sources, with its p-value;
//	                 wald_df its degrees of freedom
//
// What halves of people reach is people.STATISTIC_halves, the mean over splits,
// and STATISTIC_halves95, the 95th percentile: two samples without a common
// person of as many people as are compared (pilot included; halves where there
// are fewer). Intervals come from resamples of whole respondents, joint for all
// sources that share them, to first order: the estimates move by the influence
// of each respondent, the standard errors stay.
type Recovery struct {
	Common
	// The regression whose conclusions are compared, by its name.
	Of string `toml:"of"`
	// The two-sided level of significance. Default 0.05.
	Alpha float64 `toml:"alpha"`
	// How many splits of people make the ceilings; 0 for none. Default 200.
	Splits int `toml:"splits"`
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
	c.contrasts("contrasts", r.Contrasts)
	if !(r.Alpha > 0 && r.Alpha < 0.5) {
		c.fail("alpha", "%v is no level of significance; between 0 and 0.5, such as 0.05", r.Alpha)
	}
	c.replicates("splits", r.Splits, 20)
	c.replicates("replicates", r.Replicates, 100)
	c.level("level", r.Level)
	return c.err()
}

// fewNulls is how many terms outside people's significant ones a false-positive
// rate needs.
const fewNulls = 5

// view is a fit as recovery sees it: the terms but the intercept, with errors
// by respondent.
type view struct {
	src       *sourceRows
	terms     []string
	coef, se  []float64
	effects   []string
	ame       []float64
	r2        float64
	respond   int
	influence []float64 // respondents x terms
	moves     []float64 // respondents x effects
	codes     []int32
}

// viewOf returns what a solution says; with is true where the influence of each
// respondent is needed.
func viewOf(names []string, s *solution, with bool) *view {
	r := s.r
	u := s.influence()
	se := s.errors(u)
	v := &view{respond: s.people, codes: r.codes, r2: math.NaN()}
	var keep []int
	for j, name := range names {
		if name != intercept {
			keep = append(keep, j)
			v.terms, v.coef, v.se = append(v.terms, name), append(v.coef, s.coef[j]), append(v.se, se[j])
		}
	}
	ms := s.marginals()
	for i, m := range ms {
		v.effects, v.ame = append(v.effects, r.effects[i].name), append(v.ame, m.value)
	}
	if !with {
		return v
	}
	for g := range r.codes {
		for _, j := range keep {
			v.influence = append(v.influence, u[g*r.k+j])
		}
	}
	v.moves = make([]float64, len(r.codes)*len(ms))
	total := 0.0
	for _, n := range s.n {
		total += n
	}
	for i, j := range r.at {
		for e, m := range ms {
			v.moves[int(r.person[i])*len(ms)+e] += r.w[i] * (m.values[j] - m.value) / total
		}
	}
	for g := range r.codes {
		for e, m := range ms {
			for a, d := range m.by {
				v.moves[g*len(ms)+e] += d * u[g*r.k+a]
			}
		}
	}
	return v
}

// matching are the terms and effects that two views share, by their places.
type matching struct{ terms, effects [][2]int }

func match(h, m *view) matching {
	pairs := func(a, b []string) (list [][2]int) {
		for i, name := range a {
			if j := slices.Index(b, name); j >= 0 {
				list = append(list, [2]int{i, j})
			}
		}
		return list
	}
	return matching{pairs(h.terms, m.terms), pairs(h.effects, m.effects)}
}

// The measures of recovery, in the order of score.
var recoveryMeasures = []string{"ame_error", "f1", "fpr", "wrong_signs", "coverage_people", "coverage_source", "slope", "correlation", "r2_ratio"}

// critical returns the quantile that makes a coefficient of a view significant.
func (v *view) critical(family string, alpha float64) float64 {
	if family == "ols" {
		return tQuantile(1-alpha, float64(v.respond-1))
	}
	return tQuantile(1-alpha, math.Inf(1))
}

// score compares a source's view m with the people's view h. coefficients and
// effects stand apart from the views so that replicates can replace them.
func score(h, m *view, hc, mc, ha, ma []float64, pairs matching, zh, zm float64, out []float64) {
	sum := 0.0
	for _, p := range pairs.effects {
		sum += math.Abs(ma[p[1]] - ha[p[0]])
	}
	out[0] = sum / float64(len(pairs.effects))
	var tp, ps, qs, wrong, extra, inPeople, inSource int
	var x, y []float64
	vh, vm := 0.0, 0.0
	for _, p := range pairs.terms {
		b, c, sb, sc := hc[p[0]], mc[p[1]], h.se[p[0]], m.se[p[1]]
		sigH, sigM := math.Abs(b) > zh*sb, math.Abs(c) > zm*sc
		switch {
		case sigH && sigM && b*c > 0:
			tp++
		case sigH && sigM:
			wrong++
		case sigM:
			extra++
		}
		if sigH {
			ps++
		}
		if sigM {
			qs++
		}
		if math.Abs(c-b) <= zh*sb {
			inPeople++
		}
		if math.Abs(c-b) <= zm*sc {
			inSource++
		}
		x, y = append(x, b), append(y, c)
		vh, vm = vh+sb*sb, vm+sc*sc
	}
	n := len(pairs.terms)
	out[1], out[2] = math.NaN(), math.NaN()
	if ps+qs > 0 {
		out[1] = 2 * float64(tp) / float64(ps+qs) // 2TP + FP + FN
	}
	if n-ps >= fewNulls {
		out[2] = float64(extra) / float64(n-ps)
	}
	out[3] = float64(wrong)
	out[4], out[5] = float64(inPeople)/float64(n), float64(inSource)/float64(n)
	out[6], _ = stat.Deming(x, y, vm/vh)
	out[7] = math.NaN()
	if n > 2 {
		out[7] = stat.Pearson(x, y, .95).R
	}
	out[8] = m.r2 / h.r2
}

// Run compares every source with the people.
func (r *Recovery) Run(ctx context.Context, in Input) (*Result, error) {
	of := in.Results[r.Of]
	if of == nil || of.Regression == nil {
		return nil, fmt.Errorf("recovery compares the conclusions of a regression, and %q is none", r.Of)
	}
	run := &recoveryRun{Recovery: r, in: in, fits: of.Regression, result: &Result{}}
	if err := run.look(); err != nil {
		return nil, err
	}
	if run.people == nil {
		run.result.Warnings = append(run.result.Warnings, Warning{Term: people, Text: fmt.Sprintf("The regression %s could not be fitted to people, so there is nothing to recover.", r.Of)})
	} else {
		if err := run.halves(ctx); err != nil {
			return nil, err
		}
		if err := run.compare(ctx); err != nil {
			return nil, err
		}
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

// look makes the views of the fits.
func (r *recoveryRun) look() error {
	for _, f := range r.fits.fits {
		name := f.src.Name
		if r.Sources != nil && name != people && !slices.Contains(r.Sources, name) {
			continue
		}
		_, solution, err := f.refitter(r.fits.params)
		if err != nil {
			return err
		}
		if solution == nil {
			if name != people {
				r.warn(name, "%s has no fitted model and is left out.", f.src.title())
			}
			continue
		}
		v := viewOf(f.names(), solution, true)
		v.src, v.r2 = f.src, f.model.McFadden
		if r.fits.params.Family == "ols" {
			v.r2 = f.model.R2
		}
		if name == people {
			r.people = v
		} else {
			r.views = append(r.views, v)
		}
	}
	return nil
}

// compare adds the measures of every source, with their intervals, and the
// contrasts.
func (r *recoveryRun) compare(ctx context.Context) error {
	h, k := r.people, len(recoveryMeasures)
	zh := h.critical(r.fits.params.Family, r.Alpha)
	seen := make([][]float64, len(r.views))
	pairs := make([]matching, len(r.views))
	for i, m := range r.views {
		pairs[i], seen[i] = match(h, m), make([]float64, k)
		score(h, m, h.coef, m.coef, h.ame, m.ame, pairs[i], zh, m.critical(r.fits.params.Family, r.Alpha), seen[i])
	}
	reps, err := r.resample(ctx, pairs)
	if err != nil {
		return err
	}
	for i, m := range r.views {
		if lost := len(h.terms) - len(pairs[i].terms); lost > 0 {
			r.warn(m.src.Name, "%s has no coefficient for %s of people, which %s left out.", m.src.title(), count(lost, "term", "terms"), map[bool]string{true: "is", false: "are"}[lost == 1])
		}
		for j, name := range recoveryMeasures {
			e := Number(Key{Source: m.src.Name, Statistic: name}, seen[i][j])
			if reps != nil && name != "r2_ratio" && name != "wrong_signs" {
				e = e.resampled(reps[i*k+j], r.Level)
			}
			switch name {
			case "fpr":
				e.Why = fmt.Sprintf("fewer than %d terms are not significant among people", fewNulls)
			case "f1":
				e.Why = "no term is significant in either"
			case "slope", "correlation":
				e.Why = "too few terms"
			}
			if !math.IsNaN(e.Value) {
				e.Why = ""
			}
			e.People, e.Draws = m.respond, m.src.Draws
			r.add(e)
		}
		r.differences(m, pairs[i])
		r.wald(m, pairs[i])
	}
	if len(r.views) > 0 && math.IsNaN(seen[0][2]) {
		r.warn("fpr", "Fewer than %d terms are not significant among people, so the false-positive rate has no value; a formula with true nulls would tell.", fewNulls)
	}
	r.contrast(seen, reps)
	return nil
}

// resample returns the replicates of all measures, source by source; nil when
// there are none to make.
func (r *recoveryRun) resample(ctx context.Context, pairs []matching) ([][]float64, error) {
	if r.Replicates == 0 || len(r.views) == 0 {
		return nil, nil
	}
	h, k := r.people, len(recoveryMeasures)
	views := append([]*view{h}, r.views...)
	var sources []*sourceRows
	for _, v := range views {
		sources = append(sources, v.src)
	}
	pools, index := poolsOf(sources)
	at := make([][]int32, len(views)) // of each respondent: its number in the pool
	for i, v := range views {
		for _, code := range v.codes {
			g, _ := slices.BinarySearch(index[i].codes, code)
			at[i] = append(at[i], int32(g))
		}
	}
	family := r.fits.params.Family
	zh := h.critical(family, r.Alpha)
	draws := stat.Resampling{Streams: r.in.Streams, Name: r.in.Name + ".bootstrap", B: r.Replicates, Workers: r.in.Workers}
	return draws.Run(ctx, k*len(r.views), func() func(int, *rand.Rand, []float64) {
		weight := make([][]uint32, len(pools))
		for i, p := range pools {
			weight[i] = make([]uint32, p.people)
		}
		coef, ame := make([][]float64, len(views)), make([][]float64, len(views))
		for i, v := range views {
			coef[i], ame[i] = make([]float64, len(v.coef)), make([]float64, len(v.ame))
		}
		return func(b int, _ *rand.Rand, out []float64) {
			for i, p := range pools {
				p.draw(p.stream(draws, b), weight[i])
			}
			for i, v := range views {
				v.moved(weight[index[i].pool], at[i], coef[i], ame[i])
			}
			for i, m := range r.views {
				score(h, m, coef[0], coef[i+1], ame[0], ame[i+1], pairs[i], zh, m.critical(family, r.Alpha), out[i*k:(i+1)*k])
			}
		}
	})
}

// moved sets coefficients and effects to what they are, to first order, when
// each respondent is drawn as often as the weights say.
func (v *view) moved(weight []uint32, at []int32, coef, ame []float64) {
	copy(coef, v.coef)
	copy(ame, v.ame)
	for g, p := range at {
		w := float64(weight[p]) - 1
		if w == 0 {
			continue
		}
		for a, u := range v.influence[g*len(coef) : (g+1)*len(coef)] {
			coef[a] += w * u
		}
		for a, u := range v.moves[g*len(ame) : (g+1)*len(ame)] {
			ame[a] += w * u
		}
	}
}

// differences adds the source's effects and coefficients less people's, paired
// by respondent.
func (r *recoveryRun) differences(m *view, pairs matching) {
	add := func(name, statistic string, value float64, influence []float64, n int) {
		e := Number(Key{Source: m.src.Name, Term: name, Statistic: statistic}, value)
		e.SE = clustered(influence, n)
		e = e.wald(r.Level, float64(n-1))
		e.P = tPValue(e.Value/e.SE, float64(n-1))
		e.People, e.Draws = m.respond, m.src.Draws
		r.add(e)
	}
	for _, p := range pairs.effects {
		u, n := r.joint(m, func(v *view, g int) float64 {
			return v.moves[g*len(v.ame)+p[sideOf(v, m)]]
		})
		add(m.effects[p[1]], "ame_difference", m.ame[p[1]]-r.people.ame[p[0]], u, n)
	}
	for _, p := range pairs.terms {
		u, n := r.joint(m, func(v *view, g int) float64 {
			return v.influence[g*len(v.coef)+p[sideOf(v, m)]]
		})
		add(m.terms[p[1]], "coef_difference", m.coef[p[1]]-r.people.coef[p[0]], u, n)
	}
}

func sideOf(v, m *view) int {
	if v == m {
		return 1
	}
	return 0
}

// joint returns what each respondent adds to the difference of a number between
// the source and the people, and how many respondents there are; those in both
// add once.
func (r *recoveryRun) joint(m *view, of func(v *view, g int) float64) (u []float64, n int) {
	h := r.people
	shared := m.src.sharesPeople()
	i, j := 0, 0
	for i < len(h.codes) || j < len(m.codes) {
		switch {
		case j >= len(m.codes) || i < len(h.codes) && (h.codes[i] < m.codes[j] || !shared):
			u = append(u, -of(h, i))
			i++
		case i >= len(h.codes) || m.codes[j] < h.codes[i] || !shared:
			u = append(u, of(m, j))
			j++
		default:
			u = append(u, of(m, j)-of(h, i))
			i++
			j++
		}
	}
	return u, len(u)
}

// wald adds the test that all coefficients are equal, in the model of both
// stacked with every term by source, clustered by respondent across the two.
func (r *recoveryRun) wald(m *view, pairs matching) {
	df := len(pairs.terms)
	e := Number(Key{Source: m.src.Name, Statistic: "wald"}, math.NaN())
	e.People, e.Why = m.respond, "the covariance of the differences is singular"
	if df > 0 {
		rows := make([][]float64, df)
		n := 0
		for a, p := range pairs.terms {
			rows[a], n = r.joint(m, func(v *view, g int) float64 { return v.influence[g*len(v.coef)+p[sideOf(v, m)]] })
		}
		cov, diff := mat.NewSymDense(df, nil), mat.NewVecDense(df, nil)
		for a, p := range pairs.terms {
			diff.SetVec(a, m.coef[p[1]]-r.people.coef[p[0]])
			for b := a; b < df; b++ {
				sum := 0.0
				for g := range rows[a] {
					sum += rows[a][g] * rows[b][g]
				}
				cov.SetSym(a, b, sum*float64(n)/float64(n-1))
			}
		}
		var chol mat.Cholesky
		var solved mat.VecDense
		if chol.Factorize(cov) && chol.Cond() < 1e14 && chol.SolveVecTo(&solved, diff) == nil {
			e.Value, e.Why = mat.Dot(diff, &solved), ""
			e.P = distuv.ChiSquared{K: float64(df)}.Survival(e.Value)
		}
	}
	r.add(e)
	d := Number(Key{Source: m.src.Name, Statistic: "wald_df"}, float64(df))
	d.People = m.respond
	r.add(d)
}

// contrast adds the differences between sources that are asked for.
func (r *recoveryRun) contrast(seen, reps [][]float64) {
	k := len(recoveryMeasures)
	for _, name := range r.Contrasts {
		a, b, _ := strings.Cut(name, "-")
		i := slices.IndexFunc(r.views, func(v *view) bool { return v.src.Name == a })
		j := slices.IndexFunc(r.views, func(v *view) bool { return v.src.Name == b })
		if i < 0 || j < 0 {
			continue
		}
		for s, measure := range recoveryMeasures {
			if measure == "r2_ratio" || measure == "wrong_signs" {
				continue
			}
			e := Number(Key{Source: name, Statistic: measure}, seen[i][s]-seen[j][s])
			e.People = r.views[i].respond
			if reps != nil {
				diff := make([]float64, r.Replicates)
				for d := range diff {
					diff[d] = reps[i*k+s][d] - reps[j*k+s][d]
				}
				e = e.resampled(diff, r.Level)
				bias := meanOf(diff) - e.Value
				for d := range diff {
					diff[d] -= 2 * bias
				}
				e.P = signP(diff)
			}
			r.add(e)
		}
	}
}
