package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"silico/internal/llm/llmtest"
)

// aTraining is a record as the recipe writes it, of a training that a test does
// not do.
const aTraining = `{"served_as": "tuned", "revision": "sha256:aa", "loss": [{"step": 1, "train": 1.5}, {"step": 30, "train": 0.9}],
	"software": {"torch": "2"}, "hardware": "a CPU", "seconds": 300, "tokens": 9000}`

// TestATunedModelsPaperIsMadeAsThePageSays follows docs/tuning.md from the file
// of 100 people to the paper: every command of silico is run as it stands there,
// the study is what it says, and a server of the test's answers. What trains and
// serves is run by nobody here.
func TestATunedModelsPaperIsMadeAsThePageSays(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole study is asked for and built")
	}
	b, err := os.ReadFile(filepath.Join(root, "docs", "tuning.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	people, err := os.ReadFile(filepath.Join(root, "studies", "wanting", "people.csv"))
	if err != nil {
		t.Fatal(err)
	}
	hundred := firstPeople(t, string(people), 100)
	server := serving(t, llmtest.Config{})
	t.Chdir(t.TempDir())
	edit(t, "people.csv", "", hundred)
	spec := filepath.Join("mine", "study.toml")
	ran := 0
	for _, block := range regexp.MustCompile("(?s)```(sh|toml)\n(.*?)```\n").FindAllStringSubmatch(page, -1) {
		if block[1] == "toml" {
			draft, err := os.ReadFile(spec)
			if err != nil {
				t.Fatal(err)
			}
			head, _, ok := strings.Cut(string(draft), "# ---- what a language model would be told and asked")
			if !ok {
				t.Fatal("the draft has no part of what a model is told and asked")
			}
			if err := os.WriteFile(spec, []byte(head+strings.Replace(block[2], "http://127.0.0.1:8080/v1", server.OpenAI(), 1)), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		for line := range strings.Lines(block[2]) {
			words := strings.Fields(line)
			if strings.Contains(line, "--record") {
				record := words[len(words)-1]
				if err := os.MkdirAll(filepath.Dir(record), 0o755); err != nil {
					t.Fatal(err)
				}
				edit(t, record, "", aTraining)
			}
			code, out, errOut := program(t, words[1:]...)
			if code != exitDone {
				t.Fatalf("%s: exit code %d\n%s%s", strings.TrimSpace(line), code, out, errOut)
			}
			if words[1] == "tune" && len(words) == 3 && !strings.Contains(page, strings.TrimPrefix(trainingCommand(out), "python ")) {
				t.Errorf("the page trains with another command than silico tune prints:\n%s", out)
			}
			ran++
		}
	}
	if ran < 9 {
		t.Errorf("only %d commands were found on the page", ran)
	}
	results, err := filepath.Glob("*/*/results.json")
	if err != nil || len(results) == 0 {
		results, _ = filepath.Glob("*/results.json")
	}
	if len(results) != 1 {
		t.Fatalf("there are the results %v, want those of one paper", results)
	}
	paper, err := os.ReadFile(filepath.Join(filepath.Dir(results[0]), "paper.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"tuned on 40 people", "rescaled", "brings the model closer to others"} {
		if !strings.Contains(string(paper), part) {
			t.Errorf("the paper says nothing of %q", part)
		}
	}
}

// trainingCommand returns the command that trains, of what tune prints.
func trainingCommand(out string) string {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(strings.TrimSpace(line), "python ") {
			return strings.TrimSpace(line)
		}
	}
	return "no command"
}

// firstPeople returns the rows of the first people of a file.
func firstPeople(t *testing.T, file string, n int) string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	for i, row := range rows {
		if id, err := strconv.Atoi(row[0]); i == 0 || err == nil && id <= n {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Flush()
	return b.String()
}
