package stat

import (
	"math"
	"slices"
)

// KappaWeights says how two different answers count.
type KappaWeights int

const (
	Unweighted KappaWeights = iota // all differences alike: Cohen's κ
	Linear                         // by their distance on the scale
	Quadratic                      // by its square: close to an intraclass correlation
)

// Agreement is agreement beyond chance between two raters.
type Agreement struct {
	N        int
	Observed float64 // weighted agreement; the share of equal answers when unweighted
	Chance   float64 // what it would be if the raters were independent with their own margins
	Estimate         // κ = (Observed - Chance)/(1 - Chance)
}

// Kappa returns Cohen's κ of two raters' answers a and b to the same units,
// NaN where an answer is missing; pairs with a missing one are left out. scores
// are the possible answers on their scale, nil for the distinct answers given,
// in ascending order; with weights, agreement of i and j counts 1 - d/max d for
// Linear and 1 - (d/max d)² for Quadratic, d = |i - j|. For answers without
// order give codes, and Unweighted.
//
// The standard error is that of Fleiss, Cohen and Everitt (1969),
// doi:10.1037/h0028106, for κ that need not be zero; the interval is normal and
// cut at 1; with few units it is a little short (.937 instead of .95 for 40). NaN with a note where there are no pairs, or where both raters give
// one and the same answer to all, so that chance is 1 and agreement says
// nothing. An answer that is not among scores panics. R: psych::cohen.kappa,
// irr::kappa2.
func Kappa(a, b, scores []float64, w KappaWeights, conf float64) Agreement {
	a, b = presentPairs(a, b)
	if scores == nil {
		scores = slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
	}
	k := len(scores)
	counts := make([][]float64, k)
	for i := range counts {
		counts[i] = make([]float64, k)
	}
	for i := range a {
		r, c := slices.Index(scores, a[i]), slices.Index(scores, b[i])
		if r < 0 || c < 0 {
			panic("stat: an answer is not among the scores of kappa")
		}
		counts[r][c]++
	}
	return KappaTable(counts, scores, w, conf)
}

// KappaTable returns Kappa of a square table of counts: rows are the answers of
// one rater, columns those of the other, both in the order of scores. R:
// irr::kappa2 of the table as two columns; psych::cohen.kappa(table).
func KappaTable(counts [][]float64, scores []float64, w KappaWeights, conf float64) Agreement {
	k, n := len(scores), 0.0
	for _, row := range counts {
		for _, v := range row {
			n += v
		}
	}
	g := Agreement{N: int(n), Observed: nan, Chance: nan}
	if n == 0 {
		g.Estimate = noEstimate("no unit that both rated")
		return g
	}
	weight := kappaWeights(scores, w)
	row, col := make([]float64, k), make([]float64, k)
	for i := range k {
		for j := range k {
			row[i] += counts[i][j] / n
			col[j] += counts[i][j] / n
		}
	}
	g.Observed, g.Chance = 0, 0
	rowWeight, colWeight := make([]float64, k), make([]float64, k)
	for i := range k {
		for j := range k {
			v := weight(i, j)
			g.Observed += v * counts[i][j] / n
			g.Chance += v * row[i] * col[j]
			rowWeight[i] += v * col[j]
			colWeight[j] += v * row[i]
		}
	}
	left := 1 - g.Chance
	if !(left > 1e-12) {
		g.Estimate = noEstimate("both raters give one answer to every unit")
		return g
	}
	g.Value = (g.Observed - g.Chance) / left
	s := 0.0
	for i := range k {
		for j := range k {
			d := weight(i, j)*left - (rowWeight[i]+colWeight[j])*(1-g.Observed)
			s += counts[i][j] / n * d * d
		}
	}
	d := g.Observed*g.Chance - 2*g.Chance + g.Observed
	g.SE = math.Sqrt(max(0, s-d*d)/n) / (left * left)
	g.Interval = around(g.Value, twoSidedZ(conf)*g.SE)
	g.Hi = min(1, g.Hi)
	return g
}

// kappaWeights returns how much agreement there is between two answers.
func kappaWeights(scores []float64, w KappaWeights) func(i, j int) float64 {
	span := 0.0
	if len(scores) > 0 {
		span = slices.Max(scores) - slices.Min(scores)
	}
	return func(i, j int) float64 {
		if i == j {
			return 1
		}
		switch d := math.Abs(scores[i]-scores[j]) / span; w {
		case Linear:
			return 1 - d
		case Quadratic:
			return 1 - d*d
		}
		return 0
	}
}
