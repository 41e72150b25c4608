package collect

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"silico/analysis"
	"silico/analysis/frame"
	"silico/internal/study"
)

// sources says who gives answers: people first, then the models.
func (w *facts) sources() analysis.Table {
	t := analysis.Table{Name: "sources", Caption: "Who gives answers",
		Columns: []analysis.Column{words("source", "Source"), words("label", "Label"), words("kind", "Kind"), words("model", "Model or method"),
			numbers("trained", "Learned from"), numbers("respondents", "Respondents"), numbers("rows", "Rows"), numbers("draws", "Draws"), words("parameters", "Parameters")}}
	labelled := slices.ContainsFunc(w.f.Schema.Sources, func(src frame.Source) bool { return src.Label != src.Name })
	for i, src := range w.f.Schema.Sources {
		c := w.counts[i]
		label := ""
		if labelled { // a column that repeats the names is left out
			label = src.Label
		}
		row := cellsOf(src.Name, label, src.Kind, src.Model)
		trained := analysis.Cell{Kind: analysis.Blank}
		if src.Trained > 0 {
			trained = addressed(src.Trained, analysis.Key{Source: src.Name, Statistic: "trained"})
		}
		n := whole(c.respondents)
		if src.Name != People {
			n = addressed(c.respondents, analysis.Key{Source: src.Name, Statistic: "n"})
		}
		row = append(row, trained, n, whole(c.rows), whole(c.draws), analysis.Word(""))
		row[len(row)-1] = cellsOf(w.parameters(src))[0]
		t.Rows = append(t.Rows, analysis.Row{Cells: row})
	}
	t.Notes = append(w.remarks(), w.groups()...)
	return t
}

// groups says which sources are averaged.
func (w *facts) groups() []string {
	var notes []string
	for i := range w.f.Schema.Groups {
		g := &w.f.Schema.Groups[i]
		var of []string
		for _, name := range g.Of {
			of = append(of, w.label(name))
		}
		notes = append(notes, fmt.Sprintf("%s: the mean of each number over %s.", g.Title(), strings.Join(of, ", ")))
	}
	return notes
}

// remarks is what sources have to say, each remark once with all that say it.
func (w *facts) remarks() []string {
	var texts []string
	who := make(map[string][]string)
	for _, src := range w.f.Schema.Sources {
		for _, text := range src.Warnings {
			if who[text] == nil {
				texts = append(texts, text)
			}
			who[text] = append(who[text], w.label(src.Name))
		}
	}
	notes := make([]string, len(texts))
	for i, text := range texts {
		notes[i] = strings.Join(who[text], ", ") + ": " + text + "."
	}
	return notes
}

// parameters says how a source was set, in words.
func (w *facts) parameters(src frame.Source) string {
	var m *study.Model
	for _, x := range w.s.Models {
		if x.Name == src.Name {
			m = x
		}
	}
	if m == nil {
		if w.s.People != nil {
			return list("; ", w.s.People.File, w.s.People.Source)
		}
		return ""
	}
	switch {
	case m.Baseline != nil || m.Provider == "baseline":
		return w.method(m)
	case m.Recorded != nil:
		where := ""
		if m.Recorded.Where != nil {
			where = "rows where " + m.Recorded.Where.String()
		}
		respondents := "joined by " + w.f.Schema.ID
		if m.Recorded.Join == "none" {
			respondents = "respondents of its own"
		}
		return list("; ", m.Recorded.File, where, respondents)
	case m.Simulated != nil:
		return "planted effects"
	}
	return w.asking(m)
}

// asking says how a model is asked.
func (w *facts) asking(m *study.Model) string {
	parts := []string{m.Provider}
	add := func(there bool, format string, a ...any) {
		if there {
			parts = append(parts, fmt.Sprintf(format, a...))
		}
	}
	add(m.Base != "", "tuned from %s", m.Base)
	add(m.Revision != "", "revision %s", m.Revision)
	if m.Temperature != nil {
		add(true, "temperature %s", decimal(*m.Temperature))
	}
	if m.TopP != nil {
		add(true, "top_p %s", decimal(*m.TopP))
	}
	add(m.MaxTokens > 0, "at most %d tokens", m.MaxTokens)
	if m.Seed != nil {
		add(true, "seed %d", *m.Seed)
	}
	add(m.Template != "", "plain completions by the template %s", m.Template)
	for _, name := range slices.Sorted(maps.Keys(m.Extra)) {
		add(true, "%s %s", name, m.Extra[name])
	}
	add(m.Persona != "", "persona %s", m.Persona)
	add(m.Memory == study.FullMemory, "the whole conversation in memory")
	add(m.Memory > 0, "the last %d exchanges in memory", m.Memory)
	add(m.Order == "random", "items in random order")
	add(m.Elicit != "", "answers by %s", m.Elicit)
	add(m.Reasoning != nil && *m.Reasoning, "thinks first")
	add(m.Reask > 0, "asked up to %d times again", m.Reask)
	return strings.Join(parts, "; ")
}

// method says what a baseline does.
func (w *facts) method(m *study.Model) string {
	b := m.Baseline
	if b == nil {
		b = &study.Baseline{}
	}
	switch m.Model {
	case "uniform":
		return "every answer equally likely"
	case "marginal":
		return "item shares of the training people"
	case "regression":
		of := "all covariates"
		if len(b.Covariates) > 0 {
			of = strings.Join(b.Covariates, ", ")
		}
		return "main effects of " + of + ", of the factors and of earlier answers"
	case "hotdeck":
		n := b.Neighbours
		if n == 0 {
			n = defaultNeighbours
		}
		same, near := "a whole training person", ""
		if len(b.Match) > 0 {
			same += " of the same " + strings.Join(b.Match, ", ")
		}
		if b.Nearest != "" {
			near = fmt.Sprintf("one of the %d nearest in %s", n, b.Nearest)
		}
		return list(", ", same, near)
	case "rescaled":
		return "the probabilities of " + w.label(b.Of) + ", with intercepts by item and a temperature"
	}
	return ""
}

// effects lists what is planted in simulated participants.
func (w *facts) effects() analysis.Table {
	t := analysis.Table{Name: "effects", Caption: "The effects planted in simulated participants",
		Columns: []analysis.Column{words("source", "Source"), words("variable", "Answer"), words("family", "Family"), words("formula", "Formula"), words("term", "Term"), numbers("coefficient", "Planted")}}
	for _, m := range w.s.Models {
		if m.Simulated == nil {
			continue
		}
		for _, e := range m.Simulated.Effects {
			add := func(term string, x float64) {
				row := cellsOf(m.Name, e.Variable, e.Family, e.Formula, term)
				t.Rows = append(t.Rows, analysis.Row{Cells: append(row, analysis.Cell{Kind: analysis.Real, Value: x, P: math.NaN()})})
			}
			for _, name := range slices.Sorted(maps.Keys(e.Coef)) {
				add(name, e.Coef[name])
			}
			for _, level := range slices.Sorted(maps.Keys(e.Levels)) {
				for _, name := range slices.Sorted(maps.Keys(e.Levels[level])) {
					add(level+": "+name, e.Levels[level][name])
				}
			}
			for k, cut := range e.Cuts {
				add(fmt.Sprintf("threshold %d", k+1), cut)
			}
			if e.Family == "gaussian" {
				add("residual SD", e.SD)
			}
			if e.PersonSD > 0 {
				add("person SD", e.PersonSD)
			}
		}
	}
	return t
}

// decimal writes a number of the spec as an author would.
func decimal(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
