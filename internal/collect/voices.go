package collect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"sync/atomic"

	"silico/analysis/frame"
	"silico/internal/study"
)

// voices are the kept answers of the models that are asked.
type voices struct {
	of map[*study.Model]*voice
}

// voice is what one model said, as columns with a row a unit x draw.
type voice struct {
	model   *study.Model
	units   []int32 // rows of the people file
	draws   []int32
	own     int     // rows of the evaluation people; behind them stand those of training people
	first   []int32 // the row of each unit's first draw
	items   []*item
	answers int          // that there are to be
	owed    atomic.Int64 // of them, those that are still to be asked for
	replies int          // that were used
	digest  hash.Hash    // of the fingerprints of the replies, in the order of the plan
}

// item is what became of one question. Columns that the study does not have
// are nil.
type item struct {
	question *study.Question
	answer   *frame.Column
	status   *frame.Column
	again    *frame.Column   // how often it was asked again
	mass     *frame.Column   // probability of all options together
	chances  []*frame.Column // of each option
	joint    []*frame.Column // of each option together with the earlier answers of its conversation
	behind   []float64       // of each option behind these, row by row
}

// listen fills the columns of all asked models from the kept replies.
func listen(ctx context.Context, t *Task, store kept) (*voices, error) {
	g := &voices{of: make(map[*study.Model]*voice)}
	for _, m := range t.Study.Models {
		if m.Kind() == "asked" {
			g.of[m] = newVoice(t, m)
		}
	}
	if len(g.of) == 0 {
		return g, nil
	}
	return g, replay(ctx, t.Study, store, t.Workers, g)
}

func newVoice(t *Task, m *study.Model) *voice {
	draws := max(1, m.Draws)
	pupils := slices.Concat(t.Study.PupilRows(m)...)
	own := len(t.Units) * draws
	rows := own + len(pupils)
	v := &voice{model: m, digest: sha256.New(), answers: rows * len(t.Study.Questions), own: own,
		units: make([]int32, 0, rows), draws: make([]int32, 0, rows)}
	if t.People != nil {
		v.first = make([]int32, t.People.Rows())
	}
	for _, u := range t.Units {
		v.first[u] = int32(len(v.units))
		for d := range draws {
			v.units, v.draws = append(v.units, u), append(v.draws, int32(d+1))
		}
	}
	for _, u := range pupils {
		v.first[u] = int32(len(v.units))
		v.units, v.draws = append(v.units, u), append(v.draws, 1)
	}
	for _, q := range t.Study.Questions {
		v.items = append(v.items, newItem(t.Schema, q, rows))
	}
	return v
}

func newItem(s *frame.Schema, q *study.Question, rows int) *item {
	column := func(name string) *frame.Column {
		if v := s.Variable(name); v != nil {
			return empty(v, rows)
		}
		return nil
	}
	it := &item{question: q, answer: column(q.Variable), status: column(study.StatusColumn(q.Variable)),
		again: column(study.AgainColumn(q.Variable)), mass: column(study.MassColumn(q.Variable))}
	for _, v := range s.Chances(q.Variable) {
		it.chances = append(it.chances, empty(v, rows))
	}
	for i := range s.Variables {
		v := &s.Variables[i]
		if c := v.Chance; c != nil && len(c.Variables) > 1 && c.Variables[len(c.Variables)-1] == q.Variable {
			it.joint = append(it.joint, empty(v, rows))
		}
	}
	it.behind = make([]float64, rows*len(it.joint))
	return it
}

// hear puts the answers of a conversation into their rows. Each conversation
// has rows and columns of its own.
func (g *voices) hear(c *conversation) error {
	v := g.of[c.Model]
	answers, owed := c.answers()
	v.owed.Add(int64(owed))
	for i := range answers {
		a := &answers[i]
		v.item(a.Question).put(int(v.first[a.Unit])+c.Draw-1, a)
	}
	if c.prints == nil { // otherwise they are those of the conversation that it looks like
		c.prints = c.fingerprints()
	}
	c.said = nil // a million replies are not to be held at a time
	return nil
}

func (v *voice) item(q *study.Question) *item {
	for _, it := range v.items {
		if it.question == q {
			return it
		}
	}
	panic("collect: an answer to a question that the study does not have")
}

func (it *item) put(row int, a *study.Answer) {
	if a.Field != "" {
		set(it.answer, row, a.Field)
	}
	if it.status != nil {
		set(it.status, row, string(a.Status))
	}
	if it.again != nil {
		it.again.Nums[row] = float64(a.Attempts)
	}
	if a.P == nil {
		return
	}
	if it.mass != nil {
		it.mass.Nums[row] = a.Mass
	}
	if len(it.chances) != len(a.P) {
		return
	}
	for k, c := range it.chances {
		c.Nums[row] = a.P[k]
	}
	if a.Joint != nil && len(a.Joint) == len(it.joint) {
		for k, c := range it.joint {
			c.Nums[row] = a.Joint[k]
		}
		copy(it.behind[row*len(it.joint):], a.Behind)
	}
}

// file adds the replies of a conversation to the digest of what was said.
func (g *voices) file(c *conversation) {
	v := g.of[c.Model]
	v.replies += len(c.prints)
	for i := range c.prints {
		v.digest.Write(c.prints[i][:])
	}
}

// sum returns the digest of all that a model said. It does not depend on the
// files that keep it.
func (v *voice) sum() string { return hex.EncodeToString(v.digest.Sum(nil)) }

// rows returns the columns as the answers of a source.
func (v *voice) rows() *Answers {
	a := &Answers{Units: v.units[:v.own], Draws: v.draws[:v.own]}
	rows := make([]int, v.own)
	for i := range rows {
		rows[i] = i
	}
	for _, it := range v.items {
		for _, c := range append([]*frame.Column{it.answer, it.status, it.again, it.mass}, slices.Concat(it.chances, it.joint)...) {
			switch {
			case c == nil:
			case v.own < len(v.units):
				a.Columns = append(a.Columns, c.Take(rows))
			default:
				a.Columns = append(a.Columns, c)
			}
		}
	}
	return a
}
