package study

import (
	"silico/internal/llm"
)

// asking is one question on its way to its answer.
//
// Most questions are one request, or several when a reply cannot be read and
// the study says that it is asked again. Log-probabilities are a request for
// each order of the options, then one for each beginning of an answer that is
// to be continued, and so on. None of these depends on another, so they are
// made together.
type asking struct {
	w  *walk
	it *item

	order   []int  // of the options as they are shown, nil as declared
	text    string // the question in that order
	thought string // what the model thought first, of log-probabilities
	orders  []weighed
	open    []continued // requests for log-probabilities that are to be made now
	heard   int         // of these

	*otherwise // nil when it is asked behind the earlier answers alone that were drawn

	answer Answer
	said   []llm.Message // the exchange as it is remembered
	done   bool
}

// weighed is a question in one order of its options.
type weighed struct {
	order    []int
	text     string
	weighing *weighing
}

// continued is a request that continues a beginning of an answer.
type continued struct {
	order  int // of asking.orders
	branch branch
}

// newAsking puts a question into words. It has no item when the question quotes
// an answer that is not there.
func newAsking(w *walk, it *item, c Cell) asking {
	a := asking{w: w, it: it, answer: Answer{Cell: c, Mass: 1}}
	if it.options != nil {
		a.order = w.s.orderFor(it)
	}
	text, ok := a.words(a.order)
	if !ok {
		return asking{}
	}
	a.text, a.answer.Order = text, a.order
	if it.elicit.weighs && !it.reasoning {
		a.weigh()
	}
	return a
}

// words returns the question with its options in some order, and whether all
// that it quotes is there.
func (a *asking) words(order []int) (string, bool) {
	b := a.it.text.say(make([]byte, 0, 256), spoken{row: a.answer.Unit, walk: a.w, item: a.it, order: order})
	if b == nil {
		return "", false
	}
	if a.it.instruction != nil {
		b = append(b, "\n\n"...)
		b = a.it.instruction.say(b, spoken{row: a.answer.Unit, walk: a.w, item: a.it, order: order})
	}
	return string(b), true
}

// weigh begins with the log-probabilities: one request for each order.
func (a *asking) weigh() {
	orders := a.it.allOrders(len(a.it.options.levels))
	if orders == nil {
		orders = [][]int{a.order}
	}
	for i, order := range orders {
		text := a.text
		if i > 0 || a.it.averaged() {
			text, _ = a.words(order)
		}
		w := newWeighing(len(a.it.options.levels), a.it.options.answers(order), a.it.prefill)
		if a.it.options.signs == 0 { // the strings are the same in every order
			w.matched = &a.it.matched
		}
		a.orders = append(a.orders, weighed{order, text, w})
		a.open = append(a.open, continued{i, begin})
	}
}

// requests returns what is to be asked now.
func (a *asking) requests() []*llm.Request {
	if a.orders == nil {
		r := a.it.request
		if a.it.schema != nil {
			r.Options.Schema = a.it.schema(a.it, a.order)
		}
		r.Messages = a.w.messages(llm.Message{Role: llm.User, Text: a.text})
		r.Sampled = true
		r.Place = llm.Place{Turn: a.w.heard, Attempt: a.answer.Attempts}
		return []*llm.Request{&r}
	}
	var list []*llm.Request
	for _, o := range a.open[a.heard:] {
		r := a.it.weights
		r.Messages = a.w.messages(a.weighedWords(o)...)
		list = append(list, &r)
	}
	return list
}

// weighedWords are the messages of a request for log-probabilities.
func (a *asking) weighedWords(o continued) []llm.Message {
	words := []llm.Message{{Role: llm.User, Text: a.orders[o.order].text}}
	if a.it.reasoning {
		words = append(words, llm.Message{Role: llm.Assistant, Text: a.thought}, llm.Message{Role: llm.User, Text: a.it.options.only(a.order)})
	}
	if o.branch.text != "" {
		words = append(words, llm.Message{Role: llm.Assistant, Text: o.branch.text})
	}
	return words
}

// hear takes in a reply.
func (a *asking) hear(r *llm.Reply) {
	switch {
	case a.orders != nil:
		a.hearWeights(r)
	case a.it.elicit.weighs:
		a.hearThought(r)
	default:
		a.hearWords(r)
	}
}

// hearWords takes in a reply that says the answer.
func (a *asking) hearWords(r *llm.Reply) {
	status := withheld(r)
	if status == "" {
		status = a.it.elicit.read(a, r)
	}
	if status == Unparsable && a.answer.Attempts < a.it.reask {
		a.answer.Attempts++
		return
	}
	a.end(status, r.Text+r.Refusal)
}

// hearThought takes in what the model thinks before its answer is weighed.
func (a *asking) hearThought(r *llm.Reply) {
	switch status := withheld(r); {
	case status != "":
		a.end(status, r.Text+r.Refusal)
	case r.Finish == llm.Length:
		a.end(CutOff, r.Text)
	case r.Text == "":
		a.end(Unparsable, r.Text)
	default:
		a.thought = r.Text
		a.weigh()
	}
}

// hearWeights takes in log-probabilities.
func (a *asking) hearWeights(r *llm.Reply) {
	o := a.open[a.heard]
	a.heard++
	if status := withheld(r); status != "" && a.answer.Status == "" {
		a.answer.Status = status
	}
	w := a.orders[o.order].weighing
	if len(r.Tokens) > 0 {
		w.take(o.branch, r.Tokens[0].Top)
	}
	if a.heard < len(a.open) {
		return
	}
	a.open, a.heard = a.open[:0], 0
	for i := range a.orders {
		w := a.orders[i].weighing
		for _, b := range w.branches {
			a.open = append(a.open, continued{i, b})
		}
		w.branches = nil
	}
	if len(a.open) == 0 {
		a.settle()
	}
}

// settle averages the probabilities over the orders and draws the answer. A
// question has no probabilities when an option has some in no order.
func (a *asking) settle() {
	p, mass := make([]float64, len(a.it.options.levels)), 0.0
	for _, o := range a.orders {
		one, m := o.weighing.result()
		if one == nil && a.answer.Status == "" {
			a.answer.Status = Unparsable
		}
		for k := range one {
			p[k] += one[k] / float64(len(a.orders))
		}
		mass += m / float64(len(a.orders))
	}
	if a.answer.Status != "" {
		a.end(a.answer.Status, "")
		return
	}
	a.answer.Mass = mass
	k := a.draw(p)
	a.end(Answered, a.it.options.shown(a.order, k))
}

// draw keeps the probabilities of the options and draws one of these by the
// stream of the respondent, unit, question and draw.
func (a *asking) draw(p []float64) int {
	k := a.w.s.chance(a.it, a.answer.Unit, p)
	a.answer.P, a.answer.Field = p, a.it.options.levels[k]
	return k
}

// end ends the question. What is remembered is what was asked, and what the
// model said or would have said.
func (a *asking) end(status Status, reply string) {
	a.answer.Status, a.done = status, true
	if status != Answered {
		a.answer.Field, a.answer.P, a.answer.Mass = "", nil, 1
	}
	a.said = []llm.Message{{Role: llm.User, Text: a.text}}
	if a.thought != "" {
		a.said = append(a.said, llm.Message{Role: llm.Assistant, Text: a.thought}, llm.Message{Role: llm.User, Text: a.it.options.only(a.order)})
	}
	a.said = append(a.said, llm.Message{Role: llm.Assistant, Text: reply})
}

// withheld returns the status of a reply that the interface itself marks as
// none, "" for others.
func withheld(r *llm.Reply) Status {
	switch {
	case r.Refusal != "" || r.Finish == llm.Refused:
		return RefusedIt
	case r.Finish == llm.Filtered:
		return Filtered
	}
	return ""
}

// chance draws an option by its probability.
func (s *Session) chance(it *item, unit int32, p []float64) int {
	names := make([]string, 0, 8)
	names = append(names, s.Model.Name, s.Respondent)
	for _, c := range s.script.within {
		names = append(names, c.String(int(unit)))
	}
	x := s.script.stream("answer", s.Draw, append(names, it.Name)...).Float64()
	last := 0
	for k, q := range p {
		if q > 0 {
			last = k
			if x -= q; x < 0 {
				return k
			}
		}
	}
	return last // what is left is rounding
}
