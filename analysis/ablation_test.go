package analysis

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/analysis/frame"
)

// ablationOf runs an ablation over given differences of the pair a-b.
func ablationOf(t *testing.T, estimates ...Estimate) *Result {
	t.Helper()
	f := verbagg(t, true)
	schema := *f.Schema
	schema.Sources = append([]frame.Source{}, schema.Sources...)
	schema.Sources = append(schema.Sources, frame.Source{Name: "a", Label: "with"}, frame.Source{Name: "b", Label: "without"})
	g := frame.New(f.Columns()...)
	g.Schema = &schema
	in := input(g, 1)
	for i := range estimates {
		estimates[i].Sample = "evaluation"
	}
	in.Results = map[string]*Result{"distance": {Estimates: estimates}}
	p, _ := New("ablation")
	p.(*Ablation).Of, p.(*Ablation).Pairs = []string{"distance"}, []string{"a-b"}
	return runOn(t, p, in)
}

func differenceOf(outcome, variable, level string, p float64) Estimate {
	e := Number(Key{Source: "a-b", Outcome: outcome, Variable: variable, Level: level, Statistic: "js"}, -.02)
	e.Lo, e.Hi, e.P = -.04, 0, p
	return e
}

// R: p.adjust(c(.01, .02, .30), "BH") is .03 .03 .30.
func TestManyDifferencesAreAdjustedTierByTier(t *testing.T) {
	r := ablationOf(t,
		differenceOf("do", "", "", .04),
		differenceOf("do", "item", "bus:curse", .01), differenceOf("do", "item", "bus:scold", .02), differenceOf("do", "item", "bus:shout", .30),
		differenceOf("do", "gender", "M", .2))
	for address, want := range map[string]float64{
		"'a-b'.do.distance_js_adjusted": .04, "'a-b'.do.gender.M.distance_js_adjusted": .2,
		"'a-b'.do.item.'bus:curse'.distance_js_adjusted": .03, "'a-b'.do.item.'bus:scold'.distance_js_adjusted": .03, "'a-b'.do.item.'bus:shout'.distance_js_adjusted": .3,
	} {
		wantNear(t, r, address, want, 1e-12)
	}
	var names []string
	for _, tab := range r.Tables {
		names = append(names, tab.Name)
	}
	if d := cmp.Diff([]string{"", "by_subgroup", "by_item"}, names); d != "" {
		t.Errorf("tables (-want +got):\n%s", d)
	}
}

func TestAnAblationAsksForTheContrastsOfItsPairs(t *testing.T) {
	p := &Ablation{Pairs: []string{"a-b", "a-people"}}
	if err := p.CheckNeeded(&Divergence{}); err == nil {
		t.Error("a divergence without the contrast a-b will do")
	}
	if err := p.CheckNeeded(&Divergence{Contrasts: []string{"a-b"}}); err != nil {
		t.Errorf("a divergence with the contrast will not do: %v", err)
	}
	if err := p.CheckNeeded(&Descriptives{}); err == nil {
		t.Error("descriptives, which have no contrasts, will do")
	}
}

// Item by item, a difference of distances is that of the corrected ones.
func TestContrastsOfDistancesAreGivenItemByItem(t *testing.T) {
	r := standard(t)["divergence"]
	f := newFinder("divergence", r)
	item := func(source string) float64 {
		return f.number(Key{Source: source, Outcome: "do", Variable: "item", Level: "bus:curse", Statistic: "js"})
	}
	if got, want := item("near-middle"), item("near")-item("middle"); math.IsNaN(want) || math.Abs(got-want) > 1e-12 {
		t.Errorf("the difference at bus:curse is %v, want %v", got, want)
	}
}
