package frame

import (
	"math"
	"strconv"
)

// Kind says how the values of a column are stored.
type Kind uint8

const (
	Number  Kind = iota // float64; NaN is missing
	Factor              // a code into Levels, in no order; -1 is missing
	Ordered             // a code into Levels, in their order; -1 is missing
	Text                // a string; missing where Absent says so
)

// String returns "number", "factor", "ordered" or "text".
func (k Kind) String() string {
	return [...]string{"number", "factor", "ordered", "text"}[k]
}

// Column is one variable: a name and a value a row. The fields in use follow
// from Kind.
type Column struct {
	Name   string
	Kind   Kind
	Nums   []float64 // Number
	Codes  []int32   // Factor, Ordered
	Levels []string  // Factor, Ordered: what stands in the data
	Labels []string  // Factor, Ordered: what readers see; nil means Levels
	Scores []float64 // Ordered: the number of each level; nil means 0, 1, 2, ...
	Texts  []string  // Text
	Absent []bool    // Text: nil when nothing is missing
}

// Numbers returns a number column. It keeps xs.
func Numbers(name string, xs []float64) *Column {
	return &Column{Name: name, Kind: Number, Nums: xs}
}

// Strings returns a text column without missing values. It keeps xs.
func Strings(name string, xs []string) *Column {
	return &Column{Name: name, Kind: Text, Texts: xs}
}

// Factors returns a factor column of the given values; levels nil means the
// distinct values in order of appearance. A value that is no level is missing.
func Factors(name string, xs, levels []string) *Column {
	c := &Column{Name: name, Kind: Factor, Codes: make([]int32, len(xs))}
	code := make(map[string]int32)
	for _, l := range levels {
		code[l] = int32(len(c.Levels))
		c.Levels = append(c.Levels, l)
	}
	for i, x := range xs {
		k, ok := code[x]
		if !ok {
			k = -1
			if levels == nil {
				k = int32(len(c.Levels))
				code[x] = k
				c.Levels = append(c.Levels, x)
			}
		}
		c.Codes[i] = k
	}
	return c
}

// Len returns the number of rows.
func (c *Column) Len() int {
	switch c.Kind {
	case Number:
		return len(c.Nums)
	case Text:
		return len(c.Texts)
	}
	return len(c.Codes)
}

// Coded says whether the column has levels.
func (c *Column) Coded() bool { return c.Kind == Factor || c.Kind == Ordered }

// Missing says whether the value of a row is missing.
func (c *Column) Missing(row int) bool {
	switch c.Kind {
	case Number:
		return math.IsNaN(c.Nums[row])
	case Text:
		return c.Absent != nil && c.Absent[row]
	}
	return c.Codes[row] < 0
}

// Float returns the value of a row as a number: itself, or the score of an
// ordered level. It is NaN for factors, for texts and where missing.
func (c *Column) Float(row int) float64 {
	switch c.Kind {
	case Number:
		return c.Nums[row]
	case Ordered:
		if k := c.Codes[row]; k >= 0 {
			return c.Score(int(k))
		}
	}
	return math.NaN()
}

// Score returns the number of level k of an ordered column, NaN of a factor.
func (c *Column) Score(k int) float64 {
	switch {
	case c.Kind != Ordered:
		return math.NaN()
	case c.Scores != nil:
		return c.Scores[k]
	}
	return float64(k)
}

// Floats returns Float of every row. For a number column it is the column's
// own slice, which must not be changed.
func (c *Column) Floats() []float64 {
	if c.Kind == Number {
		return c.Nums
	}
	xs := make([]float64, c.Len())
	for i := range xs {
		xs[i] = c.Float(i)
	}
	return xs
}

// String returns the value of a row as it stands in a data file: the level,
// the text, or the shortest decimal that reads back as the number; "" where
// missing.
func (c *Column) String(row int) string {
	if c.Missing(row) {
		return ""
	}
	switch c.Kind {
	case Number:
		return strconv.FormatFloat(c.Nums[row], 'g', -1, 64)
	case Text:
		return c.Texts[row]
	}
	return c.Levels[c.Codes[row]]
}

// Label returns what readers see of a coded row: the label of its level. For
// other kinds it is String.
func (c *Column) Label(row int) string {
	if c.Coded() && c.Labels != nil && c.Codes[row] >= 0 {
		return c.Labels[c.Codes[row]]
	}
	return c.String(row)
}

// LevelLabel returns the label of level k, the level itself when there are no
// labels.
func (c *Column) LevelLabel(k int) string {
	if c.Labels != nil {
		return c.Labels[k]
	}
	return c.Levels[k]
}

// Code returns the code of a level, -1 when there is no such level.
func (c *Column) Code(level string) int32 {
	for k, l := range c.Levels {
		if l == level {
			return int32(k)
		}
	}
	return -1
}

// Take returns the given rows in that order.
func (c *Column) Take(rows []int) *Column {
	d := *c
	switch c.Kind {
	case Number:
		d.Nums = take(c.Nums, rows)
	case Text:
		d.Texts = take(c.Texts, rows)
		if c.Absent != nil {
			d.Absent = take(c.Absent, rows)
		}
	default:
		d.Codes = take(c.Codes, rows)
	}
	return &d
}

func take[T any](xs []T, rows []int) []T {
	ys := make([]T, len(rows))
	for i, r := range rows {
		ys[i] = xs[r]
	}
	return ys
}
