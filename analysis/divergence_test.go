package analysis

import (
	"testing"
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
