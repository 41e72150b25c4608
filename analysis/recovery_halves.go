package analysis

import (
	"context"
	"math/rand/v2"

	"silico/analysis/stat"
)

// halves adds what two samples of people reach when one stands in the place of
// the source: the mean of every measure over splits and its 95th percentile. A Deming slope
// is a ratio, which has neither mean nor variance, so it has the median and no
// standard error.
func (r *recoveryRun) halves(ctx context.Context) error {
	if r.Splits == 0 {
		return nil
	}
	p := r.fits.params
	all, err := p.everybody(r.fits.sel.frame, people)
	if err != nil {
		return err
	}
	fit, err := p.fit(r.fits.sel.frame, r.fits.formula, all.sources[0])
	if err != nil {
		return err
	}
	refit, solution, err := fit.refitter(p, r.fits.sel.frame, r.fits.formula)
	if err != nil {
		return err
	}
	n := 0
	if solution != nil {
		n = min(r.people.respond, len(refit.codes)/2)
	}
	if n < 2 {
		r.warn(people, "There are too few people for two samples, so no ceiling can be given.")
		return nil
	}
	names, k := fit.fitted.terms(), len(recoveryMeasures)
	draws := stat.Resampling{Streams: r.in.Streams, Name: "halves", B: r.Splits, Workers: r.in.Workers}
	reps, err := draws.Run(ctx, k, func() func(int, *rand.Rand, []float64) {
		d := newSplitter(len(refit.codes), nil, n)
		half, weight := newSolution(refit), make([]float64, len(refit.codes))
		return func(_ int, rng *rand.Rand, out []float64) {
			d.split(rng)
			var views [2]*view
			for side, members := range d.sides {
				clear(weight)
				for _, g := range members {
					weight[g] = 1
				}
				if !half.fit(weight) {
					return // the numbers of this split stay missing
				}
				views[side] = viewOf(names, half, false)
			}
			h, m := views[0], views[1]
			r.scorer(h, m).score(h.coef, m.coef, h.ame, m.ame, out)
		}
	})
	if err != nil {
		return err
	}
	if failed := r.Splits - len(present(reps[0])); failed > 0 {
		r.warn(people, "In %s of %d of people the regression has no finite fit; they are left out.", count(failed, "split", "splits"), r.Splits)
	}
	for i, name := range recoveryMeasures {
		if name == "r2_ratio" {
			continue
		}
		e := middle(Key{Source: people, Statistic: name + "_halves"}, name, reps[i])
		e.Lo, e.Hi = percentiles(reps[i], r.Level)
		e.People = n
		r.add(e)
		e95 := Number(Key{Source: people, Statistic: name + "_halves95"}, quantile(reps[i], .95))
		e95.People = n
		r.add(e95)
		apart := Number(Key{Source: people, Statistic: name + "_between"}, between(reps[i]))
		apart.People = n
		r.add(apart)
	}
	return nil
}

// middle returns where a measure lies over splits: the median of a slope, the
// mean of every other, with its standard deviation.
func middle(k Key, measure string, reps []float64) Estimate {
	if measure == "slope" {
		return Number(k, quantile(reps, .5))
	}
	e := Number(k, meanOf(reps))
	e.SE = sdOf(reps)
	return e
}
