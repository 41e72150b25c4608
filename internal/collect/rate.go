package collect

import (
	"context"
	"sync"
	"time"
)

// rate spreads an amount a minute evenly: requests, or tokens. Who takes some
// waits until what was taken before has had its time.
type rate struct {
	perMinute int // 0 for any number

	mu   sync.Mutex
	next time.Time // when what was taken is used up
}

// take waits until n more may be used.
func (r *rate) take(ctx context.Context, n int) error {
	if r.perMinute <= 0 {
		return nil
	}
	r.mu.Lock()
	now := time.Now()
	if r.next.Before(now) {
		r.next = now
	}
	wait := r.next.Sub(now)
	r.next = r.next.Add(r.time(n))
	r.mu.Unlock()
	return sleep(ctx, wait)
}

// correct adds n to what was taken, which was an estimate.
func (r *rate) correct(n int) {
	if r.perMinute <= 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next = r.next.Add(r.time(n))
}

func (r *rate) time(n int) time.Duration {
	return time.Duration(float64(n) / float64(r.perMinute) * float64(time.Minute))
}

// sleep waits, or returns why the context ended.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
