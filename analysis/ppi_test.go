package analysis

import (
	"context"
	"math"
	"testing"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// ppiOf runs a prediction-powered inference beside the regression it is of.
func ppiOf(t *testing.T, f *frame.Frame, p *PPI) *Result {
	t.Helper()
	in := input(f, 2)
	reg := &Regression{Common: Common{Kind: "regression"}, Family: "logit", Formula: "do_any ~ anger + gender", SE: Errors{Type: "cluster"}, Level: .95}
	in.Name = "model"
	model, err := reg.Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	in.Name, in.Results = "test", map[string]*Result{"model": model}
	return runOn(t, p, in)
}

func newPPI() *PPI {
	return &PPI{Common: Common{Kind: "ppi", Sample: frame.Evaluation}, Labelled: .5, Splits: 100, Level: .95}
}

// A source that gives everybody's own answer makes the labelled people as good
// as all of them; one that guesses is worth nothing.
func TestPerfectPredictionsAreWorthEverybody(t *testing.T) {
	f := withModels(verbagg(t, false), simulated{"same", 0}, simulated{"guess", 1})
	p := newPPI()
	p.Outcomes, p.Of = []string{"do", "do != 'no'"}, "model"
	r := ppiOf(t, f, p)
	for _, o := range []string{"do", "'do != ''no'''"} {
		whole := estimate(t, r, "people."+o+".whole")
		// The tuned λ is 1/(1 + n/N) = 1/2 for equal sides, whatever the correlation;
		// then λ mean f_U + mean(Y - λ f) is the mean of all.
		wantNear(t, r, "same."+o+".lambda", .5, .05)
		wantNear(t, r, "same."+o+".ppi_tuned", whole.Value, .002)
		wantNear(t, r, "same."+o+".correlation", 1, 1e-9)
		wantNear(t, r, "same."+o+".effective_n", 316, 12)
		wantNear(t, r, "same."+o+".limit", 316, 1e-6)
		wantNear(t, r, "same."+o+".model_bias", 0, 1e-12)
		wantNear(t, r, "guess."+o+".effective_n", 158, 6)
	}
	wantNear(t, r, "same.model.anger.effective_n", 316, 20)
	wantNear(t, r, "guess.model.anger.effective_n", 158, 10)
}

// METHOD: mean(A) of the 316 people is .587025317, its standard error
// sd(rowMeans(A))/sqrt(316) .023194552; half of them have √2 of that.
func TestTheUnitOfPredictionPoweredInferenceIsThePerson(t *testing.T) {
	f := withModels(verbagg(t, false), simulated{"near", .1})
	p := newPPI()
	p.Outcomes = []string{"do"}
	r := ppiOf(t, f, p)
	wantNear(t, r, "people.do.whole", .587025317, 1e-9)
	wantSE(t, r, "people.do.whole", .023194552, 1e-9)
	wantSE(t, r, "people.do.classical", .023194552*math.Sqrt2, .001)
}

// Predictions that differ between items alone say nothing of a person.
func TestPredictionsOfItemMeansGainNothing(t *testing.T) {
	f := withModels(verbagg(t, false), simulated{"items", 0})
	do := *f.Col("do")
	do.Codes = append([]int32{}, do.Codes...)
	for i := range f.Rows() {
		if f.Col("source").String(i) == "items" {
			do.Codes[i] = int32(f.Col("behaviour").Codes[i])
		}
	}
	p := newPPI()
	p.Outcomes = []string{"do"}
	r := ppiOf(t, f.With(&do), p)
	wantNear(t, r, "items.do.effective_n", 158, 1e-9)
	wantNear(t, r, "items.do.lambda", 0, 1e-12)
	if len(r.Warnings) == 0 {
		t.Error("a source that predicts one number for all persons is not warned of")
	}
}

func TestPeopleOfThePilotAreNeverLabelled(t *testing.T) {
	f := withModels(verbagg(t, true), simulated{"near", .1})
	p := newPPI()
	p.Outcomes = []string{"do"}
	r := ppiOf(t, f, p)
	if e := estimate(t, r, "people.do.whole"); e.People != 158 {
		t.Errorf("the mean is of %d people, want the 158 of the evaluation sample", e.People)
	}
	if e := estimate(t, r, "near.do.ppi_tuned"); e.People != 79 {
		t.Errorf("%d people are labelled, want half of 158", e.People)
	}
	p.Sample = "all"
	if err := p.Check(f.Schema); err == nil {
		t.Error("pilot people may be labelled")
	}
}

// Of a source that tells probabilities, the prediction is what it expects.
func TestPredictionsOfProbabilitiesAreExpectations(t *testing.T) {
	near := simulated{"near", .1}
	f := withChances(withModels(verbagg(t, true), near), near)
	p := newPPI()
	p.Outcomes, p.Of = []string{"do_any"}, "model"
	r := ppiOf(t, f, p)
	_, no := expectations(f)
	mean := 0.0
	for _, x := range no {
		mean += (1 - x) / 12
	}
	wantNear(t, r, "near.do_any.model_only", mean, 1e-12)
	// Shrunken by .9 towards a constant, answers are still known perfectly.
	wantNear(t, r, "near.do_any.correlation", 1, 1e-9)
	limit := stat.PPILimit(79, 79, 1)
	wantNear(t, r, "near.do_any.limit", limit, 1e-6)
	if e := estimate(t, r, "near.model.anger.effective_n"); !(e.Value > 130) {
		t.Errorf("predictions that know every person are worth %v people of 158", e.Value)
	}
}
