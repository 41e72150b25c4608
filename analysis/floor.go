package analysis

import (
	"context"
	"math"
	"math/rand/v2"

	"silico/analysis/stat"
)

// floor is what two samples of one population differ by, for one subgroup.
type floor struct{ items, pooled apart }

// apart is how far two samples of people are from each other by one divergence,
// over splits.
type apart struct {
	raw           Estimate  // mean of the distance as it looks, with its central range; it has no key
	raw95         float64   // 95th percentile of it
	js            []float64 // corrected distances
	js95, between float64   // their 95th percentile, and how much two of them differ
}

func newApart(divergences, distances []float64, level float64) apart {
	a := apart{raw: Number(Key{}, meanOf(distances)), raw95: quantile(distances, .95), js: corrected(divergences)}
	a.raw.SE = sdOf(distances)
	a.raw.Lo, a.raw.Hi = percentiles(distances, level)
	a.js95, a.between = quantile(a.js, .95), between(a.js)
	return a
}

// floors draws pairs of samples of people without a common person, each of as
// many as the reference has in the subgroup, and compares them as sources are
// compared. The people are all whom no rule excludes, pilot included: the floor
// is a property of people, and nobody who was learned from is compared with a
// model by it. It is keyed by variable and level, without those in which there
// are too few people; nil without a reference.
func (r *divergenceRun) floors(ctx context.Context, c *comparison) (map[Key]*floor, error) {
	ref := r.sel.source(r.Reference)
	if r.Floor == 0 || r.Between != "" || ref == nil || len(ref.rows) == 0 {
		return nil, nil
	}
	all, err := r.everybody(r.in.Frame, r.Reference)
	if err != nil {
		return nil, err
	}
	g := newGrouping(r.in.Frame, r.By)
	everybody := newComparison(r.in.Frame, c.space, c.items, g, all.sources)
	floors := make(map[Key]*floor)
	for i, a := range everybody.arms {
		own := c.arms[c.arm(0, a.variable, a.level)]
		n := min(own.people, a.people/2)
		if n == 0 {
			continue
		}
		split, err := everybody.splits(ctx, r.resampling("floor", r.Floor), i, n)
		if err != nil {
			return nil, err
		}
		floors[Key{Variable: a.variable, Level: a.level}] = &floor{
			items:  newApart(split[meanD], split[meanRoot], r.Level),
			pooled: newApart(split[pooledD], rooted(split[pooledD]), r.Level),
		}
	}
	return floors, nil
}

// splits compares random pairs of samples of n people of arm i. Samples are
// halves within the strata that the grouping makes, cut down to n at random.
func (c *comparison) splits(ctx context.Context, r stat.Resampling, i, n int) ([][]float64, error) {
	a := c.arms[i]
	s := c.sources[a.source]
	c.byRespondent(s)
	width := len(c.items.labels) * len(c.space.levels)
	in := c.inAtoms(a.atoms, len(s.total)/width)
	stratum := make([]int, len(s.start)-1)
	for g := range stratum {
		stratum[g] = -1
		for _, cell := range s.cell[s.start[g]:s.start[g+1]] {
			if atom := int(cell) / width; in[atom] {
				stratum[g] = atom
				break
			}
		}
	}
	p := &pair{used: make([]bool, len(c.items.labels))}
	for item := range p.used {
		p.used[item] = true
	}
	r.Name += "." + a.variable + "." + a.level
	return r.Run(ctx, firstItem+len(c.items.labels), func() func(int, *rand.Rand, []float64) {
		k := c.newKernel()
		d := newSplitter(len(stratum), stratum, n)
		weight := make([]uint32, len(stratum))
		cells := [2][]float64{make([]float64, len(s.total)), make([]float64, len(s.total))}
		return func(_ int, rng *rand.Rand, out []float64) {
			d.split(rng)
			for side, members := range d.sides {
				clear(weight)
				for _, g := range members {
					weight[g] = 1
				}
				s.sum(weight, k.times, cells[side])
			}
			k.measure(p, c.counts(a, cells[0], k.arms[0]), c.counts(a, cells[1], k.arms[1]), out)
		}
	})
}

// corrected returns √max(0, D - bias) over splits, where the bias is the mean of
// D: two samples of one population have no distance but that.
func corrected(ds []float64) []float64 {
	return rooted(less(ds, meanOf(ds)))
}

// rootPositive is √max(0, x), NaN of NaN.
func rootPositive(x float64) float64 {
	if x < 0 {
		return 0
	}
	return math.Sqrt(x)
}

// between returns how much a measure differs between two samples of people, the
// mean of |Δ|: over splits, each against the next, which shares nobody's place
// with it but by chance.
func between(reps []float64) float64 {
	diff := make([]float64, 0, len(reps))
	for i := 1; i < len(reps); i++ {
		diff = append(diff, math.Abs(reps[i]-reps[i-1]))
	}
	return meanOf(diff)
}
