package collect

import (
	"context"
	"fmt"
	"strings"

	"silico/analysis/frame"
	"silico/internal/llm"
	"silico/internal/study"
)

// Told is one question of a plan with all that is kept about it: the requests
// in which it was asked and the replies to them.
type Told struct {
	*study.Session
	study.Cell
	// Answer says what became of the question, nil while it is owed.
	Answer *study.Answer
	// Asked are its requests in their order. The last of a question that is
	// owed has no reply. None was needed where an earlier answer made the
	// question idle, and none can be known while an earlier one is owed.
	Asked []Asked

	talk   *conversation
	cell   int // of the session
	begins int // what was said before it in the session
}

// Asked is one request.
type Asked struct {
	Request *llm.Request
	Wire    llm.Wire
	Key     llm.Key    // under which the reply is kept, or will be
	Reply   *llm.Reply // nil when none is kept
}

// EachTold calls visit with every question of the plan, in its order, and what
// is kept about it. It ends with the first error of visit. It asks nobody.
func EachTold(ctx context.Context, s *study.Study, workers int, visit func(*Told) error) error {
	store, err := openKept(s)
	if err != nil {
		return err
	}
	t := &narrator{store: store, visit: visit}
	if err := replay(ctx, s, store, workers, t); err != nil {
		return err
	}
	return t.err
}

// narrator listens to the plan.
type narrator struct {
	store kept
	visit func(*Told) error
	err   error
}

func (t *narrator) hear(*conversation) error { return nil }

func (t *narrator) file(c *conversation) {
	if t.err != nil {
		return
	}
	told, err := c.tell(t.store)
	if err != nil {
		t.err = err
		return
	}
	for i := range told {
		if t.err = t.visit(&told[i]); t.err != nil {
			return
		}
	}
}

// tell sorts what was said by the cell that it was about: a request is about
// the first cell that had no answer before it.
func (c *conversation) tell(store kept) ([]Told, error) {
	told := make([]Told, len(c.Cells))
	for i, cell := range c.Cells {
		told[i] = Told{Session: c.Session, Cell: cell, talk: c, cell: i}
	}
	done := 0
	add := func(q question, reply *llm.Reply, begins int) {
		if done == len(told) {
			return
		}
		t := &told[done]
		if t.Asked == nil {
			t.begins = begins
		}
		t.Asked = append(t.Asked, Asked{q.Request, q.wire, heldUnder(store, q.keys), reply})
	}
	for i, e := range c.said {
		if i > 0 {
			done = len(c.Answers(c.said[:i]))
		}
		w, err := c.provider.Wire(e.Request)
		if err != nil {
			return nil, fmt.Errorf("model %s: %w", c.Model.Name, err)
		}
		add(question{Request: e.Request, wire: w, keys: llm.Keys(e.Request, w)}, e.Reply, i)
	}
	answers := c.Answers(c.said)
	for i := range answers {
		told[i].Answer = &answers[i]
	}
	done = len(answers)
	for _, q := range c.lacking {
		reply, _ := store.Look(q.keys...)
		add(q, reply, len(c.said))
	}
	return told, nil
}

// heldUnder returns the key that a reply is kept under, the newest when there
// is none.
func heldUnder(store kept, keys []llm.Key) llm.Key {
	for _, k := range keys[1:] {
		if _, ok := store.Look(k); ok {
			return k
		}
	}
	return keys[0]
}

// Name returns the name of a question about a unit: the model, the respondent's
// id, the levels of the within factors in the order of the study, and the
// question, as in base/p17/bus/curse/want. A further draw has its number at the
// end, as in base/p17/bus/curse/want#2.
func (t *Told) Name(s *study.Study) string {
	parts := append([]string{t.Model.Name, t.Respondent}, Conditions(s, t.Unit)...)
	name := strings.Join(append(parts, t.Question.Name), "/")
	if t.Draw > 1 {
		name += fmt.Sprintf("#%d", t.Draw)
	}
	return name
}

// Conditions returns the levels of the within factors at a unit.
func Conditions(s *study.Study, unit int32) []string {
	var levels []string
	units := s.Units()
	for _, f := range s.Factors {
		if !f.Within {
			continue
		}
		if col := units.Col(f.Name); col != nil {
			levels = append(levels, levelAt(col, int(unit)))
		}
	}
	return levels
}

func levelAt(col *frame.Column, row int) string {
	if col.Missing(row) {
		return "NA"
	}
	return col.String(row)
}
