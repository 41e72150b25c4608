package analysis

import (
	"math"
	"testing"

	"silico/analysis/stat"
)

// logitOf returns the refitter of a logit of people who have one outcome each
// in the first and in the second of two cells.
func logitOf(outcomes [][2]float64) *refitter {
	r := &refitter{k: 2, family: stat.Binomial, link: stat.Logit, cells: 2, designs: newRowSet(2), columns: [][]float64{{1, 1}, {0, 1}}, start: []float64{0, 0}}
	r.designs.push([]float64{1, 0}, 0)
	r.designs.push([]float64{1, 1}, 0)
	for g, y := range outcomes {
		r.codes, r.first = append(r.codes, int32(g)), append(r.first, int32(2*g))
		r.entries = append(r.entries, entry{0, 1, y[0]}, entry{1, 1, y[1]})
	}
	r.first = append(r.first, int32(2*len(outcomes)))
	return r
}

func TestARefitIsToThoseWithWeight(t *testing.T) {
	r := logitOf([][2]float64{{0, 1}, {1, 1}, {0, 0}, {1, 0}, {0, 1}})
	s := newSolution(r)
	logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
	check := func(name string, weight []float64, first, second float64) { // shares in the cells
		t.Helper()
		if !s.fit(weight) {
			t.Fatalf("%s: no fit", name)
		}
		if d := math.Abs(s.coef[0]-logit(first)) + math.Abs(s.coef[1]-logit(second)+logit(first)); d > 1e-9 {
			t.Errorf("%s: coefficients %v, want those of the shares %v and %v", name, s.coef, first, second)
		}
	}
	check("everybody", nil, 2./5, 3./5)
	check("the first three", []float64{1, 1, 1, 0, 0}, 1./3, 2./3)
	whole := newSolution(r)
	whole.fit(nil)
	r.whole = whole
	check("the first three, from everybody", []float64{1, 1, 1, 0, 0}, 1./3, 2./3)
	check("the second twice and the third", []float64{0, 2, 1, 0, 0}, 2./3, 2./3)
}

func TestARefitOfSeparatedOutcomesIsNone(t *testing.T) {
	r := logitOf([][2]float64{{0, 1}, {1, 1}, {0, 0}, {1, 0}, {0, 1}})
	whole := newSolution(r)
	whole.fit(nil)
	r.whole = whole
	for name, weight := range map[string][]float64{
		"only 1 in the second cell": {1, 1, 0, 0, 0},
		"only 0 in the second cell": {0, 0, 1, 1, 0},
		"only 0 in the first cell":  {1, 0, 1, 0, 0},
		"nobody":                    {0, 0, 0, 0, 0},
	} {
		if s := newSolution(r); s.fit(weight) {
			t.Errorf("%s: coefficients %v, want no fit", name, s.coef)
		}
	}
}
