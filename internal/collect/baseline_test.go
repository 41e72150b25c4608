package collect

import (
	"math"
	"slices"
	"strings"
	"testing"

	"silico/analysis/frame"
)

func TestBaselinesStayOnTheirScales(t *testing.T) {
	f := collected(t, load(t, files(declared("uniform", "marginal", "regression", "hotdeck"))), 1)
	for i := of(f, "people").Rows(); i < f.Rows(); i++ {
		source := f.Col("source").String(i)
		if x := f.Col("sure").Nums[i]; !(x >= 1 && x <= 7) || x != math.Trunc(x) {
			t.Errorf("sure of %s in row %d = %v, want a whole number from 1 to 7", source, i, x)
		}
		if x := f.Col("vote").Nums[i]; x != 0 && x != 1 {
			t.Errorf("vote of %s in row %d = %v, want 0 or 1", source, i, x)
		}
		if f.Col("want").Missing(i) || f.Col("do").Missing(i) {
			t.Errorf("an answer of %s in row %d is missing", source, i)
		}
	}
}

func TestHotDeckTakesAWholePersonOfTheSameGenderAndArm(t *testing.T) {
	s := load(t, files(declared("hotdeck")))
	f := collected(t, s, 1)
	who := func(f *frame.Frame, i int) string {
		return f.Col("gender").String(i) + f.Col("arm").String(i)
	}
	tuple := func(f *frame.Frame, i int) string {
		var b strings.Builder
		for _, name := range []string{"want", "do", "sure", "vote"} {
			b.WriteString(f.Col(name).String(i) + f.Col(name).String(i+1) + " ")
		}
		return b.String()
	}
	known := make(map[string]bool)
	for i := 0; i < s.People.Frame.Rows(); i += 2 {
		if slices.Contains(s.Models[0].Train.IDs, s.People.Frame.Col("id").String(i)) {
			known[who(s.People.Frame, i)+tuple(s.People.Frame, i)] = true
		}
	}
	deck := of(f, "hotdeck")
	for i := 0; i < deck.Rows(); i += 2 {
		if !known[who(deck, i)+tuple(deck, i)] {
			t.Errorf("the answers of %s are those of no training person of that gender and arm: %s", deck.Col("id").String(i), tuple(deck, i))
		}
	}
}

func TestRegressionPutsMissingCovariatesAtTheirMeans(t *testing.T) {
	fs := files(declared("regression"))
	fs["people.csv"] = strings.ReplaceAll(fs["people.csv"], "p3,F,", "p3,,")
	f := of(collected(t, load(t, fs), 1), "regression")
	for i := range f.Rows() {
		for _, name := range []string{"want", "do", "sure", "vote"} {
			if f.Col(name).Missing(i) {
				t.Errorf("%s of %s is missing", name, f.Col("id").String(i))
			}
		}
	}
}

func TestMarginalFallsBackOnAllConditionsAndSaysSo(t *testing.T) {
	s := load(t, files(declared("marginal")))
	s.Models[0].Train.IDs = s.Models[0].Train.IDs[:1] // one person, in one arm
	f := collected(t, s, 1)
	marginal := of(f, "marginal")
	for i := range marginal.Rows() {
		if marginal.Col("want").Missing(i) {
			t.Fatalf("want is missing in row %d", i)
		}
	}
	if got := strings.Join(f.Schema.Source("marginal").Warnings, "\n"); !strings.Contains(got, "no training person answered want in 2 conditions; the shares over all conditions stand in") {
		t.Errorf("the warnings do not say that conditions were not learned:\n%s", got)
	}
}

func TestHotDeckBreaksTiesByTheStream(t *testing.T) {
	// All are equally near and one neighbour is taken: were ties broken by the
	// order of the file, everybody would get the same donor.
	text := strings.Replace(declared("hotdeck"), `nearest = "age"`, "neighbours = 1", 1)
	f := of(collected(t, load(t, files(text)), 1), "hotdeck")
	tuples := make(map[string]bool)
	for i := 0; i < f.Rows(); i += 2 {
		if f.Col("gender").String(i) == "F" && f.Col("arm").String(i) == "control" {
			tuples[f.Col("want").String(i)+f.Col("do").String(i)+f.Col("sure").String(i)] = true
		}
	}
	if len(tuples) < 3 {
		t.Errorf("respondents with equally near donors got %d different sets of answers, want several", len(tuples))
	}
}
