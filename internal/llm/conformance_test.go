package llm_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"silico/internal/llm"
	"silico/internal/llm/llmtest"
)

// target is a server on which a provider is tried: one of our own, of which
// the truth is known, or a real one.
type target struct {
	provider string
	endpoint string
	model    string
	keyEnv   string
	real     bool
	template string
}

// request is a question to the target.
func (g target) request(asked string, o llm.Options) *llm.Request {
	o.Template = g.template
	return &llm.Request{
		Provider: g.provider, Endpoint: g.endpoint, Model: g.model, KeyEnv: g.keyEnv,
		Messages: []llm.Message{{Role: llm.User, Text: asked}}, Options: o,
	}
}

// ask sends a request, for which a real server may take a while.
func (g target) ask(t *testing.T, r *llm.Request) (*llm.Reply, error) {
	t.Helper()
	p, _ := llm.Named(g.provider)
	w, err := p.Wire(r)
	if err != nil {
		t.Fatalf("wire: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	return p.Ask(ctx, r, w)
}

// mustAsk sends a request that is to be answered.
func (g target) mustAsk(t *testing.T, r *llm.Request) *llm.Reply {
	t.Helper()
	reply, err := g.ask(t, r)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return reply
}

// The environment names a real server on which to try a provider:
//
//	SILICO_TEST_ENDPOINT=http://127.0.0.1:8080/v1 SILICO_TEST_MODEL=smollm2 go test ./internal/llm -run RealServer -v
//
// with SILICO_TEST_PROVIDER (openai when it is empty), SILICO_TEST_KEY_ENV and
// SILICO_TEST_TEMPLATE besides.
func realServer(t *testing.T) target {
	t.Helper()
	g := target{
		provider: cmp.Or(os.Getenv("SILICO_TEST_PROVIDER"), "openai"),
		endpoint: os.Getenv("SILICO_TEST_ENDPOINT"),
		model:    os.Getenv("SILICO_TEST_MODEL"),
		keyEnv:   os.Getenv("SILICO_TEST_KEY_ENV"),
		template: os.Getenv("SILICO_TEST_TEMPLATE"),
		real:     true,
	}
	if g.model == "" {
		t.Skip("no real server: name one by SILICO_TEST_ENDPOINT and SILICO_TEST_MODEL (docs/models.md), or run make real-model")
	}
	return g
}

func TestProvidersConform(t *testing.T) {
	names := llm.Providers()
	if len(names) < 2 {
		t.Fatalf("providers %v are registered, want openai and anthropic among them", names)
	}
	for _, name := range names {
		s := server(t, llmtest.Config{})
		g := target{provider: name, endpoint: s.OpenAI(), model: "m"}
		if name == "anthropic" {
			g.endpoint = s.Anthropic()
		}
		t.Run(name, func(t *testing.T) { conform(t, g) })
	}
}

func TestRealServerConforms(t *testing.T) { conform(t, realServer(t)) }

// conform tries all that a provider promises on a server. Of a real server it
// says what it lacks, and fails only where the provider is wrong about it.
func conform(t *testing.T, g target) {
	p, ok := llm.Named(g.provider)
	if !ok {
		t.Fatalf("there is no provider %q; there are %v", g.provider, llm.Providers())
	}
	const asked = "Would you shout at the driver? Answer no, perhaps or yes."
	zero := ptr(0.0)

	want := p.Can()
	want.Batch, want.Tuning = false, false
	can, err := llm.Probe(t.Context(), p, g.request("", llm.Options{}), want)
	if err != nil {
		t.Fatalf("probe: %v", err)
	}
	t.Logf("the provider says %+v", want)
	t.Logf("a probe found    %+v", can)
	if !g.real && can != want {
		t.Errorf("a probe found %+v, want all that the provider says: %+v", can, want)
	}

	t.Run("equal requests are equal bytes, and any difference shows", func(t *testing.T) {
		first, err := p.Wire(g.request(asked, llm.Options{Temperature: ptr(0.5)}))
		if err != nil {
			t.Fatal(err)
		}
		again, _ := p.Wire(g.request(asked, llm.Options{Temperature: ptr(0.5)}))
		other, _ := p.Wire(g.request(asked, llm.Options{Temperature: ptr(0.25)}))
		if first.Path != again.Path || first.Body != again.Body {
			t.Errorf("%s and %s", first.Body, again.Body)
		}
		if first.Body == other.Body {
			t.Errorf("a temperature of 0.5 and of 0.25 are one body: %s", other.Body)
		}
		if !json.Valid([]byte(first.Body)) {
			t.Errorf("no JSON: %s", first.Body)
		}
	})

	t.Run("a reply is whole", func(t *testing.T) {
		reply := g.mustAsk(t, g.request(asked, llm.Options{MaxTokens: 48, Temperature: zero}))
		t.Logf("%+v", *reply)
		if reply.Text == "" || reply.Finish != llm.Stop && reply.Finish != llm.Length {
			t.Errorf("text %q with finish %q, want words that stop or are cut off", reply.Text, reply.Finish)
		}
		if reply.Input == 0 || reply.Output == 0 || reply.Served == "" || reply.RequestID == "" {
			t.Errorf("usage %d and %d, served %q, request id %q; want all of them", reply.Input, reply.Output, reply.Served, reply.RequestID)
		}
		if when, err := time.Parse(time.RFC3339, reply.Date); err != nil || time.Since(when) > time.Hour || !strings.HasSuffix(reply.Date, "Z") {
			t.Errorf("date %q, want now, in UTC", reply.Date)
		}
	})

	t.Run("a limit of tokens cuts off", func(t *testing.T) {
		reply := g.mustAsk(t, g.request("Tell of a day in the rain, at length.", llm.Options{MaxTokens: 4}))
		if reply.Finish != llm.Length || reply.Output > 5 {
			t.Errorf("finish %q after %d tokens (%q), want %q after 4", reply.Finish, reply.Output, reply.Text, llm.Length)
		}
	})

	t.Run("odd characters come through", func(t *testing.T) {
		reply := g.mustAsk(t, g.request("Say \"é 日本 \U0001F600\" \\ \t\x01 <b>.\n\nAnswer no or yes.", llm.Options{MaxTokens: 8}))
		if reply.Output == 0 {
			t.Errorf("no tokens: %+v", reply)
		}
	})

	t.Run("a conversation goes on", func(t *testing.T) {
		r := g.request(asked, llm.Options{MaxTokens: 8})
		r.Messages = []llm.Message{
			{Role: llm.System, Text: "You are a woman of 31."}, {Role: llm.User, Text: asked},
			{Role: llm.Assistant, Text: "perhaps"}, {Role: llm.User, Text: "And now? Answer no or yes."},
		}
		g.mustAsk(t, r)
	})

	t.Run("options that the provider lacks are told by Wire", func(t *testing.T) {
		has := p.Can()
		for name, tt := range map[string]struct {
			has     bool
			options llm.Options
		}{
			"seed":     {has.Seed, llm.Options{Seed: ptr(int64(1))}},
			"logprobs": {has.Logprobs > 0, llm.Options{Logprobs: 1}},
			"schema":   {has.Schema, llm.Options{Schema: json.RawMessage(`{"type":"object"}`)}},
			"template": {has.Completions, llm.Options{Template: "chatml"}},
		} {
			r := g.request(asked, llm.Options{})
			r.Options = tt.options
			if _, err := p.Wire(r); (err == nil) != tt.has {
				t.Errorf("%s: has %v, and Wire says %v", name, tt.has, err)
			}
		}
	})

	t.Run("extra keys are sent, and may not say again what options say", func(t *testing.T) {
		w, err := p.Wire(g.request(asked, llm.Options{Extra: map[string]json.RawMessage{"top_k": json.RawMessage(`40`)}}))
		if err != nil || !strings.Contains(w.Body, `"top_k":40`) {
			t.Errorf("%s, %v; want top_k in it", w.Body, err)
		}
		for _, name := range []string{"model", "stream", "temperature", "max_tokens"} {
			o := llm.Options{Temperature: zero, MaxTokens: 5, Extra: map[string]json.RawMessage{name: json.RawMessage(`1`)}}
			if _, err := p.Wire(g.request(asked, o)); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("the extra key %s is taken: %v", name, err)
			}
		}
	})

	t.Run("log-probabilities", func(t *testing.T) {
		if can.Logprobs == 0 {
			t.Skip("the server has none")
		}
		reply := g.mustAsk(t, g.request(asked, llm.Options{Logprobs: can.Logprobs, MaxTokens: 3, Temperature: zero}))
		if len(reply.Tokens) == 0 {
			t.Fatal("no tokens")
		}
		text := ""
		for _, tok := range reply.Tokens {
			text += tok.Text
			mass := 0.0
			for i, top := range tok.Top {
				mass += math.Exp(top.Logprob)
				if i > 0 && top.Logprob > tok.Top[i-1].Logprob {
					t.Errorf("alternative %d of %q is likelier than the one before it", i, tok.Text)
				}
			}
			if len(tok.Top) == 0 || mass > 1.001 || tok.Logprob > 1e-6 {
				t.Errorf("token %q of log-probability %v has %d alternatives with a mass of %v", tok.Text, tok.Logprob, len(tok.Top), mass)
			}
		}
		if !strings.HasPrefix(strings.TrimSpace(text), strings.TrimSpace(reply.Text)) {
			t.Errorf("the tokens say %q, the reply %q", text, reply.Text)
		}
	})

	t.Run("log-probabilities do not change from call to call", func(t *testing.T) {
		if can.Logprobs == 0 {
			t.Skip("the server has none")
		}
		r := g.request(asked, llm.Options{Logprobs: can.Logprobs, MaxTokens: 1, Temperature: zero})
		first, again := g.mustAsk(t, r), g.mustAsk(t, r)
		for i := range min(3, len(first.Tokens[0].Top)) {
			a, b := first.Tokens[0].Top[i], again.Tokens[0].Top[i]
			if a.Text != b.Text || math.Abs(a.Logprob-b.Logprob) > 0.02 {
				t.Errorf("alternative %d is %q (%v), then %q (%v)", i, a.Text, a.Logprob, b.Text, b.Logprob)
			}
		}
	})

	t.Run("a schema", func(t *testing.T) {
		if !can.Schema {
			t.Skip("the server has none")
		}
		schema := `{"type":"object","properties":{"answer":{"type":"string","enum":["no","perhaps","yes"]}},"required":["answer"],"additionalProperties":false}`
		reply := g.mustAsk(t, g.request(asked, llm.Options{Schema: json.RawMessage(schema), MaxTokens: 64}))
		var answer struct{ Answer string }
		if err := json.Unmarshal([]byte(reply.Text), &answer); err != nil || !strings.Contains("no perhaps yes", answer.Answer) || answer.Answer == "" {
			t.Errorf("%q does not follow the schema: %v", reply.Text, err)
		}
	})

	t.Run("an answer that was begun", func(t *testing.T) {
		if !can.Prefill {
			t.Skip("the server does not go on with one")
		}
		r := g.request("Repeat: one two three four five six seven eight", llm.Options{MaxTokens: 4, Temperature: zero})
		r.Messages = append(r.Messages, llm.Message{Role: llm.Assistant, Text: "one two three four five"})
		if reply := g.mustAsk(t, r); !strings.HasPrefix(strings.TrimSpace(reply.Text), "six") {
			t.Errorf("goes on with %q, want six", reply.Text)
		}
	})

	t.Run("a run that is given up is no error of the server", func(t *testing.T) {
		r := g.request(asked, llm.Options{MaxTokens: 4})
		w, err := p.Wire(r)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.Ask(ctx, r, w); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want %v", err, context.Canceled)
		}
	})

	t.Run("nobody listens", func(t *testing.T) {
		there := g
		there.endpoint = "http://127.0.0.1:1/v1"
		_, err := there.ask(t, there.request(asked, llm.Options{}))
		wants(t, err, llm.Unreachable, "nothing listens at http://127.0.0.1:1", "start the server")
	})
}
