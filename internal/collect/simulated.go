package collect

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"silico/analysis/frame"
	"silico/analysis/simulate"
	"silico/internal/study"
)

// simulated is a source whose participants have planted effects, for teaching,
// power and tests. They share covariates and conditions with the people they
// stand in for, and nothing else.
type simulated struct{ model *study.Model }

// Answer draws one answer behind the other, in the order of asking, so that a
// later one can depend on an earlier one and on what is derived from it.
func (m simulated) Answer(ctx context.Context, t *Task) (*Answers, error) {
	if t.People == nil {
		return &Answers{Units: []int32{}, Warnings: []string{"there are no people to stand in for"}}, nil
	}
	s := newSheet(t, m.model)
	if len(s.units) == 0 {
		return s.result(nil), nil
	}
	f := m.participants(s)
	var answers []*frame.Column
	var warnings []string
	for _, e := range m.model.Simulated.Effects {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		known, err := t.Study.Derive(f)
		if err != nil {
			return nil, err
		}
		c, err := planted(e).Draw(known, simulate.Streams{
			Row:    func(row int) *rand.Rand { return s.stream(row, e.Variable) },
			Person: func(row int) *rand.Rand { return s.personal(s.units[row], 0, e.Variable) },
		})
		if err != nil {
			return nil, m.problems(t, e, err)
		}
		if n := unanswered(c); n > 0 {
			warnings = append(warnings, fmt.Sprintf("%s is missing in %s, where a value is that its formula needs", e.Variable, count(n, "row")))
		}
		f = f.With(c)
		answers = append(answers, c)
	}
	return &Answers{Units: s.units, Draws: s.draws, Columns: answers, Warnings: warnings}, nil
}

// participants returns what is known of the respondents, with every answer
// missing.
func (m simulated) participants(s *sheet) *frame.Frame {
	w := &writer{t: s.t, rows: len(s.units), blocks: []block{{source: m.model.Name, Answers: &Answers{Units: s.units}}}}
	cols := []*frame.Column{w.id()}
	for i := range s.t.Schema.Variables {
		if v := &s.t.Schema.Variables[i]; v.Name != s.t.Schema.ID && v.Derived == "" {
			cols = append(cols, w.variable(v))
		}
	}
	return framed(s.t.Schema, cols)
}

// planted returns an effect of the study as the simulation takes it.
func planted(e study.Effect) *simulate.Effect {
	return &simulate.Effect{Variable: e.Variable, Formula: e.Formula, Coef: e.Coef, Family: e.Family,
		Cuts: e.Cuts, SD: e.SD, PersonSD: e.PersonSD, Levels: e.Levels}
}

// problems puts the mistakes of an effect as problems of the study.
func (m simulated) problems(t *Task, e study.Effect, err error) error {
	var found study.Problems
	for _, p := range parts(err) {
		found = append(found, study.Problem{File: t.Study.File,
			Msg: fmt.Sprintf("model.%s.effect.%s.%s: %s", m.model.Name, e.Variable, strings.Join(p.Key, "."), p.Msg)})
	}
	if found == nil {
		return err
	}
	return found
}

// parts returns the problems that an error joins.
func parts(err error) []*simulate.Problem {
	var one *simulate.Problem
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*simulate.Problem
		for _, e := range joined.Unwrap() {
			all = append(all, parts(e)...)
		}
		return all
	}
	if errors.As(err, &one) {
		return []*simulate.Problem{one}
	}
	return nil
}

func unanswered(c *frame.Column) int {
	n := 0
	for i := range c.Len() {
		if c.Missing(i) {
			n++
		}
	}
	return n
}
