package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"silico/internal/llm/llmtest"
)

// oneQuestion writes a study that asks 12 respondents one question, with
// further keys of the model, and returns its folder.
func oneQuestion(t *testing.T, endpoint string, keys string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "trial")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`silico = 1
[study]
title = "Trial"
[respondents]
n = 12
[variable.age]
type = "scale"
min = 18
max = 80
role = "covariate"
[variable.want]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
[persona.aged]
text = "You are {{age}} years old."
[question.want]
text = "Would you want to shout? Answer no, perhaps or yes."
[model.small]
provider = "openai"
name = "small"
revision = "sha256:aa"
endpoint = %q
persona = "aged"
%s
`, endpoint, keys)
	if err := os.WriteFile(filepath.Join(dir, "study.toml"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWhatAServerSilentlyLacksIsFoundBeforeAnythingIsAsked(t *testing.T) {
	for _, tt := range []struct {
		name, keys string
		lacks      llmtest.Lacks
		want       string // "" where nothing is lacking
	}{
		{"log-probabilities", `elicit = "logprobs"`, llmtest.Lacks{Logprobs: true}, `study.toml:24:10: the server of model "small" gives no log-probabilities; start it so that it does (docs/models.md), or write elicit = "distribution" or "text"`},
		{"going on with an answer", `elicit = "logprobs"`, llmtest.Lacks{Prefill: true}, `study.toml:18:8: the server of model "small" begins anew when it is to go on with an answer that was begun; write template = "chatml"`},
		{"nobody needs it to go on", "elicit = \"logprobs\"\nprefill = false", llmtest.Lacks{Prefill: true}, ""},
		{"a schema", `elicit = "json"`, llmtest.Lacks{Schema: true}, `study.toml:24:10: the server of model "small" gives replies that do not follow a JSON schema; write elicit = "text"`},
		{"a seed", `seed = 5`, llmtest.Lacks{Seed: true}, `study.toml:24:8: the server of model "small" gives different answers to equal requests with one seed; take seed out`},
		{"plain completions", `template = "chatml"`, llmtest.Lacks{Completions: true}, `study.toml:24:12: the server of model "small" has no plain completions; take template out`},
		{"nothing that is wanted", "", llmtest.Lacks{Logprobs: true, Prefill: true, Schema: true, Seed: true, Completions: true}, ""},
		{"nothing", "elicit = \"logprobs\"\ntemplate = \"chatml\"\nseed = 5", llmtest.Lacks{}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := llmtest.Start(llmtest.Config{Lacks: tt.lacks})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			dir := oneQuestion(t, s.OpenAI(), tt.keys)
			var said bytes.Buffer
			code := run(t.Context(), []string{"run", "-q", dir}, &said, &said)
			kept, _ := filepath.Glob(filepath.Join(dir, "responses", "*"))
			switch {
			case tt.want == "":
				if code != exitDone || len(kept) == 0 {
					t.Errorf("the run ended with %d and %d files of answers, want %d:\n%s", code, len(kept), exitDone, said.String())
				}
			case code != exitProblems || !strings.Contains(said.String(), tt.want):
				t.Errorf("the run ended with %d, want %d, and said:\n%s\nwant in it:\n%s", code, exitProblems, said.String(), tt.want)
			case len(kept) > 0 || s.Calls() > 8:
				t.Errorf("%d calls were made, and %d files kept, before it was found", s.Calls(), len(kept))
			}
		})
	}
}
