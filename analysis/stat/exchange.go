package stat

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// ExchangedJS returns the Jensen-Shannon divergence in bits to be expected
// between two samples of counts if the respondents behind them were dealt anew
// to two groups of the same sizes: the exact mean over all permutations, of
// which PermutationBias takes a random sample. It is what D is biased by where
// the two have one distribution, each respondent gave one answer and nobody is
// in both.
//
// The divergence is a sum over categories, and of a category with m answers in
// both together the first group gets a hypergeometric number, so that
//
//	E D = Σ_c Σ_x P(x) ½ [ p log₂(2p/(p+q)) + q log₂(2q/(p+q)) ],  p = x/n₁, q = (m-x)/n₂.
//
// Counts are whole numbers, of the same categories; the cost is that of the
// hypergeometric's width, √n a category. NaN when a sample is empty.
// R: sum(dhyper(x, m, n1+n2-m, n1) * d(x/n1, (m-x)/n2)) by category.
func ExchangedJS(a, b []float64) float64 {
	na, nb := floats.Sum(a), floats.Sum(b)
	if !(na > 0 && nb > 0) {
		return math.NaN()
	}
	total := 0.0
	for c := range a {
		total += exchangedTerm(a[c]+b[c], na, nb)
	}
	return total
}

// exchangedTerm returns what a category with m answers in two groups of na and
// nb adds to the expected divergence. The probabilities follow from each other
// outward from the mode, as far as they count.
func exchangedTerm(m, na, nb float64) float64 {
	const negligible = 1e-20
	low, high := max(0, m-nb), min(m, na)
	mode := min(max(math.Floor((m+1)*(na+1)/(na+nb+2)), low), high)
	term := func(x float64) float64 {
		p, q := x/na, (m-x)/nb
		return (plogp(p, p+q) + plogp(q, p+q)) / 2
	}
	mass, mean := 1.0, term(mode)
	for x, w := mode, 1.0; x < high; {
		w *= (m - x) * (na - x) / ((x + 1) * (nb - m + x + 1))
		if x++; w < negligible {
			break
		}
		mass, mean = mass+w, mean+w*term(x)
	}
	for x, w := mode, 1.0; x > low; {
		w *= x * (nb - m + x) / ((m - x + 1) * (na - x + 1))
		if x--; w < negligible {
			break
		}
		mass, mean = mass+w, mean+w*term(x)
	}
	return mean / mass
}

// plogp returns p log₂(2p/s), 0 for p = 0.
func plogp(p, s float64) float64 {
	if p == 0 {
		return 0
	}
	return p * math.Log2(2*p/s)
}
