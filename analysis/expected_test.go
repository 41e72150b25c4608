package analysis

import (
	"math"
	"strings"
	"testing"

	"silico/analysis/frame"
)

func TestExpandedRowsHoldAllAnswersWithTheirProbabilities(t *testing.T) {
	near, far := simulated{"near", .1}, simulated{"far", 1}
	f := withChances(withModels(verbagg(t, true), near, far), near)
	g, from, err := expanded(f, []string{"want", "do_any"})
	if err != nil {
		t.Fatal(err)
	}
	total := make([]float64, f.Rows())
	gap := map[string]float64{}
	for i, row := range from {
		p := shares(g)[i]
		total[row] += p
		source := g.Col("source").String(i)
		if g.Col("source").String(i) != f.Col("source").String(row) || g.Col("id").String(i) != f.Col("id").String(row) {
			t.Fatal("a row has changed hands")
		}
		if (g.Col("want").String(i) == "no") != (g.Col("do").String(i) == "no") {
			gap[source] += p
		}
		if any := g.Col("do_any").Nums[i]; any != math.Min(1, float64(g.Col("do").Codes[i])) {
			t.Fatalf("do_any is %v where do is %s", any, g.Col("do").String(i))
		}
	}
	for i, x := range total {
		if math.Abs(x-1) > 1e-12 {
			t.Fatalf("the shares of row %d sum to %v", i, x)
		}
	}
	if n := g.Rows() - f.Rows(); n != 8*156*12 && n != 8*158*12 {
		t.Errorf("%d rows are added, want 8 for each of the source that tells", n)
	}
	// near: .9 of the answers are those of a person, and a guess is no in a third.
	want, rows := 0.0, 0
	for i := range f.Rows() {
		if f.Col("source").String(i) == "people" && f.Col("sample").String(i) == frame.Evaluation {
			no := func(name string) float64 {
				p := .1 / 3
				if f.Col(name).String(i) == "no" {
					p += .9
				}
				return p
			}
			w, d := no("want"), no("do")
			want += w*(1-d) + d*(1-w)
			rows++
		}
	}
	if math.Abs(gap["near"]-want) > 1e-9 {
		t.Errorf("near breaks the rule in an expected %v of %d rows, want %v", gap["near"], rows, want)
	}
}

// expectations returns the gap and the shares of do = no of near, computed from
// its probabilities by hand, item by item.
func expectations(f *frame.Frame) (gap float64, no map[string]float64) {
	no = map[string]float64{}
	n := 0.0
	for i := range f.Rows() {
		if f.Col("source").String(i) == "near" {
			w, d := f.Col("p_want_no").Nums[i], f.Col("p_do_no").Nums[i]
			gap += w*(1-d) + d*(1-w)
			no[f.Col("situation").String(i)+":"+f.Col("behaviour").String(i)] += d
			n++
		}
	}
	for item := range no {
		no[item] /= n / 12
	}
	return gap / n, no
}

func TestAnalysesOfSourcesThatTellProbabilitiesAreExactExpectations(t *testing.T) {
	near := simulated{"near", .1}
	f := withChances(withModels(verbagg(t, true), near), near)
	gap, no := expectations(f)
	r := runOn(t, &Coherence{Common: Common{Kind: "coherence"}, Level: .95}, input(f, 2))
	wantNear(t, r, "near.gap", gap, 1e-12)
	if e := estimate(t, r, "near.gap"); e.Rows != 158*12 || e.People != 158 {
		t.Errorf("the gap of near is of %d rows of %d people, want 1896 of 158", e.Rows, e.People)
	}
	m := runOn(t, &Regression{Common: Common{Kind: "regression"}, Family: "ols", Formula: "I(do == 'no') ~ situation:behaviour - 1", SE: Errors{Type: "cluster"}, Level: .95}, input(f, 2))
	for item, share := range no {
		situation, behaviour, _ := strings.Cut(item, ":")
		wantNear(t, m, "near.'situation"+situation+":behaviour"+behaviour+"'.coef", share, 1e-9)
	}
	wantNear(t, m, "near.n", 158*12, 0)
}

func TestFramesWithoutProbabilitiesAreNotExpanded(t *testing.T) {
	f := verbagg(t, true)
	if g, from, err := expanded(f, []string{"want", "do"}); g != f || from != nil || err != nil {
		t.Errorf("a frame without probabilities is made anew (%v)", err)
	}
	m := models(t)
	if g, _, _ := expanded(m, []string{"anger", "gender"}); g != m {
		t.Error("a frame is expanded over variables that nobody tells probabilities of")
	}
}

// Of a source that knows doing given the wanting that it drew alone, wanting
// stays as drawn.
func TestAnswersWhoseSequelIsKnownGivenThemAloneStayAsDrawn(t *testing.T) {
	near := simulated{"near", .1}
	f := withChances(withModels(verbagg(t, true), near), near)
	missing := make([]float64, f.Rows())
	for i := range missing {
		missing[i] = math.NaN()
	}
	for _, v := range f.Schema.Chances("want", "do") {
		f = f.With(frame.Numbers(v.Name, missing))
	}
	g, from, err := expanded(f, []string{"want", "do"})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range from {
		if g.Col("want").Codes[i] != f.Col("want").Codes[row] {
			t.Fatalf("row %d: want is %s and was drawn as %s", row, g.Col("want").String(i), f.Col("want").String(row))
		}
	}
	if g.Rows() <= f.Rows() {
		t.Error("doing, whose probabilities are known, is not expanded")
	}
}
