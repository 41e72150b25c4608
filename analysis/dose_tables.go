package analysis

import (
	"fmt"
	"math"
	"strings"
)

// present makes the tables, the figure and the prose.
func (r *doseRun) present() {
	f := newFinder(r.in.Name, r.result)
	r.result.Tables = append(r.result.Tables, r.table(f))
	if t := r.trendTable(f); len(t.Rows) > 0 {
		r.result.Tables = append(r.result.Tables, t)
	}
	r.result.Figures = r.figure()
	r.result.Prose = r.prose(f)
}

// metricTitle is what readers see of a metric.
func (r *doseRun) metricTitle(f followed) string {
	s := r.in.Frame.Schema
	k := f.key
	parts := []string{}
	if k.Outcome != "" {
		parts = append(parts, outcomeTitle(s, k.Outcome))
	}
	if k.Variable != "" {
		parts = append(parts, subgroup(s, k.Variable, k.Level))
	}
	if k.Term != "" {
		parts = append(parts, termTitle(s, k.Term))
	}
	name := statisticTitle(k.Statistic)
	if r.Against != "" {
		name += " less that of " + titleOfSource(s, r.Against)
	}
	return strings.Join(append([]string{name}, parts...), ", ")
}

// statisticTitle returns what readers see of a statistic.
func statisticTitle(name string) string {
	if label, ok := statisticTitles[name]; ok {
		return label
	}
	return name
}

// statisticTitles are what readers see of the statistics that are followed most.
var statisticTitles = map[string]string{
	"js": "JS distance", "d": "JS divergence", "tv": "Total variation", "w1": "Wasserstein-1", "ks": "Kolmogorov-Smirnov", "excess": "Excess distance",
	"gap": "Gap", "kappa": "κ", "alpha": "α", "icc": "ICC", "entropy": "Entropy", "bits": "Log score (bits)", "brier": "Brier score",
	"ame_error": "Error of marginal effects", "f1": "F1", "effective_n": "Effective n", "correlation": "Correlation", "variance": "Item variance",
	"belief_only": "Belief, no action", "action_only": "Action, no belief", "rarefied": "Structures, rarefied", "fpr": "False positives", "slope": "Slope",
	"coef": "Coefficient", "ame": "Average marginal effect", "ame_difference": "Marginal effect less people’s",
}

func (r *doseRun) table(f finder) Table {
	t := Table{Caption: "Numbers by how many people sources learned from", Columns: []Column{
		{Key: "curve", Label: "Sources", Words: true}, {Key: "people", Label: "People"}, {Key: "sources", Label: "Draws"},
		{Key: "mean", Label: "Mean"}, {Key: "low", Label: "Least"}, {Key: "high", Label: "Largest"},
	}}
	several := false
	for _, x := range r.found {
		for _, p := range x.points {
			low, high := Cell{Kind: Blank}, Cell{Kind: Blank}
			if len(p.of) > 1 {
				several = true
				k := p.mean.Key
				k.Statistic = x.key.Statistic + "_low"
				low = f.cell(Real, k)
				k.Statistic = x.key.Statistic + "_high"
				high = f.cell(Real, k)
			}
			t.Rows = append(t.Rows, Row{Group: r.metricTitle(x), Cells: []Cell{
				Word(x.curve.label), {Kind: Count, Value: float64(p.size)}, {Kind: Count, Value: float64(len(p.of))}, Show(WithCI, p.mean, f.name), low, high,
			}})
		}
	}
	t.Rows = byGroup(append(t.Rows, r.peopleRows()...))
	if len(t.Rows) > 0 {
		t.Notes = []string{fmt.Sprintf("People: from whom the sources learned. Brackets: %s intervals of the analysis %s.", levelWord(r.Level), r.Of)}
		if several {
			t.Notes = append(t.Notes, "Draws: sources that learned from so many people, each from other ones; least and largest of them. The interval of a mean is the mean of the intervals, which is too wide rather than too narrow.")
		}
	}
	return t
}

// peopleRows show what people have of each metric, and how far samples of people
// come, as far as the analysis that is followed says so.
func (r *doseRun) peopleRows() []Row {
	if r.Against != "" { // two samples of people have no difference
		return nil
	}
	var rows []Row
	told := map[string]bool{}
	for _, x := range r.found {
		group, src := r.metricTitle(x), x.curve.sources[0].Name
		if told[group] {
			continue
		}
		told[group] = true
		for _, c := range []struct {
			address, label string
			kind           CellKind
		}{
			{r.path(people, x.metric), "people", WithCI},
			{r.path(people, x.metric) + "_floor", "two samples of people, mean", Real}, {r.path(people, x.metric) + "_floor95", "two samples of people, 95th percentile", Real},
			{r.path(people, x.metric) + "_halves", "two samples of people, mean", Real}, {r.path(people, x.metric) + "_halves95", "two samples of people, 95th percentile", Real},
			{r.path(src, x.metric) + "_floor95", "two samples of people, 95th percentile", Real},
		} {
			if e, ok := r.values.Estimate(c.address); ok && !math.IsNaN(e.Value) {
				blank := Cell{Kind: Blank}
				rows = append(rows, Row{Group: group, Cells: []Cell{Word(c.label), blank, blank, Show(c.kind, e, r.Of), blank, blank}})
			}
		}
	}
	return rows
}

func (r *doseRun) trendTable(f finder) Table {
	t := Table{Name: "trends", Caption: "Trends with the number of people that sources learned from", Columns: []Column{
		{Key: "curve", Label: "Sources", Words: true}, {Key: "slope", Label: "Per doubling"}, {Key: "p", Label: "p", Group: ""},
		{Key: "order", Label: "Order"}, {Key: "p_order", Label: "p of the order"},
	}}
	for _, x := range r.found {
		k := x.key
		k.Statistic = x.key.Statistic + "_trend"
		slope := f.found[k]
		k.Statistic = x.key.Statistic + "_order"
		order := f.found[k]
		t.Rows = append(t.Rows, Row{Group: r.metricTitle(x), Cells: []Cell{
			Word(x.curve.label), Show(WithCI, slope, f.name), showP(slope, f.name), Show(Real, order, f.name), showP(order, f.name),
		}})
	}
	t.Rows = byGroup(t.Rows)
	t.Notes = []string{"Per doubling: least squares over the sources on the binary logarithm of the number of people, with errors as if independent, which is too wide where sources are compared with the same people. Order (Jonckheere and Terpstra): 1 when every larger number of people comes with a larger value, −1 with a smaller; its p-value is from permutations of the sources and cannot be small when these are few."}
	return t
}

// reference returns what people have of a metric, or the bar that samples of
// people set, with its name; false when there is none.
func (r *doseRun) reference(x followed) (e Estimate, name string, ok bool) {
	if r.Against != "" {
		return Number(Key{}, 0), "no difference", true
	}
	if e, ok := r.values.Estimate(r.path(people, x.metric)); ok && !math.IsNaN(e.Value) {
		return e, "people", true
	}
	src := x.curve.sources[0].Name
	for _, c := range []struct{ address, name string }{
		{r.path(src, x.metric) + "_floor95", "95 % of samples of people are below"}, {r.path(people, x.metric) + "_halves95", "95 % of samples of people are below"},
		{r.path(people, x.metric) + "_floor", "samples of people"},
	} {
		if e, ok := r.values.Estimate(c.address); ok && !math.IsNaN(e.Value) {
			e.Lo, e.Hi = math.NaN(), math.NaN()
			return e, c.name, true
		}
	}
	return Estimate{}, "", false
}

// figure shows the curves, a panel a metric.
func (r *doseRun) figure() []Figure {
	t := newTidy("curve", "metric", "#people", "#value", "#lo", "#hi", "#ref", "#reflo", "#refhi")
	var names []string
	for _, x := range r.found {
		ref, name, ok := r.reference(x)
		if !ok {
			ref = Number(Key{}, math.NaN())
		} else {
			names = append(names, name)
		}
		for _, p := range x.points {
			t.add([]string{x.curve.label, r.metricTitle(x)}, float64(p.size), p.mean.Value, p.mean.Lo, p.mean.Hi, ref.Value, ref.Lo, ref.Hi)
		}
	}
	if t.rows() == 0 {
		return nil
	}
	fig := Figure{
		Kind: "line", Title: "What more people teach", Data: t.frame(),
		Caption: fmt.Sprintf("Mean over the sources that learned from so many people, with %s intervals.", levelWord(r.Level)),
		Roles:   map[string]string{"x": "people", "y": "value", "lo": "lo", "hi": "hi", "colour": "curve", "facet": "metric"},
		Labels:  map[string]string{"x": "People learned from", "y": "", "colour": ""},
		Alt:     "Lines over the number of people that sources learned from.",
	}
	if len(r.found) > 0 && len(r.Metrics) == 1 {
		fig.Roles["facet"], fig.Labels["y"] = "", r.metricTitle(r.found[0])
		delete(fig.Roles, "facet")
	}
	if len(names) > 0 {
		fig.Roles["ref"], fig.Roles["reflo"], fig.Roles["refhi"] = "ref", "reflo", "refhi"
		fig.Labels["ref"] = names[0]
	}
	return []Figure{fig}
}

// prose says the first and the last point of each curve.
func (r *doseRun) prose(f finder) string {
	var sentences []string
	for _, x := range r.found {
		first, last := x.points[0], x.points[len(x.points)-1]
		k := x.key
		k.Statistic = x.key.Statistic + "_trend"
		s := fmt.Sprintf("%s (%s): from %s with %d people to %s with %d", plain(r.metricTitle(x)), plain(x.curve.label), cite(f.name, first.mean.Key, ""), first.size, cite(f.name, last.mean.Key, ""), last.size)
		if !math.IsNaN(f.number(k)) {
			s += fmt.Sprintf(", %s per doubling", f.phrase(k, r.Level, false))
		}
		sentences = append(sentences, s+".")
	}
	return strings.Join(sentences, " ")
}
