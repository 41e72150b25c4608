package study

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"silico/internal/llm"
)

// FuzzReplies holds every kind of answer to be read from any words without
// trouble, and to give a value that the variable can have.
func FuzzReplies(f *testing.F) {
	for _, r := range replies {
		f.Add(r.text)
	}
	f.Add(`{"answer": "no"}`)
	f.Add("no: 20%\nperhaps: 30%\nyes: 50%")
	coded := itemOf(answered["want"], noSigns)
	coded.Code = map[string][]string{"no": {"never"}, "yes": {"alway?s"}}
	coded.prepare()
	items := []*item{coded}
	for name, v := range answered {
		_ = name
		for _, s := range []signs{noSigns, letters, numbers} {
			items = append(items, itemOf(v, s))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, it := range items {
			for _, thinking := range []bool{false, true} {
				it.reasoning = thinking
				for _, finish := range []llm.Finish{llm.Stop, llm.Length} {
					status, field := it.understand(&llm.Reply{Text: text, Finish: finish}, nil)
					possible(t, it, status, field, text)
				}
				a := &asking{it: it}
				possible(t, it, readJSON(a, said(text)), a.answer.Field, text)
			}
			if it.options == nil {
				continue
			}
			sum := 0.0
			for _, p := range it.shares(plainly(text), nil) {
				sum += p
				if p < 0 || math.IsInf(p, 0) {
					t.Fatalf("%q states a share of %v", text, p)
				}
			}
		}
		if raw, err := json.Marshal(text); err == nil {
			_, _ = items[0].valueOf(raw, nil)
		}
	})
}

// possible fails when an answer is none that the variable can have.
func possible(t *testing.T, it *item, status Status, field, text string) {
	t.Helper()
	switch {
	case (status == Answered) != (field != ""):
		t.Fatalf("%s: %q is %s with the value %q", it.Name, text, status, field)
	case status != Answered || it.variable.Type == "text":
	case it.options != nil && !slices.Contains(it.options.levels, field):
		t.Fatalf("%s: %q means %q, which is no option", it.Name, text, field)
	case it.measure.number != nil && len(it.variable.Levels) == 0:
		if _, msg := it.measure.number(it.variable, field); msg != "" {
			t.Fatalf("%s: %q means %q: %s", it.Name, text, field, msg)
		}
	}
}

// FuzzWeighing holds log-probabilities to be weighed whatever tokens a server
// sends: no mass is negative, the options have no more than there was, and what
// is gone on with has an end.
func FuzzWeighing(f *testing.F) {
	f.Add("no|perhaps|yes", "no|No| per|y|**Yes|\"no\"|Well|", true)
	f.Add("strongly disagree|disagree|agree|strongly agree", " strongly|Strong|dis| |agree.| agree", true)
	f.Add("1|2|10|11", "1|10|0|(1|1.|11", false)
	f.Add("A|B", "(|[A]|B)|\xff|\u200b|\x1b[31mA", true)
	f.Fuzz(func(t *testing.T, labels, said string, more bool) {
		options := strings.Split(labels, "|")
		if len(options) > 8 {
			t.Skip()
		}
		var tokens []llm.Token
		for i, text := range strings.Split(said, "|") {
			tokens = append(tokens, token(text, math.Pow(0.5, float64(i+1))))
		}
		tokens = tokens[:min(len(tokens), 20)]
		w := weighingOf(options, more)
		w.take(begin, tokens)
		for n := 0; len(w.branches) > 0; n++ {
			b := w.branches[0]
			w.branches = w.branches[1:]
			if w.take(b, tokens); n > 1000 {
				t.Fatalf("%q: the beginnings of %q have no end", said, labels)
			}
		}
		sum := 0.0
		for _, p := range w.p {
			if sum += p; p < 0 || math.IsNaN(p) {
				t.Fatalf("%q: the options %q have masses of %v", said, labels, w.p)
			}
		}
		if sum > 1+1e-9 {
			t.Fatalf("%q: the options %q have a mass of %v together", said, labels, sum)
		}
		if p, mass := w.result(); p != nil && !(mass > 0 && mass <= 1) {
			t.Fatalf("%q: the mass of %q is %v", said, labels, mass)
		}
	})
}
