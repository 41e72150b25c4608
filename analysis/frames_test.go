package analysis

import (
	"context"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// verbagg returns the 316 people of studies/wanting as a frame; half of each
// gender is the pilot when pilot is true.
func verbagg(t testing.TB, pilot bool) *frame.Frame {
	t.Helper()
	file, err := os.Open("testdata/verbagg.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) []string {
		k := slices.Index(records[0], name)
		xs := make([]string, len(records)-1)
		for i, r := range records[1:] {
			xs[i] = r[k]
		}
		return xs
	}
	anger := make([]float64, len(records)-1)
	for i, s := range at("anger") {
		if anger[i], err = strconv.ParseFloat(s, 64); err != nil {
			t.Fatal(err)
		}
	}
	answers := []string{"no", "perhaps", "yes"}
	want, do := frame.Factors("want", at("want"), answers), frame.Factors("do", at("do"), answers)
	want.Kind, do.Kind = frame.Ordered, frame.Ordered
	doAny := make([]float64, len(anger))
	for i, k := range do.Codes {
		doAny[i] = math.Min(1, float64(k))
	}
	id, gender := frame.Factors("id", at("id"), nil), frame.Factors("gender", at("gender"), []string{"F", "M"})
	gender.Labels = []string{"woman", "man"}
	n := len(anger)
	sample := make([]string, n)
	for i := range sample {
		sample[i] = frame.Evaluation
		if pilot && id.Codes[i]%2 == 1 {
			sample[i] = frame.Pilot
		}
	}
	f := frame.New(
		frame.Factors(frame.SourceColumn, slices.Repeat([]string{"people"}, n), nil), id,
		frame.Factors(frame.SampleColumn, sample, []string{frame.Evaluation, frame.Pilot, frame.Excluded}),
		frame.Factors(frame.RuleColumn, make([]string, n), []string{"speeder"}),
		frame.Numbers(frame.DrawColumn, slices.Repeat([]float64{1}, n)),
		gender, frame.Numbers("anger", anger),
		frame.Factors("situation", at("situation"), []string{"bus", "train", "store", "operator"}),
		frame.Factors("blame", at("blame"), []string{"other", "self"}),
		frame.Factors("behaviour", at("behaviour"), []string{"curse", "scold", "shout"}),
		want, do, frame.Numbers("do_any", doAny),
	)
	nan := math.NaN()
	f.Schema = &frame.Schema{ID: "id", Variables: []frame.Variable{
		{Name: "id", Type: "id", Role: "id", Min: nan, Max: nan},
		{Name: "gender", Type: "choice", Role: "covariate", Levels: []string{"F", "M"}, Labels: []string{"woman", "man"}, Min: nan, Max: nan},
		{Name: "anger", Type: "scale", Role: "covariate", Min: 11, Max: 44},
		{Name: "situation", Type: "choice", Role: "factor", Within: true, Levels: []string{"bus", "train", "store", "operator"}, Min: nan, Max: nan},
		{Name: "blame", Type: "choice", Role: "attribute", Of: "situation", Within: true, Levels: []string{"other", "self"}, Min: nan, Max: nan},
		{Name: "behaviour", Type: "choice", Role: "factor", Within: true, Levels: []string{"curse", "scold", "shout"}, Min: nan, Max: nan},
		{Name: "want", Type: "ordinal", Role: "belief", Within: true, Levels: answers, Min: nan, Max: nan},
		{Name: "do", Type: "ordinal", Role: "action", Within: true, Levels: answers, Min: nan, Max: nan},
		{Name: "do_any", Type: "binary", Within: true, Derived: "do != 'no'", Min: 0, Max: 1},
	}, Sources: []frame.Source{{Name: "people", Label: "People", Kind: "people", Draws: 1}}}
	return f
}

// simulated is a source of withModels: answers of the evaluation people drawn
// around those that they gave.
type simulated struct {
	name  string
	noise float64 // share of answers that are a guess
}

// withModels adds sources that answer as the evaluation people do, but for some
// noise.
func withModels(f *frame.Frame, models ...simulated) *frame.Frame {
	var rows []int
	sample := f.Col(frame.SampleColumn)
	for i := range f.Rows() {
		if sample.String(i) == frame.Evaluation {
			rows = append(rows, i)
		}
	}
	all := make([]int, f.Rows())
	for i := range all {
		all[i] = i
	}
	g := f.Take(append(all, slices.Repeat(rows, len(models))...))
	schema := *f.Schema
	schema.Sources = slices.Clone(schema.Sources)
	names := slices.Repeat([]string{"people"}, f.Rows())
	for _, m := range models {
		names = append(names, slices.Repeat([]string{m.name}, len(rows))...)
		schema.Sources = append(schema.Sources, frame.Source{Name: m.name, Label: "Simulated: " + m.name, Kind: "simulated", Paired: true, Draws: 1})
	}
	levels := []string{"people"}
	for _, m := range models {
		levels = append(levels, m.name)
	}
	cols := map[string]*frame.Column{}
	for _, name := range []string{"want", "do", "do_any"} {
		c := *g.Col(name)
		c.Codes, c.Nums = slices.Clone(c.Codes), slices.Clone(c.Nums)
		cols[name] = &c
	}
	for k, m := range models {
		rng := rand.New(rand.NewPCG(1, uint64(k)))
		for i := range rows {
			at := f.Rows() + k*len(rows) + i
			for _, name := range []string{"want", "do"} {
				if rng.Float64() < m.noise {
					cols[name].Codes[at] = int32(rng.IntN(3))
				}
			}
			cols["do_any"].Nums[at] = math.Min(1, float64(cols["do"].Codes[at]))
		}
	}
	g = g.With(frame.Factors(frame.SourceColumn, names, levels)).With(cols["want"]).With(cols["do"]).With(cols["do_any"])
	g.Schema = &schema
	return g
}

// taught says how many people sources learned from.
func taught(f *frame.Frame, people map[string]int) *frame.Frame {
	schema := *f.Schema
	schema.Sources = slices.Clone(schema.Sources)
	for i := range schema.Sources {
		if n := people[schema.Sources[i].Name]; n > 0 {
			schema.Sources[i].Trained, schema.Sources[i].Model = n, "taught"
		}
	}
	g := frame.New(f.Columns()...)
	g.Schema = &schema
	return g
}

// input returns what an analysis named "test" runs on.
func input(f *frame.Frame, workers int) Input {
	return Input{Name: "test", Frame: f, Streams: stat.NewStreams(20261123), Workers: workers}
}

// runOn runs parameters and fails on an error.
func runOn(t testing.TB, p Params, in Input) *Result {
	t.Helper()
	if err := p.Check(in.Frame.Schema); err != nil {
		t.Fatalf("check: %v", err)
	}
	r, err := p.Run(context.Background(), in)
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	return r
}

// estimate returns the estimate at an address below the analysis.
func estimate(t testing.TB, r *Result, address string) Estimate {
	t.Helper()
	for _, e := range r.Estimates {
		if e.Address("test") == "test."+address {
			return e
		}
	}
	t.Errorf("there is no estimate %s", address)
	return Number(Key{}, math.NaN())
}

// wantNear fails when the value at an address is not near the expected one.
func wantNear(t testing.TB, r *Result, address string, want, tol float64) {
	t.Helper()
	if got := estimate(t, r, address).Value; !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.10g, want %.10g within %g", address, got, want, tol)
	}
}

// wantSE does so for the standard error.
func wantSE(t testing.TB, r *Result, address string, want, tol float64) {
	t.Helper()
	if got := estimate(t, r, address).SE; !(math.Abs(got-want) <= tol) {
		t.Errorf("SE of %s = %.10g, want %.10g within %g", address, got, want, tol)
	}
}
