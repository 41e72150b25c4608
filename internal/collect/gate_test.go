package collect

import (
	"context"
	"testing"
	"time"
)

func TestAGateThatIsShutOpensForWhoComesLater(t *testing.T) {
	g := newGate(1, time.Minute)
	for range down {
		p, err := g.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		g.failure(p, 0)
	}
	if shut, _ := g.down(); !shut {
		t.Fatalf("%d failures in a row do not shut the gate", down)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*firstPause)
	defer cancel()
	p, err := g.enter(ctx)
	if err != nil {
		t.Fatalf("nobody is let in after the pause of %s: %v", firstPause, err)
	}
	if !p.probe {
		t.Error("the first one in is not the one that tries whether the endpoint is up again")
	}
}
