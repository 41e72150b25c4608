package stat

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Stopping rules of the Newton iteration. A step is judged by the change of
// the linear predictor that it makes, in log odds, and by its decrement
// gᵀH⁻¹g per unit weight, twice the gain of likelihood that it promises.
const (
	multinomialSteps     = 200
	multinomialStill     = 1e-12 // log odds: the step that counts as none
	multinomialRounding  = 1e-6  // log odds: a step below it that no longer shrinks is rounding
	multinomialNoGain    = 1e-9  // decrement of a fit that has nothing left to gain
	multinomialStrides   = 0.1   // log odds: a step that long at no gain runs to infinity
	multinomialStrideMax = 3     // of those in a row: separated
)

// multinomialSearch is Newton's method with halved steps on orthogonal
// columns, where every coefficient is in log odds and the information is well
// conditioned whatever the scale of the data.
type multinomialSearch struct {
	q       *orthogonalColumns
	y       []int
	w       []float64
	classes int // levels but the base

	b, step   []float64 // coefficients and the last step, level by level
	hessian   *mat.SymDense
	ll        float64
	gradient  float64
	steps     int
	converged bool
	separated bool
}

func (s *multinomialSearch) run() {
	size := s.classes * len(s.q.kept)
	s.b = make([]float64, size)
	s.step = make([]float64, size)
	s.hessian = mat.NewSymDense(size, nil)
	g := make([]float64, size)
	s.ll = s.derivatives(s.b, g)
	strides, before := 0, math.Inf(1)
	for s.steps = 0; s.steps < multinomialSteps; s.steps++ {
		s.gradient = floats.Norm(g, math.Inf(1)) / s.q.weight
		var chol mat.Cholesky
		if !chol.Factorize(s.hessian) {
			s.separated = true // the information is gone: no curvature is left in some direction
			return
		}
		step := mat.NewVecDense(size, s.step)
		if err := chol.SolveVecTo(step, mat.NewVecDense(size, g)); err != nil && chol.Cond() > 1e15 {
			s.separated = true
			return
		}
		length := s.length(s.step)
		// Newton's steps shrink quadratically until rounding stops them.
		if length < multinomialStill || length < multinomialRounding && length > before/2 {
			s.converged = true
			return
		}
		before = length
		decrement := 0.0
		for a, d := range s.step {
			decrement += d * g[a]
		}
		strides++
		if length < multinomialStrides || decrement/s.q.weight > multinomialNoGain {
			strides = 0
		}
		if strides == multinomialStrideMax {
			s.separated = true
			return
		}
		if !s.advance(g) {
			// No step, however short, gains: the likelihood is at its maximum
			// to rounding.
			s.converged = length < multinomialRounding
			return
		}
	}
}

// advance takes the step, halved until the likelihood does not fall by more
// than rounding, and says whether it found one.
func (s *multinomialSearch) advance(g []float64) bool {
	next := make([]float64, len(s.b))
	for scale := 1.0; scale > 1e-10; scale /= 2 {
		for a := range next {
			next[a] = s.b[a] + scale*s.step[a]
		}
		ll := s.derivatives(next, g)
		if ll >= s.ll-1e-12*(1+math.Abs(s.ll)) {
			s.b, s.ll = next, ll
			return true
		}
	}
	s.ll = s.derivatives(s.b, g)
	return false
}

// length returns the largest change of a log odds over the rows.
func (s *multinomialSearch) length(step []float64) float64 {
	r := len(s.q.kept)
	longest := 0.0
	for i := range s.y {
		if s.w[i] == 0 {
			continue
		}
		row := s.q.rows[i*r : (i+1)*r]
		for j := range s.classes {
			longest = max(longest, math.Abs(floats.Dot(row, step[j*r:(j+1)*r])))
		}
	}
	return longest
}

// derivatives returns the log likelihood at b and leaves its gradient in g
// and the information (minus the second derivatives) in s.hessian.
func (s *multinomialSearch) derivatives(b, g []float64) float64 {
	r := len(s.q.kept)
	h := s.hessian.RawSymmetric()
	clear(g)
	clear(h.Data)
	p := make([]float64, s.classes+1)
	ll := 0.0
	for i, y := range s.y {
		w := s.w[i]
		if w == 0 {
			continue
		}
		row := s.q.rows[i*r : (i+1)*r]
		p[0] = 0
		for j := range s.classes {
			p[j+1] = floats.Dot(row, b[j*r:(j+1)*r])
		}
		own := p[y]
		ll += w * (own - logitShares(p))
		for j := range s.classes {
			d := -w * p[j+1]
			if y == j+1 {
				// 1 - p as the sum of the others keeps its digits near 1.
				d = 0
				for l, pl := range p {
					if l != j+1 {
						d += w * pl
					}
				}
			}
			for a, x := range row {
				g[j*r+a] += d * x
			}
			for l := j; l < s.classes; l++ {
				v := -w * p[j+1] * p[l+1]
				if l == j {
					v = 0
					for o, po := range p {
						if o != j+1 {
							v += w * p[j+1] * po
						}
					}
				}
				for a, x := range row {
					first := 0
					if l == j {
						first = a
					}
					at := h.Data[(j*r+a)*h.Stride+l*r:]
					for c := first; c < r; c++ {
						at[c] += v * x * row[c]
					}
				}
			}
		}
	}
	return ll
}

// invertInformation returns the inverse of a positive definite matrix, false when it is
// not one.
func invertInformation(h *mat.SymDense) (*mat.Dense, bool) {
	var chol mat.Cholesky
	if !chol.Factorize(h) {
		return nil, false
	}
	var inv mat.SymDense
	if err := chol.InverseTo(&inv); err != nil && chol.Cond() > 1e15 {
		return nil, false
	}
	return mat.DenseCopyOf(&inv), true
}
