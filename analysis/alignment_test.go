package analysis

import (
	"math"
	"testing"

	"silico/analysis/frame"
)

// alignmentOf runs an alignment beside the divergence that it reads.
func alignmentOf(t *testing.T, f *frame.Frame, d *Divergence, p *Alignment) *Result {
	t.Helper()
	in := input(f, 2)
	in.Name = "distance"
	distance := runOn(t, d, in)
	p.Of, in.Name, in.Results = "distance", "test", map[string]*Result{"distance": distance}
	return runOn(t, p, in)
}

func distanceBy(by ...string) *Divergence {
	d, _ := New("divergence")
	p := d.(*Divergence)
	p.Outcomes, p.By, p.Replicates, p.Floor = []string{"do"}, by, 200, 200
	return p
}

// misfit answers as people do, but for the men, of whom half the answers are
// guesses.
func misfit(t *testing.T, gender string) *frame.Frame {
	f := withModels(verbagg(t, false), simulated{"base", 0}, simulated{"tuned", 0})
	do := *f.Col("do")
	do.Codes = append([]int32{}, do.Codes...)
	for i := range f.Rows() {
		if f.Col("source").String(i) == "base" && f.Col("gender").String(i) == gender {
			do.Codes[i] = 2 // always yes
		}
	}
	return f.With(&do)
}

func TestTheGroupThatASourceMisrepresentsIsFound(t *testing.T) {
	r := alignmentOf(t, misfit(t, "M"), distanceBy("gender"), &Alignment{Contrasts: []string{"tuned-base"}, Level: .95})
	if e := estimate(t, r, "base.do.gender.'M-F'.excess_gap"); !(e.Lo > .2 && e.P < .05) {
		t.Errorf("men's answers are all yes and women's their own, and the gap is %v [%v, %v], p %v", e.Value, e.Lo, e.Hi, e.P)
	}
	if e := estimate(t, r, "'tuned-base'.do.gender.'M-F'.closing"); !(e.Hi < -.2) {
		t.Errorf("tuned gives people's own answers, and closes the gap by %v [%v, %v]", e.Value, e.Lo, e.Hi)
	}
	if e := estimate(t, r, "tuned.do.gender.M.excess"); !(e.Value < 0) {
		t.Errorf("a source with the men's own answers exceeds what other men have by %v, want less", e.Value)
	}
}

func TestAGapBelowZeroHasAnIntervalOnBothSidesOfIt(t *testing.T) {
	r := alignmentOf(t, misfit(t, "F"), distanceBy("gender"), &Alignment{Level: .95})
	if e := estimate(t, r, "base.do.gender.'M-F'.excess_gap"); !(e.Lo < e.Value-.01 && e.Hi > e.Value+.01 && e.Hi < 0) || e.People != 316 {
		t.Errorf("women's answers are all yes, and the gap is %v [%v, %v] of %d people", e.Value, e.Lo, e.Hi, e.People)
	}
}

// A smaller group is farther from its own kind by chance: METHOD has an
// item-mean distance of halves of .070 for women and .129 for men, before the
// correction; corrected ones keep the order.
func TestTheFloorIsThatOfTheGroupsOwnSize(t *testing.T) {
	r := alignmentOf(t, misfit(t, "M"), distanceBy("gender"), &Alignment{Level: .95})
	women, men := estimate(t, r, "base.do.gender.F.floor"), estimate(t, r, "base.do.gender.M.floor")
	if !(men.Value > 1.4*women.Value && women.Value > .005 && men.Value < .1) {
		t.Errorf("the floors are %v for women and %v for men, want that of the fewer men larger", women.Value, men.Value)
	}
	if e := estimate(t, r, "people.do.gender.'M-F'.gap_floor"); !(e.Value > .5*men.Value && e.Value < 2*men.Value) {
		t.Errorf("two samples of people have a gap of %v on average, beside a floor of %v for men", e.Value, men.Value)
	}
}

func TestAlignmentNeedsSubgroups(t *testing.T) {
	if err := (&Alignment{}).CheckNeeded(distanceBy()); err == nil {
		t.Error("a divergence without subgroups is as good as one with them")
	}
	r := alignmentOf(t, misfit(t, "M"), distanceBy(), &Alignment{Level: .95})
	if len(r.Warnings) == 0 || len(r.Estimates) > 0 {
		t.Errorf("an alignment without subgroups has %d estimates and the warnings %v", len(r.Estimates), r.Warnings)
	}
}

// Three people of a group make no interval and no bootstrap p-value.
func TestATinyGroupHasNoIntervalOfItsGap(t *testing.T) {
	f := misfit(t, "M")
	men := map[string]bool{}
	few := f.Filter(func(row int) bool {
		if f.Col("gender").String(row) == "M" && len(men) < 3 {
			men[f.Col("id").String(row)] = true
		}
		return f.Col("gender").String(row) == "F" || men[f.Col("id").String(row)]
	})
	r := alignmentOf(t, few, distanceBy("gender"), &Alignment{Level: .95})
	if e := estimate(t, r, "base.do.gender.'M-F'.excess_gap"); !math.IsNaN(e.Lo) || !math.IsNaN(e.P) {
		t.Errorf("the gap to three men has the interval [%v, %v], p %v", e.Lo, e.Hi, e.P)
	}
}
