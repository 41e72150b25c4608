package analysis

import (
	"slices"
	"strings"
	"testing"

	"silico/analysis/frame"
)

func descriptives(change func(d *Descriptives)) *Descriptives {
	p, _ := New("descriptives")
	d := p.(*Descriptives)
	change(d)
	return d
}

func TestDescriptivesGiveMeansWithErrorsByRespondent(t *testing.T) {
	r := runOn(t, descriptives(func(d *Descriptives) { d.Sample = "all" }), input(verbagg(t, false), 1))
	// METHOD section 4: mean(W), mean(A), sd(rowMeans(A))/sqrt(316).
	wantNear(t, r, "people.want.mean", 0.768723629, 1e-9)
	wantNear(t, r, "people.do.mean", 0.587025317, 1e-9)
	wantSE(t, r, "people.do.mean", 0.023194552, 1e-9)
	wantNear(t, r, "people.n", 316, 0)
	wantNear(t, r, "people.rows", 3792, 0)
	wantNear(t, r, "people.gender.M.n", 73, 0)
	// R: d <- read.csv("people.csv"); d <- d[!duplicated(d$id), ]; mean(d$anger); sd(d$anger)
	wantNear(t, r, "people.anger.mean", 20.00316456, 1e-8)
	wantNear(t, r, "people.anger.sd", 4.848497341, 1e-8)
}

func TestTheFlowCountsRulesPilotAndMissingAnswers(t *testing.T) {
	f := verbagg(t, true)
	rule, sample, do := *f.Col(frame.RuleColumn), *f.Col(frame.SampleColumn), *f.Col("do")
	rule.Codes, sample.Codes, do.Codes = append([]int32(nil), rule.Codes...), append([]int32(nil), sample.Codes...), append([]int32(nil), do.Codes...)
	for i := range 24 { // the first two people
		rule.Codes[i], sample.Codes[i] = 0, 2
	}
	do.Codes[24], do.Codes[25] = -1, -1 // of the third, who is in the evaluation
	r := runOn(t, descriptives(func(*Descriptives) {}), input(f.With(&rule).With(&sample).With(&do), 1))
	for address, want := range map[string]float64{
		"file.n": 316, "excluded_speeder.n": 2, "excluded.n": 2, "pilot.n": 157, "evaluation.n": 157, "analysis.rows": 157 * 12, "incomplete.n": 1, "incomplete.rows": 2,
	} {
		wantNear(t, r, "people.flow."+address, want, 0)
	}
	wantNear(t, r, "people.do.missing", 2, 0)
}

func TestSourcesOfTheSamePeopleShareAColumn(t *testing.T) {
	r := runOn(t, descriptives(func(*Descriptives) {}), input(models(t), 1))
	if n := len(r.Tables[0].Columns); n != 2 {
		t.Errorf("Table 1 has %d columns, want the characteristic and the people", n)
	}
	if notes := strings.Join(r.Tables[0].Notes, " "); !strings.Contains(notes, "Simulated: near, Simulated: middle and Simulated: far") {
		t.Errorf("notes %q do not name the sources that share the column", notes)
	}
}

func TestRowsThatARuleLeavesOutAreCounted(t *testing.T) {
	f := verbagg(t, false)
	anger := *f.Col("anger")
	anger.Nums = append([]float64(nil), anger.Nums...)
	for i := range 12 {
		anger.Nums[i] = nan
	}
	r := runOn(t, descriptives(func(d *Descriptives) { d.Where = "anger >= 20" }), input(f.With(&anger), 1))
	if len(r.Warnings) == 0 || !strings.Contains(r.Warnings[0].Text, "12 rows were left out") {
		t.Errorf("warnings are %v, want one of 12 rows with a missing value in the rule", r.Warnings)
	}
	if e := estimate(t, r, "people.n"); e.Value >= 316 || e.Value <= 0 {
		t.Errorf("%v people have anger of 20 or more", e.Value)
	}
}

func TestOutcomesOfDifferentLevelsHaveTablesOfTheirOwn(t *testing.T) {
	in := input(verbagg(t, false), 1)
	names := func(outcomes ...string) (list []string) {
		for _, tb := range runOn(t, descriptives(func(d *Descriptives) { d.Outcomes = outcomes }), in).Tables {
			list = append(list, tb.Name)
		}
		return list
	}
	if got, want := names("want", "do"), []string{"", "answers", "flow"}; !slices.Equal(got, want) {
		t.Errorf("the tables of want and do are %q, want %q: their levels are the same", got, want)
	}
	if got, want := names("want", "do", "behaviour"), []string{"", "answers", "shares_want", "shares_behaviour", "flow"}; !slices.Equal(got, want) {
		t.Errorf("the tables of want, do and behaviour are %q, want %q", got, want)
	}
}
