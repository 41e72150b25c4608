package stat

import "math"

// Correlation is a correlation coefficient of n pairs with its test of zero
// and a confidence interval.
type Correlation struct {
	N    int
	R    float64
	Test // of no association; see the function that made it
	Interval
}

// noCorrelation is a correlation that cannot be computed, and why.
func noCorrelation(n int, why string) Correlation {
	return Correlation{N: n, R: nan, Test: noTest("%s", why), Interval: noInterval}
}

// pairTrouble says why pairs have no correlation, "" when they have one.
func pairTrouble(a, b []float64) string {
	switch {
	case len(a) < 2:
		return "fewer than two complete pairs"
	case constant(a) || constant(b):
		return "a variable does not vary"
	}
	return ""
}

// Pearson returns the product-moment correlation of the pairs without NaN,
// with Student's test on n - 2 degrees of freedom, t = r √(df/(1-r²)), and the
// interval tanh(atanh r ± z/√(n-3)) of Fisher. NaN with a note when there are
// fewer than two pairs or a variable does not vary; no test of two pairs, no
// interval of three. The interval assumes normal pairs: with heavy tails it is
// too short. R: cor.test(x, y). It panics when the lengths differ.
func Pearson(x, y []float64, conf float64) Correlation {
	a, b := presentPairs(x, y)
	n := len(a)
	if why := pairTrouble(a, b); why != "" {
		return noCorrelation(n, why)
	}
	r := productMoment(a, b)
	df := float64(n - 2)
	c := Correlation{N: n, R: r, Test: studentTest(r*math.Sqrt(df/((1-r)*(1+r))), df), Interval: noInterval}
	if n < 3 {
		c.Test = noTest("two pairs always correlate perfectly")
	}
	if n > 3 {
		c.Interval = fisherInterval(r, 1/math.Sqrt(float64(n-3)), conf)
	}
	return c
}

// PearsonR returns the R of Pearson alone, where none of the pairs has NaN.
func PearsonR(x, y []float64) float64 {
	if pairTrouble(x, y) != "" {
		return nan
	}
	return productMoment(x, y)
}

// productMoment returns Pearson's r of pairs that vary, inside -1 to 1.
func productMoment(a, b []float64) float64 {
	ma, mb := meanOf(a), meanOf(b)
	var sab, saa, sbb float64
	for i := range a {
		x, y := a[i]-ma, b[i]-mb
		sab += x * y
		saa += x * x
		sbb += y * y
	}
	return max(-1, min(1, sab/math.Sqrt(saa*sbb)))
}

// fisherInterval returns tanh(atanh r ± z se).
func fisherInterval(r, se, conf float64) Interval {
	i := around(math.Atanh(r), twoSidedZ(conf)*se)
	return Interval{math.Tanh(i.Lo), math.Tanh(i.Hi)}
}

// SpearmanInterval is how an interval of a rank correlation is made.
type SpearmanInterval int

const (
	// BonettWright has the standard error √((1 + ρ²/2)/(n-3)) of atanh ρ: Bonett
	// and Wright (2000), doi:10.1007/BF02294183. It covers as it should up to
	// |ρ| of about .9.
	BonettWright SpearmanInterval = iota
	// FisherRank has 1/√(n-3), as if ranks were normal; too short where ρ is large.
	FisherRank
)

// Spearman returns the rank correlation ρ of the pairs without NaN, which is
// Pearson's r of the mean ranks, with the t approximation on n - 2 degrees of
// freedom and an interval by Fisher's z. Edge cases are those of Pearson. R:
// cor(x, y, method = "spearman"), cor.test(method = "spearman", exact = FALSE).
func Spearman(x, y []float64, conf float64, how SpearmanInterval) Correlation {
	a, b := presentPairs(x, y)
	if why := pairTrouble(a, b); why != "" {
		return noCorrelation(len(a), why)
	}
	ra, _ := Ranks(a)
	rb, _ := Ranks(b)
	c := Pearson(ra, rb, conf)
	if c.N > 3 && how == BonettWright {
		c.Interval = fisherInterval(c.R, math.Sqrt((1+c.R*c.R/2)/float64(c.N-3)), conf)
	}
	return c
}

// Kendall returns the rank correlation τ_b of the pairs without NaN,
//
//	τ_b = S / √((T₀-T_x)(T₀-T_y)),   S = concordant - discordant pairs,
//
// T₀ = n(n-1)/2 and T the pairs tied. Stat is the tie-corrected normal z of S
// without continuity correction. The interval is tanh(atanh τ ± z √(.437/(n-4)))
// of Fieller, Hartley and Pearson (1957), doi:10.1093/biomet/44.3-4.470, made
// for pairs without ties; NaN for fewer than five pairs. It takes O(n log n).
// Edge cases are those of Pearson. R: cor.test(method = "kendall", exact = FALSE).
func Kendall(x, y []float64, conf float64) Correlation {
	a, b := presentPairs(x, y)
	n := len(a)
	if why := pairTrouble(a, b); why != "" {
		return noCorrelation(n, why)
	}
	k := kendallCounts(a, b)
	m := float64(n)
	t0 := m * (m - 1) / 2
	tau := max(-1, min(1, k.s/math.Sqrt((t0-k.x.pairs)*(t0-k.y.pairs))))
	variance := (m*(m-1)*(2*m+5)-k.x.fives-k.y.fives)/18 + 2*k.x.pairs*k.y.pairs/(m*(m-1))
	if n > 2 {
		variance += k.x.triples * k.y.triples / (9 * m * (m - 1) * (m - 2))
	}
	c := Correlation{N: n, R: tau, Test: normalTest(k.s / math.Sqrt(variance)), Interval: noInterval}
	if n > 4 {
		c.Interval = fisherInterval(tau, math.Sqrt(0.437/(m-4)), conf)
	}
	return c
}

// KendallExact returns the exact two-sided p of τ under independence when
// nothing is tied, from the distribution of the number of inversions; Stat is
// the number of concordant pairs. NaN with a note where there are ties.
// R: cor.test(method = "kendall", exact = TRUE).
func KendallExact(x, y []float64) Test {
	a, b := presentPairs(x, y)
	n := len(a)
	if why := pairTrouble(a, b); why != "" {
		return noTest("%s", why)
	}
	k := kendallCounts(a, b)
	if k.x.pairs > 0 || k.y.pairs > 0 {
		return noTest("ties: no exact distribution")
	}
	pairs := n * (n - 1) / 2
	concordant := (int(k.s) + pairs) / 2
	share := []float64{1} // share[i]: of the orders with i inversions
	for m := 2; m <= n; m++ {
		next := make([]float64, len(share)+m-1)
		sum := 0.0
		for i := range next {
			if i < len(share) {
				sum += share[i]
			}
			if i >= m {
				sum -= share[i-m]
			}
			next[i] = sum / float64(m)
		}
		share = next
	}
	tail := 0.0
	for i := range min(concordant, pairs-concordant) + 1 {
		tail += max(0, share[i])
	}
	return Test{Stat: float64(concordant), DF: nan, DF2: nan, P: min(1, 2*tail)}
}
