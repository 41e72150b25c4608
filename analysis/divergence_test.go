package analysis

import (
	"math"
	"strings"
	"testing"

	"silico/analysis/stat"
)

func divergence(change func(d *Divergence)) *Divergence {
	p, _ := New("divergence")
	d := p.(*Divergence)
	change(d)
	return d
}

func TestWomenAgainstMenHaveTheDivergenceOfMethod(t *testing.T) {
	d := divergence(func(d *Divergence) { d.Sample, d.Between, d.Outcomes = "all", "gender", []string{"do"} })
	r := runOn(t, d, input(verbagg(t, false), 2))
	// METHOD section 4, R 4.2.2, on all 316 people, pooled over items.
	for address, want := range map[string]float64{
		"pooled_d_raw": 0.010719386, "pooled_bias": 0.001430289, "pooled_js": 0.096379963, "pooled_js_raw": 0.103534468,
	} {
		wantNear(t, r, "people.do.gender.'F-M'."+address, want, 1e-9)
	}
	if e := estimate(t, r, "people.do.gender.'F-M'.pooled_js"); !(e.Lo < e.Value && e.Value < e.Hi && e.Hi < .2) {
		t.Errorf("interval of the distance is %v to %v around %v", e.Lo, e.Hi, e.Value)
	}
}

func TestFloorsAreThoseOfHalvesInMethod(t *testing.T) {
	f := withModels(verbagg(t, false), simulated{"guess", .5})
	r := runOn(t, divergence(func(d *Divergence) { d.Sample, d.By, d.Outcomes = "all", []string{"gender"}, []string{"do", "want:do"} }), input(f, 2))
	// METHOD sections 1 and 4 give .0607, .0302, .070, .129 and .0569, means over
	// 1,000 halves of 158 people, women, men; 20,000 halves give .0603 and .0298.
	// Tolerances are four standard errors of 1,000.
	wantNear(t, r, "guess.do.floor", .0603, .0016)
	wantNear(t, r, "guess.do.pooled_floor", .0298, .0020)
	wantNear(t, r, "guess.do.gender.F.floor", .070, .002)
	wantNear(t, r, "guess.do.gender.M.floor", .129, .003)
	wantNear(t, r, "guess.'want:do'.pooled_floor", .0569, .0020)
}

func TestFloorsOfTheEvaluationSampleAreOfItsSize(t *testing.T) {
	f := withModels(verbagg(t, true), simulated{"guess", .5})
	r := runOn(t, divergence(func(d *Divergence) { d.Outcomes = []string{"do"} }), input(f, 2))
	wantNear(t, r, "guess.do.floor", .0603, .0016) // 158 against 158, pilot people included
	wantNear(t, r, "guess.do.n", 158, 0)
}

func TestASourceThatCopiesItsPeopleIsSaidToBeTied(t *testing.T) {
	f := withModels(verbagg(t, true), simulated{"copy", .1}, simulated{"guess", 1})
	r := runOn(t, divergence(func(d *Divergence) { d.Outcomes = []string{"do"} }), input(f, 2))
	said := map[string]bool{}
	for _, w := range r.Warnings {
		said[w.Term] = said[w.Term] || strings.Contains(w.Text, "same person")
	}
	if !said["copy"] || said["guess"] {
		t.Errorf("warnings are %v, want one of the source that copies and none of the other", r.Warnings)
	}
}

func TestNumbersAreComparedOverTheirValuesAndOverBins(t *testing.T) {
	in := input(surveys(5000), 2)
	r := runOn(t, divergence(func(d *Divergence) { d.Outcomes, d.Replicates, d.Floor = []string{"belief"}, 100, 20 }), in)
	w, js := estimate(t, r, "d.belief.w1_raw").Value, estimate(t, r, "d.belief.js_raw").Value
	f, source := in.Frame, in.Frame.Col("source")
	of := func(name string) []float64 {
		return f.Filter(func(row int) bool { return source.String(row) == name }).Col("belief").Nums
	}
	if want := stat.Wasserstein(of("d"), of("people")); !(math.Abs(w-want) < 1e-12) {
		t.Errorf("Wasserstein-1 is %v, want %v of the values themselves", w, want)
	}
	r = runOn(t, divergence(func(d *Divergence) {
		d.Outcomes, d.Replicates, d.Floor, d.Bins = []string{"belief"}, 100, 20, map[string][]float64{"belief": {4}}
	}), in)
	if binned := estimate(t, r, "d.belief.js_raw").Value; !(binned > 0 && binned < js) {
		t.Errorf("JS distance over two bins is %v, over seven values %v; want it smaller", binned, js)
	}
	if got := estimate(t, r, "d.belief.w1_raw").Value; got != w {
		t.Errorf("Wasserstein-1 with bins is %v, want %v as without", got, w)
	}
}

func TestTheKernelMeasuresAsTheLibraryDoes(t *testing.T) {
	k := (&comparison{space: &space{scores: []float64{0, 1, 1, 5}, levels: make([]string, 4), cats: make([]string, 4), whole: true}}).newKernel()
	p, q := []float64{3, 1, 4, 2}, []float64{1, 5, 0, 2}
	d, tv, w1, ks := k.distances(p, q)
	for _, m := range []struct {
		name      string
		got, want float64
	}{
		{"JS divergence", d, stat.JSDivergence(p, q)}, {"total variation", tv, stat.TotalVariation(p, q)},
		{"Wasserstein-1", w1, stat.WassersteinScores([]float64{0, 1, 1, 5}, p, q)}, {"Kolmogorov-Smirnov", ks, stat.KSScores([]float64{0, 1, 1, 5}, p, q)},
	} {
		if math.Abs(m.got-m.want) > 1e-14 {
			t.Errorf("%s = %v, want %v", m.name, m.got, m.want)
		}
	}
}
