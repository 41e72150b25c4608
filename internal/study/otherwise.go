package study

import (
	"slices"

	"silico/internal/llm"
)

// otherwise is a question asked as well behind the earlier answers that were not
// drawn. A question of which the study keeps the distribution is asked behind
// every combination of earlier answers of its conversation that have
// probabilities, so that every expectation over the conversation is exact, and
// not that behind one draw: Σ P(want) P(do | want).
type otherwise struct {
	all  []*asking // by combination, the last earlier answer varying fastest; the question itself at the drawn one
	turn []*asking // whose reply comes next, to the end of the requests that were made together
}

// chainKept says whether the study keeps the probabilities of an answer together
// with those before it in the conversation, and all of them have some.
func (sc *script) chainKept(it *item, before []*item) bool {
	if sc.model.Memory != 0 || len(before) == 0 {
		return false
	}
	names := make([]string, 0, len(before)+1)
	for k, b := range before {
		if k > 0 && b.before == nil {
			return false
		}
		names = append(names, b.Variable)
	}
	for _, x := range append([]*item{it}, before...) {
		if !x.elicit.weighs || x.reasoning || x.condition != nil || x.options == nil {
			return false
		}
	}
	return sc.study.schema.Chances(append(names, it.Variable)...) != nil
}

// branch prepares the question behind the answers that were not drawn.
func (a *asking) branch() {
	before := a.it.before
	if before == nil {
		return
	}
	own, n := combination(before, a.w.answers)
	if own < 0 { // without an answer there are no others
		return
	}
	o := &otherwise{all: make([]*asking, n)}
	for c := range n {
		if c == own {
			o.all[c] = a
			continue
		}
		w := newWalk(a.w.s)
		rest, size := c, n
		for _, b := range before {
			size /= len(b.options.levels)
			w.told(b.options.levels[rest/size])
			rest %= size
		}
		o.all[c] = &w.asking
	}
	a.otherwise = o
}

// combination returns which combination of the answers to some questions was
// given, the last varying fastest, -1 where one is no option; and how many there
// are.
func combination(of []*item, answers []Answer) (at, n int) {
	n = 1
	for i, it := range of {
		k := it.option(answers[i].Field)
		if k < 0 {
			return -1, 0
		}
		at, n = at*len(it.options.levels)+k, n*len(it.options.levels)
	}
	return at, n
}

// option returns the place of a level among the options, -1 for none.
func (it *item) option(level string) int {
	for k, l := range it.options.levels {
		if l == level {
			return k
		}
	}
	return -1
}

// each are the question behind all earlier answers behind which it is asked.
func (a *asking) each() []*asking {
	if a.otherwise == nil {
		return []*asking{a}
	}
	return a.all
}

// over says whether the question is answered, behind all of them.
func (a *asking) over() bool {
	return !slices.ContainsFunc(a.each(), func(b *asking) bool { return !b.done })
}

// now returns what is to be asked now, behind all of them.
func (a *asking) now() []*llm.Request {
	var list []*llm.Request
	for _, b := range a.each() {
		if !b.done {
			list = append(list, b.requests()...)
		}
	}
	return list
}

// take takes in the reply to the next request.
func (a *asking) take(r *llm.Reply) {
	o := a.otherwise
	if o == nil {
		a.hear(r)
		return
	}
	if len(o.turn) == 0 {
		for _, b := range o.all {
			if !b.done {
				for range b.open[b.heard:] {
					o.turn = append(o.turn, b)
				}
			}
		}
	}
	next := o.turn[0]
	o.turn = o.turn[1:]
	next.hear(r)
}

// join gives the answer the probabilities behind each combination of earlier
// ones, and together with these, whose own are given; none when some are not
// known.
func (a *asking) join(before []float64) {
	o := a.otherwise
	if o == nil || len(before) != len(o.all) || slices.ContainsFunc(o.all, func(b *asking) bool { return b.answer.P == nil }) {
		return
	}
	to := &a.answer
	for c, b := range o.all {
		to.Masses = append(to.Masses, b.answer.Mass)
		for _, p := range b.answer.P {
			to.Behind, to.Joint = append(to.Behind, p), append(to.Joint, before[c]*p)
		}
	}
}
