package collect

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"silico/internal/llm"
)

// Progress is how far a run is.
type Progress struct {
	Answers  int // that were had in this run
	Of       int // answers that were lacking before it
	Asked    int // questions that are over, answered or not
	Limit    int // questions that may be asked, 0 where all may be
	Replies  int
	Calls    int // requests that were sent
	InFlight int
	Input    int // tokens
	Output   int
	Cost     float64 // USD, of what has a price
	Unpriced int     // replies whose price nobody knows
	Elapsed  time.Duration
	Failures []Failures // by kind, most frequent first
	Lost     []Loss     // questions that were not answered, the first of each kind and model
	GivenUp  []error    // endpoints
}

// Failures counts requests that failed in one way.
type Failures struct {
	Kind llm.Kind
	N    int
}

// Loss is a question that got no answer.
type Loss struct {
	Model string
	Kind  llm.Kind
	Err   error // the first
	N     int
}

// tally counts what happens in a run.
type tally struct {
	limit int

	mu    sync.Mutex
	start time.Time
	begun int
	p     Progress
	kinds map[llm.Kind]int
	lost  []Loss
}

func (t *tally) begin(v *Survey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.start = time.Now()
	needed := 0
	for _, o := range v.Models {
		if !o.idle() {
			t.p.Of += o.Missing()
			needed += o.Need.Requests
		}
	}
	if t.limit < needed {
		t.p.Limit = t.limit
	}
}

// one counts a question that is about to be asked, and says whether it may be.
func (t *tally) one() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.limit > 0 && t.begun >= t.limit {
		return false
	}
	t.begun++
	return true
}

// over counts a question that was asked.
func (t *tally) over() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.p.Asked++
}

// full says whether no more questions may be asked.
func (t *tally) full() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.limit > 0 && t.begun >= t.limit
}

// owes says whether answers are still missing.
func (t *tally) owes() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.p.Answers < t.p.Of
}

func (t *tally) sent() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.p.Calls++
	t.p.InFlight++
}

func (t *tally) back(r *llm.Reply, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.p.InFlight--
	if e, ok := err.(*llm.Error); ok {
		t.kinds[e.Kind]++
	}
	if r != nil && err == nil {
		t.p.Replies++
		t.p.Input += r.Input
		t.p.Output += r.Output
	}
}

func (t *tally) answered(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.p.Answers += n
}

func (t *tally) lose(m *askedModel, q question, e *llm.Error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.lost {
		if l := &t.lost[i]; l.Model == m.Model.Name && l.Kind == e.Kind {
			l.N++
			return
		}
	}
	t.lost = append(t.lost, Loss{m.Model.Name, e.Kind, e, 1})
}

func (t *tally) giveUp(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.p.GivenUp = append(t.p.GivenUp, err)
}

// Progress returns how far the run is. It may be called at any time.
func (r *Run) Progress() Progress {
	t := &r.tally
	t.mu.Lock()
	p := t.p
	if !t.start.IsZero() {
		p.Elapsed = time.Since(t.start)
	}
	for k, n := range t.kinds {
		p.Failures = append(p.Failures, Failures{k, n})
	}
	p.Lost = slices.Clone(t.lost)
	p.GivenUp = slices.Clone(t.p.GivenUp)
	t.mu.Unlock()
	slices.SortFunc(p.Failures, func(a, b Failures) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Kind, b.Kind)) })
	p.Cost, p.Unpriced = r.ledger.spent()
	return p
}
