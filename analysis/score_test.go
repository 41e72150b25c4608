package analysis

import (
	"math"
	"testing"
)

// A guess scores log2 3 bits whoever answers. A source that gives the answer
// itself .9 + .1/3 and the others .1/3 scores -log2 of the first.
func TestLogScoresAreThoseOfTheProbabilities(t *testing.T) {
	near, far := simulated{"near", .1}, simulated{"far", 1}
	f := withChances(withModels(verbagg(t, true), near, far), near, far)
	r := runOn(t, &Score{Common: Common{Kind: "score"}, Outcomes: []string{"do"}, Contrasts: []string{"near-far"}, Least: .001, Replicates: 100, Level: .95}, input(f, 2))
	wantNear(t, r, "far.do.bits", math.Log2(3), 1e-12)
	wantNear(t, r, "far.do.brier", 4./9+2./9, 1e-12)
	wantNear(t, r, "near.do.bits", -math.Log2(.9+.1/3), 1e-12)
	wantNear(t, r, "'near-far'.do.bits", -math.Log2(.9+.1/3)-math.Log2(3), 1e-12)
}

// What item shares of one half score on the other: METHOD gives 1.273 bits for
// shares of 79 people, and the items' own entropy, 1.256620409, is the least.
func TestTheFloorOfALogScoreIsWhatItemSharesReach(t *testing.T) {
	f := withChances(withModels(verbagg(t, false), simulated{"far", 1}), simulated{"far", 1})
	r := runOn(t, &Score{Common: Common{Kind: "score"}, Outcomes: []string{"do"}, By: []string{"gender"}, Least: .001, Floor: 400, Level: .95}, input(f, 2))
	if e := estimate(t, r, "people.do.bits_floor"); !(e.Value > 1.2566 && e.Value < 1.273) || e.People != 158 {
		t.Errorf("158 people predict 158 others with %.4f bits from %d people, want between 1.2566 (their own entropy) and 1.273 (79 people)", e.Value, e.People)
	}
	// R: p <- read.csv("people.csv"); m <- p[p$gender == "M", ]; i <- paste(m$situation, m$behaviour);
	// mean(tapply(m$do, i, function(x) { q <- table(x) / length(x); -sum(q * log2(q)) })) is 1.294742039 for 73 men.
	if e := estimate(t, r, "people.do.gender.M.bits_floor"); !(e.Value > 1.294742039 && e.Value < 1.294742039+.1) || e.People != 36 {
		t.Errorf("%d men predict as many others with %.4f bits, want 36, and between their own entropy and a little more", e.People, e.Value)
	}
	for _, table := range r.Tables {
		if table.Name == "by_gender" && table.Rows[len(table.Rows)-1].Cells[0].Text != "Item shares of other people" {
			t.Errorf("what people reach is not in the table by gender: %v", table.Rows)
		}
	}
}

func TestAnswersCalledImpossibleCountWithTheLeastProbability(t *testing.T) {
	f := withChances(withModels(verbagg(t, false), simulated{"sure", 0}), simulated{"sure", 0})
	do := *f.Col("do")
	do.Codes = append([]int32{(do.Codes[0] + 1) % 3}, do.Codes[1:]...) // a person answers otherwise
	g := f.With(&do)
	r := runOn(t, &Score{Common: Common{Kind: "score"}, Outcomes: []string{"do"}, Least: .001, Level: .95}, input(g, 1))
	wantNear(t, r, "sure.do.bits", -math.Log2(.001)/float64(316*24/2), 1e-12)
	if len(r.Warnings) == 0 {
		t.Error("an impossible answer is given without a warning")
	}
}

func TestScoresOfKeptProbabilitiesAreAskedFor(t *testing.T) {
	f := verbagg(t, true)
	for _, p := range []*Score{{}, {Outcomes: []string{"do"}}} {
		p.Least, p.Level = .001, .95
		if err := p.Check(f.Schema); err == nil {
			t.Errorf("a study that keeps no probabilities passes the check of a score of %v", p.Outcomes)
		}
	}
}
