package analysis

import (
	"context"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"

	"silico/analysis/stat"
)

// floor adds what the item shares of one sample of people score on another
// without a common person, of all people and of each subgroup.
func (p *Score) floor(ctx context.Context, in Input, r *Result, o *odds, outcome string) error {
	if p.Floor == 0 {
		return nil
	}
	own := p.Common
	own.Sources = []string{people}
	compared, err := own.pick(in.Frame, "")
	if err != nil {
		return err
	}
	sel, err := p.everybody(in.Frame, people)
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
	counts := tally{width: len(it.labels) * k, fill: func(row int, v []float64) bool {
		if it.code[row] < 0 || answer[row] < 0 {
			return false
		}
		v[int(it.code[row])*k+int(answer[row])] += weight[row]
		return true
	}}
	size := newLedgers(in.Frame, compared.sources, p.By, counts).arms
	for i, l := range newLedgers(in.Frame, sel.sources, p.By, counts).arms {
		n := min(size[i].people(), l.people()/2)
		if n == 0 {
			continue
		}
		key := Key{Source: people, Outcome: outcome, Variable: l.variable, Level: l.level}
		list, err := p.samples(ctx, in, l, key, n, k)
		if err != nil {
			return err
		}
		for _, e := range list {
			e.Sample = compared.sample
			r.Estimates = append(r.Estimates, e)
		}
	}
	return nil
}

// samples returns the floors of one arm: what item shares of n of its people
// score on n others, with k answers to an item.
func (p *Score) samples(ctx context.Context, in Input, l *ledger, key Key, n, k int) ([]Estimate, error) {
	name := "floor." + key.Outcome
	if key.Variable != "" {
		name += "." + key.Variable + "." + key.Level
	}
	draws := stat.Resampling{Streams: in.Streams, Name: name, B: p.Floor, Workers: in.Workers}
	reps, err := draws.Run(ctx, 2, func() func(int, *rand.Rand, []float64) {
		d := newSplitter(l.people(), nil, n)
		sums := [2][]float64{make([]float64, l.width), make([]float64, l.width)}
		return func(_ int, rng *rand.Rand, out []float64) {
			d.split(rng)
			for side, members := range d.sides {
				clear(sums[side])
				for _, g := range members {
					floats.Add(sums[side], l.of(g))
				}
			}
			out[0], out[1] = p.predict(sums[0], sums[1], k)
		}
	})
	if err != nil {
		return nil, err
	}
	var list []Estimate
	for i, name := range []string{"bits", "brier"} {
		key.Statistic = name + "_floor"
		e := Number(key, meanOf(reps[i]))
		e.SE, e.People = sdOf(reps[i]), n
		e.Lo, e.Hi = percentiles(reps[i], p.Level)
		if math.IsNaN(e.Value) {
			e.Why = "nobody answered"
		}
		apart := e.end("", between(reps[i]))
		apart.Statistic = name + "_between"
		list = append(list, e, apart)
	}
	return list, nil
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
