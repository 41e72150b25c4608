package simulate

import (
	"math"
	"testing"

	"silico/analysis/frame"
)

func TestSimulatedAnswersAreOnesThatTheVariableCanTake(t *testing.T) {
	scale := &model{variable: &frame.Variable{Type: "scale", Min: 1, Max: 5}}
	count := &model{variable: &frame.Variable{Type: "count", Min: math.NaN(), Max: math.NaN()}}
	number := &model{variable: &frame.Variable{Type: "number", Min: 0, Max: math.NaN()}}
	for _, tt := range []struct {
		m       *model
		x, want float64
	}{{scale, 3.39, 3}, {scale, 7.2, 5}, {scale, -2, 1}, {count, 2.6, 3}, {count, -1.2, 0}, {number, 3.39, 3.39}, {number, -1, 0}} {
		if got := tt.m.possible(tt.x); got != tt.want {
			t.Errorf("a %s of %v becomes %v, want %v", tt.m.variable.Type, tt.x, got, tt.want)
		}
	}
}
