package study

import (
	"encoding/json"
	"math"
	"slices"
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
