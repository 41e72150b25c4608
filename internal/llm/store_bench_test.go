package llm

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
)

// million is how many answers the benchmarks keep; SILICO_BENCH_ANSWERS sets
// another number.
func million() int {
	if n, err := strconv.Atoi(os.Getenv("SILICO_BENCH_ANSWERS")); err == nil {
		return n
	}
	return 1_000_000
}

// asked returns the n-th request of a study with many respondents: a prompt of
// 300 bytes.
func asked(n int) (*Request, Wire) {
	body, err := json.Marshal(map[string]any{
		"max_tokens": 16, "model": "smollm2-135m-instruct", "temperature": 1,
		"messages": []Message{
			{System, fmt.Sprintf("You are a woman of %d years. Your trait anger score is %d (11 lowest, 44 highest).", 18+n%60, 11+n%34)},
			{User, "A bus fails to stop for you. Would you want to curse? Answer no, perhaps or yes."},
		},
	})
	if err != nil {
		panic(err)
	}
	return &Request{Provider: "openai", Model: "smollm2-135m-instruct", Revision: "sha256:5f3a", Sampled: true,
			Place: Place{Opening: Key{byte(n % 60), byte(n % 34)}.String(), Draw: n}},
		Wire{Path: "chat/completions", Body: string(body)}
}

func said(n int) *Reply {
	return &Reply{
		Text: []string{"no", "perhaps", "yes"}[n%3], Finish: Stop, Input: 71, Output: 2, Served: "smollm2-135m-instruct", Print: "b4567-5f3a",
		RequestID: fmt.Sprintf("chatcmpl-%024x", n*7919), Date: fmt.Sprintf("2026-11-25T%02d:%02d:%02dZ", n/250/3600%24, n/250/60%60, n/250%60), LatencyMS: int64(200 + n%300),
	}
}

// manyAnswers keeps n answers in two files.
func manyAnswers(b *testing.B, dir string, n int) {
	b.Helper()
	for half := range 2 {
		s, err := OpenStore(filepath.Join(dir, "none"))
		if err != nil {
			b.Fatal(err)
		}
		s.dir = dir // what is there already need not be read
		for i := half; i < n; i += 2 {
			r, w := asked(i)
			if err := s.Keep(r, w, said(i)); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

// BenchmarkOpen opens a store of a million answers, as many processes left it
// and compacted.
func BenchmarkOpen(b *testing.B) {
	n := million()
	dir := b.TempDir()
	manyAnswers(b, dir, n)
	open := func(b *testing.B) {
		var s *Store
		before := heap()
		for b.Loop() {
			var err error
			if s, err = OpenStore(dir); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		b.ReportMetric(heap()-before, "MB-heap")
		if s.Len() != n {
			b.Fatalf("%d answers are found, want %d", s.Len(), n)
		}
	}
	b.Run("written", open)
}

// BenchmarkLook looks up and decodes one answer of a million.
func BenchmarkLook(b *testing.B) {
	n := million()
	dir := b.TempDir()
	manyAnswers(b, dir, n)
	s, err := OpenStore(dir)
	if err != nil {
		b.Fatal(err)
	}
	keys := make([]Key, n)
	for i := range keys {
		keys[i] = KeyOf(Describe(asked(i)))
	}
	i := 0
	for b.Loop() {
		if _, ok := s.Look(keys[i%n]); !ok {
			b.Fatal("an answer is missing")
		}
		i++
	}
}

// BenchmarkKeep keeps answers.
func BenchmarkKeep(b *testing.B) {
	s, err := OpenStore(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	r, w := asked(1)
	reply := said(1)
	for b.Loop() {
		r.Place.Draw++
		if err := s.Keep(r, w, reply); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}
