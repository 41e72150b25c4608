package stat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

func TestBinomialDrawsHaveTheBinomialDistribution(t *testing.T) {
	const draws = 200_000
	for i, c := range []struct{ n, p float64 }{
		{1, .5}, {7, .03}, {20, .5}, {20, .8}, {30, .4}, {33, 1. / 3}, {50, .97}, {100, .099}, {100, .101}, {1000, .25}, {40000, .6}, {200000, .00006}, {200000, .3},
	} {
		t.Run(fmt.Sprintf("n=%v,p=%v", c.n, c.p), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, uint64(i)))
			count := map[float64]float64{}
			for range draws {
				x := DrawBinomial(rng, c.n, c.p)
				if x < 0 || x > c.n || x != math.Floor(x) {
					t.Fatalf("drew %v, want a whole number from 0 to %v", x, c.n)
				}
				count[x]++
			}
			// Pearson's statistic over stretches of numbers in which at least
			// 20 draws are expected.
			d := distuv.Binomial{N: c.n, P: c.p}
			sd := math.Sqrt(c.n * c.p * (1 - c.p))
			var chi2, seen, expected, left float64
			left = draws
			groups := 0
			close := func() {
				chi2 += (seen - expected) * (seen - expected) / expected
				groups++
				left -= expected
				seen, expected = 0, 0
			}
			low, high := max(0, math.Floor(c.n*c.p-12*sd-12)), min(c.n, math.Ceil(c.n*c.p+12*sd+12))
			for x := low; x <= high; x++ {
				seen += count[x]
				expected += draws * d.Prob(x)
				if expected >= 20 && left-expected >= 20 {
					close()
				}
			}
			close()
			if p := (distuv.ChiSquared{K: float64(groups - 1)}).Survival(chi2); groups > 1 && p < 1e-4 {
				t.Errorf("%d draws have χ² = %.1f in %d groups against the distribution, p = %.2g", draws, chi2, groups, p)
			}
		})
	}
}

func TestBinomialDrawsAtTheEdges(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ n, p, want float64 }{{0, .5, 0}, {9, 0, 0}, {9, 1, 9}} {
		if got := DrawBinomial(rng, c.n, c.p); got != c.want {
			t.Errorf("a draw of %v trials with probability %v is %v, want %v", c.n, c.p, got, c.want)
		}
	}
}

func BenchmarkDrawBinomial(b *testing.B) {
	for _, n := range []float64{30, 2000, 200_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			for b.Loop() {
				DrawBinomial(rng, n, .2)
			}
		})
	}
}
