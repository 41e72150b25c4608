package tune

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"silico/internal/study"
)

// endpoints is a fake of the fine-tuning endpoints: it keeps the files that are
// uploaded and the jobs that are started, and lets a job go through the
// statuses that a test wants, one a look.
type endpoints struct {
	mu          sync.Mutex
	failUploads int // uploads that are answered 500 first; the client tries thrice
	loseStart   bool
	statuses    []string
	why         string // of a job that fails
	key         string
	expired     bool // the key, from the first look on

	uploads map[string]string // id -> content
	jobs    []map[string]any
	looks   int
}

func (e *endpoints) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	say := func(code int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		json.NewEncoder(w).Encode(v)
	}
	refuse := func(code int, msg string) { say(code, map[string]any{"error": map[string]any{"message": msg}}) }
	if r.Header.Get("Authorization") != "Bearer "+e.key {
		refuse(401, "Incorrect API key provided: "+e.key[:4]+"****")
		return
	}
	job := func(i int) map[string]any { return e.jobs[i] }
	switch path := strings.TrimPrefix(r.URL.Path, "/v1"); {
	case r.Method == "POST" && path == "/files":
		if e.failUploads > 0 {
			e.failUploads--
			refuse(500, "disk full for "+e.key)
			return
		}
		f, head, err := r.FormFile("file")
		if err != nil {
			refuse(400, err.Error())
			return
		}
		data, _ := io.ReadAll(f)
		id := fmt.Sprintf("file-%d", len(e.uploads)+1)
		e.uploads[id] = head.Filename + "\n" + string(data)
		say(200, map[string]any{"id": id, "object": "file"})
	case r.Method == "GET" && strings.HasPrefix(path, "/files/"):
		io.WriteString(w, base64.StdEncoding.EncodeToString([]byte("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,1.5,0.2,,\n2,1.25,0.3,1.4,0.3\n")))
	case r.Method == "POST" && path == "/fine_tuning/jobs":
		var body map[string]any
		json.NewDecoder(r.Body).Decode(&body)
		body["id"], body["status"] = fmt.Sprintf("job-%d", len(e.jobs)+1), "validating_files"
		e.jobs = append(e.jobs, body)
		if e.loseStart {
			e.loseStart = false
			refuse(502, "the reply is lost")
			return
		}
		say(200, body)
	case r.Method == "GET" && path == "/fine_tuning/jobs":
		data := []any{}
		for i := len(e.jobs) - 1; i >= 0; i-- {
			data = append(data, job(i))
		}
		say(200, map[string]any{"object": "list", "data": data, "has_more": false})
	case r.Method == "GET" && strings.HasPrefix(path, "/fine_tuning/jobs/"):
		if e.expired {
			refuse(401, "token expired")
			return
		}
		j := job(len(e.jobs) - 1)
		status := e.statuses[min(e.looks, len(e.statuses)-1)]
		e.looks++
		j["status"] = status
		switch status {
		case "succeeded":
			j["fine_tuned_model"], j["trained_tokens"], j["seed"] = "ft:small:silico", 1234, 5
			j["created_at"], j["finished_at"] = 1_700_000_000, 1_700_000_090
			j["result_files"] = []string{"file-result"}
		case "failed":
			j["error"] = map[string]any{"code": "invalid_training_file", "message": e.why}
		}
		say(200, j)
	default:
		refuse(404, "no such endpoint")
	}
}

// bench is a follower of one model at a fake provider.
type bench struct {
	*endpoints
	follower *Follower
	record   *study.Tuning
	set      *Set
	kept     []study.Tuning // every state of the record that was written
	said     []string
	waits    int
}

func newBench(t *testing.T, e *endpoints) *bench {
	t.Helper()
	e.key, e.uploads = "sk-planted-secret", map[string]string{}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	b := &bench{endpoints: e, set: &Set{Train: []byte("{\"messages\":[]}\n"), Validation: []byte("{\"messages\":[1]}\n")}}
	b.record = &study.Tuning{Format: 1, Model: "tuned_79", Base: "base", Set: &study.TrainingSet{
		Train: study.ExampleFile{File: "tuning/tuned_79.train.jsonl"}, Validation: study.ExampleFile{File: "tuning/tuned_79.validation.jsonl"}}}
	trainer, err := NewOpenAI(&study.Model{Name: "tuned_79", Endpoint: server.URL + "/v1"}, e.key)
	if err != nil {
		t.Fatal(err)
	}
	b.follower = &Follower{Trainer: trainer, Every: time.Hour,
		Keep: func(r *study.Tuning) error {
			data, err := r.Bytes()
			if err != nil {
				return err
			}
			again, err := study.ReadTuning(data)
			if err == nil {
				b.kept = append(b.kept, *again)
			}
			return err
		},
		Say:  func(format string, a ...any) { b.said = append(b.said, fmt.Sprintf(format, a...)) },
		Wait: func(context.Context, time.Duration) error { b.waits++; return nil },
	}
	return b
}

func (b *bench) train() error {
	return b.follower.Train(context.Background(), b.record, "small-2025", b.set, &study.Tune{Epochs: 3, Seed: 5})
}

func TestAJobThatIsQueuedForLongEndsInARecord(t *testing.T) {
	b := newBench(t, &endpoints{statuses: []string{"validating_files", "queued", "queued", "queued", "running", "running", "succeeded"}})
	if err := b.train(); err != nil {
		t.Fatal(err)
	}
	v := 1.4
	want := &study.TuningRun{
		Served: "ft:small:silico", Hardware: "of the provider", Seconds: 90, Tokens: 1234, Date: "2023-11-14T22:14:50Z",
		Hyperparameters: map[string]string{"base": "small-2025", "epochs": "3", "batch_size": "0", "learning_rate_multiplier": "0", "seed": "5"},
		Loss:            []study.Loss{{Step: 1, Train: 1.5}, {Step: 2, Train: 1.25, Validation: &v}},
	}
	if d := cmp.Diff(want, b.record.Run); d != "" {
		t.Errorf("the run differs (-want +got):\n%s", d)
	}
	if b.waits != 6 || len(b.jobs) != 1 {
		t.Errorf("%d waits and %d jobs; want 6 and 1", b.waits, len(b.jobs))
	}
	if got := b.uploads["file-1"]; got != "tuned_79.train.jsonl\n{\"messages\":[]}\n" {
		t.Errorf("uploaded %q", got)
	}
	if got := b.jobs[0]["suffix"]; got != "tuned-79" {
		t.Errorf("the suffix of the job is %q", got)
	}
	if last := b.kept[len(b.kept)-1]; last.Run == nil || last.Job.Status != "succeeded" {
		t.Errorf("what was kept last is %+v", last)
	}
}

func TestAnUploadThatFailsLeavesNothingToPayFor(t *testing.T) {
	b := newBench(t, &endpoints{failUploads: 3, statuses: []string{"succeeded"}})
	err := b.train()
	if err == nil || !strings.Contains(err.Error(), "upload tuning/tuned_79.train.jsonl") || len(b.jobs) != 0 {
		t.Fatalf("the error is %v, with %d jobs; want one that names the upload, and no job", err, len(b.jobs))
	}
	if err := b.train(); err != nil || len(b.jobs) != 1 || len(b.uploads) != 2 {
		t.Errorf("the second time: %v, %d jobs, %d files; want the end, 1 and 2", err, len(b.jobs), len(b.uploads))
	}
}

// The provider has the job and we do not know it: the reply was lost, or we
// were killed before the record was written.
func TestACrashBetweenStartAndRecordStartsNoSecondJob(t *testing.T) {
	b := newBench(t, &endpoints{loseStart: true, statuses: []string{"running", "succeeded"}})
	if err := b.train(); err == nil {
		t.Fatal("the lost reply went unnoticed")
	}
	after := b.kept[len(b.kept)-1]
	if after.Job.ID != "" || after.Job.TrainFile != "file-1" {
		t.Fatalf("the record is %+v; want the files and no job", after.Job)
	}
	b.record = &after // what a new process reads
	if err := b.train(); err != nil {
		t.Fatal(err)
	}
	if len(b.jobs) != 1 || b.record.Run == nil || len(b.uploads) != 2 {
		t.Errorf("%d jobs and %d files, run %v; want one job, no new files, and its run", len(b.jobs), len(b.uploads), b.record.Run)
	}
}

func TestFailedAndCancelledJobsAreToldApartAndStartedAnewOnce(t *testing.T) {
	for _, tt := range []struct {
		status string
		state  State
		want   string
	}{
		{"failed", Failed, "the job job-1 failed at openai: line 3 has no messages; mend what it says, and `silico tune` starts another"},
		{"cancelled", Cancelled, "the job job-1 was cancelled at openai; `silico tune` starts another"},
	} {
		t.Run(tt.status, func(t *testing.T) {
			b := newBench(t, &endpoints{statuses: []string{"queued", tt.status, "succeeded"}, why: "line 3 has no messages"})
			err := b.train()
			var stopped *Stopped
			if !errors.As(err, &stopped) || stopped.State != tt.state || err.Error() != tt.want {
				t.Fatalf("the error is %v, want %s", err, tt.want)
			}
			if b.record.Run != nil {
				t.Fatal("a job without a model has a run")
			}
			if err := b.train(); err != nil || len(b.jobs) != 2 || b.record.Job.ID != "job-2" {
				t.Errorf("the second time: %v, %d jobs, record of %q; want a second job and its end", err, len(b.jobs), b.record.Job.ID)
			}
		})
	}
}

func TestAnExpiredKeyIsSaidAndTheJobGoesOnLater(t *testing.T) {
	b := newBench(t, &endpoints{expired: true, statuses: []string{"succeeded"}})
	err := b.train()
	if err == nil || !strings.Contains(err.Error(), "it may have expired") {
		t.Fatalf("the error is %v, want one that says that the key may have expired", err)
	}
	b.expired = false
	if err := b.train(); err != nil || len(b.jobs) != 1 {
		t.Errorf("with a new key: %v, %d jobs; want the end of the one job", err, len(b.jobs))
	}
}

func TestTheAPIKeyIsWrittenNowhere(t *testing.T) {
	b := newBench(t, &endpoints{statuses: []string{"failed"}, why: "no"})
	b.failUploads = 3
	all := []string{fmt.Sprint(b.train()), fmt.Sprint(b.train())}
	b.key = "sk-another-secret"
	all = append(append(all, fmt.Sprint(b.train())), b.said...)
	for _, k := range b.kept {
		data, _ := k.Bytes()
		all = append(all, string(data))
	}
	for _, text := range all {
		if strings.Contains(text, "secret") || strings.Contains(text, "sk-") {
			t.Errorf("a part of the key stands in %q", text)
		}
	}
}
