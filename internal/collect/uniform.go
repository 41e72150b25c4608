package collect

import (
	"fmt"
	"math"
)

// uniform guesses: every answer is drawn with equal chances among its levels,
// or evenly between the ends of its scale, whole numbers where only those are
// given. It knows nothing.
type uniform struct{}

func learnUniform(s *sheet, _ *lesson) (method, []string) {
	var warnings []string
	for _, o := range s.outcomes {
		if o.numeric() && !closed(&o) {
			warnings = append(warnings, fmt.Sprintf("%s is guessed between its ends, and it has none; give the variable min and max", o.variable.Name))
		}
	}
	return uniform{}, warnings
}

// chances are the same for all options.
func (uniform) chances(_ *sheet, _, _ int, _ func(int) float64, p []float64) bool {
	for j := range p {
		p[j] = 1 / float64(len(p))
	}
	return true
}

func closed(o *outcome) bool {
	return !math.IsNaN(o.variable.Min) && !math.IsNaN(o.variable.Max)
}

func (uniform) answer(s *sheet, row int) {
	for k := range s.outcomes {
		o := &s.outcomes[k]
		r := s.stream(row, o.question)
		switch {
		case o.options() != nil:
			s.choose(row, k, int32(r.IntN(len(o.options()))))
		case !o.numeric() || !closed(o):
		case o.whole():
			lo, hi := math.Ceil(o.variable.Min), math.Floor(o.variable.Max)
			s.answers[k].Nums[row] = lo + math.Floor(r.Float64()*(hi-lo+1))
		default:
			s.answers[k].Nums[row] = o.variable.Min + r.Float64()*(o.variable.Max-o.variable.Min)
		}
	}
}
