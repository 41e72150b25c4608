package collect

import (
	"math"
	"strconv"

	"silico/analysis/frame"
	"silico/internal/study"
)

// outcome is one answer that a computed source gives.
type outcome struct {
	variable *frame.Variable
	question string   // its name in random streams: the question's, or the variable's
	earlier  []string // variables asked before in the same conversation, first to last
}

// outcomes returns what models answer, in the order of asking: the questions,
// each behind the one it comes after, then variables with the role of an
// answer that no question asks for.
func outcomes(t *Task) []outcome {
	var list []outcome
	asked := make(map[string]bool)
	var ask func(q *study.Question) []string
	ask = func(q *study.Question) (earlier []string) {
		if q.After != "" {
			for _, before := range t.Study.Questions {
				if before.Name == q.After && before != q {
					earlier = append(ask(before), before.Variable)
				}
			}
		}
		v := t.Schema.Variable(q.Variable)
		if v != nil && !asked[q.Variable] {
			asked[q.Variable] = true
			list = append(list, outcome{variable: v, question: q.Name, earlier: earlier})
		}
		return earlier
	}
	for _, q := range t.Study.Questions {
		ask(q)
	}
	for i := range t.Schema.Variables {
		v := &t.Schema.Variables[i]
		if v.Derived == "" && !asked[v.Name] && t.Study.Answers(v) {
			list = append(list, outcome{variable: v, question: v.Name})
		}
	}
	return list
}

// options returns the answers that there are to choose from, nil for numbers
// and texts. A binary variable without levels has 0 and 1.
func (o *outcome) options() []string {
	if o.variable.Levels != nil {
		return o.variable.Levels
	}
	if o.variable.Type == "binary" {
		return []string{"0", "1"}
	}
	return nil
}

// numeric says whether the answer is a number on a scale.
func (o *outcome) numeric() bool {
	return o.variable.Kind() == frame.Number && o.variable.Type != "binary"
}

// chosen returns the code of each row's answer among the options, -1 where it
// is missing.
func (o *outcome) chosen(c *frame.Column) []int32 {
	if c.Coded() {
		return recode(c, o.options())
	}
	codes := make([]int32, c.Len())
	for i := range codes {
		codes[i] = -1
		for k, option := range o.options() {
			if x, err := strconv.ParseFloat(option, 64); err == nil && c.Kind == frame.Number && c.Nums[i] == x {
				codes[i] = int32(k)
			}
		}
	}
	return codes
}

// cut brings a number to where an answer can be: to the ends of the scale, and
// to a whole number where only those are given.
func (o *outcome) cut(x float64, whole bool) float64 {
	if whole {
		x = math.Round(x)
	}
	if o.variable.Type == "count" {
		x = max(x, 0)
	}
	if x < o.variable.Min {
		return o.variable.Min
	}
	if x > o.variable.Max {
		return o.variable.Max
	}
	return x
}

// whole says whether only whole numbers are given.
func (o *outcome) whole() bool {
	return o.variable.Type == "count" || o.variable.Type == "scale"
}
