package collect

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"silico/analysis/frame"
	"silico/analysis/stat"
	"silico/internal/study"
)

// People is the name of the source that the people are.
const People = "people"

// Source gives the answers of one model.
type Source interface {
	// Answer returns the rows of the source. Trouble with its answers is a
	// warning among them; an error is a cancelled context, answers that are
	// missing, or a bug.
	Answer(ctx context.Context, t *Task) (*Answers, error)
}

// Task is what a source works on.
type Task struct {
	Study   *study.Study
	Schema  *frame.Schema
	People  *frame.Frame // the people file, or the respondents in their place; nil for a study without either
	Units   []int32      // rows of People whose respondents are to be stood in for, in file order
	Streams stat.Streams
	Workers int // at least 1; the answers do not depend on it

	asked   *voices // what the models said that are asked
	partial bool    // answers may be missing
}

// Answers are the rows of one source, in the order of units and then draws.
type Answers struct {
	// Units holds for each row the row of the people file that it answers
	// for. It is nil when the source has respondents of its own.
	Units []int32
	// Own are the respondents of a source of its own, a factor; nil otherwise.
	Own *frame.Column
	// Draws counts the answers of a unit from 1; nil when all are 1.
	Draws []int32
	// Columns are the variables that the source gives itself, named for them.
	// The others are the person's, unless they are answers.
	Columns []*frame.Column

	Warnings []string // sentences for the reader
}

// Rows returns the number of rows.
func (a *Answers) Rows() int {
	if a.Own != nil {
		return a.Own.Len()
	}
	return len(a.Units)
}

// providers makes the source of a model by its provider. Any other provider is
// asked.
var providers = map[string]func(m *study.Model) Source{
	"recorded":  func(m *study.Model) Source { return recorded{m} },
	"baseline":  func(m *study.Model) Source { return baseline{m} },
	"simulated": func(m *study.Model) Source { return simulated{m} },
}

func newSource(m *study.Model) Source {
	if make, ok := providers[m.Provider]; ok {
		return make(m)
	}
	return asked{m}
}

// Frame returns the analysis frame of a study: a row a source x unit x draw,
// people first, then the models in the order of the study; units in the order
// of the people file, draws counted from 1. Models answer for the people of the
// evaluation sample alone. Respondents of a source's own are named
// "SOURCE:ID", so that nobody takes them for the person of that id.
//
// The columns are source, the respondent's id, sample, rule, draw, and then
// the variables of the schema in its order; derived variables are computed over
// all rows. The frame's schema carries what each source has to say. The error
// is a *Missing when models are still to be asked.
//
// The answers of models that are asked come from the store in the study's
// folder; nobody is asked. The frame does not depend on the number of workers.
func Frame(ctx context.Context, s *study.Study, o Options) (*frame.Frame, error) {
	t := newTask(s, o)
	store, err := openKept(s)
	if err != nil {
		return nil, err
	}
	if t.asked, err = listen(ctx, t, store); err != nil {
		return nil, err
	}
	answers, err := all(ctx, t)
	if err != nil {
		return nil, err
	}
	schema := t.Schema
	var blocks []block
	if s.People != nil {
		blocks = append(blocks, block{source: People, people: true, Answers: &Answers{Units: every(t.People.Rows())}})
	}
	for i, m := range s.Models {
		blocks = append(blocks, block{source: m.Name, Answers: answers[i]})
		if src := schema.Source(m.Name); src != nil {
			src.Warnings = append(slices.Clone(src.Warnings), answers[i].Warnings...)
			src.Draws = 1
			for _, d := range answers[i].Draws {
				src.Draws = max(src.Draws, int(d))
			}
			if v := t.asked.of[m]; v != nil {
				src.Replies, src.SHA256 = v.replies, v.sum()
			}
		}
	}
	return assemble(ctx, t, blocks)
}

// Options are the choices of a collection.
type Options struct {
	Workers int  // at a time; at least 1 is taken
	Partial bool // of models that lack answers, take what there is
}

func newTask(s *study.Study, o Options) *Task {
	schema := *s.Schema()
	schema.Sources = slices.Clone(schema.Sources)
	t := &Task{Study: s, Schema: &schema, Streams: stat.NewStreams(s.Seed), Workers: max(1, o.Workers), partial: o.Partial}
	switch {
	case s.People != nil:
		t.People = s.People.Frame
		t.Units = evaluation(t.People)
	case s.Respondents != nil:
		t.People = s.Respondents.Frame
		t.Units = every(t.People.Rows())
	}
	return t
}

// all returns the answers of every model, in the order of the study.
func all(ctx context.Context, t *Task) ([]*Answers, error) {
	models := t.Study.Models
	answers := make([]*Answers, len(models))
	missing := make([]*Missing, len(models))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(t.Workers)
	for i, m := range models {
		g.Go(func() error {
			a, err := newSource(m).Answer(ctx, t)
			if lacks, ok := err.(*Missing); ok {
				missing[i] = lacks
				return nil
			}
			if err != nil {
				return fmt.Errorf("answers of model %s: %w", m.Name, err)
			}
			answers[i] = a
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	// One error names all models that lack answers, not the first alone.
	lacking := Missing{Study: t.Study.Dir, Untrained: t.Study.Untrained(nil)}
	for _, m := range missing {
		if m != nil {
			lacking.Models = append(lacking.Models, m.Models...)
		}
	}
	if len(lacking.Models) > 0 {
		return nil, &lacking
	}
	return answers, nil
}

// evaluation returns the rows of people that models are compared with.
func evaluation(people *frame.Frame) []int32 {
	sample := people.Col(frame.SampleColumn)
	if sample == nil {
		return every(people.Rows())
	}
	code := sample.Code(frame.Evaluation)
	var units []int32
	for i, c := range sample.Codes {
		if c == code {
			units = append(units, int32(i))
		}
	}
	return units
}

func every(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}
