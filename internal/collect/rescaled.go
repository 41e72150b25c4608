package collect

import (
	"fmt"
	"math"
)

// rescaled are the probabilities of a language model, corrected by what the
// training people answered: P(k) ∝ exp(a_k + log p_k / T), where p are the
// model's probabilities of the options for that person and item behind the
// person's earlier answers, a an intercept of each option in each item, and T a
// temperature of each question. What the model knows of who is asked stays; its
// base rates and its confidence are the people's. It says what there is in a
// model without tuning.
type rescaled struct {
	cells  *conditions
	voice  *voice
	scales []*scale // of each outcome; nil where there was nothing to learn
}

// scale is how the probabilities of one outcome are rescaled, and where the
// model's stand.
type scale struct {
	rescaling
	item  *item
	chain []int // the earlier outcomes of its conversation
}

func learnRescaled(s *sheet, l *lesson) (method, []string) {
	m := &rescaled{cells: newConditions(s.t.Study, s.t.People), scales: make([]*scale, len(s.outcomes))}
	of := s.model.Baseline.Of
	for model, v := range s.t.asked.of {
		if model.Name == of {
			m.voice = v
		}
	}
	var warnings []string
	for k := range s.outcomes {
		o := &s.outcomes[k]
		c := s.t.People.Col(o.variable.Name)
		it := m.voice.about(o.variable.Name)
		if c == nil || o.options() == nil || it == nil || len(it.chances) != len(o.options()) {
			warnings = append(warnings, fmt.Sprintf("%s tells no probabilities of %s; it is missing", of, o.variable.Name))
			continue
		}
		sc := &scale{item: it}
		for _, name := range o.earlier {
			sc.chain = append(sc.chain, s.index(name))
		}
		seen, lacking := m.examples(s, l, k, sc)
		if lacking > 0 {
			warnings = append(warnings, fmt.Sprintf("%s has no probabilities for %s of the training people to %s, which teach nothing", of, count(lacking, "answer"), o.variable.Name))
		}
		if len(seen) == 0 {
			warnings = append(warnings, fmt.Sprintf("there is nothing to learn %s from; it is missing", o.variable.Name))
			continue
		}
		sc.rescaling = fitRescaling(len(m.cells.first), len(o.options()), seen)
		if sc.inverse == 0 {
			warnings = append(warnings, fmt.Sprintf("what %s says of persons goes against %s of the training people, so only their shares of each item are left of it", of, o.variable.Name))
		}
		m.scales[k] = sc
	}
	return m, warnings
}

// examples are the answers of the training people to an outcome beside what the
// model says of them, and how many it says nothing of.
func (m *rescaled) examples(s *sheet, l *lesson, k int, sc *scale) (seen []scaled, lacking int) {
	codes := make([][]int32, len(s.outcomes))
	for _, o := range append(append([]int{}, sc.chain...), k) {
		codes[o] = s.outcomes[o].chosen(s.t.People.Col(s.outcomes[o].variable.Name))
	}
	for _, row := range l.rows {
		if codes[k][row] < 0 {
			continue
		}
		logs, ok := m.logs(s, sc, row, func(o int) float64 { return code(codes[o][row]) })
		if !ok {
			lacking++
			continue
		}
		seen = append(seen, scaled{item: int(m.cells.of[row]), answer: int(codes[k][row]), logs: logs})
	}
	return seen, lacking
}

// leastChance is the smallest probability of a model that is taken for itself:
// what its interface leaves out is not impossible.
const leastChance = 1e-6

// logs returns the logarithms of the model's probabilities of the options for a
// unit, given the earlier answers, and whether it has them.
func (m *rescaled) logs(s *sheet, sc *scale, unit int32, earlier func(outcome int) float64) ([]float64, bool) {
	row := int(m.voice.first[unit])
	if row >= len(m.voice.units) || m.voice.units[row] != unit { // the model was not asked about it
		return nil, false
	}
	n := len(sc.item.chances)
	shares := make([]float64, n)
	if len(sc.chain) == 0 {
		for k, c := range sc.item.chances {
			shares[k] = c.Nums[row]
		}
	} else {
		at := 0
		for _, o := range sc.chain {
			k := earlier(o)
			if math.IsNaN(k) || k < 0 {
				return nil, false
			}
			at = at*len(s.outcomes[o].options()) + int(k)
		}
		all := len(sc.item.joint)
		if all < (at+1)*n {
			return nil, false
		}
		copy(shares, sc.item.behind[row*all+at*n:]) // which stands also behind an answer that the model itself never gives
	}
	total := 0.0
	for _, p := range shares {
		total += p
	}
	if !(total > 0) {
		return nil, false
	}
	for k, p := range shares {
		shares[k] = math.Log(max(p/total, leastChance))
	}
	return shares, true
}

// chances are the rescaled probabilities of the model for the row's person and
// item, given the earlier answers.
func (m *rescaled) chances(s *sheet, row, outcome int, earlier func(int) float64, p []float64) bool {
	sc := m.scales[outcome]
	if sc == nil {
		return false
	}
	unit := s.units[row]
	logs, ok := m.logs(s, sc, unit, earlier)
	if !ok {
		return false
	}
	sc.at(int(m.cells.of[unit]), logs, p)
	return true
}

// answer draws from the rescaled probabilities given the answers that were
// drawn before.
func (m *rescaled) answer(s *sheet, row int) {
	for k := range s.outcomes {
		p := make([]float64, len(s.outcomes[k].options()))
		if !m.chances(s, row, k, func(o int) float64 { return s.given(row, o) }, p) {
			continue
		}
		u := s.stream(row, s.outcomes[k].question).Float64()
		for j, share := range p {
			if u < share || j == len(p)-1 {
				s.choose(row, k, int32(j))
				break
			}
			u -= share
		}
	}
}

// about returns what became of the question that asks for a variable, nil when
// none does.
func (v *voice) about(variable string) *item {
	if v == nil {
		return nil
	}
	for _, it := range v.items {
		if it.question.Variable == variable {
			return it
		}
	}
	return nil
}
