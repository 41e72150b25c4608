package stat

import "math"

// Entropy returns the Shannon entropy in bits, -Σ p log₂ p, of shares or
// counts: 0 when all is in one category, log₂ k when k are equally frequent.
// NaN for an empty vector or one that sums to zero. It is the plug-in
// estimate, biased downwards by about (k-1)/(2n ln 2) bits in n independent
// answers, so compare groups of equal n. R: entropy::entropy.empirical(unit = "log2").
func Entropy(p []float64) float64 {
	s := sumShares(p)
	if !(s > 0) {
		return math.NaN()
	}
	h := 0.0
	for _, v := range p {
		if v > 0 {
			h -= v / s * math.Log2(v/s)
		}
	}
	return max(0, h) // -log₂ 1 is -0
}

// NormalisedEntropy returns Entropy divided by its maximum, log₂ of the number
// of categories (of all, seen or not); NaN for fewer than two categories.
// Pielou (1966), doi:10.1016/0022-5193(66)90013-0. R: vegan::diversity(x) /
// log(k).
func NormalisedEntropy(p []float64) float64 {
	if len(p) < 2 {
		return math.NaN()
	}
	return Entropy(p) / math.Log2(float64(len(p)))
}

// GiniSimpson returns 1 - Σ p², the probability that two answers drawn with
// replacement differ; 0 to 1 - 1/k. NaN as in Entropy. R: 1 - sum(p^2),
// vegan::diversity(index = "simpson").
func GiniSimpson(p []float64) float64 {
	s := sumShares(p)
	if !(s > 0) {
		return math.NaN()
	}
	g := 0.0
	for _, v := range p {
		g += v / s * (1 - v/s)
	}
	return g
}

// MeanEntropy returns the mean over items of the entropy in bits of an item's
// answers; items that nobody answered are left out, NaN when that are all. R:
// mean(tapply(y, item, function(x) { q <- table(x) / length(x); -sum((q *
// log2(q))[q > 0]) })).
func (t Table) MeanEntropy() float64 {
	sum, n := 0.0, 0
	for i := range t.Items {
		if h := Entropy(t.Item(i)); !math.IsNaN(h) {
			sum += h
			n++
		}
	}
	return sum / float64(n)
}
