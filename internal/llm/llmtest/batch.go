package llmtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Batching is how batches are worked on.
type Batching struct {
	Polls   int     // how often a batch says that it is at work before it has ended
	Errors  float64 // share of requests that end with an error of the server
	Expired float64 // share of requests to which no turn came in time
	Refuse  string  // why every batch is refused as a whole, "" for not
}

// batches are the batches and files that a server keeps.
type batches struct {
	sync.Mutex
	files map[string][]byte
	jobs  []*job
}

// job is a batch of either interface.
type job struct {
	id        string
	form      form
	tag       json.RawMessage
	requests  []batched
	polls     int
	cancelled bool
	answered  int // requests answered before it was cancelled
}

// batched is one request of a batch.
type batched struct {
	CustomID string          `json:"custom_id"`
	URL      string          `json:"url"`
	Body     json.RawMessage `json:"body"`   // OpenAI's
	Params   json.RawMessage `json:"params"` // Anthropic's
}

// Batches counts the batches that were made.
func (s *Server) Batches() int {
	s.batches.Lock()
	defer s.batches.Unlock()
	return len(s.batches.jobs)
}

// serve answers requests about batches and their files.
func (b *batches) serve(s *Server, w http.ResponseWriter, r *http.Request, body []byte) {
	b.Lock()
	defer b.Unlock()
	f := completion
	rest, anthropic := strings.CutPrefix(r.URL.Path, "/v1/messages/batches")
	if anthropic {
		f = message
	} else if after, ok := strings.CutPrefix(r.URL.Path, "/v1/files"); ok {
		b.file(w, r, strings.Trim(after, "/"), body)
		return
	} else {
		rest = strings.TrimPrefix(r.URL.Path, "/v1/batches")
	}
	id, verb, _ := strings.Cut(strings.Trim(rest, "/"), "/")
	switch {
	case id == "" && r.Method == http.MethodPost:
		b.create(s, w, f, body)
		return
	case id == "":
		b.list(s, w, f)
		return
	}
	for _, j := range b.jobs {
		if j.id != id || (j.form == message) != anthropic {
			continue
		}
		switch verb {
		case "cancel":
			j.cancelled = true
			j.answered = len(j.requests) / 2
		case "results":
			w.Write(j.results(s, func(batched) bool { return true }))
			return
		default:
			j.polls++
		}
		b.show(s, w, j)
		return
	}
	failure(w, 404, `{"error":{"message":"No such batch","type":"invalid_request_error","param":null,"code":null}}`)
}

// file takes a file or gives one back.
func (b *batches) file(w http.ResponseWriter, r *http.Request, rest string, body []byte) {
	if r.Method != http.MethodPost {
		id := strings.TrimSuffix(rest, "/content")
		content, ok := b.files[id]
		if !ok {
			failure(w, 404, `{"error":{"message":"No such file","type":"invalid_request_error","param":null,"code":null}}`)
			return
		}
		w.Write(content)
		return
	}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		failure(w, 400, `{"error":{"message":"no form"}}`)
		return
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if err != nil {
			failure(w, 400, `{"error":{"message":"no file in the form"}}`)
			return
		}
		if part.FormName() == "file" {
			content, _ := io.ReadAll(part)
			fmt.Fprintf(w, `{"id":%q,"object":"file","bytes":%d}`, b.keep(content), len(content))
			return
		}
	}
}

// keep keeps a file and returns its name.
func (b *batches) keep(content []byte) string {
	if b.files == nil {
		b.files = make(map[string][]byte)
	}
	id := "file-" + strconv.Itoa(len(b.files)+1)
	b.files[id] = content
	return id
}

// create makes a batch.
func (b *batches) create(s *Server, w http.ResponseWriter, f form, body []byte) {
	var asked struct {
		Input    string          `json:"input_file_id"`
		Metadata json.RawMessage `json:"metadata"`
		Requests []batched       `json:"requests"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		failure(w, 400, `{"error":{"message":"no JSON"}}`)
		return
	}
	j := &job{id: "batch_" + strconv.Itoa(len(b.jobs)+1), form: f, tag: asked.Metadata, requests: asked.Requests}
	if f != message {
		for line := range bytes.Lines(b.files[asked.Input]) {
			var q batched
			if json.Unmarshal(line, &q) != nil {
				failure(w, 400, `{"error":{"message":"a line of the file is no JSON"}}`)
				return
			}
			j.requests = append(j.requests, q)
		}
	}
	b.jobs = append(b.jobs, j)
	b.show(s, w, j)
}

// list shows all batches of an interface, the latest first.
func (b *batches) list(s *Server, w http.ResponseWriter, f form) {
	io.WriteString(w, `{"object":"list","data":[`)
	shown := 0
	for i := len(b.jobs) - 1; i >= 0; i-- {
		if (b.jobs[i].form == message) != (f == message) {
			continue
		}
		if shown++; shown > 1 {
			io.WriteString(w, ",")
		}
		b.show(s, w, b.jobs[i])
	}
	io.WriteString(w, `],"has_more":false}`)
}

// Times of every batch: it was made, and it ended.
var (
	madeAt  = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	endedAt = time.Date(2026, 1, 2, 4, 4, 5, 0, time.UTC)
)

// show describes a batch.
func (b *batches) show(s *Server, w http.ResponseWriter, j *job) {
	w.Header()["Content-Type"] = jsonType
	ended := j.cancelled || j.polls > s.config.Batch.Polls
	answered := j.results(s, func(q batched) bool { return j.fate(s, q) == "succeeded" })
	done := bytes.Count(answered, []byte("\n"))
	if !ended {
		done = 0
	}
	if j.form == message {
		status, end, cancel, left := "in_progress", "null", "null", len(j.requests)
		if j.cancelled {
			cancel = `"` + endedAt.Format(time.RFC3339Nano) + `"`
		}
		counts := map[string]int{}
		if ended {
			status, end, left = "ended", `"`+endedAt.Format(time.RFC3339Nano)+`"`, 0
			for _, q := range j.requests {
				counts[j.fate(s, q)]++
			}
		}
		fmt.Fprintf(w, `{"id":%q,"type":"message_batch","processing_status":%q,"created_at":%q,"ended_at":%s,"cancel_initiated_at":%s,"results_url":null,"request_counts":{"processing":%d,"succeeded":%d,"errored":%d,"canceled":%d,"expired":%d}}`,
			j.id, status, madeAt.Format(time.RFC3339Nano), end, cancel, left, counts["succeeded"], counts["errored"], counts["canceled"], counts["expired"])
		return
	}
	status, output, problems, end := "in_progress", "null", "null", "null"
	failed := 0
	switch {
	case s.config.Batch.Refuse != "":
		status, problems = "failed", `{"data":[{"message":`+quote(s.config.Batch.Refuse)+`}]}`
	case ended:
		status, end = "completed", strconv.FormatInt(endedAt.Unix(), 10)
		if j.cancelled {
			status = "cancelled"
		} else if s.config.Batch.Expired > 0 {
			status = "expired"
		}
		output = quote(b.keep(answered))
		others := j.results(s, func(q batched) bool { return j.fate(s, q) != "succeeded" })
		if failed = bytes.Count(others, []byte("\n")); failed > 0 {
			output += `,"error_file_id":` + quote(b.keep(others))
		}
	}
	tag := j.tag
	if tag == nil {
		tag = json.RawMessage("null")
	}
	fmt.Fprintf(w, `{"id":%q,"object":"batch","status":%q,"output_file_id":%s,"errors":%s,"metadata":%s,"created_at":%d,"completed_at":%s,"request_counts":{"total":%d,"completed":%d,"failed":%d}}`,
		j.id, status, output, problems, tag, madeAt.Unix(), end, len(j.requests), done, failed)
}

// fate says what becomes of a request of a batch, in Anthropic's words.
func (j *job) fate(s *Server, q batched) string {
	if j.cancelled {
		for i := range j.answered {
			if j.requests[i].CustomID == q.CustomID {
				return "succeeded"
			}
		}
		return "canceled"
	}
	u := unit(mix(stable([]byte(q.CustomID)), stable([]byte(j.id)))) // asked again, it may have better luck
	switch c := s.config.Batch; {
	case u < c.Errors:
		return "errored"
	case u < c.Errors+c.Expired:
		return "expired"
	}
	return "succeeded"
}

// results returns the lines of results for some of the requests, the last
// request first: servers promise no order.
func (j *job) results(s *Server, which func(batched) bool) []byte {
	var out []byte
	for i := len(j.requests) - 1; i >= 0; i-- {
		if q := j.requests[i]; which(q) {
			out = append(j.result(s, out, q), '\n')
		}
	}
	return out
}

// result writes the line of one result.
func (j *job) result(s *Server, b []byte, q batched) []byte {
	fate := j.fate(s, q)
	id := quote(q.CustomID)
	if j.form == message {
		b = append(b, `{"custom_id":`+id+`,"result":{"type":"`+fate+`"`...)
		switch fate {
		case "succeeded":
			b = append(b, `,"message":`...)
			b = append(b, s.batchReply(q.Params, message)...)
		case "errored":
			b = append(b, `,"error":{"type":"error","error":{"type":"api_error","message":"Internal server error"}}`...)
		}
		return append(b, "}}"...)
	}
	f := chat
	if strings.HasSuffix(q.URL, "/v1/completions") {
		f = completion
	}
	b = append(b, `{"id":"batch_req_1","custom_id":`+id...)
	switch fate {
	case "succeeded":
		b = append(b, `,"response":{"status_code":200,"request_id":"req-b","body":`...)
		return append(append(b, s.batchReply(q.Body, f)...), `},"error":null}`...)
	case "errored":
		return append(b, `,"response":{"status_code":500,"request_id":"req-b","body":{"error":{"message":"Internal server error","type":"server_error"}}},"error":null}`...)
	case "canceled":
		return append(b, `,"response":null,"error":{"code":"batch_cancelled","message":"This request was cancelled."}}`...)
	}
	return append(b, `,"response":null,"error":{"code":"batch_expired","message":"This request could not be executed before the completion window expired."}}`...)
}

// batchReply returns the reply to a request of a batch: the same as if it had
// been asked by itself.
func (s *Server) batchReply(body []byte, f form) []byte {
	q, err := parse(body, f)
	if err != nil {
		return []byte(`{"error":{"message":"no request"}}`)
	}
	return s.reply(q, body, 0, false)
}
