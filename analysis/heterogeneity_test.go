package analysis

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func heterogeneity(change func(h *Heterogeneity)) *Heterogeneity {
	p, _ := New("heterogeneity")
	h := p.(*Heterogeneity)
	change(h)
	return h
}

func TestHeterogeneityOfPeopleIsThatOfMethod(t *testing.T) {
	// METHOD section 4, R 4.2.2, on all 316 people.
	in := input(verbagg(t, false), 2)
	r := runOn(t, heterogeneity(func(h *Heterogeneity) { h.Sample, h.Rarefy, h.Tuple = "all", 158, []string{"do > 'no'"} }), in)
	for address, want := range map[string]float64{
		"want.entropy": 1.427088955, "do.entropy": 1.256620409,
		"want.alpha": 0.812951025, "do.alpha": 0.831300236, "all.alpha": 0.887605565,
		"want.unique": 291, "do.unique": 253, "all.unique": 311, "tuple.unique": 174,
		"all.rarefied": 156.440276, "tuple.rarefied": 103.954366,
	} {
		wantNear(t, r, "people."+address, want, 1e-6)
	}
	r = runOn(t, heterogeneity(func(h *Heterogeneity) {
		h.Sample, h.Rarefy, h.Tuple, h.Outcomes = "all", 158, []string{"want > 'no'"}, []string{"want"}
	}), in)
	wantNear(t, r, "people.tuple.unique", 195, 0)
	wantNear(t, r, "people.tuple.rarefied", 113.598644, 1e-6)
}

func TestIndependentAnswersLoseThePersonEffect(t *testing.T) {
	f := withModels(verbagg(t, true), simulated{"noise", 1}, simulated{"copy", 0})
	r := runOn(t, heterogeneity(func(h *Heterogeneity) {}), input(f, 2))
	if a := estimate(t, r, "noise.do.alpha"); !(a.Hi < .5) {
		t.Errorf("α of independent answers is %v, at most %v; want it far below people's", a.Value, a.Hi)
	}
	if d := estimate(t, r, "'noise-people'.do.alpha"); !(d.Hi < 0 && d.P < .01) {
		t.Errorf("difference of α to people is %v to %v (p %v), want it below 0", d.Lo, d.Hi, d.P)
	}
	if d := estimate(t, r, "'copy-people'.do.alpha"); d.Value != 0 || d.SE != 0 {
		t.Errorf("α of people's own answers differs by %v (SE %v), want 0: the two are paired", d.Value, d.SE)
	}
}

func TestTheIntervalOfAnEntropyHoldsItAndStaysBelowTheMost(t *testing.T) {
	f := withModels(verbagg(t, true), simulated{"guess", 1})
	r := runOn(t, heterogeneity(func(h *Heterogeneity) { h.Outcomes = []string{"do"} }), input(f, 2))
	if e := estimate(t, r, "guess.do.entropy"); !(e.Lo < e.Value && e.Value < e.Hi && e.Hi <= math.Log2(3)) {
		t.Errorf("entropy of guesses is %v with the interval %v to %v; want it inside and at most log2 3", e.Value, e.Lo, e.Hi)
	}
}

func TestThePeopleBehindThePersonEffectAreThoseWhoAnsweredEverything(t *testing.T) {
	f := verbagg(t, false)
	c, id := *f.Col("do"), f.Col("id")
	c.Codes = slices.Clone(c.Codes)
	for _, person := range []string{"3", "10", "200"} { // one answer of each is missing
		c.Codes[slices.IndexFunc(id.Codes, func(k int32) bool { return id.Levels[k] == person })] = -1
	}
	schema := f.Schema
	f = f.With(&c)
	f.Schema = schema
	r := runOn(t, heterogeneity(func(h *Heterogeneity) { h.Sample, h.Outcomes, h.Replicates, h.Floor = "all", []string{"do"}, 0, 0 }), input(f, 2))
	for statistic, want := range map[string]int{"variance": 313, "sd_sums": 313, "alpha": 313, "icc": 313, "entropy": 316, "n": 316} {
		if got := estimate(t, r, "people.do."+statistic).People; got != want {
			t.Errorf("%s is said to be of %d people, want %d", statistic, got, want)
		}
	}
	complete := f.Filter(func(row int) bool { return !slices.Contains([]string{"3", "10", "200"}, id.String(row)) })
	complete.Schema = schema
	rest := runOn(t, heterogeneity(func(h *Heterogeneity) { h.Sample, h.Outcomes, h.Replicates, h.Floor = "all", []string{"do"}, 0, 0 }), input(complete, 2))
	wantNear(t, r, "people.do.alpha", estimate(t, rest, "people.do.alpha").Value, 1e-12)
	if note := r.Tables[0].Notes[0]; !strings.Contains(note, "Item variance, SD of sums, α and ICC(3,1): over complete persons") {
		t.Errorf("the note %q does not say who is behind the numbers", note)
	}
}
