package study

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestALookalikeAnswersAsIfItHadBeenAsked(t *testing.T) {
	sessions := asked(t, "base", keeping(keepAll, `persona = "described"`, "persona = \"described\"\ndraws = 5")...)
	pairs, differ := 0, 0
	for i, s := range sessions {
		own, _ := converse(t, s, wantingThenDoing)
		for _, other := range sessions[:i] {
			if !bytes.Equal(s.Words(), other.Words()) {
				continue
			}
			pairs++
			theirs, _ := converse(t, other, wantingThenDoing)
			got, ok := s.Like(theirs)
			if !ok {
				t.Fatalf("%s looks like %s, and takes nothing over from it", s.Respondent, other.Respondent)
			}
			if diff := cmp.Diff(own, got, sameQuestion); diff != "" {
				t.Errorf("%s does not answer like %s as it does when it is asked (-asked +taken over):\n%s", s.Respondent, other.Respondent, diff)
			}
			if theirs[0].Field != own[0].Field || theirs[1].Field != own[1].Field {
				differ++
			}
		}
	}
	if pairs == 0 || differ == 0 {
		t.Errorf("%d pairs of lookalikes, %d of which answer differently: nothing is tested", pairs, differ)
	}
}

func TestSessionsInWhichChanceHasAPartHaveNoLookalikes(t *testing.T) {
	for name, change := range map[string][]string{
		"asked in words":                            nil,
		"behind the drawn answer alone":             keeping(""),
		"with a memory":                             keeping(keepAll, `persona = "described"`, "persona = \"described\"\nmemory = \"full\""),
		"with a condition that answers make":        keeping(keepAll, `after = "want"`, "after = \"want\"\nwhen = \"want == 'yes'\""),
		"where the model thinks before it is asked": keeping(keepAll + "\nreasoning = true"),
	} {
		for _, s := range asked(t, "base", change...) {
			if w := s.Words(); w != nil {
				t.Fatalf("%s: %s has lookalikes by its words alone: %q", name, s.Respondent, w)
			}
		}
	}
}

func TestAnotherQuestionInTheSameWordsIsNoLookalike(t *testing.T) {
	words := make(map[string]string) // the question that has them
	for _, s := range asked(t, "base", keeping(keepAll, "after = \"want\"\ntext = \"Would you?\"", `text = "{{situation}} Would you want to?"`)...) {
		w, q := string(s.Words()), s.Cells[0].Question.Name
		if w == "" {
			t.Fatalf("the question %s by itself has no words", q)
		}
		if other, ok := words[w]; ok && other != q {
			t.Fatalf("the questions %s and %s look alike: %q", other, q, w)
		}
		words[w] = q
	}
	if len(words) < 2 {
		t.Errorf("%d kinds of session: nothing is tested", len(words))
	}
}

func TestAnotherOrderOfOptionsIsNoLookalike(t *testing.T) {
	kinds := func(order string) int {
		words := make(map[string]bool)
		shown := []string{`persona = "described"`, "persona = \"described\"\ndraws = 5", `Would you want to?`, `Would you want to? {{options}}`, `"Would you?"`, `"Would you? {{options}}"`}
		for _, s := range asked(t, "base", keeping(keepAll+"\norder = \""+order+"\"", shown...)...) {
			words[string(s.Words())] = true
		}
		return len(words)
	}
	if fixed, random := kinds("fixed"), kinds("random"); random <= fixed {
		t.Errorf("%d kinds of session with options in random order, %d with options in one order", random, fixed)
	}
}
