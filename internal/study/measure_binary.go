package study

import (
	"fmt"
	"math"

	"silico/analysis/frame"
)

// measureBinary is 0 or 1, or one of two levels.
var measureBinary = measure{
	name:   "binary",
	kind:   frame.Number,
	allows: []string{"levels"},
	number: readBinary,
	answer: namedOption,
	check: func(l *loader, s *section, v *Variable) {
		if len(v.Levels) > 2 {
			l.doc.value(s.where("levels"), "a binary variable has two levels, not %d; use choice or ordinal", len(v.Levels))
		}
	},
}

// readBinary reads 0 and 1, and the words that programs write for them.
func readBinary(v *frame.Variable, field string) (float64, string) {
	switch field {
	case "0", "false", "FALSE", "False":
		return 0, ""
	case "1", "true", "TRUE", "True":
		return 1, ""
	}
	return math.NaN(), fmt.Sprintf("%q is neither 0 nor 1; declare levels if %s has two of its own", field, v.Name)
}
