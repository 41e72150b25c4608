package stat

import (
	"encoding/binary"
	"math"
	"slices"
)

// Structures counts the distinct answer tuples. Each tuple holds one
// respondent's answers as codes, all of the same length. It returns how often
// each distinct tuple occurs, most frequent first: len of it is the number of
// unique structures. Tuples with a missing answer are the caller's to leave out.
//
// The number alone rewards noise and grows with the sample: compare groups by
// Rarefy at equal n. R: sort(table(apply(tuples, 1, paste, collapse = "-")),
// decreasing = TRUE).
func Structures(tuples [][]int) []int {
	seen := make(map[string]int)
	var key []byte
	for _, t := range tuples {
		key = key[:0]
		for _, v := range t {
			key = binary.AppendVarint(key, int64(v))
		}
		seen[string(key)]++
	}
	counts := make([]int, 0, len(seen))
	for _, n := range seen {
		counts = append(counts, n)
	}
	slices.SortFunc(counts, func(a, b int) int { return b - a })
	return counts
}

// Rarefy returns the number of distinct structures expected among n
// respondents drawn without replacement from the N = Σ counts,
//
//	E_n = Σ_s [1 - C(N-N_s, n)/C(N, n)],
//
// by differences of log gamma, so that it is exact to rounding for any size.
// It is len(counts) at n = N and NaN for n > N, n < 0 or a negative count.
// Hurlbert (1971), doi:10.2307/1934145. R: vegan::rarefy(counts, n).
func Rarefy(counts []int, n int) float64 {
	total := 0
	for _, c := range counts {
		if c < 0 {
			return math.NaN()
		}
		total += c
	}
	if n < 0 || n > total {
		return math.NaN()
	}
	e, last, drawn := 0.0, -1, 0.0 // most structures are had by as many as the one before
	for _, c := range counts {
		if c != last {
			last, drawn = c, -math.Expm1(logNoneDrawn(total, c, n))
		}
		e += drawn
	}
	return e
}

// logNoneDrawn returns ln[C(total-c, n)/C(total, n)], the log of the probability
// that none of c is among n drawn out of total; -Inf when one must be.
func logNoneDrawn(total, c, n int) float64 {
	if total-c < n {
		return math.Inf(-1)
	}
	// Π_{i<c} (total-n-i)/(total-i): short products are summed as they are,
	// which keeps every digit; log gamma differences serve long ones.
	if c <= 64 {
		s := 0.0
		for i := range c {
			s += math.Log1p(-float64(n) / float64(total-i))
		}
		return s
	}
	lg := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	return lg(total-c) - lg(total-c-n) - lg(total) + lg(total-n)
}
