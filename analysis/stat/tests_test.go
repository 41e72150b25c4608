package stat_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/stat"
)

// The numbers of this file are of R 4.2.2 with psych 2.2.9 and effectsize 0.8.3;
// the call stands beside each. Those of the oracle are not repeated.

var (
	groupA = []float64{1.1, 2.3, 0.4, 3.8, 2.9, 5.5}
	groupB = []float64{2.2, 4.1, 6.3, 5.0, 7.7, 3.3, 8.1}
	before = []float64{5.1, 3.3, 8.2, 7.4, 6.6, 2.8, 9.0, 4.4}
	after  = []float64{4.0, 3.9, 6.1, 7.9, 3.2, 1.0, 5.5, 5.7}
	// attitude is R's data set of that name.
	attitude = [][]float64{
		{43, 51, 30, 39, 61, 92, 45}, {63, 64, 51, 54, 63, 73, 47}, {71, 70, 68, 69, 76, 86, 48}, {61, 63, 45, 47, 54, 84, 35},
		{81, 78, 56, 66, 71, 83, 47}, {43, 55, 49, 44, 54, 49, 34}, {58, 67, 42, 56, 66, 68, 35}, {71, 75, 50, 55, 70, 66, 41},
		{72, 82, 72, 67, 71, 83, 31}, {67, 61, 45, 47, 62, 80, 41}, {64, 53, 53, 58, 58, 67, 34}, {67, 60, 47, 39, 59, 74, 41},
		{69, 62, 57, 42, 55, 63, 25}, {68, 83, 83, 45, 59, 77, 35}, {77, 77, 54, 72, 79, 77, 46}, {81, 90, 50, 72, 60, 54, 36},
		{74, 85, 64, 69, 79, 79, 63}, {65, 60, 65, 75, 55, 80, 60}, {65, 70, 46, 57, 75, 85, 46}, {50, 58, 68, 54, 64, 78, 52},
		{50, 40, 33, 34, 43, 64, 33}, {64, 61, 52, 62, 66, 80, 41}, {53, 66, 52, 50, 63, 80, 37}, {40, 37, 42, 58, 50, 57, 49},
		{63, 54, 42, 48, 66, 75, 33}, {66, 77, 66, 63, 88, 76, 72}, {78, 75, 58, 74, 80, 78, 49}, {48, 57, 44, 45, 51, 83, 38},
		{85, 85, 71, 71, 77, 74, 55}, {82, 82, 39, 59, 64, 78, 39},
	}
)

// expect compares numbers with R's, which came from call.
func expect(t *testing.T, call string, tol float64, got, want []float64) {
	t.Helper()
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= tol*math.Max(1, math.Abs(w))) {
			t.Errorf("%s, number %d: got %.15g, want %.15g", call, i+1, got[i], w)
		}
	}
}

func TestExactDistributionsAreThoseOfR(t *testing.T) {
	mw := stat.MannWhitney(groupA, groupB, stat.RankDefault)
	expect(t, "wilcox.test(a, b, exact = TRUE)", 1e-12, []float64{mw.Stat, mw.P}, []float64{8, 0.0734265734265734})
	sr := stat.WilcoxonSigned(before, after, stat.RankDefault)
	expect(t, "wilcox.test(x, y, paired = TRUE, exact = TRUE)", 1e-12, []float64{sr.Stat, sr.P}, []float64{29, 0.1484375})
	k := stat.KendallExact(before, after)
	expect(t, "cor.test(x, y, method = 'kendall', exact = TRUE)", 1e-12, []float64{k.Stat, k.P}, []float64{20, 0.178869047619048})
	expect(t, "ks.test(a, b)", 1e-12, []float64{stat.KolmogorovSmirnov(groupA, groupB).PExact}, []float64{0.21212121212121})
	ks := stat.KolmogorovSmirnov([]float64{1, 1, 2, 3, 3}, []float64{2, 3, 3, 4, 4, 5})
	expect(t, "ks.test(exact = TRUE) with ties", 1e-12, []float64{ks.D, ks.PExact}, []float64{0.5, 0.220779220779225})
	expect(t, "binom.test(7, 40, .3)", 1e-12, []float64{stat.BinomialTest(7, 40, 0.3).P}, []float64{0.118595762632148})
	expect(t, "binom.test(7, 22)", 1e-12, []float64{stat.McNemarExact(7, 15).P}, []float64{0.133800506591797})
}

func TestFisherOfLargerTablesIsThatOfR(t *testing.T) {
	// R: fisher.test(matrix(counts, ncol = columns, byrow = TRUE), workspace = 2e8)$p.value,
	// whose own tolerance is 3.5e-7.
	for _, c := range []struct {
		name    string
		columns int
		counts  []float64
		p       float64
	}{
		{"3 x 3 of 300", 3, []float64{18, 14, 22, 24, 23, 60, 40, 32, 67}, 0.414118589225863},
		{"4 x 4 of 100", 4, []float64{3, 3, 8, 5, 5, 3, 10, 7, 5, 5, 10, 6, 5, 4, 15, 6}, 0.996615897900236},
		{"9 x 3 of 100", 3, []float64{5, 5, 3, 5, 4, 1, 1, 4, 1, 2, 4, 2, 3, 1, 2, 12, 4, 1, 10, 5, 6, 5, 3, 2, 4, 3, 2}, 0.69886069556775},
	} {
		var table, turned [][]float64
		for row := range slices.Chunk(c.counts, c.columns) {
			table = append(table, row)
		}
		for j := range c.columns {
			var column []float64
			for _, row := range table {
				column = append(column, row[j])
			}
			turned = append(turned, column)
		}
		if p := stat.FisherTest(table, conf).P; !(math.Abs(p-c.p) < 1e-10) {
			t.Errorf("%s: p = %.12g, want %.12g", c.name, p, c.p)
		}
		if p := stat.FisherTest(turned, conf).P; !(math.Abs(p-c.p) < 1e-10) {
			t.Errorf("%s, rows and columns exchanged: p = %.12g, want %.12g", c.name, p, c.p)
		}
	}
}

func TestTooLargeATableSaysSo(t *testing.T) {
	f := stat.FisherTest([][]float64{{952, 622, 300}, {597, 494, 36}, {604, 374, 25}, {555, 372, 450}}, conf)
	if !math.IsNaN(f.P) || f.Note == "" {
		t.Errorf("p = %v, note %q, want NaN and a reason", f.P, f.Note)
	}
}

func TestMeansAndEffectSizesAreThoseOfR(t *testing.T) {
	one := stat.OneSampleT(groupA, 2, conf)
	expect(t, "t.test(a, mu = 2)", 1e-12, []float64{one.Stat, one.P, one.Lo, one.Hi}, []float64{0.88319375068444, 0.417567111291684, 0.72629829061161, 4.60703504272172})
	d, g, z := stat.CohenD(groupA, groupB, conf), stat.HedgesG(groupA, groupB, conf), stat.CohenDZ(before, after, conf)
	// effectsize finds its limits to about 1e-7.
	expect(t, "effectsize::cohens_d(a, b)", 1e-6, []float64{d.Value, d.Lo, d.Hi}, []float64{-1.24882844831365, -2.43211420672782, -0.0197730685295605})
	expect(t, "effectsize::hedges_g(a, b)", 1e-6, []float64{g.Value, g.Lo, g.Hi}, []float64{-1.16136026648611, -2.26176846552799, -0.0183881590523882})
	expect(t, "effectsize::cohens_d(x, y, paired = TRUE)", 1e-6, []float64{z.Value, z.Lo, z.Hi}, []float64{0.645522769897895, -0.140909918533041, 1.39552346571983})
	w := stat.WelchT(groupA, groupB, conf)
	e := stat.Equivalence(w.Difference, w.SE, w.DF, -5, 1)
	expect(t, "TOST of t.test(a, b) inside -5 to 1", 1e-12, []float64{e.P}, []float64{0.0275845495657121})
	p := stat.PairedT(before, after, conf)
	e = stat.Equivalence(p.Difference, p.SE, p.DF, -1, 3)
	// max of t.test(x, y, paired = TRUE, mu = -1, alternative = "greater")$p.value and of mu = 3, "less"
	expect(t, "TOST of t.test(x, y, paired = TRUE) inside -1 to 3", 1e-12, []float64{e.P}, []float64{0.0135168364795396})
}

func TestTablesAreThoseOfR(t *testing.T) {
	c := stat.NewContingency([][]float64{{12, 9, 14}, {5, 8, 6}}, conf)
	expect(t, "effectsize::cramers_v(adjust = FALSE)", 1e-6, []float64{c.V, c.VInterval.Lo, c.VInterval.Hi}, []float64{0.168611678940397, 0, 0.398583603807404})
	expect(t, "mcnemar.test(matrix(c(20, 7, 15, 30), 2))", 1e-12, []float64{stat.McNemar([][]float64{{20, 15}, {7, 30}}, true).P}, []float64{0.135593001266303})
	m := stat.McNemar([][]float64{{10, 6, 1}, {4, 12, 5}, {2, 3, 9}}, true)
	expect(t, "mcnemar.test of 3 x 3", 1e-12, []float64{m.Stat, m.P}, []float64{1.23333333333333, 0.745021200548186})
	n := stat.ProportionDifference(56, 80, 48, 80, conf)
	expect(t, "Newcombe's interval from two prop.test(correct = FALSE)", 1e-12, []float64{n.Lo, n.Hi}, []float64{-0.0472134654468412, 0.241366093430967})
}

func TestReliabilityIsThatOfR(t *testing.T) {
	_, all := stat.ICC(attitude, conf)
	var lo, hi []float64
	for _, i := range all {
		lo, hi = append(lo, i.Lo), append(hi, i.Hi)
	}
	expect(t, "psych::ICC(attitude, lmer = FALSE), lower", 1e-10, lo, []float64{0.0769508546586779, 0.0967486956359178, 0.288396634643041, 0.368512070122811, 0.428499982898669, 0.739375685643107})
	expect(t, "psych::ICC(attitude, lmer = FALSE), upper", 1e-10, hi, []float64{0.357030096126799, 0.430683334611163, 0.608340940947897, 0.795374617032346, 0.84115491638878, 0.915773072159981})
	table := [][]float64{{11, 4, 2}, {3, 9, 2}, {1, 5, 13}}
	k, q := stat.KappaTable(table, []float64{1, 2, 3}, stat.Unweighted, conf), stat.KappaTable(table, []float64{1, 2, 3}, stat.Quadratic, conf)
	expect(t, "psych::cohen.kappa", 1e-10, []float64{k.Value, q.Value, k.SE * k.SE}, []float64{0.491017964071856, 0.616745283018868, 0.00985613430280034})
	// psych 2.2.9 has .01078 for the weighted one; the delta method by numerical
	// derivatives of κ in the nine shares gives .01102, which is Fleiss, Cohen and
	// Everitt's.
	expect(t, "delta method", 1e-8, []float64{q.SE * q.SE}, []float64{0.0110180148553427})
	o := stat.McDonaldOmega(attitude)
	expect(t, "factanal(attitude, factors = 1)", 2e-6, append([]float64{o.Value}, o.Loadings...),
		[]float64{0.840544491002971, 0.85247736201656, 0.902241082841272, 0.59270555957265, 0.730696666379306, 0.764994329810492, 0.2460927700796, 0.377845301239505})
}

func TestKappaIsAgreementBeyondChance(t *testing.T) {
	k := stat.KappaTable([][]float64{{35, 15}, {15, 35}}, []float64{0, 1}, stat.Unweighted, conf)
	expect(t, "(.7 - .5)/(1 - .5)", 1e-15, []float64{k.Value, k.Observed, k.Chance}, []float64{0.4, 0.7, 0.5})
}

func TestPairedSharesHaveNewcombesInterval(t *testing.T) {
	// Newcombe (1998), Statistics in Medicine 17: 2635, method 10 for the pairs
	// 36, 12, 2, 0: .0569 to .3404.
	d := stat.ProportionPairedDifference(36, 12, 2, 0, conf)
	expect(t, "Newcombe's example", 5e-5, []float64{d.Value, d.Lo, d.Hi}, []float64{0.2, 0.0569, 0.3404})
}

func TestVarianceSharesHaveSteigersInterval(t *testing.T) {
	// F of 6.2 on 2 and 40 degrees of freedom, as groups: R: uniroot over
	// pf(6.2, 2, 40, ncp) = .975 and .025, λ/(λ + 43).
	shift := math.Sqrt(2 * 6.2 * 1 / 28)
	var groups [][]float64
	for g, n := range []int{14, 14, 15} {
		var x []float64
		for i := range n {
			x = append(x, float64(i%2)*2-1)
		}
		mean, sq := 0.0, 0.0
		for _, v := range x {
			mean += v / float64(n)
		}
		for _, v := range x {
			sq += (v - mean) * (v - mean)
		}
		for i := range x { // each group has mean 0 and n - 1 as sum of squares
			x[i] = (x[i]-mean)*math.Sqrt(float64(n-1)/sq) + []float64{-shift, shift, 0}[g]
		}
		groups = append(groups, x)
	}
	a := stat.ANOVAOneWay(groups, conf)
	expect(t, "anova", 1e-12, []float64{a.Stat, a.DF, a.DF2}, []float64{6.2, 2, 40})
	expect(t, "noncentral F", 1e-8, []float64{a.Share.Lo, a.Share.Hi}, []float64{0.02899474092424, 0.412752719741939})
}

func TestIllConditionsHaveAReasonAndNoPanic(t *testing.T) {
	empty, one, flat := []float64{}, []float64{3}, []float64{2, 2, 2}
	missing := []float64{math.NaN(), math.NaN(), math.NaN()}
	for _, x := range [][]float64{empty, one, flat, missing} {
		for _, y := range [][]float64{empty, one, flat, missing} {
			groups := [][]float64{x, y}
			kw, _ := stat.KruskalWallis(groups)
			for name, r := range map[string]stat.Test{
				"Welch": stat.WelchT(x, y, conf).Test, "pooled": stat.PooledT(x, y, conf).Test, "one sample": stat.OneSampleT(x, 0, conf).Test,
				"ANOVA": stat.ANOVAOneWay(groups, conf).Test, "Welch's ANOVA": stat.WelchANOVA(groups), "Levene": stat.Levene(groups),
				"Brown-Forsythe": stat.BrownForsythe(groups), "variances": stat.CompareVariances(x, y, conf).Test,
			} {
				if !math.IsNaN(r.P) || r.Note == "" {
					t.Errorf("%s of %v and %v: p = %v, note %q, want NaN and a reason", name, x, y, r.P, r.Note)
				}
			}
			for name, r := range map[string]stat.Test{
				"Mann-Whitney": stat.MannWhitney(x, y, stat.RankDefault), "Kruskal-Wallis": kw,
			} {
				if math.IsNaN(r.P) != (r.Note != "") {
					t.Errorf("%s of %v and %v: p = %v, note %q", name, x, y, r.P, r.Note)
				}
			}
			if d := stat.CohenD(x, y, conf); !math.IsNaN(d.Value) || d.Note == "" {
				t.Errorf("d of %v and %v = %v, note %q", x, y, d.Value, d.Note)
			}
			stat.CliffDelta(x, y, conf)
			stat.KolmogorovSmirnov(x, y)
			if len(x) != len(y) {
				continue
			}
			for name, r := range map[string]stat.Test{
				"Pearson": stat.Pearson(x, y, conf).Test, "Spearman": stat.Spearman(x, y, conf, stat.BonettWright).Test,
				"Kendall": stat.Kendall(x, y, conf).Test, "exact Kendall": stat.KendallExact(x, y),
				"paired t": stat.PairedT(x, y, conf).Test, "signed ranks": stat.WilcoxonSigned(x, y, stat.RankDefault),
			} {
				if !math.IsNaN(r.P) || r.Note == "" {
					t.Errorf("%s of %v and %v: p = %v, note %q, want NaN and a reason", name, x, y, r.P, r.Note)
				}
			}
			if k := stat.Kappa(x, y, nil, stat.Linear, conf); !math.IsNaN(k.Value) || k.Note == "" {
				t.Errorf("κ of %v and %v = %v, note %q", x, y, k.Value, k.Note)
			}
		}
		stat.Describe(x).MeanInterval(conf)
		if s := stat.Describe(x); s.N < 2 && !math.IsNaN(s.SD) {
			t.Errorf("SD of %v = %v, want NaN", x, s.SD)
		}
	}
	rows := [][]float64{{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}}
	for _, r := range [][][]float64{nil, rows[:1], rows, {{1, math.NaN()}, {math.NaN(), 2}}, {{1}, {2}}} {
		if s := stat.CronbachAlpha(r, conf); !math.IsNaN(s.Alpha) || s.Note == "" {
			t.Errorf("α of %v = %v, note %q", r, s.Alpha, s.Note)
		}
		if o := stat.McDonaldOmega(r); !math.IsNaN(o.Value) || o.Note == "" {
			t.Errorf("ω of %v = %v, note %q", r, o.Value, o.Note)
		}
		if _, all := stat.ICC(r, conf); !math.IsNaN(all[0].Value) || all[0].Note == "" {
			t.Errorf("ICC of %v = %v, note %q", r, all[0].Value, all[0].Note)
		}
		if a, _ := stat.KrippendorffAlpha(r, stat.Nominal); !math.IsNaN(a) {
			t.Errorf("Krippendorff's α of %v = %v", r, a)
		}
	}
	for _, counts := range [][][]float64{nil, {{1, 2}}, {{0, 0}, {0, 0}}, {{0, 0}, {3, 4}}} {
		if c := stat.NewContingency(counts, conf); !math.IsNaN(c.Pearson.P) || c.Pearson.Note == "" {
			t.Errorf("χ² of %v: p = %v, note %q", counts, c.Pearson.P, c.Pearson.Note)
		}
		if f := stat.FisherTest(counts, conf); !math.IsNaN(f.P) || f.Note == "" {
			t.Errorf("Fisher of %v: p = %v, note %q", counts, f.P, f.Note)
		}
	}
	if p := stat.Proportion(0, 0, conf); !math.IsNaN(p.Value) || p.Note == "" {
		t.Errorf("0 of 0 = %v, note %q", p.Value, p.Note)
	}
}

func TestANOVANamesWhatItCannotTest(t *testing.T) {
	x := mat.NewDense(6, 3, []float64{1, 0, 0, 1, 0, 0, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 0, 0})
	a := stat.NewANOVA(x, []int{0, 1, 2}, []string{"g", "twice"}, []float64{1, 2, 3, 5, 4, 2}, nil, stat.TypeI, conf)
	if l := a.Terms[1]; l.DF != 0 || l.SS != 0 || l.Note == "" || !math.IsNaN(l.P) {
		t.Errorf("a term linear in another has DF %v, SS %v, p %v, note %q", l.DF, l.SS, l.P, l.Note)
	}
	if l := a.Terms[0]; math.IsNaN(l.P) {
		t.Error("the other term has no test")
	}
	exact := stat.NewANOVA(x, []int{0, 1, 2}, []string{"g", "twice"}, []float64{1, 1, 3, 3, 3, 1}, nil, stat.TypeII, conf)
	if !math.IsNaN(exact.Terms[0].P) || !strings.Contains(strings.Join(exact.Warnings, "; "), "no residual variance") {
		t.Errorf("an exact fit has p %v and warns %q", exact.Terms[0].P, exact.Warnings)
	}
	full := stat.NewANOVA(mat.NewDense(2, 2, []float64{1, 0, 1, 1}), []int{0, 1}, []string{"g"}, []float64{1, 2}, nil, stat.TypeIII, conf)
	if !math.IsNaN(full.Terms[0].P) || !strings.Contains(strings.Join(full.Warnings, "; "), "no residual degrees") {
		t.Errorf("as many columns as rows: p %v, warns %q", full.Terms[0].P, full.Warnings)
	}
}

func TestGroupsThatVaryByRoundingAloneHaveAShareOfVariance(t *testing.T) {
	// The search for the noncentrality of such an F did not end.
	for _, e := range []float64{1e-6, 1e-9, 1e-15} {
		groups := [][]float64{{1, 1 + e, 1 - e, 1}, {2, 2 + e, 2 - e, 2}, {3, 3 + e, 3, 3 - e}}
		got := stat.ANOVAOneWay(groups, .95)
		if i := got.Share; !(i.Lo > 1-1e-10 && i.Lo <= i.Hi && i.Hi <= 1) {
			t.Errorf("values that vary by %v: the share of variance is in %v, want nearly 1", e, i)
		}
	}
}

func TestWeightTwoIsADoubledRowInANOVA(t *testing.T) {
	x := mat.NewDense(5, 2, []float64{1, 0, 1, 0, 1, 1, 1, 1, 1, 1})
	doubled := mat.NewDense(6, 2, []float64{1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1})
	a := stat.NewANOVA(x, []int{0, 1}, []string{"g"}, []float64{1, 2, 4, 3, 7}, []float64{1, 1, 1, 1, 2}, stat.TypeI, conf)
	b := stat.NewANOVA(doubled, []int{0, 1}, []string{"g"}, []float64{1, 2, 4, 3, 7, 7}, nil, stat.TypeI, conf)
	expect(t, "sums of squares", 1e-12, []float64{a.Terms[0].SS, a.Terms[1].SS}, []float64{b.Terms[0].SS, b.Terms[1].SS})
}

func TestRomanoWolfIsNeverBelowTheSingleTestNorAboveHolm(t *testing.T) {
	// Three statistics, of which the first two are copies: going down, the
	// maximum over copies is the one of them, so they cost one test, not two.
	rng := rand.New(rand.NewPCG(1, 2))
	null := make([][]float64, 1999)
	for b := range null {
		z := rng.NormFloat64()
		null[b] = []float64{z, z, rng.NormFloat64()}
	}
	p := stat.RomanoWolf([]float64{2.5, 2.5, 1, math.NaN()}[:3], null)
	single := 0.0
	for _, r := range null {
		if math.Abs(r[0]) >= 2.5 {
			single += 1. / 2000
		}
	}
	if !(p[0] > single && p[0] < 3*single) || p[1] > p[0] || p[2] < 0.2 {
		t.Errorf("adjusted p = %v; alone the first has %v", p, single)
	}
	if q := stat.RomanoWolf([]float64{2, math.NaN()}, [][]float64{{1, 9}, {3, 0}}); q[0] != 2./3 || !math.IsNaN(q[1]) {
		t.Errorf("with a statistic that is NaN: %v, want 2/3 and NaN", q)
	}
}

func TestPermutationsDoNotDependOnWorkers(t *testing.T) {
	var p []float64
	for _, workers := range []int{1, 3} {
		r := stat.Resampling{Streams: stat.NewStreams(7), Name: "permutation", B: 499, Workers: workers}
		got, err := stat.PermutationTest(context.Background(), r, [][]float64{groupA, groupB}, 0, stat.MeanDifferenceOf)
		if err != nil {
			t.Fatal(err)
		}
		p = append(p, got.P)
	}
	if p[0] != p[1] || !(p[0] > 0.02 && p[0] < 0.08) {
		t.Errorf("p with 1 and 3 workers: %v; the t test has .046", p)
	}
}
