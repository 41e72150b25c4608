package llm

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Provider is an interface behind which models are asked. One file each.
type Provider interface {
	// Wire returns the request as it is sent. Equal requests give equal bytes.
	// An error names an option that the provider does not have.
	Wire(r *Request) (Wire, error)
	// Ask sends a request and returns the reply as received. It tries once;
	// an error is an *Error, or that of the context.
	Ask(ctx context.Context, r *Request, w Wire) (*Reply, error)
	// Can says what the provider's interface has. A server behind it may have
	// less, which Probe finds out.
	Can() Capabilities
}

// Capabilities are what a provider or a server can do beyond answering.
type Capabilities struct {
	Seed        bool // sampling with a seed
	Logprobs    int  // most alternatives to a token, 0 for no log-probabilities
	Schema      bool // replies that follow a JSON schema
	Prefill     bool // continues an assistant's message
	Completions bool // plain completions of a prompt
	Batch       bool
	Tuning      bool
}

// Kind says what became of a request that got no reply.
type Kind string

// Kinds of errors. Those that pass are worth asking again.
const (
	RateLimited Kind = "rate limited"      // passes
	ServerError Kind = "server error"      // passes
	TimedOut    Kind = "timed out"         // passes
	Unreachable Kind = "unreachable"       // passes
	Garbled     Kind = "garbled reply"     // passes: no JSON, cut short, HTML
	Unanswered  Kind = "left by its batch" // passes
	NoKey       Kind = "no API key"
	WrongKey    Kind = "API key refused"
	UnknownName Kind = "unknown model"
	BadRequest  Kind = "request refused"
	TooLong     Kind = "prompt too long"
	TooLarge    Kind = "reply too large"
	NoQuota     Kind = "out of quota"
	Untrusted   Kind = "certificate not trusted"
)

// Passing says whether asking again may help.
func (k Kind) Passing() bool {
	switch k {
	case RateLimited, ServerError, TimedOut, Unreachable, Garbled, Unanswered:
		return true
	}
	return false
}

// Error is a request without a reply.
type Error struct {
	Kind   Kind
	Status int           // of HTTP, 0 when there was none
	After  time.Duration // that the server asks to wait, 0 when it does not say
	Msg    string        // for people, with the way out; never holds an API key
}

func (e *Error) Error() string {
	if e.Status > 0 {
		return fmt.Sprintf("%s (HTTP %d): %s", e.Kind, e.Status, e.Msg)
	}
	return fmt.Sprintf("%s: %s", e.Kind, e.Msg)
}

var providers = map[string]Provider{}

// Register adds a provider. A second one of the same name is a bug.
func Register(name string, p Provider) {
	if _, ok := providers[name]; ok {
		panic("llm: provider " + name + " is registered twice")
	}
	providers[name] = p
}

// Named returns the provider of a name.
func Named(name string) (Provider, bool) {
	p, ok := providers[name]
	return p, ok
}

// Providers returns the names of the registered providers, sorted.
func Providers() []string { return slices.Sorted(maps.Keys(providers)) }
