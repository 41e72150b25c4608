package collect

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// rescaling are the intercepts of the options in each item and the inverse of
// the temperature.
type rescaling struct {
	intercepts [][]float64 // items x options
	inverse    float64     // 1/T, at least 0: at 0 nothing of the model is left
}

// scaled is one answer beside the logarithms of what a model said.
type scaled struct {
	item, answer int
	logs         []float64
}

// ridge is the precision of the prior of the intercepts, around 0, and of the
// inverse temperature, around 1: one of standard deviation 3.2, which a few
// answers outweigh. It keeps an option finite that nobody chose, and says what
// the temperature is of a model that tells nobody from nobody.
const ridge = 0.1

// at sets p to the rescaled probabilities in an item.
func (r *rescaling) at(item int, logs, p []float64) {
	top := math.Inf(-1)
	for k, x := range logs {
		p[k] = r.intercepts[item][k] + r.inverse*x
		top = max(top, p[k])
	}
	sum := 0.0
	for k := range p {
		p[k] = math.Exp(p[k] - top)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
}

// fitRescaling returns the rescaling that makes the answers most probable, under
// the prior. The function is strictly concave, so there is one; a temperature
// below 0 would turn the model around and is none, so that the inverse is then 0.
func fitRescaling(items, options int, seen []scaled) rescaling {
	r := newton(items, options, seen, true)
	if r.inverse < 0 {
		r = newton(items, options, seen, false)
	}
	return r
}

// newton climbs by Newton's steps, halved where they lead down; with the inverse
// temperature, or with 0 in its place.
func newton(items, options int, seen []scaled, free bool) rescaling {
	n := items*options + 1
	b := make([]float64, n)
	if free {
		b[n-1] = 1
	}
	f := &ascent{items: items, options: options, seen: seen, free: free, gradient: make([]float64, n), hessian: make([]float64, n*n), p: make([]float64, options)}
	value := f.at(b)
	for range 100 {
		var c mat.Cholesky
		if !c.Factorize(mat.NewSymDense(n, slices.Clone(f.hessian))) {
			panic("collect: the prior makes every Hessian definite")
		}
		var step mat.VecDense
		if err := c.SolveVecTo(&step, mat.NewVecDense(n, f.gradient)); err != nil {
			break // as near as numbers go
		}
		gain := mat.Dot(&step, mat.NewVecDense(n, f.gradient))
		if gain < 1e-10 { // the last step squares what it is off
			for i := range b {
				b[i] += step.AtVec(i)
			}
			break
		}
		next, v := make([]float64, n), math.Inf(-1)
		for size := 1.0; size > 1e-10 && v < value; size /= 2 {
			for i := range next {
				next[i] = b[i] + size*step.AtVec(i)
			}
			v = f.at(next)
		}
		if v < value {
			break
		}
		value, b = v, next
	}
	r := rescaling{inverse: b[n-1]}
	for j := range items {
		r.intercepts = append(r.intercepts, b[j*options:(j+1)*options])
	}
	return r
}

// ascent is the penalised log likelihood with its derivatives.
type ascent struct {
	items, options int
	seen           []scaled
	free           bool // the inverse temperature is sought; it stays otherwise
	gradient       []float64
	hessian        []float64 // of the negative; the upper triangle alone
	p              []float64
}

// at returns the value at some parameters, the intercepts by item and the
// inverse temperature, and sets the derivatives.
func (f *ascent) at(b []float64) float64 {
	n := len(b)
	last := n - 1
	clear(f.hessian)
	value := 0.0
	for i, x := range b {
		if i == last {
			x-- // its prior is around 1
		}
		value -= ridge / 2 * x * x
		f.gradient[i] = -ridge * x
		f.hessian[i*n+i] = ridge
	}
	r := rescaling{inverse: b[last]}
	for j := range f.items {
		r.intercepts = append(r.intercepts, b[j*f.options:(j+1)*f.options])
	}
	for _, s := range f.seen {
		r.at(s.item, s.logs, f.p)
		value += math.Log(f.p[s.answer])
		from, mean, square := s.item*f.options, 0.0, 0.0
		for k, p := range f.p {
			mean += p * s.logs[k]
			square += p * s.logs[k] * s.logs[k]
		}
		f.gradient[from+s.answer]++
		f.gradient[last] += s.logs[s.answer] - mean
		for k, p := range f.p {
			f.gradient[from+k] -= p
			line := f.hessian[(from+k)*n : (from+k+1)*n]
			line[last] += p * (s.logs[k] - mean)
			line[from+k] += p
			for l := k; l < f.options; l++ {
				line[from+l] -= p * f.p[l]
			}
		}
		f.hessian[n*n-1] += square - mean*mean
	}
	if !f.free {
		f.gradient[last] = 0
		for i := range last {
			f.hessian[i*n+last] = 0
		}
	}
	return value
}
