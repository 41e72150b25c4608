package stat

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestPackedSumsAreTheSumsOfPeople(t *testing.T) {
	// Counts of any size go four, two or one to a word, other weights as
	// floats; all must give what one addition after the other gives.
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.IntRange(1, 30).Draw(t, "people")
		items, cats := rapid.IntRange(1, 5).Draw(t, "items"), rapid.IntRange(1, 4).Draw(t, "categories")
		top := rapid.SampledFrom([]int{1, 3, 4000, 1 << 24, 1 << 40}).Draw(t, "largest count")
		half := rapid.SampledFrom([]float64{1, .5}).Draw(t, "unit")
		p := NewPanel(people, items, cats)
		weight := make([]uint32, people)
		for i := range people {
			weight[i] = uint32(rapid.IntRange(0, 3).Draw(t, "weight"))
			if rapid.Bool().Draw(t, "answers") {
				for k := range items {
					p.Add(i, k, rapid.IntRange(0, cats-1).Draw(t, "answer"), half*float64(rapid.IntRange(0, top).Draw(t, "count")))
				}
			}
		}
		want := make([]float64, items*cats)
		for i := range people {
			for k, v := range p.row(i) {
				want[k] += float64(weight[i]) * v
			}
		}
		got := make([]float64, items*cats)
		newPanelSum(p, 3*people).into(got, weight)
		if !slices.Equal(got, want) {
			t.Errorf("sums %v, want %v", got, want)
		}
	})
}

func TestShareVarianceIsThatOfAClusterSurvey(t *testing.T) {
	v := readVerbagg(t)
	check := func(what string, p *Panel, share, variance []float64) {
		t.Helper()
		s, got := p.ShareVariance(-1)
		for c := range share {
			wantNear(t, what+": share", s[c], share[c], 1e-11)
			wantNear(t, what+": variance", got[c], variance[c], 1e-14)
		}
	}
	p := panelOf(v.do, 3)
	// R: d <- read.csv("people.csv"); ds <- survey::svydesign(~id, data = d, weights = ~1)
	//    m <- svymean(~do, ds); as.numeric(SE(m))^2        (survey 4.1)
	check("everybody answers 12", p,
		[]float64{0.579905063291, 0.253164556962, 0.166930379747},
		[]float64{0.000216305086026, 0.000129731787319, 0.000117554419457})
	// The same without d$id %% 3 == 0 & d$behaviour == "shout": unequal numbers.
	q := NewPanel(p.People, 12, 3)
	for i := range p.People {
		for k := range 12 {
			if (i+1)%3 != 0 || k%3 != 2 {
				copy(q.Of(i, k), p.Of(i, k))
			}
		}
	}
	check("a third answers 8", q,
		[]float64{0.550711743772, 0.268386714116, 0.180901542112},
		[]float64{0.000248146353487, 0.000150119029582, 0.000138077421428})
	var mean float64
	for _, d := range p.DesignEffect() {
		mean += d / 3
	}
	wantNear(t, "design effect of do", mean, 3.1, .2) // METHOD.md: about 3.1
}

func TestHalvesShareStrataByLargestRemainder(t *testing.T) {
	v := readVerbagg(t)
	d := v.byGender().Drawer()
	first := make([]bool, 316)
	for range 20 {
		d.Split(rand.New(rand.NewPCG(1, 2)), first)
		women, men := 0, 0
		for i, ok := range first {
			if ok && v.woman[i] {
				women++
			} else if ok {
				men++
			}
		}
		if women != 122 || men != 36 {
			t.Fatalf("the first half has %d women and %d men, want 122 and 36", women, men)
		}
	}
	for _, tt := range []struct{ sizes, want []int }{
		{[]int{3, 3, 3}, []int{2, 1, 1}}, {[]int{1}, []int{0}}, {[]int{2, 5}, []int{1, 2}}, {nil, []int{}},
	} {
		strata := make([][]int, len(tt.sizes))
		for g, n := range tt.sizes {
			strata[g] = make([]int, n)
		}
		if got := halfSizes(strata); !slices.Equal(got, tt.want) {
			t.Errorf("halves of strata %v = %v, want %v", tt.sizes, got, tt.want)
		}
	}
}

func TestResamplesKeepStrataAndLeaveOutNegativeOnes(t *testing.T) {
	p := People{N: 7, Stratum: []int{0, 1, 1, -1, 0, 1, -1}}
	w := make([]uint32, 7)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		p.Drawer().Weights(rng, w)
		if w[0]+w[4] != 2 || w[1]+w[2]+w[5] != 3 || w[3]+w[6] != 0 {
			t.Fatalf("weights %v of strata %v", w, p.Stratum)
		}
	}
}

func TestReplicatesDoNotDependOnWorkersAndBeginALongerRun(t *testing.T) {
	v := readVerbagg(t)
	panels := []*Panel{panelOf(v.do, 3), panelOf(v.want, 3)}
	draw := func(b, workers int) []float64 {
		r := Resampling{Streams: NewStreams(5), Name: "workers", B: b, Workers: workers}
		reps, err := r.Panels(context.Background(), v.byGender(), panels, 1, func(t []Table, out []float64) {
			out[0] = JSDistance(t[0].Pooled(), t[1].Pooled())
		})
		if err != nil {
			t.Fatal(err)
		}
		return reps[0]
	}
	one := draw(40, 1)
	if eight := draw(40, 8); !slices.Equal(one, eight) {
		t.Error("replicates differ between 1 and 8 workers")
	}
	if longer := draw(60, 3)[:40]; !slices.Equal(one, longer) {
		t.Error("the first 40 of 60 replicates are not the 40 of a shorter run")
	}
}

func TestACancelledResamplingReturnsTheContextsError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r := Resampling{Streams: NewStreams(1), Name: "cancel", B: 1 << 20, Workers: 2}
	_, err := r.Run(ctx, 1, func() func(int, *rand.Rand, []float64) {
		return func(b int, _ *rand.Rand, _ []float64) {
			if b == 3 {
				cancel()
			}
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestCountsAndRowsHaveOneDistribution(t *testing.T) {
	counts := []float64{30, 50, 15, 5}
	var codes []int
	for c, n := range counts {
		for range int(n) {
			codes = append(codes, c)
		}
	}
	r := Resampling{Streams: NewStreams(3), Name: "counts", B: 20_000, Workers: 2}
	byCounts, err := r.Counts(context.Background(), [][]float64{counts}, 4, func(g [][]float64, out []float64) { copy(out, g[0]) })
	if err != nil {
		t.Fatal(err)
	}
	byRows, err := r.Rows(context.Background(), People{N: 100}, nil, 4, func(rows []int, out []float64) {
		clear(out)
		for _, i := range rows {
			out[codes[i]]++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for c, n := range counts {
		p := n / 100
		m, v := varianceOf(byCounts[c])
		m2, v2 := varianceOf(byRows[c])
		// Four Monte Carlo errors of 20,000 draws around n and n(1-p).
		wantNear(t, "mean by counts", m, n, 4*math.Sqrt(n*(1-p)/20_000))
		wantNear(t, "mean by rows", m2, n, 4*math.Sqrt(n*(1-p)/20_000))
		wantNear(t, "variance by counts", v, n*(1-p), .05*n)
		wantNear(t, "variance by rows", v2, n*(1-p), .05*n)
	}
	if _, err := r.Counts(context.Background(), [][]float64{{1, .5}}, 1, nil); err == nil {
		t.Error("half an answer was resampled by counts, want an error")
	}
}

func TestPermutationBiasIsTheBiasOfTheFormulaAtEquality(t *testing.T) {
	// Two halves of one population: both say what D is there.
	v := readVerbagg(t)
	p := panelOf(v.do, 3)
	a := p.Only(func(i int) bool { return i%2 == 0 })
	b := p.Only(func(i int) bool { return i%2 == 1 })
	r := Resampling{Streams: NewStreams(1), Name: "permutation", B: 2000, Workers: 2}
	items, pooled, err := PermutationBias(context.Background(), r, a, b)
	if err != nil {
		t.Fatal(err)
	}
	c, err := CompareJS(context.Background(), r, a, b)
	if err != nil {
		t.Fatal(err)
	}
	wantNear(t, "pooled bias by permutation over that by the formula", pooled/c.Pooled.Bias, 1, .1)
	for i := range items {
		wantNear(t, "bias of an item by permutation over that by the formula", items[i]/c.Items[i].Bias, 1, .15)
	}
	// A paired exchange keeps the sums of the two, and so has less to permute:
	// panels that are equal person by person cannot come to differ.
	_, same, err := PermutationBias(context.Background(), r, p, p)
	if err != nil || same != 0 {
		t.Errorf("bias between a panel and itself, paired = %v, %v; want 0", same, err)
	}
}

func TestAnEmptyCategoryTakesThePermutationMean(t *testing.T) {
	v := readVerbagg(t)
	p := panelOf(v.do, 3)
	never := NewPanel(316, 12, 3) // a model that always says no
	for i := range 316 {
		for k := range 12 {
			never.Add(i, k, 0, 1)
		}
	}
	r := Resampling{Streams: NewStreams(1), Name: "zero", B: 200}
	c, err := CompareJS(context.Background(), r, p, never)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Pooled.Permuted || !(c.Pooled.Bias > 0 && c.Pooled.Bias < .01) {
		t.Errorf("pooled estimate %+v, want a small bias by permutation", c.Pooled)
	}
	if d := c.Corrected().Pooled; !(d > .4 && d < c.Observed().Pooled) {
		t.Errorf("corrected distance %v of the observed %v", d, c.Observed().Pooled)
	}
	none, err := CompareJS(context.Background(), r, p, NewPanel(316, 12, 3))
	if err != nil {
		t.Fatal(err)
	}
	if d := none.Corrected(); !math.IsNaN(d.RootMean) || !math.IsNaN(d.Mean) || !math.IsNaN(d.Pooled) {
		t.Errorf("distance to nobody = %+v, want NaN", d)
	}
}

func TestJackknifeOfAMeanIsItsStandardError(t *testing.T) {
	x := []float64{3, 1, 4, 1, 5, 9, 2, 6}
	mean, v := varianceOf(x)
	left, err := Jackknife(context.Background(), len(x), 3, func(leave int) float64 {
		return meanOf(slices.Concat(x[:leave], x[leave+1:]))
	})
	if err != nil {
		t.Fatal(err)
	}
	se, bias := JackknifeSE(mean, left)
	wantNear(t, "jackknife error of a mean", se, math.Sqrt(v/8), 1e-14)
	wantNear(t, "jackknife bias of a mean", bias, 0, 1e-13)
	// R: l <- c(2.1,2.4,1.9,2.2,2.3); sqrt(4/5*sum((l-mean(l))^2)); 4*(mean(l)-2.15)
	se, bias = JackknifeSE(2.15, []float64{2.1, 2.4, 1.9, 2.2, 2.3})
	wantNear(t, "jackknife error", se, 0.3440930106817, 1e-12)
	wantNear(t, "jackknife bias", bias, 0.12, 1e-12)
}

func TestStudentisedIntervalTurnsTheQuantilesOver(t *testing.T) {
	b := Bootstrap{Estimate: 5, Replicates: []float64{4.1, 5.2, 4.7, 6, 5.1, 4.4, 5.6, 4.9, 5.3, 9}}
	ses := []float64{.5, .6, .4, .7, .5, .45, .6, .5, .55, 0} // a resample without error is left out
	// R: z <- (t-5)/se; 5 - quantile(z, c(.975,.025), type = 6)*.52, without the last
	i := b.Studentised(.52, ses, .95, Type6)
	wantNear(t, "lower limit", i.Lo, 4.257142857143, 1e-12)
	wantNear(t, "upper limit", i.Hi, 5.936, 1e-12)
	i = b.Studentised(.52, ses, .95, Type7)
	wantNear(t, "lower limit, type 7", i.Lo, 4.301714285714, 1e-12)
	wantNear(t, "upper limit, type 7", i.Hi, 5.887466666667, 1e-12)
}

func TestIntervalsWithoutReplicatesAreNaN(t *testing.T) {
	b := Bootstrap{Estimate: 1, Replicates: []float64{nan, nan}}
	for name, i := range map[string]Interval{
		"percentile": b.Percentile(.95, Type7), "basic": b.Basic(.95, Type6), "normal": b.Normal(.95),
		"BC": b.BiasCorrected(.95, Type7), "BCa": b.BCa([]float64{1, 2}, .95, Type7).Interval,
		"studentised": b.Studentised(1, []float64{1, 1}, .95, Type7),
	} {
		if !math.IsNaN(i.Lo) || !math.IsNaN(i.Hi) {
			t.Errorf("%s interval of no replicates = %v, want NaN", name, i)
		}
	}
}
