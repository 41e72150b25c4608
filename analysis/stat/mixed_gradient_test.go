package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// Slopes by three crossed factors of different size, so that every kind of
// block occurs.
func TestMixedGradientIsThatOfTheDeviance(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 300
	d := &formula.Design{X: mat.NewDense(n, 2, nil), Names: []string{"(Intercept)", "x"}, Terms: []string{"x"}, Assign: []int{0, 1}}
	sizes := []int{40, 6, 3}
	for range sizes {
		d.Random = append(d.Random, formula.RandomEffect{Z: mat.NewDense(n, 2, nil), Names: []string{"(Intercept)", "x"}})
	}
	for i := range n {
		row := []float64{1, rng.NormFloat64()}
		d.X.SetRow(i, row)
		d.Y = append(d.Y, row[1]+rng.NormFloat64())
		d.Weights = append(d.Weights, float64(1+i%3))
		for k, size := range sizes {
			d.Random[k].Z.SetRow(i, row)
			d.Random[k].Codes = append(d.Random[k].Codes, (i*7+rng.IntN(3))%size)
		}
	}
	for k, size := range sizes {
		d.Random[k].Group = string(rune('a' + k))
		d.Random[k].Levels = make([]string, size)
	}
	for _, reml := range []bool{true, false} {
		p := newMixedProfile(newMixedSums(d), reml)
		theta := make([]float64, p.thetas)
		for k := range theta {
			theta[k] = .3 + rng.Float64()
		}
		if !p.evaluate(theta) {
			t.Fatal("no deviance")
		}
		got := slices.Clone(p.gradient)
		for k := range theta {
			const h = 1e-4
			var d [2]float64
			for side, step := range []float64{-h, h} {
				moved := slices.Clone(theta)
				moved[k] += step
				p.evaluate(moved)
				d[side] = p.deviance
			}
			if want := (d[1] - d[0]) / (2 * h); math.Abs(got[k]-want) > 1e-6*math.Max(1, math.Abs(want)) {
				t.Errorf("REML %v: derivative by θ[%d] = %.9g, want %.9g", reml, k, got[k], want)
			}
		}
	}
}
