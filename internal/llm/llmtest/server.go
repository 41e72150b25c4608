package llmtest

import (
	"hash/maphash"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Config is how a server behaves. The zero value answers everything at once.
type Config struct {
	Key     string        // API key that requests must carry, "" for none
	Models  []string      // the models it knows, nil for any
	Latency time.Duration // before each reply
	Context int           // words of a prompt that it takes, 0 for any number
	Faults  Faults
	Lacks   Lacks
	Batch   Batching
}

// Lacks are features that the server silently does not have, as servers do
// that ignore keys of a request that they do not know.
type Lacks struct {
	Logprobs    bool
	Seed        bool // answers change from call to call
	Schema      bool
	Prefill     bool // an assistant's last message is an earlier turn, not a beginning
	Completions bool // no plain completions: 404
}

// Server is a running server.
type Server struct {
	config Config
	http   http.Server
	addr   string
	done   chan struct{} // closed by Close, which lets hung requests go
	close  sync.Once

	seen    shards
	calls   atomic.Int64
	answers atomic.Int64
	faults  [faultKinds]atomic.Int64
	batches batches
}

// Start starts a server on a free port of loopback. Close ends it.
func Start(c Config) (*Server, error) { return Listen("127.0.0.1:0", c) }

// Listen starts a server on an address.
func Listen(addr string, c Config) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &Server{config: c, addr: l.Addr().String(), done: make(chan struct{})}
	s.http.Handler = s
	go s.http.Serve(l)
	return s, nil
}

// Close ends the server and all of its connections. A second one does nothing.
func (s *Server) Close() {
	s.close.Do(func() {
		close(s.done)
		s.http.Close()
	})
}

// OpenAI is the endpoint of the server for clients of OpenAI.
func (s *Server) OpenAI() string { return "http://" + s.addr + "/v1" }

// Anthropic is the endpoint of the server for clients of Anthropic.
func (s *Server) Anthropic() string { return "http://" + s.addr }

// Calls counts the requests that asked for an answer, failed ones included.
func (s *Server) Calls() int64 { return s.calls.Load() }

// Answers counts the requests that were answered in full.
func (s *Server) Answers() int64 { return s.answers.Load() }

// Failed counts the requests that met a fault of a kind.
func (s *Server) Failed(f Fault) int64 { return s.faults[f].Load() }

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if !s.allowed(r) {
		failure(w, 401, `{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`)
		return
	}
	switch path := r.URL.Path; {
	case path == "/v1/chat/completions":
		s.ask(w, r, body, chat)
	case path == "/v1/completions" && !s.config.Lacks.Completions:
		s.ask(w, r, body, completion)
	case path == "/v1/messages":
		s.ask(w, r, body, message)
	case path == "/v1/models":
		s.models(w)
	case strings.HasPrefix(path, "/v1/messages/batches"),
		strings.HasPrefix(path, "/v1/batches"), strings.HasPrefix(path, "/v1/files"):
		s.batches.serve(s, w, r, body)
	default:
		failure(w, 404, `{"error":{"message":"Not Found","type":"invalid_request_error","param":null,"code":null}}`)
	}
}

// ask answers a request in the form of an interface, or has it fail.
func (s *Server) ask(w http.ResponseWriter, r *http.Request, body []byte, f form) {
	call := s.calls.Add(1)
	sum := maphash.Bytes(hashSeed, body)
	fault := s.config.Faults.draw(stable(body), s.seen.count(sum))
	s.faults[fault].Add(1)
	if s.config.Latency > 0 {
		time.Sleep(s.config.Latency)
	}
	if s.misbehave(w, r, fault) {
		return
	}
	q, err := parse(body, f)
	if err != nil {
		failure(w, 400, `{"error":{"message":`+quote(err.Error())+`,"type":"invalid_request_error","param":null,"code":null}}`)
		return
	}
	if status, text := s.refuses(q); status != 0 {
		failure(w, status, text)
		return
	}
	h := w.Header()
	h["Content-Type"] = jsonType
	id := []string{"req-" + strconv.FormatInt(call, 10)}
	if f == message {
		h["Request-Id"] = id
	} else {
		h["X-Request-Id"] = id
	}
	out := s.reply(q, body, call, fault == Refusal)
	switch fault {
	case Cut:
		cut(w, out)
		return
	case Malformed:
		out = out[:len(out)*2/3]
	case Huge:
		huge(w, out)
		return
	default:
		s.answers.Add(1)
	}
	h["Content-Length"] = []string{strconv.Itoa(len(out))}
	w.Write(out)
}

// refuses says with which status and words the server refuses a request that
// it cannot serve, 0 when it can.
func (s *Server) refuses(q *question) (int, string) {
	known := s.config.Models == nil
	for _, m := range s.config.Models {
		known = known || m == q.Model
	}
	name := quote("The model `" + q.Model + "` does not exist or you do not have access to it.")
	switch {
	case !known && q.form == message:
		return 404, `{"type":"error","error":{"type":"not_found_error","message":` + quote("model: "+q.Model) + `}}`
	case !known:
		return 404, `{"error":{"message":` + name + `,"type":"invalid_request_error","param":null,"code":"model_not_found"}}`
	case s.config.Context > 0 && q.words() > s.config.Context && q.form == message:
		return 400, `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: ` + strconv.Itoa(q.words()) + ` tokens > ` + strconv.Itoa(s.config.Context) + ` maximum"}}`
	case s.config.Context > 0 && q.words() > s.config.Context:
		return 400, `{"error":{"message":"This model's maximum context length is ` + strconv.Itoa(s.config.Context) + ` tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}`
	}
	return 0, ""
}

func (s *Server) allowed(r *http.Request) bool {
	return s.config.Key == "" ||
		r.Header.Get("Authorization") == "Bearer "+s.config.Key || r.Header.Get("X-Api-Key") == s.config.Key
}

func (s *Server) models(w http.ResponseWriter) {
	var b strings.Builder
	b.WriteString(`{"object":"list","data":[`)
	for i, m := range s.config.Models {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"id":` + quote(m) + `,"object":"model","created":1,"owned_by":"llmtest"}`)
	}
	b.WriteString("]}")
	w.Header()["Content-Type"] = jsonType
	io.WriteString(w, b.String())
}

var jsonType = []string{"application/json"}

func failure(w http.ResponseWriter, status int, text string) {
	w.Header()["Content-Type"] = jsonType
	w.WriteHeader(status)
	io.WriteString(w, text)
}

// hashSeed tells bodies apart within a process; what is answered and what
// fails is drawn from stable hashes instead.
var hashSeed = maphash.MakeSeed()

// shards count how often each body was seen.
type shards [64]struct {
	sync.Mutex
	n map[uint64]int
}

// count returns how often a body was seen before.
func (s *shards) count(sum uint64) int {
	sh := &s[sum%uint64(len(s))]
	sh.Lock()
	defer sh.Unlock()
	if sh.n == nil {
		sh.n = make(map[uint64]int)
	}
	sh.n[sum]++
	return sh.n[sum] - 1
}
