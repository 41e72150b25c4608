package stat

import (
	"math"
	"slices"
)

// Scores of predicted probabilities against what happened. p holds a vector of
// probabilities a row, each divided by its sum; y the category that occurred,
// negative where it is missing, which leaves the row out. Scores are means over
// rows and NaN when there is none; smaller is better.

// LogScore returns the mean negative log probability of what happened in bits an
// answer, +Inf when something happened that was called impossible. Proper:
// Good (1952). R: -mean(log2(p[cbind(seq_along(y), y)])).
func LogScore(p [][]float64, y []int) float64 {
	return meanScore(p, y, func(p []float64, y int) float64 {
		return max(0, -math.Log2(p[y])) // -log₂ 1 is -0
	})
}

// Brier returns the mean of Σ_c (p_c - 1{y = c})², between 0 and 2 (Brier's own
// form: half of it is often given for two categories). R: mean(rowSums((p -
// outer(y, 1:k, "=="))^2)). Brier (1950), Monthly Weather Review 78, 1-3.
func Brier(p [][]float64, y []int) float64 {
	return meanScore(p, y, func(p []float64, y int) float64 {
		s := 0.0
		for c, v := range p {
			if c == y {
				v--
			}
			s += v * v
		}
		return s
	})
}

// RankedScore returns the mean continuous ranked probability score of
// predictions over categories with ascending scores x,
//
//	∫ (F(t) - 1{y ≤ t})² dt,
//
// in scale points: the absolute error when the prediction is certain. With x =
// 0, 1, 2, ... it is the ranked probability score. R: scoringRules::crps_sample
// over the categories as a weighted sample. Gneiting & Raftery (2007),
// doi:10.1198/016214506000001437.
func RankedScore(x []float64, p [][]float64, y []int) float64 {
	return meanScore(p, y, func(p []float64, y int) float64 {
		s, f := 0.0, 0.0
		for k := range p[1:] {
			f += p[k]
			d := f
			if k >= y {
				d--
			}
			s += d * d * (x[k+1] - x[k])
		}
		return s
	})
}

// CRPS returns the continuous ranked probability score of draws as the
// prediction of one number y,
//
//	E|X - y| - ½ E|X - X'|
//
// over the empirical distribution of the draws, in the unit of y. NaN without
// draws. Gneiting and Raftery (2007), doi:10.1198/016214506000001437. R:
// scoringRules::crps_sample(y, dat, method = "edf").
func CRPS(draws []float64, y float64) float64 {
	x := sortedPresent(draws)
	n, s := float64(len(x)), 0.0
	for i, v := range x {
		s += math.Abs(v-y)/n - v*(2*float64(i)+1-n)/(n*n)
	}
	if len(x) == 0 || math.IsNaN(y) {
		return math.NaN()
	}
	return s
}

// CalibrationBin is the rows whose confidence is in one bin.
type CalibrationBin struct {
	N                    int
	Confidence, Accuracy float64 // means over its rows
}

// Calibration returns the expected calibration error of the most probable
// category,
//
//	Σ_b n_b/n |accuracy_b - confidence_b|,
//
// over equally wide bins of the confidence (upper limits belong to a bin), and
// the bins that have rows, ascending. Ties go to the first category. The number
// depends on how many bins there are: state it. Guo et al. (2017),
// arXiv:1706.04599.
func Calibration(p [][]float64, y []int, bins int) (float64, []CalibrationBin) {
	all := make([]CalibrationBin, bins)
	n := 0.0
	meanScore(p, y, func(p []float64, y int) float64 {
		top := slices.Index(p, slices.Max(p))
		b := &all[min(bins-1, max(0, int(math.Ceil(p[top]*float64(bins)))-1))]
		b.N++
		b.Confidence += p[top]
		if top == y {
			b.Accuracy++
		}
		n++
		return 0
	})
	e := 0.0
	var filled []CalibrationBin
	for _, b := range all {
		if b.N == 0 {
			continue
		}
		b.Confidence /= float64(b.N)
		b.Accuracy /= float64(b.N)
		e += float64(b.N) / n * math.Abs(b.Accuracy-b.Confidence)
		filled = append(filled, b)
	}
	if n == 0 {
		return math.NaN(), nil
	}
	return e, filled
}

// meanScore returns the mean of a score over rows with an outcome; NaN with
// none, or where the probabilities of such a row are none.
func meanScore(p [][]float64, y []int, score func(p []float64, y int) float64) float64 {
	total, n := 0.0, 0
	for i, outcome := range y {
		if outcome < 0 {
			continue
		}
		sum := sumShares(p[i])
		if !(sum > 0) {
			return math.NaN()
		}
		q := make([]float64, len(p[i]))
		for c, v := range p[i] {
			q[c] = v / sum
		}
		total += score(q, outcome)
		n++
	}
	return total / float64(n)
}
