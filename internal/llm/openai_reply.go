package llm

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
)

// openAIReply is a reply as servers of OpenAI's interfaces write it, to a chat
// or to a plain completion.
type openAIReply struct {
	Model       string          `json:"model"`
	Fingerprint string          `json:"system_fingerprint"`
	ID          string          `json:"id"`
	Error       json.RawMessage `json:"error"`
	Choices     []struct {
		Text    string `json:"text"`
		Message struct {
			Content   json.RawMessage `json:"content"` // a text, null, or a list of parts
			Refusal   string          `json:"refusal"`
			Reasoning string          `json:"reasoning"`         // vLLM, OpenRouter, Ollama
			Thinking  string          `json:"reasoning_content"` // llama.cpp, DeepSeek
		} `json:"message"`
		Finish   string          `json:"finish_reason"`
		Logprobs *openAILogprobs `json:"logprobs"`
	} `json:"choices"`
	Usage struct {
		Input  int `json:"prompt_tokens"`
		Output int `json:"completion_tokens"`
		Detail struct {
			Cached int `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
	} `json:"usage"`
}

// openAILogprobs are log-probabilities in the form of chats (Content), which
// llama.cpp also gives for completions, or in that of completions.
type openAILogprobs struct {
	Content []openAIToken `json:"content"`

	Tokens []string             `json:"tokens"`
	Own    []*float64           `json:"token_logprobs"`
	Top    []map[string]float64 `json:"top_logprobs"`
}

type openAIToken struct {
	Token   string        `json:"token"`
	Logprob *float64      `json:"logprob"`
	Top     []openAIToken `json:"top_logprobs"`
}

// readOpenAI reads what a server of OpenAI's interfaces sent back.
func (c *call) readOpenAI(got *received) (*Reply, *Error) {
	if got.status >= 400 {
		if got.status == 400 && readProblem(got.raw).Code == string(Filtered) {
			// Azure withholds a prompt with an error. It is an answer all the
			// same: asking again gives the same.
			return &Reply{Finish: Filtered, RequestID: c.requestID(got)}, nil
		}
		return nil, c.refused(got)
	}
	var r openAIReply
	if err := json.Unmarshal(got.raw, &r); err != nil {
		return nil, c.garbled(got)
	}
	if len(r.Error) > 0 && string(r.Error) != "null" {
		return nil, c.refused(got) // as OpenRouter does, with a status of 200
	}
	if len(r.Choices) == 0 {
		return nil, c.garbled(got)
	}
	first := &r.Choices[0]
	m := &first.Message
	reply := &Reply{
		Text:      content(m.Content) + first.Text,
		Reasoning: cmp.Or(m.Reasoning, m.Thinking),
		Refusal:   m.Refusal,
		Finish:    Finish(first.Finish),
		Tokens:    first.Logprobs.tokens(),
		Input:     r.Usage.Input,
		Output:    r.Usage.Output,
		Cached:    r.Usage.Detail.Cached,
		Served:    r.Model,
		Print:     r.Fingerprint,
		RequestID: cmp.Or(c.requestID(got), r.ID),
	}
	if reply.Refusal != "" {
		reply.Finish = Refused
	}
	return reply, nil
}

// ReadOpenAI reads the body of a successful response of OpenAI's interfaces that
// somebody else has received.
func ReadOpenAI(body []byte) (*Reply, error) {
	var r struct {
		Created int64 `json:"created"`
	}
	c := &call{r: new(Request)}
	reply, e := c.readOpenAI(&received{status: 200, raw: body})
	if e != nil {
		return nil, errors.New("the response is no reply of OpenAI's interface")
	}
	if json.Unmarshal(body, &r) == nil {
		reply.Date = date(r.Created)
	}
	return reply, nil
}

// requestID returns the name under which the server's people find a request.
func (c *call) requestID(got *received) string {
	id := cmp.Or(got.header.Get("X-Request-Id"), got.header.Get("Request-Id"), got.header.Get("Apim-Request-Id"))
	return string(c.hide([]byte(id)))
}

// content returns the text of a message, which some servers write in parts.
func content(raw json.RawMessage) string {
	var s string
	if len(raw) == 0 || json.Unmarshal(raw, &s) == nil {
		return s
	}
	var parts []struct {
		Text string `json:"text"`
	}
	json.Unmarshal(raw, &parts)
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

// tokens returns the tokens of a reply with their alternatives, nil when the
// server gave none.
func (l *openAILogprobs) tokens() []Token {
	if l == nil {
		return nil
	}
	var tokens []Token
	for _, t := range l.Content {
		tokens = append(tokens, t.token())
	}
	if tokens != nil {
		return tokens
	}
	for i, text := range l.Tokens {
		t := Token{Text: text, Logprob: impossible}
		if i < len(l.Own) && l.Own[i] != nil {
			t.Logprob = *l.Own[i]
		}
		if i < len(l.Top) {
			for _, alternative := range slices.Sorted(maps.Keys(l.Top[i])) {
				t.Top = append(t.Top, Token{Text: alternative, Logprob: l.Top[i][alternative]})
			}
			likeliestFirst(t.Top)
		}
		tokens = append(tokens, t)
	}
	return tokens
}

func (t *openAIToken) token() Token {
	out := Token{Text: t.Token, Logprob: impossible}
	if t.Logprob != nil {
		out.Logprob = *t.Logprob
	}
	for _, alternative := range t.Top {
		out.Top = append(out.Top, alternative.token())
	}
	likeliestFirst(out.Top)
	return out
}

// impossible is the log-probability that servers write for a token of which
// they have none: JSON has no minus infinity.
const impossible = -9999

// likeliestFirst sorts alternatives; equally likely ones stay as they were.
func likeliestFirst(tokens []Token) {
	slices.SortStableFunc(tokens, func(a, b Token) int { return cmp.Compare(b.Logprob, a.Logprob) })
}

// received notes when the last byte of a reply came.
func (r *Reply) received(sent time.Time) *Reply {
	now := time.Now()
	r.Date = now.UTC().Format(time.RFC3339)
	r.LatencyMS = now.Sub(sent).Milliseconds()
	return r
}
