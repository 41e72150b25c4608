package stat

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
)

// Counts resamples groups of independent answers by their counts: every group
// is drawn anew from a multinomial with its own size and shares, independently
// of the others. That is the distribution which resampling rows has, where a
// respondent has one row and no group is paired with another, and costs as many
// draws as there are categories instead of one a row. It returns k statistics
// as k vectors of length B. stat fills out and may be called from several
// goroutines; the counts are its own until it returns. A count that is negative
// or not whole is an error.
func (r Resampling) Counts(ctx context.Context, groups [][]float64, k int, stat func(groups [][]float64, out []float64)) ([][]float64, error) {
	for g, counts := range groups {
		for c, n := range counts {
			if !(n >= 0) || n != math.Floor(n) || math.IsInf(n, 1) {
				return nil, fmt.Errorf("resample counts of group %d: category %d has %v, which is no count; resample people instead", g, c, n)
			}
		}
	}
	return r.Run(ctx, k, func() func(int, *rand.Rand, []float64) {
		drawn := make([][]float64, len(groups))
		for g := range groups {
			drawn[g] = make([]float64, len(groups[g]))
		}
		return func(_ int, rng *rand.Rand, out []float64) {
			for g, counts := range groups {
				DrawCounts(rng, counts, drawn[g])
			}
			stat(drawn, out)
		}
	})
}

// DrawCounts sets dst to a multinomial draw of as many answers as counts has,
// from its shares: one binomial a category, of what the ones before have left.
// Counts are whole numbers. R: rmultinom(1, sum(counts), counts).
func DrawCounts(rng *rand.Rand, counts, dst []float64) {
	mass := 0.0 // counts of the categories to come
	for _, n := range counts {
		mass += n
	}
	left := mass // answers to give out
	for c, n := range counts {
		switch {
		case left == 0 || n == 0:
			dst[c] = 0
		case n == mass:
			dst[c] = left
		default:
			dst[c] = DrawBinomial(rng, left, n/mass)
		}
		left -= dst[c]
		mass -= n
	}
}
