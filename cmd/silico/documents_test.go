package main

import (
	"bufio"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestCommandsInTheDocumentsWork runs every command of silico that the README
// and docs/ show in a ```sh block, in order, each document in a folder of its
// own that holds a copy of studies/.
func TestCommandsInTheDocumentsWork(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, page := range append(pages, filepath.Join(root, "README.md")) {
		page, err := filepath.Abs(page)
		if err != nil {
			t.Fatal(err)
		}
		if name := filepath.Base(page); name == "running.md" || name == "tuning.md" {
			continue // their commands need a server, and have tests of their own
		}
		commands := shellCommands(t, page)
		if len(commands) == 0 {
			continue
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			studies, err := filepath.Abs(filepath.Join(root, "studies"))
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			if err := os.CopyFS("studies", os.DirFS(studies)); err != nil {
				t.Fatal(err)
			}
			for _, c := range commands {
				var out, errOut strings.Builder
				if code := run(context.Background(), c[1:], &out, &errOut); code != exitDone {
					t.Errorf("%s: exit code %d\n%s", strings.Join(c, " "), code, errOut.String())
				}
				ran++
			}
		})
	}
	if ran < 8 {
		t.Errorf("only %d commands found in the documents", ran)
	}
}

func TestReadmeHasEveryCommand(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, help, _ := program(t, "--help")
	_, list, ok := strings.Cut(help, "Commands:\n")
	if !ok {
		t.Fatalf("the help lists no commands:\n%s", help)
	}
	names := regexp.MustCompile(`(?m)^  (\w+)`).FindAllStringSubmatch(list, -1)
	if len(names) < 15 {
		t.Errorf("only %d commands were found", len(names))
	}
	for _, n := range names {
		if !strings.Contains(string(readme), "| `silico "+n[1]) {
			t.Errorf("the README's table has no silico %s", n[1])
		}
	}
}

// shellCommands returns the commands of silico in the sh blocks of a page,
// split into words. `go run ./cmd/silico` counts as silico; a command with a
// redirection, a pipe or a variable is left out.
func shellCommands(t *testing.T, page string) [][]string {
	t.Helper()
	f, err := os.Open(page)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var commands [][]string
	inside := false
	for s := bufio.NewScanner(f); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		if strings.HasPrefix(line, "```") {
			inside = line == "```sh"
			continue
		}
		line, _, _ = strings.Cut(line, " #")
		line = strings.Replace(strings.TrimSpace(line), "go run ./cmd/silico", "silico", 1)
		if inside && strings.HasPrefix(line, "silico ") && !strings.ContainsAny(line, "|><$") {
			commands = append(commands, strings.Fields(line))
		}
	}
	return commands
}

func TestEveryExampleBuildsAtOnce(t *testing.T) {
	examples, err := fs.ReadDir(os.DirFS(filepath.Join(root, "templates", "study")), ".")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, e := range examples {
		t.Run(e.Name(), func(t *testing.T) {
			for _, args := range [][]string{
				{"new", "my_" + e.Name(), "--from", e.Name()},
				{"check", "my_" + e.Name()},
				{"build", "my_" + e.Name()},
				{"verify", "my_" + e.Name()},
			} {
				var errOut strings.Builder
				if code := run(context.Background(), args, io.Discard, &errOut); code != exitDone {
					t.Fatalf("silico %s: exit code %d\n%s", strings.Join(args, " "), code, errOut.String())
				}
			}
		})
	}
}
