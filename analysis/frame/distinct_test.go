package frame

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestNumbersAreCodedByTheirPlaceAmongTheDifferentOnes(t *testing.T) {
	nan := math.NaN()
	n := NumberedOf([]float64{3, nan, -1, 3, math.Copysign(0, -1), 0, nan})
	if want := []float64{-1, 0, 3}; !slices.Equal(n.Values, want) {
		t.Errorf("different values are %v, want %v", n.Values, want)
	}
	if want := []int32{2, -1, 0, 2, 1, 1, -1}; !slices.Equal(n.Codes, want) {
		t.Errorf("codes are %v, want %v", n.Codes, want)
	}
}

func TestManyDifferentNumbersAreNotCoded(t *testing.T) {
	xs := make([]float64, manyNumbers+1)
	for i := range xs {
		xs[i] = rand.NormFloat64()
	}
	if n := NumberedOf(xs[:manyNumbers]); n == nil || len(n.Values) != manyNumbers {
		t.Errorf("%d different numbers are not coded", manyNumbers)
	}
	if n := NumberedOf(xs); n != nil {
		t.Errorf("%d different numbers are coded as %d", len(xs), len(n.Values))
	}
}

func TestWhatIsMadeOnceForAFrameIsNotMadeForAnother(t *testing.T) {
	f := New(Numbers("x", []float64{1, 2}))
	made := 0
	count := func() int { made++; return made }
	if a, b := Once(f, "count", count), Once(f, "count", count); a != 1 || b != 1 {
		t.Errorf("two askers get %d and %d, want 1 both", a, b)
	}
	if again := Once(f.With(Numbers("x", []float64{5, 6})), "count", count); again != 2 {
		t.Errorf("a changed frame gets %d, want a value of its own", again)
	}
}
