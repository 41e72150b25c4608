package study

import (
	"fmt"
	"slices"

	"silico/analysis/frame"
	"silico/internal/llm"
)

// Examples returns what a tuned model is to learn: the answers of its training
// people as conversations, in the very words in which the model will be asked.
// They are in the order of the people file, each person's in the order of the
// script. A question whose answer is missing ends the person's conversation,
// since what came next was said in the light of it.
func (s *Study) Examples(m *Model) ([]Example, error) {
	if !m.Tuned() {
		return nil, fmt.Errorf("model %q is not tuned", m.Name)
	}
	f := s.People.Frame
	var all []Example
	for _, session := range s.sessions(m, s.trainingRows(m)) {
		w := newWalk(session)
		for !w.over() {
			c := w.cell()
			it := w.s.script.item(c.Question)
			col := f.Col(it.variable.Name)
			if col.Missing(int(c.Unit)) {
				break
			}
			words := it.words(col, int(c.Unit))
			for _, r := range w.next() {
				all = append(all, Example{session.Respondent, append(slices.Clone(r.Messages), llm.Message{Role: llm.Assistant, Text: words})})
			}
			w.told(words, col.String(int(c.Unit)))
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

// words returns an answer as a model says it: the label of an option, the
// number or the text of an open one.
func (it *item) words(c *frame.Column, row int) string {
	if it.options != nil {
		if k := slices.Index(it.options.levels, c.String(row)); k >= 0 {
			return it.options.labels[k]
		}
	}
	return c.String(row)
}
