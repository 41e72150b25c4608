package collect

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"silico/analysis/frame"
)

// empty returns the column of a variable with every value missing.
func empty(v *frame.Variable, rows int) *frame.Column {
	c := &frame.Column{Name: v.Name, Kind: v.Kind()}
	switch c.Kind {
	case frame.Number:
		c.Nums = make([]float64, rows)
		for i := range c.Nums {
			c.Nums[i] = math.NaN()
		}
	case frame.Text:
		c.Texts = make([]string, rows)
		c.Absent = make([]bool, rows)
		for i := range c.Absent {
			c.Absent[i] = true
		}
	default:
		c.Levels, c.Labels, c.Scores = v.Levels, v.Labels, v.Scores
		c.Codes = make([]int32, rows)
		for i := range c.Codes {
			c.Codes[i] = -1
		}
	}
	return c
}

// set puts a value as it stands in a data file into a row; text that is no
// level or no number is missing.
func set(c *frame.Column, row int, value string) {
	switch c.Kind {
	case frame.Number:
		x, err := strconv.ParseFloat(value, 64)
		if err != nil {
			x = math.NaN()
		}
		c.Nums[row] = x
	case frame.Text:
		c.Texts[row], c.Absent[row] = value, false
	default:
		c.Codes[row] = c.Code(value)
	}
}

// put copies n values into c from row at on: the given rows of from, all of
// them when rows is nil. Codes are those of c's levels.
func put(c *frame.Column, at int, from *frame.Column, rows []int32, n int) {
	if from == nil {
		return
	}
	switch {
	case c.Kind == frame.Number && from.Kind == frame.Number:
		gather(c.Nums[at:at+n], from.Nums, rows)
	case c.Kind == frame.Text && from.Kind == frame.Text:
		gather(c.Texts[at:at+n], from.Texts, rows)
		if from.Absent == nil {
			clear(c.Absent[at : at+n])
			return
		}
		gather(c.Absent[at:at+n], from.Absent, rows)
	case c.Coded() && from.Coded():
		gather(c.Codes[at:at+n], recode(from, c.Levels), rows)
	default:
		panic(fmt.Sprintf("collect: column %q is %v here and %v there", c.Name, c.Kind, from.Kind))
	}
}

func gather[T any](to, from []T, rows []int32) {
	if rows == nil {
		copy(to, from)
		return
	}
	for i, r := range rows {
		to[i] = from[r]
	}
}

// recode returns the codes of a column among other levels, -1 for a level that
// is not among them.
func recode(c *frame.Column, levels []string) []int32 {
	if slices.Equal(c.Levels, levels) {
		return c.Codes
	}
	to := make([]int32, len(c.Levels))
	for k, l := range c.Levels {
		to[k] = int32(slices.Index(levels, l))
	}
	codes := make([]int32, len(c.Codes))
	for i, k := range c.Codes {
		codes[i] = -1
		if k >= 0 {
			codes[i] = to[k]
		}
	}
	return codes
}
