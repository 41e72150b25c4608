package study

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"silico/analysis/frame"
)

// measureNumber is any number, between min and max where they are given.
var measureNumber = measure{
	name:   "number",
	kind:   frame.Number,
	allows: []string{"min", "max"},
	number: readNumber,
	answer: func(it *item, _ []int) finder { return numerals{it.variable, readNumber} },
}

// readNumber reads a number between min and max.
func readNumber(v *frame.Variable, field string) (float64, string) {
	x, msg := readFinite(field)
	return inRange(v, field, x, msg)
}

// readFinite reads a decimal number.
func readFinite(field string) (float64, string) {
	if x, ok := digits(field); ok {
		return x, ""
	}
	x, err := strconv.ParseFloat(field, 64)
	switch {
	case err != nil || strings.ContainsAny(field, "xX_pP"):
		if _, err := strconv.ParseFloat(strings.Replace(field, ",", ".", 1), 64); err == nil {
			return math.NaN(), fmt.Sprintf("%q is no number; decimals are written with a point", field)
		}
		return math.NaN(), fmt.Sprintf("%q is no number; a code that means missing is declared with missing = [%q]", field, field)
	case math.IsNaN(x) || math.IsInf(x, 0):
		return math.NaN(), fmt.Sprintf("%q is no finite number; a code that means missing is declared with missing = [%q]", field, field)
	}
	return x, ""
}

// digits reads the commonest numbers: up to 15 digits, which a float64 holds
// as they are.
func digits(field string) (float64, bool) {
	if len(field) == 0 || len(field) > 15 {
		return 0, false
	}
	n := int64(0)
	for i := range len(field) {
		d := field[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = 10*n + int64(d)
	}
	return float64(n), true
}

// inRange holds a number that was read to min and max, which are NaN when
// open.
func inRange(v *frame.Variable, field string, x float64, msg string) (float64, string) {
	switch {
	case msg != "":
		return math.NaN(), msg
	case x < v.Min:
		return math.NaN(), fmt.Sprintf("%s is below the min of %s, %s", field, v.Name, strconv.FormatFloat(v.Min, 'g', -1, 64))
	case x > v.Max:
		return math.NaN(), fmt.Sprintf("%s is above the max of %s, %s", field, v.Name, strconv.FormatFloat(v.Max, 'g', -1, 64))
	}
	return x, ""
}
