package stat_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() { oracleKinds["ppi"] = oraclePPI }

func oraclePPI(t *testing.T, c *oracleCase, f *frame.Frame) any {
	y, pred, lab := f.Col(c.text("y")).Floats(), f.Col(c.text("prediction")).Floats(), f.Col(c.text("labelled")).Floats()
	var s stat.PPISample
	for i, l := range lab {
		if l == 1 {
			s.Y, s.F = append(s.Y, y[i]), append(s.F, pred[i])
		} else {
			s.FU = append(s.FU, pred[i])
		}
	}
	mean := func(lambda float64) fields {
		zero, one := s.Mean(stat.PPIOptions{Lambda: lambda}), s.Mean(stat.PPIOptions{Lambda: lambda, DDof: 1})
		if math.IsNaN(lambda) { // λ is tuned with divisors n, the errors are of both kinds
			one = s.Mean(stat.PPIOptions{Lambda: zero.Lambda, DDof: 1})
		}
		return fields{
			"lambda": zero.Lambda, "est": zero.Value,
			"se_ddof0": zero.SE, "ci_ddof0": limits(zero.Interval),
			"se_ddof1": one.SE, "ci_ddof1": limits(one.Interval),
		}
	}
	classical := s.Mean(stat.PPIOptions{Lambda: 0, DDof: 1})
	naive := stat.PPISample{Y: s.FU, F: s.FU}.Mean(stat.PPIOptions{})
	r := fields{
		"n": classical.N, "N": classical.Unlabelled,
		"classical":                             fields{"est": classical.Value, "se": classical.SE, "ci": limits(classical.Interval)},
		"naive_imputed":                         naive.Value,
		"ppi":                                   mean(1),
		"ppi_plus_plus":                         mean(math.NaN()),
		"lambda_unclipped":                      s.Mean(stat.PPIOptions{Lambda: math.NaN()}).Tuned,
		"lambda_alternative_separate_variances": s.SeparateLambda(),
	}
	if c.Formula != "" {
		r["ols"] = oraclePPIRegression(t, c.Formula, f, lab, s)
	}
	return r
}

func oraclePPIRegression(t *testing.T, source string, f *frame.Frame, lab []float64, s stat.PPISample) fields {
	parsed, err := formula.Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	design, err := parsed.Design(f, formula.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(design.Rows) != f.Rows() {
		t.Fatalf("%d rows of %d are complete; the case has no missing values", len(design.Rows), f.Rows())
	}
	rows := func(labelled bool) *mat.Dense {
		var x []float64
		n := 0
		for i, l := range lab {
			if (l == 1) == labelled {
				x = append(x, mat.Row(nil, i, design.X)...)
				n++
			}
		}
		return mat.NewDense(n, len(design.Names), x)
	}
	x, xu := rows(true), rows(false)
	ppi := s.OLS(x, xu, stat.PPIOptions{Lambda: 1})
	ols := func(y []float64, x *mat.Dense) []float64 {
		m := stat.PPISample{Y: y, F: y}.OLS(x, mat.NewDense(1, len(design.Names), nil), stat.PPIOptions{Lambda: 0})
		return m.Coef
	}
	imputed, labelled, predicted := ols(s.FU, xu), ols(s.Y, x), ols(s.F, x)
	difference, lo, hi := make([]float64, len(labelled)), make([]float64, len(labelled)), make([]float64, len(labelled))
	for i := range difference {
		difference[i] = imputed[i] + labelled[i] - predicted[i]
		lo[i], hi[i] = ppi.Intervals[i].Lo, ppi.Intervals[i].Hi
	}
	return fields{
		"terms": design.Names, "ppi": fields{"coef": ppi.Coef, "se": ppi.SE, "lo": lo, "hi": hi},
		"classical_labelled_only": labelled, "difference_of_ols": difference, "imputed_only": imputed,
	}
}
