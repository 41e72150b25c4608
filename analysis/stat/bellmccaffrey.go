package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// bellMcCaffrey computes CR2 with Satterthwaite degrees of freedom.
//
// With Q = √W X (XᵀWX)^(-1/2), S_g = Q_gᵀQ_g and B_g = (I - S_g)^(-1/2), the
// adjusted scores of a cluster are B_g u_g: the k x k form of Bell and
// McCaffrey's (I - H_gg)^(-1/2), so that no matrix of the size of a cluster is
// made. The working variance is the identity for an unweighted linear model and
// the inverse weight otherwise. An eigenvalue of I - S_g below 1e-12 counts as
// zero, with a generalised inverse (Pustejovsky and Tipton 2018,
// doi:10.1080/07350015.2016.1247004).
func (r *Regression) bellMcCaffrey(c *Covariance, codes []int) {
	n := r.Rank
	squares, scores := r.byCluster(codes)
	c.Groups = []int{len(squares)}
	if len(squares) < 2 {
		c.V = nanMatrix(len(r.Names))
		c.DF = c.WithDF(nan).DF
		c.Warnings = append(c.Warnings, "all rows are in one cluster, so that errors cannot be clustered")
		return
	}
	meat := make([]float64, n*n)
	trace, square := make([]float64, n), make([]float64, n) // by coefficient
	outer := make([][]float64, n)
	for a := range outer {
		outer[a] = make([]float64, n*n)
	}
	adjusted, ell, v := make([]float64, n), make([]float64, n), make([]float64, n)
	for g, s := range squares {
		b, ok := adjustment(s, n)
		if !ok {
			c.V = nanMatrix(len(r.Names))
			c.Warnings = append(c.Warnings, fmt.Sprintf("cluster %d has no adjustment matrix", g+1))
			return
		}
		multiply(adjusted, b, scores[g])
		addCrossProducts(meat, adjusted, nil, n)
		for a := range n {
			multiply(ell, b, r.ls.root[a*n:(a+1)*n])
			multiply(v, s, ell)
			d, length := dot(ell, v), dot(v, v)
			trace[a] += d - length
			square[a] += d*d - 2*d*length
			addCrossProducts(outer[a], v, nil, n)
		}
	}
	symmetrise(meat, n)
	c.V = r.spread(meat, 1)
	for a, j := range r.ls.kept {
		symmetrise(outer[a], n)
		c.DF[j] = trace[a] * trace[a] / (square[a] + dot(outer[a], outer[a]))
	}
}

func multiply(dst, m, v []float64) {
	n := len(v)
	for i := range dst {
		dst[i] = dot(m[i*n:(i+1)*n], v)
	}
}

// byCluster returns for each cluster Q_gᵀQ_g and u_g = Σ sᵢqᵢ/√wᵢ, in the
// coordinates in which the information is the identity.
func (r *Regression) byCluster(codes []int) (squares, scores [][]float64) {
	n := r.Rank
	at := map[int]int{}
	number := make([]int, len(codes))
	for i, code := range codes {
		if code < 0 {
			panic(fmt.Sprintf("stat: row %d has no cluster", i))
		}
		g, ok := at[code]
		if !ok {
			g = len(at)
			at[code] = g
			squares = append(squares, make([]float64, n*n))
			scores = append(scores, make([]float64, n))
		}
		number[i] = g
	}
	z, q, one := make([]float64, n), make([]float64, n), make([]float64, 1)
	for i, g := range number {
		if r.info[i] == 0 {
			continue
		}
		cell := r.cells.cell(i)
		r.ls.rows(cell, cell+1, z)
		clear(q)
		for a, v := range z {
			for b := a; b < n; b++ {
				q[b] += v * r.ls.half[a*n+b]
			}
		}
		one[0] = r.info[i]
		addCrossProducts(squares[g], q, one, n)
		for b, v := range q {
			scores[g][b] += r.score[i] * v
		}
	}
	for _, s := range squares {
		symmetrise(s, n)
	}
	return squares, scores
}

// adjustment returns (I - S)^(-1/2), by eigenvalues.
func adjustment(s []float64, n int) ([]float64, bool) {
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(n, s), true) {
		return nil, false
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	b := make([]float64, n*n)
	for e, lambda := range values {
		left := 1 - lambda
		if left <= 1e-12 {
			continue
		}
		f := 1 / math.Sqrt(left)
		for i := range n {
			for j := range n {
				b[i*n+j] += f * vectors.At(i, e) * vectors.At(j, e)
			}
		}
	}
	return b, true
}
