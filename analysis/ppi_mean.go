package analysis

import (
	"context"
	"math"
	"math/rand/v2"

	"silico/analysis/stat"
)

// mean estimates the mean of an outcome over people.
func (r *ppiRun) mean(ctx context.Context, outcome string) error {
	y, err := valuesOf(r.in.Frame, outcome)
	if err != nil {
		return err
	}
	g, from, err := expanded(r.in.Frame, namesIn(r.in.Frame.Schema, outcome))
	if err != nil {
		return err
	}
	values, err := valuesOf(g, outcome)
	if err != nil {
		return err
	}
	values = expectation(r.in.Frame, g, from, values)
	answer := r.means(y, y)
	r.whole(outcome, answer)
	if err := r.floor(ctx, outcome, y, answer); err != nil {
		return err
	}
	for i, src := range r.sources {
		f := r.predictions(src, values)
		own := r.means(y, f) // of the answers that are predicted
		if err := r.predict(ctx, src, outcome, own, r.means(f, y), i == 0); err != nil {
			return err
		}
	}
	return nil
}

// means returns for each person the mean of x over the rows in which x and y are
// numbers; NaN for a person without any.
func (r *ppiRun) means(x, y []float64) []float64 {
	means, n := make([]float64, len(r.persons)), make([]float64, len(r.persons))
	g := -1
	for i, row := range r.people.rows {
		if i == 0 || r.people.person[i] != r.people.person[i-1] {
			g++
		}
		if !math.IsNaN(x[row] + y[row]) {
			means[g] += x[row]
			n[g]++
		}
	}
	for g := range means {
		means[g] /= n[g]
	}
	return means
}

// whole adds the mean over all people.
func (r *ppiRun) whole(outcome string, y []float64) {
	all := present(y)
	e := Number(Key{Source: people, Outcome: outcome, Statistic: "whole"}, meanOf(all))
	e.SE, e.People = sdOf(all)/math.Sqrt(float64(len(all))), len(all)
	r.add(e.wald(r.Level, float64(len(all)-1)).ofFew(len(all)))
}

// The numbers of one split.
const (
	splitClassical = iota
	splitClassicalSE
	splitPPI
	splitPPISE
	splitTuned
	splitTunedSE
	splitLambda
	splitRho
	splitEffective
	splitLimit
	splitN
	splitUnlabelled
	splitNumbers // how many there are
)

// predict adds the estimates with one source as predictor; y and f are the means
// of answers and predictions by person. The classical estimate is added once.
func (r *ppiRun) predict(ctx context.Context, src *sourceRows, outcome string, y, f []float64, classical bool) error {
	draws := stat.Resampling{Streams: r.in.Streams, Name: "none", B: r.Splits, Workers: r.in.Workers}
	reps, err := draws.Run(ctx, splitNumbers, func() func(int, *rand.Rand, []float64) {
		var s stat.PPISample
		return func(b int, _ *rand.Rand, out []float64) {
			s.Y, s.F, s.FU = s.Y[:0], s.F[:0], s.FU[:0]
			for g, labelled := range r.label[b] {
				switch {
				case math.IsNaN(y[g] + f[g]):
				case labelled:
					s.Y, s.F = append(s.Y, y[g]), append(s.F, f[g])
				default:
					s.FU = append(s.FU, f[g])
				}
			}
			if len(s.Y) < 2 || len(s.FU) < 2 {
				return
			}
			o := stat.PPIOptions{DDof: 1, Conf: r.Level}
			alone := s.Mean(o)
			o.Lambda = 1
			full := s.Mean(o)
			o.Lambda = math.NaN()
			tuned := s.Mean(o)
			n, m := float64(len(s.Y)), float64(len(s.FU))
			out[splitClassical], out[splitClassicalSE] = alone.Value, alone.SE
			out[splitPPI], out[splitPPISE] = full.Value, full.SE
			out[splitTuned], out[splitTunedSE], out[splitLambda] = tuned.Value, tuned.SE, tuned.Lambda
			out[splitRho] = s.Correlation()
			out[splitEffective], out[splitLimit] = tuned.EffectiveN(alone), stat.PPILimit(n, m, out[splitRho])
			out[splitN], out[splitUnlabelled] = n, m
		}
	})
	if err != nil {
		return err
	}
	at := Key{Source: src.Name, Outcome: outcome}
	if classical {
		r.average(Key{Source: people, Outcome: outcome, Statistic: "classical"}, reps[splitClassical], reps[splitClassicalSE], reps[splitN], src.Draws)
	}
	r.modelOnly(at, y, f, src.Draws)
	for _, x := range []struct {
		name      string
		value, se int
	}{{"ppi", splitPPI, splitPPISE}, {"ppi_tuned", splitTuned, splitTunedSE}} {
		at.Statistic = x.name
		r.average(at, reps[x.value], reps[x.se], reps[splitN], src.Draws)
	}
	for _, x := range []struct {
		name  string
		value int
	}{{"lambda", splitLambda}, {"correlation", splitRho}, {"effective_n", splitEffective}, {"limit", splitLimit}} {
		at.Statistic = x.name
		r.over(at, reps[x.value], reps[splitN], src.Draws)
	}
	if math.IsNaN(meanOf(reps[splitRho])) && !math.IsNaN(meanOf(reps[splitN])) {
		r.warn(src.Name, "%s predicts one number of %s for every person, so that no person is known better by it.", src.title(), outcome)
	}
	return nil
}

// modelOnly adds what the source says of everybody, and how far that is from
// people, by person.
func (r *ppiRun) modelOnly(k Key, y, f []float64, draws int) {
	var all, miss []float64
	for g := range f {
		if !math.IsNaN(y[g] + f[g]) {
			all, miss = append(all, f[g]), append(miss, f[g]-y[g])
		}
	}
	for _, x := range []struct {
		name string
		xs   []float64
	}{{"model_only", all}, {"model_bias", miss}} {
		k.Statistic = x.name
		e := Number(k, meanOf(x.xs))
		e.SE, e.People, e.Draws = sdOf(x.xs)/math.Sqrt(float64(len(x.xs))), len(x.xs), draws
		e = e.wald(r.Level, float64(len(x.xs)-1))
		if x.name == "model_bias" {
			e.P = tPValue(e.Value/e.SE, float64(len(x.xs)-1))
		}
		r.add(e.ofFew(len(x.xs)))
	}
}

// average adds the mean over splits with the root mean square of the standard
// errors: the interval of one study with so many labelled people.
func (r *ppiRun) average(k Key, values, ses, n []float64, draws int) {
	e := Number(k, meanOf(values))
	squares := make([]float64, len(ses))
	for i, x := range ses {
		squares[i] = x * x
	}
	e.SE = math.Sqrt(meanOf(squares))
	e.People, e.Draws = rounded(meanOf(n)), draws
	r.add(e.wald(r.Level, math.Inf(1)))
}

// over adds the mean over splits with their central range.
func (r *ppiRun) over(k Key, values, n []float64, draws int) {
	e := Number(k, meanOf(values))
	e.Lo, e.Hi = percentiles(values, r.Level)
	e.People, e.Draws = rounded(meanOf(n)), draws
	r.add(e)
}

// rounded returns a count as a whole number, 0 of NaN.
func rounded(x float64) int {
	if math.IsNaN(x) {
		return 0
	}
	return int(math.Round(x))
}
