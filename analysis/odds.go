package analysis

import (
	"math"
	"slices"
	"strconv"

	"silico/analysis/frame"
)

// odds reads from a frame how probable each level of a variable is in a row,
// for the sources that tell it.
type odds struct {
	levels []string
	own    []*frame.Column // of each level, given the earlier answers of the row
	joint  []*frame.Column // of each level together with every earlier answer
	of     []int           // the level of each column of joint
}

// newOdds returns the odds of a variable, nil when the study keeps none.
func newOdds(f *frame.Frame, variable string) *odds {
	o := &odds{}
	for _, v := range f.Schema.Chances(variable) {
		c := f.Col(v.Name)
		if c == nil || c.Kind != frame.Number {
			return nil
		}
		o.levels, o.own = append(o.levels, v.Chance.Levels[0]), append(o.own, c)
	}
	if o.own == nil {
		return nil
	}
	for i := range f.Schema.Variables {
		v := &f.Schema.Variables[i]
		if c := v.Chance; c == nil || len(c.Variables) < 2 || c.Variables[len(c.Variables)-1] != variable || f.Col(v.Name) == nil {
			continue
		}
		o.joint = append(o.joint, f.Col(v.Name))
		o.of = append(o.of, slices.Index(o.levels, v.Chance.Levels[len(v.Chance.Levels)-1]))
	}
	return o
}

// at puts the probabilities of the levels in a row into p, and says whether the
// source tells them: over all earlier answers where it knows those, else given
// the earlier answers of the row.
func (o *odds) at(row int, p []float64) bool {
	clear(p)
	known := o.joint != nil
	for i, c := range o.joint {
		p[o.of[i]] += c.Nums[row]
		known = known && !math.IsNaN(c.Nums[row])
	}
	if !known {
		for k, c := range o.own {
			p[k] = c.Nums[row]
		}
	}
	sum := 0.0
	for _, x := range p {
		sum += x
	}
	if !(sum > 0) {
		return false
	}
	for k := range p {
		p[k] /= sum
	}
	return true
}

// tells says whether a source knows the probabilities in any of its rows.
func (o *odds) tells(src *sourceRows) bool {
	p := make([]float64, len(o.levels))
	return o != nil && slices.ContainsFunc(src.rows, func(row int) bool { return o.at(row, p) })
}

// codes returns the level that each row answers, -1 where it answers none.
func (o *odds) codes(c *frame.Column) []int32 {
	codes := make([]int32, c.Len())
	of := map[string]int32{}
	for k, l := range o.levels {
		of[l] = int32(k)
	}
	if c.Coded() {
		to := make([]int32, len(c.Levels))
		for k, l := range c.Levels {
			to[k] = -1
			if j, ok := of[l]; ok {
				to[k] = j
			}
		}
		for i, k := range c.Codes {
			codes[i] = -1
			if k >= 0 {
				codes[i] = to[k]
			}
		}
		return codes
	}
	for i := range codes {
		codes[i] = -1
		if k, ok := of[strconv.FormatFloat(c.Nums[i], 'f', -1, 64)]; ok {
			codes[i] = k
		}
	}
	return codes
}

// numbers returns the levels as numbers.
func (o *odds) numbers() []float64 {
	xs := make([]float64, len(o.levels))
	for k, l := range o.levels {
		x, err := strconv.ParseFloat(l, 64)
		if err != nil {
			x = math.NaN()
		}
		xs[k] = x
	}
	return xs
}

// withOdds returns the outcomes, those named or all answers, whose
// probabilities the study keeps.
func withOdds(s *frame.Schema, named []string) []string {
	if len(named) == 0 {
		named = answers(s)
	}
	var kept []string
	for _, name := range named {
		if s.Chances(name) != nil {
			kept = append(kept, name)
		}
	}
	return kept
}
