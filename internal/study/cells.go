package study

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// cells reads the fields of one column of a file into a column of the frame.
type cells struct {
	v       *frame.Variable
	missing map[string]bool
	codes   map[string]int32 // of the levels
	last    string           // the field of the row before
	again   int32            // its code + 1, 0 when it was no level
	col     *frame.Column
	open    bool // the levels are those that come, as for ids
}

func newCells(v *frame.Variable, missing map[string]bool, rows int) *cells {
	c := &cells{v: v, missing: missing, col: &frame.Column{Name: v.Name, Kind: v.Kind()}, open: v.Type == "id"}
	switch c.col.Kind {
	case frame.Number:
		c.col.Nums = make([]float64, 0, rows)
	case frame.Text:
		c.col.Texts = make([]string, 0, rows)
		c.col.Absent = make([]bool, 0, rows)
	default:
		c.col.Codes = make([]int32, 0, rows)
		c.col.Levels, c.col.Labels, c.col.Scores = v.Levels, v.Labels, v.Scores
		c.codes = make(map[string]int32, len(v.Levels))
		for k, l := range v.Levels {
			c.codes[l] = int32(k)
		}
	}
	return c
}

// add appends a field. The message is "" when it is sound; what is not sound
// is appended as missing.
func (c *cells) add(field string) (msg, hint string) {
	switch c.col.Kind {
	case frame.Number:
		x := math.NaN()
		if !c.missing[field] {
			x, msg = c.number(field)
		}
		c.col.Nums = append(c.col.Nums, x)
		return msg, ""
	case frame.Text:
		if c.missing[field] {
			c.col.Texts, c.col.Absent = append(c.col.Texts, ""), append(c.col.Absent, true)
		} else {
			c.col.Texts, c.col.Absent = append(c.col.Texts, strings.Clone(field)), append(c.col.Absent, false)
		}
		return "", ""
	}
	if c.again > 0 && field == c.last { // rows of a person stand together
		c.col.Codes = append(c.col.Codes, c.again-1)
		return "", ""
	}
	k, ok := c.codes[field]
	switch {
	case ok:
	case c.missing[field]:
		k = -1
	case c.open:
		level := strings.Clone(field)
		k = int32(len(c.col.Levels))
		c.codes[level] = k
		c.col.Levels = append(c.col.Levels, level)
	default:
		k = -1
		msg = fmt.Sprintf("%q is no level of %s; declared are %s", field, c.v.Name, shortList(c.v.Levels))
		hint = expr.Suggest(field, c.v.Levels)
	}
	c.last, c.again = field, k+1
	c.col.Codes = append(c.col.Codes, k)
	return msg, hint
}

// shortList joins the first levels of a list.
func shortList(levels []string) string {
	if len(levels) > 12 {
		return strings.Join(levels[:12], ", ") + fmt.Sprintf(" and %d more", len(levels)-12)
	}
	return strings.Join(levels, ", ")
}

// number reads a field of a number column.
func (c *cells) number(field string) (float64, string) {
	if c.v.Type == "binary" {
		switch field {
		case "0", "false", "FALSE", "False":
			return 0, ""
		case "1", "true", "TRUE", "True":
			return 1, ""
		}
		return math.NaN(), fmt.Sprintf("%q is neither 0 nor 1; declare levels if %s has two of its own", field, c.v.Name)
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
	case (c.v.Type == "scale" || c.v.Type == "count") && x != math.Trunc(x):
		return math.NaN(), fmt.Sprintf("%s is no whole number, and %s is a %s", field, c.v.Name, c.v.Type)
	case c.v.Type == "count" && x < 0:
		return math.NaN(), fmt.Sprintf("%s is negative, and %s is a count", field, c.v.Name)
	case x < c.v.Min:
		return math.NaN(), fmt.Sprintf("%s is below the min of %s, %s", field, c.v.Name, strconv.FormatFloat(c.v.Min, 'g', -1, 64))
	case x > c.v.Max:
		return math.NaN(), fmt.Sprintf("%s is above the max of %s, %s", field, c.v.Name, strconv.FormatFloat(c.v.Max, 'g', -1, 64))
	}
	return x, ""
}
