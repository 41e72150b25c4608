package llm_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"silico/internal/llm"
	"silico/internal/llm/llmtest"
)

// server starts a server that ends with the test.
func server(t testing.TB, c llmtest.Config) *llmtest.Server {
	t.Helper()
	s, err := llmtest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// request is a question with options in its words.
func request(provider, endpoint string) *llm.Request {
	return &llm.Request{
		Provider: provider, Model: "m", Endpoint: endpoint,
		Messages: []llm.Message{
			{Role: llm.System, Text: "You are a woman of 31."},
			{Role: llm.User, Text: "Would you curse? Answer no, perhaps or yes."},
		},
		Options: llm.Options{MaxTokens: 20},
	}
}

// ask sends a request as the driver of a run does.
func ask(t testing.TB, r *llm.Request) (*llm.Reply, error) {
	t.Helper()
	p, ok := llm.Named(r.Provider)
	if !ok {
		t.Fatalf("there is no provider %q", r.Provider)
	}
	w, err := p.Wire(r)
	if err != nil {
		t.Fatalf("wire: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	return p.Ask(ctx, r, w)
}

func ptr[T any](v T) *T { return &v }

func TestOpenAIBodiesAreCanonicalJSON(t *testing.T) {
	all := llm.Options{
		Temperature: ptr(0.7), TopP: ptr(1.0), MaxTokens: 5, Seed: ptr(int64(-3)), Logprobs: 20,
		Schema: json.RawMessage(`{ "type": "object", "additionalProperties": false }`),
		Extra: map[string]json.RawMessage{
			"min_p": json.RawMessage(`0.05`), "logit_bias": json.RawMessage(`{"20": 1, "10": [1, {"z": 1, "a": 2}]}`), "aardvark": json.RawMessage(`null`),
		},
	}
	tests := []struct {
		name     string
		endpoint string
		options  llm.Options
		messages []llm.Message
		path     string
		body     string
	}{
		{
			"nothing but the question", "", llm.Options{},
			[]llm.Message{{Role: "user", Text: "\"Ja?\"\\\n\x01\x7f é 日本 \xff <b>&"}},
			"chat/completions",
			`{"messages":[{"content":"\"Ja?\"\\\n\u0001\u007f é 日本 ` + "\uFFFD" + ` <b>&","role":"user"}],"model":"m"}`,
		},
		{
			"every option, a server of one's own", "http://127.0.0.1:8080/v1", all,
			[]llm.Message{{Role: "system", Text: "s"}, {Role: "user", Text: "q"}},
			"chat/completions",
			`{"aardvark":null,"logit_bias":{"10":[1,{"a":2,"z":1}],"20":1},"logprobs":true,"max_tokens":5,"messages":[{"content":"s","role":"system"},{"content":"q","role":"user"}],"min_p":0.05,"model":"m","response_format":{"json_schema":{"name":"answer","schema":{"additionalProperties":false,"type":"object"},"strict":true},"type":"json_schema"},"seed":-3,"temperature":0.7,"top_logprobs":20,"top_p":1}`,
		},
		{
			"OpenAI's own name for the limit of tokens", "", llm.Options{MaxTokens: 5},
			[]llm.Message{{Role: "user", Text: "q"}},
			"chat/completions",
			`{"max_completion_tokens":5,"messages":[{"content":"q","role":"user"}],"model":"m"}`,
		},
		{
			"an answer to be continued", "http://127.0.0.1:8080/v1", llm.Options{},
			[]llm.Message{{Role: "user", Text: "q"}, {Role: "assistant", Text: "per"}},
			"chat/completions",
			`{"add_generation_prompt":false,"continue_final_message":true,"messages":[{"content":"q","role":"user"},{"content":"per","role":"assistant"}],"model":"m"}`,
		},
		{
			"a plain completion", "http://127.0.0.1:8080/v1", llm.Options{Template: "chatml", Logprobs: 5, MaxTokens: 1},
			[]llm.Message{{Role: "user", Text: "q"}, {Role: "assistant", Text: "per"}},
			"completions",
			`{"logprobs":5,"max_tokens":1,"model":"m","prompt":"<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\nper","stop":["<|im_end|>"]}`,
		},
	}
	p, _ := llm.Named("openai")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range 20 { // the order of a map must not matter
				w, err := p.Wire(&llm.Request{Model: "m", Endpoint: tt.endpoint, Options: tt.options, Messages: tt.messages})
				if err != nil {
					t.Fatal(err)
				}
				if w.Path != tt.path || w.Body != tt.body {
					t.Fatalf("sent to %s:\n%s\nwant to %s:\n%s", w.Path, w.Body, tt.path, tt.body)
				}
				if !json.Valid([]byte(w.Body)) {
					t.Fatalf("no JSON: %s", w.Body)
				}
			}
		})
	}
}

func TestOpenAIRepliesAreReadWhole(t *testing.T) {
	s := server(t, llmtest.Config{})
	r := request("openai", s.OpenAI())
	reply, err := ask(t, r)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(" no No perhaps Perhaps yes Yes Well, that depends.", reply.Text) || reply.Finish != llm.Stop {
		t.Errorf("text %q, finish %q; want one of the options, stop", reply.Text, reply.Finish)
	}
	if reply.Served != "m-2026-01-01" || reply.Print != "fp_llmtest" || reply.RequestID != "req-1" {
		t.Errorf("served %q, fingerprint %q, request id %q", reply.Served, reply.Print, reply.RequestID)
	}
	if reply.Input == 0 || reply.Output == 0 {
		t.Errorf("usage of %d and %d tokens, want some", reply.Input, reply.Output)
	}
	if when, err := time.Parse(time.RFC3339, reply.Date); err != nil || time.Since(when) > time.Minute {
		t.Errorf("date %q, want now", reply.Date)
	}
	if reply.Tokens != nil {
		t.Errorf("log-probabilities %v, want none where none were asked for", reply.Tokens)
	}
}

func TestLogprobsAreThoseOfTheServersDistribution(t *testing.T) {
	s := server(t, llmtest.Config{})
	for _, template := range append([]string{""}, llm.Templates()...) {
		t.Run("template "+template, func(t *testing.T) {
			r := request("openai", s.OpenAI())
			r.Options = llm.Options{Template: template, Logprobs: 20, MaxTokens: 1}
			reply, err := ask(t, r)
			if err != nil {
				t.Fatal(err)
			}
			if len(reply.Tokens) != 1 {
				t.Fatalf("%d tokens with log-probabilities, want 1", len(reply.Tokens))
			}
			sum, spellings := 0.0, 0
			for _, top := range reply.Tokens[0].Top {
				sum += math.Exp(top.Logprob)
				if strings.EqualFold(strings.TrimSpace(top.Text), "perhaps") {
					spellings++
				}
			}
			if math.Abs(sum-1) > 1e-9 {
				t.Errorf("alternatives add up to %v, want 1: the server has fewer than twenty", sum)
			}
			if spellings != 3 {
				t.Errorf("%d spellings of perhaps, want 3: %v", spellings, reply.Tokens[0].Top)
			}
		})
	}
}

// wants checks that an error is of a kind and tells what to do.
func wants(t *testing.T, err error, kind llm.Kind, parts ...string) {
	t.Helper()
	var e *llm.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T), want an *llm.Error of kind %q", err, err, kind)
	}
	if e.Kind != kind {
		t.Errorf("kind %q, want %q: %v", e.Kind, kind, err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

func BenchmarkOpenAI(b *testing.B) {
	s := server(b, llmtest.Config{})
	r := request("openai", s.OpenAI())
	p, _ := llm.Named("openai")
	w, err := p.Wire(r)
	if err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := p.Ask(context.Background(), r, w); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkOpenAIWire(b *testing.B) {
	r := request("openai", "http://127.0.0.1:1/v1")
	p, _ := llm.Named("openai")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Wire(r); err != nil {
			b.Fatal(err)
		}
	}
}
