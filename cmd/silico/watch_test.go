package main

import (
	"testing"
	"time"

	"silico/internal/collect"
)

func TestProgressIsOfWhatARunMayAsk(t *testing.T) {
	for _, tt := range []struct {
		name string
		p    collect.Progress
		want string
	}{
		{"everything", collect.Progress{Answers: 2500, Of: 10_000, Asked: 2500, Elapsed: 10 * time.Second}, "2500 of 10000 answers, 250/s, ETA 30s, 0 tokens"},
		{"a limit below what is lacking", collect.Progress{Answers: 25, Of: 1_000_000, Asked: 50, Limit: 100, Elapsed: 10 * time.Second}, "50 of 100 questions, 5/s, ETA 10s, 0 tokens"},
		{"nothing yet", collect.Progress{Of: 1000}, "0 of 1000 answers, 0 tokens"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := newWatch(&console{}).line(tt.p); got != tt.want {
				t.Errorf("a run says it is at %q, want %q", got, tt.want)
			}
		})
	}
}
