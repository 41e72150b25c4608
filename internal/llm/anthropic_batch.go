package llm

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
)

// anthropicBatch is a batch as Anthropic's server describes it.
type anthropicBatch struct {
	ID        string `json:"id"`
	Status    string `json:"processing_status"`
	Created   string `json:"created_at"`
	Ended     string `json:"ended_at"`
	Cancelled string `json:"cancel_initiated_at"`
	Results   string `json:"results_url"`
	Counts    struct {
		Processing int `json:"processing"`
		Succeeded  int `json:"succeeded"`
		Errored    int `json:"errored"`
		Cancelled  int `json:"canceled"`
		Expired    int `json:"expired"`
	} `json:"request_counts"`
}

// Limits returns those of
// https://docs.anthropic.com/en/docs/build-with-claude/batch-processing.
func (*claude) Limits() BatchLimits { return BatchLimits{Requests: 100_000, Bytes: 256_000_000} }

// Submit hands over the requests.
func (p *claude) Submit(ctx context.Context, j *Job, items []Item) error {
	request := []byte(`{"requests":[`)
	for i, it := range items {
		if i > 0 {
			request = append(request, ',')
		}
		entry := newBody()
		entry.text("custom_id", it.Key.String())
		entry.raw("params", it.Wire.Body)
		request = append(request, entry.done()...)
	}
	request = append(request, "]}"...)
	return p.batch(ctx, j, func(c *call, into **http.Response) error {
		return p.client(c).Post(ctx, "v1/messages/batches", request, into)
	})
}

// describe writes what the server says of a batch into its job.
func (b *anthropicBatch) describe(j *Job) {
	j.ID, j.Made, j.Ended = b.ID, seconds(b.Created), seconds(b.Ended)
	j.Done, j.Failed = b.Counts.Succeeded, b.Counts.Errored+b.Counts.Cancelled+b.Counts.Expired
	switch {
	case b.Status != "ended":
		j.State = Working
	case b.Cancelled != "":
		j.State = Cancelled
	case b.Counts.Expired > 0:
		j.State = Expired
	default:
		j.State = Ended
	}
}

// batch carries out a request that is answered by a batch's description.
func (p *claude) batch(ctx context.Context, j *Job, do func(*call, **http.Response) error) error {
	c, e := p.call(j.request())
	if e != nil {
		return e
	}
	var b anthropicBatch
	if err := c.exchange(ctx, &b, func(into **http.Response) error { return do(c, into) }); err != nil {
		return err
	}
	b.describe(j)
	return nil
}

// Poll asks how far a job is.
func (p *claude) Poll(ctx context.Context, j *Job) error {
	return p.batch(ctx, j, func(c *call, into **http.Response) error {
		return p.client(c).Get(ctx, "v1/messages/batches/"+url.PathEscape(j.ID), nil, into)
	})
}

// Cancel asks the server to end a job early.
func (p *claude) Cancel(ctx context.Context, j *Job) error {
	return p.batch(ctx, j, func(c *call, into **http.Response) error {
		return p.client(c).Post(ctx, "v1/messages/batches/"+url.PathEscape(j.ID)+"/cancel", nil, into)
	})
}

// Find looks through the account's batches for one of as many requests, and,
// when it has ended, of the same keys. A batch still at work shows no keys: it
// is taken for the job's, and should it be another's, fetching it finds no
// result and the requests are asked again.
func (p *claude) Find(ctx context.Context, j *Job) (bool, error) {
	c, e := p.call(j.request())
	if e != nil {
		return false, e
	}
	for after := ""; ; {
		var list struct {
			Data []anthropicBatch `json:"data"`
			More bool             `json:"has_more"`
			Last string           `json:"last_id"`
		}
		query := url.Values{"limit": {"100"}}
		if after != "" {
			query.Set("after_id", after)
		}
		err := c.exchange(ctx, &list, func(into **http.Response) error {
			return p.client(c).Get(ctx, "v1/messages/batches?"+query.Encode(), nil, into)
		})
		if err != nil {
			return false, err
		}
		for _, b := range list.Data {
			n := b.Counts
			if n.Processing+n.Succeeded+n.Errored+n.Cancelled+n.Expired != len(j.Keys) {
				continue
			}
			if b.Status == "ended" {
				same, err := p.holds(ctx, c, b.ID, j.Keys)
				if err != nil {
					return false, err
				}
				if !same {
					continue
				}
			}
			b.describe(j)
			return true, nil
		}
		if !list.More || list.Last == "" {
			return false, nil
		}
		after = list.Last
	}
}

// holds says whether the first result of a batch belongs to one of the keys.
func (p *claude) holds(ctx context.Context, c *call, id string, keys []Key) (bool, error) {
	found := false
	err := c.lines(ctx, p.results(c, id), func(line []byte) error {
		var r struct {
			CustomID string `json:"custom_id"`
		}
		json.Unmarshal(line, &r)
		k, err := ParseKey(r.CustomID)
		found = err == nil && slices.Contains(keys, k)
		return errEnough
	})
	if err == errEnough {
		err = nil
	}
	return found, err
}

// results returns the request for the results of a batch.
func (p *claude) results(c *call, id string) func(context.Context, **http.Response) error {
	return func(ctx context.Context, into **http.Response) error {
		return p.client(c).Get(ctx, "v1/messages/batches/"+url.PathEscape(id)+"/results", nil, into)
	}
}

// Fetch reads the results of a job.
func (p *claude) Fetch(ctx context.Context, j *Job, each func(Result) error) error {
	c, e := p.call(j.request())
	if e != nil {
		return e
	}
	left := newRemaining(j, each)
	err := c.lines(ctx, p.results(c, j.ID), func(line []byte) error {
		return left.give(c.anthropicResult(line, j))
	})
	if err != nil {
		return err
	}
	return left.rest()
}

// anthropicResult reads a line of the results.
func (c *call) anthropicResult(line []byte, j *Job) (string, Result) {
	var r struct {
		CustomID string `json:"custom_id"`
		Result   struct {
			Type    string          `json:"type"`
			Message json.RawMessage `json:"message"`
			Error   json.RawMessage `json:"error"`
		} `json:"result"`
	}
	if json.Unmarshal(line, &r) != nil {
		return "", Result{Err: c.garbled(&received{raw: line})}
	}
	switch r.Result.Type {
	case "succeeded":
		reply, e := c.readAnthropic(&received{status: 200, raw: c.hide(r.Result.Message)})
		if e != nil {
			return r.CustomID, Result{Err: e}
		}
		reply.Date = j.Ended
		return r.CustomID, Result{Reply: reply}
	case "errored":
		raw := c.hide(r.Result.Error)
		return r.CustomID, Result{Err: c.refused(&received{status: anthropicStatus(readProblem(raw).Type), raw: raw})}
	}
	return r.CustomID, Result{Err: unanswered(j)}
}

// anthropicStatus returns the status that goes with a type of error, of
// https://docs.anthropic.com/en/api/errors.
func anthropicStatus(kind string) int {
	return cmp.Or(map[string]int{
		"authentication_error": 401,
		"billing_error":        402,
		"permission_error":     403,
		"not_found_error":      404,
		"request_too_large":    413,
		"rate_limit_error":     429,
		"api_error":            500,
		"timeout_error":        504,
		"overloaded_error":     529,
	}[kind], 400)
}
