package analysis

import (
	"math"
	"strings"
	"testing"
)

func TestAnIntervalHoldsItsEstimateWhenTheShiftOvershoots(t *testing.T) {
	reps := []float64{.5, .55, .6, .65, .7}
	for _, tt := range []struct {
		statistic string
		value     float64
		lo, hi    float64
	}{
		{"alpha", .4, .105, .4},           // bias .2: percentiles .105 to .295, all below
		{"f1", .6, .505, .695},            // plain percentiles
		{"coverage_people", .4, .4, .695}, // plain percentiles, the nearer end drawn to the estimate
	} {
		e := Number(Key{Source: "a", Statistic: tt.statistic}, tt.value).resampled(reps, .95)
		if math.Abs(e.Lo-tt.lo) > 1e-12 || math.Abs(e.Hi-tt.hi) > 1e-12 {
			t.Errorf("%s = %v has the interval %v to %v, want %v to %v", tt.statistic, tt.value, e.Lo, e.Hi, tt.lo, tt.hi)
		}
	}
	if e := Number(Key{Statistic: "alpha"}, .4).between(nil, .95); !math.IsNaN(e.Lo) || !math.IsNaN(e.Hi) {
		t.Errorf("without replicates the interval is %v to %v, want none", e.Lo, e.Hi)
	}
}

func TestIntervalsEndWhereTheRangeOfTheirStatisticEnds(t *testing.T) {
	inf := math.Inf(1)
	for statistic, want := range map[string][2]float64{
		"js": {0, 1}, "js_raw": {0, 1}, "d_raw": {0, 1}, "tv": {0, 1}, "ks": {0, 1}, "r2": {0, 1}, "w1": {0, 9}, "d": {-9, 1},
		"pooled_js": {0, 1}, "pooled_tv": {0, 1}, "pooled_w1": {0, 9}, "anything": {-9, 9},
	} {
		e := Number(Key{Source: "a", Statistic: statistic}, .5)
		e.Lo, e.Hi = -9, 9
		if e = e.inRange(); e.Lo != want[0] || e.Hi != want[1] {
			t.Errorf("%s from -9 to 9 ends at %v and %v, want %v", statistic, e.Lo, e.Hi, want)
		}
		e.Source, e.Lo, e.Hi = "a-b", -inf, inf
		if e = e.inRange(); e.Lo != -inf || e.Hi != inf {
			t.Errorf("a difference of %s ends at %v and %v; it has no range", statistic, e.Lo, e.Hi)
		}
	}
}

func TestNoIntervalOfADistanceExcludesItsEstimate(t *testing.T) {
	// Thirty people, so that the bias is as large as the distances.
	f := withModels(verbagg(t, true), simulated{"copy", 0}, simulated{"near", .2}, simulated{"noise", 1})
	id, schema := f.Col("id"), f.Schema
	f = f.Filter(func(row int) bool { return id.Codes[row] < 60 })
	f.Schema = schema
	r := runOn(t, divergence(func(d *Divergence) {
		d.Outcomes, d.By, d.Contrasts, d.Replicates, d.Floor = []string{"do"}, []string{"gender"}, []string{"near-noise"}, 100, 50
	}), input(f, 2))
	seen := 0
	for _, e := range r.Estimates {
		if strings.Contains(e.Statistic, "floor") || math.IsNaN(e.Lo) {
			continue
		}
		seen++
		if !(e.Lo <= e.Value && e.Value <= e.Hi) {
			t.Errorf("%s is %v, outside its interval %v to %v", e.Address("test"), e.Value, e.Lo, e.Hi)
		}
	}
	if seen < 50 {
		t.Errorf("only %d intervals were looked at", seen)
	}
}

func TestCellsOfVeryFewPeopleHaveNoIntervalAndAWarning(t *testing.T) {
	f := withModels(verbagg(t, false), simulated{"noise", 1})
	id, gender, schema := f.Col("id"), f.Col("gender"), f.Schema
	men := map[string]bool{}
	f = f.Filter(func(row int) bool { // all women, four men
		if gender.Codes[row] == 0 {
			return true
		}
		if len(men) < 4 {
			men[id.String(row)] = true
		}
		return men[id.String(row)]
	})
	f.Schema = schema
	for _, tt := range []struct {
		name, few, many string
		p               Params
	}{
		{"divergence", "noise.do.gender.M.js", "noise.do.gender.F.js", divergence(func(d *Divergence) {
			d.Sample, d.By, d.Outcomes, d.Replicates, d.Floor = "all", []string{"gender"}, []string{"do"}, 100, 0
		})},
		{"heterogeneity", "people.do.gender.M.alpha", "people.do.gender.F.alpha", heterogeneity(func(h *Heterogeneity) {
			h.Sample, h.By, h.Outcomes, h.Replicates, h.Floor = "all", []string{"gender"}, []string{"do"}, 100, 0
		})},
	} {
		r := runOn(t, tt.p, input(f, 2))
		if e := estimate(t, r, tt.few); math.IsNaN(e.Value) || !math.IsNaN(e.Lo) || !math.IsNaN(e.Hi) {
			t.Errorf("%s: %s of four men is %v with the interval %v to %v; want a number without an interval", tt.name, tt.few, e.Value, e.Lo, e.Hi)
		}
		if e := estimate(t, r, tt.many); math.IsNaN(e.Lo) || math.IsNaN(e.Hi) {
			t.Errorf("%s: %s of all women has no interval", tt.name, tt.many)
		}
		named := false
		for _, w := range r.Warnings {
			named = named || strings.Contains(w.Text, "4 respondents, too few for an interval") && strings.Contains(w.Text, "gender")
		}
		if !named {
			t.Errorf("%s: no warning names the cell of four men: %v", tt.name, r.Warnings)
		}
	}
	three := ratio{num: []float64{1, 1, 1}, den: []float64{1, 1, 1}}.estimate(Key{Statistic: "share"}, .95)
	if three.Value != 1 || !math.IsNaN(three.Lo) || !math.IsNaN(three.Hi) {
		t.Errorf("a share of three alike is %v with the interval %v to %v, want 1 without", three.Value, three.Lo, three.Hi)
	}
}
