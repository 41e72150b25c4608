package collect

import (
	"fmt"

	"silico/analysis"
	"silico/analysis/frame"
	"silico/internal/study"
)

// size counts people and their rows.
type size struct{ people, rows int }

// flow is what became of the people of the file.
type flow struct {
	size
	samples map[string]size // evaluation, pilot, excluded
	rules   map[string]size // excluded, by the first rule that does
}

// newFlow counts the people of a frame.
func newFlow(f *frame.Frame) flow {
	w := flow{samples: make(map[string]size), rules: make(map[string]size)}
	source, id := f.Col(frame.SourceColumn), idOf(f)
	sample, rule := f.Col(frame.SampleColumn), f.Col(frame.RuleColumn)
	samples, rules := make([]size, len(sample.Levels)), make([]size, len(rule.Levels))
	people := source.Code(People)
	seen := make([]bool, len(id.Levels))
	for row, k := range source.Codes {
		if k != people || people < 0 {
			continue
		}
		who := id.Codes[row]
		first := who >= 0 && !seen[who]
		if first {
			seen[who] = true
		}
		w.size.add(first)
		if s := sample.Codes[row]; s >= 0 {
			samples[s].add(first)
		}
		if r := rule.Codes[row]; r >= 0 {
			rules[r].add(first)
		}
	}
	for k, name := range sample.Levels {
		w.samples[name] = samples[k]
	}
	for k, name := range rule.Levels {
		w.rules[name] = rules[k]
	}
	return w
}

// add counts a row, and a person where it is the person's first.
func (s *size) add(first bool) {
	s.rows++
	if first {
		s.people++
	}
}

// sample is the flow of the people into the evaluation sample.
func (w *facts) sample() analysis.Table {
	t := analysis.Table{Name: "sample", Caption: "The flow of the sample",
		Columns: []analysis.Column{words("step", "Step"), numbers("people", "People"), numbers("rows", "Rows")}}
	if w.s.Respondents != nil {
		t.Columns[1].Label = "Respondents"
		t.Rows = append(t.Rows, analysis.Row{Cells: append(cellsOf("Respondents made for this study"), whole(w.s.Respondents.N), whole(w.s.Respondents.Frame.Rows()))})
	}
	if w.s.People == nil {
		return t
	}
	step := func(name string, n size, k analysis.Key) {
		k.Source = People
		t.Rows = append(t.Rows, analysis.Row{Cells: append(cellsOf(name), addressed(n.people, k), whole(n.rows))})
	}
	step("In the people file", w.flow.size, analysis.Key{Statistic: "n"})
	for _, r := range w.s.People.Exclude {
		step(fmt.Sprintf("Excluded by %s (%s)", r.Name, r.Text), w.flow.rules[r.Name], analysis.Key{Term: r.Name, Statistic: "excluded"})
	}
	if w.s.People.Pilot != nil {
		step("Pilot, may be learned from", w.flow.samples[frame.Pilot], analysis.Key{Statistic: "pilot"})
	}
	step("Evaluation, compared with models", w.flow.samples[frame.Evaluation], analysis.Key{Statistic: "evaluation"})
	if len(w.s.People.Exclude) > 1 {
		t.Notes = append(t.Notes, "Rules apply in this order; a person is counted at the first that excludes, which is one that is true in any of the person’s rows.")
	}
	if p := w.s.People.Pilot; p != nil && p.Swap {
		t.Notes = append(t.Notes, fmt.Sprintf("Pilot and evaluation are swapped: a share of %s of the people was drawn, who are evaluated, and the others may be learned from.", decimal(p.Share)))
	}
	if w.s.People.Where != "" {
		t.Notes = append(t.Notes, "Rows of the people file for which "+w.s.People.Where+" are read.")
	}
	return t
}

func (w *facts) exclusions() analysis.Table {
	t := analysis.Table{Name: "exclusions", Caption: "The rules that exclude people",
		Columns: []analysis.Column{words("rule", "Rule"), words("condition", "A person is excluded when, in any row"), numbers("people", "People"), numbers("rows", "Rows")}}
	if w.s.People == nil {
		return t
	}
	for _, r := range w.s.People.Exclude {
		n := w.flow.rules[r.Name]
		t.Rows = append(t.Rows, analysis.Row{Cells: append(cellsOf(r.Name, r.Text),
			addressed(n.people, analysis.Key{Source: People, Term: r.Name, Statistic: "excluded"}), whole(n.rows))})
	}
	return t
}

// training says who was drawn to be learned from, with a column for each level
// of the pilot's stratum.
func (w *facts) training() analysis.Table {
	t := analysis.Table{Name: "training", Caption: "The people that models learned from",
		Columns: []analysis.Column{words("source", "Source"), numbers("people", "People"), words("sample", "Drawn"), numbers("seed", "Seed")}}
	var stratum *frame.Column
	if w.s.People != nil && w.s.People.Pilot != nil && w.s.People.Pilot.By != "" {
		stratum = w.s.People.Frame.Col(w.s.People.Pilot.By)
	}
	if stratum != nil && stratum.Coded() {
		for k := range stratum.Levels {
			t.Columns = append(t.Columns, analysis.Column{Key: stratum.Name + "_" + stratum.Levels[k], Label: stratum.LevelLabel(k), Group: w.label(stratum.Name)})
		}
	}
	for _, m := range w.s.Models {
		if m.Train == nil {
			continue
		}
		row := cellsOf(w.label(m.Name))
		row = append(row, addressed(len(m.Train.IDs), analysis.Key{Source: m.Name, Statistic: "trained"}))
		drawn := "at random"
		if m.Train.By != "" {
			drawn = "equally by " + m.Train.By
		}
		row = append(row, analysis.Word(drawn), whole(int(m.Train.Seed)))
		if stratum != nil && stratum.Coded() {
			for _, n := range w.strata(m.Train, stratum) {
				row = append(row, whole(n))
			}
		}
		t.Rows = append(t.Rows, analysis.Row{Cells: row})
	}
	return t
}

// strata counts the people drawn at each level of a column.
func (w *facts) strata(train *study.Train, stratum *frame.Column) []int {
	drawn := make(map[string]bool, len(train.IDs))
	for _, id := range train.IDs {
		drawn[id] = true
	}
	n := make([]int, len(stratum.Levels))
	id := w.s.People.Frame.Col(w.f.Schema.ID)
	seen := make([]bool, len(id.Levels))
	for row, who := range id.Codes {
		if who < 0 || seen[who] || !drawn[id.Levels[who]] {
			continue
		}
		seen[who] = true
		if k := stratum.Codes[row]; k >= 0 {
			n[k]++
		}
	}
	return n
}

// label returns what readers see of a source or a variable.
func (w *facts) label(name string) string {
	if src := w.f.Schema.Source(name); src != nil && src.Label != "" {
		return src.Label
	}
	if v := w.f.Schema.Variable(name); v != nil && v.Text != "" {
		return v.Text
	}
	return name
}
