package analysis

import (
	"math"
	"slices"

	"silico/analysis/frame"
)

// withChances adds the probabilities with which the models drew their answers:
// of each level of want and of do, and of both together. Other sources tell
// none.
func withChances(f *frame.Frame, models ...simulated) *frame.Frame {
	levels := []string{"no", "perhaps", "yes"}
	schema := *f.Schema
	schema.Variables = slices.Clone(schema.Variables)
	source, people := f.Col(frame.SourceColumn), map[string]int{} // row of each unit of the people
	unit := func(row int) string {
		return f.Col("id").String(row) + f.Col("situation").String(row) + f.Col("behaviour").String(row)
	}
	for i := range f.Rows() {
		if source.String(i) == "people" {
			people[unit(i)] = i
		}
	}
	chance := func(row int, variable, level string) float64 {
		for _, m := range models {
			if source.String(row) != m.name {
				continue
			}
			p := m.noise / 3
			if f.Col(variable).String(people[unit(row)]) == level {
				p += 1 - m.noise
			}
			return p
		}
		return math.NaN()
	}
	add := func(name string, c frame.Chance) {
		xs := make([]float64, f.Rows())
		for i := range xs {
			xs[i] = 1
			for k, v := range c.Variables {
				xs[i] *= chance(i, v, c.Levels[k])
			}
		}
		f = f.With(frame.Numbers(name, xs))
		schema.Variables = append(schema.Variables, frame.Variable{Name: name, Type: "number", Role: frame.RoleChance, Within: true, Min: 0, Max: 1, Chance: &c})
	}
	for _, w := range levels {
		add("p_want_"+w, frame.Chance{Variables: []string{"want"}, Levels: []string{w}})
		add("p_do_"+w, frame.Chance{Variables: []string{"do"}, Levels: []string{w}})
	}
	for _, w := range levels {
		for _, d := range levels {
			add("p_want_do_"+w+"_"+d, frame.Chance{Variables: []string{"want", "do"}, Levels: []string{w, d}})
		}
	}
	f.Schema = &schema
	return f
}
