package llm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// question returns the n-th of some requests that differ, and how it is sent.
func question(n int) (*Request, Wire) {
	body, err := json.Marshal(map[string]any{
		"messages": []Message{{User, fmt.Sprintf("Would you shout, person %d? <b>&</b> \u2028 Answer no, perhaps or yes.", n)}}, "model": "small",
	})
	if err != nil {
		panic(err)
	}
	return &Request{Provider: "openai", Model: "small", Revision: "sha256:12", Sampled: true, Place: Place{Opening: "ab", Draw: n}},
		Wire{Path: "chat/completions", Body: string(body)}
}

func answerTo(n int) *Reply {
	price := 0.25
	return &Reply{
		Text: fmt.Sprintf("perhaps %d \x1b[1m <i> \u2029 }\"{", n), Finish: Stop, Input: 80, Output: 2, Served: "small-1", RequestID: fmt.Sprint("r", n),
		Date: "2026-11-25T10:00:00Z", LatencyMS: 12, Price: &price, Tokens: []Token{{Text: "per", Logprob: -0.25, Top: []Token{{Text: "no", Logprob: -1.5}}}},
	}
}

func keyOf(n int) Key { return KeyOf(Describe(question(n))) }

// keep keeps the answers to some requests in a new file of a store.
func keep(t *testing.T, dir string, answers map[int]*Reply) {
	t.Helper()
	s := open(t, dir)
	for n := range 1000 {
		if a := answers[n]; a != nil {
			r, w := question(n)
			if err := s.Keep(r, w, a); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// onlyFile returns the path of the one file of a store.
func onlyFile(t *testing.T, dir string) string {
	t.Helper()
	names, err := answerFiles(dir)
	if err != nil || len(names) != 1 {
		t.Fatalf("the store has the files %q (%v), want one", names, err)
	}
	return filepath.Join(dir, names[0])
}

// edit changes the text of a file.
func edit(t *testing.T, file string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, change(b), 0o666); err != nil {
		t.Fatal(err)
	}
}

func wantAnswers(t *testing.T, s *Store, want map[int]*Reply) {
	t.Helper()
	for n, reply := range want {
		got, ok := s.Look(keyOf(n))
		if !ok {
			t.Errorf("the answer to question %d is not found", n)
		} else if diff := cmp.Diff(reply, got); diff != "" {
			t.Errorf("the answer to question %d is not the one that was kept (-kept +found):\n%s", n, diff)
		}
	}
	if s.Len() != len(want) {
		t.Errorf("the store has %d answers, want %d", s.Len(), len(want))
	}
}

func wantFindings(t *testing.T, s *Store, want ...Finding) {
	t.Helper()
	got := s.Findings()
	for i := range got {
		got[i].File = ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestWhatWasKeptIsFoundAtOnceAndAfterOpeningAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "responses")
	s := open(t, dir)
	if _, ok := s.Look(keyOf(1)); ok {
		t.Fatal("an empty store has an answer")
	}
	want := map[int]*Reply{}
	for n := range 30 {
		r, w := question(n)
		if err := s.Keep(r, w, answerTo(n)); err != nil {
			t.Fatal(err)
		}
		want[n] = answerTo(n)
	}
	wantAnswers(t, s, want)
	wantAnswers(t, open(t, dir), want) // by another process while the first one still writes
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir)
	wantAnswers(t, again, want)
	wantFindings(t, again)
	if _, ok := again.Look(keyOf(500)); ok {
		t.Error("there is an answer to a question that was never asked")
	}
}

func TestNothingIsMadeUntilAnAnswerIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "responses")
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("opening a store that is not there made it (%v)", err)
	}
}

func TestAnOlderKeyIsLookedUpBehindTheNewOne(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, map[int]*Reply{1: answerTo(1)})
	if _, ok := open(t, dir).Look(Key{7}, keyOf(1)); !ok {
		t.Error("an answer under the second key of a request is not found")
	}
}

func TestFlippedByteIsNamedAndItsAnswerNeverUsed(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, map[int]*Reply{1: answerTo(1), 2: answerTo(2), 3: answerTo(3)})
	edit(t, onlyFile(t, dir), func(b []byte) []byte {
		b[bytes.Index(b, []byte("perhaps 2"))] ^= 1
		return b
	})
	s := open(t, dir)
	wantAnswers(t, s, map[int]*Reply{1: answerTo(1), 3: answerTo(3)})
	wantFindings(t, s, Finding{Trouble: Changed, Lines: []int{3}, Count: 1})
}

func TestNoByteOfALineCanBeFlippedUnseen(t *testing.T) {
	r, w := question(1)
	line, err := encode(keyOf(1), identify(r, w), answerTo(1))
	if err != nil {
		t.Fatal(err)
	}
	line = line[:len(line)-1]
	if _, err := parse(line); err != nil {
		t.Fatalf("the line cannot be read as it was written: %v", err)
	}
	for at := range line {
		for bit := range 8 {
			line[at] ^= 1 << bit
			if _, err := parse(line); err == nil && line[at] != '\r' {
				t.Errorf("bit %d of byte %d is flipped, and the line is taken for whole: %s", bit, at, line)
			}
			line[at] ^= 1 << bit
		}
	}
}

func TestFlippedByteInTheFirstLineIsNamedAndTheAnswersAreRead(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, map[int]*Reply{1: answerTo(1)})
	edit(t, onlyFile(t, dir), func(b []byte) []byte {
		return bytes.Replace(b, []byte(`"format":1`), []byte(`"format":9`), 1)
	})
	s := open(t, dir)
	wantAnswers(t, s, map[int]*Reply{1: answerTo(1)})
	wantFindings(t, s, Finding{Trouble: Changed, Lines: []int{1}, Count: 1})
}

func TestTornLastLineIsDroppedAndSaid(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, map[int]*Reply{1: answerTo(1), 2: answerTo(2)})
	file := onlyFile(t, dir)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	start := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for end := start + 1; end < len(whole)-1; end++ {
		edit(t, file, func([]byte) []byte { return whole[:end] })
		s := open(t, dir)
		wantAnswers(t, s, map[int]*Reply{1: answerTo(1)})
		wantFindings(t, s, Finding{Trouble: Torn, Lines: []int{3}, Count: 1})
		if t.Failed() {
			t.Fatalf("torn after %d bytes", end-start)
		}
	}
	edit(t, file, func([]byte) []byte { return whole[:len(whole)-1] })
	wantAnswers(t, open(t, dir), map[int]*Reply{1: answerTo(1), 2: answerTo(2)}) // nothing but the newline is lost
}

func TestLinesThatVersionControlEndsInItsOwnWayAreRead(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, map[int]*Reply{1: answerTo(1)})
	edit(t, onlyFile(t, dir), func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) })
	s := open(t, dir)
	wantAnswers(t, s, map[int]*Reply{1: answerTo(1)})
	wantFindings(t, s)
}

func TestDoubledLineIsHarmlessAndReported(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, map[int]*Reply{1: answerTo(1), 2: answerTo(2)})
	edit(t, onlyFile(t, dir), func(b []byte) []byte { return append(b, b...) })
	s := open(t, dir)
	wantAnswers(t, s, map[int]*Reply{1: answerTo(1), 2: answerTo(2)})
	wantFindings(t, s, Finding{Trouble: Doubled, Lines: []int{5, 6}, Count: 2})
}

func TestTheEarliestOfTwoRepliesIsTheAnswer(t *testing.T) {
	early, late := answerTo(1), answerTo(1)
	early.Text, early.Date = "early", "2026-11-25T10:00:00Z"
	late.Text, late.Date = "late", "2026-11-25T10:00:01Z"
	for _, order := range [][]*Reply{{early, late}, {late, early}} {
		dir := t.TempDir()
		for _, r := range order {
			keep(t, dir, map[int]*Reply{1: r})
		}
		s := open(t, dir)
		wantAnswers(t, s, map[int]*Reply{1: early})
		if f := s.Findings(); len(f) != 1 || f[0].Trouble != Second {
			t.Errorf("findings are %v, want a second reply", f)
		}
	}
}

func TestOfTwoRepliesInOneSecondTheDigestDecides(t *testing.T) {
	used := map[string]bool{}
	for _, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		dir := t.TempDir()
		for _, text := range order {
			r := answerTo(1)
			r.Text = text
			keep(t, dir, map[int]*Reply{1: r})
		}
		got, _ := open(t, dir).Look(keyOf(1))
		used[got.Text] = true
	}
	if len(used) != 1 {
		t.Errorf("which reply is used depends on the order of writing: %v", used)
	}
}

func TestFileOfANewerFormatIsAnErrorNotAnEmptyStore(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "small.jsonl")
	if err := os.WriteFile(file, seal([]byte(headerHead+"2}")), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := OpenStore(dir)
	want := "small.jsonl is of format 2 and this program reads up to 1; a newer silico reads it"
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("the error is %v, want one that ends with %q", err, want)
	}
}

func TestTwoWritersAndManyGoroutinesKeepEveryAnswer(t *testing.T) {
	dir := t.TempDir()
	stores := []*Store{open(t, dir), open(t, dir)}
	want := map[int]*Reply{}
	var wg sync.WaitGroup
	for n := range 400 {
		want[n] = answerTo(n)
		wg.Go(func() {
			r, w := question(n)
			if err := stores[n%2].Keep(r, w, answerTo(n)); err != nil {
				t.Error(err)
			}
			if _, ok := stores[n%2].Look(keyOf(n)); !ok {
				t.Errorf("answer %d is not found right after it was kept", n)
			}
		})
	}
	wg.Wait()
	wantAnswers(t, open(t, dir), want)
	for _, s := range stores {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	s := open(t, dir)
	wantAnswers(t, s, want)
	wantFindings(t, s)
}

func TestLineLongerThanAChunkIsRead(t *testing.T) {
	dir := t.TempDir()
	long := answerTo(2)
	long.Text = strings.Repeat("no, never. ", 3*pieceSize/10)
	want := map[int]*Reply{1: answerTo(1), 2: long, 3: answerTo(3)}
	keep(t, dir, want)
	wantAnswers(t, open(t, dir), want)
}

func TestNamesOfFilesAreFitForEverySystem(t *testing.T) {
	for model, want := range map[string]string{
		"gpt-4.1-mini": "gpt-4.1-mini", "Qwen/Qwen3-0.6B": "qwen-qwen3-0.6b", "llama3:8b": "llama3-8b", "../../etc": "etc", "": "model", "名": "model",
	} {
		if got := fileName(model); got != want {
			t.Errorf("fileName(%q) = %q, want %q", model, got, want)
		}
	}
}
