package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// measureLabels are the heads of columns.
var measureLabels = map[string]string{
	"js": "JS distance", "d": "JS divergence (bits)", "tv": "Total variation", "w1": "Wasserstein-1", "ks": "Kolmogorov-Smirnov",
}

// present makes tables, figures and prose of the estimates.
func (r *divergenceRun) present(outcomes []string) {
	res := r.result
	if r.Between != "" {
		res.Tables = append(res.Tables, r.betweenTable(outcomes))
		res.Figures = append(res.Figures, r.betweenFigure()...)
		res.Prose = r.betweenProse(outcomes)
		r.contrastTable(outcomes)
		return
	}
	res.Tables = append(res.Tables, r.mainTable(outcomes))
	for _, v := range r.By {
		res.Tables = append(res.Tables, r.subgroupTable(outcomes, v))
	}
	for _, c := range r.compared {
		if len(c.items.labels) > 1 {
			res.Tables = append(res.Tables, r.itemTable(c))
		}
	}
	r.contrastTable(outcomes)
	res.Tables = append(res.Tables, r.sel.groupTable(r.in.Name, res, "js", "tv")...)
	res.Figures = append(res.Figures, r.intervalFigure()...)
	res.Figures = append(res.Figures, r.distributionFigure()...)
	res.Figures = append(res.Figures, r.heatFigure()...)
	res.Prose = r.prose(outcomes)
}

// cell shows an estimate, blank when there is none.
func (r *divergenceRun) cell(kind CellKind, k Key, statistic string) Cell {
	k.Statistic = statistic
	e, ok := r.get(k)
	if !ok {
		return Cell{Kind: Blank}
	}
	return Show(kind, e, r.in.Name)
}

// rowOf returns the cells of the shown measures of one comparison.
func (r *divergenceRun) rowOf(k Key) []Cell {
	cells := []Cell{r.cell(Count, k, "n")}
	for _, m := range r.shown() {
		cells = append(cells, r.cell(WithCI, k, m))
	}
	return append(cells, r.cell(Real, k, "js_raw"), r.cell(Real, k, "floor"), r.cell(WithCI, k, "excess"))
}

func (r *divergenceRun) heads() []Column {
	cols := []Column{{Key: "n", Label: "n"}}
	for _, m := range r.shown() {
		cols = append(cols, Column{Key: m, Label: measureLabels[m]})
	}
	return append(cols, Column{Key: "js_raw", Label: "Raw", Group: "JS distance as it looks"},
		Column{Key: "floor", Label: "Floor", Group: "JS distance as it looks"},
		Column{Key: "excess", Label: "Excess", Group: "JS distance as it looks"})
}

// shown returns the measures of the tables that at least one outcome has.
func (r *divergenceRun) shown() []string {
	ordered := slices.ContainsFunc(r.compared, func(c *comparison) bool { return c.space.scores != nil })
	var ms []string
	for _, m := range r.Measures {
		if ordered || m != "w1" && m != "ks" {
			ms = append(ms, m)
		}
	}
	return ms
}

// others returns the sources that are compared with the reference.
func (r *divergenceRun) others() []*sourceRows {
	return slices.DeleteFunc(slices.Clone(r.sel.sources), func(s *sourceRows) bool { return s.Name == r.Reference })
}

// answering returns the others that give answers to an outcome.
func (r *divergenceRun) answering(outcome string) []*sourceRows {
	return slices.DeleteFunc(r.others(), func(s *sourceRows) bool { return !r.sel.answers(s, outcome) })
}

func (r *divergenceRun) referenceTitle() string {
	if src := r.sel.source(r.Reference); src != nil {
		return src.title()
	}
	return r.Reference
}

func (r *divergenceRun) mainTable(outcomes []string) Table {
	t := Table{
		Caption: "Distance to " + r.referenceTitle() + " by source", Notes: r.notes(),
		Columns: append([]Column{{Key: "source", Label: "Source", Words: true}}, r.heads()...),
	}
	for _, o := range outcomes {
		for _, src := range r.answering(o) {
			t.Rows = append(t.Rows, Row{Group: title(r.sel.schema, o), Cells: append([]Cell{Word(src.title())}, r.rowOf(Key{Source: src.Name, Outcome: o})...)})
		}
	}
	return t
}

func (r *divergenceRun) subgroupTable(outcomes []string, variable string) Table {
	t := Table{
		Name: "by_" + variable, Caption: "Distance to " + r.referenceTitle() + " by source and " + title(r.sel.schema, variable), Notes: r.notes(),
		Columns: append([]Column{{Key: "source", Label: "Source", Words: true}, {Key: variable, Label: title(r.sel.schema, variable), Words: true}}, r.heads()...),
	}
	v := r.sel.schema.Variable(variable)
	for _, o := range outcomes {
		for _, src := range r.answering(o) {
			for _, level := range r.sel.inhabited(variable) {
				cells := []Cell{Word(src.title()), Word(v.Label(level))}
				t.Rows = append(t.Rows, Row{Group: title(r.sel.schema, o), Cells: append(cells, r.rowOf(Key{Source: src.Name, Outcome: o, Variable: variable, Level: level})...)})
			}
		}
	}
	return t
}

// itemTable has a row an item and a column a source.
func (r *divergenceRun) itemTable(c *comparison) Table {
	t := Table{Name: "items_" + plainName(c.space.name), Caption: fmt.Sprintf("JS distance to %s of %s by item", r.referenceTitle(), title(r.sel.schema, c.space.name)),
		Columns: []Column{{Key: "item", Label: "Item", Words: true}}}
	for _, src := range r.answering(c.space.name) {
		t.Columns = append(t.Columns, Column{Key: src.Name, Label: src.title()})
	}
	for i, label := range c.items.labels {
		row := Row{Cells: []Cell{Word(label)}}
		for _, src := range r.answering(c.space.name) {
			row.Cells = append(row.Cells, r.cell(WithCI, Key{Source: src.Name, Outcome: c.space.name, Variable: "item", Level: c.items.keys[i]}, "js"))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Notes = []string{fmt.Sprintf("Corrected distances with %s intervals.", levelWord(r.Level))}
	return t
}

// plainName returns a name with a plain character in the place of each other.
func plainName(name string) string {
	b := []rune(name)
	for i, c := range b {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			b[i] = '_'
		}
	}
	return string(b)
}

// contrastTable adds a table of contrasts when there are any.
func (r *divergenceRun) contrastTable(outcomes []string) {
	t := Table{Name: "contrasts", Caption: "Differences of distances", Columns: []Column{
		{Key: "contrast", Label: "Contrast", Words: true}, {Key: "subgroup", Label: "Subgroup", Words: true}, {Key: "n", Label: "n"},
		{Key: "js", Label: "Δ JS distance"}, {Key: "p", Label: "p"}, {Key: "pooled_js", Label: "Δ pooled JS distance"},
	}}
	for _, o := range outcomes {
		for _, e := range r.result.Estimates {
			if e.Outcome != o || e.Statistic != "js" || e.Variable == "item" || !strings.Contains(e.Source, "-") || e.People == 0 {
				continue
			}
			group := "all"
			if e.Variable != "" {
				group = subgroup(r.sel.schema, e.Variable, e.Level)
			}
			p := Show(PValue, e, r.in.Name)
			p.Value, p.Address = e.P, p.Address+".p"
			t.Rows = append(t.Rows, Row{Group: title(r.sel.schema, o), Cells: []Cell{
				Word(r.sourceTitle(e.Source)), Word(group), {Kind: Count, Value: float64(e.People)}, Show(WithCI, e, r.in.Name), p, r.cell(WithCI, e.Key, "pooled_js"),
			}})
		}
	}
	if len(t.Rows) > 0 {
		t.Notes = []string{fmt.Sprintf("A negative difference: the first source is closer. %s intervals and p-values (two-sided) from the same %d resamples of respondents for both sources.", levelWord(r.Level), r.Replicates)}
		r.result.Tables = append(r.result.Tables, t)
	}
}

// notes say how to read the tables.
func (r *divergenceRun) notes() []string {
	notes := []string{fmt.Sprintf("Means over items. JS distance: √max(0, D − bias), base 2, with the root behind the mean over items; raw value and floor are means of √D, which lie lower. Brackets: %s intervals from %d resamples of whole respondents, joint for all sources that share them.", levelWord(r.Level), r.Replicates)}
	if r.Floor > 0 {
		notes = append(notes, fmt.Sprintf("Floor: the raw distance between two samples of %s of that size, mean over %d pairs of samples without a common respondent. Excess: raw distance less floor.", r.referenceTitle(), r.Floor))
	}
	for _, c := range r.compared {
		if c.space.note != "" {
			notes = append(notes, c.space.note)
		}
	}
	if note := weighted(r.sel.schema); note != "" {
		notes = append(notes, note)
	}
	return notes
}

// betweenTable compares subgroups within each source.
func (r *divergenceRun) betweenTable(outcomes []string) Table {
	t := Table{Caption: "Distance between levels of " + title(r.sel.schema, r.Between) + " within each source", Columns: []Column{
		{Key: "source", Label: "Source", Words: true}, {Key: "levels", Label: "Levels", Words: true}, {Key: "n", Label: "n of the first"},
		{Key: "js", Label: "JS distance", Group: "Mean over items"}, {Key: "js_raw", Label: "Raw", Group: "Mean over items"},
		{Key: "pooled_js", Label: "JS distance", Group: "Pooled over items"}, {Key: "pooled_js_raw", Label: "Raw", Group: "Pooled over items"},
		{Key: "pooled_d_raw", Label: "D", Group: "Pooled over items"}, {Key: "pooled_bias", Label: "Bias", Group: "Pooled over items"},
	}}
	for i, c := range r.compared {
		for _, p := range c.pairs {
			k := p.key
			t.Rows = append(t.Rows, Row{Group: title(r.sel.schema, outcomes[i]), Cells: []Cell{
				Word(r.sourceTitle(k.Source)), Word(r.levelPair(c, p)), r.cell(Count, k, "n"), r.cell(WithCI, k, "js"), r.cell(Real, k, "js_raw"),
				r.cell(WithCI, k, "pooled_js"), r.cell(Real, k, "pooled_js_raw"), r.cell(Real, k, "pooled_d_raw"), r.cell(Real, k, "pooled_bias"),
			}})
		}
	}
	t.Notes = r.notes()[:1]
	if note := weighted(r.sel.schema); note != "" {
		t.Notes = append(t.Notes, note)
	}
	return t
}

// levelPair names the two levels of a pair as readers see them.
func (r *divergenceRun) levelPair(c *comparison, p *pair) string {
	return r.levelOf(c, p.a) + " – " + r.levelOf(c, p.b)
}

// levelOf names the level of an arm as readers see it.
func (r *divergenceRun) levelOf(c *comparison, arm int) string {
	return r.sel.schema.Variable(r.Between).Label(c.arms[arm].level)
}

// prose names the closest and the farthest source of each outcome.
func (r *divergenceRun) prose(outcomes []string) string {
	s := ""
	for _, o := range outcomes {
		ranked := r.ranked(o)
		if len(ranked) == 0 {
			continue
		}
		name := func(e Estimate) string { return plain(r.sourceTitle(e.Source)) }
		cells := func(e Estimate) string {
			return fmt.Sprintf("%s, %s interval %s to %s", cite(r.in.Name, e.Key, ""), levelWord(r.Level), cite(r.in.Name, e.Key, "lo"), cite(r.in.Name, e.Key, "hi"))
		}
		near, far := ranked[0], ranked[len(ranked)-1]
		s += fmt.Sprintf("In *%s* the answers of %s are closest to those of %s (JS distance %s).", plain(o), name(near), plain(r.referenceTitle()), cells(near))
		if far.Source != near.Source {
			s += fmt.Sprintf(" Farthest are those of %s (%s).", name(far), cells(far))
		}
		floor, raw := near.Key, near.Key
		floor.Statistic, raw.Statistic = "floor", "js_raw"
		if _, ok := r.get(floor); ok {
			s += fmt.Sprintf(" Two samples of %s of this size differ by %s before correction, the closest source by %s.", plain(r.referenceTitle()), cite(r.in.Name, floor, ""), cite(r.in.Name, raw, ""))
		}
		s += r.worst(o, near.Source) + "\n\n"
	}
	return s
}

// ranked returns the distances of an outcome in ascending order, NaN left out.
// Of those that the correction brings to the same, mostly 0, the one that looks
// nearer comes first.
func (r *divergenceRun) ranked(outcome string) []Estimate {
	var es []Estimate
	for _, src := range r.others() {
		if e, ok := r.get(Key{Source: src.Name, Outcome: outcome, Statistic: "js"}); ok && !math.IsNaN(e.Value) {
			es = append(es, e)
		}
	}
	raw := func(e Estimate) float64 {
		e.Statistic = "js_raw"
		looks, _ := r.get(e.Key)
		return looks.Value
	}
	slices.SortStableFunc(es, func(a, b Estimate) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(raw(a), raw(b)))
	})
	return es
}

// worst says which subgroup a source represents worst: where the distance is
// farthest above its floor.
func (r *divergenceRun) worst(outcome, source string) string {
	s := ""
	for _, variable := range r.By {
		var top Estimate
		for _, level := range r.sel.schema.Variable(variable).Levels {
			e, ok := r.get(Key{Source: source, Outcome: outcome, Variable: variable, Level: level, Statistic: "excess"})
			if ok && !math.IsNaN(e.Value) && (top.Statistic == "" || e.Value > top.Value) {
				top = e
			}
		}
		if top.Statistic != "" && top.Value > 0 {
			s += fmt.Sprintf(" By %s it represents %s worst: its raw distance there is %s above the floor of that subgroup.",
				plain(variable), plain(r.sel.schema.Variable(variable).Label(top.Level)), cite(r.in.Name, top.Key, ""))
		}
	}
	return s
}

// betweenProse compares the distance between subgroups of people with that of
// the sources.
func (r *divergenceRun) betweenProse(outcomes []string) string {
	s := ""
	for i, c := range r.compared {
		for _, p := range c.pairs {
			k := p.key
			k.Statistic = "js"
			if e, ok := r.get(k); ok && k.Source == people && !math.IsNaN(e.Value) {
				s += fmt.Sprintf("In *%s* the answers of people differ between %s and %s by a JS distance of %s (%s interval %s to %s).\n\n", plain(outcomes[i]),
					plain(r.levelOf(c, p.a)), plain(r.levelOf(c, p.b)), cite(r.in.Name, k, ""), levelWord(r.Level), cite(r.in.Name, k, "lo"), cite(r.in.Name, k, "hi"))
			}
		}
	}
	return s
}
