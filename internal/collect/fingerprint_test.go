package collect

import (
	"encoding/hex"
	"testing"

	"silico/internal/llm"
)

// The digest of what a model said stands in manifests of papers.
func TestFingerprintsStay(t *testing.T) {
	r := &llm.Reply{Text: "perhaps", Finish: llm.Stop, Tokens: []llm.Token{{Text: "per", Logprob: -0.5, Top: []llm.Token{{Text: "per", Logprob: -0.5}, {Text: "no", Logprob: -2}}}}}
	sum := fingerprintOf(r)
	if got, want := hex.EncodeToString(sum[:8]), "999a0cfdf92957b3"; got != want {
		t.Errorf("the fingerprint of %+v begins with %s, want %s", r, got, want)
	}
}

func TestFingerprintsTellRepliesApart(t *testing.T) {
	token := func(text string, top ...llm.Token) llm.Token { return llm.Token{Text: text, Top: top} }
	replies := []*llm.Reply{
		{},
		{Text: "ab"},
		{Text: "a", Reasoning: "b"},
		{Text: "a", Refusal: "b"},
		{Text: "ab", Finish: llm.Length},
		{Tokens: []llm.Token{token("a"), token("b")}},
		{Tokens: []llm.Token{token("a", token("b"))}},
		{Tokens: []llm.Token{{Text: "a", Logprob: -1}}},
		{Tokens: []llm.Token{{Text: "a", Logprob: -2}}},
	}
	of := make(map[fingerprint]*llm.Reply)
	for _, r := range replies {
		f := fingerprintOf(r)
		if like := of[f]; like != nil {
			t.Errorf("%+v and %+v have one fingerprint", r, like)
		}
		of[f] = r
	}
	if fingerprintOf(&llm.Reply{Text: "ab", Served: "small", Date: "2026-11-25T12:00:00Z"}) != fingerprintOf(replies[1]) {
		t.Error("what cannot reach a paper is part of the fingerprint")
	}
}
