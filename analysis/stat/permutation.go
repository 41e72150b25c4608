package stat

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// PermutationTest tests that labels do not matter: stat is computed on the
// groups as they are and with the values shuffled among them, the sizes kept.
// P is (1 + #{|t*| ≥ |t|})/(B + 1) with t = stat - centre, two-sided around
// centre (0 for a difference; for a statistic that only grows, such as F, give
// 0 as well), up to a relative 1e-12 so that equal values count as equal. Stat
// is the statistic. NaN are left out of groups first, and replicates whose
// statistic is NaN count as extreme, so that they never make p smaller.
//
// P is never 0 and rejects at most at its level for any B: Phipson and Smyth
// (2010), doi:10.2202/1544-6115.1585. The draws are those of r. R:
// coin::independence_test(distribution = approximate(B)).
func PermutationTest(ctx context.Context, r Resampling, groups [][]float64, centre float64, stat func(groups [][]float64) float64) (Test, error) {
	var kept [][]float64
	var sizes []int
	for _, g := range groups {
		g = present(g)
		kept = append(kept, g)
		sizes = append(sizes, len(g))
	}
	all := slices.Concat(kept...)
	observed := stat(kept)
	if math.IsNaN(observed) {
		return noTest("the statistic cannot be computed"), nil
	}
	reps, err := r.Run(ctx, 1, func() func(int, *rand.Rand, []float64) {
		mixed, view := make([]float64, len(all)), make([][]float64, len(sizes))
		return func(_ int, rng *rand.Rand, out []float64) {
			copy(mixed, all)
			rng.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			at := 0
			for g, n := range sizes {
				view[g] = mixed[at : at+n : at+n]
				at += n
			}
			out[0] = stat(view)
		}
	})
	if err != nil {
		return Test{}, err
	}
	return permutationP(observed, centre, reps[0]), nil
}

// SignFlipTest tests that paired differences are symmetric around zero: stat is
// computed on the differences without NaN, and on them with signs drawn at
// random. P is that of PermutationTest. R: coin::oneway_test on pairs,
// distribution = "approximate", for the mean. Fisher (1935), The Design of
// Experiments, section 21.
func SignFlipTest(ctx context.Context, r Resampling, differences []float64, stat func(d []float64) float64) (Test, error) {
	d := present(differences)
	observed := stat(d)
	if math.IsNaN(observed) {
		return noTest("the statistic cannot be computed"), nil
	}
	reps, err := r.Run(ctx, 1, func() func(int, *rand.Rand, []float64) {
		flipped := make([]float64, len(d))
		return func(_ int, rng *rand.Rand, out []float64) {
			for i, v := range d {
				flipped[i] = v
				if rng.Uint64()&1 == 1 {
					flipped[i] = -v
				}
			}
			out[0] = stat(flipped)
		}
	})
	if err != nil {
		return Test{}, err
	}
	return permutationP(observed, 0, reps[0]), nil
}

// permutationP returns the two-sided p of a statistic among its permutations.
func permutationP(observed, centre float64, reps []float64) Test {
	reach := math.Abs(observed-centre) * (1 - 1e-12)
	extreme := 1
	for _, v := range reps {
		if !(math.Abs(v-centre) < reach) {
			extreme++
		}
	}
	return Test{Stat: observed, DF: nan, DF2: nan, P: float64(extreme) / float64(len(reps)+1)}
}

// MeanDifferenceOf returns the mean of the first group minus that of the
// second, a statistic for PermutationTest.
func MeanDifferenceOf(groups [][]float64) float64 { return meanOf(groups[0]) - meanOf(groups[1]) }
