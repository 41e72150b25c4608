package stat_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	oracleKinds["bootstrap"] = oracleBootstrap
	oracleTolerances["bootstrap"] = bootstrapTolerance
	oracleKinds["bootstrap_distance"] = oracleBootstrapDistance
	oracleTolerances["bootstrap_distance"] = bootstrapDistanceTolerance
}

var oracleStatistics = map[string]func(x []float64) float64{
	"mean":     func(x []float64) float64 { m, _ := centralMoments(x); return m },
	"median":   func(x []float64) float64 { return stat.Bootstrap{Replicates: x}.Percentile(0, stat.Type7).Lo },
	"sd":       func(x []float64) float64 { return stat.Bootstrap{Replicates: x}.SE() },
	"variance": func(x []float64) float64 { s := stat.Bootstrap{Replicates: x}.SE(); return s * s },
	"skewness": func(x []float64) float64 {
		_, m := centralMoments(x)
		return m[1] / math.Pow(m[0], 1.5)
	},
}

// centralMoments returns the mean and the second and third moments around it.
func centralMoments(x []float64) (mean float64, m [2]float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v
	}
	mean /= n
	for _, v := range x {
		d := v - mean
		m[0] += d * d / n
		m[1] += d * d * d / n
	}
	return mean, m
}

func oracleBootstrap(t *testing.T, c *oracleCase, f *frame.Frame) any {
	statistic, ok := oracleStatistics[c.text("stat")]
	if !ok {
		t.Fatalf("the statistic %q is not known", c.text("stat"))
	}
	var x []float64
	for _, v := range f.Col(c.text("y")).Floats() {
		if !math.IsNaN(v) {
			x = append(x, v)
		}
	}
	ctx := context.Background()
	left, err := stat.Jackknife(ctx, len(x), 2, func(leave int) float64 {
		return statistic(slices.Concat(x[:leave], x[leave+1:]))
	})
	if err != nil {
		t.Fatal(err)
	}
	b := stat.Bootstrap{Estimate: statistic(x), Replicates: c.numbers("replicates")}
	if n := int(c.number("B")); n != len(b.Replicates) {
		t.Errorf("B is %d, with %d replicates", n, len(b.Replicates))
	}
	r := fields{
		"t0": b.Estimate, "se": b.SE(), "bias": b.Bias(),
		"percentile_type7": limits(b.Percentile(.95, stat.Type7)),
		"percentile_type6": limits(b.Percentile(.95, stat.Type6)),
		"basic_type7":      limits(b.Basic(.95, stat.Type7)),
		"normal":           limits(b.Normal(.95)),
		"bca":              bcaFields(b, left),
	}

	many := oracleDraws(c)
	draws := stat.Resampling{Streams: stat.NewStreams(1), Name: c.ID, B: many, Workers: 2}
	reps, err := draws.Rows(ctx, stat.People{N: len(x)}, nil, 1, func(rows []int, out []float64) {
		drawn := make([]float64, len(rows))
		for k, i := range rows {
			drawn[k] = x[i]
		}
		out[0] = statistic(drawn)
	})
	if err != nil {
		t.Fatal(err)
	}
	own := stat.Bootstrap{Estimate: b.Estimate, Replicates: reps[0]}
	r["large_B"] = fields{
		"B": many, "se": own.SE(), "percentile": limits(own.Percentile(.95, stat.Type7)),
		"bca": bcaFields(own, left), "mc_se_of_percentile_endpoints": percentileErrors(own, 1000),
	}
	return r
}

// oracleDraws is how many draws R took for large_B, which no option says.
func oracleDraws(c *oracleCase) int {
	large, _ := c.Result.(map[string]any)["large_B"].(map[string]any)
	b, _ := large["B"].(float64)
	return int(b)
}

func limits(i stat.Interval) []float64 { return []float64{i.Lo, i.Hi} }

func bcaFields(b stat.Bootstrap, left []float64) fields {
	seven, six := b.BCa(left, .95, stat.Type7), b.BCa(left, .95, stat.Type6)
	return fields{
		"z0": seven.Z0, "acceleration": seven.Acceleration, "alpha_adj": seven.Alpha[:],
		"ci_type7": limits(seven.Interval), "ci_type6": limits(six.Interval),
	}
}

// percentileErrors returns the Monte Carlo errors of the limits of a 95 %
// percentile interval from n replicates, by the density of the replicates.
func percentileErrors(b stat.Bootstrap, n float64) []float64 {
	at := func(p float64) float64 { return b.Percentile(1-2*p, stat.Type7).Lo } // the p-quantile
	errs := make([]float64, 2)
	for k, p := range []float64{.025, .975} {
		const h = .002
		density := 2 * h / (at(p+h) - at(p-h))
		errs[k] = math.Sqrt(p*(1-p)/n) / density
	}
	return errs
}

// bootstrapTolerance is exact for what follows from the replicates given. What
// both sides resample anew (large_B, 100,000 draws as a rule) differs by chance:
// limits by four of the stated Monte Carlo errors, which are those of 1,000
// draws, and the rest with the root of the number of draws.
func bootstrapTolerance(c *oracleCase, path string) (rel, abs float64) {
	field, ok := strings.CutPrefix(path, "large_B.")
	if !ok || field == "B" || field == "bca.acceleration" {
		return oracleTolerance(path)
	}
	large := c.Result.(map[string]any)["large_B"].(map[string]any)
	mcse := large["mc_se_of_percentile_endpoints"].([]any)
	chance := math.Sqrt(1e5 / float64(oracleDraws(c)))
	k := 0
	if strings.HasSuffix(field, "[1]") {
		k = 1
	}
	switch name, _, _ := strings.Cut(field, "["); name {
	case "se":
		return max(.02, math.Sqrt(10*kurtosis(c.numbers("replicates"))/1e5)) * chance, 0
	case "mc_se_of_percentile_endpoints":
		return .5, 0 // of a difference of two near quantiles
	case "percentile":
		return 0, 4*oracleNumber(mcse[k]) + 1e-12
	case "bca.z0":
		return 0, .025 * chance // 4 √2 √(¼/100,000)/φ(0), with room for ties
	case "bca.alpha_adj":
		return 0, .01 * chance
	case "bca.ci_type7", "bca.ci_type6":
		// A limit of a discrete statistic may jump to the next value.
		return 0, 4*oracleNumber(mcse[k]) + jump(c, oracleNumber(large["bca"].(map[string]any)[strings.TrimPrefix(name, "bca.")].([]any)[k]))
	}
	return oracleTolerance(path)
}

// kurtosis returns the fourth moment over the square of the second, by which the
// error of a standard deviation grows: √((kurtosis - 1)/4B) of it, here for two
// of B draws and allowed 4 times.
func kurtosis(x []float64) float64 {
	mean, m := centralMoments(x)
	fourth := 0.0
	for _, v := range x {
		fourth += math.Pow(v-mean, 4) / float64(len(x))
	}
	return fourth / (m[0] * m[0])
}

// jump returns the distance from at to the farther of its neighbours among the
// replicates.
func jump(c *oracleCase, at float64) float64 {
	x := c.numbers("replicates")
	slices.Sort(x)
	lo, hi := at, at
	for _, v := range x {
		if v < at-1e-9*math.Abs(at) {
			lo = v
		} else if v > at+1e-9*math.Abs(at) {
			hi = v
			break
		}
	}
	return max(at-lo, hi-at)
}

func oracleBootstrapDistance(t *testing.T, c *oracleCase, f *frame.Frame) any {
	x, _, p, q := countsOfGroups(t, f, c.text("y"), c.text("group"), c.texts("levels"))
	draws := stat.Resampling{Streams: stat.NewStreams(1), Name: c.ID, B: int(c.number("B")), Workers: 2}
	reps, err := draws.Counts(context.Background(), [][]float64{p, q}, 2, func(g [][]float64, out []float64) {
		out[0], out[1] = stat.JSDistance(g[0], g[1]), stat.WassersteinScores(x, g[0], g[1])
	})
	if err != nil {
		t.Fatal(err)
	}
	boot := func(estimate float64, reps []float64) fields {
		b := stat.Bootstrap{Estimate: estimate, Replicates: reps}
		return fields{"mean": b.Bias() + estimate, "se": b.SE(), "percentile": limits(b.Percentile(.95, stat.Type7))}
	}
	js, w := stat.JSDistance(p, q), stat.WassersteinScores(x, p, q)
	return fields{"js_distance_2": js, "wasserstein1": w, "js_boot": boot(js, reps[0]), "w1_boot": boot(w, reps[1])}
}

// bootstrapDistanceTolerance allows four Monte Carlo errors of the difference
// of two bootstraps with B draws.
func bootstrapDistanceTolerance(c *oracleCase, path string) (rel, abs float64) {
	measure, field, ok := strings.Cut(path, ".")
	if !ok {
		return oracleTolerance(path)
	}
	draws := c.number("B")
	se := oracleNumber(c.Result.(map[string]any)[measure].(map[string]any)["se"])
	chance := 4 * math.Sqrt(2/draws)
	switch {
	case field == "se":
		return chance, 0 // of kurtosis up to 5
	case field == "mean":
		return 0, chance * se
	}
	return 0, 3.3 * chance * se // a limit: √(.025 × .975)/φ(1.96) = 2.7, with room for skewness
}
