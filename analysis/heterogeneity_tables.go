package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis/frame"
)

// present makes the tables, the figure and the prose. names are the outcomes,
// structures those and the tuple.
func (h *Heterogeneity) present(in Input, sel *selection, r *Result, names, structures []string) {
	h.ratios(sel, r, names)
	f := newFinder(in.Name, r)
	r.Tables = append(r.Tables, h.table(sel, f, names, "", ""))
	for _, v := range h.By {
		r.Tables = append(r.Tables, h.table(sel, f, names, "by_"+v, v))
	}
	r.Tables = append(r.Tables, h.structureTable(sel, f, structures))
	r.Tables = append(r.Tables, sel.groupTable(in.Name, r, "entropy", "variance", "alpha", "icc", "rarefied")...)
	r.Tables = append(r.Tables, h.redrawTable(sel, f, r)...)
	r.Figures = h.figures(sel, f, names)
	r.Prose = h.prose(sel, f, names, structures)
}

// ratios adds each source's variance by the people's.
func (h *Heterogeneity) ratios(sel *selection, r *Result, names []string) {
	f := newFinder("", r)
	for _, name := range names {
		ref, ok := f.found[Key{Source: people, Outcome: name, Statistic: "variance"}]
		if !ok {
			continue
		}
		for _, src := range sel.sources {
			if e, ok := f.found[Key{Source: src.Name, Outcome: name, Statistic: "variance"}]; ok && src.Name != people {
				ratio := Number(e.Key, e.Value/ref.Value)
				ratio.Statistic = "variance_ratio"
				ratio.People, ratio.Rows, ratio.Draws, ratio.Sample = e.People, e.Rows, e.Draws, e.Sample
				if math.IsNaN(ratio.Value) || math.IsInf(ratio.Value, 0) {
					ratio.Value, ratio.Why = math.NaN(), "the people’s answers do not vary, or one of the two is not a number"
				}
				r.Estimates = append(r.Estimates, ratio)
			}
		}
	}
}

// outcomeTitle names an outcome, or what stands in its place.
func outcomeTitle(s *frame.Schema, name string) string {
	switch name {
	case "all":
		return "All outcomes"
	case "tuple":
		return "Declared tuple"
	}
	return title(s, name)
}

func (h *Heterogeneity) table(sel *selection, f finder, names []string, name, variable string) Table {
	t := Table{Name: name, Caption: "Variety of answers and of persons by source", Columns: []Column{{Key: "source", Label: "Source", Words: true}}}
	if variable != "" {
		t.Caption += " and " + title(sel.schema, variable)
		t.Columns = append(t.Columns, Column{Key: variable, Label: title(sel.schema, variable), Words: true})
	}
	levels := sel.inhabited(variable)
	t.Columns = append(t.Columns, Column{Key: "n", Label: "n"}, Column{Key: "entropy", Label: "Item entropy (bits)"}, Column{Key: "variance", Label: "Item variance"},
		Column{Key: "sd_sums", Label: "SD of sums", Group: "Persons"}, Column{Key: "alpha", Label: "α", Group: "Persons"},
		Column{Key: "alpha_difference", Label: "α less people’s", Group: "Persons"}, Column{Key: "icc", Label: "ICC", Group: "Persons"})
	for _, o := range names {
		for _, src := range sel.sources {
			if !h.answered(sel, src, o) {
				continue
			}
			for _, level := range levels {
				k := func(source, statistic string) Key {
					return Key{Source: source, Outcome: o, Variable: variable, Level: level, Statistic: statistic}
				}
				row := Row{Group: outcomeTitle(sel.schema, o), Cells: []Cell{Word(src.title())}}
				if variable != "" {
					row.Cells = append(row.Cells, Word(sel.schema.Variable(variable).Label(level)))
				}
				row.Cells = append(row.Cells, f.cell(Count, k(src.Name, "n")), f.cell(WithCI, k(src.Name, "entropy")), f.cell(Real, k(src.Name, "variance")), f.cell(WithCI, k(src.Name, "sd_sums")),
					f.cell(WithCI, k(src.Name, "alpha")), f.cell(WithCI, k(src.Name+"-"+people, "alpha")), f.cell(Real, k(src.Name, "icc")))
				t.Rows = append(t.Rows, row)
			}
		}
	}
	t.Notes = []string{fmt.Sprintf("Item entropy and variance: means over items. Item variance, SD of sums, α and ICC(3,1): over complete persons, who answered every item. Brackets: %s intervals from %d resamples of whole persons, corrected for bias.", levelWord(h.Level), h.Replicates)}
	if note := unweighted(sel.schema, "it is the respondents who are described"); note != "" {
		t.Notes = append(t.Notes, note)
	}
	return t
}

// answered says whether a source answers an outcome, or all that "all" is.
func (h *Heterogeneity) answered(sel *selection, src *sourceRows, outcome string) bool {
	outcomes := []string{outcome}
	switch outcome {
	case "tuple":
		return true
	case "all":
		if outcomes = h.Outcomes; len(outcomes) == 0 {
			outcomes = answers(sel.schema)
		}
	}
	return !slices.ContainsFunc(outcomes, func(o string) bool { return !sel.answers(src, o) })
}

func (h *Heterogeneity) structureTable(sel *selection, f finder, structures []string) Table {
	t := Table{Name: "structures", Caption: "Unique structures of answers by source", Columns: []Column{
		{Key: "source", Label: "Source", Words: true}, {Key: "n", Label: "Persons"}, {Key: "unique", Label: "Unique"},
		{Key: "rarefied", Label: "Rarefied"}, {Key: "difference", Label: "Less people’s"}, {Key: "p", Label: "p"},
	}}
	for _, o := range structures {
		for _, src := range sel.sources {
			if !h.answered(sel, src, o) {
				continue
			}
			k := func(source, statistic string) Key { return Key{Source: source, Outcome: o, Statistic: statistic} }
			diff, ok := f.found[k(src.Name+"-"+people, "rarefied")]
			p := Cell{Kind: Blank}
			if ok {
				p = Show(PValue, diff, f.name)
				p.Value, p.Address = diff.P, p.Address+".p"
			}
			unique := f.found[k(src.Name, "unique")]
			t.Rows = append(t.Rows, Row{Group: outcomeTitle(sel.schema, o), Cells: []Cell{
				Word(src.title()), {Kind: Count, Value: float64(unique.People)}, f.cell(Count, k(src.Name, "unique")),
				f.cell(Real, k(src.Name, "rarefied")), f.cell(WithCI, k(src.Name+"-"+people, "rarefied")), p,
			}})
		}
	}
	t.Notes = []string{"Rarefied: structures expected among equally many persons of every source. Differences are two-sided: their standard deviation is that between two samples of people of this size, as if the source were another one."}
	return t
}

// redrawTable shows how the numbers of sources that tell probabilities differ
// from draw to draw; none without such sources.
func (h *Heterogeneity) redrawTable(sel *selection, f finder, r *Result) []Table {
	t := Table{Name: "draws", Caption: "Variety from draw to draw of sources that tell probabilities", Columns: []Column{
		{Key: "source", Label: "Source", Words: true}, {Key: "number", Label: "Number", Words: true}, {Key: "mean", Label: "Mean"},
		{Key: "low", Label: "Least"}, {Key: "high", Label: "Largest"},
	}}
	for _, e := range r.Estimates {
		low := e.Key
		low.Statistic += "_low"
		if src := sel.source(e.Source); src == nil || e.Variable != "" || f.found[low].Statistic == "" {
			continue
		}
		high := e.Key
		high.Statistic += "_high"
		t.Rows = append(t.Rows, Row{Cells: []Cell{Word(sel.titleOf(e.Source)), Word(sel.numberTitle(e.Key)), Show(Real, e, f.name), f.cell(Real, low), f.cell(Real, high)}})
	}
	if t.Rows == nil {
		return nil
	}
	t.Notes = []string{fmt.Sprintf("%d draws of one answer to each question a person, as many persons as people. They are not thrown together: every number is of one draw.", h.Redraws)}
	return []Table{t}
}

// figures show entropy and the person effect by source.
func (h *Heterogeneity) figures(sel *selection, f finder, names []string) []Figure {
	var figs []Figure
	for _, spec := range []struct{ name, statistic, axis string }{{"", "alpha", "Cronbach’s α"}, {"entropy", "entropy", "Mean item entropy (bits)"}} {
		t := newTidy("source", "outcome", "#value", "#lo", "#hi", "#people", "#people_lo", "#people_hi")
		for _, o := range names {
			k := Key{Source: people, Outcome: o, Statistic: spec.statistic}
			ref, ok := f.found[k]
			if !ok {
				ref = Number(k, math.NaN())
			}
			for _, src := range sel.sources {
				k.Source = src.Name
				if e, ok := f.found[k]; ok && !math.IsNaN(e.Value) {
					t.add([]string{src.title(), outcomeTitle(sel.schema, o)}, e.Value, e.Lo, e.Hi, ref.Value, ref.Lo, ref.Hi)
				}
			}
		}
		if t.rows() == 0 {
			continue
		}
		fig := Figure{
			Name: spec.name, Kind: "interval", Title: spec.axis, Data: t.frame(),
			Caption: fmt.Sprintf("%s by source, with %s intervals over persons.", spec.axis, levelWord(h.Level)),
			Roles:   map[string]string{"y": "source", "x": "value", "lo": "lo", "hi": "hi", "facet": "outcome"},
			Labels:  map[string]string{"x": spec.axis, "y": ""},
			Alt:     "Points with intervals: " + spec.axis + " by source, one panel an outcome.",
		}
		if sel.source(people) != nil && slices.ContainsFunc(sel.sources, func(s *sourceRows) bool { return s.Name == people && len(s.rows) > 0 }) {
			fig.Roles["ref"], fig.Roles["reflo"], fig.Roles["refhi"] = "people", "people_lo", "people_hi"
			fig.Caption += " Shaded: the interval of people."
		}
		figs = append(figs, fig)
	}
	if len(figs) > 0 && figs[0].Name != "" {
		figs[0].Name = ""
	}
	return figs
}

// prose says the people's entropy and person effect and which source is nearest
// to and farthest from the latter.
func (h *Heterogeneity) prose(sel *selection, f finder, names, structures []string) string {
	if sel.source(people) == nil {
		return strings.TrimSpace(ofOutcomes(sel, f, "The entropy of an item", "entropy", names) + " " + ofOutcomes(sel, f, "The person effect (α)", "alpha", names))
	}
	s := ""
	for _, o := range names {
		k := func(source, statistic string) Key { return Key{Source: source, Outcome: o, Statistic: statistic} }
		if o == "all" || math.IsNaN(f.number(k(people, "n"))) {
			continue
		}
		if !math.IsNaN(f.number(k(people, "entropy"))) {
			s += fmt.Sprintf("The people’s answers to an item of *%s* carry %s bits on average.", plain(o), f.phrase(k(people, "entropy"), h.Level, false))
		}
		statistic, words := "alpha", "person effect (α)"
		if math.IsNaN(f.number(k(people, statistic))) {
			statistic, words = "entropy", "entropy"
		} else {
			s += fmt.Sprintf(" The sums of people’s answers over the items of *%s* have α = %s.", plain(o), f.phrase(k(people, "alpha"), h.Level, false))
		}
		if near, far := sel.nearest(f, o, statistic); near != nil {
			s += fmt.Sprintf(" In the %s of *%s*, %s is nearest to people (%s)", words, plain(o), plain(near.title()), cite(f.name, k(near.Name, statistic), ""))
			if far != near {
				s += fmt.Sprintf(" and %s farthest (%s)", plain(far.title()), cite(f.name, k(far.Name, statistic), ""))
			}
			s += "."
		}
		s = strings.TrimSpace(s) + "\n\n"
	}
	last := structures[len(structures)-1]
	if k := (Key{Source: people, Outcome: last, Statistic: "unique"}); f.number(k) > 0 {
		s += fmt.Sprintf("People have %s unique structures", cite(f.name, k, ""))
		if last == "all" {
			s += " over all answers"
		} else if last == "tuple" {
			s += " of the declared tuple"
		}
		s += "; by itself that number rewards noise, so it stands beside the entropy and the person effect."
	}
	return s
}
