package stat_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// benchFrame has n rows: eight numbers, factors of 4 and 5 levels, and clusters
// of ten rows. With repeats, the numbers are scales of five points, so that
// rows repeat as they do in surveys.
func benchFrame(n int, repeats bool) *frame.Frame {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	columns := make([][]float64, 8)
	for c := range columns {
		columns[c] = make([]float64, n)
	}
	y, b, g := make([]float64, n), make([]float64, n), make([]float64, n)
	arm, party := make([]int32, n), make([]int32, n)
	for i := range n {
		eta := 0.0
		for c := range columns {
			v := rng.NormFloat64()
			if repeats {
				v = float64(rng.IntN(2))
			}
			columns[c][i] = v
			eta += v * float64(c-3) / 10
		}
		arm[i], party[i] = int32(rng.IntN(4)), int32(rng.IntN(5))
		y[i] = eta + 0.1*float64(arm[i]) + rng.NormFloat64()
		if rng.Float64() < 1/(1+math.Exp(-eta)) {
			b[i] = 1
		}
		g[i] = float64(i / 10)
	}
	cols := []*frame.Column{frame.Numbers("y", y), frame.Numbers("b", b), frame.Numbers("g", g)}
	for c := range columns {
		cols = append(cols, frame.Numbers(fmt.Sprintf("x%d", c+1), columns[c]))
	}
	cols = append(cols,
		&frame.Column{Name: "arm", Kind: frame.Factor, Codes: arm, Levels: []string{"a", "b", "c", "d"}},
		&frame.Column{Name: "party", Kind: frame.Factor, Codes: party, Levels: []string{"p", "q", "r", "s", "t"}})
	return frame.New(cols...)
}

// benchRight gives 15 columns with an intercept left out of the count.
const benchRight = " ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + arm + party"

func benchSizes(b *testing.B, run func(b *testing.B, f *frame.Frame)) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		for _, repeats := range []bool{false, true} {
			name := fmt.Sprintf("rows=%d", n)
			if repeats {
				name += "/repeated"
			}
			b.Run(name, func(b *testing.B) {
				f := benchFrame(n, repeats)
				b.ReportAllocs()
				b.ResetTimer()
				run(b, f)
			})
		}
	}
}

func BenchmarkDesign(b *testing.B) {
	benchSizes(b, func(b *testing.B, f *frame.Frame) {
		for b.Loop() {
			design(b, f, "y"+benchRight, formula.Options{})
		}
	})
}

func BenchmarkOLS(b *testing.B) {
	benchSizes(b, func(b *testing.B, f *frame.Frame) {
		d := design(b, f, "y"+benchRight, formula.Options{})
		for b.Loop() {
			stat.OLS(d)
		}
	})
}

func BenchmarkLogit(b *testing.B) {
	benchSizes(b, func(b *testing.B, f *frame.Frame) {
		d := design(b, f, "b"+benchRight, formula.Options{})
		for b.Loop() {
			stat.GLM(d, stat.Binomial, stat.Logit)
		}
	})
}

func BenchmarkCovariance(b *testing.B) {
	for _, kind := range []string{"HC1", "HC3", "CR1", "CR2"} {
		b.Run(kind, func(b *testing.B) {
			benchSizes(b, func(b *testing.B, f *frame.Frame) {
				m := stat.OLS(design(b, f, "y"+benchRight, formula.Options{}))
				var clusters [][]int
				if stat.Clustered(kind) {
					clusters = append(clusters, m.Design.Cluster(f.Col("g")))
				}
				b.ResetTimer()
				for b.Loop() {
					if _, err := m.Covariance(kind, clusters...); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

func BenchmarkMargins(b *testing.B) {
	benchSizes(b, func(b *testing.B, f *frame.Frame) {
		m := stat.GLM(design(b, f, "b"+benchRight, formula.Options{}), stat.Binomial, stat.Logit)
		b.ResetTimer()
		for b.Loop() {
			if _, err := m.Margins("x1", stat.MarginOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
