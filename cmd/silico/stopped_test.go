//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"silico/internal/llm/llmtest"
)

// started is silico in a process of its own.
type started struct {
	*exec.Cmd
	said strings.Builder
}

// starting makes a process of silico that is to be started.
func starting(args ...string) *started {
	p := &started{Cmd: exec.Command(os.Args[0], args...)}
	p.Env = append(os.Environ(), "SILICO_TEST_MAIN=1")
	p.Stdout, p.Stderr = &p.said, &p.said
	return p
}

// begun starts silico in a process of its own.
func begun(t *testing.T, args ...string) *started {
	t.Helper()
	p := starting(args...)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// ends waits for a process and compares its exit code.
func (p *started) ends(t *testing.T, code int) string {
	t.Helper()
	p.Wait()
	if got := p.ProcessState.ExitCode(); got != code {
		t.Errorf("silico %s: %v, want exit code %d\n%s", strings.Join(p.Args[1:], " "), p.ProcessState, code, p.said.String())
	}
	return p.said.String()
}

// until waits until a server was called so often.
func until(t *testing.T, s *llmtest.Server, calls int64) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); s.Calls() < calls; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the server was called %d times in 20 s, want %d", s.Calls(), calls)
		}
	}
}

func TestAnInterruptEndsARunWhenWhatIsUnderWayHasCome(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		server := serving(t, llmtest.Config{Latency: 300 * time.Millisecond})
		const n = 60
		dir := askingStudy(t, n, llmtest.Local(server.OpenAI()))
		p := begun(t, "run", dir, "--workers", "8")
		until(t, server, 10)
		p.Process.Signal(signal)
		said := p.ends(t, exitFailed)
		for _, want := range []string{"whose answers will be kept", "every answer so far is kept, and silico run " + dir + " goes on from here"} {
			if !strings.Contains(said, want) {
				t.Errorf("on %v a run does not say %q:\n%s", signal, want, said)
			}
		}
		sent := int(server.Calls())
		if kept := keptIn(t, dir); kept != sent || kept >= n {
			t.Errorf("on %v %d answers are kept of %d requests that were sent, want all of them", signal, kept, sent)
		}
		silico(t, exitDone, "run", dir, "-q")
		if asked := int(server.Calls()) - sent; asked != n-sent {
			t.Errorf("after %v %d questions were asked, want the %d that were left", signal, asked, n-sent)
		}
	}
}

func TestTwoInterruptsEndARunAtOnce(t *testing.T) {
	t.Parallel()
	server := serving(t, llmtest.Config{Latency: time.Minute})
	dir := askingStudy(t, 20, llmtest.Local(server.OpenAI()))
	p := begun(t, "run", dir)
	until(t, server, 1)
	p.Process.Signal(os.Interrupt)
	time.Sleep(200 * time.Millisecond)
	p.Process.Signal(os.Interrupt)
	done := make(chan error, 1)
	go func() { done <- p.Wait() }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		p.Process.Kill()
		t.Error("a run goes on after the second interrupt")
	}
}

func TestTwoRunsAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	const n = 400
	server := serving(t, llmtest.Config{Latency: 2 * time.Millisecond})
	dir := askingStudy(t, n, llmtest.Local(server.OpenAI()))
	a, b := begun(t, "run", dir, "-q"), begun(t, "run", dir, "-q")
	a.ends(t, exitDone)
	b.ends(t, exitDone)
	silico(t, exitDone, "store", "check", dir)
	if kept := keptIn(t, dir); kept != n {
		t.Errorf("%d questions have an answer behind two runs at once, want %d", kept, n)
	}
	calls := server.Calls()
	silico(t, exitDone, "run", dir)
	silico(t, exitDone, "store", "compact", dir)
	silico(t, exitDone, "build", dir, "--out", filepath.Join(t.TempDir(), "paper"))
	if server.Calls() != calls {
		t.Errorf("%d questions were asked again", server.Calls()-calls)
	}
}

func TestAFullDiskStopsARunAndLosesNothing(t *testing.T) {
	const n, workers = 600, 16
	server := serving(t, llmtest.Config{})
	dir := askingStudy(t, n, llmtest.Local(server.OpenAI()))
	responses := filepath.Join(dir, "responses")
	if err := os.Mkdir(responses, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("silico", responses, "tmpfs", 0, "size=128k"); err != nil {
		t.Skipf("a small disk cannot be made without the right to mount one: %v", err)
	}
	defer syscall.Unmount(responses, syscall.MNT_DETACH)
	said := silico(t, exitFailed, "run", dir, "--workers", fmt.Sprint(workers))
	if !strings.Contains(said, "the disk is full; what was kept before is safe, so make room and go on") {
		t.Errorf("a run on a full disk says:\n%s", said)
	}
	silico(t, exitDone, "store", "check", dir)
	kept, paid := keptIn(t, dir), server.Calls()
	if lost := int(paid) - kept; kept == 0 || lost > workers {
		t.Errorf("%d answers are kept of %d, want all but the %d that were under way", kept, paid, workers)
	}
	if err := syscall.Mount("silico", responses, "tmpfs", syscall.MS_REMOUNT, "size=8m"); err != nil {
		t.Fatal(err)
	}
	silico(t, exitDone, "run", dir, "-q")
	if asked := int(server.Calls() - paid); asked != n-kept {
		t.Errorf("behind the full disk %d questions were asked, want the %d without an answer", asked, n-kept)
	}
	silico(t, exitDone, "store", "check", dir)
}
