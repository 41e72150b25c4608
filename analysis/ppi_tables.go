package analysis

import (
	"fmt"
	"math"
)

// present makes the tables, the figure and the prose.
func (r *ppiRun) present(outcomes []string) {
	f := newFinder(r.in.Name, r.result)
	r.result.Tables = append(r.result.Tables, r.meanTable(f, outcomes))
	if t := r.modelTable(f); len(t.Rows) > 0 {
		r.result.Tables = append(r.result.Tables, t)
	}
	r.result.Figures = r.figure(f, outcomes)
	r.result.Prose = r.prose(f, outcomes)
}

// split says how many people stand on either side.
func (r *ppiRun) sides() string {
	n := int(math.Round(r.Labelled * float64(len(r.persons))))
	return fmt.Sprintf("%d of %d people are labelled, drawn %d times", n, len(r.persons), r.Splits)
}

func (r *ppiRun) meanTable(f finder, outcomes []string) Table {
	t := Table{Caption: "Means of people's answers with each source as predictor", Columns: []Column{
		{Key: "source", Label: "Predictor", Words: true}, {Key: "model_only", Label: "Source alone"}, {Key: "model_bias", Label: "Bias"},
		{Key: "ppi", Label: "λ = 1", Group: "Prediction-powered"}, {Key: "ppi_tuned", Label: "λ tuned", Group: "Prediction-powered"},
		{Key: "lambda", Label: "λ"}, {Key: "correlation", Label: "Correlation"}, {Key: "effective_n", Label: "Effective n"}, {Key: "limit", Label: "Limit"},
	}}
	for _, o := range outcomes {
		group := title(r.sel.schema, o)
		for _, x := range []struct{ label, statistic string }{{"Labelled people alone", "classical"}, {"All of them", "whole"}} {
			k := Key{Source: people, Outcome: o, Statistic: x.statistic}
			e, ok := f.found[k]
			if !ok {
				continue
			}
			row := Row{Group: group, Cells: []Cell{Word(x.label), {Kind: Blank}, {Kind: Blank}, {Kind: Blank}, f.cell(WithCI, k), {Kind: Blank}, {Kind: Blank}, {Kind: Count, Value: float64(e.People)}, {Kind: Blank}}}
			t.Rows = append(t.Rows, row)
		}
		for _, src := range r.sources {
			k := func(statistic string) Key { return Key{Source: src.Name, Outcome: o, Statistic: statistic} }
			t.Rows = append(t.Rows, Row{Group: group, Cells: []Cell{
				Word(src.title()), f.cell(Real, k("model_only")), f.cell(WithCI, k("model_bias")), f.cell(WithCI, k("ppi")), f.cell(WithCI, k("ppi_tuned")),
				f.cell(Real, k("lambda")), f.cell(WithCI, k("correlation")), f.cell(WithCI, k("effective_n")), f.cell(Real, k("limit")),
			}})
		}
		if row, ok := r.floorRow(f, o); ok {
			t.Rows = append(t.Rows, row)
		}
	}
	if len(t.Rows) > 0 {
		t.Notes = []string{
			fmt.Sprintf("%s; the others are only predicted. Estimates: means over the draws, with the %s interval of one study with so many labelled people. Correlation of answer and prediction over persons, effective n (labelled people who would give that precision without predictions) and its limit: means over the draws, brackets the central %s of them.", r.sides(), levelWord(r.Level), levelWord(r.Level)),
			"Bias: the source alone less all people, paired by person.",
		}
		if r.Floor > 0 {
			t.Notes = append(t.Notes, fmt.Sprintf("Another person at random: what somebody else's answers predict, mean and central %s of %d draws.", levelWord(r.Level), r.Floor))
		}
		if note := unweighted(r.sel.schema, "the unit is the person"); note != "" {
			t.Notes = append(t.Notes, note)
		}
	}
	return t
}

func (r *ppiRun) modelTable(f finder) Table {
	t := Table{Name: "model", Caption: "Coefficients of " + r.Of + " with each source as predictor", Columns: []Column{
		{Key: "source", Label: "Predictor", Words: true}, {Key: "classical", Label: "Labelled people alone"}, {Key: "model_only", Label: "Source alone"},
		{Key: "ppi", Label: "λ = 1", Group: "Prediction-powered"}, {Key: "ppi_tuned", Label: "λ tuned", Group: "Prediction-powered"}, {Key: "effective_n", Label: "Effective n"},
	}}
	for _, src := range r.sources {
		for _, e := range r.result.Estimates {
			if e.Source != src.Name || e.Outcome != r.Of || e.Statistic != "model_only" || e.Term == "" {
				continue
			}
			k := func(source, statistic string) Key {
				return Key{Source: source, Outcome: r.Of, Term: e.Term, Statistic: statistic}
			}
			t.Rows = append(t.Rows, Row{Group: termTitle(r.sel.schema, e.Term), Cells: []Cell{
				Word(src.title()), f.cell(WithSE, k(people, "classical")), f.cell(Real, k(src.Name, "model_only")), f.cell(WithSE, k(src.Name, "ppi")),
				f.cell(WithSE, k(src.Name, "ppi_tuned")), f.cell(WithCI, k(src.Name, "effective_n")),
			}})
		}
	}
	t.Rows = byGroup(t.Rows)
	if len(t.Rows) > 0 {
		t.Notes = []string{fmt.Sprintf("%s. Parentheses: standard errors with the scores summed by person, root mean squares over the draws. Effective n: brackets the central %s of the draws.", r.sides(), levelWord(r.Level))}
	}
	return t
}

// byGroup puts the rows of one group together, groups in the order of their
// first rows.
func byGroup(rows []Row) []Row {
	var order []string
	of := map[string][]Row{}
	for _, row := range rows {
		if of[row.Group] == nil {
			order = append(order, row.Group)
		}
		of[row.Group] = append(of[row.Group], row)
	}
	var all []Row
	for _, g := range order {
		all = append(all, of[g]...)
	}
	return all
}

// figure shows what the predictions are worth.
func (r *ppiRun) figure(f finder, outcomes []string) []Figure {
	t := newTidy("source", "outcome", "#effective", "#lo", "#hi", "#labelled")
	for _, o := range outcomes {
		labelled := f.found[Key{Source: people, Outcome: o, Statistic: "classical"}].People
		for _, src := range r.sources {
			if e := f.found[Key{Source: src.Name, Outcome: o, Statistic: "effective_n"}]; e.Statistic != "" && !math.IsNaN(e.Value) {
				t.add([]string{src.title(), title(r.sel.schema, o)}, e.Value, e.Lo, e.Hi, float64(labelled))
			}
		}
	}
	if t.rows() == 0 {
		return nil
	}
	return []Figure{{
		Kind: "interval", Title: "What predictions are worth", Data: t.frame(),
		Caption: fmt.Sprintf("Effective number of labelled people with each source as predictor: mean and central %s of %d draws of who is labelled. Line: the labelled people themselves.", levelWord(r.Level), r.Splits),
		Roles:   map[string]string{"y": "source", "x": "effective", "lo": "lo", "hi": "hi", "facet": "outcome", "ref": "labelled"},
		Labels:  map[string]string{"x": "Effective n", "y": ""},
		Alt:     "Points with ranges: the effective number of labelled people by source.",
	}}
}

// prose names the source that is worth most for each outcome.
func (r *ppiRun) prose(f finder, outcomes []string) string {
	s := ""
	for _, o := range outcomes {
		var best *sourceRows
		most := math.Inf(-1)
		for _, src := range r.sources {
			if x := f.number(Key{Source: src.Name, Outcome: o, Statistic: "effective_n"}); x > most {
				best, most = src, x
			}
		}
		classical := Key{Source: people, Outcome: o, Statistic: "classical"}
		if best == nil || math.IsNaN(f.number(classical)) {
			continue
		}
		k := func(statistic string) Key { return Key{Source: best.Name, Outcome: o, Statistic: statistic} }
		if s != "" {
			s += " "
		}
		s += fmt.Sprintf("Beside `{value} %s.n_people` labelled people, the answers of %s are worth most for the mean of %s: their effective number becomes %s (correlation over persons %s, λ = %s); of the source alone the mean would miss that of all people by %s.",
			classical.Address(f.name), plain(best.title()), plain(title(r.sel.schema, o)), cite(f.name, k("effective_n"), ""), cite(f.name, k("correlation"), ""), cite(f.name, k("lambda"), ""), cite(f.name, k("model_bias"), ""))
	}
	return s
}
