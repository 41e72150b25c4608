package collect

import (
	"context"
	"math/rand/v2"
	"strconv"

	"golang.org/x/sync/errgroup"

	"silico/analysis/frame"
	"silico/internal/study"
)

// sheet is what a computed source fills: a row a unit x draw, a column an
// answer.
type sheet struct {
	t        *Task
	model    *study.Model
	outcomes []outcome
	units    []int32 // rows of the people file
	draws    []int32
	within   []*frame.Column // factors that tell the units of a person apart
	answers  []*frame.Column // of each outcome
	codes    [][]int32       // of each outcome with options: what was chosen
	chances  []*chances      // probabilities that the study keeps
}

func newSheet(t *Task, m *study.Model) *sheet {
	s := &sheet{t: t, model: m, outcomes: outcomes(t)}
	draws := max(1, m.Draws)
	s.units = make([]int32, 0, len(t.Units)*draws)
	s.draws = make([]int32, 0, len(t.Units)*draws)
	for _, u := range t.Units {
		for d := range draws {
			s.units = append(s.units, u)
			s.draws = append(s.draws, int32(d+1))
		}
	}
	for _, f := range t.Study.Factors {
		if c := t.People.Col(f.Name); f.Within && c != nil {
			s.within = append(s.within, c)
		}
	}
	for _, o := range s.outcomes {
		s.answers = append(s.answers, empty(o.variable, len(s.units)))
		var codes []int32
		if o.options() != nil {
			codes = make([]int32, len(s.units))
			for i := range codes {
				codes[i] = -1
			}
		}
		s.codes = append(s.codes, codes)
	}
	return s
}

// choose notes that a row chose an option, -1 for none.
func (s *sheet) choose(row, outcome int, option int32) {
	s.codes[outcome][row] = option
	c := s.answers[outcome]
	switch {
	case option < 0:
	case c.Kind == frame.Number:
		set(c, row, s.outcomes[outcome].options()[option])
	default:
		c.Codes[row] = option
	}
}

// index returns the place of a variable among the outcomes, -1 when it is none.
func (s *sheet) index(variable string) int {
	for k, o := range s.outcomes {
		if o.variable.Name == variable {
			return k
		}
	}
	return -1
}

// result returns the answers of the sheet.
func (s *sheet) result(warnings []string) *Answers {
	a := &Answers{Units: s.units, Draws: s.draws, Columns: s.answers, Warnings: warnings}
	for _, c := range s.chances {
		a.Columns = append(append(a.Columns, c.own...), c.joint...)
	}
	return a
}

// stream returns the random stream of an answer of a row.
func (s *sheet) stream(row int, question string) *rand.Rand {
	u := s.units[row]
	parts := append(make([]string, 0, 4+2*len(s.within)), s.model.Name, s.person(u))
	for _, c := range s.within {
		parts = append(parts, c.Name, c.String(int(u)))
	}
	return s.at(append(parts, question), s.draws[row])
}

// personal returns the random stream of something that a person decides once
// for all units: whom to follow, say. Draw 0 is for what holds for all draws
// too.
func (s *sheet) personal(unit, draw int32, what string) *rand.Rand {
	return s.at([]string{s.model.Name, s.person(unit), what}, draw)
}

func (s *sheet) person(unit int32) string {
	return s.t.People.Col(s.t.Schema.ID).String(int(unit))
}

// at returns the stream of the parts, each written with its length so that no
// two lists of parts have one name.
func (s *sheet) at(parts []string, draw int32) *rand.Rand {
	name := append(make([]byte, 0, 64), "answer"...)
	for _, p := range parts {
		name = append(name, '/')
		name = strconv.AppendInt(name, int64(len(p)), 10)
		name = append(name, ':')
		name = append(name, p...)
	}
	return s.t.Streams.At(string(name), uint64(draw))
}

// chunk is how many rows a worker takes at a time.
const chunk = 1024

// each calls do for every row, with several workers.
func (s *sheet) each(ctx context.Context, do func(row int)) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(s.t.Workers)
	for lo := 0; lo < len(s.units); lo += chunk {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			for row := lo; row < min(lo+chunk, len(s.units)); row++ {
				do(row)
			}
			return nil
		})
	}
	return g.Wait()
}
