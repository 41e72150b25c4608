package llm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/internal/llm"
	"silico/internal/llm/llmtest"
)

// batchers are the providers that take batches.
func batchers(t *testing.T, c llmtest.Config, run func(t *testing.T, b llm.Batcher, s *llmtest.Server, items []llm.Item)) {
	t.Helper()
	for _, name := range llm.Providers() {
		p, _ := llm.Named(name)
		b, ok := p.(llm.Batcher)
		if p.Can().Batch != ok {
			t.Errorf("provider %s says batch = %v, and is a Batcher: %v", name, p.Can().Batch, ok)
		}
		if !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s := server(t, c)
			endpoint := s.OpenAI()
			if name == "anthropic" {
				endpoint = s.Anthropic()
			}
			var items []llm.Item
			for i := range 40 {
				r := request(name, endpoint)
				r.Place.Draw = i
				r.Messages[0].Text = fmt.Sprintf("You are %d.", i)
				w, err := b.Wire(r)
				if err != nil {
					t.Fatal(err)
				}
				items = append(items, llm.Item{Key: llm.KeyOf(llm.Describe(r, w)), Request: r, Wire: w})
			}
			run(t, b, s, items)
		})
	}
}

// submitted returns the one job made of items, submitted.
func submitted(t *testing.T, b llm.Batcher, items []llm.Item) *llm.Job {
	t.Helper()
	jobs, of := llm.NewJobs(b, items)
	if len(jobs) != 1 {
		t.Fatalf("%d jobs for %d requests, want one", len(jobs), len(items))
	}
	if err := b.Submit(t.Context(), jobs[0], of[0]); err != nil {
		t.Fatal(err)
	}
	return jobs[0]
}

// fetched returns the results of a job by key, after it was written to disk
// and read again.
func fetched(t *testing.T, b llm.Batcher, j *llm.Job) map[llm.Key]llm.Result {
	t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	var again llm.Job
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	results := map[llm.Key]llm.Result{}
	err = b.Fetch(t.Context(), &again, func(r llm.Result) error {
		if _, ok := results[r.Key]; ok {
			t.Errorf("two results for key %s", r.Key)
		}
		results[r.Key] = r
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func TestBatchesGiveTheAnswersThatAskingGives(t *testing.T) {
	batchers(t, llmtest.Config{Batch: llmtest.Batching{Polls: 2}}, func(t *testing.T, b llm.Batcher, s *llmtest.Server, items []llm.Item) {
		j := submitted(t, b, items)
		for polls := 0; j.State == llm.Working; polls++ {
			if polls > 3 {
				t.Fatalf("still %s after %d polls", j.State, polls)
			}
			if err := b.Poll(t.Context(), j); err != nil {
				t.Fatal(err)
			}
		}
		if j.State != llm.Ended || j.Done != len(items) || j.Ended != "2026-01-02T04:04:05Z" {
			t.Errorf("job is %s with %d done at %s, want ended with %d at 2026-01-02T04:04:05Z", j.State, j.Done, j.Ended, len(items))
		}
		results := fetched(t, b, j)
		if len(results) != len(items) {
			t.Fatalf("%d results, want %d", len(results), len(items))
		}
		if diff := cmp.Diff(results, fetched(t, b, j)); diff != "" {
			t.Errorf("fetching again gives others: %s", diff)
		}
		for _, it := range items {
			r := results[it.Key]
			if r.Err != nil {
				t.Fatalf("result of %s: %v", it.Key, r.Err)
			}
			single, err := ask(t, it.Request)
			if err != nil {
				t.Fatal(err)
			}
			if r.Reply.Text != single.Text || r.Reply.Input != single.Input || r.Reply.Finish != single.Finish {
				t.Errorf("batch says %q, asking by itself %q", r.Reply.Text, single.Text)
			}
			if r.Reply.Date != j.Ended {
				t.Errorf("dated %s, want the end of the batch, %s", r.Reply.Date, j.Ended)
			}
		}
	})
}

func TestRequestsThatABatchLeavesHaveErrorsOfTheirKind(t *testing.T) {
	c := llmtest.Config{Batch: llmtest.Batching{Errors: 0.3, Expired: 0.3}}
	batchers(t, c, func(t *testing.T, b llm.Batcher, s *llmtest.Server, items []llm.Item) {
		j := submitted(t, b, items)
		if err := b.Poll(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		if !j.State.Fetchable() {
			t.Fatalf("job is %s, want one that can be fetched", j.State)
		}
		count := map[llm.Kind]int{}
		for _, r := range fetched(t, b, j) {
			if (r.Reply == nil) == (r.Err == nil) {
				t.Fatalf("a result with reply %v and error %v", r.Reply, r.Err)
			}
			if r.Err != nil {
				count[r.Err.Kind]++
				if !r.Err.Kind.Passing() {
					t.Errorf("%v is told to be for good", r.Err)
				}
			} else {
				count["answered"]++
			}
		}
		if count["answered"] == 0 || count[llm.Unanswered] == 0 || count[llm.ServerError] == 0 || count["answered"]+count[llm.Unanswered]+count[llm.ServerError] != len(items) {
			t.Errorf("counted %v, want some answered, some left, some with an error, and nothing else of %d", count, len(items))
		}
	})
}

func TestCancelledBatchesKeepWhatWasAnswered(t *testing.T) {
	batchers(t, llmtest.Config{Batch: llmtest.Batching{Polls: 100}}, func(t *testing.T, b llm.Batcher, s *llmtest.Server, items []llm.Item) {
		j := submitted(t, b, items)
		if err := b.Cancel(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		if err := b.Poll(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		if j.State != llm.Cancelled {
			t.Fatalf("job is %s, want cancelled", j.State)
		}
		answered, left := 0, 0
		for _, r := range fetched(t, b, j) {
			switch {
			case r.Reply != nil:
				answered++
			case r.Err.Kind == llm.Unanswered && strings.Contains(r.Err.Msg, "cancelled"):
				left++
			}
		}
		if answered != len(items)/2 || left != len(items)/2 {
			t.Errorf("%d answered and %d left, want half of %d each", answered, left, len(items))
		}
	})
}

func TestBatchesAreFoundAgainAfterACrash(t *testing.T) {
	batchers(t, llmtest.Config{}, func(t *testing.T, b llm.Batcher, s *llmtest.Server, items []llm.Item) {
		jobs, of := llm.NewJobs(b, items[:30])
		lost := *jobs[0] // as it was on disk before it was submitted
		if found, err := b.Find(t.Context(), &lost); err != nil || found {
			t.Fatalf("found %v (%v) before it was submitted", found, err)
		}
		if err := b.Submit(t.Context(), jobs[0], of[0]); err != nil {
			t.Fatal(err)
		}
		submitted(t, b, items[30:])
		found, err := b.Find(t.Context(), &lost)
		if err != nil || !found || lost.ID != jobs[0].ID {
			t.Fatalf("found %v, job %q (%v), want %q", found, lost.ID, err, jobs[0].ID)
		}
		if err := b.Poll(t.Context(), &lost); err != nil {
			t.Fatal(err)
		}
		if n := len(fetched(t, b, &lost)); n != 30 {
			t.Errorf("%d results, want 30", n)
		}
		if found, err := b.Find(t.Context(), &lost); err != nil || !found {
			t.Errorf("not found when it had ended: %v (%v)", found, err)
		}
	})
}

func TestJobsKeepToTheLimitsOfTheirProvider(t *testing.T) {
	p, _ := llm.Named("openai")
	b := p.(llm.Batcher)
	var items []llm.Item
	for i := range 120_001 {
		r := &llm.Request{Provider: "openai", Model: fmt.Sprint("m", i%2)}
		items = append(items, llm.Item{Key: llm.Key{byte(i), byte(i >> 8), byte(i >> 16)}, Request: r, Wire: llm.Wire{Path: "chat/completions"}})
	}
	jobs, of := llm.NewJobs(b, items)
	total := 0
	for i, j := range jobs {
		total += len(of[i])
		if len(j.Keys) > b.Limits().Requests || len(j.Keys) != len(of[i]) {
			t.Errorf("job %d has %d keys and %d requests", i, len(j.Keys), len(of[i]))
		}
		for _, it := range of[i] {
			if it.Request.Model != j.Model {
				t.Fatalf("a request of %s in a job of %s", it.Request.Model, j.Model)
			}
		}
	}
	if len(jobs) != 4 || total != len(items) {
		t.Errorf("%d jobs with %d requests, want 4 with %d", len(jobs), total, len(items))
	}
}

func TestBatchesRefusedAsAWholeSayWhy(t *testing.T) {
	s := server(t, llmtest.Config{Batch: llmtest.Batching{Refuse: "the file has \x1b[31mtoo many lines"}})
	p, _ := llm.Named("openai")
	b := p.(llm.Batcher)
	r := request("openai", s.OpenAI())
	w, _ := b.Wire(r)
	j := submitted(t, b, []llm.Item{{Key: llm.KeyOf(llm.Describe(r, w)), Request: r, Wire: w}})
	if j.State != llm.Failed || j.Message != "the file has [31mtoo many lines" {
		t.Errorf("job is %s: %q", j.State, j.Message)
	}
}

func TestBatchesWithoutAKeySayWhichVariableIsEmpty(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "")
	t.Setenv("ANTHROPIC_API_KEY", "")
	for _, name := range []string{"openai", "anthropic"} {
		p, _ := llm.Named(name)
		err := p.(llm.Batcher).Poll(t.Context(), &llm.Job{Provider: name, ID: "b"})
		var e *llm.Error
		if !errors.As(err, &e) || e.Kind != llm.NoKey || !strings.Contains(err.Error(), strings.ToUpper(name)+"_API_KEY") {
			t.Errorf("%s: %v, want the name of the empty variable", name, err)
		}
	}
}
