package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"silico/internal/collect"
	"silico/internal/llm"
	"silico/internal/study"
)

// program runs a command in this process and returns what it prints.
func program(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

// storeOf makes a study with nothing but kept answers, each of them in a file
// of its own, and returns its folder.
func storeOf(t *testing.T, texts ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, study.SpecFile), []byte("silico = 1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		s, err := llm.OpenStore(filepath.Join(dir, collect.Responses))
		if err != nil {
			t.Fatal(err)
		}
		r := &llm.Request{Provider: "openai", Model: "small", Sampled: true, Place: llm.Place{Draw: i}}
		reply := &llm.Reply{Text: text, Finish: llm.Stop, Input: 10, Output: 1, Served: "small\x1b[2J", Date: "2026-11-25T10:00:00Z", LatencyMS: 5}
		if err := s.Keep(r, llm.Wire{Path: "chat/completions", Body: `{"model":"small"}`}, reply); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func kept(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, collect.Responses, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestStoreIsCompactedIntoOneFileAModel(t *testing.T) {
	dir := storeOf(t, "no", "yes", "perhaps")
	code, out, errOut := program(t, "store", "compact", dir)
	if code != exitDone || !strings.HasPrefix(out, "3 answers in 1 file\n") {
		t.Errorf("code %d, out %q, err %q; want 3 answers in 1 file", code, out, errOut)
	}
	if names := kept(t, dir); len(names) != 1 || filepath.Base(names[0]) != "small.jsonl" {
		t.Errorf("the folder holds %q, want small.jsonl alone", names)
	}
	if code, out, _ := program(t, "store", "check", dir); code != exitDone || out != "3 lines in 1 file: 3 answers\n" {
		t.Errorf("check gives code %d and %q, want 3 lines in 1 file", code, out)
	}
}

func TestStoreCheckNamesAChangedLineAndFails(t *testing.T) {
	dir := storeOf(t, "no", "yes")
	name := kept(t, dir)[0]
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, bytes.Replace(b, []byte(`"draw":`), []byte(`"draw":1`), 1), 0o666); err != nil {
		t.Fatal(err)
	}
	code, out, errOut := program(t, "store", "check", dir)
	want := filepath.ToSlash(name) + ", line 2: not as it was written"
	if code != exitFailed || !strings.Contains(out, want) {
		t.Errorf("code %d, out %q, err %q; want code %d and %q", code, out, errOut, exitFailed, want)
	}
	var checked llm.Checked
	if code, out, _ := program(t, "store", "check", "--json", dir); code != exitFailed || json.Unmarshal([]byte(out), &checked) != nil ||
		len(checked.Findings) != 1 || checked.Findings[0].Trouble != llm.Changed {
		t.Errorf("as JSON: code %d, %s; want one changed line", code, out)
	}
	if code, _, errOut := program(t, "store", "compact", dir); code != exitFailed || !strings.Contains(errOut, "--drop-changed") {
		t.Errorf("compact gives code %d and %q, want a refusal", code, errOut)
	}
	if code, out, _ := program(t, "store", "compact", "--drop-changed", dir); code != exitDone || !strings.HasPrefix(out, "1 answer in 1 file") {
		t.Errorf("compact --drop-changed gives code %d and %q, want 1 answer", code, out)
	}
}

func TestStoreMergeTakesAStudyOrAFolder(t *testing.T) {
	here, there := storeOf(t, "no"), storeOf(t, "no", "yes")
	if code, out, _ := program(t, "store", "merge", here, there); code != exitDone || out != "1 answer added, 1 known already\n" {
		t.Errorf("code %d, %q; want 1 answer added, 1 known already", code, out)
	}
	if code, out, _ := program(t, "store", "merge", here, filepath.Join(there, collect.Responses)); code != exitDone || out != "0 answers added, 2 known already\n" {
		t.Errorf("again: code %d, %q; want 0 added", code, out)
	}
	if code, _, errOut := program(t, "store", "merge", here, here); code != exitUsage || !strings.Contains(errOut, "the same folder") {
		t.Errorf("with itself: code %d, %q; want a mistake of the command line", code, errOut)
	}
	if code, _, errOut := program(t, "store", "merge", here, filepath.Join(there, "nowhere")); code != exitFailed || !strings.Contains(errOut, "is not there") {
		t.Errorf("with nothing: code %d, %q; want a sentence", code, errOut)
	}
}

func TestStoreStatsCountAndShowNoEscapes(t *testing.T) {
	dir := storeOf(t, "no", "yes")
	code, out, _ := program(t, "store", "stats", dir)
	if code != exitDone || !strings.Contains(out, "2       0         20    2  unknown          5  2026-11-25  2026-11-25  small") {
		t.Errorf("code %d, out:\n%s\nwant 2 answers, 20 tokens in, 2 out", code, out)
	}
	if strings.Contains(out, "\x1b") {
		t.Errorf("an escape of the server reaches the terminal: %q", out)
	}
	var s llm.Stats
	if _, out, _ := program(t, "store", "stats", "--json", dir); json.Unmarshal([]byte(out), &s) != nil || s.Models[0].Answers != 2 {
		t.Errorf("as JSON: %s; want 2 answers", out)
	}
}

func TestStoreCommandsSayWhenThereIsNoStudy(t *testing.T) {
	for _, command := range []string{"check", "compact", "stats"} {
		code, out, errOut := program(t, "store", command, t.TempDir())
		if code != exitFailed || out != "" || !strings.Contains(errOut, "has no study.toml") {
			t.Errorf("store %s: code %d, %q, %q; want a sentence", command, code, out, errOut)
		}
	}
}

func TestStoreThatIsNotThereIsEmpty(t *testing.T) {
	dir := storeOf(t)
	for command, want := range map[string]string{"check": "0 lines in 0 files: 0 answers\n", "compact": "0 answers in 0 files\n"} {
		if code, out, errOut := program(t, "store", command, dir); code != exitDone || out != want {
			t.Errorf("store %s: code %d, %q, %q; want %q", command, code, out, errOut, want)
		}
	}
}
