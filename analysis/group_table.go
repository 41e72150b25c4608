package analysis

import (
	"fmt"
	"slices"
	"strings"
)

// groupTable shows some numbers of the groups that entered, and differences of
// groups, but not those of single items; none without groups.
func (s *selection) groupTable(analysis string, r *Result, statistics ...string) []Table {
	t := Table{Name: "groups", Caption: "Means over groups of sources", Columns: []Column{
		{Key: "number", Label: "Number", Words: true}, {Key: "mean", Label: "Mean"},
		{Key: "low", Label: "Least", Group: "Of the group"}, {Key: "high", Label: "Largest", Group: "Of the group"}, {Key: "p", Label: "p"},
	}}
	f := newFinder(analysis, r)
	var order []string
	for _, e := range r.Estimates {
		if s.grouped(e.Source) && !slices.Contains(order, e.Source) {
			order = append(order, e.Source)
		}
	}
	for _, name := range order {
		for _, e := range r.Estimates {
			if e.Source != name || e.Variable == "item" || !slices.Contains(statistics, e.Statistic) {
				continue
			}
			end := func(suffix string) Cell {
				k := e.Key
				k.Statistic += suffix
				return f.cell(Real, k)
			}
			t.Rows = append(t.Rows, Row{Group: s.contrastTitle(name), Cells: []Cell{
				Word(s.numberTitle(e.Key)), Show(WithCI, e, analysis), end("_low"), end("_high"), showP(e, analysis),
			}})
		}
	}
	if t.Rows == nil {
		return nil
	}
	t.Notes = []string{"The mean of a number over the sources of the group, not the number of their answers thrown together. Brackets: intervals over respondents, whom the sources share; how the sources differ among themselves is in the least and the largest."}
	for i := range s.schema.Groups {
		if g := &s.schema.Groups[i]; slices.Contains(order, g.Name) {
			var of []string
			for _, name := range g.Of {
				of = append(of, s.titleOf(name))
			}
			t.Notes = append(t.Notes, fmt.Sprintf("%s: %s.", g.Title(), list(of)))
		}
	}
	return []Table{t}
}

// grouped says whether a name is that of a group, or of a contrast with one.
func (s *selection) grouped(name string) bool {
	a, b, _ := strings.Cut(name, "-")
	return s.schema.Group(a) != nil || s.schema.Group(b) != nil
}

// numberTitle names a number of a source: outcome, subgroup, term and statistic.
func (s *selection) numberTitle(k Key) string {
	var words []string
	if k.Outcome != "" {
		words = append(words, outcomeTitle(s.schema, k.Outcome))
	}
	if k.Variable != "" {
		words = append(words, subgroup(s.schema, k.Variable, k.Level))
	}
	if k.Term != "" {
		words = append(words, termTitle(s.schema, k.Term))
	}
	return strings.Join(append(words, statisticTitle(k.Statistic)), ", ")
}
