package study

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"silico/internal/llm"
)

// Examples returns what a tuned model is to learn: the answers of its training
// people as conversations, in the very words in which the model will be asked.
// They are in the order of the people file, each person's in the order of the
// script. A question whose answer is missing ends the person's conversation,
// since what came next was said in the light of it.
//
// The error says why people's answers do not show what is to be learned: they
// tell neither thoughts nor shares.
func (s *Study) Examples(m *Model) ([]Example, error) {
	if !m.Tuned() {
		return nil, fmt.Errorf("model %q is not tuned", m.Name)
	}
	for _, q := range s.Questions {
		switch {
		case m.reasons(q):
			return nil, fmt.Errorf("model %q thinks before it answers %s, and people's answers do not show what they thought; write reasoning = false for it", m.Name, q.Name)
		case m.elicit(q) == "distribution":
			return nil, fmt.Errorf("model %q is asked for the shares of answers to %s, and people's answers do not show these; write elicit = \"logprobs\" for it", m.Name, q.Name)
		}
	}
	f := s.People.Frame
	var all []Example
	for session := range s.sessions(m, s.trainingRows(m)) { // people answered once
		w := newWalk(session)
		for !w.over() {
			a := &w.asking
			col := f.Col(a.it.variable.Name)
			if col.Missing(int(a.answer.Unit)) {
				break
			}
			field := col.String(int(a.answer.Unit))
			orders := []([]int){a.order}
			if a.orders != nil {
				orders = orders[:0]
				for _, o := range a.orders {
					orders = append(orders, o.order)
				}
			}
			for i, r := range w.next() {
				said := llm.Message{Role: llm.Assistant, Text: a.it.words(orders[i], field)}
				all = append(all, Example{session.Respondent, append(slices.Clone(r.Messages), said)})
			}
			w.told(field)
		}
	}
	return all, nil
}

// trainingRows returns the units that a tuned model is shown of each person
// that it learns from, in the order of the file.
func (s *Study) trainingRows(m *Model) [][]int32 {
	f := s.People.Frame
	return s.rowsOf(func(row int) bool {
		if !slices.Contains(m.Train.IDs, f.Col(s.schema.ID).String(row)) {
			return false
		}
		for factor, levels := range m.Train.Levels {
			if !slices.Contains(levels, f.Col(factor).String(row)) {
				return false
			}
		}
		return true
	})
}

// words returns an answer as a model gives it: an option as it is shown in some
// order, the number or the text of an open question, or the JSON object that
// holds it.
func (it *item) words(order []int, field string) string {
	shown, value := field, field
	if it.options != nil {
		if k := slices.Index(it.options.levels, field); k >= 0 {
			shown, value = it.options.shown(order, k), it.options.labels[k]
		}
	}
	switch {
	case it.elicit.name == elicitDistribution.name:
		return shown + ": 100%"
	case it.elicit.schema == nil && it.reasoning && !it.elicit.weighs:
		return thoughts + "\nAnswer: " + shown
	case it.elicit.schema == nil:
		return shown
	}
	if it.measure.number != nil && it.variable.Type != "binary" {
		return `{"answer": ` + field + `}`
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // a text
	}
	return `{"answer": ` + strings.TrimSpace(b.String()) + `}`
}

// told takes an answer as given, in the place of a reply.
func (w *walk) told(field string) {
	a := &w.asking
	w.heard++
	a.answer.Field = field
	a.end(Answered, a.it.words(a.order, field))
	w.answers = append(w.answers, a.answer)
	w.remember(a.said...)
	w.proceed()
}
