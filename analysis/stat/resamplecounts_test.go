package stat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// Pearson's statistic of draws against the probability of every possible outcome
// of three categories.
func TestDrawnCountsHaveTheMultinomialDistribution(t *testing.T) {
	const draws = 200_000
	for i, counts := range [][]float64{{1, 1, 0}, {1, 0, 2}, {2, 2, 1}, {5, 1, 3}, {3, 9, 0}, {4, 4, 4}, {13, 2, 10}} {
		t.Run(fmt.Sprint(counts), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(3, uint64(i)))
			d, dst := NewCountDrawer(counts), make([]float64, 3)
			n := counts[0] + counts[1] + counts[2]
			if d.poisson == nil {
				t.Fatal("the counts are drawn by binomials, which is not what is tested")
			}
			seen := map[[2]float64]float64{}
			for range draws {
				if d.Draw(rng, dst); dst[0]+dst[1]+dst[2] != n {
					t.Fatalf("drew %v, whose sum is not %v", dst, n)
				}
				seen[[2]float64{dst[0], dst[1]}]++
			}
			log := func(k, count float64) float64 {
				if k == 0 {
					return 0
				}
				factorial, _ := math.Lgamma(k + 1)
				return k*math.Log(count/n) - factorial
			}
			all, _ := math.Lgamma(n + 1)
			chi2, cells, rare, expectedRare, covered := 0.0, 0, 0.0, 0.0, 0.0
			for a := 0.0; a <= n; a++ {
				for b := 0.0; a+b <= n; b++ {
					expected := draws * math.Exp(all+log(a, counts[0])+log(b, counts[1])+log(n-a-b, counts[2]))
					got := seen[[2]float64{a, b}]
					covered += got
					switch {
					case expected < 5:
						rare, expectedRare = rare+got, expectedRare+expected
						if expected == 0 && got > 0 {
							t.Errorf("drew %v and %v, which cannot be", a, b)
						}
					default:
						chi2 += (got - expected) * (got - expected) / expected
						cells++
					}
				}
			}
			if expectedRare >= 5 {
				chi2 += (rare - expectedRare) * (rare - expectedRare) / expectedRare
				cells++
			}
			if covered != draws {
				t.Errorf("%v of %d draws are possible outcomes", covered, draws)
			}
			if p := (distuv.ChiSquared{K: float64(cells - 1)}).Survival(chi2); p < 1e-4 {
				t.Errorf("χ² is %.1f over %d outcomes, p = %.2g", chi2, cells, p)
			}
		})
	}
}

// Means, variances and covariances of a multinomial, by tables where categories
// are many and by binomials where answers are many for them.
func TestDrawnCountsMoveTogetherAsThoseOfAMultinomial(t *testing.T) {
	const draws = 20_000
	many := make([]float64, 120)
	for c := range many {
		many[c] = float64(c % 40)
	}
	for name, counts := range map[string][]float64{"many categories": many, "many answers": {120_000, 30_000, 0, 50_000}, "a large category": append([]float64{40_000}, many...)} {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(5, 6))
			d, dst := NewCountDrawer(counts), make([]float64, len(counts))
			if byTables := d.poisson != nil; byTables == (name == "many answers") {
				t.Fatalf("by tables: %t", byTables)
			}
			n := 0.0
			for _, x := range counts {
				n += x
			}
			sum, squares, products := make([]float64, len(counts)), make([]float64, len(counts)), make([]float64, len(counts))
			for range draws {
				d.Draw(rng, dst)
				for c, x := range dst {
					u := x - counts[c]
					sum[c], squares[c], products[c] = sum[c]+u, squares[c]+u*u, products[c]+u*(dst[1]-counts[1])
				}
			}
			for c, x := range counts {
				p, other := x/n, counts[1]/n
				v := n * p * (1 - p)
				if z := sum[c] / draws / math.Sqrt(v/draws); x > 0 && math.Abs(z) > 4.5 {
					t.Errorf("category %d of %v has %v more on average, %.1f standard errors", c, x, sum[c]/draws, z)
				}
				if ratio := squares[c] / draws / v; x > 0 && math.Abs(ratio-1) > .06 {
					t.Errorf("category %d of %v has %.3f of the variance", c, x, ratio)
				}
				want := -n * p * other
				if se := math.Sqrt(v * n * other * (1 - other) / draws); c != 1 && x > 0 && math.Abs(products[c]/draws-want) > 4.5*se {
					t.Errorf("categories 1 and %d have a covariance of %.2f, want %.2f ± %.2f", c, products[c]/draws, want, se)
				}
				if x == 0 && squares[c] > 0 {
					t.Errorf("category %d has none, and some were drawn", c)
				}
			}
		})
	}
}

func TestTablesOfCountsDoNotGrowWithoutBound(t *testing.T) {
	counts := make([]float64, 20_000)
	for c := range counts {
		counts[c] = float64(1 + c%7919)
	}
	d := NewCountDrawer(counts)
	dst, sum, want := make([]float64, len(counts)), 0.0, 0.0
	d.Draw(rand.New(rand.NewPCG(1, 2)), dst)
	for c, n := range counts {
		sum, want = sum+dst[c], want+n
	}
	if d.poisson != nil || sum != want {
		t.Errorf("drew %v of %v, by tables: %t; want binomials", sum, want, d.poisson != nil)
	}
}

func BenchmarkDrawCounts(b *testing.B) {
	for _, n := range []int{2_000, 20_000, 200_000} {
		for _, categories := range []int{20, 100} {
			counts := make([]float64, categories)
			for c := range counts {
				counts[c] = float64(n / categories)
			}
			dst, rng := make([]float64, categories), rand.New(rand.NewPCG(1, 2))
			b.Run(fmt.Sprintf("%d of %d", n, categories), func(b *testing.B) {
				d := NewCountDrawer(counts)
				for b.Loop() {
					d.Draw(rng, dst)
				}
			})
			b.Run(fmt.Sprintf("%d of %d by binomials", n, categories), func(b *testing.B) {
				for b.Loop() {
					drawBinomials(rng, counts, dst)
				}
			})
		}
	}
}
