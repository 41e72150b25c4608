package collect

import (
	"context"
	"fmt"
	"slices"

	"silico/internal/study"
)

// baseline is a source that needs no language model to answer: uniform guesses;
// marginal, regression and hotdeck learn from people of the pilot; rescaled fits
// the probabilities of a model that is asked to them. It says what a model must
// beat.
type baseline struct{ model *study.Model }

// method is one way of answering. It learns from the people of the pilot that
// were drawn, and then answers row by row; rows are answered in any order, at
// the same time.
type method interface {
	answer(s *sheet, row int)
}

// learn makes a method from what it is to learn from, with what it has to say.
type learn func(s *sheet, l *lesson) (method, []string)

// methods are the baselines, by the name of the model.
var methods = map[string]learn{
	"uniform":    learnUniform,
	"marginal":   learnMarginal,
	"regression": learnRegression,
	"hotdeck":    learnHotdeck,
	"rescaled":   learnRescaled,
}

// lesson is what a baseline may learn from: the units of the people drawn.
type lesson struct {
	ids  []string // sorted, so that no method depends on the order of the file
	rows []int32  // of the people file, person by person in that order
}

// Answer learns and answers.
func (b baseline) Answer(ctx context.Context, t *Task) (*Answers, error) {
	learn, ok := methods[b.model.Model]
	if !ok {
		return nil, fmt.Errorf("unknown baseline %q", b.model.Model)
	}
	if t.People == nil {
		return &Answers{Units: []int32{}, Warnings: []string{"there are no people to stand in for"}}, nil
	}
	s := newSheet(t, b.model)
	m, warnings := learn(s, newLesson(t, b.model.Train))
	for _, o := range s.outcomes {
		if o.variable.Type == "text" {
			warnings = append(warnings, fmt.Sprintf("a baseline writes no text; %s is missing", o.variable.Name))
		}
	}
	teller, _ := m.(teller)
	if teller != nil {
		s.chances = newChances(s)
	}
	if err := s.each(ctx, func(row int) {
		m.answer(s, row)
		for _, c := range s.chances {
			c.fill(s, teller, row)
		}
	}); err != nil {
		return nil, err
	}
	return s.result(warnings), nil
}

// newLesson returns the units of the people that were drawn for training.
func newLesson(t *Task, train *study.Train) *lesson {
	l := &lesson{}
	if train == nil {
		return l
	}
	l.ids = slices.Sorted(slices.Values(train.IDs))
	id := t.People.Col(t.Schema.ID)
	place := make(map[string]int, len(l.ids))
	for k, name := range l.ids {
		place[name] = k
	}
	of := make([]int, len(id.Levels))
	for k, name := range id.Levels {
		of[k] = -1
		if p, ok := place[name]; ok {
			of[k] = p
		}
	}
	rows := make([][]int32, len(l.ids))
	for i, code := range id.Codes {
		if code >= 0 && of[code] >= 0 {
			rows[of[code]] = append(rows[of[code]], int32(i))
		}
	}
	l.rows = slices.Concat(rows...)
	return l
}
