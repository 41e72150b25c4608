package analysis

import (
	"context"
	"math"
	"math/rand/v2"

	"silico/analysis/stat"
)

// floor adds what the item shares of one sample of people score on another
// without a common person.
func (p *Score) floor(ctx context.Context, in Input, r *Result, o *odds, outcome string) error {
	if p.Floor == 0 {
		return nil
	}
	own, all := p.Common, p.Common
	own.Sources = []string{people}
	all.Sample, all.Sources = "all", []string{people}
	compared, err := own.pick(in.Frame, "")
	if err != nil {
		return err
	}
	sel, err := all.pick(in.Frame, "")
	if err != nil {
		return err
	}
	var factors []string
	for _, v := range withinFactors(in.Frame.Schema) {
		factors = append(factors, v.Name)
	}
	it := newItems(in.Frame, factors, sel.sources)
	answer, k := o.codes(in.Frame.Col(outcome)), len(o.levels)
	weight := weights(in.Frame, everyRow(in.Frame))
	everybody := newLedgers(in.Frame, sel.sources, nil, tally{width: len(it.labels) * k, fill: func(row int, v []float64) bool {
		if it.code[row] < 0 || answer[row] < 0 {
			return false
		}
		v[int(it.code[row])*k+int(answer[row])] += weight[row]
		return true
	}}).arms[0]
	n := min(compared.sources[0].people, everybody.people()/2)
	if n == 0 {
		return nil
	}
	draws := stat.Resampling{Streams: in.Streams, Name: in.Name + ".floor." + outcome, B: p.Floor, Workers: in.Workers}
	reps, err := draws.Run(ctx, 2, func() func(int, *rand.Rand, []float64) {
		d := newSplitter(everybody.people(), nil, n)
		sums := [2][]float64{make([]float64, everybody.width), make([]float64, everybody.width)}
		return func(_ int, rng *rand.Rand, out []float64) {
			d.split(rng)
			for side, members := range d.sides {
				clear(sums[side])
				for _, g := range members {
					for c, x := range everybody.of(g) {
						sums[side][c] += x
					}
				}
			}
			out[0], out[1] = p.predict(sums[0], sums[1], k)
		}
	})
	if err != nil {
		return err
	}
	for i, name := range []string{"bits", "brier"} {
		e := Number(Key{Source: people, Outcome: outcome, Statistic: name + "_floor"}, meanOf(reps[i]))
		e.SE, e.People, e.Sample = sdOf(reps[i]), n, compared.sample
		e.Lo, e.Hi = percentiles(reps[i], p.Level)
		if math.IsNaN(e.Value) {
			e.Why = "nobody answered"
		}
		r.Estimates = append(r.Estimates, e)
		apart := e.end("", between(reps[i]))
		apart.Statistic = name + "_between"
		r.Estimates = append(r.Estimates, apart)
	}
	return nil
}

// predict scores the answers of one sample, counts of items by k levels, with
// the shares of another.
func (p *Score) predict(shares, answers []float64, k int) (bits, brier float64) {
	rows := 0.0
	for at := 0; at < len(answers); at += k {
		total := 0.0
		for _, x := range shares[at : at+k] {
			total += x
		}
		if total == 0 {
			continue
		}
		squares := 0.0
		for _, x := range shares[at : at+k] {
			squares += x / total * x / total
		}
		for j, n := range answers[at : at+k] {
			chance := shares[at+j] / total
			bits -= n * math.Log2(max(chance, p.Least))
			brier += n * (squares - 2*chance + 1)
			rows += n
		}
	}
	return bits / rows, brier / rows
}
