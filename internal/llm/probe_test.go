package llm_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"silico/internal/llm"
	"silico/internal/llm/llmtest"
)

func TestProbesFindOutWhatServersSilentlyLack(t *testing.T) {
	p, _ := llm.Named("openai")
	all := p.Can()
	all.Batch, all.Tuning = false, false
	without := func(change func(*llm.Capabilities)) llm.Capabilities {
		c := all
		change(&c)
		return c
	}
	tests := []struct {
		name  string
		lacks llmtest.Lacks
		want  llm.Capabilities
	}{
		{"nothing", llmtest.Lacks{}, all},
		{"log-probabilities", llmtest.Lacks{Logprobs: true}, without(func(c *llm.Capabilities) { c.Logprobs = 0 })},
		{"a seed", llmtest.Lacks{Seed: true}, without(func(c *llm.Capabilities) { c.Seed = false })},
		{"schemas", llmtest.Lacks{Schema: true}, without(func(c *llm.Capabilities) { c.Schema = false })},
		{"prefills", llmtest.Lacks{Prefill: true}, without(func(c *llm.Capabilities) { c.Prefill = false })},
		{"plain completions", llmtest.Lacks{Completions: true}, without(func(c *llm.Capabilities) { c.Completions = false })},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := server(t, llmtest.Config{Lacks: tt.lacks})
			can, err := llm.Probe(t.Context(), p, request("openai", s.OpenAI()), all)
			if err != nil || can != tt.want {
				t.Errorf("found %+v (%v), want %+v", can, err, tt.want)
			}
			if s.Calls() > 7 {
				t.Errorf("%d calls, want at most seven", s.Calls())
			}
		})
	}
}

func TestProbesAskOnlyForWhatIsWantedAndOnlyOnce(t *testing.T) {
	s := server(t, llmtest.Config{})
	p, _ := llm.Named("openai")
	r := request("openai", s.OpenAI())
	var probes llm.Probes
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			can, err := probes.Can(t.Context(), p, r, llm.Capabilities{Logprobs: 5})
			if err != nil || can != (llm.Capabilities{Logprobs: 5}) {
				t.Errorf("%+v, %v", can, err)
			}
		})
	}
	group.Wait()
	if _, err := probes.Can(t.Context(), p, r, llm.Capabilities{}); err != nil {
		t.Error(err)
	}
	if s.Calls() != 1 {
		t.Errorf("%d calls, want one", s.Calls())
	}
}

func TestServersThatBreakAtAnOptionLackIt(t *testing.T) {
	s := server(t, llmtest.Config{})
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, err := io.ReadAll(r.Body)
		if err != nil || bytes.Contains(asked, []byte("logprobs")) {
			http.Error(w, "Internal Server Error", 500)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(asked))
		s.ServeHTTP(w, r)
	}))
	defer broken.Close()
	p, _ := llm.Named("openai")
	can, err := llm.Probe(t.Context(), p, request("openai", broken.URL+"/v1"), llm.Capabilities{Logprobs: 5, Seed: true})
	if err != nil || can != (llm.Capabilities{Seed: true}) {
		t.Errorf("found %+v (%v), want a seed and no log-probabilities", can, err)
	}
}

func TestProbesOfAServerThatIsDownSayWhatIsWrong(t *testing.T) {
	p, _ := llm.Named("openai")
	var probes llm.Probes
	for range 2 {
		can, err := probes.Can(t.Context(), p, request("openai", "http://127.0.0.1:1/v1"), llm.Capabilities{Logprobs: 5, Seed: true})
		wants(t, err, llm.Unreachable, "nothing listens")
		if can != (llm.Capabilities{}) {
			t.Errorf("found %+v", can)
		}
	}
}
