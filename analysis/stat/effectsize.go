package stat

import "math"

// StandardisedDifference is a difference of means in standard deviations.
type StandardisedDifference struct {
	Value    float64
	J        float64  // the factor that makes Hedges' g of Cohen's d
	Interval          // by the noncentral t distribution, exact for normal data of equal variance
	SE       float64  // of the normal approximation
	Normal   Interval // Value ± z SE
	Note     string   // why numbers are NaN; "" when there is nothing to say
}

func noStandardised(why string) StandardisedDifference {
	return StandardisedDifference{Value: nan, J: nan, Interval: noInterval, SE: nan, Normal: noInterval, Note: why}
}

// CohenD returns d = (ā - b̄)/s_p of two independent groups, NaN left out. SE
// is √((nₐ+n_b)/(nₐn_b) + d²/(2(nₐ+n_b))). d is biased away from zero; HedgesG
// is not. NaN with a note when a group has fewer than two values or neither
// varies. R: effectsize::cohens_d.
func CohenD(a, b []float64, conf float64) StandardisedDifference {
	g := newTwoGroups(a, b)
	sp := g.pooledSD()
	if why := g.trouble(sp); why != "" {
		return noStandardised(why)
	}
	df := g.na + g.nb - 2
	s := StandardisedDifference{Value: (g.ma - g.mb) / sp, J: hedgesJ(df)}
	unit := math.Sqrt(1/g.na + 1/g.nb)
	s.Interval = noncentralityInterval(s.Value/unit, df, unit, conf)
	s.SE = math.Sqrt(unit*unit + s.Value*s.Value/(2*(g.na+g.nb)))
	s.Normal = around(s.Value, twoSidedZ(conf)*s.SE)
	return s
}

// HedgesG returns g = J d, d without its bias, J = Γ(m/2)/(√(m/2) Γ((m-1)/2))
// with m = nₐ + n_b - 2. Error and intervals are J times those of CohenD, and
// edge cases are CohenD's. Hedges (1981), doi:10.3102/10769986006002107. R:
// effectsize::hedges_g.
func HedgesG(a, b []float64, conf float64) StandardisedDifference {
	s := CohenD(a, b, conf)
	j := s.J
	s.Value *= j
	s.SE *= j
	s.Interval = Interval{s.Lo * j, s.Hi * j}
	s.Normal = Interval{s.Normal.Lo * j, s.Normal.Hi * j}
	return s
}

// CohenDZ returns the mean of x - y in standard deviations of the differences,
// over the pairs without NaN. SE is √(1/n + d²/(2n)). NaN with a note for fewer
// than two pairs or differences that do not vary. R: effectsize::cohens_d(x, y,
// paired = TRUE).
func CohenDZ(x, y []float64, conf float64) StandardisedDifference {
	t := PairedT(x, y, conf)
	if t.Note != "" {
		return noStandardised(t.Note)
	}
	n := t.DF + 1
	s := StandardisedDifference{Value: t.Stat / math.Sqrt(n), J: hedgesJ(t.DF)}
	s.Interval = noncentralityInterval(t.Stat, t.DF, 1/math.Sqrt(n), conf)
	s.SE = math.Sqrt(1/n + s.Value*s.Value/(2*n))
	s.Normal = around(s.Value, twoSidedZ(conf)*s.SE)
	return s
}

// GlassDelta returns (ā - b̄)/s_b: b is the control group, whose spread alone
// counts. NaN when b has fewer than two values or does not vary.
// R: effectsize::glass_delta.
func GlassDelta(a, b []float64) float64 {
	g := newTwoGroups(a, b)
	if len(g.b) < 2 || g.vb == 0 {
		return nan
	}
	return (g.ma - g.mb) / math.Sqrt(g.vb)
}

// hedgesJ returns the bias factor of d with m degrees of freedom.
func hedgesJ(m float64) float64 {
	if m < 2 {
		return nan // Γ(0): one degree of freedom has no unbiased d
	}
	a, _ := math.Lgamma(m / 2)
	b, _ := math.Lgamma((m - 1) / 2)
	return math.Exp(a - b - math.Log(m/2)/2)
}

// noncentralityInterval returns the interval of the noncentrality of t, times
// unit: the values for which t is the (1+conf)/2 and the (1-conf)/2 quantile.
func noncentralityInterval(t, df, unit, conf float64) Interval {
	limit := func(p float64) float64 {
		f := func(ncp float64) float64 { return noncentralT(t, df, ncp) - p }
		reach := 6 + math.Abs(t)/math.Sqrt(df)*3
		lo, hi := t-reach, t+reach
		for range 8 {
			if f(lo) >= 0 && f(hi) <= 0 {
				break
			}
			reach *= 2
			lo, hi = t-reach, t+reach
		}
		return solveBracket(f, lo, hi)
	}
	return Interval{limit((1+conf)/2) * unit, limit((1-conf)/2) * unit}
}

// CliffDelta returns δ = P(a > b) - P(a < b), ties counting for neither, which
// is 2U/(nₐn_b) - 1 of MannWhitney; NaN are left out. With dᵢ and dⱼ the means
// of sign(aᵢ - bⱼ) over the other group,
//
//	s² = [nₐ² Σ(dᵢ-δ)² + n_b² Σ(dⱼ-δ)² - ΣΣ(dᵢⱼ-δ)²] / (nₐn_b(nₐ-1)(n_b-1)),
//
// summed over i in a with weight n_b, and the asymmetric interval
//
//	(δ - δ³ ± t s √((1-δ²)² + t²s²)) / (1 - δ² + t²s²)
//
// has Student's t on nₐ + n_b - 2 degrees of freedom; at δ = ±1 its inner limit
// is ±(m - t²)/(m + t²), m the smaller group. Feng and Cliff (2004),
// doi:10.22237/jmasm/1099267560; Cliff (1996). R: effsize::cliff.delta. NaN
// with a note when a group has fewer than two values.
func CliffDelta(a, b []float64, conf float64) Estimate {
	a, b = present(a), present(b)
	na, nb := float64(len(a)), float64(len(b))
	if na < 2 || nb < 2 {
		return noEstimate("a group has fewer than two values")
	}
	da, ties := dominance(a, b)
	db, _ := dominance(b, a)
	delta := meanOf(da)
	for j := range db {
		db[j] = -db[j]
	}
	all := na*nb - ties - na*nb*delta*delta // ΣΣ (dᵢⱼ - δ)²
	v := (nb*nb*squaresAround(da, delta) + na*na*squaresAround(db, delta) - all) / (na * nb * (na - 1) * (nb - 1))
	// The unbiased estimate can be negative; Cliff's floor.
	v = max(v, (1-delta*delta)/(na*nb-1))
	t := -studentQuantile((1-conf)/2, na+nb-2)
	e := Estimate{Value: delta, SE: math.Sqrt(v)}
	if m := min(na, nb); math.Abs(delta) == 1 {
		e.SE = 0
		e.Interval = Interval{(m - t*t) / (m + t*t), 1}
		if delta < 0 {
			e.Interval = Interval{-1, -e.Lo}
		}
		return e
	}
	ts := t * e.SE
	q := 1 - delta*delta
	root := ts * math.Sqrt(q*q+ts*ts)
	e.Interval = Interval{(delta*q - root) / (q + ts*ts), (delta*q + root) / (q + ts*ts)}
	return e
}

// dominance returns for each value of a the mean of sign(a - b) over b, and how
// many pairs are tied.
func dominance(a, b []float64) (d []float64, ties float64) {
	s := sortedPresent(b)
	d = make([]float64, len(a))
	for i, v := range a {
		below, through := boundsOf(s, v)
		d[i] = float64(below-(len(s)-through)) / float64(len(s))
		ties += float64(through - below)
	}
	return d, ties
}

// boundsOf returns how many of sorted are below v, and how many are not above.
func boundsOf(sorted []float64, v float64) (below, through int) {
	search := func(least func(x float64) bool) int {
		lo, hi := 0, len(sorted)
		for lo < hi {
			m := (lo + hi) / 2
			if least(sorted[m]) {
				hi = m
			} else {
				lo = m + 1
			}
		}
		return lo
	}
	return search(func(x float64) bool { return x >= v }), search(func(x float64) bool { return x > v })
}
