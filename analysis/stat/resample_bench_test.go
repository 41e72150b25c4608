package stat

import (
	"context"
	"math/rand/v2"
	"testing"
)

// BenchmarkJSOfPeople is the bootstrap of a paper: 316 people and ten sources
// that share them, 24 items, 1,000 resamples of whole people, for every source
// the item-mean and pooled corrected distance.
func BenchmarkJSOfPeople(b *testing.B) {
	const people, items, cats, sources = 316, 24, 3, 11
	rng := rand.New(rand.NewPCG(1, 2))
	panels := make([]*Panel, sources)
	for s := range panels {
		panels[s] = NewPanel(people, items, cats)
		for i := range people {
			for k := range items {
				panels[s].Add(i, k, min(cats-1, rng.IntN(cats+s%2)), 1)
			}
		}
	}
	ctx := context.Background()
	cmp := make([]*JSComparison, sources-1)
	for s := range cmp {
		var err error
		if cmp[s], err = CompareJS(ctx, Resampling{}, panels[0], panels[s+1]); err != nil {
			b.Fatal(err)
		}
	}
	r := Resampling{Streams: NewStreams(1), Name: "bench", B: 1000, Workers: 2}
	b.ReportAllocs()
	for b.Loop() {
		_, err := r.Panels(ctx, People{N: people}, panels, 2*len(cmp), func(t []Table, out []float64) {
			for s, c := range cmp {
				d := c.Replicate(t[0], t[s+1])
				out[2*s], out[2*s+1] = d.RootMean, d.Pooled
			}
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkJSByCounts is the bootstrap of a million independent answers: two
// sources of 500,000 rows, counted, then 1,000 multinomial resamples.
func BenchmarkJSByCounts(b *testing.B) {
	const rows, cats = 500_000, 7
	rng := rand.New(rand.NewPCG(1, 2))
	a, m := make([]int32, rows), make([]int32, rows)
	for i := range a {
		a[i], m[i] = int32(rng.IntN(cats)), int32(min(rng.IntN(cats+2), cats-1))
	}
	r := Resampling{Streams: NewStreams(1), Name: "bench", B: 1000, Workers: 2}
	b.ReportAllocs()
	for b.Loop() {
		counts := [][]float64{make([]float64, cats), make([]float64, cats)}
		for i, c := range a {
			counts[0][c]++
			counts[1][m[i]]++
		}
		_, err := r.Counts(context.Background(), counts, 1, func(g [][]float64, out []float64) {
			out[0] = JSDistance(g[0], g[1])
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
