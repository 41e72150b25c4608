package tune

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/internal/llm"
	"silico/internal/study"
)

// wanting is the shipped study with a model that is asked and some that are
// tuned from it.
func wanting(t *testing.T) *study.Study {
	t.Helper()
	dir := t.TempDir()
	spec, err := os.ReadFile("../study/testdata/verbagg/study.toml")
	if err != nil {
		t.Fatal(err)
	}
	head, _, ok := strings.Cut(string(spec), "# ------------------------------------- who answers")
	if !ok {
		t.Fatal("the study of the tests has no part on who answers")
	}
	for name, text := range map[string]string{
		"study.toml": strings.Replace(head, "bibliography = \"references.bib\"\n", "", 1) + `
[model.base]
provider = "openai"
name     = "small"
persona  = "described"
[model.tuned_79]
base  = "base"
train = { people = 79, seed = 1 }
[model.bus_40]
base  = "base"
train = { people = 40, seed = 1, arms = ["bus"] }
tune  = { validation = 0 }
[model.nameless]
base    = "base"
persona = "none"
train   = { people = 40, seed = 1, demographics = false }
`, "people.csv": read(t, "../../studies/wanting/people.csv")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, problems := study.Load(dir)
	if problems != nil {
		t.Fatal(problems)
	}
	return s
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func setOf(t *testing.T, s *study.Study, model string) *Set {
	t.Helper()
	set, err := NewSet(s, s.Model(model))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func lines(t *testing.T, data []byte) (all [][]llm.Message) {
	t.Helper()
	for sc := bufio.NewScanner(bytes.NewReader(data)); sc.Scan(); {
		var l line
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l.Messages)
	}
	return all
}

func TestASetHasOneExampleAQuestionOfEveryTrainingPerson(t *testing.T) {
	set := setOf(t, wanting(t), "tuned_79")
	r := set.Record
	if r.Train.People != 71 || r.Validation.People != 8 || r.Train.Examples != 71*24 || r.Validation.Examples != 8*24 {
		t.Errorf("%+v; want 71 people and 8 held out (a tenth of 79), with 24 answers each", r)
	}
	if got := len(lines(t, set.Train)); got != r.Train.Examples {
		t.Errorf("%d lines for %d examples", got, r.Train.Examples)
	}
	want := []llm.Message{
		{Role: "system", Text: "You are a man. Your trait anger score is 20 (11 lowest, 44 highest)."},
		{Role: "user", Text: "A bus fails to stop for me. Would you want to curse? Answer no, perhaps or yes."},
	}
	first := lines(t, set.Train)[0]
	if first[0].Role != "system" || !strings.HasPrefix(first[0].Text, "You are a ") || first[1] != want[1] || first[2].Role != "assistant" {
		t.Errorf("the first example is %+v", first)
	}
}

// What is learned must be what is asked: for a training person, the messages
// before the answer are those that a model would be sent for somebody with the
// same gender and anger.
func TestExamplesAreInTheVeryWordsOfTheQuestions(t *testing.T) {
	s := wanting(t)
	asked := map[string]bool{}
	text := func(messages []llm.Message) string {
		data, _ := json.Marshal(messages)
		return string(data)
	}
	m := s.Model("base")
	for session := range s.Sessions(m) {
		for _, answer := range []string{"no", "perhaps", "yes"} {
			var t study.Transcript
			for reqs := session.Next(t); len(reqs) > 0; reqs = session.Next(t) {
				for _, r := range reqs {
					asked[text(r.Messages)] = true
					t = append(t, study.Exchange{Request: r, Reply: &llm.Reply{Text: answer, Finish: llm.Stop}})
				}
			}
		}
	}
	personas := map[string]bool{}
	for q := range asked {
		persona, _, _ := strings.Cut(q, `},{`)
		personas[persona] = true
	}
	met := 0
	for _, e := range lines(t, setOf(t, s, "tuned_79").Train) {
		q := text(e[:len(e)-1])
		if persona, _, _ := strings.Cut(q, `},{`); !personas[persona] {
			continue // nobody of the evaluation sample is like that
		}
		if met++; !asked[q] {
			t.Fatalf("the model learns an answer to what it is never asked:\n%s", q)
		}
	}
	if met < 1000 {
		t.Errorf("only %d examples could be compared with questions", met)
	}
}

func TestNobodyIsBothLearnedFromAndEvaluated(t *testing.T) {
	s := wanting(t)
	evaluated := map[string]bool{}
	for session := range s.Sessions(s.Model("base")) {
		evaluated[session.Respondent] = true
	}
	for _, m := range s.Models {
		if !m.Tuned() {
			continue
		}
		examples, err := s.Examples(m)
		if err != nil || len(examples) == 0 {
			t.Fatalf("%s: %d examples, %v", m.Name, len(examples), err)
		}
		for _, e := range examples {
			if evaluated[e.Respondent] {
				t.Errorf("%s learns from %s, who is evaluated", m.Name, e.Respondent)
			}
		}
	}
}

func TestArmsAndDemographicsAreLeftOutOfTheSet(t *testing.T) {
	s := wanting(t)
	bus := setOf(t, s, "bus_40")
	if r := bus.Record; r.Train.Examples != 40*3*2 || r.Validation.Examples != 0 || len(bus.Validation) != 0 {
		t.Errorf("one situation of 40 people: %+v; want 240 examples and nobody held out", r)
	}
	for _, e := range lines(t, bus.Train) {
		if !strings.HasPrefix(e[1].Text, "A bus fails") {
			t.Fatalf("an example of another arm: %v", e)
		}
	}
	for _, e := range lines(t, setOf(t, s, "nameless").Train) {
		if e[0].Role != "user" {
			t.Fatalf("an example says who the respondent is: %v", e)
		}
	}
}

func TestARecordSaysWhoWasLearnedFrom(t *testing.T) {
	s := wanting(t)
	m := s.Model("tuned_79")
	r := NewRecord(s, m, setOf(t, s, "tuned_79"))
	data, err := r.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, err := study.ReadTuning(data)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(again.People, m.Train.IDs); d != "" || len(again.Prints) < 79 || !slices.IsSorted(again.Prints) || len(again.Rows) != 64 {
		t.Errorf("the record is %+v", again)
	}
}
