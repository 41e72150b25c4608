package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

func recovery(change func(r *Recovery)) *Recovery {
	p, _ := New("recovery")
	r := p.(*Recovery)
	r.Of = "model"
	change(r)
	return r
}

// recovered runs a regression and its recovery on a frame.
func recovered(t testing.TB, in Input, of func(r *Regression), change func(r *Recovery)) *Result {
	in.Name = "model"
	in.Results = map[string]*Result{"model": runOn(t, regression(of), in)}
	in.Name = "test"
	return runOn(t, recovery(change), in)
}

func TestHalvesOfPeopleReachTheCeilingsOfMethod(t *testing.T) {
	in := input(withModels(verbagg(t, true), simulated{"copy", 0}), 2)
	// METHOD section 1: over splits of 316 people, 158 against 158.
	r := recovered(t, in, func(r *Regression) {
		r.Family, r.Formula = "logit", "do_any ~ (anger + gender) * (behaviour + blame)"
	}, func(r *Recovery) { r.Splits, r.Replicates = 400, 0 })
	wantNear(t, r, "people.f1_halves", .479, .04)
	wantNear(t, r, "people.fpr_halves", .177, .03)
	wantNear(t, r, "people.coverage_people_halves", .83, .02)
	r = recovered(t, in, func(r *Regression) {
		r.Family, r.Formula, r.Per = "logit", "do_any ~ anger + gender + behaviour + blame", map[string]float64{"anger": 5}
	}, func(r *Recovery) { r.Splits, r.Replicates = 400, 0 })
	wantNear(t, r, "people.ame_error_halves", .0339, .003)
	wantNear(t, r, "people.ame_error_halves95", .0586, .006)
}

func TestASourceWithoutEffectsHasNoCorrelationWithPeople(t *testing.T) {
	terms := []string{"anger", "gender", "behaviour", "blame"}
	h := &view{terms: terms, coef: []float64{.4, -.2, .9, .1}, se: []float64{.1, .1, .2, .1}}
	m := &view{terms: terms, coef: []float64{3e-17, -2e-17, 1e-17, 0}, se: []float64{1e-17, 2e-17, 1e-17, 1e-17}} // rounding
	s := &scorer{h: h, m: m, matching: match(h, m)}
	if slope, r := s.line(h.coef, m.coef); slope != 0 || !math.IsNaN(r) {
		t.Errorf("coefficients that are 0 but for rounding have slope %v and correlation %v, want 0 and NaN", slope, r)
	}
	if slope, r := s.line(h.coef, []float64{.2, -.1, .45, .05}); !(slope > 0) || math.Abs(r-1) > 1e-12 {
		t.Errorf("coefficients of half the size have slope %v and correlation %v, want a positive one and 1", slope, r)
	}
}

func TestASourceThatCopiesPeopleRecoversEverything(t *testing.T) {
	in := input(withModels(verbagg(t, true), simulated{"copy", 0}, simulated{"noise", 1}), 2)
	r := recovered(t, in, func(r *Regression) { r.Family, r.Formula = "logit", "do_any ~ anger + gender + behaviour + blame" }, func(r *Recovery) { r.Splits = 0 })
	for statistic, want := range map[string]float64{"ame_error": 0, "f1": 1, "wrong_signs": 0, "coverage_people": 1, "slope": 1, "correlation": 1, "r2_ratio": 1} {
		wantNear(t, r, "copy."+statistic, want, 1e-9)
	}
	if e := estimate(t, r, "noise.ame_error"); !(e.Lo > .05 && e.Value > e.Lo) {
		t.Errorf("error of the effects of noise is %v, at least %v; want it far from 0", e.Value, e.Lo)
	}
	if e := estimate(t, r, "noise.wald"); !(e.P < 1e-6) {
		t.Errorf("equal coefficients of noise have p = %v, want next to 0", e.P)
	}
	if e := estimate(t, r, "noise.fpr"); !math.IsNaN(e.Value) || e.Why == "" {
		t.Errorf("false-positive rate over one null is %v (%q), want NaN with a reason", e.Value, e.Why)
	}
}

// A source that tells probabilities, beside many that give answers drawn from the
// same: what is counted must be that of the many on average, not of their
// expectation, in which nearly everything is significant.
func TestWhatIsSignificantOfProbabilitiesIsThatOfAnswersDrawnFromThem(t *testing.T) {
	const many = 80
	models := []simulated{{"told", .7}}
	for k := range many {
		models = append(models, simulated{fmt.Sprintf("drawn%d", k), .7})
	}
	of := func(r *Regression) {
		r.Family, r.Formula, r.SE = "logit", "do_any ~ (anger + gender) * (behaviour + blame)", Errors{Type: "CR1", By: "id"}
	}
	r := recovered(t, input(withChances(withModels(verbagg(t, true), models...), models[0]), 2), of, func(r *Recovery) { r.Splits, r.Replicates, r.Redraws = 0, 0, 200 })
	for _, statistic := range []string{"f1", "fpr", "wrong_signs", "coverage_people", "coverage_source"} {
		var drawn []float64
		for k := range many {
			drawn = append(drawn, estimate(t, r, fmt.Sprintf("drawn%d.%s", k, statistic)).Value)
		}
		mean, se := meanOf(drawn), sdOf(drawn)*math.Sqrt(1./many+1./200)
		e := estimate(t, r, "told."+statistic)
		low, high := estimate(t, r, "told."+statistic+"_low").Value, estimate(t, r, "told."+statistic+"_high").Value
		if !(math.Abs(e.Value-mean) < 3.5*se+.015) { // some are too rare to differ among the many
			t.Errorf("%s of probabilities is %.3f, of answers drawn from them %.3f (std. error of the difference %.3f)", statistic, e.Value, mean, se)
		}
		if !(low < e.Value && e.Value < high) || e.Draws != 200 {
			t.Errorf("%s is %.3f, between %.3f and %.3f in %d draws; want a mean between them of 200", statistic, e.Value, low, high, e.Draws)
		}
	}
	if !slices.ContainsFunc(r.Tables, func(t Table) bool { return t.Name == "draws" && len(t.Rows) == 1 }) {
		t.Error("the range of the draws is not shown")
	}
}

// Of a model with several draws of a unit each counts one answer.
func TestWhatIsCountedIsOfAsManyAnswersAsPeopleGave(t *testing.T) {
	models := []simulated{{"told", .7}}
	base := withChances(withModels(verbagg(t, true), models...), models...)
	counted := func(draws int) (f1, coverage float64) {
		var rows []int
		var draw []float64
		for i := range base.Rows() {
			n := 1
			if base.Col(frame.SourceColumn).String(i) == "told" {
				n = draws
			}
			for d := range n {
				rows, draw = append(rows, i), append(draw, float64(d+1))
			}
		}
		f := base.Take(rows).With(frame.Numbers(frame.DrawColumn, draw))
		schema := *f.Schema
		schema.Sources = slices.Clone(schema.Sources)
		for i := range schema.Sources {
			if schema.Sources[i].Name == "told" {
				schema.Sources[i].Draws = draws
			}
		}
		f.Schema = &schema
		r := recovered(t, input(f, 2), func(r *Regression) {
			r.Family, r.Formula, r.SE = "logit", "do_any ~ (anger + gender) * (behaviour + blame)", Errors{Type: "CR1", By: "id"}
		}, func(r *Recovery) { r.Splits, r.Replicates, r.Redraws = 0, 0, 200 })
		return estimate(t, r, "told.f1").Value, estimate(t, r, "told.coverage_source").Value
	}
	f1, coverage := counted(1)
	if f, c := counted(5); math.Abs(f-f1) > .06 || math.Abs(c-coverage) > .06 {
		t.Errorf("with five draws a unit F1 is %.3f and coverage %.3f, with one %.3f and %.3f", f, c, f1, coverage)
	}
}

func TestTheIntervalOfWhatIsCountedIsTheSameForAnyNumberOfWorkers(t *testing.T) {
	models := []simulated{{"told", .7}}
	f := withChances(withModels(verbagg(t, true), models...), models...)
	run := func(workers int) string {
		return told(recovered(t, input(f, workers), func(r *Regression) {
			r.Family, r.Formula, r.SE = "logit", "do_any ~ anger + gender + behaviour", Errors{Type: "CR1", By: "id"}
		}, func(r *Recovery) { r.Splits, r.Replicates, r.Redraws = 0, 100, 30 }))
	}
	if a, b := run(1), run(5); a != b {
		t.Errorf("one worker gives\n%s\nfive give\n%s", a, b)
	}
}

func TestTheStackedWaldIsThatOfR(t *testing.T) {
	f := redistribution(t)
	r := recovered(t, input(f, 2), func(r *Regression) { r.Formula = "redist1 ~ workluck + trust + fairness + fatheduc" }, func(r *Recovery) { r.Splits, r.Replicates = 0, 0 })
	// R 4.2.2: lm(redist1 ~ (workluck + trust + fairness + fatheduc) * twin) on people and twins stacked,
	// sandwich::vcovCL(~id, type = "HC0") * G/(G-1); Wald test of the four interactions.
	wantNear(t, r, "twin.wald", 728.35365454, 1e-6)
	wantNear(t, r, "twin.wald_df", 4, 0)
	wantNear(t, r, "twin.workluck.coef_difference", 1.96680762, 1e-8)
	wantSE(t, r, "twin.workluck.coef_difference", 0.0751006593, 1e-9)
}

func TestTheStackedWaldOfRespondentsOfTheirOwnIsThatOfTwoRegressions(t *testing.T) {
	f := surveys(4000)
	of := func(r *Regression) { r.Formula = "belief ~ gender + race" }
	done := runOn(t, regression(of), input(f, 2)).Regression
	r := recovered(t, input(f, 2), of, func(r *Recovery) { r.Splits, r.Replicates = 0, 0 })
	var models []*stat.Regression
	for _, i := range []int{0, 4} {
		design, err := done.params.designOf(f, done.formula, done.fits[i].src, formula.Options{})
		if err != nil {
			t.Fatal(err)
		}
		models = append(models, stat.OLS(design))
	}
	k := len(models[0].Coef) - 1 // without the intercept
	cov, diff := mat.NewSymDense(k, nil), mat.NewVecDense(k, nil)
	n := float64(models[0].N + models[1].N)
	for i, m := range models {
		hc0, err := m.Covariance("HC0")
		if err != nil {
			t.Fatal(err)
		}
		for a := range k {
			diff.SetVec(a, diff.AtVec(a)+float64(2*i-1)*m.Coef[a+1])
			for b := a; b < k; b++ {
				cov.SetSym(a, b, cov.At(a, b)+hc0.V.At(a+1, b+1)*n/(n-1))
			}
		}
	}
	var chol mat.Cholesky
	var solved mat.VecDense
	if !chol.Factorize(cov) || chol.SolveVecTo(&solved, diff) != nil {
		t.Fatal("covariance of the differences is singular")
	}
	wantNear(t, r, "d.wald", mat.Dot(diff, &solved), 1e-8)
	wantSE(t, r, "d.genderM.coef_difference", math.Sqrt(cov.At(0, 0)), 1e-10)
	// With resamples the respondents are kept; the numbers are the same.
	kept := recovered(t, input(f, 2), of, func(r *Recovery) { r.Splits, r.Replicates = 0, 100 })
	wantNear(t, kept, "d.wald", estimate(t, r, "d.wald").Value, 1e-10)
	wantSE(t, kept, "d.genderM.ame_difference", estimate(t, r, "d.genderM.ame_difference").SE, 1e-12)
}

func TestDifferencesNeedNoInfluenceOfEachRespondent(t *testing.T) {
	f := surveys(4000)
	logit := func(r *Regression) { r.Family, r.Formula = "logit", "action ~ gender * belief + race" }
	summed := recovered(t, input(f, 2), logit, func(r *Recovery) { r.Splits, r.Replicates = 0, 0 })
	kept := recovered(t, input(f, 2), logit, func(r *Recovery) { r.Splits, r.Replicates = 0, 100 }) // resamples need them
	for _, address := range []string{"d.wald", "d.ame_error", "d.belief.ame_difference", "d.genderM.ame_difference", "d.raceblack.ame_difference", "d.'genderM:belief'.coef_difference"} {
		e := estimate(t, kept, address)
		wantNear(t, summed, address, e.Value, 1e-9)
		if !math.IsNaN(e.SE) && strings.HasSuffix(address, "difference") {
			wantSE(t, summed, address, e.SE, 1e-10)
		}
	}
}

func TestTheSlopeOfHalvesIsAMedian(t *testing.T) {
	reps := []float64{.9, 1, 1.1, 1.2, -4000}
	if e := middle(Key{}, "slope", reps); e.Value != 1 || !math.IsNaN(e.SE) {
		t.Errorf("slope over splits %v is %v (SE %v), want the median 1 without a standard error", reps, e.Value, e.SE)
	}
	if e := middle(Key{}, "f1", []float64{0, .5, 1}); e.Value != .5 || e.SE != .5 {
		t.Errorf("f1 over splits is %v (SE %v), want the mean .5 with the standard deviation .5", e.Value, e.SE)
	}
}
