package analysis

import (
	"fmt"
	"math"
	"strings"
)

// present makes the tables, the figure and the prose.
func (r *ablationRun) present() {
	f := newFinder(r.in.Name, r.result)
	r.result.Tables = append(r.result.Tables, r.table(overAll, "", "What one change does"))
	for _, t := range []struct {
		tier          tier
		name, caption string
	}{{bySubgroup, "by_subgroup", "What one change does, by subgroup"}, {perItem, "by_item", "What one change does, by item"}} {
		if len(r.effects[t.tier]) > 0 {
			r.result.Tables = append(r.result.Tables, r.table(t.tier, t.name, t.caption))
		}
	}
	r.result.Figures = r.figure()
	r.result.Prose = r.prose(f)
}

// pairTitle says what was changed.
func (r *ablationRun) pairTitle(pair string) string {
	if words := r.Changes[pair]; words != "" {
		return words
	}
	s := r.in.Frame.Schema
	a, b, _ := strings.Cut(pair, "-")
	return titleOfSource(s, a) + " − " + titleOfSource(s, b)
}

// measureTitle is what readers see of the measure of a difference.
func (r *ablationRun) measureTitle(x *ablated) string {
	name := statisticTitle(x.read.Statistic)
	if x.Outcome != "" {
		name += ", " + outcomeTitle(r.in.Frame.Schema, x.Outcome)
	}
	return name
}

// place is what readers see of the subgroup or the item of a difference.
func (r *ablationRun) place(x *ablated) string {
	if x.Variable == "item" {
		return x.Level
	}
	return subgroup(r.in.Frame.Schema, x.Variable, x.Level)
}

func (r *ablationRun) table(of tier, name, caption string) Table {
	t := Table{Name: name, Caption: caption, Columns: []Column{{Key: "change", Label: "Change", Words: true}, {Key: "measure", Label: "Measure", Words: true}}}
	if of != overAll {
		t.Columns = append(t.Columns, Column{Key: "where", Label: map[tier]string{bySubgroup: "Subgroup", perItem: "Item"}[of], Words: true})
	}
	t.Columns = append(t.Columns, Column{Key: "difference", Label: "Difference"}, Column{Key: "p", Label: "p"}, Column{Key: "p_adjusted", Label: "Adjusted p"}, Column{Key: "floor", Label: "Samples of people"})
	for _, x := range r.effects[of] {
		cells := []Cell{Word(r.pairTitle(x.Source)), Word(r.measureTitle(x))}
		if of != overAll {
			cells = append(cells, Word(r.place(x)))
		}
		adjusted := Number(x.Key, x.adjusted)
		adjusted.Statistic += "_adjusted"
		floor := Cell{Kind: Blank}
		if x.floor.Statistic != "" {
			floor = Show(Real, x.Estimate.end("_floor", x.floor.Value), r.in.Name)
		}
		t.Rows = append(t.Rows, Row{Cells: append(cells, Show(WithCI, x.Estimate, r.in.Name), showP(x.Estimate, r.in.Name), Show(PValue, adjusted, r.in.Name), floor)})
	}
	if len(t.Rows) > 0 {
		t.Notes = []string{fmt.Sprintf("Difference: the measure of the first source less that of the second, paired by respondent. Adjusted p: Benjamini and Hochberg over the %d differences of this table. Samples of people: mean |Δ| of the measure between two samples of people, where the analysis has floors.", len(t.Rows))}
	}
	return t
}

// figure shows the differences over all answers, a panel a measure.
func (r *ablationRun) figure() []Figure {
	t := newTidy("change", "measure", "#difference", "#lo", "#hi", "#none")
	for _, x := range r.effects[overAll] {
		if !math.IsNaN(x.Value) {
			t.add([]string{r.pairTitle(x.Source), r.measureTitle(x)}, x.Value, x.Lo, x.Hi, 0)
		}
	}
	if t.rows() == 0 {
		return nil
	}
	return []Figure{{
		Kind: "interval", Title: "What one change does", Data: t.frame(),
		Caption: "Differences between sources that differ in one thing, measure by measure, with their intervals over respondents. Line: no difference.",
		Roles:   map[string]string{"y": "change", "x": "difference", "lo": "lo", "hi": "hi", "facet": "measure", "ref": "none"},
		Labels:  map[string]string{"x": "Difference", "y": ""},
		Alt:     "Points with intervals: the difference of each pair of sources on each measure.",
	}}
}

// prose counts the effects that stay and names the pairs' on the first measure.
func (r *ablationRun) prose(f finder) string {
	effects := r.effects[overAll]
	if len(effects) == 0 {
		return ""
	}
	s := ""
	for _, x := range effects {
		if math.IsNaN(x.Value) || math.IsNaN(x.adjusted) {
			continue
		}
		adjusted := x.Key
		adjusted.Statistic += "_adjusted"
		verdict := "no effect that stays"
		if x.adjusted <= r.Alpha {
			verdict = "an effect"
		}
		s += fmt.Sprintf("%s, %s: %s (%s to %s; adjusted p = `{value} %s`), %s. ", plain(r.pairTitle(x.Source)), plain(r.measureTitle(x)),
			cite(f.name, x.Key, ""), cite(f.name, x.Key, "lo"), cite(f.name, x.Key, "hi"), adjusted.Address(f.name), verdict)
	}
	return strings.TrimSpace(s)
}
