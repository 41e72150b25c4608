package collect

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"silico/internal/llm"
	"silico/internal/llm/llmtest"
)

// seeds collects the seeds of the requests whose replies it is told.
type seeds struct {
	Store
	mu   sync.Mutex
	sent []int64
}

func (s *seeds) Keep(r *llm.Request, w llm.Wire, reply *llm.Reply) error {
	s.mu.Lock()
	s.sent = append(s.sent, *r.Options.Seed)
	s.mu.Unlock()
	return s.Store.Keep(r, w, reply)
}

func TestEachRequestHasASeedOfItsOwnAndAlwaysTheSame(t *testing.T) {
	server := server(t, llmtest.Config{})
	text := strings.Replace(asking(20, server.OpenAI()), `persona = "described"`, "persona = \"described\"\nseed = 5", 1)
	s := load(t, map[string]string{"study.toml": text})
	store, err := llm.OpenStore(filepath.Join(s.Dir, Responses))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	kept := &seeds{Store: store}
	a := quick()
	a.Workers = 1
	run := NewRun(surveyed(t, s), kept, a)
	if err := run.Do(context.Background()); err != nil {
		t.Fatal(err)
	}
	// "want" has two openings of 20 draws in all, "do" a seed for each of
	// these conversations, "vote" two openings again.
	different := make(map[int64]bool)
	for _, x := range kept.sent {
		if x < 0 || x > 1<<31-1 {
			t.Errorf("the seed %d is none that every server takes", x)
		}
		different[x] = true
	}
	if len(kept.sent) != 60 || len(different) != 60 {
		t.Errorf("%d requests have %d seeds, want 60 with one each", len(kept.sent), len(different))
	}
	if again := ran(t, s, a); again.Calls != 0 {
		t.Errorf("%d answers are not found again under their seeds", again.Calls)
	}
}
