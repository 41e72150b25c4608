package stat

import (
	"context"
	"math/rand/v2"
)

// Rows resamples whole people with replacement and returns k statistics of the
// resampled rows, as k vectors of length B: the bootstrap of anything. rows[i]
// are the rows of person i (of cluster i where the unit is the cluster); nil
// stands for one row a person. stat fills out from the row numbers, in which a
// person drawn twice occurs twice, and may be called from several goroutines;
// the numbers are its own until it returns.
func (r Resampling) Rows(ctx context.Context, people People, rows [][]int, k int, stat func(rows []int, out []float64)) ([][]float64, error) {
	if rows == nil {
		rows = make([][]int, people.N)
		for i := range rows {
			rows[i] = []int{i}
		}
	}
	return r.Run(ctx, k, func() func(int, *rand.Rand, []float64) {
		drawer := people.Drawer()
		var drawn []int
		return func(_ int, rng *rand.Rand, out []float64) {
			drawn = drawer.Rows(rng, rows, drawn)
			stat(drawn, out)
		}
	})
}

// ByCluster returns the rows of each cluster, clusters in the order in which
// their codes 0, 1, ... run. A negative code is in no cluster.
func ByCluster(code []int) [][]int {
	var rows [][]int
	for i, c := range code {
		for c >= len(rows) {
			rows = append(rows, nil)
		}
		if c >= 0 {
			rows[c] = append(rows[c], i)
		}
	}
	return rows
}
