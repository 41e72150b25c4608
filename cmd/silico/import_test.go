package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"silico/internal/collect"
	"silico/internal/study"
)

// importingStudy writes a study of two women in two situations, whom a model is
// asked about in the words of the sample files.
func importingStudy(t *testing.T, persona, model string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "anger")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	spec := fmt.Sprintf(`silico = 1
[study]
title = "Anger"
authors = ["A"]
seed = 7
[people]
file = "people.csv"
id = "id"
[variable.want]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
role = "belief"
[factor.situation]
within = true
[factor.situation.level.bus]
text = "A bus fails to stop for you."
[factor.situation.level.train]
text = "You miss a train."
[persona.woman]
text = %q
[question.want]
text = "{{situation}} Would you want to shout? Answer no, perhaps or yes."
[model.small]
provider = "openai"
revision = "sha256:aa"
endpoint = "http://127.0.0.1:9/v1"
persona = "woman"
%s
`, persona, model)
	for name, text := range map[string]string{study.SpecFile: spec, "people.csv": "id,situation,want\np1,bus,no\np1,train,yes\np2,bus,no\np2,train,no\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func foreignSample(name string) string {
	return filepath.Join(root, "internal", "llm", "foreign", "testdata", name)
}

// repliesOf returns the words that are kept, by the names of the answers.
func repliesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	var all []shownAnswer
	_, out, errOut := program(t, "answers", "--json", dir)
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errOut)
	}
	replies := make(map[string]string)
	for _, a := range all {
		replies[a.Cell] = a.Reply.Text
		if a.Reply.Imported == "" {
			t.Errorf("%s does not say that it was imported", a.Cell)
		}
	}
	return replies
}

func TestRepliesOfOtherProgramsAreKept(t *testing.T) {
	const woman = "You are a woman."
	for _, tt := range []struct {
		name, persona, model string
		args                 []string
		kept, left           int
	}{
		{"openai-batch", woman, "name = \"small\"\nmax_tokens = 16", []string{foreignSample("batch-output.jsonl"), "--requests", foreignSample("batch-input.jsonl")}, 4, 0},
		{"inspect", woman, "name = \"small\"\nmax_tokens = 16", []string{foreignSample("inspect.eval")}, 4, 0},
		{"inspect", woman, "name = \"small\"\nmax_tokens = 16", []string{foreignSample("inspect.json")}, 4, 0},
		{"edsl", "You are answering questions as if you were a human. Do not break character.\nYour traits: {'gender': 'woman'}",
			"name = \"gpt-4o-mini\"\nmax_tokens = 16\ntemperature = 0.7", []string{foreignSample("edsl.ep")}, 1, 3},
		{"promptfoo", woman, "name = \"small\"\nmax_tokens = 16\ntemperature = 0.7", []string{foreignSample("promptfoo.json")}, 2, 2},
	} {
		t.Run(filepath.Base(tt.args[0]), func(t *testing.T) {
			dir := importingStudy(t, tt.persona, tt.model)
			args := append([]string{"import", "--json", "--from", tt.name}, append(tt.args[:1:1], append([]string{dir}, tt.args[1:]...)...)...)
			code, out, errOut := program(t, args...)
			var done collect.Adopted
			if err := json.Unmarshal([]byte(out), &done); err != nil || code != exitDone {
				t.Fatalf("code %d, %v\n%s%s", code, err, out, errOut)
			}
			if done.Kept != tt.kept || done.Known != 0 || len(done.Left) != tt.left {
				t.Errorf("%d kept, %d known, left %v; want %d kept and %d left", done.Kept, done.Known, done.Left, tt.kept, tt.left)
			}
			if n := len(repliesOf(t, dir)); n != tt.kept {
				t.Errorf("%d answers are found, want %d", n, tt.kept)
			}
			_, out, _ = program(t, args...)
			if err := json.Unmarshal([]byte(out), &done); err != nil || done.Kept != 0 || done.Known != tt.kept {
				t.Errorf("the second time %d are kept and %d known (%v), want 0 and %d", done.Kept, done.Known, err, tt.kept)
			}
			if code, out, _ := program(t, "store", "check", dir); code != exitDone {
				t.Errorf("the store has trouble:\n%s", out)
			}
		})
	}
}

// Nobody is at the endpoint of these studies: what is not kept is missing.
func TestImportedAnswersAreReplayed(t *testing.T) {
	for _, tt := range []struct {
		format, sample, model string
		code                  int
		lacks                 int
		want                  string // the rows of the model
	}{
		{"inspect", "inspect.eval", "name = \"small\"\nmax_tokens = 16", exitDone, 0, "small,p1,evaluation,,1,bus,perhaps,answered\nsmall,p1,evaluation,,1,train,no,answered\nsmall,p2,evaluation,,1,bus,perhaps,answered\nsmall,p2,evaluation,,1,train,no,answered\n"},
		{"promptfoo", "promptfoo.json", "name = \"small\"\nmax_tokens = 16\ntemperature = 0.7", exitMissing, 2, "small,p1,evaluation,,1,bus,no,answered\nsmall,p1,evaluation,,1,train,no,answered\nsmall,p2,evaluation,,1,bus,,\nsmall,p2,evaluation,,1,train,,\n"},
	} {
		t.Run(tt.format, func(t *testing.T) {
			dir := importingStudy(t, "You are a woman.", tt.model)
			out := filepath.Join(t.TempDir(), "paper")
			silico(t, exitMissing, "build", "--out", out, dir)
			silico(t, exitDone, "import", "--from", tt.format, foreignSample(tt.sample), dir)
			said := silico(t, tt.code, "build", "--out", out, dir)
			if tt.lacks > 0 && !strings.Contains(said, fmt.Sprintf("model small: %d of 4 answers", tt.lacks)) {
				t.Errorf("what is still missing is not said:\n%s", said)
			}
			if rows := silico(t, exitDone, "data", dir, "--partial", "--csv"); !strings.HasSuffix(rows, tt.want) {
				t.Errorf("the frame is\n%s\nand should end with\n%s", rows, tt.want)
			}
		})
	}
}

func TestSettingsThatDifferAreToldAndNotImported(t *testing.T) {
	batch := []string{"import", "--from", "openai-batch", "--requests", foreignSample("batch-input.jsonl"), foreignSample("batch-output.jsonl")}
	for name, tt := range map[string]struct{ model, want string }{
		"temperature":        {"name = \"small\"\nmax_tokens = 16\ntemperature = 1.0", "it was asked without temperature, and the study says 1"},
		"tokens":             {"name = \"small\"\nmax_tokens = 8", "its max_tokens is 16, and that of the study 8"},
		"no limit of tokens": {"name = \"small\"", "its max_tokens is 16, and the study says none"},
		"model":              {"name = \"large\"\nmax_tokens = 16", `it is of "small", and the study asks "large"; --model says whose it is`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := importingStudy(t, "You are a woman.", tt.model)
			code, out, errOut := program(t, append(slices.Clone(batch), dir)...)
			if code != exitDone || out != "0 answers imported, 4 left\n" || !strings.Contains(errOut, "line 1 and 3 more: "+tt.want) {
				t.Errorf("code %d, %q, %q; want that 4 are left since %s", code, out, errOut, tt.want)
			}
		})
	}
	dir := importingStudy(t, "You are a woman.", "name = \"large\"\nmax_tokens = 16")
	if _, out, errOut := program(t, append(slices.Clone(batch), dir, "--model", "small")...); out != "4 answers imported\n" {
		t.Errorf("with --model: %q, %q", out, errOut)
	}
}

func TestTableOfNamedAnswersIsImported(t *testing.T) {
	dir := importingStudy(t, "You are a woman.", "name = \"small\"\nmax_tokens = 16")
	file := filepath.Join(t.TempDir(), "replies.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("cell,reply\nsmall/p2/Train/want,perhaps\nsmall/p1/bus/want,no\n")
	code, out, errOut := program(t, "import", file, dir, "--from", "csv")
	if code != exitDone || out != "2 answers imported\n" || !strings.Contains(errOut, "the file does not say max_tokens") {
		t.Errorf("code %d, %q, %q", code, out, errOut)
	}
	got := repliesOf(t, dir)
	if len(got) != 2 || got["small/p2/train/want"] != "perhaps" || got["small/p1/bus/want"] != "no" {
		t.Errorf("the answers are %v", got)
	}
	write("cell,reply\nsmall/p9/bus/want,no\n")
	if code, _, errOut := program(t, "import", file, dir, "--from", "csv"); code != exitFailed || !strings.Contains(errOut, `line 2: there is no respondent of the evaluation sample "p9"; did you mean "p1"?`) {
		t.Errorf("code %d, %q", code, errOut)
	}
}

func TestMistakesOfAnImportSayWhatIsWrong(t *testing.T) {
	dir := importingStudy(t, "You are a woman.", "name = \"small\"")
	for name, tt := range map[string]struct {
		args []string
		code int
		want string
	}{
		"format":  {[]string{foreignSample("inspect.eval"), dir, "--from", "inspct"}, exitUsage, `there is no format "inspct"; did you mean "inspect"?`},
		"kind":    {[]string{foreignSample("inspect.eval"), dir, "--from", "edsl"}, exitFailed, "this is no file of edsl: the package has no results.jsonl"},
		"no file": {[]string{"nothing.json", dir, "--from", "edsl"}, exitFailed, "nothing.json cannot be read: no such file or directory"},
		"model":   {[]string{foreignSample("inspect.eval"), dir, "--from", "inspect", "--model", "smal"}, exitUsage, `there is no asked model "smal"; did you mean "small"?`},
	} {
		t.Run(name, func(t *testing.T) {
			if code, _, errOut := program(t, append([]string{"import"}, tt.args...)...); code != tt.code || !strings.Contains(errOut, tt.want) {
				t.Errorf("code %d, %q; want %d and %q", code, errOut, tt.code, tt.want)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, collect.Responses)); err == nil {
		t.Error("a mistaken import makes a store")
	}
}
