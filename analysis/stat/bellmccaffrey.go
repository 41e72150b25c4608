package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// bellMcCaffrey computes CR2 with Satterthwaite degrees of freedom, as
// clubSandwich defines them. The residuals of each cluster are multiplied by a
// matrix A_g that makes the covariance unbiased under a working model,
//
//	A_g B_g A_gᵀ = Φ_g,  B_g = ((I-H) Φ (I-H)ᵀ)_gg
//
// with Φ the identity for a linear model and V(μ)/w, on the scale of the
// outcome, for another. Eigenvalues below 1e-12 count as zero, with a generalised inverse.
// Bell and McCaffrey (2002); Pustejovsky and Tipton (2018),
// doi:10.1080/07350015.2016.1247004. R: clubSandwich::coef_test(vcov = "CR2").
//
// Note: an unweighted linear model needs no matrix of the size of a cluster:
// with Q an orthonormal basis, (I - Q_gQ_gᵀ)^(-1/2) acts on Q_gᵀe as the k x k
// matrix (I - Q_gᵀQ_g)^(-1/2). The others need one; they take that form too,
// with Φ the inverse weights and a warning, where a cluster has more than
// largestCluster rows.
func (r *Regression) bellMcCaffrey(c *Covariance, codes []int) {
	rows := clusterRows(codes)
	c.Groups = []int{len(rows)}
	if len(rows) < 2 {
		c.V = nanMatrix(len(r.Names))
		c.DF = c.WithDF(nan).DF
		c.Warnings = append(c.Warnings, "all rows are in one cluster, so that errors cannot be clustered")
		return
	}
	b := &bellMcCaffrey{r: r, n: r.Rank, meat: make([]float64, r.Rank*r.Rank)}
	add := b.long
	switch largest := largestGroup(rows); {
	case r.kind == "ols" && r.Design.Weights == nil:
		add = b.short
	case largest > largestCluster:
		add = b.short
		c.Warnings = append(c.Warnings, fmt.Sprintf("a cluster has %d rows: CR2 takes inverse weights for variances, which moves its last digits from clubSandwich's", largest))
	}
	b.begin(r.kind == "ols" && r.Design.Weights != nil && largestGroup(rows) <= largestCluster)
	for _, in := range rows {
		if !add(in) {
			c.V = nanMatrix(len(r.Names))
			c.DF = c.WithDF(nan).DF
			c.Warnings = append(c.Warnings, "CR2 cannot be computed: a cluster has no adjustment matrix")
			return
		}
	}
	symmetrise(b.meat, b.n)
	c.V = r.spread(b.meat, 1)
	for a, j := range r.ls.kept {
		c.DF[j] = b.degrees(a)
	}
}

// otherWay makes the covariance of the first way of clustering that of two.
func (r *Regression) otherWay(c *Covariance, clusters [][]int) {
	one := func(codes []int) *Covariance {
		o := &Covariance{Type: c.Type, DF: make([]float64, len(r.Names))}
		r.bellMcCaffrey(o, codes)
		return o
	}
	second, both := one(clusters[1]), one(bothWays(clusters[0], clusters[1]))
	c.V.AddSym(c.V, second.V)
	for j := range r.Names {
		for k := j; k < len(r.Names); k++ {
			c.V.SetSym(j, k, c.V.At(j, k)-both.V.At(j, k))
		}
		c.DF[j] = min(c.DF[j], second.DF[j])
	}
	c.Groups = append(c.Groups, second.Groups...)
	c.Warnings = append(c.Warnings, second.Warnings...)
	r.refuseNegative(c)
}

// largestCluster is the number of rows up to which matrices of the size of a
// cluster are made.
const largestCluster = 500

// clusterRows returns the rows of each cluster, in the order of their first.
func clusterRows(codes []int) [][]int {
	var rows [][]int
	at := map[int]int{}
	for i, code := range codes {
		if code < 0 {
			panic(fmt.Sprintf("stat: row %d has no cluster", i))
		}
		g, ok := at[code]
		if !ok {
			g = len(rows)
			at[code] = g
			rows = append(rows, nil)
		}
		rows[g] = append(rows[g], i)
	}
	return rows
}

func largestGroup(rows [][]int) int {
	n := 0
	for _, in := range rows {
		n = max(n, len(in))
	}
	return n
}

// bellMcCaffrey sums over clusters, in the coordinates in which the information
// is the identity: Σ wᵢqᵢqᵢᵀ = I.
//
// The variance of a coefficient with coordinates ℓ is a quadratic form of the
// residuals with the matrix P_gh = δ_gh d_g + u_gᵀ K u_h over clusters, where
// p_g = A_gᵀW_gQ_gℓ, d_g = p_gᵀΦ_g p_g, and u_g is Q_gᵀp_g, joined by Q_gᵀW_g p_g
// when Φ is the identity of a weighted model. Its degrees of freedom are
// (tr P)²/tr(P²).
type bellMcCaffrey struct {
	r        *Regression
	n        int
	identity bool // of a weighted model, Φ is the identity
	squares  []float64
	meat     []float64
	width    int       // length of u
	k        []float64 // K
	forms    []quadraticForm
	z        []float64 // scratch
}

// quadraticForm sums what tr P and tr P² need.
type quadraticForm struct {
	trace, square float64
	outer         []float64 // Σ u uᵀ
}

// begin makes K: -I, or with S = QᵀW²Q the matrix (S -I; -I 0).
func (b *bellMcCaffrey) begin(identity bool) {
	n := b.n
	b.identity, b.width = identity, n
	if identity {
		b.width = 2 * n
		b.squares = make([]float64, n*n)
		q, one := make([]float64, n), make([]float64, 1)
		for i, w := range b.r.info {
			one[0] = w * w
			b.row(i, q)
			addCrossProducts(b.squares, q, one, n)
		}
		symmetrise(b.squares, n)
	}
	b.k = make([]float64, b.width*b.width)
	for i := range n {
		if !identity {
			b.k[i*n+i] = -1
			continue
		}
		copy(b.k[i*2*n:i*2*n+n], b.squares[i*n:(i+1)*n])
		b.k[i*2*n+n+i], b.k[(n+i)*2*n+i] = -1, -1
	}
	b.forms = make([]quadraticForm, n)
	for a := range b.forms {
		b.forms[a].outer = make([]float64, b.width*b.width)
	}
}

// row puts the coordinates of a row into q.
func (b *bellMcCaffrey) row(i int, q []float64) {
	n := b.n
	if b.z == nil {
		b.z = make([]float64, n)
	}
	cell := b.r.cells.cell(i)
	b.r.ls.rows(cell, cell+1, b.z)
	clear(q)
	for a, v := range b.z {
		for c := a; c < n; c++ {
			q[c] += v * b.r.ls.half[a*n+c]
		}
	}
}

// add adds one cluster's d and u to the form of a coefficient.
func (b *bellMcCaffrey) add(a int, d float64, u []float64) {
	f := &b.forms[a]
	own := -dot(u, u)
	if b.identity {
		ku := make([]float64, b.width)
		multiply(ku, b.k, u)
		own = dot(u, ku)
	}
	f.trace += d + own
	f.square += d*d + 2*d*own
	addCrossProducts(f.outer, u, nil, b.width)
}

// degrees returns the Satterthwaite degrees of freedom of a coefficient.
func (b *bellMcCaffrey) degrees(a int) float64 {
	f := b.forms[a]
	symmetrise(f.outer, b.width)
	p := product(b.k, f.outer, b.width)
	sum := f.square
	for i := range b.width {
		for j := range b.width {
			sum += p[i*b.width+j] * p[j*b.width+i]
		}
	}
	return f.trace * f.trace / sum
}

// short adds a cluster by the k x k form, with Φ the inverse weights.
func (b *bellMcCaffrey) short(rows []int) bool {
	n := b.n
	s, scores := make([]float64, n*n), make([]float64, n)
	q, one := make([]float64, n), make([]float64, 1)
	for _, i := range rows {
		b.row(i, q)
		one[0] = b.r.info[i]
		addCrossProducts(s, q, one, n)
		for c, v := range q {
			scores[c] += b.r.score[i] * v
		}
	}
	symmetrise(s, n)
	adjust, ok := adjustment(s, n)
	if !ok {
		return false
	}
	adjusted, ell, u := make([]float64, n), make([]float64, n), make([]float64, n)
	multiply(adjusted, adjust, scores)
	addCrossProducts(b.meat, adjusted, nil, n)
	for a := range n {
		multiply(ell, adjust, b.r.ls.root[a*n:(a+1)*n])
		multiply(u, s, ell)
		b.add(a, dot(ell, u), u)
	}
	return true
}

// adjustment returns (I - S)^(-1/2): by its power series Σ (2j)!/(4ʲ j!²) Sʲ
// when S is small, as it is when there are many clusters, and by eigenvalues
// otherwise.
func adjustment(s []float64, n int) ([]float64, bool) {
	size := math.Sqrt(dot(s, s))
	if size > 0.05 {
		rest := make([]float64, n*n)
		for i, v := range s {
			rest[i] = -v
		}
		for i := range n {
			rest[i*n+i]++
		}
		return inverseSquareRoot(rest, n)
	}
	terms := 1
	coefs := []float64{1}
	for left := size; left > 1e-17; left *= size {
		coefs = append(coefs, coefs[terms-1]*float64(2*terms-1)/float64(2*terms))
		terms++
	}
	// Horner's rule from the last term.
	sum := make([]float64, n*n)
	for j := terms - 1; j >= 0; j-- {
		if j < terms-1 {
			sum = product(sum, s, n)
		}
		for i := range n {
			sum[i*n+i] += coefs[j]
		}
	}
	return sum, true
}

// long adds a cluster by matrices of its size.
func (b *bellMcCaffrey) long(all []int) bool {
	var rows []int
	for _, i := range all {
		if b.r.info[i] > 0 {
			rows = append(rows, i)
		}
	}
	m, n := len(rows), b.n
	if m == 0 {
		return true
	}
	q := make([]float64, m*n)
	w, phi, residual := make([]float64, m), make([]float64, m), make([]float64, m)
	for k, i := range rows {
		// On the scale of the outcome: columns times dμ/dη, the weight w/V(μ), and
		// the residual y - μ.
		slope := b.r.Link.Slope(b.r.Linear[i])
		row := q[k*n : (k+1)*n]
		b.row(i, row)
		for c := range row {
			row[c] *= slope
		}
		w[k], phi[k] = b.r.info[i]/(slope*slope), 1
		if !b.identity {
			phi[k] = 1 / w[k]
		}
		residual[k] = b.r.score[i] / (w[k] * slope)
	}
	adjust, ok := inverseSquareRoot(b.working(q, w, phi), m)
	if !ok {
		return false
	}
	for i := range m {
		for j := range m {
			adjust[i*m+j] *= math.Sqrt(phi[i] * phi[j])
		}
	}
	fixed, adjusted := make([]float64, m), make([]float64, n)
	multiply(fixed, adjust, residual)
	for k, e := range fixed {
		for c, v := range q[k*n : (k+1)*n] {
			adjusted[c] += w[k] * e * v
		}
	}
	addCrossProducts(b.meat, adjusted, nil, n)
	leaning, p, u := make([]float64, m), make([]float64, m), make([]float64, b.width)
	for a := range n {
		ell := b.r.ls.root[a*n : (a+1)*n]
		for k := range leaning {
			leaning[k] = w[k] * dot(q[k*n:(k+1)*n], ell)
		}
		multiply(p, adjust, leaning)
		clear(u)
		d := 0.0
		for k, v := range p {
			d += v * v * phi[k]
			for c, x := range q[k*n : (k+1)*n] {
				u[c] += v * x
				if b.identity {
					u[n+c] += w[k] * v * x
				}
			}
		}
		b.add(a, d, u)
	}
	return true
}

// working returns Φ^(1/2) B Φ^(1/2) of a cluster.
func (b *bellMcCaffrey) working(q, w, phi []float64) []float64 {
	m, n := len(w), b.n
	g, sq := make([]float64, m*m), make([]float64, n)
	for i := range m {
		qi := q[i*n : (i+1)*n]
		if b.identity {
			multiply(sq, b.squares, qi)
		}
		for j := range m {
			qj := q[j*n : (j+1)*n]
			inner := dot(qi, qj)
			v := -inner
			if b.identity {
				v = -inner*(w[i]+w[j]) + dot(sq, qj)
			}
			if i == j {
				v += phi[i]
			}
			g[i*m+j] = math.Sqrt(phi[i]*phi[j]) * v
		}
	}
	return g
}

// inverseSquareRoot returns the symmetric inverse root of a symmetric matrix,
// with a generalised inverse for eigenvalues up to 1e-12.
func inverseSquareRoot(s []float64, n int) ([]float64, bool) {
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(n, s), true) {
		return nil, false
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	b := make([]float64, n*n)
	for e, value := range eigen.Values(nil) {
		if value <= 1e-12 {
			continue
		}
		f := 1 / math.Sqrt(value)
		for i := range n {
			for j := range n {
				b[i*n+j] += f * vectors.At(i, e) * vectors.At(j, e)
			}
		}
	}
	return b, true
}

func multiply(dst, m, v []float64) {
	n := len(v)
	for i := range dst {
		dst[i] = dot(m[i*n:(i+1)*n], v)
	}
}
