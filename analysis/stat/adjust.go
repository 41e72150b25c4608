package stat

import (
	"math"
	"slices"
)

// Correction is a way to correct p-values for there being several.
type Correction int

const (
	Bonferroni Correction = iota // m p; family-wise error
	Holm                         // step down, never worse than Bonferroni; family-wise error
	Hochberg                     // step up, for tests independent or positively dependent; family-wise error
	BH                           // Benjamini and Hochberg (1995): false discovery rate, same dependence
	BY                           // Benjamini and Yekutieli (2001): false discovery rate, any dependence
)

// Adjust returns the adjusted p-values, in the order of p. NaN stay NaN and do
// not count among the m tests. It panics on a correction that does not exist.
// R: p.adjust(p, method).
//
// Holm (1979), doi:10.2307/4615733; Hochberg (1988), doi:10.1093/biomet/75.4.800;
// Benjamini and Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x;
// Benjamini and Yekutieli (2001), doi:10.1214/aos/1013699998.
func Adjust(p []float64, c Correction) []float64 {
	var at []int // of the p-values, ascending
	for i, v := range p {
		if !math.IsNaN(v) {
			at = append(at, i)
		}
	}
	slices.SortStableFunc(at, func(i, j int) int {
		switch {
		case p[i] < p[j]:
			return -1
		case p[i] > p[j]:
			return 1
		}
		return 0
	})
	m := len(at)
	factor := adjustFactor(c, m)
	adjusted := filled(len(p), nan)
	switch c {
	case Bonferroni, Holm: // from the smallest: never below the one before
		top := 0.0
		for rank, i := range at {
			v := min(1, factor(rank+1)*p[i])
			if c == Holm {
				top = max(top, v)
				v = top
			}
			adjusted[i] = v
		}
	default: // from the largest: never above the one after
		low := 1.0
		for rank := m; rank >= 1; rank-- {
			i := at[rank-1]
			low = min(low, factor(rank)*p[i])
			adjusted[i] = low
		}
	}
	return adjusted
}

// adjustFactor returns what the p-value of a rank is multiplied by.
func adjustFactor(c Correction, m int) func(rank int) float64 {
	n := float64(m)
	switch c {
	case Bonferroni:
		return func(int) float64 { return n }
	case Holm, Hochberg:
		return func(rank int) float64 { return n - float64(rank) + 1 }
	case BH:
		return func(rank int) float64 { return n / float64(rank) }
	case BY:
		harmonic := 0.0
		for k := 1; k <= m; k++ {
			harmonic += 1 / float64(k)
		}
		return func(rank int) float64 { return harmonic * n / float64(rank) }
	}
	panic("stat: no such correction")
}

// RomanoWolf returns p-values adjusted for family-wise error by resampling,
// which uses how the tests depend on each other and so loses less than Holm.
// stats are the studentised statistics, t = estimate/SE; null[b] holds the same
// statistics of resample b with the null hypothesis imposed, (estimate* -
// estimate)/SE* for a bootstrap or the statistics themselves for permutations.
// Going down from the largest |t|, each p is
//
//	(1 + #{b: max over those not larger of |t*| ≥ |t|}) / (B + 1),
//
// and never below the one before. A NaN statistic has a NaN p and counts
// nowhere; NaN in a resample counts as no exceedance. Romano and Wolf (2016),
// doi:10.1016/j.spl.2016.02.012. R: wildrwolf, Stata: rwolf.
func RomanoWolf(stats []float64, null [][]float64) []float64 {
	var at []int // by falling |t|
	for i, t := range stats {
		if !math.IsNaN(t) {
			at = append(at, i)
		}
	}
	slices.SortStableFunc(at, func(i, j int) int {
		switch a, b := math.Abs(stats[i]), math.Abs(stats[j]); {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	reached := make([]int, len(at))
	for _, resample := range null {
		top := 0.0
		for k := len(at) - 1; k >= 0; k-- {
			if v := math.Abs(resample[at[k]]); v > top {
				top = v
			}
			if top >= math.Abs(stats[at[k]]) {
				reached[k]++
			}
		}
	}
	adjusted, top := filled(len(stats), nan), 0.0
	for k, i := range at {
		top = max(top, float64(1+reached[k])/float64(1+len(null)))
		adjusted[i] = top
	}
	return adjusted
}
