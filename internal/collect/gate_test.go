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

func TestRequestsThatHangWhileOthersAreAnsweredShutNoGate(t *testing.T) {
	g := newGate(64, time.Minute)
	g.window = 64
	var hanging []pass
	for range 2 * down {
		p, err := g.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		hanging = append(hanging, p)
	}
	answered, err := g.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g.reply(answered)
	for _, p := range hanging {
		g.failure(p, 0)
	}
	if shut, _ := g.down(); shut {
		t.Errorf("%d requests that were sent before the last reply, and failed behind it, shut the gate", len(hanging))
	}
}
