package plot

import (
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

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
	own, core := make([]span, len(v.rows)), make([]span, len(v.rows)) // of each panel; of its lines alone
	line, shaded := false, false
	for f := range v.rows {
		for _, rows := range v.rows[f] {
			for _, i := range rows {
				xs.add(v.x[i])
				core[f].add(v.y[i], v.ref[i])
				own[f].add(v.y[i], v.lo[i], v.hi[i], v.ref[i], v.refLo[i], v.refHi[i])
				line = line || finite(v.ref[i])
				shaded = shaded || finite(v.refLo[i], v.refHi[i])
			}
		}
	}
	if !xs.any {
		p.empty()
		return
	}
	for f := range own {
		if own[f].any {
			ys.add(own[f].lo, own[f].hi)
		}
	}
	ys = ys.fromZero()
	var keys []key
	name, around := or(d.label("ref"), "people"), ""
	if shaded {
		around = or(d.label("reflo", "refhi"), d.label("ref"), map[bool]string{true: name, false: "reference"}[line])
		keys = append(keys, bandKey(around, false))
	}
	if line && name != around { // a line in its own band needs no other name
		keys = append(keys, lineKey(name, refLine, false))
	}
	p.legend(append(keys, v.keys(d, func(label string, l look) key { return pointKey(label, l, true) })...))
	b := board{
		y: ys.axis(0.04), yTitle: d.label("y"), xTitle: d.label("x"), height: 130, minWidth: 110, gridX: true, gridY: true,
	}
	if len(v.rows) == 1 {
		b.height = 170
	}
	shared := alike(core)
	for f, title := range v.facet.labels {
		pan := panel{
			title: title, x: xs.axis(0.04), empty: !v.any(f),
			under: []plot.Plotter{lineBand{v, f}}, marks: []plot.Plotter{lineMarks{v, f}},
		}
		if !shared {
			y := own[f].fromZero().axis(0.04)
			pan.y = &y
		}
		b.panels = append(b.panels, pan)
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

// ends returns the points of ys at the reference rows, drawn out to the edges
// of the panel when they are all the same.
func (v lines) ends(a pen, rows []int, ys []float64) []vg.Point {
	var pts []vg.Point
	level := true
	for _, i := range rows {
		pts = append(pts, vg.Point{X: a.x(v.x[i]), Y: a.y(ys[i])})
		level = level && ys[i] == ys[rows[0]]
	}
	if level {
		return []vg.Point{{X: a.Min.X, Y: pts[0].Y}, {X: a.Max.X, Y: pts[0].Y}}
	}
	return pts
}

// lineBand is the reference band of one panel.
type lineBand struct {
	lines
	panel int
}

// Plot draws the band.
func (m lineBand) Plot(c draw.Canvas, p *plot.Plot) {
	a := inside(c, p)
	rows := m.reference(m.panel, func(i int) bool { return finite(m.refLo[i], m.refHi[i]) })
	if len(rows) == 0 {
		return
	}
	low, high := m.ends(a, rows, m.refLo), m.ends(a, rows, m.refHi)
	slices.Reverse(high)
	a.area(band, 1, append(low, high...)...)
}

// few is up to how many places of x each estimate has a marker and a whisker;
// more are drawn as a bare line with a ribbon.
const few = 12

// lineMarks is the intervals of one panel, its reference line and its lines.
type lineMarks struct {
	lines
	panel int
}

// Plot draws the intervals, then the reference, then the lines.
func (m lineMarks) Plot(c draw.Canvas, p *plot.Plot) {
	a := inside(c, p)
	most := 0
	for _, rows := range m.rows[m.panel] {
		most = max(most, len(rows))
	}
	ribbons := most > few
	for n, group := range m.order {
		if ribbons {
			m.ribbon(a, group)
		} else {
			m.whiskers(a, group, m.shift(n))
		}
	}
	if rows := m.reference(m.panel, func(i int) bool { return finite(m.ref[i]) }); len(rows) > 0 {
		a.line(refLine, m.ends(a, rows, m.ref)...)
	}
	for n, group := range m.order {
		shift := m.shift(n)
		if ribbons {
			shift = 0
		}
		var pts []vg.Point
		for _, i := range sorted(m.rows[m.panel][group], m.x) {
			pts = append(pts, vg.Point{X: a.x(m.x[i]) + shift, Y: a.y(m.y[i])})
		}
		if len(pts) > 1 {
			a.line(stroke{colour: m.looks[group].colour, width: lineWidth}, pts...)
		}
		if !ribbons {
			for _, at := range pts {
				a.marker(m.looks[group], at, markRadius, true)
			}
		}
	}
}

// shift returns how far the n-th line stands beside its places, so that
// whiskers of several lines are 2.4 points from each other.
func (m lineMarks) shift(n int) vg.Length {
	return vg.Points(2.4 * (float64(n) - float64(len(m.order)-1)/2))
}

// whiskers draws the intervals of a group one by one.
func (m lineMarks) whiskers(a pen, group int, shift vg.Length) {
	for _, i := range m.rows[m.panel][group] {
		if finite(m.lo[i], m.hi[i]) && m.lo[i] <= m.hi[i] {
			x := a.x(m.x[i]) + shift
			a.line(stroke{colour: m.looks[group].colour, width: 0.9}, vg.Point{X: x, Y: a.y(m.lo[i])}, vg.Point{X: x, Y: a.y(m.hi[i])})
		}
	}
}

// ribbon draws the intervals of a group as an area.
func (m lineMarks) ribbon(a pen, group int) {
	colour := m.looks[group].colour
	for _, run := range m.runs(m.panel, group) {
		var low, high []vg.Point
		for _, i := range run {
			low = append(low, vg.Point{X: a.x(m.x[i]), Y: a.y(m.lo[i])})
			high = append(high, vg.Point{X: a.x(m.x[i]), Y: a.y(m.hi[i])})
		}
		if len(run) == 1 {
			a.line(stroke{colour: colour, width: whisker}, low[0], high[0])
			continue
		}
		slices.Reverse(high)
		a.area(colour, 0.16, append(low, high...)...)
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
