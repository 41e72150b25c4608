package analysis

import (
	"slices"
	"strings"
	"testing"

	"silico/analysis/frame"
)

func TestAStudyWithoutPeopleHasSentencesToo(t *testing.T) {
	all := models(t)
	source := all.Col(frame.SourceColumn)
	f := all.Filter(func(row int) bool { return source.String(row) != people })
	schema := *all.Schema
	schema.Sources = slices.DeleteFunc(slices.Clone(schema.Sources), func(s frame.Source) bool { return s.Name == people })
	f.Schema = &schema
	for kind, want := range map[string]string{
		"descriptives":  "The mean of *want* is least for ",
		"heterogeneity": "The entropy of an item of *want* is least for ",
		"coherence":     "The share of rows that break the rule is least for ",
		"regression":    "In the model of *do\\_any* these terms differ from zero: for ",
	} {
		p, _ := New(kind)
		suit(p)
		r := runOn(t, p, input(f, 1))
		if !strings.HasPrefix(r.Prose, want) {
			t.Errorf("%s without people says %q, want it to begin with %q", kind, r.Prose, want)
		}
		for _, table := range r.Tables {
			for _, row := range table.Rows {
				if strings.Contains(row.Group, "people") {
					t.Errorf("%s without people has rows of %q", kind, row.Group)
				}
			}
		}
	}
}
