package llm

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// MaxReply is the size in bytes at which a reply is cut off: more than the
// longest one with twenty alternatives to each of its tokens.
const MaxReply = 32 << 20

var errTooLarge = errors.New("the reply is larger than 32 MB")

// client is the one HTTP client of all providers. How long a request may take
// is for the caller's context to say.
//
// Note: http.DefaultTransport keeps two idle connections a host, so a hundred
// workers would open a new one for nearly every request.
var client = &http.Client{Transport: bounded{&http.Transport{
	Proxy:                 http.ProxyFromEnvironment,
	DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
	ForceAttemptHTTP2:     true,
	MaxIdleConns:          4096,
	MaxIdleConnsPerHost:   1024,
	IdleConnTimeout:       90 * time.Second,
	TLSHandshakeTimeout:   10 * time.Second,
	ExpectContinueTimeout: time.Second,
}}}

// bounded is a transport whose replies end with an error at MaxReply. Files of
// batch results have no bound: the caller reads them as they come.
type bounded struct{ next http.RoundTripper }

func (t bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err == nil && r.Context().Value(unbounded{}) == nil {
		resp.Body = &boundedBody{resp.Body, MaxReply}
	}
	return resp, err
}

// unbounded marks the context of a request whose reply may have any size.
type unbounded struct{}

type boundedBody struct {
	io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return n, errTooLarge
	}
	return n, err
}

// apiKey returns the API key for a request to a provider with the given
// variable and hosts of its own. The provider's own variable goes to its own
// hosts alone: another server gets a key when the study names the variable.
func apiKey(r *Request, variable string, own bool) (string, *Error) {
	name := r.KeyEnv
	if name == "" && own {
		name = variable
	}
	if name == "" {
		return "", nil
	}
	key := strings.TrimSpace(os.Getenv(name))
	if key == "" {
		return "", &Error{Kind: NoKey, Msg: "the environment variable " + name + " is empty; set it to your API key (export " + name + "=...), or name another variable by the model's key_env"}
	}
	return key, nil
}

// received is what a server sent back, whole.
type received struct {
	status int
	header http.Header
	raw    []byte // without the API key, should the server have repeated it
}

// send carries out a post and reads what comes back.
func (c *call) send(ctx context.Context, post func(**http.Response) error) (*received, error) {
	var resp *http.Response
	// A bad status is an error to the library, which leaves the reply readable.
	// Note: the library's own words for it hold none of the server's.
	posted := post(&resp)
	if resp == nil {
		return nil, c.lost(ctx, posted)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		// The body of a bad status that was cut short is closed already.
		return nil, c.lost(ctx, cmp.Or(posted, err))
	}
	return &received{resp.StatusCode, resp.Header, c.hide(raw)}, nil
}
