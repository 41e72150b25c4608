package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// manyTerms is the noncentrality from which a mixture has too many terms:
// 100,000 here, and no end of them where groups have no variance but rounding.
// The central distribution of the same mean and variance takes its place:
// Patnaik (1949), doi:10.1093/biomet/36.1-2.202. It is off by less than 1e-6.
const manyTerms = 1e8

// noncentralF returns P(F ≤ f) of the noncentral F distribution with
// noncentrality l: a Poisson mixture of beta distributions. R: pf(f, df1, df2, l).
func noncentralF(f, df1, df2, l float64) float64 {
	if l > manyTerms {
		df := centralDF(df1, l)
		return fTail((df1+l)/(df1*f), df2, df)
	}
	a, b := df1/2, df2/2
	x, y := df1*f/(df1*f+df2), df2/(df1*f+df2)
	if x <= 0 {
		return 0
	}
	return poissonMixture(l/2,
		func(j float64) float64 { return regIncBeta(a+j, b, x, y) },
		func(j float64) float64 { return math.Exp(logBetaFront(a+j, b, x, y)) / (a + j) },
		func(j float64) float64 { return (a + j) / (x * (a + j + b - 1)) })
}

// noncentralChiSquared returns P(χ² ≤ x) with noncentrality l. R: pchisq(x, df, l).
func noncentralChiSquared(x, df, l float64) float64 {
	if l > manyTerms {
		return normalTail((df + l - x) / math.Sqrt(2*df+4*l))
	}
	a, h := df/2, x/2
	if h <= 0 {
		return 0
	}
	return poissonMixture(l/2,
		func(j float64) float64 { return mathext.GammaIncReg(a+j, h) },
		func(j float64) float64 {
			lg, _ := math.Lgamma(a + j + 1)
			return math.Exp((a+j)*math.Log(h) - h - lg)
		},
		func(j float64) float64 { return (a + j) / h })
}

// centralDF returns Patnaik's degrees of freedom, infinite where they make no
// difference.
func centralDF(df, l float64) float64 {
	v := (df + l) / (df + 2*l) * (df + l)
	if v > 1e10 {
		return math.Inf(1)
	}
	return v
}

// poissonMixture returns Σ Poisson(j; mean) f(j) for f that falls by step(j)
// from j to j + 1, where step(j-1) = step(j)·grow(j). It goes down from where
// the weights become negligible, so that nothing cancels.
func poissonMixture(mean float64, f, step, grow func(j float64) float64) float64 {
	if mean == 0 {
		return f(0)
	}
	mode := math.Floor(mean)
	reach := math.Ceil(9*math.Sqrt(mean) + 40)
	j := mode + reach
	lg, _ := math.Lgamma(j + 1)
	weight := math.Exp(j*math.Log(mean) - mean - lg)
	value, fall := f(j), 0.0
	sum := weight * value
	for last := max(0, mode-reach); j > last; j-- {
		if fall == 0 { // it may underflow far from where it matters
			fall = step(j - 1)
		} else {
			fall *= grow(j)
		}
		value += fall
		weight *= j / mean
		sum += weight * value
	}
	return min(1, sum)
}

// noncentralityOf returns the noncentrality at which a distribution function,
// which falls with it, is p; 0 when it is below p already without any.
func noncentralityOf(p float64, cdf func(l float64) float64) float64 {
	g := func(l float64) float64 { return cdf(l) - p }
	if !(g(0) > 0) {
		return 0
	}
	lo, hi := 0.0, 1.0
	for range 1000 {
		if g(hi) < 0 {
			return solveBracket(g, lo, hi)
		}
		lo, hi = hi, 2*hi
	}
	return nan
}
