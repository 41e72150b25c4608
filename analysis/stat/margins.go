package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// MarginOptions say how an average marginal effect is taken. The zero value is
// R's and Stata's: over all rows alike, per unit.
type MarginOptions struct {
	Step     float64   // effects of numbers are per this much; 0 is 1
	Discrete bool      // of a number: the mean change from x to x + Step, not the slope times Step
	Weights  []float64 // of the rows in the mean; nil for 1 each
	NoOffset bool      // take the offset for 0, as Stata's nooffset
}

// Effects are average marginal effects of one variable: one for a number, one a
// level against the reference for a factor.
type Effects struct {
	Variable string
	Levels   []string    // of a factor: what each effect compares with Base; nil for a number
	Base     string      // of a factor: the reference level
	Values   []float64   // the effects
	Jacobian *mat.Dense  // by effect and column: derivatives by the coefficients
	Response []float64   // mean prediction at the base and at each level; nil for a number
	fit      *Regression // whose covariance the errors come from
}

// Margins returns the average marginal effects of a predictor on the mean of
// the outcome, over the rows of the design:
//
//	number  mean of dμᵢ/dx, through every column that x is part of
//	factor  mean of μᵢ(level) - μᵢ(reference)
//
// The derivative is exact: columns such as I(x^2), log(x) and x:z are
// differentiated by rule. A number that enters as a factor alone is compared
// over its levels. A factor with one level in the rows has no effects. Errors follow by the delta method from any covariance: see
// Table. R: marginaleffects::avg_slopes and avg_comparisons, margins of Stata.
func (r *Regression) Margins(variable string, o MarginOptions) (*Effects, error) {
	if o.Step == 0 {
		o.Step = 1
	}
	e := &Effects{Variable: variable, fit: r}
	levels, factor := r.Design.Levels(variable)
	if factor {
		if len(levels) < 2 {
			return e, nil // nothing to compare
		}
		e.Base, e.Levels = levels[0], levels[1:]
		return e, e.compare(o)
	}
	if o.Discrete {
		moved, err := r.Design.Shift(variable, o.Step)
		if err != nil {
			return nil, err
		}
		here, at := r.predict(nil, o)
		there, jacobian := r.predict(moved, o)
		e.add(there-here, jacobian, at)
		return e, nil
	}
	slopes, err := r.Design.Slopes(variable)
	if err != nil {
		return nil, err
	}
	value, jacobian := r.slope(slopes, o)
	for j := range jacobian {
		jacobian[j] *= o.Step
	}
	e.add(value*o.Step, jacobian, nil)
	return e, nil
}

// compare fills the effects of a factor.
func (e *Effects) compare(o MarginOptions) error {
	at := func(level string) (float64, []float64, error) {
		v, err := e.fit.Design.At(e.Variable, level)
		if err != nil {
			return nan, nil, fmt.Errorf("marginal effect of %s: %w", e.Variable, err)
		}
		mean, jacobian := e.fit.predict(v, o)
		return mean, jacobian, nil
	}
	base, from, err := at(e.Base)
	if err != nil {
		return err
	}
	e.Response = []float64{base}
	for _, l := range e.Levels {
		mean, to, err := at(l)
		if err != nil {
			return err
		}
		e.add(mean-base, to, from)
		e.Response = append(e.Response, mean)
	}
	return nil
}

// add appends an effect whose derivatives are to less from.
func (e *Effects) add(value float64, to, from []float64) {
	row := make([]float64, len(to))
	for j, v := range to {
		row[j] = v
		if from != nil {
			row[j] -= from[j]
		}
	}
	e.Values = append(e.Values, value)
	if e.Jacobian == nil {
		e.Jacobian = mat.NewDense(1, len(row), row)
		return
	}
	rows, k := e.Jacobian.Dims()
	grown := mat.NewDense(rows+1, k, nil)
	grown.Copy(e.Jacobian)
	grown.SetRow(rows, row)
	e.Jacobian = grown
}

// used returns the coefficients, 0 for those that were dropped.
func (r *Regression) used() []float64 {
	beta := make([]float64, len(r.Coef))
	for j, b := range r.Coef {
		if !math.IsNaN(b) {
			beta[j] = b
		}
	}
	return beta
}

// sumOver returns the means that add makes the sums of: of each row of the
// design or of a variant of it. Rows that are alike are added once, with their
// weight.
func (r *Regression) sumOver(v *formula.Variant, o MarginOptions, size int, add func(i int, row []float64, w float64, acc []float64)) []float64 {
	k := len(r.Names)
	first, weight := r.alike.groups(r.Design, len(r.y), o.Weights)
	sums := sumRows(len(first), size+1, func(lo, hi int, acc []float64) {
		buffer := make([]float64, blockRows*k)
		for from := lo; from < hi; from += blockRows {
			group := first[from:min(hi, from+blockRows)]
			rows := buffer[:len(group)*k]
			if v != nil {
				v.FillRows(rows, group)
			} else {
				for g, i := range group {
					copy(rows[g*k:], r.Design.X.RawRowView(i))
				}
			}
			for g, i := range group {
				w := weight[from+g]
				acc[size] += w
				add(i, rows[g*k:(g+1)*k], w, acc)
			}
		}
	})
	for a := range size {
		sums[a] /= sums[size]
	}
	return sums[:size]
}

// offsetOf returns the offset of a row.
func (r *Regression) offsetOf(i int, o MarginOptions) float64 {
	if r.Design.Offset == nil || o.NoOffset {
		return 0
	}
	return r.Design.Offset[i]
}

// predict returns the mean prediction over changed rows, and its derivatives by
// the coefficients.
func (r *Regression) predict(v *formula.Variant, o MarginOptions) (float64, []float64) {
	beta := r.used()
	if r.cells != nil && r.cells.parts != nil {
		return r.predictParts(v, beta, o)
	}
	sums := r.sumOver(v, o, 1+len(beta), func(i int, row []float64, w float64, acc []float64) {
		eta := dot(row, beta) + r.offsetOf(i, o)
		acc[0] += w * r.Link.Mean(eta)
		s := w * r.Link.Slope(eta)
		for j, v := range row {
			acc[1+j] += s * v
		}
	})
	return sums[0], sums[1:]
}

// slope returns the mean of dμ/dx and its derivatives by the coefficients;
// v gives the derivatives of the columns by x.
func (r *Regression) slope(v *formula.Variant, o MarginOptions) (float64, []float64) {
	beta := r.used()
	if r.cells != nil && r.cells.parts != nil {
		return r.slopeParts(v, beta, o)
	}
	k := len(beta)
	sums := r.sumOver(v, o, 1+k, func(i int, row []float64, w float64, acc []float64) {
		x := r.Design.X.RawRowView(i)
		eta := dot(x, beta) + r.offsetOf(i, o)
		by := dot(row, beta)
		s, c := w*r.Link.Slope(eta), w*r.Link.Curve(eta)*by
		acc[0] += s * by
		for j, v := range row {
			acc[1+j] += s*v + c*x[j]
		}
	})
	return sums[0], sums[1:]
}

// Table returns the effects with delta-method errors √(J V Jᵀ) from a
// covariance of the coefficients and intervals of the given confidence. Their
// degrees of freedom are the smallest of the covariance's. R:
// marginaleffects::avg_slopes(model, vcov = ).
func (e *Effects) Table(c *Covariance, conf float64) []Coefficient {
	lines := make([]Coefficient, len(e.Values))
	df := math.Inf(1)
	for _, d := range c.DF {
		df = min(df, d)
	}
	for i, v := range e.Values {
		name := e.Variable
		if e.Levels != nil {
			name += e.Levels[i]
		}
		lines[i] = newCoefficient(name, v, e.se(c, i), df, conf)
	}
	return lines
}

// se is the delta-method error of an effect. Coefficients that were dropped
// have no part in it.
func (e *Effects) se(c *Covariance, i int) float64 {
	sum := 0.0
	for a, x := range e.Jacobian.RawRowView(i) {
		if x == 0 || math.IsNaN(e.fit.Coef[a]) {
			continue
		}
		for b, y := range e.Jacobian.RawRowView(i) {
			if y != 0 && !math.IsNaN(e.fit.Coef[b]) {
				sum += x * y * c.V.At(a, b)
			}
		}
	}
	return math.Sqrt(sum)
}

// Covariance returns the covariance of the effects, J V Jᵀ, nil when there are
// none. R: vcov of marginaleffects::avg_slopes.
func (e *Effects) Covariance(c *Covariance) *mat.SymDense {
	if e.Jacobian == nil {
		return nil
	}
	return jointCovariance(e.fit, c, e.Jacobian)
}

// jointCovariance returns J V Jᵀ over the coefficients that were estimated.
func jointCovariance(r *Regression, c *Covariance, jacobian *mat.Dense) *mat.SymDense {
	m, k := jacobian.Dims()
	j, v := mat.DenseCopyOf(jacobian), mat.NewDense(k, k, nil)
	for a := range k {
		for b := range k {
			if !math.IsNaN(r.Coef[a]) && !math.IsNaN(r.Coef[b]) {
				v.Set(a, b, c.V.At(a, b))
			}
		}
	}
	var p mat.Dense
	p.Product(j, v, j.T())
	s := mat.NewSymDense(m, nil)
	for a := range m {
		for b := a; b < m; b++ {
			s.SetSym(a, b, (p.At(a, b)+p.At(b, a))/2)
		}
	}
	return s
}
