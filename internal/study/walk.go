package study

import "silico/internal/llm"

// walk is how far a session has come with a transcript.
type walk struct {
	s       *Session
	heard   int        // replies of the transcript that are taken in
	last    *llm.Reply // the last of them
	answers []Answer   // of the cells that are done
	talk    []llm.Message
	text    string // the question of the cell that comes now
	attempt int    // how often it was asked before
}

func newWalk(s *Session) *walk {
	w := &walk{s: s, answers: make([]Answer, 0, len(s.Cells))}
	if p := s.script.persona; p != nil {
		w.talk = append(w.talk, llm.Message{Role: llm.System, Text: string(p.say(nil, s.Cells[0].Unit))})
	}
	w.begin()
	return w
}

// over says whether every cell is done.
func (w *walk) over() bool { return len(w.answers) == len(w.s.Cells) }

// cell returns the cell that comes now.
func (w *walk) cell() Cell { return w.s.Cells[len(w.answers)] }

// begin puts the question of the cell that comes now into words.
func (w *walk) begin() {
	if w.over() {
		return
	}
	c := w.cell()
	w.attempt = 0
	w.text = string(w.s.script.item(c.Question).text.say(nil, c.Unit))
}

// next returns what is to be asked now.
func (w *walk) next() []*llm.Request {
	if w.over() {
		return nil
	}
	r := w.s.script.request
	r.Messages = append(w.talk[:len(w.talk):len(w.talk)], llm.Message{Role: llm.User, Text: w.text})
	r.Sampled = true
	r.Place = llm.Place{Turn: w.heard, Attempt: w.attempt}
	return []*llm.Request{&r}
}

// hear takes in the reply to the next request.
func (w *walk) hear(r *llm.Reply) {
	w.heard++
	w.last = r
	if w.over() {
		return
	}
	c := w.cell()
	status, field := w.s.script.item(c.Question).understand(r, nil)
	w.talk = append(w.talk, llm.Message{Role: llm.User, Text: w.text}, llm.Message{Role: llm.Assistant, Text: r.Text})
	w.answers = append(w.answers, Answer{Cell: c, Status: status, Field: field, Attempts: w.attempt, Mass: 1})
	w.begin()
}

// item returns the item of a question.
func (sc *script) item(q *Question) *item {
	for _, it := range sc.items {
		if it.Question == q {
			return it
		}
	}
	return nil
}

// told takes an answer as given, in the place of a reply.
func (w *walk) told(words, field string) {
	w.heard++
	w.talk = append(w.talk, llm.Message{Role: llm.User, Text: w.text}, llm.Message{Role: llm.Assistant, Text: words})
	w.answers = append(w.answers, Answer{Cell: w.cell(), Status: Answered, Field: field, Mass: 1})
	w.begin()
}
