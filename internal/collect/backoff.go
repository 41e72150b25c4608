package collect

import (
	"math/rand/v2"
	"time"
)

const (
	firstBackoff = 250 * time.Millisecond
	mostBackoff  = 30 * time.Second
	mostAfter    = 10 * time.Minute // that a server can ask for
)

// backoff returns how long to wait before a request is sent again that has
// failed some times already: twice as long each time, and a random part of
// that, so that requests which failed together do not come back together. A
// server that says how long is believed.
func backoff(failures int, after time.Duration, r *rand.Rand) time.Duration {
	d := mostBackoff
	if failures < 8 {
		d = min(d, firstBackoff<<(failures-1))
	}
	jitter := time.Duration(r.Float64() * float64(d))
	if after > 0 {
		return min(after, mostAfter) + jitter/4
	}
	return d/2 + jitter/2
}
