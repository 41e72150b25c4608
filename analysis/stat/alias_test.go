package stat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// chances reads off a table with what probability it gives each number: the part
// of the 2⁶⁴ random numbers that lead to it.
func (t *aliasTable) chances() map[int]float64 {
	p := map[int]float64{}
	for _, e := range t.entries {
		first := float64(e.below) / (1 << 63) / 2
		p[int(e.first)] += first / float64(len(t.entries))
		p[int(e.other)] += (1 - first) / float64(len(t.entries))
	}
	return p
}

func TestAnAliasTableHasTheProbabilitiesOfItsWeights(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	for _, n := range []int{1, 2, 3, 7, 8, 9, 100, 1000} {
		weight, sum := make([]float64, n), 0.0
		for i := range weight {
			if i%5 != 3 {
				weight[i] = math.Exp(4 * rng.NormFloat64())
			}
			sum += weight[i]
		}
		p := newAliasTable(10, weight).chances()
		for i, w := range weight {
			if got := p[10+i]; math.Abs(got-w/sum) > 1e-13 || w == 0 && got != 0 {
				t.Errorf("%d of %d weights: probability %v, want %v", i, n, got, w/sum)
			}
		}
		for k, got := range p {
			if got > 0 && (k < 10 || k >= 10+n) {
				t.Errorf("%d weights: %d has probability %v", n, k, got)
			}
		}
	}
}

func TestAPoissonTableHasTheProbabilitiesOfThePoissonDistribution(t *testing.T) {
	for _, mean := range []float64{1e-6, .3, 1, 1.5, 17, 200.25, 30_000} {
		t.Run(fmt.Sprint(mean), func(t *testing.T) {
			p, all := newPoissonTable(mean).chances(), 0.0
			d := distuv.Poisson{Lambda: mean}
			for k, got := range p {
				all += got
				if want := d.Prob(float64(k)); math.Abs(got-want) > 1e-9*want+1e-16 {
					t.Errorf("probability of %d is %v, want %v", k, got, want)
				}
			}
			if math.Abs(all-1) > 1e-12 {
				t.Errorf("the probabilities sum to %v", all)
			}
			least, most := d.Prob(math.Floor(mean)), 0.0
			for k := math.Floor(mean); d.Prob(k) > 1e-15*least; k++ {
				most = k
			}
			if _, ok := p[int(most)]; !ok {
				t.Errorf("%v, which is not impossible, is not in the table", most)
			}
		})
	}
}
