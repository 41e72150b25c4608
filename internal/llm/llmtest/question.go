package llmtest

import (
	"encoding/json"
	"errors"
	"strings"
)

// form is an interface in which questions are put.
type form int

const (
	chat       form = iota // OpenAI's chat completions
	completion             // OpenAI's plain completions
	message                // Anthropic's messages
)

// question is a request as the server understands it.
type question struct {
	form        form
	Model       string    `json:"model"`
	Messages    []turn    `json:"messages"`
	Prompt      *string   `json:"prompt"`
	System      string    `json:"system"`
	Temperature *float64  `json:"temperature"`
	MaxTokens   *int      `json:"max_tokens"`
	MaxNew      *int      `json:"max_completion_tokens"`
	Logprobs    any       `json:"logprobs"` // a flag in chat, a number in completions
	TopLogprobs int       `json:"top_logprobs"`
	Format      *format   `json:"response_format"`
	Config      *struct { // Anthropic's
		Format *struct {
			Schema json.RawMessage `json:"schema"`
		} `json:"format"`
	} `json:"output_config"`

	asked   string          // the last message of the user
	context string          // everything said but the beginning of the answer
	prefill string          // the beginning of the answer, to be continued
	schema  json.RawMessage // that the answer must follow
}

type turn struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type format struct {
	Schema *struct {
		Schema json.RawMessage `json:"schema"`
	} `json:"json_schema"`
}

// parse reads a request.
func parse(body []byte, f form) (*question, error) {
	q := &question{form: f}
	if err := json.Unmarshal(body, q); err != nil {
		return nil, err
	}
	switch {
	case q.Model == "":
		return nil, errors.New("you must provide a model parameter")
	case f == completion && q.Prompt == nil:
		return nil, errors.New("you must provide a prompt")
	case f != completion && len(q.Messages) == 0:
		return nil, errors.New("messages must not be empty")
	case f == message && q.MaxTokens == nil:
		return nil, errors.New("max_tokens: Field required")
	}
	if f == completion {
		q.readPrompt()
	} else {
		q.readMessages()
	}
	if q.Format != nil && q.Format.Schema != nil {
		q.schema = q.Format.Schema.Schema
	}
	if q.Config != nil && q.Config.Format != nil {
		q.schema = q.Config.Format.Schema
	}
	return q, nil
}

func (q *question) readMessages() {
	turns := q.Messages
	if last := turns[len(turns)-1]; last.Role == "assistant" {
		q.prefill = last.Content
		turns = turns[:len(turns)-1]
	}
	var b strings.Builder
	b.WriteString(q.Model)
	for _, t := range append([]turn{{"system", q.System}}, turns...) {
		if t.Content == "" {
			continue
		}
		b.WriteString("\x00" + t.Role + "\x00" + t.Content)
		if t.Role == "user" {
			q.asked = t.Content
		}
	}
	q.context = b.String()
}

// openings are what templates write before the assistant's answer.
var openings = []string{
	"<|im_start|>assistant\n",
	"<start_of_turn>model\n",
	"<|start_header_id|>assistant<|end_header_id|>\n\n",
	"\nAnswer:",
	"\n\n",
}

// readPrompt tells the answer's beginning from the rest of a prompt.
func (q *question) readPrompt() {
	prompt := *q.Prompt
	for _, o := range openings {
		if i := strings.LastIndex(prompt, o); i >= 0 {
			q.prefill = prompt[i+len(o):]
			prompt = prompt[:i]
			break
		}
	}
	q.context = q.Model + "\x00" + prompt
	q.asked = prompt
	for _, end := range []string{"<|im_end|>", "<end_of_turn>", "<|eot_id|>"} {
		q.asked = strings.TrimSuffix(strings.TrimSpace(q.asked), end)
	}
	for _, start := range []string{"<|im_start|>user\n", "<start_of_turn>user\n", "<|start_header_id|>user<|end_header_id|>\n\n", "Question: "} {
		if i := strings.LastIndex(q.asked, start); i >= 0 {
			q.asked = q.asked[i+len(start):]
		}
	}
}

// alternatives returns how many alternatives to each token are asked for, and
// whether log-probabilities are asked for at all.
func (q *question) alternatives() (int, bool) {
	switch v := q.Logprobs.(type) {
	case bool:
		return q.TopLogprobs, v
	case float64:
		return int(v), true
	}
	return 0, false
}

// limit returns the most tokens that the answer may have.
func (q *question) limit() int {
	for _, n := range []*int{q.MaxNew, q.MaxTokens} {
		if n != nil {
			return *n
		}
	}
	return 1 << 20
}

// words counts the words of the prompt, which stand for its tokens.
func (q *question) words() int {
	n, in := 0, false
	for i := range len(q.context) {
		c := q.context[i]
		letter := c != ' ' && c != '\n' && c != 0
		if letter && !in {
			n++
		}
		in = letter
	}
	return n
}
