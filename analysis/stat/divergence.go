package stat

import "math"

// The functions of this file and of distance.go compare two distributions over
// the same categories. p and q hold a share, a count or a weight for each
// category; they are divided by their sums, so shares and counts give the same
// number. NaN when a vector is empty, sums to zero, or holds a negative or
// non-finite number. They panic when the lengths differ: that is a bug of the
// caller.

// JSDivergence returns the Jensen-Shannon divergence in bits,
//
//	D = ½ Σ p log₂(p/m) + ½ Σ q log₂(q/m),   m = (p+q)/2,
//
// between 0 (equal) and 1 (no category in common); in nats it is D·ln 2.
// Terms are summed as ¼ (p+q) [(1+r) log₂(1+r) + (1-r) log₂(1-r)] with
// r = (p-q)/(p+q), each of which is non-negative, so that D is never negative,
// exactly symmetric, exactly 0 at equality and keeps its digits close to it.
//
// Estimated from samples D is biased upwards: see JSEstimate. Lin (1991),
// doi:10.1109/18.61115. R: philentropy::JSD(unit = "log2").
func JSDivergence(p, q []float64) float64 {
	sp, sq := sums(p, q)
	if !(sp > 0 && sq > 0) {
		return math.NaN()
	}
	return jsScaled(p, q, 1/sp, 1/sq)
}

// JSDistance returns the Jensen-Shannon distance √D, base 2: a metric between
// 0 and 1 (Endres and Schindelin 2003, doi:10.1109/TIT.2003.813506). It is
// scipy.spatial.distance.jensenshannon(p, q, 2).
func JSDistance(p, q []float64) float64 { return math.Sqrt(JSDivergence(p, q)) }

// jsScaled is the divergence in bits of p·sp and q·sq, which sum to 1.
func jsScaled(p, q []float64, sp, sq float64) float64 {
	d := 0.0
	for c, a := range p {
		a *= sp
		b := q[c] * sq
		if m := a + b; m > 0 {
			d += m * jsTerm((a-b)/m)
		}
	}
	return d / (4 * math.Ln2)
}

// jsTerm returns (1+r) ln(1+r) + (1-r) ln(1-r) for -1 <= r <= 1, by the series
// Σ r²ᵏ/(k(2k-1)) where the logarithms would cancel (and are slower).
func jsTerm(r float64) float64 {
	x := r * r
	if x > 0.04 {
		if x >= 1 {
			return 2 * math.Ln2
		}
		return (1+r)*math.Log1p(r) + (1-r)*math.Log1p(-r)
	}
	// Eleven terms: the first one left out is below 0.04¹¹/276, 2e-18 of the sum.
	return x * (1 + x*(1./6+x*(1./15+x*(1./28+x*(1./45+x*(1./66+x*(1./91+
		x*(1./120+x*(1./153+x*(1./190+x*(1./231)))))))))))
}

// KLDivergence returns the Kullback-Leibler divergence in bits of p from q,
//
//	Σ pₛ log₂(pₛ/qₛ),   pₛ = (p + smooth)/Σ(p + smooth), qₛ likewise,
//
// and +Inf where without smoothing q is zero and p is not. smooth is added to
// every entry as it is given, so it is a pseudo-count with counts (½ is
// Jeffreys' prior, 1 Laplace's) and a share with shares; it must be declared
// next to the number, because the number depends on it. KL is not symmetric.
// R: philentropy::KL(unit = "log2").
func KLDivergence(p, q []float64, smooth float64) float64 {
	sp, sq := sums(p, q)
	if !(sp > 0 && sq > 0) || !(smooth >= 0) || math.IsInf(smooth, 1) {
		return math.NaN()
	}
	sp += smooth * float64(len(p))
	sq += smooth * float64(len(q))
	d := 0.0
	for c := range p {
		a, b := (p[c]+smooth)/sp, (q[c]+smooth)/sq
		if a > 0 {
			d += a * math.Log2(a/b)
		}
	}
	return max(0, d) // rounding may leave -1e-17 between equal distributions
}

// sums returns the sums of p and q, NaN for one that is no distribution.
func sums(p, q []float64) (float64, float64) {
	if len(p) != len(q) {
		panic("stat: distributions over different numbers of categories")
	}
	return sumShares(p), sumShares(q)
}

// sumShares returns the sum of p, NaN when an entry is negative or not finite.
func sumShares(p []float64) float64 {
	s := 0.0
	for _, v := range p {
		if !(v >= 0) {
			return math.NaN()
		}
		s += v
	}
	if math.IsInf(s, 1) {
		return math.NaN()
	}
	return s
}
