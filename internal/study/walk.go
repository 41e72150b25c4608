package study

import (
	"silico/internal/llm"
)

// walk is how far a session has come with a transcript.
type walk struct {
	s       *Session
	heard   int           // replies of the transcript that are taken in
	last    *llm.Reply    // the last of them
	answers []Answer      // of the cells that are done
	persona string        // what is said of the respondent, "" for nothing
	talk    []llm.Message // questions and replies so far
	begins  []int         // of each exchange in the talk
	asking  asking        // the cell that comes now
	// supposing is set where answers are examples: conditions that they make
	// false do not count.
	supposing bool
	// wide is set where questions are asked behind other earlier answers too.
	wide bool
}

func newWalk(s *Session) *walk {
	w := &walk{s: s, answers: make([]Answer, 0, len(s.Cells))}
	if p := s.script.persona; p != nil {
		w.persona = string(p.say(nil, spoken{row: s.Cells[0].Unit}))
	}
	w.proceed()
	return w
}

// over says whether every cell is done.
func (w *walk) over() bool { return len(w.answers) == len(w.s.Cells) }

// proceed goes to the next cell that is asked.
func (w *walk) proceed() {
	for !w.over() {
		c := w.s.Cells[len(w.answers)]
		it := w.s.script.of[c.Question]
		if it.condition == nil || w.supposing || it.condition.holds(w, c.Unit) {
			if w.asking = newAsking(w, it, c); w.asking.it != nil {
				if w.wide {
					w.asking.branch()
				}
				return
			}
		}
		w.answers = append(w.answers, Answer{Cell: c, Status: Skipped, Mass: 1})
	}
}

// next returns what is to be asked now.
func (w *walk) next() []*llm.Request {
	if w.over() {
		return nil
	}
	return w.asking.now()
}

// hear takes in the reply to the next request.
func (w *walk) hear(r *llm.Reply) {
	w.heard++
	w.last = r
	if w.over() {
		return
	}
	if w.asking.take(r); !w.asking.over() {
		return
	}
	w.asking.join(w.before())
	w.answers = append(w.answers, w.asking.answer)
	w.remember(w.asking.said...)
	w.proceed()
}

// before returns the probabilities of what was answered before in the
// conversation, together; nil when there are none.
func (w *walk) before() []float64 {
	switch n := len(w.answers); n {
	case 0:
		return nil
	case 1:
		return w.answers[0].P
	default:
		return w.answers[n-1].Joint
	}
}

// remember adds what was said about a cell to the conversation. A reply without
// words is left out with its question: no interface takes an empty message.
func (w *walk) remember(exchange ...llm.Message) {
	for _, m := range exchange {
		if m.Text == "" {
			return
		}
	}
	w.begins = append(w.begins, len(w.talk))
	w.talk = append(w.talk, exchange...)
}

// messages returns the conversation with something more said: the persona, what
// is remembered of the talk, and the messages that are new.
func (w *walk) messages(more ...llm.Message) []llm.Message {
	talk := w.talk
	if k := w.s.Model.Memory; k > 0 && len(w.begins) > k {
		talk = talk[w.begins[len(w.begins)-k]:]
	}
	all := make([]llm.Message, 0, 1+len(talk)+len(more))
	if w.persona != "" {
		all = append(all, llm.Message{Role: llm.System, Text: w.persona})
	}
	return append(append(all, talk...), more...)
}

// answerTo returns the answer that the session gave to a question about a unit,
// nil when it gave none yet.
func (w *walk) answerTo(question string, unit int32) *Answer {
	for i := len(w.answers) - 1; i >= 0; i-- {
		if a := &w.answers[i]; a.Unit == unit && a.Question.Name == question {
			return a
		}
	}
	return nil
}
