package stat

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
)

// WildWeights are the random numbers that clusters are multiplied with.
type WildWeights int

const (
	// Rademacher draws -1 and 1.
	Rademacher WildWeights = iota
	// Webb draws ±√½, ±1, ±√(3/2), better below about 12 clusters, where
	// Rademacher has few different samples.
	Webb
)

// WildOptions say what a wild cluster bootstrap tests.
type WildOptions struct {
	Weights WildWeights
	Null    float64 // the value of the coefficient that is tested
	Conf    float64 // confidence of the interval, 0 for .95
}

// WildTest is the result of a wild cluster bootstrap.
type WildTest struct {
	Test          // Stat is the t statistic with CR1 errors
	Interval      // the values that would not be rejected, by inversion
	Samples  int  // how many samples it rests on
	Exact    bool // all samples that there are were taken, so that nothing is random
}

// WildCluster tests one coefficient of a linear model by the wild cluster
// bootstrap-t under the null: residuals of the model in which the coefficient
// has its tested value are multiplied, cluster by cluster, by random signs, and
// the t statistic with CR1 errors is computed anew on each sample. P is
// two-sided, (1 + #{|t*| ≥ |t|})/(B + 1). With Rademacher weights and 2^G ≤ B,
// all 2^G samples are taken once and P is their exact share. The interval holds
// the values whose p is at least 1 - Conf.
//
// Cost is linear in rows once, then B·G·k. Errors: a model that OLS did not
// fit. Fewer than two clusters, or a dropped column, give NaN with a note.
// Cameron, Gelbach and Miller (2008), doi:10.1162/rest.90.3.414; Webb (2023),
// doi:10.1111/caje.12661; the computation by cluster sums is that of Roodman
// and others (2019), doi:10.1177/1536867X19830877. R:
// fwildclusterboot::boottest.
func (r *Regression) WildCluster(ctx context.Context, draws Resampling, clusters []int, column int, o WildOptions) (*WildTest, error) {
	if r.kind != "ols" {
		return nil, fmt.Errorf("the wild cluster bootstrap is for linear models, and this one is %s", r.Family)
	}
	if o.Conf == 0 {
		o.Conf = 0.95
	}
	none := &WildTest{Interval: noInterval}
	if r.ls == nil || math.IsNaN(r.Coef[column]) {
		none.Test = noTest("nothing is known about the coefficient of %s", r.Names[column])
		return none, nil
	}
	w := r.newWild(clusters, column)
	if w.groups < 2 {
		none.Test = noTest("all rows are in one cluster")
		return none, nil
	}
	exact := o.Weights == Rademacher && w.groups < 30 && 1<<w.groups <= draws.B
	var err error
	if exact {
		w.enumerate()
	} else if err = w.draw(ctx, draws, o.Weights); err != nil {
		return nil, err
	}
	t := &WildTest{Test: studentTest(w.observed(o.Null), nan), Samples: len(w.signs), Exact: exact}
	t.P = w.p(o.Null, exact)
	if math.IsNaN(t.Stat) {
		t.P = nan
		t.Note = "the clustered error of the coefficient is zero"
		return t, nil
	}
	t.Interval = w.invert(o.Conf, exact, w.se)
	return t, nil
}

// wild holds what a wild bootstrap needs of each cluster. All is linear in the
// value b of the coefficient under the null: the restricted residuals are
// u + (b̂ - b) d, with u those of the full model and d those that the tested
// column alone would leave.
type wild struct {
	groups   int
	rank     int
	b, se    float64
	scoreU   [][]float64 // by cluster: Σ qᵢ uᵢ, with qᵢ the row in orthonormal coordinates
	scoreD   [][]float64
	squares  [][]float64 // by cluster: Q_gᵀQ_g
	ell      []float64   // the tested coefficient is ellᵀ over these coordinates
	signs    [][]float64 // by sample and cluster
	variance float64     // factor of the CR1 variance
}

func (r *Regression) newWild(clusters []int, column int) *wild {
	n := r.Rank
	w := &wild{rank: n, b: r.Coef[column]}
	at := 0
	for a, j := range r.ls.kept {
		if j == column {
			at = a
		}
	}
	w.ell = r.ls.root[at*n : (at+1)*n]
	w.squares, w.scoreU = r.byCluster(clusters)
	w.groups = len(w.squares)
	// The restricted fit moves by (b̂ - b) along ell/|ell|², so that its residual
	// is e + (b̂ - b) Q ell/|ell|².
	length := dot(w.ell, w.ell)
	direction := make([]float64, n)
	for a, v := range w.ell {
		direction[a] = v / length
	}
	for _, s := range w.squares {
		d := make([]float64, n)
		multiply(d, s, direction)
		w.scoreD = append(w.scoreD, d)
	}
	g := float64(w.groups)
	w.variance = g / (g - 1)
	sum := 0.0
	for _, u := range w.scoreU {
		v := dot(w.ell, u)
		sum += v * v
	}
	w.se = math.Sqrt(w.variance * sum)
	return w
}

// observed returns the t statistic of the data.
func (w *wild) observed(null float64) float64 {
	if !(w.se > 0) {
		return nan
	}
	return (w.b - null) / w.se
}

// draw draws the signs of the samples.
func (w *wild) draw(ctx context.Context, draws Resampling, kind WildWeights) error {
	columns, err := draws.Run(ctx, w.groups, func() func(int, *rand.Rand, []float64) {
		return func(_ int, rng *rand.Rand, out []float64) {
			for g := range out {
				out[g] = kind.draw(rng)
			}
		}
	})
	if err != nil {
		return err
	}
	w.signs = make([][]float64, draws.B)
	for s := range w.signs {
		w.signs[s] = make([]float64, w.groups)
		for g := range columns {
			w.signs[s][g] = columns[g][s]
		}
	}
	return nil
}

var webbPoints = [6]float64{-math.Sqrt(1.5), -1, -math.Sqrt(0.5), math.Sqrt(0.5), 1, math.Sqrt(1.5)}

func (k WildWeights) draw(rng *rand.Rand) float64 {
	if k == Webb {
		return webbPoints[rng.IntN(6)]
	}
	if rng.Uint64()&1 == 1 {
		return 1
	}
	return -1
}

// enumerate lists all signs.
func (w *wild) enumerate() {
	for s := range 1 << w.groups {
		signs := make([]float64, w.groups)
		for g := range signs {
			signs[g] = 1
			if s>>g&1 == 1 {
				signs[g] = -1
			}
		}
		w.signs = append(w.signs, signs)
	}
}

// p returns the p-value of a value of the coefficient.
func (w *wild) p(null float64, exact bool) float64 {
	off := w.b - null
	n := w.rank
	scores, own := make([][]float64, w.groups), make([]float64, w.groups)
	cross := make([][]float64, w.groups)
	for g := range scores {
		u := make([]float64, n)
		for a := range u {
			u[a] = w.scoreU[g][a] + off*w.scoreD[g][a]
		}
		scores[g], own[g] = u, dot(w.ell, u)
		c := make([]float64, n)
		multiply(c, w.squares[g], w.ell)
		cross[g] = c
	}
	reach := math.Abs(w.observed(null)) * (1 - 1e-12)
	extreme := 0
	total := make([]float64, n)
	for _, signs := range w.signs {
		clear(total)
		for g, v := range signs {
			for a, x := range scores[g] {
				total[a] += v * x
			}
		}
		sum := 0.0
		for g, v := range signs {
			s := v*own[g] - dot(cross[g], total)
			sum += s * s
		}
		if t := dot(w.ell, total) / math.Sqrt(w.variance*sum); !(math.Abs(t) < reach) {
			extreme++
		}
	}
	if exact {
		return float64(extreme) / float64(len(w.signs))
	}
	return float64(extreme+1) / float64(len(w.signs)+1)
}

// invert returns the interval of values that are not rejected, by bisection
// outwards from the estimate.
func (w *wild) invert(conf float64, exact bool, step float64) Interval {
	limit := func(sign float64) float64 {
		inside, outside := 0.0, 2.0
		for w.p(w.b+sign*outside*step, exact) >= 1-conf {
			inside, outside = outside, 2*outside
			if outside > 1e6 {
				return sign * math.Inf(1)
			}
		}
		for range 40 {
			middle := (inside + outside) / 2
			if w.p(w.b+sign*middle*step, exact) >= 1-conf {
				inside = middle
			} else {
				outside = middle
			}
		}
		return w.b + sign*inside*step
	}
	return Interval{limit(-1), limit(1)}
}

// byCluster returns for each cluster Σ wᵢqᵢqᵢᵀ and Σ sᵢqᵢ, in the coordinates in
// which the information is the identity.
func (r *Regression) byCluster(codes []int) (squares, scores [][]float64) {
	n := r.Rank
	b := &bellMcCaffrey{r: r, n: n}
	q, one := make([]float64, n), make([]float64, 1)
	for _, rows := range clusterRows(codes) {
		s, u := make([]float64, n*n), make([]float64, n)
		for _, i := range rows {
			b.row(i, q)
			one[0] = r.info[i]
			addCrossProducts(s, q, one, n)
			for c, v := range q {
				u[c] += r.score[i] * v
			}
		}
		symmetrise(s, n)
		squares, scores = append(squares, s), append(scores, u)
	}
	return squares, scores
}
