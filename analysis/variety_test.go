package analysis

import (
	"math"
	"slices"
	"testing"

	"silico/analysis/frame"
)

// Where everybody answers everything, outcomes are summed up together and their
// moments are told from counts; one answer that is missing in one source makes
// them be summed one by one. That is how it is computed, and no number of another
// source may show it.
func TestAMissingAnswerOfASourceChangesNoNumberOfAnother(t *testing.T) {
	models := []simulated{{"x", .3}, {"y", .6}, {"gappy", .6}}
	whole := withChances(withModels(verbagg(t, true), models...), models[:2]...)
	c, source := *whole.Col("do"), whole.Col(frame.SourceColumn)
	c.Codes = slices.Clone(c.Codes)
	c.Codes[slices.IndexFunc(source.Codes, func(k int32) bool { return source.Levels[k] == "gappy" })] = -1
	gappy := whole.With(&c)
	gappy.Schema = whole.Schema
	h := heterogeneity(func(h *Heterogeneity) { h.By, h.Replicates, h.Floor, h.Rarefy = []string{"gender"}, 200, 100, 100 })
	a, b := runOn(t, h, input(whole, 2)), runOn(t, h, input(gappy, 2))
	if n := estimate(t, b, "gappy.do.alpha").People; n != 157 {
		t.Fatalf("α of the source with a missing answer is of %d people, want 157", n)
	}
	compared := 0
	for _, e := range a.Estimates {
		if e.Source == "gappy" || e.Source == "gappy-people" {
			continue
		}
		other := estimate(t, b, e.Address("test")[len("test."):])
		for what, pair := range map[string][2]float64{"value": {e.Value, other.Value}, "SE": {e.SE, other.SE}, "lo": {e.Lo, other.Lo}, "hi": {e.Hi, other.Hi}, "p": {e.P, other.P}} {
			compared++
			if d := math.Abs(pair[0] - pair[1]); d > 1e-12 || math.IsNaN(pair[0]) != math.IsNaN(pair[1]) {
				t.Errorf("%s of %s is %v, and %v when another source lacks an answer", what, e.Address("test"), pair[0], pair[1])
			}
		}
	}
	if compared < 500 {
		t.Errorf("%d numbers compared; they were not all there", compared)
	}
}

// Persons of a subgroup that a factor within persons makes have no answer to the
// items of the others, so their answers make no scale.
func TestASubgroupOfItemsHasNoPersonEffectOverAllOfThem(t *testing.T) {
	r := runOn(t, heterogeneity(func(h *Heterogeneity) {
		h.Outcomes, h.By, h.Replicates, h.Floor = []string{"do"}, []string{"situation"}, 0, 0
	}), input(verbagg(t, false), 2))
	level := verbagg(t, false).Col("situation").Levels[0]
	for _, e := range r.Estimates {
		if e.Level == level && e.Statistic == "alpha" {
			if !math.IsNaN(e.Value) {
				t.Errorf("α of %s is %v; want none", e.Address("test"), e.Value)
			}
			return
		}
	}
	t.Errorf("there is no α of situation %s", level)
}
