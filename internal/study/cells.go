package study

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// cells reads fields as they stand in a file into a column of the frame.
type cells struct {
	v       *frame.Variable
	missing []string    // fields that mean missing
	number  numberOf    // of a number column
	levels  *dictionary // of a column with levels
	open    bool        // the levels are those that come, as for ids
	col     *frame.Column
}

// newCells returns the cells of a column of some rows, each of which is to be
// put.
func newCells(v *frame.Variable, missing []string, rows int) *cells {
	c := &cells{v: v, missing: missing, open: v.Type == "id", col: &frame.Column{Name: v.Name, Kind: frame.Factor}}
	if m := measureOf(v.Type); m != nil {
		c.col.Kind, c.number = m.column(v), m.number
	}
	switch c.col.Kind {
	case frame.Number:
		c.col.Nums = make([]float64, rows)
	case frame.Text:
		c.col.Texts = make([]string, rows)
		c.col.Absent = make([]bool, rows)
	default:
		c.col.Codes = make([]int32, rows)
		c.col.Levels, c.col.Labels, c.col.Scores = v.Levels, v.Labels, v.Scores
		c.levels = newDictionary(v.Levels)
	}
	return c
}

// put puts a field into a row and says whether it is sound. What is not is
// missing.
func (c *cells) put(row int, field string) bool {
	switch c.col.Kind {
	case frame.Number:
		x, msg := math.NaN(), ""
		if !slices.Contains(c.missing, field) {
			x, msg = c.number(c.v, field)
		}
		c.col.Nums[row] = x
		return msg == ""
	case frame.Text:
		if c.col.Absent[row] = slices.Contains(c.missing, field); !c.col.Absent[row] {
			c.col.Texts[row] = field
		}
		return true
	}
	k := c.levels.find(field)
	sound := true
	if k < 0 && !slices.Contains(c.missing, field) {
		if sound = c.open; sound {
			k = c.levels.add(field)
		}
	}
	c.col.Codes[row] = k
	return sound
}

// mistake says what is not sound with a field, and what was probably meant.
func (c *cells) mistake(field string) (msg, hint string) {
	if c.col.Kind == frame.Number {
		_, msg = c.number(c.v, field)
		return msg, ""
	}
	return fmt.Sprintf("%q is no level of %s; declared are %s", field, c.v.Name, shortList(c.v.Levels)), expr.Suggest(field, c.v.Levels)
}

// column returns the column when all rows are put.
func (c *cells) column() *frame.Column {
	switch {
	case c.col.Kind == frame.Text:
		c.col.Texts = pack(c.col.Texts)
	case c.open:
		c.col.Levels = pack(c.levels.texts)
	}
	return c.col
}

// shortList joins the first levels of a list.
func shortList(levels []string) string {
	if len(levels) > 12 {
		return strings.Join(levels[:12], ", ") + fmt.Sprintf(" and %d more", len(levels)-12)
	}
	return strings.Join(levels, ", ")
}
