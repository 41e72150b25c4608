package llm

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// What a server sends is read without trust: whatever the bytes, there is a
// reply or an error, the error is fit for a terminal, and neither holds the
// API key.

const fuzzedKey = "sk-fuzzed-key"

func fuzzReading(f *testing.F, read func(*call, *received) (*Reply, *Error), seeds ...string) {
	for _, status := range []int{200, 400, 404, 429, 500} {
		for _, s := range append(seeds, "", "null", "[]", "{", `"text"`, "<html>", `{"error":"broken"}`, `{"error":{"message":"`+fuzzedKey+`"}}`, `{"detail":[1,{"a":"\u001b[2J"}]}`) {
			f.Add(status, "application/json", []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, status int, kind string, raw []byte) {
		c := &call{r: &Request{Model: "m"}, endpoint: "http://127.0.0.1/v1", key: fuzzedKey, variable: "FUZZED"}
		got := &received{status, http.Header{"Content-Type": {kind}}, c.hide(raw)}
		reply, e := read(c, got)
		if (reply == nil) == (e == nil) {
			t.Fatalf("reply %v and error %v", reply, e)
		}
		if e != nil {
			fitForTerminal(t, e)
			return
		}
		text, err := json.Marshal(reply)
		if err != nil {
			t.Fatalf("a reply that cannot be kept: %v", err)
		}
		if bytes.Contains(text, []byte(fuzzedKey)) {
			t.Fatalf("the reply holds the key: %s", text)
		}
		for _, tok := range reply.Tokens {
			for i := 1; i < len(tok.Top); i++ {
				if tok.Top[i].Logprob > tok.Top[i-1].Logprob {
					t.Fatalf("alternatives out of order: %v", tok.Top)
				}
			}
		}
	})
}

func fitForTerminal(t *testing.T, e *Error) {
	t.Helper()
	said := e.Error()
	if strings.Contains(said, fuzzedKey) {
		t.Fatalf("the error holds the key: %s", said)
	}
	if e.Kind == "" || !utf8.ValidString(said) || strings.IndexFunc(said, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		t.Fatalf("not fit for a terminal: %q", said)
	}
}

func FuzzOpenAIReply(f *testing.F) {
	fuzzReading(f, (*call).readOpenAI,
		`{"model":"m","choices":[{"message":{"content":"no","refusal":null},"finish_reason":"stop","logprobs":{"content":[{"token":"no","logprob":-0.1,"top_logprobs":[{"token":"yes","logprob":-2},{"token":"no","logprob":-0.1}]}]}}],"usage":{"prompt_tokens":3,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":2}}}`,
		`{"choices":[{"text":"no","logprobs":{"tokens":["no","?"],"token_logprobs":[null],"top_logprobs":[{"no":-0.1,"yes":-3},null]}}]}`,
		`{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}}]}`,
		`{"choices":[{"message":{"content":{"a":1},"refusal":"no"}}]}`,
		`{"choices":[]}`, `{"choices":null}`, `{"error":{"code":"content_filter"}}`)
}

func FuzzAnthropicReply(f *testing.F) {
	fuzzReading(f, (*call).readAnthropic,
		`{"type":"message","id":"msg","model":"m","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"no"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"cache_read_input_tokens":1,"output_tokens":1}}`,
		`{"type":"message","content":null,"stop_reason":"refusal"}`,
		`{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`)
}

func FuzzBatchResults(f *testing.F) {
	id := Key{}.String()
	for _, s := range []string{
		`{"custom_id":"` + id + `","response":{"status_code":200,"request_id":"r","body":{"choices":[{"message":{"content":"no"}}]}},"error":null}`,
		`{"custom_id":"` + id + `","response":null,"error":{"code":"batch_expired","message":"late"}}`,
		`{"custom_id":"` + id + `","response":null,"error":{"code":"broken","message":"` + fuzzedKey + `"}}`,
		`{"custom_id":"` + id + `","result":{"type":"succeeded","message":{"type":"message","content":[],"stop_reason":"end_turn"}}}`,
		`{"custom_id":"` + id + `","result":{"type":"errored","error":{"type":"error","error":{"type":"api_error","message":"x"}}}}`,
		`{"custom_id":7}`, ``, `{`, `null`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		c := &call{r: &Request{Model: "m"}, endpoint: "http://127.0.0.1", key: fuzzedKey, variable: "FUZZED"}
		for name, read := range map[string]func([]byte, *Job) (string, Result){"openai": c.openAIResult, "anthropic": c.anthropicResult} {
			_, r := read(line, &Job{ID: "b"})
			if (r.Reply == nil) == (r.Err == nil) {
				t.Fatalf("%s: reply %v and error %v", name, r.Reply, r.Err)
			}
			if r.Err != nil {
				fitForTerminal(t, r.Err)
			}
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "1", "1.5", "-1", "NaN", "Inf", "1e300", "Fri, 02 Jan 2026 03:04:05 GMT", "Fri, 02 Jan 9999 03:04:05 GMT", "soon"} {
		f.Add(s, "")
		f.Add("", s)
	}
	now := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, seconds, ms string) {
		h := http.Header{"Retry-After": {seconds}, "Retry-After-Ms": {ms}}
		if d := retryAfter(h, now); d < 0 || d > 24*time.Hour {
			t.Fatalf("waits %v", d)
		}
	})
}

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		"0.25":                          250 * time.Millisecond,
		"-3":                            0,
		"soon":                          0,
		"Fri, 02 Jan 2026 03:04:05 GMT": 5 * time.Second,
		"Fri, 02 Jan 2026 03:03:55 GMT": 0,
		"1e9":                           24 * time.Hour,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("Retry-After: %s is %v, want %v", value, got, want)
		}
	}
}

// A body is JSON that says what it was given, and says it in one way.
func FuzzBody(f *testing.F) {
	f.Add("text", `{"b": [1, 2.50, {"d": null, "c": "\u00e9"}], "a": true}`)
	f.Add("\x00\x1f\x7f\"\\\u2028\ufffd\xff日本", `1e400`)
	f.Add("", `{"a":1,"a":2}`)
	f.Fuzz(func(t *testing.T, text, extra string) {
		b := newBody()
		b.text("text", text)
		if err := b.extra(map[string]json.RawMessage{"extra": json.RawMessage(extra)}); err != nil {
			return
		}
		out := []byte(b.done())
		if !json.Valid(out) {
			t.Fatalf("no JSON: %s", out)
		}
		var said struct{ Text string }
		if err := json.Unmarshal(out, &said); err != nil || said.Text != strings.ToValidUTF8(text, "\uFFFD") && utf8.ValidString(text) {
			t.Fatalf("says %q, was given %q (%v)", said.Text, text, err)
		}
		again, err := canonicalJSON(out)
		if err != nil {
			t.Fatal(err)
		}
		twice, _ := canonicalJSON([]byte(again))
		if again != twice {
			t.Fatalf("canonical twice is another: %s, %s", again, twice)
		}
	})
}
