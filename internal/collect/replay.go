package collect

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"silico/internal/llm"
	"silico/internal/study"
)

// kept is where replies are looked up, by the first of some keys that has one.
type kept interface {
	Look(keys ...llm.Key) (*llm.Reply, bool)
}

// listener is told of every session of the plan.
type listener interface {
	// hear is called with each conversation as far as its replies are kept,
	// with several at the same time.
	hear(c *conversation) error
	// file is called with each afterwards, in the order of the plan.
	file(c *conversation)
}

// stretch is how many sessions are gone through at a time: enough that workers
// do not wait for each other, few enough to be no burden.
const stretch = 4096

// replay goes through the sessions of all asked models with the replies that
// are kept: the models in the order of the study, respondents in the order of
// the people file, draws. It asks nobody.
func replay(ctx context.Context, s *study.Study, store kept, workers int, to listener) error {
	r := make(ranks)
	for _, m := range s.Models {
		if m.Kind() != "asked" {
			continue
		}
		p, ok := llm.Named(m.Provider)
		if !ok {
			return fmt.Errorf("model %s: there is no provider %s", m.Name, m.Provider)
		}
		e := newEchoes()
		for part := range stretches(s.Sessions(m)) {
			if err := r.replay(ctx, part, p, e, store, workers, to); err != nil {
				return err
			}
		}
	}
	return nil
}

// stretches divides sessions into stretches. Each is gone when the next one comes.
func stretches(sessions iter.Seq[*study.Session]) iter.Seq[[]*study.Session] {
	return func(yield func([]*study.Session) bool) {
		part := make([]*study.Session, 0, stretch)
		for s := range sessions {
			if part = append(part, s); len(part) == stretch {
				if !yield(part) {
					return
				}
				part = part[:0]
			}
		}
		if len(part) > 0 {
			yield(part)
		}
	}
}

// replay goes through one stretch: openings, ranks, and then what is kept.
// Sessions that look like an earlier one come last, with what it was told.
func (r ranks) replay(ctx context.Context, part []*study.Session, p llm.Provider, e *echoes, store kept, workers int, to listener) error {
	talks := make([]*conversation, len(part))
	err := spread(ctx, len(part), workers, func(i int) error {
		talks[i] = &conversation{Session: part[i], provider: p, echoes: e, likeness: likenessOf(part[i])}
		return nil
	})
	if err != nil {
		return err
	}
	first := make(lookalikes)
	var own, others []*conversation
	for _, c := range talks {
		if first.meet(c); c.like != nil {
			others = append(others, c)
			continue
		}
		own = append(own, c)
		if c.likeness != (likeness{}) && len(part) < stretch {
			c.echoes = nil // nobody asks the same later: its lookalikes are all here
		}
	}
	if err := spread(ctx, len(own), workers, func(i int) error { return own[i].begin() }); err != nil {
		return err
	}
	for _, c := range talks {
		if c.like != nil {
			c.opening = c.like.opening
		}
		r.take(c)
	}
	for _, list := range [][]*conversation{own, others} {
		err := spread(ctx, len(list), workers, func(i int) error {
			if err := list[i].recall(store); err != nil {
				return err
			}
			return to.hear(list[i])
		})
		if err != nil {
			return err
		}
	}
	for _, c := range talks {
		to.file(c)
	}
	return nil
}

// spread calls do for 0 to n-1, with several workers. Each takes the next few when
// it is done with some: a conversation may be a hundred times as long as another.
func spread(ctx context.Context, n, workers int, do func(i int) error) error {
	const few = 8
	var taken atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range max(1, workers) {
		g.Go(func() error {
			for ctx.Err() == nil {
				hi := int(taken.Add(few))
				if hi-few >= n {
					break
				}
				for i := hi - few; i < min(hi, n); i++ {
					if err := do(i); err != nil {
						return err
					}
				}
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}
