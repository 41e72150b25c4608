package collect

import (
	"context"
	"strings"
	"testing"
	"time"

	"silico/internal/llm/llmtest"
)

// trial is a study whose model has to be tried: it wants a schema and a seed.
func trial(endpoint string) string {
	return strings.Replace(asking(3, endpoint), `persona = "described"`, "persona = \"described\"\nelicit = \"json\"\nseed = 1", 1)
}

func TestServersInTroubleAreTriedAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		faults llmtest.Faults
		fault  llmtest.Fault
	}{
		"asked to go slower": {llmtest.Faults{Seed: 4, RateLimited: 0.3}, llmtest.RateLimited},
		"no answer in time":  {llmtest.Faults{Seed: 4, Hang: 0.3}, llmtest.Hang},
		"cut connections":    {llmtest.Faults{Seed: 4, Cut: 0.3}, llmtest.Cut},
		"trouble of its own": {llmtest.Faults{Seed: 4, ServerError: 0.3}, llmtest.ServerError},
		"broken replies":     {llmtest.Faults{Seed: 4, Malformed: 0.3}, llmtest.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := server(t, llmtest.Config{Faults: tt.faults})
			study := load(t, map[string]string{"study.toml": trial(s.OpenAI())})
			if err := surveyed(t, study).Try(context.Background(), quick()); err != nil || s.Failed(tt.fault) == 0 {
				t.Errorf("after %d faults: %v", s.Failed(tt.fault), err)
			}
		})
	}
}

func TestAServerThatCannotBeTriedIsNamedAtItsAddress(t *testing.T) {
	t.Parallel()
	study := load(t, map[string]string{"study.toml": trial("http://127.0.0.1:1/v1")})
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err := surveyed(t, study).Try(ctx, quick())
	if err == nil || !strings.Contains(err.Error(), "study.toml:45:12: unreachable: nothing listens at http://127.0.0.1:1/v1; start the server") {
		t.Errorf("the error is %v, want the place of the endpoint and that nothing listens there", err)
	}
}

func TestModelsThatAreAskedInWordsAreNotTried(t *testing.T) {
	s := server(t, llmtest.Config{})
	study := load(t, map[string]string{"study.toml": asking(3, s.OpenAI())})
	if err := surveyed(t, study).Try(context.Background(), quick()); err != nil || s.Calls() != 0 {
		t.Errorf("%d calls were made, want none: %v", s.Calls(), err)
	}
}
