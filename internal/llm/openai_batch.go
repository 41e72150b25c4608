package llm

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"github.com/openai/openai-go/v3/option"
)

// openAIBatch is a batch as OpenAI's server describes it.
type openAIBatch struct {
	ID        string            `json:"id"`
	Status    string            `json:"status"`
	Output    string            `json:"output_file_id"`
	Errors    string            `json:"error_file_id"`
	Metadata  map[string]string `json:"metadata"`
	Created   int64             `json:"created_at"`
	Completed int64             `json:"completed_at"`
	Expired   int64             `json:"expired_at"`
	Cancelled int64             `json:"cancelled_at"`
	Failed    int64             `json:"failed_at"`
	Counts    struct {
		Completed int `json:"completed"`
		Failed    int `json:"failed"`
	} `json:"request_counts"`
	Problems struct {
		Data []struct {
			Message string `json:"message"`
		} `json:"data"`
	} `json:"errors"`
}

// metadataTag is the name under which a batch carries the tag of its job.
const metadataTag = "silico_job"

// Limits returns those of https://platform.openai.com/docs/guides/batch.
func (*openAI) Limits() BatchLimits { return BatchLimits{Requests: 50_000, Bytes: 200_000_000} }

// Submit uploads the requests as a file and has a batch made of it.
func (p *openAI) Submit(ctx context.Context, j *Job, items []Item) error {
	c, e := p.call(j.request())
	if e != nil {
		return e
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	w.WriteField("purpose", "batch")
	file, err := w.CreateFormFile("file", "silico-"+j.Tag+".jsonl")
	if err != nil {
		return err
	}
	for _, it := range items {
		line := newBody()
		line.raw("body", it.Wire.Body)
		line.text("custom_id", it.Key.String())
		line.text("method", http.MethodPost)
		line.text("url", "/v1/"+it.Wire.Path)
		io.WriteString(file, line.done()+"\n")
	}
	w.Close()
	var uploaded struct {
		ID string `json:"id"`
	}
	err = c.exchange(ctx, &uploaded, func(into **http.Response) error {
		return p.client(c).Post(ctx, "files", form.Bytes(), into, option.WithHeader("Content-Type", w.FormDataContentType()))
	})
	if err != nil {
		return err
	}
	create := newBody()
	create.text("completion_window", "24h")
	create.text("endpoint", "/v1/"+j.Path)
	create.text("input_file_id", uploaded.ID)
	create.raw("metadata", `{"`+metadataTag+`":`, quoted(j.Tag), "}")
	request := []byte(create.done())
	var b openAIBatch
	err = c.exchange(ctx, &b, func(into **http.Response) error {
		return p.client(c).Post(ctx, "batches", request, into)
	})
	if err != nil {
		return err
	}
	b.describe(j)
	return nil
}

// describe writes what the server says of a batch into its job.
func (b *openAIBatch) describe(j *Job) {
	j.ID, j.Made = b.ID, date(b.Created)
	j.Ended = date(cmp.Or(b.Completed, b.Expired, b.Cancelled, b.Failed))
	j.Done, j.Failed = b.Counts.Completed, b.Counts.Failed
	j.Files = nil
	for _, f := range []string{b.Output, b.Errors} {
		if f != "" {
			j.Files = append(j.Files, f)
		}
	}
	switch b.Status {
	case "completed":
		j.State = Ended
	case "expired":
		j.State = Expired
	case "cancelled":
		j.State = Cancelled
	case "failed":
		j.State, j.Message = Failed, "the server gives no reason"
		if len(b.Problems.Data) > 0 {
			j.Message = clean(b.Problems.Data[0].Message)
		}
	default:
		j.State = Working
	}
}

// date returns a time of Unix as it is kept, "" for none.
func date(unix int64) string {
	if unix == 0 {
		return ""
	}
	return time.Unix(unix, 0).UTC().Format(time.RFC3339)
}

// Find looks through the account's batches for the job's tag.
func (p *openAI) Find(ctx context.Context, j *Job) (bool, error) {
	c, e := p.call(j.request())
	if e != nil {
		return false, e
	}
	for after := ""; ; {
		var list struct {
			Data []openAIBatch `json:"data"`
			More bool          `json:"has_more"`
		}
		query := url.Values{"limit": {"100"}}
		if after != "" {
			query.Set("after", after)
		}
		err := c.exchange(ctx, &list, func(into **http.Response) error {
			return p.client(c).Get(ctx, "batches?"+query.Encode(), nil, into)
		})
		if err != nil {
			return false, err
		}
		for i := range list.Data {
			if list.Data[i].Metadata[metadataTag] == j.Tag {
				list.Data[i].describe(j)
				return true, nil
			}
		}
		if !list.More || len(list.Data) == 0 {
			return false, nil
		}
		after = list.Data[len(list.Data)-1].ID
	}
}

// Poll asks how far a job is.
func (p *openAI) Poll(ctx context.Context, j *Job) error {
	return p.batch(ctx, j, func(c *call, into **http.Response) error {
		return p.client(c).Get(ctx, "batches/"+url.PathEscape(j.ID), nil, into)
	})
}

// Cancel asks the server to end a job early.
func (p *openAI) Cancel(ctx context.Context, j *Job) error {
	return p.batch(ctx, j, func(c *call, into **http.Response) error {
		return p.client(c).Post(ctx, "batches/"+url.PathEscape(j.ID)+"/cancel", nil, into)
	})
}

// batch carries out a request that is answered by a batch's description.
func (p *openAI) batch(ctx context.Context, j *Job, do func(*call, **http.Response) error) error {
	c, e := p.call(j.request())
	if e != nil {
		return e
	}
	var b openAIBatch
	if err := c.exchange(ctx, &b, func(into **http.Response) error { return do(c, into) }); err != nil {
		return err
	}
	b.describe(j)
	return nil
}

// Fetch reads the file of results and that of errors.
func (p *openAI) Fetch(ctx context.Context, j *Job, each func(Result) error) error {
	c, e := p.call(j.request())
	if e != nil {
		return e
	}
	left := newRemaining(j, each)
	for _, file := range j.Files {
		err := c.lines(ctx, func(ctx context.Context, into **http.Response) error {
			return p.client(c).Get(ctx, "files/"+url.PathEscape(file)+"/content", nil, into)
		}, func(line []byte) error { return left.give(c.openAIResult(line, j)) })
		if err != nil {
			return err
		}
	}
	return left.rest()
}

// openAIResult reads a line of a file of results.
func (c *call) openAIResult(line []byte, j *Job) (string, Result) {
	var r struct {
		CustomID string `json:"custom_id"`
		Response *struct {
			Status    int             `json:"status_code"`
			RequestID string          `json:"request_id"`
			Body      json.RawMessage `json:"body"`
		} `json:"response"`
		Error *struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(line, &r) != nil {
		return "", Result{Err: c.garbled(&received{raw: line})}
	}
	switch {
	case r.Response != nil && r.Response.Status > 0:
		got := &received{r.Response.Status, http.Header{"X-Request-Id": {r.Response.RequestID}}, c.hide(r.Response.Body)}
		reply, e := c.readOpenAI(got)
		if e != nil {
			return r.CustomID, Result{Err: e}
		}
		reply.Date = j.Ended
		return r.CustomID, Result{Reply: reply}
	case r.Error != nil && r.Error.Code != "batch_expired" && r.Error.Code != "batch_cancelled":
		return r.CustomID, Result{Err: c.refused(&received{status: 400, raw: c.hide(line)})}
	}
	return r.CustomID, Result{Err: unanswered(j)}
}
