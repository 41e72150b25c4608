package stat_test

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	oracleKinds["multinomial"] = oracleMultinomial
	// R's gradient at the maximum is rounding; ours must be as good as none.
	oracleTolerances["multinomial"] = func(_ *oracleCase, path string) (rel, abs float64) {
		if path == "max_abs_gradient" {
			return 0, 1e-6
		}
		return oracleTolerance(path)
	}
}

// oracleMultinomial fits nnet::multinom's model, brought to its maximum.
func oracleMultinomial(t *testing.T, c *oracleCase, f *frame.Frame) any {
	t.Helper()
	parsed, err := formula.Parse(c.Formula)
	if err != nil {
		t.Fatal(err)
	}
	d, err := parsed.Design(f, formula.Options{Weights: c.text("weights")})
	if err != nil {
		t.Fatal(err)
	}
	m := stat.NewMultinomial(d.X, d.Names, d.Codes, d.ResponseLevels, d.Weights)
	if base := c.text("base"); base != m.Levels[0] {
		t.Errorf("base = %q, R has %q", m.Levels[0], base)
	}
	const z = 1.959963984540054 // R: qnorm(0.975)
	outcomes := fields{}
	for j, level := range m.Levels[1:] {
		var se, statistic, p, lo, hi []float64
		for k, b := range m.Coef[j] {
			s := m.SE(j+1, k)
			se = append(se, s)
			statistic = append(statistic, b/s)
			p = append(p, 2*distuv.UnitNormal.Survival(math.Abs(b/s)))
			lo, hi = append(lo, b-z*s), append(hi, b+z*s)
		}
		outcomes[level] = fields{"coef": m.Coef[j], "se": se, "stat": statistic, "p": p, "lo": lo, "hi": hi}
	}
	if len(m.Warnings) > 0 {
		t.Log(strings.Join(m.Warnings, "; "))
	}
	return fields{"terms": m.Names, "base": m.Levels[0], "n": m.N, "loglik": m.LogLik, "aic": m.AIC, "bic": m.BIC,
		"outcomes": outcomes, "max_abs_gradient": m.Gradient}
}
