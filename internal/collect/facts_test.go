package collect

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/analysis"
	"silico/internal/study"
)

// table returns the named table as text: a line a row, cells parted by bars.
func table(t *testing.T, r *analysis.Result, name string) []string {
	t.Helper()
	for _, tb := range r.Tables {
		if tb.Name != name {
			continue
		}
		var lines []string
		for _, row := range tb.Rows {
			var cells []string
			for _, c := range row.Cells {
				switch c.Kind {
				case analysis.Words:
					cells = append(cells, c.Text)
				case analysis.Blank:
					cells = append(cells, "")
				default:
					cells = append(cells, decimal(c.Value))
				}
			}
			if len(row.Cells) != len(tb.Columns) {
				t.Errorf("table %s: a row of %d cells under %d columns", name, len(row.Cells), len(tb.Columns))
			}
			lines = append(lines, strings.Join(cells, "|"))
		}
		return lines
	}
	t.Fatalf("there is no table %q", name)
	return nil
}

func TestFactsTellTheStudy(t *testing.T) {
	s := load(t, files(declared(everyModel...)))
	r := Facts(s, collected(t, s, 2), []study.Input{{Path: "paper.md", Bytes: 5, SHA256: "aa"}})
	for _, tt := range []struct {
		table string
		want  []string // lines that are there
	}{
		{"design", []string{"place|Where|within respondents|bus||in the bus|no", "arm|What was said before|between respondents|treated||treated|"}},
		{"sample", []string{"In the people file|80|160", "Excluded by speeder (seconds < 60)|4|8", "Excluded by sleeper (age > 90)|2|4",
			"Pilot, may be learned from|37|74", "Evaluation, compared with models|37|74"}},
		{"exclusions", []string{"speeder|seconds < 60|4|8", "sleeper|age > 90|2|4"}},
		{"training", []string{"hotdeck (baseline)|30|at random|1|19|11"}},
		{"sources", []string{"people|people|people|||80|160|1|people.csv", "uniform|uniform (baseline)|baseline|uniform||37|148|2|every answer equally likely",
			"hotdeck|hotdeck (baseline)|baseline|hotdeck|30|37|74|1|a whole training person of the same gender, one of the 5 nearest in age"}},
		{"effects", []string{"planted|want|ordinal|gender + place + arm|genderM|1", "planted|want|ordinal|gender + place + arm|threshold 2|1",
			"planted|want|ordinal|gender + place + arm|person SD|1", "planted|sure|gaussian|age|residual SD|0.5"}},
		{"measures", []string{"gender|choice|covariate|F = woman, M = man||", "sure|scale|outcome|1 to 7||How sure are you {{place}}, from 1 to 7?", "do_any|binary||0, 1||do != 'no'"}},
		{"prompts", []string{"persona|described|||You are a {{gender}} of {{age}}.", "question|do|want|text|Would you?"}},
		{"texts", []string{"persona|described|You are a woman of 59.", "question|want|Would you want to shout in the bus?", "question|want|Would you want to shout in the street?"}},
		{"seeds", []string{"pilot||who may be learned from|7", "answer/SOURCE/RESPONDENT/UNIT/QUESTION|draw|the answers of baselines and simulated participants|7"}},
	} {
		got := table(t, r, tt.table)
		for _, line := range tt.want {
			if !slices.Contains(got, line) {
				t.Errorf("table %s has no line %q:\n%s", tt.table, line, strings.Join(got, "\n"))
			}
		}
	}
	table(t, r, "codebook")
	if got, want := table(t, r, "inputs"), []string{"paper.md|5|aa"}; !slices.Equal(got, want) {
		t.Errorf("the files that were read are %q, want %q", got, want)
	}
	values := make(map[string]float64)
	for _, e := range r.Estimates {
		if _, twice := values[e.Address("study")]; twice {
			t.Errorf("two values have the address %s", e.Address("study"))
		}
		values[e.Address("study")] = e.Value
	}
	for address, want := range map[string]float64{
		"study.seed": 7, "study.units": 2, "study.questions": 4, "study.place.levels": 2, "study.people.n": 80, "study.people.evaluation": 37,
		"study.people.pilot": 37, "study.people.excluded": 6, "study.people.rows": 160, "study.people.speeder.excluded": 4,
		"study.uniform.n": 37, "study.uniform.draws": 2, "study.hotdeck.trained": 30, "study.strangers.n": 80,
	} {
		if got, ok := values[address]; !ok || got != want {
			t.Errorf("%s = %v, want %v", address, got, want)
		}
	}
	for _, tb := range r.Tables {
		if tb.Name == "sources" && !slices.ContainsFunc(tb.Notes, func(note string) bool { return strings.HasPrefix(note, "twins") && strings.Contains(note, "nobody") }) {
			t.Errorf("what a source has to say is no note of the table of sources: %q", tb.Notes)
		}
	}
}

func TestFactsAddressesOfCellsAreValues(t *testing.T) {
	s := load(t, files(declared(everyModel...)))
	r := Facts(s, collected(t, s, 1), s.Inputs)
	known := make(map[string]float64)
	for _, e := range r.Estimates {
		known[e.Address("study")] = e.Value
	}
	for _, tb := range r.Tables {
		for _, row := range tb.Rows {
			for _, c := range row.Cells {
				if c.Address == "" {
					continue
				}
				if value, ok := known[c.Address]; !ok || value != c.Value {
					t.Errorf("table %s shows %v as %s, which is %v", tb.Name, c.Value, c.Address, value)
				}
			}
		}
	}
}

func TestEachWordingOfAQuestionIsToldOnce(t *testing.T) {
	s := load(t, files(declared("uniform")))
	r := Facts(s, collected(t, s, 1), s.Inputs)
	want := []string{"persona|described|You are a woman of 59.", "question|want|Would you want to shout in the bus?", "question|want|Would you want to shout in the street?",
		"question|do|Would you?", "question|sure|How sure are you in the bus, from 1 to 7?", "question|sure|How sure are you in the street, from 1 to 7?", "question|vote|Do you vote?"}
	if diff := cmp.Diff(want, table(t, r, "texts")); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
}

func TestWhatModelsAreSentIsToldOnceForModelsThatAreSentTheSame(t *testing.T) {
	asked := "[model.%s]\nprovider = \"openai\"\nname = \"small\"\npersona = \"%s\"\n"
	s := load(t, files(declared("uniform")+fmt.Sprintf(asked, "told", "described")+fmt.Sprintf(asked, "told_too", "described")+fmt.Sprintf(asked, "untold", "none")))
	f, err := Frame(t.Context(), s, Options{Workers: 1, Partial: true})
	if err != nil {
		t.Fatal(err)
	}
	got := table(t, Facts(s, f, nil), "requests")
	want := []string{
		"told, told_too|want|system|You are a woman of 59.", "told, told_too|want|user|Would you want to shout in the bus?",
		"told, told_too|do|assistant|no", "told, told_too|do|user|Would you?",
	}
	if len(got) < 4 || !slices.Equal(got[:4], want) {
		t.Errorf("the requests begin\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !slices.Contains(got, "untold|want|user|Would you want to shout in the bus?") {
		t.Errorf("the model without a persona is not among\n%s", strings.Join(got, "\n"))
	}
}
