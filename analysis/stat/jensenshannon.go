package stat

import (
	"context"
	"math"
	"math/rand/v2"
)

// JSEstimate is the Jensen-Shannon divergence between two samples of people,
// with the bias that sampling gives it.
type JSEstimate struct {
	D        float64 // divergence between the shares as observed, bits
	Bias     float64 // what sampling adds to D
	Permuted bool    // Bias is a permutation mean, because a category is empty in one sample
}

// Distance returns √D, the distance between the shares as observed.
func (e JSEstimate) Distance() float64 { return math.Sqrt(e.D) }

// Unbiased returns D - Bias, which may be negative.
func (e JSEstimate) Unbiased() float64 { return e.D - e.Bias }

// Corrected returns √max(0, D - Bias).
func (e JSEstimate) Corrected() float64 { return rootPositive(e.D - e.Bias) }

// Replicate returns √max(0, d - 2 Bias) for the divergence d of a resample: a
// resample is biased once more than the sample it is drawn from, and the root
// comes last.
func (e JSEstimate) Replicate(d float64) float64 { return rootPositive(d - 2*e.Bias) }

func rootPositive(x float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	return math.Sqrt(max(0, x))
}

// JSBias returns the upward bias in bits of the divergence between shares p and
// q that are estimated with variances vp and vq,
//
//	1/(4 ln 2) Σ [ q/(p(p+q)) V(p) + p/(q(p+q)) V(q) ],
//
// the second-order term of its Taylor series. The variances are those of the
// people's shares (Panel.ShareVariance): a person's twelve answers are not
// twelve people. For one answer a person it is close to (k-1)/(8 ln 2)·(1/n₁ +
// 1/n₂) at p = q. Categories empty in both are left out; ok is false when a
// category is empty in one only, where the series has no meaning, and the bias
// is then NaN: PermutationBias serves. A share known without sampling (all
// answers uniform, say) has variance 0.
func JSBias(p, q, vp, vq []float64) (bias float64, ok bool) {
	for c := range p {
		switch {
		case p[c] == 0 && q[c] == 0:
		case p[c] == 0 && vp[c] == 0 || q[c] == 0 && vq[c] == 0:
			return math.NaN(), false
		default:
			s := p[c] + q[c]
			bias += q[c]/(p[c]*s)*vp[c] + p[c]/(q[c]*s)*vq[c]
		}
	}
	return bias / (4 * math.Ln2), true
}

// JSComparison is the distance between two samples of people over the items
// that they answered.
type JSComparison struct {
	Items  []JSEstimate // NaN for an item that one sample did not answer
	Pooled JSEstimate   // between the answers to all items taken together
}

// CompareJS compares two panels over the same items and categories. Biases that
// need permutations use r's B and streams under its name with ".permutation"
// added, and whether the panels share people (see PermutationBias).
func CompareJS(ctx context.Context, r Resampling, a, b *Panel) (*JSComparison, error) {
	c := &JSComparison{Items: make([]JSEstimate, a.Items)}
	zero := false
	estimate := func(item int) JSEstimate {
		p, vp := a.ShareVariance(item)
		q, vq := b.ShareVariance(item)
		e := JSEstimate{D: JSDivergence(p, q)}
		var ok bool
		e.Bias, ok = JSBias(p, q, vp, vq)
		e.Permuted = !ok && !math.IsNaN(e.D)
		zero = zero || e.Permuted
		return e
	}
	for i := range c.Items {
		c.Items[i] = estimate(i)
	}
	c.Pooled = estimate(-1)
	if !zero {
		return c, nil
	}
	r.Name += ".permutation"
	items, pooled, err := PermutationBias(ctx, r, a, b)
	if err != nil {
		return nil, err
	}
	for i := range c.Items {
		if c.Items[i].Permuted {
			c.Items[i].Bias = items[i]
		}
	}
	if c.Pooled.Permuted {
		c.Pooled.Bias = pooled
	}
	return c, nil
}

// Distance returns the mean over items of the distance as observed; items that
// cannot be compared are left out, NaN when that are all.
func (c *JSComparison) Distance() float64 { return meanOver(c.Items, JSEstimate.Distance) }

// Corrected returns the mean over items of the corrected distance.
func (c *JSComparison) Corrected() float64 { return meanOver(c.Items, JSEstimate.Corrected) }

// Divergence and Bias return the means over items of the two parts.
func (c *JSComparison) Divergence() float64 {
	return meanOver(c.Items, func(e JSEstimate) float64 { return e.D })
}

// Bias returns the mean over items of the bias.
func (c *JSComparison) Bias() float64 {
	return meanOver(c.Items, func(e JSEstimate) float64 { return e.Bias })
}

// Replicate returns the two corrected distances of a resample: the mean over
// items and the pooled one (see JSEstimate.Replicate). The interval is the
// percentiles of them over resamples (Resampling.Panels).
func (c *JSComparison) Replicate(a, b Table) (mean, pooled float64) {
	n := 0
	for i, e := range c.Items {
		if d := e.Replicate(JSDivergence(a.Item(i), b.Item(i))); !math.IsNaN(d) {
			mean += d
			n++
		}
	}
	return mean / float64(n), c.Pooled.Replicate(JSDivergence(a.Pooled(), b.Pooled()))
}

func meanOver(items []JSEstimate, f func(JSEstimate) float64) float64 {
	s, n := 0.0, 0
	for _, e := range items {
		if v := f(e); !math.IsNaN(v) {
			s += v
			n++
		}
	}
	return s / float64(n)
}

// PermutationBias returns the mean divergence of two panels, by item and
// pooled, over r.B random exchanges of whole people between them: what the
// divergence would be if the two had one distribution. People who answered in
// only one of the panels are dealt anew to two groups of the same sizes; people
// in both (a person and the model that was given this person's description)
// exchange their two rows or not, with equal probability. NaN without draws.
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

// JSExpected returns the divergence in bits expected between two samples of n₁
// and n₂ people of the population that the panel is a sample of, pooled over
// items where item is negative:
//
//	1/(8 ln 2) Σ V₁/p · (1/n₁ + 1/n₂),   V₁ the variance of one person's share,
//
// the bias at equality. It is the floor below which no source can be expected.
func (p *Panel) JSExpected(item int, n1, n2 float64) float64 {
	share, v := p.ShareVariance(item)
	n := 0.0
	p.eachShare(item, make([]float64, p.Cats), func(float64) { n++ })
	d := 0.0
	for c := range share {
		if share[c] != 0 {
			d += v[c] * n / share[c]
		}
	}
	return d * (1/n1 + 1/n2) / (8 * math.Ln2)
}
