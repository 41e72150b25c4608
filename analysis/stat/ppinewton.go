package stat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// ppiNewton looks for the coefficients at which the score is zero,
//
//	Σ n x μ(xᵀθ) = Σ x y,
//
// where the rows of a design have the weights n.
type ppiNewton struct {
	columns      [][]float64 // of the design
	link         Link
	n, xy        []float64 // the weights; the right side
	most         []float64 // of each column Σ |n| x², the derivative where slopes are 1
	here, there  ppiPoint
	step, solved []float64
	h            *Positive
	eta          []float64 // of each row; and so the others
	nmu, nslope  []float64 // mean and slope times weight
	weighted     []float64 // a column times those
}

// ppiPoint is a place of the search, with what is left of the score there.
type ppiPoint struct {
	theta []float64
	mean  []float64 // of each row of the design
	g     []float64 // right side less left
	h     []float64 // derivatives of the left side; the upper triangle
}

// ppiSolution is where the score is zero. There is none where ok is false.
type ppiSolution struct {
	theta, mean []float64
	inverse     *mat.Dense // of the second derivatives
	ok          bool
}

func newPPINewton(x *mat.Dense, l Link) *ppiNewton {
	n, k := x.Dims()
	vector := func() []float64 { return make([]float64, k) }
	point := func() ppiPoint { return ppiPoint{vector(), make([]float64, n), vector(), make([]float64, k*k)} }
	columns := make([][]float64, k)
	for j := range columns {
		columns[j] = mat.Col(nil, j, x)
	}
	row := func() []float64 { return make([]float64, n) }
	return &ppiNewton{
		columns: columns, eta: row(), nmu: row(), nslope: row(), weighted: row(),
		link: l, n: make([]float64, n), xy: vector(), most: vector(), here: point(), there: point(),
		step: vector(), solved: vector(), h: NewPositive(k),
	}
}

// solve looks for the solution from a start, nil for 0, by Newton steps that
// are halved until the score falls, in the measure of the place they start at.
func (w *ppiNewton) solve(start []float64, s *ppiSolution) {
	s.ok = false
	for j, x := range w.columns {
		w.most[j] = 0
		for i, v := range x {
			w.most[j] += math.Abs(w.n[i]) * v * v
		}
	}
	clear(w.here.theta)
	copy(w.here.theta, start)
	w.look(&w.here)
	for range 100 {
		if !w.factorize() {
			return
		}
		copy(w.step, w.here.g)
		w.h.Solve(w.step)
		size := 0.0
		for i, v := range w.step {
			size = max(size, math.Abs(v)/(1+math.Abs(w.here.theta[i])))
		}
		if size < 1e-12 { // as from a start that was the solution
			w.settle(s)
			return
		}
		last := size < 1e-8 // such a step squares this error
		for far, part := w.far(w.here.g), 1.0; ; part /= 2 {
			floats.AddScaledTo(w.there.theta, w.here.theta, part, w.step)
			if w.look(&w.there); last || w.far(w.there.g) < far {
				break
			}
			if part < 1e-6 {
				return
			}
		}
		w.here, w.there = w.there, w.here
		if last {
			if w.factorize() {
				w.settle(s)
			}
			return
		}
	}
}

// settle takes the place that was reached for the solution, unless columns are
// collinear there, whatever their scales.
func (w *ppiNewton) settle(s *ppiSolution) {
	inverse, condition := w.h.Inverse()
	if !(condition < 1e12) {
		return
	}
	k := len(w.here.theta)
	s.theta = append(s.theta[:0], w.here.theta...)
	s.mean = append(s.mean[:0], w.here.mean...)
	s.inverse = mat.NewDense(k, k, slices.Clone(inverse))
	s.ok = true
}

// look fills in a place. It goes by column, as sums over a column are quick.
func (w *ppiNewton) look(p *ppiPoint) {
	k := len(p.theta)
	clear(w.eta)
	for j, x := range w.columns {
		floats.AddScaled(w.eta, p.theta[j], x)
	}
	for i, eta := range w.eta {
		mu, slope := w.link.MeanAndSlope(eta)
		p.mean[i], w.nmu[i], w.nslope[i] = mu, w.n[i]*mu, w.n[i]*slope
	}
	for a, x := range w.columns {
		p.g[a] = w.xy[a] - floats.Dot(w.nmu, x)
		floats.MulTo(w.weighted, w.nslope, x)
		for b, y := range w.columns[a:] {
			p.h[a*k+a+b] = floats.Dot(w.weighted, y)
		}
	}
}

// far returns the square of a score in units of the standard error where the
// search is: gᵀH⁻¹g.
func (w *ppiNewton) far(g []float64) float64 {
	copy(w.solved, g)
	w.h.Solve(w.solved)
	return floats.Dot(g, w.solved)
}

// factorize takes the derivatives where the search is; false where they are
// singular, or have next to nothing of what they could have: under separation
// slopes go to 0, and the score is soon 0 but for rounding.
func (w *ppiNewton) factorize() bool {
	for i, most := range w.most {
		if !(w.here.h[i*len(w.most)+i] > 1e-12*most) {
			return false
		}
	}
	return w.h.Factorize(w.here.h)
}
