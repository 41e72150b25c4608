package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/analysis"
	"silico/report"
)

func TestWarningsThatSayTheSameAreOne(t *testing.T) {
	var t1 report.Table
	for _, s := range strings.Split("a: 3 respondents, too few.|The rule is missing in a row.|b, x: 3 respondents, too few.|b: 2 respondents, too few.|The rule is missing in a row.", "|") {
		t1.Warnings = append(t1.Warnings, analysis.Warning{Text: s})
	}
	want := []string{"a; b, x: 3 respondents, too few.", "The rule is missing in a row.", "b: 2 respondents, too few."}
	if diff := cmp.Diff(want, warnings(&t1)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}

	var many report.Table
	for _, cell := range strings.Split("abcdefghijkl", "") {
		many.Warnings = append(many.Warnings, analysis.Warning{Text: cell + ": too few."})
	}
	if got, want := strings.Join(warnings(&many), "|"), "a; b; c; d; e; f; g; h; and 4 others: too few."; got != want {
		t.Errorf("the warnings of twelve cells are %q, want %q", got, want)
	}
}
