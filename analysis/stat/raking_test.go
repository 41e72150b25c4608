package stat

import (
	"math"
	"strings"
	"testing"
)

func TestRakingNamesWhatNoWeightCanDo(t *testing.T) {
	for name, tt := range map[string]struct {
		margins []Margin
		says    string
	}{
		"a target without rows": {[]Margin{{"age", []int{0, 0, 1}, []float64{.4, .4, .2}}}, "category 3 of age has 0 rows"},
		"rows without a target": {[]Margin{{"age", []int{0, 0, 1}, []float64{1, 0}}}, "category 2 of age has 1 rows"},
		"no shares":             {[]Margin{{"age", []int{0, 0, 1}, []float64{-1, 2}}}, "targets of age are no shares"},
		"margins that contradict": {[]Margin{ // 0-0 and 1-1 alone: shares must be equal
			{"a", []int{0, 0, 1}, []float64{.3, .7}}, {"b", []int{0, 0, 1}, []float64{.6, .4}},
		}, "did not converge"},
	} {
		w := Rake(tt.margins, RakeOptions{MaxRounds: 50})
		if w.Converged || len(w.Warnings) == 0 || !strings.Contains(w.Warnings[0], tt.says) {
			t.Errorf("%s: warnings %q, want %q", name, w.Warnings, tt.says)
		}
	}
	w := Rake([]Margin{{"age", []int{0, 1}, []float64{.5, .5}}}, RakeOptions{Base: []float64{1, 0}})
	if !math.IsNaN(w.W[0]) || len(w.Warnings) == 0 {
		t.Errorf("a base weight of 0 gives %v, %q; want NaN and a warning", w.W, w.Warnings)
	}
}

func TestRakedWeightsHaveTheTargetsAndIgnoreTheOrderOfMargins(t *testing.T) {
	a := Margin{"a", []int{0, 0, 1, 1, 1, 0, 1}, []float64{.3, .7}}
	b := Margin{"b", []int{0, 1, 2, 0, 1, 2, 1}, []float64{2, 3, 5}}
	base := []float64{1, 2, 1, .5, 1, 1, 3}
	one, other := Rake([]Margin{a, b}, RakeOptions{Base: base}), Rake([]Margin{b, a}, RakeOptions{Base: base})
	sums := make([]float64, 3)
	for i, v := range one.W {
		sums[b.Code[i]] += v
		wantNear(t, "weight by either order", v, other.W[i], 1e-11)
	}
	for c, want := range []float64{.2, .3, .5} {
		wantNear(t, "share of b", sums[c]/9.5, want, 1e-12)
	}
	mean := one.Mean([]float64{1, 2, 3, 4, 5, 6, 7}, nil)
	apart := one.Mean([]float64{1, 2, 3, 4, 5, 6, 7}, []int{9, 8, 7, 6, 5, 4, 3})
	if mean != apart {
		t.Errorf("one row a person: %+v with clusters, %+v without", apart, mean)
	}
	if one := one.Mean([]float64{1, 2, 3, 4, 5, 6, 7}, make([]int, 7)); !math.IsNaN(one.SE) {
		t.Errorf("one person has the error %v, want NaN", one.SE)
	}
}
