package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// intercept is the name of the intercept's column.
const intercept = "(Intercept)"

// terms returns the terms of a statistic over all sources, in the order of
// their first appearance; the intercept last.
func (f *RegressionFits) terms(list func(s *sourceFit) []Estimate) []string {
	var names []string
	for _, s := range f.fits {
		for _, e := range list(s) {
			if !slices.Contains(names, e.Term) {
				names = append(names, e.Term)
			}
		}
	}
	if i := slices.Index(names, intercept); i >= 0 {
		names = append(slices.Delete(names, i, i+1), intercept)
	}
	return names
}

// present makes tables, figures and prose.
func (r *Regression) present(in Input, sel *selection, res *Result) {
	f := newFinder(in.Name, res)
	fits := res.Regression
	coefs := fits.terms(func(s *sourceFit) []Estimate { return s.coef })
	ames := fits.terms(func(s *sourceFit) []Estimate { return s.ames })
	res.Tables = append(res.Tables, r.coefficientTable(sel, f, coefs))
	if len(ames) > 0 {
		res.Tables = append(res.Tables, r.effectTable(sel, f, ames))
	}
	res.Tables = append(res.Tables, sel.groupTable(in.Name, res, "coef", "ame")...)
	res.Figures = append(res.Figures, r.forest(sel, f, coefs, "coef", "", "Coefficient")...)
	res.Figures = append(res.Figures, r.forest(sel, f, ames, "ame", "effects", "Average marginal effect")...)
	res.Prose = r.prose(sel, f, coefs)
}

func (r *Regression) coefficientTable(sel *selection, f finder, terms []string) Table {
	if len(sel.sources) > manySources && len(terms) <= manyTerms {
		return r.longTable(sel, f, terms)
	}
	t := Table{Caption: "Coefficients by source", Columns: []Column{{Key: "term", Label: "Term", Words: true}}, Notes: r.notes(sel)}
	for _, src := range sel.sources {
		t.Columns = append(t.Columns, Column{Key: src.Name, Label: src.title()})
	}
	row := func(group, label string, kind CellKind, key Key) {
		cells := []Cell{Word(label)}
		for _, src := range sel.sources {
			key.Source = src.Name
			cells = append(cells, f.cell(kind, key))
		}
		t.Rows = append(t.Rows, Row{Group: group, Cells: cells})
	}
	for _, term := range terms {
		row("", termTitle(sel.schema, term), WithSE, Key{Term: term, Statistic: "coef"})
	}
	row("Fit", r.fitWord(), Real, Key{Statistic: "r2"})
	row("Fit", "Rows", Count, Key{Statistic: "n"})
	if r.SE.clustered() {
		row("Fit", "Clusters", Count, Key{Statistic: "groups"})
	}
	return t
}

// A table of more sources than manySources, and at most manyTerms terms, has a
// row a source: a page is higher than wide.
const (
	manySources = 5
	manyTerms   = 8
)

// longTable has a row a source and a column a term.
func (r *Regression) longTable(sel *selection, f finder, terms []string) Table {
	t := Table{Caption: "Coefficients by source", Columns: []Column{{Key: "source", Label: "Source", Words: true}}, Notes: r.notes(sel)}
	for _, term := range terms {
		t.Columns = append(t.Columns, Column{Key: term, Label: termTitle(sel.schema, term)})
	}
	t.Columns = append(t.Columns, Column{Key: "fit_r2", Label: r.fitWord()}, Column{Key: "fit_n", Label: "Rows"})
	if r.SE.clustered() {
		t.Columns = append(t.Columns, Column{Key: "fit_groups", Label: "Clusters"})
	}
	for _, src := range sel.sources {
		cells := []Cell{Word(src.title())}
		for _, term := range terms {
			cells = append(cells, f.cell(WithSE, Key{Source: src.Name, Term: term, Statistic: "coef"}))
		}
		cells = append(cells, f.cell(Real, Key{Source: src.Name, Statistic: "r2"}), f.cell(Count, Key{Source: src.Name, Statistic: "n"}))
		if r.SE.clustered() {
			cells = append(cells, f.cell(Count, Key{Source: src.Name, Statistic: "groups"}))
		}
		t.Rows = append(t.Rows, Row{Cells: cells})
	}
	return t
}

func (r *Regression) notes(sel *selection) []string {
	notes := []string{fmt.Sprintf("%s of %s. In parentheses: %s.", familyWord(r.Family), r.Formula, r.errorWord())}
	switch unused := unweighted(sel.schema, "the analysis names no weights"); {
	case r.Weights != "":
		notes = append(notes, fmt.Sprintf("Rows are weighted by %s.", r.Weights))
	case unused != "":
		notes = append(notes, unused)
	}
	return notes
}

// outcome returns the left side of the formula as the notebook shows it.
func (r *Regression) outcome() string {
	left, _, _ := strings.Cut(r.Formula, "~")
	return plain(strings.TrimSpace(left))
}

// fitWord names the measure of fit.
func (r *Regression) fitWord() string {
	if r.Family == "ols" {
		return "R²"
	}
	return "McFadden’s R²"
}

// familyWord says the family in words.
func familyWord(family string) string {
	return map[string]string{"ols": "Least squares", "logit": "Logit", "probit": "Probit", "poisson": "Poisson regression", "negbin": "Negative binomial regression"}[family]
}

// errorWord says the standard errors in words.
func (r *Regression) errorWord() string {
	if r.SE.clustered() {
		by := r.SE.By
		if by == "" {
			by = "respondent"
		}
		return fmt.Sprintf("standard errors clustered by %s (%s)", by, r.SE.method())
	}
	return r.SE.Type + " standard errors"
}

// effectTable has a row a source and a column an effect.
func (r *Regression) effectTable(sel *selection, f finder, terms []string) Table {
	t := Table{Name: "effects", Caption: "Average marginal effects by source", Columns: []Column{{Key: "source", Label: "Source", Words: true}}}
	for _, term := range terms {
		label := termTitle(sel.schema, term)
		if per, ok := r.Per[term]; ok {
			label += " per " + strings.TrimSuffix(fmt.Sprintf("%g", per), ".0")
		}
		t.Columns = append(t.Columns, Column{Key: term, Label: label})
	}
	for _, src := range sel.sources {
		cells := []Cell{Word(src.title())}
		for _, term := range terms {
			cells = append(cells, f.cell(WithCI, Key{Source: src.Name, Term: term, Statistic: "ame"}))
		}
		t.Rows = append(t.Rows, Row{Cells: cells})
	}
	t.Notes = []string{fmt.Sprintf("Mean over rows of the slope of the expected outcome, for a level of its difference to the reference level. Brackets: %s intervals by the delta method, %s.", levelWord(r.Level), r.errorWord())}
	return t
}

// forest shows one statistic of every term, with the people's interval as a
// band; none without sources beside the people or without numbers.
func (r *Regression) forest(sel *selection, f finder, terms []string, statistic, name, axis string) []Figure {
	t := newTidy("source", "term", "#value", "#lo", "#hi", "#people", "#people_lo", "#people_hi")
	for _, term := range terms {
		if term == intercept {
			continue
		}
		k := Key{Source: people, Term: term, Statistic: statistic}
		ref, ok := f.found[k]
		if !ok {
			ref = Number(k, math.NaN())
		}
		for _, src := range sel.sources {
			k.Source = src.Name
			if e, ok := f.found[k]; ok && !math.IsNaN(e.Value) && !math.IsNaN(e.Lo) {
				t.add([]string{src.title(), termTitle(sel.schema, term)}, e.Value, e.Lo, e.Hi, ref.Value, ref.Lo, ref.Hi)
			}
		}
	}
	if t.rows() == 0 {
		return nil
	}
	fig := Figure{
		Name: name, Kind: "forest", Title: axis + "s by source", Data: t.frame(),
		Caption: fmt.Sprintf("%ss of %s by source, with %s intervals; %s.", axis, r.Formula, levelWord(r.Level), r.errorWord()),
		Roles:   map[string]string{"facet": "term", "y": "source", "x": "value", "lo": "lo", "hi": "hi"},
		Labels:  map[string]string{"x": axis, "y": ""},
		Alt:     "Forest plot: one panel a term, a point with its interval for each source.",
	}
	if src := sel.source(people); src != nil && len(src.rows) > 0 {
		fig.Roles["ref"], fig.Roles["reflo"], fig.Roles["refhi"] = "people", "people_lo", "people_hi"
		fig.Caption += " Shaded: the interval of people."
	}
	return []Figure{fig}
}

// prose says which terms count among people and how many of them each source
// finds with the same sign.
func (r *Regression) prose(sel *selection, f finder, terms []string) string {
	outcome := r.outcome()
	if sel.source(people) == nil {
		return r.proseOf(sel, f, terms)
	}
	var found []string
	estimated := false
	for _, term := range terms {
		k := Key{Source: people, Term: term, Statistic: "coef"}
		estimated = estimated || !math.IsNaN(f.found[k].SE) && f.found[k].SE > 0
		if e, ok := f.found[k]; ok && term != intercept && e.P < 1-r.Level {
			found = append(found, fmt.Sprintf("%s (%s)", plain(termTitle(sel.schema, term)), cite(f.name, k, "")))
		}
	}
	if !estimated {
		return fmt.Sprintf("Among people no coefficient of the model of *%s* can be estimated.", outcome)
	}
	s := fmt.Sprintf("In the model of *%s* no term differs from zero among people.", outcome)
	if len(found) > 0 {
		s = fmt.Sprintf("In the model of *%s* these terms differ from zero among people: %s.", outcome, list(found))
	}
	if e, ok := f.found[Key{Source: people, Statistic: "r2"}]; !ok || math.IsNaN(e.Value) {
		return s
	}
	s += fmt.Sprintf(" The model explains %s of their variation (%s).", cite(f.name, Key{Source: people, Statistic: "r2"}, ""), r.fitWord())
	var low, high *Estimate
	for _, src := range sel.sources {
		if e, ok := f.found[Key{Source: src.Name, Statistic: "r2"}]; ok && src.Name != people && !math.IsNaN(e.Value) {
			if low == nil || e.Value < low.Value {
				low = &e
			}
			if high == nil || e.Value > high.Value {
				high = &e
			}
		}
	}
	if low != nil {
		s += fmt.Sprintf(" Of the other sources that is least for %s (%s)", plain(sel.source(low.Source).title()), cite(f.name, low.Key, ""))
		if high.Source != low.Source {
			s += fmt.Sprintf(" and most for %s (%s)", plain(sel.source(high.Source).title()), cite(f.name, high.Key, ""))
		}
		s += "."
	}
	return s
}
