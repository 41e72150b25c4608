package analysis

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"silico/analysis/frame"
)

// population draws n people and a model that answers for the same people: three
// items each, wanting and doing, with an effect of the person, of gender and of
// anger on both. The model is more willing, and has less of all of them.
func population(rng *rand.Rand, n int) *frame.Frame {
	items := []string{"curse", "scold", "shout"}
	levels := []string{"no", "perhaps", "yes"}
	var source, id, gender, item, want, do []string
	var anger, doAny []float64
	answer := func(latent float64) int {
		switch {
		case latent < -.3:
			return 0
		case latent < .6:
			return 1
		}
		return 2
	}
	type person struct {
		anger, effect float64
		gender        string
	}
	crowd := make([]person, n)
	for i := range crowd {
		crowd[i] = person{rng.NormFloat64(), rng.NormFloat64(), []string{"F", "M"}[rng.IntN(2)]}
	}
	for s, name := range []string{"people", "model"} {
		lean, ofAnger, ofGender, ofItem := 0., .5, .4, .5
		if s == 1 {
			lean, ofAnger, ofGender, ofItem = .6, 0, -.2, .1
		}
		for i, p := range crowd {
			own := lean + .7*p.effect + ofAnger*p.anger
			if p.gender == "M" {
				own += ofGender
			}
			for k := range items {
				w := own + ofItem*float64(1-k) + rng.NormFloat64()
				d := .5*own + .4*w - .3 + lean*.5 + rng.NormFloat64()
				source, id, gender, item = append(source, name), append(id, strconv.Itoa(i)), append(gender, p.gender), append(item, items[k])
				anger = append(anger, p.anger)
				want, do = append(want, levels[answer(w)]), append(do, levels[answer(d)])
				doAny = append(doAny, math.Min(1, float64(answer(d))))
			}
		}
	}
	rows, nan := len(id), math.NaN()
	ordered := func(name string, texts []string) *frame.Column {
		c := frame.Factors(name, texts, levels)
		c.Kind = frame.Ordered
		return c
	}
	f := frame.New(
		frame.Factors(frame.SourceColumn, source, []string{"people", "model"}), frame.Factors("id", id, nil),
		frame.Factors(frame.SampleColumn, slices.Repeat([]string{frame.Evaluation}, rows), []string{frame.Evaluation, frame.Pilot, frame.Excluded}),
		frame.Factors(frame.RuleColumn, make([]string, rows), []string{"speeder"}), frame.Numbers(frame.DrawColumn, slices.Repeat([]float64{1}, rows)),
		frame.Factors("gender", gender, []string{"F", "M"}), frame.Numbers("anger", anger), frame.Factors("behaviour", item, items),
		ordered("want", want), ordered("do", do), frame.Numbers("do_any", doAny),
	)
	f.Schema = &frame.Schema{ID: "id", Variables: []frame.Variable{
		{Name: "id", Type: "id", Role: "id", Min: nan, Max: nan},
		{Name: "gender", Type: "choice", Role: "covariate", Levels: []string{"F", "M"}, Min: nan, Max: nan},
		{Name: "anger", Type: "scale", Role: "covariate", Min: -10, Max: 10},
		{Name: "behaviour", Type: "choice", Role: "factor", Within: true, Levels: items, Min: nan, Max: nan},
		{Name: "want", Type: "ordinal", Role: "belief", Within: true, Levels: levels, Min: nan, Max: nan},
		{Name: "do", Type: "ordinal", Role: "action", Within: true, Levels: levels, Min: nan, Max: nan},
		{Name: "do_any", Type: "binary", Within: true, Derived: "do != 'no'", Min: 0, Max: 1},
	}, Sources: []frame.Source{{Name: "people", Label: "People", Kind: "people", Draws: 1}, {Name: "model", Label: "Model", Kind: "simulated", Paired: true, Draws: 1}}}
	return f
}

// simulatedKinds are the kinds of analysis whose intervals are simulated, in the
// order of their needs.
var simulatedKinds = []string{"descriptives", "divergence", "coherence", "heterogeneity", "regression", "recovery"}

// simulation returns the estimates of all simulated kinds by address.
func simulation(t *testing.T, f *frame.Frame, replicates int) map[string]Estimate {
	found, results := map[string]Estimate{}, map[string]*Result{}
	for _, kind := range simulatedKinds {
		p, _ := New(kind)
		switch p := p.(type) {
		case *Divergence:
			p.Replicates, p.Floor = replicates, 0
		case *Coherence:
			p.Replicates, p.Floor = replicates, 0
		case *Heterogeneity:
			p.Replicates, p.Floor = replicates, 0
		case *Regression:
			p.Family, p.Formula = "logit", "do_any ~ anger + gender + behaviour"
		case *Recovery:
			p.Of, p.Splits, p.Replicates = "regression", 0, replicates
		}
		in := input(f, 1)
		in.Name, in.Results = kind, results
		r, err := p.Run(t.Context(), in)
		if err != nil {
			t.Error(err)
			return nil
		}
		results[kind] = r
		for _, e := range r.Estimates {
			found[e.Address(kind)] = e
		}
	}
	return found
}

// uncovered are the statistics whose intervals are not held to the band, with
// how often they hold the truth at least. Their docs say so.
var uncovered = map[string]float64{
	// Percentiles of 200 respondents, at distances of about .1.
	"tv": .91, "w1": .91, "ks": .91, "pooled_tv": .91, "pooled_w1": .91, "pooled_ks": .91,
	"kappa": .92, "variance": .92,
	// A mean of absolute differences is folded at 0, where the bootstrap fails.
	"ame_error": .86,
	// Measures of four coefficients, which move in steps or bend at their ends.
	"correlation of recovery": .7, "slope": .9, "f1": .5, "coverage_people": .9, "coverage_source": .9,
}

// TestPrintedIntervalsCover draws 2,000 studies of 200 respondents and looks
// whether the interval of every estimate holds what a very large study gives, or,
// where an interval is for samples of this size, the mean over the studies.
//
// A percentile interval of type 7 leaves out (α/2 (B-1) + 1)/(B + 1) at each end,
// so that with 199 replicates .940 is all that it claims, and .948 with the 1,000
// of a paper. Distances below .05 are at the boundary, where intervals cover more.
func TestPrintedIntervalsCover(t *testing.T) {
	if testing.Short() {
		t.Skip("two thousand studies")
	}
	t.Parallel()
	const runs, n, replicates = 2000, 200, 199
	truth := simulation(t, population(rand.New(rand.NewPCG(1, 1)), 60000), 0)
	var found [runs]map[string]Estimate
	var workers sync.WaitGroup
	for w := range 2 {
		workers.Go(func() {
			for run := w; run < runs; run += 2 {
				found[run] = simulation(t, population(rand.New(rand.NewPCG(2, uint64(run))), n), replicates)
			}
		})
	}
	workers.Wait()
	const lost = 2*(.025*(replicates-1)+1)/(replicates+1) - .05
	held := 0
	for _, address := range slices.Sorted(maps.Keys(found[0])) {
		e := found[0][address]
		target := truth[address].Value
		switch {
		case e.Statistic == "entropy":
			target = 0
			for _, f := range found {
				target += f[address].Value / runs
			}
		case math.IsNaN(target): // nothing is taken off without replicates, and off so many people there is nothing
			target = truth[address+"_raw"].Value
		}
		hits, seen := 0, 0
		for _, f := range found {
			if e := f[address]; !math.IsNaN(e.Lo) {
				seen++
				if e.Lo <= target && target <= e.Hi {
					hits++
				}
			}
		}
		if seen == 0 {
			continue
		}
		held++
		name := e.Statistic
		if strings.HasPrefix(address, "recovery") && name == "correlation" {
			name = "correlation of recovery"
		}
		lo, hi := .935-lost, .965
		if least, ok := uncovered[name]; ok {
			lo, hi = least, 1
		} else if (name == "js" || name == "d") && target < .05 {
			hi = 1
		}
		if share := float64(hits) / float64(seen); share < lo || share > hi {
			t.Errorf("%s: %.4f of %d intervals hold %.4f, want %.4f to %.4f", address, share, seen, target, lo, hi)
		}
	}
	if held < 100 {
		t.Errorf("only %d intervals were looked at", held)
	}
}
