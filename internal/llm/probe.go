package llm

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
)

// Probes finds out what servers can do, and remembers it as long as it lives:
// that of one run. The zero value is ready for use, also by several at once.
//
// Providers say what their interface has. A server behind it may have less,
// and many do not say so: a key of the request that they do not know is
// ignored, and the answers look as if nothing had happened.
type Probes struct {
	mu    sync.Mutex
	found map[probed]*finding
}

type probed struct {
	provider, endpoint, model, template string
	what                                Capabilities
}

type finding struct {
	sync.Mutex
	known bool
	can   Capabilities
}

// Can returns which of the wanted capabilities the server of a request has.
// Only what is wanted costs calls, of a few tokens each: logprobs, schema,
// prefill and completions one, seed two. An error says that the server could
// not be asked; it is told to all who ask again.
func (ps *Probes) Can(ctx context.Context, p Provider, r *Request, want Capabilities) (Capabilities, error) {
	at := probed{r.Provider, r.Endpoint, r.Model, r.Options.Template, want}
	ps.mu.Lock()
	if ps.found == nil {
		ps.found = make(map[probed]*finding)
	}
	f, ok := ps.found[at]
	if !ok {
		f = new(finding)
		ps.found[at] = f
	}
	ps.mu.Unlock()
	f.Lock()
	defer f.Unlock()
	if f.known {
		return f.can, nil
	}
	can, err := Probe(ctx, p, r, want)
	if err != nil {
		return can, err
	}
	f.known, f.can = true, can
	return can, nil
}

// Probe asks the server of a request a few short questions and returns which
// of the wanted capabilities it has. Batch and Tuning are taken from the
// provider: trying them costs money.
func Probe(ctx context.Context, p Provider, r *Request, want Capabilities) (Capabilities, error) {
	has := p.Can()
	can := Capabilities{Batch: want.Batch && has.Batch, Tuning: want.Tuning && has.Tuning}
	pr := prober{ctx: ctx, p: p, r: r}
	if want.Completions && has.Completions {
		can.Completions = pr.completions()
	}
	if want.Logprobs > 0 && has.Logprobs > 0 {
		can.Logprobs = pr.logprobs(min(want.Logprobs, has.Logprobs))
	}
	can.Seed = want.Seed && has.Seed && pr.seed()
	can.Schema = want.Schema && has.Schema && pr.schema()
	can.Prefill = want.Prefill && has.Prefill && (r.Options.Template != "" || pr.prefill())
	return can, pr.err
}

// prober asks. After the first error that is none of the question's it asks no
// more: a server that is down has no capabilities to find.
type prober struct {
	ctx context.Context
	p   Provider
	r   *Request
	err error
}

// ask returns the reply to a question with options, nil when the server
// refuses them. Some servers break at an option that they do not know; it is
// the option when they answer the question without it.
func (pr *prober) ask(o Options, messages ...Message) *Reply {
	if pr.err != nil {
		return nil
	}
	reply, err := pr.try(o, messages)
	var e *Error
	if errors.As(err, &e) && (e.Kind == ServerError || e.Kind == Garbled) {
		if _, without := pr.try(Options{MaxTokens: 1}, messages[:1]); without == nil {
			return nil
		}
	}
	if err != nil && !(errors.As(err, &e) && e.Kind == BadRequest) {
		pr.err = err
	}
	return reply
}

// try asks once. An option that the provider says it does not have is refused
// as a server would.
func (pr *prober) try(o Options, messages []Message) (*Reply, error) {
	r := *pr.r
	r.Messages, r.Place = messages, Place{}
	o.Template, o.Extra = pr.r.Options.Template, pr.r.Options.Extra
	if o.MaxTokens == 0 {
		o.MaxTokens = 16
	}
	r.Options = o
	w, err := pr.p.Wire(&r)
	if err != nil {
		return nil, &Error{Kind: BadRequest, Msg: err.Error()}
	}
	return pr.p.Ask(pr.ctx, &r, w)
}

// completions finds out whether the server completes a plain prompt.
func (pr *prober) completions() bool {
	r := *pr.r
	if r.Options.Template == "" {
		r.Options.Template = "plain"
	}
	other := prober{ctx: pr.ctx, p: pr.p, r: &r, err: pr.err}
	reply := other.ask(Options{}, Message{User, "The bus is late. It is raining, and"})
	pr.err = other.err
	return reply != nil
}

// logprobs finds out how many alternatives to a token the server gives, asking
// for n: 0 when it drops the question without a word.
func (pr *prober) logprobs(n int) int {
	reply := pr.ask(Options{Logprobs: n, MaxTokens: 1}, Message{User, "Answer yes or no. Is water wet?"})
	if reply == nil {
		return 0
	}
	most := 0
	for _, t := range reply.Tokens {
		most = max(most, len(t.Top))
	}
	return min(most, n)
}

// seed finds out whether equal seeds give equal answers where much is left to
// chance.
func (pr *prober) seed() bool {
	temperature, seed := 1.0, int64(20261123)
	o := Options{Temperature: &temperature, Seed: &seed, MaxTokens: 24}
	m := Message{User, "Write a line of words that come to your mind by chance."}
	first, second := pr.ask(o, m), pr.ask(o, m)
	return first != nil && second != nil && first.Text == second.Text
}

// schema finds out whether a reply follows a schema of which the question says
// nothing.
func (pr *prober) schema() bool {
	reply := pr.ask(Options{
		Schema:    json.RawMessage(`{"type":"object","properties":{"colour":{"type":"string","enum":["vermilion","ultramarine"]}},"required":["colour"],"additionalProperties":false}`),
		MaxTokens: 64,
	}, Message{User, "How are you today?"})
	if reply == nil {
		return false
	}
	var answer struct {
		Colour string `json:"colour"`
	}
	err := json.Unmarshal([]byte(reply.Text), &answer)
	return err == nil && slices.Contains([]string{"vermilion", "ultramarine"}, answer.Colour)
}

// prefill finds out whether the server goes on with a message that was begun
// for it, rather than answering anew.
func (pr *prober) prefill() bool {
	reply := pr.ask(Options{MaxTokens: 8},
		Message{User, "Repeat: alpha bravo charlie delta echo foxtrot golf hotel"},
		Message{Assistant, "alpha bravo charlie delta"})
	return reply != nil && strings.HasPrefix(strings.TrimSpace(reply.Text), "echo")
}
