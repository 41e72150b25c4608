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

func TestPPIByPersonAgreesWithItsFormulas(t *testing.T) {
	// The first 100 people are labelled: do > no, predicted by a logistic
	// function of anger, want > no and gender. Rows of a person are one unit.
	// R: d$f <- plogis(-2 + .05*d$anger + .8*(d$want != "no") + .3*(d$gender == "M")),
	// means by tapply(x, id, mean), scores by rowsum(x*(y - mu), id), and the
	// formulas of the doc comments with solve().
	v := readVerbagg(t)
	var s PPISample
	var x, xu []float64
	for i := range v.do {
		for k := range v.do[i] {
			eta := -2 + .05*v.anger[i] + .8*float64(min(1, v.want[i][k]))
			if !v.woman[i] {
				eta += .3
			}
			f, row := 1/(1+math.Exp(-eta)), []float64{1, v.anger[i], float64(min(1, v.want[i][k]))}
			if i < 100 {
				s.Y, s.F, s.Unit, x = append(s.Y, float64(min(1, v.do[i][k]))), append(s.F, f), append(s.Unit, i), append(x, row...)
			} else {
				s.FU, s.UnitU, xu = append(s.FU, f), append(s.UnitU, i), append(xu, row...)
			}
		}
	}
	tuned := PPIOptions{Lambda: math.NaN(), Unclipped: true}
	mean := s.Mean(tuned)
	wantNear(t, "λ of the mean", mean.Lambda, 1.34781904776, 1e-10)
	wantNear(t, "mean", mean.Value, 0.427121177506, 1e-11)
	wantNear(t, "error of the mean", mean.SE, 0.0240992458574, 1e-12)
	wantNear(t, "PPI correlation", s.Correlation(), 0.579038491591, 1e-11)
	l, u := mat.NewDense(1200, 3, x), mat.NewDense(2592, 3, xu)
	for _, tt := range []struct {
		name     string
		got      *PPIModel
		lambda   float64
		coef, se [3]float64
	}{
		{"OLS", s.OLS(l, u, PPIOptions{Lambda: 1}), 1, [3]float64{-0.0627769333344, 0.013348616652, 0.396402921766}, [3]float64{0.0955704366622, 0.00499010500799, 0.0391133644229}},
		{"tuned OLS", s.OLS(l, u, tuned), 0.14512065257, [3]float64{-0.047407260567, 0.012901799068, 0.400698996518}, [3]float64{0.0740753345607, 0.00360436114761, 0.0373807289117}},
		{"logit", s.Logit(l, u, PPIOptions{Lambda: 1}), 1, [3]float64{-2.72346488237, 0.0662226019654, 1.81652690304}, [3]float64{0.5247382236, 0.025176645581, 0.209100139468}},
		{"tuned logit", s.Logit(l, u, tuned), 0.119688002796, [3]float64{-2.67678427161, 0.0661690042181, 1.81447798816}, [3]float64{0.43765154523, 0.019092459157, 0.188907412974}},
	} {
		wantNear(t, "λ of "+tt.name, tt.got.Lambda, tt.lambda, 1e-10)
		for i := range tt.coef {
			wantNear(t, tt.name, tt.got.Coef[i], tt.coef[i], 1e-9)
			wantNear(t, "error of "+tt.name, tt.got.SE[i], tt.se[i], 1e-9)
		}
	}
}

func TestPeopleDividedAreTwoSamples(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	different := design([]float64{-1, 0, .5, 2})
	rows, k := different.Dims()
	const people = 40
	var y, f []float64
	var row, person []int
	for i := range 3 * people {
		answer := float64(rng.IntN(2))
		y, f = append(y, answer), append(f, .2+.5*answer)
		row, person = append(row, rng.IntN(rows)), append(person, (7*i)%people) // nobody's rows stand together
	}
	all := NewPPIPeople(different, row, person, people+1, y, f) // the last has no rows
	o := PPIOptions{DDof: 1}
	ols, logit := all.OLS(o), all.Logit(o)
	for _, n := range []int{20, 25} { // a division's memory serves the next
		labelled := make([]bool, people+1)
		for g := range n {
			labelled[g] = true
		}
		var s PPISample
		var x, xu []float64
		for i, g := range person {
			if labelled[g] {
				s.Y, s.F, s.Unit, x = append(s.Y, y[i]), append(s.F, f[i]), append(s.Unit, g), append(x, different.At(row[i], 1))
			} else {
				s.FU, s.UnitU, xu = append(s.FU, f[i]), append(s.UnitU, g), append(xu, different.At(row[i], 1))
			}
		}
		ols.Label(labelled)
		logit.Label(labelled)
		if l, u := ols.Rows(); l != len(s.Y) || u != len(s.FU) {
			t.Errorf("%d labelled rows and %d others, want %d and %d", l, u, len(s.Y), len(s.FU))
		}
		for _, lambda := range []float64{0, .4, 1, math.NaN()} {
			o.Lambda = lambda
			for _, tt := range []struct {
				name      string
				got, want *PPIModel
			}{
				{"OLS", ols.Fit(lambda, nil), s.OLS(design(x), design(xu), o)},
				{"logit", logit.Fit(lambda, []float64{.1, -.1}), s.Logit(design(x), design(xu), o)},
			} {
				if tt.got.N != n || tt.got.Unlabelled != people-n {
					t.Errorf("%s of %d and %d people, want %d and %d", tt.name, tt.got.N, tt.got.Unlabelled, n, people-n)
				}
				wantNear(t, "λ of "+tt.name, tt.got.Lambda, tt.want.Lambda, 1e-12)
				for i := range k {
					wantNear(t, tt.name, tt.got.Coef[i], tt.want.Coef[i], 1e-12)
					wantNear(t, "error of "+tt.name, tt.got.SE[i], tt.want.SE[i], 1e-12)
				}
			}
		}
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
