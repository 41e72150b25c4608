package study

import (
	"fmt"
	"math"
	"strings"

	"silico/analysis/frame"
)

// measureCount is a whole number from 0 on.
var measureCount = measure{
	name:   "count",
	kind:   frame.Number,
	allows: []string{"min", "max"},
	number: readCount,
	answer: func(it *item, _ []int) finder { return counts{numerals{it.variable, readCount}} },
	check: func(l *loader, s *section, v *Variable) {
		checkWhole(l, s, v)
		if v.Min < 0 {
			l.doc.value(s.where("min"), "a count is never negative")
		}
	},
}

// readCount reads a whole number of at least 0, between min and max.
func readCount(v *frame.Variable, field string) (float64, string) {
	x, msg := readWhole(v, field)
	if msg == "" && x < 0 {
		return math.NaN(), fmt.Sprintf("%s is negative, and %s is a count", field, v.Name)
	}
	return inRange(v, field, x, msg)
}

// counts finds a count: a number, or a word for one.
type counts struct{ numerals }

func (c counts) strict(text string) (string, bool) {
	switch strings.Trim(text, " .,;:!?'") {
	case "none", "never", "not once", "no times", "not at all":
		return c.field(0)
	case "once", "one time":
		return c.field(1)
	case "twice":
		return c.field(2)
	}
	return c.numerals.strict(text)
}
