package llm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
)

func init() { Register("anthropic", &claude{}) }

// claude asks Anthropic's models through their interface for messages.
type claude struct{ clients sync.Map }

const (
	anthropicEndpoint = "https://api.anthropic.com"
	anthropicVariable = "ANTHROPIC_API_KEY"

	// anthropicTokens is the limit of tokens where the study sets none: the
	// interface demands one.
	anthropicTokens = 1024
)

// Can returns what the interface has. Newer models refuse to continue a message
// that was begun for them, which a probe finds out.
func (*claude) Can() Capabilities {
	return Capabilities{Schema: true, Prefill: true, Batch: true}
}

// Wire returns a request as it is sent.
func (p *claude) Wire(r *Request) (Wire, error) {
	o := &r.Options
	switch {
	case o.Seed != nil:
		return Wire{}, errors.New("the interface of Anthropic has no seed for sampling; remove seed from the model")
	case o.Logprobs > 0:
		return Wire{}, errors.New("the interface of Anthropic has no log-probabilities; ask by elicit = \"text\", \"json\" or \"distribution\"")
	case o.Template != "":
		return Wire{}, errors.New("the interface of Anthropic has no plain completions; remove template from the model")
	}
	system, turns := split(r.Messages)
	if len(turns) == 0 {
		return Wire{}, errors.New("a request without messages")
	}
	b := newBody()
	b.text("model", r.Model)
	b.messages("messages", turns)
	b.integer("max_tokens", int64(cmp.Or(o.MaxTokens, anthropicTokens)))
	if system != "" {
		b.text("system", system)
	}
	if o.Temperature != nil {
		b.number("temperature", *o.Temperature)
	}
	if o.TopP != nil {
		b.number("top_p", *o.TopP)
	}
	if o.Schema != nil {
		schema, err := canonicalJSON(o.Schema)
		if err != nil {
			return Wire{}, fmt.Errorf("the schema of the reply is no JSON: %w", err)
		}
		b.raw("output_config", `{"format":{"schema":`, schema, `,"type":"json_schema"}}`)
	}
	if err := b.extra(o.Extra, "model", "messages", "system", "stream"); err != nil {
		return Wire{}, err
	}
	return Wire{Path: "v1/messages", Body: b.done()}, nil
}

// split returns the system messages, joined, and the others: the interface
// takes what the system says apart from the conversation.
func split(messages []Message) (system string, turns []Message) {
	var says []string
	turns = make([]Message, 0, len(messages))
	for _, m := range messages {
		if m.Role == System {
			says = append(says, m.Text)
		} else {
			turns = append(turns, m)
		}
	}
	return strings.Join(says, "\n\n"), turns
}

// Ask sends a request.
func (p *claude) Ask(ctx context.Context, r *Request, w Wire) (*Reply, error) {
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
	reply, e := c.readAnthropic(got)
	if e != nil {
		return nil, e
	}
	return reply.received(sent), nil
}

// call returns what is needed to send a request and to tell of its failure.
func (p *claude) call(r *Request) (*call, *Error) {
	// The paths of the interface begin with v1: an endpoint may end in it or not.
	endpoint := strings.TrimSuffix(strings.TrimRight(cmp.Or(r.Endpoint, anthropicEndpoint), "/"), "/v1")
	c := &call{r: r, endpoint: endpoint, variable: cmp.Or(r.KeyEnv, anthropicVariable)}
	u, err := url.Parse(endpoint)
	var e *Error
	c.key, e = apiKey(r, anthropicVariable, err == nil && u.Hostname() == "api.anthropic.com")
	return c, e
}

// client returns the library's client for an endpoint and key, made without
// what its constructor reads from the environment.
func (p *claude) client(c *call) *anthropic.Client {
	at := [2]string{c.endpoint, c.key}
	if known, ok := p.clients.Load(at); ok {
		return known.(*anthropic.Client)
	}
	options := []option.RequestOption{
		option.WithBaseURL(c.endpoint),
		option.WithHTTPClient(client),
		option.WithMaxRetries(0),
	}
	if c.key != "" {
		options = append(options, option.WithAPIKey(c.key))
	}
	known, _ := p.clients.LoadOrStore(at, &anthropic.Client{Options: options})
	return known.(*anthropic.Client)
}

// anthropicReply is a reply as the interface for messages writes it.
type anthropicReply struct {
	Type    string          `json:"type"`
	Error   json.RawMessage `json:"error"`
	ID      string          `json:"id"`
	Model   string          `json:"model"`
	Content []struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		Thinking string `json:"thinking"`
	} `json:"content"`
	Stop  string `json:"stop_reason"`
	Usage struct {
		Input  int `json:"input_tokens"` // those that no cache had a part in
		Read   int `json:"cache_read_input_tokens"`
		Wrote  int `json:"cache_creation_input_tokens"`
		Output int `json:"output_tokens"`
	} `json:"usage"`
}

// finishes are the reasons of Anthropic in the words of Finish.
var finishes = map[string]Finish{
	"end_turn":                      Stop,
	"stop_sequence":                 Stop,
	"max_tokens":                    Length,
	"model_context_window_exceeded": Length,
	"refusal":                       Refused,
}

// readAnthropic reads what Anthropic's server sent back.
func (c *call) readAnthropic(got *received) (*Reply, *Error) {
	if got.status >= 400 {
		return nil, c.refused(got)
	}
	var r anthropicReply
	if err := json.Unmarshal(got.raw, &r); err != nil {
		return nil, c.garbled(got)
	}
	if len(r.Error) > 0 && string(r.Error) != "null" {
		return nil, c.refused(got)
	}
	if r.Type != "message" {
		return nil, c.garbled(got)
	}
	reply := &Reply{
		Finish:    Finish(r.Stop),
		Input:     r.Usage.Input + r.Usage.Read + r.Usage.Wrote,
		Output:    r.Usage.Output,
		Cached:    r.Usage.Read,
		Served:    r.Model,
		RequestID: cmp.Or(c.requestID(got), r.ID),
	}
	if f, ok := finishes[r.Stop]; ok {
		reply.Finish = f
	}
	for _, part := range r.Content {
		switch part.Type {
		case "text":
			reply.Text += part.Text
		case "thinking":
			reply.Reasoning += part.Thinking
		}
	}
	if reply.Finish == Refused {
		reply.Text, reply.Refusal = "", reply.Text
	}
	return reply, nil
}
