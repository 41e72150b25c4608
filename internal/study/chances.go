package study

import (
	"slices"
	"strconv"
	"strings"

	"silico/analysis/frame"
)

// manyChances is how many columns of probabilities one question may have.
const manyChances = 200

// chances adds to the columns the probabilities of the answers to questions
// that keep them. Those of a question that comes after others are given the
// earlier answers of the row; beside them stand those of its answer together
// with the earlier ones, from which every expectation follows.
func (l *loader) chances(sections []*section) {
	for i, q := range l.s.Questions {
		s := sections[i]
		if q.Keep == "" || !l.oneOf(s, "keep", q.Keep, []string{"distribution"}, "thing to keep") {
			continue
		}
		chain := l.chain(q)
		if chain == nil { // reported elsewhere
			continue
		}
		last := chain[len(chain)-1]
		if choicesOf(last) == nil {
			l.doc.value(s.where("keep"), "%s has no levels whose probabilities could be kept", last.Name)
			continue
		}
		l.chance(s, []*frame.Variable{last})
		together := 1
		for _, v := range chain {
			together *= len(choicesOf(v))
		}
		switch {
		case len(chain) == 1 || together == 0: // alone, or behind an answer without levels
		case together > manyChances:
			l.doc.value(s.where("keep"), "the answer to %s has %d combinations with those before it; at most %d are kept", q.Name, together, manyChances)
		default:
			l.chance(s, chain)
		}
	}
}

// chance adds the columns for the combinations of the levels of some variables.
func (l *loader) chance(s *section, of []*frame.Variable) {
	var names []string
	for _, v := range of {
		names = append(names, v.Name)
	}
	var add func(levels []string)
	add = func(levels []string) {
		if k := len(levels); k < len(of) {
			for _, option := range choicesOf(of[k]) {
				add(append(slices.Clone(levels), option))
			}
			return
		}
		var words []string
		for k, v := range of {
			words = append(words, v.Name+" = "+levels[k])
		}
		name := frame.ChanceColumn(strings.Join(names, "_"), strings.Join(levels, "_"))
		if l.s.schema.Variable(name) != nil {
			l.doc.value(s.where("keep"), "the probability of %s would be the column %s, and there is one of that name; choose another name", strings.Join(words, " and "), name)
			return
		}
		l.s.schema.Variables = append(l.s.schema.Variables, frame.Variable{
			Name: name, Type: "number", Role: frame.RoleChance, Text: "Probability of " + strings.Join(words, " and "),
			Min: 0, Max: 1, Within: true, Chance: &frame.Chance{Variables: names, Levels: levels},
		})
	}
	add(nil)
}

// chain returns the variables of a conversation up to a question, nil when one
// of them is not known.
func (l *loader) chain(q *Question) []*frame.Variable {
	var chain []*frame.Variable
	for n := 0; q != nil && n <= len(l.s.Questions); n++ {
		v := l.s.schema.Variable(q.Variable)
		if v == nil {
			return nil
		}
		chain = append([]*frame.Variable{v}, chain...)
		at := slices.IndexFunc(l.s.Questions, func(o *Question) bool { return q.After != "" && o.Name == q.After })
		if q = nil; at >= 0 {
			q = l.s.Questions[at]
		}
	}
	return chain
}

// choicesOf returns the answers that there are to choose from: the levels, 0 and
// 1 of a binary variable without levels, the numbers of a scale; nil for others.
func choicesOf(v *frame.Variable) []string {
	switch {
	case v.Levels != nil:
		return v.Levels
	case v.Type == "binary":
		return []string{"0", "1"}
	case v.Type == "scale" && v.Max-v.Min < manyChances:
		var choices []string
		for x := v.Min; x <= v.Max; x++ {
			choices = append(choices, strconv.FormatFloat(x, 'f', -1, 64))
		}
		return choices
	}
	return nil
}
