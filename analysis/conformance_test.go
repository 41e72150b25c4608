package analysis

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"silico/analysis/frame"
)

// declared returns a study's analyses of every kind that suit the verbal
// aggression frame, in the order of their needs.
func declared(t testing.TB) []struct {
	name string
	Params
} {
	t.Helper()
	var list []struct {
		name string
		Params
	}
	add := func(name, kind string, change func(p Params)) {
		p, ok := New(kind)
		if !ok {
			t.Fatalf("there is no kind %q", kind)
		}
		change(p)
		list = append(list, struct {
			name string
			Params
		}{name, p})
	}
	for _, kind := range Kinds() {
		if needing := []string{"ablation", "alignment", "dose", "ppi", "recovery"}; slices.Contains(needing, kind) {
			continue
		}
		add(kind, kind, func(p Params) { suit(p) })
	}
	add("between", "divergence", func(p Params) { suit(p); p.(*Divergence).By, p.(*Divergence).Between = nil, "gender" })
	for _, kind := range []string{"recovery", "ppi", "alignment", "dose", "ablation"} {
		add(kind, kind, func(p Params) { suit(p) })
	}
	return list
}

// runAll runs the declared analyses on a frame and returns their results by
// name.
func runAll(t testing.TB, f *frame.Frame, workers int) map[string]*Result {
	t.Helper()
	results := map[string]*Result{}
	for _, d := range declared(t) {
		in := input(f, workers)
		in.Name, in.Results = d.name, results
		if err := d.Check(f.Schema); err != nil {
			t.Fatalf("check %s: %v", d.name, err)
		}
		r, err := d.Run(context.Background(), in)
		if err != nil {
			t.Fatalf("run %s: %v", d.name, err)
		}
		r.Name = d.name
		results[d.name] = r
	}
	return results
}

// standard are the results on models, computed once for all tests that only
// look at them.
func standard(t testing.TB) map[string]*Result {
	standardOnce.Do(func() { standardResults = runAll(t, models(t), 2) })
	return standardResults
}

var (
	standardOnce    sync.Once
	standardResults map[string]*Result
)

// told returns everything that a result tells, for comparison.
func told(r *Result) string {
	var b strings.Builder
	for _, e := range r.Estimates {
		fmt.Fprintf(&b, "%s %v %v %v %v %v %d %d %d %s %s\n", e.Address(r.Name), e.Value, e.SE, e.Lo, e.Hi, e.P, e.People, e.Rows, e.Draws, e.Sample, e.Why)
	}
	for _, t := range r.Tables {
		fmt.Fprintf(&b, "%s %s %v %v %v\n", t.Name, t.Caption, t.Columns, t.Rows, t.Notes)
	}
	for _, f := range r.Figures {
		fmt.Fprintf(&b, "%s %s %s %v %v\n", f.Name, f.Kind, f.Caption, f.Roles, f.Labels)
		for i := range f.Data.Rows() {
			for _, c := range f.Data.Columns() {
				fmt.Fprintf(&b, "%s ", c.String(i))
			}
			b.WriteByte('\n')
		}
	}
	fmt.Fprintf(&b, "%s\n%v\n", r.Prose, r.Warnings)
	return b.String()
}

// sameResults fails with the first line in which two runs differ.
func sameResults(t *testing.T, what string, a, b map[string]*Result) {
	t.Helper()
	for _, name := range sortedKeys(a) {
		x, y := strings.Split(told(a[name]), "\n"), strings.Split(told(b[name]), "\n")
		for i := range x {
			if i >= len(y) || x[i] != y[i] {
				other := ""
				if i < len(y) {
					other = y[i]
				}
				t.Errorf("%s: %s differs: %s\nagainst %s", what, name, x[i], other)
				break
			}
		}
	}
}

func TestResultsAreEqualForAnyNumberOfWorkers(t *testing.T) {
	f := models(t)
	sameResults(t, "2 and 7 workers", standard(t), runAll(t, f, 7))
	sameResults(t, "2 workers and 1", standard(t), runAll(t, f, 1))
}

func TestResultsDoNotDependOnTheOrderOfRows(t *testing.T) {
	f := models(t)
	rows := rand.New(rand.NewPCG(1, 2)).Perm(f.Rows())
	shuffled := f.Take(rows)
	sameResults(t, "shuffled rows", standard(t), runAll(t, shuffled, 2))
	ids := make([]string, shuffled.Rows())
	for i := range ids {
		ids[i] = shuffled.Col("id").String(i)
	}
	permuted := shuffled.With(frame.Factors("id", ids, nil))
	permuted.Schema = f.Schema
	if slices.Equal(permuted.Col("id").Levels, f.Col("id").Levels) {
		t.Fatal("the levels of the ids are in the same order, so nothing is tested")
	}
	sameResults(t, "shuffled rows and people", standard(t), runAll(t, permuted, 2))
}

func TestAnalysesChangeNothingThatTheyAreGiven(t *testing.T) {
	f := models(t)
	before := dump(f)
	params := declared(t)
	runAll(t, f, 2)
	if after := dump(f); before != after {
		t.Error("an analysis changed the frame")
	}
	for i, d := range declared(t) {
		if !reflect.DeepEqual(params[i].Params, d.Params) {
			t.Errorf("%s changed its own parameters", d.name)
		}
	}
}

func TestOneMoreSourceChangesNoNumberOfAnother(t *testing.T) {
	full := models(t)
	source := full.Col(frame.SourceColumn)
	fewer := full.Filter(func(row int) bool { return source.String(row) != "far" })
	schema := *full.Schema
	schema.Sources = slices.DeleteFunc(slices.Clone(schema.Sources), func(s frame.Source) bool { return s.Name == "far" })
	fewer.Schema = &schema
	a, b := standard(t), runAll(t, fewer, 2)
	for _, name := range sortedKeys(b) {
		found := newFinder(name, a[name]).found
		for _, e := range b[name].Estimates {
			if got := fmt.Sprint(found[e.Key]); got != fmt.Sprint(e) {
				t.Errorf("%s is %v without the source and %v with it", e.Address(name), e, got)
				break
			}
		}
	}
}

func TestEveryAddressIsUnlikeEveryOther(t *testing.T) {
	for name, r := range standard(t) {
		seen := map[string]bool{}
		for _, e := range r.Estimates {
			a := e.Address(name)
			if seen[a] {
				t.Errorf("two estimates at %s", a)
			}
			seen[a] = true
		}
	}
}

func TestTablesAndFiguresAreWhole(t *testing.T) {
	others := map[string]bool{} // a dose shows what the analysis has that it follows
	for name, r := range standard(t) {
		for _, e := range r.Estimates {
			others[e.Address(name)] = true
		}
	}
	for name, r := range standard(t) {
		addresses := map[string]bool{}
		for _, e := range r.Estimates {
			addresses[e.Address(name)] = true
			if math.IsNaN(e.Value) && e.Why == "" {
				t.Errorf("%s is NaN without a reason", e.Address(name))
			}
			if e.Sample == "" {
				t.Errorf("%s does not say its sample", e.Address(name))
			}
		}
		if len(r.Tables) == 0 || r.Tables[0].Name != "" {
			t.Errorf("%s has no main table", name)
		}
		names := map[string]bool{}
		for _, tab := range r.Tables {
			if names[tab.Name] {
				t.Errorf("%s has two tables named %q", name, tab.Name)
			}
			names[tab.Name] = true
			if tab.Caption == "" || strings.HasSuffix(tab.Caption, ".") {
				t.Errorf("%s.%s: caption %q is to be a line without a full stop", name, tab.Name, tab.Caption)
			}
			keys := map[string]bool{}
			for _, c := range tab.Columns {
				if c.Key == "" || keys[c.Key] {
					t.Errorf("%s.%s: column key %q is empty or there twice", name, tab.Name, c.Key)
				}
				keys[c.Key] = true
			}
			for i, row := range tab.Rows {
				if len(row.Cells) != len(tab.Columns) {
					t.Fatalf("%s.%s: row %d has %d cells of %d", name, tab.Name, i, len(row.Cells), len(tab.Columns))
				}
				for _, c := range row.Cells {
					a := c.Address
					for _, field := range []string{".p", ".se"} {
						a = strings.TrimSuffix(a, field)
					}
					if a != "" && !others[a] && !others[c.Address] {
						t.Errorf("%s.%s shows %s, which is no estimate", name, tab.Name, c.Address)
					}
				}
			}
		}
		for _, fig := range r.Figures {
			if fig.Alt == "" || fig.Caption == "" || fig.Kind == "" {
				t.Errorf("figure %s.%s lacks a kind, a caption or a description", name, fig.Name)
			}
			for role, column := range fig.Roles {
				if fig.Data.Col(column) == nil {
					t.Errorf("figure %s.%s: role %s is column %q, which is not there", name, fig.Name, role, column)
				}
			}
		}
		for _, part := range strings.Split(r.Prose, "`{value")[1:] {
			a, _, _ := strings.Cut(part, "`")
			_, a, _ = strings.Cut(a, "} ")
			for _, field := range []string{".lo", ".hi", ".p", ".se", ".n_people"} {
				a = strings.TrimSuffix(a, field)
			}
			if !addresses[a] {
				t.Errorf("the prose of %s reads %s, which is no estimate", name, a)
			}
		}
	}
}

func TestPoorDataWarnInsteadOfPanicking(t *testing.T) {
	f := models(t)
	source, gender := f.Col(frame.SourceColumn), f.Col("gender")
	blank := func(name string, where func(row int) bool) *frame.Frame {
		c := *f.Col(name)
		c.Codes, c.Nums = slices.Clone(c.Codes), slices.Clone(c.Nums)
		for i := range f.Rows() {
			if where(i) {
				if c.Coded() {
					c.Codes[i] = -1
				} else {
					c.Nums[i] = math.NaN()
				}
			}
		}
		return f.With(&c)
	}
	constant := func(name string) *frame.Frame {
		c := *f.Col(name)
		c.Codes, c.Nums = make([]int32, len(c.Codes)), make([]float64, len(c.Nums))
		return f.With(&c)
	}
	one := f.Col("id").Codes[0]
	all := func(int) bool { return true }
	for _, tt := range []struct {
		name string
		f    *frame.Frame
	}{
		{"no rows at all", f.Take(nil)},
		{"one row", f.Take([]int{0})},
		{"one person", f.Filter(func(row int) bool { return f.Col("id").Codes[row] == one })},
		{"no people", f.Filter(func(row int) bool { return source.String(row) != "people" })},
		{"no models", f.Filter(func(row int) bool { return source.String(row) == "people" })},
		{"one gender", f.Filter(func(row int) bool { return gender.Codes[row] == 0 })},
		{"one source of one gender", f.Filter(func(row int) bool { return gender.Codes[row] == 0 || source.String(row) == "people" })},
		{"no action", blank("do", all)},
		{"a source without its actions", blank("do", func(row int) bool { return source.String(row) == "near" })},
		{"half of the actions missing", blank("do", func(row int) bool { return row%2 == 0 })},

		{"genders unknown", blank("gender", all)},
		{"no derived outcome", blank("do_any", all)},
		{"anger unknown", blank("anger", all)},
		{"anger all the same", constant("anger")},
		{"factors unknown", blank("situation", all)},
		{"actions all no", constant("do").With(constant("do_any").Col("do_any"))},

		{"one item", f.Filter(func(row int) bool { return f.Col("situation").Codes[row] == 0 && f.Col("behaviour").Codes[row] == 0 })},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.f.Schema = f.Schema
			results := runAll(t, tt.f, 2)
			warned := false
			for _, r := range results {
				warned = warned || len(r.Warnings) > 0
			}
			if !warned && tt.name != "no models" && tt.name != "one item" {
				t.Error("no analysis warns")
			}
		})
	}
}

func TestCancellingStopsEveryKind(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	f := models(t)
	results := standard(t)
	for _, d := range declared(t) {
		in := input(f, 2)
		in.Name, in.Results = d.name, results
		if _, err := d.Run(ctx, in); err == nil && d.name != "descriptives" && d.name != "regression" {
			t.Errorf("%s runs on after its context is cancelled", d.name)
		}
	}
}

// models returns people with three sources that answer more and less like them;
// all but the farthest tell their probabilities.
func models(t testing.TB) *frame.Frame {
	near, middle, far := simulated{"near", .1}, simulated{"middle", .4}, simulated{"far", 1}
	return taught(withChances(withModels(verbagg(t, true), near, middle, far), near, middle), map[string]int{"near": 79, "middle": 40})
}

// dump writes a frame as text.
func dump(f *frame.Frame) string {
	var b strings.Builder
	for _, c := range f.Columns() {
		b.WriteString(c.Name)
		for i := range f.Rows() {
			b.WriteString(" " + c.String(i))
		}
	}
	return b.String()
}
