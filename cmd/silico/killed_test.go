//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"silico/internal/collect"
	"silico/internal/llm"
	"silico/internal/llm/llmtest"
	"silico/internal/study"
)

// secondQuestion is asked in the conversation of the first.
const secondQuestion = `[variable.do]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
role = "action"
[question.do]
after = "want"
text = "And would you do it? Answer no, perhaps or yes."
`

// ear hears what a server is asked.
type ear struct {
	http.Handler
	mu    sync.Mutex
	asked []string      // since it was last emptied
	first chan struct{} // gets something when it is asked
}

func (e *ear) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	e.mu.Lock()
	e.asked = append(e.asked, utterance(body))
	e.mu.Unlock()
	select {
	case e.first <- struct{}{}:
	default:
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	e.Handler.ServeHTTP(w, r)
}

// heard returns what was asked since the last time.
func (e *ear) heard() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	asked := e.asked
	e.asked = nil
	select {
	case <-e.first:
	default:
	}
	return asked
}

// utterance says who is asked, and how many messages were said before.
func utterance(body []byte) string {
	var b struct {
		Messages []llm.Message `json:"messages"`
	}
	if json.Unmarshal(body, &b) != nil || len(b.Messages) == 0 {
		return "?"
	}
	return fmt.Sprintf("%s %d", b.Messages[0].Text, len(b.Messages))
}

// A second question to a respondent shows that the reply to the first was
// acknowledged, so the server alone knows what must be kept.
func TestKilledRunsLoseNothingAndAskNothingTwice(t *testing.T) {
	t.Parallel()
	const workers = 4
	kills, n := 50, 3000
	if testing.Short() {
		kills, n = 5, 400
	}
	server, err := llmtest.Start(llmtest.Config{Latency: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	listens := &ear{Handler: server, first: make(chan struct{}, 1)}
	front := httptest.NewServer(listens)
	t.Cleanup(front.Close)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, study.SpecFile), []byte(llmtest.Study(n, llmtest.Local(front.URL+"/v1"), secondQuestion)), 0o666); err != nil {
		t.Fatal(err)
	}

	random := rand.New(rand.NewPCG(20261125, 1))
	kept := make(map[string]bool)
	calls, killed := 0, 0
	for range kills {
		if killRun(t, dir, workers, listens.first, time.Duration(random.IntN(60_000))*time.Microsecond) {
			killed++
		}
		time.Sleep(5 * time.Millisecond) // for what was on its way to the server
		asked := listens.heard()
		calls += len(asked)
		kept = afterKill(t, dir, kept, asked)
		if t.Failed() {
			return
		}
	}
	if killed < kills/2 || len(kept) < kills {
		t.Errorf("%d of %d runs were killed and %d answers kept by them; the test does not test", killed, kills, len(kept))
	}
	if code, _, said := program(t, "run", dir); code != exitDone {
		t.Fatalf("the last run ends with code %d:\n%s", code, said)
	}
	asked := listens.heard()
	calls += len(asked)
	if kept = afterKill(t, dir, kept, asked); len(kept) != 2*n {
		t.Errorf("%d answers are kept in the end, want %d", len(kept), 2*n)
	}
	if most := 2*n + kills*workers; calls > most {
		t.Errorf("%d answers took %d calls, want at most %d: those that were under way at each of %d kills", 2*n, calls, most, kills)
	}
}

// killRun starts a run and kills it some time after it has begun to ask. It says
// whether it was killed, and did not end by itself.
func killRun(t *testing.T, dir string, workers int, first <-chan struct{}, after time.Duration) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], "run", "-q", "--workers", fmt.Sprint(workers), dir)
	cmd.Env = append(os.Environ(), "SILICO_TEST_MAIN=1")
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case <-first:
		time.Sleep(after)
		cmd.Process.Kill()
	case err := <-done:
		done <- err
	}
	if err := <-done; err != nil {
		if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
			t.Fatalf("a run ended by itself: %v\n%s", err, said.String())
		}
		return true
	}
	return false
}

// afterKill returns what is kept. Nothing that was kept before may be gone or
// have been asked again, and what the server was told about is there.
func afterKill(t *testing.T, dir string, before map[string]bool, asked []string) map[string]bool {
	t.Helper()
	checked, err := llm.Check(filepath.Join(dir, collect.Responses))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range checked.Findings {
		if f.Trouble != llm.Torn {
			t.Errorf("after a kill the store has %v", f)
		}
	}
	kept := make(map[string]bool)
	if _, err := llm.Records(filepath.Join(dir, collect.Responses), func(r *llm.Record) error {
		kept[utterance(r.Request.Body)] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for u := range before {
		if !kept[u] {
			t.Errorf("the answer to %q was kept and is gone", u)
		}
	}
	for _, u := range asked {
		if before[u] {
			t.Errorf("%q was asked again, though its answer was kept", u)
		}
		if who, second := strings.CutSuffix(u, " 4"); second && !kept[who+" 2"] {
			t.Errorf("%q was asked, so the reply to the first question was acknowledged, and it is lost", u)
		}
	}
	return kept
}
