package llm_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"silico/internal/llm"
	"silico/internal/llm/llmtest"
)

const planted = "sk-planted-0123456789abcdef"

// tells fails when what is shown or kept holds the planted key.
func tells(t *testing.T, where string, what any) {
	t.Helper()
	text, _ := json.Marshal(what)
	if all := fmt.Sprintf("%s %v %+v %#v", text, what, what, what); strings.Contains(all, planted) {
		t.Errorf("%s holds the API key: %s", where, all)
	}
}

func TestKeysAreSentAndAppearNowhere(t *testing.T) {
	t.Setenv("PLANTED_KEY", planted+"\n")
	// Servers that repeat the key: in an error, in a good reply, in a header.
	repeat := func(status int, text string) string {
		return answering(t, status, http.Header{"X-Request-Id": {"req " + planted}, "Request-Id": {planted}},
			strings.ReplaceAll(text, "KEY", planted))
	}
	for _, name := range llm.Providers() {
		t.Run(name, func(t *testing.T) {
			s := server(t, llmtest.Config{Key: planted})
			r := request(name, endpoints(s)[name])
			r.KeyEnv = "PLANTED_KEY"
			reply, err := ask(t, r)
			if err != nil {
				t.Fatalf("the key was not sent: %v", err)
			}
			p, _ := llm.Named(name)
			w, _ := p.Wire(r)
			tells(t, "the reply", reply)
			tells(t, "the body", w.Body)
			tells(t, "the description", llm.Describe(r, w))
			tells(t, "the request", r)
			for _, text := range []string{
				`{"error":{"message":"Incorrect API key provided: KEY","code":"invalid_api_key"}}`,
				`{"choices":[{"message":{"content":"KEY"},"finish_reason":"stop"}],"model":"KEY"}`,
				`{"type":"message","content":[{"type":"text","text":"KEY"}],"stop_reason":"end_turn"}`,
				`<html>KEY</html>`, `KEY`,
			} {
				for _, status := range []int{200, 400, 401, 404, 429, 500} {
					r.Endpoint = repeat(status, text)
					reply, err := ask(t, r)
					if err != nil {
						tells(t, fmt.Sprintf("the error of %d %s", status, text), err)
					}
					if reply != nil {
						tells(t, fmt.Sprintf("the reply of %d %s", status, text), reply)
					}
				}
			}
			r.Endpoint = "http://user:" + planted + "@127.0.0.1:1/v1"
			if _, err := ask(t, r); err == nil || strings.Contains(err.Error(), planted) {
				t.Errorf("a password in the endpoint is told: %v", err)
			}
		})
	}
}

func TestKeysThatAreWrongSayWhichVariableHoldsThem(t *testing.T) {
	t.Setenv("PLANTED_KEY", planted)
	for _, name := range llm.Providers() {
		s := server(t, llmtest.Config{Key: "another"})
		r := request(name, endpoints(s)[name])
		_, err := ask(t, r)
		wants(t, err, llm.NoKey, "wants an API key", "key_env")
		r.KeyEnv = "PLANTED_KEY"
		_, err = ask(t, r)
		wants(t, err, llm.WrongKey, "PLANTED_KEY", "not revoked")
	}
}

func TestEmptyVariablesAreToldBeforeAnythingIsSent(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "")
	t.Setenv("ANTHROPIC_API_KEY", " ")
	for _, name := range llm.Providers() {
		_, err := ask(t, request(name, ""))
		wants(t, err, llm.NoKey, strings.ToUpper(name)+"_API_KEY", "export")
		s := server(t, llmtest.Config{})
		r := request(name, endpoints(s)[name])
		r.KeyEnv = "NO_SUCH_KEY"
		_, err = ask(t, r)
		wants(t, err, llm.NoKey, "NO_SUCH_KEY")
		if s.Calls() > 0 {
			t.Errorf("%s: %d calls", name, s.Calls())
		}
	}
}

// A study that comes from somebody else may name any endpoint. The keys of a
// provider go to no other's machine unless the study says so for all to read.
func TestKeysGoToTheirProvidersOwnHostsAlone(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", planted)
	t.Setenv("ANTHROPIC_API_KEY", planted)
	// The libraries read these of themselves.
	for _, name := range []string{"OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"} {
		t.Setenv(name, "http://127.0.0.1:1/v1")
	}
	t.Setenv("OPENAI_ORG_ID", planted)
	t.Setenv("OPENAI_CUSTOM_HEADERS", "X-Planted: "+planted)
	t.Setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Planted: "+planted)
	t.Setenv("ANTHROPIC_AUTH_TOKEN", planted)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range r.Header {
			if strings.Contains(strings.Join(values, " "), planted) {
				t.Errorf("the header %s carries the key", name)
			}
		}
		http.Error(w, "seen", 400)
	}))
	defer s.Close()
	for _, name := range llm.Providers() {
		_, err := ask(t, request(name, s.URL+"/v1"))
		wants(t, err, llm.BadRequest)
	}
}
