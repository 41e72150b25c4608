package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"silico/internal/llm/llmtest"
)

// evil is what a model may say to do something to whoever reads it: steer a
// terminal, run in a browser, be computed in a spreadsheet, be Markdown or TeX.
// Each says that it has owned its reader.
var evil = []string{
	"\x1b[2J\x1b]0;owned\a",
	`<script>alert("owned")</script><img src=x onerror=alert(1)>`,
	`=HYPERLINK("http://owned.example","click")`,
	`@SUM(1+1)*cmd|' /C owned'!A0`,
	"[owned](javascript:alert(1)) ![x](http://owned.example/x.png)",
	"```{value} gap.gap\n```\n\n# Owned\n\n\\input{/etc/passwd}",
}

// saying serves a model that says one evil thing after the other, as its text
// and as its name.
func saying(t *testing.T, things []string) (endpoint string) {
	t.Helper()
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		thing := things[n%len(things)]
		n++
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{
			"id": thing, "object": "chat.completion", "model": thing, "system_fingerprint": thing,
			"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": thing}}},
			"usage":   map[string]any{"prompt_tokens": 10, "completion_tokens": 5},
		})
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}

func TestWhatAModelSaysDoesNothingToItsReaders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "evil")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(dir, "study.toml"), "", fmt.Sprintf(`silico = 1
[study]
title = "Evil"
authors = ["A"]
seed = 7
[respondents]
n = %d
[variable.number]
type = "number"
min = 0
max = 1e6
role = "covariate"
[variable.why]
type = "text"
role = "outcome"
[variable.want]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
role = "belief"
[persona.numbered]
text = "You are number {{number}}."
[question.why]
text = "Why would you shout?"
[question.want]
text = "Would you want to shout? Answer no, perhaps or yes."
[model.evil]
persona = "numbered"
%s
`, 2*len(evil), llmtest.Local(saying(t, evil))))
	silico(t, exitDone, "run", dir, "--workers", "1", "-q")
	out := filepath.Join(t.TempDir(), "paper")
	silico(t, exitDone, "build", dir, "--out", out)

	for _, args := range [][]string{{"answers", dir}, {"data", dir}, {"run", dir}, {"store", "stats", dir}, {"store", "check", dir}} {
		said := silico(t, exitDone, args...)
		if i := strings.IndexAny(said, "\x1b\a\x00"); i >= 0 {
			t.Errorf("silico %s sends a control character to the terminal: %.80q", args[0], said[i:])
		}
	}
	formula := regexp.MustCompile(`(?m)(^|,)"?[=@+\t\r][A-Z(]`)
	if table := silico(t, exitDone, "answers", dir, "--csv"); formula.MatchString(table) || !strings.Contains(table, "'=HYPERLINK") {
		t.Errorf("silico answers --csv has a formula: %q", formula.FindString(table))
	}
	// The paper counts what was said and quotes none of it.
	err := filepath.WalkDir(out, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if at := strings.Index(strings.ToLower(string(text)), "owned"); at >= 0 {
			t.Errorf("%s has words of the model: %.80q", name, text[at:])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
