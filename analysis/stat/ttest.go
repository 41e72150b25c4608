package stat

import "math"

// MeanDifference is a mean, or a difference of means, with its test and
// interval.
type MeanDifference struct {
	Difference float64 // what is tested: mean - μ, mean of x - y, mean of a - mean of b
	SE         float64
	Test       // Student's t on DF degrees of freedom
	Interval   // of Difference, plus μ for one sample
}

// differenceTest returns the t test of a difference.
func differenceTest(d, se, df, centre, conf float64) MeanDifference {
	m := MeanDifference{Difference: d, SE: se, Test: studentTest(d/se, df)}
	m.Interval = around(centre, -studentQuantile((1-conf)/2, df)*se)
	return m
}

// noDifference is a difference that cannot be tested, and why.
func noDifference(d float64, why string) MeanDifference {
	return MeanDifference{Difference: d, SE: nan, Test: noTest("%s", why), Interval: noInterval}
}

// negligible says whether a standard error is rounding alone: R's rule for
// data that are "essentially constant".
func negligible(se float64, means ...float64) bool {
	top := 0.0
	for _, m := range means {
		top = max(top, math.Abs(m))
	}
	return !(se > 10*0x1p-52*top) || se == 0
}

// OneSampleT tests that the mean of the values of x that are not NaN is mu:
// t = (x̄ - μ)/(s/√n) on n - 1 degrees of freedom. The interval is that of the
// mean. NaN with a note for fewer than two values or no variance.
// R: t.test(x, mu = mu).
func OneSampleT(x []float64, mu, conf float64) MeanDifference {
	x = present(x)
	n := float64(len(x))
	m, v := varianceOf(x)
	se := math.Sqrt(v / n)
	switch {
	case n < 2:
		return noDifference(m-mu, "fewer than two values")
	case negligible(se, m):
		return noDifference(m-mu, "the values do not vary")
	}
	return differenceTest(m-mu, se, n-1, m, conf)
}

// PairedT tests that the mean of x - y is zero, over the pairs without NaN:
// OneSampleT of the differences. It panics when the lengths differ.
// R: t.test(x, y, paired = TRUE).
func PairedT(x, y []float64, conf float64) MeanDifference {
	return OneSampleT(pairDifferences(x, y), 0, conf)
}

// pairDifferences returns x - y of the pairs without NaN.
func pairDifferences(x, y []float64) []float64 {
	a, b := presentPairs(x, y)
	for i := range a {
		a[i] -= b[i]
	}
	return a
}

// WelchT tests that a and b have one mean without supposing one variance,
//
//	t = (ā - b̄)/√(s²ₐ/nₐ + s²_b/n_b),
//
// with the degrees of freedom of Welch and Satterthwaite. NaN are left out. NaN
// with a note when a group has fewer than two values or neither varies. Welch
// (1947), doi:10.1093/biomet/34.1-2.28. R: t.test(a, b).
func WelchT(a, b []float64, conf float64) MeanDifference {
	g := newTwoGroups(a, b)
	va, vb := g.va/g.na, g.vb/g.nb
	se := math.Sqrt(va + vb)
	if why := g.trouble(se); why != "" {
		return noDifference(g.ma-g.mb, why)
	}
	df := (va + vb) * (va + vb) / (va*va/(g.na-1) + vb*vb/(g.nb-1))
	return differenceTest(g.ma-g.mb, se, df, g.ma-g.mb, conf)
}

// PooledT tests that a and b have one mean when they have one variance, s_p²,
// on nₐ + n_b - 2 degrees of freedom. Where variances and sizes differ it
// rejects too often or too rarely: WelchT does not. Edge cases are WelchT's.
// R: t.test(a, b, var.equal = TRUE).
func PooledT(a, b []float64, conf float64) MeanDifference {
	g := newTwoGroups(a, b)
	se := g.pooledSD() * math.Sqrt(1/g.na+1/g.nb)
	if why := g.trouble(se); why != "" {
		return noDifference(g.ma-g.mb, why)
	}
	return differenceTest(g.ma-g.mb, se, g.na+g.nb-2, g.ma-g.mb, conf)
}

// twoGroups holds sizes, means and variances of two groups without NaN.
type twoGroups struct {
	a, b           []float64
	na, nb, ma, mb float64
	va, vb         float64
}

func newTwoGroups(a, b []float64) twoGroups {
	g := twoGroups{a: present(a), b: present(b)}
	g.na, g.nb = float64(len(g.a)), float64(len(g.b))
	g.ma, g.va = varianceOf(g.a)
	g.mb, g.vb = varianceOf(g.b)
	return g
}

// pooledSD returns the root of the variance within groups.
func (g twoGroups) pooledSD() float64 {
	return math.Sqrt(((g.na-1)*g.va + (g.nb-1)*g.vb) / (g.na + g.nb - 2))
}

// trouble says why means with the standard error se cannot be compared, "" when
// they can.
func (g twoGroups) trouble(se float64) string {
	switch {
	case g.na < 2 || g.nb < 2:
		return "a group has fewer than two values"
	case negligible(se, g.ma, g.mb):
		return "neither group varies"
	}
	return ""
}

// Equivalence is two one-sided tests (TOST) that an estimate is inside bounds:
// P is the larger of the p of "not below lo" and of "not above hi", and Stat
// the t that belongs to it, on df degrees of freedom (+Inf for normal). P < α
// exactly when the interval of confidence 1 - 2α is inside the bounds. One
// standard error of zero or bounds in the wrong order give NaN with a note.
// Schuirmann (1987), doi:10.1007/BF01068419. R: TOSTER::tsum_TOST.
func Equivalence(estimate, se, df, lo, hi float64) Test {
	if !(se > 0) || !(lo < hi) {
		return noTest("equivalence of an estimate with standard error %v inside %v to %v", se, lo, hi)
	}
	above, below := (estimate-lo)/se, (estimate-hi)/se
	t := Test{Stat: above, DF: df, DF2: nan, P: studentTail(above, df)}
	if p := studentTail(-below, df); p > t.P {
		t.Stat, t.P = below, p
	}
	return t
}
