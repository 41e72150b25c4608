package stat_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	oracleKinds["lmer"] = oracleLmer
	oracleTolerances["lmer"] = lmerTolerance
}

// lmerTolerance allows variances 1e-5: R stops its search about there (with its
// own deviance function ours is lower). What follows from the variances moves
// with them: standard errors and modes by as much, and a coefficient, as the
// weights of groups change, by a part of its standard error. A variance that is
// zero is only small in R.
func lmerTolerance(c *oracleCase, path string) (rel, abs float64) {
	rel, abs = oracleTolerance(path)
	method, field, _ := strings.Cut(path, ".")
	r := c.Result.(map[string]any)[method].(map[string]any)
	at := -1
	if from := strings.IndexByte(field, '['); from >= 0 {
		at, _ = strconv.Atoi(field[from+1 : from+strings.IndexByte(field[from:], ']')])
	}
	const near = 1e-5
	switch {
	case field == "aic" || field == "bic" || field == "loglik" || field == "deviance_or_remlcrit":
		// The deviance is flat at its minimum.
	case field == "icc":
		rel, abs = near, 1e-8
	case strings.HasPrefix(field, "varcomp"):
		rel, abs = near, 1e-8*largest(numbersOf(r["varcomp"], "vcov"))
		if strings.HasSuffix(field, "sdcor") {
			abs = near * largest(numbersOf(r["varcomp"], "sdcor"))
			if r["varcomp"].([]any)[at].(map[string]any)["var2"] != "NA" {
				abs = near // a correlation
			}
		}
	case strings.HasPrefix(field, "ranef"):
		rel = near
		abs = near*largest(r["ranef_first5"].([]any)) + 1e-8*largest(numbersOf(r["varcomp"], "sdcor"))
	case strings.HasPrefix(field, "coef["), strings.HasPrefix(field, "se.lo["), strings.HasPrefix(field, "se.hi["):
		abs = near * oracleNumber(r["se"].(map[string]any)["se"].([]any)[at])
	case strings.HasPrefix(field, "se.stat["):
		rel, abs = near, near
	case strings.HasPrefix(field, "se.p["):
		rel = 1e-4
	case strings.HasPrefix(field, "se.se["):
		rel = near
	}
	return rel, abs
}

// numbersOf returns a field of each of R's rows.
func numbersOf(rows any, name string) []any {
	var x []any
	for _, v := range rows.([]any) {
		x = append(x, v.(map[string]any)[name])
	}
	return x
}

// oracleLmer fits lme4::lmer's model by REML and by ML.
func oracleLmer(t *testing.T, c *oracleCase, f *frame.Frame) any {
	t.Helper()
	out := fields{}
	for name, reml := range map[string]bool{"reml": true, "ml": false} {
		m := stat.Mixed(oracleDesign(t, c, f, c.Formula, formula.Options{}), reml)
		for _, w := range m.Warnings {
			t.Log(name + ": " + w)
		}
		na := func(s string) string {
			if s == "" {
				return "NA"
			}
			return s
		}
		var components []fields
		for _, v := range m.Components {
			components = append(components, fields{"group": v.Group, "var1": na(v.Var1), "var2": na(v.Var2), "vcov": v.Variance, "sdcor": v.SD})
		}
		groups := fields{}
		var first []float64
		for i, g := range m.Groups {
			groups[g.Group] = len(g.Levels)
			for k := 0; i == 0 && k < min(5, len(g.Levels)); k++ {
				first = append(first, g.Effects[k][0])
			}
		}
		var icc any
		if len(m.Components) == 2 {
			icc = m.Components[0].Variance / (m.Components[0].Variance + m.Components[1].Variance)
			if !math.IsNaN(m.ICC) {
				icc = m.ICC
			}
		}
		out[name] = fields{
			"terms": m.Names, "coef": m.Coef, "se": lines(m.Table(m.Covariance(), conf)), "varcomp": components, "icc": icc,
			"loglik": m.LogLik, "aic": m.AIC, "bic": m.BIC, "n": m.N, "groups": groups, "ranef_first5": first, "deviance_or_remlcrit": -2 * m.LogLik,
		}
	}
	return out
}
