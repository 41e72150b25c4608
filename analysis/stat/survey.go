package stat

import (
	"fmt"
	"math"
)

// survey returns the design-based covariance of a model whose weights are
// inverse chances of selection: clusters are the primary sampling units, none
// for the rows themselves, and the strata, none for one.
func (r *Regression) survey(clusters [][]int) (*Covariance, error) {
	if len(clusters) > 2 {
		return nil, fmt.Errorf("standard errors of type survey have sampling units and strata; %d lists given", len(clusters))
	}
	c := &Covariance{Type: "survey", DF: make([]float64, len(r.Names))}
	if r.ls == nil || r.ls.root == nil {
		c.V = nanMatrix(len(r.Names))
		return c.WithDF(nan), nil
	}
	units := make([]int, len(r.score))
	for i := range units {
		units[i] = i
		if len(clusters) > 0 {
			units[i] = clusters[0][i]
		}
	}
	strata := make([]int, len(r.score))
	if len(clusters) == 2 {
		strata = clusters[1]
		units = bothWays(units, strata)
	}
	n := r.Rank
	count := 0
	for _, u := range units {
		count = max(count, u+1)
	}
	sums := make([]float64, count*n)
	r.scatter(units, func(i int) float64 { return r.score[i] }, sums)
	stratum, sampled := make([]int, count), make([]bool, count)
	for u := range stratum {
		stratum[u] = -1
	}
	for i, u := range units {
		stratum[u] = strata[i]
		sampled[u] = sampled[u] || r.info[i] > 0
	}
	meat, df := c.withinStrata(sums, stratum, sampled, n)
	c.V = r.spread(r.inward(meat), 1)
	return c.WithDF(df + 1 - float64(n)), nil
}

// withinStrata returns Σ_h G_h/(G_h-1) Σ (u - ū_h)(u - ū_h)ᵀ and the number of
// units with a positive weight less that of strata with any.
func (c *Covariance) withinStrata(sums []float64, stratum []int, sampled []bool, n int) (meat []float64, df float64) {
	strata := 0
	for _, h := range stratum {
		strata = max(strata, h+1)
	}
	size, used := make([]float64, strata), make([]float64, strata)
	mean := make([]float64, strata*n)
	for u, h := range stratum {
		if h < 0 {
			continue
		}
		size[h]++
		if sampled[u] {
			used[h]++
		}
		for a, v := range sums[u*n : (u+1)*n] {
			mean[h*n+a] += v
		}
	}
	for h, s := range size {
		c.Groups = append(c.Groups, int(s))
		df += max(0, used[h]-1)
		if s == 1 {
			c.Warnings = append(c.Warnings, fmt.Sprintf("stratum %d has a single sampling unit, so that its part of the variance is not known", h+1))
		}
	}
	meat = make([]float64, n*n)
	off := make([]float64, n)
	for u, h := range stratum {
		if h < 0 {
			continue
		}
		factor := math.Sqrt(size[h] / (size[h] - 1))
		if size[h] == 1 {
			factor = nan
		}
		for a, v := range sums[u*n : (u+1)*n] {
			off[a] = factor * (v - mean[h*n+a]/size[h])
		}
		addCrossProducts(meat, off, nil, n)
	}
	symmetrise(meat, n)
	return meat, df
}
