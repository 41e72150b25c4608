package stat

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// differentiate computes the gradient of the deviance from the factors that
// evaluate left. With G = ∂d/∂K, of the tail G = T diag(c) Tᵀ and of a level
// that was eliminated before it, with its block A and row B of K,
//
//	G₁₂ = -A⁻¹B G₂₂,  G₁₁ = A⁻¹ + A⁻¹B G₂₂ (A⁻¹B)ᵀ.
//
// A block Λᵢᵀ W Λⱼ of K gives 2 W Λⱼ Gⱼᵢ to ∂d/∂Λᵢ.
func (p *mixedProfile) differentiate() {
	g := p.tailDerivative()
	e := make([][]float64, len(p.factors)) // half of ∂d/∂Λ
	for f := range p.factors {
		e[f] = make([]float64, p.factors[f].q*p.factors[f].q)
	}
	p.differentiateTail(g, e)
	main := p.first()
	q, lambda := p.factors[main].q, p.lambda[main]
	scaled, product, inv, own := []float64{}, []float64{}, make([]float64, q*q), make([]float64, q*q)
	for level := range p.factors[main].levels {
		from, to := p.start[level], p.start[level+1]
		cols, m := p.cols[from:to], p.solved[from*q:to*q]
		scaled = p.scaleCross(level, scaled)
		product = p.gather(g, cols, m, q, product)
		choleskyInverse(inv, p.chol[level*q*q:(level+1)*q*q], q)
		// own = G₁₁
		copy(own, inv)
		for k := range cols {
			for a := range q {
				for b := range q {
					own[a*q+b] += product[k*q+a] * m[k*q+b]
				}
			}
		}
		d := p.own[level*q*q : (level+1)*q*q]
		for a := range q {
			for b := range q {
				sum := 0.0
				for c := range q { // (D Λ)_ac G_cb
					dl := 0.0
					for x := c; x < q; x++ {
						dl += d[a*q+x] * lambda[x*q+c]
					}
					sum += dl * own[c*q+b]
				}
				for k := range cols {
					sum -= scaled[k*q+a] * product[k*q+b]
				}
				e[main][a*q+b] += sum
			}
		}
		// The other side of the blocks between this level and others: -Wᵀ Λ A⁻¹B G₂₂.
		p.byLevel(cols, func(k, f int) {
			qf := p.factors[f].q
			for a := range qf {
				raw := p.cross[(from+k+a)*q : (from+k+a+1)*q]
				for b := range qf {
					for x := range q {
						lp := 0.0
						for c := range x + 1 {
							lp += lambda[x*q+c] * product[(k+b)*q+c]
						}
						e[f][a*qf+b] -= raw[x] * lp
					}
				}
			}
		})
	}
	for _, t := range p.terms {
		qf := p.factors[t.factor].q
		k := t.theta
		for a := range t.q {
			for b := range a + 1 {
				p.gradient[k] = 2 * e[t.factor][(t.at+a)*qf+t.at+b]
				k++
			}
		}
	}
}

// tailDerivative returns T diag(c) Tᵀ of the tail, both triangles.
func (p *mixedProfile) tailDerivative() []float64 {
	scaled := make([]float64, len(p.inverse))
	for c := range p.size {
		w := math.Sqrt(p.weightOf(c))
		for i := range c + 1 {
			scaled[i*p.size+c] = w * p.inverse[i*p.size+c]
		}
	}
	g := make([]float64, len(p.inverse))
	blas64.Syrk(blas.NoTrans, 1, blas64.General{Rows: p.size, Cols: p.size, Stride: p.size, Data: scaled}, 0,
		blas64.Symmetric{N: p.size, Stride: p.size, Data: g, Uplo: blas.Upper})
	symmetrise(g, p.size)
	return g
}

// differentiateTail adds what the tail's own blocks give: W Λ G, of which only
// the blocks of each level are needed.
func (p *mixedProfile) differentiateTail(g []float64, e [][]float64) {
	if p.random == 0 {
		return
	}
	main := p.first()
	// Λ G, row by row of each level.
	lg := append([]float64(nil), g...)
	for f := range p.factors {
		if f == main {
			continue
		}
		fac := &p.factors[f]
		q, l := fac.q, p.lambda[f]
		for level := range fac.levels {
			at := fac.offset + level*q
			for a := q - 1; a >= 0; a-- {
				row := lg[(at+a)*p.size : (at+a+1)*p.size]
				for j := range row {
					sum := 0.0
					for b := range a + 1 {
						sum += l[a*q+b] * g[(at+b)*p.size+j]
					}
					row[j] = sum
				}
			}
		}
	}
	for f := range p.factors {
		if f == main {
			continue
		}
		fac := &p.factors[f]
		q := fac.q
		for level := range fac.levels {
			at := fac.offset + level*q
			for a := range q {
				row := p.tail[(at+a)*p.size : (at+a+1)*p.size]
				for j, v := range row {
					if v == 0 {
						continue
					}
					for b := range q {
						e[f][a*q+b] += v * lg[j*p.size+at+b]
					}
				}
			}
		}
	}
}

// gather returns, column by column, M G₂₂ for the columns of a level.
func (p *mixedProfile) gather(g []float64, cols []int, m []float64, q int, dst []float64) []float64 {
	dst = append(dst[:0], m...)
	clear(dst)
	for k, c := range cols {
		row := g[c*p.size:]
		x := m[k*q : (k+1)*q]
		for l, d := range cols {
			v := row[d]
			for a, y := range x {
				dst[l*q+a] += v * y
			}
		}
	}
	return dst
}

// congruence sets dst to ΛᵀDΛ.
func congruence(dst, lambda, d []float64, q int) {
	for a := range q {
		for b := range q {
			sum := 0.0
			for x := a; x < q; x++ {
				for y := b; y < q; y++ {
					sum += lambda[x*q+a] * d[x*q+y] * lambda[y*q+b]
				}
			}
			dst[a*q+b] = sum
		}
	}
}

// choleskyLog replaces a symmetric matrix by its lower Cholesky factor and
// returns the log of the product of its diagonal; false when it is not positive
// definite.
func choleskyLog(l []float64, q int) (float64, bool) {
	product, logs := 1.0, 0.0
	for j := range q {
		for i := j; i < q; i++ {
			sum := l[i*q+j]
			for k := range j {
				sum -= l[i*q+k] * l[j*q+k]
			}
			if i > j {
				l[i*q+j] = sum / l[j*q+j]
				l[j*q+i] = 0
				continue
			}
			if !(sum > 0) {
				return nan, false
			}
			l[j*q+j] = math.Sqrt(sum)
		}
		product *= l[j*q+j]
		if product > 1e100 {
			logs, product = logs+math.Log(product), 1
		}
	}
	return logs + math.Log(product), true
}

// choleskyInverse sets dst to the inverse of LLᵀ.
func choleskyInverse(dst, l []float64, q int) {
	for c := range q {
		col := make([]float64, q)
		for a := c; a < q; a++ {
			v := 0.0
			if a == c {
				v = 1
			}
			for b := c; b < a; b++ {
				v -= l[a*q+b] * col[b]
			}
			col[a] = v / l[a*q+a]
		}
		for a := q - 1; a >= 0; a-- {
			v := col[a]
			for b := a + 1; b < q; b++ {
				v -= l[b*q+a] * col[b]
			}
			col[a] = v / l[a*q+a]
		}
		for a := range q {
			dst[a*q+c] = col[a]
		}
	}
}
