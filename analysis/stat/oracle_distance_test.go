package stat_test

import (
	"math"
	"slices"
	"testing"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	oracleKinds["distribution_distance"] = oracleDistance
}

// countsOfGroups returns the counts of y in the first two of the levels of a
// group, over the support: the levels of y, or the distinct numbers of all rows
// of these groups.
func countsOfGroups(t *testing.T, f *frame.Frame, y, group string, levels []string) (support []float64, labels []string, p, q []float64) {
	t.Helper()
	if len(levels) < 2 {
		t.Fatalf("two groups are compared, the case has %v", levels)
	}
	v, g := f.Col(y), f.Col(group)
	in := func(i int) int {
		if v.Missing(i) || g.Missing(i) {
			return -1
		}
		return slices.Index(levels, g.String(i))
	}
	if v.Coded() {
		labels = v.Levels
	} else {
		for i := range f.Rows() {
			if in(i) >= 0 {
				support = append(support, v.Float(i))
			}
		}
		slices.Sort(support)
		support = slices.Compact(support)
	}
	n := max(len(support), len(labels))
	counts := [2][]float64{make([]float64, n), make([]float64, n)}
	for i := range f.Rows() {
		k := in(i)
		if k < 0 || k > 1 {
			continue
		}
		c := 0
		if v.Coded() {
			c = slices.Index(labels, v.String(i))
		} else {
			c, _ = slices.BinarySearch(support, v.Float(i))
		}
		counts[k][c]++
	}
	return support, labels, counts[0], counts[1]
}

func oracleDistance(t *testing.T, c *oracleCase, f *frame.Frame) any {
	c.option("numeric") // what the column is says as much
	x, labels, p, q := countsOfGroups(t, f, c.text("y"), c.text("group"), c.texts("levels"))
	js := stat.JSDivergence(p, q)
	r := fields{
		"p": shares(p), "q": shares(q),
		"entropy_2":          []float64{stat.Entropy(p), stat.Entropy(q)},
		"entropy_e":          []float64{stat.Entropy(p) * math.Ln2, stat.Entropy(q) * math.Ln2},
		"normalised_entropy": []float64{stat.NormalisedEntropy(p), stat.NormalisedEntropy(q)},
		"kl_pq_2":            stat.KLDivergence(p, q, 0),
		"kl_qp_2":            stat.KLDivergence(q, p, 0),
		"kl_pq_e":            stat.KLDivergence(p, q, 0) * math.Ln2,
		"kl_qp_e":            stat.KLDivergence(q, p, 0) * math.Ln2,
		"js_divergence_2":    js,
		"js_divergence_e":    js * math.Ln2,
		"js_distance_2":      stat.JSDistance(p, q),
		"js_distance_e":      math.Sqrt(js * math.Ln2),
		"total_variation":    stat.TotalVariation(p, q),
		"hellinger":          stat.Hellinger(p, q),
		"bhattacharyya_coef": stat.Bhattacharyya(p, q),
		"chi2_distance_sym":  stat.ChiSquaredDistance(p, q),
	}
	if x == nil {
		r["support"] = labels
		return r
	}
	r["support"] = x
	w := stat.WassersteinScores(x, p, q)
	r["wasserstein1"], r["wasserstein1_over_range"] = w, w/(x[len(x)-1]-x[0])
	r["wasserstein2"] = stat.Wasserstein2Scores(x, p, q)
	r["cramer_l2sq"] = stat.CramerScores(x, p, q)
	r["ks_D"] = stat.KSScores(x, p, q)
	// The same by samples of numbers.
	a, b := spread(x, p), spread(x, q)
	energy := stat.EnergyDistance(a, b)
	n, m := float64(len(a)), float64(len(b))
	r["energy_distance"], r["energy_distance_sqrt"] = energy, math.Sqrt(energy)
	r["energy_statistic_edist"] = n * m / (n + m) * energy
	if v := stat.Wasserstein(a, b); math.Abs(v-w) > 1e-12*w {
		t.Errorf("Wasserstein of the samples = %v, of their counts %v", v, w)
	}
	if v, ks := stat.KSDistance(a, b), stat.KSScores(x, p, q); math.Abs(v-ks) > 1e-12 {
		t.Errorf("KSDistance of the samples = %v, of their counts %v", v, ks)
	}
	return r
}

func shares(counts []float64) []float64 {
	s, total := make([]float64, len(counts)), 0.0
	for _, n := range counts {
		total += n
	}
	for i, n := range counts {
		s[i] = n / total
	}
	return s
}

// spread returns each x as often as it was counted.
func spread(x, counts []float64) []float64 {
	var s []float64
	for i, v := range x {
		for range int(counts[i]) {
			s = append(s, v)
		}
	}
	return s
}
