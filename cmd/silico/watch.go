package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"silico/internal/collect"
)

// watch shows how far a run is: a bar on a terminal, now and then a line
// otherwise, nothing when quiet.
type watch struct {
	con *console
	run *collect.Run

	mu      sync.Mutex // of the terminal
	recent  []moment   // the last half minute
	stop    chan struct{}
	stopped sync.WaitGroup
}

// moment is how much was done at a time.
type moment struct {
	at   time.Duration
	done int
}

func newWatch(con *console) *watch {
	return &watch{con: con, stop: make(chan struct{})}
}

// begin shows the progress of a run until end.
func (w *watch) begin(ctx context.Context, run *collect.Run) {
	w.run = run
	if w.con.quiet {
		return
	}
	every := 10 * time.Second
	if w.con.terminal {
		every = 200 * time.Millisecond
	}
	w.stopped.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		interrupted := ctx.Done()
		for {
			select {
			case <-w.stop:
				return
			case <-interrupted:
				interrupted = nil
				w.say(fmt.Sprintf("waiting for %s under way, whose answers will be kept; Ctrl-C again drops them", count(w.run.Progress().InFlight, "request")))
			case <-tick.C:
				w.show(w.run.Progress())
			}
		}
	})
}

// end stops the showing.
func (w *watch) end() {
	close(w.stop)
	w.stopped.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clear()
}

// say tells a sentence on a line of its own.
func (w *watch) say(sentence string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clear()
	w.con.note("%s", sentence)
}

func (w *watch) clear() {
	if w.con.terminal && !w.con.quiet {
		fmt.Fprint(w.con.err, "\r\x1b[K")
	}
}

func (w *watch) show(p collect.Progress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	line := w.line(p)
	if !w.con.terminal {
		w.con.note("%s", line)
		return
	}
	const width = 16
	done, of, _ := reached(p)
	full := min(width, width*done/max(1, of))
	bar := strings.Repeat("█", full) + strings.Repeat("░", width-full)
	fmt.Fprintf(w.con.err, "\r\x1b[K%s", cutOff(bar+" "+line, w.con.columns()))
}

// line says how far a run is.
func (w *watch) line(p collect.Progress) string {
	done, of, what := reached(p)
	parts := []string{fmt.Sprintf("%d of %s", done, count(of, what))}
	if rate := w.rate(p.Elapsed, done); rate > 0 {
		left := time.Duration(float64(of-done) / rate * float64(time.Second))
		parts = append(parts, perSecond(rate), "ETA "+left.Round(time.Second).String())
	}
	return strings.Join(append(parts, spending(p)...), ", ")
}

// reached says how much of what a run can do is done: of the answers that are
// lacking, or of the questions that it may ask.
func reached(p collect.Progress) (done, of int, what string) {
	if p.Limit > 0 {
		return p.Asked, p.Limit, "question"
	}
	return p.Answers, p.Of, "answer"
}

// rate returns how much was done a second over the last half minute.
func (w *watch) rate(now time.Duration, done int) float64 {
	const window = 30 * time.Second
	w.recent = append(w.recent, moment{now, done})
	for len(w.recent) > 2 && now-w.recent[0].at > window {
		w.recent = w.recent[1:]
	}
	first := w.recent[0]
	if len(w.recent) == 1 {
		first = moment{}
	}
	if d := now - first.at; d > 0 {
		return float64(done-first.done) / d.Seconds()
	}
	return 0
}

// spending says what a run has used so far, and what went wrong.
func spending(p collect.Progress) []string {
	parts := []string{count(p.Input+p.Output, "token")}
	if p.Cost > 0 {
		parts = append(parts, fmt.Sprintf("%.2f USD", p.Cost))
	}
	if p.Unpriced > 0 {
		parts = append(parts, fmt.Sprintf("%d of unknown price", p.Unpriced))
	}
	for _, f := range p.Failures {
		parts = append(parts, fmt.Sprintf("%d %s", f.N, f.Kind))
	}
	return parts
}

func perSecond(rate float64) string {
	if rate < 1 {
		return fmt.Sprintf("%.2g/s", rate)
	}
	return fmt.Sprintf("%.0f/s", rate)
}

// finished says what a run has reached.
func finished(p collect.Progress) string {
	took := p.Elapsed.Seconds()
	parts := []string{fmt.Sprintf("%s in %.1f s", count(p.Answers, "answer"), took), count(p.Calls, "call")}
	return strings.Join(append(parts, spending(p)...), ", ")
}

// cutOff returns the beginning of a line that fits a terminal.
func cutOff(line string, columns int) string {
	runes := []rune(line)
	if columns <= 1 || len(runes) < columns {
		return line
	}
	return string(runes[:columns-1])
}
