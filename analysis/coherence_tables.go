package analysis

import (
	"fmt"
	"math"
)

// warn says what a reader must know of the rows.
func (p *Coherence) warn(m *measuring, rows *rowsOfCoherence) {
	f := newFinder(m.in.Name, m.result)
	for _, src := range m.sel.sources {
		missing := 0
		for _, row := range src.rows {
			if math.IsNaN(rows.belief[row] + rows.action[row] + rows.breaks[row]) {
				missing++
			}
		}
		if missing > 0 {
			m.result.Warnings = append(m.result.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("%d of %d rows of %s have a missing belief or action and are left out.", missing, len(src.rows), src.title())})
		}
		if len(src.rows) == missing {
			continue
		}
		if math.IsNaN(f.number(Key{Source: src.Name, Statistic: "kappa"})) {
			m.result.Warnings = append(m.result.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("%s gives one answer to every item, so κ has no value: no gap is no coherence.", src.title())})
		} else if math.IsNaN(f.number(Key{Source: src.Name, Statistic: "correlation"})) {
			m.result.Warnings = append(m.result.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("Belief or action of %s does not vary, so their correlation has no value.", src.title())})
		}
	}
	m.result.Warnings = append(m.result.Warnings, m.sel.vacant(p.By)...)
}

// present makes the tables, the figure and the prose.
func (p *Coherence) present(m *measuring, rows *rowsOfCoherence) {
	f := newFinder(m.in.Name, m.result)
	m.result.Tables = append(m.result.Tables, p.table(m, f, rows, "", ""))
	for _, v := range p.By {
		m.result.Tables = append(m.result.Tables, p.table(m, f, rows, "by_"+v, v))
	}
	m.result.Tables = append(m.result.Tables, m.sel.groupTable(m.in.Name, m.result, "gap", "belief_only", "action_only", "kappa", "correlation")...)
	m.result.Figures = m.figure(f, "gap", "Gap between belief and action", "Share of rows that break the rule")
	if rows.numbers { // of levels, the gap says more
		for _, fig := range m.figure(f, "correlation", "Correlation of belief and action", "Correlation of belief and action") {
			fig.Name = "correlation"
			m.result.Figures = append(m.result.Figures, fig)
		}
	}
	m.result.Prose = p.prose(m, f)
}

// table has a row a source, or a row a source and level of a variable.
func (p *Coherence) table(m *measuring, f finder, rows *rowsOfCoherence, name, variable string) Table {
	t := Table{Name: name, Caption: "Coherence of belief and action by source", Columns: []Column{{Key: "source", Label: "Source", Words: true}}}
	if variable != "" {
		t.Caption += " and " + title(m.sel.schema, variable)
		t.Columns = append(t.Columns, Column{Key: variable, Label: title(m.sel.schema, variable), Words: true})
	}
	t.Columns = append(t.Columns, Column{Key: "n", Label: "n"}, Column{Key: "gap", Label: "Gap"}, Column{Key: "gap_difference", Label: "Gap less people’s"},
		Column{Key: "belief_only", Label: "Belief, no action"}, Column{Key: "action_only", Label: "Action, no belief"},
		Column{Key: "kappa", Label: "κ"}, Column{Key: "correlation", Label: "Correlation"})
	for _, src := range m.sel.sources {
		for _, level := range m.sel.inhabited(variable) {
			k := func(source, statistic string) Key {
				return Key{Source: source, Variable: variable, Level: level, Statistic: statistic}
			}
			row := Row{Cells: []Cell{Word(src.title())}}
			if variable != "" {
				row.Cells = append(row.Cells, Word(m.sel.schema.Variable(variable).Label(level)))
			}
			row.Cells = append(row.Cells, f.cell(Count, k(src.Name, "n")), f.cell(WithCI, k(src.Name, "gap")), f.cell(WithCI, k(src.Name+"-"+people, "gap")),
				f.cell(Percent, k(src.Name, "belief_only")), f.cell(Percent, k(src.Name, "action_only")),
				f.cell(WithCI, k(src.Name, "kappa")), f.cell(WithCI, k(src.Name, "correlation")))
			t.Rows = append(t.Rows, row)
		}
	}
	t.Notes = append(t.Notes, fmt.Sprintf("Gap: share of rows that break the rule. Belief, no action: of the rows where the belief holds; action, no belief: of those where it does not. κ = 1 − gap/chance. Brackets: %s intervals, the respondent as the unit; differences are paired by respondent.", levelWord(m.level)))
	if note := weighted(m.sel.schema); note != "" {
		t.Notes = append(t.Notes, note)
	}
	if _, ok := f.found[Key{Source: people, Statistic: "gap_floor"}]; ok && variable == "" {
		t.Rows = append(t.Rows, Row{Group: "Two samples of people", Cells: []Cell{
			Word("mean |Δ|"), {Kind: Count, Value: float64(f.found[Key{Source: people, Statistic: "gap_floor"}].People)}, {Kind: Blank}, f.cell(Real, Key{Source: people, Statistic: "gap_floor"}), f.cell(Percent, Key{Source: people, Statistic: "belief_only_floor"}),
			f.cell(Percent, Key{Source: people, Statistic: "action_only_floor"}), f.cell(Real, Key{Source: people, Statistic: "kappa_floor"}), f.cell(Real, Key{Source: people, Statistic: "correlation_floor"}),
		}})
	}
	return t
}

// figure shows one statistic of all sources, with the people's interval as a
// band; none when there is nothing to show.
func (m *measuring) figure(f finder, statistic, heading, axis string) []Figure {
	t := newTidy("source", "subgroup", "#value", "#lo", "#hi", "#people", "#people_lo", "#people_hi")
	ref := f.found[Key{Source: people, Statistic: statistic}]
	if ref.Statistic == "" {
		ref = Number(Key{}, math.NaN())
	}
	for _, e := range m.result.Estimates {
		src := m.sel.source(e.Source)
		if src == nil || e.Statistic != statistic || math.IsNaN(e.Value) {
			continue
		}
		group := "All"
		if e.Variable != "" {
			group = m.sel.schema.Variable(e.Variable).Label(e.Level)
			if len(m.by) > 1 {
				group = subgroup(m.sel.schema, e.Variable, e.Level)
			}
		}
		t.add([]string{src.title(), group}, e.Value, e.Lo, e.Hi, ref.Value, ref.Lo, ref.Hi)
	}
	if t.rows() == 0 {
		return nil
	}
	fig := Figure{
		Kind: "interval", Title: heading, Data: t.frame(),
		Caption: fmt.Sprintf("%s by source, with %s intervals over respondents.", axis, levelWord(m.level)),
		Roles:   map[string]string{"y": "source", "x": "value", "lo": "lo", "hi": "hi"},
		Labels:  map[string]string{"x": axis, "y": ""},
		Alt:     "Points with intervals: " + axis + " by source.",
	}
	if !math.IsNaN(ref.Value) {
		fig.Roles["ref"], fig.Roles["reflo"], fig.Roles["refhi"] = "people", "people_lo", "people_hi"
		fig.Caption += " Shaded: the interval of people."
	}
	if len(m.by) > 0 {
		fig.Roles["colour"], fig.Labels["colour"] = "subgroup", title(m.sel.schema, m.by[0])
		if len(m.by) > 1 {
			fig.Labels["colour"] = "Subgroup"
		}
	}
	return []Figure{fig}
}

// prose says the gap of the people and of the sources nearest to and farthest
// from it.
func (p *Coherence) prose(m *measuring, f finder) string {
	gap := Key{Source: people, Statistic: "gap"}
	if m.sel.source(people) == nil {
		return leastAndMost(m.sel, f, "The share of rows that break the rule", func(source string) Key { return Key{Source: source, Statistic: "gap"} }, true)
	}
	if math.IsNaN(f.number(gap)) {
		return ""
	}
	belief, action := p.Belief, p.Action
	if belief == "" {
		belief = only(m.sel.schema, "belief")
	}
	if action == "" {
		action = only(m.sel.schema, "action")
	}
	s := fmt.Sprintf("Of the people’s rows, %s break the rule between *%s* and *%s*", f.phrase(gap, m.level, true), plain(belief), plain(action))
	if k := (Key{Source: people, Statistic: "belief_only"}); !math.IsNaN(f.number(k)) {
		s += fmt.Sprintf(": where the belief holds, %s are without the action", citePercent(f.name, k, ""))
		if k.Statistic = "action_only"; !math.IsNaN(f.number(k)) {
			s += fmt.Sprintf("; where it does not, %s are with it", citePercent(f.name, k, ""))
		}
	}
	s += "."
	if k := (Key{Source: people, Statistic: "kappa"}); !math.IsNaN(f.number(k)) {
		s += fmt.Sprintf(" Against chance that is κ = %s.", f.phrase(k, m.level, false))
	}
	near, far := m.sel.nearest(f, "", "gap")
	if near != nil {
		s += fmt.Sprintf(" Nearest to that is %s, which differs by %s", plain(near.title()), f.phrase(Key{Source: near.Name + "-" + people, Statistic: "gap"}, m.level, false))
		if far != near {
			s += fmt.Sprintf("; farthest is %s, by %s", plain(far.title()), f.phrase(Key{Source: far.Name + "-" + people, Statistic: "gap"}, m.level, false))
		}
		s += "."
	}
	if k := (Key{Source: people, Statistic: "gap_floor"}); !math.IsNaN(f.number(k)) {
		s += fmt.Sprintf(" Two samples of people differ by %s on average.", cite(f.name, k, ""))
	}
	return s
}

// nearest returns the sources whose statistic differs least and most from the
// people's, nil when there are none.
func (s *selection) nearest(f finder, outcome, statistic string) (near, far *sourceRows) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, src := range s.sources {
		d := math.Abs(f.number(Key{Source: src.Name + "-" + people, Outcome: outcome, Statistic: statistic}))
		if d < low {
			near, low = src, d
		}
		if d > high {
			far, high = src, d
		}
	}
	return near, far
}
