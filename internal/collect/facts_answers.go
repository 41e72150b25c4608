package collect

import (
	"fmt"
	"math"

	"silico/analysis"
	"silico/analysis/frame"
	"silico/internal/study"
)

// outcomeCounts are what became of one question that one model was asked.
type outcomeCounts struct {
	asked  int // answers that there are to be
	status map[study.Status]int
	open   int     // that nobody has asked for yet
	again  int     // how often it was asked again
	mass   float64 // mean probability of all options, NaN where none was asked for
}

// outcomesOf counts what became of a question, NaN and 0 where the study has no
// column for it.
func outcomesOf(f *frame.Frame, model, variable string) outcomeCounts {
	n := outcomeCounts{status: make(map[study.Status]int), mass: math.NaN()}
	source, status := f.Col(frame.SourceColumn), f.Col(study.StatusColumn(variable))
	again, mass := f.Col(study.AgainColumn(variable)), f.Col(study.MassColumn(variable))
	code := source.Code(model)
	sum, of := 0.0, 0
	for row, k := range source.Codes {
		if k != code {
			continue
		}
		n.asked++
		if status.Codes[row] < 0 {
			n.open++
			continue
		}
		n.status[study.Status(status.Levels[status.Codes[row]])]++
		if again != nil && !again.Missing(row) {
			n.again += int(again.Nums[row])
		}
		if mass != nil && !mass.Missing(row) {
			sum, of = sum+mass.Nums[row], of+1
		}
	}
	if of > 0 {
		n.mass = sum / float64(of)
	}
	return n
}

// share returns what part of the questions that were asked ended in a status.
func (n *outcomeCounts) share(s study.Status) float64 {
	if asked := n.asked - n.open - n.status[study.Skipped]; asked > 0 {
		return float64(n.status[s]) / float64(asked)
	}
	return 0
}

// keyOf returns the address of a count, below the source and the variable.
func keyOf(m *study.Model, q *study.Question, statistic string) analysis.Key {
	return analysis.Key{Source: m.Name, Outcome: q.Variable, Statistic: statistic}
}

// becomes names what may become of a question, in addresses and to readers.
var becomes = []struct {
	status          study.Status
	statistic, head string
}{
	{study.Answered, "answered", "Answered"}, {study.RefusedIt, "refused", "Refused"}, {study.CutOff, "cut_off", "Cut off"},
	{study.Filtered, "filtered", "Filtered"}, {study.Unparsable, "unparsable", "Unreadable"}, {study.Skipped, "skipped", "Skipped"},
}

// eachAsked calls do for every question of every model that is asked.
func (w *facts) eachAsked(do func(m *study.Model, q *study.Question, n outcomeCounts)) {
	for _, m := range w.s.Models {
		if m.Kind() != "asked" {
			continue
		}
		for _, q := range w.s.Questions {
			do(m, q, outcomesOf(w.f, m.Name, q.Variable))
		}
	}
}

// answers says what became of every question that a model was asked. Columns
// without a count are left out.
func (w *facts) answers() analysis.Table {
	t := analysis.Table{Name: "answers", Caption: "What became of the questions that models were asked",
		Columns: []analysis.Column{words("source", "Source"), words("question", "Question"), numbers("asked", "Asked")}}
	heads := []analysis.Column{}
	for _, b := range becomes {
		heads = append(heads, numbers(b.statistic, b.head))
	}
	heads = append(heads, numbers("open", "Not asked yet"), numbers("again", "Asked again"), numbers("mass", "Mass of the options"))
	some := make([]bool, len(heads))
	var counts [][]analysis.Cell
	w.eachAsked(func(m *study.Model, q *study.Question, n outcomeCounts) {
		t.Rows = append(t.Rows, analysis.Row{Cells: append(cellsOf(w.label(m.Name), q.Name), addressed(n.asked-n.open, keyOf(m, q, "asked")))})
		var row []analysis.Cell
		for _, b := range becomes {
			row = append(row, addressed(n.status[b.status], keyOf(m, q, b.statistic)))
		}
		mass := analysis.Cell{Kind: analysis.Blank}
		if !math.IsNaN(n.mass) {
			mass = analysis.Cell{Kind: analysis.Real, Value: n.mass, P: math.NaN(), Address: keyOf(m, q, "mass").Address("study")}
		}
		row = append(row, addressed(n.open, keyOf(m, q, "open")), addressed(n.again, keyOf(m, q, "again")), mass)
		for i, c := range row {
			some[i] = some[i] || c.Value > 0
		}
		counts = append(counts, row)
		t.Notes = append(t.Notes, w.lost(m, q, n)...)
	})
	for i, head := range heads {
		if i > 0 && !some[i] {
			continue
		}
		t.Columns = append(t.Columns, head)
		for k := range t.Rows {
			t.Rows[k].Cells = append(t.Rows[k].Cells, counts[k][i])
		}
	}
	return t
}

// answerValues are the counts as values of the study.
func (w *facts) answerValues() []analysis.Estimate {
	var list []analysis.Estimate
	w.eachAsked(func(m *study.Model, q *study.Question, n outcomeCounts) {
		add := func(statistic string, x float64) {
			list = append(list, analysis.Number(keyOf(m, q, statistic), x))
		}
		add("asked", float64(n.asked-n.open))
		for _, b := range becomes {
			add(b.statistic, float64(n.status[b.status]))
		}
		add("open", float64(n.open))
		add("again", float64(n.again))
		if !math.IsNaN(n.mass) {
			add("mass", n.mass)
		}
	})
	return list
}

// Shares from which on a reader should know that answers are missing for a
// reason.
const (
	manyLost = 0.05 // of the questions that were asked
	littleOf = 0.5  // of the probability
)

// lost says of which questions a model often gave no answer: those who gave one
// may not be like those who did not.
func (w *facts) lost(m *study.Model, q *study.Question, n outcomeCounts) []string {
	var notes []string
	for _, b := range becomes {
		if b.status == study.Answered || b.status == study.Skipped || n.share(b.status) < manyLost {
			continue
		}
		notes = append(notes, fmt.Sprintf("Of %s by %s to %s, %d %s %s; what is compared are the others.",
			count(n.asked-n.open-n.status[study.Skipped], "reply"), w.label(m.Name), q.Name, n.status[b.status], are(n.status[b.status]), b.status))
	}
	if n.mass < littleOf {
		notes = append(notes, fmt.Sprintf("%s gives all options of %s together less than half of the probability; most of what it would say is no answer to it.",
			w.label(m.Name), q.Name))
	}
	return notes
}
