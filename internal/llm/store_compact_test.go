package llm

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// contents returns the files of a folder by name.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}

func compact(t *testing.T, dir string) *Compacted {
	t.Helper()
	c, err := Compact(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// second is another reply to the n-th request.
func second(n int) *Reply {
	r := answerTo(n)
	r.Text, r.Date = "second", "2026-11-25T11:00:00Z"
	return r
}

func TestCompactedBytesDependOnTheAnswersAlone(t *testing.T) {
	const n = 60
	var want map[string]string
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, 0))
		dir := t.TempDir()
		stores := []*Store{open(t, dir), open(t, dir), open(t, dir)}
		put := func(i int, reply *Reply) {
			r, w := question(i)
			if err := stores[random.IntN(3)].Keep(r, w, reply); err != nil {
				t.Fatal(err)
			}
		}
		for _, i := range random.Perm(n) {
			put(i, answerTo(i))
			if i%7 == 0 {
				put(i, second(i))
			}
			if random.IntN(3) == 0 {
				put(i, answerTo(i))
			}
		}
		for _, s := range stores {
			s.Close()
		}
		c := compact(t, dir)
		if c.Lines != n+9 || len(c.InUse) > 0 {
			t.Errorf("compacting kept %d lines and left %q, want %d lines and nothing left", c.Lines, c.InUse, n+9)
		}
		got := contents(t, dir)
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("the store depends on the order of writing (-first +now):\n%s", diff)
		}
		s := open(t, dir)
		answers := map[int]*Reply{}
		for i := range n {
			answers[i] = answerTo(i)
		}
		wantAnswers(t, s, answers)
		compact(t, dir)
		if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
			t.Fatalf("compacting what is compact changes it:\n%s", diff)
		}
	}
	if len(want) != 1 || want["small.jsonl"] == "" {
		t.Errorf("the compacted store has the files %q, want small.jsonl", slices.Collect(keysOf(want)))
	}
}

func keysOf(files map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range files {
			if !yield(name) {
				return
			}
		}
	}
}

func TestLargeFileIsCompressedAndReadsTheSame(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	want := map[int]*Reply{}
	for i := range 2 * packFrom / 700 {
		r, w := question(i)
		want[i] = answerTo(i)
		if err := s.Keep(r, w, want[i]); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	if c := compact(t, dir); !slices.Equal(c.Files, []string{"small.jsonl.zst"}) {
		t.Fatalf("the answers are in %q, want small.jsonl.zst", c.Files)
	}
	if f := contents(t, dir); len(f) != 1 {
		t.Errorf("beside the compacted file there are others: %q", slices.Collect(keysOf(f)))
	}
	s = open(t, dir)
	wantAnswers(t, s, want)
	wantFindings(t, s)
	// A few more answers are merged into it.
	r, w := question(1 << 20)
	if err := s.Keep(r, w, answerTo(7)); err != nil {
		t.Fatal(err)
	}
	s.Close()
	want[1<<20] = answerTo(7)
	compact(t, dir)
	wantAnswers(t, open(t, dir), want)
}

func TestDamageToACompressedFileIsNamedAndTheRestBeforeItUsed(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	n := 2 * packFrom / 700
	for i := range n {
		r, w := question(i)
		if err := s.Keep(r, w, answerTo(i)); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	compact(t, dir)
	file := filepath.Join(dir, "small.jsonl.zst")
	edit(t, file, func(b []byte) []byte { b[len(b)/2] ^= 0x10; return b })
	s = open(t, dir)
	found := s.Findings()
	if len(found) == 0 || found[0].File != "small.jsonl.zst" {
		t.Fatalf("findings are %v, want damage of small.jsonl.zst", found)
	}
	for i := range n {
		if got, ok := s.Look(keyOf(i)); ok && cmp.Diff(answerTo(i), got) != "" {
			t.Fatalf("answer %d is used though it is damaged: %+v", i, got)
		}
	}
	if _, err := Compact(dir, false); err == nil || !strings.Contains(err.Error(), "--drop-changed") {
		t.Errorf("compacting a damaged store gives %v, want a refusal that says the way out", err)
	}
}

func TestHalfMergedFilesAreFoundAndHarmless(t *testing.T) {
	dir := t.TempDir()
	want := map[int]*Reply{1: answerTo(1), 2: answerTo(2)}
	keep(t, dir, want)
	part := onlyFile(t, dir)
	b, err := os.ReadFile(part)
	if err != nil {
		t.Fatal(err)
	}
	compact(t, dir)
	once := contents(t, dir)
	for name, text := range map[string][]byte{filepath.Base(part): b, "small.jsonl" + writingSuffix: b[:40]} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	wantAnswers(t, s, want)
	wantFindings(t, s, Finding{Trouble: Doubled, Lines: []int{2, 3}, Count: 2})
	compact(t, dir)
	if diff := cmp.Diff(once, contents(t, dir)); diff != "" {
		t.Errorf("compacting again does not finish the work (-want +got):\n%s", diff)
	}
}

func TestFileOfAWriterAtWorkIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, map[int]*Reply{1: answerTo(1)})
	s := open(t, dir)
	for n := 2; n < 4; n++ {
		r, w := question(n)
		if err := s.Keep(r, w, answerTo(n)); err != nil {
			t.Fatal(err)
		}
		c := compact(t, dir)
		if len(c.InUse) != 1 {
			t.Errorf("compacting left %q alone, want the file that is written", c.InUse)
		}
	}
	s.Close()
	want := map[int]*Reply{1: answerTo(1), 2: answerTo(2), 3: answerTo(3)}
	wantAnswers(t, open(t, dir), want)
	if c := compact(t, dir); len(c.InUse) > 0 {
		t.Errorf("%q is left alone though its writer is done", c.InUse)
	}
	wantAnswers(t, open(t, dir), want)
}

func TestChangedLinesAreNotCompactedAwayUnlessAskedFor(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, map[int]*Reply{1: answerTo(1), 2: answerTo(2)})
	edit(t, onlyFile(t, dir), func(b []byte) []byte { return bytes.Replace(b, []byte("perhaps 1"), []byte("perhaps 7"), 1) })
	before := contents(t, dir)
	_, err := Compact(dir, false)
	if err == nil || !strings.Contains(err.Error(), "line 2: not as it was written") {
		t.Errorf("compacting gives %v, want the line that is changed", err)
	}
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Errorf("the refusal changes the store:\n%s", diff)
	}
	if _, err := Compact(dir, true); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	wantAnswers(t, s, map[int]*Reply{2: answerTo(2)})
	wantFindings(t, s)
}

func TestPruneDropsWhatIsNotWantedAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, map[int]*Reply{1: answerTo(1), 2: answerTo(2), 3: answerTo(3)})
	keep(t, dir, map[int]*Reply{2: second(2)})
	c, err := Prune(dir, func(k Key) bool { return k != keyOf(3) })
	if err != nil || c.Pruned != 1 || c.Lines != 3 {
		t.Errorf("pruning gives %+v, %v; want 1 line pruned and 3 kept", c, err)
	}
	wantAnswers(t, open(t, dir), map[int]*Reply{1: answerTo(1), 2: answerTo(2)})
}

func TestCompactingWhatIsNotThereDoesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "responses")
	if c := compact(t, dir); c.Lines != 0 {
		t.Errorf("%d lines", c.Lines)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was made")
	}
}

func TestTwoCompactionsAtOnceAreSafe(t *testing.T) {
	dir := t.TempDir()
	want := map[int]*Reply{}
	for i := range 5 {
		want[i] = answerTo(i)
		keep(t, dir, map[int]*Reply{i: answerTo(i)})
	}
	errs := make(chan error)
	for range 4 {
		go func() { _, err := Compact(dir, false); errs <- err }()
	}
	for range 4 {
		if err := <-errs; err != nil && !strings.Contains(err.Error(), "another process is compacting it") {
			t.Error(err)
		}
	}
	compact(t, dir)
	s := open(t, dir)
	wantAnswers(t, s, want)
	wantFindings(t, s)
}

func TestMergeTakesWhatIsNotThereYetAndOnlyOnce(t *testing.T) {
	here, there := t.TempDir(), t.TempDir()
	keep(t, here, map[int]*Reply{1: answerTo(1), 2: answerTo(2)})
	keep(t, there, map[int]*Reply{2: answerTo(2), 3: answerTo(3)})
	for _, added := range []int{1, 0} {
		s := open(t, here)
		m, err := s.Merge(there)
		if err != nil || m.Added != added || m.Added+m.Known != 2 {
			t.Fatalf("merging gives %+v, %v; want %d added of 2", m, err, added)
		}
		wantAnswers(t, s, map[int]*Reply{1: answerTo(1), 2: answerTo(2), 3: answerTo(3)})
		s.Close()
	}
	s := open(t, here)
	wantAnswers(t, s, map[int]*Reply{1: answerTo(1), 2: answerTo(2), 3: answerTo(3)})
	wantFindings(t, s)
}

func TestCheckFindsAKeyThatIsNotThatOfItsRequest(t *testing.T) {
	dir := t.TempDir()
	r, w := question(1)
	forged, err := encode(keyOf(2), identify(r, w), answerTo(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "small.jsonl"), append(header(), forged...), 0o666); err != nil {
		t.Fatal(err)
	}
	c, err := Check(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []Finding{{Trouble: Misfiled, File: "small.jsonl", Lines: []int{2}, Count: 1}}
	if diff := cmp.Diff(want, c.Findings); diff != "" || c.Sound() {
		t.Errorf("findings (-want +got), sound = %v:\n%s", c.Sound(), diff)
	}
}

func TestCheckCountsLinesAndAnswers(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, map[int]*Reply{1: answerTo(1), 2: answerTo(2)})
	keep(t, dir, map[int]*Reply{1: answerTo(1), 2: second(2)})
	c, err := Check(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.Files != 2 || c.Lines != 4 || c.Answers != 2 || len(c.Findings) != 2 || !c.Sound() {
		t.Errorf("check says %+v, want 2 files, 4 lines, 2 answers, 2 harmless findings", c)
	}
}

func TestStatsCountEachCallOnce(t *testing.T) {
	dir := t.TempDir()
	keep(t, dir, map[int]*Reply{1: answerTo(1), 2: answerTo(2)})
	keep(t, dir, map[int]*Reply{1: answerTo(1), 2: second(2)})
	s, err := ReadStats(dir)
	if err != nil {
		t.Fatal(err)
	}
	m := s.Models[0]
	if m.Answers != 2 || m.Second != 1 || m.Input != 240 || m.Price != 0.75 || m.First != "2026-11-25T10:00:00Z" || m.Last != "2026-11-25T11:00:00Z" || m.Finish["stop"] != 3 {
		t.Errorf("stats are %+v, want 2 answers, 1 second, 240 tokens, 0.75 USD, from 10:00 to 11:00", m)
	}
}

func TestLargeStoresAreSortedInSeveralPasses(t *testing.T) {
	var keys []Key
	for i := range 1000 {
		keys = append(keys, keyOf(i))
	}
	slices.SortFunc(keys, func(a, b Key) int { return bytes.Compare(a[:], b[:]) })
	for _, passes := range []int{1, 2, 3, 7} {
		last, used := 0, map[int]bool{}
		for _, k := range keys {
			p := rangeOf(k, passes)
			if p < last || p >= passes {
				t.Fatalf("key %s is of pass %d of %d after one of pass %d", k, p, passes, last)
			}
			last, used[p] = p, true
		}
		if len(used) != passes {
			t.Errorf("only %d of %d passes have keys", len(used), passes)
		}
	}
}
