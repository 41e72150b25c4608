package collect

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"silico/internal/llm/llmtest"
)

// TestARunFeelsItsWayToWhatAServerBears asks a server that refuses all but
// eight requests at a time.
func TestARunFeelsItsWayToWhatAServerBears(t *testing.T) {
	inner := server(t, llmtest.Config{Latency: 20 * time.Millisecond})
	var inside atomic.Int64
	narrow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer inside.Add(-1)
		if inside.Add(1) > 8 {
			w.WriteHeader(http.StatusTooManyRequests)
			io.WriteString(w, "{}")
			return
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(narrow.Close)
	s := load(t, map[string]string{"study.toml": asking(300, narrow.URL+"/v1")})
	a := quick()
	a.Workers, a.Timeout = 64, 10*time.Second
	a.Say = func(sentence string) { t.Errorf("the run says: %s", sentence) }
	p := ran(t, s, a)
	if p.Answers != 900 || len(p.Lost) > 0 {
		t.Errorf("%d of %d answers came; lost: %v", p.Answers, p.Of, p.Lost)
	}
	if calls := float64(p.Calls) / 900; calls > 1.25 {
		t.Errorf("%.2f calls an answer of a server that refuses all but eight at a time", calls)
	}
}
