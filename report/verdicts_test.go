package report

import (
	"math"
	"strings"
	"testing"

	"silico/analysis"
)

func TestTheTableOfHypothesesSaysWhatTheFamilyMakesOfThem(t *testing.T) {
	verdicts := []analysis.Verdict{
		{Name: "h1", Outcome: analysis.Inconclusive, Family: "main", Method: analysis.Sequence, Rank: 1, Of: 2, P: math.NaN(), Adjusted: math.NaN()},
		{Name: "h2", Outcome: analysis.Supported, Family: "main", Method: analysis.Sequence, Rank: 2, Of: 2, Exploratory: true, Note: "exploratory: h1, before it, is not supported", P: math.NaN(), Adjusted: math.NaN()},
		{Name: "h3", Outcome: analysis.Supported, Family: "items", Method: analysis.Holm, Alpha: .05, Rank: 1, Of: 1, P: .01, Adjusted: .02},
	}
	doc, problems := Compose(Input{Notebook: mustParse(t, "H2 is `{value} h2`.\n\n```{table hypotheses}\n```\n"), Verdicts: verdicts})
	if problems != nil {
		t.Fatal(problems)
	}
	table := doc.Tables[0].Table
	var words []string
	for _, row := range table.Rows {
		for _, c := range row.Cells {
			words = append(words, c.Text)
		}
	}
	all := strings.Join(words, "|") + strings.Join(table.Notes, "|")
	for _, want := range []string{"main, 2 of 2", "supported (exploratory: h1, before it, is not supported)", "a fixed sequence", "family-wise error (Holm)", "at most 0.05"} {
		if !strings.Contains(all, want) {
			t.Errorf("the table does not say %q: %s", want, all)
		}
	}
	if got := string(ResultsJSON(doc)); !strings.Contains(got, `"family": "items", "rank": 1, "p": 0.01, "p_adjusted": 0.02`) {
		t.Errorf("results.json lacks the family of h3:\n%s", got)
	}
}

func mustParse(t *testing.T, text string) *Notebook {
	t.Helper()
	n, problems := Parse([]byte(text), "paper.md")
	if problems != nil {
		t.Fatal(problems)
	}
	return n
}
