package collect

import "silico/internal/llm"

// ranks count the sessions of the plan that begin alike. Two respondents who
// are asked in the same words are two draws from one model, never one answer
// used twice. Which of them has which draw follows from the order of the plan
// alone, so no key depends on what was answered already.
//
// Half of an opening tells a million of them apart as well as all of it does.
type ranks map[[len(llm.Key{}) / 2]byte]int32

// take gives a conversation the next rank of its opening. It is called in the
// order of the plan.
func (r ranks) take(c *conversation) {
	opening := [len(c.opening) / 2]byte(c.opening[:])
	c.draw = r[opening]
	r[opening]++
}
