package analysis

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"silico/analysis/frame"
)

var nan = math.NaN()

func TestMistakesInParametersNameTheKeyAndTheWayOut(t *testing.T) {
	schema := *models(t).Schema
	schema.Variables = append(slices.Clone(schema.Variables), frame.Variable{Name: "remark", Type: "text", Role: "outcome"})
	for _, tt := range []struct {
		name   string
		params Params
		key    string
		says   []string
	}{
		{"an unknown outcome", divergence(func(d *Divergence) { d.Outcomes = []string{"wnat"} }), "outcomes", []string{`unknown variable "wnat"`, `did you mean "want"?`}},
		{"a subgroup without levels", divergence(func(d *Divergence) { d.By = []string{"anger"} }), "by", []string{`"anger" has no levels`, "gender"}},
		{"an unknown subgroup", divergence(func(d *Divergence) { d.By = []string{"gendr"} }), "by", []string{`did you mean "gender"?`}},
		{"an unknown source", divergence(func(d *Divergence) { d.Sources = []string{"neer"} }), "sources", []string{`unknown source "neer"; did you mean "near"?`}},
		{"a source twice", divergence(func(d *Divergence) { d.Sources = []string{"near", "near"} }), "sources", []string{"named twice"}},
		{"only the people", divergence(func(d *Divergence) { d.Sources = []string{"people"} }), "sources", []string{"what others are compared with"}},
		{"an unknown sample", divergence(func(d *Divergence) { d.Sample = "evalution" }), "sample", []string{`did you mean "evaluation"?`}},
		{"an unreadable rule", divergence(func(d *Divergence) { d.Where = "anger >= " }), "where", []string{"column"}},
		{"a rule over an unknown column", divergence(func(d *Divergence) { d.Where = "angre >= 20" }), "where", []string{`"anger"`}},
		{"a rule over an unknown level", divergence(func(d *Divergence) { d.Where = "do == 'yess'" }), "where", []string{`yes`}},
		{"an unknown measure", divergence(func(d *Divergence) { d.Measures = []string{"jsd"} }), "measures", []string{`did you mean "js"?`}},
		{"a contrast of one", divergence(func(d *Divergence) { d.Contrasts = []string{"near"} }), "contrasts", []string{`"a-b"`}},
		{"a contrast with nobody", divergence(func(d *Divergence) { d.Contrasts = []string{"near-neer"} }), "contrasts", []string{`did you mean "near"?`}},
		{"a contrast with the reference", divergence(func(d *Divergence) { d.Contrasts = []string{"near-people"} }), "contrasts", []string{"by itself"}},
		{"a contrast with a source that does not enter", divergence(func(d *Divergence) { d.Sources, d.Contrasts = []string{"near", "far"}, []string{"near-middle"} }), "contrasts", []string{"middle", "not among"}},
		{"a contrast with itself", divergence(func(d *Divergence) { d.Contrasts = []string{"near-near"} }), "contrasts", []string{"with itself"}},
		{"an item that is an answer", divergence(func(d *Divergence) { d.Items = []string{"want"} }), "items", []string{"no factor within"}},
		{"too few replicates", divergence(func(d *Divergence) { d.Replicates = 3 }), "replicates", []string{"at least 100"}},
		{"a level of 95", divergence(func(d *Divergence) { d.Level = 95 }), "level", []string{"0.95"}},
		{"both by and between", divergence(func(d *Divergence) { d.By, d.Between = []string{"gender"}, "gender" }), "between", []string{"two"}},
		{"bins of levels", divergence(func(d *Divergence) { d.Bins = map[string][]float64{"do": {1}} }), "bins.do", []string{"only numbers"}},
		{"bins that descend", divergence(func(d *Divergence) { d.Bins = map[string][]float64{"anger": {20, 10}} }), "bins.anger", []string{"ascend"}},
		{"a joint outcome with numbers", divergence(func(d *Divergence) { d.Outcomes = []string{"do:anger"} }), "outcomes", []string{"no levels"}},
		{"a threshold that is no level", coherence(func(c *Coherence) { c.Threshold = "perhap" }), "belief", []string{`did you mean "perhaps"?`}},
		{"a belief that is a number", coherence(func(c *Coherence) { c.Belief = "anger" }), "belief", []string{"write the rule"}},
		{"an unreadable belief", coherence(func(c *Coherence) { c.Belief = "want =" }), "belief", []string{"column"}},
		{"an unreadable tuple", heterogeneity(func(h *Heterogeneity) { h.Tuple = []string{"do > 'noo'"} }), "tuple", []string{"no"}},
		{"a rarefaction to one", heterogeneity(func(h *Heterogeneity) { h.Rarefy = 1 }), "rarefy", []string{"at least 2"}},
		{"no formula", regression(func(*Regression) {}), "formula", []string{"needs a formula"}},
		{"an unreadable formula", regression(func(r *Regression) { r.Formula = "do_any ~ anger +" }), "formula", []string{"column"}},
		{"a formula with an unknown name", regression(func(r *Regression) { r.Formula = "do_any ~ angre" }), "formula", []string{`did you mean "anger"?`}},
		{"a formula without an outcome", regression(func(r *Regression) { r.Formula = "~ anger" }), "formula", []string{"no outcome"}},
		{"a formula with text", regression(func(r *Regression) { r.Formula = "do_any ~ anger + remark" }), "formula", []string{`"remark" is text`}},
		{"random effects", regression(func(r *Regression) { r.Formula = "do_any ~ anger + (1 | id)" }), "formula", []string{"random effects"}},
		{"a logit of three levels", regression(func(r *Regression) { r.Formula, r.Family = "do ~ anger", "logit" }), "formula", []string{"two values", "I(do != 'no')"}},
		{"a least squares of levels without order", regression(func(r *Regression) { r.Formula = "situation ~ anger" }), "formula", []string{"needs a number"}},
		{"an unknown family", regression(func(r *Regression) { r.Formula, r.Family = "do_any ~ anger", "logti" }), "family", []string{`did you mean "logit"?`}},
		{"unknown errors", regression(func(r *Regression) { r.Formula, r.SE.Type = "do_any ~ anger", "HC4" }), "se.type", []string{"HC"}},
		{"clusters of an unknown column", regression(func(r *Regression) { r.Formula, r.SE.By = "do_any ~ anger", "idd" }), "se.by", []string{"idd"}},
		{"clusters without clustered errors", regression(func(r *Regression) { r.Formula, r.SE = "do_any ~ anger", Errors{"HC1", "id"} }), "se.by", []string{"no clusters"}},
		{"an unknown reference level", regression(func(r *Regression) {
			r.Formula, r.Reference = "do_any ~ behaviour", map[string]string{"behaviour": "scodl"}
		}), "reference.behaviour", []string{`did you mean "scold"?`}},
		{"a reference outside the formula", regression(func(r *Regression) { r.Formula, r.Reference = "do_any ~ anger", map[string]string{"gender": "M"} }), "reference.gender", []string{"not in the formula"}},
		{"a step of levels", regression(func(r *Regression) { r.Formula, r.Per = "do_any ~ gender", map[string]float64{"gender": 2} }), "per.gender", []string{"only numbers"}},
		{"a recovery of nothing", recovery(func(r *Recovery) { r.Of = "" }), "of", []string{"name the regression"}},
		{"a recovery with a sample", recovery(func(r *Recovery) { r.Sample = "all" }), "sample", []string{"those of the regression"}},
		{"a significance of 5", recovery(func(r *Recovery) { r.Alpha = 5 }), "alpha", []string{"0.05"}},
		{"a variable that is an id", descriptives(func(d *Descriptives) { d.Variables = []string{"id"} }), "variables", []string{"is id"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var e *ParamError
			err := tt.params.Check(&schema)
			if !errors.As(err, &e) {
				t.Fatalf("check gives %v, want a mistake in %s", err, tt.key)
			}
			if e.Key != tt.key {
				t.Errorf("the mistake is in %q, want %q", e.Key, tt.key)
			}
			for _, s := range tt.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("the message %q does not say %q", err, s)
				}
			}
		})
	}
}

func TestAllMistakesAreReportedAtOnce(t *testing.T) {
	err := divergence(func(d *Divergence) {
		d.Outcomes, d.By, d.Sources, d.Where = []string{"wnat"}, []string{"anger"}, []string{"neer"}, "angre > 1"
	}).Check(models(t).Schema)
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 4 {
		t.Errorf("check gives %v, want four mistakes", err)
	}
}
