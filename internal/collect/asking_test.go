package collect

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"silico/internal/llm"
	"silico/internal/llm/llmtest"
	"silico/internal/study"
)

// server starts a server of models that ends with the test.
func server(t testing.TB, c llmtest.Config) *llmtest.Server {
	t.Helper()
	s, err := llmtest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// asking is a study without people that asks n respondents two questions in one
// conversation, and a third by itself.
func asking(n int, endpoint string) string {
	return fmt.Sprintf(`silico = 1
[study]
title = "Asking"
authors = ["A"]
seed = 7
[respondents]
n = %d
[variable.gender]
type = "choice"
levels = ["F", "M"]
labels = ["woman", "man"]
role = "covariate"
[variable.number]
type = "number"
min = 0
max = 1e6
role = "covariate"
[variable.want]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
role = "belief"
[variable.do]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
role = "action"
[variable.vote]
type = "choice"
levels = ["left", "right"]
role = "outcome"
[persona.numbered]
text = "You are number {{number}}."
[persona.described]
text = "You are a {{gender}}."
[question.want]
text = "Would you want to shout? Answer no, perhaps or yes."
[question.do]
after = "want"
text = "And would you do it? Answer no, perhaps or yes."
[question.vote]
text = "Whom do you vote for? Answer left or right."
[model.small]
provider = "openai"
name = "small"
revision = "sha256:aa"
endpoint = "%s"
persona = "described"
`, n, endpoint)
}

// quick are the choices of a run that a test can wait for.
func quick() Asking {
	return Asking{Workers: 16, Timeout: 300 * time.Millisecond, Patience: 10 * time.Second}
}

// surveyed surveys a study with the answers in its folder.
func surveyed(t testing.TB, s *study.Study) *Survey {
	t.Helper()
	v, err := NewSurvey(context.Background(), s, 2)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// ran runs a study against what answers it, and returns what was reached.
func ran(t testing.TB, s *study.Study, a Asking) Progress {
	t.Helper()
	store, err := llm.OpenStore(filepath.Join(s.Dir, Responses))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	r := NewRun(surveyed(t, s), store, a)
	if err := r.Do(context.Background()); err != nil {
		t.Fatalf("the run ended with %v", err)
	}
	return r.Progress()
}

// described is the study asking with two questions of log-probabilities in both
// orders of the options, the second behind each answer to the first: of each of
// the two descriptions 2 + 3 x 2 requests, however many respondents have it.
func described(n int, endpoint string) string {
	text := asking(n, endpoint)
	for _, q := range []string{"want", "do"} {
		text = strings.Replace(text, "[question."+q+"]\n", "[question."+q+"]\nelicit = \"logprobs\"\norder = \"both\"\nkeep = \"distribution\"\n", 1)
	}
	return strings.ReplaceAll(text, "Answer no, perhaps or yes.", "Answer {{options}}.")
}

func TestABillCountsTheRequestsThatARunSends(t *testing.T) {
	server := server(t, llmtest.Config{})
	s := load(t, map[string]string{"study.toml": described(40, server.OpenAI())})
	bill := surveyed(t, s).Bill(nil, 0)
	p := ran(t, s, quick())
	if want := 2*(2+3*2) + 40; bill.Requests != want || p.Calls != want {
		t.Errorf("the bill says %d requests, and %d were sent; want %d", bill.Requests, p.Calls, want)
	}
	if again := surveyed(t, s).Bill(nil, 0); again.Requests != 0 {
		t.Errorf("a bill after the run says %d requests", again.Requests)
	}
}

func TestABillCountsTheSameWordsOnceInTheWholePlan(t *testing.T) {
	const n = 2*stretch + 1000
	s := load(t, map[string]string{"study.toml": described(n, "http://127.0.0.1:1/v1")})
	for _, workers := range []int{1, 4} {
		v, err := NewSurvey(t.Context(), s, workers)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := v.Bill(nil, 0).Requests, 2*(2+3*2)+n; got != want {
			t.Errorf("with %d workers the bill says %d requests, want %d", workers, got, want)
		}
	}
}

// A test and its repetition: the second answer is not the first.
func TestTheSameWordsAskedTwiceAreTwoDraws(t *testing.T) {
	server := server(t, llmtest.Config{})
	text := strings.Replace(asking(60, server.OpenAI()), "after = \"want\"\ntext = \"And would you do it? Answer no, perhaps or yes.\"", "text = \"Would you want to shout? Answer no, perhaps or yes.\"", 1)
	text = strings.Replace(text, "[variable.do]\ntype = \"ordinal\"\nlevels = [\"no\", \"perhaps\", \"yes\"]", "[variable.do]\ntype = \"ordinal\"\nlevels = [\"0\", \"1\", \"2\"]\nlabels = [\"no\", \"perhaps\", \"yes\"]", 1)
	for _, q := range []string{"want", "do"} {
		text = strings.Replace(text, "[question."+q+"]\n", "[question."+q+"]\nelicit = \"logprobs\"\nkeep = \"distribution\"\n", 1)
	}
	s := load(t, map[string]string{"study.toml": text})
	ran(t, s, quick())
	f := collected(t, s, 2)
	same := 0
	for i := range f.Rows() {
		if f.Col("do").Missing(i) {
			t.Fatalf("row %d has no answer of its own levels", i)
		}
		if f.Col("want").Codes[i] == f.Col("do").Codes[i] {
			same++
		}
	}
	if same == f.Rows() {
		t.Errorf("all of %d respondents answer both alike", same)
	}
}

func TestARunAsksWhatIsMissingAndNothingTwice(t *testing.T) {
	server := server(t, llmtest.Config{})
	s := load(t, map[string]string{"study.toml": asking(40, server.OpenAI())})
	p := ran(t, s, quick())
	if want := 40 * 3; p.Answers != want || p.Of != want || p.Calls != want {
		t.Errorf("the first run had %d of %d answers with %d calls, want %d with as many", p.Answers, p.Of, p.Calls, want)
	}
	f := collected(t, s, 2)
	for _, name := range []string{"want", "do", "vote"} {
		for i := range f.Rows() {
			status := f.Col("status_" + name)
			if status.Missing(i) {
				t.Fatalf("row %d: nothing is known of the question %s", i, name)
			}
			if answered := status.String(i) == "answered"; answered == f.Col(name).Missing(i) {
				t.Fatalf("row %d: %s is %s, and its value %q", i, name, status.String(i), f.Col(name).String(i))
			}
		}
	}
	if again := ran(t, s, quick()); again.Calls != 0 {
		t.Errorf("the second run made %d calls, want none", again.Calls)
	}
	if calls := server.Calls(); calls != 40*3 {
		t.Errorf("the server was called %d times, want %d", calls, 40*3)
	}
}

func TestRespondentsWhoAreAskedTheSameAreDrawsOfTheirOwn(t *testing.T) {
	server := server(t, llmtest.Config{})
	s := load(t, map[string]string{"study.toml": asking(40, server.OpenAI())})
	ran(t, s, quick())
	store, err := llm.OpenStore(filepath.Join(s.Dir, Responses))
	if err != nil {
		t.Fatal(err)
	}
	if store.Len() != 40*3 {
		t.Errorf("%d replies are kept, want one for each of %d questions: of 40 respondents only two say anything of their own", store.Len(), 40*3)
	}
}

// misbehaving are the faults of a server on a bad day.
func misbehaving() llmtest.Faults {
	return llmtest.Faults{Seed: 1, RateLimited: 0.03, RateLimitedFor: 0.02, RetryAfter: 200 * time.Millisecond, ServerError: 0.01,
		Hang: 0.005, Cut: 0.002, Malformed: 0.001, Refusal: 0.001}
}

func TestAMisbehavingServerLosesNothingAndIsHardlyAskedTwice(t *testing.T) {
	const n = 1000
	server := server(t, llmtest.Config{Faults: misbehaving()})
	text := strings.Replace(asking(n, server.OpenAI()), `persona = "described"`, `persona = "numbered"`, 1)
	s := load(t, map[string]string{"study.toml": text})
	p := ran(t, s, quick())
	if p.Answers != 3*n || len(p.Lost) > 0 {
		t.Errorf("%d of %d answers were had; lost: %v", p.Answers, 3*n, p.Lost)
	}
	slow := 0 // time-outs that are this machine's and not the server's
	for _, f := range p.Failures {
		if f.Kind == llm.TimedOut {
			slow = f.N - int(server.Failed(llmtest.Hang))
		}
	}
	if calls := float64(p.Calls-slow) / (3 * n); calls > 1.09 { // 1.073 are expected; 3,000 questions vary by 0.005
		t.Errorf("%.3f calls an answer", calls)
	}
	store, err := llm.OpenStore(filepath.Join(s.Dir, Responses))
	if err != nil {
		t.Fatal(err)
	}
	if store.Len() != 3*n || len(store.Findings()) > 0 {
		t.Errorf("%d answers are kept, want %d once each; findings: %v", store.Len(), 3*n, store.Findings())
	}
	t.Logf("%+v", p)
}

func TestALimitedRunWaitsForAllThatItHasBegun(t *testing.T) {
	server := server(t, llmtest.Config{Faults: llmtest.Faults{Seed: 1, RateLimited: 0.5}})
	s := load(t, map[string]string{"study.toml": asking(40, server.OpenAI())})
	store, err := llm.OpenStore(filepath.Join(s.Dir, Responses))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	a := quick()
	a.Limit = 10
	r := NewRun(surveyed(t, s), store, a)
	if err := r.Do(context.Background()); !errors.Is(err, ErrLimit) {
		t.Errorf("the run ended with %v, want %v", err, ErrLimit)
	}
	p := r.Progress()
	if store.Len() != a.Limit {
		t.Errorf("%d answers are kept, want the %d that were begun: %+v", store.Len(), a.Limit, p)
	}
	if p.Asked != a.Limit || p.Limit != a.Limit {
		t.Errorf("its progress is %d of %d questions, want %d of %d", p.Asked, p.Limit, a.Limit, a.Limit)
	}
}

func TestALimitAboveWhatIsLackingIsNoMeasureOfProgress(t *testing.T) {
	server := server(t, llmtest.Config{})
	s := load(t, map[string]string{"study.toml": asking(10, server.OpenAI())})
	store, err := llm.OpenStore(filepath.Join(s.Dir, Responses))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	a := quick()
	a.Limit = 1000
	r := NewRun(surveyed(t, s), store, a)
	if err := r.Do(context.Background()); err != nil {
		t.Fatal(err)
	}
	if p := r.Progress(); p.Limit != 0 || p.Answers != p.Of {
		t.Errorf("the progress is %+v, want all answers and no limit", p)
	}
}

// compacted runs a study with some workers, compacts what was kept, and returns
// the files of the store by name, without what the clock has to do with.
func compacted(t *testing.T, text string, workers int) (map[string]string, []string) {
	t.Helper()
	s := load(t, map[string]string{"study.toml": text})
	a := quick()
	a.Workers = workers
	dir := filepath.Join(s.Dir, Responses)
	store, err := llm.OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := NewRun(surveyed(t, s), timeless{store}, a)
	if err := r.Do(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := llm.Compact(dir, false); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	kept := make(map[string]string)
	for _, n := range names {
		b, err := os.ReadFile(filepath.Join(dir, n.Name()))
		if err != nil {
			t.Fatal(err)
		}
		kept[n.Name()] = string(b)
	}
	return kept, rows(collected(t, s, workers))
}

// timeless keeps replies without what differs from one run to the next whatever
// the order: when they came, how long they took, and what the server called
// them.
type timeless struct{ *llm.Store }

func (s timeless) Keep(r *llm.Request, w llm.Wire, reply *llm.Reply) error {
	reply.Date, reply.LatencyMS, reply.RequestID = "2026-11-25T12:00:00Z", 0, ""
	return s.Store.Keep(r, w, reply)
}

func TestTheStoreDoesNotDependOnTheNumberOfWorkers(t *testing.T) {
	server := server(t, llmtest.Config{Faults: misbehaving()})
	text := asking(100, server.OpenAI())
	one, rowsOfOne := compacted(t, text, 1)
	many, rowsOfMany := compacted(t, text, 64)
	if len(one) == 0 {
		t.Fatal("nothing was kept")
	}
	if diff := cmp.Diff(one, many); diff != "" {
		t.Errorf("the compacted store of 1 worker and of 64 (-1 +64):\n%.2000s", diff)
	}
	if diff := cmp.Diff(rowsOfOne, rowsOfMany); diff != "" {
		t.Errorf("the frame of 1 worker and of 64 (-1 +64):\n%.2000s", diff)
	}
}
