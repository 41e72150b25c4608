package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// present makes the tables, the figure and the prose.
func (r *alignmentRun) present() {
	f := newFinder(r.in.Name, r.result)
	r.result.Tables = append(r.result.Tables, r.groupTable(f))
	if t := r.gapTable(f); len(t.Rows) > 0 {
		r.result.Tables = append(r.result.Tables, t)
	}
	if t := r.closingTable(f); len(t.Rows) > 0 {
		r.result.Tables = append(r.result.Tables, t)
	}
	r.result.Tables = append(r.result.Tables, r.entering().groupTable(r.in.Name, r.result, "excess", "excess_gap")...)
	r.result.Figures = r.figure(f)
	r.result.Prose = r.prose(f)
}

// titleOf is what readers see of a source.
func (r *alignmentRun) titleOf(source string) string {
	if r.of.sel == nil {
		return source
	}
	return r.of.sel.titleOf(source)
}

// levelTitle is what readers see of a level, with its variable where there are
// several.
func (r *alignmentRun) levelTitle(variable, level string) string {
	if len(r.of.params.By) > 1 {
		return subgroup(r.schema, variable, level)
	}
	return r.schema.Variable(variable).Label(level)
}

func (r *alignmentRun) pairTitle(p pairOfLevels) string {
	return r.levelTitle(p.variable, p.first) + " − " + r.levelTitle(p.variable, p.second)
}

func (r *alignmentRun) groupTable(f finder) Table {
	t := Table{Caption: "Who is represented worst: distance to people by subgroup and its excess over the floor", Columns: []Column{
		{Key: "source", Label: "Source", Words: true}, {Key: "subgroup", Label: "Subgroup", Words: true}, {Key: "n", Label: "n"},
		{Key: "js", Label: "JS distance"}, {Key: "floor", Label: "Floor"}, {Key: "excess", Label: "Excess"}, {Key: "rank", Label: "Worst"},
	}}
	for _, d := range r.of.distances {
		if !r.enters(d.Source) {
			continue
		}
		k := func(statistic string) Key { k := d.Key; k.Statistic = statistic; return k }
		rank := Cell{Kind: Blank}
		if w := r.worst(d.Source, d.Outcome, d.Variable); w == d {
			rank = Word("×")
		}
		t.Rows = append(t.Rows, Row{Group: title(r.schema, d.Outcome), Cells: []Cell{
			Word(r.titleOf(d.Source)), Word(r.levelTitle(d.Variable, d.Level)), {Kind: Count, Value: float64(d.fewest)},
			f.cell(WithCI, k("js")), f.cell(Real, k("floor")), f.cell(WithCI, k("excess")), rank,
		}})
	}
	t.Rows = byGroup(t.Rows)
	if len(t.Rows) > 0 {
		t.Notes = []string{fmt.Sprintf("JS distance: corrected, mean over items. Floor: the mean corrected distance of two samples of people of the subgroup, of its size. Excess: distance less floor; ×: the subgroup of the source with the largest excess. Brackets: %s intervals.", levelWord(r.Level))}
	}
	return t
}

// worst returns the subgroup of a source with the largest excess, nil when there
// are not two.
func (r *alignmentRun) worst(source, outcome, variable string) *subgroupDistance {
	var worst *subgroupDistance
	n := 0
	for _, d := range r.of.distances {
		if d.Source != source || d.Outcome != outcome || d.Variable != variable || math.IsNaN(d.Value) {
			continue
		}
		n++
		if worst == nil || d.Value-d.floor() > worst.Value-worst.floor() {
			worst = d
		}
	}
	if n < 2 {
		return nil
	}
	return worst
}

func (r *alignmentRun) gapTable(f finder) Table {
	t := Table{Name: "gaps", Caption: "Gaps between subgroups: difference of their excess distances", Columns: []Column{
		{Key: "source", Label: "Source", Words: true}, {Key: "levels", Label: "Subgroups", Words: true}, {Key: "gap", Label: "Gap"}, {Key: "p", Label: "p"},
	}}
	outcomes, sources := r.outcomes()
	floors := false
	for _, o := range outcomes {
		for _, p := range r.pairs() {
			group := title(r.schema, o)
			for _, s := range sources {
				e, ok := f.found[Key{Source: s, Outcome: o, Variable: p.variable, Level: p.name(), Statistic: "excess_gap"}]
				if ok {
					t.Rows = append(t.Rows, Row{Group: group, Cells: []Cell{Word(r.titleOf(s)), Word(r.pairTitle(p)), Show(WithCI, e, f.name), showP(e, f.name)}})
				}
			}
			k := Key{Source: people, Outcome: o, Variable: p.variable, Level: p.name(), Statistic: "gap_floor"}
			if _, ok := f.found[k]; ok {
				floors = true
				t.Rows = append(t.Rows, Row{Group: group, Cells: []Cell{Word("Two samples of people, mean |gap|"), Word(r.pairTitle(p)), f.cell(Real, k), {Kind: Blank}}})
			}
		}
	}
	if len(t.Rows) > 0 {
		t.Notes = []string{fmt.Sprintf("A positive gap: the first subgroup is represented worse. %s intervals and p-values (two-sided) from resamples of respondents.", levelWord(r.Level))}
		if floors {
			t.Notes = append(t.Notes, "Two samples of people have a gap by chance; the last row says of what size.")
		}
	}
	return t
}

func (r *alignmentRun) closingTable(f finder) Table {
	t := Table{Name: "contrasts", Caption: "What becomes of the gap from one source to the other", Columns: []Column{
		{Key: "contrast", Label: "Contrast", Words: true}, {Key: "levels", Label: "Subgroups", Words: true},
		{Key: "before", Label: "Gap of the second"}, {Key: "after", Label: "Gap of the first"}, {Key: "closing", Label: "Change of its size"}, {Key: "p", Label: "p"},
	}}
	outcomes, _ := r.outcomes()
	for _, o := range outcomes {
		for _, c := range r.Contrasts {
			a, b, _ := strings.Cut(c, "-")
			for _, p := range r.pairs() {
				k := func(source, statistic string) Key {
					return Key{Source: source, Outcome: o, Variable: p.variable, Level: p.name(), Statistic: statistic}
				}
				e, ok := f.found[k(c, "closing")]
				if !ok {
					continue
				}
				t.Rows = append(t.Rows, Row{Group: title(r.schema, o), Cells: []Cell{
					Word(r.titleOf(a) + " − " + r.titleOf(b)), Word(r.pairTitle(p)), f.cell(WithCI, k(b, "excess_gap")), f.cell(WithCI, k(a, "excess_gap")), Show(WithCI, e, f.name), showP(e, f.name),
				}})
			}
		}
	}
	t.Notes = []string{"Change of its size: |gap| of the first source less that of the second, paired by resample; negative when the first closes what the second left open."}
	return t
}

// figure shows the excess of each subgroup from source to source: of contrasts
// the sources in them, the second of each first; all sources otherwise.
func (r *alignmentRun) figure(f finder) []Figure {
	var order []string
	for _, c := range r.Contrasts {
		a, b, _ := strings.Cut(c, "-")
		for _, s := range []string{b, a} {
			if !slices.Contains(order, s) {
				order = append(order, s)
			}
		}
	}
	outcomes, sources := r.outcomes()
	if order == nil {
		order = sources
	}
	t := newTidy("source", "subgroup", "outcome", "#excess", "#lo", "#hi", "#none")
	for _, o := range outcomes {
		for _, s := range order {
			for _, d := range r.of.distances {
				k := d.Key
				k.Statistic = "excess"
				if e, ok := f.found[k]; ok && d.Source == s && d.Outcome == o && !math.IsNaN(e.Value) {
					t.add([]string{r.titleOf(s), r.levelTitle(d.Variable, d.Level), title(r.schema, o)}, e.Value, e.Lo, e.Hi, 0)
				}
			}
		}
	}
	if t.rows() == 0 {
		return nil
	}
	variable := "Subgroup"
	if len(r.of.params.By) == 1 {
		variable = title(r.schema, r.of.params.By[0])
	}
	return []Figure{{
		Kind: "slope", Title: "Who is represented worst", Data: t.frame(),
		Caption: fmt.Sprintf("Excess of the distance to people over the floor by subgroup and source, with %s intervals. Dashed: as near as other people of the subgroup.", levelWord(r.Level)),
		Roles:   map[string]string{"x": "source", "y": "excess", "lo": "lo", "hi": "hi", "colour": "subgroup", "facet": "outcome", "ref": "none"},
		Labels:  map[string]string{"y": "Excess distance", "x": "", "colour": variable, "ref": "as near as people"},
		Alt:     "Lines from source to source, one a subgroup: the excess of its distance to people over the floor.",
	}}
}

// prose names, for each outcome, who is represented worst by the source with the
// widest gap, and what the contrasts say.
func (r *alignmentRun) prose(f finder) string {
	outcomes, sources := r.outcomes()
	var sentences []string
	for _, o := range outcomes {
		for _, p := range r.pairs() {
			widest, size := Key{}, math.Inf(-1)
			for _, s := range sources {
				k := Key{Source: s, Outcome: o, Variable: p.variable, Level: p.name(), Statistic: "excess_gap"}
				if x := math.Abs(f.number(k)); x > size {
					widest, size = k, x
				}
			}
			if math.IsInf(size, -1) {
				continue
			}
			worse, better := p.first, p.second
			if f.number(widest) < 0 {
				worse, better = better, worse
			}
			s := fmt.Sprintf("In answers to %s, the widest gap between %s and %s is that of %s, which represents %s worse: %s", plain(title(r.schema, o)),
				plain(r.levelTitle(p.variable, worse)), plain(r.levelTitle(p.variable, better)), plain(r.titleOf(widest.Source)), plain(r.levelTitle(p.variable, worse)), f.phrase(widest, r.Level, false))
			if k := (Key{Source: people, Outcome: o, Variable: p.variable, Level: p.name(), Statistic: "gap_floor"}); !math.IsNaN(f.number(k)) {
				s += fmt.Sprintf(", where two samples of people have one of %s on average", cite(f.name, k, ""))
			}
			sentences = append(sentences, s+".")
		}
	}
	return strings.Join(sentences, " ")
}
