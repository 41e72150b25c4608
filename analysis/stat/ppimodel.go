package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// PPIModel is a regression by prediction-powered inference.
type PPIModel struct {
	N, Unlabelled int     // people
	Lambda, Tuned float64 // as in PPI
	Coef          []float64
	Cov           *mat.SymDense
	SE            []float64
	Intervals     []Interval
	Warnings      []string // sentences for the reader
}

// OLS estimates the coefficients of the least-squares regression of the answer
// in the population: θ with
//
//	λ/N Σ_U x(f - xᵀθ) + 1/n Σ_L [x(y - xᵀθ) - λ x(f - xᵀθ)] = 0,
//
// x and xu the designs of labelled and unlabelled rows. With scores g summed by
// person and H = λ XᵤᵀXᵤ/N + (1-λ) XᵀX/n,
//
//	Cov θ = H⁻¹ [λ² Cov(g_U)/N + Cov(g_y - λ g_f)/n] H⁻¹.
//
// A tuned λ minimises the trace of it, at the estimate for λ = 1. A singular H
// gives NaN and a warning. ppi_py: ppi_ols_ci.
func (s PPISample) OLS(x, xu *mat.Dense, o PPIOptions) *PPIModel {
	return s.model(x, xu, o, func(eta float64) (cumulant, mu, slope float64) { return eta * eta / 2, eta, 1 })
}

// Logit estimates the coefficients of the logistic regression of a 0/1 answer
// in the population. Predictions may be probabilities. Formulas are those of
// OLS with x(y - μ) as scores and μ(1-μ) xxᵀ in H, solved by Newton steps; no
// convergence, as under separation, is a warning and NaN. ppi_py:
// ppi_logistic_ci.
func (s PPISample) Logit(x, xu *mat.Dense, o PPIOptions) *PPIModel {
	return s.model(x, xu, o, func(eta float64) (cumulant, mu, slope float64) {
		e := math.Exp(-math.Abs(eta))
		mu = 1 / (1 + e)
		if eta < 0 {
			mu = e / (1 + e)
		}
		return max(eta, 0) + math.Log1p(e), mu, e / ((1 + e) * (1 + e))
	})
}

// ppiSide is one of the two samples in a regression.
type ppiSide struct {
	x     *mat.Dense
	row   []int     // of x, that each row has
	times []float64 // how often each row of x stands there
	at    []int     // person of each row
	n     int       // people
}

func newPPISide(x *mat.Dense, rows int, row, unit []int) ppiSide {
	if row == nil {
		row = own(rows)
	}
	different, _ := x.Dims()
	side := ppiSide{x: x, row: row, times: make([]float64, different), n: rows}
	for _, i := range row {
		side.times[i]++
	}
	if unit == nil {
		side.at = own(rows)
	} else {
		side.at, side.n = unitIndex(unit)
	}
	return side
}

// own returns 0 to n-1: each row is its own.
func own(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// ppiTerms are the terms of the loss at each row of a design: so many times the
// cumulant, less y times the linear predictor.
type ppiTerms struct {
	x    *mat.Dense
	n, y []float64
}

// terms returns those of the rows with these answers, the cumulant with weight w
// and the answers with weight v.
func (p ppiSide) terms(y []float64, w, v float64) ppiTerms {
	t := ppiTerms{p.x, floats.ScaleTo(make([]float64, len(p.times)), w, p.times), make([]float64, len(p.times))}
	for i, y := range y {
		t.y[p.row[i]] += y
	}
	floats.Scale(v, t.y)
	return t
}

// joined returns the terms of two sides, added up where these share a design.
func joined(a, b ppiTerms) []ppiTerms {
	if a.x != b.x {
		return []ppiTerms{a, b}
	}
	floats.Add(a.n, b.n)
	floats.Add(a.y, b.y)
	return []ppiTerms{a}
}

// link returns the cumulant function at a linear predictor, whose derivatives
// are the mean and the slope: the loss of an answer y is cumulant - y·eta.
type link func(eta float64) (cumulant, mu, slope float64)

func (s PPISample) model(x, xu *mat.Dense, o PPIOptions, l link) *PPIModel {
	lab, unl := newPPISide(x, len(s.Y), s.Row, s.Unit), newPPISide(xu, len(s.FU), s.RowU, s.UnitU)
	m := &PPIModel{N: lab.n, Unlabelled: unl.n, Lambda: o.Lambda, Tuned: math.NaN()}
	_, k := x.Dims()
	if unl.n == 0 {
		m.Lambda = 0
	} else if math.IsNaN(o.Lambda) {
		theta, h, ok := s.solve(lab, unl, 1, o.Start, l)
		if !ok {
			return m.nothing(k, "the predictions alone do not identify the model, so λ cannot be tuned")
		}
		m.Tuned = s.tuneModel(lab, unl, theta, h, l)
		m.Lambda = o.clip(m.Tuned)
	}
	theta, h, ok := s.solve(lab, unl, m.Lambda, o.Start, l)
	if !ok {
		return m.nothing(k, fmt.Sprintf("the model has no solution for %d people with an answer and %d without: its columns are collinear, or the answer is separated", lab.n, unl.n))
	}
	gy := lab.scores(s.Y, theta, l)
	if m.Lambda != 0 {
		gy.Sub(gy, scaled(m.Lambda, lab.scores(s.F, theta, l)))
	}
	meat := scoreCov(gy, gy, o.DDof)
	meat.Scale(1/float64(lab.n), meat)
	if m.Lambda != 0 {
		gu := unl.scores(s.FU, theta, l)
		meat.Add(meat, scaled(m.Lambda*m.Lambda/float64(unl.n), scoreCov(gu, gu, o.DDof)))
	}
	var v mat.Dense
	v.Product(h, meat, h)
	m.Coef, m.Cov = theta, mat.NewSymDense(k, nil)
	m.SE, m.Intervals = make([]float64, k), make([]Interval, k)
	for i := range k {
		for j := range i + 1 {
			m.Cov.SetSym(i, j, (v.At(i, j)+v.At(j, i))/2)
		}
		m.SE[i] = math.Sqrt(m.Cov.At(i, i))
		m.Intervals[i] = around(theta[i], o.z()*m.SE[i])
	}
	return m
}

// nothing makes all numbers NaN and says why.
func (m *PPIModel) nothing(k int, why string) *PPIModel {
	m.Coef, m.Cov, m.Intervals = make([]float64, k), mat.NewSymDense(k, nil), make([]Interval, k)
	for i := range k {
		m.Coef[i], m.Intervals[i] = nan, noInterval
		for j := range i + 1 {
			m.Cov.SetSym(i, j, nan)
		}
	}
	m.SE = m.Coef
	m.Warnings = append(m.Warnings, why)
	return m
}

// solve returns the coefficients at which the score is zero, and H⁻¹ there, by
// Newton steps that are halved until the loss falls.
func (s PPISample) solve(lab, unl ppiSide, lambda float64, start []float64, l link) (theta []float64, inverse *mat.Dense, ok bool) {
	_, k := lab.x.Dims()
	rest := make([]float64, len(s.Y)) // what the predictions leave of the answers
	for i, y := range s.Y {
		rest[i] = y - lambda*s.F[i]
	}
	terms := []ppiTerms{lab.terms(rest, (1-lambda)/float64(lab.n), 1/float64(lab.n))}
	if lambda != 0 {
		w := lambda / float64(unl.n)
		terms = joined(terms[0], unl.terms(s.FU, w, w))
	}
	at := func(theta []float64) *ppiLoss {
		loss := &ppiLoss{g: make([]float64, k), h: mat.NewSymDense(k, nil)}
		for _, t := range terms {
			loss.add(t, theta, l)
		}
		return loss
	}
	theta = make([]float64, k)
	copy(theta, start)
	here := at(theta)
	for range 100 {
		step, _, ok := here.step()
		if !ok {
			return nil, nil, false
		}
		size := 0.0
		for i, v := range step {
			size = max(size, math.Abs(v)/(1+math.Abs(theta[i])))
		}
		next := make([]float64, k)
		for scale := 1.0; ; scale /= 2 {
			for i, v := range step {
				next[i] = theta[i] + scale*v
			}
			there := at(next)
			if there.value <= here.value+1e-12*math.Abs(here.value) {
				theta, here = next, there
				break
			}
			if scale < 1e-6 {
				return nil, nil, false
			}
		}
		if size < 1e-8 { // the step taken squares this error
			_, inverse, ok := here.step()
			return theta, inverse, ok
		}
	}
	return nil, nil, false
}

// ppiLoss is the loss with its negative gradient and its second derivatives.
type ppiLoss struct {
	value float64
	g     []float64
	h     *mat.SymDense
}

// add adds the loss of terms. Nothing of the cumulant is left where the loss of
// the predictions takes all of that of the answers away.
func (p *ppiLoss) add(t ppiTerms, theta []float64, l link) {
	h := p.h.RawSymmetric() // gonum keeps the upper triangle
	for i, n := range t.n {
		y := t.y[i]
		if n == 0 && y == 0 {
			continue
		}
		row := t.x.RawRowView(i)
		eta := floats.Dot(row, theta)
		if n == 0 {
			p.value -= y * eta
			floats.AddScaled(p.g, y, row)
			continue
		}
		cumulant, mu, slope := l(eta)
		p.value += n*cumulant - y*eta
		floats.AddScaled(p.g, y-n*mu, row)
		for a, v := range row {
			floats.AddScaled(h.Data[a*h.Stride+a:a*h.Stride+len(row)], n*slope*v, row[a:])
		}
	}
}

// step returns H⁻¹ times the negative gradient, and H⁻¹; false when H is
// singular, whatever the scales of its columns.
func (p *ppiLoss) step() ([]float64, *mat.Dense, bool) {
	k := len(p.g)
	scale, unit := make([]float64, k), mat.NewSymDense(k, nil)
	for i := range scale {
		scale[i] = math.Sqrt(p.h.At(i, i))
		for j := range i + 1 {
			unit.SetSym(i, j, p.h.At(i, j)/(scale[i]*scale[j]))
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(unit) || !(chol.Cond() < 1e12) {
		return nil, nil, false
	}
	var inv mat.SymDense
	if chol.InverseTo(&inv) != nil {
		return nil, nil, false
	}
	step, inverse := make([]float64, k), mat.NewDense(k, k, nil)
	for i := range k {
		for j := range k {
			inverse.Set(i, j, inv.At(i, j)/(scale[i]*scale[j]))
			step[i] += inverse.At(i, j) * p.g[j]
		}
	}
	return step, inverse, true
}

// scores returns a row of scores a person.
func (p ppiSide) scores(y, theta []float64, l link) *mat.Dense {
	mean := make([]float64, len(p.times))
	for i, n := range p.times {
		if n > 0 {
			_, mean[i], _ = l(floats.Dot(p.x.RawRowView(i), theta))
		}
	}
	g := mat.NewDense(p.n, len(theta), nil)
	for i, at := range p.row {
		floats.AddScaled(g.RawRowView(p.at[i]), y[i]-mean[at], p.x.RawRowView(at))
	}
	return g
}

// tuneModel returns the λ that makes the trace of the covariance least,
//
//	tr(H⁻¹ (C + Cᵀ) H⁻¹) / [2 (1 + n/N) tr(H⁻¹ V H⁻¹)],
//
// C the covariance of the scores of answers and of predictions, V that of all
// scores of predictions.
func (s PPISample) tuneModel(lab, unl ppiSide, theta []float64, h *mat.Dense, l link) float64 {
	gy, gf, gu := lab.scores(s.Y, theta, l), lab.scores(s.F, theta, l), unl.scores(s.FU, theta, l)
	var all, num, den mat.Dense
	all.Stack(gf, gu)
	num.Product(h, scoreCov(gy, gf, 0), h)
	den.Product(h, scoreCov(&all, &all, 0), h)
	if mat.Trace(&den) == 0 {
		return 0
	}
	return mat.Trace(&num) / ((1 + float64(lab.n)/float64(unl.n)) * mat.Trace(&den))
}

// scoreCov returns the covariance of the columns of a and b over rows.
func scoreCov(a, b *mat.Dense, ddof int) *mat.Dense {
	n, _ := a.Dims()
	var c mat.Dense
	ca, cb := centred(a), centred(b)
	c.Mul(ca.T(), cb)
	c.Scale(1/float64(n-ddof), &c)
	return &c
}

func centred(a *mat.Dense) *mat.Dense {
	n, k := a.Dims()
	c := mat.DenseCopyOf(a)
	for j := range k {
		m := meanOf(mat.Col(nil, j, a))
		for i := range n {
			c.Set(i, j, c.At(i, j)-m)
		}
	}
	return c
}

func scaled(f float64, a *mat.Dense) *mat.Dense {
	var c mat.Dense
	c.Scale(f, a)
	return &c
}
