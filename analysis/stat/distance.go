package stat

import "math"

// TotalVariation returns ½ Σ |p - q|, the largest difference in probability
// that the two distributions give to any set of categories; 0 to 1. R:
// sum(abs(p - q)) / 2. Gibbs & Su (2002),
// doi:10.1111/j.1751-5823.2002.tb00178.x.
func TotalVariation(p, q []float64) float64 {
	return overCategories(p, q, func(a, b float64) float64 { return math.Abs(a-b) / 2 })
}

// Overlap returns Σ min(p, q), the share that the distributions have in
// common: 1 - TotalVariation. It is overlapping::overlap for categories.
func Overlap(p, q []float64) float64 {
	return overCategories(p, q, func(a, b float64) float64 { return min(a, b) })
}

// Hellinger returns √(½ Σ (√p - √q)²), a metric between 0 and 1. R:
// sqrt(sum((sqrt(p) - sqrt(q))^2) / 2). Gibbs & Su (2002),
// doi:10.1111/j.1751-5823.2002.tb00178.x.
func Hellinger(p, q []float64) float64 {
	return math.Sqrt(overCategories(p, q, func(a, b float64) float64 {
		d := math.Sqrt(a) - math.Sqrt(b)
		return d * d / 2
	}))
}

// Bhattacharyya returns the coefficient Σ √(p q) = 1 - Hellinger². R:
// sum(sqrt(p * q)).
func Bhattacharyya(p, q []float64) float64 {
	return overCategories(p, q, func(a, b float64) float64 { return math.Sqrt(a * b) })
}

// ChiSquaredDistance returns the symmetric Σ (p - q)²/(p + q), between 0 and
// 2; categories that are empty in both add nothing. R: s <- p + q; sum(((p -
// q)^2 / s)[s > 0]).
func ChiSquaredDistance(p, q []float64) float64 {
	return overCategories(p, q, func(a, b float64) float64 {
		if a+b == 0 {
			return 0
		}
		return (a - b) * (a - b) / (a + b)
	})
}

// overCategories sums f over the shares of the categories.
func overCategories(p, q []float64, f func(a, b float64) float64) float64 {
	sp, sq := sums(p, q)
	if !(sp > 0 && sq > 0) {
		return math.NaN()
	}
	s := 0.0
	for c := range p {
		s += f(p[c]/sp, q[c]/sq)
	}
	return s
}
