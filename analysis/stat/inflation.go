package stat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Inflation is how much the other terms inflate the variance of one.
type Inflation struct {
	Term string
	GVIF float64 // generalised variance inflation factor; the plain one when DF is 1
	DF   float64 // columns of the term
	Root float64 // GVIF^(1/(2 DF)), comparable between terms: errors are this many times as wide
}

// VIF returns the generalised variance inflation factors of the terms,
//
//	det(R_t) det(R_-t) / det(R)
//
// where R is the correlation matrix of the estimated coefficients without the
// intercept, R_t its part of the term and R_-t that of the others. A model with
// one term has 1; terms with dropped columns, and models without intercept,
// give NaN. Fox and Monette (1992), doi:10.1080/01621459.1992.10475190.
// R: car::vif.
func (r *Regression) VIF() []Inflation {
	d := r.Design
	columns := slices.Clone(r.Slopes())
	whole := r.correlationDeterminant(columns)
	out := make([]Inflation, len(d.Terms))
	for t, label := range d.Terms {
		var in, others []int
		for _, j := range columns {
			if d.Assign[j] == t+1 {
				in = append(in, j)
			} else {
				others = append(others, j)
			}
		}
		v := Inflation{Term: label, GVIF: nan, DF: float64(len(in)), Root: nan}
		if d.Intercept() && len(in) > 0 {
			v.GVIF = r.correlationDeterminant(in) * r.correlationDeterminant(others) / whole
			v.Root = math.Pow(v.GVIF, 1/(2*v.DF))
		}
		out[t] = v
	}
	return out
}

// correlationDeterminant returns the determinant of the correlations of some
// coefficients, 1 of none.
func (r *Regression) correlationDeterminant(columns []int) float64 {
	if len(columns) == 0 {
		return 1
	}
	if r.ls == nil || r.ls.root == nil {
		return nan
	}
	v := r.spread(nil, 1)
	c := mat.NewDense(len(columns), len(columns), nil)
	for a, i := range columns {
		for b, j := range columns {
			c.Set(a, b, v.At(i, j)/math.Sqrt(v.At(i, i)*v.At(j, j)))
			if math.IsNaN(c.At(a, b)) {
				return nan
			}
		}
	}
	return mat.Det(c)
}

// Standardised returns the coefficients per standard deviation of their columns
// and, in a linear model, in standard deviations of the outcome:
//
//	βⱼ sd(xⱼ) / sd(y)
//
// with errors and intervals scaled alike, the errors of the standard deviations
// left aside. The intercept is 0. Weights count as frequencies do in
// Σw(x - x̄)²/(Σw - 1) after scaling them to sum to the number of rows.
// R: effectsize::standardize_parameters(method = "basic").
func (r *Regression) Standardised(c *Covariance, conf float64) []Coefficient {
	d := r.Design
	lines := r.Table(c, conf)
	if len(r.y) == 0 {
		return lines
	}
	x, outcome := d.Matrix(), 1.0
	if r.Family == Gaussian {
		outcome = r.deviation(func(i int) float64 { return r.y[i] })
	}
	for j := range lines {
		l := &lines[j]
		f := 0.0
		if d.Assign[j] != 0 {
			f = r.deviation(func(i int) float64 { return x.At(i, j) }) / outcome
		}
		l.Estimate, l.SE, l.Lo, l.Hi = f*l.Estimate, f*l.SE, f*l.Lo, f*l.Hi
	}
	return lines
}

// deviation returns the standard deviation of what rows have.
func (r *Regression) deviation(x func(i int) float64) float64 {
	w := r.weights()
	total, sum := 0.0, 0.0
	for i, v := range w {
		total += v
		sum += v * x(i)
	}
	mean, squares := sum/total, 0.0
	for i, v := range w {
		squares += v * (x(i) - mean) * (x(i) - mean)
	}
	n := float64(r.N)
	return math.Sqrt(squares / total * n / (n - 1))
}
