package study

import (
	"fmt"
	"math"

	"silico/analysis/frame"
)

// measureScale is a whole number from min to max.
var measureScale = measure{
	name:   "scale",
	kind:   frame.Number,
	needs:  []string{"min", "max"},
	number: readScale,
	answer: func(it *item, _ []int) finder { return numerals{it.variable, readScale} },
	check:  checkWhole,
}

// readScale reads a whole number between min and max.
func readScale(v *frame.Variable, field string) (float64, string) {
	x, msg := readWhole(v, field)
	return inRange(v, field, x, msg)
}

// readWhole reads a whole number.
func readWhole(v *frame.Variable, field string) (float64, string) {
	x, msg := readFinite(field)
	if msg == "" && x != math.Trunc(x) {
		return math.NaN(), fmt.Sprintf("%s is no whole number, and %s is a %s", field, v.Name, v.Type)
	}
	return x, msg
}

// checkWhole reports a range whose ends are no whole numbers.
func checkWhole(l *loader, s *section, v *Variable) {
	for _, end := range []struct {
		key string
		x   float64
	}{{"min", v.Min}, {"max", v.Max}} {
		if end.x != math.Trunc(end.x) && !math.IsNaN(end.x) {
			l.doc.value(s.where(end.key), "a %s has whole numbers, and %s is none", v.Type, end.key)
		}
	}
}
