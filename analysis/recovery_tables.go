package analysis

import (
	"fmt"
	"math"
	"slices"
)

// present makes the tables, the figure and the prose.
func (r *recoveryRun) present() {
	f := newFinder(r.in.Name, r.result)
	r.result.Tables = append(r.result.Tables, r.table(f))
	if r.people != nil && len(r.views) > 0 {
		r.result.Tables = append(r.result.Tables, r.effectTable(f))
		r.result.Tables = append(r.result.Tables, r.drawnTable(f)...)
	}
	r.result.Tables = append(r.result.Tables, r.fits.sel.groupTable(r.in.Name, r.result, "ame_error", "f1", "fpr", "slope", "correlation", "ame_difference")...)
	r.result.Figures = r.figure(f)
	r.result.Prose = r.prose(f)
}

func (r *recoveryRun) table(f finder) Table {
	t := Table{Caption: "Recovery of people’s conclusions by source", Columns: []Column{
		{Key: "source", Label: "Source", Words: true}, {Key: "ame_error", Label: "Mean |Δ marginal effect|"},
		{Key: "f1", Label: "Sign F1", Group: "Significance"}, {Key: "fpr", Label: "False positives", Group: "Significance"}, {Key: "wrong_signs", Label: "Wrong signs", Group: "Significance"},
		{Key: "coverage_people", Label: "In people’s interval", Group: "Coverage"}, {Key: "coverage_source", Label: "People’s in its interval", Group: "Coverage"},
		{Key: "slope", Label: "Slope", Group: "Coefficients"}, {Key: "correlation", Label: "Correlation", Group: "Coefficients"},
		{Key: "r2_ratio", Label: "R² ratio"}, {Key: "wald", Label: "Equal coefficients, p"},
	}}
	row := func(group, label, source, suffix string) {
		k := func(statistic string) Key { return Key{Source: source, Statistic: statistic + suffix} }
		wald := Cell{Kind: Blank}
		if e, ok := f.found[k("wald")]; ok {
			wald = Show(PValue, e, f.name)
			wald.Value, wald.Address = e.P, wald.Address+".p"
		}
		number, interval := Count, WithCI
		if suffix != "" {
			number, interval = Real, Real
		}
		t.Rows = append(t.Rows, Row{Group: group, Cells: []Cell{
			Word(label), f.cell(interval, k("ame_error")), f.cell(Real, k("f1")), f.cell(Percent, k("fpr")), f.cell(number, k("wrong_signs")),
			f.cell(Percent, k("coverage_people")), f.cell(Percent, k("coverage_source")), f.cell(Real, k("slope")), f.cell(Real, k("correlation")), f.cell(Real, k("r2_ratio")), wald,
		}})
	}
	for _, v := range r.views {
		row("", v.src.title(), v.src.Name, "")
	}
	if !math.IsNaN(f.number(Key{Source: people, Statistic: "ame_error_halves"})) || !math.IsNaN(f.number(Key{Source: people, Statistic: "f1_halves"})) {
		row("Two samples of people", "mean", people, "_halves")
		row("Two samples of people", "95th percentile", people, "_halves95")
	}
	t.Notes = []string{
		fmt.Sprintf("Of the regression %s (%s) without its intercept; errors by respondent (CR1), α = %s. Brackets: %s intervals from %d resamples of whole respondents, to first order.", r.Of, r.fits.params.Formula, levelWord(r.Alpha), levelWord(r.Level), r.Replicates),
		r.drawnNote(),
		"Two samples of people: what the measures are when another sample of people stands in the place of the source. Mean: over pairs of samples; of the slope, a ratio without a finite mean, it is the median.",
	}
	t.Notes = slices.DeleteFunc(t.Notes, func(s string) bool { return s == "" })
	return t
}

// effectTable has a row a source and a column an effect: differences to people.
func (r *recoveryRun) effectTable(f finder) Table {
	t := Table{Name: "effects", Caption: "Marginal effects of each source less people’s", Columns: []Column{{Key: "source", Label: "Source", Words: true}}}
	for _, name := range r.people.effects {
		t.Columns = append(t.Columns, Column{Key: name, Label: termTitle(r.fits.sel.schema, name)})
	}
	for _, v := range r.views {
		cells := []Cell{Word(v.src.title())}
		for _, name := range r.people.effects {
			cells = append(cells, f.cell(WithCI, Key{Source: v.src.Name, Term: name, Statistic: "ame_difference"}))
		}
		t.Rows = append(t.Rows, Row{Cells: cells})
	}
	t.Notes = []string{fmt.Sprintf("Brackets: %s intervals, paired by respondent (CR1).", levelWord(r.Level))}
	return t
}

// figure shows the error of the marginal effects of each source, with the range
// of 95 % of pairs of samples of people.
func (r *recoveryRun) figure(f finder) []Figure {
	t := newTidy("source", "#value", "#lo", "#hi", "#floor_lo", "#floor_hi")
	high := f.number(Key{Source: people, Statistic: "ame_error_halves95"})
	for _, v := range r.views {
		if e := f.found[Key{Source: v.src.Name, Statistic: "ame_error"}]; !math.IsNaN(e.Value) {
			t.add([]string{v.src.title()}, e.Value, e.Lo, e.Hi, 0, high)
		}
	}
	if t.rows() == 0 {
		return nil
	}
	fig := Figure{
		Kind: "interval", Title: "Error of average marginal effects", Data: t.frame(),
		Caption: fmt.Sprintf("Mean absolute difference of average marginal effects to people’s by source, with %s intervals.", levelWord(r.Level)),
		Roles:   map[string]string{"y": "source", "x": "value", "lo": "lo", "hi": "hi"},
		Labels:  map[string]string{"x": "Mean |Δ average marginal effect|", "y": ""},
		Alt:     "Points with intervals: the error of average marginal effects by source.",
	}
	if !math.IsNaN(high) {
		fig.Roles["reflo"], fig.Roles["refhi"] = "floor_lo", "floor_hi"
		fig.Caption += " Shaded: where 95% of pairs of samples of people of this size fall."
	}
	return []Figure{fig}
}

// prose names the sources that recover people's conclusions best and worst.
func (r *recoveryRun) prose(f finder) string {
	var near, far *view
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range r.views {
		x := f.number(Key{Source: v.src.Name, Statistic: "ame_error"})
		if x < low {
			near, low = v, x
		}
		if x > high {
			far, high = v, x
		}
	}
	if near == nil {
		return ""
	}
	k := func(source, statistic string) Key { return Key{Source: source, Statistic: statistic} }
	s := fmt.Sprintf("In the model of *%s* the average marginal effects of %s are nearest to people’s: they differ by %s on average.", r.fits.params.outcome(), plain(near.src.title()), f.phrase(k(near.src.Name, "ame_error"), r.Level, false))
	if far != near {
		s += fmt.Sprintf(" Those of %s are farthest, by %s.", plain(far.src.title()), f.phrase(k(far.src.Name, "ame_error"), r.Level, false))
	}
	if h := k(people, "ame_error_halves"); !math.IsNaN(f.number(h)) {
		s += fmt.Sprintf(" Two samples of people of this size differ by %s, and by up to %s in 95%% of pairs.", cite(f.name, h, ""), cite(f.name, k(people, "ame_error_halves95"), ""))
	}
	if a, b := k(near.src.Name, "f1"), k(people, "f1_halves"); !math.IsNaN(f.number(a)) && !math.IsNaN(f.number(b)) {
		s += fmt.Sprintf(" In significance and sign its agreement (F1) is %s, where two samples of people reach %s.", cite(f.name, a, ""), cite(f.name, b, ""))
	}
	return s
}
