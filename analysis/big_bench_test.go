package analysis

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"silico/analysis/frame"
)

// surveys returns n rows of people and four models, one row a respondent, none
// of them paired.
func surveys(n int) *frame.Frame {
	names := []string{"people", "a", "b", "c", "d"}
	source, id, gender, race := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	belief, action := make([]float64, n), make([]float64, n)
	races := []string{"white", "black", "hispanic", "asian", "other"}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		s := i * 5 / n
		source[i], id[i] = names[s], fmt.Sprintf("%s:%d", names[s], i)
		gender[i], race[i] = []string{"F", "M"}[rng.IntN(2)], races[rng.IntN(5)]
		belief[i] = float64(1 + min(rng.IntN(7+s), 6))
		action[i] = float64(min(1, rng.IntN(2+s)))
	}
	f := frame.New(
		frame.Factors(frame.SourceColumn, source, names), frame.Factors("id", id, nil),
		frame.Factors(frame.SampleColumn, slices.Repeat([]string{frame.Evaluation}, n), []string{frame.Evaluation, frame.Pilot, frame.Excluded}),
		frame.Numbers(frame.DrawColumn, slices.Repeat([]float64{1}, n)),
		frame.Factors("gender", gender, []string{"F", "M"}), frame.Factors("race", race, races),
		frame.Numbers("belief", belief), frame.Numbers("action", action),
	)
	f.Schema = &frame.Schema{ID: "id", Variables: []frame.Variable{
		{Name: "id", Type: "id", Role: "id"},
		{Name: "gender", Type: "choice", Role: "covariate", Levels: []string{"F", "M"}},
		{Name: "race", Type: "choice", Role: "covariate", Levels: races},
		{Name: "belief", Type: "scale", Role: "belief", Min: 1, Max: 7},
		{Name: "action", Type: "binary", Role: "action"},
	}}
	for i, name := range names {
		kind := "recorded"
		if i == 0 {
			kind = "people"
		}
		f.Schema.Sources = append(f.Schema.Sources, frame.Source{Name: name, Label: name, Kind: kind, Draws: 1})
	}
	return f
}

func BenchmarkMillionRows(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		in := input(surveys(n), 2)
		for _, p := range []Params{
			descriptives(func(*Descriptives) {}),
			divergence(func(d *Divergence) { d.By, d.Floor = []string{"gender", "race"}, 0 }),
			coherence(func(c *Coherence) { c.Belief, c.Floor = "belief >= 4", 0 }),
			heterogeneity(func(h *Heterogeneity) { h.Floor = 0 }),
		} {
			b.Run(fmt.Sprintf("%T/%d", p, n), func(b *testing.B) {
				for b.Loop() {
					runOn(b, p, in)
				}
			})
		}
	}
}
