package llm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func init() { Register("openai", &openAI{}) }

// openAI asks servers that have OpenAI's interface for chats, and that for
// plain completions where a template renders the prompt.
type openAI struct{ clients sync.Map }

const openAIEndpoint = "https://api.openai.com/v1"

// Can returns what the interface has.
func (*openAI) Can() Capabilities {
	return Capabilities{Seed: true, Logprobs: 20, Schema: true, Prefill: true, Completions: true, Batch: true, Tuning: true}
}

// Wire returns a request as it is sent.
func (p *openAI) Wire(r *Request) (Wire, error) {
	if len(r.Messages) == 0 {
		return Wire{}, errors.New("a request without messages")
	}
	o := &r.Options
	b := newBody()
	b.text("model", r.Model)
	if o.Temperature != nil {
		b.number("temperature", *o.Temperature)
	}
	if o.TopP != nil {
		b.number("top_p", *o.TopP)
	}
	if o.Seed != nil {
		b.integer("seed", *o.Seed)
	}
	if o.Schema != nil {
		schema, err := canonicalJSON(o.Schema)
		if err != nil {
			return Wire{}, fmt.Errorf("the schema of the reply is no JSON: %w", err)
		}
		b.raw("response_format", `{"json_schema":{"name":"answer","schema":`, schema, `,"strict":true},"type":"json_schema"}`)
	}
	path, own := "chat/completions", ownOpenAI(r.Endpoint)
	switch {
	case o.Template != "":
		path = "completions"
		if err := completionBody(b, r); err != nil {
			return Wire{}, err
		}
	case own && r.Messages[len(r.Messages)-1].Role == Assistant:
		return Wire{}, errors.New("OpenAI's own models do not continue a message that was begun for them")
	default:
		chatBody(b, r, own)
	}
	if err := b.extra(o.Extra, "model", "messages", "prompt", "stream", "n", "logprobs", "top_logprobs"); err != nil {
		return Wire{}, err
	}
	return Wire{Path: path, Body: b.done()}, nil
}

// chatBody adds the keys of a chat.
func chatBody(b *body, r *Request, own bool) {
	b.messages("messages", r.Messages)
	if n := r.Options.MaxTokens; n > 0 {
		// OpenAI renamed the key when its models began to think; other servers
		// know the old name, and not all of them the new one.
		name := "max_tokens"
		if own {
			name = "max_completion_tokens"
		}
		b.integer(name, int64(n))
	}
	if n := r.Options.Logprobs; n > 0 {
		b.raw("logprobs", "true")
		b.integer("top_logprobs", int64(n))
	}
	if r.Messages[len(r.Messages)-1].Role == Assistant {
		// vLLM continues a message only when told to; other servers do it
		// anyway and ignore these.
		b.raw("add_generation_prompt", "false")
		b.raw("continue_final_message", "true")
	}
}

// completionBody adds the keys of a plain completion.
func completionBody(b *body, r *Request) error {
	t, err := templateOf(r.Options.Template)
	if err != nil {
		return err
	}
	b.prompt("prompt", t, r.Messages)
	if n := r.Options.MaxTokens; n > 0 {
		b.integer("max_tokens", int64(n))
	}
	if n := r.Options.Logprobs; n > 0 {
		b.integer("logprobs", int64(n))
	}
	if t.end != "" && r.Options.Extra["stop"] == nil {
		b.raw("stop", "[", quoted(t.end), "]")
	}
	return nil
}

// ownOpenAI says whether an endpoint is OpenAI's, or runs its models on Azure.
// Every request asks it, and there are few endpoints.
func ownOpenAI(endpoint string) bool {
	if known, ok := owners.Load(endpoint); ok {
		return known.(bool)
	}
	own := endpoint == "" || endpoint == openAIEndpoint
	if u, err := url.Parse(endpoint); err == nil && !own {
		host := u.Hostname()
		own = host == "api.openai.com" || strings.HasSuffix(host, ".api.openai.com") ||
			strings.HasSuffix(host, ".openai.azure.com") || strings.HasSuffix(host, ".services.ai.azure.com")
	}
	owners.Store(endpoint, own)
	return own
}

var owners sync.Map // of endpoints: whether they are OpenAI's own

// Ask sends a request.
func (p *openAI) Ask(ctx context.Context, r *Request, w Wire) (*Reply, error) {
	c, e := p.call(r)
	if e != nil {
		return nil, e
	}
	sent := time.Now()
	got, err := c.send(ctx, func(into **http.Response) error {
		return p.client(c).Post(ctx, w.Path, []byte(w.Body), into)
	})
	if err != nil {
		return nil, err
	}
	reply, e := c.readOpenAI(got)
	if e != nil {
		return nil, e
	}
	return reply.received(sent), nil
}

// call returns what is needed to send a request and to tell of its failure.
func (p *openAI) call(r *Request) (*call, *Error) {
	const variable = "OPENAI_API_KEY"
	c := &call{r: r, endpoint: r.Endpoint, variable: r.KeyEnv}
	if c.endpoint == "" {
		c.endpoint = openAIEndpoint
	}
	if c.variable == "" {
		c.variable = variable
	}
	var e *Error
	c.key, e = apiKey(r, variable, ownOpenAI(r.Endpoint))
	return c, e
}

// client returns the library's client for an endpoint and key. It is made
// without the library's constructor, which would read addresses, keys and
// headers from the environment that no study names.
func (p *openAI) client(c *call) *openai.Client {
	at := [2]string{c.endpoint, c.key}
	if known, ok := p.clients.Load(at); ok {
		return known.(*openai.Client)
	}
	options := []option.RequestOption{
		option.WithBaseURL(c.endpoint),
		option.WithHTTPClient(client),
		option.WithMaxRetries(0),
	}
	if c.key != "" {
		options = append(options, option.WithAPIKey(c.key))
	}
	known, _ := p.clients.LoadOrStore(at, &openai.Client{Options: options})
	return known.(*openai.Client)
}
