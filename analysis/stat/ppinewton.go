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
	x           *mat.Dense
	link        Link
	n, xy       []float64 // the weights; the right side
	most        []float64 // of each column Σ |n| x², the derivative where slopes are 1
	here, there ppiPoint
	step        []float64
	inverse     []float64 // of the second derivatives
	scale       []float64
	unit        *mat.SymDense // the second derivatives with columns of one scale
	chol        mat.Cholesky
	inverted    mat.SymDense
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
	return &ppiNewton{
		x: x, link: l, n: make([]float64, n), xy: vector(), most: vector(), here: point(), there: point(),
		step: vector(), inverse: make([]float64, k*k), scale: vector(), unit: mat.NewSymDense(k, nil),
	}
}

// solve looks for the solution from a start, nil for 0, by Newton steps that
// are halved until the score falls, in the measure of the place they start at.
func (w *ppiNewton) solve(start []float64, s *ppiSolution) {
	s.ok = false
	clear(w.most)
	for i, n := range w.n {
		for j, v := range w.x.RawRowView(i) {
			w.most[j] += math.Abs(n) * v * v
		}
	}
	clear(w.here.theta)
	copy(w.here.theta, start)
	w.look(&w.here)
	for range 100 {
		if !w.invert(w.here.h) {
			return
		}
		size := 0.0
		for i := range w.step {
			w.step[i] = floats.Dot(w.line(i), w.here.g)
			size = max(size, math.Abs(w.step[i])/(1+math.Abs(w.here.theta[i])))
		}
		last := size < 1e-8 // such a step squares this error
		for far, part := w.far(w.here.g), 1.0; ; part /= 2 {
			floats.AddScaledTo(w.there.theta, w.here.theta, part, w.step)
			w.look(&w.there)
			if last || w.far(w.there.g) < far {
				break
			}
			if part < 1e-6 {
				return
			}
		}
		w.here, w.there = w.there, w.here
		if last {
			if s.ok = w.invert(w.here.h); s.ok {
				s.theta = append(s.theta[:0], w.here.theta...)
				s.mean = append(s.mean[:0], w.here.mean...)
				s.inverse = mat.NewDense(len(s.theta), len(s.theta), slices.Clone(w.inverse))
			}
			return
		}
	}
}

// look fills in a place.
func (w *ppiNewton) look(p *ppiPoint) {
	k := len(p.theta)
	copy(p.g, w.xy)
	clear(p.h)
	for i, n := range w.n {
		x := w.x.RawRowView(i)
		eta := 0.0
		for a, v := range x {
			eta += v * p.theta[a]
		}
		mu, slope := w.link.MeanAndSlope(eta)
		p.mean[i] = mu
		if n == 0 {
			continue
		}
		for a, v := range x {
			p.g[a] -= n * mu * v
			u, line := n*slope*v, p.h[a*k:(a+1)*k]
			for b := a; b < k; b++ {
				line[b] += u * x[b]
			}
		}
	}
}

// line returns a row of the inverse.
func (w *ppiNewton) line(i int) []float64 {
	k := len(w.step)
	return w.inverse[i*k : (i+1)*k]
}

// far returns the square of the score in units of its standard error: gᵀH⁻¹g.
func (w *ppiNewton) far(g []float64) float64 {
	sum := 0.0
	for i, v := range g {
		sum += v * floats.Dot(w.line(i), g)
	}
	return sum
}

// invert sets the inverse of h; false where it is singular, whatever the scales
// of its columns, or has next to nothing of what a column could have: under
// separation slopes go to 0, and the score is soon 0 but for rounding.
func (w *ppiNewton) invert(h []float64) bool {
	k := len(w.scale)
	for i := range k {
		if !(h[i*k+i] > 1e-12*w.most[i]) {
			return false
		}
		w.scale[i] = math.Sqrt(h[i*k+i])
		for j := range i + 1 {
			w.unit.SetSym(j, i, h[j*k+i]/(w.scale[i]*w.scale[j]))
		}
	}
	if !w.chol.Factorize(w.unit) || !(w.chol.Cond() < 1e12) || w.chol.InverseTo(&w.inverted) != nil {
		return false
	}
	for i := range k {
		for j := range k {
			w.inverse[i*k+j] = w.inverted.At(i, j) / (w.scale[i] * w.scale[j])
		}
	}
	return true
}
