package study

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"silico/analysis/frame"
)

// tunedStudy is the study of the repository's people with a base model and one
// that is tuned on 40 of them.
const tunedStudy = `silico = 1
[study]
title = "Tuned"
seed = 7
[people]
file = "people.csv"
[people.pilot]
share = 0.5
by = "gender"
[variable.gender]
type = "choice"
levels = ["F", "M"]
role = "covariate"
[variable.want]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
[variable.do]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
[factor.situation]
within = true
level = { bus = {}, train = {}, store = {}, operator = {} }
[factor.behaviour]
within = true
level = { curse = {}, scold = {}, shout = {} }
[question.want]
variable = "want"
text = "{{situation}} Would you want to {{behaviour}}?"
[question.do]
variable = "do"
after = "want"
text = "Would you {{behaviour}}?"
[model.base]
provider = "openai"
name = "small"
[model.tuned]
base = "base"
train = { people = 40, seed = 1 }
`

// tunedFolder writes the study and the record that a tuning of it leaves, and
// returns the folder and the record.
func tunedFolder(t *testing.T) (dir string, record *Tuning) {
	t.Helper()
	dir = t.TempDir()
	people, err := os.ReadFile("../../studies/wanting/people.csv")
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "people.csv", string(people))
	put(t, dir, SpecFile, tunedStudy)
	s, problems := Load(dir)
	if problems != nil {
		t.Fatal(problems)
	}
	m := s.Models[1]
	record = &Tuning{Format: TuningFormat, Model: "tuned", Base: "base", Rule: m.Train.Rule(), People: m.Train.IDs,
		Prints: s.PrintsOf(m.Train.IDs), Run: &TuningRun{Served: "ft:small:40", Revision: "sha256:40"}}
	keep(t, dir, record)
	return dir, record
}

func keep(t *testing.T, dir string, record *Tuning) {
	t.Helper()
	data, err := record.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, TuningFile(record.Model), string(data))
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestATunedModelTakesItsNameFromItsRecord(t *testing.T) {
	dir, _ := tunedFolder(t)
	s, problems := Load(dir)
	if problems != nil {
		t.Fatal(problems)
	}
	if m := s.Models[1]; m.Model != "ft:small:40" || m.Revision != "sha256:40" || m.Provider != "openai" {
		t.Errorf("the tuned model is %q of revision %q at %q; want what the record says, and the provider of its base", m.Model, m.Revision, m.Provider)
	}
}

func TestAModelLikeATunedOneIsItsWeightsAskedInAnotherWay(t *testing.T) {
	dir, _ := tunedFolder(t)
	put(t, dir, SpecFile, tunedStudy+"[model.remembering]\nlike = \"tuned\"\nmemory = \"full\"\n[model.anew]\nlike = \"tuned\"\nlabel = \"anew\"\ntrain = { people = 79, seed = 1 }\n")
	s, problems := Load(dir)
	if problems != nil {
		t.Fatal(problems)
	}
	if m := s.Models[2]; m.Training != "tuned" || m.Model != "ft:small:40" {
		t.Errorf("a model that only remembers more is trained as %q and served as %q, want the tuned one", m.Training, m.Model)
	}
	if m := s.Models[3]; m.Training != "anew" || m.Model != "" {
		t.Errorf("a model with a training set of its own is trained as %q and served as %q, want its own name and none", m.Training, m.Model)
	}
}

// Whoever wants to evaluate a model on the people that it learned from has many
// ways to do so without seeing it. Each must end in the same sentence.
func TestAModelIsNeverEvaluatedOnPeopleThatItLearnedFrom(t *testing.T) {
	other := strings.Replace(tunedStudy, "seed = 7", "seed = 8", 1) // another pilot half
	tuned := "[model.tuned]\nbase = \"base\"\ntrain = { people = 40, seed = 1 }\n"
	for _, tt := range []struct {
		name  string
		study string
		edit  func(rows [][]string)
		more  *Tuning
		want  string // begins a problem
	}{
		{name: "another pilot half", study: other, want: `model "tuned" learned from people who are evaluated`},
		{name: "no pilot", study: strings.Replace(strings.Replace(tunedStudy, tuned, "[model.other]\nprovider = \"openai\"\nname = \"ft:small:40\"\n", 1),
			"[people.pilot]\nshare = 0.5\nby = \"gender\"\n", "", 1), want: `model "other" learned from people who are evaluated: 40 respondents`},
		{name: "under another name in the study", study: strings.Replace(other, tuned, "[model.fresh]\nprovider = \"openai\"\nname = \"ft:small:40\"\n", 1),
			want: `model "fresh" learned from people who are evaluated`},
		{name: "the same weights under another name at the server", study: strings.Replace(other, tuned, "[model.fresh]\nprovider = \"openai\"\nname = \"mine\"\nrevision = \"sha256:40\"\n", 1),
			want: `model "fresh" learned from people who are evaluated`},
		{name: "people with other ids", study: other, edit: func(rows [][]string) { rename(rows, "id", func(s string) string { return "x" + s }) },
			want: `model "tuned" learned from people who are evaluated`},
		{name: "people with other ids and rows in another order", study: other, edit: func(rows [][]string) {
			rename(rows, "id", func(s string) string { return "x" + s })
			for i, j := 1, len(rows)-1; i < j; i, j = i+1, j-1 {
				rows[i], rows[j] = rows[j], rows[i]
			}
		}, want: `model "tuned" learned from people who are evaluated`},
		{name: "people with other ids and answers with other codes", study: strings.ReplaceAll(other, `["no", "perhaps", "yes"]`, `["0", "1", "2"]`), edit: func(rows [][]string) {
			code := map[string]string{"no": "0", "perhaps": "1", "yes": "2"}
			rename(rows, "id", func(s string) string { return "x" + s })
			rename(rows, "want", func(s string) string { return code[s] })
			rename(rows, "do", func(s string) string { return code[s] })
		}, want: `model "tuned" learned from people who are evaluated`},
		{name: "a second model tuned on top", study: strings.Replace(other, tuned, "[model.first]\nlike = \"base\"\nname = \"ft:small:40\"\n[model.second]\nbase = \"first\"\nname = \"ft:second\"\ntrain = { people = 40, seed = 3 }\n", 1),
			want: `model "second" learned from people who are evaluated`},
		{name: "a second model whose record alone names the first", study: strings.Replace(other, tuned, "[model.second]\nprovider = \"openai\"\nname = \"ft:second\"\n", 1),
			more: &Tuning{Format: TuningFormat, Model: "second", Base: "tuned", Run: &TuningRun{Served: "ft:second"}},
			want: `model "second" learned from people who are evaluated`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, _ := tunedFolder(t)
			put(t, dir, SpecFile, tt.study)
			if tt.more != nil {
				keep(t, dir, tt.more)
			}
			if tt.edit != nil {
				recode(t, filepath.Join(dir, "people.csv"), tt.edit)
			}
			_, problems := Load(dir)
			for _, p := range problems {
				if strings.HasPrefix(p.Msg, tt.want) {
					return
				}
			}
			t.Errorf("the problems are\n%v\nwant one that begins: %s", problems, tt.want)
		})
	}
}

func TestPeopleWhoWereNotLearnedFromMayBeEvaluated(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(rows [][]string)
	}{
		{"as they were", func([][]string) {}},
		{"new people, for a model that learned from others", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, _ := tunedFolder(t)
			if tt.edit == nil { // wants shifted by a row make other people
				put(t, dir, SpecFile, strings.Replace(tunedStudy, "train = { people = 40, seed = 1 }", "name = \"ft:small:40\"", 1))
				tt.edit = func(rows [][]string) {
					rename(rows, "id", func(s string) string { return "x" + s })
					want := 0
					for i, name := range rows[0] {
						if name == "want" {
							want = i
						}
					}
					first := rows[1][want]
					for i := 1; i < len(rows)-1; i++ {
						rows[i][want] = rows[i+1][want]
					}
					rows[len(rows)-1][want] = first
				}
			}
			recode(t, filepath.Join(dir, "people.csv"), tt.edit)
			if _, problems := Load(dir); problems != nil {
				t.Errorf("nobody of the training is evaluated, and there are problems:\n%v", problems)
			}
		})
	}
}

func TestARecordOfAnotherTrainingIsAProblem(t *testing.T) {
	dir, record := tunedFolder(t)
	put(t, dir, SpecFile, strings.Replace(tunedStudy, "people = 40, seed = 1", "people = 41, seed = 1", 1))
	_, problems := Load(dir)
	want := "the record tuning/tuned.json is of another training: people was 40 and is 41; give this model another name, or remove the record and tune it again"
	if len(problems) != 1 || problems[0].Msg != want {
		t.Errorf("the problems are\n%v\nwant: %s", problems, want)
	}
	record.People = append([]string{"nobody"}, record.People[1:]...)
	keep(t, dir, record)
	put(t, dir, SpecFile, tunedStudy)
	if _, problems = Load(dir); len(problems) != 1 || !strings.Contains(problems[0].Msg, "draws other people now") {
		t.Errorf("the problems are\n%v\nwant one that says that other people are drawn", problems)
	}
}

// rename changes the cells of a column.
func rename(rows [][]string, column string, name func(string) string) {
	for k, c := range rows[0] {
		if c == column {
			for _, r := range rows[1:] {
				r[k] = name(r[k])
			}
		}
	}
}

func recode(t *testing.T, file string, edit func(rows [][]string)) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	edit(rows)
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTheShippedModelsLearnedFromNobodyWhoIsEvaluated(t *testing.T) {
	for _, dir := range []string{wanting, wanting + "-swapped"} {
		s := loaded(t, dir)
		evaluated := make(map[string]bool)
		for _, p := range peopleOf(s.People.Frame, s.schema.ID, frame.Evaluation) {
			evaluated[p.id] = true
		}
		tuned := 0
		for _, m := range s.Models {
			if !m.Tuned() {
				continue
			}
			record := s.Tuning(m.Training)
			if record == nil || record.Run == nil {
				t.Fatalf("%s: %s has no record of its training", dir, m.Name)
			}
			tuned++
			if len(record.People) != m.Train.People || len(record.Run.Loss) == 0 {
				t.Errorf("%s: %s learned from %d people, and says %d", dir, m.Name, len(record.People), m.Train.People)
			}
			for _, id := range record.People {
				if evaluated[id] {
					t.Errorf("%s: %s learned from %s, who is evaluated", dir, m.Name, id)
				}
			}
		}
		if tuned < 3 || len(evaluated) != 158 {
			t.Errorf("%s: %d tuned models and %d people evaluated", dir, tuned, len(evaluated))
		}
	}
}
