package plot

import "gonum.org/v1/plot"

func init() {
	register(Kind{
		Name: "slope",
		Doc:  "what becomes of each group from one source to the next, with intervals",
		Roles: []Role{
			{Name: "x", Doc: "source, in its order; each panel shows those that it has", Required: true},
			{Name: "y", Doc: "estimate", Required: true, Number: true},
			{Name: "lo", Doc: "lower end of its interval", Number: true},
			{Name: "hi", Doc: "upper end of its interval", Number: true},
			{Name: "colour", Doc: "group: a line each"},
			{Name: "facet", Doc: "panels"},
			{Name: "ref", Doc: "reference value, such as no excess: a dashed line", Number: true},
			{Name: "reflo", Doc: "lower end of the reference band", Number: true},
			{Name: "refhi", Doc: "upper end of the reference band", Number: true},
		},
		unique: []string{"x", "colour", "facet"},
		draw:   drawSlopes,
	})
}

// drawSlopes draws lines over categories: those of a panel stand at 0, 1, 2, ...
func drawSlopes(d *data, p *page) {
	source := d.cats("x")
	v := lines{
		x: make([]float64, d.rows), y: d.nums("y"), lo: d.nums("lo"), hi: d.nums("hi"),
		ref: d.nums("ref"), refLo: d.nums("reflo"), refHi: d.nums("refhi"),
	}
	v.series = newSeries(d, func(i int) bool { return source.codes[i] >= 0 && finite(v.y[i]) })
	var ys span
	line, shaded := false, false
	stands := make([][]string, len(v.rows)) // the categories of each panel
	for f := range v.rows {
		used := make([]bool, len(source.labels))
		for _, rows := range v.rows[f] {
			for _, i := range rows {
				used[source.codes[i]] = true
				ys.add(v.y[i], v.lo[i], v.hi[i], v.ref[i], v.refLo[i], v.refHi[i])
				line = line || finite(v.ref[i])
				shaded = shaded || finite(v.refLo[i], v.refHi[i])
			}
		}
		at := make([]float64, len(used))
		for k, label := range source.labels {
			if used[k] {
				at[k] = float64(len(stands[f]))
				stands[f] = append(stands[f], label)
			}
		}
		for _, rows := range v.rows[f] {
			for _, i := range rows {
				v.x[i] = at[source.codes[i]]
			}
		}
	}
	if !ys.any {
		p.empty()
		return
	}
	var keys []key
	if shaded {
		keys = append(keys, bandKey(or(d.label("reflo", "refhi"), d.label("ref"), "reference"), false))
	}
	if line && (!shaded || d.label("ref") != "") {
		keys = append(keys, lineKey(or(d.label("ref"), "reference"), refLine, false))
	}
	p.legend(append(keys, v.keys(d, func(label string, l look) key { return pointKey(label, l, true) })...))
	b := board{y: ys.axis(0.06), yTitle: d.label("y"), xTitle: d.label("x"), height: 150, gridY: true, free: true}
	for f, title := range v.facet.labels {
		if stands[f] == nil {
			stands[f] = []string{""}
		}
		b.minWidth = max(b.minWidth, min(inner*0.8, 52*float64(max(2, len(stands[f])))))
		b.panels = append(b.panels, panel{
			title: title, x: categories(stands[f]), empty: !v.any(f),
			under: []plot.Plotter{lineBand{v, f}}, marks: []plot.Plotter{lineMarks{v, f}},
		})
	}
	p.board(b)
}
