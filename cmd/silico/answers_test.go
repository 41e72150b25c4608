package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"silico/internal/llm"
	"silico/internal/llm/llmtest"
	"silico/internal/study"
)

// answeredStudy makes a study of five people in two situations who are asked two
// questions in one conversation, asks a server of its own, and returns the
// study's folder and the server.
func answeredStudy(t *testing.T, flags ...string) (string, *llmtest.Server) {
	t.Helper()
	server, err := llmtest.Start(llmtest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	dir := filepath.Join(t.TempDir(), "anger")
	spec := strings.ReplaceAll(`silico = 1
[study]
title = "Anger"
authors = ["A"]
seed = 7
[people]
file = "people.csv"
id = "id"
[variable.gender]
type = "choice"
levels = ["F", "M"]
labels = ["woman", "man"]
role = "covariate"
[variable.want]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
role = "belief"
[variable.do]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
role = "action"
[factor.situation]
within = true
[factor.situation.level.bus]
text = "A bus fails to stop for you."
label = "the bus"
[factor.situation.level.train]
text = "You miss a train."
[persona.described]
text = "You are a {{gender}}."
[question.want]
text = "{{situation}} Would you want to shout? Answer no, perhaps or yes."
[question.do]
after = "want"
text = "And would you do it? Answer no, perhaps or yes."
[model.small]
provider = "openai"
name = "small"
revision = "sha256:aa"
endpoint = "ENDPOINT"
persona = "described"
`, "ENDPOINT", server.OpenAI())
	people := "id,gender,situation,want,do\n"
	for _, id := range []string{"p1,F", "p2,M", "p/3,F", "p4,M", "p5,F"} {
		people += id + ",bus,no,no\n" + id + ",train,yes,perhaps\n"
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{study.SpecFile: spec, "people.csv": people} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, errOut := program(t, append([]string{"run", dir, "--yes"}, flags...)...); code != exitDone {
		t.Fatalf("silico run ends with code %d:\n%s", code, errOut)
	}
	return dir, server
}

func TestAnswersAreShownOneALine(t *testing.T) {
	dir, _ := answeredStudy(t)
	code, out, errOut := program(t, "answers", dir)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitDone || len(lines) != 20 || !strings.HasPrefix(lines[0], "small/p1/bus/want  ") || errOut != "20 answers\n" {
		t.Errorf("code %d, %d lines, first %q, err %q; want the 20 answers of the plan, small/p1/bus/want first", code, len(lines), lines[0], errOut)
	}
}

func TestAnswersAreFiltered(t *testing.T) {
	dir, _ := answeredStudy(t)
	var all []shownAnswer
	_, out, _ := program(t, "answers", "--json", dir)
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) != 20 {
		t.Fatalf("%d answers as JSON (%v), want 20", len(all), err)
	}
	tests := []struct {
		name  string
		flags []string
		wants func(shownAnswer) bool
	}{
		{"model", []string{"--model", "small"}, func(shownAnswer) bool { return true }},
		{"item", []string{"--item", "do"}, func(a shownAnswer) bool { return a.Question == "do" }},
		{"status", []string{"--status", "answered"}, func(a shownAnswer) bool { return a.Status == "answered" }},
		{"statuses", []string{"--status", "cut-off,unparsable"}, func(a shownAnswer) bool { return a.Status == "cut off" || a.Status == "unparsable" }},
		{"text", []string{"--text", "YES"}, func(a shownAnswer) bool { return strings.Contains(strings.ToLower(a.Reply.Text), "yes") }},
		{"missing", []string{"--status", "missing"}, func(shownAnswer) bool { return false }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want, got []string
			for _, a := range all {
				if tt.wants(a) {
					want = append(want, a.Cell)
				}
			}
			code, out, errOut := program(t, append([]string{"answers", dir}, tt.flags...)...)
			for line := range strings.Lines(out) {
				name, _, _ := strings.Cut(line, " ")
				got = append(got, name)
			}
			if code != exitDone || strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("code %d, %s\ngot  %q\nwant %q", code, errOut, got, want)
			}
		})
	}
}

func TestSampleOfAnswersIsDrawnByItsSeed(t *testing.T) {
	dir, _ := answeredStudy(t)
	sample := func(seed string) string {
		code, out, _ := program(t, "answers", dir, "--sample", "4", "--seed", seed)
		if n := strings.Count(out, "\n"); code != exitDone || n != 4 {
			t.Fatalf("code %d, %d answers, want 4", code, n)
		}
		return out
	}
	first := sample("3")
	if again := sample("3"); again != first {
		t.Errorf("the same seed draws other answers:\n%s\n%s", first, again)
	}
	if first == sample("4") && first == sample("5") {
		t.Error("three seeds draw the same answers")
	}
}

func TestMistakesInTheFiltersAreMistakesOfTheCommandLine(t *testing.T) {
	dir, _ := answeredStudy(t)
	for flag, want := range map[string]string{
		"--model=smal":       `there is no asked model "smal"; did you mean "small"?`,
		"--item=wnat":        `there is no question "wnat"; did you mean "want"?`,
		"--status=answerred": `there is no status "answerred"; did you mean "answered"?`,
	} {
		if code, _, errOut := program(t, "answers", dir, flag); code != exitUsage || !strings.Contains(errOut, want) {
			t.Errorf("%s: code %d, %q; want %d and %q", flag, code, errOut, exitUsage, want)
		}
	}
}

// replyTo keeps another reply, earlier than the one that is kept, to the first
// request of a study's store.
func replyTo(t *testing.T, dir, text string) {
	t.Helper()
	folder, err := responsesOf(dir)
	if err != nil {
		t.Fatal(err)
	}
	var first *llm.Record
	if _, err := llm.Records(folder, func(r *llm.Record) error { first = r; return errFound }); !errors.Is(err, errFound) {
		t.Fatal(err)
	}
	s, err := llm.OpenStore(folder)
	if err != nil {
		t.Fatal(err)
	}
	q := first.Request
	r := &llm.Request{Provider: q.Provider, Model: q.Model, Revision: q.Revision, Place: llm.Place{Opening: q.Opening, Turn: q.Turn, Draw: q.Draw, Attempt: q.Attempt}}
	reply := first.Reply
	reply.Text, reply.Date = text, "2001-01-01T00:00:00Z"
	if err := s.Keep(r, llm.Wire{Path: q.Path, Body: string(q.Body)}, &reply); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestHostileReplyIsHarmlessWhereItIsShown(t *testing.T) {
	dir, _ := answeredStudy(t)
	replyTo(t, dir, "=HYPERLINK(\"http://x\")\x1b[2J<script>alert(1)</script>\u202e")
	for _, form := range []string{"", "--csv", "--json"} {
		args := []string{"answers", dir, "--text", "hyperlink"}
		if form != "" {
			args = append(args, form)
		}
		code, out, _ := program(t, args...)
		if code != exitDone || !strings.Contains(out, "HYPERLINK") {
			t.Fatalf("%s: code %d, the reply is not shown: %q", form, code, out)
		}
		if form != "--csv" && strings.ContainsAny(out, "\x1b") {
			t.Errorf("%s: an escape reaches the terminal: %q", form, out)
		}
		if form != "--csv" {
			continue
		}
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.HasPrefix(cell, "=") {
					t.Errorf("a cell is a formula: %q", cell)
				}
			}
		}
	}
}

func TestWhySaysWhatAnAnswerIsKeptUnder(t *testing.T) {
	dir, _ := answeredStudy(t)
	code, out, errOut := program(t, "why", dir, "small/p2/bus/do")
	for _, want := range []string{
		"small/p2/bus/do: ", "request 1 of 1", " key ", " version 1 ", " provider openai ", " revision sha256:aa ", " turn 1 ",
		`You are a man.`, ` reply "`, " kept in " + filepath.ToSlash(dir) + "/responses/small.",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("%q is not said (code %d, %s):\n%s", want, code, errOut, out)
		}
	}
}

func TestWhySaysInWhatARequestDiffersFromTheNearestThatIsKept(t *testing.T) {
	dir, _ := answeredStudy(t)
	file := filepath.Join(dir, study.SpecFile)
	spec, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(spec), `persona = "described"`, "persona = \"described\"\ntemperature = 0.5", 1)
	if err := os.WriteFile(file, []byte(changed), 0o666); err != nil {
		t.Fatal(err)
	}
	code, out, errOut := program(t, "why", dir, "small/p1/bus/want")
	for _, want := range []string{"small/p1/bus/want: missing\n", "no reply is kept; the nearest request that has one is in ", "  body.temperature\n    here  0.5\n    kept  -\n"} {
		if code != exitDone || !strings.Contains(out, want) {
			t.Errorf("%q is not said (code %d, %s):\n%s", want, code, errOut, out)
		}
	}
	if strings.Contains(out, "body.messages") {
		t.Errorf("the words are the same and are said to differ:\n%s", out)
	}
	_, out, _ = program(t, "why", dir, "small/p1/bus/do")
	if want := "its request follows from the reply to small/p1/bus/want, which is still to be asked"; !strings.Contains(out, want) {
		t.Errorf("%q is not said:\n%s", want, out)
	}
	var w why
	if _, out, _ := program(t, "why", "--json", dir, "small/p1/bus/want"); json.Unmarshal([]byte(out), &w) != nil || len(w.Requests) != 1 || w.Requests[0].Differences[0].Field != "body.temperature" {
		t.Errorf("as JSON: %s", out)
	}
}

func TestNamesOfAnswersAreReadWithTolerance(t *testing.T) {
	dir, _ := answeredStudy(t, "--limit", "1")
	s, problems := study.Load(dir)
	if problems != nil {
		t.Fatal(problems)
	}
	for in, want := range map[string]string{
		"small/p1/bus/want":       "small/p1/bus/want",
		"/SMALL/P1/Bus/WANT/":     "small/p1/bus/want",
		"small/p1/the bus/want#2": "small/p1/bus/want#2",
		"small/p/3/train/do#1":    "small/p/3/train/do",
	} {
		if got, err := cellName(s, in); got != want || err != nil {
			t.Errorf("cellName(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"small/p1/want":         `"small/p1/want" is not the name of an answer; names are MODEL/ID/SITUATION/QUESTION, and silico answers shows those that there are`,
		"smll/p1/bus/want":      `there is no asked model "smll"; did you mean "small"?`,
		"small/p9/bus/want":     `there is no respondent of the evaluation sample "p9"; did you mean "p1"?`,
		"small/p1/buss/want":    `"buss" is no level of situation; did you mean "bus"?`,
		"small/p1/bus/wnat":     `there is no question "wnat"; did you mean "want"?`,
		"small/p1/bus/want#two": `"two" is not the number of a draw; they count from 1`,
	} {
		if got, err := cellName(s, in); err == nil || err.Error() != want {
			t.Errorf("cellName(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}
