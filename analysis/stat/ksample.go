package stat

import (
	"math"
	"slices"
)

// OneWay is an analysis of variance of k groups.
type OneWay struct {
	Test                        // F on k - 1 and n - k degrees of freedom
	SSBetween, SSWithin float64 // sums of squares
	Eta2                float64 // SSBetween/(SSBetween + SSWithin), biased upwards
	Omega2              float64 // (SSBetween - df₁ MSW)/(total + MSW), nearly unbiased and negative at times
	// Share is the interval of the share of variance between groups that η² and
	// ω² both estimate, λ/(λ + n) with the noncentrality λ of F: Steiger (2004),
	// doi:10.1037/1082-989X.9.2.164.
	Share Interval
}

// samples leaves out NaN and empty groups.
func samples(groups [][]float64) [][]float64 {
	var g [][]float64
	for _, x := range groups {
		if x = present(x); len(x) > 0 {
			g = append(g, x)
		}
	}
	return g
}

// oneWaySums returns the sums of squares between and within groups.
func oneWaySums(groups [][]float64) (n, between, within float64) {
	all := slices.Concat(groups...)
	m := meanOf(all)
	for _, x := range groups {
		k := float64(len(x))
		mg, v := varianceOf(x)
		n += k
		between += k * (mg - m) * (mg - m)
		if k > 1 {
			within += v * (k - 1)
		}
	}
	if constant(all) {
		between = 0
	}
	return n, between, within
}

// ANOVAOneWay tests that all groups have one mean when they have one variance.
// NaN are left out, and groups without values. NaN with a note for fewer than
// two groups, no more values than groups, or no variance within groups (F would
// be infinite). R: anova(lm(x ~ g)), effectsize::eta_squared, omega_squared.
func ANOVAOneWay(groups [][]float64, conf float64) OneWay {
	g := samples(groups)
	k := float64(len(g))
	n, between, within := oneWaySums(g)
	o := OneWay{SSBetween: between, SSWithin: within, Eta2: nan, Omega2: nan, Share: noInterval}
	switch {
	case k < 2:
		o.Test = noTest("fewer than two groups with values")
		return o
	case n <= k:
		o.Test = noTest("no group has two values")
		return o
	case within == 0:
		o.Test = noTest("no variance within groups")
		return o
	}
	df1, df2 := k-1, n-k
	msw := within / df2
	o.Test = fTest(between/df1/msw, df1, df2)
	o.Eta2 = between / (between + within)
	o.Omega2 = (between - df1*msw) / (between + within + msw)
	o.Share = varianceShare(o.Stat, df1, df2, conf)
	return o
}

// varianceShare returns the interval λ/(λ + df₁ + df₂ + 1) of an F statistic.
func varianceShare(f, df1, df2, conf float64) Interval {
	share := func(p float64) float64 {
		l := noncentralityOf(p, func(l float64) float64 { return noncentralF(f, df1, df2, l) })
		return l / (l + df1 + df2 + 1)
	}
	return Interval{share((1 + conf) / 2), share((1 - conf) / 2)}
}

// WelchANOVA tests that all groups have one mean without supposing one
// variance. NaN are left out. NaN with a note for fewer than two groups, or a
// group of one value or without variance, because each is weighted by n/s².
// Welch (1951), doi:10.1093/biomet/38.3-4.330. R: oneway.test(x ~ g).
func WelchANOVA(groups [][]float64) Test {
	g := samples(groups)
	if len(g) < 2 {
		return noTest("fewer than two groups with values")
	}
	k := float64(len(g))
	means, weights := make([]float64, len(g)), make([]float64, len(g))
	var sum, centre float64
	for i, x := range g {
		m, v := varianceOf(x)
		if !(v > 0) {
			return noTest("a group has one value or no variance")
		}
		means[i], weights[i] = m, float64(len(x))/v
		sum += weights[i]
		centre += weights[i] * m
	}
	centre /= sum
	var rest, f float64
	for i, w := range weights {
		rest += (1 - w/sum) * (1 - w/sum) / (float64(len(g[i])) - 1)
		f += w * (means[i] - centre) * (means[i] - centre)
	}
	rest /= k*k - 1
	return fTest(f/((k-1)*(1+2*(k-2)*rest)), k-1, 1/(3*rest))
}

// Levene tests that all groups have one variance, by the analysis of variance
// of |x - mean of its group|. It rejects too often for skewed data, where
// BrownForsythe does not. Edge cases are those of ANOVAOneWay. Levene (1960).
// R: car::leveneTest(center = mean).
func Levene(groups [][]float64) Test { return spreadTest(groups, meanOf) }

// BrownForsythe is Levene around the medians: Brown and Forsythe (1974),
// doi:10.1080/01621459.1974.10482955. R: car::leveneTest(center = median).
func BrownForsythe(groups [][]float64) Test { return spreadTest(groups, medianOf) }

func spreadTest(groups [][]float64, centre func([]float64) float64) Test {
	var off [][]float64
	for _, x := range samples(groups) {
		c := centre(x)
		d := make([]float64, len(x))
		for i, v := range x {
			d[i] = math.Abs(v - c)
		}
		off = append(off, d)
	}
	k := float64(len(off))
	n, between, within := oneWaySums(off)
	switch {
	case k < 2:
		return noTest("fewer than two groups with values")
	case n <= k:
		return noTest("no group has two values")
	case within == 0:
		return noTest("no variance within groups")
	}
	return fTest(between/(k-1)/(within/(n-k)), k-1, n-k)
}

// KruskalWallis tests that no group tends to larger values than another, by
// the tie-corrected H on k - 1 degrees of freedom; its p is a chi-squared
// approximation, too large for a few values a group. ε² = H/(n-1) is its effect
// size. NaN are left out. NaN with a note for fewer than two groups or when all
// values are equal. Kruskal and Wallis (1952), doi:10.1080/01621459.1952.10483441.
// R: kruskal.test, effectsize::rank_epsilon_squared.
func KruskalWallis(groups [][]float64) (h Test, epsilon2 float64) {
	g := samples(groups)
	if len(g) < 2 {
		return noTest("fewer than two groups with values"), nan
	}
	all := slices.Concat(g...)
	if constant(all) {
		return noTest("all values are equal"), nan
	}
	ranks, ties := Ranks(all)
	n := float64(len(all))
	s, at := 0.0, 0
	for _, x := range g {
		sum := 0.0
		for range x {
			sum += ranks[at] - (n+1)/2
			at++
		}
		s += sum * sum / float64(len(x))
	}
	stat := 12 * s / (n * (n + 1)) / (1 - tieSum(ties)/(n*n*n-n))
	return chiSquaredTest(stat, float64(len(g)-1)), stat / (n - 1)
}

// VarianceRatio is F = s²ₐ/s²_b with its test that it is 1 and its interval.
type VarianceRatio struct {
	Test // Stat is the ratio; DF = nₐ - 1, DF2 = n_b - 1
	Interval
}

// CompareVariances returns the ratio of the variances of a and b, NaN left out.
// Test and interval suppose normal data and are badly wrong for others:
// BrownForsythe tests without. NaN with a note when a group has fewer than two
// values or either does not vary. R: var.test(a, b).
func CompareVariances(a, b []float64, conf float64) VarianceRatio {
	g := newTwoGroups(a, b)
	if !(g.na > 1 && g.nb > 1 && g.va > 0 && g.vb > 0) {
		return VarianceRatio{noTest("a group has fewer than two values or no variance"), noInterval}
	}
	df1, df2 := g.na-1, g.nb-1
	v := VarianceRatio{Test: fTest(g.va/g.vb, df1, df2)}
	v.P = min(1, 2*min(v.P, fTail(1/v.Stat, df2, df1)))
	v.Interval = Interval{v.Stat / fQuantile((1+conf)/2, df1, df2), v.Stat / fQuantile((1-conf)/2, df1, df2)}
	return v
}
