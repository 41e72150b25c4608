package render

import (
	"slices"
	"strings"
	"testing"

	"silico/report"
)

// numbersOf makes a table with a column of words and so many of numbers.
func numbersOf(n int, head string) *report.Layout {
	l := &report.Layout{Columns: []report.Head{{Label: "Source", Words: true}}}
	cells := []report.Printed{{Main: "marginal 40 (baseline)"}}
	for range n {
		l.Columns = append(l.Columns, report.Head{Label: head})
		cells = append(cells, report.Printed{Main: "0.123", Below: "(0.012)"})
	}
	l.Rows = []report.Line{{Cells: cells}}
	return l
}

func TestHeadsOfNumbersBreakIntoLines(t *testing.T) {
	l := numbersOf(1, "Mean error of effects")
	if got, want := headLines(l, 1), []string{"Mean", "error", "of", "effects"}; !slices.Equal(got, want) {
		t.Errorf("the head is broken into %q, want %q: its numbers have seven characters", got, want)
	}
	if got := texHead(l); !strings.Contains(got, `\multicolumn{1}{r}{\shortstack[r]{Mean\\error\\of\\effects}}`) {
		t.Errorf("the head is\n%s", got)
	}
}

func TestTheWidestTablesAreTurned(t *testing.T) {
	for _, tt := range []struct {
		columns int
		size    string
		turned  bool
	}{{4, `\footnotesize`, false}, {10, `\scriptsize`, false}, {12, `\footnotesize`, true}, {15, `\scriptsize`, true}, {40, `\tiny`, true}} {
		size, _, turned := texColumns(numbersOf(tt.columns, "Error"))
		if size != tt.size || turned != tt.turned {
			t.Errorf("%d columns of numbers are set in %s (turned: %v), want %s (%v)", tt.columns, size, turned, tt.size, tt.turned)
		}
	}
}
