package analysis

import "testing"

func tenModels(b *testing.B) Input {
	var ms []simulated
	for i, n := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		ms = append(ms, simulated{n, float64(i) / 10})
	}
	return input(withModels(verbagg(b, true), ms...), 2)
}

func BenchmarkTenModels(b *testing.B) {
	in := tenModels(b)
	for _, kind := range Kinds() {
		p, _ := New(kind)
		if len(p.Needs()) > 0 || kind == "regression" {
			continue
		}
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				runOn(b, p, in)
			}
		})
	}
}
