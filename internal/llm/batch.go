package llm

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Batcher is a provider that also takes many requests at once, to be answered
// within a day and for less money.
//
// A job is described by values that can be written to disk. To lose none and
// to pay for none twice, the caller writes the job that NewJob returns before
// it is submitted, and again whenever Submit or Poll changed it; a job without
// an ID that is found on disk after a crash may have been submitted, which
// Find tells.
type Batcher interface {
	Provider
	// Limits of one job.
	Limits() BatchLimits
	// Submit hands over a job's requests, in the order of its keys, and sets
	// its ID and state.
	Submit(ctx context.Context, j *Job, items []Item) error
	// Find looks for a job that was submitted but whose ID was lost, and sets
	// ID and state when there is one.
	Find(ctx context.Context, j *Job) (bool, error)
	// Poll asks how far a job is.
	Poll(ctx context.Context, j *Job) error
	// Fetch calls each for every result of a job that ended, in the order in
	// which the server has them. Fetching again gives the same results.
	Fetch(ctx context.Context, j *Job, each func(Result) error) error
	// Cancel asks the server to end a job early. What was answered until then
	// can be fetched.
	Cancel(ctx context.Context, j *Job) error
}

// BatchLimits are how much one job may hold.
type BatchLimits struct{ Requests, Bytes int }

// Item is one request of a job.
type Item struct {
	Key     Key
	Request *Request
	Wire    Wire
}

// Result is what became of one request of a job: a reply or an error. Those
// that expired or were cancelled have an error of that kind, and may be asked
// again.
type Result struct {
	Key   Key
	Reply *Reply
	Err   *Error
}

// State says how far a job is.
type State string

// States of a job.
const (
	Unsent    State = "unsent"    // not submitted, as far as is known
	Working   State = "working"   // the server is at it
	Ended     State = "ended"     // results can be fetched, be they whole or not
	Cancelled State = "cancelled" // on request; what was answered can be fetched
	Expired   State = "expired"   // out of time; what was answered can be fetched
	Failed    State = "failed"    // refused as a whole; Message says why
)

// Fetchable says whether a job has ended and may have results.
func (s State) Fetchable() bool { return s == Ended || s == Cancelled || s == Expired }

// Job describes a batch, and is what a run keeps on disk of it.
type Job struct {
	Format   int    `json:"format"` // version of this description
	Provider string `json:"provider"`
	Endpoint string `json:"endpoint,omitempty"`
	KeyEnv   string `json:"key_env,omitempty"`
	Model    string `json:"model"`
	Path     string `json:"path"` // interface of all its requests
	Tag      string `json:"tag"`  // digest of the keys: by this a job is found again
	Keys     []Key  `json:"keys"` // of the requests

	ID      string   `json:"id,omitempty"` // the server's name for it
	State   State    `json:"state"`
	Made    string   `json:"made,omitempty"`  // when it was submitted, as the server says; RFC 3339
	Ended   string   `json:"ended,omitempty"` // when it ended, as the server says
	Done    int      `json:"done"`            // requests answered so far
	Failed  int      `json:"failed"`          // requests with an error so far
	Files   []string `json:"files,omitempty"` // where the server has the results
	Message string   `json:"message,omitempty"`
}

// jobFormat is the version of the description of a job.
const jobFormat = 1

// NewJobs divides requests into jobs that keep to a provider's limits. All
// requests of a job have one model, endpoint and path; their order is kept.
func NewJobs(b Batcher, items []Item) (jobs []*Job, of [][]Item) {
	limits := b.Limits()
	open := map[string]int{} // the job that is being filled, by what its requests have in common
	size := []int{}
	for _, it := range items {
		r := it.Request
		common := strings.Join([]string{r.Provider, r.Endpoint, r.KeyEnv, r.Model, it.Wire.Path}, "\x00")
		bytes := len(it.Wire.Body) + 256
		i, ok := open[common]
		if !ok || len(of[i]) == limits.Requests || size[i]+bytes > limits.Bytes {
			i = len(jobs)
			open[common] = i
			jobs = append(jobs, &Job{
				Format: jobFormat, Provider: r.Provider, Endpoint: r.Endpoint, KeyEnv: r.KeyEnv,
				Model: r.Model, Path: it.Wire.Path, State: Unsent,
			})
			of, size = append(of, nil), append(size, 0)
		}
		jobs[i].Keys = append(jobs[i].Keys, it.Key)
		of[i] = append(of[i], it)
		size[i] += bytes
	}
	for _, j := range jobs {
		j.Tag = tag(j.Keys)
	}
	return jobs, of
}

// tag returns the digest of keys, in any order.
func tag(keys []Key) string {
	sorted := slices.Clone(keys)
	slices.SortFunc(sorted, func(a, b Key) int { return strings.Compare(string(a[:]), string(b[:])) })
	h := sha256.New()
	for _, k := range sorted {
		h.Write(k[:])
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// request returns what of a job says where its server is.
func (j *Job) request() *Request {
	return &Request{Provider: j.Provider, Endpoint: j.Endpoint, KeyEnv: j.KeyEnv, Model: j.Model}
}

// remaining gives the results of a job to its caller: the first for each of
// its keys and no others, and at last one for each key that had none.
type remaining struct {
	j    *Job
	left map[Key]bool
	each func(Result) error
}

func newRemaining(j *Job, each func(Result) error) *remaining {
	left := make(map[Key]bool, len(j.Keys))
	for _, k := range j.Keys {
		left[k] = true
	}
	return &remaining{j, left, each}
}

func (m *remaining) give(id string, r Result) error {
	k, err := ParseKey(id)
	if err != nil || !m.left[k] {
		return nil // of no request of ours, or a line that was told twice
	}
	delete(m.left, k)
	r.Key = k
	return m.each(r)
}

func (m *remaining) rest() error {
	for _, k := range m.j.Keys {
		if !m.left[k] {
			continue
		}
		delete(m.left, k)
		if err := m.each(Result{Key: k, Err: unanswered(m.j)}); err != nil {
			return err
		}
	}
	return nil
}

// unanswered returns the error of a request that its batch left.
func unanswered(j *Job) *Error {
	why := "ended without a reply to it"
	switch j.State {
	case Cancelled:
		why = "was cancelled before its turn came"
	case Expired:
		why = "expired before its turn came"
	}
	return &Error{Kind: Unanswered, Msg: "the batch " + clean(j.ID) + " " + why + "; it is asked again by the next run"}
}

// exchange carries out a request of which the reply is JSON, and decodes it.
func (c *call) exchange(ctx context.Context, into any, do func(**http.Response) error) error {
	got, err := c.send(ctx, do)
	if err != nil {
		return err
	}
	if got.status >= 400 {
		return c.refused(got)
	}
	if json.Unmarshal(got.raw, into) != nil {
		return c.garbled(got)
	}
	return nil
}

// errEnough ends the reading of lines early.
var errEnough = errors.New("enough")

// lines carries out a request of which the reply is a line for each result,
// and calls f for each of them as they come.
func (c *call) lines(ctx context.Context, get func(context.Context, **http.Response) error, f func(line []byte) error) error {
	ctx = context.WithValue(ctx, unbounded{}, true)
	var resp *http.Response
	err := get(ctx, &resp)
	if resp == nil {
		return c.lost(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 400 {
		raw, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
		return c.refused(&received{resp.StatusCode, resp.Header, c.hide(raw)})
	}
	s := bufio.NewScanner(resp.Body)
	s.Buffer(make([]byte, 0, 1<<16), MaxReply)
	for s.Scan() {
		if len(s.Bytes()) == 0 {
			continue
		}
		if err := f(s.Bytes()); err != nil {
			return err
		}
	}
	if s.Err() != nil {
		return c.lost(ctx, s.Err())
	}
	return nil
}

// seconds returns a date of RFC 3339 to the second, in UTC, as dates are kept.
func seconds(date string) string {
	t, err := time.Parse(time.RFC3339, date)
	if err != nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
