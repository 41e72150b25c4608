package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"silico/analysis/frame"
)

// fits says whether a family can make a variable: what Draw can put into its
// column.
func fits(family string, v *frame.Variable) bool {
	switch family {
	case "gaussian", "poisson":
		return v.Kind() == frame.Number && v.Type != "binary"
	case "binomial":
		return v.Type == "binary" || len(v.Levels) == 2
	case "ordinal":
		return v.Kind() == frame.Ordered
	case "multinomial":
		return len(v.Levels) >= 2
	}
	return false
}

// check returns what is wrong with the parameters of a family.
func (e *Effect) check(family string, v *frame.Variable) []error {
	var problems []error
	add := func(key, format string, args ...any) {
		problems = append(problems, &Problem{[]string{key}, fmt.Sprintf(format, args...)})
	}
	if !fits(family, v) {
		add("family", "the family %q makes no answer of type %s, such as %s", family, v.Type, v.Name)
		return problems
	}
	if family == "ordinal" {
		if len(e.Cuts) != len(v.Levels)-1 {
			add("cuts", "%s has %d levels and %d thresholds between them, and there are %d", v.Name, len(v.Levels), len(v.Levels)-1, len(e.Cuts))
		} else if !slices.IsSorted(e.Cuts) {
			add("cuts", "thresholds ascend")
		}
	}
	if family == "gaussian" && !(e.SD >= 0) {
		add("sd", "a standard deviation is not negative")
	}
	if !(e.PersonSD >= 0) {
		add("person_sd", "a standard deviation is not negative")
	}
	return problems
}

// possible returns the nearest value that the variable can take: a scale and a
// count have whole numbers, and none is beyond its declared ends.
func (m *model) possible(x float64) float64 {
	v := m.variable
	if v.Type == "scale" || v.Type == "count" {
		x = math.Round(x)
	}
	if x < v.Min {
		x = v.Min
	}
	if x > v.Max {
		x = v.Max
	}
	if v.Type == "count" {
		x = max(x, 0)
	}
	return x
}

// put draws the answer of a row from its linear predictors and notes it.
func (m *model) put(c *frame.Column, row int, eta []float64, r *rand.Rand) {
	switch m.family {
	case "gaussian":
		c.Nums[row] = m.possible(eta[0] + m.sd*r.NormFloat64())
	case "poisson":
		// A rate beyond 1e15 leaves the whole numbers that a float64 has.
		c.Nums[row] = m.possible(distuv.Poisson{Lambda: math.Exp(min(eta[0], 34)), Src: r}.Rand())
	case "binomial":
		k := int32(0)
		if r.Float64() < logistic(eta[0]) {
			k = 1
		}
		m.choose(c, row, k)
	case "ordinal":
		u := r.Float64()
		k := int32(0)
		for int(k) < len(m.cuts) && u >= logistic(m.cuts[k]-eta[0]) {
			k++
		}
		m.choose(c, row, k)
	case "multinomial":
		m.choose(c, row, pick(eta, r.Float64()))
	}
}

// choose notes a level: its code, or 0 and 1 for a binary variable without
// levels.
func (m *model) choose(c *frame.Column, row int, k int32) {
	if c.Kind == frame.Number {
		c.Nums[row] = float64(k)
		return
	}
	c.Codes[row] = k
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// pick returns the level where u falls among the shares exp(η) of each level,
// the first with η 0.
func pick(eta []float64, u float64) int32 {
	top := max(0, slices.Max(eta))
	total := math.Exp(-top)
	for _, e := range eta {
		total += math.Exp(e - top)
	}
	u = u*total - math.Exp(-top)
	if u < 0 {
		return 0
	}
	for j, e := range eta {
		u -= math.Exp(e - top)
		if u < 0 {
			return int32(j + 1)
		}
	}
	return int32(len(eta))
}
