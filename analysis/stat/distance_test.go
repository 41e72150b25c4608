package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// distributionPair draws two vectors of counts over the same categories, with
// empty ones among them, and ascending scores.
func distributionPair(t *rapid.T) (p, q, x []float64) {
	k := rapid.IntRange(2, 7).Draw(t, "categories")
	counts := rapid.SliceOfN(rapid.IntRange(0, 40), k, k)
	for i := range k {
		x = append(x, float64(i*i))
	}
	toFloat := func(n []int) []float64 {
		f := make([]float64, k)
		for i, v := range n {
			f[i] = float64(v)
		}
		f[n[0]%k]++ // at least one answer
		return f
	}
	return toFloat(counts.Draw(t, "p")), toFloat(counts.Draw(t, "q")), x
}

var categoryDistances = map[string]func(p, q []float64) float64{
	"JSDivergence":       JSDivergence,
	"JSDistance":         JSDistance,
	"TotalVariation":     TotalVariation,
	"Hellinger":          Hellinger,
	"ChiSquaredDistance": ChiSquaredDistance,
}

func TestDistancesAreZeroToThemselvesSymmetricAndBlindToLabels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q, _ := distributionPair(t)
		order := rapid.Permutation(slices.Collect(indices(len(p)))).Draw(t, "order")
		for name, distance := range categoryDistances {
			d := distance(p, q)
			if math.IsNaN(d) || d < 0 {
				t.Errorf("%s(%v, %v) = %v", name, p, q, d)
			}
			if self := distance(p, p); self != 0 {
				t.Errorf("%s of %v to itself = %v, want 0", name, p, self)
			}
			if twice := distance(times(p, 3), times(p, 7)); twice > 1e-7 {
				t.Errorf("%s of 3 and 7 times %v = %v, want 0: counts are shares", name, p, twice)
			}
			if back := distance(q, p); math.Abs(back-d) > 1e-14 {
				t.Errorf("%s(%v, %v) = %v, the other way %v", name, p, q, d, back)
			}
			if other := distance(take(p, order), take(q, order)); math.Abs(other-d) > 1e-12 {
				t.Errorf("%s(%v, %v) = %v, with other labels %v", name, p, q, d, other)
			}
		}
	})
}

func TestDistancesAgreeWithTheirOtherDefinitions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q, x := distributionPair(t)
		equal := func(what string, a, b float64) {
			if !(math.Abs(a-b) <= 1e-9*max(1, math.Abs(a))) {
				t.Errorf("%s: %v and %v for %v, %v", what, a, b, p, q)
			}
		}
		m := make([]float64, len(p))
		sp, sq := sums(p, q)
		for c := range m {
			m[c] = (p[c]/sp + q[c]/sq) / 2
		}
		equal("JS by KL from the middle", JSDivergence(p, q), (KLDivergence(p, m, 0)+KLDivergence(q, m, 0))/2)
		equal("JS by entropies", JSDivergence(p, q), Entropy(m)-(Entropy(p)+Entropy(q))/2)
		equal("overlap", Overlap(p, q), 1-TotalVariation(p, q))
		equal("Bhattacharyya", Bhattacharyya(p, q), 1-Hellinger(p, q)*Hellinger(p, q))
		one, line := make([][]float64, len(p)), make([][]float64, len(p))
		for i := range p {
			one[i], line[i] = make([]float64, len(p)), make([]float64, len(p))
			for j := range p {
				line[i][j] = math.Abs(x[i] - x[j])
				if i != j {
					one[i][j] = 1
				}
			}
		}
		equal("transport at cost 1 and total variation", WassersteinGround(one, p, q), TotalVariation(p, q))
		equal("transport on a line and Wasserstein", WassersteinGround(line, p, q), WassersteinScores(x, p, q))
		if w1, w2 := WassersteinScores(x, p, q), Wasserstein2Scores(x, p, q); w2 < w1-1e-9 {
			t.Errorf("Wasserstein-2 %v is below Wasserstein-1 %v", w2, w1)
		}
	})
}

func TestTransportFindsTheCheapestMatching(t *testing.T) {
	// Two stacks of four shares of a quarter each: the cheapest of all 24
	// matchings, found by trying them.
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		cost := make([][]float64, 8)
		for i := range cost {
			cost[i] = make([]float64, 8)
			for j := range cost {
				if i != j {
					cost[i][j] = 1 + rng.Float64() // no route is cheaper than the direct one
				}
			}
		}
		best := math.Inf(1)
		var try func(i int, used [4]bool, sum float64)
		try = func(i int, used [4]bool, sum float64) {
			if i == 4 {
				best = min(best, sum/4)
				return
			}
			for j := range 4 {
				if !used[j] {
					next := used
					next[j] = true
					try(i+1, next, sum+cost[i][4+j])
				}
			}
		}
		try(0, [4]bool{}, 0)
		got := WassersteinGround(cost, []float64{1, 1, 1, 1, 0, 0, 0, 0}, []float64{0, 0, 0, 0, 1, 1, 1, 1})
		wantNear(t, "cheapest transport", got, best, 1e-12)
	}
}

func TestDistancesOfNoDistributionAreNaN(t *testing.T) {
	bad := map[string][]float64{"zeros": {0, 0}, "negative": {2, -1}, "NaN": {math.NaN(), 1}, "infinite": {math.Inf(1), 1}}
	for what, p := range bad {
		for name, distance := range categoryDistances {
			if d := distance(p, []float64{1, 1}); !math.IsNaN(d) {
				t.Errorf("%s of %s = %v, want NaN", name, what, d)
			}
		}
		for name, f := range map[string]func([]float64) float64{"Entropy": Entropy, "GiniSimpson": GiniSimpson} {
			if h := f(p); !math.IsNaN(h) {
				t.Errorf("%s of %s = %v, want NaN", name, what, h)
			}
		}
	}
	if d := JSDivergence(nil, nil); !math.IsNaN(d) {
		t.Errorf("divergence over no categories = %v, want NaN", d)
	}
	if d := Wasserstein(nil, []float64{1}); !math.IsNaN(d) {
		t.Errorf("Wasserstein without a sample = %v, want NaN", d)
	}
}

func TestKullbackLeiblerIsInfiniteUntilSmoothed(t *testing.T) {
	p, q := []float64{3, 1, 0}, []float64{2, 0, 2}
	if d := KLDivergence(p, q, 0); !math.IsInf(d, 1) {
		t.Errorf("KL where q is 0 and p is not = %v, want +Inf", d)
	}
	// R: p <- c(3.5,1.5,.5)/5.5; q <- c(2.5,.5,2.5)/5.5; sum(p*log2(p/q))
	wantNear(t, "KL with half a count added", KLDivergence(p, q, .5), 0.530086108861, 1e-11)
}

func TestRarefactionAgreesWithItsDefinition(t *testing.T) {
	// R: N <- c(50,20,9,3,1,1,1); n <- 40; sum(1 - choose(85-N,n)/choose(85,n))
	wantNear(t, "structures among 40 of 85", Rarefy([]int{50, 20, 9, 3, 1, 1, 1}, 40), 5.26594509292, 1e-10)
	counts := []int{300, 5, 2, 1}
	if e := Rarefy(counts, 308); e != 4 {
		t.Errorf("all 308 hold %v structures, want 4", e)
	}
	if e := Rarefy(counts, 1); math.Abs(e-1) > 1e-12 {
		t.Errorf("one respondent holds %v structures, want 1", e)
	}
	if e := Rarefy(counts, 0); e != 0 {
		t.Errorf("nobody holds %v structures, want 0", e)
	}
	if e := Rarefy(counts, 309); !math.IsNaN(e) {
		t.Errorf("309 of 308 hold %v structures, want NaN", e)
	}
}

func TestEntropyOfEqualSharesIsTheLogOfTheirNumber(t *testing.T) {
	wantNear(t, "entropy of 8 equal counts", Entropy([]float64{5, 5, 5, 5, 5, 5, 5, 5}), 3, 1e-14)
	wantNear(t, "normalised", NormalisedEntropy([]float64{5, 5, 5, 5, 0, 0, 0, 0}), 2./3, 1e-14)
	wantNear(t, "Gini-Simpson of 8", GiniSimpson([]float64{1, 1, 1, 1, 1, 1, 1, 1}), 7./8, 1e-14)
	if h := Entropy([]float64{4, 0}); h != 0 || math.Signbit(h) {
		t.Errorf("entropy of one category = %v, want 0", h)
	}
}

func indices(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func times(x []float64, f float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f * v
	}
	return y
}

func take(x []float64, order []int) []float64 {
	y := make([]float64, len(order))
	for k, i := range order {
		y[k] = x[i]
	}
	return y
}
