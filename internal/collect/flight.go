package collect

import (
	"context"
	"sync"

	"silico/internal/llm"
)

// flight holds the calls that are under way, so that one key is one call: who
// asks the same meanwhile waits for the reply.
type flight struct {
	mu    sync.Mutex
	calls map[llm.Key]*call
}

type call struct {
	done  chan struct{}
	reply *llm.Reply
	err   error
}

func newFlight() *flight { return &flight{calls: make(map[llm.Key]*call)} }

// do returns the reply that is kept, the one that somebody else is waiting for,
// or that of ask, which keeps it before it returns.
func (f *flight) do(ctx context.Context, q question, store kept, ask func() (*llm.Reply, error)) (*llm.Reply, error) {
	key := q.keys[0]
	f.mu.Lock()
	// A call leaves the flight when its reply is kept: who finds no call here
	// finds the reply there.
	if c := f.calls[key]; c != nil {
		f.mu.Unlock()
		select {
		case <-c.done:
			return c.reply, c.err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if r, ok := store.Look(q.keys...); ok {
		f.mu.Unlock()
		return r, nil
	}
	c := &call{done: make(chan struct{})}
	f.calls[key] = c
	f.mu.Unlock()

	c.reply, c.err = ask()

	f.mu.Lock()
	delete(f.calls, key)
	f.mu.Unlock()
	close(c.done)
	return c.reply, c.err
}
