package analysis

import (
	"fmt"
	"math"
)

// intervalFigure shows the distance of each source, overall and by subgroup,
// with the range that 95 % of pairs of samples of people fall into.
func (r *divergenceRun) intervalFigure() []Figure {
	t := newTidy("source", "outcome", "subgroup", "#js", "#lo", "#hi", "#floor_lo", "#floor_hi")
	for _, c := range r.compared {
		for _, p := range c.pairs {
			k := p.key
			k.Statistic = "js"
			e, ok := r.get(k)
			if !ok || math.IsNaN(e.Value) {
				continue
			}
			group := "All"
			if k.Variable != "" {
				group = r.sel.schema.Variable(k.Variable).Label(k.Level)
				if len(r.By) > 1 {
					group = subgroup(r.sel.schema, k.Variable, k.Level)
				}
			}
			low, high := math.NaN(), math.NaN()
			if f, ok := r.get(Key{Source: k.Source, Outcome: k.Outcome, Statistic: "js_floor95"}); ok {
				low, high = 0, f.Value
			}
			t.add([]string{r.sourceTitle(k.Source), title(r.sel.schema, k.Outcome), group}, e.Value, e.Lo, e.Hi, low, high)
		}
	}
	if t.rows() == 0 {
		return nil
	}
	fig := Figure{
		Kind: "interval", Title: "Distance to " + r.referenceTitle(), Data: t.frame(),
		Caption: fmt.Sprintf("Jensen-Shannon distance (base 2, corrected for sampling, mean over items) of each source’s answers to those of %s, with %s intervals.", r.referenceTitle(), levelWord(r.Level)),
		Roles:   map[string]string{"y": "source", "x": "js", "lo": "lo", "hi": "hi", "facet": "outcome"},
		Labels:  map[string]string{"x": "Jensen-Shannon distance", "y": ""},
		Alt:     "Points with intervals: the Jensen-Shannon distance of each source to " + r.referenceTitle() + ", one panel an outcome.",
	}
	if len(r.By) > 0 {
		fig.Roles["colour"], fig.Labels["colour"] = "subgroup", title(r.sel.schema, r.By[0])
		if len(r.By) > 1 {
			fig.Labels["colour"] = "Subgroup"
		}
	}
	if r.Floor > 0 {
		fig.Roles["reflo"], fig.Roles["refhi"] = "floor_lo", "floor_hi"
		fig.Labels["reflo"] = "two samples of " + r.referenceTitle()
		fig.Caption += " Shaded: where 95% of pairs of samples of " + r.referenceTitle() + " of this size fall."
	}
	return []Figure{fig}
}

// distributionFigure shows the answers of each source beside those of the
// reference.
func (r *divergenceRun) distributionFigure() []Figure {
	t := newTidy("source", "outcome", "answer", "#share", "#people")
	for _, c := range r.compared {
		if len(c.space.cats) > 12 {
			continue
		}
		for _, p := range c.pairs {
			if p.key.Variable != "" || c.arms[p.a].rows == 0 || c.arms[p.b].rows == 0 {
				continue
			}
			counts := c.armCounts()
			k := c.newKernel()
			x, y := k.pooled(p, counts[p.a], counts[p.b])
			x, y = k.fold(0, x), k.fold(1, y)
			sx, sy := sumOf(x), sumOf(y)
			for i, cat := range c.space.cats {
				t.add([]string{r.sourceTitle(p.key.Source), title(r.sel.schema, c.space.name), cat}, x[i]/sx, y[i]/sy)
			}
		}
	}
	if t.rows() == 0 {
		return nil
	}
	return []Figure{{
		Name: "distributions", Kind: "paired", Title: "Answers of " + r.referenceTitle() + " and of each source", Data: t.frame(),
		Caption: "Shares of answers over all items, of each source beside those of " + r.referenceTitle() + ".",
		Roles:   map[string]string{"panel": "source", "facet": "outcome", "x": "answer", "y": "share", "ref": "people"},
		Labels:  map[string]string{"x": "Answer", "y": "Share of answers", "ref": r.referenceTitle()},
		Alt:     "Paired bars: the share of each answer by source, beside the share among " + r.referenceTitle() + ".",
	}}
}

func sumOf(xs []float64) float64 {
	s := 0.0
	for _, x := range xs {
		s += x
	}
	return s
}

// heatFigure shows the distance by subgroup and source.
func (r *divergenceRun) heatFigure() []Figure {
	t := newTidy("subgroup", "source", "outcome", "#js")
	for _, c := range r.compared {
		for _, p := range c.pairs {
			k := p.key
			k.Statistic = "js"
			if e, ok := r.get(k); ok && k.Variable != "" && !math.IsNaN(e.Value) {
				group := r.sel.schema.Variable(k.Variable).Label(k.Level)
				if len(r.By) > 1 {
					group = subgroup(r.sel.schema, k.Variable, k.Level)
				}
				t.add([]string{group, r.sourceTitle(k.Source), title(r.sel.schema, k.Outcome)}, e.Value)
			}
		}
	}
	if t.rows() == 0 {
		return nil
	}
	return []Figure{{
		Name: "subgroups", Kind: "heatmap", Title: "Distance to " + r.referenceTitle() + " by subgroup", Data: t.frame(),
		Caption: "Corrected Jensen-Shannon distance (mean over items) by subgroup and source.",
		Roles:   map[string]string{"x": "subgroup", "y": "source", "fill": "js", "facet": "outcome"},
		Labels:  map[string]string{"x": "Subgroup", "y": "", "fill": "JS distance"},
		Alt:     "Heat map: Jensen-Shannon distance to " + r.referenceTitle() + ", sources in rows and subgroups in columns.",
	}}
}

// betweenFigure shows the distance between subgroups within each source, with
// the people's interval as a band.
func (r *divergenceRun) betweenFigure() []Figure {
	t := newTidy("source", "outcome", "#js", "#lo", "#hi", "#people_lo", "#people_hi", "#people")
	for _, c := range r.compared {
		for _, p := range c.pairs {
			k := p.key
			k.Statistic = "js"
			e, ok := r.get(k)
			if !ok || math.IsNaN(e.Value) || k.Source == people {
				continue
			}
			ref := k
			ref.Source = people
			low, high, mid := math.NaN(), math.NaN(), math.NaN()
			if f, ok := r.get(ref); ok {
				low, high, mid = f.Lo, f.Hi, f.Value
			}
			t.add([]string{r.sourceTitle(k.Source), title(r.sel.schema, k.Outcome) + ": " + r.levelPair(c, p)}, e.Value, e.Lo, e.Hi, low, high, mid)
		}
	}
	if t.rows() == 0 {
		return nil
	}
	fig := Figure{
		Kind: "interval", Title: "Distance between levels of " + title(r.sel.schema, r.Between), Data: t.frame(),
		Caption: fmt.Sprintf("Corrected Jensen-Shannon distance between subgroups within each source, with %s intervals.", levelWord(r.Level)),
		Roles:   map[string]string{"y": "source", "x": "js", "lo": "lo", "hi": "hi", "facet": "outcome"},
		Labels:  map[string]string{"x": "Jensen-Shannon distance", "y": ""},
		Alt:     "Points with intervals: the distance between subgroups within each source.",
	}
	if r.sel.source(people) != nil {
		fig.Roles["ref"], fig.Roles["reflo"], fig.Roles["refhi"] = "people", "people_lo", "people_hi"
		fig.Caption += " Shaded: the interval of people."
	}
	return []Figure{fig}
}
