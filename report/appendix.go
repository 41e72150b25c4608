package report

import (
	"fmt"
	"slices"
	"strings"

	"silico/analysis"
)

// studyResult is the name of the result that carries the facts of the study.
const studyResult = "study"

// appendix returns notebook text behind a notebook: the reference list where
// it has no place yet, and what the notebook does not show.
func (c *composer) appendix(shown *tree) []byte {
	var b strings.Builder
	top := "#"
	for i, h := range shown.headings {
		if mark := strings.Repeat("#", h.Level); i == 0 || len(mark) < len(top) {
			top = mark
		}
	}
	if !slices.ContainsFunc(shown.divs, func(d *Div) bool { return d.ID == "refs" }) && (len(shown.cites) > 0 || len(c.citedInFacts()) > 0) {
		fmt.Fprintf(&b, "\n\n%s References {.unnumbered}\n\n::: {#refs}\n:::\n", top)
	}
	seen := make(map[string]bool) // "table distance.by", and every analysis
	for _, cell := range shown.cells {
		seen[cell.CellKind+" "+cell.Name] = true
		name, _, _ := strings.Cut(cell.Name, ".")
		seen[name] = true
	}
	for _, r := range c.Results {
		if r.Name == studyResult {
			continue
		}
		if !seen[r.Name] && len(r.Tables)+len(r.Figures) > 0 {
			writeResult(&b, r, top)
		}
	}
	if r, ok := c.results[studyResult]; ok {
		c.writeFacts(&b, r, top, seen)
	}
	if b.Len() == 0 {
		return nil
	}
	return []byte("\n" + b.String())
}

// writeFacts writes the tables about the study that the notebook leaves out.
func (c *composer) writeFacts(b *strings.Builder, r *analysis.Result, top string, seen map[string]bool) {
	head := false
	for _, t := range r.Tables {
		name := partName(r, t.Name)
		if seen["table "+name] || t.Name == verdictsResult && c.results[verdictsResult] != nil {
			continue
		}
		if !head {
			fmt.Fprintf(b, "\n\n%s Reproducibility {.appendix}\n", top)
			head = true
		}
		fmt.Fprintf(b, "\n```{table %s}\n```\n", name)
	}
}

// writeResult writes the section of an analysis: its prose, tables and
// figures.
func writeResult(b *strings.Builder, r *analysis.Result, top string) {
	fmt.Fprintf(b, "\n\n%s %s {.appendix}\n", top, Escape(resultTitle(r)))
	if r.Prose != "" {
		fmt.Fprintf(b, "\n%s\n", strings.TrimSpace(r.Prose))
	}
	for _, t := range r.Tables {
		fmt.Fprintf(b, "\n```{table %s}\n```\n", partName(r, t.Name))
	}
	for _, f := range r.Figures {
		fmt.Fprintf(b, "\n```{figure %s}\n```\n", partName(r, f.Name))
	}
}
