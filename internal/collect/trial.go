package collect

import (
	"context"
	"errors"
	"time"

	"silico/analysis/stat"
	"silico/internal/llm"
	"silico/internal/study"
)

// mostTrials is how often a server is tried that has trouble which may pass.
const mostTrials = 6

// Try finds out whether the servers of the models that owe answers can do what
// the questions want of them, by a few questions of some tokens each: none
// where words are all that is wanted. The error is study.Problems of all models
// whose servers cannot, or says why a server could not be tried.
func (v *Survey) Try(ctx context.Context, a Asking) error {
	var found study.Problems
	var failed []error
	var probes llm.Probes
	for _, o := range v.Models {
		m := o.Model
		need := v.study.Needs(m)
		if len(o.pending) == 0 || need == (llm.Capabilities{}) {
			continue
		}
		has, err := try(ctx, &probes, m, need, a.timeout(m))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			failed = append(failed, m.At("endpoint", err.Error()))
		default:
			found = append(found, v.study.Lacks(m, has)...)
		}
	}
	if len(found) > 0 {
		return found
	}
	return errors.Join(failed...)
}

// try probes the server of a model, again where it has trouble that may pass.
func try(ctx context.Context, probes *llm.Probes, m *study.Model, need llm.Capabilities, timeout time.Duration) (llm.Capabilities, error) {
	p, _ := llm.Named(m.Provider) // the survey has used it
	r := &llm.Request{Provider: m.Provider, Model: m.Model, Revision: m.Revision, Endpoint: m.Endpoint, KeyEnv: m.KeyEnv,
		Options: llm.Options{Template: m.Template, Extra: m.Extra}}
	for failures := 1; ; failures++ {
		call, cancel := context.WithTimeout(ctx, timeout)
		has, err := probes.Can(call, p, r, need)
		cancel()
		e := &llm.Error{Kind: llm.TimedOut}
		if err == nil || ctx.Err() != nil || failures == mostTrials || errors.As(err, &e) && !e.Kind.Passing() {
			return has, err
		}
		if err := sleep(ctx, backoff(failures, e.After, stat.NewStreams(0).At("trial/"+m.Name, uint64(failures)))); err != nil {
			return has, err
		}
	}
}
