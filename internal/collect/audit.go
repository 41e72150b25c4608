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

// Audit asks a share of what was asked once more, to find out whether the
// models still say the same. What they say now is held in memory alone: nothing
// that is kept changes.
type Audit struct {
	*Survey
	Again *Again // where the run puts the replies

	study *study.Study
	seed  int64
	picks []pick // in the order of the plan
}

// pick is a request that may be asked once more.
type pick struct {
	*Told
	Asked
	place int     // in the order of the plan
	lot   float64 // between 0 and 1
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

// Sample says which requests an audit asks once more: each whose reply is kept
// with the probability Share, and so many of the others that there are at least
// Answers, or one.
type Sample struct {
	Share   float64
	Answers int
	Seed    int64    // another one chooses others
	Models  []string // the only ones that are asked, when there are any
}

// NewAudit chooses the requests. Each draws a lot of a stream that is named for
// its key, so that the choice depends neither on the others nor on their order;
// those with the lowest lots are asked.
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
	seen := make(map[llm.Key]bool)
	least := max(1, sample.Answers)
	var spare []pick // that are taken when there are too few
	err := EachTold(ctx, s, workers, func(t *Told) error {
		if !slices.Contains(a.Models, a.of[t.Model]) {
			return nil
		}
		for _, asked := range t.Asked {
			if asked.Reply == nil || seen[asked.Key] {
				continue
			}
			p := pick{Told: t, Asked: asked, place: len(seen), lot: streams.At("audit/"+asked.Key.String(), uint64(sample.Seed)).Float64()}
			seen[asked.Key] = true
			if p.lot < sample.Share {
				a.picks = append(a.picks, p)
			} else if spare = append(spare, p); len(spare) >= 2*least {
				spare = lowest(spare, least)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.picks = append(a.picks, lowest(spare, least-len(a.picks))...)
	slices.SortFunc(a.picks, func(p, q pick) int { return cmp.Compare(p.place, q.place) })
	for i := range a.picks {
		a.charge(&a.picks[i])
	}
	return a, nil
}

// lowest returns the n picks with the lowest lots, or all.
func lowest(picks []pick, n int) []pick {
	slices.SortFunc(picks, func(p, q pick) int { return cmp.Compare(p.lot, q.lot) })
	return picks[:max(0, min(n, len(picks)))]
}

// charge puts a request on the list of its model. It is likely to take what it
// took before.
func (a *Audit) charge(p *pick) {
	o := a.of[p.Model]
	o.Answers++
	o.Need.Requests++
	input, output := p.Reply.Input, p.Reply.Output
	if input == 0 { // nobody has counted, as where another program asked
		input, output = letters(p.Request)/perToken, expected(p.Request)
	}
	o.Need.Input += input
	o.Need.Output += output
	o.again = append(o.again, question{p.Request, p.Wire, []llm.Key{llm.KeyOf(llm.Describe(p.Request, p.Wire))}})
}

// says returns what a reply to the request means: what becomes of the question
// when that is what follows, and the probabilities of its options where they
// were asked for. ok is false when the question goes on, as behind a reply that
// cannot be read and is asked for again.
func (p *pick) says(r *llm.Reply) (a study.Answer, ok bool) {
	said := append(slices.Clone(p.before), study.Exchange{Request: p.Request, Reply: r})
	answers := p.Session.Answers(said)
	if len(answers) <= p.cell {
		return a, false
	}
	return answers[p.cell], true
}
