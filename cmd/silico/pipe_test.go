//go:build unix

package main

import (
	"strings"
	"syscall"
	"testing"
)

// TestAPipeIsNotWaitedFor puts pipes, which never end, in the places of files.
func TestAPipeIsNotWaitedFor(t *testing.T) {
	for _, name := range []string{"s/paper.md", "s/people.csv", "s/study.toml"} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			silico(t, exitDone, "new", "s", "-q")
			syscall.Unlink(name)
			if err := syscall.Mkfifo(name, 0o666); err != nil {
				t.Skipf("no pipes here: %v", err)
			}
			if out := silico(t, exitProblems, "check", "s"); !strings.HasPrefix(out, "s/") || !strings.Contains(out, "not a file") {
				t.Errorf("a pipe in the place of %s is not named:\n%s", name, out)
			}
		})
	}
}
