package collect

import (
	"strconv"
	"sync"

	"silico/internal/llm"
)

// echoes remember the requests of one model that involve no chance, while a plan
// is gone through. People who look alike are asked in the same words, and a
// request that is the same is put into a body, digested and looked up once, or
// once more after mostEchoes others.
type echoes struct {
	mu sync.RWMutex
	of map[string]*echo
}

// mostEchoes bounds the memory: where no two people look alike, a million
// requests would be remembered and none of them met again.
const mostEchoes = 1 << 14

// echo is one such request.
type echo struct {
	wire  llm.Wire
	keys  []llm.Key
	once  sync.Once
	reply *llm.Reply // nil when none is kept
	print fingerprint
}

func newEchoes() *echoes { return &echoes{of: make(map[string]*echo)} }

// hear returns the echo of a request of the model, made where it is the first of
// its kind; nil for a request in which chance has a part.
func (e *echoes) hear(r *llm.Request, p llm.Provider) (*echo, error) {
	if e == nil || r.Sampled {
		return nil, nil
	}
	words := appendIdentity(make([]byte, 0, 1024), r)
	e.mu.RLock()
	found := e.of[string(words)]
	e.mu.RUnlock()
	if found != nil {
		return found, nil
	}
	w, err := p.Wire(r)
	if err != nil {
		return nil, err
	}
	made := &echo{wire: w, keys: llm.Keys(r, w)}
	e.mu.Lock()
	defer e.mu.Unlock()
	if found := e.of[string(words)]; found != nil {
		return found, nil
	}
	if len(e.of) == mostEchoes {
		clear(e.of)
	}
	e.of[string(words)] = made
	return made, nil
}

// appendIdentity frames what tells the requests of one model apart.
func appendIdentity(b []byte, r *llm.Request) []byte {
	add := func(s string) {
		b = strconv.AppendInt(b, int64(len(s)), 10)
		b = append(append(b, ':'), s...)
	}
	for _, m := range r.Messages {
		add(m.Role)
		add(m.Text)
	}
	o := r.Options
	for _, x := range []*float64{o.Temperature, o.TopP} {
		if x != nil {
			b = strconv.AppendFloat(b, *x, 'g', -1, 64)
		}
		b = append(b, '|')
	}
	b = strconv.AppendInt(append(b, '|'), int64(o.MaxTokens), 10)
	b = strconv.AppendInt(append(b, '|'), int64(o.Logprobs), 10)
	add(string(o.Schema))
	add(o.Template)
	return b
}

// look returns the reply to the request, looked up once.
func (e *echo) look(store kept) *llm.Reply {
	e.once.Do(func() {
		var ok bool
		if e.reply, ok = store.Look(e.keys...); ok {
			e.print = fingerprintOf(e.reply)
		}
	})
	return e.reply
}
