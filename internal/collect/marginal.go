package collect

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// marginal gives the base rates: each answer is drawn from the answers that the
// training people gave to the same item, a question in one condition of the
// experiment. It knows items and nothing about persons: not who answers, and
// not what the same respondent has answered before.
type marginal struct {
	cells *conditions
	pools [][]pool // outcome, cell
	whole []pool   // outcome: all cells, for a cell that nobody answered
}

// pool is a bag of answers to draw from: how often each option was chosen, or
// the numbers given, sorted.
type pool struct {
	counts  []int
	total   int
	numbers []float64
}

func learnMarginal(s *sheet, l *lesson) (method, []string) {
	m := &marginal{cells: newConditions(s.t.Study, s.t.People)}
	var warnings []string
	for k := range s.outcomes {
		o := &s.outcomes[k]
		pools := make([]pool, len(m.cells.first))
		var whole pool
		c := s.t.People.Col(o.variable.Name)
		switch {
		case c == nil:
		case o.options() != nil:
			codes := o.chosen(c)
			for _, row := range l.rows {
				if codes[row] >= 0 {
					pools[m.cells.of[row]].choose(int(codes[row]), len(o.options()))
					whole.choose(int(codes[row]), len(o.options()))
				}
			}
		case o.numeric():
			for _, row := range l.rows {
				if !c.Missing(int(row)) {
					pools[m.cells.of[row]].number(c.Nums[row])
					whole.number(c.Nums[row])
				}
			}
		}
		for i := range pools {
			slices.Sort(pools[i].numbers)
		}
		slices.Sort(whole.numbers)
		m.pools = append(m.pools, pools)
		m.whole = append(m.whole, whole)
		warnings = append(warnings, m.gaps(s, k)...)
	}
	return m, warnings
}

// gaps says where there was nothing to learn from.
func (m *marginal) gaps(s *sheet, k int) []string {
	o := &s.outcomes[k]
	if o.options() == nil && !o.numeric() {
		return nil
	}
	if m.whole[k].total == 0 {
		return []string{fmt.Sprintf("no training person answered %s; it is missing", o.variable.Name)}
	}
	empty := make(map[int32]bool)
	for _, u := range s.t.Units {
		if cell := m.cells.of[u]; m.pools[k][cell].total == 0 {
			empty[cell] = true
		}
	}
	if len(empty) > 0 {
		return []string{fmt.Sprintf("no training person answered %s in %s; the shares over all conditions stand in", o.variable.Name, count(len(empty), "condition"))}
	}
	return nil
}

func (m *marginal) answer(s *sheet, row int) {
	for k := range s.outcomes {
		p := m.poolOf(s, row, k)
		if p.total == 0 {
			continue
		}
		r := s.stream(row, s.outcomes[k].question)
		if p.counts != nil {
			s.choose(row, k, p.option(r))
		} else {
			s.answers[k].Nums[row] = p.numbers[r.IntN(p.total)]
		}
	}
}

// chances are the shares of the item, whatever was answered before.
func (m *marginal) chances(s *sheet, row, outcome int, _ func(int) float64, p []float64) bool {
	own := m.poolOf(s, row, outcome)
	if own.counts == nil {
		return false
	}
	for j, n := range own.counts {
		p[j] = float64(n) / float64(own.total)
	}
	return true
}

// poolOf returns what a row draws from: the answers to its item, or to all
// items where nobody answered that.
func (m *marginal) poolOf(s *sheet, row, outcome int) *pool {
	if p := &m.pools[outcome][m.cells.of[s.units[row]]]; p.total > 0 {
		return p
	}
	return &m.whole[outcome]
}

func (p *pool) choose(option, options int) {
	if p.counts == nil {
		p.counts = make([]int, options)
	}
	p.counts[option]++
	p.total++
}

func (p *pool) number(x float64) {
	p.numbers = append(p.numbers, x)
	p.total++
}

// option draws an option by its share.
func (p *pool) option(r *rand.Rand) int32 {
	n := r.IntN(p.total)
	for k, c := range p.counts {
		if n < c {
			return int32(k)
		}
		n -= c
	}
	panic("collect: counts do not add up")
}
