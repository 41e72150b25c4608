package plot

import (
	"fmt"
	"math"
	"math/rand/v2"

	"silico/analysis"
	"silico/analysis/frame"
)

// The figures that the golden tests draw: what a study of 316 people, its
// baselines and its models prints.

var sources = []string{
	"smollm2-135m", "smollm2-135m, no persona", "tuned on 40", "tuned on 79", "tuned on 158",
	"uniform (baseline)", "marginal 79 (baseline)", "regression 40 (baseline)", "regression 79 (baseline)",
	"regression 158 (baseline)", "hot deck 79 (baseline)",
}

// table builds the columns of a figure row by row: words become factors in
// order of appearance.
type table struct {
	names []string
	rows  [][]any
}

func (t *table) add(cells ...any) { t.rows = append(t.rows, cells) }

func (t *table) frame() *frame.Frame {
	var cols []*frame.Column
	for k, name := range t.names {
		var words []string
		var numbers []float64
		for _, row := range t.rows {
			switch v := row[k].(type) {
			case string:
				words = append(words, v)
			case float64:
				numbers = append(numbers, v)
			}
		}
		if words != nil {
			cols = append(cols, frame.Factors(name, words, nil))
			continue
		}
		cols = append(cols, frame.Numbers(name, numbers))
	}
	return frame.New(cols...)
}

// same names each role's column after the role.
func same(names ...string) map[string]string {
	roles := make(map[string]string)
	for _, n := range names {
		roles[n] = n
	}
	return roles
}

func figures() []analysis.Figure {
	return []analysis.Figure{
		pairedFigure("paired", sources[:3], 1), pairedFigure("paired_two_outcomes", sources, 2), pairedLikert(),
		intervalFigure("interval", false), intervalFigure("interval_subgroups", true), intervalFloors(), intervalFree(),
		forestFigure(), forestTerms(),
		heatmapFigure(), heatmapFacets(), heatmapSigned(),
		lineFigure(), lineFree(), slopeFigure(), slopeMany(), scatterFigure(), histogramFigure(), ecdfFigure(), barsFigure(), barsLong(),
	}
}

func pairedFigure(name string, sources []string, outcomes int) analysis.Figure {
	r := rand.New(rand.NewPCG(1, 1))
	t := &table{names: []string{"facet", "panel", "x", "y", "lo", "hi", "ref", "reflo", "refhi"}}
	// R: p <- read.csv("people.csv"); m <- tapply(p$want == "no", p$id, mean); c(mean(m), sd(m)/sqrt(316))
	ref := [][]float64{{0.4678, 0.2956, 0.2366}, {0.5799, 0.2532, 0.1669}}
	se := [][]float64{{0.0148, 0.0117, 0.0121}, {0.0147, 0.0114, 0.0108}}
	for o := range outcomes {
		for _, s := range sources {
			shift := 0.25 * (r.Float64() - 0.4)
			for k, level := range []string{"no", "perhaps", "yes"} {
				p := ref[o][k]
				q := p - shift*(1-float64(k))
				t.add([]string{"want", "do"}[o], s, level, q, q-0.02, q+0.02, p, p-1.96*se[o][k], p+1.96*se[o][k])
			}
		}
	}
	f := analysis.Figure{Name: name, Kind: "paired", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"y": "Share of answers"}, Alt: "Shares of no, perhaps and yes, by source"}
	if outcomes == 1 {
		delete(f.Roles, "facet")
		f.Title = "What people and models want to do"
		f.Labels["subtitle"] = "Shares of answers with 95% intervals by person; 316 people, 12 answers each"
	}
	return f
}

func pairedLikert() analysis.Figure {
	t := &table{names: []string{"panel", "x", "y", "ref"}}
	levels := []string{"strongly disagree", "disagree", "somewhat disagree", "neither agree nor disagree", "somewhat agree", "agree", "strongly agree"}
	for i, s := range sources[:5] {
		for k, l := range levels {
			t.add(s, l, 0.1+0.02*float64((k*(i+2))%7), 0.05+0.03*float64(k))
		}
	}
	return analysis.Figure{Name: "paired_likert", Kind: "paired", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"y": "Share of answers"}}
}

func intervalFigure(name string, subgroups bool) analysis.Figure {
	r := rand.New(rand.NewPCG(2, 2))
	t := &table{names: []string{"facet", "y", "colour", "x", "lo", "hi", "reflo", "refhi"}}
	groups := []string{"all"}
	if subgroups {
		groups = []string{"women", "men"}
	}
	for o, outcome := range []string{"want", "do"} {
		for i, s := range sources {
			for g, group := range groups {
				d := 0.06 + 0.2*math.Exp(-float64(i)/3) + 0.03*r.Float64() + 0.04*float64(g)
				t.add(outcome, s, group, d, d-0.02-0.01*float64(g), d+0.02+0.02*float64(g), 0.02, 0.055+0.01*float64(o))
			}
		}
	}
	f := analysis.Figure{Name: name, Kind: "interval", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"x": "Jensen-Shannon distance to people (square root, base 2)", "reflo": "halves of the people", "colour": "Gender"},
		Alt:    "Distance to people by source"}
	if !subgroups {
		delete(f.Roles, "colour")
	}
	return f
}

func intervalFloors() analysis.Figure {
	t := &table{names: []string{"y", "colour", "x", "lo", "hi", "ref"}}
	floors := map[string]float64{"all": 0.061, "women": 0.070, "men": 0.129}
	for i, s := range sources[:6] {
		for g, group := range []string{"all", "women", "men"} {
			d := floors[group] + 0.02*float64(i%4) + 0.01*float64(g)
			t.add(s, group, d, d-0.02, d+0.03, floors[group])
		}
	}
	return analysis.Figure{Name: "interval_floors", Kind: "interval", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"x": "Distance to people", "ref": "floor: two halves of these people"}}
}

func intervalFree() analysis.Figure {
	t := &table{names: []string{"facet", "y", "x", "lo", "hi", "reflo", "refhi", "ref"}}
	for m, measure := range []string{"Mean item entropy (bits)", "Person effect (α)", "Unique structures of 158"} {
		scale := []float64{1.4, 0.83, 104}[m]
		t.add(measure, "people", scale, scale*0.97, scale*1.03, scale*0.97, scale*1.03, scale)
		for i, s := range sources[:7] {
			x := scale * (1 + 0.05*float64(i-3))
			t.add(measure, s, x, x*0.98, x*1.02, scale*0.97, scale*1.03, scale)
		}
	}
	return analysis.Figure{Name: "interval_free", Kind: "interval", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"y": "Source", "ref": "people, 95% interval"}}
}

func forestFigure() analysis.Figure {
	t := &table{names: []string{"facet", "y", "x", "lo", "hi", "ref", "reflo", "refhi"}}
	// R: glm(do != "no" ~ anger + gender + behaviour + blame, binomial), sandwich::vcovCL by id, HC0, G/(G-1)
	terms := []string{"anger", "gender: man", "behaviour: scold", "behaviour: shout", "blame: self"}
	b := []float64{0.0547, 0.5608, -0.7828, -1.8634, -0.7884}
	se := []float64{0.0149, 0.1572, 0.0860, 0.1158, 0.0695}
	for k, term := range terms {
		for i, s := range append([]string{"people"}, sources...) {
			x := b[k]
			if i > 0 {
				x = b[k]*(0.5+0.1*float64(i)) + se[k]*float64(i%3-1)
			}
			t.add(term, s, x, x-1.96*se[k], x+1.96*se[k], b[k], b[k]-1.96*se[k], b[k]+1.96*se[k])
		}
	}
	return analysis.Figure{Name: "forest", Kind: "forest", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"x": "Log odds of doing (logit, 95% interval by person)", "ref": "people"}}
}

func forestTerms() analysis.Figure {
	r := rand.New(rand.NewPCG(3, 3))
	t := &table{names: []string{"facet", "y", "x", "lo", "hi", "reflo", "refhi"}}
	terms := []string{"anger", "gender: man", "behaviour: scold", "behaviour: shout", "blame: self", "anger × behaviour: scold",
		"anger × behaviour: shout", "anger × blame: self", "gender: man × behaviour: scold", "gender: man × behaviour: shout", "gender: man × blame: self"}
	for k, term := range terms {
		for i, s := range sources {
			x, se := r.NormFloat64()*0.4, 0.15
			if k == 1 && i == 5 {
				x, se = 1.9, 940.0 // separation
			}
			t.add(term, s, x, x-1.96*se, x+1.96*se, -0.1, 0.4)
		}
	}
	return analysis.Figure{Name: "forest_terms", Kind: "forest", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"x": "Log odds of doing"}}
}

func heatmapFigure() analysis.Figure {
	t := &table{names: []string{"y", "x", "fill"}}
	for i, s := range sources {
		for g, group := range []string{"all", "women", "men", "anger below 20", "anger 20 and more"} {
			t.add(s, group, 0.05+0.25*math.Exp(-float64(i)/2.5)+0.02*float64(g))
		}
	}
	return analysis.Figure{Name: "heatmap", Kind: "heatmap", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"fill": "Distance to people", "x": "Subgroup"}}
}

func heatmapFacets() analysis.Figure {
	t := &table{names: []string{"facet", "y", "x", "fill"}}
	for o, outcome := range []string{"want", "do"} {
		for i, s := range sources {
			for g, group := range []string{"women", "men"} {
				v := 0.05 + 0.25*math.Exp(-float64(i)/2.5) + 0.03*float64(g) + 0.02*float64(o)
				if i == 4 && g == 1 {
					v = nan
				}
				t.add(outcome, s, group, v)
			}
		}
	}
	return analysis.Figure{Name: "heatmap_facets", Kind: "heatmap", Data: t.frame(), Roles: same(t.names...),
		Title: "Men are farther from every model", Labels: map[string]string{"fill": "Distance to people", "y": "Source", "x": "Gender"}}
}

func heatmapSigned() analysis.Figure {
	t := &table{names: []string{"y", "x", "fill"}}
	for i, s := range []string{"anger", "gender", "behaviour", "blame"} {
		for g := range 9 {
			t.add(s, fmt.Sprintf("a long name of model %d", g+1), 0.4*math.Sin(float64(i*9+g)))
		}
	}
	return analysis.Figure{Name: "heatmap_signed", Kind: "heatmap", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"fill": "Error of the effect"}}
}

func lineFigure() analysis.Figure {
	t := &table{names: []string{"facet", "colour", "x", "y", "lo", "hi", "ref"}}
	for o, outcome := range []string{"want", "do"} {
		for m, method := range []string{"marginal", "regression", "hot deck", "fine-tuned"} {
			for _, n := range []float64{20, 40, 79, 120, 158} {
				y := 0.05 + (0.5+0.2*float64(m))/math.Sqrt(n)/2 + 0.01*float64(o)
				t.add(outcome, method, n, y, y-0.12/math.Sqrt(n), y+0.12/math.Sqrt(n), 0.061)
			}
		}
	}
	return analysis.Figure{Name: "line", Kind: "line", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"x": "People learned from", "y": "Distance to people", "ref": "halves of the people"}}
}

// lineFree is of two numbers whose scales have nothing to do with each other.
func lineFree() analysis.Figure {
	t := &table{names: []string{"facet", "colour", "x", "y", "lo", "hi", "ref", "reflo", "refhi"}}
	for m, method := range []string{"marginal", "fine-tuned"} {
		for _, n := range []float64{40, 79, 158} {
			t.add("α", method, n, 0.3*float64(m)+n/1000, nan, nan, 0.81, 0.75, 0.86)
			t.add("Entropy (bits)", method, n, 1.15+0.02*float64(m)+n/2000, nan, nan, 1.26, 1.21, 1.31)
		}
	}
	return analysis.Figure{Name: "line_free", Kind: "line", Data: t.frame(), Roles: same(t.names...), Labels: map[string]string{"x": "People learned from", "ref": "people"}}
}

// slopeFigure is what tuning makes of the distance of two groups, by outcome.
func slopeFigure() analysis.Figure {
	t := &table{names: []string{"facet", "colour", "x", "y", "lo", "hi", "ref"}}
	for o, outcome := range []string{"Would want to", "Would do it"} {
		for g, gender := range []string{"woman", "man"} {
			for s, source := range []string{"smollm2-135m", "tuned on 79"} {
				y := 0.12 - 0.07*float64(s) + 0.05*float64(g)*(1-0.6*float64(s)) + 0.01*float64(o)
				t.add(outcome, gender, source, y, y-0.03, y+0.035, 0.0)
			}
		}
	}
	return analysis.Figure{Name: "slope", Kind: "slope", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"y": "Excess over the floor", "x": "", "ref": "no excess", "colour": "Gender"}}
}

// slopeMany has many sources with long names and three groups.
func slopeMany() analysis.Figure {
	t := &table{names: []string{"colour", "x", "y", "lo", "hi"}}
	for g, group := range []string{"18 to 29", "30 to 59", "60 and older"} {
		for s, source := range sources {
			y := 0.2 - 0.012*float64(s) + 0.02*float64(g*s%5)
			t.add(group, source, y, y-0.02, y+0.03)
		}
	}
	return analysis.Figure{Name: "slope_many", Kind: "slope", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"y": "Excess over the floor", "x": "", "colour": "Age"}}
}

func scatterFigure() analysis.Figure {
	r := rand.New(rand.NewPCG(5, 5))
	t := &table{names: []string{"facet", "colour", "x", "y", "lo", "hi"}}
	for _, s := range sources[:3] {
		for k := range 12 {
			x := 0.1 + 0.06*float64(k)
			y := 0.2 + 0.7*x + 0.08*r.NormFloat64()
			t.add(s, []string{"curse", "scold", "shout"}[k%3], x, y, y-0.06, y+0.06)
		}
	}
	return analysis.Figure{Name: "scatter", Kind: "scatter", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"x": "Share of people who would do it", "y": "Share of simulated respondents", "colour": "Behaviour"}}
}

func samples() *table {
	r := rand.New(rand.NewPCG(6, 6))
	t := &table{names: []string{"colour", "facet", "x"}}
	for i, s := range []string{"people", sources[0], sources[8]} {
		for range 300 {
			t.add(s, s, math.Round(20+5*r.NormFloat64()*(1-0.3*float64(i%2))+2*float64(i)))
		}
	}
	return t
}

func histogramFigure() analysis.Figure {
	t := samples()
	return analysis.Figure{Name: "histogram", Kind: "histogram", Data: t.frame(), Roles: same("x", "facet", "colour"),
		Labels: map[string]string{"x": "Sum of answers"}}
}

func ecdfFigure() analysis.Figure {
	t := samples()
	return analysis.Figure{Name: "ecdf", Kind: "ecdf", Data: t.frame(), Roles: same("x", "colour"),
		Labels: map[string]string{"x": "Sum of answers"}}
}

func barsFigure() analysis.Figure {
	r := rand.New(rand.NewPCG(7, 7))
	t := &table{names: []string{"facet", "x", "colour", "y", "lo", "hi"}}
	for _, o := range []string{"women", "men"} {
		for _, x := range []string{"curse", "scold", "shout"} {
			for _, s := range []string{"people", "smollm2-135m", "tuned on 79"} {
				y := 0.2 + 0.6*r.Float64()
				t.add(o, x, s, y, y-0.05, y+0.05)
			}
		}
	}
	return analysis.Figure{Name: "bars", Kind: "bars", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"y": "Mean answer (0 no, 1 perhaps, 2 yes)", "x": "Behaviour"}}
}

func barsLong() analysis.Figure {
	t := &table{names: []string{"x", "y", "lo", "hi"}}
	for i, s := range append([]string{"people"}, sources...) {
		y := 174 - 12*float64(i)
		t.add(s, y, y-9, y+9)
	}
	return analysis.Figure{Name: "bars_long", Kind: "bars", Data: t.frame(), Roles: same(t.names...),
		Labels: map[string]string{"y": "Unique answer structures among 316"}}
}
