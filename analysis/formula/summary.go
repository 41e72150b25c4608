package formula

import (
	"math"
	"slices"
)

// summaries are the functions that give one number for all rows: of the values
// that are there, which the call keeps over changed data, as scale does.
//
// R gives NA when a value is missing, and the model has no rows then.
var summaries = map[string]func(xs []float64) float64{
	"mean": func(xs []float64) float64 { m, _ := spread(xs, 0); return m },
	"sd": func(xs []float64) float64 {
		m, _ := spread(xs, 0)
		_, s := spread(xs, m)
		return s
	},
	"median": func(xs []float64) float64 {
		slices.Sort(xs)
		h := len(xs) / 2
		if len(xs)%2 == 1 {
			return xs[h]
		}
		return (xs[h-1] + xs[h]) / 2
	},
	"min": slices.Min[[]float64],
	"max": slices.Max[[]float64],
	"sum": func(xs []float64) float64 {
		s := 0.0
		for _, x := range xs {
			s += x
		}
		return s
	},
}

func (e *evaluator) summary(n *node) (*value, *SyntaxError) {
	x, err := e.numeric(n.args[0], n)
	if err != nil {
		return nil, err
	}
	s, ok := e.summaries[n]
	if !ok {
		xs := slices.DeleteFunc(slices.Clone(x.nums), math.IsNaN)
		s = math.NaN()
		if len(xs) > 0 {
			s = summaries[n.name](xs)
		}
		e.summaries[n] = s
	}
	return constant(s), nil
}
