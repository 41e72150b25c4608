package analysis

import (
	"math"
	"testing"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

func coherence(change func(p *Coherence)) *Coherence {
	p, _ := New("coherence")
	c := p.(*Coherence)
	change(c)
	return c
}

func TestCoherenceOfPeopleIsThatOfMethod(t *testing.T) {
	r := runOn(t, coherence(func(p *Coherence) { p.Sample = "all" }), input(verbagg(t, false), 2))
	// METHOD section 4, R 4.2.2, on all 316 people.
	for address, want := range map[string]float64{
		"gap": 0.281909283, "mismatch": 0.388185654, "opposite": 0.086234177,
		"belief_only": 0.370168484, "action_only": 0.181510710, "chance": 0.447320809, "kappa": 0.369782766,
	} {
		wantNear(t, r, "people."+address, want, 1e-9)
	}
	wantSE(t, r, "people.gap", 0.010367509, 1e-9)
	// Halves, Monte Carlo: mean and 95th percentile of the difference of gaps.
	wantNear(t, r, "people.gap_floor", .0160, .0016)
	wantNear(t, r, "people.gap_floor95", .040, .004)
}

func TestADeclaredRuleIsTheDefaultOne(t *testing.T) {
	in := input(verbagg(t, false), 2)
	r := runOn(t, coherence(func(p *Coherence) { p.Sample, p.Rule = "all", "(want == 'no') != (do == 'no')" }), in)
	wantNear(t, r, "people.gap", 0.281909283, 1e-9)
	r = runOn(t, coherence(func(p *Coherence) { p.Sample, p.Belief, p.Action = "all", "want != 'no'", "do >= 'perhaps'" }), in)
	wantNear(t, r, "people.gap", 0.281909283, 1e-9)
	wantNear(t, r, "people.kappa", 0.369782766, 1e-9)
}

func TestASourceThatAlwaysSaysNoHasNoGapAndNoCoherence(t *testing.T) {
	f := withModels(verbagg(t, true), simulated{"mute", 0})
	for _, name := range []string{"want", "do"} {
		c := *f.Col(name)
		c.Codes = append([]int32(nil), c.Codes...)
		for i := range c.Codes {
			if f.Col(frame.SourceColumn).String(i) == "mute" {
				c.Codes[i] = 0
			}
		}
		f = f.With(&c)
	}
	r := runOn(t, coherence(func(p *Coherence) { p.By = []string{"gender"} }), input(f, 2))
	wantNear(t, r, "mute.gap", 0, 0)
	k := estimate(t, r, "mute.kappa")
	if !math.IsNaN(k.Value) || k.Why == "" || len(r.Warnings) == 0 {
		t.Errorf("kappa of a source that always says no is %v (%q) with warnings %v, want NaN with a reason and a warning", k.Value, k.Why, r.Warnings)
	}
}

func TestAWeightOfTwoCountsAsTwoRespondents(t *testing.T) {
	f := verbagg(t, false)
	weight := frame.Numbers("w", make([]float64, f.Rows()))
	rows := make([]int, f.Rows())
	for i := range rows {
		rows[i] = i
		weight.Nums[i] = 1
		if f.Col("gender").Codes[i] == 1 {
			weight.Nums[i] = 2
			rows = append(rows, i)
		}
	}
	weighted := f.With(weight)
	schema := *f.Schema
	schema.Weight = "w"
	weighted.Schema = &schema
	p := coherence(func(p *Coherence) { p.Sample, p.Replicates, p.Floor = "all", 0, 0 })
	a, b := runOn(t, p, input(weighted, 1)), runOn(t, p, input(f.Take(rows), 1))
	for _, s := range []string{"gap", "kappa", "correlation", "belief_only"} {
		wantNear(t, a, "people."+s, estimate(t, b, "people."+s).Value, 1e-12)
	}
}

func TestABeliefThatIsANumberHoldsFromTheThresholdAndCorrelatesAsItIs(t *testing.T) {
	f := surveys(1000)
	r := runOn(t, coherence(func(p *Coherence) { p.Threshold, p.Floor = "4", 0 }), input(f, 2))
	same := runOn(t, coherence(func(p *Coherence) { p.Belief, p.Floor = "belief >= 4", 0 }), input(f, 2))
	var belief, action []float64
	for i, b := range f.Col("belief").Nums {
		if f.Col(frame.SourceColumn).String(i) == "d" {
			belief, action = append(belief, b), append(action, f.Col("action").Nums[i])
		}
	}
	wantNear(t, r, "d.gap", estimate(t, same, "d.gap").Value, 0)
	wantNear(t, r, "d.correlation", stat.Pearson(belief, action, .95).R, 1e-12)
	if e := estimate(t, r, "d.correlation"); !(e.Lo < e.Value && e.Value < e.Hi) {
		t.Errorf("correlation %v has the interval %v to %v, want one around it", e.Value, e.Lo, e.Hi)
	}
	if n := len(r.Figures); n != 2 || r.Figures[1].Name != "correlation" {
		t.Errorf("%d figures, want the gap and the correlation", n)
	}
	for _, threshold := range []string{"", "four", "NaN"} {
		if err := coherence(func(p *Coherence) { p.Threshold = threshold }).Check(f.Schema); err == nil {
			t.Errorf("threshold %q of a belief from 1 to 7 passes Check, want a number asked for", threshold)
		}
	}
}

// Guesses whose probabilities are the same for everybody have no coherence at
// all: what rounding leaves of it is no number to show.
func TestCoherenceOfGuessesIsNoughtAndNotWhatRoundingLeaves(t *testing.T) {
	guess := simulated{"guess", 1}
	f := withChances(withModels(verbagg(t, true), guess), guess)
	r := runOn(t, coherence(func(p *Coherence) { p.Rule = "(want == 'no') != (do == 'no')" }), input(f, 2))
	for _, statistic := range []string{"kappa", "correlation"} {
		if e := estimate(t, r, "guess."+statistic); e.Value != 0 || e.SE != 0 || e.Lo != 0 || e.Hi != 0 {
			t.Errorf("%s of guesses is %v (SE %v, %v to %v), want 0", statistic, e.Value, e.SE, e.Lo, e.Hi)
		}
	}
	if e := estimate(t, r, "guess.gap"); math.Abs(e.Value-4./9) > 1e-12 || e.SE != 0 {
		t.Errorf("the gap of guesses is %v (SE %v), want 4/9 and no error: it is the same for everybody", e.Value, e.SE)
	}
}

// A subgroup in which a source has nobody has no standard error, and not that of
// the subgroup before it.
func TestNobodyHasNoStandardError(t *testing.T) {
	all := withModels(verbagg(t, true), simulated{"x", .3}, simulated{"y", .6})
	source, gender := all.Col(frame.SourceColumn), all.Col("gender")
	f := all.Filter(func(row int) bool { return source.String(row) != "y" || gender.String(row) == "F" })
	f.Schema = all.Schema
	for kind, p := range map[string]Params{
		"coherence": coherence(func(p *Coherence) {
			p.By, p.Contrasts, p.Replicates, p.Floor = []string{"gender"}, []string{"x-y"}, 200, 0
		}),
		"heterogeneity": heterogeneity(func(h *Heterogeneity) {
			h.By, h.Contrasts, h.Replicates, h.Floor = []string{"gender"}, []string{"x-y"}, 200, 0
		}),
	} {
		seen := 0
		for _, e := range runOn(t, p, input(f, 2)).Estimates {
			if e.Level != "M" || e.Source != "y" && e.Source != "y-people" && e.Source != "x-y" || e.Statistic == "n" {
				continue
			}
			if seen++; !math.IsNaN(e.Value) || !math.IsNaN(e.SE) || !math.IsNaN(e.Lo) || !math.IsNaN(e.P) {
				t.Errorf("%s: %s is %v (SE %v, from %v, p %v) of nobody", kind, e.Address("test"), e.Value, e.SE, e.Lo, e.P)
			}
		}
		if seen < 10 {
			t.Errorf("%s: %d numbers of nobody looked at; they were not all there", kind, seen)
		}
	}
}

// Two sources that answer with the same probabilities for everybody differ by
// what they differ, or not at all: there is no sampling in between.
func TestSourcesThatDoNotVaryDifferByRoundingNowhere(t *testing.T) {
	models := []simulated{{"a", 1}, {"b", 1}}
	f := withChances(withModels(verbagg(t, true), models...), models...)
	r := runOn(t, coherence(func(p *Coherence) { p.By, p.Contrasts = []string{"gender"}, []string{"a-b"} }), input(f, 2))
	seen := 0
	for _, e := range r.Estimates {
		if e.Source != "a-b" {
			continue
		}
		if seen++; e.Value != 0 || e.SE != 0 || e.Lo != 0 || e.Hi != 0 || e.P != 1 {
			t.Errorf("%s is %v (SE %v, %v to %v, p %v), want 0 and p = 1", e.Address("test"), e.Value, e.SE, e.Lo, e.Hi, e.P)
		}
	}
	if seen < 20 {
		t.Errorf("%d differences looked at; they were not all there", seen)
	}
}
