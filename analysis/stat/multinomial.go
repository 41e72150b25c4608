package stat

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// Multinomial is a fitted multinomial logit: the log odds of each level
// against the first are linear in the columns.
//
//	log(P(y = j) / P(y = 0)) = xᵀβⱼ,  j = 1 … K-1
//
// It is R's nnet::multinom, brought to the exact maximum by Newton steps
// (nnet stops at a relative change of 1e-8 of the likelihood).
type Multinomial struct {
	Names  []string // of the columns, as given
	Levels []string // levels that occur, the base first
	Kept   []int    // position of each of Levels among the levels given

	Coef [][]float64   // [level-1][column]; NaN for a column that was dropped
	Cov  *mat.SymDense // inverse information, level by level, column by column within; NaN rows for dropped columns

	N        int     // rows, those of weight 0 included, as R counts them
	Rank     int     // columns that were not dropped
	LogLik   float64 // weighted
	AIC, BIC float64 // BIC with log N

	Dropped  []string // columns that are linear in those before them
	Gradient float64  // largest absolute derivative of LogLik per unit weight where it stopped
	Steps    int      // Newton steps taken

	// Separated says that some levels can be told apart perfectly in part of
	// the data, so that no finite maximum exists. The fit then stops where the
	// likelihood has nothing left to gain: probabilities are those of the
	// limit to about 1e-8, coefficients of the terms in Moving are finite but
	// arbitrary, and their errors mean nothing.
	Separated bool
	Moving    []string // "level:column" still growing where it stopped, in order

	Warnings []string // sentences for the reader
}

// NewMultinomial fits a multinomial logit by maximum likelihood.
//
// x has a row an observation and a column a term, an intercept among them
// where one is wanted; names are the columns'. y holds a code into levels for
// each row; the first level that occurs is the base, and levels that do not
// occur are left out, as R's droplevels does. w are frequency weights, nil for
// 1 each.
//
// Edge cases: columns linear in those before them are dropped with NaN
// coefficients, at the tolerance of R's lm (1e-7). Fewer than two levels, or
// no rows, give a fit with NaN numbers and a warning. Perfect or
// quasi-complete separation (Albert and Anderson 1984,
// doi:10.1093/biomet/71.1.1) is detected and said; nothing is penalised. It
// panics when lengths differ, a code is no level, or a weight is negative.
func NewMultinomial(x *mat.Dense, names []string, y []int, levels []string, w []float64) *Multinomial {
	n, k := x.Dims()
	if len(y) != n || len(names) != k || w != nil && len(w) != n {
		panic(fmt.Sprintf("stat: multinomial of %d x %d values, %d names, %d answers", n, k, len(names), len(y)))
	}
	if w == nil {
		w = make([]float64, n)
		for i := range w {
			w[i] = 1
		}
	}
	m := &Multinomial{Names: names, N: n}
	code := m.occurring(y, levels, w)
	if len(m.Levels) < 2 {
		return m.nothing("the outcome has fewer than two levels in the data")
	}
	q := orthogonal(x, w)
	m.Rank = len(q.kept)
	for c, name := range names {
		if !slices.Contains(q.kept, c) {
			m.Dropped = append(m.Dropped, name)
		}
	}
	if len(m.Dropped) > 0 {
		m.Warnings = append(m.Warnings, "dropped as linear in the columns before them: "+strings.Join(m.Dropped, ", "))
	}
	if m.Rank == 0 {
		return m.nothing("no column is left to fit")
	}
	s := &multinomialSearch{q: q, y: code, w: w, classes: len(m.Levels) - 1}
	s.run()
	m.finish(s)
	return m
}

// occurring notes the levels that occur with a positive weight and returns
// each row's code among them, -1 for a row of weight 0 whose level occurs
// nowhere else.
func (m *Multinomial) occurring(y []int, levels []string, w []float64) []int {
	seen := make([]bool, len(levels))
	for i, c := range y {
		if w[i] < 0 || math.IsNaN(w[i]) {
			panic(fmt.Sprintf("stat: weight %v of row %d", w[i], i))
		}
		if w[i] > 0 {
			seen[c] = true
		}
	}
	to := make([]int, len(levels))
	for l, ok := range seen {
		to[l] = -1
		if ok {
			to[l] = len(m.Levels)
			m.Levels = append(m.Levels, levels[l])
			m.Kept = append(m.Kept, l)
		}
	}
	code := make([]int, len(y))
	for i, c := range y {
		code[i] = to[c]
	}
	return code
}

// nothing makes every number of the fit NaN.
func (m *Multinomial) nothing(why string) *Multinomial {
	nan := math.NaN()
	m.LogLik, m.AIC, m.BIC, m.Gradient = nan, nan, nan, nan
	for range max(0, len(m.Levels)-1) {
		b := make([]float64, len(m.Names))
		for c := range b {
			b[c] = nan
		}
		m.Coef = append(m.Coef, b)
	}
	m.Warnings = append(m.Warnings, why)
	return m
}

// finish brings the search's result back to the columns as they were given.
func (m *Multinomial) finish(s *multinomialSearch) {
	nan := math.NaN()
	k, r, classes := len(m.Names), m.Rank, s.classes
	m.nothing("")
	m.Warnings = m.Warnings[:len(m.Warnings)-1]
	m.LogLik, m.Gradient, m.Steps = s.ll, s.gradient, s.steps
	params := float64(r * classes)
	m.AIC = -2*m.LogLik + 2*params
	m.BIC = -2*m.LogLik + math.Log(float64(m.N))*params

	for j := range classes {
		b := s.q.solve(s.b[j*r : (j+1)*r])
		for a, c := range s.q.kept {
			m.Coef[j][c] = b[a]
		}
	}

	m.Cov = mat.NewSymDense(k*classes, nil)
	for a := range k * classes {
		for b := a; b < k*classes; b++ {
			m.Cov.SetSym(a, b, nan)
		}
	}
	if inv, ok := invertInformation(s.hessian); ok {
		// β = T γ level by level with T = R⁻¹, so V(β) = T V(γ) Tᵀ.
		t := s.q.inverse()
		for j := range classes {
			for l := j; l < classes; l++ {
				var v mat.Dense
				v.Product(t, inv.Slice(j*r, (j+1)*r, l*r, (l+1)*r), t.T())
				for a, ca := range s.q.kept {
					for b, cb := range s.q.kept {
						m.Cov.SetSym(j*k+ca, l*k+cb, v.At(a, b))
					}
				}
			}
		}
	}

	switch {
	case s.separated:
		m.Separated = true
		m.moving(s)
		m.Warnings = append(m.Warnings, "separation: some answers can be told apart perfectly, so that no finite maximum of the likelihood exists; "+
			"coefficients are where it stopped growing: "+strings.Join(m.Moving, ", "))
	case !s.converged:
		m.Warnings = append(m.Warnings, fmt.Sprintf("no convergence after %d Newton steps", s.steps))
	}
}

// moving names the coefficients that the last step still changed by more than
// a stride per standard deviation of their column.
func (m *Multinomial) moving(s *multinomialSearch) {
	r := m.Rank
	for j := range s.classes {
		d := s.q.solve(s.step[j*r : (j+1)*r])
		for a, c := range s.q.kept {
			if math.Abs(d[a])*s.q.size[a] > multinomialStrides {
				m.Moving = append(m.Moving, m.Levels[j+1]+":"+m.Names[c])
			}
		}
	}
}

// SE returns the standard error of the coefficient of a column for
// Levels[level], NaN for a dropped column. Level counts from 1: the base has
// none. R: summary(nnet::multinom)$standard.errors.
func (m *Multinomial) SE(level, column int) float64 {
	if m.Cov == nil {
		return math.NaN()
	}
	at := (level-1)*len(m.Names) + column
	return math.Sqrt(m.Cov.At(at, at))
}

// Probabilities puts the probability of each of Levels at the values of the
// columns into p, which must be as long as Levels, and returns it. Dropped
// columns count nothing. A fit with one level gives it probability 1. R:
// predict(type = "probs") of nnet::multinom.
func (m *Multinomial) Probabilities(x, p []float64) []float64 {
	for j := range p {
		p[j] = 0
		if j == 0 {
			continue
		}
		for c, b := range m.Coef[j-1] {
			if !math.IsNaN(b) {
				p[j] += b * x[c]
			}
		}
	}
	logitShares(p)
	return p
}

// logitShares turns log odds into probabilities, in place, and returns the log of
// the sum of their exponentials.
func logitShares(eta []float64) float64 {
	top := eta[0]
	for _, e := range eta {
		top = max(top, e)
	}
	sum := 0.0
	for j, e := range eta {
		eta[j] = math.Exp(e - top)
		sum += eta[j]
	}
	for j := range eta {
		eta[j] /= sum
	}
	return top + math.Log(sum)
}
