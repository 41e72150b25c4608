package stat

import (
	"math"
)

// PPISample is what prediction-powered inference starts from: people whose
// answers are known and who were also predicted (labelled), and people who were
// only predicted. Both are samples of one population. The predictions must not
// have been made from the labelled answers.
//
// Unit and UnitU hold a code of each row's person where people have several
// rows; nil is one row a person. The person is the unit: its rows are first
// averaged (means), or its scores summed (models), and n and N are people.
type PPISample struct {
	Y, F  []float64 // labelled rows: answer and prediction
	FU    []float64 // unlabelled rows: prediction
	Unit  []int     // person of each labelled row
	UnitU []int     // person of each unlabelled row
}

// PPIOptions are the choices of prediction-powered inference.
type PPIOptions struct {
	// Lambda is the weight of the predictions: 0 leaves them out (classical), 1
	// is PPI of Angelopoulos et al. (2023), doi:10.1126/science.adi6000, and NaN
	// tunes it for the smallest variance, PPI++ of Angelopoulos, Duchi and Zrnic
	// (2023), arXiv:2311.01453.
	Lambda float64
	// Unclipped keeps a tuned λ that is below 0 or above 1; otherwise it is put
	// to the nearer of the two.
	Unclipped bool
	// DDof is the divisor of variances, people minus DDof: 0 as ppi_py has it, or 1.
	DDof int
	// Conf is the confidence of the intervals; 0 stands for .95.
	Conf float64
}

// z returns the normal quantile of the intervals.
func (o PPIOptions) z() float64 {
	if o.Conf == 0 {
		o.Conf = .95
	}
	return twoSidedZ(o.Conf)
}

// clip returns the λ to use where tuning gave lambda.
func (o PPIOptions) clip(lambda float64) float64 {
	if o.Unclipped || math.IsNaN(lambda) {
		return lambda
	}
	return min(1, max(0, lambda))
}

// PPI is an estimate by prediction-powered inference.
type PPI struct {
	N, Unlabelled int     // people with an answer, and with a prediction alone
	Lambda        float64 // used
	Tuned         float64 // λ of least variance before it is clipped; NaN where λ was given
	Estimate
}

// Mean estimates the population mean of the answer,
//
//	θ = λ mean(f_U) + mean(Y - λ f),   SE² = λ² Var(f_U)/N + Var(Y - λ f)/n,
//
// with, where it is tuned, λ = Cov(Y, f)/[(1 + n/N) Var f], Var f over all
// people, divisors n. NaN and a note with fewer than two labelled
// people; without unlabelled ones λ is 0. ppi_py: ppi_mean_ci.
func (s PPISample) Mean(o PPIOptions) PPI {
	y, f, fu := unitMeans(s.Y, s.Unit), unitMeans(s.F, s.Unit), unitMeans(s.FU, s.UnitU)
	p := PPI{N: len(y), Unlabelled: len(fu), Lambda: o.Lambda, Tuned: math.NaN()}
	if math.IsNaN(o.Lambda) {
		p.Tuned = tunedLambda(y, f, fu)
		p.Lambda = o.clip(p.Tuned)
	}
	if len(fu) == 0 {
		p.Lambda = 0
	}
	if len(y) <= max(1, o.DDof) {
		p.Estimate = noEstimate("%d people have an answer; inference needs two", len(y))
		return p
	}
	rest := make([]float64, len(y))
	for i := range y {
		rest[i] = y[i] - p.Lambda*f[i]
	}
	value := meanOf(rest)
	v := covOf(rest, rest, o.DDof) / float64(len(y))
	if p.Lambda != 0 {
		value += p.Lambda * meanOf(fu)
		v += p.Lambda * p.Lambda * covOf(fu, fu, o.DDof) / float64(len(fu))
	}
	p.Estimate = Estimate{Value: value, SE: math.Sqrt(v), Interval: around(value, o.z()*math.Sqrt(v))}
	return p
}

// SeparateLambda returns the λ for a mean that takes the variance of the
// predictions from each sample apart,
//
//	(Cov(Y, f)/n) / (Var(f)/n + Var(f_U)/N),   divisors n-1 and N-1,
//
// not clipped: a check of the tuned λ, from which it differs when labelled
// people are predicted with another spread than the others.
func (s PPISample) SeparateLambda() float64 {
	y, f, fu := unitMeans(s.Y, s.Unit), unitMeans(s.F, s.Unit), unitMeans(s.FU, s.UnitU)
	n, m := float64(len(y)), float64(len(fu))
	return covOf(y, f, 1) / n / (covOf(f, f, 1)/n + covOf(fu, fu, 1)/m)
}

// Correlation returns the PPI correlation: Pearson's r of answer and prediction
// over labelled people. What the predictions are worth depends on it alone
// (PPILimit). NaN when either is constant.
func (s PPISample) Correlation() float64 {
	y, f := unitMeans(s.Y, s.Unit), unitMeans(s.F, s.Unit)
	return covOf(y, f, 0) / math.Sqrt(covOf(y, y, 0)*covOf(f, f, 0))
}

// EffectiveN returns the number of labelled people that would give the
// standard error se without predictions, n (se_classical/se)².
func (p PPI) EffectiveN(classical PPI) float64 {
	r := classical.SE / p.SE
	return float64(p.N) * r * r
}

// PPILimit returns the largest effective number of labelled people that n
// labelled people, N predicted ones and a PPI correlation rho can give:
//
//	n / (1 - ρ² N/(N+n)).
//
// It never passes n/(1-ρ²), however many are predicted.
func PPILimit(n, unlabelled, rho float64) float64 {
	return n / (1 - rho*rho*unlabelled/(unlabelled+n))
}

// PPISplit is how a budget is best spent on people who answer and on people who
// are only predicted.
type PPISplit struct {
	Labelled, Unlabelled float64 // people, not rounded
	EffectiveN           float64 // PPILimit of them
	Classical            float64 // people that the whole budget buys without predictions
}

// NewPPISplit returns the split of a budget that makes the variance of the
// tuned estimate least,
//
//	Var = σ² [(1-ρ²)/n + ρ²/(n+N)],   n·answer + (n+N)·prediction = budget,
//
// where an answer costs answer and a prediction, which everybody needs, costs
// prediction: n ∝ √((1-ρ²)/answer) and n+N ∝ √(ρ²/prediction). Where that gives
// no more effective people than asking alone, nobody is predicted. NaN where a
// cost is not positive or |ρ| > 1. Broska, Howes and van Loon (2025),
// doi:10.1177/00491241251326865.
func NewPPISplit(budget, answer, prediction, rho float64) PPISplit {
	if !(budget > 0 && answer > 0 && prediction > 0 && math.Abs(rho) <= 1) {
		nan := math.NaN()
		return PPISplit{nan, nan, nan, nan}
	}
	alone := budget / answer
	// Lagrange: n = c √((1-ρ²)/answer), n+N = c √(ρ²/prediction).
	a, b := math.Sqrt((1-rho*rho)/answer), math.Sqrt(rho*rho/prediction)
	c := budget / (a*answer + b*prediction)
	n, all := c*a, c*b
	if effective := 1 / ((1-rho*rho)/n + rho*rho/all); all > n && n > 0 && effective > alone {
		return PPISplit{n, all - n, effective, alone}
	}
	return PPISplit{alone, 0, alone, alone}
}

// tunedLambda is Cov(y, f)/[(1 + n/N) Var f], not clipped; 0 where predictions
// do not vary and so tell nothing.
func tunedLambda(y, f, fu []float64) float64 {
	all := append(append([]float64{}, f...), fu...)
	v := covOf(all, all, 0)
	if v == 0 || len(fu) == 0 {
		return 0
	}
	return covOf(y, f, 0) / ((1 + float64(len(y))/float64(len(fu))) * v)
}

// unitMeans returns the mean of each unit's values, units in the order in which
// they first occur; the values themselves where unit is nil.
func unitMeans(x []float64, unit []int) []float64 {
	if unit == nil {
		return x
	}
	at, n := unitIndex(unit)
	means, rows := make([]float64, n), make([]float64, n)
	for i, v := range x {
		means[at[i]] += v
		rows[at[i]]++
	}
	for k := range means {
		means[k] /= rows[k]
	}
	return means
}

// unitIndex numbers units from 0 in the order in which they first occur.
func unitIndex(unit []int) (at []int, n int) {
	at = make([]int, len(unit))
	index := make(map[int]int)
	for i, u := range unit {
		if i > 0 && u == unit[i-1] { // rows of a person mostly stand together
			at[i] = at[i-1]
			continue
		}
		k, ok := index[u]
		if !ok {
			k = len(index)
			index[u] = k
		}
		at[i] = k
	}
	return at, len(index)
}

// covOf returns the covariance of x and y with divisor n - ddof.
func covOf(x, y []float64, ddof int) float64 {
	mx, my, s := meanOf(x), meanOf(y), 0.0
	for i := range x {
		s += (x[i] - mx) * (y[i] - my)
	}
	if len(x) <= ddof {
		return math.NaN()
	}
	return s / float64(len(x)-ddof)
}
