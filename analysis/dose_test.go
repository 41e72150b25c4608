package analysis

import (
	"math"
	"strings"
	"testing"

	"silico/analysis/frame"
)

// doseOf runs a dose over distances that are given: of each source a value, with
// the same standard error and interval.
func doseOf(t *testing.T, p *Dose, distances map[string]float64, sizes map[string]int) *Result {
	t.Helper()
	f := verbagg(t, true)
	schema := *f.Schema
	of := &Result{}
	for _, name := range sortedKeys(sizes) {
		schema.Sources = append(schema.Sources, frame.Source{Name: name, Label: name, Kind: "baseline", Model: strings.TrimRight(name, "0123456789abc_"), Trained: sizes[name]})
		e := Number(Key{Source: name, Outcome: "do", Statistic: "js"}, distances[name])
		e.SE, e.Lo, e.Hi, e.People, e.Sample = .01, distances[name]-.02, distances[name]+.02, 158, "evaluation"
		of.Estimates = append(of.Estimates, e)
	}
	g := frame.New(f.Columns()...)
	g.Schema = &schema
	p.Of = "distance"
	in := input(g, 2)
	in.Results = map[string]*Result{"distance": of}
	return runOn(t, p, in)
}

func newDose() *Dose { return &Dose{Metrics: []string{"do.js"}, Permutations: 999, Level: .95} }

func TestSourcesOfOneSizeAreDrawsOfOneDose(t *testing.T) {
	r := doseOf(t, newDose(),
		map[string]float64{"tuned_40a": .10, "tuned_40b": .12, "tuned_40c": .14, "tuned_79a": .08, "tuned_79b": .10, "tuned_158": .06},
		map[string]int{"tuned_40a": 40, "tuned_40b": 40, "tuned_40c": 40, "tuned_79a": 79, "tuned_79b": 79, "tuned_158": 158})
	wantNear(t, r, "tuned.do.'40'.js", .12, 1e-12)
	wantNear(t, r, "tuned.do.'40'.js_low", .10, 1e-12)
	wantNear(t, r, "tuned.do.'40'.js_high", .14, 1e-12)
	e := estimate(t, r, "tuned.do.'79'.js")
	if math.Abs(e.Lo-.07) > 1e-12 || math.Abs(e.Hi-.11) > 1e-12 || e.Draws != 2 {
		t.Errorf("the mean over two draws has the interval [%v, %v] of %d draws, want [.07, .11] of 2", e.Lo, e.Hi, e.Draws)
	}
}

func TestTheTrendIsTheSlopePerDoubling(t *testing.T) {
	r := doseOf(t, newDose(), map[string]float64{"marginal_40": .14, "marginal_79": .10, "marginal_158": .06}, map[string]int{"marginal_40": 40, "marginal_79": 79, "marginal_158": 158})
	x := []float64{math.Log2(40), math.Log2(79), math.Log2(158)}
	m := (x[0] + x[1] + x[2]) / 3
	sxx, sxy := 0.0, 0.0
	for i, y := range []float64{.14, .10, .06} {
		sxx += (x[i] - m) * (x[i] - m)
		sxy += (x[i] - m) * y
	}
	wantNear(t, r, "marginal.do.js_trend", sxy/sxx, 1e-12)
	wantSE(t, r, "marginal.do.js_trend", .01/math.Sqrt(sxx), 1e-12)
}

func TestTheOrderOfFewSourcesIsNoSmallPValue(t *testing.T) {
	r := doseOf(t, newDose(), map[string]float64{"m_40": .14, "m_79": .10, "m_158": .06}, map[string]int{"m_40": 40, "m_79": 79, "m_158": 158})
	if e := estimate(t, r, "m.do.js_order"); e.Value != -1 || e.P < .25 || e.P > .42 {
		t.Errorf("three sizes in order have order %v with p %v, want -1 with 2/6", e.Value, e.P)
	}
}

func TestTuningBeginsAtTheBase(t *testing.T) {
	s := &frame.Schema{Sources: []frame.Source{{Name: "people", Kind: "people"}, {Name: "base", Label: "smollm2", Kind: "asked"},
		{Name: "tuned_79", Kind: "asked", Base: "base", Trained: 79}, {Name: "marginal_79", Kind: "baseline", Model: "marginal", Trained: 79}}}
	curves := newDose().curves(s)
	if len(curves) != 1 || curves[0].label != "tuned from smollm2" || len(curves[0].sizes) != 2 || curves[0].sizes[0] != 0 {
		t.Errorf("curves are %+v, want one from the base, which nobody taught, to 79 people", curves)
	}
}

func TestAMetricThatNoSourceHasIsSaid(t *testing.T) {
	p := newDose()
	p.Metrics = []string{"do.jss"}
	r := doseOf(t, p, map[string]float64{"m_40": .14, "m_79": .10}, map[string]int{"m_40": 40, "m_79": 79})
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].Text, "There is distance.m_") {
		t.Errorf("warnings are %v, want one that names the number that is there", r.Warnings)
	}
}
