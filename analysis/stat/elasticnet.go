package stat

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// ElasticNet is a path of penalised regressions. With weights that sum to one,
// columns xⱼ of standard deviation one, and an intercept without penalty, it
// minimises at each λ
//
//	gaussian  ½ Σ wᵢ(yᵢ/s - β₀ - xᵢᵀβ)² + λ/s · P(β), s the standard deviation of y
//	binomial  - Σ wᵢ log p(yᵢ | β₀ + xᵢᵀβ) + λ · P(β)
//
// with P(β) = α|β|₁ + (1-α)/2 |β|². Coefficients are given for the columns and
// the outcome as they were. Zou and Hastie (2005),
// doi:10.1111/j.1467-9868.2005.00503.x; Friedman, Hastie and Tibshirani (2010),
// doi:10.18637/jss.v033.i01.
//
// R: glmnet::glmnet(thresh = 1e-14), which also takes the outcome to standard
// deviation one, so that α < 1 means the same here and there.
type ElasticNet struct {
	Design *formula.Design
	Family Family
	Alpha  float64
	Names  []string // of the columns but the intercept

	Lambda    []float64   // falling
	Intercept []float64   // by λ
	Coef      [][]float64 // by λ, then column; 0 where the penalty left nothing
	Explained []float64   // by λ: share of the null deviance that is explained
	Warnings  []string

	columns []int // of the design, without the intercept
}

// NetOptions say which path an elastic net takes. The zero value is a ridge
// regression on glmnet's own path.
type NetOptions struct {
	Alpha  float64   // 1 is the lasso, 0 the ridge regression
	Lambda []float64 // falling; nil for 100 values from the smallest that leaves nothing, down to 1/10,000 of it (1/100 with more columns than rows)
}

// Where glmnet's own path ends: a λ that explains all but a thousandth of the
// deviance, or that adds less than a part of 1e-5; it has five values at least.
const (
	netPath       = 100
	netLeast      = 5
	netAll        = 0.999
	netNoMore     = 1e-5
	netRatio      = 1e-4
	netRatioWide  = 1e-2
	netLeastAlpha = 1e-3 // of the largest λ, which for a ridge regression is infinite
)

// FitElasticNet fits the path. The design has an intercept or is given one;
// family is Gaussian or Binomial. It works on cross-products, so that memory
// rises with the square of the columns.
//
// Edge cases: a constant column has the coefficient 0; a constant outcome, no
// rows, no columns, an offset and an outcome that does not fit the family give an empty
// path and a warning. It panics on an α outside of 0 to 1 and on another
// family. R: glmnet::glmnet(standardize = TRUE). Friedman, Hastie & Tibshirani
// (2010), doi:10.18637/jss.v033.i01.
func FitElasticNet(d *formula.Design, family Family, opts NetOptions) *ElasticNet {
	if !(opts.Alpha >= 0 && opts.Alpha <= 1) || family != Gaussian && family != Binomial {
		panic(fmt.Sprintf("stat: elastic net of family %v with alpha %v", family, opts.Alpha))
	}
	e := &ElasticNet{Design: d, Family: family, Alpha: opts.Alpha}
	e.Warnings = append(e.Warnings, d.Warnings...)
	for j, name := range d.Names {
		if j > 0 || !d.Intercept() {
			e.columns = append(e.columns, j)
			e.Names = append(e.Names, name)
		}
	}
	if why := e.unusable(); why != "" {
		e.Warnings = append(e.Warnings, why)
		return e
	}
	n := len(d.Y)
	w := d.Weights
	if w == nil {
		w = filled(n, 1)
	}
	p := newNetProblem(d.X, e.columns, outcomes(d, family), w, family, opts.Alpha)
	if p.flat {
		e.Warnings = append(e.Warnings, "the outcome is constant, so that there is nothing to explain")
		return e
	}
	e.path(p, opts.Lambda)
	return e
}

// unusable says why there is nothing to fit, "" when there is something.
func (e *ElasticNet) unusable() string {
	d := e.Design
	switch {
	case d.Y == nil:
		return "the formula has no outcome"
	case len(d.Y) == 0:
		return "there are no rows"
	case len(e.columns) == 0:
		return "the formula has no column but the intercept"
	case d.Offset != nil:
		return "an elastic net takes no offset"
	case d.Trials != nil, len(d.ResponseLevels) > 2 && (e.Family == Binomial || !d.Scored):
		return "the outcome " + d.Response + " is neither a number nor one of two answers"
	}
	if e.Family == Binomial {
		for _, y := range outcomes(d, Binomial) {
			if y != 0 && y != 1 {
				return "the outcome of a binomial elastic net is 0 or 1"
			}
		}
	}
	return ""
}

// path fits the values of λ, each from where the one before ended.
func (e *ElasticNet) path(p *netProblem, lambdas []float64) {
	own := lambdas == nil
	if own {
		lambdas = p.lambdas()
	}
	for k, lambda := range lambdas {
		if !p.solve(lambda) {
			e.Warnings = append(e.Warnings, fmt.Sprintf("the path ends after %d values of λ: no convergence", k))
			return
		}
		share := p.explained()
		intercept, coef := p.back()
		e.Lambda, e.Explained = append(e.Lambda, lambda), append(e.Explained, share)
		e.Intercept, e.Coef = append(e.Intercept, intercept), append(e.Coef, coef)
		if !own || k+1 < netLeast {
			continue
		}
		least := netNoMore
		if e.Family == Gaussian {
			least *= share
		}
		if share > netAll || share-e.Explained[k-1] < least {
			return
		}
	}
}

// Active returns how many coefficients are not zero at a place of the path. R:
// glmnet()$df.
func (e *ElasticNet) Active(k int) int {
	n := 0
	for _, b := range e.Coef[k] {
		if b != 0 {
			n++
		}
	}
	return n
}

// Predict returns the mean of the outcome of each row of a design with the same
// columns, at a place of the path. R: predict(glmnet, type = "response").
func (e *ElasticNet) Predict(x *mat.Dense, k int) []float64 {
	n, _ := x.Dims()
	mu := make([]float64, n)
	link := Identity
	if e.Family == Binomial {
		link = Logit
	}
	for i := range mu {
		eta := e.Intercept[k]
		row := x.RawRowView(i)
		for a, j := range e.columns {
			eta += e.Coef[k][a] * row[j]
		}
		mu[i] = link.Mean(eta)
	}
	return mu
}
