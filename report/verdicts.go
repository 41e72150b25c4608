package report

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis"
)

// verdictsResult is the name of the result that shows the hypotheses as a
// table, so that a notebook prints it with {table hypotheses}.
const verdictsResult = "hypotheses"

// withVerdicts returns the results with the table of the hypotheses behind
// them.
func withVerdicts(results []*analysis.Result, verdicts []analysis.Verdict) []*analysis.Result {
	taken := slices.ContainsFunc(results, func(r *analysis.Result) bool { return r.Name == verdictsResult })
	if len(verdicts) == 0 || taken {
		return results
	}
	inFamily := func(v analysis.Verdict) bool { return v.Method != "" }
	adjusted := func(v analysis.Verdict) bool { return inFamily(v) && v.Method != analysis.Sequence }
	families, ps := slices.ContainsFunc(verdicts, inFamily), slices.ContainsFunc(verdicts, adjusted)
	t := analysis.Table{
		Caption: "Hypotheses, decision rules and verdicts",
		Columns: []analysis.Column{
			{Key: "hypothesis", Label: "Hypothesis", Words: true},
			{Key: "claim", Label: "Claim", Words: true},
			{Key: "supported_if", Label: "Supported if", Words: true},
			{Key: "rejected_if", Label: "Not supported if", Words: true},
			{Key: "values", Label: "Values", Words: true},
		},
		Notes: familyNotes(verdicts),
	}
	if families {
		t.Columns = append(t.Columns, analysis.Column{Key: "family", Label: "Family", Words: true})
	}
	if ps {
		t.Columns = append(t.Columns, analysis.Column{Key: "p", Label: "p"}, analysis.Column{Key: "p_adjusted", Label: "Adjusted p"})
	}
	t.Columns = append(t.Columns, analysis.Column{Key: "verdict", Label: "Verdict", Words: true})
	for _, v := range verdicts {
		var used []string
		for _, u := range v.Values {
			used = append(used, u.Address+" = "+Real(u.Value))
		}
		row := analysis.Row{Cells: []analysis.Cell{
			analysis.Word(v.Name), analysis.Word(v.Text), analysis.Word(v.Decide), analysis.Word(v.Reject), analysis.Word(strings.Join(used, "; ")),
		}}
		if families {
			row.Cells = append(row.Cells, analysis.Word(placeInFamily(v)))
		}
		if ps {
			p, adj := analysis.Cell{Kind: analysis.Blank}, analysis.Cell{Kind: analysis.Blank}
			if adjusted(v) {
				p, adj = pCell(v.P), pCell(v.Adjusted)
			}
			row.Cells = append(row.Cells, p, adj)
		}
		verdict := v.Outcome
		if v.Note != "" {
			verdict += " (" + v.Note + ")"
		}
		row.Cells = append(row.Cells, analysis.Word(verdict))
		t.Rows = append(t.Rows, row)
	}
	return append(slices.Clone(results), &analysis.Result{Name: verdictsResult, Kind: verdictsResult, Title: "Hypotheses", Tables: []analysis.Table{t}})
}

func pCell(p float64) analysis.Cell {
	return analysis.Cell{Kind: analysis.PValue, Value: p, P: math.NaN()}
}

// placeInFamily says where a claim stands: "main, 2 of 7".
func placeInFamily(v analysis.Verdict) string {
	if v.Method == "" {
		return ""
	}
	return fmt.Sprintf("%s, %s of %s", v.Family, Whole(float64(v.Rank)), Whole(float64(v.Of)))
}

// familyNotes say how the claims of each family answer for each other.
func familyNotes(verdicts []analysis.Verdict) []string {
	var notes []string
	seen := make(map[string]bool)
	for _, v := range verdicts {
		if v.Method == "" || seen[v.Family] {
			continue
		}
		seen[v.Family] = true
		switch v.Method {
		case analysis.Sequence:
			notes = append(notes, fmt.Sprintf("Family %s: a fixed sequence. Behind the first hypothesis that is not supported, the rest are exploratory.", v.Family))
		case analysis.Holm:
			notes = append(notes, fmt.Sprintf("Family %s: p-values are adjusted for the family-wise error (Holm). Supported: the rule holds and the adjusted p-value is at most %s.", v.Family, Real(v.Alpha)))
		case analysis.BH:
			notes = append(notes, fmt.Sprintf("Family %s: p-values are adjusted for the false discovery rate (Benjamini and Hochberg). Supported: the rule holds and the adjusted p-value is at most %s.", v.Family, Real(v.Alpha)))
		}
	}
	return notes
}

// writeFamily writes what the family of a verdict adds to it.
func writeFamily(b *bytes.Buffer, v *analysis.Verdict) {
	fmt.Fprintf(b, `, "family": %s, "rank": %s`, quoteJSON(v.Family), tenDigits(float64(v.Rank)))
	if v.Method != analysis.Sequence {
		fmt.Fprintf(b, `, "p": %s, "p_adjusted": %s`, numberJSON(v.P), numberJSON(v.Adjusted))
	}
	if v.Exploratory {
		b.WriteString(`, "mark": ` + quoteJSON(string(analysis.Exploratory)))
	}
	if v.Note != "" {
		b.WriteString(`, "note": ` + quoteJSON(v.Note))
	}
}
