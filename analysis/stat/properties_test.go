package stat_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"silico/analysis/stat"
)

// sample draws numbers with ties and now and then one missing.
func sample(t *rapid.T, name string, least int) []float64 {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 {
		v := rapid.IntRange(0, 12).Draw(t, "value")
		if v == 0 {
			return math.NaN()
		}
		return float64(v) / 2
	}), least, 25).Draw(t, name)
}

// alike says whether numbers are equal up to rounding, NaN like NaN.
func alike(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || a == b || math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b))
}

func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := sample(t, "x", 1)
		y := make([]float64, len(x))
		for i := range y {
			y[i] = float64(rapid.IntRange(0, 5).Draw(t, "y"))
		}
		at := make([]int, len(x))
		for i := range at {
			at[i] = i
		}
		at = rapid.Permutation(at).Draw(t, "at")
		u, v := make([]float64, len(x)), make([]float64, len(x))
		for i, k := range at {
			u[i], v[i] = x[k], y[k]
		}
		same := func(name string, a, b float64) {
			if !alike(a, b) {
				t.Errorf("%s is %v, and %v in another order", name, a, b)
			}
		}
		same("SD", stat.Describe(x).SD, stat.Describe(u).SD)
		same("Welch's p", stat.WelchT(x, y, conf).P, stat.WelchT(u, v, conf).P)
		same("Pearson's r", stat.Pearson(x, y, conf).R, stat.Pearson(u, v, conf).R)
		same("Spearman's p", stat.Spearman(x, y, conf, 0).P, stat.Spearman(u, v, conf, 0).P)
		same("Kendall's z", stat.Kendall(x, y, conf).Stat, stat.Kendall(u, v, conf).Stat)
		same("κ", stat.Kappa(x, y, nil, stat.Quadratic, conf).Value, stat.Kappa(u, v, nil, stat.Quadratic, conf).Value)
		same("KS", stat.KolmogorovSmirnov(x, y).PExact, stat.KolmogorovSmirnov(u, v).PExact)
		same("signed ranks", stat.WilcoxonSigned(x, y, 0).P, stat.WilcoxonSigned(u, v, 0).P)
	})
}

func TestExchangingTheSamplesTurnsTheSign(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := sample(t, "a", 0), sample(t, "b", 0)
		check := func(name string, x, y float64) {
			if !alike(x, y) {
				t.Errorf("%s: %v and %v", name, x, y)
			}
		}
		check("Welch t", stat.WelchT(a, b, conf).Stat, -stat.WelchT(b, a, conf).Stat)
		check("d", stat.CohenD(a, b, conf).Lo, -stat.CohenD(b, a, conf).Hi)
		check("Cliff", stat.CliffDelta(a, b, conf).Hi, -stat.CliffDelta(b, a, conf).Lo)
		check("Mann-Whitney p", stat.MannWhitney(a, b, 0).P, stat.MannWhitney(b, a, 0).P)
		check("KS", stat.KolmogorovSmirnov(a, b).PExact, stat.KolmogorovSmirnov(b, a).PExact)
		check("variance p", stat.CompareVariances(a, b, conf).P, stat.CompareVariances(b, a, conf).P)
	})
}

func TestRelabellingCategoriesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(2, 4).Draw(t, "rows")
		cols := rapid.IntRange(2, 3).Draw(t, "cols")
		var table [][]float64
		for range rows {
			var r []float64
			for range cols {
				r = append(r, float64(rapid.IntRange(0, 6).Draw(t, "count")))
			}
			table = append(table, r)
		}
		turned := slices.Clone(table)
		slices.Reverse(turned)
		a, b := stat.NewContingency(table, conf), stat.NewContingency(turned, conf)
		if !alike(a.Pearson.P, b.Pearson.P) || !alike(a.G.P, b.G.P) || !alike(a.V, b.V) {
			t.Errorf("χ² p %v and %v, G² p %v and %v", a.Pearson.P, b.Pearson.P, a.G.P, b.G.P)
		}
		if p, q := stat.FisherTest(table, conf).P, stat.FisherTest(turned, conf).P; !alike(p, q) {
			t.Errorf("Fisher's p %v and %v", p, q)
		}
		if p := fisherByHand(table); !alike(stat.FisherTest(table, conf).P, p) {
			t.Errorf("Fisher's p of %v = %v, by enumeration %v", table, stat.FisherTest(table, conf).P, p)
		}
	})
}

// fisherByHand enumerates all tables with the margins of table.
func fisherByHand(table [][]float64) float64 {
	rows, cols := make([]int, len(table)), make([]int, len(table[0]))
	for i, r := range table {
		for j, v := range r {
			rows[i] += int(v)
			cols[j] += int(v)
		}
	}
	positive := func(x []int) int {
		k := 0
		for _, v := range x {
			if v > 0 {
				k++
			}
		}
		return k
	}
	if positive(rows) < 2 || positive(cols) < 2 {
		return math.NaN()
	}
	weight := func(cells []int) float64 {
		s := 0.0
		for _, v := range cells {
			l, _ := math.Lgamma(float64(v) + 1)
			s -= l
		}
		return s
	}
	var observed []int
	for _, r := range table {
		for _, v := range r {
			observed = append(observed, int(v))
		}
	}
	limit := weight(observed) + 1e-7
	var all, extreme float64
	cells := make([]int, len(rows)*len(cols))
	left, room := slices.Clone(cols), slices.Clone(rows)
	var fill func(at int)
	fill = func(at int) {
		if at == len(cells) {
			for _, v := range left {
				if v != 0 {
					return
				}
			}
			w := weight(cells)
			all += math.Exp(w)
			if w <= limit {
				extreme += math.Exp(w)
			}
			return
		}
		i, j := at/len(cols), at%len(cols)
		from := 0
		if j == len(cols)-1 {
			from = room[i]
		}
		for v := from; v <= min(room[i], left[j]); v++ {
			cells[at] = v
			room[i] -= v
			left[j] -= v
			fill(at + 1)
			room[i] += v
			left[j] += v
		}
	}
	fill(0)
	return extreme / all
}

func TestAdjustedPValuesAreOrderedAndNeverSmaller(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 12).Draw(t, "p")
		holm, bonferroni := stat.Adjust(p, stat.Holm), stat.Adjust(p, stat.Bonferroni)
		hochberg, bh, by := stat.Adjust(p, stat.Hochberg), stat.Adjust(p, stat.BH), stat.Adjust(p, stat.BY)
		for i := range p {
			if !(p[i] <= bh[i]+1e-15 && bh[i] <= hochberg[i]+1e-15 && hochberg[i] <= holm[i]+1e-15 && holm[i] <= bonferroni[i]+1e-15 && bh[i] <= by[i]+1e-15) {
				t.Errorf("p %v: BH %v, Hochberg %v, Holm %v, Bonferroni %v, BY %v", p[i], bh[i], hochberg[i], holm[i], bonferroni[i], by[i])
			}
		}
	})
}
