package stat

import (
	"math"
	"slices"
)

// present returns x without NaN: x itself when there is none.
func present(x []float64) []float64 {
	for i, v := range x {
		if math.IsNaN(v) {
			p := slices.Clone(x[:i])
			for _, w := range x[i+1:] {
				if !math.IsNaN(w) {
					p = append(p, w)
				}
			}
			return p
		}
	}
	return x
}

// presentPairs returns the pairs of which neither is NaN. It panics when the
// lengths differ.
func presentPairs(x, y []float64) (a, b []float64) {
	if len(x) != len(y) {
		panic("stat: pairs of slices of two lengths")
	}
	for i := range x {
		if math.IsNaN(x[i]) || math.IsNaN(y[i]) {
			continue
		}
		a, b = append(a, x[i]), append(b, y[i])
	}
	return a, b
}

// presentRows returns the rows that hold no NaN.
func presentRows(rows [][]float64) [][]float64 {
	var kept [][]float64
	for _, r := range rows {
		if !slices.ContainsFunc(r, math.IsNaN) {
			kept = append(kept, r)
		}
	}
	return kept
}

// meanOf returns the mean, summed around the first value and corrected once,
// as R's mean is; NaN of nothing.
func meanOf(x []float64) float64 {
	if len(x) == 0 {
		return nan
	}
	n, s := float64(len(x)), 0.0
	for _, v := range x {
		s += v
	}
	m := s / n
	s = 0
	for _, v := range x {
		s += v - m
	}
	return m + s/n
}

// squaresAround returns Σ (x - m)².
func squaresAround(x []float64, m float64) float64 {
	s := 0.0
	for _, v := range x {
		s += (v - m) * (v - m)
	}
	return s
}

// varianceOf returns the mean and the variance with divisor n - 1, NaN of
// fewer than two values. A sample of one value repeated has variance 0 exactly.
func varianceOf(x []float64) (mean, variance float64) {
	mean = meanOf(x)
	if len(x) < 2 {
		return mean, nan
	}
	if constant(x) {
		return x[0], 0
	}
	return mean, squaresAround(x, mean) / float64(len(x)-1)
}

// constant says whether all values are equal.
func constant(x []float64) bool {
	for _, v := range x {
		if v != x[0] {
			return false
		}
	}
	return true
}

// medianOf returns the middle of x, the mean of the two middle values when
// there are two, and NaN when x is empty. x is not changed.
func medianOf(x []float64) float64 { return ascending(sortedPresent(x)).quantile(0.5, Type7) }

// Ranks returns the rank of each value, from 1; equal values share the mean of
// their ranks. ties holds how many values share each value that is shared. It
// is R's rank(x). x must hold no NaN.
func Ranks(x []float64) (ranks []float64, ties []int) {
	at := make([]int, len(x))
	for i := range at {
		at[i] = i
	}
	slices.SortFunc(at, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	ranks = make([]float64, len(x))
	for i := 0; i < len(at); {
		j := i + 1
		for j < len(at) && x[at[j]] == x[at[i]] {
			j++
		}
		for _, k := range at[i:j] {
			ranks[k] = float64(i+1+j) / 2
		}
		if j-i > 1 {
			ties = append(ties, j-i)
		}
		i = j
	}
	return ranks, ties
}

// tieSum returns Σ (t³ - t) over groups of t equal values.
func tieSum(ties []int) float64 {
	s := 0.0
	for _, t := range ties {
		v := float64(t)
		s += v * (v*v - 1)
	}
	return s
}
