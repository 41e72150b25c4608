package collect

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"silico/analysis/stat"
	"silico/internal/llm"
	"silico/internal/study"
)

// Audit asks for a share of the kept answers once more, to find out whether the
// models still say the same. What they say now is held in memory alone: nothing
// that is kept changes.
//
// Note: requests were tried as what is chosen. An answer by log-probabilities
// takes several, and one of them alone gives no answer that could be compared.
type Audit struct {
	*Survey
	Again *Again // where the run puts the replies

	study *study.Study
	seed  int64
	picks []*pick // in the order of the plan
}

// pick is an answer that may be asked for once more.
type pick struct {
	*Told
	place int     // in the order of the plan
	lot   float64 // between 0 and 1

	said  study.Transcript // now, about the question
	again *study.Answer    // what it gives, nil until the question has been asked
}

// Again holds the replies of an audit.
type Again struct {
	mu sync.Mutex
	of map[llm.Key]*llm.Reply
}

// Look returns what was said again.
func (a *Again) Look(keys ...llm.Key) (*llm.Reply, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.of[keys[0]]
	return r, ok
}

// Keep holds a reply.
func (a *Again) Keep(r *llm.Request, w llm.Wire, reply *llm.Reply) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.of[llm.KeyOf(llm.Describe(r, w))] = reply
	return nil
}

// Sample says which answers an audit asks for once more: each that is kept with
// the probability Share, and so many of the others that there are at least
// Answers, or one.
type Sample struct {
	Share   float64
	Answers int
	Seed    int64    // another one chooses others
	Models  []string // the only ones that are asked, when there are any
}

// NewAudit chooses the answers. Each draws a lot of a stream that has its name,
// so that the choice depends neither on the others nor on their order; those
// with the lowest lots are asked for.
func NewAudit(ctx context.Context, s *study.Study, sample Sample, workers int) (*Audit, error) {
	a := &Audit{study: s, seed: sample.Seed, Again: &Again{of: make(map[llm.Key]*llm.Reply)}, Survey: &Survey{study: s, of: make(map[*study.Model]*Owing)}}
	for _, m := range s.Models {
		if m.Kind() == "asked" {
			o := &Owing{Model: m}
			a.Models, a.of[m] = append(a.Models, o), o
		}
	}
	if err := a.Only(sample.Models); err != nil {
		return nil, err
	}
	streams := stat.NewStreams(s.Seed)
	least := max(1, sample.Answers)
	var spare []*pick // that are taken when there are too few
	place := 0
	err := EachTold(ctx, s, workers, func(t *Told) error {
		if t.Answer == nil || t.Asked == nil || !slices.Contains(a.Models, a.of[t.Model]) {
			return nil
		}
		p := &pick{Told: t, place: place, lot: streams.At("audit/"+t.Name(s), uint64(sample.Seed)).Float64()}
		place++
		if p.lot < sample.Share {
			a.picks = append(a.picks, p)
		} else if spare = append(spare, p); len(spare) >= 2*least {
			spare = lowest(spare, least)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.picks = append(a.picks, lowest(spare, least-len(a.picks))...)
	slices.SortFunc(a.picks, func(p, q *pick) int { return cmp.Compare(p.place, q.place) })
	a.charge()
	return a, nil
}

// lowest returns the n picks with the lowest lots, or all.
func lowest(picks []*pick, n int) []*pick {
	slices.SortFunc(picks, func(p, q *pick) int { return cmp.Compare(p.lot, q.lot) })
	return picks[:max(0, min(n, len(picks)))]
}

// charge puts the answers on the lists of their models. They are likely to take
// the requests that they took before, equal ones once.
func (a *Audit) charge() {
	charged := make(map[llm.Key]bool)
	for _, p := range a.picks {
		o := a.of[p.Model]
		o.Answers++
		o.again = append(o.again, p)
		for _, asked := range p.Asked {
			if charged[asked.Key] {
				continue
			}
			charged[asked.Key] = true
			input, output := asked.Reply.Input, asked.Reply.Output
			if input == 0 { // nobody has counted, as where another program asked
				input, output = letters(asked.Request)/perToken, expected(asked.Request)
			}
			o.Need.Requests++
			o.Need.Input += input
			o.Need.Output += output
		}
	}
}

// resume returns the conversation as it was before the question.
func (p *pick) resume() *conversation {
	session := *p.Session // of its own, since other questions of it may be asked at the same time
	t := p.talk
	return &conversation{Session: &session, provider: t.provider, echoes: t.echoes, opening: t.opening, draw: t.draw, said: t.said[:p.begins:p.begins]}
}

// over notes what the conversation says to the question, and returns whether it
// says anything yet.
func (p *pick) over(c *conversation) bool {
	answers := c.Answers(c.said)
	if len(answers) <= p.cell {
		return false
	}
	p.said, p.again = c.said[p.begins:], &answers[p.cell]
	return true
}
