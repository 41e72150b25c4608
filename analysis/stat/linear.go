package stat

import (
	"math"

	"silico/analysis/formula"
)

// OLS fits a linear model by least squares, weighted when the design has
// weights: it minimises Σ wᵢ(yᵢ - oᵢ - xᵢᵀβ)².
//
// Coefficients agree with R's lm to about 12 digits, and where columns are
// nearly collinear to what the data hold. A column of which less than 1e-7 is
// left beside those before it is dropped, as lm does; OLSTolerance sets another
// bound. R² of a model without intercept is about zero, as R has it; with an
// offset, fitted values include it, as in R 4.2. The log likelihood and its
// criteria count the variance as estimated.
//
// R: lm, summary.lm, logLik.lm.
func OLS(d *formula.Design) *Regression { return OLSTolerance(d, rankTolerance) }

// OLSTolerance is OLS that drops a column of which less than the given share is
// left beside the columns before it. R: lm(tol = tolerance).
func OLSTolerance(d *formula.Design, tolerance float64) *Regression {
	r := newRegression(d, Gaussian, Identity)
	r.kind = "ols"
	if why := r.usable(); why != "" {
		return r.cannot("%s", why)
	}
	if len(d.ResponseLevels) > 2 && !d.Scored {
		return r.cannot("the outcome %s is a factor of %d levels without numbers; a linear model needs numbers", d.Response, len(d.ResponseLevels))
	}
	r.y = d.Y
	target := d.Y
	if d.Offset != nil {
		target = make([]float64, len(d.Y))
		for i, y := range d.Y {
			target[i] = y - d.Offset[i]
		}
	}
	r.cells = cellsOf(d, target, d.Weights, nil)
	s := newLeastSquares(r.cells, d.Intercept(), tolerance)
	r.accept(s)
	if r.Rank == 0 {
		return r.cannot("no column is left to fit")
	}
	copy(r.Coef, s.beta)
	r.Converged = true
	r.finishLinear()
	return r
}

// finishLinear computes fitted values, residuals and what follows from them.
func (r *Regression) finishLinear() {
	d, s := r.Design, r.ls
	n := len(r.y)
	r.Fitted, r.score = make([]float64, n), make([]float64, n)
	r.info = r.weights()
	sums := sumRows(n, 3, func(lo, hi int, acc []float64) {
		for i := lo; i < hi; i++ {
			cell, w := r.cells.cell(i), r.info[i]
			fit := s.fit[cell]
			if d.Offset != nil {
				fit += d.Offset[i]
			}
			e := r.y[i] - fit
			if s.exact != nil && r.cells.of == nil && w > 0 {
				e = s.exact[cell].float()
			}
			r.score[i] = w * e
			r.Fitted[i] = fit
			acc[0] += w * e * e
			acc[1] += w * fit
			acc[2] += w
		}
	})
	r.RSS = sums[0]
	mean := 0.0
	if d.Intercept() {
		mean = sums[1] / sums[2]
	}
	sums = sumRows(n, 1, func(lo, hi int, acc []float64) {
		for i := lo; i < hi; i++ {
			off := r.Fitted[i] - mean
			acc[0] += r.info[i] * off * off
		}
	})
	mss := sums[0]
	r.Linear = r.Fitted
	r.Deviance, r.NullDeviance = r.RSS, mss+r.RSS
	r.goodness(mss)
}

// weights returns the weight of each row.
func (r *Regression) weights() []float64 {
	if r.Design.Weights != nil {
		return r.Design.Weights
	}
	w := make([]float64, len(r.y))
	for i := range w {
		w[i] = 1
	}
	return w
}

// goodness computes how well a linear model fits; mss is the weighted sum of
// squares that it explains.
func (r *Regression) goodness(mss float64) {
	n, k := float64(r.N), float64(r.Rank)
	constant := 0.0
	if r.Design.Intercept() {
		constant = 1
	}
	logs := 0.0
	for _, w := range r.info {
		if w > 0 {
			logs += math.Log(w)
		}
	}
	r.LogLik = 0.5 * (logs - n*(math.Log(2*math.Pi)+1-math.Log(n)+math.Log(r.RSS)))
	r.AIC = -2*r.LogLik + 2*(k+1)
	r.BIC = -2*r.LogLik + math.Log(n)*(k+1)
	if r.DF > 0 {
		r.Dispersion = r.RSS / r.DF
		r.Sigma = math.Sqrt(r.Dispersion)
	}
	if r.flat() {
		r.Warnings = append(r.Warnings, "the outcome is constant, so that there is nothing to explain")
		r.F = noTest("the outcome is constant")
		return
	}
	if mss+r.RSS > 0 {
		r.R2 = mss / (mss + r.RSS)
		r.AdjR2 = 1 - (1-r.R2)*(n-constant)/r.DF
	}
	switch {
	case k <= constant:
		r.F = noTest("there is no column but the intercept")
		r.R2, r.AdjR2 = 0, 0
	case !(r.DF > 0):
		r.F = noTest("no degrees of freedom are left")
		r.AdjR2 = nan
	default:
		r.F = fTest(mss/(k-constant)/r.Dispersion, k-constant, r.DF)
	}
	if constant == 1 {
		alone := 0.5 * (logs - n*(math.Log(2*math.Pi)+1-math.Log(n)+math.Log(mss+r.RSS)))
		r.McFadden = 1 - r.LogLik/alone
	}
}

// flat says whether all outcomes of positive weight are equal in a model with
// an intercept.
func (r *Regression) flat() bool {
	if !r.Design.Intercept() || r.N < 2 {
		return false
	}
	first := nan
	for i, y := range r.y {
		if r.info[i] == 0 {
			continue
		}
		if math.IsNaN(first) {
			first = y
		}
		if y != first {
			return false
		}
	}
	return true
}
