package stat

import "math"

// Proportion returns the share x/n of x successes in n trials with Wilson's
// score interval
//
//	(p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n),
//
// which stays inside 0 and 1 and covers close to conf on average over p; being
// discrete, it covers less for some p and more for others. SE is √(p(1-p)/n).
// n may be an effective sample size, so neither need be whole. NaN when n is
// not positive or x is not between 0 and n. Wilson (1927),
// doi:10.1080/01621459.1927.10502953. R: prop.test(x, n, correct = FALSE).
func Proportion(x, n, conf float64) Estimate {
	if !(n > 0) || !(x >= 0 && x <= n) {
		return noEstimate("a share of %v in %v trials", x, n)
	}
	p, z := x/n, twoSidedZ(conf)
	return Estimate{Value: p, SE: math.Sqrt(p * (1 - p) / n), Interval: wilson(p, n, z)}
}

// wilson returns the score interval; at p = 0 and 1 its limit is exact.
func wilson(p, n, z float64) Interval {
	z2 := z * z
	centre := (p + z2/(2*n)) / (1 + z2/n)
	reach := z / (1 + z2/n) * math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	i := around(centre, reach)
	if p == 0 {
		i.Lo = 0
	}
	if p == 1 {
		i.Hi = 1
	}
	return i
}

// ProportionWald returns p ± z √(p(1-p)/n), which is empty at p = 0 and 1 and
// covers far less than conf near them. For comparison with older work. R: prop
// ± qnorm(.975) * sqrt(prop * (1 - prop) / n); DescTools::BinomCI(method =
// "wald").
func ProportionWald(x, n, conf float64) Interval {
	e := Proportion(x, n, conf)
	return around(e.Value, twoSidedZ(conf)*e.SE)
}

// ProportionExact returns the interval of Clopper and Pearson (1934),
// doi:10.1093/biomet/26.4.404, from quantiles of beta distributions. It covers
// at least conf for every p, and therefore more for most.
// R: binom.test(x, n)$conf.int.
func ProportionExact(x, n, conf float64) Interval {
	if !(n > 0) || !(x >= 0 && x <= n) {
		return noInterval
	}
	i := Interval{0, 1}
	if x > 0 {
		i.Lo = betaQuantile((1-conf)/2, x, n-x+1)
	}
	if x < n {
		i.Hi = betaQuantile((1+conf)/2, x+1, n-x)
	}
	return i
}

// ProportionAgrestiCoull returns the Wald interval after adding z²/2 successes
// and as many failures; it may leave 0 to 1. Agresti and Coull (1998),
// doi:10.1080/00031305.1998.10480550. R: binom::binom.agresti.coull.
func ProportionAgrestiCoull(x, n, conf float64) Interval {
	if !(n > 0) || !(x >= 0 && x <= n) {
		return noInterval
	}
	z := twoSidedZ(conf)
	m := n + z*z
	p := (x + z*z/2) / m
	return around(p, z*math.Sqrt(p*(1-p)/m))
}

// BinomialTest returns the exact test that a share is p0. Its two-sided p is
// the probability of all counts that are not more probable than x (up to a
// relative 1e-7, as in R), so it rejects less often than its level. Stat is x.
// R: binom.test(x, n, p0).
func BinomialTest(x, n int, p0 float64) Test {
	if n < 1 || x < 0 || x > n || !(p0 >= 0 && p0 <= 1) {
		return noTest("%d successes in %d trials against %v", x, n, p0)
	}
	t := Test{Stat: float64(x), DF: nan, DF2: nan}
	limit := logBinomial(x, n, p0) + math.Log1p(1e-7)
	for k := range n + 1 {
		if l := logBinomial(k, n, p0); l <= limit {
			t.P += math.Exp(l)
		}
	}
	t.P = min(1, t.P)
	return t
}

// logBinomial returns the log probability of k successes in n.
func logBinomial(k, n int, p float64) float64 {
	a, b := float64(k), float64(n-k)
	switch {
	case p == 0 || p == 1:
		if (p == 0) == (k == 0) && (p == 1) == (k == n) {
			return 0
		}
		return math.Inf(-1)
	case k == 0:
		return b * math.Log1p(-p)
	case k == n:
		return a * math.Log(p)
	}
	// Loader's saddle-point form, see logBetaFront.
	m := float64(n)
	return stirlingError(m) - stirlingError(a) - stirlingError(b) - deviance(a, m*p) - deviance(b, m*(1-p)) +
		0.5*math.Log(m/(2*math.Pi*a*b))
}

// stirlingError returns log n! - log(√(2πn) (n/e)ⁿ) for n ≥ 1.
func stirlingError(n float64) float64 {
	if n >= 10 {
		return stirlingRest(n)
	}
	l, _ := math.Lgamma(n + 1)
	return l - 0.5*math.Log(2*math.Pi*n) - n*math.Log(n) + n
}

// ProportionDifference returns p₁ - p₂ of two independent samples with
// Newcombe's hybrid score interval: with Wilson's limits l and u of each,
//
//	p₁ - p₂ - √((p₁-l₁)² + (u₂-p₂)²)  to  p₁ - p₂ + √((u₁-p₁)² + (p₂-l₂)²).
//
// SE is the unpooled √(p₁(1-p₁)/n₁ + p₂(1-p₂)/n₂). Newcombe (1998), method 10,
// doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I. R:
// DescTools::BinomDiffCI(method = "score").
func ProportionDifference(x1, n1, x2, n2, conf float64) Estimate {
	a, b := Proportion(x1, n1, conf), Proportion(x2, n2, conf)
	if a.Note != "" || b.Note != "" {
		return noEstimate("a difference of shares %v in %v and %v in %v", x1, n1, x2, n2)
	}
	return Estimate{
		Value:    a.Value - b.Value,
		SE:       math.Hypot(a.SE, b.SE),
		Interval: hybridDifference(a.Value, a.Interval, b.Value, b.Interval),
	}
}

// hybridDifference returns the interval of a difference from the intervals of
// its two parts: recovering variances from limits (Zou and Donner 2008).
func hybridDifference(a float64, ia Interval, b float64, ib Interval) Interval {
	return Interval{
		a - b - math.Hypot(a-ia.Lo, ib.Hi-b),
		a - b + math.Hypot(ia.Hi-a, b-ib.Lo),
	}
}

// ProportionPairedDifference returns the difference of two shares of the same
// n pairs: both, first, second and neither count pairs with a success in both,
// only the first, only the second, and none. The value is (first-second)/n,
// the interval Newcombe's hybrid score interval for paired shares, which
// corrects Wilson's limits by φ of the 2 x 2 table (0 when a margin is empty;
// continuity-corrected when positive). Newcombe (1998), method 10,
// doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C, whose
// examples are the test; base R has no twin.
func ProportionPairedDifference(both, first, second, neither, conf float64) Estimate {
	n := both + first + second + neither
	if !(n > 0) || min(both, first, second, neither) < 0 {
		return noEstimate("paired shares of %v, %v, %v and %v pairs", both, first, second, neither)
	}
	a, b := Proportion(both+first, n, conf), Proportion(both+second, n, conf)
	d := (first - second) / n
	phi := 0.0
	if m := (both + first) * (second + neither) * (both + second) * (first + neither); m > 0 {
		c := both*neither - first*second
		if c > 0 {
			c = max(c-n/2, 0)
		}
		phi = c / math.Sqrt(m)
	}
	root := func(x, y float64) float64 { return math.Sqrt(max(0, x*x-2*phi*x*y+y*y)) }
	return Estimate{
		Value: d,
		SE:    math.Sqrt(max(0, (first+second)/n-d*d) / n),
		Interval: Interval{
			d - root(a.Value-a.Lo, b.Hi-b.Value),
			d + root(a.Hi-a.Value, b.Value-b.Lo),
		},
	}
}
