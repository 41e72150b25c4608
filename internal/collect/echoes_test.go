package collect

import (
	"fmt"
	"testing"

	"silico/internal/llm"
)

func TestEchoesAreRememberedUpToABound(t *testing.T) {
	p, _ := llm.Named("openai")
	asking := func(words string) *llm.Request {
		return &llm.Request{Provider: "openai", Model: "small", Messages: []llm.Message{{Role: llm.User, Text: words}}}
	}
	e := newEchoes()
	first, err := e.hear(asking("first"), p)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := e.hear(asking("first"), p); again != first {
		t.Error("a request in the same words has an echo of its own")
	}
	for i := range mostEchoes {
		if _, err := e.hear(asking(fmt.Sprint(i)), p); err != nil {
			t.Fatal(err)
		}
		if len(e.of) > mostEchoes {
			t.Fatalf("%d requests are remembered, want at most %d", len(e.of), mostEchoes)
		}
	}
	again, _ := e.hear(asking("first"), p)
	if again == first || again.wire != first.wire || again.keys[0] != first.keys[0] {
		t.Errorf("a request that was forgotten is not the same when it comes again: %+v, want %+v", again.wire, first.wire)
	}
}

func TestARequestInWhichChanceHasAPartHasNoEcho(t *testing.T) {
	p, _ := llm.Named("openai")
	if e, err := newEchoes().hear(&llm.Request{Sampled: true}, p); e != nil || err != nil {
		t.Errorf("it has %v, %v", e, err)
	}
}
