package stat

import "math"

// Positive is a symmetric positive definite matrix, such as the information of
// a model, in factors. It owns its memory, so that a search can factorize one
// matrix after another.
type Positive struct {
	k                       int
	matrix, factor, inverse []float64
}

// NewPositive returns a place for matrices of k rows.
func NewPositive(k int) *Positive {
	return &Positive{k, make([]float64, k*k), make([]float64, k*k), make([]float64, k*k)}
}

// Factorize takes a matrix, of which it reads the upper triangle. It is false
// when that is not positive definite.
func (p *Positive) Factorize(upper []float64) bool {
	for a := range p.k {
		for b := a; b < p.k; b++ {
			v := upper[a*p.k+b]
			p.matrix[a*p.k+b], p.matrix[b*p.k+a] = v, v
		}
	}
	copy(p.factor, p.matrix)
	_, ok := choleskyLog(p.factor, p.k)
	return ok
}

// Solve replaces the right side x of an equation by its solution.
func (p *Positive) Solve(x []float64) {
	for a := range p.k {
		for b := range a {
			x[a] -= p.factor[a*p.k+b] * x[b]
		}
		x[a] /= p.factor[a*p.k+a]
	}
	for a := p.k - 1; a >= 0; a-- {
		for b := a + 1; b < p.k; b++ {
			x[a] -= p.factor[b*p.k+a] * x[b]
		}
		x[a] /= p.factor[a*p.k+a]
	}
}

// Inverse returns the inverse, until another matrix is factorized, and its
// condition: the product of the largest absolute row sums of both, whatever the
// scales of the columns.
func (p *Positive) Inverse() (inverse []float64, condition float64) {
	choleskyInverse(p.inverse, p.factor, p.k)
	most, mostInverse := 0.0, 0.0
	for a := range p.k {
		sum, sumInverse := 0.0, 0.0
		for b := range p.k {
			scale := math.Sqrt(p.matrix[a*p.k+a] * p.matrix[b*p.k+b])
			sum += math.Abs(p.matrix[a*p.k+b]) / scale
			sumInverse += math.Abs(p.inverse[a*p.k+b]) * scale
		}
		most, mostInverse = max(most, sum), max(mostInverse, sumInverse)
	}
	return p.inverse, most * mostInverse
}
