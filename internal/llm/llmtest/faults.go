package llmtest

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Fault is a way in which a request goes wrong.
type Fault int

// The faults of a server. Refusal is none of the server's: the model declines,
// and declines again however often the same body is asked.
const (
	None            Fault = iota
	RateLimited           // 429 without a word on when to come back
	RateLimitedFor        // 429 with Retry-After in seconds
	RateLimitedDate       // 429 with Retry-After as a date
	ServerError           // 500
	BadGateway            // 502 with a page of HTML
	Hang                  // no reply until the client goes away
	Cut                   // the connection ends within the reply
	Malformed             // JSON that ends too early, sent as if it were whole
	HTML                  // 200 with a page of HTML
	Huge                  // a reply of 50 MB
	Refusal
	faultKinds int = iota
)

// Faults are the shares of requests that go wrong, each of 1.
type Faults struct {
	Seed            uint64
	RateLimited     float64
	RateLimitedFor  float64
	RateLimitedDate float64
	ServerError     float64
	BadGateway      float64
	Hang            float64
	Cut             float64
	Malformed       float64
	HTML            float64
	Huge            float64
	Refusal         float64

	// RetryAfter is what a server asks to wait. Seconds are sent as they are,
	// with a fraction when there is one; a date is sent to the second.
	RetryAfter time.Duration
}

// draw returns the fault of a request that was seen n times before.
func (f *Faults) draw(body uint64, n int) Fault {
	if f.Refusal > 0 && unit(mix(body, f.Seed^0x5EF)) < f.Refusal {
		return Refusal
	}
	shares := [...]struct {
		fault Fault
		share float64
	}{
		{RateLimited, f.RateLimited}, {RateLimitedFor, f.RateLimitedFor}, {RateLimitedDate, f.RateLimitedDate},
		{ServerError, f.ServerError}, {BadGateway, f.BadGateway}, {Hang, f.Hang}, {Cut, f.Cut},
		{Malformed, f.Malformed}, {HTML, f.HTML}, {Huge, f.Huge},
	}
	u := unit(mix(mix(body, f.Seed), uint64(n)))
	for _, s := range shares {
		if u < s.share {
			return s.fault
		}
		u -= s.share
	}
	return None
}

// misbehave carries out a fault that needs no reply of the model, and says
// whether there was one.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, f Fault) bool {
	const page = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
	const busy = `{"error":{"message":"Rate limit reached for requests","type":"requests","param":null,"code":"rate_limit_exceeded"}}`
	h := w.Header()
	switch f {
	case RateLimitedFor:
		h.Set("Retry-After", strconv.FormatFloat(s.config.Faults.RetryAfter.Seconds(), 'f', -1, 64))
		failure(w, 429, busy)
	case RateLimitedDate:
		h.Set("Retry-After", time.Now().Add(s.config.Faults.RetryAfter).UTC().Format(http.TimeFormat))
		failure(w, 429, busy)
	case RateLimited:
		failure(w, 429, busy)
	case ServerError:
		failure(w, 500, `{"error":{"message":"The server had an error while processing your request.","type":"server_error","param":null,"code":null}}`)
	case BadGateway, HTML:
		h.Set("Content-Type", "text/html; charset=utf-8")
		if f == BadGateway {
			w.WriteHeader(502)
		}
		io.WriteString(w, page)
	case Hang:
		select {
		case <-r.Context().Done():
		case <-s.done:
		}
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}

// cut sends the first half of a reply and ends the connection.
func cut(w http.ResponseWriter, out []byte) {
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	buf.WriteString("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(out)) + "\r\n\r\n")
	buf.Write(out[:len(out)/2])
	buf.Flush()
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
}

// hugeSize is the size of a huge reply.
const hugeSize = 50 << 20

// huge sends a reply of 50 MB: valid JSON, of which most is blank.
func huge(w http.ResponseWriter, out []byte) {
	blank := make([]byte, 1<<20)
	for i := range blank {
		blank[i] = ' '
	}
	for n := 0; n < hugeSize; n += len(blank) {
		if _, err := w.Write(blank); err != nil {
			return
		}
	}
	w.Write(out)
}

// stable returns a hash of bytes that is the same in every process: FNV-1a.
func stable(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// mix returns a hash of two numbers: the finaliser of SplitMix64.
func mix(a, b uint64) uint64 {
	x := a ^ (b+0x9E3779B97F4A7C15)*0xBF58476D1CE4E5B9
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// unit returns a hash as a number of [0, 1).
func unit(h uint64) float64 { return float64(h>>11) / (1 << 53) }
