package stat_test

import (
	"math"
	"testing"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	oracleKinds["contingency"] = oracleContingency
	oracleKinds["two_sample"] = oracleTwoSample
	oracleKinds["k_sample"] = oracleKSample
	oracleKinds["paired"] = oraclePaired
	oracleKinds["p_adjust"] = oracleAdjust
}

func oracleContingency(t *testing.T, c *oracleCase, f *frame.Frame) any {
	a, rows := oracleFactor(t, f, c.text("row"))
	b, cols := oracleFactor(t, f, c.text("col"))
	counts := stat.CrossTable(a, b, len(rows), len(cols))
	if name := c.text("weights"); name != "" {
		counts = stat.CrossTable(a, b, len(rows), len(cols), column(t, f, name)...)
	}
	k := stat.NewContingency(counts, conf)
	fisher := stat.FisherTest(counts, conf)
	r := fields{
		"rows": rows, "cols": cols, "counts": k.Counts, "expected": k.Expected, "std_residuals": k.Residuals,
		"chi2": k.Pearson.Stat, "df": k.Pearson.DF, "p": k.Pearson.P, "g2": k.G.Stat, "g2_p": k.G.P, "cramers_v": k.V,
		"fisher": fields{"p": fisher.P},
	}
	if len(rows) == 2 && len(cols) == 2 {
		or := stat.OddsRatio(counts[0][0], counts[0][1], counts[1][0], counts[1][1], conf)
		m := stat.McNemar(counts, false)
		r["fisher"] = fields{"p": fisher.P, "or_conditional": fisher.OddsRatio, "lo": fisher.Lo, "hi": fisher.Hi}
		r["chi2_yates"], r["p_yates"], r["phi"] = k.Yates.Stat, k.Yates.P, k.V
		r["or_sample"], r["or_wald_ci"] = or.Value, pair(or.Interval)
		r["mcnemar_uncorrected"] = fields{"stat": m.Stat, "p": m.P}
	}
	return r
}

// oracleSamples returns the values of each level of the option group that has
// any, and the levels.
func oracleSamples(t *testing.T, c *oracleCase, f *frame.Frame) (samples [][]float64, levels []string) {
	t.Helper()
	y := column(t, f, c.text("y"))
	rows, levels := oracleLevels(t, f, c.text("group"), func(i int) bool { return !math.IsNaN(y[i]) })
	for _, r := range rows {
		samples = append(samples, at(y, r))
	}
	return samples, levels
}

func meanTest(m stat.MeanDifference) fields {
	return fields{"stat": m.Stat, "df": m.DF, "p": m.P, "lo": m.Lo, "hi": m.Hi}
}

func chiTest(x stat.Test) fields { return fields{"stat": x.Stat, "df": x.DF, "p": x.P} }

func ratioTest(x stat.Test) fields {
	return fields{"f": x.Stat, "df1": x.DF, "df2": x.DF2, "p": x.P}
}

func oracleTwoSample(t *testing.T, c *oracleCase, f *frame.Frame) any {
	samples, levels := oracleSamples(t, c, f)
	a, b := samples[0], samples[1]
	two := samples[:2]
	sa, sb := stat.Describe(a), stat.Describe(b)
	d, g := stat.CohenD(a, b, conf), stat.HedgesG(a, b, conf)
	mw := stat.MannWhitney(a, b, stat.RankContinuity)
	pairs := float64(sa.N) * float64(sb.N)
	kw, _ := stat.KruskalWallis(two)
	ks := stat.KolmogorovSmirnov(a, b)
	vr := stat.CompareVariances(a, b, conf)
	r := fields{
		"groups": levels, "n": []int{sa.N, sb.N}, "mean": []float64{sa.Mean, sb.Mean}, "sd": []float64{sa.SD, sb.SD}, "median": []float64{sa.Median, sb.Median},
		"welch_t": meanTest(stat.WelchT(a, b, conf)), "student_t": meanTest(stat.PooledT(a, b, conf)),
		"cohen_d": fields{"d": d.Value, "ci_noncentral": pair(d.Interval), "se_normal": d.SE, "ci_normal": pair(d.Normal)},
		"hedges_g": fields{
			"g_exact_J": g.Value, "J_exact": g.J, "ci_noncentral": pair(g.Interval),
			"g_approx_J": d.Value * (1 - 3/(4*float64(sa.N+sb.N-2)-1)), // the approximation that older work prints
		},
		"glass_delta_sd_second": stat.GlassDelta(a, b),
		"mann_whitney": fields{
			"U_first": mw.Stat, "p_normal_continuity": mw.P, "p_normal": stat.MannWhitney(a, b, stat.RankNormal).P,
			"p_superiority": mw.Stat / pairs, "cliff_delta": stat.CliffDelta(a, b, conf).Value, "p_exact": nil,
		},
		"kruskal": chiTest(kw), "ks": fields{"D": ks.D, "p_asymptotic": ks.P + leftOutByR(ks.D, pairs/float64(sa.N+sb.N)), "p_exact": nil},
		"levene_mean": ratioTest(stat.Levene(two)), "brown_forsythe": ratioTest(stat.BrownForsythe(two)),
		"variance_ratio": fields{"ratio": vr.Stat, "df1": vr.DF, "df2": vr.DF2, "f_p": vr.P, "f_lo": vr.Lo, "f_hi": vr.Hi},
	}
	if exact := stat.MannWhitney(a, b, stat.RankExact); sa.N < 50 && sb.N < 50 && exact.Note == "" {
		r["mann_whitney"].(fields)["p_exact"] = exact.P
	}
	if pairs < 10000 {
		r["ks"].(fields)["p_exact"] = ks.PExact
	}
	return r
}

// leftOutByR returns what ks.test(exact = FALSE) of R 4.2 adds to p: below
// z = 1 its series for 1 - p ends after the first term, exp(-π²/8z²), because
// it is told a tolerance of 1e-6 (C_pKS2: k < √(2 - log tol) = 3.98, k odd).
// The oracle holds R's number; ours has the other terms.
func leftOutByR(d, n float64) float64 {
	z := d * math.Sqrt(n)
	if !(z > 0 && z < 1) {
		return 0
	}
	s := 0.0
	for k := 3.0; k < 20; k += 2 {
		s += math.Exp(-k * k * math.Pi * math.Pi / (8 * z * z))
	}
	return s * math.Sqrt(2*math.Pi) / z
}

func oracleKSample(t *testing.T, c *oracleCase, f *frame.Frame) any {
	samples, levels := oracleSamples(t, c, f)
	var n, mean, sd []float64
	for _, x := range samples {
		s := stat.Describe(x)
		n, mean, sd = append(n, float64(s.N)), append(mean, s.Mean), append(sd, s.SD)
	}
	kw, epsilon2 := stat.KruskalWallis(samples)
	a := stat.ANOVAOneWay(samples, conf)
	anova, kruskal := ratioTest(a.Test), chiTest(kw)
	anova["ss_between"], anova["ss_within"], anova["eta2"], anova["omega2"] = a.SSBetween, a.SSWithin, a.Eta2, a.Omega2
	kruskal["epsilon2"] = epsilon2
	return fields{
		"groups": levels, "n": n, "mean": mean, "sd": sd, "kruskal": kruskal, "anova": anova,
		"welch_anova": ratioTest(stat.WelchANOVA(samples)),
		"levene_mean": ratioTest(stat.Levene(samples)), "brown_forsythe": ratioTest(stat.BrownForsythe(samples)),
	}
}

func oraclePaired(t *testing.T, c *oracleCase, f *frame.Frame) any {
	x, y := column(t, f, c.text("x")), column(t, f, c.text("y"))
	p := stat.PairedT(x, y, conf)
	w := stat.WilcoxonSigned(x, y, stat.RankContinuity)
	return fields{
		"n": p.DF + 1, "t": p.Stat, "df": p.DF, "p": p.P, "lo": p.Lo, "hi": p.Hi, "mean_diff": p.Difference, "dz": stat.CohenDZ(x, y, conf).Value,
		"wilcoxon": fields{"V": w.Stat, "p_continuity": w.P, "p": stat.WilcoxonSigned(x, y, stat.RankNormal).P},
	}
}

func oracleAdjust(_ *testing.T, c *oracleCase, _ *frame.Frame) any {
	p := c.numbers("p")
	return fields{
		"holm": stat.Adjust(p, stat.Holm), "BH": stat.Adjust(p, stat.BH), "bonferroni": stat.Adjust(p, stat.Bonferroni),
		"hochberg": stat.Adjust(p, stat.Hochberg), "BY": stat.Adjust(p, stat.BY),
	}
}
