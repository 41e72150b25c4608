package study

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/internal/llm"
)

// tokens returns a reply with the tokens that might have stood first.
func tokens(p map[string]float64) *llm.Reply {
	var list []llm.Token
	for _, text := range []string{"no", "No", " no", "perhaps", "per", "Per", "haps", "son", "yes", "Yes", "A", "B", "C", "maybe", " "} {
		if x, ok := p[text]; ok {
			list = append(list, llm.Token{Text: text, Logprob: math.Log(x)})
		}
	}
	return &llm.Reply{Text: list[0].Text, Finish: llm.Length, Tokens: []llm.Token{{Text: list[0].Text, Logprob: list[0].Logprob, Top: list}}}
}

func near(got, want []float64) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if math.Abs(got[i]-want[i]) > 1e-12 {
			return false
		}
	}
	return true
}

// last returns the last message of a request.
func last(r *llm.Request) llm.Message { return r.Messages[len(r.Messages)-1] }

const wantText = `text = "{{situation}} Would you want to?"`

func TestLogprobsAreSummedOverSpellingsAndOneAnswerIsDrawn(t *testing.T) {
	var seen []string
	answer := func(r *llm.Request) *llm.Reply {
		if r.Sampled || r.Place != (llm.Place{}) {
			t.Errorf("a request for log-probabilities is sampled at %+v", r.Place)
		}
		if o := r.Options; o.Logprobs != 20 || o.MaxTokens != 1 || *o.Temperature != 1 {
			t.Errorf("log-probabilities are asked for with %+v", o)
		}
		seen = append(seen, messages(r))
		return tokens(map[string]float64{"no": 0.2, "No": 0.1, " no": 0.1, "perhaps": 0.1, "yes": 0.3, "maybe": 0.2})
	}
	list := asked(t, "base", `variable = "want"`, "variable = \"want\"\nelicit = \"logprobs\"", `variable = "do"`, "variable = \"do\"\nelicit = \"logprobs\"")
	counts := map[string]int{}
	for _, s := range list {
		answers, _ := converse(t, s, answer)
		a := answers[0]
		if !near(a.P, []float64{0.5, 0.125, 0.375}) || math.Abs(a.Mass-0.8) > 1e-12 || a.Status != Answered {
			t.Errorf("want has probabilities %v with mass %v, want .5, .125, .375 of .8", a.P, a.Mass)
		}
		if !strings.Contains(seen[len(seen)-1], "assistant: "+a.Field+"\nuser: Would you?") {
			t.Errorf("the conversation does not go on with the answer that was drawn, %s:\n%s", a.Field, seen[len(seen)-1])
		}
		counts[a.Field]++
	}
	if len(counts) < 2 {
		t.Errorf("all respondents draw the same answer: %v", counts)
	}
	again, _ := converse(t, asked(t, "base", `variable = "want"`, "variable = \"want\"\nelicit = \"logprobs\"")[0], func(r *llm.Request) *llm.Reply {
		if r.Sampled {
			return said("no")
		}
		return answer(r)
	})
	first, _ := converse(t, list[0], answer)
	if again[0].Field != first[0].Field {
		t.Error("the draw depends on how another question is answered")
	}
}

func TestOrdersOfOptionsAreAveraged(t *testing.T) {
	list := asked(t, "base", wantText, `text = "Want?\n{{options.letters}}"`+"\nelicit = \"logprobs\"\norder = \"both\"")
	var texts []string
	requests := list[0].Next(nil)
	for _, r := range requests {
		texts = append(texts, last(r).Text)
	}
	if diff := cmp.Diff([]string{"Want?\nA) no\nB) perhaps\nC) yes", "Want?\nA) yes\nB) perhaps\nC) no"}, texts); diff != "" {
		t.Fatalf("both orders are asked at once (-want +got):\n%s", diff)
	}
	talk := Transcript{ // a model that always says A
		{requests[0], tokens(map[string]float64{"A": 0.8, "B": 0.2})},
		{requests[1], tokens(map[string]float64{"A": 0.6, "B": 0.2, "maybe": 0.2})},
	}
	a := list[0].Answers(talk)[0]
	if !near(a.P, []float64{0.4, 0.225, 0.375}) || math.Abs(a.Mass-0.9) > 1e-12 {
		t.Errorf("the average is %v with mass %v, want .4, .225, .375 with .9", a.P, a.Mass)
	}
	if next := list[0].Next(talk); !strings.Contains(messages(next[0]), "assistant: "+map[string]string{"no": "A) no", "perhaps": "B) perhaps", "yes": "C) yes"}[a.Field]) {
		t.Errorf("the conversation goes on with\n%s\nafter %s", messages(next[0]), a.Field)
	}
	six := asked(t, "base", wantText, `text = "Want? {{options}}"`+"\nelicit = \"logprobs\"\norder = \"all\"")[0].Next(nil)
	if len(six) != 6 || last(six[5]).Text != "Want? yes, perhaps, no" {
		t.Errorf("all orders of 3 options are %d requests, the last %q", len(six), last(six[len(six)-1]).Text)
	}
}

func TestBeginningsOfAnswersAreContinued(t *testing.T) {
	s := asked(t, "base", `variable = "want"`, "variable = \"want\"\nelicit = \"logprobs\"")[0]
	s.script.chains[0][0].prefill = true
	requests := s.Next(nil)
	talk := Transcript{{requests[0], tokens(map[string]float64{"no": 0.4, "per": 0.3, "Per": 0.2, "yes": 0.1})}}
	more := s.Next(talk)
	if len(more) != 2 || last(more[0]) != (llm.Message{Role: llm.Assistant, Text: "per"}) || last(more[1]).Text != "Per" {
		t.Fatalf("after two beginnings %d are continued: %v", len(more), more)
	}
	talk = append(talk, Exchange{more[0], tokens(map[string]float64{"haps": 0.9, "son": 0.1})}, Exchange{more[1], tokens(map[string]float64{"haps": 1})})
	a := s.Answers(talk)[0]
	if want := []float64{0.4 / 0.97, 0.47 / 0.97, 0.1 / 0.97}; !near(a.P, want) || math.Abs(a.Mass-0.97) > 1e-12 {
		t.Errorf("probabilities are %v with mass %v, want %v with .97", a.P, a.Mass, want)
	}
}

func TestAServerThatTellsNoLogprobsGivesNoAnswer(t *testing.T) {
	s := asked(t, "base", `variable = "want"`, "variable = \"want\"\nelicit = \"logprobs\"")[0]
	answers, _ := converse(t, s, func(r *llm.Request) *llm.Reply {
		if r.Sampled {
			return said("no")
		}
		return said("yes")
	})
	if a := answers[0]; a.Status != Unparsable || a.Field != "" || a.P != nil {
		t.Errorf("a reply without log-probabilities is %+v", a)
	}
	if answers[1].Status != Answered {
		t.Errorf("the question behind it is %s", answers[1].Status)
	}
}

func TestThinkingComesBeforeTheAnswer(t *testing.T) {
	for _, tt := range []struct {
		name, elicit string
		replies      []*llm.Reply
		want         []string // last message of each request, as it ends
		field        string
		status       Status
	}{
		{"text", "text", []*llm.Reply{said("I might say no.\nBut yes is true.\n**Answer:** perhaps")}, []string{"on a last line that begins with \"Answer:\"."}, "perhaps", Answered},
		{"text on the last line alone", "text", []*llm.Reply{said("no or yes?\nyes")}, []string{"\"Answer:\"."}, "yes", Answered},
		{"text that only thinks", "text", []*llm.Reply{said("No and yes have their reasons.")}, []string{"\"Answer:\"."}, "", Unparsable},
		{"text that is cut off", "text", []*llm.Reply{{Text: "I think that no", Finish: llm.Length}}, []string{"\"Answer:\"."}, "", CutOff},
		{"json", "json", []*llm.Reply{said(`{"analysis": "no, no", "answer": "yes"}`)}, []string{`and then "answer".`}, "yes", Answered},
		{"distribution", "distribution", []*llm.Reply{said("no: 10%\nAnswer:\nno: 0%\nperhaps: 100%\nyes: 0%")}, []string{"The numbers sum to 100."}, "perhaps", Answered},
		{"logprobs", "logprobs", []*llm.Reply{said("Let me see."), tokens(map[string]float64{"yes": 1})}, []string{"Do not answer yet.", "Now give your answer, and nothing else: no, perhaps, yes."}, "yes", Answered},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := asked(t, "base", `variable = "want"`, "variable = \"want\"\nreasoning = true\nelicit = \""+tt.elicit+"\"")[0]
			var talk Transcript
			for i, reply := range tt.replies {
				r := s.Next(talk)
				if len(r) != 1 || !strings.HasSuffix(last(r[0]).Text, tt.want[i]) {
					t.Fatalf("request %d ends in %q, want %q", i+1, last(r[0]).Text, tt.want[i])
				}
				talk = append(talk, Exchange{r[0], reply})
			}
			if a := s.Answers(talk); len(a) != 1 || a[0].Field != tt.field || a[0].Status != tt.status {
				t.Errorf("the answer is %+v, want %s %q", a, tt.status, tt.field)
			}
		})
	}
}

func TestJSONRepliesAreRead(t *testing.T) {
	it := itemOf(answered["want"], noSigns)
	it.elicit = &elicitJSON
	number := itemOf(answered["count"], noSigns)
	if got := string(jsonSchema(it, []int{2, 0, 1})); got != `{"additionalProperties":false,"properties":{"answer":{"enum":["yes","no","perhaps"],"type":"string"}},"required":["answer"],"type":"object"}` {
		t.Errorf("the schema is %s", got)
	}
	if got := string(jsonSchema(itemOf(answered["scale"], noSigns), nil)); !strings.Contains(got, `{"enum":[1,2,3,4,5,6,7],"type":"integer"}`) {
		t.Errorf("the schema of a scale is %s", got)
	}
	for _, tt := range []struct {
		it   *item
		text string
		want string
	}{
		{it, `{"answer": "perhaps"}`, "perhaps"},
		{it, "```json\n{\"answer\": \"Yes\"}\n```", "yes"},
		{it, `{"answer": "perhaps", "note": 1}`, "perhaps"},
		{it, `{"answer": "I would say perhaps"}`, "unparsable"},
		{it, `{"answer": "perhaps`, "unparsable"},
		{it, `{"answer": ["no"]}`, "unparsable"},
		{it, `{"answer": null}`, "unparsable"},
		{it, `{}`, "unparsable"},
		{it, `perhaps`, "unparsable"},
		{it, `{"answer": "no"} {"answer": "yes"}`, "unparsable"},
		{it, `I can't help with that.`, "refused"},
		{number, `{"answer": 12}`, "12"},
		{number, `{"answer": 12.0}`, "12"},
		{number, `{"answer": "1,200"}`, "1200"},
		{number, `{"answer": -1}`, "unparsable"},
		{number, `{"answer": 1e999}`, "unparsable"},
	} {
		a := &asking{it: tt.it}
		got := string(readJSON(a, said(tt.text)))
		if got == string(Answered) {
			got = a.answer.Field
		}
		if got != tt.want {
			t.Errorf("%s means %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestStatedSharesAreADistribution(t *testing.T) {
	it := itemOf(answered["agree"], noSigns)
	want := itemOf(answered["want"], noSigns)
	lettered := itemOf(answered["want"], letters)
	for _, tt := range []struct {
		it   *item
		text string
		want []float64 // nil for none
	}{
		{want, "no: 20%\nperhaps: 30%\nyes: 50%", []float64{0.2, 0.3, 0.5}},
		{want, "- **no**: 20 %\n- perhaps – 30 %\n- Yes = 50%", []float64{0.2, 0.3, 0.5}},
		{want, "no 0.2, perhaps 0.3, yes 0.5", []float64{0.2, 0.3, 0.5}},
		{want, `{"no": 20, "perhaps": 30, "yes": 50}`, []float64{0.2, 0.3, 0.5}},
		{want, "Here is what I think:\nno: 33%\nperhaps: 33%\nyes: 33%\nThese are guesses.", []float64{1. / 3, 1. / 3, 1. / 3}},
		{want, "no: 20%\nperhaps: 30%\nyes: 50%\nTotal: 100%", []float64{0.2, 0.3, 0.5}},
		{lettered, "A) no: 20%\nB) perhaps: 30%\nC) yes: 50%", []float64{0.2, 0.3, 0.5}},
		{it, "1: 10%\n2: 20%\n3: 30%\n4: 20%\n5: 20%", []float64{0.1, 0.2, 0.3, 0.2, 0.2}},
		{it, "1 (strongly disagree): 10%\n2 (disagree): 20%\n3 (neither agree nor disagree): 30%\n4 (agree): 20%\n5 (strongly agree): 20%", []float64{0.1, 0.2, 0.3, 0.2, 0.2}},
		{want, "no: 20%\nyes: 80%", nil},
		{want, "no: 20%\nperhaps: 30%\nyes: 60%", nil},
		{want, "no: 20%\nno: 30%\nperhaps: 30%\nyes: 50%", nil},
		{want, "no: 20-30%\nperhaps: 30%\nyes: 50%", nil},
		{want, "yes", nil},
	} {
		p := tt.it.shares(plainly(tt.text), nil)
		sum := 0.0
		for _, x := range p {
			sum += x
		}
		for k := range p {
			p[k] /= sum
		}
		sound := math.Abs(sum-100) <= 2 || math.Abs(sum-1) <= 0.02
		if sound != (tt.want != nil) || sound && !near(p, tt.want) {
			t.Errorf("%q is %v of %v, want %v", tt.text, p, sum, tt.want)
		}
	}
}

func TestAnUnreadableReplyIsAskedAgainAsOftenAsDeclared(t *testing.T) {
	s := asked(t, "base", `persona = "described"`, "persona = \"described\"\nreask = 2")[0]
	var places []llm.Place
	answers, talk := converse(t, s, func(r *llm.Request) *llm.Reply {
		places = append(places, r.Place)
		switch len(places) {
		case 1, 2:
			return said("Hm.")
		case 3:
			return said("yes")
		}
		return said("I can't help with that.")
	})
	if answers[0].Field != "yes" || answers[0].Attempts != 2 {
		t.Errorf("the answer is %+v, want yes after 2 further attempts", answers[0])
	}
	if answers[1].Status != RefusedIt || answers[1].Attempts != 0 {
		t.Errorf("a refusal is %+v; it is not asked again", answers[1])
	}
	if diff := cmp.Diff([]llm.Place{{Turn: 0}, {Turn: 1, Attempt: 1}, {Turn: 2, Attempt: 2}, {Turn: 3}}, places); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	if got := messages(talk[3].Request); strings.Contains(got, "Hm.") {
		t.Errorf("an unreadable reply stays in the conversation:\n%s", got)
	}
}
