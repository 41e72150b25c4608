package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"

	"silico/internal/collect"
	"silico/internal/llm"
	"silico/internal/study"
)

// replay keeps n answers, which nobody was asked for, and measures how long it
// takes to read them into a frame.
func replay(n int) error {
	b, err := newBench(n, false)
	if err != nil {
		return err
	}
	defer b.close()
	// Note: a child's peak of memory begins with that of its parent, so the
	// answers are kept by a process of their own.
	if _, err := measured(b.self("-keep", b.study())); err != nil {
		return err
	}
	fmt.Printf("%d kept answers\n", n)
	for _, command := range []string{"plan", "data"} {
		u, err := measured(b.silico(command, b.study()))
		if err != nil {
			return err
		}
		fmt.Printf("  silico %s: %s\n", command, u)
	}
	return nil
}

// keep keeps a reply to every question of the study in a folder.
func keep(dir string) error {
	s, problems := study.Load(dir)
	if problems != nil {
		return fmt.Errorf("%s", problems.Format())
	}
	store, err := llm.OpenStore(filepath.Join(dir, collect.Responses))
	if err != nil {
		return err
	}
	survey, err := collect.NewSurvey(context.Background(), s, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	options := []string{"no", "perhaps", "yes"}
	i := 0
	err = survey.Lacking(store, func(it llm.Item) error {
		i++
		return store.Keep(it.Request, it.Wire, &llm.Reply{Text: options[i%3], Finish: llm.Stop, Input: 30, Output: 1, Served: "small",
			RequestID: fmt.Sprintf("req-%d", i), Date: "2026-11-25T12:00:00Z", LatencyMS: 12})
	})
	if err != nil {
		return err
	}
	return store.Close()
}
