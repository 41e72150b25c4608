package study

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/internal/llm"
)

// keeping makes the questions of the sound study keep log-probabilities.
func keeping(keep string, more ...string) []string {
	return append([]string{
		`variable = "want"`, "variable = \"want\"\nelicit = \"logprobs\"" + keep,
		`variable = "do"`, "variable = \"do\"\nelicit = \"logprobs\"" + keep,
	}, more...)
}

const keepAll = "\nkeep = \"distribution\""

// wanting answers want with fixed probabilities and do with those that go with
// the want that stands before it.
func wantingThenDoing(r *llm.Request) *llm.Reply {
	words := messages(r)
	switch {
	case strings.Contains(words, "assistant: no\n"):
		return tokens(map[string]float64{"no": .9, "perhaps": .08, "yes": .02})
	case strings.Contains(words, "assistant: perhaps\n"):
		return tokens(map[string]float64{"no": .3, "perhaps": .6, "yes": .1})
	case strings.Contains(words, "assistant: yes\n"):
		return tokens(map[string]float64{"no": .1, "perhaps": .2, "yes": .7})
	}
	return tokens(map[string]float64{"no": .5, "perhaps": .125, "yes": .375})
}

func TestAKeptQuestionIsAskedBehindEveryEarlierAnswer(t *testing.T) {
	own := map[string][]float64{"no": {.9, .08, .02}, "perhaps": {.3, .6, .1}, "yes": {.1, .2, .7}}
	for _, s := range asked(t, "base", keeping(keepAll)...) {
		answers, talk := converse(t, s, wantingThenDoing)
		want, do := answers[0], answers[1]
		if len(talk) != 4 {
			t.Fatalf("want and do behind each of its three answers are %d requests, want 4", len(talk))
		}
		for i, behind := range []string{"no", "perhaps", "yes"} {
			if !strings.Contains(messages(talk[1+i].Request), "assistant: "+behind+"\n") {
				t.Errorf("request %d about do is not behind %s:\n%s", i+1, behind, messages(talk[1+i].Request))
			}
		}
		if !near(do.P, own[want.Field]) {
			t.Errorf("behind %s do has probabilities %v", want.Field, do.P)
		}
		if joint := []float64{.45, .04, .01, .0375, .075, .0125, .0375, .075, .2625}; !near(do.Joint, joint) {
			t.Errorf("want and do together have probabilities %v, want %v", do.Joint, joint)
		}
		if want.Joint != nil {
			t.Errorf("want has nothing before it, and joint probabilities %v", want.Joint)
		}
	}
}

func TestWhatIsDrawnDoesNotDependOnWhatIsAskedBesides(t *testing.T) {
	with, without := asked(t, "base", keeping(keepAll)...), asked(t, "base", keeping("")...)
	for i := range with {
		a, talk := converse(t, with[i], wantingThenDoing)
		b, plain := converse(t, without[i], wantingThenDoing)
		if a[0].Field != b[0].Field || a[1].Field != b[1].Field {
			t.Errorf("%s answers %s and %s; without other branches %s and %s", with[i].Respondent, a[0].Field, a[1].Field, b[0].Field, b[1].Field)
		}
		for k := range plain { // so that answers that are kept already stay of use
			if !slices.ContainsFunc(talk, func(e Exchange) bool { return cmp.Equal(plain[k].Request, e.Request) }) {
				t.Errorf("request %d is made no more:\n%s", k, messages(plain[k].Request))
			}
		}
		if len(plain) != 2 || b[1].Joint != nil {
			t.Errorf("without keep there are %d requests and joint probabilities %v", len(plain), b[1].Joint)
		}
	}
}

// Behind a want that cannot be weighed there is no expectation, and behind a do
// that cannot none together.
func TestWithoutProbabilitiesBehindOneAnswerThereAreNoneTogether(t *testing.T) {
	s := asked(t, "base", keeping(keepAll)...)[0]
	answers, _ := converse(t, s, func(r *llm.Request) *llm.Reply {
		if strings.Contains(messages(r), "assistant: perhaps\n") {
			return tokens(map[string]float64{"maybe": 1})
		}
		return wantingThenDoing(r)
	})
	if answers[1].Joint != nil {
		t.Errorf("do could not be weighed behind perhaps, and has joint probabilities %v", answers[1].Joint)
	}
	answers, talk := converse(t, asked(t, "base", keeping(keepAll)...)[0], func(*llm.Request) *llm.Reply { return tokens(map[string]float64{"maybe": 1}) })
	if len(talk) != 2 || answers[1].Joint != nil {
		t.Errorf("behind a want without an answer there are %d requests, want 2", len(talk))
	}
}

// Each branch may have to be continued, and each is to its own end.
func TestEveryBranchIsContinuedToItsEnd(t *testing.T) {
	s := asked(t, "base", keeping(keepAll, `model = "small"`, `model = "small"`, "persona = \"described\"\n[model.twins]", "persona = \"described\"\nprefill = true\n[model.twins]")...)[0]
	answers, _ := converse(t, s, func(r *llm.Request) *llm.Reply {
		if m := last(r); m.Role == llm.Assistant && m.Text == "per" {
			return tokens(map[string]float64{"haps": 1})
		}
		words := messages(r)
		if strings.Contains(words, "assistant: yes\n") {
			return tokens(map[string]float64{"no": .5, "yes": .5})
		}
		return tokens(map[string]float64{"no": .5, "per": .25, "yes": .25})
	})
	if joint := []float64{.25, .125, .125, .125, .0625, .0625, .125, 0, .125}; !near(answers[1].Joint, joint) {
		t.Errorf("want and do together have probabilities %v, want %v", answers[1].Joint, joint)
	}
}

func TestConversationsWithAMemoryAreNotBranched(t *testing.T) {
	for _, s := range asked(t, "base", keeping(keepAll, `persona = "described"`, "persona = \"described\"\nmemory = \"full\"")...) {
		if _, talk := converse(t, s, wantingThenDoing); len(talk) != len(s.Cells) {
			t.Errorf("a whole conversation of %d questions has %d requests", len(s.Cells), len(talk))
		}
	}
}
