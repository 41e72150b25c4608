package study

import (
	"silico/internal/llm"
)

// otherwise is a question asked as well behind the earlier answers that were not
// drawn. A question of which the study keeps the distribution is asked behind
// every combination of earlier answers of its conversation that have
// probabilities, so that every expectation over the conversation is exact, and
// not that behind one draw: Σ P(want) P(do | want).
type otherwise struct {
	own  int       // the combination that was drawn
	all  []*asking // by combination, the last earlier answer varying fastest; nil at own
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
	o := &otherwise{}
	n := 1
	for i, b := range before {
		k := b.option(a.w.answers[i].Field)
		if k < 0 { // without an answer there are no others
			return
		}
		o.own = o.own*len(b.options.levels) + k
		n *= len(b.options.levels)
	}
	o.all = make([]*asking, n)
	for c := range n {
		if c == o.own {
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

// option returns the place of a level among the options, -1 for none.
func (it *item) option(level string) int {
	for k, l := range it.options.levels {
		if l == level {
			return k
		}
	}
	return -1
}

// over says whether the question is answered, behind all earlier answers behind
// which it is asked.
func (a *asking) over() bool {
	if !a.done || a.otherwise == nil {
		return a.done
	}
	for _, b := range a.all {
		if b != nil && !b.done {
			return false
		}
	}
	return true
}

// now returns what is to be asked now, behind all earlier answers.
func (a *asking) now() []*llm.Request {
	if a.otherwise == nil {
		return a.requests()
	}
	var list []*llm.Request
	if !a.done {
		list = a.requests()
	}
	for _, b := range a.all {
		if b != nil && !b.done {
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
		for _, b := range append([]*asking{a}, o.all...) {
			if b != nil && !b.done {
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

// joint returns the probabilities of the answers behind each combination of
// earlier ones, and together with these, whose own are given; nil when some are
// not known.
func (a *asking) joint(before []float64) (behind, joint []float64) {
	o := a.otherwise
	if o == nil || len(before) != len(o.all) {
		return nil, nil
	}
	for c, b := range o.all {
		if c == o.own {
			b = a
		}
		if b.answer.P == nil {
			return nil, nil
		}
		for _, p := range b.answer.P {
			behind, joint = append(behind, p), append(joint, before[c]*p)
		}
	}
	return behind, joint
}
