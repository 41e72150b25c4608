package stat

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Scale is the reliability of the sum of k items.
type Scale struct {
	N, K         int     // complete rows, items
	Alpha        float64 // Cronbach's α
	Standardised float64 // α of the items divided by their standard deviations
	MeanR        float64 // mean correlation between items
	Interval             // of α, Feldt

	AlphaWithout []float64 // α when an item is left out; NaN of fewer than three items
	ItemRest     []float64 // correlation of an item with the sum of the others

	Note string // why numbers are NaN; "" when there is nothing to say
}

// CronbachAlpha returns the reliability of a scale. rows holds one row a
// respondent and one column an item, items already turned to one direction
// (ReverseItem); rows with NaN are left out. With C the covariances of items,
//
//	α = k/(k-1) (1 - tr C / Σ C).
//
// The interval is Feldt's (1965), doi:10.1007/BF02289499,
// 1 - (1-α) F with quantiles of F on n-1 and (n-1)(k-1) degrees of freedom; it
// assumes normal items of equal covariance. NaN with a note for fewer than two
// items or rows, or when the sum does not vary; an item that does not vary
// makes Standardised, MeanR and its ItemRest NaN. Cronbach (1951),
// doi:10.1007/BF02310555. R: psych::alpha.
func CronbachAlpha(rows [][]float64, conf float64) Scale {
	rows = presentRows(rows)
	s := Scale{N: len(rows), Alpha: nan, Standardised: nan, MeanR: nan, Interval: noInterval}
	if s.N > 0 {
		s.K = len(rows[0])
	}
	s.AlphaWithout, s.ItemRest = filled(s.K, nan), filled(s.K, nan)
	if s.N < 2 || s.K < 2 {
		s.Note = "fewer than two complete respondents or two items"
		return s
	}
	c := covariances(rows)
	all := make([]bool, s.K)
	s.Alpha = alphaOf(c, all)
	if math.IsNaN(s.Alpha) {
		s.Note = "the sum of the items does not vary"
		return s
	}
	f1, f2 := float64(s.N-1), float64(s.N-1)*float64(s.K-1)
	s.Lo = 1 - (1-s.Alpha)*fQuantile((1+conf)/2, f1, f2)
	s.Hi = 1 - (1-s.Alpha)*fQuantile((1-conf)/2, f1, f2)

	k := float64(s.K)
	s.MeanR = 0
	for i := range s.K {
		for j := range i {
			s.MeanR += c.At(i, j) / math.Sqrt(c.At(i, i)*c.At(j, j)) / (k * (k - 1) / 2)
		}
	}
	s.Standardised = k * s.MeanR / (1 + (k-1)*s.MeanR)
	for i := range s.K {
		all[i] = true
		s.AlphaWithout[i] = alphaOf(c, all)
		all[i] = false
		var own, rest float64 // covariance with the others' sum, its variance
		for j := range s.K {
			if j != i {
				own += c.At(i, j)
				for l := range s.K {
					if l != i {
						rest += c.At(j, l)
					}
				}
			}
		}
		s.ItemRest[i] = own / math.Sqrt(c.At(i, i)*rest)
	}
	return s
}

// ReverseItem returns x turned round on a scale from lo to hi: lo + hi - x. R:
// psych::reverse.code.
func ReverseItem(x []float64, lo, hi float64) []float64 {
	r := make([]float64, len(x))
	for i, v := range x {
		r[i] = lo + hi - v
	}
	return r
}

// alphaOf returns α of the items that are not left out.
func alphaOf(c *mat.SymDense, left []bool) float64 {
	var k, trace, sum float64
	for i := range left {
		if left[i] {
			continue
		}
		k++
		trace += c.At(i, i)
		for j := range left {
			if !left[j] {
				sum += c.At(i, j)
			}
		}
	}
	if k < 2 || !(sum > 1e-14*trace) {
		return nan
	}
	return k / (k - 1) * (1 - trace/sum)
}

// covariances returns the covariances of columns, divisor n - 1.
func covariances(rows [][]float64) *mat.SymDense {
	n, k := len(rows), len(rows[0])
	cols := make([][]float64, k)
	for j := range cols {
		cols[j] = make([]float64, n)
		for i := range rows {
			cols[j][i] = rows[i][j]
		}
		m := meanOf(cols[j])
		if constant(cols[j]) {
			m = cols[j][0]
		}
		for i := range cols[j] {
			cols[j][i] -= m
		}
	}
	c := mat.NewSymDense(k, nil)
	for i := range k {
		for j := range i + 1 {
			s := 0.0
			for r := range n {
				s += cols[i][r] * cols[j][r]
			}
			c.SetSym(i, j, s/float64(n-1))
		}
	}
	return c
}

// filled returns n times v.
func filled(n int, v float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = v
	}
	return x
}
