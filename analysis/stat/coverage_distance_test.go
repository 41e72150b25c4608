package stat

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// Coverage is simulated over 2,000 runs, each from a stream of its own, so that
// the share below is always the same. Its Monte Carlo error is .005.
const coverageRuns = 2000

// coverage returns the share of runs whose intervals hold the truth, by
// interval.
func coverage(t *testing.T, name string, intervals int, run func(rng *rand.Rand) (covered []bool)) []float64 {
	t.Helper()
	r := Resampling{Streams: NewStreams(2026), Name: name, B: coverageRuns, Workers: 2}
	reps, err := r.Run(context.Background(), intervals, func() func(int, *rand.Rand, []float64) {
		return func(_ int, rng *rand.Rand, out []float64) {
			for j, ok := range run(rng) {
				out[j] = 0
				if ok {
					out[j] = 1
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	shares := make([]float64, intervals)
	for j := range shares {
		shares[j] = meanOf(reps[j])
	}
	return shares
}

func wantCoverage(t *testing.T, what string, got, lo, hi float64) {
	t.Helper()
	t.Logf("%s covers %.4f", what, got)
	if !(got >= lo && got <= hi) {
		t.Errorf("95 %% interval of %s covers %.4f over %d runs, want %.3f to %.3f", what, got, coverageRuns, lo, hi)
	}
}

// answering is a population whose answers to 12 items of three categories
// depend on the person: each crosses thresholds with a latent number that is
// half the person's and half the item's own.
type answering struct{ shift float64 }

const answeringItems = 12

func (a answering) add(rng *rand.Rand, p *Panel, person int) {
	e := rng.NormFloat64()
	for k := range answeringItems {
		x := e + rng.NormFloat64() + a.shift - .1*float64(k)
		c := 0
		if x > 1.2 {
			c = 2
		} else if x > .2 {
			c = 1
		}
		p.Add(person, k, c, 1)
	}
}

func (a answering) table() Table {
	t := NewTable(answeringItems, 3)
	for k := range answeringItems {
		up := func(at float64) float64 { return normalTail((at - a.shift + .1*float64(k)) / math.Sqrt2) }
		copy(t.Item(k), []float64{1 - up(.2), up(.2) - up(1.2), up(1.2)})
	}
	return t
}

func TestCorrectedDistanceCoversAwayFromZero(t *testing.T) {
	const n = 100
	one, other := answering{0}, answering{.6} // a distance of .14
	t1, t2 := one.table(), other.table()
	items := 0.0
	for k := range answeringItems {
		items += JSDivergence(t1.Item(k), t2.Item(k)) / answeringItems
	}
	pooled := JSDistance(t1.Pooled(), t2.Pooled())
	people := People{N: 2 * n, Stratum: make([]int, 2*n)}
	for i := range n {
		people.Stratum[n+i] = 1
	}
	got := coverage(t, "distance", 2, func(rng *rand.Rand) []bool {
		a, b := NewPanel(2*n, answeringItems, 3), NewPanel(2*n, answeringItems, 3)
		for i := range n {
			one.add(rng, a, i)
			other.add(rng, b, n+i)
		}
		c, err := CompareJS(context.Background(), Resampling{}, a, b)
		if err != nil {
			t.Error(err)
			return nil
		}
		r := Resampling{Streams: NewStreams(rng.Int64()), Name: "bootstrap", B: 119}
		reps, err := r.Panels(context.Background(), people, []*Panel{a, b}, 2, func(t []Table, out []float64) {
			d := c.Replicate(t[0], t[1])
			out[0], out[1] = d.RootMean, d.Pooled
		})
		if err != nil {
			t.Error(err)
			return nil
		}
		inside := func(j int, truth float64) bool {
			return Bootstrap{Replicates: reps[j]}.Percentile(.95, Type6).Holds(truth)
		}
		return []bool{inside(0, math.Sqrt(items)), inside(1, pooled)}
	})
	wantCoverage(t, "the root-mean distance", got[0], .935, .965)
	wantCoverage(t, "the pooled distance", got[1], .935, .965)
}

func TestBootstrapIntervalsOfAMeanCover(t *testing.T) {
	const n, b = 200, 199
	got := coverage(t, "mean", 6, func(rng *rand.Rand) []bool {
		x := make([]float64, n)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		mean, v := varianceOf(x)
		r := Resampling{Streams: NewStreams(rng.Int64()), Name: "bootstrap", B: b}
		reps, err := r.Rows(context.Background(), People{N: n}, nil, 2, func(rows []int, out []float64) {
			drawn := make([]float64, len(rows))
			for k, i := range rows {
				drawn[k] = x[i]
			}
			m, v := varianceOf(drawn)
			out[0], out[1] = m, math.Sqrt(v/n)
		})
		if err != nil {
			t.Error(err)
			return nil
		}
		left := make([]float64, n)
		for i := range left {
			left[i] = (mean*n - x[i]) / (n - 1)
		}
		boot := Bootstrap{mean, reps[0]}
		return []bool{
			boot.Percentile(.95, Type6).Holds(0),
			boot.Basic(.95, Type6).Holds(0),
			boot.Normal(.95).Holds(0),
			boot.BiasCorrected(.95, Type6).Holds(0),
			boot.BCa(left, .95, Type6).Holds(0),
			boot.Studentised(math.Sqrt(v/n), reps[1], .95, Type6).Holds(0),
		}
	})
	for j, what := range []string{"percentile", "basic", "normal", "BC", "BCa", "studentised"} {
		wantCoverage(t, what, got[j], .935, .965)
	}
}

// predicted draws people with rows answers each, that depend on x and on the
// person, and predictions which know part of both.
func predicted(rng *rand.Rand, people, rows int) (y, f, x []float64, unit []int) {
	for i := range people {
		e := rng.NormFloat64()
		for range rows {
			v := rng.NormFloat64()
			common := .5*v + e
			y = append(y, 1+common+rng.NormFloat64())
			f = append(f, .3+.8*common+.5*rng.NormFloat64())
			x = append(x, v)
			unit = append(unit, i)
		}
	}
	return y, f, x, unit
}

func design(x []float64) *mat.Dense {
	d := mat.NewDense(len(x), 2, nil)
	for i, v := range x {
		d.Set(i, 0, 1)
		d.Set(i, 1, v)
	}
	return d
}

func TestPredictionPoweredIntervalsCover(t *testing.T) {
	tuned := PPIOptions{Lambda: math.NaN()}
	got := coverage(t, "ppi", 8, func(rng *rand.Rand) []bool {
		y, f, x, unit := predicted(rng, 150, 2)
		_, fu, xu, unitU := predicted(rng, 300, 2)
		s := PPISample{Y: y, F: f, FU: fu, Unit: unit, UnitU: unitU}
		// Var y = .25 + 1 + 1.
		q := 1 + 1.5*normalQuantile(.75)
		ols := s.OLS(design(x), design(xu), tuned)
		binary := func(x []float64) []float64 {
			b := make([]float64, len(x))
			for i, v := range x {
				if v > 1 {
					b[i] = 1
				}
			}
			return b
		}
		l := PPISample{Y: binary(y), F: binary(f), FU: binary(fu), Unit: unit, UnitU: unitU}
		logit := l.Logit(design(x), design(xu), tuned)
		return []bool{
			s.Mean(PPIOptions{Lambda: 1}).Holds(1), s.Mean(tuned).Holds(1),
			s.Quantile(.75, tuned).Holds(q), s.Quantile(.75, PPIOptions{}).Holds(q),
			ols.Intervals[0].Holds(1), ols.Intervals[1].Holds(.5),
			logit.Intervals[0].Holds(0), logit.Intervals[1].Holds(logitSlope),
		}
	})
	for j, what := range []string{
		"the PPI mean", "the PPI++ mean", "the PPI++ quantile", "the classical quantile",
		"the OLS intercept", "the OLS slope", "the logit intercept", "the logit slope",
	} {
		wantCoverage(t, what, got[j], .935, .965)
	}
}

// logitSlope is the slope that the logit of 1{y > 1} on x converges to, y - 1 =
// x/2 + N(0, 2): the root of the expected score, by the code below.
//
//	R: p <- function(x) pnorm(.5*x/sqrt(2)); uniroot(function(b) integrate(function(x)
//	x*(p(x)-plogis(b*x))*dnorm(x), -9, 9, rel.tol=1e-12)$value, c(.1,2), tol=1e-12)$root
const logitSlope = .5725433

func TestRakedMeansCover(t *testing.T) {
	// People answer by group a and b; a third of group a = 1 is not reached, and
	// the margins of the population are known.
	shareA, shareB := []float64{.5, .5}, []float64{.2, .3, .5}
	truth := 0.0
	for a, pa := range shareA {
		for b, pb := range shareB {
			truth += pa * pb * float64(a+2*b)
		}
	}
	got := coverage(t, "raking", 1, func(rng *rand.Rand) []bool {
		a, b := Margin{"a", nil, shareA}, Margin{"b", nil, shareB}
		var y []float64
		for len(y) < 300 {
			ca, cb := rng.IntN(2), 2
			if u := rng.Float64(); u < .2 {
				cb = 0
			} else if u < .5 {
				cb = 1
			}
			if ca == 1 && rng.IntN(3) == 0 {
				continue
			}
			a.Code, b.Code = append(a.Code, ca), append(b.Code, cb)
			y = append(y, float64(ca+2*cb)+2*rng.NormFloat64())
		}
		return []bool{Rake([]Margin{a, b}, RakeOptions{}).Mean(y, nil).Holds(truth)}
	})
	wantCoverage(t, "the raked mean", got[0], .935, .965)
}
