package stat_test

import (
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() { oracleKinds["anova"] = oracleANOVA }

func oracleANOVA(t *testing.T, c *oracleCase, f *frame.Frame) any {
	parsed, err := formula.Parse(c.Formula)
	if err != nil {
		t.Fatal(err)
	}
	r := fields{}
	for _, kind := range []struct {
		name     string
		squares  stat.SumsOfSquares
		contrast formula.Contrast
	}{
		{"type1", stat.TypeI, formula.Treatment},
		{"type2", stat.TypeII, formula.Treatment},
		{"type3_sum_contrasts", stat.TypeIII, formula.Sum},
	} {
		d, err := parsed.Design(f, formula.Options{Contrasts: map[string]formula.Contrast{"": kind.contrast}})
		if err != nil {
			t.Fatal(err)
		}
		a := stat.NewANOVA(d.X, d.Assign, d.Terms, d.Y, d.Weights, kind.squares, conf)
		var term []string
		var ss, df, ratio, p []float64
		for _, l := range a.Terms {
			term, ss, df = append(term, l.Term), append(ss, l.SS), append(df, l.DF)
			ratio, p = append(ratio, l.Stat), append(p, l.P)
		}
		r[kind.name] = fields{"term": term, "ss": ss, "df": df, "f": ratio, "p": p}
		r["n"] = a.N
	}
	return r
}
