package collect

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"silico/internal/llm"
)

// endpoint is a server that is asked, with the limits that its models share.
type endpoint struct {
	run      *Run
	name     string
	models   []*askedModel
	gate     *gate
	requests rate
	tokens   rate
}

// newEndpoint makes the endpoint of some models. Its limits are the narrowest of
// those that the run and the models set.
func newEndpoint(r *Run, name string, models []*askedModel) *endpoint {
	workers, requests, tokens := r.Workers, r.Requests, r.Tokens
	for _, m := range models {
		workers = narrower(workers, m.Model.Workers)
		requests = narrower(requests, m.Model.RequestsPerMinute)
		tokens = narrower(tokens, m.Model.TokensPerMinute)
	}
	return &endpoint{run: r, name: name, models: models, gate: newGate(workers, r.Patience),
		requests: rate{perMinute: requests}, tokens: rate{perMinute: tokens}}
}

// narrower returns the smaller of two limits, of which 0 is none.
func narrower(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// work holds the conversations of all models, begun in the order of the plan.
// It returns when they are over and nobody waits for a reply any more. The
// error is one of the store, which stops everybody.
func (e *endpoint) work(ctx context.Context) error {
	var talks []func() error
	for _, m := range e.models {
		for i := range m.pending {
			talks = append(talks, func() error { return e.converse(ctx, m, &m.pending[i]) })
		}
		for _, p := range m.again {
			talks = append(talks, func() error { return e.repeat(ctx, m, p) })
		}
	}
	var next atomic.Int64
	g := new(errgroup.Group)
	for range e.run.crowd(len(talks)) {
		g.Go(func() error {
			for ctx.Err() == nil && !e.run.tally.full() {
				i := int(next.Add(1)) - 1
				if i >= len(talks) {
					return nil
				}
				if err := talks[i](); err != nil {
					e.run.stop(err)
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// converse goes on with a session until it is over or cannot go on.
func (e *endpoint) converse(ctx context.Context, m *askedModel, p *pending) error {
	c, err := p.resume(e.run.store)
	if err != nil {
		return err
	}
	_, owed := c.answers()
	e.run.tally.answered(p.owed - owed) // what others were told in the same words since
	for len(c.lacking) > 0 {
		for _, q := range c.lacking {
			_, err := e.run.flight.do(ctx, q, e.run.store, func() (*llm.Reply, error) { return e.ask(ctx, m, q) })
			if unkept := (*unkept)(nil); errors.As(err, &unkept) {
				return err
			}
			if err != nil {
				return nil // it is counted, and said where it is news
			}
		}
		// What was said is looked up again, so that a run and a replay read the
		// same.
		c.lacking = nil
		if err := c.recall(e.run.store); err != nil {
			return err
		}
		_, now := c.answers()
		e.run.tally.answered(owed - now)
		owed = now
	}
	return nil
}

// repeat asks one question of a session once more, behind what was said before
// it.
func (e *endpoint) repeat(ctx context.Context, m *askedModel, p *pick) error {
	c := p.resume()
	for !p.over(c) {
		questions, err := c.next()
		if err != nil {
			return err
		}
		replies := make([]*llm.Reply, len(questions))
		for i, q := range questions {
			replies[i], err = e.run.flight.do(ctx, q, e.run.store, func() (*llm.Reply, error) { return e.ask(ctx, m, q) })
			if unkept := (*unkept)(nil); errors.As(err, &unkept) {
				return err
			}
			if err != nil {
				return nil // it is counted, and said where it is news
			}
		}
		c.hear(questions, replies)
	}
	e.run.tally.answered(1)
	return nil
}

// unkept is a reply that could not be written.
type unkept struct{ error }

func (u *unkept) Unwrap() error { return u.error }

// mostTries is how often one question is sent to an endpoint that is not down.
const mostTries = 12

// ask sends a question until it is answered and kept, fails for good, or has
// failed too often.
func (e *endpoint) ask(ctx context.Context, m *askedModel, q question) (*llm.Reply, error) {
	r := e.run
	if !r.tally.one() {
		return nil, ErrLimit
	}
	defer r.tally.over()
	failures := 0
	for {
		if err := m.givenUp(); err != nil {
			return nil, err
		}
		reply, down, err := e.send(ctx, m, q)
		var failed *llm.Error
		switch {
		case err == nil:
			m.hope()
			return reply, nil
		case !errors.As(err, &failed):
			return nil, err
		case !failed.Kind.Passing():
			r.tally.lose(m, q, failed)
			if m.trouble(failed) {
				r.say("model %s is asked no more: %v", m.Model.Name, failed)
			}
			return nil, err
		case down: // the endpoint's trouble, not the question's
			failures = max(1, failures)
		default:
			failures++
		}
		if failures >= mostTries {
			r.tally.lose(m, q, failed)
			return nil, err
		}
		if err := sleep(ctx, backoff(failures, failed.After, r.streams.At("retry/"+q.keys[0].String(), uint64(failures)))); err != nil {
			return nil, err
		}
	}
}

// send sends a question once. down says whether the endpoint seems to be down.
func (e *endpoint) send(ctx context.Context, m *askedModel, q question) (reply *llm.Reply, down bool, err error) {
	estimate := letters(q.Request)/perToken + expected(q.Request)
	p, err := e.enter(ctx, estimate)
	if err != nil {
		return nil, false, err
	}
	bill := e.run.ledger.reserve(m, q)
	if bill == nil {
		e.gate.leave(p)
		e.run.stop(ErrBudget)
		return nil, false, ErrBudget
	}
	reply, err = e.call(ctx, m, q)
	var failed *llm.Error
	switch {
	case err == nil:
		reply.Price = bill.settle(reply)
		e.tokens.correct(reply.Input + reply.Output - estimate)
		return reply, false, e.keep(p, q, reply)
	case errors.As(err, &failed) && failed.Kind.Passing():
		bill.settle(nil)
		e.news(e.gate.failure(p, failed.After), failed)
		down, _ = e.gate.down()
		return nil, down, err
	}
	bill.settle(nil)
	e.gate.leave(p)
	return nil, false, err
}

// enter waits until a request of about so many tokens may be sent.
func (e *endpoint) enter(ctx context.Context, tokens int) (pass, error) {
	if err := e.requests.take(ctx, 1); err != nil {
		return pass{}, err
	}
	if err := e.tokens.take(ctx, tokens); err != nil {
		return pass{}, err
	}
	p, err := e.gate.enter(ctx)
	if err == nil && ctx.Err() != nil { // since somebody has let us in
		e.gate.leave(p)
		return pass{}, context.Cause(ctx)
	}
	return p, err
}

// call asks the provider. A request that was sent is paid for: nothing but its
// own time ends it.
func (e *endpoint) call(ctx context.Context, m *askedModel, q question) (*llm.Reply, error) {
	timeout := e.run.timeout(m.Model)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	e.run.tally.sent()
	reply, err := m.provider.Ask(ctx, q.Request, q.wire)
	err = e.failure(err, timeout)
	e.run.tally.back(reply, err)
	return reply, err
}

// keep keeps a reply and gives up its place in the gate. That is done when the
// reply is safe: while the disk is slow, no more replies wait for it than there
// are places.
func (e *endpoint) keep(p pass, q question, reply *llm.Reply) error {
	if err := e.run.store.Keep(q.Request, q.wire, reply); err != nil {
		e.run.stop(err) // before the next is let in, whose reply would be lost too
		e.gate.leave(p)
		return &unkept{err}
	}
	e.news(e.gate.reply(p), nil)
	return nil
}

// failure returns what went wrong as an error of a kind.
func (e *endpoint) failure(err error, timeout time.Duration) error {
	var failed *llm.Error
	switch {
	case err == nil || errors.As(err, &failed):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return &llm.Error{Kind: llm.TimedOut, Msg: fmt.Sprintf("no reply within %s", timeout)}
	}
	return &llm.Error{Kind: llm.Unreachable, Msg: err.Error()}
}

// news says that the endpoint went down, came back or is given up.
func (e *endpoint) news(c change, failed *llm.Error) {
	switch c {
	case wentDown:
		_, until := e.gate.down()
		e.run.say("%s seems to be down: %v; trying again in %s", e.name, failed, time.Until(until).Round(time.Second))
	case cameBack:
		e.run.say("%s answers again", e.name)
	case givenUp:
		// The failure is not wrapped: a request that waits at the gate did not
		// meet it, and is not sent again because it may pass.
		err := fmt.Errorf("%s is given up, since %s: %v", e.name, e.gate.circuit.tooLong(), failed)
		e.run.tally.giveUp(err)
		e.run.say("%v", err)
		e.gate.close(err)
	}
}
