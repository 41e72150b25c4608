package analysis

import (
	"context"
	"fmt"
	"math"
	"slices"

	"silico/analysis/stat"
)

// biases estimates what sampling adds to the divergences of a pair. Where a
// category is empty on one side it is a mean over permutations of respondents:
// over all of them where they can be counted, else over a random sample.
func (c *comparison) biases(ctx context.Context, r stat.Resampling, p *pair, counts [][]float64) error {
	if !slices.Contains(p.used, true) {
		nothing := stat.JSEstimate{D: math.NaN(), Bias: math.NaN()}
		p.items, p.pool = slices.Repeat([]stat.JSEstimate{nothing}, len(p.used)), nothing
		return nil
	}
	if c.countedBiases(p, counts) {
		return nil
	}
	a, b := c.panels(p)
	r.Name = fmt.Sprintf("%s.%s", r.Name, p.key.Address("pair"))
	found, err := stat.CompareJS(ctx, r, a, b)
	if err != nil {
		return err
	}
	p.items, p.pool = found.Items, found.Pooled
	if c.sources[c.arms[p.a].source].pool == c.sources[c.arms[p.b].source].pool && c.arms[p.a].source != c.arms[p.b].source {
		p.tied = tiedBias(a, b, p.used) / meanBias(p.items)
	}
	return nil
}

// tiedBias returns the mean over items of 1/(4 ln 2) Σ 2 Cov(p, q)/(p+q), the
// part of the Taylor series of the divergence that the bias of two independent
// samples leaves out: respondents whose answers in one source go with their
// answers in the other bring the two closer.
func tiedBias(a, b *stat.Panel, used []bool) float64 {
	sum, n := 0.0, 0
	u, v := make([]float64, a.Cats), make([]float64, a.Cats)
	for item, is := range used {
		if !is {
			continue
		}
		n++
		p, _ := a.ShareVariance(item)
		q, _ := b.ShareVariance(item)
		cov := make([]float64, a.Cats)
		var ma, mb float64
		for g := range a.People {
			ma += deviation(a.Of(g, item), p, u)
			mb += deviation(b.Of(g, item), q, v)
			for k := range cov {
				cov[k] += u[k] * v[k]
			}
		}
		for k := range cov {
			if p[k]+q[k] > 0 {
				sum += 2 * cov[k] / (ma * mb) / (p[k] + q[k])
			}
		}
	}
	return sum / float64(n) / (4 * math.Ln2)
}

// deviation sets dst to a respondent's answers less what the shares expect of
// as many, and returns how many there are.
func deviation(answers, shares, dst []float64) float64 {
	m := sumOf(answers)
	for k, x := range answers {
		dst[k] = x - m*shares[k]
	}
	return m
}

// countedBiases estimates the biases of two independent arms from their counts
// alone, where respondents have one row each. It is false when that cannot be
// done.
func (c *comparison) countedBiases(p *pair, counts [][]float64) bool {
	for _, i := range []int{p.a, p.b} {
		if !c.pools[c.sources[c.arms[i].source].pool].independent {
			return false
		}
	}
	estimate := func(x, y []float64) (stat.JSEstimate, bool) {
		shares, vx := multinomialVariance(x)
		others, vy := multinomialVariance(y)
		bias, ok := stat.JSBias(shares, others, vx, vy)
		if !ok && len(p.used) == 1 { // of several items, whole respondents change sides
			return stat.JSEstimate{D: stat.JSDivergence(x, y), Bias: stat.ExchangedJS(x, y), Permuted: true}, true
		}
		return stat.JSEstimate{D: stat.JSDivergence(x, y), Bias: bias}, ok
	}
	k := c.newKernel()
	p.items = make([]stat.JSEstimate, len(p.used))
	for i, used := range p.used {
		p.items[i] = stat.JSEstimate{D: math.NaN(), Bias: math.NaN()}
		if !used {
			continue
		}
		var ok bool
		if p.items[i], ok = estimate(k.fold(0, c.itemOf(counts[p.a], i)), k.fold(1, c.itemOf(counts[p.b], i))); !ok {
			return false
		}
	}
	x, y := k.pooled(p, counts[p.a], counts[p.b])
	var ok bool
	p.pool, ok = estimate(k.fold(0, x), k.fold(1, y))
	return ok
}

// multinomialVariance returns the shares of counts and p(1-p)/(n-1), their
// variance when every count is a respondent.
func multinomialVariance(counts []float64) (share, variance []float64) {
	n := 0.0
	for _, x := range counts {
		n += x
	}
	share, variance = make([]float64, len(counts)), make([]float64, len(counts))
	for k, x := range counts {
		share[k] = x / n
		variance[k] = share[k] * (1 - share[k]) / (n - 1)
	}
	return share, variance
}

// panels returns the two arms of a pair over the items that both answered, in
// one universe of respondents.
func (c *comparison) panels(p *pair) (a, b *stat.Panel) {
	sa, sb := c.sources[c.arms[p.a].source], c.sources[c.arms[p.b].source]
	people, offset := c.pools[sa.pool].people, 0
	if sa.pool != sb.pool {
		offset = people
		people += c.pools[sb.pool].people
	}
	return c.panel(c.arms[p.a], p.used, people, 0), c.panel(c.arms[p.b], p.used, people, offset)
}

func (c *comparison) panel(a *arm, used []bool, people, offset int) *stat.Panel {
	s, values := c.sources[a.source], len(c.space.levels)
	c.byRespondent(s)
	width := len(used) * values
	panel := stat.NewPanel(people, len(used), len(c.space.cats))
	in := c.inAtoms(a.atoms, len(s.total)/width)
	for g := range len(s.start) - 1 {
		for k := s.start[g]; k < s.start[g+1]; k++ {
			cell := int(s.cell[k])
			if item := cell % width / values; in[cell/width] && used[item] {
				w := 1.0
				if s.weight != nil {
					w = s.weight[k]
				}
				panel.Add(offset+g, item, c.space.category[cell%values], w)
			}
		}
	}
	return panel
}
