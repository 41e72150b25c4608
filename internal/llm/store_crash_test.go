//go:build linux

package llm

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// crashEnv tells a copy of the test program to be the process that is killed.
const crashEnv = "SILICO_CRASH_STORE"

// TestCrashingWriter is no test of its own: it is the process that
// TestKilledWritersLoseNothingThatWasAcknowledged kills.
func TestCrashingWriter(t *testing.T) {
	dir := os.Getenv(crashEnv)
	if dir == "" {
		t.Skip("it is run by TestKilledWritersLoseNothingThatWasAcknowledged")
	}
	n, err := strconv.Atoi(os.Getenv(crashEnv + "_FROM"))
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	for ; ; n++ {
		r, w := question(n)
		if err := s.Keep(r, w, answerTo(n)); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(os.Stderr, "kept", n)
		if n%100 == 99 { // moments of compaction are to be hit too
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := Compact(dir, false); err != nil {
				t.Fatal(err)
			}
			s = open(t, dir)
		}
	}
}

func TestKilledWritersLoseNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	kills := 50
	if testing.Short() {
		kills = 5
	}
	random := rand.New(rand.NewPCG(20261125, 0))
	dir := t.TempDir()
	kept := 0 // answers 0 to kept-1 were acknowledged
	for k := range kills {
		kept = killed(t, dir, kept, time.Duration(random.IntN(60_000))*time.Microsecond)
		c, err := Check(dir)
		if err != nil {
			t.Fatalf("after kill %d: %v", k, err)
		}
		for _, f := range c.Findings {
			if f.Trouble != Torn && f.Trouble != Doubled {
				t.Errorf("after kill %d the store has %v", k, f)
			}
		}
		s := open(t, dir)
		for n := range kept {
			if !s.Has(keyOf(n)) {
				t.Errorf("answer %d was acknowledged and is lost after kill %d", n, k)
			}
		}
		if extra := s.Len() - kept; extra > 1 { // the one that it had no time to acknowledge
			t.Errorf("after kill %d there are %d answers that were never acknowledged", k, extra)
		}
		if t.Failed() {
			return
		}
	}
	if kept < kills {
		t.Errorf("only %d answers were kept between %d kills; the test does not test", kept, kills)
	}
	compact(t, dir)
	c, err := Check(dir)
	if err != nil || len(c.Findings) > 0 || c.Answers < kept {
		t.Errorf("after compacting: %+v, %v; want %d answers and no findings", c, err, kept)
	}
}

// killed runs the writer, kills it some time after it has begun to keep, and
// returns how many answers were acknowledged in all.
func killed(t *testing.T, dir string, from int, after time.Duration) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashingWriter$")
	cmd.Env = append(os.Environ(), crashEnv+"="+dir, fmt.Sprintf("%s_FROM=%d", crashEnv, from))
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kept := from
	lines := bufio.NewReader(out)
	for {
		text, err := lines.ReadString('\n')
		if err != nil { // what is not a whole line was not acknowledged
			if err != io.EOF {
				t.Fatal(err)
			}
			break
		}
		n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(text), "kept "))
		if err != nil || n != kept {
			t.Fatalf("the writer says %q, want kept %d", text, kept)
		}
		if kept++; kept == from+1 {
			time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the writer ended by itself: %v", err)
	}
	return kept
}

func TestFullDiskStopsWithASentenceAndLeavesTheStoreWhole(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("silico", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("a small disk cannot be made without the right to mount one: %v", err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH)
	s := open(t, dir)
	kept := 0
	var err error
	for ; err == nil && kept < 1000; kept++ {
		r, w := question(kept)
		err = s.Keep(r, w, answerTo(kept))
	}
	kept-- // the last one failed
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "the disk is full; what was kept before is safe") {
		t.Fatalf("after %d answers the error is %v, want a sentence about the full disk", kept, err)
	}
	check := func() {
		t.Helper()
		c, err := Check(dir)
		if err != nil || len(c.Findings) > 0 || c.Answers != kept {
			t.Fatalf("the store has %+v (%v), want %d answers and no findings", c, err, kept)
		}
	}
	check()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Compact(dir, false); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("compacting gives %v, want that the disk is full", err)
	}
	check()
	if left := contents(t, dir); len(left) != 1 {
		t.Errorf("compacting on a full disk leaves %d files, want 1", len(left))
	}
	if err := syscall.Mount("silico", dir, "tmpfs", syscall.MS_REMOUNT, "size=1m"); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	r, w := question(kept)
	if err := s.Keep(r, w, answerTo(kept)); err != nil {
		t.Fatal(err)
	}
	kept++
	check()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	compact(t, dir)
	check()
}
