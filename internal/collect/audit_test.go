package collect

import (
	"math"
	"testing"

	"silico/analysis/stat"
)

func TestDriftIsTheChanceOfSuchADifference(t *testing.T) {
	pairs := func(n int, was, now string) (list [][2]string) {
		for range n {
			list = append(list, [2]string{was, now})
		}
		return list
	}
	for _, tt := range []struct {
		name  string
		pairs [][2]string
		want  float64
	}{
		{"nothing", nil, 1},
		{"nothing changes", pairs(50, "no", "no"), 1},
		{"as many each way", append(pairs(5, "no", "yes"), pairs(5, "yes", "no")...), 1},
		{"one", pairs(1, "no", "yes"), 1},
		// Exact: all five, or all ten, go one way, or all the other.
		{"five one way", append(pairs(5, "no", "yes"), pairs(40, "no", "no")...), 2.0 / 32},
		{"ten one way", pairs(10, "no", "yes"), 2.0 / 1024},
	} {
		got := drift(tt.pairs, stat.NewStreams(1).At(tt.name))
		if math.Abs(got-tt.want) > 4*math.Sqrt(tt.want*(1-tt.want)/2000)+1.0/2000 {
			t.Errorf("%s: p = %v, want %v within the error of 1,999 permutations", tt.name, got, tt.want)
		}
	}
}

func TestShiftIsHalfTheSumOfTheDifferences(t *testing.T) {
	for _, tt := range []struct {
		name string
		p, q []float64
		want float64
		ok   bool
	}{
		{"some moves", []float64{0.5, 0.5, 0}, []float64{0.2, 0.5, 0.3}, 0.3, true},
		{"all moves", []float64{1, 0}, []float64{0, 1}, 1, true},
		{"nothing moves", []float64{0.4, 0.6}, []float64{0.4, 0.6}, 0, true},
		{"none then", nil, []float64{0.4, 0.6}, 0, false},
		{"none now", []float64{0.4, 0.6}, nil, 0, false},
	} {
		if got, ok := shiftOf(tt.p, tt.q); ok != tt.ok || math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%s: %v, %v; want %v, %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}
