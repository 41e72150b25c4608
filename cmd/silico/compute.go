package main

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"silico/analysis"
	"silico/analysis/frame"
	"silico/analysis/stat"
	"silico/internal/collect"
)

// compute runs every analysis behind those that it needs, as many at a time as
// there are workers. The results are in the order of the study, behind the
// facts of the study itself.
func (s *loaded) compute(ctx context.Context, answers *frame.Frame, workers int, steps *progress) ([]*analysis.Result, error) {
	if err := s.inCircles(); err != nil {
		return nil, err
	}
	r := &computation{s: s, workers: workers, byName: map[string]*running{}}
	for _, a := range s.analyses {
		r.byName[a.Name] = &running{declared: a, done: make(chan struct{})}
	}
	free := make(chan struct{}, workers)
	results := []*analysis.Result{collect.Facts(s.study, answers, s.inputs)}
	s.study.Forget()
	g, ctx := errgroup.WithContext(ctx)
	for _, a := range s.analyses {
		g.Go(func() error {
			if err := r.await(ctx, a.params.Needs()); err != nil {
				return err
			}
			free <- struct{}{}
			defer func() { <-free }()
			if err := ctx.Err(); err != nil {
				return err
			}
			steps.step(a.Name)
			result, err := r.eval(ctx, a.Name, answers)
			if err != nil {
				return err // those that wait for it see the context end
			}
			r.byName[a.Name].result = result
			close(r.byName[a.Name].done)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, a := range s.analyses {
		results = append(results, r.byName[a.Name].result)
	}
	return results, nil
}

// inCircles is an error when analyses need each other in a circle, in which
// each would wait for ever.
func (s *loaded) inCircles() error {
	needs := map[string][]string{}
	var names []string
	for _, a := range s.analyses {
		names = append(names, a.Name)
		needs[a.Name] = a.params.Needs()
	}
	_, err := analysis.Order(names, func(n string) []string { return needs[n] })
	return err
}

// computation is the analyses of a study on their way.
type computation struct {
	s       *loaded
	workers int
	byName  map[string]*running
}

// running is an analysis whose result is there when done is closed.
type running struct {
	*declared
	done   chan struct{}
	result *analysis.Result
}

// await returns when the named analyses are done.
func (r *computation) await(ctx context.Context, names []string) error {
	for _, n := range names {
		if a := r.byName[n]; a != nil {
			select {
			case <-a.done:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

// eval runs one analysis on a frame. Those that it needs are done.
func (r *computation) eval(ctx context.Context, name string, f *frame.Frame) (*analysis.Result, error) {
	a := r.byName[name]
	if a == nil {
		return nil, fmt.Errorf("no analysis %q", name)
	}
	needed := map[string]*analysis.Result{}
	for _, n := range a.params.Needs() {
		if b := r.byName[n]; b != nil {
			needed[n] = b.result
		}
	}
	result, err := a.params.Run(ctx, analysis.Input{
		Name: name, Frame: f, Results: needed, Streams: stat.NewStreams(r.s.study.Seed), Workers: r.workers, Eval: r.eval,
	})
	if err != nil {
		return nil, fmt.Errorf("analysis %s: %w", name, err)
	}
	result.Name, result.Kind, result.Title, result.Mark = name, a.Kind, a.params.Heading(name), a.mark
	return result, nil
}
