package stat

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// FixedEffect is a factor that is absorbed: each of its levels has an intercept
// that nobody asks for.
type FixedEffect struct {
	Name  string
	Codes []int // the level, from 0, of each row
}

// AbsorbedRegression is a linear regression with fixed effects,
//
//	y = Xβ + α[f₁] + γ[f₂] + … + offset + ε,
//
// that are projected out of the outcome and the columns (Frisch and Waugh 1933,
// doi:10.2307/1907330). Absorb makes it.
type AbsorbedRegression struct {
	Names   []string  // of the columns but the intercept
	Coef    []float64 // NaN where a column is linear in those before it or in the fixed effects
	Dropped []string

	N        int     // rows of positive weight
	Rank     int     // columns that were not dropped
	Absorbed int     // independent fixed effects
	DF       float64 // N - Rank - Absorbed

	RSS, Sigma       float64
	R2, AdjR2        float64 // of the columns and the fixed effects
	WithinR2         float64 // of the columns, of what the fixed effects leave
	LogLik, AIC, BIC float64 // with Rank + Absorbed + 1 numbers estimated
	Warnings         []string

	within  *Regression
	effects []FixedEffect
	weights []float64
}

// Absorb fits a linear regression with fixed effects of one or more factors,
// weighted when the design has weights. Coefficients, residuals and errors are
// those of OLS with a dummy for each level, without their cost: the means of one
// factor are taken out directly, those of several by conjugate gradients
// (Correia 2017) to a relative rest of 1e-13.
//
// Absorbed counts the levels; with two factors less the number of connected
// parts of their graph (Abowd, Creecy and Kramarz 2002), which is exact; each
// further factor counts one level less than it has, which is at most too many.
//
// Edge cases: columns that the fixed effects explain but for 1e-7 are dropped,
// as R's lm drops collinear ones; rows whose level has no other row explain
// nothing and are counted in a warning; no degrees of freedom give NaN errors.
// It panics without a factor, or when codes are negative or not one a row.
//
// R: fixest::feols(y ~ x | f1 + f2), lfe::felm; or lm with factor().
func Absorb(d *formula.Design, effects ...FixedEffect) *AbsorbedRegression {
	if len(effects) == 0 {
		panic("stat: no fixed effects to absorb")
	}
	for _, e := range effects {
		if len(e.Codes) != len(d.Y) || slices.ContainsFunc(e.Codes, func(c int) bool { return c < 0 }) {
			panic(fmt.Sprintf("stat: fixed effect %q has %d codes for %d rows, or negative ones", e.Name, len(e.Codes), len(d.Y)))
		}
	}
	a := &AbsorbedRegression{
		effects: effects, DF: nan, RSS: nan, Sigma: nan, R2: nan, AdjR2: nan, WithinR2: nan, LogLik: nan, AIC: nan, BIC: nan,
	}
	first := 0
	if d.Intercept() {
		first = 1
	}
	a.Names = d.Names[first:]
	a.Coef = filled(len(a.Names), nan)
	switch {
	case len(d.Y) == 0:
		return a.cannot("there are no rows, or no outcome")
	case len(a.Names) == 0:
		return a.cannot("the formula has no column but the intercept")
	}
	a.weights = d.Weights
	if a.weights == nil {
		a.weights = filled(len(d.Y), 1)
	}
	p := newAbsorption(effects, a.weights)
	within, total := a.project(d, p, first)
	a.within = OLS(within)
	a.finish(p, total)
	return a
}

// cannot ends a fit that the data do not allow.
func (a *AbsorbedRegression) cannot(why string) *AbsorbedRegression {
	a.Warnings = append(a.Warnings, why)
	return a
}

// project returns the design of what the fixed effects leave, and the sum of
// squares of the outcome around its mean.
func (a *AbsorbedRegression) project(d *formula.Design, p *absorption, first int) (*formula.Design, float64) {
	y := slices.Clone(d.Y)
	if d.Offset != nil {
		for i, o := range d.Offset {
			y[i] -= o
		}
	}
	total := p.center(y)
	ok := p.takeOut(y)
	within := &formula.Design{
		X: mat.NewDense(len(y), len(a.Names), nil), Names: a.Names, Terms: d.Terms, Y: y,
		Response: d.Response, Weights: d.Weights, Rows: d.Rows,
	}
	for j := range a.Names {
		within.Assign = append(within.Assign, d.Assign[first+j])
		x := mat.Col(nil, first+j, d.X)
		before := p.center(x)
		ok = p.takeOut(x) && ok
		left := 0.0
		for i, v := range x {
			left += p.w[i] * v * v
		}
		if !(left > rankTolerance*rankTolerance*before) {
			clear(x) // nothing but rounding
		}
		within.X.SetCol(j, x)
	}
	if !ok {
		a.Warnings = append(a.Warnings, "the fixed effects could not be taken out to the last digits")
	}
	return within, total
}

// finish counts degrees of freedom and computes what follows from them.
func (a *AbsorbedRegression) finish(p *absorption, total float64) {
	r := a.within
	copy(a.Coef, r.Coef)
	a.N, a.Rank, a.Dropped, a.RSS = r.N, r.Rank, r.Dropped, r.RSS
	a.Absorbed = p.independent()
	a.DF = float64(a.N - a.Rank - a.Absorbed)
	if len(a.Dropped) > 0 {
		a.Warnings = append(a.Warnings, fmt.Sprintf("dropped as linear in the fixed effects and the columns before them: %s", strings.Join(a.Dropped, ", ")))
	}
	if single := p.singles(); single > 0 {
		a.Warnings = append(a.Warnings, fmt.Sprintf("%d rows are alone in their level of a fixed effect and explain nothing", single))
	}
	if a.Rank == 0 {
		return
	}
	n, k := float64(a.N), float64(a.Rank+a.Absorbed)
	if a.DF > 0 {
		a.Sigma = math.Sqrt(a.RSS / a.DF)
	} else {
		a.Warnings = append(a.Warnings, fmt.Sprintf("%d coefficients and fixed effects of %d rows leave no degrees of freedom", int(k), a.N))
	}
	if total > 0 {
		a.R2 = 1 - a.RSS/total
		if a.DF > 0 {
			a.AdjR2 = 1 - (1-a.R2)*(n-1)/a.DF
		}
		a.WithinR2 = r.R2
	}
	logs := 0.0
	for _, w := range a.weights {
		if w > 0 {
			logs += math.Log(w)
		}
	}
	a.LogLik = 0.5 * (logs - n*(math.Log(2*math.Pi)+1-math.Log(n)+math.Log(a.RSS)))
	a.AIC = -2*a.LogLik + 2*(k+1)
	a.BIC = -2*a.LogLik + math.Log(n)*(k+1)
}

// Covariance returns the covariance of the coefficients, of the kinds classical,
// HC0, HC1, CR0, CR1 and CR1S of Regression.Covariance, with k counting columns
// and fixed effects, as OLS with dummies does. Degrees of freedom are DF, or G-1
// of the smaller way with clusters.
//
// R: vcov, sandwich::vcovHC and vcovCL of lm with factor(). fixest's default,
// which counts no fixed effects within clusters, is CovarianceNested.
func (a *AbsorbedRegression) Covariance(kind string, clusters ...[]int) (*Covariance, error) {
	return a.covariance(kind, float64(a.Rank+a.Absorbed), clusters...)
}

// CovarianceNested is CR1S that leaves those factors out of k whose levels are
// each within one cluster: with clusters, these cost no degrees of freedom.
// R: fixest::feols(vcov = ~cluster).
func (a *AbsorbedRegression) CovarianceNested(cluster []int) (*Covariance, error) {
	var count []FixedEffect
	for _, e := range a.effects {
		if !nestedIn(e.Codes, cluster, a.weights) {
			count = append(count, e)
		}
	}
	k := float64(a.Rank)
	switch {
	case len(count) == len(a.effects):
		k += float64(a.Absorbed)
	case len(count) > 0:
		k += float64(newAbsorption(count, a.weights).independent())
	default:
		k++ // the constant, which one of the fixed effects stands for
	}
	return a.covariance("CR1S", k, cluster)
}

func (a *AbsorbedRegression) covariance(kind string, k float64, clusters ...[]int) (*Covariance, error) {
	if !slices.Contains([]string{"classical", "HC0", "HC1", "CR0", "CR1", "CR1S"}, kind) {
		return nil, fmt.Errorf("unknown type of standard error %q with absorbed fixed effects; there are classical, HC0, HC1, CR0, CR1, CR1S", kind)
	}
	if a.within == nil || a.Rank == 0 {
		return (&Covariance{Type: kind, V: nanMatrix(len(a.Names)), DF: filled(len(a.Names), nan)}), nil
	}
	// What counts the coefficients is computed here; the rest is that of the
	// regression on what is left.
	base, factor := kind, 1.0
	n := float64(a.N)
	switch kind {
	case "classical":
		factor = a.Sigma * a.Sigma / a.within.Dispersion
	case "HC1":
		base, factor = "HC0", n/(n-k)
	case "CR1S":
		base, factor = "CR1", (n-1)/(n-k)
	}
	if n <= k {
		factor = nan
	}
	c, err := a.within.Covariance(base, clusters...)
	if err != nil {
		return nil, err
	}
	df := a.DF
	if len(c.Groups) > 0 {
		df = float64(slices.Min(c.Groups) - 1)
	}
	if !(df > 0) {
		df = nan
	}
	c = c.WithDF(df)
	c.Type = kind
	scaled := mat.NewSymDense(len(a.Names), nil)
	scaled.ScaleSym(factor, c.V)
	c.V = scaled
	return c, nil
}

// nestedIn says whether each level is within one cluster.
func nestedIn(codes, cluster []int, w []float64) bool {
	in := map[int]int{}
	for i, c := range codes {
		if w[i] == 0 {
			continue
		}
		if k, ok := in[c]; ok && k != cluster[i] {
			return false
		}
		in[c] = cluster[i]
	}
	return true
}

// Table returns the coefficients with the errors of a covariance and intervals
// of the given confidence, .95 for 95 %. R: summary(fixest::feols).
func (a *AbsorbedRegression) Table(c *Covariance, conf float64) []Coefficient {
	lines := make([]Coefficient, len(a.Names))
	for j, name := range a.Names {
		lines[j] = newCoefficient(name, a.Coef[j], c.SE(j), c.DF[j], conf)
	}
	return lines
}
