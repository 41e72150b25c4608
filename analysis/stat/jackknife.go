package stat

import (
	"context"
	"math"
	"math/rand/v2"
)

// Jackknife returns a statistic with each of n units left out, in their order.
// stat may be called from several goroutines. R:
// bootstrap::jackknife()$jack.values. Quenouille (1956),
// doi:10.1093/biomet/43.3-4.353.
func Jackknife(ctx context.Context, n, workers int, stat func(leave int) float64) ([]float64, error) {
	r := Resampling{B: n, Workers: workers}
	reps, err := r.Run(ctx, 1, func() func(int, *rand.Rand, []float64) {
		return func(b int, _ *rand.Rand, out []float64) { out[0] = stat(b) }
	})
	return reps[0], err
}

// JackknifeSE returns the standard error √((n-1)/n Σ (t₍ᵢ₎ - mean)²) and the bias
// (n-1)(mean - estimate) that the statistics with one unit left out tell of.
// NaN with fewer than two. R: bootstrap::jackknife.
func JackknifeSE(estimate float64, left []float64) (se, bias float64) {
	n := float64(len(left))
	if n < 2 {
		return math.NaN(), math.NaN()
	}
	m, s := meanOf(left), 0.0
	for _, v := range left {
		s += (v - m) * (v - m)
	}
	return math.Sqrt((n - 1) / n * s), (n - 1) * (m - estimate)
}
