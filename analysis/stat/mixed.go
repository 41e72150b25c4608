package stat

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// MixedModel is a fitted linear mixed model,
//
//	y = Xβ + offset + Σ Zₜbₜ + ε,  bₜ ~ N(0, Σₜ) for each group, ε ~ N(0, σ²/w),
//
// with one term t for each (… | group) of the formula, or a logistic one with a random
// intercept. Mixed and MixedLogit make it. Numbers that the data cannot give are
// NaN; Warnings say why.
//
// R: lme4::lmer, brought to the exact optimum.
type MixedModel struct {
	Design *formula.Design
	REML   bool
	Names  []string  // of the fixed effects
	Coef   []float64 // NaN where a column is linear in those before it

	Components []VarianceComponent // of the random effects, the residual of a linear model last
	Groups     []RandomEstimates   // by grouping factor

	N       int // rows of positive weight
	Rank    int // fixed effects that were not dropped
	Dropped []string

	LogLik   float64 // of REML: the restricted one, in the columns as they are
	AIC, BIC float64 // fixed effects, variances, correlations and σ counted; BIC with log N

	// ICC is the share of the random variance in it and the residual's, of a
	// model whose only random effect is one intercept; NaN for others.
	ICC float64
	// Shares of the variance that the fixed effects explain, and that these and
	// the random effects do: Nakagawa and Schielzeth (2013),
	// doi:10.1111/j.2041-210x.2012.00261.x, with random slopes by Johnson
	// (2014), doi:10.1111/2041-210X.12225. R: MuMIn::r.squaredGLMM.
	R2Marginal, R2Conditional float64

	// Singular says that some variance is estimated to be zero, or some
	// combination of correlated effects not to vary.
	Singular  bool
	Converged bool
	Steps     int
	Warnings  []string

	cov *mat.SymDense
}

// VarianceComponent is a variance, or a covariance of two effects of a term.
type VarianceComponent struct {
	Group      string // "Residual" for the last; "g.1" for the second term of a factor g
	Var1, Var2 string // Var2 is "" for a variance
	Variance   float64
	SD         float64 // of a covariance: the correlation, NaN beside a variance of zero
}

// RandomEstimates are the conditional modes (BLUPs) of a grouping factor.
type RandomEstimates struct {
	Group   string
	Names   []string    // of the effects
	Levels  []string    // of the groups
	Effects [][]float64 // by level, then effect
}

// Mixed fits a linear mixed model by restricted maximum likelihood, or by
// maximum likelihood. The design's Random are its random effects: intercepts
// and slopes, of any number of grouping factors, nested or crossed. Weights are
// lmer's: the residual variance of a row is σ²/w. Intervals are of z, as lme4's
// confint(method = "Wald"): those of a coefficient that varies by group cover
// .934 of the time at 40 groups, and better with more.
//
// It minimises Bates's profiled deviance (Bates and others 2015,
// doi:10.18637/jss.v067.i01) over the relative Cholesky factors of the Σₜ by
// Newton's method, with the analytic gradient. All rows are put into sums
// first, so that a step costs as much as there are groups, not rows: with one
// grouping factor, linear in the groups; with several, the one with most
// effects is eliminated group by group, and the rest are worked on as a dense
// matrix, whose cost rises with the cube of their number (a few thousand are
// many).
//
// Terms are ordered as lmer does: by falling number of levels. Columns of
// (x || g) are all uncorrelated, those of a factor included (lmer keeps these
// correlated).
//
// Edge cases: a factor with one group, as many random effects of a term as
// rows, an outcome without variance beside the fixed effects, and no more rows
// than fixed effects give NaN and a warning; a variance of zero is said by
// Singular and a warning.
func Mixed(d *formula.Design, reml bool) *MixedModel {
	m := &MixedModel{
		Design: d, REML: reml, Names: d.Names, LogLik: nan, AIC: nan, BIC: nan, ICC: nan, R2Marginal: nan, R2Conditional: nan,
		cov: nanMatrix(len(d.Names)),
	}
	for range d.Names {
		m.Coef = append(m.Coef, nan)
	}
	m.Warnings = append(m.Warnings, d.Warnings...)
	if why := m.usable(); why != "" {
		return m.cannot(why)
	}
	s := newMixedSums(d)
	m.N, m.Rank = s.n, s.fixed.rank()
	for j, name := range m.Names {
		if !slices.Contains(s.fixed.kept, j) {
			m.Dropped = append(m.Dropped, name)
		}
	}
	if len(m.Dropped) > 0 {
		m.Warnings = append(m.Warnings, "dropped as linear in the columns before them: "+strings.Join(m.Dropped, ", "))
	}
	m.Warnings = append(m.Warnings, s.warnings...)
	if why := s.impossible(); why != "" {
		return m.cannot(why)
	}
	p := newMixedProfile(s, reml)
	fit := p.minimise()
	m.Converged, m.Steps = fit.converged, fit.steps
	if !p.evaluate(fit.theta) {
		return m.cannot("the deviance cannot be computed at its minimum")
	}
	if !m.Converged {
		m.Warnings = append(m.Warnings, fmt.Sprintf("no convergence after %d steps", m.Steps))
	}
	m.finish(p, fit.theta)
	return m
}

// cannot ends a fit that the data do not allow.
func (m *MixedModel) cannot(why string) *MixedModel {
	m.Warnings = append(m.Warnings, why)
	return m
}

// usable says what of the design no mixed model can be fitted to, "" when it
// can.
func (m *MixedModel) usable() string {
	d := m.Design
	switch {
	case d.Y == nil:
		return "the formula has no outcome"
	case len(d.Y) == 0:
		return "there are no rows"
	case len(d.Random) == 0:
		return "the formula has no random effects such as (1 | id)"
	case len(d.Names) == 0:
		return "the formula has no fixed effects"
	case d.Trials != nil || len(d.ResponseLevels) > 2 && !d.Scored:
		return "the outcome " + d.Response + " is no number"
	}
	for _, r := range d.Random {
		if len(r.Levels) < 2 {
			return fmt.Sprintf("all rows are in one group of %s, so that differences between groups cannot be estimated", r.Group)
		}
		if len(r.Names) == 0 {
			return fmt.Sprintf("nothing varies by %s: write (1 | %s)", r.Group, r.Group)
		}
		if effects := len(r.Levels) * len(r.Names); effects >= len(d.Y) {
			return fmt.Sprintf("%s has %d random effects for %d rows, so that they cannot be told from the residual", r.Group, effects, len(d.Y))
		}
	}
	return ""
}

// Covariance returns the covariance of the fixed effects given the variances,
// σ²(XᵀV⁻¹X)⁻¹, with infinite degrees of freedom. R: vcov.
func (m *MixedModel) Covariance() *Covariance {
	return &Covariance{Type: "classical", V: m.cov, DF: filled(len(m.Names), math.Inf(1))}
}

// Table returns the fixed effects with the errors of a covariance and intervals
// of the given confidence, .95 for 95 %.
func (m *MixedModel) Table(c *Covariance, conf float64) []Coefficient {
	lines := make([]Coefficient, len(m.Names))
	for j, name := range m.Names {
		lines[j] = newCoefficient(name, m.Coef[j], c.SE(j), c.DF[j], conf)
	}
	return lines
}

// Sigma2 returns the variance of the residual, NaN without a fit and of a
// logit. R: sigma(lme4::lmer)^2.
func (m *MixedModel) Sigma2() float64 {
	for _, c := range m.Components {
		if c.Group == "Residual" {
			return c.Variance
		}
	}
	return nan
}
