package collect

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"silico/internal/llm"
	"silico/internal/llm/llmtest"
	"silico/internal/study"
)

// batching loads a study whose model is asked by batches, for each provider
// that takes them. The server is reached through a front that a test can change.
func batching(t *testing.T, c llmtest.Config, n int, try func(t *testing.T, s *study.Study, server *llmtest.Server, front *front)) {
	t.Helper()
	for _, provider := range []string{"openai", "anthropic"} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			server := server(t, c)
			f := &front{next: server}
			h := httptest.NewServer(f)
			t.Cleanup(h.Close)
			endpoint := h.URL
			if provider == "openai" {
				endpoint += "/v1"
			}
			text := strings.Replace(asking(n, endpoint), `provider = "openai"`, `provider = "`+provider+`"`, 1)
			try(t, load(t, map[string]string{"study.toml": text}), server, f)
		})
	}
}

// front stands before a server.
type front struct {
	next http.Handler

	mu sync.Mutex
	// creates handles requests that make a batch, when it is not nil.
	creates func(w http.ResponseWriter, r *http.Request)
}

func (f *front) set(creates func(http.ResponseWriter, *http.Request)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.creates = creates
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	creates := f.creates
	f.mu.Unlock()
	if creates != nil && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/batches") {
		creates(w, r)
		return
	}
	f.next.ServeHTTP(w, r)
}

// batched runs a study by batches, and returns what was reached and said.
func batched(t *testing.T, ctx context.Context, s *study.Study, a Asking) (Progress, string, error) {
	t.Helper()
	var said strings.Builder
	a.Say = func(sentence string) { said.WriteString(sentence + "\n") }
	a.Poll = time.Millisecond
	store, err := llm.OpenStore(filepath.Join(s.Dir, Responses))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	folder, err := llm.OpenJobs(filepath.Join(s.Dir, Responses, Batches))
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	r := NewRun(surveyed(t, s), store, a)
	err = r.Batch(ctx, folder)
	return r.Progress(), said.String(), err
}

// complete fails the test unless every answer of a study is kept, once, and no
// batch is under way.
func complete(t *testing.T, s *study.Study) {
	t.Helper()
	for _, o := range surveyed(t, s).Models {
		if o.Missing() > 0 {
			t.Errorf("model %s still lacks %d of %d answers", o.Model.Name, o.Missing(), o.Answers)
		}
	}
	store, err := llm.OpenStore(filepath.Join(s.Dir, Responses))
	if err != nil {
		t.Fatal(err)
	}
	if f := store.Findings(); len(f) > 0 {
		t.Errorf("the store has %v", f)
	}
	if _, err := os.Stat(filepath.Join(s.Dir, Responses, Batches)); !os.IsNotExist(err) {
		t.Errorf("batches are still written down (%v)", err)
	}
}

func TestBatchesBringWhatAskingBrings(t *testing.T) {
	batching(t, llmtest.Config{Batch: llmtest.Batching{Polls: 2}}, 30, func(t *testing.T, s *study.Study, server *llmtest.Server, _ *front) {
		p, _, err := batched(t, t.Context(), s, quick())
		if err != nil || p.Answers != 90 {
			t.Fatalf("%d of %d answers came (%v)", p.Answers, p.Of, err)
		}
		complete(t, s)
		if server.Calls() != 0 || server.Batches() != 2 { // the second for what comes after an answer
			t.Errorf("%d single calls and %d batches, want 0 and 2", server.Calls(), server.Batches())
		}
		by := rows(collected(t, s, 2))
		if err := os.RemoveAll(filepath.Join(s.Dir, Responses)); err != nil {
			t.Fatal(err)
		}
		ran(t, s, quick())
		if diff := cmp.Diff(rows(collected(t, s, 2)), by); diff != "" {
			t.Errorf("asked by itself (-) and by batches (+):\n%s", diff)
		}
	})
}

func TestWhatABatchLeavesIsInTheNext(t *testing.T) {
	batching(t, llmtest.Config{Batch: llmtest.Batching{Errors: 0.2, Expired: 0.2}}, 30, func(t *testing.T, s *study.Study, server *llmtest.Server, _ *front) {
		p, said, err := batched(t, t.Context(), s, quick())
		if err != nil || p.Answers != 90 {
			t.Fatalf("%d of %d answers came (%v):\n%s", p.Answers, p.Of, err, said)
		}
		complete(t, s)
		if n := server.Batches(); n < 3 || n > 20 {
			t.Errorf("it took %d batches of which each leaves two in five", n)
		}
	})
}

func TestBatchesThatBringNothingEndTheRun(t *testing.T) {
	batching(t, llmtest.Config{Batch: llmtest.Batching{Expired: 1}}, 5, func(t *testing.T, s *study.Study, server *llmtest.Server, _ *front) {
		p, _, err := batched(t, t.Context(), s, quick())
		if err != nil || p.Answers != 0 || len(p.Lost) != 1 || p.Lost[0].N != 10 {
			t.Errorf("%d answers (%v), lost: %v; want none, and 10 questions lost in one way", p.Answers, err, p.Lost)
		}
		if server.Batches() != 1 {
			t.Errorf("%d batches, want 1", server.Batches())
		}
	})
}

func TestAnInterruptedRunFindsItsBatchesAgain(t *testing.T) {
	for _, tt := range []struct {
		when  string
		crash func(server http.Handler, cancel func(), w http.ResponseWriter, r *http.Request)
	}{
		{"before the batch is made", func(_ http.Handler, cancel func(), _ http.ResponseWriter, _ *http.Request) {
			cancel()
			panic(http.ErrAbortHandler)
		}},
		{"before it hears that the batch is made", func(server http.Handler, cancel func(), _ http.ResponseWriter, r *http.Request) {
			server.ServeHTTP(httptest.NewRecorder(), r)
			cancel()
			panic(http.ErrAbortHandler)
		}},
		{"while the batch is worked on", func(server http.Handler, cancel func(), w http.ResponseWriter, r *http.Request) {
			server.ServeHTTP(w, r)
			time.AfterFunc(2*time.Millisecond, cancel)
		}},
	} {
		t.Run(tt.when, func(t *testing.T) {
			batching(t, llmtest.Config{Batch: llmtest.Batching{Polls: 50}}, 30, func(t *testing.T, s *study.Study, server *llmtest.Server, f *front) {
				ctx, cancel := context.WithCancel(t.Context())
				f.set(func(w http.ResponseWriter, r *http.Request) { tt.crash(server, cancel, w, r) })
				if _, _, err := batched(t, ctx, s, quick()); err == nil {
					t.Error("the run was not interrupted")
				}
				f.set(nil)
				if jobs, err := llm.Jobs(filepath.Join(s.Dir, Responses, Batches)); err != nil || len(jobs) != 1 {
					t.Errorf("%d batches are written down (%v), want 1", len(jobs), err)
				}
				if _, said, err := batched(t, t.Context(), s, quick()); err != nil {
					t.Errorf("the second run ends with %v:\n%s", err, said)
				}
				complete(t, s)
				if n := server.Batches(); n != 2 {
					t.Errorf("%d batches were made, want one for each question of the conversation", n)
				}
			})
		})
	}
}

func TestAServerThatLosesItsWordMakesOneBatch(t *testing.T) {
	batching(t, llmtest.Config{}, 30, func(t *testing.T, s *study.Study, server *llmtest.Server, f *front) {
		f.set(func(w http.ResponseWriter, r *http.Request) {
			f.set(nil)
			server.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		})
		if _, said, err := batched(t, t.Context(), s, quick()); err != nil {
			t.Errorf("the run ends with %v:\n%s", err, said)
		}
		complete(t, s)
		if server.Batches() != 2 {
			t.Errorf("%d batches were made, want 2", server.Batches())
		}
	})
}

func TestRepliesToWhatIsNoLongerAskedAreNotThrownAway(t *testing.T) {
	batching(t, llmtest.Config{Batch: llmtest.Batching{Polls: 50}}, 10, func(t *testing.T, s *study.Study, server *llmtest.Server, f *front) {
		ctx, cancel := context.WithCancel(t.Context())
		f.set(func(w http.ResponseWriter, r *http.Request) {
			server.ServeHTTP(w, r)
			time.AfterFunc(time.Millisecond, cancel)
		})
		if _, _, err := batched(t, ctx, s, quick()); err == nil {
			t.Fatal("the run was not interrupted")
		}
		f.set(nil)
		name := filepath.Join(s.Dir, study.SpecFile)
		before, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(before), "Whom do you vote for?", "Whom would you vote for?", 1)
		if err := os.WriteFile(name, []byte(changed), 0o666); err != nil {
			t.Fatal(err)
		}
		other, problems := study.Load(s.Dir)
		if problems != nil {
			t.Fatal(problems.Format())
		}
		p, said, err := batched(t, t.Context(), other, quick())
		if err != nil || p.Answers != 30 {
			t.Errorf("%d of %d answers of the changed study came (%v)", p.Answers, p.Of, err)
		}
		if !strings.Contains(said, "it has 10 replies to what this run does not ask") {
			t.Errorf("nothing is said of replies to another question:\n%s", said)
		}
		if err := os.WriteFile(name, before, 0o666); err != nil {
			t.Fatal(err)
		}
		made := server.Batches()
		if _, said, err := batched(t, t.Context(), s, quick()); err != nil {
			t.Errorf("with the study as it was the run ends with %v:\n%s", err, said)
		}
		complete(t, s)
		if server.Batches() != made {
			t.Errorf("%d batches were made for what was answered", server.Batches()-made)
		}
	})
}

func TestABatchThatIsRefusedSaysWhy(t *testing.T) {
	server := server(t, llmtest.Config{Batch: llmtest.Batching{Refuse: "the file has \x1b[31mtoo many lines"}})
	s := load(t, map[string]string{"study.toml": asking(5, server.OpenAI())})
	p, said, err := batched(t, t.Context(), s, quick())
	if err != nil || len(p.Lost) != 1 || !strings.Contains(said, "the file has [31mtoo many lines") {
		t.Errorf("the run ends with %v and lost %v, and says:\n%s", err, p.Lost, said)
	}
	if _, err := os.Stat(filepath.Join(s.Dir, Responses, Batches)); !os.IsNotExist(err) {
		t.Errorf("the batch is still written down (%v)", err)
	}
}

func TestOneRunLooksAfterTheBatches(t *testing.T) {
	dir := filepath.Join(t.TempDir(), Batches)
	first, err := llm.OpenJobs(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if _, err := llm.OpenJobs(dir); err == nil || !strings.Contains(err.Error(), "another run looks after the batches") {
		t.Errorf("a second owner gets %v", err)
	}
}

func TestABatchCountsWhatItAskedOfItsLimit(t *testing.T) {
	batching(t, llmtest.Config{Batch: llmtest.Batching{Polls: 2}}, 30, func(t *testing.T, s *study.Study, server *llmtest.Server, _ *front) {
		a := quick()
		a.Limit = 20
		p, _, err := batched(t, t.Context(), s, a)
		if err == nil || !strings.Contains(err.Error(), "--limit") {
			t.Fatalf("the run ends with %v, want that the limit is reached", err)
		}
		if p.Limit != 20 || p.Asked != 20 {
			t.Errorf("of a limit of %d questions %d were asked, want 20 of 20", p.Limit, p.Asked)
		}
	})
}
