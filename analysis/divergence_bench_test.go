package analysis

import "testing"

func BenchmarkDivergenceOfTenModels(b *testing.B) {
	var ms []simulated
	for i, n := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		ms = append(ms, simulated{n, float64(i) / 10})
	}
	in := input(withModels(verbagg(b, true), ms...), 2)
	for b.Loop() {
		runOn(b, divergence(func(d *Divergence) { d.By = []string{"gender"} }), in)
	}
}
