package stat_test

import (
	"testing"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	oracleKinds["contingency"] = oracleContingency
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
