package stat

import (
	"math"
	"slices"
)

// RankP is how the p of a rank test is found.
type RankP int

const (
	// RankDefault is R's choice: exact for fewer than 50 values (in each group)
	// without ties or zeros, else normal with continuity correction.
	RankDefault RankP = iota
	// RankExact is the exact distribution; NaN with a note where there are ties or zeros.
	RankExact
	// RankContinuity is the tie-corrected normal approximation, half a rank nearer to its centre.
	RankContinuity
	// RankNormal is the tie-corrected normal approximation.
	RankNormal
)

// MannWhitney tests that neither of a and b tends to be larger. Stat is U of a,
// the pairs in which a is larger plus half of those tied; U/(nₐn_b) is the
// probability of superiority, 2U/(nₐn_b) - 1 Cliff's δ. NaN are left out. The
// exact test is discrete, and its p is at least nominal; with ties the normal
// one corrects its variance. NaN with a note when a group is empty or all
// values are equal. Mann and Whitney (1947), doi:10.1214/aoms/1177730491.
// R: wilcox.test(a, b).
func MannWhitney(a, b []float64, how RankP) Test {
	a, b = present(a), present(b)
	na, nb := len(a), len(b)
	if na == 0 || nb == 0 {
		return noTest("a group is empty")
	}
	ranks, ties := Ranks(slices.Concat(a, b))
	x, y := float64(na), float64(nb)
	u := -x * (x + 1) / 2
	for _, r := range ranks[:na] {
		u += r
	}
	if how == RankDefault {
		how = RankContinuity
		if ties == nil && na < 50 && nb < 50 {
			how = RankExact
		}
	}
	if how == RankExact {
		if ties != nil {
			return noTest("ties: no exact distribution")
		}
		return exactTwoSided(u, mannWhitneyShares(na, nb))
	}
	n := x + y
	sigma := math.Sqrt(x * y / 12 * (n + 1 - tieSum(ties)/(n*(n-1))))
	return normalRankTest(u, x*y/2, sigma, how)
}

// WilcoxonSigned tests that the differences x - y are symmetric around zero.
// Stat is V, the sum of the ranks of positive differences; differences of zero
// and pairs with NaN are left out. The exact test is discrete, as in
// MannWhitney. NaN with a note when no difference is left. It panics when the
// lengths differ. Wilcoxon (1945), doi:10.2307/3001968.
// R: wilcox.test(x, y, paired = TRUE).
func WilcoxonSigned(x, y []float64, how RankP) Test {
	all := pairDifferences(x, y)
	var d, size []float64
	for _, v := range all {
		if v != 0 {
			d, size = append(d, v), append(size, math.Abs(v))
		}
	}
	if len(d) == 0 {
		return noTest("no pair differs")
	}
	ranks, ties := Ranks(size)
	v := 0.0
	for i, r := range ranks {
		if d[i] > 0 {
			v += r
		}
	}
	whole := ties == nil && len(d) == len(all)
	if how == RankDefault {
		how = RankContinuity
		if whole && len(d) < 50 {
			how = RankExact
		}
	}
	if how == RankExact {
		if !whole {
			return noTest("ties or differences of zero: no exact distribution")
		}
		return exactTwoSided(v, signedRankShares(len(d)))
	}
	n := float64(len(d))
	sigma := math.Sqrt(n*(n+1)*(2*n+1)/24 - tieSum(ties)/48)
	return normalRankTest(v, n*(n+1)/4, sigma, how)
}

// normalRankTest returns the normal test of a rank statistic; Stat stays the
// statistic itself.
func normalRankTest(stat, mean, sigma float64, how RankP) Test {
	if !(sigma > 0) {
		return noTest("all values are equal")
	}
	z := stat - mean
	if how == RankContinuity && z != 0 {
		z -= math.Copysign(0.5, z)
	}
	return Test{Stat: stat, DF: nan, DF2: nan, P: normalTail2(z / sigma)}
}

// exactTwoSided returns twice the smaller tail of a distribution over 0, 1, ...
// that is symmetric around its middle.
func exactTwoSided(stat float64, share []float64) Test {
	s := int(math.Round(stat))
	tail := 0.0
	for _, v := range share[:min(s, len(share)-1-s)+1] {
		tail += v
	}
	return Test{Stat: stat, DF: nan, DF2: nan, P: min(1, 2*tail)}
}

// mannWhitneyShares returns the probability of each U of a values among a + b.
func mannWhitneyShares(a, b int) []float64 {
	// ways[k][u]: choices of k of the first values whose U is u, as shares of all.
	ways := make([][]float64, a+1)
	for k := range ways {
		ways[k] = make([]float64, a*b+1)
	}
	ways[0][0] = 1
	for value := range a + b {
		for k := min(a, value+1); k >= 1; k-- {
			// The value is the k-th of a: value - k + 1 of b are below it.
			below := value - k + 1
			if below < 0 || below > b {
				continue
			}
			for u := below; u <= k*b; u++ {
				ways[k][u] += ways[k-1][u-below]
			}
		}
	}
	return normalised(ways[a])
}

// signedRankShares returns the probability of each V of n ranks.
func signedRankShares(n int) []float64 {
	share := []float64{1}
	for r := 1; r <= n; r++ {
		next := make([]float64, len(share)+r)
		for v, s := range share {
			next[v] += s / 2
			next[v+r] += s / 2
		}
		share = next
	}
	return share
}

// normalised divides x by its sum, in place.
func normalised(x []float64) []float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	for i := range x {
		x[i] /= s
	}
	return x
}
