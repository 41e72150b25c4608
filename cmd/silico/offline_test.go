//go:build linux

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"silico/internal/llm/llmtest"
)

// TestWhatIsNoRunCallsNobody runs everything but run without a network: in a
// namespace that has no interface, where the system lets us make one, and with
// the server gone in any case.
func TestWhatIsNoRunCallsNobody(t *testing.T) {
	t.Parallel()
	server := serving(t, llmtest.Config{})
	dir := askingStudy(t, 30, llmtest.Local(server.OpenAI())+"\nelicit = \"logprobs\"")
	silico(t, exitDone, "run", dir, "-q")
	server.Close()
	out := filepath.Join(t.TempDir(), "paper")
	for _, args := range [][]string{
		{"check", dir}, {"plan", dir}, {"build", dir, "--out", out}, {"verify", dir, "--out", out},
		{"data", dir}, {"answers", dir}, {"prompts", dir}, {"store", "check", dir},
	} {
		isolated(t, args...)
	}
}

// isolated runs a command that must succeed in a process without a network.
func isolated(t *testing.T, args ...string) {
	t.Helper()
	p := starting(args...)
	p.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 {
		p.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
	}
	if err := p.Start(); err != nil {
		t.Logf("no namespace without a network can be made here: %v", err)
		p = starting(args...)
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
	}
	p.ends(t, exitDone)
}
