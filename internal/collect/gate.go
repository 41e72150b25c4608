package collect

import (
	"context"
	"math"
	"sync"
	"time"
)

// gate lets requests through to one endpoint: as many at a time as it bears.
//
// How many that is, it finds out as TCP does (Jacobson 1988,
// doi:10.1145/52325.52356): it begins with few, and adds one for every reply
// until trouble becomes frequent. Then it takes three in ten away, comes back to
// where the trouble was, stays there for a while, and goes on, as CUBIC does
// (RFC 9438). Trouble that comes now and then, whatever the load, is no reason to
// slow down; the requests that met it are asked again by themselves.
//
// When nothing but trouble comes, the gate is shut, and only one request at a
// time tries whether it still is; see circuit.
type gate struct {
	most float64 // requests at a time, whatever happens

	mu      sync.Mutex
	window  float64 // requests at a time, now
	before  float64 // what it was when it was last made smaller
	inside  int
	queue   []chan struct{} // those who wait, first come first
	results int             // up to steady
	trouble float64         // share of the last results
	cut     time.Time       // when the window was last made smaller
	circuit circuit
	timer   *time.Timer // opens a gate that is shut for a while
	over    error       // why nobody is let in any more
}

const (
	firstWindow = 2
	// steady is over how many results, roughly, the share of trouble is taken:
	// of a server that fails at 7 % by chance it strays above 15 % once in two
	// million results, where over half as many it does once in ten thousand.
	steady = 128
	// few is how many results say nothing yet.
	few = 16
	// frequent is the share of trouble that is answered by asking less. The
	// servers that we have seen misbehave at random stay below it.
	frequent = 0.15
	less     = 0.7 // RFC 9438
	pace     = 0.4 // requests a second³: RFC 9438
)

func newGate(most int, patience time.Duration) *gate {
	g := &gate{most: float64(max(1, most))}
	g.window = min(firstWindow, g.most)
	g.circuit.patience = patience
	return g
}

// pass is held by a request while it is inside.
type pass struct {
	at    time.Time
	probe bool // sent to see whether the endpoint is up again
}

// enter waits until a request may be sent.
func (g *gate) enter(ctx context.Context) (pass, error) {
	g.mu.Lock()
	if g.over != nil {
		defer g.mu.Unlock()
		return pass{}, g.over
	}
	if len(g.queue) == 0 && g.room() {
		defer g.mu.Unlock()
		return g.admit(), nil
	}
	turn := make(chan struct{})
	g.queue = append(g.queue, turn)
	g.call() // a gate that is shut for a while opens for those alone who wait
	g.mu.Unlock()
	select {
	case <-turn:
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.over != nil {
			return pass{}, g.over
		}
		return pass{at: time.Now(), probe: g.circuit.open}, nil
	case <-ctx.Done():
		g.mu.Lock()
		defer g.mu.Unlock()
		if !g.forget(turn) { // it was let in meanwhile
			g.inside--
			g.call()
		}
		return pass{}, context.Cause(ctx)
	}
}

// room says whether one more may enter.
func (g *gate) room() bool {
	if g.circuit.open {
		return g.inside == 0 && !time.Now().Before(g.circuit.until)
	}
	return float64(g.inside) < max(1, g.window) && !time.Now().Before(g.circuit.until)
}

func (g *gate) admit() pass {
	g.inside++
	return pass{at: time.Now(), probe: g.circuit.open}
}

// call lets in who waits, as far as there is room. A gate that is shut for a
// while calls again when it opens.
func (g *gate) call() {
	for len(g.queue) > 0 && (g.over != nil || g.room()) {
		if g.over == nil {
			g.inside++
		}
		close(g.queue[0])
		g.queue = g.queue[1:]
	}
	if wait := time.Until(g.circuit.until); len(g.queue) > 0 && wait > 0 {
		if g.timer != nil {
			g.timer.Stop()
		}
		g.timer = time.AfterFunc(wait, func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.call()
		})
	}
}

func (g *gate) forget(turn chan struct{}) bool {
	for i, t := range g.queue {
		if t == turn {
			g.queue = append(g.queue[:i], g.queue[i+1:]...)
			return true
		}
	}
	return false
}

// reply notes that a request was answered, and lets the next in.
func (g *gate) reply(p pass) change {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.note(0)
	full := float64(g.inside+1) >= g.window/2 // a window that nobody fills says nothing of the endpoint
	if full {
		g.window = max(g.window, min(g.window+1, g.bearable()))
	}
	c := g.circuit.reply()
	if c == cameBack {
		g.window, g.cut = min(firstWindow, g.window), time.Now()
		g.results, g.trouble = 0, 0
	}
	g.call()
	return c
}

// bearable returns how many requests at a time the endpoint may bear by now:
// the cubic function of the time since the window was made smaller that is flat
// where the window was then.
func (g *gate) bearable() float64 {
	if g.cut.IsZero() {
		return g.most
	}
	t := time.Since(g.cut).Seconds() - math.Cbrt(g.before*(1-less)/pace)
	return min(g.before+pace*t*t*t, g.most)
}

// failure notes that a request met trouble that may pass. after is how long the
// server asks to wait, 0 when it does not say.
func (g *gate) failure(p pass, after time.Duration) change {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.note(1)
	c := g.circuit.failure(p, after)
	often := g.results > few && g.trouble > frequent || g.circuit.streak >= down
	if often && p.at.After(g.cut) && !p.probe { // once a round
		g.before, g.window = g.window, max(1, less*g.window)
		g.cut, g.trouble = time.Now(), frequent/2
		if pause := g.cut.Add(after); pause.After(g.circuit.until) {
			g.circuit.until = pause
		}
	}
	g.call()
	return c
}

// leave lets a request out that says nothing of the endpoint.
func (g *gate) leave(pass) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.call()
}

func (g *gate) note(trouble float64) {
	g.results = min(g.results+1, steady)
	g.trouble += (trouble - g.trouble) / float64(g.results)
}

// close lets nobody in any more; those who wait get the error.
func (g *gate) close(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over == nil {
		g.over = err
	}
	if g.timer != nil {
		g.timer.Stop()
	}
	g.call()
}

// down says whether the circuit is open, and until when.
func (g *gate) down() (bool, time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.circuit.open, g.circuit.until
}
