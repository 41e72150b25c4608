package stat

import "math"

// noncentralF returns P(F ≤ f) of the noncentral F distribution with
// noncentrality l: a Poisson mixture of beta distributions. R: pf(f, df1, df2, l).
func noncentralF(f, df1, df2, l float64) float64 {
	x, y := df1*f/(df1*f+df2), df2/(df1*f+df2)
	return poissonMixture(l/2, func(j float64) float64 { return regIncBeta(df1/2+j, df2/2, x, y) })
}

// noncentralChiSquared returns P(χ² ≤ x) with noncentrality l. R: pchisq(x, df, l).
func noncentralChiSquared(x, df, l float64) float64 {
	return poissonMixture(l/2, func(j float64) float64 { return 1 - chiSquaredTail(x, df+2*j) })
}

// poissonMixture returns Σ Poisson(j; mean) f(j), summed from the mode outwards
// until what is left is below 1e-16. f must be between 0 and 1.
func poissonMixture(mean float64, f func(j float64) float64) float64 {
	if mean == 0 {
		return f(0)
	}
	mode := math.Floor(mean)
	lg, _ := math.Lgamma(mode + 1)
	top := math.Exp(mode*math.Log(mean) - mean - lg)
	sum := top * f(mode)
	for j, w := mode-1, top*mode/mean; j >= 0 && w > 1e-18; j-- {
		sum += w * f(j)
		w *= j / mean
	}
	for j, w := mode+1, top*mean/(mode+1); w > 1e-18; j++ {
		sum += w * f(j)
		w *= mean / (j + 1)
	}
	return sum
}

// noncentralityOf returns the noncentrality at which a distribution function,
// which falls with it, is p; 0 when it is below p already without any.
func noncentralityOf(p float64, cdf func(l float64) float64) float64 {
	g := func(l float64) float64 { return cdf(l) - p }
	if !(g(0) > 0) {
		return 0
	}
	lo, hi := 0.0, 1.0
	for range 60 {
		if g(hi) < 0 {
			return solveBracket(g, lo, hi)
		}
		lo, hi = hi, 2*hi
	}
	return nan
}
