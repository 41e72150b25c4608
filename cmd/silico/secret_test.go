package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"silico/internal/collect"
	"silico/internal/llm"
	"silico/internal/llm/llmtest"
)

func TestTheKeyOfAModelComesFromTheVariableThatItNamesAndAppearsNowhere(t *testing.T) {
	const key = "sk-planted-4f1d"
	s, err := llmtest.Start(llmtest.Config{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dir := oneQuestion(t, s.OpenAI(), "key_env = \"KEY_OF_THE_TRIAL\"\nelicit = \"json\"")
	out := filepath.Join(t.TempDir(), "out")
	silico := func(want int, args ...string) string {
		t.Helper()
		var said bytes.Buffer
		if code := run(t.Context(), args, &said, &said); code != want {
			t.Errorf("silico %s ended with %d, want %d:\n%s", args[0], code, want, said.String())
		}
		if strings.Contains(said.String(), key) {
			t.Errorf("silico %s shows the key:\n%s", args[0], said.String())
		}
		return said.String()
	}
	if said := silico(exitFailed, "run", dir); !strings.Contains(said, "the environment variable KEY_OF_THE_TRIAL is empty") {
		t.Errorf("without a key the run says:\n%s", said)
	}
	t.Setenv("KEY_OF_THE_TRIAL", key+"-and-more")
	if said := silico(exitFailed, "run", dir); !strings.Contains(said, "refuses the API key of KEY_OF_THE_TRIAL") {
		t.Errorf("with a wrong key the run says:\n%s", said)
	}
	t.Setenv("KEY_OF_THE_TRIAL", key)
	silico(exitDone, "run", dir)
	silico(exitDone, "build", dir, "--out", out)
	silico(exitDone, "prompts", dir, "--json")
	silico(exitDone, "audit", dir, "--share", "1")
	silico(exitDone, "audit", dir, "--share", "1", "--json")
	silico(exitDone, "answers", dir, "--json")
	silico(exitDone, "store", "stats", dir, "--json")
	silico(exitDone, "store", "compact", dir)
	t.Setenv("KEY_OF_THE_TRIAL", key+"-and-more")
	silico(exitMissing, "audit", dir, "--share", "1")
	holdNowhere(t, key, dir, out)
}

// holdNowhere fails when a file of some folders holds a key.
func holdNowhere(t *testing.T, key string, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(name)
			if bytes.Contains(text, []byte(key)) {
				t.Errorf("%s holds the key", name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAuditShowsNoKeyThatAServerRepeats(t *testing.T) {
	const key = "sk-planted-4f1d"
	dir, _ := answeredStudy(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		said := r.Header.Get("Authorization")
		fmt.Fprintf(w, `{"model":%q,"choices":[{"message":{"role":"assistant","content":%q},"finish_reason":"stop"}]}`, said, said)
	}))
	defer s.Close()
	t.Setenv("KEY_OF_THE_AUDIT", key)
	changeSpec(t, dir, `endpoint = .*`, fmt.Sprintf("endpoint = %q\nkey_env = \"KEY_OF_THE_AUDIT\"", s.URL+"/v1"))
	for _, flags := range [][]string{nil, {"--json"}} {
		code, out, errOut := program(t, append([]string{"audit", dir, "--share", "1"}, flags...)...)
		if code != exitDone || !strings.Contains(out, "[API key]") {
			t.Errorf("audit %v: code %d, and the key that is repeated does not come out as [API key]:\n%s%s", flags, code, out, errOut)
		}
		if strings.Contains(out+errOut, key) {
			t.Errorf("audit %v shows the key:\n%s%s", flags, out, errOut)
		}
	}
	holdNowhere(t, key, dir)
}

// promptfoo writes the configuration of its providers beside what they replied,
// and Inspect what it sent: whatever stands there beside the words and the
// settings of a request stays there.
func TestImportTakesNoKeyFromAFile(t *testing.T) {
	const key = "sk-planted-4f1d"
	for format, plant := range map[string]string{
		"promptfoo": `"apiBaseUrl":`,
		"inspect":   `"max_tokens":`,
	} {
		t.Run(format, func(t *testing.T) {
			text, err := os.ReadFile(foreignSample(format + ".json"))
			if err != nil {
				t.Fatal(err)
			}
			with := bytes.ReplaceAll(text, []byte(plant), []byte(fmt.Sprintf(`"apiKey": %q, "headers": {"Authorization": "Bearer %s"}, %s`, key, key, plant)))
			if bytes.Equal(with, text) {
				t.Fatalf("the sample has no %s to plant a key beside", plant)
			}
			file := filepath.Join(t.TempDir(), "replies.json")
			if err := os.WriteFile(file, with, 0o666); err != nil {
				t.Fatal(err)
			}
			dir := importingStudy(t, "You are a woman.", "name = \"small\"\nmax_tokens = 16"+map[string]string{"promptfoo": "\ntemperature = 0.7"}[format])
			for _, flags := range [][]string{nil, {"--json"}} {
				code, out, errOut := program(t, append([]string{"import", file, dir, "--from", format}, flags...)...)
				if code != exitDone || strings.Contains(out+errOut, key) {
					t.Errorf("code %d, want %d and no key:\n%s%s", code, exitDone, out, errOut)
				}
			}
			if len(repliesOf(t, dir)) == 0 {
				t.Error("nothing was imported, so nothing was shown")
			}
			holdNowhere(t, key, dir)
		})
	}
}

func TestBatchesHoldNoKey(t *testing.T) {
	const key = "sk-planted-4f1d"
	server := serving(t, llmtest.Config{Key: key, Batch: llmtest.Batching{Polls: 2}})
	dir := askingStudy(t, 12, llmtest.Local(server.OpenAI())+"\nkey_env = \"KEY_OF_THE_BATCH\"")
	said := func(ctx context.Context, want int, poll string) {
		t.Helper()
		var out bytes.Buffer
		if code := run(ctx, []string{"run", "--batch", "--poll", poll, dir}, &out, &out); code != want {
			t.Errorf("the run ended with %d, want %d:\n%s", code, want, out.String())
		}
		if strings.Contains(out.String(), key) {
			t.Errorf("the run shows the key:\n%s", out.String())
		}
		holdNowhere(t, key, dir)
	}
	t.Setenv("KEY_OF_THE_BATCH", key+"-and-more")
	said(t.Context(), exitMissing, "1ms")
	t.Setenv("KEY_OF_THE_BATCH", key)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for server.Batches() == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	said(ctx, exitFailed, "1h") // handed over, and left under way
	if jobs, err := llm.Jobs(filepath.Join(dir, collect.Responses, collect.Batches)); err != nil || len(jobs) != 1 {
		t.Errorf("%d batches are written down (%v), want 1", len(jobs), err)
	}
	said(t.Context(), exitDone, "1ms")
}
