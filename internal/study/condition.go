package study

import (
	"silico/analysis/expr"
	"silico/analysis/frame"
)

// condition is the rule under which a question is asked. It speaks of what is
// known of the respondent, of the unit, and of answers that were given before.
type condition struct {
	rule    *expr.Expr
	known   []*frame.Column // columns that it names
	answers []*item         // questions whose answers it names
	schema  *frame.Schema
}

// newCondition binds a rule to the columns of the units and to the questions
// that come before.
func newCondition(rule *expr.Expr, units *frame.Frame, before []*item, schema *frame.Schema) *condition {
	c := &condition{rule: rule, schema: schema}
names:
	for _, name := range rule.Names() {
		for _, it := range before {
			if it.Variable == name {
				c.answers = append(c.answers, it)
				continue names
			}
		}
		if col := units.Col(name); col != nil {
			c.known = append(c.known, col)
		}
	}
	return c
}

// holds says whether the rule is true of a unit. A rule that is missing, since
// an answer is, does not hold.
func (c *condition) holds(w *walk, unit int32) bool {
	cols := make([]*frame.Column, 0, len(c.known)+len(c.answers))
	for _, col := range c.known {
		cols = append(cols, col.Take([]int{int(unit)}))
	}
	for _, it := range c.answers {
		cell := newCells(it.variable, empty, 1)
		field := ""
		if a := w.answerTo(it.Name, unit); a != nil {
			field = a.Field
		}
		cell.put(0, field)
		cols = append(cols, cell.column())
	}
	f := frame.New(cols...)
	f.Schema = c.schema
	keep, _, err := c.rule.Rows(f)
	return err == nil && keep[0]
}
