package plot

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func init() {
	register(Kind{
		Name: "bars",
		Doc:  "bars from zero with their intervals, in groups",
		Roles: []Role{
			{Name: "x", Doc: "category that bars stand at", Required: true},
			{Name: "y", Doc: "length of the bar", Required: true, Number: true},
			{Name: "lo", Doc: "lower end of its interval", Number: true},
			{Name: "hi", Doc: "upper end of its interval", Number: true},
			{Name: "colour", Doc: "group; its bars stand beside each other"},
			{Name: "facet", Doc: "panels"},
			{Name: "ref", Doc: "reference value of a panel: a line", Number: true},
		},
		unique: []string{"x", "colour", "facet"},
		draw:   drawBars,
	})
}

// bar is one bar with its place beside others of its category.
type bar struct {
	cat, slot     int
	value, lo, hi float64
	colour        string
}

// barPanel is one panel of bars.
type barPanel struct {
	title string
	bars  []bar
	ref   float64 // NaN for none
}

// barBoard is a set of panels of bars over one set of categories. The bars
// stand upright where the names of the categories fit below them, and lie
// where they do not.
type barBoard struct {
	panels           []barPanel
	cats             []string
	slots            int
	value            axis
	catTitle, vTitle string
	height           float64 // of upright panels
	maxCols          int
}

func drawBars(d *data, p *page) {
	cat, facet, colour := d.cats("x"), d.cats("facet").present(), d.cats("colour")
	if d.has("x") && !d.fig.Data.Col(d.fig.Roles["x"]).Coded() {
		cat = cat.present()
	}
	value, lo, hi, ref := d.nums("y"), d.nums("lo"), d.nums("hi"), d.nums("ref")
	style := looks(colour)
	if !d.has("colour") {
		style[0] = plain
	}
	order := peopleFirst(colour)
	slot := make([]int, len(colour.labels))
	for n, c := range order {
		slot[c] = n
	}
	together := sameColumn(d, "x", "colour")
	b := barBoard{cats: cat.labels, slots: max(1, len(order)), catTitle: d.label("x"), vTitle: d.label("y"), height: 130}
	if together {
		b.slots = 1
	}
	var over span
	b.panels = make([]barPanel, len(facet.labels))
	for f, title := range facet.labels {
		b.panels[f] = barPanel{title: title, ref: nan}
	}
	for i := range value {
		f, c := facet.codes[i], colour.codes[i]
		if f < 0 || c < 0 || cat.codes[i] < 0 {
			continue
		}
		pan := &b.panels[f]
		if finite(ref[i]) {
			pan.ref = ref[i]
		}
		if !finite(value[i]) {
			continue
		}
		one := bar{cat: cat.codes[i], slot: slot[c], value: value[i], lo: lo[i], hi: hi[i], colour: style[c].bars()}
		if together {
			one.slot = 0
		}
		if !d.has("colour") && cat.codes[i] == cat.people {
			one.colour = stone
		}
		pan.bars = append(pan.bars, one)
		over.add(one.value, one.lo, one.hi)
	}
	if !over.any {
		p.empty()
		return
	}
	line := false
	for _, pan := range b.panels {
		over.add(pan.ref)
		line = line || finite(pan.ref)
	}
	b.value = fromZero(over)
	var keys []key
	if line {
		keys = append(keys, lineKey(or(d.label("ref"), "people"), refLine, false))
	}
	if d.has("colour") && !together {
		keys = append(keys, titleKey(d.label("colour"))...)
		for _, c := range order {
			keys = append(keys, boxKey(colour.labels[c], style[c].bars()))
		}
	}
	p.legend(keys)
	p.bars(b)
}

var refLine = stroke{colour: people, width: whisker, dashed: true}

// fromZero returns the axis of bars: it has zero, and ends at a tick where one
// is near.
func fromZero(over span) axis {
	over.add(0)
	a := over.axis(0)
	pad := (a.hi - a.lo) * 0.04
	if over.lo < 0 {
		a.lo -= pad
	}
	if over.hi > 0 || over.lo == 0 {
		a.hi += pad
	}
	return a
}

// bars draws a board of bars.
func (p *page) bars(b barBoard) {
	upright, least := b.upright()
	names := categories(b.cats)
	bd := board{y: b.value, yTitle: b.vTitle, xTitle: b.catTitle, height: b.height, minWidth: least, maxCols: b.maxCols, gridY: true}
	if !upright {
		bd = board{y: names, yTitle: b.catTitle, xTitle: b.vTitle, row: max(13, 5.2*float64(b.slots)+5), minWidth: 84, maxCols: b.maxCols, gridX: true}
	}
	for _, pan := range b.panels {
		one := panel{title: pan.title, x: names, empty: len(pan.bars) == 0}
		if !upright {
			one.x = b.value
		}
		one.marks = []plot.Plotter{barMarks{pan, b.slots, len(b.cats), upright}}
		bd.panels = append(bd.panels, one)
	}
	p.board(bd)
}

// upright says whether the bars stand, and how wide their panels must be.
func (b barBoard) upright() (bool, float64) {
	n := float64(len(b.cats))
	least := max(70, n*max(widestPiece(b.cats, tickSize, false)+6, 4*float64(b.slots)+3))
	const room = inner - 45
	if least > room || least > room/2 && len(b.panels) > 2 {
		return false, 0
	}
	for _, c := range b.cats {
		if len(wrap(c, max(least, room/float64(len(b.panels)))/n-4, tickSize, false)) > 3 {
			return false, 0
		}
	}
	return true, least
}

// barMarks are the bars of one panel with their intervals, the zero line and
// the reference.
type barMarks struct {
	barPanel
	slots   int // of a category
	cats    int
	upright bool
}

// Plot draws the bars.
func (m barMarks) Plot(c draw.Canvas, p *plot.Plot) {
	a := inside(c, p)
	// to returns the place on the page of a category and a value.
	to := func(cat, value float64) vg.Point {
		if m.upright {
			return vg.Point{X: a.x(cat), Y: a.y(value)}
		}
		return vg.Point{X: a.x(value), Y: a.y(cat)}
	}
	const share = 0.78 // of a category's room that its bars take
	wide := share / float64(m.slots)
	for _, one := range m.bars {
		from := float64(one.cat) - share/2 + wide*float64(one.slot)
		gap := 0.04 * wide
		a.rect(to(from+gap, 0), to(from+wide-gap, one.value), one.colour)
	}
	for _, one := range m.bars {
		if !finite(one.lo, one.hi) || one.lo > one.hi {
			continue
		}
		at := float64(one.cat) - share/2 + wide*(float64(one.slot)+0.5)
		a.line(stroke{colour: ink, width: 0.9}, to(at, one.lo), to(at, one.hi))
	}
	first, last := -0.5, float64(m.cats)-0.5
	a.line(stroke{colour: rule, width: ruleWidth}, to(first, 0), to(last, 0))
	if finite(m.ref) {
		a.line(refLine, to(first, m.ref), to(last, m.ref))
	}
}
