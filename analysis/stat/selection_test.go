package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSettledNumbersAreThoseOfASort(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 10, 201, 999, 1000, 5000} {
		for name, draw := range map[string]func() float64{
			"different": rng.NormFloat64,
			"tied":      func() float64 { return float64(rng.IntN(4)) },
			"one value": func() float64 { return 7 },
			"infinite": func() float64 {
				if rng.IntN(3) == 0 {
					return math.Inf(rng.IntN(2)*2 - 1)
				}
				return rng.NormFloat64()
			},
		} {
			x := make([]float64, n)
			for i := range x {
				x[i] = draw()
			}
			want := slices.Sorted(slices.Values(x))
			for _, k := range []int{0, n / 40, n / 2, n - 1 - n/40, n - 1} {
				y := slices.Clone(x)
				settle(y, k)
				if y[k] != want[k] || k+1 < n && y[k+1] != want[k+1] {
					t.Errorf("%s, n %d: numbers %d and after are %v, want %v", name, n, k, y[k:min(n, k+2)], want[k:min(n, k+2)])
				}
				if k > 0 && slices.Max(y[:k]) > y[k] {
					t.Errorf("%s, n %d: a number before place %d is above it", name, n, k)
				}
				if k+1 < n && slices.Min(y[k+1:]) < y[k+1] {
					t.Errorf("%s, n %d: a number behind place %d is below it", name, n, k+1)
				}
				slices.Sort(y)
				if !slices.Equal(y, want) {
					t.Errorf("%s, n %d, place %d: the numbers are not those that were there", name, n, k)
				}
			}
		}
	}
}

func TestANumberThatIsNoneIsNotOrdered(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("NaN was put into an order")
		}
	}()
	settle([]float64{math.NaN(), math.NaN(), 1}, 1)
}

// BenchmarkSettle settles the ends of an interval of a thousand replicates, other
// ones each time: what was seen before is foreseen.
func BenchmarkSettle(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	all, x := make([]float64, 512_000), make([]float64, 1000)
	for i := range all {
		all[i] = rng.NormFloat64()
	}
	for n := 0; b.Loop(); n = (n + len(x)) % len(all) {
		copy(x, all[n:])
		settle(x, 24)
		settle(x, 974)
	}
}
