package stat_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// clustered returns an outcome with an effect of x, of z and of clusters; arm is
// assigned to clusters in turn.
func clustered(seed uint64, clusters, size int, effect float64) *frame.Frame {
	rng := rand.New(rand.NewPCG(seed, 11))
	n := clusters * size
	y, x, z, g, arm := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]string, n)
	order := rng.Perm(clusters)
	for c := range clusters {
		shared, exposure := rng.NormFloat64(), rng.NormFloat64()
		for s := range size {
			i := c*size + s
			g[i], x[i], z[i] = float64(c), exposure+0.5*rng.NormFloat64(), rng.NormFloat64()
			arm[i] = []string{"control", "treated"}[order[c]%2]
			y[i] = effect*x[i] + z[i] + shared + rng.NormFloat64()
		}
	}
	return frame.New(frame.Numbers("y", y), frame.Numbers("x", x), frame.Numbers("z", z), frame.Numbers("g", g), frame.Factors("arm", arm, nil))
}

func resampling(name string, b int) stat.Resampling {
	return stat.Resampling{Streams: stat.NewStreams(17), Name: name, B: b, Workers: 2}
}

// TestWildBootstrapIsThatOfRefittedSamples computes the same by the definition:
// every sample's outcome is made and the model fitted to it.
func TestWildBootstrapIsThatOfRefittedSamples(t *testing.T) {
	f := clustered(3, 8, 7, 0.4)
	m := stat.OLS(design(t, f, "y ~ x + z", formula.Options{}))
	g := m.Design.Cluster(f.Col("g"))
	const null = 0.1
	w, err := m.WildCluster(t.Context(), resampling("wild", 300), g, 1, stat.WildOptions{Null: null})
	if err != nil {
		t.Fatal(err)
	}
	if !w.Exact || w.Samples != 256 {
		t.Fatalf("%d samples, exact %v; want all 256 of 8 clusters", w.Samples, w.Exact)
	}
	tstat := func(m *stat.Regression) float64 { return (m.Coef[1] - null) / covariance(t, m, "CR1", g).SE(1) }
	if got := tstat(m); math.Abs(w.Stat-got) > 1e-10 {
		t.Errorf("t = %v, want %v", w.Stat, got)
	}
	y, x := f.Col("y").Nums, f.Col("x").Nums
	rest := make([]float64, len(y))
	for i := range y {
		rest[i] = y[i] - null*x[i]
	}
	restricted := stat.OLS(design(t, f.With(frame.Numbers("y", rest)), "y ~ z", formula.Options{}))
	extreme := 0
	for s := range 256 {
		star := make([]float64, len(y))
		for i := range star {
			sign := 1 - 2*float64(s>>g[i]&1)
			star[i] = restricted.Fitted[i] + null*x[i] + sign*(rest[i]-restricted.Fitted[i])
		}
		if math.Abs(tstat(stat.OLS(design(t, f.With(frame.Numbers("y", star)), "y ~ x + z", formula.Options{})))) >= math.Abs(w.Stat)*(1-1e-9) {
			extreme++
		}
	}
	if got := float64(extreme) / 256; math.Abs(w.P-got) > 1e-12 {
		t.Errorf("p = %v, refitted samples give %v", w.P, got)
	}
	if !(w.Lo < m.Coef[1] && m.Coef[1] < w.Hi) {
		t.Errorf("interval %v does not hold the estimate %v", w.Interval, m.Coef[1])
	}
}

func TestWildBootstrapRejectsFivePercentWithTenClusters(t *testing.T) {
	const runs = 2000
	rejected := 0
	for run := range runs {
		f := clustered(uint64(1000+run), 10, 3, 0)
		m := stat.OLS(design(t, f, "y ~ x", formula.Options{}))
		draws := resampling("wild", 59)
		draws.Streams, draws.Workers = stat.NewStreams(int64(run)), 1
		w, err := m.WildCluster(t.Context(), draws, m.Design.Cluster(f.Col("g")), 1, stat.WildOptions{Weights: stat.Webb, Conf: 1e-9})
		if err != nil {
			t.Fatal(err)
		}
		if w.P <= 0.05 {
			rejected++
		}
	}
	if share := float64(rejected) / runs; share < 0.04 || share > 0.06 {
		t.Errorf("%.4f of %d true nulls rejected at 5 %%, want .04 to .06", share, runs)
	}
}

func TestWildBootstrapIsTheSameForAnyNumberOfWorkers(t *testing.T) {
	f := clustered(4, 20, 5, 0.3)
	m := stat.OLS(design(t, f, "y ~ x + z", formula.Options{}))
	g := m.Design.Cluster(f.Col("g"))
	one, eight := resampling("wild", 199), resampling("wild", 199)
	one.Workers, eight.Workers = 1, 8
	a, _ := m.WildCluster(t.Context(), one, g, 1, stat.WildOptions{})
	b, _ := m.WildCluster(t.Context(), eight, g, 1, stat.WildOptions{})
	if *a != *b && !math.IsNaN(a.DF) {
		t.Errorf("1 worker: %+v, 8 workers: %+v", a, b)
	}
	if a.P != b.P || a.Interval != b.Interval {
		t.Errorf("1 worker: p %v %v, 8 workers: p %v %v", a.P, a.Interval, b.P, b.Interval)
	}
	alone := make([]int, len(g))
	if w, err := m.WildCluster(t.Context(), one, alone, 1, stat.WildOptions{}); err != nil || !math.IsNaN(w.P) || w.Note == "" {
		t.Errorf("one cluster: p %v, note %q, error %v; want NaN and why", w.P, w.Note, err)
	}
	logit := stat.GLM(design(t, f, "I(y > 0) ~ x", formula.Options{}), stat.Binomial, stat.Logit)
	if _, err := logit.WildCluster(t.Context(), one, g, 1, stat.WildOptions{}); err == nil {
		t.Error("a logit has no wild cluster bootstrap, and no error says so")
	}
}

func TestPairsBootstrapIsTheModelOfTheDrawnRows(t *testing.T) {
	f := clustered(5, 30, 4, 0.5)
	for _, tt := range []struct {
		name, formula string
		fit           func(*formula.Design) *stat.Regression
	}{
		{"linear", "y ~ x * arm", stat.OLS},
		{"logit", "I(y > 0) ~ x * arm", func(d *formula.Design) *stat.Regression { return stat.GLM(d, stat.Binomial, stat.Logit) }},
		{"poisson with an offset", "I(round(abs(y))) ~ x + offset(z/10)", func(d *formula.Design) *stat.Regression { return stat.GLM(d, stat.Poisson, stat.Log) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := design(t, f, tt.formula, formula.Options{})
			m := tt.fit(d)
			people := stat.People{N: 30}
			reps, err := m.PairsBootstrap(t.Context(), resampling("pairs", 20), people, d.Cluster(f.Col("g")))
			if err != nil {
				t.Fatal(err)
			}
			drawer := people.Drawer()
			rows := stat.ByCluster(d.Cluster(f.Col("g")))
			for b := range 20 {
				again := tt.fit(design(t, f.Take(drawer.Rows(stat.NewStreams(17).At("pairs", uint64(b)), rows, nil)), tt.formula, formula.Options{}))
				if again.Separated {
					continue
				}
				for j, name := range m.Names {
					if math.Abs(reps[j][b]-again.Coef[j]) > 1e-9*(1+math.Abs(again.Coef[j])) {
						t.Fatalf("sample %d, %s: %v, the drawn rows give %v", b, name, reps[j][b], again.Coef[j])
					}
				}
			}
		})
	}
}

func TestRandomisationDealsTreatmentsToUnitsWithinStrata(t *testing.T) {
	f := clustered(6, 12, 5, 0)
	d := design(t, f, "y ~ arm * z", formula.Options{})
	unit := d.Cluster(f.Col("g"))
	stratum := make([]int, len(unit))
	for i, u := range unit {
		stratum[i] = u % 3
	}
	treated := 0
	var counts []int
	// fit sees each dealt design: here it is looked at, not fitted.
	look := func(d *formula.Design) *stat.Regression {
		by := map[int]map[float64]bool{}
		per := make([]int, 3)
		for i, u := range unit {
			if by[u] == nil {
				by[u] = map[float64]bool{}
			}
			by[u][d.X.At(i, 1)] = true
			if d.X.At(i, 1) == 1 {
				per[stratum[i]]++
			}
			if got, want := d.X.At(i, 3), d.X.At(i, 1)*f.Col("z").Nums[i]; got != want {
				t.Fatalf("the interaction of row %d is %v, want %v", i, got, want)
			}
		}
		for u, values := range by {
			if len(values) != 1 {
				t.Fatalf("unit %d has two treatments", u)
			}
		}
		if counts == nil {
			counts = per
		}
		for s := range per {
			if per[s] != counts[s] {
				t.Fatalf("stratum %d has %d treated rows, the data have %d", s, per[s], counts[s])
			}
		}
		treated++
		return stat.OLS(d)
	}
	draws := resampling("deal", 40)
	draws.Workers = 1
	a := stat.Assignment{Variable: "arm", Unit: unit, Stratum: stratum}
	test, err := stat.RandomisationTest(t.Context(), draws, d, a, look, func(m *stat.Regression) float64 { return m.Coef[1] })
	if err != nil {
		t.Fatal(err)
	}
	if treated != 41 || !(test.P >= 1.0/41 && test.P <= 1) {
		t.Errorf("%d fits, p = %v", treated, test.P)
	}
	a.Unit, a.Stratum = make([]int, len(unit)), nil
	if _, err := stat.RandomisationTest(t.Context(), draws, d, a, look, func(m *stat.Regression) float64 { return m.Coef[1] }); err == nil || !strings.Contains(err.Error(), "differs within unit") {
		t.Errorf("units with two treatments: error %v", err)
	}
}

func TestRandomisationRejectsFivePercentOfTrueNulls(t *testing.T) {
	const runs = 2000
	rejected := 0
	for run := range runs {
		f := clustered(uint64(9000+run), 10, 1, 0.5)
		d := design(t, f, "y ~ arm", formula.Options{})
		draws := resampling("deal", 19)
		draws.Streams, draws.Workers = stat.NewStreams(int64(run)), 1
		a := stat.Assignment{Variable: "arm", Unit: d.Cluster(f.Col("g"))}
		test, err := stat.RandomisationTest(t.Context(), draws, d, a, stat.OLS, func(m *stat.Regression) float64 { return m.Coef[1] })
		if err != nil {
			t.Fatal(err)
		}
		if test.P <= 0.05 {
			rejected++
		}
	}
	// With 5 of 10 clusters treated there are 126 different splits, so that the
	// test rejects 6/126 = .048 at most before the draws.
	if share := float64(rejected) / runs; share < 0.035 || share > 0.06 {
		t.Errorf("%.4f of %d true nulls rejected at 5 %%, want about .05", share, runs)
	}
}
