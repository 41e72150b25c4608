package main

import (
	"context"
	"fmt"
	"slices"

	"silico/analysis"
	"silico/analysis/frame"
	"silico/analysis/stat"
	"silico/internal/collect"
)

// compute runs every analysis behind those that it needs, as many at a time as
// there are workers, and the first of the study that can begin before others.
// The results are in the order of the study, behind the facts of the study itself.
func (s *loaded) compute(ctx context.Context, answers *frame.Frame, workers int, steps *progress) ([]*analysis.Result, error) {
	if err := s.inCircles(); err != nil {
		return nil, err
	}
	results := []*analysis.Result{collect.Facts(s.study, answers, s.inputs)}
	s.study.Forget()
	r := newComputation(s, workers)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended, active := make(chan *running), 0
	var failed error
	for {
		for a := r.ready(); a != nil && active < workers && failed == nil; a = r.ready() {
			steps.step(a.Name)
			a.begun = true
			active++
			go func() {
				a.result, a.err = r.eval(ctx, a.Name, answers)
				ended <- a
			}()
		}
		if active == 0 {
			break
		}
		a := <-ended
		active--
		a.done = true
		if a.err != nil && failed == nil {
			failed = a.err
			cancel()
		}
	}
	if failed != nil {
		return nil, failed
	}
	for _, a := range r.list {
		results = append(results, a.result)
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
	list    []*running // in the order of the study
	byName  map[string]*running
}

// running is an analysis that has begun or not, and its result when it is done.
type running struct {
	*declared
	begun, done bool
	result      *analysis.Result
	err         error
}

func newComputation(s *loaded, workers int) *computation {
	r := &computation{s: s, workers: workers, byName: map[string]*running{}}
	for _, a := range s.analyses {
		one := &running{declared: a}
		r.list = append(r.list, one)
		r.byName[a.Name] = one
	}
	return r
}

// ready returns the first analysis that has not begun and needs nothing that is
// not done, nil when there is none.
func (r *computation) ready() *running {
	waits := func(name string) bool { return r.byName[name] != nil && !r.byName[name].done }
	for _, a := range r.list {
		if !a.begun && !slices.ContainsFunc(a.params.Needs(), waits) {
			return a
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
