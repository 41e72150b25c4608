package collect

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"silico/analysis/stat"
	"silico/internal/llm"
	"silico/internal/study"
)

// Asking are the choices of a run.
type Asking struct {
	Workers  int           // requests at a time to one endpoint, at most
	Limit    int           // requests to send in all, 0 for no limit
	Timeout  time.Duration // of one request
	Patience time.Duration // with an endpoint that is down
	Poll     time.Duration // how often batches are asked how far they are
	Budget   float64       // USD, 0 for no limit
	Requests int           // a minute to one endpoint, 0 for no limit
	Tokens   int           // a minute to one endpoint, 0 for no limit
	Prices   study.Prices

	// Say is told what people should know at once; nil for nobody. It may be
	// called by several goroutines.
	Say func(sentence string)
}

// Store is where a run keeps what it is told.
type Store interface {
	Look(keys ...llm.Key) (*llm.Reply, bool)
	// Keep returns when the reply is safe.
	Keep(r *llm.Request, w llm.Wire, reply *llm.Reply) error
}

// Run asks what a plan lacks.
type Run struct {
	Asking
	survey  *Survey
	store   Store
	flight  *flight
	tally   tally
	ledger  ledger
	streams stat.Streams
	stop    context.CancelCauseFunc
}

// NewRun makes a run of what a survey found lacking.
func NewRun(v *Survey, store Store, a Asking) *Run {
	a.Workers = max(1, a.Workers)
	if a.Say == nil {
		a.Say = func(string) {}
	}
	return &Run{Asking: a, survey: v, store: store, flight: newFlight(), streams: stat.NewStreams(v.study.Seed),
		ledger: ledger{budget: a.Budget}, tally: tally{limit: a.Limit, kinds: make(map[llm.Kind]int)}}
}

// Reasons to stop that are no mistakes.
var (
	ErrLimit  = errors.New("as many requests were sent as --limit allows")
	ErrBudget = errors.New("the budget is used up")
)

// Do asks until nothing is lacking or nothing more can be had. When ctx ends,
// or a limit is reached, requests that are under way are waited for and their
// replies kept. It returns what stopped it, nil when nothing did; Progress says
// what was reached.
func (r *Run) Do(ctx context.Context) error {
	outer := ctx
	ctx, r.stop = context.WithCancelCause(ctx)
	defer r.stop(nil)
	r.tally.begin(r.survey)
	g := new(errgroup.Group)
	for _, e := range r.endpoints() {
		g.Go(func() error { return e.work(ctx) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	switch cause := context.Cause(ctx); {
	case outer.Err() != nil:
		return outer.Err()
	case ctx.Err() != nil:
		return cause
	case r.tally.full() && r.tally.owes():
		return ErrLimit
	}
	return nil
}

// endpoints returns who is to be asked, each with the sessions of its models in
// the order of the plan.
func (r *Run) endpoints() []*endpoint {
	var names []string
	by := make(map[string][]*askedModel)
	for _, o := range r.survey.Models {
		if o.idle() {
			continue
		}
		name := o.Model.Endpoint
		if name == "" {
			name = o.Model.Provider
		}
		if by[name] == nil {
			names = append(names, name)
		}
		by[name] = append(by[name], newAskedModel(r, o))
	}
	list := make([]*endpoint, len(names))
	for i, name := range names {
		list[i] = newEndpoint(r, name, by[name])
	}
	return list
}

// askedModel is a model while it is asked.
type askedModel struct {
	*Owing
	provider llm.Provider
	price    study.Price
	priced   bool

	mu      sync.Mutex
	refused int   // questions that failed for good since the last answer
	over    error // why it is asked no more
}

func newAskedModel(r *Run, o *Owing) *askedModel {
	m := &askedModel{Owing: o}
	m.provider, _ = llm.Named(o.Model.Provider) // the survey has used it
	m.price, m.priced = r.Prices.Of(o.Model)
	return m
}

// hopeless is how many questions in a row may fail for good until a model is
// asked no more.
const hopeless = 10

// trouble notes a question that failed for good. It returns whether the model is
// given up by that.
func (m *askedModel) trouble(e *llm.Error) (givenUp bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refused++
	switch e.Kind {
	case llm.BadRequest, llm.TooLarge:
		if m.refused < hopeless {
			return false
		}
	}
	if m.over != nil {
		return false
	}
	m.over = e
	return true
}

func (m *askedModel) hope() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refused = 0
}

func (m *askedModel) givenUp() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.over
}

// timeout is how long a model has to reply.
func (a *Asking) timeout(m *study.Model) time.Duration {
	if m.Timeout > 0 {
		return m.Timeout
	}
	return a.Timeout
}

// crowd is how many conversations are held at a time: some wait for their turn,
// some to be asked again.
func (r *Run) crowd(n int) int { return min(n, 4*r.Workers+16*runtime.GOMAXPROCS(0)+256) }

// say tells people a sentence.
func (r *Run) say(format string, args ...any) { r.Say(fmt.Sprintf(format, args...)) }
