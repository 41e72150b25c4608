package collect

import (
	"context"
	"sync"

	"silico/internal/llm"
	"silico/internal/study"
)

// Survey says what is kept of the answers of a study and what is still to be
// asked for. Making one asks nobody.
type Survey struct {
	Models []*Owing // those that are asked, in the order of the study

	study *study.Study
	of    map[*study.Model]*Owing
}

// Owing is what one model has answered and what it owes.
type Owing struct {
	Model   *study.Model
	Answers int // that there are to be
	Kept    int
	// Need is what asking for the others is likely to take.
	Need Need

	pending []pending
	again   []*pick // that an audit asks for once more
	known   extent  // of the replies that are kept
}

// Missing returns how many answers are still to be asked for.
func (o *Owing) Missing() int { return o.Answers - o.Kept }

// idle says whether there is nothing to ask.
func (o *Owing) idle() bool { return len(o.pending)+len(o.again) == 0 }

// pending is a session that is not over.
type pending struct {
	session *study.Session
	opening llm.Key
	draw    int32
	owed    int // answers, when the plan was gone through
}

// NewSurvey goes through the plan of a study with the answers that are kept.
func NewSurvey(ctx context.Context, s *study.Study, workers int) (*Survey, error) {
	store, err := openKept(s)
	if err != nil {
		return nil, err
	}
	return survey(ctx, s, store, workers)
}

func survey(ctx context.Context, s *study.Study, store kept, workers int) (*Survey, error) {
	v := &Survey{study: s, of: make(map[*study.Model]*Owing)}
	for _, m := range s.Models {
		if m.Kind() == "asked" {
			o := &Owing{Model: m}
			v.Models, v.of[m] = append(v.Models, o), o
		}
	}
	l := &surveyor{Survey: v, ask: make(map[*study.Model]*extent)}
	for _, o := range v.Models {
		l.ask[o.Model] = new(extent)
	}
	if err := replay(ctx, s, store, workers, l); err != nil {
		return nil, err
	}
	for _, o := range v.Models {
		o.Need = l.ask[o.Model].need(&o.known)
	}
	return v, nil
}

// Plan returns the plan of the study with what is kept of it.
func (v *Survey) Plan() *study.Plan {
	p := v.study.Plan()
	p.Kept, p.Missing = 0, 0
	for i := range p.Models {
		m := &p.Models[i]
		for _, o := range v.Models {
			if o.Model.Name == m.Name {
				m.Answers, m.Kept, m.Missing = o.Answers, o.Kept, o.Missing()
			}
		}
		p.Kept, p.Missing = p.Kept+m.Kept, p.Missing+m.Missing
	}
	return p
}

// surveyor listens to the plan.
type surveyor struct {
	*Survey
	mu     sync.Mutex
	ask    map[*study.Model]*extent // what is lacking
	model  *study.Model             // that is gone through
	billed billed                   // of it
}

func (l *surveyor) hear(c *conversation) error {
	_, owed := c.answers()
	var known extent
	for _, e := range c.said {
		known.reply(e)
	}
	c.owed = owed
	l.mu.Lock()
	defer l.mu.Unlock()
	o := l.of[c.Model]
	o.known.add(known)
	o.Answers += len(c.Cells)
	o.Kept += len(c.Cells) - owed
	return nil
}

func (l *surveyor) file(c *conversation) {
	c.said = nil // there may be a million
	if l.model != c.Model {
		l.model, l.billed = c.Model, make(billed)
	}
	l.ask[c.Model].ask(c, c.owed, l.billed)
	if len(c.lacking) > 0 && c.Model.Served() {
		o := l.of[c.Model]
		o.pending = append(o.pending, pending{c.Session, c.opening, c.draw, c.owed})
	}
}

// Lacking calls do for every request that could be sent now, with what a store
// has by now, in the order of the plan.
func (v *Survey) Lacking(store Store, do func(llm.Item) error) error {
	for _, o := range v.Models {
		for i := range o.pending {
			c, err := o.pending[i].resume(store)
			if err != nil {
				return err
			}
			for _, q := range c.lacking {
				if err := do(llm.Item{Key: q.keys[0], Request: q.Request, Wire: q.wire}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// resume takes a session up where it stopped, with what is kept by now.
func (p *pending) resume(store kept) (*conversation, error) {
	provider, ok := llm.Named(p.session.Model.Provider)
	if !ok {
		panic("collect: a session was surveyed without its provider")
	}
	c := &conversation{Session: p.session, provider: provider, opening: p.opening, draw: p.draw}
	return c, c.recall(store)
}
