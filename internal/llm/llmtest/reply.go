package llmtest

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
)

// said is what the model says to a question.
type said struct {
	text    string
	tokens  []string
	finish  string // stop, length or refusal
	refusal bool
}

// reply returns the reply to a question as bytes.
func (s *Server) reply(q *question, body []byte, call int64, refuse bool) []byte {
	if s.config.Lacks.Prefill && q.prefill != "" && q.form != completion {
		q.context += "\x00assistant\x00" + q.prefill
		q.prefill = ""
	}
	if s.config.Lacks.Schema {
		q.schema = nil
	}
	h := stable(body)
	if s.config.Lacks.Seed {
		h = mix(h, uint64(call))
	}
	answers := continuing(q.answers(), q.prefill)
	a := said{finish: "stop", refusal: refuse}
	switch {
	case refuse:
		a.text, a.finish = "I'm sorry, but I can't help with that.", "refusal"
	case q.schema != nil:
		a.text = conform(q.schema, h)
	default:
		a.text = pick(answers, unit(mix(h, 0)), q.Temperature != nil && *q.Temperature == 0)
	}
	a.tokens = tokens(a.text)
	if n := q.limit(); len(a.tokens) > n {
		a.tokens = a.tokens[:n]
		a.text, a.finish = strings.Join(a.tokens, ""), "length"
	}
	if q.form == message {
		return q.anthropic(&a, h)
	}
	return q.openai(&a, h, answers, s.config.Lacks.Logprobs)
}

// openai writes a reply as OpenAI's chat and completions interfaces do.
func (q *question) openai(a *said, h uint64, answers []Answer, noLogprobs bool) []byte {
	b := make([]byte, 0, 768)
	b = append(b, `{"id":"cmpl-`...)
	b = appendHex(b, h)
	b = append(b, `","object":`...)
	if q.form == chat {
		b = append(b, `"chat.completion"`...)
	} else {
		b = append(b, `"text_completion"`...)
	}
	b = append(b, `,"created":1700000000,"model":`...)
	b = quoted(b, q.Model+"-2026-01-01")
	b = append(b, `,"system_fingerprint":"fp_llmtest","choices":[{"index":0,`...)
	switch {
	case q.form == completion:
		b = append(b, `"text":`...)
		b = quoted(b, a.text)
	case a.refusal:
		b = append(b, `"message":{"role":"assistant","content":null,"refusal":`...)
		b = append(quoted(b, a.text), '}')
	default:
		b = append(b, `"message":{"role":"assistant","content":`...)
		b = quoted(b, a.text)
		if strings.Contains(q.Model, "reasoning") {
			b = append(b, `,"reasoning_content":"Let me think."`...)
		}
		b = append(b, `,"refusal":null}`...)
	}
	b = append(b, `,"logprobs":`...)
	if n, ok := q.alternatives(); ok && !noLogprobs && !a.refusal {
		b = q.logprobs(b, a, answers, n)
	} else {
		b = append(b, "null"...)
	}
	finish := a.finish
	if finish == "refusal" {
		finish = "stop"
	}
	b = append(b, `,"finish_reason":"`+finish+`"}],"usage":{"prompt_tokens":`...)
	in, out := q.words(), len(a.tokens)
	b = strconv.AppendInt(b, int64(in), 10)
	b = append(b, `,"completion_tokens":`...)
	b = strconv.AppendInt(b, int64(out), 10)
	b = append(b, `,"total_tokens":`...)
	b = strconv.AppendInt(b, int64(in+out), 10)
	return append(b, `,"prompt_tokens_details":{"cached_tokens":0}}}`...)
}

// logprobs writes the log-probabilities of the tokens of a reply with n
// alternatives to each, in the form of chat or of plain completions.
func (q *question) logprobs(b []byte, a *said, answers []Answer, n int) []byte {
	steps := make([][]Answer, len(a.tokens))
	probabilities := make([]float64, len(a.tokens))
	rest := answers
	for i, t := range a.tokens {
		for _, o := range next(rest) {
			if o.Text == t {
				probabilities[i] = o.P
			}
		}
		steps[i] = top(rest, n)
		if probabilities[i] == 0 { // a text that no distribution made, such as JSON
			steps[i], probabilities[i] = top([]Answer{{t, 1}}, n), 1
		}
		rest = continuing(rest, t)
	}
	if q.form == completion {
		return completionLogprobs(b, a.tokens, probabilities, steps)
	}
	b = append(b, `{"content":[`...)
	for i, t := range a.tokens {
		if i > 0 {
			b = append(b, ',')
		}
		b = token(b, Answer{t, probabilities[i]})
		b = append(b, `,"top_logprobs":[`...)
		for j, o := range steps[i] {
			if j > 0 {
				b = append(b, ',')
			}
			b = append(token(b, o), '}')
		}
		b = append(b, `]}`...)
	}
	return append(b, `],"refusal":null}`...)
}

// token writes a token without the closing brace.
func token(b []byte, t Answer) []byte {
	b = append(b, `{"token":`...)
	b = quoted(b, t.Text)
	b = append(b, `,"logprob":`...)
	return append(number(b, math.Log(t.P)), `,"bytes":null`...)
}

func completionLogprobs(b []byte, texts []string, probabilities []float64, steps [][]Answer) []byte {
	b = append(b, `{"tokens":[`...)
	for i, t := range texts {
		if i > 0 {
			b = append(b, ',')
		}
		b = quoted(b, t)
	}
	b = append(b, `],"token_logprobs":[`...)
	for i, p := range probabilities {
		if i > 0 {
			b = append(b, ',')
		}
		b = number(b, math.Log(p))
	}
	b = append(b, `],"top_logprobs":[`...)
	for i, step := range steps {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		for j, o := range step {
			if j > 0 {
				b = append(b, ',')
			}
			b = append(quoted(b, o.Text), ':')
			b = number(b, math.Log(o.P))
		}
		b = append(b, '}')
	}
	return append(b, `],"text_offset":[]}`...)
}

// anthropic writes a reply as Anthropic's messages interface does.
func (q *question) anthropic(a *said, h uint64) []byte {
	b := make([]byte, 0, 512)
	b = append(b, `{"id":"msg_`...)
	b = appendHex(b, h)
	b = append(b, `","type":"message","role":"assistant","model":`...)
	b = quoted(b, q.Model+"-20260101")
	b = append(b, `,"content":[`...)
	if strings.Contains(q.Model, "reasoning") {
		b = append(b, `{"type":"thinking","thinking":"Let me think.","signature":""},`...)
	}
	b = append(b, `{"type":"text","text":`...)
	b = quoted(b, a.text)
	finish := map[string]string{"stop": "end_turn", "length": "max_tokens", "refusal": "refusal"}[a.finish]
	b = append(b, `}],"stop_reason":"`+finish+`","stop_sequence":null,"usage":{"input_tokens":`...)
	b = strconv.AppendInt(b, int64(q.words()), 10)
	b = append(b, `,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":`...)
	b = strconv.AppendInt(b, int64(len(a.tokens)), 10)
	return append(b, `}}`...)
}

func appendHex(b []byte, h uint64) []byte {
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], h)
	const digits = "0123456789abcdef"
	for _, c := range raw {
		b = append(b, digits[c>>4], digits[c&15])
	}
	return b
}
