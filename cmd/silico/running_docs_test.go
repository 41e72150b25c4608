package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"silico/internal/llm/llmtest"
	"silico/internal/study"
)

// TestCommandsOfRunningDoWhatThePageSays runs the commands of docs/running.md in
// their order and looks for what the text block behind each says, line by line.
// Times and dates differ, and so do tokens where chance says who is asked first.
// The server of the example study is one of the test's.
func TestCommandsOfRunningDoWhatThePageSays(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "running.md"))
	if err != nil {
		t.Fatal(err)
	}
	server := serving(t, llmtest.Config{})
	t.Chdir(t.TempDir())
	block := regexp.MustCompile("(?s)```sh\n(.*?)```\n(?:\n```text\n(.*?)```\n)?")
	for _, b := range block.FindAllStringSubmatch(string(page), -1) {
		said := ""
		for line := range strings.Lines(b[1]) {
			line, _, _ = strings.Cut(line, " #")
			said += does(t, server, strings.Fields(line))
		}
		shown := strings.Split(timeless(said), "\n")
		for line := range strings.Lines(b[2]) {
			if line = timeless(line); !slices.Contains(shown, line) {
				t.Errorf("behind\n%sthe page says\n%s\nand this is said:\n%s", b[1], line, said)
			}
		}
	}
}

// does runs a command, and returns what it says.
func does(t *testing.T, server *llmtest.Server, words []string) string {
	t.Helper()
	switch {
	case len(words) == 3 && words[0] == "rm" && words[1] == "-r" && filepath.IsLocal(words[2]):
		if err := os.RemoveAll(words[2]); err != nil {
			t.Fatal(err)
		}
		return ""
	case len(words) < 2 || words[0] != "silico":
		t.Fatalf("the page has a command that the test does not know: %q", words)
	}
	code, out, errOut := program(t, words[1:]...)
	if code != exitDone {
		t.Errorf("%s: exit code %d\n%s%s", strings.Join(words, " "), code, out, errOut)
	}
	if words[1] == "new" {
		edit(t, filepath.Join(words[2], study.SpecFile), "http://127.0.0.1:8080/v1", server.OpenAI())
	}
	return out + errOut
}

var (
	clock  = regexp.MustCompile(`\d+(\.\d+)? s\b|20\d\d-\d\d-\d\d|\d+ tokens`)
	spaces = regexp.MustCompile(` +`)
)

// timeless returns a text without what differs from one run to the next.
func timeless(text string) string {
	text = clock.ReplaceAllString(spaces.ReplaceAllString(text, " "), "…")
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
