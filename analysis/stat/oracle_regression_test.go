package stat_test

import (
	"math"
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	for _, kind := range []string{"ols", "wls"} {
		oracleKinds[kind] = oracleLinear
	}
	for _, kind := range []string{"logit", "probit", "poisson", "gaussian"} {
		oracleKinds[kind] = oracleGLM
	}
	oracleKinds["negbin"] = oracleNegbin
}

// oracleDesign runs the case's formula over its data, with its options.
func oracleDesign(t *testing.T, c *oracleCase, f *frame.Frame, src string, opts formula.Options) *formula.Design {
	t.Helper()
	parsed, err := formula.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	d, err := parsed.Design(f, opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// oracleOptions are the options that all regressions share.
func oracleOptions(c *oracleCase) formula.Options {
	opts := formula.Options{Weights: c.text("weights"), Subset: c.text("subset")}
	if cluster := c.text("cluster"); cluster != "" {
		opts.Complete = []string{cluster}
	}
	return opts
}

func covariance(t *testing.T, r *stat.Regression, kind string, clusters ...[]int) *stat.Covariance {
	t.Helper()
	v, err := r.Covariance(kind, clusters...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// lines splits a table into R's vectors.
func lines(table []stat.Coefficient) fields {
	var se, st, p, lo, hi, df []float64
	for _, l := range table {
		se, st, p = append(se, l.SE), append(st, l.Stat), append(p, l.P)
		lo, hi, df = append(lo, l.Lo), append(hi, l.Hi), append(df, l.DF)
	}
	return fields{"se": se, "stat": st, "p": p, "lo": lo, "hi": hi, "df": df}
}

func oracleLinear(t *testing.T, c *oracleCase, f *frame.Frame) any {
	d := oracleDesign(t, c, f, c.Formula, oracleOptions(c))
	r := stat.OLS(d)
	se, matrices := fields{}, map[string]*stat.Covariance{}
	for _, kind := range []string{"classical", "HC0", "HC1", "HC2", "HC3"} {
		matrices[kind] = covariance(t, r, kind)
		se[kind] = lines(r.Table(matrices[kind], conf))
	}
	out := fields{
		"terms": r.Names, "coef": r.Coef, "n": r.N, "k": len(r.Names), "df_resid": r.DF, "sigma": r.Sigma, "rss": r.RSS,
		"r2": r.R2, "adj_r2": r.AdjR2, "f": nil, "aic": r.AIC, "bic": r.BIC, "loglik": r.LogLik,
		"vcov_classical": matrices["classical"].V, "vcov_HC1": matrices["HC1"].V, "se": se,
	}
	if !math.IsNaN(r.F.Stat) {
		out["f"] = fields{"stat": r.F.Stat, "df1": r.F.DF, "df2": r.F.DF2, "p": r.F.P}
	}
	if d.Intercept() && len(d.Terms) > 0 {
		w := r.Joint(matrices["HC1"], r.Slopes()).F
		out["wald_all_HC1"] = fields{"f": w.Stat, "df1": w.DF, "df2": w.DF2, "p": w.P}
	}
	if name := c.text("cluster"); name != "" {
		codes := d.Cluster(f.Col(name))
		cr0, cr1, cr1s := covariance(t, r, "CR0", codes), covariance(t, r, "CR1", codes), covariance(t, r, "CR1S", codes)
		out["cluster"] = fields{
			"groups": cr1s.Groups[0], "vcov_CR1": cr1s.V,
			"CR0":                  lines(r.Table(cr0.WithDF(r.DF), conf)),
			"CR0_times_g_over_gm1": lines(r.Table(cr1.WithDF(r.DF), conf)),
			"CR1":                  lines(r.Table(cr1s.WithDF(r.DF), conf)),
			"CR1_t_df_gm1":         lines(r.Table(cr1s, conf)),
			"CR2_satterthwaite":    lines(r.Table(covariance(t, r, "CR2", codes), conf)),
		}
	}
	return out
}

func oracleGLM(t *testing.T, c *oracleCase, f *frame.Frame) any {
	d := oracleDesign(t, c, f, c.Formula, oracleOptions(c))
	family := map[string]stat.Family{"binomial": stat.Binomial, "poisson": stat.Poisson, "gaussian": stat.Gaussian}[c.text("family")]
	link, ok := map[string]stat.Link{"logit": stat.Logit, "probit": stat.Probit, "log": stat.Log, "identity": stat.Identity}[c.text("link")]
	if !ok {
		t.Fatalf("no link %q", c.text("link"))
	}
	r := stat.GLM(d, family, link)
	se, matrices := fields{}, map[string]*stat.Covariance{}
	for name, kind := range map[string]string{"model": "classical", "HC0": "HC0", "HC1": "HC1", "observed_information": "observed"} {
		matrices[kind] = covariance(t, r, kind)
		se[name] = lines(r.Table(matrices[kind], conf))
	}
	odds := make([]float64, len(r.Coef))
	for j, b := range r.Coef {
		odds[j] = math.Exp(b)
	}
	out := fields{
		"terms": r.Names, "coef": r.Coef, "n": r.N, "k": len(r.Names), "df_resid": r.DF, "deviance": r.Deviance, "null_deviance": r.NullDeviance,
		"loglik": r.LogLik, "aic": r.AIC, "bic": r.BIC, "vcov": matrices["classical"].V, "se": se, "exp_coef": odds,
	}
	if c.text("weights") == "" {
		out["mcfadden_r2"] = r.McFadden
	}
	if name := c.text("cluster"); name != "" {
		codes := d.Cluster(f.Col(name))
		cr0, cr1, cr1s := covariance(t, r, "CR0", codes), covariance(t, r, "CR1", codes), covariance(t, r, "CR1S", codes)
		out["cluster"] = fields{
			"groups": cr0.Groups[0], "CR0": lines(r.Table(cr0, conf)), "CR0_times_g_over_gm1": lines(r.Table(cr1, conf)), "CR1_sandwich": lines(r.Table(cr1s, conf)),
		}
	}
	if names := c.texts("ame"); names != nil {
		ame := fields{}
		for _, name := range names {
			ame[name] = oracleMargins(t, r, name, matrices["classical"], matrices["HC1"])
		}
		out["ame"] = ame
	}
	return out
}

// oracleMargins are the average marginal effects of a variable. R's case takes
// them without the offset.
func oracleMargins(t *testing.T, r *stat.Regression, name string, v, robust *stat.Covariance) any {
	e, err := r.Margins(name, stat.MarginOptions{NoOffset: true})
	if err != nil {
		t.Fatal(err)
	}
	table, hc1 := e.Table(v, conf), e.Table(robust, conf)
	one := func(i int) fields {
		l := table[i]
		return fields{"est": l.Estimate, "se": l.SE, "se_HC1": hc1[i].SE, "z": l.Stat, "p": l.P, "lo": l.Lo, "hi": l.Hi}
	}
	if e.Levels == nil {
		return one(0)
	}
	by := fields{}
	for i, level := range e.Levels {
		by[level] = one(i)
	}
	return by
}

func oracleNegbin(t *testing.T, c *oracleCase, f *frame.Frame) any {
	r := stat.NB(oracleDesign(t, c, f, c.Formula, oracleOptions(c)))
	return fields{
		"terms": r.Names, "coef": r.Coef, "theta": r.Theta, "alpha": 1 / r.Theta, "n": r.N, "k": len(r.Names), "loglik": r.LogLik, "aic": r.AIC, "bic": r.BIC,
		"se": fields{
			"expected_theta_fixed": lines(r.Table(covariance(t, r, "classical"), conf)),
			"observed_joint":       lines(r.Table(covariance(t, r, "observed"), conf)),
		},
		"se_log_theta": r.LogThetaSE,
	}
}
