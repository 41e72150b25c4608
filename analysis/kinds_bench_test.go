package analysis

import "testing"

// tenModels is what an analysis runs on in a study of eleven sources.
func tenModels(b *testing.B) Input {
	var ms []simulated
	for i, n := range []string{"near", "middle", "c", "d", "e", "f", "g", "h", "i", "j"} {
		ms = append(ms, simulated{n, float64(i) / 10})
	}
	return input(withModels(verbagg(b, true), ms...), 2)
}

func BenchmarkTenModels(b *testing.B) {
	in := tenModels(b)
	in.Results = map[string]*Result{}
	for _, kind := range Kinds() {
		p, _ := New(kind)
		if kind == "regression" || kind == "recovery" {
			suit(p)
		}
		if r, ok := p.(*Recovery); ok {
			r.Splits, r.Replicates = 200, 1000
			reg, _ := New("regression")
			suit(reg)
			in.Results["regression"] = runOn(b, reg, in)
		}
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				runOn(b, p, in)
			}
		})
	}
}
