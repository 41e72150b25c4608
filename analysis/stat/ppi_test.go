package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestPPIWithoutPredictionsIsClassical(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	y, f, x, unit := predicted(rng, 40, 3)
	_, fu, xu, unitU := predicted(rng, 60, 3)
	s := PPISample{Y: y, F: f, FU: fu, Unit: unit, UnitU: unitU}
	means := unitMeans(y, unit)
	m, v := varianceOf(means)
	p := s.Mean(PPIOptions{DDof: 1})
	wantNear(t, "mean", p.Value, m, 1e-14)
	wantNear(t, "its error by person", p.SE, math.Sqrt(v/40), 1e-14)
	one := PPISample{Y: means, F: means, FU: []float64{1}}
	slices.Sort(means)
	q := one.Quantile(.25, PPIOptions{})
	if q.Value != means[9] { // R: quantile(y, .25, type = 1) of 40
		t.Errorf("quartile %v, want the tenth of 40, %v", q.Value, means[9])
	}
	ols := s.OLS(design(x), design(xu), PPIOptions{})
	// One row a person twice over says what one person with two rows says.
	double := PPISample{Y: slices.Concat(y, y), F: slices.Concat(f, f), FU: fu, Unit: slices.Concat(unit, unit), UnitU: unitU}
	twice := double.OLS(design(slices.Concat(x, x)), design(xu), PPIOptions{})
	for i := range ols.Coef {
		wantNear(t, "coefficient of doubled rows", twice.Coef[i], ols.Coef[i], 1e-10)
		wantNear(t, "its error by person", twice.SE[i], ols.SE[i], 1e-10)
	}
}

func TestTunedPredictionsShortenTheInterval(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	y, f, _, unit := predicted(rng, 200, 2)
	_, fu, _, unitU := predicted(rng, 2000, 2)
	s := PPISample{Y: y, F: f, FU: fu, Unit: unit, UnitU: unitU}
	classical, tuned := s.Mean(PPIOptions{}), s.Mean(PPIOptions{Lambda: math.NaN()})
	limit := PPILimit(200, 2000, s.Correlation())
	got := tuned.EffectiveN(classical)
	wantNear(t, "effective people over the limit", got/limit, 1, .05)
	if got < 300 {
		t.Errorf("200 people with predictions of correlation %v count as %v, want more than 300", s.Correlation(), got)
	}
	// Predictions that know nothing are left out, those that are the wrong way
	// round too, unless λ may be negative.
	for i := range s.F {
		s.F[i] = -s.F[i]
	}
	for i := range s.FU {
		s.FU[i] = -s.FU[i]
	}
	if p := s.Mean(PPIOptions{Lambda: math.NaN()}); p.Lambda != 0 || p.Tuned > -.3 || p.Value != classical.Value {
		t.Errorf("turned predictions: λ %v (tuned %v), want 0 and the classical mean", p.Lambda, p.Tuned)
	}
	if p := s.Mean(PPIOptions{Lambda: math.NaN(), Unclipped: true}); math.Abs(p.SE-tuned.SE) > 1e-12 {
		t.Errorf("turned predictions with a free λ have the error %v, want %v", p.SE, tuned.SE)
	}
}

func TestPPIOfNothingSaysSo(t *testing.T) {
	s := PPISample{Y: []float64{1}, F: []float64{1}, FU: []float64{1, 2}}
	if p := s.Mean(PPIOptions{Lambda: 1}); !math.IsNaN(p.SE) || p.Note == "" {
		t.Errorf("one labelled person gives %+v, want NaN and a note", p)
	}
	if p := s.Quantile(.5, PPIOptions{Lambda: 1}); !math.IsNaN(p.Value) || p.Note == "" {
		t.Errorf("one labelled person gives the median %+v, want NaN and a note", p)
	}
	x := mat.NewDense(4, 2, []float64{1, 2, 1, 2, 1, 2, 1, 2})
	s = PPISample{Y: []float64{0, 1, 0, 1}, F: []float64{0, 1, 1, 1}, FU: []float64{0, 1, 0, 1}}
	for name, m := range map[string]*PPIModel{
		"collinear OLS":    s.OLS(x, x, PPIOptions{Lambda: .5}),
		"collinear logit":  s.Logit(x, x, PPIOptions{Lambda: math.NaN()}),
		"separated answer": PPISample{Y: []float64{0, 0, 1, 1}, F: []float64{0, 0, 1, 1}, FU: []float64{0}}.Logit(design([]float64{1, 2, 3, 4}), design([]float64{1}), PPIOptions{}),
	} {
		if len(m.Warnings) == 0 || !math.IsNaN(m.Coef[0]) || !math.IsNaN(m.Intervals[1].Hi) {
			t.Errorf("%s: %+v, want NaN and a warning", name, m)
		}
	}
}

func TestABudgetIsSplitWhereVarianceIsLeast(t *testing.T) {
	const budget, answer, prediction, rho = 1000, 10, .2, .8
	s := NewPPISplit(budget, answer, prediction, rho)
	spent := s.Labelled*(answer+prediction) + s.Unlabelled*prediction
	wantNear(t, "spent", spent, budget, 1e-9)
	wantNear(t, "effective people", s.EffectiveN, PPILimit(s.Labelled, s.Unlabelled, rho), 1e-9)
	for _, off := range []float64{.9, 1.1} {
		n := s.Labelled * off
		if e := PPILimit(n, (budget-n*(answer+prediction))/prediction, rho); e > s.EffectiveN {
			t.Errorf("%v labelled people give %v effective ones, more than the best split's %v", n, e, s.EffectiveN)
		}
	}
	if s := NewPPISplit(budget, 1, 1, .3); s.Unlabelled != 0 || s.EffectiveN != s.Classical || s.Labelled != 1000 {
		t.Errorf("dear and poor predictions: %+v, want everything spent on 1000 answers", s)
	}
	if s := NewPPISplit(budget, 1, 0, .3); !math.IsNaN(s.EffectiveN) {
		t.Errorf("free predictions: %+v, want NaN", s)
	}
}
