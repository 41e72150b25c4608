package stat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// mixedFit is where the search for the smallest deviance ended.
type mixedFit struct {
	theta     []float64
	deviance  float64
	steps     int
	converged bool
}

const (
	mixedSteps      = 200
	mixedStill      = 1e-10 // of θ: a step that counts as none
	mixedRounding   = 1e-6  // of θ: a step below it that no longer shrinks is rounding
	mixedDifference = 1e-5  // of θ: between gradients whose difference gives the curvature
	mixedSingular   = 1e-4  // lme4's tolerance of isSingular
)

// minimise finds the smallest deviance. Λ and Λ with a column's sign turned
// give the same deviance, so that θ needs no bounds: it is smooth and even at a
// variance of zero, and Newton's steps find a minimum there as anywhere else.
// The curvature comes from differences of the gradient; directions in which it
// is negative are turned around, which leaves saddle points such as a variance
// of zero that is not the best.
func (p *mixedProfile) minimise() mixedFit {
	start := make([]float64, p.thetas)
	for _, t := range p.terms {
		for a := range t.q {
			start[t.theta+a*(a+3)/2] = 1
		}
	}
	best := p.descend(start)
	// A deviance can have a second minimum at a variance of zero.
	for _, t := range p.terms {
		if t.q > 1 {
			continue
		}
		zero := slices.Clone(best.theta)
		zero[t.theta] = 0
		if p.evaluate(zero) && p.deviance < best.deviance-1e-9*math.Abs(best.deviance) {
			zero[t.theta] = 1e-3
			if other := p.descend(zero); other.deviance < best.deviance {
				other.steps += best.steps
				best = other
			}
		}
	}
	return p.settle(best)
}

// descend goes down from a point.
func (p *mixedProfile) descend(from []float64) mixedFit {
	f := mixedFit{theta: from, deviance: math.Inf(1)}
	if !p.evaluate(from) {
		return f
	}
	f.deviance = p.deviance
	escapes, before := 0, math.Inf(1)
	for f.steps = 1; f.steps <= mixedSteps; f.steps++ {
		gradient := slices.Clone(p.gradient)
		step, down := p.newton(f.theta, gradient)
		if step == nil {
			return f
		}
		length := 0.0
		for i, s := range step {
			length = max(length, math.Abs(s)/(math.Abs(f.theta[i])+0.01))
		}
		if length < mixedStill || length < mixedRounding && length > before/2 {
			if down == nil || escapes > 3 {
				f.converged = true
				return f
			}
			// A saddle point: leave it along the direction that goes down.
			escapes++
			step = down
		}
		before = length
		next, ok := p.lineSearch(f, gradient, step)
		if !ok {
			f.converged = length < mixedRounding
			return f
		}
		f.theta, f.deviance = next, p.deviance
	}
	return f
}

// newton returns the step to take, nil when there is none, and, where the
// curvature is clearly negative, a way down that does not need the gradient.
func (p *mixedProfile) newton(theta, gradient []float64) (step, down []float64) {
	n := len(theta)
	h := mat.NewSymDense(n, nil)
	columns := make([][]float64, n)
	for k := range n {
		e := mixedDifference * max(math.Abs(theta[k]), 0.1)
		moved := slices.Clone(theta)
		moved[k] += e
		if !p.evaluate(moved) {
			return nil, nil
		}
		columns[k] = make([]float64, n)
		for i, g := range p.gradient {
			columns[k][i] = (g - gradient[i]) / e
		}
	}
	// In units in which the diagonal is one.
	unit := make([]float64, n)
	for k := range n {
		unit[k] = math.Sqrt(math.Abs(columns[k][k]))
		if !(unit[k] > 1e-8) {
			unit[k] = 1e-8
		}
	}
	for i := range n {
		for k := i; k < n; k++ {
			h.SetSym(i, k, (columns[k][i]+columns[i][k])/2/(unit[i]*unit[k]))
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(h, true) {
		return nil, nil
	}
	var v mat.Dense
	eigen.VectorsTo(&v)
	step = make([]float64, n)
	for k, value := range eigen.Values(nil) {
		along := 0.0
		for i := range n {
			along += v.At(i, k) * gradient[i] / unit[i]
		}
		for i := range n {
			step[i] -= v.At(i, k) / unit[i] * along / max(math.Abs(value), 1e-7)
		}
		if value < -1e-3 && down == nil {
			down = make([]float64, n)
			for i := range n {
				down[i] = 0.1 * v.At(i, k) / unit[i]
			}
		}
	}
	return step, down
}

// lineSearch takes the step, no longer than twice the size of θ, or the longest
// of its halves that gains; false when none does.
func (p *mixedProfile) lineSearch(f mixedFit, gradient, step []float64) ([]float64, bool) {
	size, length, slope := 1.0, 0.0, 0.0
	for i, s := range step {
		size = max(size, math.Abs(f.theta[i]))
		length = max(length, math.Abs(s))
		slope += s * gradient[i]
	}
	part := min(1, 2*size/length)
	slack := 1e-14 * math.Abs(f.deviance)
	for ; part > 1e-10; part /= 2 {
		next := make([]float64, len(step))
		for i, s := range step {
			next[i] = f.theta[i] + part*s
		}
		if p.evaluate(next) && p.deviance <= f.deviance+1e-4*part*min(0, slope)+slack {
			return next, true
		}
	}
	return nil, false
}

// settle turns the signs of columns so that the diagonal is not negative, and
// takes for zero what is zero but for rounding.
func (p *mixedProfile) settle(f mixedFit) mixedFit {
	for _, t := range p.terms {
		at := func(a, b int) *float64 { return &f.theta[t.theta+a*(a+1)/2+b] }
		for b := range t.q {
			if math.Abs(*at(b, b)) < 1e-7 {
				*at(b, b) = 0
			}
			if *at(b, b) < 0 {
				for a := b; a < t.q; a++ {
					*at(a, b) = -*at(a, b)
				}
			}
		}
	}
	return f
}
