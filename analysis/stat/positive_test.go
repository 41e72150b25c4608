package stat

import "testing"

func TestPositiveMatricesAreSolvedAndInvertedOneAfterAnother(t *testing.T) {
	p := NewPositive(2)
	if p.Factorize([]float64{1, 2, 0, 1}) { // eigenvalues -1 and 3
		t.Error("[1 2; 2 1] passes for positive definite")
	}
	if !p.Factorize([]float64{4, 2, -99, 3}) { // the lower triangle is not read
		t.Fatal("[4 2; 2 3] does not pass for positive definite")
	}
	x := []float64{8, 8}
	p.Solve(x)
	wantNear(t, "first unknown", x[0], 1, 1e-15)
	wantNear(t, "second unknown", x[1], 2, 1e-15)
	inverse, condition := p.Inverse()
	for i, want := range []float64{3. / 8, -1. / 4, -1. / 4, 1. / 2} {
		wantNear(t, "inverse", inverse[i], want, 1e-15)
	}
	// With columns of one scale it is [1 r; r 1], r = 1/√3, whose condition is (1+r)/(1-r).
	wantNear(t, "condition", condition, 3.7320508075688772, 1e-14)
	p.Factorize([]float64{4e12, 2e6, 0, 3})
	_, scaled := p.Inverse()
	wantNear(t, "condition with a column of another scale", scaled, condition, 1e-12)
}
