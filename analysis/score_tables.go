package analysis

import (
	"fmt"
	"math"
	"strings"
)

// present makes the tables, the figure and the prose.
func (p *Score) present(in Input, sel *selection, r *Result, outcomes []string) {
	f := newFinder(in.Name, r)
	r.Tables = append(r.Tables, p.table(sel, f, outcomes, "", ""))
	for _, v := range p.By {
		r.Tables = append(r.Tables, p.table(sel, f, outcomes, "by_"+v, v))
	}
	if t := p.contrastTable(sel, f, r, outcomes); len(t.Rows) > 0 {
		r.Tables = append(r.Tables, t)
	}
	r.Tables = append(r.Tables, sel.groupTable(in.Name, r, "bits", "brier")...)
	r.Figures = p.figure(sel, r, f)
	r.Prose = p.prose(sel, f, outcomes)
}

func (p *Score) table(sel *selection, f finder, outcomes []string, name, variable string) Table {
	t := Table{Name: name, Caption: "Scores of the probabilities that sources gave to what people answered", Columns: []Column{{Key: "source", Label: "Source", Words: true}}}
	if variable != "" {
		t.Caption += ", by " + title(sel.schema, variable)
		t.Columns = append(t.Columns, Column{Key: variable, Label: title(sel.schema, variable), Words: true})
	}
	t.Columns = append(t.Columns, Column{Key: "n", Label: "n"}, Column{Key: "bits", Label: "Log score (bits an answer)"}, Column{Key: "brier", Label: "Brier score"})
	for _, o := range outcomes {
		group := title(sel.schema, o)
		for _, src := range sel.sources {
			for _, level := range sel.inhabited(variable) {
				k := func(statistic string) Key {
					return Key{Source: src.Name, Outcome: o, Variable: variable, Level: level, Statistic: statistic}
				}
				if _, ok := f.found[k("bits")]; !ok {
					continue
				}
				cells := []Cell{Word(src.title())}
				if variable != "" {
					cells = append(cells, Word(sel.schema.Variable(variable).Label(level)))
				}
				t.Rows = append(t.Rows, Row{Group: group, Cells: append(cells, f.cell(Count, k("n")), f.cell(WithCI, k("bits")), f.cell(WithCI, k("brier")))})
			}
		}
		for _, level := range sel.inhabited(variable) {
			floor := Key{Source: people, Outcome: o, Variable: variable, Level: level, Statistic: "bits_floor"}
			e, ok := f.found[floor]
			if !ok {
				continue
			}
			brier := floor
			brier.Statistic = "brier_floor"
			cells := []Cell{Word("Item shares of other people")}
			if variable != "" {
				cells = append(cells, Word(sel.schema.Variable(variable).Label(level)))
			}
			t.Rows = append(t.Rows, Row{Group: group, Cells: append(cells, Cell{Kind: Count, Value: float64(e.People)}, f.cell(WithCI, floor), f.cell(WithCI, brier))})
		}
	}
	t.Notes = []string{fmt.Sprintf("Smaller is better. Log score: mean of −log₂ of the probability of the person's answer; below %v it counts as that. Brier score: mean squared distance of the probabilities from the answer, 0 to 2. Brackets: %s intervals from %d resamples of whole respondents.", p.Least, levelWord(p.Level), p.Replicates)}
	if p.Floor > 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("Item shares of other people: what one sample of people scores when its shares of each item predict another without a common person; brackets: the central range of %d pairs.", p.Floor))
	}
	return t
}

func (p *Score) contrastTable(sel *selection, f finder, r *Result, outcomes []string) Table {
	t := Table{Name: "contrasts", Caption: "Differences of scores", Columns: []Column{
		{Key: "contrast", Label: "Contrast", Words: true}, {Key: "subgroup", Label: "Subgroup", Words: true}, {Key: "n", Label: "n"},
		{Key: "bits", Label: "Δ log score (bits)"}, {Key: "p", Label: "p"}, {Key: "brier", Label: "Δ Brier score"},
	}}
	for _, o := range outcomes {
		for _, e := range r.Estimates {
			if e.Outcome != o || e.Statistic != "bits" || !strings.Contains(e.Source, "-") {
				continue
			}
			group := "all"
			if e.Variable != "" {
				group = subgroup(sel.schema, e.Variable, e.Level)
			}
			brier := e.Key
			brier.Statistic = "brier"
			t.Rows = append(t.Rows, Row{Group: title(sel.schema, o), Cells: []Cell{
				Word(sel.contrastTitle(e.Source)), Word(group), {Kind: Count, Value: float64(e.People)}, Show(WithCI, e, f.name), showP(e, f.name), f.cell(WithCI, brier),
			}})
		}
	}
	t.Notes = []string{"A negative difference: the first source knows more of the individual. Paired by respondent."}
	return t
}

// contrastTitle names a contrast 'a-b', or one source, as readers see it.
func (s *selection) contrastTitle(name string) string {
	if a, b, ok := strings.Cut(name, "-"); ok {
		return s.titleOf(a) + " − " + s.titleOf(b)
	}
	return s.titleOf(name)
}

// titleOf is what readers see of a source by its name.
func (s *selection) titleOf(name string) string {
	if src := s.source(name); src != nil {
		return src.title()
	}
	if g := s.schema.Group(name); g != nil {
		return g.Title()
	}
	return name
}

// showP returns the cell of the p-value of an estimate.
func showP(e Estimate, analysis string) Cell {
	c := Show(PValue, e, analysis)
	c.Value, c.Address = e.P, c.Address+".p"
	return c
}

// figure shows the log scores, with what item shares of other people reach as a
// band.
func (p *Score) figure(sel *selection, r *Result, f finder) []Figure {
	t := newTidy("source", "outcome", "#bits", "#lo", "#hi", "#floor", "#floor_lo", "#floor_hi")
	for _, e := range r.Estimates {
		src := sel.source(e.Source)
		if src == nil || e.Statistic != "bits" || e.Variable != "" || math.IsNaN(e.Value) {
			continue
		}
		floor, ok := f.found[Key{Source: people, Outcome: e.Outcome, Statistic: "bits_floor"}]
		if !ok {
			floor = Number(Key{}, math.NaN())
		}
		t.add([]string{src.title(), title(sel.schema, e.Outcome)}, e.Value, e.Lo, e.Hi, floor.Value, floor.Lo, floor.Hi)
	}
	if t.rows() == 0 {
		return nil
	}
	fig := Figure{
		Kind: "interval", Title: "What sources know of the individual", Data: t.frame(),
		Caption: fmt.Sprintf("Log score by source, in bits an answer, with %s intervals over respondents; smaller is better.", levelWord(p.Level)),
		Roles:   map[string]string{"y": "source", "x": "bits", "lo": "lo", "hi": "hi", "facet": "outcome"},
		Labels:  map[string]string{"x": "Log score (bits an answer)", "y": ""},
		Alt:     "Points with intervals: the log score of each source.",
	}
	if p.Floor > 0 {
		fig.Roles["ref"], fig.Roles["reflo"], fig.Roles["refhi"] = "floor", "floor_lo", "floor_hi"
		fig.Caption += " Shaded: what item shares of other people score."
	}
	return []Figure{fig}
}

// prose names the best source of each outcome beside what item shares reach.
func (p *Score) prose(sel *selection, f finder, outcomes []string) string {
	var sentences []string
	for _, o := range outcomes {
		var best *sourceRows
		least := math.Inf(1)
		for _, src := range sel.sources {
			if x := f.number(Key{Source: src.Name, Outcome: o, Statistic: "bits"}); x < least {
				best, least = src, x
			}
		}
		if best == nil {
			continue
		}
		s := fmt.Sprintf("Of the answers to %s, %s knows most: %s bits an answer", plain(title(sel.schema, o)), plain(best.title()), f.phrase(Key{Source: best.Name, Outcome: o, Statistic: "bits"}, p.Level, false))
		if k := (Key{Source: people, Outcome: o, Statistic: "bits_floor"}); !math.IsNaN(f.number(k)) {
			s += fmt.Sprintf(", where the item shares of other people score %s", cite(f.name, k, ""))
		}
		sentences = append(sentences, s+".")
	}
	return strings.Join(sentences, " ")
}
