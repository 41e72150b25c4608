package analysis

import (
	"math"
	"slices"
	"strings"

	"silico/analysis/stat"
)

// add keeps an estimate of the result.
func (r *divergenceRun) add(e Estimate) {
	e.Sample = r.sel.sample
	if math.IsNaN(e.Value) && e.Why == "" {
		e.Why = "nothing to compare"
	}
	r.rows[e.Key] = len(r.result.Estimates)
	r.result.Estimates = append(r.result.Estimates, e)
}

// get returns an estimate by its key, false when there is none.
func (r *divergenceRun) get(k Key) (Estimate, bool) {
	i, ok := r.rows[k]
	if !ok {
		return Estimate{}, false
	}
	return r.result.Estimates[i], true
}

// measured is one measure of a pair: how it looks, how it is corrected, and the
// replicates of both.
type measured struct {
	raw, value    float64
	rawReps, reps []float64
	bias          float64
	statistic     string
}

// estimates adds everything about a pair.
func (r *divergenceRun) estimates(c *comparison, p *pair, floors map[Key]*floor) {
	f := floors[Key{Variable: p.key.Variable, Level: p.key.Level}]
	arm := c.arms[p.a]
	small := c.fewest(p)
	add := func(e Estimate) {
		e.People, e.Rows, e.Draws = arm.people, arm.rows, c.sources[arm.source].src.Draws
		r.add(e)
	}
	at := func(statistic string) Key {
		k := p.key
		k.Statistic = statistic
		return k
	}
	add(Number(at("n"), float64(arm.people)))
	for i, prefix := range prefixes {
		var signs []float64 // those of d, which comes first
		for _, m := range p.measured[i] {
			e := Number(at(prefix+m.statistic), m.value)
			e.SE = sdOf(m.reps)
			if m.statistic == "d" {
				signs = m.reps
			}
			e = e.between(m.reps, r.Level).ofFew(small)
			add(e)
			r.note(e, small, m, signs)
			raw := Number(at(prefix+m.statistic+"_raw"), m.raw)
			raw.SE = sdOf(m.rawReps)
			add(raw)
			if m.statistic == "js" {
				r.note(raw, small, measured{}, nil) // as it looks: it has no interval
			}
			switch m.statistic {
			case "d":
				add(Number(at(prefix+"bias"), m.bias))
			case "js":
				if i == overItems && p.key.Variable != "" {
					r.keep(e, m.reps, small, f)
				}
				if f != nil {
					r.excess(add, at(prefix+"excess"), m, raw, f.of(i), small)
					add(Number(at(prefix+"js_floor95"), f.of(i).js95))
					add(Number(at(prefix+"js_between"), f.of(i).between))
				}
			}
		}
	}
	if f != nil {
		for i, prefix := range prefixes {
			e := f.of(i).raw
			e.Key = at(prefix + "floor")
			add(e)
			add(Number(at(prefix+"floor95"), f.of(i).raw95))
		}
	}
	if p.key.Variable == "" && len(p.items) > 1 {
		r.byItem(c, p)
	}
}

// note keeps a distance for the groups. A distance has the signs of its
// divergence, which has no ties at zero.
func (r *divergenceRun) note(e Estimate, people int, m measured, signs []float64) {
	e.People, e.Sample = people, r.sel.sample
	if m.statistic != "js" {
		signs = nil
	}
	r.groups.note(e, func() spread { return spread{reps: m.reps, signs: signs} })
}

// rep returns the replicates of a measure, nil without.
func (p *pair) rep(measure int) []float64 {
	if p.reps == nil {
		return nil
	}
	return p.reps[measure]
}

// excess adds how far the raw distance is above the floor. The interval is that
// of the percentiles of T* - bias - floor, T* the replicates of the raw distance:
// what sampling adds is in the floor too, so it is taken off once only.
func (r *divergenceRun) excess(add func(Estimate), k Key, m measured, raw Estimate, f apart, small int) {
	e := Number(k, raw.Value-f.raw.Value)
	e.SE = raw.SE
	bias := meanOf(m.rawReps) - raw.Value
	add(e.between(less(m.rawReps, bias+f.raw.Value), r.Level).ofFew(small))
}

// The two ways in which the items of a pair are taken together, and what stands
// before the statistics of each.
const (
	overItems = iota
	pooled
)

var prefixes = [...]string{overItems: "", pooled: "pooled_"}

// of returns how far samples are apart over items or pooled.
func (f *floor) of(way int) apart {
	if way == pooled {
		return f.pooled
	}
	return f.items
}

// distances returns the measures of a pair, over items or pooled.
func (c *comparison) distances(p *pair, way int) []measured {
	d, root, tv, w1, ks := meanD, meanRoot, meanTV, meanW1, meanKS
	bias := meanBias(p.items)
	if way == pooled {
		d, root, tv, w1, ks = pooledD, -1, pooledTV, pooledW1, pooledKS
		bias = p.pool.Bias
	}
	divergence := measured{statistic: "d", raw: p.seen[d], value: p.seen[d] - bias, bias: bias, rawReps: p.rep(d), reps: less(p.rep(d), 2*bias)}
	js := measured{statistic: "js", value: rootPositive(divergence.value), reps: rooted(divergence.reps)}
	if way == pooled {
		js.raw, js.rawReps = math.Sqrt(p.seen[d]), rooted(p.rep(d))
	} else {
		js.raw, js.rawReps = p.seen[root], p.rep(root)
	}
	list := []measured{divergence, js, lessBias("tv", p.seen[tv], p.rep(tv))}
	if c.space.scores != nil {
		list = append(list, lessBias("w1", p.seen[w1], p.rep(w1)), lessBias("ks", p.seen[ks], p.rep(ks)))
	}
	return list
}

// meanBias returns the mean over items of the bias, NaN items left out.
func meanBias(items []stat.JSEstimate) float64 {
	var bs []float64
	for _, e := range items {
		bs = append(bs, e.Bias)
	}
	return meanOf(bs)
}

// lessBias takes the bootstrap bias off a distance, once off the value and
// twice off the replicates, which are biased twice; none goes below 0.
func lessBias(statistic string, raw float64, reps []float64) measured {
	m := measured{statistic: statistic, raw: raw, rawReps: reps, value: math.NaN()}
	if reps == nil {
		return m
	}
	m.bias = meanOf(reps) - raw
	m.value = positive(raw - m.bias)
	m.reps = less(reps, 2*m.bias)
	for i, x := range m.reps {
		m.reps[i] = positive(x)
	}
	return m
}

// positive is max(0, x), NaN of NaN.
func positive(x float64) float64 {
	if x < 0 {
		return 0
	}
	return x
}

// byItem adds the distances of each item.
func (r *divergenceRun) byItem(c *comparison, p *pair) {
	for i, e := range p.items {
		k := p.key
		k.Variable, k.Level = "item", c.items.keys[i]
		add := func(statistic string, value float64, reps []float64) {
			k.Statistic = statistic
			x := Number(k, value)
			x.People, x.Rows, x.Draws = c.arms[p.a].people, c.arms[p.a].rows/len(p.items), c.sources[c.arms[p.a].source].src.Draws
			x.SE = sdOf(reps)
			r.add(x.between(reps, r.Level).ofFew(c.fewest(p)))
		}
		signs := less(p.rep(firstItem+i), 2*e.Bias)
		reps := rooted(signs)
		add("js", e.Corrected(), reps)
		r.groups.note(r.result.Estimates[r.rows[k]], func() spread { return spread{reps: reps, signs: signs} })
		add("js_raw", math.Sqrt(e.D), nil)
	}
}

// contrast adds the differences of distances that are asked for, overall and by
// subgroup, paired by replicate. Between subgroups each source is contrasted
// with the people.
func (r *divergenceRun) contrast(c *comparison) {
	names := r.Contrasts
	if r.Between != "" && names == nil && r.sel.source(people) != nil {
		for _, s := range r.sel.sources {
			if s.Name != people {
				names = append(names, s.Name+"-"+people)
			}
		}
	}
	for _, name := range names {
		a, b, _ := strings.Cut(name, "-")
		for _, pa := range c.pairs {
			if pa.key.Source != a {
				continue
			}
			i := slices.IndexFunc(c.pairs, func(p *pair) bool {
				return p.key.Source == b && p.key.Variable == pa.key.Variable && p.key.Level == pa.key.Level
			})
			if i >= 0 {
				r.difference(c, name, pa, c.pairs[i])
			}
		}
	}
}

// difference adds the contrast of two pairs.
func (r *divergenceRun) difference(c *comparison, name string, a, b *pair) {
	for way, prefix := range prefixes {
		var divergences []float64 // differences of d, which comes first
		for i, m := range a.measured[way] {
			of := b.measured[way][i]
			k := a.key
			k.Source, k.Statistic = name, prefix+m.statistic
			e := Number(k, m.value-of.value)
			e.People, e.Rows, e.Draws = c.arms[a.a].people, c.arms[a.a].rows, c.sources[c.arms[a.a].source].src.Draws
			diff := difference(m.reps, of.reps)
			e = e.differing(diff, r.Level)
			if m.statistic == "js" { // its sign, without the ties at zero
				e.P = signP(divergences)
			} else if m.statistic == "d" {
				divergences = diff
			}
			r.add(e.ofFew(min(c.fewest(a), c.fewest(b))))
		}
	}
	if a.key.Variable == "" && len(a.items) > 1 {
		r.itemDifferences(c, name, a, b)
	}
}

// itemDifferences adds the contrast of two pairs item by item, for items that
// both compare. The p-value is that of the divergence, whose sign has no ties.
func (r *divergenceRun) itemDifferences(c *comparison, name string, a, b *pair) {
	for i := range a.items {
		if !a.used[i] || !b.used[i] {
			continue
		}
		k := a.key
		k.Source, k.Variable, k.Level, k.Statistic = name, "item", c.items.keys[i], "js"
		e := Number(k, a.items[i].Corrected()-b.items[i].Corrected())
		e.People, e.Rows, e.Draws = c.arms[a.a].people, c.arms[a.a].rows/len(a.items), c.sources[c.arms[a.a].source].src.Draws
		ra, rb := less(a.rep(firstItem+i), 2*a.items[i].Bias), less(b.rep(firstItem+i), 2*b.items[i].Bias)
		e = e.differing(difference(rooted(ra), rooted(rb)), r.Level)
		e.P = signP(difference(ra, rb))
		r.add(e.ofFew(min(c.fewest(a), c.fewest(b))))
	}
}

// rooted returns √max(0, x) of each number, nil of nil.
func rooted(xs []float64) []float64 {
	if xs == nil {
		return nil
	}
	ys := make([]float64, len(xs))
	for i, x := range xs {
		ys[i] = rootPositive(x)
	}
	return ys
}

// fewest returns the respondents on the smaller side of a pair.
func (c *comparison) fewest(p *pair) int {
	return min(c.arms[p.a].people, c.arms[p.b].people)
}

// signP returns the two-sided bootstrap p-value of a difference,
// 2 min(#(x ≤ 0), #(x ≥ 0)) with one added to the counts, at most 1; NaN without
// replicates.
func signP(diff []float64) float64 {
	n, low, high := 0, 1, 1
	for _, x := range diff {
		if !math.IsNaN(x) {
			n++
		}
		if x <= 0 {
			low++
		}
		if x >= 0 {
			high++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return min(1, 2*float64(min(low, high))/float64(n+1))
}
