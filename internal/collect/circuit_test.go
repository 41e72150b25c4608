package collect

import (
	"testing"
	"time"
)

func TestARunEndsAsSoonAsItsServerIsGivenUp(t *testing.T) {
	s := load(t, map[string]string{"study.toml": asking(40, "http://127.0.0.1:1/v1")})
	a := quick()
	a.Patience = time.Millisecond
	began := time.Now()
	p := ran(t, s, a)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("a run whose server is given up at once took %s", took)
	}
	if p.Answers != 0 || len(p.GivenUp) != 1 {
		t.Errorf("%d answers and %d servers given up, want 0 and 1", p.Answers, len(p.GivenUp))
	}
	if p.Calls > 100 {
		t.Errorf("a server that is given up was called %d times", p.Calls)
	}
}
