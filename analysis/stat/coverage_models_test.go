package stat_test

import (
	"math"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// answers is a design of a number x within groups, whose outcome every run of a
// simulation draws anew.
type answers struct {
	frame *frame.Frame
	x     []float64
	group []int
}

// newAnswers draws x, of which half the variance lies between groups.
func (s *sim) newAnswers(groups, size int) answers {
	var a answers
	var names []string
	for g := range groups {
		level := s.rng.NormFloat64()
		for range size {
			a.x = append(a.x, (level+s.rng.NormFloat64())/math.Sqrt2)
			a.group, names = append(a.group, g), append(names, strconv.Itoa(g))
		}
	}
	a.frame = frame.New(frame.Numbers("y", a.x), frame.Numbers("x", a.x), frame.Factors("g", names, nil))
	return a
}

// with returns the design with new outcomes.
func (a answers) with(t *testing.T, src string, y func(i int) float64) *formula.Design {
	t.Helper()
	out := make([]float64, len(a.x))
	for i := range out {
		out[i] = y(i)
	}
	return design(t, a.frame.With(frame.Numbers("y", out)), src, formula.Options{})
}

// slope counts whether the interval of the coefficient after the intercept holds
// its truth.
func (s *sim) slope(t *testing.T, name string, m *stat.Regression, truth float64, kind string, clusters ...[]int) {
	t.Helper()
	s.cover(name+", "+kind, m.Table(covariance(t, m, kind, clusters...), conf)[1].Interval, truth)
}

func TestRobustErrorsOfLinearModelsCover(t *testing.T) {
	t.Parallel()
	s := newSim(31)
	alone, within := s.newAnswers(300, 1), s.newAnswers(80, 4)
	shared := make([]float64, 80)
	for range runs {
		m := stat.OLS(alone.with(t, "y ~ x", func(i int) float64 {
			return .5*alone.x[i] + (.5+math.Abs(alone.x[i])/2)*s.rng.NormFloat64()
		}))
		for _, kind := range []string{"HC0", "HC1", "HC2", "HC3"} {
			s.slope(t, "spread grows with x", m, .5, kind)
		}
		for g := range shared {
			shared[g] = s.rng.NormFloat64()
		}
		m = stat.OLS(within.with(t, "y ~ x", func(i int) float64 {
			return .5*within.x[i] + shared[within.group[i]] + s.rng.NormFloat64()
		}))
		for _, kind := range []string{"CR0", "CR1", "CR1S", "CR2", "survey"} {
			s.slope(t, "80 clusters", m, .5, kind, within.group)
		}
		a := stat.Absorb(m.Design, stat.FixedEffect{Name: "g", Codes: within.group})
		for _, kind := range []string{"classical", "HC1"} {
			v, err := a.Covariance(kind)
			if err != nil {
				t.Fatal(err)
			}
			s.cover("absorbed groups, "+kind, a.Table(v, conf)[0].Interval, .5)
		}
		v, err := a.CovarianceNested(within.group)
		if err != nil {
			t.Fatal(err)
		}
		s.cover("absorbed groups, nested clusters", a.Table(v, conf)[0].Interval, .5)
	}
	s.between(t, .935, .965)
}

func TestTwoWayClusteredErrorsCover(t *testing.T) {
	t.Parallel()
	// 60 people answer 60 items, six each: both bring an effect to x and to y.
	s := newSim(32)
	const n = 60
	var x []float64
	var person, item []int
	level := [2][]float64{s.normals(n, 0, 1), s.normals(n, 0, 1)}
	for i := range n {
		for k := range 6 {
			j := (i + 7*k) % n
			person, item = append(person, i), append(item, j)
			x = append(x, level[0][i]+level[1][j]+s.rng.NormFloat64())
		}
	}
	a := answers{frame: frame.New(frame.Numbers("y", x), frame.Numbers("x", x)), x: x}
	for range runs {
		p, q := s.normals(n, 0, 1), s.normals(n, 0, 1)
		m := stat.OLS(a.with(t, "y ~ x", func(i int) float64 { return .5*x[i] + p[person[i]] + q[item[i]] + s.rng.NormFloat64() }))
		s.slope(t, "people and items", m, .5, "CR1", person, item)
		s.slope(t, "people and items", m, .5, "CR1S", person, item)
	}
	s.between(t, .935, .965)
}

func TestErrorsOfOtherModelsCover(t *testing.T) {
	t.Parallel()
	s := newSim(33)
	a := s.newAnswers(200, 1)
	logistic := func() float64 { u := s.rng.Float64(); return math.Log(u / (1 - u)) }
	three := func(latent float64) float64 { // thresholds -.7 and .7
		switch {
		case latent < -.7:
			return 0
		case latent < .7:
			return 1
		}
		return 2
	}
	levels := []string{"a", "b", "c"}
	for range runs {
		probit := stat.GLM(a.with(t, "y ~ x", func(i int) float64 { return drawn(s.rng, distuv.UnitNormal.CDF(.5*a.x[i])) }), stat.Binomial, stat.Probit)
		s.slope(t, "probit", probit, .5, "classical")
		s.slope(t, "probit", probit, .5, "observed")
		logit := stat.GLM(a.with(t, "y ~ x", func(i int) float64 { return drawn(s.rng, stat.Logit.Mean(.5*a.x[i])) }), stat.Binomial, stat.Logit)
		s.slope(t, "logit", logit, .5, "HC0")
		s.slope(t, "logit", logit, .5, "HC1")
		negative := stat.NB(a.with(t, "y ~ x", func(i int) float64 {
			return counted(s.rng, math.Exp(1+.5*a.x[i])*distuv.Gamma{Alpha: 2, Beta: 2, Src: s.rng}.Rand())
		}))
		s.slope(t, "negative binomial", negative, .5, "classical")
		s.slope(t, "negative binomial", negative, .5, "observed")

		for _, link := range []stat.Link{stat.Logit, stat.Probit} {
			noise, name := logistic, "ordered logit"
			if link == stat.Probit {
				noise, name = s.rng.NormFloat64, "ordered probit"
			}
			o := stat.Ordered(a.with(t, "factor(y) ~ x", func(i int) float64 { return three(.5*a.x[i] + noise()) }), link)
			for _, kind := range []string{"classical", "HC0"} {
				v, err := o.Covariance(kind)
				if err != nil {
					t.Fatal(err)
				}
				s.cover(name+", "+kind, o.Table(v, conf)[0].Interval, .5)
				s.cover(name+", threshold, "+kind, o.ThresholdTable(v, conf)[0].Interval, -.7)
			}
		}

		d := a.with(t, "factor(y) ~ x", func(i int) float64 { // log odds against 0: .5 x, and -.3 x
			up, down := math.Exp(.5*a.x[i]), math.Exp(-.3*a.x[i])
			switch u := s.rng.Float64() * (1 + up + down); {
			case u < up:
				return 1
			case u < up+down:
				return 2
			}
			return 0
		})
		m := stat.NewMultinomial(d.X, d.Names, d.Codes, levels, nil)
		for j, truth := range []float64{.5, -.3} {
			b, wide := m.Coef[j][1], distuv.UnitNormal.Quantile(.975)*m.SE(j+1, 1)
			s.cover("multinomial", stat.Interval{Lo: b - wide, Hi: b + wide}, truth)
		}
	}
	s.hits["multinomial"] /= 2 // two a run
	s.between(t, .935, .965)
}

func TestMixedModelsWithSlopesCover(t *testing.T) {
	t.Parallel()
	s := newSim(34)
	for range runs {
		f := grouped(s.rng, 60, 5, 1, .5)
		m := stat.Mixed(modelOf(t, "y ~ x + (x | g)", f, formula.Options{}), true)
		s.cover("random slopes", m.Table(m.Covariance(), conf)[1].Interval, .5)
		a := fiveAnswers(s.rng, 40, 1)
		logit := stat.MixedLogit(modelOf(t, "y ~ x + (1 | g)", a, formula.Options{}))
		s.cover("mixed logit", logit.Table(logit.Covariance(), conf)[1].Interval, .5)
	}
	s.between(t, .935, .965)
}

func TestBootstrapIntervalsOfRegressionsCover(t *testing.T) {
	t.Parallel()
	s := newSim(35)
	a := s.newAnswers(40, 3)
	for run := range runs {
		shared := s.normals(40, 0, 1)
		m := stat.OLS(a.with(t, "y ~ x", func(i int) float64 { return .5*a.x[i] + shared[a.group[i]] + s.rng.NormFloat64() }))
		draws := stat.Resampling{Streams: stat.NewStreams(int64(run)), Name: "bootstrap", B: 59, Workers: 1}
		reps, err := m.PairsBootstrap(t.Context(), draws, stat.People{N: 40}, a.group)
		if err != nil {
			t.Fatal(err)
		}
		s.cover("pairs, percentile", stat.Bootstrap{Estimate: m.Coef[1], Replicates: reps[1]}.Percentile(conf, stat.Type6), .5)
		w, err := m.WildCluster(t.Context(), draws, a.group, 1, stat.WildOptions{})
		if err != nil {
			t.Fatal(err)
		}
		s.cover("wild", w.Interval, .5)
	}
	s.between(t, .935, .965)
}

func TestJointTestsRejectFivePercent(t *testing.T) {
	t.Parallel()
	s := newSim(36)
	a := s.newAnswers(200, 3)
	f := a.frame.With(frame.Numbers("z", s.normals(600, 0, 1)))
	y := make([]float64, 600)
	for range runs {
		shared := s.normals(200, 0, 1)
		for i := range y {
			y[i] = shared[a.group[i]] + s.rng.NormFloat64()
		}
		d := design(t, f.With(frame.Numbers("y", y)), "y ~ x + z", formula.Options{})
		m := stat.OLS(d)
		s.reject("Wald, CR1", m.Joint(covariance(t, m, "CR1", a.group), []int{1, 2}).F.P)
		equal := mat.NewDense(1, 3, []float64{0, 1, -1})
		s.reject("x and z alike, CR1", m.Wald(covariance(t, m, "CR1", a.group), equal, nil).F.P)
		for i := range y {
			y[i] = s.rng.NormFloat64()
		}
		d = design(t, f.With(frame.Numbers("y", y)), "y ~ x + z", formula.Options{})
		s.reject("F of the model", stat.OLS(d).F.P)
		for i := range y {
			y[i] = drawn(s.rng, .4)
		}
		logit := stat.GLM(design(t, f.With(frame.Numbers("y", y)), "y ~ x + z", formula.Options{}), stat.Binomial, stat.Logit)
		s.reject("Wald of a logit, HC1", logit.Joint(covariance(t, logit, "HC1"), []int{1, 2}).Chi2.P)
	}
	s.between(t, .04, .06)
}
