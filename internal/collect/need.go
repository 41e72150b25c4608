package collect

import (
	"silico/internal/llm"
	"silico/internal/study"
)

// Need is what a number of requests is likely to take.
type Need struct {
	Requests int `json:"requests"`
	Input    int `json:"input"`  // tokens
	Output   int `json:"output"` // tokens
}

// extent adds up requests, what is sent with them, and what comes back.
type extent struct {
	requests int
	letters  int // bytes of the messages
	input    int // tokens that they were; 0 where nobody has counted them
	output   int // tokens of the replies, or those to be expected
}

func (s *extent) add(t extent) {
	s.requests += t.requests
	s.letters += t.letters
	s.input += t.input
	s.output += t.output
}

// reply adds a request that was answered.
func (s *extent) reply(e study.Exchange) {
	s.requests++
	s.letters += letters(e.Request)
	s.input += e.Reply.Input
	s.output += e.Reply.Output
}

// billed are what is asked of one model in the same words wherever it occurs:
// sessions that look alike and requests in which chance has no part, by half of
// their digests.
type billed map[[16]byte]bool

// first says whether something occurs for the first time.
func (b billed) first(digest []byte) bool {
	half := [16]byte(digest[:16])
	known := b[half]
	b[half] = true
	return !known
}

// ask adds the requests that a conversation waits for, and those of each further
// answer that it owes, which carry what was said last besides. What it has in
// common with one that was billed is asked once.
func (s *extent) ask(c *conversation, owed int, b billed) {
	if len(c.lacking) == 0 || c.likeness != (likeness{}) && !b.first(c.likeness[:]) {
		return
	}
	for _, q := range c.lacking {
		if !q.Sampled && !b.first(q.keys[0][:]) {
			continue
		}
		s.requests++
		s.letters += letters(q.Request)
		s.output += expected(q.Request)
	}
	last := c.lacking[len(c.lacking)-1].Request
	carried, step := letters(last), len(last.Messages[len(last.Messages)-1].Text)+perToken*expected(last)
	for cell := len(c.Cells) - owed + 1; cell < len(c.Cells); cell++ {
		carried += step
		n := c.Requests(cell)
		s.requests += n
		s.letters += n * carried
		s.output += n * expected(last)
	}
}

// perToken is how many bytes of text a token has, roughly, in English.
const perToken = 4

// enough is how many replies tell more of those to come than a guess does.
const enough = 20

// need estimates the tokens of requests from those of the replies that are kept
// already, where there are enough of them.
func (s *extent) need(known *extent) Need {
	n := Need{Requests: s.requests, Input: s.letters / perToken, Output: s.output}
	if known.requests >= enough && known.input > 0 {
		n.Input = int(float64(s.letters) * float64(known.input) / float64(known.letters))
		n.Output = int(float64(s.requests) * float64(known.output) / float64(known.requests))
	}
	return n
}

func letters(r *llm.Request) int {
	n := 0
	for _, m := range r.Messages {
		n += len(m.Text)
	}
	return n
}

// expected guesses the tokens of a reply: those of a short sentence, or all
// that a request allows where that is less.
func expected(r *llm.Request) int {
	const sentence = 20
	if r.Options.MaxTokens > 0 {
		return min(r.Options.MaxTokens, sentence)
	}
	return sentence
}
