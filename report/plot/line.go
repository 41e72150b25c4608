package plot

import "slices"

func init() {
	register(Kind{
		Name: "line",
		Doc:  "a quantity along a number, with its intervals, beside a reference",
		Roles: []Role{
			{Name: "x", Doc: "number along which the line goes", Required: true, Number: true},
			{Name: "y", Doc: "estimate", Required: true, Number: true},
			{Name: "lo", Doc: "lower end of its interval", Number: true},
			{Name: "hi", Doc: "upper end of its interval", Number: true},
			{Name: "colour", Doc: "group: a line each"},
			{Name: "facet", Doc: "panels"},
			{Name: "ref", Doc: "reference value, such as that of people: a dashed line", Number: true},
			{Name: "reflo", Doc: "lower end of the reference band", Number: true},
			{Name: "refhi", Doc: "upper end of the reference band", Number: true},
		},
		draw: drawLines,
	})
}

// lines are the columns of a line figure.
type lines struct {
	*series
	x, y, lo, hi, ref, refLo, refHi []float64
}

func drawLines(d *data, p *page) {
	v := lines{
		x: d.nums("x"), y: d.nums("y"), lo: d.nums("lo"), hi: d.nums("hi"),
		ref: d.nums("ref"), refLo: d.nums("reflo"), refHi: d.nums("refhi"),
	}
	v.series = newSeries(d, func(i int) bool { return finite(v.x[i], v.y[i]) })
	var xs, ys span
	line, shaded := false, false
	for f := range v.rows {
		for _, rows := range v.rows[f] {
			for _, i := range rows {
				xs.add(v.x[i])
				ys.add(v.y[i], v.lo[i], v.hi[i], v.ref[i], v.refLo[i], v.refHi[i])
				line = line || finite(v.ref[i])
				shaded = shaded || finite(v.refLo[i], v.refHi[i])
			}
		}
	}
	if !xs.any {
		p.empty()
		return
	}
	if ys.lo > 0 && ys.lo < 0.5*ys.hi {
		ys.add(0)
	}
	var keys []key
	if shaded {
		keys = append(keys, bandKey(or(d.label("reflo", "refhi"), d.label("ref"), "people"), false))
	}
	if line && (!shaded || d.label("ref") != "" && d.label("ref") != d.label("reflo", "refhi")) {
		keys = append(keys, lineKey(or(d.label("ref"), "people"), refLine, false))
	}
	p.legend(append(keys, v.keys(d, func(label string, l look) key { return pointKey(label, l, true) })...))
	b := board{
		y: ys.axis(0.04), yTitle: d.label("y"), xTitle: d.label("x"), height: 130, minWidth: 110, gridX: true, gridY: true,
	}
	if len(v.rows) == 1 {
		b.height = 170
	}
	for f, title := range v.facet.labels {
		b.panels = append(b.panels, panel{
			title: title, x: xs.axis(0.04), empty: !v.any(f),
			under: func(a area) { v.band(a, f) },
			draw:  func(a area) { v.draw(a, f) },
		})
	}
	p.board(b)
}

// reference returns rows of panel f in the order of x, one for each x.
func (v lines) reference(f int, has func(row int) bool) []int {
	var all []int
	for _, rows := range v.rows[f] {
		for _, i := range rows {
			if has(i) {
				all = append(all, i)
			}
		}
	}
	all = sorted(all, v.x)
	return slices.CompactFunc(all, func(i, j int) bool { return v.x[i] == v.x[j] })
}

// ends returns the points of xs at the reference rows, drawn out to the edges
// of the panel when they are all the same.
func (v lines) ends(a area, rows []int, ys []float64) []point {
	var pts []point
	level := true
	for _, i := range rows {
		pts = append(pts, point{a.x(v.x[i]), a.y(ys[i])})
		level = level && ys[i] == ys[rows[0]]
	}
	if level {
		y := pts[0].y
		return []point{{a.left, y}, {a.left + a.w, y}}
	}
	return pts
}

// band draws the reference band of panel f.
func (v lines) band(a area, f int) {
	rows := v.reference(f, func(i int) bool { return finite(v.refLo[i], v.refHi[i]) })
	if len(rows) == 0 {
		return
	}
	low, high := v.ends(a, rows, v.refLo), v.ends(a, rows, v.refHi)
	slices.Reverse(high)
	a.area(band, 1, append(low, high...)...)
}

// few is up to how many places of x each estimate has a marker and a whisker;
// more are drawn as a bare line with a ribbon.
const few = 12

// draw draws the intervals of panel f, then the reference, then the lines.
// Whiskers of several lines stand side by side, 2.4 points from each other.
func (v lines) draw(a area, f int) {
	most := 0
	for _, rows := range v.rows[f] {
		most = max(most, len(rows))
	}
	ribbons := most > few
	shift := func(n int) float64 {
		if ribbons {
			return 0
		}
		return 2.4 * (float64(n) - float64(len(v.order)-1)/2)
	}
	for n, c := range v.order {
		if !ribbons {
			for _, i := range v.rows[f][c] {
				if finite(v.lo[i], v.hi[i]) && v.lo[i] <= v.hi[i] {
					x := a.x(v.x[i]) + shift(n)
					a.line(stroke{colour: v.looks[c].colour, width: 0.9}, point{x, a.y(v.lo[i])}, point{x, a.y(v.hi[i])})
				}
			}
			continue
		}
		for _, run := range v.runs(f, c) {
			var low, high []point
			for _, i := range run {
				low, high = append(low, point{a.x(v.x[i]), a.y(v.lo[i])}), append(high, point{a.x(v.x[i]), a.y(v.hi[i])})
			}
			if len(run) == 1 {
				a.line(stroke{colour: v.looks[c].colour, width: whisker}, low[0], high[0])
				continue
			}
			slices.Reverse(high)
			a.area(v.looks[c].colour, 0.16, append(low, high...)...)
		}
	}
	if rows := v.reference(f, func(i int) bool { return finite(v.ref[i]) }); len(rows) > 0 {
		a.line(refLine, v.ends(a, rows, v.ref)...)
	}
	for n, c := range v.order {
		var pts []point
		for _, i := range sorted(v.rows[f][c], v.x) {
			pts = append(pts, point{a.x(v.x[i]) + shift(n), a.y(v.y[i])})
		}
		if len(pts) > 1 {
			a.line(stroke{colour: v.looks[c].colour, width: lineWidth}, pts...)
		}
		if !ribbons {
			for _, at := range pts {
				a.marker(v.looks[c], at, markRadius, true)
			}
		}
	}
}

// runs returns the stretches of a line whose points have intervals.
func (v lines) runs(f, c int) [][]int {
	var runs [][]int
	open := false
	for _, i := range sorted(v.rows[f][c], v.x) {
		if !finite(v.lo[i], v.hi[i]) || v.lo[i] > v.hi[i] {
			open = false
			continue
		}
		if !open {
			runs = append(runs, nil)
		}
		open = true
		runs[len(runs)-1] = append(runs[len(runs)-1], i)
	}
	return runs
}
