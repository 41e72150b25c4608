package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// WaldTest is a test of linear hypotheses about coefficients.
type WaldTest struct {
	Chi2 Test // on as many degrees of freedom as hypotheses
	F    Test // Chi2 over their number, with the model's residual degrees of freedom
}

// Wald tests R β = q,
//
//	(Rβ - q)ᵀ (R V Rᵀ)⁻¹ (Rβ - q)
//
// against χ² and, divided by the number of hypotheses, against F with DF as the
// denominator. hypotheses has a row a hypothesis and a column a coefficient; q
// nil is 0. A hypothesis about a dropped coefficient, or a covariance that is
// singular over the hypotheses (fewer clusters than hypotheses), gives NaN with
// a note. With CR1 it rejects a true null at 5 % in 5 to 6 % of samples from 200
// clusters, and in 6.5 % from 80. R: car::linearHypothesis, lmtest::waldtest.
func (r *Regression) Wald(c *Covariance, hypotheses *mat.Dense, q []float64) WaldTest {
	m, k := hypotheses.Dims()
	if k != len(r.Coef) || q != nil && len(q) != m {
		panic(fmt.Sprintf("stat: hypotheses of %d x %d about %d coefficients", m, k, len(r.Coef)))
	}
	beta, kept := make([]float64, k), make([]bool, k)
	for i := range m {
		for j := range k {
			if hypotheses.At(i, j) == 0 {
				continue
			}
			kept[j] = true
			if math.IsNaN(r.Coef[j]) || math.IsNaN(c.V.At(j, j)) {
				return noWald("nothing is known about the coefficient of " + r.Names[j])
			}
		}
	}
	v := mat.NewDense(k, k, nil)
	for i := range k {
		if kept[i] {
			beta[i] = r.Coef[i]
		}
		for j := range k {
			if kept[i] && kept[j] {
				v.Set(i, j, c.V.At(i, j))
			}
		}
	}
	var off mat.VecDense
	off.MulVec(hypotheses, mat.NewVecDense(k, beta))
	if q != nil {
		off.SubVec(&off, mat.NewVecDense(m, q))
	}
	var spread mat.Dense
	spread.Product(hypotheses, v, hypotheses.T())
	return waldOf(off.RawVector().Data, spread.RawMatrix().Data, r.DF)
}

func noWald(why string) WaldTest { return WaldTest{Chi2: noTest("%s", why), F: noTest("%s", why)} }

// waldOf tests a vector of differences with its covariance, row by row.
func waldOf(off, spread []float64, df float64) WaldTest {
	m := len(off)
	// Scaled to correlations, so that the units of the columns do not decide
	// whether it is singular.
	sd := make([]float64, m)
	for i := range sd {
		sd[i] = math.Sqrt(spread[i*m+i])
	}
	scaled, z := make([]float64, m*m), make([]float64, m)
	for i := range m {
		z[i] = off[i] / sd[i]
		for j := range m {
			scaled[i*m+j] = spread[i*m+j] / (sd[i] * sd[j])
		}
	}
	half, ok := inverseRoot(scaled, m)
	if !ok {
		return noWald("the covariance of the hypotheses is singular")
	}
	chi2 := dot(z, halved(half, z, m))
	return WaldTest{Chi2: chiSquaredTest(chi2, float64(m)), F: fTest(chi2/float64(m), float64(m), df)}
}

// Joint tests that the coefficients of the given columns are all zero. Columns
// that were dropped count for nothing. R: aod::wald.test(Sigma, b, Terms).
func (r *Regression) Joint(c *Covariance, columns []int) WaldTest {
	var tested []int
	for _, j := range columns {
		if !math.IsNaN(r.Coef[j]) {
			tested = append(tested, j)
		}
	}
	if len(tested) == 0 {
		return noWald("there is no coefficient to test")
	}
	h := mat.NewDense(len(tested), len(r.Coef), nil)
	for i, j := range tested {
		h.Set(i, j, 1)
	}
	return r.Wald(c, h, nil)
}

// Slopes returns the columns that are no intercept.
func (r *Regression) Slopes() []int {
	var columns []int
	for j, t := range r.Design.Assign {
		if t != 0 {
			columns = append(columns, j)
		}
	}
	return columns
}

// Term returns the columns of a term by R's label, none when there is no such
// term.
func (r *Regression) Term(label string) []int {
	var columns []int
	for j, t := range r.Design.Assign {
		if t > 0 && r.Design.Terms[t-1] == label {
			columns = append(columns, j)
		}
	}
	return columns
}
