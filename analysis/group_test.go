package analysis

import (
	"math"
	"slices"
	"strings"
	"testing"

	"silico/analysis/frame"
)

// withGroups adds a source twin with the answers of x, and the groups copies, of
// those two, and pair, of x and y.
func withGroups(t *testing.T) *frame.Frame {
	t.Helper()
	f := withModels(verbagg(t, true), simulated{"x", .3}, simulated{"y", .6}, simulated{"z", .8})
	f = withChances(f, simulated{"x", .3}, simulated{"y", .6}, simulated{"z", .8})
	rows := make([]int, f.Rows())
	names := make([]string, f.Rows())
	for i := range rows {
		rows[i], names[i] = i, f.Col(frame.SourceColumn).String(i)
	}
	for i := range f.Rows() {
		if names[i] == "x" {
			rows, names = append(rows, i), append(names, "twin")
		}
	}
	schema := *f.Schema
	schema.Sources = append(slices.Clone(schema.Sources), frame.Source{Name: "twin", Label: "Simulated: twin", Kind: "simulated", Paired: true, Draws: 1})
	schema.Groups = []frame.Group{{Name: "copies", Of: []string{"x", "twin"}}, {Name: "pair", Label: "x and y", Of: []string{"x", "y"}}}
	f = f.Take(rows).With(frame.Factors(frame.SourceColumn, names, []string{"people", "x", "y", "z", "twin"}))
	f.Schema = &schema
	return f
}

// grouped runs every kind that has groups, by name.
func grouped(t *testing.T, f *frame.Frame) map[string]*Result {
	t.Helper()
	results := map[string]*Result{}
	run := func(name string, p Params) {
		in := input(f, 2)
		in.Results = results
		results[name] = runOn(t, p, in)
		results[name].Name = name
	}
	contrasts := []string{"x-z", "copies-z", "pair-z", "z-pair"}
	common := func(kind string) Common { return Common{Kind: kind, Sample: frame.Evaluation} }
	run("divergence", &Divergence{Common: common("divergence"), Reference: people, Outcomes: []string{"do"}, By: []string{"gender"}, Contrasts: contrasts, Measures: []string{"js"}, Replicates: 200, Level: .95})
	run("coherence", &Coherence{Common: common("coherence"), Rule: "(want == 'no') != (do == 'no')", Contrasts: contrasts, Replicates: 200, Level: .9})
	run("heterogeneity", &Heterogeneity{Common: common("heterogeneity"), Outcomes: []string{"do"}, Contrasts: contrasts, Replicates: 200, Level: .95})
	run("score", &Score{Common: common("score"), Outcomes: []string{"do"}, Contrasts: contrasts, Least: .001, Replicates: 200, Level: .95})
	run("regression", &Regression{Common: common("regression"), Formula: "do_any ~ anger + gender + behaviour", Family: "logit", SE: Errors{Type: "CR1"}, Level: .95})
	run("recovery", &Recovery{Common: Common{Kind: "recovery"}, Of: "regression", Alpha: .05, Redraws: 20, Contrasts: contrasts, Replicates: 200, Level: .95})
	run("alignment", &Alignment{Common: Common{Kind: "alignment"}, Of: "divergence", Contrasts: contrasts, Level: .95})
	return results
}

// numbers lists the estimates of a source by the rest of their addresses.
func numbers(r *Result, source string) map[Key]Estimate {
	found := map[Key]Estimate{}
	for _, e := range r.Estimates {
		if e.Source == source {
			found[e.by("")] = e
		}
	}
	return found
}

func TestAGroupOfCopiesHasTheNumbersOfEach(t *testing.T) {
	for kind, r := range grouped(t, withGroups(t)) {
		tol := 1e-9
		if kind == "divergence" || kind == "alignment" || kind == "regression" {
			tol = 1e-4 // the bias of a subgroup is a mean over permutations of its own; effects vary with who is asked
		}
		near := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < tol }
		for of, source := range map[string]string{"copies": "x", "copies-z": "x-z", "copies-people": "x-people"} {
			own, n := numbers(r, source), 0
			for k, e := range numbers(r, of) {
				like, ok := own[k]
				if kind == "recovery" && slices.ContainsFunc(countedMeasures, func(name string) bool { return strings.HasPrefix(k.Statistic, name) }) {
					continue // each copy has draws of its own answers
				}
				if !ok {
					continue // the least, the largest, and what sources alone have no difference of
				}
				n++
				if !near(e.Value, like.Value) || !near(e.Lo, like.Lo) || !near(e.Hi, like.Hi) || !near(e.SE, like.SE) {
					if kind == "coherence" && math.Abs(e.Lo-like.Lo) < .001 && math.Abs(e.Hi-like.Hi) < .001 {
						continue // a respondent of whom a share says nothing is no cluster of the group
					}
					if strings.HasPrefix(k.Statistic, "rarefied") || strings.HasPrefix(k.Statistic, "unique") || strings.HasSuffix(k.Statistic, "js_raw") || k.Term == intercept || k.Statistic == "coef_difference" {
						continue // a group knows no spread of these
					}
					t.Errorf("%s: %s has %v [%v, %v] se %v, and %s, which are copies of it, %v [%v, %v] se %v", like.Address(kind), source, like.Value, like.Lo, like.Hi, like.SE, of, e.Value, e.Lo, e.Hi, e.SE)
				}
			}
			if n == 0 && !(of == "copies-people" && (kind == "divergence" || kind == "alignment" || kind == "score" || kind == "recovery" || kind == "regression")) && !(of == "copies-z" && kind == "regression") {
				t.Errorf("%s has no number of %s", kind, of)
			}
		}
	}
}

func TestAGroupHasTheMeanTheLeastAndTheLargestOfItsSources(t *testing.T) {
	for kind, statistic := range map[string]string{
		"divergence": "do.js", "coherence": "kappa", "heterogeneity": "do.alpha", "score": "do.bits", "regression": "genderM.coef", "recovery": "ame_error",
	} {
		r := *grouped(t, withGroups(t))[kind]
		at := func(source, suffix string) float64 { return estimate(t, &r, source+"."+statistic+suffix).Value }
		r.Name = "test"
		x, y, z := at("x", ""), at("y", ""), 0.0
		for _, want := range []struct {
			suffix string
			value  float64
		}{{"", (x + y) / 2}, {"_low", min(x, y)}, {"_high", max(x, y)}} {
			if got := at("pair", want.suffix); math.Abs(got-want.value) > 1e-12 {
				t.Errorf("%s%s of x and y, %v and %v, is %v", statistic, want.suffix, x, y, got)
			}
		}
		if kind == "regression" {
			continue // it has no contrasts of sources
		}
		z = at("z", "")
		if got := at("'pair-z'", ""); math.Abs(got-(x+y)/2+z) > 1e-12 {
			t.Errorf("%s of pair-z is %v, the mean of %v and %v less %v", statistic, got, x, y, z)
		}
		if a, b := estimate(t, &r, "'pair-z'."+statistic), estimate(t, &r, "'z-pair'."+statistic); math.Abs(a.Lo+b.Hi) > 1e-9 || a.P != b.P {
			t.Errorf("%s of pair-z lies in [%v, %v], p %v, of z-pair in [%v, %v], p %v", statistic, a.Lo, a.Hi, a.P, b.Lo, b.Hi, b.P)
		}
	}
}

// The two sources err together, for they are compared with the same people: the
// mean of two that are alike is hardly better known than each.
func TestTheIntervalOfAGroupKnowsThatItsSourcesShareThePeople(t *testing.T) {
	r := grouped(t, withGroups(t))["divergence"]
	x, y, pair := estimate(t, r, "x.do.d"), estimate(t, r, "y.do.d"), estimate(t, r, "pair.do.d")
	if apart := math.Hypot(x.SE, y.SE) / 2; !(pair.SE > apart) || pair.SE > max(x.SE, y.SE) {
		t.Errorf("the mean of two distances with errors %v and %v has %v; were they independent it would be %v", x.SE, y.SE, pair.SE, apart)
	}
}

func TestGroupsStandWhereAllOfTheirSourcesEnter(t *testing.T) {
	f := withGroups(t)
	p := &Coherence{Common: Common{Kind: "coherence", Sample: frame.Evaluation, Sources: []string{"x", "z"}}, Rule: "(want == 'no') != (do == 'no')", Level: .95}
	r := runOn(t, p, input(f, 1))
	for _, e := range r.Estimates {
		if strings.HasPrefix(e.Source, "pair") {
			t.Fatalf("y does not enter, and there is %s", e.Address("test"))
		}
	}
	p.Contrasts = []string{"pair-z"}
	if err := p.Check(f.Schema); err == nil || !strings.Contains(err.Error(), "y") {
		t.Errorf("a contrast of a group without y: %v", err)
	}
}

func TestGroupsAreShownWithTheirRange(t *testing.T) {
	for kind, r := range grouped(t, withGroups(t)) {
		i := slices.IndexFunc(r.Tables, func(t Table) bool { return t.Name == "groups" })
		if i < 0 {
			t.Errorf("%s shows no groups", kind)
			continue
		}
		named := slices.ContainsFunc(r.Tables[i].Rows, func(row Row) bool { return row.Group == "x and y" && row.Cells[2].Address != "" })
		if !named {
			t.Errorf("%s shows no range of x and y: %v", kind, r.Tables[i].Rows)
		}
	}
}
