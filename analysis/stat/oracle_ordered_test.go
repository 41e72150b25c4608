package stat_test

import (
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	for _, kind := range []string{"ordered_logit", "ordered_probit"} {
		oracleKinds[kind] = oracleOrdered
		// R's clm stops where a step is small; its gradient at the maximum is
		// rounding, and ours must be as good as none.
		oracleTolerances[kind] = func(_ *oracleCase, path string) (rel, abs float64) {
			switch path {
			case "max_gradient":
				return 0, 1e-6
			case "n":
				return 0, 0
			}
			_, abs = oracleTolerance(path)
			return 1e-6, abs
		}
	}
}

// oracleOrdered fits ordinal::clm's model.
func oracleOrdered(t *testing.T, c *oracleCase, f *frame.Frame) any {
	t.Helper()
	parsed, err := formula.Parse(c.Formula)
	if err != nil {
		t.Fatal(err)
	}
	// The reference makes a factor of an outcome that is a number.
	if name := parsed.Response(); f.Col(name) != nil && !f.Col(name).Coded() {
		codes, levels := oracleFactor(t, f, name)
		col := &frame.Column{Name: name, Kind: frame.Ordered, Levels: levels}
		for _, k := range codes {
			col.Codes = append(col.Codes, int32(k))
		}
		f = f.With(col)
	}
	d, err := parsed.Design(f, formula.Options{Weights: c.text("weights")})
	if err != nil {
		t.Fatal(err)
	}
	link := map[string]stat.Link{"logit": stat.Logit, "probit": stat.Probit}[c.text("link")]
	o := stat.Ordered(d, link)
	for i, want := range c.texts("response_levels") {
		if len(o.Levels) == len(c.texts("response_levels")) && o.Levels[i] != want {
			t.Errorf("level %d is %q, R has %q", i+1, o.Levels[i], want)
		}
	}
	for _, w := range o.Warnings {
		t.Log(w)
	}
	v, err := o.Covariance("classical")
	if err != nil {
		t.Fatal(err)
	}
	thresholds := fields{}
	for j, name := range o.ThresholdNames {
		thresholds[name] = o.Thresholds[j]
	}
	return fields{"terms": o.Names, "coef": o.Coef, "thresholds": thresholds, "n": len(d.Y),
		"loglik": o.LogLik, "aic": o.AIC, "bic": o.BIC, "max_gradient": o.Gradient,
		"se":            lines(o.Table(v, conf)),
		"thresholds_se": lines(o.ThresholdTable(v, conf)),
	}
}
