package analysis

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"silico/analysis/frame"
)

// halfMute returns the people with a copy of them that says nothing of do, and
// with a level of gender that nobody has.
func halfMute(t *testing.T) *frame.Frame {
	t.Helper()
	f := withModels(verbagg(t, true), simulated{"copy", 0}, simulated{"mute", 1})
	source, do, doAny := f.Col(frame.SourceColumn), *f.Col("do"), *f.Col("do_any")
	do.Codes, doAny.Nums = slices.Clone(do.Codes), slices.Clone(doAny.Nums)
	for i := range do.Codes {
		if source.String(i) == "mute" {
			do.Codes[i] = -1
		}
	}
	gender := *f.Col("gender")
	gender.Levels, gender.Labels = []string{"F", "M", "X"}, []string{"woman", "man", "other"}
	schema := *f.Schema
	schema.Variables = slices.Clone(schema.Variables)
	v := schema.Variable("gender")
	v.Levels, v.Labels = gender.Levels, gender.Labels
	f = f.With(&do).With(&doAny).With(&gender)
	f.Schema = &schema
	return f
}

func TestWhatASourceDoesNotAnswerIsSaidOnceAndShownNowhere(t *testing.T) {
	f := halfMute(t)
	for _, tt := range []struct {
		kind   string
		params Params
		vacant bool
	}{
		{"descriptives", &Descriptives{Level: .95}, false},
		{"heterogeneity", heterogeneity(func(h *Heterogeneity) { h.By, h.Replicates, h.Floor = []string{"gender"}, 100, 20 }), true},
		{"divergence", divergence(func(d *Divergence) { d.By, d.Replicates, d.Floor = []string{"gender"}, 100, 20 }), true},
	} {
		r := runOn(t, tt.params, input(f, 2))
		var said []string
		for _, w := range r.Warnings {
			if w.Term == "mute" || strings.Contains(w.Text, "other") {
				said = append(said, w.Text)
			}
		}
		want := []string{"Simulated: mute: no answers to do."}
		if tt.vacant {
			want = append(want, "Nobody in this sample has gender: other.")
		}
		if !slices.Equal(said, want) {
			t.Errorf("%s warns %q, want %q", tt.kind, said, want)
		}
		for _, tb := range r.Tables {
			for _, row := range tb.Rows {
				words := fmt.Sprint(row.Cells)
				if row.Group == "do" && strings.Contains(words, "mute") || tt.vacant && strings.Contains(words, "other") {
					t.Errorf("%s: table %q has a row for what there is not: %s %s", tt.kind, tb.Name, row.Group, words)
				}
			}
		}
	}
}

func TestOutcomesOfDifferentUnitsAreNotSummed(t *testing.T) {
	f := verbagg(t, false)
	schema := *f.Schema
	schema.Variables = slices.Clone(schema.Variables)
	schema.Variable("anger").Role = "outcome"
	f = f.With(f.Col("anger"))
	f.Schema = &schema
	r := runOn(t, heterogeneity(func(h *Heterogeneity) { h.Sample, h.Replicates, h.Floor = "all", 0, 0 }), input(f, 2))
	for _, e := range r.Estimates {
		if e.Outcome == "all" && slices.Contains([]string{"entropy", "variance", "sd_sums", "alpha", "icc"}, e.Statistic) {
			t.Errorf("there is a %s of want, do and anger together: %v", e.Statistic, e.Value)
		}
	}
	if e := estimate(t, r, "people.all.unique"); !(e.Value > 300) {
		t.Errorf("%v structures of all answers, want those of 316 people", e.Value)
	}
}

func TestOfDistancesThatAreCorrectedToZeroTheNearerLookingIsClosest(t *testing.T) {
	f := withModels(verbagg(t, true), simulated{"some", .03}, simulated{"none", 0})
	r := runOn(t, divergence(func(d *Divergence) { d.Outcomes, d.Replicates, d.Floor = []string{"do"}, 0, 0 }), input(f, 2))
	if x := estimate(t, r, "some.do.js").Value; x != 0 {
		t.Fatalf("the distance of the noisy copy is %v, want 0 after correction", x)
	}
	if !strings.HasPrefix(r.Prose, "In *do* the answers of Simulated: none are closest") {
		t.Errorf("of two distances of 0 the closest is told wrongly: %s", r.Prose)
	}
}

func TestTablesSayWhetherWeightsCount(t *testing.T) {
	f := withModels(verbagg(t, false), simulated{"copy", 0})
	schema := *f.Schema
	schema.Weight = "w"
	schema.Variables = append(slices.Clone(schema.Variables), frame.Variable{Name: "w", Type: "number", Role: "weight"})
	f = f.With(frame.Numbers("w", slices.Repeat([]float64{2}, f.Rows())))
	f.Schema = &schema
	for _, tt := range []struct {
		params Params
		want   string
	}{
		{&Descriptives{Level: .95}, "weighted by w"},
		{heterogeneity(func(h *Heterogeneity) { h.Replicates, h.Floor = 0, 0 }), "Not weighted by w"},
		{divergence(func(d *Divergence) { d.Replicates, d.Floor = 0, 0 }), "weighted by w"},
		{&Coherence{Replicates: 0, Floor: 0, Level: .95}, "weighted by w"},
		{&Regression{Formula: "do_any ~ anger", Family: "ols", Level: .95, SE: Errors{Type: "CR1"}}, "Not weighted by w"},
		{&Regression{Formula: "do_any ~ anger", Family: "ols", Level: .95, SE: Errors{Type: "CR1"}, Weights: "w"}, "Rows are weighted by w"},
	} {
		r := runOn(t, tt.params, input(f, 2))
		if notes := strings.Join(r.Tables[0].Notes, "\n"); !strings.Contains(notes, tt.want) {
			t.Errorf("%T: the notes do not say %q:\n%s", tt.params, tt.want, notes)
		}
	}
}
