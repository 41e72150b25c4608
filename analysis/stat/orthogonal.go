package stat

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// orthogonalColumns are the independent columns of a matrix X, made
// orthogonal: X = Q R over the columns kept, with QᵀWQ = (Σw) I, so that a
// coefficient of Q is the change of the predictor by one typical row.
type orthogonalColumns struct {
	kept   []int
	rows   []float64  // Q, row by row
	r      *mat.Dense // upper triangle
	size   []float64  // weighted standard deviation of each kept column; root mean square for a constant one
	weight float64    // Σw
}

// orthogonal makes the columns of x orthogonal by Gram and Schmidt, twice a
// column, which is as good as Householder's for Q (Giraud and others 2005,
// doi:10.1007/s00211-005-0615-4). A column of which less than 1e-7 is left is
// dropped, the rule of R's lm.
func orthogonal(x *mat.Dense, w []float64) *orthogonalColumns {
	n, k := x.Dims()
	o := &orthogonalColumns{}
	for _, v := range w {
		o.weight += v
	}
	var q [][]float64
	var coefs [][]float64
	inner := func(a, b []float64) float64 {
		sum := 0.0
		for i, v := range w {
			sum += v * a[i] * b[i]
		}
		return sum / o.weight
	}
	for c := range k {
		v := mat.Col(nil, c, x)
		norm := math.Sqrt(inner(v, v))
		mean := 0.0
		for i := range v {
			mean += w[i] * v[i] / o.weight
		}
		coef := make([]float64, len(q)+1)
		for range 2 {
			for a := range q {
				d := inner(q[a], v)
				coef[a] += d
				for i := range v {
					v[i] -= d * q[a][i]
				}
			}
		}
		left := math.Sqrt(inner(v, v))
		if !(left > 1e-7*norm) || norm == 0 {
			continue
		}
		for i := range v {
			v[i] /= left
		}
		coef[len(q)] = left
		q = append(q, v)
		coefs = append(coefs, coef)
		o.kept = append(o.kept, c)
		sd := math.Sqrt(max(0, norm*norm-mean*mean))
		if sd < 1e-7*norm {
			sd = norm
		}
		o.size = append(o.size, sd)
	}
	r := len(q)
	if r == 0 {
		return o
	}
	o.rows = make([]float64, n*r)
	o.r = mat.NewDense(r, r, nil)
	for c := range q {
		for i, v := range q[c] {
			o.rows[i*r+c] = v
		}
		for a, v := range coefs[c] {
			o.r.Set(a, c, v)
		}
	}
	return o
}

// solve returns the coefficients of the columns as they were given, from
// those of the orthogonal ones: R⁻¹ γ by back substitution.
func (o *orthogonalColumns) solve(gamma []float64) []float64 {
	r := len(gamma)
	b := make([]float64, r)
	for a := r - 1; a >= 0; a-- {
		b[a] = gamma[a]
		for c := a + 1; c < r; c++ {
			b[a] -= o.r.At(a, c) * b[c]
		}
		b[a] /= o.r.At(a, a)
	}
	return b
}

// inverse returns R⁻¹.
func (o *orthogonalColumns) inverse() *mat.Dense {
	r := len(o.kept)
	t := mat.NewDense(r, r, nil)
	for c := range r {
		unit := make([]float64, r)
		unit[c] = 1
		t.SetCol(c, o.solve(unit))
	}
	return t
}
