package stat

import (
	"fmt"
	"math"
	"strings"

	"silico/analysis/formula"
)

// Regression is a fitted linear or generalised linear model. OLS, GLM and NB
// make it. Numbers that do not exist for a model, or that the data cannot give,
// are NaN; Warnings say why.
type Regression struct {
	Design *formula.Design
	Family Family
	Link   Link
	Names  []string  // of the columns
	Coef   []float64 // of each column; NaN where it is linear in those before it

	N       int     // rows of positive weight
	Rank    int     // columns that were not dropped
	DF      float64 // N - Rank
	Dropped []string

	LogLik       float64
	AIC, BIC     float64 // R's, with every estimated number counted
	Deviance     float64
	NullDeviance float64
	McFadden     float64 // 1 - LogLik/LogLik of the constant alone
	Dispersion   float64 // of the classical covariance: 1, or Deviance/DF of a gaussian model

	// Of linear models, NaN for others.
	RSS, Sigma float64 // weighted sum of squared residuals; √(RSS/DF)
	R2, AdjR2  float64
	F          Test // all columns but the intercept

	// Of negative binomial models, NaN for others.
	Theta, LogThetaSE float64

	// Separated says that part of a 0-1 outcome (or the zeros of a count) can be
	// told apart perfectly, so that no finite maximum of the likelihood exists
	// (Albert and Anderson 1984, doi:10.1093/biomet/71.1.1). Fitted values are
	// those of the limit; coefficients named in Moving are where the search
	// stopped, and their errors are NaN.
	Separated bool
	Moving    []string

	Converged bool
	Steps     int
	Gradient  float64 // largest absolute derivative of LogLik where the search stopped, of log θ among them; NaN for OLS
	Warnings  []string

	Fitted []float64 // by row: the mean
	Linear []float64 // by row: the linear predictor, offset included

	response response
	y        []float64 // by row: as the likelihood has it
	cells    *cells
	alike    *alike
	ls       *leastSquares
	score    []float64 // by row: derivative of the log likelihood by η, dispersion 1
	info     []float64 // by row: expected information of η
	moving   []bool    // by column
	kind     string    // "ols" for what OLS made
}

// newRegression begins a fit: everything NaN.
func newRegression(d *formula.Design, family Family, link Link) *Regression {
	r := &Regression{
		Design: d, Family: family, Link: link, Names: d.Names,
		LogLik: nan, AIC: nan, BIC: nan, Deviance: nan, NullDeviance: nan, McFadden: nan, Dispersion: nan,
		RSS: nan, Sigma: nan, R2: nan, AdjR2: nan, F: noTest(""), Theta: nan, LogThetaSE: nan, DF: nan, Gradient: nan,
		response: response{family: family, link: link, theta: nan}, alike: &alike{},
	}
	for range d.Names {
		r.Coef = append(r.Coef, nan)
	}
	r.Warnings = append(r.Warnings, d.Warnings...)
	return r
}

// cannot ends a fit that the data do not allow.
func (r *Regression) cannot(format string, args ...any) *Regression {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
	return r
}

// usable checks what every model needs, counts rows, and returns why nothing
// can be fitted, "" when it can.
func (r *Regression) usable() string {
	d := r.Design
	if d.Y == nil {
		return "the formula has no outcome"
	}
	r.N = len(d.Y)
	if d.Weights != nil {
		r.N = 0
		for _, w := range d.Weights {
			if w > 0 {
				r.N++
			}
		}
	}
	switch {
	case r.N == 0 && d.Dropped > 0:
		return fmt.Sprintf("no row is complete; something is missing in all %d", d.Dropped)
	case r.N == 0:
		return "there are no rows"
	case len(d.Names) == 0:
		return "the formula has no columns"
	}
	return ""
}

// accept takes over what least squares found out about the columns.
func (r *Regression) accept(s *leastSquares) {
	r.ls = s
	r.Rank = s.rank()
	r.DF = float64(r.N - r.Rank)
	k := 0
	for j, name := range r.Names {
		if k < len(s.kept) && s.kept[k] == j {
			k++
			continue
		}
		r.Dropped = append(r.Dropped, name)
	}
	if len(r.Dropped) > 0 {
		why := "linear in the columns before them"
		if len(r.Names) > r.N {
			why = fmt.Sprintf("linear in the columns before them: there are %d columns and %d rows", len(r.Names), r.N)
		}
		r.Warnings = append(r.Warnings, fmt.Sprintf("dropped as %s: %s", why, strings.Join(r.Dropped, ", ")))
	}
	if r.DF == 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d coefficients of %d rows fit perfectly; nothing is left to estimate errors from", r.Rank, r.N))
	}
}

// Coefficient is one line of a regression table.
type Coefficient struct {
	Name     string
	Estimate float64
	SE       float64
	Stat     float64 // Estimate/SE
	DF       float64 // of Student's distribution; infinite for the normal
	P        float64 // two-sided
	Interval
}

// Table returns the coefficients with the errors of a covariance and intervals
// of the given confidence, .95 for 95 %. R: lmtest::coeftest.
func (r *Regression) Table(c *Covariance, conf float64) []Coefficient {
	lines := make([]Coefficient, len(r.Names))
	for j, name := range r.Names {
		lines[j] = newCoefficient(name, r.Coef[j], c.SE(j), c.DF[j], conf)
	}
	return lines
}

// newCoefficient tests an estimate against zero.
func newCoefficient(name string, estimate, se, df, conf float64) Coefficient {
	c := Coefficient{Name: name, Estimate: estimate, SE: se, Stat: estimate / se, DF: df, P: nan, Interval: noInterval}
	if math.IsNaN(estimate) || math.IsNaN(se) {
		c.Stat = nan
		return c
	}
	c.P = studentTail2(c.Stat, df)
	reach := studentQuantile(1-(1-conf)/2, df) * se
	c.Interval = Interval{estimate - reach, estimate + reach}
	return c
}
