package collect

import (
	"context"
	"errors"
	"time"

	"silico/analysis/stat"
	"silico/internal/llm"
	"silico/internal/study"
)

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

// try probes the server of a model.
func try(ctx context.Context, probes *llm.Probes, m *study.Model, need llm.Capabilities, timeout time.Duration) (llm.Capabilities, error) {
	p, _ := llm.Named(m.Provider) // the survey has used it
	r := &llm.Request{Provider: m.Provider, Model: m.Model, Revision: m.Revision, Endpoint: m.Endpoint, KeyEnv: m.KeyEnv,
		Options: llm.Options{Template: m.Template, Extra: m.Extra}}
	return probes.Can(ctx, insistent{p, timeout}, r, need)
}

// insistent is a provider that asks again where a server has trouble which may
// pass: a probe would take trouble for something that the server lacks.
type insistent struct {
	llm.Provider
	timeout time.Duration // of one request
}

// mostTrials is how often it asks. A server that breaks at an option which it
// does not know breaks each time.
const mostTrials = 5

// Ask asks until there is a reply, or trouble that does not pass.
func (p insistent) Ask(ctx context.Context, r *llm.Request, w llm.Wire) (*llm.Reply, error) {
	for failures := 1; ; failures++ {
		call, cancel := context.WithTimeout(ctx, p.timeout)
		reply, err := p.Provider.Ask(call, r, w)
		cancel()
		var e *llm.Error
		if !errors.As(err, &e) || !e.Kind.Passing() || failures == mostTrials {
			return reply, err
		}
		if err := sleep(ctx, backoff(failures, e.After, stat.NewStreams(0).At("trial/"+w.Body, uint64(failures)))); err != nil {
			return nil, err
		}
	}
}
