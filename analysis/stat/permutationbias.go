package stat

import (
	"context"
	"math"
	"math/rand/v2"
)

// PermutationBias returns the mean divergence of two panels, by item and
// pooled, over r.B random exchanges of whole people between them: what the
// divergence would be if the two had one distribution. People who answered in
// only one of the panels are dealt anew to two groups of the same sizes; people
// in both (a person and the model that was given this person's description)
// exchange their two rows or not, with equal probability. NaN without draws.
// Ernst (2004), doi:10.1214/088342304000000396.
func PermutationBias(ctx context.Context, r Resampling, a, b *Panel) (items []float64, pooled float64, err error) {
	var both, single []int
	na := 0
	for i := range a.People {
		switch ina, inb := a.Answered(i), b.Answered(i); {
		case ina && inb:
			both = append(both, i)
		case ina || inb:
			single = append(single, i)
			if ina {
				na++
			}
		}
	}
	sa, sb := newPanelSum(a, a.People), newPanelSum(b, b.People)
	reps, err := r.Run(ctx, a.Items+1, func() func(int, *rand.Rand, []float64) {
		sa, sb := sa.clone(), sb.clone()
		stay, move := make([]uint32, a.People), make([]uint32, a.People)
		t1, t2, part := NewTable(a.Items, a.Cats), NewTable(a.Items, a.Cats), NewTable(a.Items, a.Cats)
		order := make([]int, len(single))
		// sum sets t to the rows of a under weights wa and of b under wb.
		sum := func(t Table, wa, wb []uint32) {
			sa.into(t.N, wa)
			sb.into(part.N, wb)
			for k, v := range part.N {
				t.N[k] += v
			}
		}
		return func(_ int, rng *rand.Rand, out []float64) {
			// stay: a's row counts for the first group and b's for the second.
			// move: the other way round. For single people only one row exists.
			clear(stay)
			clear(move)
			for _, i := range both {
				s := uint32(rng.IntN(2))
				stay[i], move[i] = s, 1-s
			}
			copy(order, single)
			for k := range order {
				j := k + rng.IntN(len(order)-k)
				order[k], order[j] = order[j], order[k]
				i := order[k]
				if first := k < na; first == a.Answered(i) {
					stay[i] = 1
				} else {
					move[i] = 1
				}
			}
			sum(t1, stay, move)
			sum(t2, move, stay)
			for i := range a.Items {
				out[i] = JSDivergence(t1.Item(i), t2.Item(i))
			}
			out[a.Items] = JSDivergence(t1.Pooled(), t2.Pooled())
		}
	})
	if err != nil {
		return nil, 0, err
	}
	means := make([]float64, a.Items+1)
	for j, rep := range reps {
		means[j] = meanPresent(rep)
	}
	return means[:a.Items], means[a.Items], nil
}

// meanPresent returns the mean of the values that are not NaN, NaN when there
// is none.
func meanPresent(x []float64) float64 {
	s, n := 0.0, 0
	for _, v := range x {
		if !math.IsNaN(v) {
			s += v
			n++
		}
	}
	return s / float64(n)
}
