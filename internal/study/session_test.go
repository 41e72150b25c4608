package study

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/internal/llm"
)

// said returns a reply in words.
func said(text string) *llm.Reply { return &llm.Reply{Text: text, Finish: llm.Stop} }

var sameQuestion = cmp.Comparer(func(a, b *Question) bool { return a == b })

// converse lets a session be answered until it is over, and holds that a
// session which is read from the whole transcript says the same as one that
// grew with it.
func converse(t *testing.T, s *Session, answer func(r *llm.Request) *llm.Reply) ([]Answer, Transcript) {
	t.Helper()
	fresh := *s
	fresh.walk = nil
	var talk Transcript
	for range 1000 {
		requests := s.Next(talk)
		again := *s
		again.walk = nil
		if diff := cmp.Diff(requests, again.Next(talk)); diff != "" {
			t.Fatalf("the same transcript asks for something else when it is read anew (-grown +anew):\n%s", diff)
		}
		if len(requests) == 0 {
			answers := s.Answers(talk)
			if diff := cmp.Diff(answers, fresh.Answers(talk), sameQuestion); diff != "" {
				t.Fatalf("the same transcript means something else when it is read anew (-grown +anew):\n%s", diff)
			}
			return answers, talk
		}
		for _, r := range requests {
			talk = append(talk, Exchange{r, answer(r)})
		}
	}
	t.Fatal("the session does not end")
	return nil, nil
}

// asked returns the sessions of a model of the sound study with changes.
func asked(t *testing.T, model string, change ...string) []*Session {
	t.Helper()
	s, ps := with(t, change...)
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	for _, m := range s.Models {
		if m.Name == model {
			return slices.Collect(s.Sessions(m))
		}
	}
	t.Fatalf("no model %s", model)
	return nil
}

// shown writes messages as a test compares them.
func messages(r *llm.Request) string {
	var lines []string
	for _, m := range r.Messages {
		lines = append(lines, m.Role+": "+m.Text)
	}
	return strings.Join(lines, "\n")
}

func TestASessionIsAUnitAndItsChainOfQuestions(t *testing.T) {
	list := asked(t, "base", "3,M,25", "3,F,25")
	var who []string
	for _, s := range list {
		situation := s.script.units.Col("situation").String(int(s.Cells[0].Unit))
		who = append(who, s.Respondent+" "+situation+" "+s.Cells[0].Question.Name+" "+s.Cells[1].Question.Name)
	}
	want := []string{"2 bus want do", "2 store want do", "6 bus want do", "6 store want do"} // the others are the pilot, or excluded
	if diff := cmp.Diff(want, who); diff != "" {
		t.Errorf("sessions (-want +got):\n%s", diff)
	}
	var asked []string
	answers, talk := converse(t, list[0], func(r *llm.Request) *llm.Reply {
		asked = append(asked, messages(r))
		if len(r.Messages) == 2 {
			return said("**Perhaps.**")
		}
		return said("No, I would not.")
	})
	want = []string{
		"system: You are a woman.\nuser: A bus fails to stop. Would you want to?",
		"system: You are a woman.\nuser: A bus fails to stop. Would you want to?\nassistant: **Perhaps.**\nuser: Would you?",
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("what was asked (-want +got):\n%s", diff)
	}
	if len(answers) != 2 || answers[0].Field != "perhaps" || answers[1].Field != "no" || answers[1].Status != Answered {
		t.Errorf("answers are %+v, want perhaps and no", answers)
	}
	if r := talk[1].Request; !r.Sampled || r.Place.Turn != 1 || r.Place.Attempt != 0 || r.Revision != "sha256:aa" {
		t.Errorf("the second request has place %+v and revision %q", r.Place, r.Revision)
	}
}

func TestDrawsAreSessionsOfTheirOwn(t *testing.T) {
	one, three := asked(t, "base"), asked(t, "base", `persona = "described"`, "persona = \"described\"\ndraws = 3")
	if len(three) != 3*len(one) {
		t.Errorf("3 draws give %d sessions, 1 draw gives %d", len(three), len(one))
	}
	if three[0].Draw != 1 || three[len(one)].Respondent == "" || three[len(three)-1].Draw != 3 {
		t.Errorf("draws are counted from %d to %d", three[0].Draw, three[len(three)-1].Draw)
	}
}

func TestSessionsAreMadeWhenTheirTurnComes(t *testing.T) {
	all := asked(t, "base")
	s, ps := with(t)
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	var some []string
	for session := range s.Sessions(s.Models[slices.IndexFunc(s.Models, func(m *Model) bool { return m.Name == "base" })]) {
		if some = append(some, session.Respondent); len(some) == 2 {
			break
		}
	}
	if len(all) <= 2 || some[0] != all[0].Respondent || some[1] != all[1].Respondent {
		t.Errorf("the first two of %d sessions are those of %v", len(all), some)
	}
}
