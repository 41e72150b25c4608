package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log"
	"math"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/internal/collect"
	"silico/internal/llm"
	"silico/internal/llm/llmtest"
)

// askingStudy writes a study without people that asks n respondents one
// question, and returns its folder. model holds the keys of the model.
func askingStudy(t testing.TB, n int, model string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "asking")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "study.toml"), []byte(llmtest.Study(n, model)), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

func serving(t testing.TB, c llmtest.Config) *llmtest.Server {
	t.Helper()
	s, err := llmtest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// keptIn counts the questions of a study that have an answer.
func keptIn(t *testing.T, dir string) int {
	t.Helper()
	store, err := llm.OpenStore(filepath.Join(dir, collect.Responses))
	if err != nil {
		t.Fatal(err)
	}
	return store.Len()
}

func TestRunAsksPlanCountsAndBuildReplays(t *testing.T) {
	server := serving(t, llmtest.Config{})
	dir := askingStudy(t, 30, llmtest.Local(server.OpenAI()))
	out := filepath.Join(t.TempDir(), "paper")
	if said := silico(t, exitMissing, "build", dir, "--out", out); !strings.Contains(said, "model small: 30 of 30 answers") {
		t.Errorf("build does not say which model lacks how many answers:\n%s", said)
	}
	said := silico(t, exitDone, "run", dir, "--limit", "10")
	if !strings.Contains(said, "free") || !strings.Contains(said, "10 answers in") || !strings.Contains(said, "goes on from here") {
		t.Errorf("a limited run says:\n%s", said)
	}
	if said := silico(t, exitDone, "plan", dir); !strings.Contains(said, "20 to be asked for") {
		t.Errorf("the plan behind a limited run:\n%s", said)
	}
	silico(t, exitDone, "run", dir, "--quiet")
	if calls := server.Calls(); calls != 30 {
		t.Errorf("30 questions took %d calls", calls)
	}
	silico(t, exitDone, "build", dir, "--out", out)
	silico(t, exitDone, "verify", dir, "--out", out)
	if calls := server.Calls(); calls != 30 {
		t.Errorf("build or verify asked the server: %d calls, want the 30 of run", calls)
	}
	page, err := os.ReadFile(filepath.Join(out, "paper.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "What became of the questions that models were asked") {
		t.Error("the paper does not count refusals and unreadable answers")
	}
}

func TestAPartialPaperSaysSoOnEveryPage(t *testing.T) {
	server := serving(t, llmtest.Config{})
	dir := askingStudy(t, 30, llmtest.Local(server.OpenAI()))
	silico(t, exitDone, "run", dir, "--limit", "10")
	out := filepath.Join(t.TempDir(), "paper")
	silico(t, exitDone, "build", dir, "--partial", "--out", out)
	silico(t, exitDone, "verify", dir, "--out", out)
	for _, name := range []string{"paper.md", "paper.html", "paper.tex", "results.json", "manifest.json"} {
		page, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(page), "small lacks 20 of 30 answers") {
			t.Errorf("%s does not say that answers are missing", name)
		}
	}
}

func TestMoneyIsNotSpentWithoutLeave(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "")
	dir := askingStudy(t, 3, "provider = \"openai\"\nname = \"gpt-4o-mini\"")
	said := silico(t, exitUsage, "run", dir)
	for _, want := range []string{"0.15 USD in, 0.6 USD out for a million tokens", "add --yes"} {
		if !strings.Contains(said, want) {
			t.Errorf("run without --yes does not say %q:\n%s", want, said)
		}
	}
	dir = askingStudy(t, 3, "provider = \"openai\"\nname = \"nobody-knows\"")
	if said := silico(t, exitUsage, "run", dir, "--budget", "5usd", "--yes"); !strings.Contains(said, "the price of small is not known") {
		t.Errorf("a budget without a price:\n%s", said)
	}
	if said := silico(t, exitUsage, "run", dir, "--budget", "much"); !strings.Contains(said, "5usd") {
		t.Errorf("a budget that is no amount:\n%s", said)
	}
	if said := silico(t, exitUsage, "run", dir, "--model", "smal"); !strings.Contains(said, `did you mean "small"?`) {
		t.Errorf("an unknown model:\n%s", said)
	}
}

func TestABudgetStopsARun(t *testing.T) {
	server := serving(t, llmtest.Config{})
	// What is on loopback costs nothing, so the server gets another name.
	endpoint := strings.Replace(server.OpenAI(), "127.0.0.1", "0.0.0.0", 1)
	dir := askingStudy(t, 200, llmtest.Local(endpoint))
	u := strings.TrimSuffix(strings.TrimPrefix(endpoint, "http://"), "/v1")
	prices := fmt.Sprintf("[%q.small]\ninput = 1000\noutput = 1000\n", u)
	if err := os.WriteFile(filepath.Join(dir, "prices.toml"), []byte(prices), 0o666); err != nil {
		t.Fatal(err)
	}
	said := silico(t, exitMissing, "run", dir, "--yes", "--budget", "1usd")
	if !strings.Contains(said, "the budget is used up; every answer so far is kept") {
		t.Errorf("a run whose budget is used up says:\n%s", said)
	}
	if n := keptIn(t, dir); n == 0 || n >= 200 {
		t.Errorf("%d of 200 answers were bought with the budget", n)
	}
}

func TestTroubleOfAServerIsASentence(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "")
	t.Setenv("KEY_OF_THE_TEST", "sk-of-yesterday")
	tls := httptest.NewUnstartedServer(nil)
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	t.Cleanup(tls.Close)
	for _, tt := range []struct {
		name, model, want string
		code              int
	}{
		{"no key", "provider = \"openai\"\nname = \"gpt-4o-mini\"", "the environment variable OPENAI_API_KEY is empty", exitMissing},
		{"wrong key", llmtest.Local(serving(t, llmtest.Config{Key: "sk-of-today"}).OpenAI()) + "\nkey_env = \"KEY_OF_THE_TEST\"", "refuses the API key of KEY_OF_THE_TEST", exitMissing},
		{"unknown model", llmtest.Local(serving(t, llmtest.Config{Models: []string{"other"}}).OpenAI()), "unknown model", exitMissing},
		{"unreachable", llmtest.Local("http://127.0.0.1:1/v1"), "nothing listens at http://127.0.0.1:1/v1", exitMissing},
		{"HTML", llmtest.Local(serving(t, llmtest.Config{Faults: llmtest.Faults{HTML: 1}}).OpenAI()), "HTML", exitMissing},
		{"50 MB", llmtest.Local(serving(t, llmtest.Config{Faults: llmtest.Faults{Huge: 1}}).OpenAI()), "sent more than", exitMissing},
		{"certificate", llmtest.Local(tls.URL), "is not to be trusted", exitMissing},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := askingStudy(t, 3, tt.model)
			said := silico(t, tt.code, "run", dir, "--yes", "--patience", "1s")
			if !strings.Contains(said, tt.want) {
				t.Errorf("run does not say %q:\n%s", tt.want, said)
			}
			if strings.Contains(said, "goroutine") {
				t.Errorf("run shows the inside of the program:\n%s", said)
			}
		})
	}
}

func TestAnInterruptedRunKeepsWhatWasAnswered(t *testing.T) {
	server := serving(t, llmtest.Config{Latency: 20e6})
	dir := askingStudy(t, 300, llmtest.Local(server.OpenAI()))
	ctx, cancel := context.WithCancel(context.Background())
	var out, errOut strings.Builder
	go func() {
		for server.Calls() < 20 {
		}
		cancel()
	}()
	if code := run(ctx, []string{"run", dir, "--workers", "4", "-q"}, &out, &errOut); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	if !strings.Contains(errOut.String(), "every answer so far is kept") || !strings.Contains(errOut.String(), "goes on from here") {
		t.Errorf("an interrupted run says:\n%s", errOut.String())
	}
	if n := keptIn(t, dir); int64(n) != server.Calls() {
		t.Errorf("%d answers are kept of %d that were under way or done", n, server.Calls())
	}
}

func TestThePaperDoesNotDependOnTheWorkersOfARun(t *testing.T) {
	server := serving(t, llmtest.Config{Faults: llmtest.Faults{Seed: 1, RateLimited: 0.05, ServerError: 0.02, Refusal: 0.02}})
	papers := make([]string, 2)
	for i, workers := range []string{"1", "64"} {
		dir := askingStudy(t, 100, llmtest.Local(server.OpenAI()))
		papers[i] = filepath.Join(t.TempDir(), "paper")
		silico(t, exitDone, "run", dir, "-q", "--workers", workers)
		silico(t, exitDone, "build", dir, "--out", papers[i])
		if i > 0 { // and the store may be packed
			silico(t, exitDone, "store", "compact", dir)
			silico(t, exitDone, "verify", dir, "--out", papers[i])
		}
	}
	if diff := cmp.Diff(contentsOf(t, papers[0]), contentsOf(t, papers[1])); diff != "" {
		t.Errorf("the paper of a run with 1 worker and of one with 64 (-1 +64):\n%.2000s", diff)
	}
}

// contentsOf returns the files below a folder by their names.
func contentsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		files[strings.TrimPrefix(name, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestARunByBatches(t *testing.T) {
	server := serving(t, llmtest.Config{Batch: llmtest.Batching{Polls: 2}})
	dir := askingStudy(t, 30, llmtest.Local(server.OpenAI()))
	folder, err := llm.OpenJobs(filepath.Join(dir, collect.Responses, collect.Batches))
	if err != nil {
		t.Fatal(err)
	}
	lost := &llm.Job{Format: 1, Provider: "openai", Endpoint: server.OpenAI(), Model: "small", Tag: "ab", Keys: make([]llm.Key, 7), State: llm.Unsent}
	if err := folder.Save(lost); err != nil {
		t.Fatal(err)
	}
	folder.Close()
	if said := silico(t, exitUsage, "run", dir); !strings.Contains(said, "7 requests of this study may be under way in batches") {
		t.Errorf("a run besides batches says:\n%s", said)
	}
	said := silico(t, exitDone, "run", dir, "--batch", "--poll", "1ms")
	for _, want := range []string{`batch "batch_1" of small: 30 requests handed over`, `batch "batch_1" of small: 30 replies kept, 0 not answered`, "30 answers in"} {
		if !strings.Contains(said, want) {
			t.Errorf("a run by batches does not say %q:\n%s", want, said)
		}
	}
	silico(t, exitDone, "store", "check", dir)
	silico(t, exitDone, "build", dir, "--out", filepath.Join(t.TempDir(), "paper"))
	if said := silico(t, exitDone, "run", dir); !strings.Contains(said, "nothing is missing") {
		t.Errorf("the run after it says:\n%s", said)
	}
}

func TestBatchesHaveAPriceOfTheirOwn(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "")
	dir := askingStudy(t, 10_000, "provider = \"openai\"\nname = \"dear\"")
	prices := "[openai.dear]\ninput = 40\noutput = 40\nbatch = 0.5\n"
	if err := os.WriteFile(filepath.Join(dir, "prices.toml"), []byte(prices), 0o666); err != nil {
		t.Fatal(err)
	}
	cost := regexp.MustCompile(`and ([\d.]+) USD`)
	single := cost.FindStringSubmatch(silico(t, exitUsage, "run", dir))
	batch := cost.FindStringSubmatch(silico(t, exitUsage, "run", dir, "--batch"))
	if single == nil || batch == nil {
		t.Fatalf("no cost is said: %v, %v", single, batch)
	}
	full, _ := strconv.ParseFloat(single[1], 64)
	half, _ := strconv.ParseFloat(batch[1], 64)
	if math.Abs(2*half-full) > 0.02 || full == 0 {
		t.Errorf("asking costs %g USD one by one and %g by batches, want half", full, half)
	}
	if said := silico(t, exitMissing, "run", dir, "--batch", "--yes"); !strings.Contains(said, "the environment variable OPENAI_API_KEY is empty") {
		t.Errorf("batches without a key:\n%s", said)
	}
}
