package stat

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// mixedProfile is the profiled deviance of a mixed model, minus twice the
// (restricted) log likelihood at the best β and σ for relative covariance
// factors Λ(θ), and its gradient. With ν = n, or n - p for REML,
//
//	d(θ) = log|ΛᵀZᵀWZΛ + I| + [REML: log|XᵀV⁻¹X|] + ν (1 + log(2π r²/ν)) - Σ log w.
//
// All terms are logs of the squared diagonal of one Cholesky factor, that of
//
//	K = [ΛᵀZᵀWZΛ + I, ΛᵀZᵀW(X y); (X y)ᵀWZΛ, (X y)ᵀW(X y)],
//
// so that with T the inverse of that factor and c the number of times that each
// diagonal counts, ∂d/∂K = T diag(c) Tᵀ. The levels of the first factor are
// eliminated one by one; the rest, the tail, is dense.
type mixedProfile struct {
	*mixedSums
	reml bool
	nu   float64

	lambda [][]float64 // by factor: q x q, lower triangles, term by term

	deviance float64
	gradient []float64

	// Of the last evaluation.
	r       []float64 // size x size: upper triangle, the Cholesky factor of the tail
	inverse []float64 // its inverse
	chol    []float64 // by level of the first factor: lower triangle, q x q
	solved  []float64 // like cross: K⁻¹ of the level by its row of K
}

func newMixedProfile(s *mixedSums, reml bool) *mixedProfile {
	p := &mixedProfile{mixedSums: s, reml: reml, nu: float64(s.n)}
	if reml {
		p.nu -= float64(s.fixed.rank())
	}
	p.gradient = make([]float64, s.thetas)
	p.r, p.inverse = make([]float64, len(s.tail)), make([]float64, len(s.tail))
	p.chol = make([]float64, len(s.own))
	p.solved = make([]float64, len(s.cross))
	return p
}

// setLambda makes the factors of θ, whose numbers are the lower triangles of
// the terms, row by row.
func (p *mixedProfile) setLambda(theta []float64) {
	p.lambda = make([][]float64, len(p.factors))
	for f := range p.factors {
		p.lambda[f] = make([]float64, p.factors[f].q*p.factors[f].q)
	}
	for _, t := range p.terms {
		q, l := p.factors[t.factor].q, p.lambda[t.factor]
		k := t.theta
		for a := range t.q {
			for b := range a + 1 {
				l[(t.at+a)*q+t.at+b] = theta[k]
				k++
			}
		}
	}
}

// evaluate computes the deviance and its gradient; false where K is not
// positive definite.
func (p *mixedProfile) evaluate(theta []float64) bool {
	p.setLambda(theta)
	p.scaleTail()
	main := p.first()
	lambda, q := p.lambda[main], p.factors[main].q
	logDet := 0.0
	scaled := []float64{}
	for g := range p.factors[main].levels {
		from, to := p.start[g], p.start[g+1]
		scaled = p.scaleCross(g, scaled)
		l := p.chol[g*q*q : (g+1)*q*q]
		congruence(l, lambda, p.own[g*q*q:(g+1)*q*q], q)
		for a := range q {
			l[a*q+a]++
		}
		half, ok := choleskyLog(l, q)
		if !ok {
			return false
		}
		logDet += half
		// C = L⁻¹ Λᵀ W, column by column, to be taken from the tail.
		c := p.solved[from*q : to*q]
		for k := range to - from {
			col := c[k*q : (k+1)*q]
			for a := range q {
				v := 0.0
				for b := a; b < q; b++ {
					v += lambda[b*q+a] * scaled[k*q+b]
				}
				for b := range a {
					v -= l[a*q+b] * col[b]
				}
				col[a] = v / l[a*q+a]
			}
		}
		p.takeFromTail(p.cols[from:to], c, q)
		for k := range to - from {
			col := c[k*q : (k+1)*q]
			for a := q - 1; a >= 0; a-- {
				v := col[a]
				for b := a + 1; b < q; b++ {
					v -= l[b*q+a] * col[b]
				}
				col[a] = v / l[a*q+a]
			}
		}
	}
	if !p.factorTail() {
		return false
	}
	p.sumDeviance(logDet)
	p.differentiate()
	return !math.IsNaN(p.deviance)
}

// scaleTail sets r to the tail of K before anything is eliminated.
func (p *mixedProfile) scaleTail() {
	copy(p.r, p.tail)
	main := p.first()
	for f := range p.factors {
		fac := &p.factors[f]
		if f == main {
			continue
		}
		l, q := p.lambda[f], fac.q
		for g := range fac.levels {
			at := fac.offset + g*q
			for i := range p.size { // columns: times Λ
				timesLower(p.r[i*p.size+at:i*p.size+at+q], l, q)
			}
		}
	}
	for f := range p.factors {
		fac := &p.factors[f]
		if f == main {
			continue
		}
		l, q := p.lambda[f], fac.q
		col := make([]float64, q)
		for g := range fac.levels {
			at := fac.offset + g*q
			for j := range p.size { // rows: Λᵀ times
				for a := range q {
					col[a] = p.r[(at+a)*p.size+j]
				}
				timesLower(col, l, q)
				for a := range q {
					p.r[(at+a)*p.size+j] = col[a]
				}
			}
			for a := range q {
				p.r[(at+a)*p.size+at+a]++
			}
		}
	}
}

// timesLower replaces the row v by vL.
func timesLower(v, l []float64, q int) {
	for b := range q {
		sum := 0.0
		for a := b; a < q; a++ {
			sum += v[a] * l[a*q+b]
		}
		v[b] = sum
	}
}

// scaleCross returns the columns of a level of the first factor, those of
// random effects times Λ of their factors.
func (p *mixedProfile) scaleCross(g int, dst []float64) []float64 {
	q := p.factors[p.first()].q
	from, to := p.start[g], p.start[g+1]
	dst = append(dst[:0], p.cross[from*q:to*q]...)
	p.byLevel(p.cols[from:to], func(k, f int) {
		qf, l := p.factors[f].q, p.lambda[f]
		for b := range qf {
			for a := range q {
				sum := 0.0
				for c := b; c < qf; c++ {
					sum += dst[(k+c)*q+a] * l[c*qf+b]
				}
				dst[(k+b)*q+a] = sum
			}
		}
	})
	return dst
}

// byLevel calls do with the place, among the columns of a level of the first
// factor, at which those of a level of another factor start, and that factor.
func (p *mixedProfile) byLevel(cols []int, do func(k, f int)) {
	for k := 0; k < len(cols) && cols[k] < p.random; {
		f := p.factorOf(cols[k])
		do(k, f)
		k += p.factors[f].q
	}
}

// factorOf returns the factor that a column of the tail belongs to.
func (p *mixedProfile) factorOf(col int) int {
	main := p.first()
	for f := range p.factors {
		fac := &p.factors[f]
		if f != main && col >= fac.offset && col < fac.offset+len(fac.levels)*fac.q {
			return f
		}
	}
	panic("stat: a column of no factor")
}

// takeFromTail subtracts CᵀC from the upper triangle of the tail.
func (p *mixedProfile) takeFromTail(cols []int, c []float64, q int) {
	for k, ck := range cols {
		row := p.r[ck*p.size:]
		x := c[k*q : (k+1)*q]
		for l := k; l < len(cols); l++ {
			y := c[l*q : (l+1)*q]
			sum := 0.0
			for a, v := range x {
				sum += v * y[a]
			}
			row[cols[l]] -= sum
		}
	}
}

// factorTail computes the Cholesky factor of the tail and its inverse.
func (p *mixedProfile) factorTail() bool {
	sym := blas64.Symmetric{N: p.size, Stride: p.size, Data: p.r, Uplo: blas.Upper}
	if _, ok := lapack64.Potrf(sym); !ok {
		return false
	}
	for i := range p.size {
		clear(p.r[i*p.size : i*p.size+i])
	}
	copy(p.inverse, p.r)
	return lapack64.Trtri(blas64.Triangular{N: p.size, Stride: p.size, Data: p.inverse, Uplo: blas.Upper, Diag: blas.NonUnit})
}

// weightOf returns how often the diagonal of a column of the tail counts.
func (p *mixedProfile) weightOf(col int) float64 {
	switch {
	case col < p.random:
		return 1
	case col == p.size-1:
		return p.nu
	case p.reml:
		return 1
	}
	return 0
}

// rss returns the penalised residual sum of squares r².
func (p *mixedProfile) rss() float64 {
	v := p.r[p.size*p.size-1]
	return v * v
}

func (p *mixedProfile) sumDeviance(logDet float64) {
	d := 2*logDet + p.nu*(1+math.Log(2*math.Pi*p.rss()/p.nu)) - p.logs
	for c := range p.size - 1 {
		if w := p.weightOf(c); w != 0 {
			d += 2 * w * math.Log(p.r[c*p.size+c])
		}
	}
	if p.reml {
		d -= 2 * p.logDet
	}
	p.deviance = d
}
