package stat_test

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() { oracleKinds["raking"] = oracleRaking }

func oracleRaking(t *testing.T, c *oracleCase, f *frame.Frame) any {
	targets := c.option("margins").(map[string]any)
	result := c.Result.(map[string]any)
	y := f.Col(c.text("y")).Floats()
	names := c.order["margins"]
	var rows []int
	for i := range f.Rows() {
		if !math.IsNaN(y[i]) && !slices.ContainsFunc(names, func(v string) bool { return f.Col(v).Missing(i) }) {
			rows = append(rows, i)
		}
	}
	var margins []stat.Margin
	for _, v := range names {
		margins = append(margins, oracleMargin(f, rows, v, targets[v].(map[string]any), func(i int) string { return f.Col(v).String(i) }))
	}
	answers := make([]float64, len(rows))
	for k, i := range rows {
		answers[k] = y[i]
	}
	cellOf := func(i int) string { return cellName(f, i, names) }
	raked := stat.Rake(margins, stat.RakeOptions{})
	mean := raked.Mean(answers, nil)
	plain := stat.Bootstrap{Replicates: answers}.Bias() // mean minus an estimate of 0
	r := fields{
		"n": len(rows), "cell_weights": cellMeans(rows, raked.W, cellOf), "cell_n": cellCounts(rows, cellOf),
		"weighted_mean": mean.Value, "se_raked": mean.SE, "unweighted_mean": plain,
		"sum_w": total(raked.W), "kish_deff": stat.KishDesignEffect(raked.W), "n_eff": stat.EffectiveSize(raked.W),
	}
	if post, ok := result["poststrat"].(map[string]any); ok {
		cells := oracleMargin(f, rows, "cell", post["targets"].(map[string]any), cellOf)
		w := stat.PostStratify(cells, nil)
		m := w.Mean(answers, nil)
		r["poststrat"] = fields{"targets": post["targets"], "weighted_mean": m.Value, "se": m.SE, "cell_weights": cellMeans(rows, w.W, cellOf)}
	}
	return r
}

func oracleMargin(f *frame.Frame, rows []int, name string, targets map[string]any, level func(row int) string) stat.Margin {
	levels := slices.Sorted(maps.Keys(targets))
	m := stat.Margin{Name: name}
	for _, l := range levels {
		m.Target = append(m.Target, oracleNumber(targets[l]))
	}
	for _, i := range rows {
		m.Code = append(m.Code, slices.Index(levels, level(i)))
	}
	return m
}

func cellName(f *frame.Frame, row int, names []string) string {
	var parts []string
	for _, v := range names {
		parts = append(parts, f.Col(v).String(row))
	}
	return strings.Join(parts, "|")
}

func cellCounts(rows []int, cell func(row int) string) fields {
	n := fields{}
	for _, i := range rows {
		k, _ := n[cell(i)].(int)
		n[cell(i)] = k + 1
	}
	return n
}

func cellMeans(rows []int, w []float64, cell func(row int) string) fields {
	n, m := cellCounts(rows, cell), fields{}
	for k, i := range rows {
		v, _ := m[cell(i)].(float64)
		m[cell(i)] = v + w[k]/float64(n[cell(i)].(int))
	}
	return m
}

func total(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s
}
