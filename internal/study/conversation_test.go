package study

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/internal/llm"
)

// yesFrom answers "no", and "yes" after so many turns.
func yesFrom(turn int) func(r *llm.Request) *llm.Reply {
	n := 0
	return func(*llm.Request) *llm.Reply {
		n++
		if n > turn {
			return said("yes")
		}
		return said("no")
	}
}

// remembered returns how many messages of the assistant each request has.
func remembered(talk Transcript) (n []int) {
	for _, e := range talk {
		count := 0
		for _, m := range e.Request.Messages {
			if m.Role == llm.Assistant {
				count++
			}
		}
		n = append(n, count)
	}
	return n
}

func TestAFullMemoryKeepsTheWholeConversation(t *testing.T) {
	for _, tt := range []struct {
		memory string
		cells  int
		want   []int
	}{
		{`"none"`, 2, []int{0, 1}},
		{`"full"`, 4, []int{0, 1, 2, 3}},
		{`1`, 4, []int{0, 1, 1, 1}},
		{`2`, 4, []int{0, 1, 2, 2}},
	} {
		list := asked(t, "base", `persona = "described"`, "persona = \"described\"\nmemory = "+tt.memory)
		if len(list[0].Cells) != tt.cells {
			t.Errorf("with memory %s a session has %d cells, want %d", tt.memory, len(list[0].Cells), tt.cells)
		}
		_, talk := converse(t, list[0], yesFrom(2))
		if diff := cmp.Diff(tt.want, remembered(talk)); diff != "" {
			t.Errorf("with memory %s requests carry so many replies (-want +got):\n%s", tt.memory, diff)
		}
		if m := talk[len(talk)-1].Request.Messages; m[0].Role != llm.System || m[1].Role != llm.User {
			t.Errorf("with memory %s the last request begins with %s and %s", tt.memory, m[0].Role, m[1].Role)
		}
	}
}

func TestItemsComeInAnOrderOfEachRespondentsOwn(t *testing.T) {
	order := func(s *Session) string {
		var cells []string
		for _, c := range s.Cells {
			cells = append(cells, fmt.Sprint(c.Unit%2, c.Question.Name))
		}
		return strings.Join(cells, " ")
	}
	change := []string{`persona = "described"`, "persona = \"described\"\nmemory = \"full\"\norder = \"random\"\ndraws = 20"}
	seen := map[string]int{}
	for _, s := range asked(t, "base", change...) {
		seen[order(s)]++
	}
	want := []string{"0want 0do 1want 1do", "1want 1do 0want 0do"}
	for k := range seen {
		if !slices.Contains(want, k) {
			t.Errorf("an order is %s; questions that come after another stay behind it", k)
		}
	}
	if len(seen) != 2 {
		t.Errorf("orders of 40 sessions are %v, want both", seen)
	}
	a, b := asked(t, "base", change...), asked(t, "base", append(change, "want,do\n", "want,do\n6,F,21,1,100,bus,no,no\n6,F,21,1,100,store,yes,perhaps\n", "6,F,21,1,100,bus,no,no\n6,F,21,1,100,store,yes,perhaps\n", "")...)
	of := func(list []*Session, id string) (orders []string) {
		for _, s := range list {
			if s.Respondent == id {
				orders = append(orders, order(s))
			}
		}
		return orders
	}
	if diff := cmp.Diff(of(a, "6"), of(b, "6")); diff != "" {
		t.Errorf("another place in the file changes the order of respondent 6:\n%s", diff)
	}
}

func TestOptionsComeInAnOrderOfEachRespondentsOwn(t *testing.T) {
	list := asked(t, "base", wantText, `text = "Want?\n{{options.letters}}"`+"\norder = \"random\"", `persona = "described"`, "persona = \"described\"\ndraws = 10")
	seen := map[string]int{}
	for _, s := range list {
		answers, talk := converse(t, s, func(r *llm.Request) *llm.Reply { return said("B") })
		text := last(talk[0].Request).Text
		seen[text]++
		want := strings.TrimPrefix(strings.Split(text, "\n")[2], "B) ")
		if a := answers[0]; a.Field != want || len(a.Order) != 3 || s.script.chains[0][0].options.labels[a.Order[1]] != want {
			t.Errorf("B of %q is %+v, want %s", text, a, want)
		}
		if status := answers[1].Status; status != Unparsable {
			t.Errorf("B is an answer where no letters are shown: %s", status)
		}
	}
	if len(seen) < 4 {
		t.Errorf("%d orders in %d sessions", len(seen), len(list))
	}
	for i := 1; i < len(list); i++ { // the conditions of one respondent
		if a, b := list[i-1], list[i]; a.Respondent == b.Respondent && a.Draw == b.Draw && messages(a.Next(nil)[0]) != messages(b.Next(nil)[0]) {
			t.Errorf("respondent %s sees another order under another condition", a.Respondent)
		}
	}
	reversed := asked(t, "base", wantText, `text = "{{options}}"`+"\norder = \"reversed\"")[0]
	if got := last(reversed.Next(nil)[0]).Text; got != "yes, perhaps, no" {
		t.Errorf("reversed options are %q", got)
	}
}

func TestAnAveragedOrderIsDrawnForAModelThatIsAskedInWords(t *testing.T) {
	for order, want := range map[string]int{"both": 2, "all": 6} {
		list := asked(t, "base", wantText, `text = "Want? {{options}}"`+"\nelicit = \"logprobs\"\norder = \""+order+`"`, `persona = "described"`, "persona = \"described\"\nelicit = \"text\"\ndraws = 20")
		seen := map[string]bool{}
		for _, s := range list {
			seen[last(s.Next(nil)[0]).Text] = true
		}
		if len(seen) != want {
			t.Errorf("order %q shows %d orders in words, want %d", order, len(seen), want)
		}
	}
}

func TestAWordingSaysTheLevelsInOtherWords(t *testing.T) {
	change := []string{`text = "A bus fails to stop."`, "text = \"A bus fails to stop.\"\nreworded = \"The bus drives past.\"", `text = "The store closes."`, "text = \"The store closes.\"\nreworded = \"They lock the door.\""}
	if got := last(asked(t, "base", change...)[0].Next(nil)[0]).Text; got != "A bus fails to stop. Would you want to?" {
		t.Errorf("without a wording the question is %q", got)
	}
	change = append(change, `persona = "described"`, "persona = \"described\"\nwording = \"reworded\"")
	if got := last(asked(t, "base", change...)[0].Next(nil)[0]).Text; got != "The bus drives past. Would you want to?" {
		t.Errorf("with a wording the question is %q", got)
	}
}

func TestEarlierAnswersAreQuoted(t *testing.T) {
	list := asked(t, "base", `text = "Would you?"`, `text = "You said {{answer.want}}. Would you?"`)
	_, talk := converse(t, list[0], func(*llm.Request) *llm.Reply { return said("I think **Perhaps**") })
	if got := last(talk[1].Request).Text; got != "You said perhaps. Would you?" {
		t.Errorf("the question is %q", got)
	}
	answers, talk := converse(t, list[0], func(*llm.Request) *llm.Reply { return said("Hm.") })
	if len(talk) != 1 || answers[1].Status != Skipped {
		t.Errorf("a question that quotes an answer which is not there is %s after %d requests, want it skipped", answers[1].Status, len(talk))
	}
	list = asked(t, "base", `text = "Would you?"`, `text = "You said {{answer.want}}. Would you?"`+"\nmissing = \"nothing\"")
	_, talk = converse(t, list[0], func(*llm.Request) *llm.Reply { return said("Hm.") })
	if got := last(talk[1].Request).Text; got != "You said nothing. Would you?" {
		t.Errorf("the question is %q", got)
	}
}

func TestAQuestionIsSkippedWhereItsConditionDoesNotHold(t *testing.T) {
	for _, tt := range []struct {
		when, reply string
		want        Status
	}{
		{"want != 'no'", "no", Skipped},
		{"want != 'no'", "yes", Answered},
		{"want >= 'perhaps'", "yes", Answered},
		{"want != 'no'", "Hm.", Skipped},
		{"want != 'no' or anger > 20", "Hm.", Answered},
		{"blame == 'other' and gender == 'F'", "yes", Answered},
		{"situation == 'store'", "yes", Skipped},
	} {
		s := asked(t, "base", `text = "Would you?"`, "text = \"Would you?\"\nwhen = \""+tt.when+"\"", "3,M,25", "3,F,25")[0] // respondent 2, a woman with an anger of 30, and the bus
		answers, talk := converse(t, s, func(r *llm.Request) *llm.Reply {
			if len(r.Messages) > 2 {
				return said("yes")
			}
			return said(tt.reply)
		})
		if answers[1].Status != tt.want || (len(talk) == 2) != (tt.want == Answered) {
			t.Errorf("when %s, after %q, respondent %s: %s with %d requests; want %s", tt.when, tt.reply, s.Respondent, answers[1].Status, len(talk), tt.want)
		}
	}
}

func TestAReplyWithoutWordsStaysOutOfTheConversation(t *testing.T) {
	s := asked(t, "base")[0]
	answers, talk := converse(t, s, func(r *llm.Request) *llm.Reply {
		if strings.HasSuffix(last(r).Text, "want to?") {
			return &llm.Reply{Finish: llm.Filtered}
		}
		return said("no")
	})
	if answers[0].Status != Filtered || len(talk[1].Request.Messages) != 2 {
		t.Errorf("after a reply that is %s the next question is\n%s", answers[0].Status, messages(talk[1].Request))
	}
	answers, talk = converse(t, s, func(r *llm.Request) *llm.Reply { return &llm.Reply{Refusal: "I will not say.", Finish: llm.Stop} })
	if answers[1].Status != RefusedIt || !strings.Contains(messages(talk[1].Request), "assistant: I will not say.") {
		t.Errorf("after a refusal the next question is\n%s", messages(talk[1].Request))
	}
}

func TestFreeWordsAreCodedByTheStudysOwnRule(t *testing.T) {
	list := asked(t, "base", `variable = "want"`, `variable = "want"
code = { no = ["never", "not once|no way"], yes = ["would love to", "want*ed?"] }`)
	for _, tt := range []struct{ text, want string }{
		{"Never!", "no"},
		{"No way, I would not.", "no"},
		{"Oh, I would LOVE to.", "yes"},
		{"nevertheless", "unparsable"},
		{"I would love to, but never.", "unparsable"},
		{"I would love to.\nNever.", "unparsable"},
		{"yes", "unparsable"},
		{"I can't help with that.", "refused"},
	} {
		answers, _ := converse(t, list[0], func(*llm.Request) *llm.Reply { return said(tt.text) })
		got := answers[0].Field
		if answers[0].Status != Answered {
			got = string(answers[0].Status)
		}
		if got != tt.want {
			t.Errorf("%q is coded as %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestPersonasAreToldInSeveralFormats(t *testing.T) {
	for _, tt := range []struct{ persona, want string }{
		{`format = "list"`, "You are this person:\n- Gender: woman\n- Trait anger: 30"},
		{`text = "Somebody:"
format = "list"
variables = ["gender"]`, "Somebody:\n- Gender: woman"},
		{`format = "interview"`, "You gave these answers in an interview:\n\nQuestion: Are you a woman or a man?\nAnswer: woman\n\nQuestion: Trait anger?\nAnswer: 30"},
		{`text = "Be this person."
format = "backstory"`, "Be this person.\nI am a woman. My anger is 30."},
		{`text = "{{gender.value}}{{anger}}"`, "F30"},
	} {
		s := asked(t, "base", "3,M,25", "3,F,25", `text = "You are a {{gender}}."`, tt.persona,
			`labels = ["woman", "man"]`, "labels = [\"woman\", \"man\"]\nask = \"Are you a woman or a man?\"\ntell = \"I am a {{gender}}.\"",
			"max = 44\n", "max = 44\ntext = \"Trait anger\"\ntell = \"My anger is {{anger}}.\"\n")[0]
		if got := s.Next(nil)[0].Messages[0].Text; got != tt.want {
			t.Errorf("%s makes\n%s\nwant\n%s", tt.persona, got, tt.want)
		}
	}
}

func TestAMissingValueIsSaidInTheStudysOwnWords(t *testing.T) {
	s := asked(t, "base", "2,F,30", "2,F,", "3,M,25", "3,M,", "6,F,21", "6,F,", `text = "You are a {{gender}}."`, "text = \"Your anger is {{anger}}.\"\nmissing = \"a secret\"")
	found := false
	for _, one := range s {
		found = found || one.Next(nil)[0].Messages[0].Text == "Your anger is a secret."
	}
	if !found {
		t.Error("nobody is told of in the words for a missing value")
	}
}

func TestAModelMayBeAskedInAnotherWayThanTheQuestionsSay(t *testing.T) {
	list := asked(t, "base", `persona = "described"`, "persona = \"described\"\nelicit = \"logprobs\"\nreasoning = true")
	r := list[0].Next(nil)[0]
	if !r.Sampled || !strings.HasSuffix(last(r).Text, "Do not answer yet.") {
		t.Errorf("the first request is %q; want the model to think, as it says", last(r).Text)
	}
}

func TestWhatASessionSendsFollowsTheModelsKeys(t *testing.T) {
	r := asked(t, "base", `persona = "described"`, `persona = "described"
temperature = 0.5
top_p = 0.9
max_tokens = 20
seed = 7
template = "chatml"
extra = { min_p = 0.1, stop = ["x"] }`)[0].Next(nil)[0]
	o := r.Options
	if *o.Temperature != 0.5 || *o.TopP != 0.9 || o.MaxTokens != 20 || *o.Seed != 7 || o.Template != "chatml" || string(o.Extra["min_p"]) != "0.1" || string(o.Extra["stop"]) != `["x"]` {
		t.Errorf("options are %+v with %s", o, o.Extra)
	}
}
