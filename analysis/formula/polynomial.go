package formula

import (
	"math"
	"slices"
)

// polynomial is poly(x, degree): polynomials of x that are orthogonal over the
// values they were made from, of length 1, by their three-term recurrence
//
//	p₋₁ = 0, p₀ = 1, pₖ₊₁ = (x - αₖ) pₖ - (ηₖ/ηₖ₋₁) pₖ₋₁,  αₖ = Σ x pₖ²/ηₖ, ηₖ = Σ pₖ²
//
// after Forsythe (1957), doi:10.1137/0105007. R: poly, and contr.poly for
// equally spaced levels. With raw the columns are the powers of x.
type polynomial struct {
	degree int
	raw    bool
	alpha  []float64
	eta    []float64
}

// newPolynomial makes the polynomials over the values that are there.
func newPolynomial(xs []float64, degree int) *polynomial {
	p := &polynomial{degree: degree}
	xs = slices.DeleteFunc(slices.Clone(xs), math.IsNaN)
	before, now := make([]float64, len(xs)), filled(len(xs), 1.0)
	for k := 0; k <= degree; k++ {
		alpha, eta := 0.0, 0.0
		for i, x := range xs {
			eta += now[i] * now[i]
			alpha += x * now[i] * now[i]
		}
		alpha /= eta
		rest := 0.0 // what rounding left of the mean
		for i, x := range xs {
			rest += (x - alpha) * now[i] * now[i]
		}
		p.alpha, p.eta = append(p.alpha, alpha+rest/eta), append(p.eta, eta)
		for i, x := range xs {
			next := (x - p.alpha[k]) * now[i]
			if k > 0 {
				next -= eta / p.eta[k-1] * before[i]
			}
			before[i], now[i] = now[i], next
		}
	}
	return p
}

// at puts the polynomials of degree 1 and up at x into p, and their derivatives
// into slope.
func (p *polynomial) at(x float64, values, slopes []float64) {
	if p.raw {
		for k := range values {
			values[k], slopes[k] = math.Pow(x, float64(k+1)), float64(k+1)*math.Pow(x, float64(k))
		}
		return
	}
	before, now, beforeSlope, slope := 0.0, 1.0, 0.0, 0.0
	for k := range values {
		next, nextSlope := (x-p.alpha[k])*now, now+(x-p.alpha[k])*slope
		if k > 0 {
			next -= p.eta[k] / p.eta[k-1] * before
			nextSlope -= p.eta[k] / p.eta[k-1] * beforeSlope
		}
		before, now, beforeSlope, slope = now, next, slope, nextSlope
		length := math.Sqrt(p.eta[k+1])
		values[k], slopes[k] = now/length, slope/length
	}
}

// polynomial is poly(x, degree, raw): one variable with a column a degree.
func (e *evaluator) polynomial(n *node) (*value, *SyntaxError) {
	x, err := e.numeric(n.argument("x"), n)
	if err != nil {
		return nil, err
	}
	p, ok := e.polynomials[n]
	if !ok {
		if p, err = e.newPolynomial(n, x); err != nil {
			return nil, err
		}
		e.polynomials[n] = p
	}
	v := &value{kind: basis}
	for range p.degree {
		c := &value{kind: number, nums: make([]float64, e.rows)}
		if x.dots != nil {
			c.dots = make([]float64, e.rows)
		}
		v.parts = append(v.parts, c)
	}
	values, slopes := make([]float64, p.degree), make([]float64, p.degree)
	for i := range e.rows {
		p.at(x.at(i), values, slopes)
		for k, c := range v.parts {
			c.nums[i] = values[k]
			if c.dots != nil {
				c.dots[i] = slopes[k] * x.dot(i)
			}
		}
	}
	return v, nil
}

func (e *evaluator) newPolynomial(n *node, x *value) (*polynomial, *SyntaxError) {
	degree, raw := 1, false
	if a := n.argument("degree"); a != nil {
		if a.kind != nodeNumber || a.num < 1 || a.num != math.Trunc(a.num) || a.num > maxDegree {
			return nil, fail(a.col, "the degree of poly() is a whole number from 1 to %d", maxDegree)
		}
		degree = int(a.num)
	}
	if a := n.argument("raw"); a != nil {
		v, err := e.value(a)
		if err != nil {
			return nil, err
		}
		if v.kind != logical || len(v.nums) != 1 {
			return nil, fail(a.col, "raw of poly() is TRUE or FALSE")
		}
		raw = v.nums[0] == 1
	}
	if raw {
		return &polynomial{degree: degree, raw: true}, nil
	}
	distinct := slices.DeleteFunc(slices.Clone(x.nums), math.IsNaN)
	slices.Sort(distinct)
	if k := len(slices.Compact(distinct)); k <= degree && e.rows > 0 {
		return nil, fail(n.col, "%s has %d distinct values, and a polynomial of degree %d needs more than %d", n.argument("x"), k, degree, degree)
	}
	return newPolynomial(x.nums, degree), nil
}

// maxDegree is the largest degree of a polynomial; beyond it rounding decides.
const maxDegree = 20
