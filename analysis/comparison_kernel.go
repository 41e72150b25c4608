package analysis

import (
	"context"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"

	"silico/analysis/stat"
)

// resample draws the respondents of every pool anew and measures all pairs.
// Draws of a pool come from a stream of its own, so that a source more or less
// does not change the others' numbers.
func (c *comparison) resample(ctx context.Context, r stat.Resampling) error {
	width := firstItem + len(c.items.labels)
	k := width * len(c.pairs)
	all, err := r.Run(ctx, k, func() func(int, *rand.Rand, []float64) {
		kernel := c.newKernel()
		return func(b int, _ *rand.Rand, out []float64) {
			kernel.draw(r, b)
			for i, p := range c.pairs {
				kernel.measure(p, kernel.arm(p.a, 0), kernel.arm(p.b, 1), out[i*width:(i+1)*width])
			}
		}
	})
	if err != nil {
		return err
	}
	for i, p := range c.pairs {
		p.reps = all[i*width : (i+1)*width]
	}
	return nil
}

// kernel is the scratch memory of one worker.
type kernel struct {
	c      *comparison
	cells  [][]float64 // by source
	weight [][]uint32  // by pool; nil where counts are drawn
	times  []uint32    // for sum
	arms   [2][]float64
	folded [2][]float64
	pools  [2][]float64
}

func (c *comparison) newKernel() *kernel {
	k, most := &kernel{c: c}, 0
	for _, s := range c.sources {
		k.cells = append(k.cells, make([]float64, len(s.total)))
	}
	for _, p := range c.pools {
		if p.independent {
			k.weight = append(k.weight, nil)
			continue
		}
		k.weight = append(k.weight, make([]uint32, p.people))
		most = max(most, p.people)
	}
	k.times = make([]uint32, most)
	for side := range 2 {
		k.arms[side] = make([]float64, len(c.items.labels)*len(c.space.levels))
		k.folded[side] = make([]float64, len(c.space.cats))
		k.pools[side] = make([]float64, len(c.space.levels))
	}
	return k
}

// draw fills the cells of all sources with resample b.
func (k *kernel) draw(r stat.Resampling, b int) {
	for i, p := range k.c.pools {
		rng := p.stream(r, b)
		if !p.independent {
			p.draw(rng, k.weight[i])
			continue
		}
		for s, src := range k.c.sources {
			if src.pool == i {
				src.drawer().Draw(rng, k.cells[s])
			}
		}
	}
	for s, src := range k.c.sources {
		if !k.c.pools[src.pool].independent {
			k.c.byRespondent(src)
			src.sum(k.weight[src.pool], k.times, k.cells[s])
		}
	}
}

// sum adds up the cells of the respondents as often as they were drawn. times is
// scratch memory for a number each.
func (s *sourceCounts) sum(weight, times []uint32, dst []float64) {
	clear(dst)
	if s.dense != nil {
		times = times[:len(s.dense)]
		clear(times)
		for g, n := range weight {
			times[s.alike[g]] += n
		}
		for k, n := range times {
			if d := s.dense[k]; n > 0 {
				floats.AddScaled(dst[d.first:d.first+len(d.weight)], float64(n), d.weight)
			}
		}
		return
	}
	for g, n := range weight {
		if n == 0 {
			continue
		}
		f := float64(n)
		rows := s.cell[s.start[g]:s.start[g+1]]
		if s.weight == nil {
			for _, cell := range rows {
				dst[cell] += f
			}
			continue
		}
		for i, cell := range rows {
			dst[cell] += f * s.weight[int(s.start[g])+i]
		}
	}
}

// arm returns the counts of an arm in the cells that were drawn.
func (k *kernel) arm(i, side int) []float64 {
	a := k.c.arms[i]
	return k.c.counts(a, k.cells[a.source], k.arms[side])
}

// measure writes the measures of a pair whose counts are p and q.
func (k *kernel) measure(pair *pair, p, q, out []float64) {
	n := 0
	clear(out)
	for i, used := range pair.used {
		out[firstItem+i] = math.NaN()
		if !used {
			continue
		}
		d, tv, w1, ks := k.distances(k.c.itemOf(p, i), k.c.itemOf(q, i))
		if math.IsNaN(d) {
			continue
		}
		n++
		out[firstItem+i] = d
		out[meanD] += d
		out[meanRoot] += math.Sqrt(d)
		out[meanTV] += tv
		out[meanW1] += w1
		out[meanKS] += ks
	}
	for _, m := range []int{meanD, meanRoot, meanTV, meanW1, meanKS} {
		out[m] /= float64(n)
	}
	if len(pair.used) == 1 { // one item is all items
		out[pooledD], out[pooledTV], out[pooledW1], out[pooledKS] = out[meanD], out[meanTV], out[meanW1], out[meanKS]
		return
	}
	x, y := k.pooled(pair, p, q)
	out[pooledD], out[pooledTV], out[pooledW1], out[pooledKS] = k.distances(x, y)
}

// pooled sums the counts of a pair over the items that both sides answered.
func (k *kernel) pooled(pair *pair, p, q []float64) (x, y []float64) {
	for side, counts := range [2][]float64{p, q} {
		sum := k.pools[side]
		clear(sum)
		for i, used := range pair.used {
			if used {
				for v, n := range k.c.itemOf(counts, i) {
					sum[v] += n
				}
			}
		}
	}
	return k.pools[0], k.pools[1]
}

// fold sums the counts of values into categories.
func (k *kernel) fold(side int, counts []float64) []float64 {
	sp := k.c.space
	if sp.whole {
		return counts
	}
	f := k.folded[side]
	clear(f)
	for v, n := range counts {
		f[sp.category[v]] += n
	}
	return f
}

// distances returns the divergence and total variation of two vectors of
// counts over the categories, and their Wasserstein-1 and Kolmogorov-Smirnov
// distances over the values, which are NaN for values without order.
//
// Note: stat.WassersteinScores checks and sorts its arguments; here the scores
// are ascending and one pass serves a thousand replicates.
func (k *kernel) distances(p, q []float64) (d, tv, w1, ks float64) {
	x, y := k.fold(0, p), k.fold(1, q)
	d = stat.JSDivergence(x, y)
	var sp, sq float64
	for i := range p {
		sp += p[i]
		sq += q[i]
	}
	for i := range x {
		tv += math.Abs(x[i]/sp-y[i]/sq) / 2
	}
	w1, ks = math.NaN(), math.NaN()
	if scores := k.c.space.scores; scores != nil {
		w1, ks = 0, 0
		diff := 0.0
		for i := range len(p) - 1 {
			diff += p[i]/sp - q[i]/sq
			w1 += math.Abs(diff) * (scores[i+1] - scores[i])
			if scores[i+1] > scores[i] {
				ks = max(ks, math.Abs(diff))
			}
		}
	}
	if math.IsNaN(d) {
		w1, ks, tv = d, d, d
	}
	return d, tv, w1, ks
}
