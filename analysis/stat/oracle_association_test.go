package stat_test

import (
	"math"
	"testing"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	oracleKinds["correlation"] = oracleCorrelation
	oracleKinds["compare_correlations"] = oracleCompareCorrelations
	oracleKinds["cronbach_alpha"] = oracleAlpha
	oracleKinds["kappa"] = oracleKappa
	oracleKinds["krippendorff_alpha"] = oracleKrippendorff
	oracleKinds["icc"] = oracleICC
	oracleKinds["describe"] = oracleDescribe
	oracleKinds["proportion"] = oracleProportion
}

const conf = 0.95

func pair(i stat.Interval) []float64 { return []float64{i.Lo, i.Hi} }

// column returns a number column of a data set.
func column(t *testing.T, f *frame.Frame, name string) []float64 {
	t.Helper()
	c := f.Col(name)
	if c == nil || c.Kind != frame.Number {
		t.Fatalf("no number column %q", name)
	}
	return c.Nums
}

// columns returns rows of number columns.
func columns(t *testing.T, f *frame.Frame, names []string) [][]float64 {
	t.Helper()
	rows := make([][]float64, f.Rows())
	for _, name := range names {
		for i, v := range column(t, f, name) {
			rows[i] = append(rows[i], v)
		}
	}
	return rows
}

func oracleCorrelation(t *testing.T, c *oracleCase, f *frame.Frame) any {
	x, y := column(t, f, c.text("x")), column(t, f, c.text("y"))
	p, k := stat.Pearson(x, y, conf), stat.Kendall(x, y, conf)
	s := stat.Spearman(x, y, conf, stat.BonettWright)
	return fields{
		"n":       p.N,
		"pearson": fields{"r": p.R, "t": p.Stat, "df": p.DF, "p": p.P, "lo": p.Lo, "hi": p.Hi},
		"spearman": fields{
			"rho": s.R, "p_t_approx": s.P, "p_R_exact_false": s.P,
			"ci_bonett_wright":        pair(s.Interval),
			"ci_fisher_se_1_sqrt_nm3": pair(stat.Spearman(x, y, conf, stat.FisherRank).Interval),
		},
		"kendall": fields{"tau_b": k.R, "z": k.Stat, "p": k.P},
	}
}

func oracleCompareCorrelations(t *testing.T, c *oracleCase, f *frame.Frame) any {
	x, y := column(t, f, c.text("x")), column(t, f, c.text("y"))
	groups, levels := oracleLevels(t, f, c.text("group"), func(i int) bool {
		return !math.IsNaN(x[i]) && !math.IsNaN(y[i])
	})
	var r, n []float64
	for _, rows := range groups {
		p := stat.Pearson(at(x, rows), at(y, rows), conf)
		r, n = append(r, p.R), append(n, float64(p.N))
	}
	d := stat.CompareIndependent(r[0], n[0], r[1], n[1], conf)
	return fields{
		"groups": levels, "r": r, "n": n, "q_cohen": math.Atanh(r[0]) - math.Atanh(r[1]),
		"z": d.Stat, "p": d.P, "zou_ci": pair(d.Interval),
	}
}

func oracleAlpha(t *testing.T, c *oracleCase, f *frame.Frame) any {
	items := c.texts("items")
	scale := c.numbers("scale")
	for _, name := range c.texts("reverse") {
		f = f.With(frame.Numbers(name, stat.ReverseItem(column(t, f, name), scale[0], scale[1])))
	}
	s := stat.CronbachAlpha(columns(t, f, items), conf)
	return fields{
		"n": s.N, "k": s.K, "alpha": s.Alpha, "alpha_standardised": s.Standardised, "mean_r": s.MeanR,
		"alpha_if_dropped": s.AlphaWithout, "item_rest_correlation": s.ItemRest, "feldt_ci": pair(s.Interval),
	}
}

func oracleKappa(t *testing.T, c *oracleCase, f *frame.Frame) any {
	a, b := column(t, f, c.text("a")), column(t, f, c.text("b"))
	levels := c.numbers("levels")
	of := func(w stat.KappaWeights) stat.Agreement { return stat.Kappa(a, b, levels, w, conf) }
	plain := of(stat.Unweighted)
	return fields{
		"n": plain.N, "agreement": plain.Observed, "kappa": plain.Value,
		"kappa_linear": of(stat.Linear).Value, "kappa_quadratic": of(stat.Quadratic).Value,
	}
}

func oracleDescribe(t *testing.T, c *oracleCase, f *frame.Frame) any {
	s := stat.Describe(column(t, f, c.text("y")))
	quantiles := fields{}
	for name, p := range map[string]float64{
		"1%": .01, "2.5%": .025, "5%": .05, "10%": .1, "25%": .25, "50%": .5, "75%": .75, "90%": .9, "95%": .95, "97.5%": .975, "99%": .99,
	} {
		quantiles[name] = s.Quantile(p, stat.Type7)
	}
	return fields{
		"n": s.N, "missing": s.Missing, "mean": s.Mean, "sd": s.SD, "var": s.Var, "se": s.SE, "min": s.Min, "max": s.Max,
		"median": s.Median, "mad": s.MAD, "iqr_type7": s.IQR, "quantiles_type7": quantiles,
		"skew_g1": s.Skewness, "kurtosis_excess_g2": s.Kurtosis, "skew_G1": s.SkewnessSample,
		"mean_ci_t": pair(s.MeanInterval(conf)), "trimmed_mean_10": s.Trimmed(.1),
	}
}

func oracleProportion(t *testing.T, c *oracleCase, _ *frame.Frame) any {
	x, n := c.number("x"), c.number("n")
	p := stat.Proportion(x, n, conf)
	return fields{
		"p": p.Value, "wilson": pair(p.Interval), "wald": pair(stat.ProportionWald(x, n, conf)),
		"clopper_pearson":   pair(stat.ProportionExact(x, n, conf)),
		"agresti_coull":     pair(stat.ProportionAgrestiCoull(x, n, conf)),
		"binom_test_p_half": stat.BinomialTest(int(x), int(n), 0.5).P,
	}
}

// oracleLevels returns the rows of each level of a column that occurs among
// the rows kept, in the order of R's droplevels(factor(x)).
func oracleLevels(t *testing.T, f *frame.Frame, name string, keep func(row int) bool) (groups [][]int, levels []string) {
	t.Helper()
	codes, all := oracleFactor(t, f, name)
	rows := make([][]int, len(all))
	for i, k := range codes {
		if k >= 0 && keep(i) {
			rows[k] = append(rows[k], i)
		}
	}
	for k, r := range rows {
		if len(r) > 0 {
			groups, levels = append(groups, r), append(levels, all[k])
		}
	}
	return groups, levels
}

func oracleKrippendorff(t *testing.T, c *oracleCase, f *frame.Frame) any {
	if units := c.text("units"); units != "rows" {
		t.Errorf("units are %q, not rows", units)
	}
	rows := columns(t, f, c.texts("coders"))
	r := fields{}
	for name, level := range map[string]stat.Measurement{
		"nominal": stat.Nominal, "ordinal": stat.OrdinalScale, "interval": stat.IntervalScale, "ratio": stat.RatioScale,
	} {
		r[name], _ = stat.KrippendorffAlpha(rows, level)
	}
	return r
}

func oracleICC(t *testing.T, c *oracleCase, f *frame.Frame) any {
	n, all := stat.ICC(columns(t, f, c.texts("raters")), conf)
	var types []string
	var value, ratio, df1, df2, p []float64
	for _, i := range all {
		types = append(types, i.Type.String())
		value, ratio, p = append(value, i.Value), append(ratio, i.Stat), append(p, i.P)
		df1, df2 = append(df1, i.DF), append(df2, i.DF2)
	}
	return fields{"n": n, "types": types, "icc": value, "f": ratio, "df1": df1, "df2": df2, "p": p}
}
