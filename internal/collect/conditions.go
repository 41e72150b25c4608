package collect

import (
	"silico/analysis/frame"
	"silico/internal/study"
)

// conditions number the conditions of the experiment: the combinations of the
// levels of all factors. A question in one condition is one item.
type conditions struct {
	of    []int32 // of each row; rows that lack a level share one
	first []int   // a row of each condition, the first
}

// newConditions numbers the conditions in the order of their first rows.
func newConditions(s *study.Study, f *frame.Frame) *conditions {
	c := &conditions{of: make([]int32, f.Rows())}
	var factors []*frame.Column
	for _, factor := range s.Factors {
		if col := f.Col(factor.Name); col != nil && col.Coded() {
			factors = append(factors, col)
		}
	}
	if f.Rows() == 0 {
		return c
	}
	if len(factors) == 0 {
		c.first = []int{0}
		return c
	}
	k := newKeys(factors[0], factors[1:])
	number := k.counter()
	unknown := int32(0)
	for row := range c.of {
		key, ok := k.of(row)
		n := unknown
		if ok {
			n = number.at(key)
		}
		if n == 0 {
			c.first = append(c.first, row)
			n = int32(len(c.first))
			if ok {
				number.set(key, n)
			} else {
				unknown = n
			}
		}
		c.of[row] = n - 1
	}
	return c
}
