package study

import (
	"math"
	"strconv"

	"silico/analysis/frame"
	"silico/internal/llm"
)

// Prompt is one request as it would be sent. Where it comes behind others,
// their answers are supposed: its messages of the assistant are examples.
type Prompt struct {
	Cell
	Request *llm.Request
}

// Supposed says whether a message of the request is an example of an answer.
func (p *Prompt) Supposed(message int) bool {
	return p.Request.Messages[message].Role == llm.Assistant
}

// thoughts stand in the place of what a model would think.
const thoughts = "(what the model thinks)"

// Prompts returns all requests of the session, supposing that each question is
// asked and answered. What may follow from a reply, that a question is asked
// again or that an answer is continued, is not among them.
func (s *Session) Prompts() []Prompt {
	w := newWalk(s)
	w.supposing = true
	w.answers = w.answers[:0]
	w.proceed()
	var list []Prompt
	for !w.over() {
		a := &w.asking
		add := func() {
			for _, r := range a.requests() {
				list = append(list, Prompt{a.answer.Cell, r})
			}
		}
		add()
		if a.it.elicit.weighs && a.it.reasoning {
			a.hearThought(&llm.Reply{Text: thoughts, Finish: llm.Stop})
			add()
		}
		w.told(a.it.example())
	}
	return list
}

// Prompts returns what a model that is asked would be sent about the first unit
// of the first respondent, nil for other models.
func (s *Study) Prompts(m *Model) []Prompt {
	if m.Kind() != "asked" || s.Units() == nil {
		return nil
	}
	rows := s.respondentRows()
	if len(rows) == 0 {
		return nil
	}
	var all []Prompt
	for session := range s.sessions(m, rows[:1]) {
		for _, p := range session.Prompts() {
			if p.Unit == rows[0][0] {
				all = append(all, p)
			}
		}
	}
	return all
}

// example returns an answer that a question might get: the first option, the
// smallest number, or words that say that they are none.
func (it *item) example() string {
	v := it.variable
	switch {
	case it.options != nil:
		return it.options.levels[0]
	case it.measure.answer == nil:
		return "(an answer in words)"
	case !math.IsNaN(v.Min):
		return strconv.FormatFloat(v.Min, 'f', -1, 64)
	}
	return "1"
}

// Describe returns a persona for one row of a frame with the study's columns.
// A missing value is said in the persona's words, or is "unknown".
func (s *Study) Describe(p *Persona, f *frame.Frame, row int) string {
	return string(s.phrase(p.Template, p.Missing, f).say(nil, spoken{row: int32(row)}))
}

// Ask returns a question for one row of a frame with the study's columns, with
// the options as they are declared and earlier answers by their names. A model
// may be asked in another way; Prompts has the very words.
func (s *Study) Ask(q *Question, f *frame.Frame, row int) string {
	it := &item{Question: q, variable: s.schema.Variable(q.Variable), elicit: elicitationOf(q.Elicit), reasoning: q.Reasoning}
	it.options = optionsOf(it.variable)
	to := spoken{row: int32(row), item: it}
	b := s.phrase(q.Text, q.Missing, f).say(nil, to)
	if text := it.elicit.instructs(it); text != "" {
		b = s.phrase(text, q.Missing, f).say(append(b, "\n\n"...), to)
	}
	return string(b)
}
