package collect

import (
	"fmt"
	"time"
)

// circuit is open while an endpoint seems to be down: then one request at a
// time tries it, after pauses that grow, until one is answered or nobody has
// the patience any more.
type circuit struct {
	patience time.Duration // how long an endpoint may be down

	open    bool
	streak  int       // failures since the last reply
	replied time.Time // when that came
	since   time.Time
	until   time.Time // nobody enters before
	pause   time.Duration
	lived   bool // a reply has come at least once
}

const (
	// down is how many failures in a row mean that an endpoint is down, when it
	// has answered nobody for firstPause; before, they mean that it is asked too
	// much. Where every tenth request fails by chance, they come once in 10^8.
	down       = 8
	firstPause = time.Second
	mostPause  = time.Minute
	// stillborn is the patience with an endpoint that has never answered: a
	// wrong address is more likely than a server that starts.
	stillborn = 5 * time.Second
)

// change is what a result has done to a circuit.
type change int

const (
	same change = iota
	wentDown
	cameBack
	givenUp
)

// reply notes that the endpoint answers.
func (c *circuit) reply() change {
	was := c.open
	c.open, c.streak, c.lived, c.until = false, 0, true, time.Time{}
	c.replied = time.Now()
	if was {
		return cameBack
	}
	return same
}

// failure notes that a request failed in a way that may pass; after is how long
// the server asks to wait.
func (c *circuit) failure(p pass, after time.Duration) change {
	if p.at.Before(c.replied) {
		// It says nothing of the time since the endpoint has answered others.
		// Requests that hang gather, and end one after the other.
		return same
	}
	now := time.Now()
	c.streak++
	switch {
	case c.open && !p.probe: // sent before
		return same
	case c.open:
		c.pause = min(2*c.pause, mostPause)
	case c.streak < down, c.lived && now.Sub(c.replied) < firstPause:
		return same
	default:
		c.since, c.pause = now, firstPause
	}
	was := c.open
	c.open, c.until = true, now.Add(max(c.pause, after))
	patience := c.patience
	if !c.lived {
		patience = min(patience, stillborn)
	}
	switch {
	case c.until.Sub(c.since) > patience:
		return givenUp
	case was:
		return same
	}
	return wentDown
}

// tooLong says for how long nobody answered.
func (c *circuit) tooLong() string {
	if !c.lived {
		return "it has not answered once"
	}
	return fmt.Sprintf("it has been down for %s", time.Since(c.since).Round(time.Second))
}
