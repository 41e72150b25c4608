package analysis

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"silico/analysis/frame"
)

// varied runs a heterogeneity on three sources whose answers are drawn from
// probabilities that they tell, and one that tells none.
func varied(t *testing.T, workers, draws int) *Result {
	t.Helper()
	models := []simulated{{"x", .3}, {"y", .6}, {"silent", .6}}
	f := withChances(withModels(verbagg(t, true), models...), models[:2]...)
	h := &Heterogeneity{Common: Common{Kind: "heterogeneity", Sample: frame.Evaluation}, Outcomes: []string{"do"}, Tuple: []string{"do > 'no'"}, Redraws: draws, Replicates: 200, Floor: 0, Level: .95}
	return runOn(t, h, input(f, workers))
}

// α of the answers of one respondent to each of 12 items, drawn independently:
// sums over persons of means and squares have expectations, and α of these is
// that of many draws, but for terms of the order of one by the persons.
func TestTheMeanOverDrawsIsWhatProbabilitiesExpect(t *testing.T) {
	r := varied(t, 2, 200)
	f := verbagg(t, true)
	for _, m := range []simulated{{"x", .3}, {"y", .6}} {
		type moments struct{ sum, square, mean float64 }
		items, persons := map[string]*moments{}, map[string]*moments{}
		at := func(of map[string]*moments, key string) *moments {
			if of[key] == nil {
				of[key] = &moments{}
			}
			return of[key]
		}
		for i := range f.Rows() {
			if f.Col(frame.SampleColumn).String(i) != frame.Evaluation {
				continue
			}
			mean, square := 0.0, 0.0
			for k := range 3 {
				p := m.noise / 3
				if int(f.Col("do").Codes[i]) == k {
					p += 1 - m.noise
				}
				mean += p * float64(k)
				square += p * float64(k*k)
			}
			item := at(items, f.Col("situation").String(i)+f.Col("behaviour").String(i))
			item.sum, item.square = item.sum+mean, item.square+square
			person := at(persons, f.Col("id").String(i))
			person.mean += mean
			person.square += square - mean*mean // variance of the sum
		}
		n := float64(len(persons))
		inner, total, squares := 0.0, 0.0, 0.0
		for _, i := range items {
			inner += (i.square - i.sum*i.sum/n) / (n - 1)
		}
		for _, p := range persons {
			total += p.mean
			squares += p.square + p.mean*p.mean
		}
		want := 12. / 11 * (1 - inner/((squares-total*total/n)/(n-1)))
		e := estimate(t, r, m.name+".do.alpha")
		// A draw has a standard deviation of about .03, the mean of 200 .002.
		if math.Abs(e.Value-want) > .01 || e.Draws != 200 {
			t.Errorf("α of %s is %.4f over %d draws, and the probabilities expect %.4f", m.name, e.Value, e.Draws, want)
		}
		low, high := estimate(t, r, m.name+".do.alpha_low").Value, estimate(t, r, m.name+".do.alpha_high").Value
		if !(low < e.Value-.02 && e.Value+.02 < high) || !(e.Lo < e.Value && e.Value < e.Hi) {
			t.Errorf("α of %s is %.3f [%.3f, %.3f], its draws lie between %.3f and %.3f", m.name, e.Value, e.Lo, e.Hi, low, high)
		}
	}
}

// One draw has the luck of the draw besides; the mean over many has not.
func TestTheIntervalOfAMeanOverDrawsHasNoLuckOfADraw(t *testing.T) {
	one, many := varied(t, 2, 0), varied(t, 2, 200)
	a, b := estimate(t, one, "y.do.alpha"), estimate(t, many, "y.do.alpha")
	if !(b.SE < .8*a.SE) {
		t.Errorf("α of one draw has a standard error of %.4f, of 200 of %.4f", a.SE, b.SE)
	}
	for _, address := range []string{"people.do.alpha", "silent.do.alpha", "silent.do.entropy", "silent.tuple.rarefied"} {
		a, b := estimate(t, one, address), estimate(t, many, address)
		if a.Value != b.Value || a.Lo != b.Lo && a.Lo == a.Lo {
			t.Errorf("%s tells no probabilities, and changes from %v to %v when others are drawn anew", address, a, b)
		}
	}
}

func TestStructuresOfDrawsAreThoseOfOneDrawOnAverage(t *testing.T) {
	r := varied(t, 2, 200)
	for _, outcome := range []string{"do", "tuple"} {
		e := estimate(t, r, "x."+outcome+".unique")
		low, high := estimate(t, r, "x."+outcome+".unique_low").Value, estimate(t, r, "x."+outcome+".unique_high").Value
		if e.People != 158 || !(low <= e.Value && e.Value <= high && high <= 158) || low == high {
			t.Errorf("158 persons of x have %v structures of %s, between %v and %v", e.Value, outcome, low, high)
		}
	}
	shown := false
	for _, table := range r.Tables {
		shown = shown || table.Name == "draws" && len(table.Rows) > 0
	}
	if !shown {
		t.Error("the range of the draws is not shown")
	}
}

func TestRedrawsAreTheSameForAnyNumberOfWorkers(t *testing.T) {
	if a, b := told(varied(t, 1, 40)), told(varied(t, 5, 40)); a != b {
		x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
		for i := range x {
			if x[i] != y[i] {
				t.Fatalf("one worker gives %s\nfive give %s", x[i], y[i])
			}
		}
	}
}

// Few people would shout in the grocery store, so two persons mostly give the
// same answer. All answers that a person might give, counted as if they were
// given, would be one of three each.
func TestADrawOfOneAnswerAPersonCountsThatAnswer(t *testing.T) {
	f := verbagg(t, true)
	var rows []int
	for i := range f.Rows() {
		if f.Col("situation").String(i) == "store" && f.Col("behaviour").String(i) == "shout" {
			rows = append(rows, i)
		}
	}
	if len(rows) == 0 {
		t.Fatal("there is no such item")
	}
	model := simulated{"x", .03}
	f = withChances(withModels(f.Take(rows), model), model)
	h := &Heterogeneity{Common: Common{Kind: "heterogeneity", Sample: frame.Evaluation}, Outcomes: []string{"do"}, Items: []string{}, Rarefy: 2, Redraws: 50, Level: .95}
	r := runOn(t, h, input(f, 2))
	own, drawn := estimate(t, r, "people.do.rarefied").Value, estimate(t, r, "x.do.rarefied").Value
	if math.Abs(own-drawn) > .1 {
		t.Errorf("two persons have %.2f different answers, and %.2f drawn from probabilities close to their answers", own, drawn)
	}
}

// A paper that has one source in two tables would contradict itself otherwise.
func TestASourceHasTheSameDrawsInEveryAnalysis(t *testing.T) {
	model := simulated{"x", .3}
	in := input(withChances(withModels(verbagg(t, true), model), model), 2)
	alpha := func(name string) (float64, float64) {
		in.Name = name
		r := runOn(t, &Heterogeneity{Common: Common{Kind: "heterogeneity", Sample: frame.Evaluation}, Outcomes: []string{"do"}, Redraws: 20, Level: .95}, in)
		return estimate(t, r, "x.do.alpha").Value, estimate(t, r, "x.do.unique").Value
	}
	a, u := alpha("one")
	if b, v := alpha("another"); a != b || u != v {
		t.Errorf("α is %v and %v, structures %v and %v", a, b, u, v)
	}
}

// Items of one factor are not those of another with the same levels.
func TestAnalysesOfOtherItemsShareNoDraws(t *testing.T) {
	model := simulated{"x", .3}
	make := func() Input {
		f := verbagg(t, true)
		var rows []int
		for i := range f.Rows() {
			if f.Col("situation").String(i) != "operator" {
				rows = append(rows, i)
			}
		}
		f = withChances(withModels(f.Take(rows), model), model)
		c := *f.Col("behaviour")
		c.Levels = f.Col("situation").Levels[:3]
		return input(f.With(&c), 1)
	}
	entropy := func(in Input, item string) float64 {
		h := &Heterogeneity{Common: Common{Kind: "heterogeneity", Sample: frame.Evaluation}, Outcomes: []string{"do"}, Items: []string{item}, Redraws: 20, Level: .95}
		return estimate(t, runOn(t, h, in), "x.do.entropy").Value
	}
	alone, in := entropy(make(), "behaviour"), make()
	entropy(in, "situation")
	if after := entropy(in, "behaviour"); after != alone {
		t.Errorf("the entropy by behaviour is %v, and %v behind an analysis by situation", alone, after)
	}
}

// Analyses over the same variables share the frame of all answers that there
// might be.
func TestRedrawsLeaveTheSharedFrameAsItIs(t *testing.T) {
	model := simulated{"x", .3}
	in := input(withChances(withModels(verbagg(t, true), model), model), 2)
	run := func() string {
		return told(runOn(t, &Heterogeneity{Common: Common{Kind: "heterogeneity", Sample: frame.Evaluation}, Outcomes: []string{"do"}, Redraws: 20, Level: .95}, in))
	}
	if first, second := run(), run(); first != second {
		t.Errorf("one analysis finds\n%s\nand the same one after it\n%s", first, second)
	}
}

// What two analyses say of the same number is one thing: its interval and the
// floor beside it come from the same resamples of the same respondents, whatever
// the analyses are called and whichever other sources answer in their place.
func TestANumberHasOneIntervalInEveryAnalysis(t *testing.T) {
	f := withModels(verbagg(t, true), simulated{"x", .3}, simulated{"y", .6})
	for kind, params := range map[string]func(sources ...string) Params{
		"heterogeneity": func(sources ...string) Params {
			return heterogeneity(func(h *Heterogeneity) { h.Sources, h.Replicates, h.Floor, h.Rarefy = sources, 200, 100, 100 })
		},
		"coherence": func(sources ...string) Params {
			return coherence(func(p *Coherence) { p.Sources, p.Replicates, p.Floor = sources, 200, 100 })
		},
		"divergence": func(sources ...string) Params {
			return divergence(func(d *Divergence) { d.Sources, d.Replicates, d.Floor = sources, 200, 100 })
		},
	} {
		t.Run(kind, func(t *testing.T) {
			one, other := input(f, 2), input(f, 2)
			other.Name = "other"
			a, b := runOn(t, params("people", "x", "y"), one), runOn(t, params("people", "y"), other)
			in := map[Key]Estimate{}
			for _, e := range a.Estimates {
				in[e.Key] = e
			}
			compared := 0
			for _, e := range b.Estimates {
				was := in[e.Key]
				if d := cmp.Diff(was, e, cmpopts.EquateNaNs()); d != "" {
					t.Errorf("%s differs between two analyses (-one +other):\n%s", e.Address("test"), d)
				}
				if !math.IsNaN(e.Lo) {
					compared++
				}
			}
			if compared < 10 {
				t.Errorf("%d intervals compared; they were not all there", compared)
			}
		})
	}
}
