package plot

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func init() {
	register(Kind{
		Name:  "interval",
		Doc:   "estimates with their intervals, one row a source, beside a reference band",
		Roles: intervalRoles("panels side by side"),
		draw:  func(d *data, p *page) { drawIntervals(d, p, false) },
	})
}

// intervalRoles returns the roles of interval and forest.
func intervalRoles(facet string) []Role {
	return []Role{
		{Name: "y", Doc: "category of the row, such as the source", Required: true},
		{Name: "x", Doc: "estimate", Required: true, Number: true},
		{Name: "lo", Doc: "lower end of its interval", Number: true},
		{Name: "hi", Doc: "upper end of its interval", Number: true},
		{Name: "colour", Doc: "subgroup; subgroups stand below each other in a row"},
		{Name: "facet", Doc: facet},
		{Name: "ref", Doc: "reference value, such as that of people: a line", Number: true},
		{Name: "reflo", Doc: "lower end of the reference band", Number: true},
		{Name: "refhi", Doc: "upper end of the reference band", Number: true},
	}
}

// dots are the rows of an interval or forest figure.
type dots struct {
	y, facet, colour       cats
	x, lo, hi              []float64
	ref, refLo, refHi      []float64
	looks                  []look
	slot                   []int // of each colour inside a row
	slots                  int
	hasColour, hasInterval bool
}

// drawIntervals draws dots and whiskers. A forest has a line at zero and an x
// axis for each panel, for terms are on scales of their own.
func drawIntervals(d *data, p *page, forest bool) {
	v := newDots(d)
	var spans, core []span
	any := false
	for f := range v.facet.labels {
		all, robust := v.span(f, forest)
		spans, core = append(spans, all), append(core, robust)
		any = any || all.any
	}
	if !any {
		p.empty()
		return
	}
	free := forest || !alike(core)
	axes, cut := intervalAxes(spans, core, free)
	p.legend(v.keys(d, forest))
	least := 100.0
	if forest {
		least = 58
	}
	b := board{
		y: categories(v.y.labels), yTitle: d.label("y"), xTitle: d.label("x"),
		row: max(13.5, 8.2*float64(v.slots)+5), minWidth: least, free: free, gridX: true,
	}
	for f, title := range v.facet.labels {
		b.panels = append(b.panels, panel{
			title: title, x: axes[f], empty: !spans[f].any,
			under: []plot.Plotter{rowLines{v}, reference{v, f, true}},
			marks: []plot.Plotter{reference{v, f, false}, dotMarks{v, f, forest}},
		})
	}
	p.board(b)
	if cut {
		p.note("An arrow marks an interval that goes on beyond the axis.")
	}
}

func newDots(d *data) *dots {
	v := &dots{
		y: d.cats("y").present(), facet: d.cats("facet").present(), colour: d.cats("colour"),
		x: d.nums("x"), lo: d.nums("lo"), hi: d.nums("hi"),
		ref: d.nums("ref"), refLo: d.nums("reflo"), refHi: d.nums("refhi"),
		hasColour: d.has("colour"),
	}
	v.looks = looks(v.colour)
	if !v.hasColour {
		v.looks[0] = plain
	}
	// Colours share a row only where some row has two of them.
	v.slot = make([]int, len(v.colour.labels))
	v.slots = 1
	one := make(map[int]int)
	for i, y := range v.y.codes {
		c := v.colour.codes[i]
		if y < 0 || c < 0 {
			continue
		}
		if first, ok := one[y]; ok && first != c {
			v.slots = 0
		}
		one[y] = c
		v.hasInterval = v.hasInterval || v.bounded(i)
	}
	if v.slots == 0 {
		for n, c := range peopleFirst(v.colour) {
			v.slot[c] = n
			v.slots = n + 1
		}
	}
	return v
}

// shown says whether row i has a place in panel f and a value.
func (v *dots) shown(i, f int) bool {
	return v.facet.codes[i] == f && v.y.codes[i] >= 0 && v.colour.codes[i] >= 0 && finite(v.x[i])
}

func (v *dots) bounded(i int) bool { return finite(v.lo[i], v.hi[i]) && v.lo[i] <= v.hi[i] }

// span returns the range of panel f, and the range without intervals that
// would dwarf all others.
func (v *dots) span(f int, zero bool) (all, core span) {
	var widths []float64
	for i := range v.x {
		if v.shown(i, f) && v.bounded(i) {
			widths = append(widths, v.hi[i]-v.lo[i])
		}
	}
	// Twice the median width on both sides of an estimate is more than any
	// ordinary interval takes.
	reach := 2 * median(widths)
	for i := range v.x {
		if v.facet.codes[i] != f {
			continue
		}
		if v.shown(i, f) {
			all.add(v.x[i])
			core.add(v.x[i])
			if v.bounded(i) {
				all.add(v.lo[i], v.hi[i])
				core.add(max(v.lo[i], v.x[i]-reach), min(v.hi[i], v.x[i]+reach))
			}
		}
	}
	if !all.any {
		return all, core
	}
	for i := range v.x {
		if v.facet.codes[i] == f {
			core.add(v.ref[i], v.refLo[i], v.refHi[i])
		}
	}
	if zero || core.lo > 0 && core.lo < 0.5*core.hi {
		core.add(0)
	}
	all.add(core.lo, core.hi)
	return all, core
}

// intervalAxes returns the x axis of each panel and whether some interval does
// not fit on it.
func intervalAxes(spans, core []span, free bool) (axes []axis, cut bool) {
	var allOver, coreOver span
	for f := range spans {
		if spans[f].any {
			allOver.add(spans[f].lo, spans[f].hi)
			coreOver.add(core[f].lo, core[f].hi)
		}
	}
	for f := range spans {
		all, in := spans[f], core[f]
		if !free {
			all, in = allOver, coreOver
		}
		// Cutting is worth an arrow only where it more than doubles the room.
		if all.any && all.hi-all.lo > 2*(in.hi-in.lo) {
			cut = true
			all = in
		}
		axes = append(axes, all.axis(0.04))
	}
	return axes, cut
}

// alike says whether panels can share an axis: none would use less than a
// fifth of it.
func alike(spans []span) bool {
	var over span
	for _, s := range spans {
		if s.any {
			over.add(s.lo, s.hi)
		}
	}
	for _, s := range spans {
		if s.any && s.hi-s.lo < (over.hi-over.lo)/5 {
			return false
		}
	}
	return true
}

// keys returns the legend: the reference first, then the colours. A band that
// no label names is people's in a forest and around their line; elsewhere it
// may as well be a floor, and is called a reference.
func (v *dots) keys(d *data, forest bool) []key {
	var ks []key
	line, shaded := false, false
	for i := range v.x {
		line = line || finite(v.ref[i])
		shaded = shaded || finite(v.refLo[i], v.refHi[i])
	}
	st := stroke{colour: people, width: whisker}
	lineLabel, bandLabel := d.label("ref"), d.label("reflo", "refhi")
	switch {
	case line && shaded && (lineLabel == "" || bandLabel == "" || lineLabel == bandLabel):
		ks = append(ks, bandKey(or(bandLabel, lineLabel, "people"), true))
	default:
		if line {
			ks = append(ks, lineKey(or(lineLabel, "people"), st, true))
		}
		if shaded {
			name := "reference"
			if forest || line {
				name = "people"
			}
			ks = append(ks, bandKey(or(bandLabel, name), false))
		}
	}
	if v.slots > 1 || v.hasColour && v.slots == 1 && !sameColumn(d, "y", "colour") {
		ks = append(ks, titleKey(d.label("colour"))...)
		for _, c := range peopleFirst(v.colour) {
			ks = append(ks, pointKey(v.colour.labels[c], v.looks[c], v.hasInterval))
		}
	}
	return ks
}

// sameColumn says whether one column plays both roles.
func sameColumn(d *data, a, b string) bool { return d.fig.Roles[a] == d.fig.Roles[b] }

// or returns the first text that is not empty.
func or(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// at returns the place of row i on the y axis.
func (v *dots) at(i int) float64 {
	return float64(v.y.codes[i]) + v.offset(v.slot[v.colour.codes[i]])
}

// offset returns how far a slot is from the middle of its row: the slots take
// the inner four fifths of it.
func (v *dots) offset(slot int) float64 {
	return ((float64(slot)+0.5)/float64(v.slots) - 0.5) * 0.8
}

// reference is the reference band, or the reference line, of one panel: through
// the whole panel when its rows agree, beside each row where they do not.
type reference struct {
	*dots
	panel int
	bands bool
}

// Plot draws the bands or the lines.
func (m reference) Plot(c draw.Canvas, p *plot.Plot) {
	a := inside(c, p)
	through := m.agree(m.panel)
	drawn := false
	for i := range m.x {
		if m.facet.codes[i] != m.panel || m.y.codes[i] < 0 || m.colour.codes[i] < 0 || through && drawn {
			continue
		}
		top, bottom := a.Max.Y, a.Min.Y
		if !through {
			half := 0.4 / float64(m.slots)
			top, bottom = a.y(m.at(i)-half), a.y(m.at(i)+half)
		}
		if m.bands && finite(m.refLo[i], m.refHi[i]) {
			a.rect(vg.Point{X: a.xWithin(m.refLo[i]), Y: top}, vg.Point{X: a.xWithin(m.refHi[i]), Y: bottom}, band)
			drawn = true
		}
		if !m.bands && finite(m.ref[i]) {
			x := a.xWithin(m.ref[i])
			a.line(stroke{colour: people, width: whisker}, vg.Point{X: x, Y: top}, vg.Point{X: x, Y: bottom})
			drawn = true
		}
	}
}

// agree says whether all rows of panel f have the same reference.
func (v *dots) agree(f int) bool {
	first := -1
	same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
	for i := range v.x {
		if v.facet.codes[i] != f || !finite(v.ref[i]) && !finite(v.refLo[i], v.refHi[i]) {
			continue
		}
		if first < 0 {
			first = i
		}
		if !same(v.ref[i], v.ref[first]) || !same(v.refLo[i], v.refLo[first]) || !same(v.refHi[i], v.refHi[first]) {
			return false
		}
	}
	return true
}

// rowLines is a line through each row, or between rows of several dots.
type rowLines struct{ *dots }

// Plot draws the lines.
func (m rowLines) Plot(c draw.Canvas, p *plot.Plot) {
	a := inside(c, p)
	light := stroke{colour: grid, width: gridWidth}
	for row := range m.y.labels {
		if m.slots == 1 {
			a.across(float64(row), light)
		} else if row > 0 {
			a.across(float64(row)-0.5, light)
		}
	}
}

// dotMarks is the dots and whiskers of one panel, with a line at zero in a
// forest and where numbers have both signs.
type dotMarks struct {
	*dots
	panel int
	zero  bool
}

// Plot draws the line, then the dots.
func (m dotMarks) Plot(c draw.Canvas, p *plot.Plot) {
	a := inside(c, p)
	if m.zero || m.negative(m.panel) && p.X.Min < 0 && p.X.Max > 0 {
		a.upright(0, stroke{colour: rule, width: ruleWidth})
	}
	for i := range m.x {
		if !m.shown(i, m.panel) {
			continue
		}
		l := m.looks[m.colour.codes[i]]
		if !m.hasColour && m.y.codes[i] == m.y.people {
			l.colour = people
		}
		at := vg.Point{X: a.x(m.x[i]), Y: a.y(m.at(i))}
		if m.bounded(i) {
			a.whisker(m.lo[i], m.hi[i], at.Y, l.colour)
		}
		a.marker(l, at, markRadius, false)
	}
}

// negative says whether panel f has a number below zero.
func (v *dots) negative(f int) bool {
	for i := range v.x {
		if v.shown(i, f) && (v.x[i] < 0 || v.bounded(i) && v.lo[i] < 0) {
			return true
		}
	}
	return false
}

// whisker draws an interval along the x axis, with an arrow where it leaves
// the panel.
func (a pen) whisker(lo, hi float64, y vg.Length, colour string) {
	from, to := vg.Point{X: a.xWithin(lo), Y: y}, vg.Point{X: a.xWithin(hi), Y: y}
	a.line(stroke{colour: colour, width: whisker}, from, to)
	if lo < a.plot.X.Min {
		a.area(colour, 1, beside(from, -1, 0), beside(from, 4, 2.4), beside(from, 4, -2.4))
	}
	if hi > a.plot.X.Max {
		a.area(colour, 1, beside(to, 1, 0), beside(to, -4, 2.4), beside(to, -4, -2.4))
	}
}
