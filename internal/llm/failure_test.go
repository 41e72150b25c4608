package llm_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"silico/internal/llm"
	"silico/internal/llm/llmtest"
)

// endpoints are where the providers reach a server of ours.
func endpoints(s *llmtest.Server) map[string]string {
	return map[string]string{"openai": s.OpenAI(), "anthropic": s.Anthropic()}
}

// answering returns the endpoint of a server that always answers the same.
func answering(t *testing.T, status int, header http.Header, text string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		w.Write([]byte(text))
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}

func TestServersThatMisbehaveGiveErrorsOfTheirKind(t *testing.T) {
	tests := []struct {
		name   string
		faults llmtest.Faults
		kind   llm.Kind
		after  time.Duration
		parts  []string
	}{
		{"429", llmtest.Faults{RateLimited: 1}, llm.RateLimited, 0, []string{"HTTP 429", "slower"}},
		{"429 with seconds", llmtest.Faults{RateLimitedFor: 1, RetryAfter: 1500 * time.Millisecond}, llm.RateLimited, 1500 * time.Millisecond, nil},
		{"429 with a date", llmtest.Faults{RateLimitedDate: 1, RetryAfter: time.Hour}, llm.RateLimited, time.Hour, nil},
		{"500", llmtest.Faults{ServerError: 1}, llm.ServerError, 0, []string{"trouble of its own", "processing your request"}},
		{"502 in HTML", llmtest.Faults{BadGateway: 1}, llm.ServerError, 0, []string{"a page of HTML"}},
		{"a cut connection", llmtest.Faults{Cut: 1}, llm.Unreachable, 0, []string{"cut the connection"}},
		{"broken JSON", llmtest.Faults{Malformed: 1}, llm.Garbled, 0, []string{"broken or cut short"}},
		{"a page of HTML", llmtest.Faults{HTML: 1}, llm.Garbled, 0, []string{"HTML instead of JSON", "/v1"}},
		{"50 MB", llmtest.Faults{Huge: 1}, llm.TooLarge, 0, []string{"32 MB", "max_tokens"}},
	}
	for _, tt := range tests {
		for _, name := range llm.Providers() {
			t.Run(name+" "+tt.name, func(t *testing.T) {
				s := server(t, llmtest.Config{Faults: tt.faults})
				_, err := ask(t, request(name, endpoints(s)[name]))
				wants(t, err, tt.kind, tt.parts...)
				var e *llm.Error
				errors.As(err, &e)
				if d := e.After - tt.after; d < -2*time.Second || d > 2*time.Second {
					t.Errorf("asks to wait %v, want %v", e.After, tt.after)
				}
				if s.Calls() != 1 {
					t.Errorf("%d calls, want one: a provider tries once", s.Calls())
				}
			})
		}
	}
}

func TestHungServersAreTimedOutAndNotCancelled(t *testing.T) {
	for _, name := range llm.Providers() {
		t.Run(name, func(t *testing.T) {
			s := server(t, llmtest.Config{Faults: llmtest.Faults{Hang: 1}})
			p, _ := llm.Named(name)
			r := request(name, endpoints(s)[name])
			w, err := p.Wire(r)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			_, err = p.Ask(ctx, r, w)
			wants(t, err, llm.TimedOut, "did not answer in time")
		})
	}
}

func TestRefusalsOfTheModelAreReplies(t *testing.T) {
	for _, name := range llm.Providers() {
		t.Run(name, func(t *testing.T) {
			s := server(t, llmtest.Config{Faults: llmtest.Faults{Refusal: 1}})
			reply, err := ask(t, request(name, endpoints(s)[name]))
			if err != nil {
				t.Fatal(err)
			}
			if reply.Finish != llm.Refused || reply.Text != "" || !strings.Contains(reply.Refusal, "I can't help") {
				t.Errorf("finish %q, text %q, refusal %q; want the words of a refusal, marked as one", reply.Finish, reply.Text, reply.Refusal)
			}
		})
	}
}

func TestThinkingOfReasoningModelsIsKeptApart(t *testing.T) {
	for _, name := range llm.Providers() {
		s := server(t, llmtest.Config{})
		r := request(name, endpoints(s)[name])
		r.Model = "reasoning"
		reply, err := ask(t, r)
		if err != nil {
			t.Fatal(err)
		}
		if reply.Reasoning != "Let me think." || strings.Contains(reply.Text, "think") || reply.Text == "" {
			t.Errorf("%s: reasoning %q, text %q", name, reply.Reasoning, reply.Text)
		}
	}
}

// Each refusal below is in the words of the server that sends it.
func TestRefusedRequestsSayWhatIsWrongAndTheWayOut(t *testing.T) {
	json := http.Header{"Content-Type": {"application/json"}}
	html := http.Header{"Content-Type": {"text/html"}}
	tests := []struct {
		name   string
		status int
		header http.Header
		text   string
		kind   llm.Kind
		parts  []string
	}{
		{"OpenAI, no such model", 404, json, `{"error":{"message":"The model 'm' does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}`, llm.UnknownName, []string{`no model "m"`, "look at the model's name"}},
		{"Ollama, no such model", 404, json, `{"error":{"message":"model \"m\" not found, try pulling it first","type":"api_error","param":null,"code":null}}`, llm.UnknownName, []string{"try pulling it first"}},
		{"vLLM, no such model", 404, json, `{"object":"error","message":"The model 'm' does not exist.","type":"NotFoundError","param":null,"code":404}`, llm.UnknownName, nil},
		{"Azure, no such deployment", 404, json, `{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}`, llm.UnknownName, nil},
		{"Anthropic, no such model", 404, json, `{"type":"error","error":{"type":"not_found_error","message":"model: m"}}`, llm.UnknownName, nil},
		{"OpenRouter, no such model", 400, json, `{"error":{"message":"m is not a valid model ID","code":400}}`, llm.UnknownName, nil},
		{"the path is wrong", 404, html, `<html><head><title>404 Not Found</title></head></html>`, llm.BadRequest, []string{"/v1"}},
		{"FastAPI, the path is wrong", 404, json, `{"detail":"Not Found"}`, llm.BadRequest, []string{"/v1", "Not Found"}},
		{"OpenAI, prompt too long", 400, json, `{"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}`, llm.TooLong, []string{"memory", "9001"}},
		{"llama.cpp, prompt too long", 400, json, `{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":900,"n_ctx":512}}`, llm.TooLong, nil},
		{"Anthropic, prompt too long", 400, json, `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 208310 tokens > 200000 maximum"}}`, llm.TooLong, nil},
		{"OpenAI, nothing left to spend", 429, json, `{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}`, llm.NoQuota, []string{"add credit"}},
		{"Anthropic, nothing left to spend", 400, json, `{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}`, llm.NoQuota, nil},
		{"OpenRouter, nothing left to spend", 402, json, `{"error":{"code":402,"message":"Insufficient credits"}}`, llm.NoQuota, nil},
		{"Anthropic, overloaded", 529, json, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, llm.ServerError, nil},
		{"OpenRouter, an error in a good status", 200, json, `{"error":{"code":502,"message":"Provider returned error"}}`, llm.Garbled, []string{"Provider returned error"}},
		{"a forbidden country", 403, json, `{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported"}}`, llm.WrongKey, []string{"country"}},
		{"an option that is not there", 400, json, `{"error":{"message":"Unsupported parameter: 'logprobs' is not supported with this model.","type":"invalid_request_error","param":"logprobs","code":"unsupported_parameter"}}`, llm.BadRequest, []string{"Unsupported parameter"}},
		{"FastAPI, the body is wrong", 422, json, `{"detail":[{"loc":["body","seed"],"msg":"value is not a valid integer"}]}`, llm.BadRequest, []string{"not a valid integer"}},
		{"llama-cpp-python, the body is wrong", 500, json, `{"error":{"message":"1 validation error: {'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\"}","type":"internal_server_error"}}`, llm.BadRequest, nil},
		{"nothing", 200, json, ``, llm.Garbled, []string{"empty"}},
		{"another JSON", 200, json, `{"hello":"world"}`, llm.Garbled, nil},
		{"a list", 200, json, `[1,2]`, llm.Garbled, nil},
		{"a page in a good status", 200, html, "<!DOCTYPE html><title>Login</title>", llm.Garbled, []string{"HTML", "login page"}},
		{"escapes of a terminal", 400, json, `{"error":{"message":"\u001b[31mred\u001b]0;title\u0007\r\nand more\u202e"}}`, llm.BadRequest, []string{`"[31mred ]0;title and more"`}},
		{"a message without end", 400, json, `{"error":{"message":"` + strings.Repeat("x", 5000) + `"}}`, llm.BadRequest, []string{"…"}},
	}
	for _, tt := range tests {
		for _, name := range llm.Providers() {
			t.Run(name+" "+tt.name, func(t *testing.T) {
				_, err := ask(t, request(name, answering(t, tt.status, tt.header, tt.text)))
				wants(t, err, tt.kind, tt.parts...)
				if err == nil {
					return
				}
				if strings.ContainsAny(err.Error(), "\x1b\r\n\a") || len(err.Error()) > 900 {
					t.Errorf("not fit for a terminal: %q", err)
				}
			})
		}
	}
}

func TestAzureFilterIsAReply(t *testing.T) {
	endpoint := answering(t, 400, nil, `{"error":{"code":"content_filter","message":"The response was filtered due to the prompt triggering content management policy.","status":400}}`)
	reply, err := ask(t, request("openai", endpoint))
	if err != nil || reply.Finish != llm.Filtered || reply.Date == "" {
		t.Errorf("%+v (%v), want a dated reply that was filtered", reply, err)
	}
}

func TestCertificatesThatAreNotTrustedAreTold(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	s.Config.ErrorLog = nil
	for _, name := range llm.Providers() {
		_, err := ask(t, request(name, s.URL+"/v1"))
		wants(t, err, llm.Untrusted, s.URL, "SSL_CERT_FILE")
	}
}

func TestServersThatSpeakNoTLSAreTold(t *testing.T) {
	s := server(t, llmtest.Config{})
	for name, endpoint := range endpoints(s) {
		_, err := ask(t, request(name, strings.Replace(endpoint, "http:", "https:", 1)))
		wants(t, err, llm.Unreachable, "does not speak TLS", "http://")
	}
}

func TestNamesThatNoMachineHasAreTold(t *testing.T) {
	for _, name := range llm.Providers() {
		_, err := ask(t, request(name, "http://no-such-machine.invalid/v1"))
		wants(t, err, llm.Unreachable, "no-such-machine.invalid", "endpoint")
	}
}
