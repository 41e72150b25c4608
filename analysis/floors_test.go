package analysis

import (
	"math"
	"strings"
	"testing"

	"silico/analysis/frame"
)

// METHOD: every measure in a paper stands beside its floor or ceiling from
// samples of people.
func TestEveryMeasureStandsBesideThatOfSamplesOfPeople(t *testing.T) {
	f := withGroups(t)
	results := map[string]*Result{}
	run := func(name string, p Params) {
		in := input(f, 2)
		in.Name, in.Results = name, results
		r, err := p.Run(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		r.Name = name
		results[name] = r
	}
	common := func(kind string) Common {
		return Common{Kind: kind, Sample: frame.Evaluation, Sources: []string{"x", "y"}}
	}
	pair := []string{"x-y"}
	run("distance", &Divergence{Common: common("divergence"), Reference: people, Outcomes: []string{"do"}, By: []string{"gender"}, Contrasts: pair, Replicates: 100, Floor: 50, Level: .95})
	run("gap", &Coherence{Common: common("coherence"), Contrasts: pair, Replicates: 100, Floor: 50, Level: .95})
	run("variety", &Heterogeneity{Common: common("heterogeneity"), Outcomes: []string{"do"}, Contrasts: pair, Replicates: 100, Floor: 50, Level: .95})
	run("known", &Score{Common: common("score"), Outcomes: []string{"do"}, Contrasts: pair, Least: .001, Replicates: 100, Floor: 50, Level: .95})
	run("fit", &Regression{Common: Common{Kind: "regression", Sample: frame.Evaluation}, Formula: "do_any ~ anger + gender", Family: "logit", SE: Errors{Type: "CR1"}, Level: .95})
	run("recovered", &Recovery{Common: Common{Kind: "recovery"}, Of: "fit", Alpha: .05, Splits: 20, Redraws: 20, Contrasts: pair, Replicates: 100, Level: .95})
	run("worst", &Alignment{Common: Common{Kind: "alignment"}, Of: "distance", Level: .95})
	run("worth", &PPI{Common: common("ppi"), Outcomes: []string{"do"}, Labelled: .5, Splits: 20, Floor: 100, Level: .95})
	run("changed", &Ablation{Common: Common{Kind: "ablation"}, Of: []string{"distance", "gap", "variety", "known", "recovered"}, Pairs: pair, Metrics: []string{"js", "gap", "kappa", "alpha", "bits", "ame_error"}, Alpha: .05})
	values := NewValues(func() (all []*Result) {
		for _, name := range sortedKeys(results) {
			all = append(all, results[name])
		}
		return all
	}())
	for _, address := range []string{
		"distance.x.do.floor", "distance.x.do.js_floor95", "distance.x.do.js_between", "distance.x.do.gender.M.floor", "gap.people.gap_floor", "gap.people.kappa_floor",
		"variety.people.do.alpha_floor", "variety.people.do.rarefied_floor", "known.people.do.bits_floor", "recovered.people.ame_error_halves", "recovered.people.f1_halves",
		"worst.x.do.gender.M.floor", "worth.people.do.effective_n_floor", "worth.people.do.correlation_floor95",
		"changed.'x-y'.do.distance_js_floor", "changed.'x-y'.gap_gap_floor", "changed.'x-y'.do.variety_alpha_floor", "changed.'x-y'.do.known_bits_floor", "changed.'x-y'.recovered_ame_error_floor",
	} {
		if e, ok := values.Estimate(address); !ok || math.IsNaN(e.Value) {
			t.Errorf("%s is %v", address, e.Value)
		}
	}
	// Somebody else tells nothing of a person: no correlation, and no more people
	// than are labelled but by chance.
	rho, _ := values.Estimate("worth.people.do.correlation_floor")
	n, _ := values.Estimate("worth.people.do.effective_n_floor")
	if math.Abs(rho.Value) > .05 || n.Value < 78 || n.Value > 84 {
		t.Errorf("another person correlates %.3f and is worth %.1f people for 79", rho.Value, n.Value)
	}
	shown := 0
	for _, row := range results["worth"].Tables[0].Rows {
		if strings.HasPrefix(row.Cells[0].Text, "Another person") {
			shown++
		}
	}
	if shown != 1 {
		t.Errorf("the floor of predictions is shown %d times", shown)
	}
}

func TestADoseShowsWhatPeopleHave(t *testing.T) {
	r := standard(t)["dose"]
	found := false
	for _, row := range r.Tables[0].Rows {
		if strings.HasPrefix(row.Cells[0].Text, "two samples of people") {
			found = true
			if row.Cells[3].Address == "" || !strings.HasPrefix(row.Cells[3].Address, "divergence.") {
				t.Errorf("the row of samples of people shows %+v, and not a number of the analysis", row.Cells[3])
			}
		}
	}
	if !found {
		t.Error("the table has no row of samples of people")
	}
}
