package stat_test

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
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
	oracleKinds["stacked_wald"] = oracleStacked
	oracleKinds["svyglm"] = oracleSurvey
	// R's glm takes its covariance from the step before the last, and these kinds
	// do not polish it. The step is taken when it would gain less than 1e-14 of the
	// deviance, a few hundred, so it is up to 3e-6 standard errors long and
	// moves these by up to a millionth; a p-value moves by half the square of its
	// statistic times that. Coefficients are of the last step, and exact.
	for _, kind := range []string{"stacked_wald", "svyglm"} {
		oracleTolerances[kind] = func(c *oracleCase, path string) (rel, abs float64) {
			rel, abs = oracleTolerance(path)
			switch exact := strings.Contains(path, "coef[") || strings.Contains(path, "diff["); {
			case c.text("family") != "binomial" || exact:
			case abs == 1e-12:
				rel = 1e-5
			default:
				rel = 1e-6
			}
			return rel, abs
		}
	}
	// Where R's search stopped is rounding; ours must stop as near.
	oracleTolerances["negbin"] = func(c *oracleCase, path string) (rel, abs float64) {
		if path == "max_abs_gradient" {
			return 0, 1e-7
		}
		return oracleTolerance(path)
	}
}

// TestRegressionsAgreeWithR compares the cases of testdata/regression, which its
// cases.R makes, as TestOracle does.
func TestRegressionsAgreeWithR(t *testing.T) {
	folder := filepath.Join("testdata", "regression")
	data := &oracleData{folder: folder, frames: map[string]*frame.Frame{}}
	readJSON(t, filepath.Join(folder, "datasets.json"), &data.sets)
	var cases []*oracleCase
	readJSON(t, filepath.Join(folder, "oracle.json"), &cases)
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) { c.compare(t, data) })
	}
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
	link, ok := map[string]stat.Link{"logit": stat.Logit, "probit": stat.Probit, "log": stat.Log, "identity": stat.Identity, "sqrt": stat.Sqrt}[c.text("link")]
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
		"se_log_theta": r.LogThetaSE, "max_abs_gradient": r.Gradient,
	}
}

func oracleStacked(t *testing.T, c *oracleCase, f *frame.Frame) any {
	parsed, err := formula.Parse(c.Formula)
	if err != nil {
		t.Fatal(err)
	}
	family, link := stat.Gaussian, stat.Identity
	if c.text("family") == "binomial" {
		family, link = stat.Binomial, stat.Logit
	}
	f = completeRows(f, append(parsed.Names(), c.text("source"), c.text("cluster")))
	opts := oracleOptions(c)
	s, err := stat.NewStacked(parsed, f, c.text("source"), family, link, opts)
	if err != nil {
		t.Fatal(err)
	}
	// The options name what the case's code derived from its arguments.
	if want := c.text("reference"); s.Levels[0] != want {
		t.Errorf("the reference is %q, R has %q", s.Levels[0], want)
	}
	c.text("stacked_formula")

	kinds := map[string]*stat.Covariance{"classical": covariance(t, s.Fit, "classical"), "HC1": covariance(t, s.Fit, "HC1")}
	if family == stat.Gaussian {
		kinds["HC3"] = covariance(t, s.Fit, "HC3")
	}
	if name := c.text("cluster"); name != "" {
		kinds["CR1"] = covariance(t, s.Fit, "CR1S", s.Fit.Design.Cluster(f.Col(name)))
	}
	se, all, slopes := fields{}, fields{}, fields{}
	for name, v := range kinds {
		var errors []float64
		for j := range s.Fit.Names {
			errors = append(errors, v.SE(j))
		}
		se[name] = errors
		all[name] = waldFields(s.Fit, v, s.Columns)
		slopes[name] = waldFields(s.Fit, v, s.Slopes)
	}
	separate := fields{}
	for g, level := range s.Levels {
		r := s.Separate[g]
		classical, hc1 := covariance(t, r, "classical"), covariance(t, r, "HC1")
		var plain, robust []float64
		for j := range r.Names {
			plain, robust = append(plain, classical.SE(j)), append(robust, hc1.SE(j))
		}
		separate[level] = fields{"terms": r.Names, "coef": r.Coef, "se": plain, "se_HC1": robust, "n": r.N}
	}
	differences, err := s.Differences(1, 0, "HC1", conf)
	if err != nil {
		t.Fatal(err)
	}
	var diff, se2, z, p []float64
	for _, l := range differences {
		diff, se2, z, p = append(diff, l.Estimate), append(se2, l.SE), append(z, l.Stat), append(p, l.P)
	}
	hc1 := covariance(t, s.Separate[0], "HC1")
	var errors []float64
	for j := range s.Separate[0].Names {
		errors = append(errors, hc1.SE(j))
	}
	recovery := stat.Recover(s.Separate[0].Coef[1:], errors[1:], s.Separate[1].Coef[1:])
	return fields{
		"stacked":  fields{"terms": s.Fit.Names, "coef": s.Fit.Coef, "se": se, "n": s.Fit.N, "df_resid": s.Fit.DF},
		"wald_all": all, "wald_slopes": slopes, "per_source": separate,
		"separate_difference": fields{"diff": diff, "se": se2, "z": z, "p": p},
		"recovery": fields{
			"slope_correlation": recovery.Correlation, "sign_agreement": recovery.Signs, "mae": recovery.MeanError, "rmse": recovery.RootError,
			"in_reference_ci_HC1": recovery.Inside,
		},
	}
}

// completeRows leaves out rows in which a column is missing before the formula
// sees them, as these kinds' calls do: scale(x) is then over the rows that are
// used.
func completeRows(f *frame.Frame, names []string) *frame.Frame {
	return f.Filter(func(row int) bool {
		return !slices.ContainsFunc(names, func(name string) bool { c := f.Col(name); return c != nil && c.Missing(row) })
	})
}

func waldFields(r *stat.Regression, v *stat.Covariance, columns []int) fields {
	w := r.Joint(v, columns)
	var terms []string
	for _, j := range columns {
		terms = append(terms, r.Names[j])
	}
	return fields{"terms": terms, "chi2": w.Chi2.Stat, "df": w.Chi2.DF, "p_chi2": w.Chi2.P, "f": w.F.Stat, "df2": w.F.DF2, "p_f": w.F.P}
}

func oracleSurvey(t *testing.T, c *oracleCase, f *frame.Frame) any {
	parsed, err := formula.Parse(c.Formula)
	if err != nil {
		t.Fatal(err)
	}
	f = completeRows(f, append(parsed.Names(), c.text("weights")))
	d := oracleDesign(t, c, f, c.Formula, oracleOptions(c))
	var r *stat.Regression
	switch c.text("family") {
	case "binomial":
		r = stat.GLM(d, stat.Binomial, stat.Logit)
	case "gaussian":
		r = stat.OLS(d)
	default:
		t.Fatalf("no family %q", c.text("family"))
	}
	var units [][]int
	if name := c.text("cluster"); name != "" {
		units = append(units, d.Cluster(f.Col(name)))
	}
	v := covariance(t, r, "survey", units...)
	df := v.DF[0]
	return fields{"terms": r.Names, "coef": r.Coef, "n": len(d.Rows), "df_design": df - 1 + float64(r.Rank), "df_resid": df, "se": lines(r.Table(v, conf))}
}
