package analysis

import (
	"context"
	"math"
	"math/rand/v2"

	"silico/analysis/stat"
)

// floor adds what predictions are worth that know people and nothing of the
// person: another person, drawn at random from all whom no rule excludes, stands
// in the place of the source.
func (r *ppiRun) floor(ctx context.Context, outcome string, values, y []float64) error {
	if r.Floor == 0 {
		return nil
	}
	others, own, err := r.strangers(values)
	if err != nil || len(others) < 2 {
		return err
	}
	draws := stat.Resampling{Streams: r.in.Streams, Name: "floor." + outcome, B: r.Floor, Workers: r.in.Workers}
	reps, err := draws.Run(ctx, 2, func() func(int, *rand.Rand, []float64) {
		var s stat.PPISample
		return func(b int, rng *rand.Rand, out []float64) {
			s.Y, s.F, s.FU = s.Y[:0], s.F[:0], s.FU[:0]
			for g, labelled := range r.label[b%len(r.label)] {
				k := rng.IntN(len(others))
				for k == own[g] {
					k = rng.IntN(len(others))
				}
				switch f := others[k]; {
				case math.IsNaN(y[g] + f):
				case labelled:
					s.Y, s.F = append(s.Y, y[g]), append(s.F, f)
				default:
					s.FU = append(s.FU, f)
				}
			}
			if len(s.Y) < 2 || len(s.FU) < 2 {
				return
			}
			o := stat.PPIOptions{DDof: 1, Conf: r.Level}
			alone := s.Mean(o)
			o.Lambda = math.NaN()
			out[0], out[1] = s.Correlation(), s.Mean(o).EffectiveN(alone)
		}
	})
	if err != nil {
		return err
	}
	for i, name := range []string{"correlation", "effective_n"} {
		k := Key{Source: people, Outcome: outcome, Statistic: name + "_floor"}
		e := Number(k, meanOf(reps[i]))
		e.Lo, e.Hi = percentiles(reps[i], r.Level)
		e.SE, e.People, e.Draws = sdOf(reps[i]), len(r.persons), 1
		r.add(e)
		r.add(e.end("95", quantile(reps[i], .95)))
	}
	return nil
}

// strangers returns the mean of an outcome over the rows of each person whom no
// rule excludes, and the place among them of each person who is predicted.
func (r *ppiRun) strangers(values []float64) (means []float64, own []int, err error) {
	all, err := r.everybody(r.in.Frame, people)
	if err != nil {
		return nil, nil, err
	}
	src := all.sources[0]
	place := map[int32]int{}
	n := 0.0
	for i, row := range src.rows {
		if i == 0 || src.person[i] != src.person[i-1] {
			place[src.person[i]] = len(means)
			means, n = append(means, 0), 0
		}
		if x := values[row]; !math.IsNaN(x) {
			n++
			means[len(means)-1] += (x - means[len(means)-1]) / n
		}
	}
	for _, code := range r.persons {
		own = append(own, place[code])
	}
	return means, own, nil
}

// floorRow shows the floors of an outcome.
func (r *ppiRun) floorRow(f finder, outcome string) (Row, bool) {
	k := func(statistic string) Key { return Key{Source: people, Outcome: outcome, Statistic: statistic} }
	if _, ok := f.found[k("effective_n_floor")]; !ok {
		return Row{}, false
	}
	blank := Cell{Kind: Blank}
	return Row{Group: title(r.sel.schema, outcome), Cells: []Cell{
		Word("Another person at random"), blank, blank, blank, blank, blank, f.cell(WithCI, k("correlation_floor")), f.cell(WithCI, k("effective_n_floor")), blank,
	}}, true
}
