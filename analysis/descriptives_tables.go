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

// answers returns the tables of what each source answered: a row for each source
// under each outcome. Where all outcomes have the same levels their shares stand
// in the first table; else each set of levels has a table of its own, since a
// table of all levels would be empty for the most part.
func (t *described) answers(outcomes []string) []Table {
	sets := t.levelSets(outcomes)
	tab := Table{Name: "answers", Caption: "Answers by source", Columns: []Column{
		{Key: "source", Label: "Source", Words: true}, {Key: "n", Label: "Answers"}, {Key: "missing", Label: "Missing"},
		{Key: "mean", Label: "Mean (SE)"}, {Key: "sd", Label: "SD"},
	}, Notes: []string{"Standard errors take the respondent as the unit (CR1). Levels are scored in their order, from 0 unless the study scores them otherwise."}}
	var shares levelSet
	if len(sets) == 1 {
		shares, sets = sets[0], nil
	}
	tab.Columns = append(tab.Columns, shares.columns()...)
	t.eachAnswered(outcomes, func(src *sourceRows, name string) {
		k := Key{Source: src.Name, Outcome: name}
		tab.Rows = append(tab.Rows, Row{Group: title(t.sel.schema, name), Cells: append([]Cell{
			Word(src.title()), t.show(Count, k.of("n")), t.show(Count, k.of("missing")), t.show(WithSE, k.of("mean")), t.show(Real, k.of("sd")),
		}, t.shares(k, shares)...)})
	})
	tables := []Table{tab}
	for _, set := range sets {
		st := Table{Name: "shares_" + plainName(set.outcomes[0]), Caption: "Shares of answers by source",
			Columns: append([]Column{{Key: "source", Label: "Source", Words: true}, {Key: "n", Label: "Answers"}}, set.columns()...)}
		t.eachAnswered(set.outcomes, func(src *sourceRows, name string) {
			k := Key{Source: src.Name, Outcome: name}
			st.Rows = append(st.Rows, Row{Group: title(t.sel.schema, name), Cells: append([]Cell{Word(src.title()), t.show(Count, k.of("n"))}, t.shares(k, set)...)})
		})
		tables = append(tables, st)
	}
	return tables
}

// eachAnswered calls do for every outcome of numbers or levels and every source
// that answers it.
func (t *described) eachAnswered(outcomes []string, do func(src *sourceRows, outcome string)) {
	for _, name := range outcomes {
		if c := t.in.Frame.Col(name); c == nil || c.Kind == frame.Text {
			continue
		}
		for _, src := range t.sel.sources {
			if t.sel.answers(src, name) {
				do(src, name)
			}
		}
	}
}

// levelSet are outcomes that have the same levels.
type levelSet struct {
	outcomes       []string
	levels, labels []string
}

// columns are those of the shares of the levels.
func (s levelSet) columns() []Column {
	var cols []Column
	for i, l := range s.levels {
		cols = append(cols, Column{Key: "share_" + l, Label: s.labels[i], Group: "Share of answers"})
	}
	return cols
}

// shares are the cells below those columns.
func (t *described) shares(k Key, s levelSet) []Cell {
	var cells []Cell
	for _, l := range s.levels {
		k.Term = l
		cells = append(cells, t.show(Percent, k.of("share")))
	}
	return cells
}

// of returns the key with a statistic.
func (k Key) of(statistic string) Key {
	k.Statistic = statistic
	return k
}

// levelSets returns the sets of levels that outcomes have, in the order of their
// first appearance; outcomes of more than twelve levels have none.
func (t *described) levelSets(outcomes []string) []levelSet {
	var sets []levelSet
	for _, name := range outcomes {
		c := t.in.Frame.Col(name)
		if c == nil || !c.Coded() || len(c.Levels) > 12 {
			continue
		}
		i := slices.IndexFunc(sets, func(s levelSet) bool { return slices.Equal(s.levels, c.Levels) })
		if i < 0 {
			s := levelSet{levels: c.Levels}
			for k := range c.Levels {
				s.labels = append(s.labels, c.LevelLabel(k))
			}
			i, sets = len(sets), append(sets, s)
		}
		sets[i].outcomes = append(sets[i].outcomes, name)
	}
	return sets
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
	all, person := rowsOfSource(f, people), personCodes(f)
	seen, steps, included := make([]int8, len(person)), int8(0), samples(f, "all")
	step := func(term, label string, rows []int) {
		steps++ // the steps are few: rules, and some more
		n := 0
		for _, row := range rows {
			if p := person[row]; seen[p] != steps {
				seen[p] = steps
				n++
			}
		}
		r := Row{Cells: []Cell{Word(label)}}
		for _, number := range []struct {
			statistic string
			value     int
		}{{"n", n}, {"rows", len(rows)}} {
			e := Number(Key{Source: people, Outcome: "flow", Term: term, Statistic: number.statistic}, float64(number.value))
			e.People, e.Rows = n, len(rows)
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
	step("excluded", "Excluded", where(all, func(row int) bool { return !included(row) }))
	step("pilot", "Pilot, which may be learned from", where(all, samples(f, frame.Pilot)))
	step("evaluation", "Evaluation, which models are compared with", where(all, samples(f, frame.Evaluation)))
	step("analysis", "In this analysis (sample "+t.sel.sample+")", src.rows)
	step("incomplete", "Of these, with a missing answer", where(src.rows, func(row int) bool {
		return slices.ContainsFunc(outcomes, func(name string) bool { c := f.Col(name); return c != nil && c.Missing(row) })
	}))
	return &tab
}

// prose says how many people are described and how they answer.
func (t *described) prose(outcomes []string) string {
	name, src := t.in.Name, t.sel.source(people)
	if src == nil {
		return ofOutcomes(t.sel, newFinder(name, t.result), "The mean", "mean", outcomes)
	}
	if len(src.rows) == 0 {
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
