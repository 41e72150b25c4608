package formula

import (
	"cmp"
	"math"
	"slices"

	"silico/analysis/frame"
)

// valueKind says what the values of an expression are.
type valueKind uint8

const (
	number  valueKind = iota
	logical           // 0, 1, NaN for missing
	coded             // a factor
	text              // one text
	vector            // c(...): several constants
	matrix            // cbind(...): several columns
	basis             // poly(...): one variable with several columns
)

func (k valueKind) String() string {
	return [...]string{"a number", "a condition", "a factor", "a text", "a list", "a matrix", "a polynomial"}[k]
}

// value is what an expression gives: one value a row, or one for all rows.
type value struct {
	kind   valueKind
	nums   []float64 // number, logical: NaN is missing; a single one stands for all rows
	dots   []float64 // derivative of nums by the evaluator's variable, nil where it is zero
	codes  []int32   // coded: -1 is missing
	levels []string
	scores []float64 // of an ordered column's levels, nil where they have none
	choice bool      // coded: the contrasts were chosen within the formula, by C(x, ...)
	base   string    // coded: the reference level that C chose
	text   string
	parts  []*value // vector, matrix, basis

	contrast Contrast // coded: what C chose
}

// at returns the number of a row.
func (v *value) at(row int) float64 {
	if len(v.nums) == 1 {
		return v.nums[0]
	}
	return v.nums[row]
}

// dot returns the derivative of a row.
func (v *value) dot(row int) float64 {
	switch len(v.dots) {
	case 0:
		return 0
	case 1:
		return v.dots[0]
	}
	return v.dots[row]
}

// missing says whether the value of a row is missing.
func (v *value) missing(row int) bool {
	switch v.kind {
	case coded:
		return v.codes[row] < 0
	case matrix, basis:
		for _, p := range v.parts {
			if p.missing(row) {
				return true
			}
		}
		return false
	case number, logical:
		return math.IsNaN(v.at(row))
	}
	return false
}

func constant(x float64) *value { return &value{kind: number, nums: []float64{x}} }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// ofColumn returns the values of a frame's column. A text column is a factor of
// its distinct values in the order of their bytes.
func ofColumn(c *frame.Column) *value {
	switch c.Kind {
	case frame.Number:
		return &value{kind: number, nums: c.Nums}
	case frame.Text:
		levels := slices.Clone(c.Texts)
		if c.Absent != nil {
			levels = levels[:0]
			for i, s := range c.Texts {
				if !c.Absent[i] {
					levels = append(levels, s)
				}
			}
		}
		slices.Sort(levels)
		levels = slices.Compact(levels)
		code := make(map[string]int32, len(levels))
		for k, l := range levels {
			code[l] = int32(k)
		}
		v := &value{kind: coded, levels: levels, codes: make([]int32, len(c.Texts))}
		for i, s := range c.Texts {
			v.codes[i] = code[s]
			if c.Missing(i) {
				v.codes[i] = -1
			}
		}
		return v
	}
	v := &value{kind: coded, codes: c.Codes, levels: c.Levels}
	if c.Kind == frame.Ordered {
		v.scores = c.Scores
		if v.scores == nil {
			v.scores = make([]float64, len(c.Levels))
			for k := range v.scores {
				v.scores[k] = float64(k)
			}
		}
	}
	return v
}

// factorOf returns a number, condition or factor as a factor: its distinct
// values in ascending order, or the given levels; the rest is missing.
func factorOf(v *value, rows int, levels []string) *value {
	f := &value{kind: coded, codes: make([]int32, rows)}
	if v.kind == coded {
		used := make([]bool, len(v.levels))
		for _, c := range v.codes {
			if c >= 0 {
				used[c] = true
			}
		}
		to := make([]int32, len(v.levels))
		for k, l := range v.levels {
			to[k] = -1
			switch {
			case levels != nil:
				to[k] = int32(slices.Index(levels, l))
			case used[k]:
				to[k] = int32(len(f.levels))
				f.levels = append(f.levels, l)
				if v.scores != nil {
					f.scores = append(f.scores, v.scores[k])
				}
			}
		}
		if levels != nil {
			f.levels = levels
		}
		for i := range f.codes {
			f.codes[i] = -1
			if c := v.codes[i]; c >= 0 {
				f.codes[i] = to[c]
			}
		}
		return f
	}
	var distinct []float64
	at := map[float64]int32{}
	for i := range rows {
		x := v.at(i)
		if _, ok := at[x]; !ok && !math.IsNaN(x) {
			at[x] = 0
			distinct = append(distinct, x)
		}
	}
	slices.SortFunc(distinct, cmp.Compare[float64])
	code := make(map[float64]int32, len(distinct))
	for _, x := range distinct {
		name := formatNumber(x)
		if v.kind == logical {
			name = logicalLevels[int(x)]
		}
		k := int32(slices.Index(f.levels, name)) // two numbers may read alike
		if levels != nil {
			k = int32(slices.Index(levels, name))
		} else if k < 0 {
			k = int32(len(f.levels))
			f.levels = append(f.levels, name)
		}
		code[x] = k
	}
	if levels != nil {
		f.levels = levels
	}
	for i := range f.codes {
		k, ok := code[v.at(i)]
		if !ok {
			k = -1
		}
		f.codes[i] = k
	}
	return f
}

// logicalLevels are the levels of a condition as a factor.
var logicalLevels = []string{"FALSE", "TRUE"}

// texts returns the constants of a value as R writes them, and whether it is
// made of constants.
func (v *value) constants() ([]string, bool) {
	switch v.kind {
	case text:
		return []string{v.text}, true
	case number:
		if len(v.nums) == 1 {
			return []string{formatNumber(v.nums[0])}, true
		}
	case logical:
		if len(v.nums) == 1 && !math.IsNaN(v.nums[0]) {
			return []string{logicalLevels[int(v.nums[0])]}, true
		}
	case vector:
		var all []string
		for _, p := range v.parts {
			c, ok := p.constants()
			if !ok {
				return nil, false
			}
			all = append(all, c...)
		}
		return all, true
	}
	return nil, false
}
