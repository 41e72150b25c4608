package analysis

import (
	"fmt"
	"math"
	"slices"

	"silico/analysis/frame"
)

// respondents returns Table 1: a column for each set of respondents, a row for
// each covariate or level. Sources that answer as the same people with the same
// covariates share a column.
func (t *described) respondents(variables []string) Table {
	shown, same := t.distinctSets(variables)
	tab := Table{Caption: "Respondents", Columns: []Column{{Key: "characteristic", Label: "", Words: true}}}
	for _, src := range shown {
		tab.Columns = append(tab.Columns, Column{Key: src.Name, Label: src.title()})
	}
	row := func(group, label string, cell func(src *sourceRows) Cell) {
		r := Row{Group: group, Cells: []Cell{Word(label)}}
		for _, src := range shown {
			r.Cells = append(r.Cells, cell(src))
		}
		tab.Rows = append(tab.Rows, r)
	}
	row("", "Respondents", func(s *sourceRows) Cell { return t.show(Count, Key{Source: s.Name, Statistic: "n"}) })
	row("", "Rows", func(s *sourceRows) Cell { return t.show(Count, Key{Source: s.Name, Statistic: "rows"}) })
	for _, name := range variables {
		c := t.in.Frame.Col(name)
		if c == nil || c.Kind == frame.Text {
			continue
		}
		group := title(t.sel.schema, name)
		if c.Kind != frame.Factor {
			row(group, "mean (SD)", func(s *sourceRows) Cell {
				cell := t.show(WithSE, Key{Source: s.Name, Outcome: name, Statistic: "mean"})
				cell.SE = t.value(Key{Source: s.Name, Outcome: name, Statistic: "sd"})
				return cell
			})
		}
		if c.Coded() {
			for k, level := range c.Levels {
				row(group, c.LevelLabel(k), func(s *sourceRows) Cell {
					return t.show(Percent, Key{Source: s.Name, Outcome: name, Term: level, Statistic: "share"})
				})
			}
		}
		if slices.ContainsFunc(shown, func(s *sourceRows) bool {
			return t.value(Key{Source: s.Name, Outcome: name, Statistic: "missing"}) > 0
		}) {
			row(group, "missing", func(s *sourceRows) Cell {
				return t.show(Count, Key{Source: s.Name, Outcome: name, Statistic: "missing"})
			})
		}
	}
	if len(same) > 0 {
		tab.Notes = append(tab.Notes, fmt.Sprintf("Answering as the same people, with equal characteristics: %s.", list(same)))
	}
	if w := t.sel.schema.Weight; w != "" {
		tab.Notes = append(tab.Notes, fmt.Sprintf("Means and shares are weighted by %s; numbers of respondents and rows are not.", w))
	}
	return tab
}

// distinctSets returns the sources whose respondents differ from those of all
// sources before them, and the titles of the others.
func (t *described) distinctSets(variables []string) (shown []*sourceRows, same []string) {
	equal := func(a, b *sourceRows) bool {
		if a.people != b.people || !slices.Equal(t.persons(a), t.persons(b)) {
			return false
		}
		for _, name := range variables {
			c := t.in.Frame.Col(name)
			if c == nil {
				continue
			}
			x, y := oneRow(a), oneRow(b)
			for i := range x {
				if c.String(x[i]) != c.String(y[i]) {
					return false
				}
			}
		}
		return true
	}
	for _, src := range t.sel.sources {
		if slices.ContainsFunc(shown, func(s *sourceRows) bool { return equal(s, src) }) {
			same = append(same, src.title())
			continue
		}
		shown = append(shown, src)
	}
	return shown, same
}

// persons returns the codes of a source's respondents, each once.
func (t *described) persons(src *sourceRows) []int32 { return slices.Compact(slices.Clone(src.person)) }

// answers returns the table of what each source answered: a row for each
// source under each outcome.
func (t *described) answers(outcomes []string) Table {
	tab := Table{Name: "answers", Caption: "Answers by source", Columns: []Column{
		{Key: "source", Label: "Source", Words: true}, {Key: "n", Label: "Answers"}, {Key: "missing", Label: "Missing"},
		{Key: "mean", Label: "Mean (SE)"}, {Key: "sd", Label: "SD"},
	}}
	levels := t.sharedLevels(outcomes)
	for _, l := range levels {
		tab.Columns = append(tab.Columns, Column{Key: "share_" + l.level, Label: l.label, Group: "Share of answers"})
	}
	for _, name := range outcomes {
		if c := t.in.Frame.Col(name); c == nil || c.Kind == frame.Text {
			continue
		}
		for _, src := range t.sel.sources {
			if !t.sel.answers(src, name) {
				continue
			}
			key := func(statistic, term string) Key {
				return Key{Source: src.Name, Outcome: name, Term: term, Statistic: statistic}
			}
			r := Row{Group: title(t.sel.schema, name), Cells: []Cell{
				Word(src.title()), t.show(Count, key("n", "")), t.show(Count, key("missing", "")),
				t.show(WithSE, key("mean", "")), t.show(Real, key("sd", "")),
			}}
			for _, l := range levels {
				r.Cells = append(r.Cells, t.show(Percent, key("share", l.level)))
			}
			tab.Rows = append(tab.Rows, r)
		}
	}
	tab.Notes = append(tab.Notes, "Standard errors take the respondent as the unit (CR1). Levels are scored in their order, from 0 unless the study scores them otherwise.")
	return tab
}

// levelLabel is a level and what readers see of it.
type levelLabel struct{ level, label string }

// sharedLevels returns the levels of all outcomes in the order of their first
// appearance; outcomes of more than twelve levels show none.
func (t *described) sharedLevels(outcomes []string) []levelLabel {
	var levels []levelLabel
	for _, name := range outcomes {
		c := t.in.Frame.Col(name)
		if c == nil || !c.Coded() || len(c.Levels) > 12 {
			continue
		}
		for k, l := range c.Levels {
			if !slices.ContainsFunc(levels, func(x levelLabel) bool { return x.level == l }) {
				levels = append(levels, levelLabel{l, c.LevelLabel(k)})
			}
		}
	}
	return levels
}

// flow counts the people from the file to the analysis; nil for a study
// without people or an analysis without them.
func (t *described) flow(outcomes []string) *Table {
	f := t.in.Frame
	src := t.sel.source(people)
	if src == nil {
		return nil
	}
	tab := Table{Name: "flow", Caption: "Flow of the sample", Columns: []Column{
		{Key: "step", Label: "Step", Words: true}, {Key: "people", Label: "People"}, {Key: "rows", Label: "Rows"},
	}}
	all, person := rowsBySource(f)[people], personCodes(f)
	step := func(term, label string, rows []int) {
		seen := make(map[int32]bool)
		for _, row := range rows {
			seen[person[row]] = true
		}
		r := Row{Cells: []Cell{Word(label)}}
		for _, number := range []struct {
			statistic string
			value     int
		}{{"n", len(seen)}, {"rows", len(rows)}} {
			e := Number(Key{Source: people, Outcome: "flow", Term: term, Statistic: number.statistic}, float64(number.value))
			e.People, e.Rows = len(seen), len(rows)
			t.add(e)
			r.Cells = append(r.Cells, Show(Count, e, t.in.Name))
		}
		tab.Rows = append(tab.Rows, r)
	}
	where := func(rows []int, keep func(row int) bool) []int {
		var kept []int
		for _, row := range rows {
			if keep(row) {
				kept = append(kept, row)
			}
		}
		return kept
	}
	step("file", "In the file", all)
	if rule := f.Col(frame.RuleColumn); rule != nil && rule.Coded() {
		for k, name := range rule.Levels {
			step("excluded_"+name, "Excluded by the rule "+name, where(all, func(row int) bool { return int(rule.Codes[row]) == k }))
		}
	}
	step("excluded", "Excluded", where(all, func(row int) bool { return !inSample(f, row, "all") }))
	step("pilot", "Pilot, which may be learned from", where(all, func(row int) bool { return inSample(f, row, frame.Pilot) }))
	step("evaluation", "Evaluation, which models are compared with", where(all, func(row int) bool { return inSample(f, row, frame.Evaluation) }))
	step("analysis", "In this analysis (sample "+t.sel.sample+")", src.rows)
	step("incomplete", "Of these, with a missing answer", where(src.rows, func(row int) bool {
		return slices.ContainsFunc(outcomes, func(name string) bool { c := f.Col(name); return c != nil && c.Missing(row) })
	}))
	return &tab
}

// prose says how many people are described and how they answer.
func (t *described) prose(outcomes []string) string {
	name, src := t.in.Name, t.sel.source(people)
	if src == nil || len(src.rows) == 0 {
		return ""
	}
	s := fmt.Sprintf("%s people gave %s rows of answers.", cite(name, Key{Source: people, Statistic: "n"}, ""), cite(name, Key{Source: people, Statistic: "rows"}, ""))
	for _, o := range outcomes {
		k := Key{Source: people, Outcome: o, Statistic: "mean"}
		if !math.IsNaN(t.value(k)) {
			s += fmt.Sprintf(" Their mean of *%s* is %s (%s interval, the respondent as the unit: %s to %s).",
				plain(o), cite(name, k, ""), levelWord(t.level), cite(name, k, "lo"), cite(name, k, "hi"))
		}
	}
	if n := len(t.sel.sources) - 1; n > 0 {
		s += fmt.Sprintf(" Beside them %s.", count(n, "other source answers", "other sources answer"))
	}
	return s
}
