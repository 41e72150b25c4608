package llm

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// call is one request on its way: what its errors are told with.
type call struct {
	r        *Request
	endpoint string
	key      string // API key, which no message may hold
	variable string // that holds the key, or would
}

// hide takes the API key out of what a server said.
func (c *call) hide(b []byte) []byte {
	if c.key == "" || !bytes.Contains(b, []byte(c.key)) {
		return b
	}
	return bytes.ReplaceAll(b, []byte(c.key), []byte("[API key]"))
}

// at is the endpoint as it is shown to people: without a password.
func (c *call) at() string {
	u, err := url.Parse(c.endpoint)
	if err != nil {
		return "the endpoint"
	}
	return u.Redacted()
}

// lost returns the error of a request to which no whole reply came.
func (c *call) lost(ctx context.Context, err error) error {
	var (
		dns        *net.DNSError
		op         *net.OpError
		record     tls.RecordHeaderError
		authority  x509.UnknownAuthorityError
		invalid    x509.CertificateInvalidError
		host       x509.HostnameError
		certainly  *tls.CertificateVerificationError
		unexpected = errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
	)
	timeout, _ := err.(interface{ Timeout() bool })
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded), timeout != nil && timeout.Timeout(), errors.Is(err, syscall.ETIMEDOUT):
		return &Error{Kind: TimedOut, Msg: c.at() + " did not answer in time; it may be busy: try fewer workers, or give it longer"}
	case errors.Is(err, errTooLarge):
		return &Error{Kind: TooLarge, Msg: fmt.Sprintf("%s sent more than %d MB and was cut off; set max_tokens, or ask for fewer log-probabilities", c.at(), MaxReply>>20)}
	case errors.As(err, &certainly), errors.As(err, &authority), errors.As(err, &invalid), errors.As(err, &host):
		return &Error{Kind: Untrusted, Msg: "the certificate of " + c.at() + " is not to be trusted (" + clean(reason(err)) + "); if the server is yours, name its authority's file by SSL_CERT_FILE"}
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record):
		return &Error{Kind: Unreachable, Msg: c.at() + " does not speak TLS; write http:// if it is a server of yours"}
	case errors.As(err, &dns):
		return &Error{Kind: Unreachable, Msg: "no machine has the name " + clean(dns.Name) + "; look at the model's endpoint and at your connection"}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &Error{Kind: Unreachable, Msg: "nothing listens at " + c.at() + "; start the server, or mend the model's endpoint"}
	case unexpected:
		return &Error{Kind: Unreachable, Msg: c.at() + " cut the connection before its reply was whole"}
	case errors.As(err, &op):
		return &Error{Kind: Unreachable, Msg: c.at() + " cannot be reached (" + clean(op.Err.Error()) + "); look at the model's endpoint and at your connection"}
	}
	return &Error{Kind: Unreachable, Msg: c.at() + " cannot be reached (" + clean(string(c.hide([]byte(reason(err))))) + ")"}
}

// reason returns the words of the innermost error, which name no address.
func reason(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return err.Error()
}

// problem is an error as servers write it: {"error": {"message", "type",
// "code"}}, {"error": "..."}, {"message": ...} or {"detail": ...}.
type problem struct {
	Message string
	Type    string
	Code    string
}

// readProblem finds the words of an error in a reply; they are empty when the
// reply has none.
func readProblem(raw []byte) problem {
	var outer struct {
		Error   json.RawMessage `json:"error"`
		Message json.RawMessage `json:"message"`
		Detail  json.RawMessage `json:"detail"`
		Code    json.RawMessage `json:"code"`
		Type    json.RawMessage `json:"type"`
	}
	if json.Unmarshal(raw, &outer) != nil {
		return problem{}
	}
	var inner struct {
		Message json.RawMessage `json:"message"`
		Type    json.RawMessage `json:"type"`
		Code    json.RawMessage `json:"code"`
	}
	json.Unmarshal(outer.Error, &inner)
	p := problem{Message: words(inner.Message), Type: words(inner.Type), Code: words(inner.Code)}
	if p.Message == "" {
		for _, m := range []json.RawMessage{outer.Error, outer.Message, outer.Detail} {
			if len(m) > 0 && string(m) != "null" {
				p.Message, p.Code, p.Type = words(m), words(outer.Code), words(outer.Type)
				break
			}
		}
	}
	return p
}

// words returns a JSON string's text, and other JSON as it is written.
func words(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// says says whether one of some parts, in lower case, is in the words.
func (p problem) says(parts ...string) bool {
	words := strings.ToLower(p.Message + " " + p.Code + " " + p.Type)
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(words, part) })
}

// refused returns the error of a reply with a status of 400 and above, or with
// an error in it.
func (c *call) refused(got *received) *Error {
	status, p := got.status, readProblem(got.raw)
	said := clean(p.Message)
	if said == "" && looksHTML(got) {
		said = "a page of HTML"
	}
	e := &Error{Status: status}
	tell := func(kind Kind, format string, args ...any) *Error {
		e.Kind, e.Msg = kind, fmt.Sprintf(format, args...)
		if said != "" {
			e.Msg += ": it says " + strconv.Quote(said)
		}
		return e
	}
	switch {
	case status == 401 && c.key == "":
		return tell(NoKey, "%s wants an API key; set one in the environment and name its variable by the model's key_env", c.at())
	case status == 401, status == 400 && p.says("api key not valid", "api_key_invalid", "invalid api key"):
		return tell(WrongKey, "%s refuses the API key of %s; look whether it is whole, of this service, and not revoked", c.at(), c.variable)
	case status == 403:
		return tell(WrongKey, "%s does not allow this; look at the rights of the API key, and whether the service is open to your country", c.at())
	case status == 402, p.says("insufficient_quota", "exceeded your current quota", "credit balance is too low", "billing"):
		return tell(NoQuota, "the account at %s has nothing left to spend; add credit, then run again: what was answered is kept", c.at())
	case status == 429:
		e.After = retryAfter(got.header, time.Now())
		return tell(RateLimited, "%s asks to go slower", c.at())
	case status == 404 && (p.says("model", "deployment") || said != "" && c.r.Model != "" && strings.Contains(said, c.r.Model)):
		return tell(UnknownName, "%s has no model %q; look at the model's name, and whether your account may use it", c.at(), c.r.Model)
	case status == 404, status == 405:
		return tell(BadRequest, "%s has no such interface; an endpoint of this kind often ends in /v1", c.at())
	case status == 408:
		return tell(TimedOut, "%s gave up waiting", c.at())
	case status == 413, p.says("context_length_exceeded", "context length", "context window", "maximum context", "prompt is too long", "exceed_context_size", "exceeds the available context", "too many tokens"):
		return tell(TooLong, "the prompt is longer than the model %s takes; shorten it, lower max_tokens, or remember fewer turns (memory)", c.r.Model)
	case status == 500 && p.says("validation error"):
		// llama-cpp-python says so of a body whose form it does not know.
		return tell(BadRequest, "%s does not accept the request", c.at())
	case status >= 500 && status != 501:
		e.After = retryAfter(got.header, time.Now())
		return tell(ServerError, "%s has trouble of its own", c.at())
	case p.says("model_not_found", "not a valid model", "unknown model", "no such model", "model not found"):
		return tell(UnknownName, "%s has no model %q; look at the model's name, and whether your account may use it", c.at(), c.r.Model)
	case status < 400:
		return tell(Garbled, "%s answered with something that is no reply", c.at())
	}
	return tell(BadRequest, "%s does not accept the request", c.at())
}

// garbled returns the error of a reply that cannot be read.
func (c *call) garbled(got *received) *Error {
	e := &Error{Kind: Garbled, Status: got.status}
	switch {
	case looksHTML(got):
		e.Msg = c.at() + " answered with a page of HTML instead of JSON; an endpoint of this kind often ends in /v1, and a login page or proxy may stand before it"
	case len(bytes.TrimSpace(got.raw)) == 0:
		e.Msg = c.at() + " sent an empty reply"
	default:
		e.Msg = c.at() + " sent JSON that is broken or cut short"
	}
	return e
}

func looksHTML(got *received) bool {
	head := bytes.ToLower(bytes.TrimSpace(got.raw[:min(len(got.raw), 256)]))
	return strings.Contains(got.header.Get("Content-Type"), "text/html") ||
		bytes.HasPrefix(head, []byte("<!doctype")) || bytes.HasPrefix(head, []byte("<html"))
}

// retryAfter returns how long a server asks to wait, 0 when it does not say:
// Retry-After in seconds or as a date (RFC 9110, section 10.2.3), or in
// milliseconds as some servers send besides.
func retryAfter(h http.Header, now time.Time) time.Duration {
	const longest = 24 * time.Hour
	bound := func(seconds float64) time.Duration {
		if !(seconds > 0) {
			return 0
		}
		return time.Duration(math.Min(seconds, longest.Seconds()) * float64(time.Second))
	}
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil {
		return bound(ms / 1000)
	}
	value := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(value, 64); err == nil {
		return bound(s)
	}
	if t, err := http.ParseTime(value); err == nil {
		return bound(t.Sub(now).Seconds())
	}
	return 0
}

// clean makes the words of a server fit to be shown in a terminal: one line,
// no control characters, not long.
func clean(s string) string {
	const longest = 300
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if runes := []rune(s); len(runes) > longest {
		s = string(runes[:longest]) + "…"
	}
	return s
}
