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

	"silico/internal/collect"
	"silico/internal/llm/llmtest"
	"silico/internal/study"
)

// audited asks everything of a study again and returns what was found.
func audited(t *testing.T, dir string, flags ...string) []*collect.AuditedItem {
	t.Helper()
	code, out, errOut := program(t, append([]string{"audit", "--json", "--share", "1", dir}, flags...)...)
	var items []*collect.AuditedItem
	if err := json.Unmarshal([]byte(out), &items); err != nil || code != exitDone {
		t.Fatalf("code %d, %v\n%s%s", code, err, out, errOut)
	}
	return items
}

// keptBytes returns all files of kept answers.
func keptBytes(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, collect.Responses, "*"))
	if err != nil || names == nil {
		t.Fatalf("no answers are kept: %v", err)
	}
	all := ""
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all += filepath.Base(name) + "\n" + string(text)
	}
	return all
}

// changeSpec replaces a part of study.toml that matches a pattern.
func changeSpec(t *testing.T, dir, pattern, with string) {
	t.Helper()
	file := filepath.Join(dir, study.SpecFile)
	spec, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := regexp.MustCompile(pattern).ReplaceAllLiteral(spec, []byte(with))
	if string(changed) == string(spec) {
		t.Fatalf("%s is not in the study", pattern)
	}
	if err := os.WriteFile(file, changed, 0o666); err != nil {
		t.Fatal(err)
	}
}

// yesMan is a server that says yes, whatever it is asked.
func yesMan(t *testing.T, logprobs string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"model":"small-2027","choices":[{"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"%s}],"usage":{"prompt_tokens":9,"completion_tokens":1}}`, logprobs)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}

func TestAuditOfAModelThatStaysTheSameFindsNothingAndChangesNothing(t *testing.T) {
	dir, server := answeredStudy(t)
	before, calls := keptBytes(t, dir), server.Calls()
	for _, it := range audited(t, dir) {
		if it.Asked != 10 || it.Answered != 10 || it.SameWords != 10 || it.SameAnswer != 10 || it.Drift != 1 || len(it.Changes)+len(it.Servers) > 0 {
			t.Errorf("%s: %+v; want 10 asked and all the same", it.Question, it)
		}
	}
	if n := server.Calls() - calls; n != 20 {
		t.Errorf("the audit took %d calls, want one a reply: 20", n)
	}
	if keptBytes(t, dir) != before {
		t.Error("the audit changes what is kept")
	}
}

func TestAuditShowsDriftOfAnotherModel(t *testing.T) {
	dir, _ := answeredStudy(t)
	before := keptBytes(t, dir)
	changeSpec(t, dir, `http://[^"]*`, yesMan(t, ""))
	for _, it := range audited(t, dir) {
		if it.Now["yes"] != 10 || len(it.Now) != 1 || it.SameAnswer != it.Was["yes"] || len(it.Changes) != 10-it.Was["yes"] || it.Drift == 1 {
			t.Errorf("%s: %+v; want ten that say yes now, and a drift", it.Question, it)
		}
		if len(it.Servers) != 1 || it.Servers[0].Now != "small-2027" {
			t.Errorf("%s: the servers are %v, want another now", it.Question, it.Servers)
		}
	}
	_, out, _ := program(t, "audit", "--share", "1", dir)
	for _, want := range []string{"same answer", "small/want\n", " then, 10 now\n", ", is yes\n", "  the server was small-2026-01-01 (fp_llmtest), is small-2027\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
	if keptBytes(t, dir) != before {
		t.Error("the audit changes what is kept")
	}
}

func TestAuditComparesProbabilities(t *testing.T) {
	dir, server := answeredStudy(t, "--limit", "1")
	changeSpec(t, dir, `after = "want"`, "after = \"want\"\nelicit = \"logprobs\"")
	changeSpec(t, dir, `\[question.want\]`, "[question.want]\nelicit = \"logprobs\"")
	if code, _, said := program(t, "run", dir); code != exitDone {
		t.Fatalf("silico run ends with code %d:\n%s", code, said)
	}
	for _, it := range audited(t, dir) {
		if it.Answered == 0 || it.Probabilities != it.Answered || it.MaxShift != 0 {
			t.Errorf("%s: %+v; want equal probabilities at the same server %s", it.Question, it, server.OpenAI())
		}
	}
	certain := `,"logprobs":{"content":[{"token":"yes","logprob":0,"top_logprobs":[{"token":"yes","logprob":0},{"token":"no","logprob":-30},{"token":"perhaps","logprob":-30}]}]}`
	changeSpec(t, dir, `http://[^"]*`, yesMan(t, certain))
	for _, it := range audited(t, dir) {
		if it.Probabilities != it.Answered || it.MeanShift < 0.1 || it.MaxShift > 1 || it.MaxShift < it.MeanShift {
			t.Errorf("%s: %+v; want other probabilities at a server that is certain", it.Question, it)
		}
	}
}

// The answers of the example took up to four requests each: the beginnings of
// options are gone on with, and which they are is for the model to say.
func TestAuditAsksAsOftenAsAnAnswerTakes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "curse")
	silico(t, exitDone, "new", dir, "--from", "asked")
	server := serving(t, llmtest.Config{})
	changeSpec(t, dir, `http://[^"]*`, server.OpenAI())
	asked, requests := 0, 0
	for _, it := range audited(t, dir, "--model", "untold") {
		asked += it.Asked
		if it.Answered != it.Asked || it.Probabilities != it.Asked {
			t.Errorf("%s: %+v; want an answer and probabilities of each that is asked", it.Question, it)
		}
		if it.MaxShift < 0.1 || it.MaxShift > 1 || it.SameWords != 0 {
			t.Errorf("%s: %+v; want other probabilities of another model, and no words compared", it.Question, it)
		}
	}
	if requests = int(server.Calls()); asked != 80 || requests == 0 || requests >= 80 {
		t.Errorf("%d answers took %d requests, want 80 and fewer, since equal prompts are one call", asked, requests)
	}
}

func TestAuditAsksAShareThatItsSeedChooses(t *testing.T) {
	dir, server := answeredStudy(t)
	asked := func(flags ...string) int64 {
		t.Helper()
		before := server.Calls()
		if code, _, said := program(t, append([]string{"audit", dir}, flags...)...); code != exitDone {
			t.Fatalf("code %d: %s", code, said)
		}
		return server.Calls() - before
	}
	if n := asked("--share", "0.000001"); n != 1 {
		t.Errorf("a tiny share asks %d requests, want the least there is, 1", n)
	}
	half := asked("--share", "0.5")
	if half < 3 || half > 17 {
		t.Errorf("half of 20 requests are %d", half)
	}
	if again := asked("--share", "0.5"); again != half {
		t.Errorf("the same share is %d requests and then %d", half, again)
	}
	for _, n := range []int64{1, 3, 20} {
		if got := asked("--answers", fmt.Sprint(n)); got != n {
			t.Errorf("--answers %d asks %d requests", n, got)
		}
	}
	if n := asked("--answers", "200"); n != 20 {
		t.Errorf("--answers 200 asks %d requests, want all that are kept, 20", n)
	}
	same := true
	for seed := range 5 {
		same = same && asked("--share", "0.5", "--seed", fmt.Sprint(seed+2)) == half
	}
	if same {
		t.Error("six seeds choose equally many; do they choose?")
	}
}

func TestMistakesOfAnAudit(t *testing.T) {
	dir, _ := answeredStudy(t)
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--share", "0"}, exitUsage, "a share of 0 is none; give one above 0 and up to 1, such as 0.05"},
		{[]string{"--share", "5"}, exitUsage, "a share of 5 is none"},
		{[]string{"--answers", "0"}, exitUsage, "0 answers are none"},
		{[]string{"--answers", "5", "--share", "0.5"}, exitUsage, "--share and --answers can't be used together"},
		{[]string{"--model", "smal"}, exitUsage, `did you mean "small"?`},
	} {
		if code, _, errOut := program(t, append([]string{"audit", dir}, tt.args...)...); code != tt.code || !strings.Contains(errOut, tt.want) {
			t.Errorf("%q: code %d, %q; want %d and %q", tt.args, code, errOut, tt.code, tt.want)
		}
	}
	changeSpec(t, dir, `http://[^"]*`, "http://127.0.0.1:1/v1")
	code, _, errOut := program(t, "audit", "--share", "1", "--patience", "10ms", dir)
	if code != exitMissing || !strings.Contains(errOut, "20 of 20 answers were not given again") {
		t.Errorf("a server that is down: code %d, %q", code, errOut)
	}
}
