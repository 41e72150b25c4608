package collect

import (
	"math"

	"silico/analysis/frame"
)

// teller is a method that knows how probable each option is. It puts the
// probabilities of an outcome's options, which sum to 1, into p, given the
// earlier answers by outcome, and says whether it knows them.
type teller interface {
	chances(s *sheet, row, outcome int, earlier func(outcome int) float64, p []float64) bool
}

// chances are the columns of probabilities of one outcome: of its options given
// the earlier answers of the row, and of its options together with the earlier
// answers of the conversation, whatever these are.
type chances struct {
	own   []*frame.Column // of each option
	joint []*frame.Column // of each combination, the last varying fastest; nil for an outcome that is asked alone
	chain []int           // the outcomes of the conversation up to this one, which is the last
}

// newChances returns the empty columns of what the study keeps.
func newChances(s *sheet) []*chances {
	var list []*chances
	for k, o := range s.outcomes {
		own := s.t.Schema.Chances(o.variable.Name)
		if own == nil || len(own) != len(o.options()) {
			continue
		}
		c := &chances{own: s.chanceColumns(own)}
		names := append(append([]string{}, o.earlier...), o.variable.Name)
		for _, name := range names {
			c.chain = append(c.chain, s.index(name))
		}
		if len(c.chain) > 1 {
			c.joint = s.chanceColumns(s.t.Schema.Chances(names...))
		}
		c.chain[len(c.chain)-1] = k
		list = append(list, c)
	}
	return list
}

func (s *sheet) chanceColumns(of []*frame.Variable) []*frame.Column {
	var cols []*frame.Column
	for _, v := range of {
		cols = append(cols, empty(v, len(s.units)))
	}
	return cols
}

// fill puts the probabilities of a row, which is answered already, into the
// columns; they stay missing where the method does not know them.
func (c *chances) fill(s *sheet, t teller, row int) {
	k := c.chain[len(c.chain)-1]
	p := make([]float64, len(c.own))
	if !t.chances(s, row, k, func(o int) float64 { return s.given(row, o) }, p) {
		return
	}
	for j, x := range p {
		c.own[j].Nums[row] = x
	}
	if c.joint == nil {
		return
	}
	given := make([]float64, len(s.outcomes))
	for o := range given {
		given[o] = math.NaN()
	}
	c.walk(s, t, row, 0, 0, 1, given)
}

// walk goes through the options of the chain's outcome number depth, behind
// answers that together are the combination number at and have probability
// before. It says whether the method knows all probabilities.
func (c *chances) walk(s *sheet, t teller, row, depth, at int, before float64, given []float64) bool {
	if depth == len(c.chain) {
		c.joint[at].Nums[row] = before
		return true
	}
	o := c.chain[depth]
	p := make([]float64, len(s.outcomes[o].options()))
	if !t.chances(s, row, o, func(o int) float64 { return given[o] }, p) {
		return false
	}
	for j, x := range p {
		given[o] = float64(j)
		if !c.walk(s, t, row, depth+1, at*len(p)+j, before*x, given) {
			return false
		}
	}
	return true
}
