package plot

import "math"

// axis is one direction of a panel: numbers from lo to hi, or categories at
// 0, 1, 2, ...
type axis struct {
	lo, hi  float64
	cats    []string // nil for numbers
	percent bool     // the numbers are shares
}

// categories returns the axis of categories, half a step beyond the outer ones.
func categories(labels []string) axis {
	return axis{lo: -0.5, hi: float64(len(labels)) - 0.5, cats: labels}
}

// within returns the nearest number on the axis.
func (a axis) within(v float64) float64 { return min(max(v, a.lo), a.hi) }

// panel is one of the small multiples of a board.
type panel struct {
	title string
	x     axis
	empty bool         // says "no data"
	under func(a area) // drawn below the grid; may be nil
	draw  func(a area)
}

// board is a set of panels in rows and columns that share the y axis and,
// unless free, the x axis.
type board struct {
	panels   []panel
	y        axis
	xTitle   string
	yTitle   string
	height   float64 // of a panel with a number axis y; 0 makes the panels square
	row      float64 // least height of a row where y has categories
	minWidth float64 // of a panel
	maxWidth float64 // of a panel; 0 for no limit
	maxCols  int     // 0 for no limit
	free     bool    // each panel has an x axis of its own
	top      bool    // x labels stand above the panels
	gridX    bool    // grid lines at the ticks of x
	gridY    bool    // grid lines at the ticks of y

	// rows, when not nil, are the names of the rows of a matrix: the panels are
	// its cells row by row, and their titles are the names of its columns.
	rows []string
}

// area is the inside of a panel: where numbers are on the page.
type area struct {
	*scene
	left, top, w, h float64
	xAxis, yAxis    axis
}

// x returns where a number of the x axis is on the page.
func (a area) x(v float64) float64 { return a.left + (v-a.xAxis.lo)/(a.xAxis.hi-a.xAxis.lo)*a.w }

// y returns where a number of the y axis is on the page. Numbers go upward,
// categories downward.
func (a area) y(v float64) float64 {
	share := (v - a.yAxis.lo) / (a.yAxis.hi - a.yAxis.lo)
	if a.yAxis.cats != nil {
		return a.top + share*a.h
	}
	return a.top + (1-share)*a.h
}

// across draws a line through the panel at a number of the y axis, upright
// one at a number of the x axis.
func (a area) across(v float64, st stroke) {
	a.line(st, point{a.left, a.y(v)}, point{a.left + a.w, a.y(v)})
}

func (a area) upright(v float64, st stroke) {
	a.line(st, point{a.x(v), a.top}, point{a.x(v), a.top + a.h})
}

// sizes are the measures of a board on the page.
type sizes struct {
	cols, rows    int
	w, h          float64 // of a panel
	gap           float64 // between columns
	gutter, title float64 // left of the panels: for labels, and for the title left of them
	names         float64 // for the names of the rows of a matrix
	stack         float64 // height that the title left of the panels may take
	labels        [][]string
	xs            []xLabels // per panel
}

// xLabels are the labels below or above a panel.
type xLabels struct {
	ticks  []tick
	lines  [][]string
	upward bool
	height float64
	before float64 // how far they reach out at the left and the right
	behind float64
}

const (
	labelGap = 5.0 // between labels and panel
	panelGap = 12.0
	rowGap   = 9.0
	// Between the name of a row of a matrix and the ticks of its y axis.
	rowNameGap = 9.0
	// No label takes more than this share of the page from the panels.
	labelShare = 0.36
)

// board draws the panels at the page's place and moves the place behind them.
func (p *page) board(b board) {
	z := b.measure(p.inner())
	left := pageEdge + z.gutter
	// Above the labels of x is the place of its title, unless titles of panels
	// stand there.
	above := b.top && len(b.panels) == 1 && b.panels[0].title == ""
	if above {
		b.title(p, z, left)
	}
	stack := p.y
	for r := range z.rows {
		in := b.panels[r*z.cols : min((r+1)*z.cols, len(b.panels))]
		if r == 0 || b.rows == nil {
			p.y += b.titles(p, in, z, left, r == 0)
		}
		if b.rows != nil {
			p.lines(label{size: wordSize, colour: ink, anchor: end}, pageEdge+z.names-rowNameGap, p.y+z.h/2, z.labels[r])
		}
		if b.top {
			high := 0.0
			for i := range in {
				high = max(high, z.xs[r*z.cols+i].height)
			}
			p.y += high
		}
		b.yLabels(p, z, p.y)
		below := 0.0
		for i, pan := range in {
			k := r*z.cols + i
			a := area{&p.scene, left + float64(i)*(z.w+z.gap), p.y, z.w, z.h, pan.x, b.y}
			b.panel(a, pan, z, k)
			if b.top || b.free || k+z.cols >= len(b.panels) {
				b.drawX(a, z.xs[k])
				if !b.top {
					below = max(below, z.xs[k].height)
				}
			}
		}
		p.y += z.h + below
		if r+1 < z.rows {
			p.y += rowGap
		}
	}
	if z.title > 0 {
		lines := wrap(b.yTitle, z.stack, wordSize, false)
		p.upward(label{size: wordSize, colour: ink, anchor: middle}, pageEdge+z.names, (stack+p.y)/2, lines)
	}
	if !above {
		b.title(p, z, left)
	}
}

// title sets the title of the x axis, centred on the panels.
func (b board) title(p *page, z sizes, left float64) {
	if b.xTitle == "" {
		return
	}
	wide := float64(z.cols)*(z.w+z.gap) - z.gap
	p.y += 2
	for _, l := range wrap(b.xTitle, max(wide, 200), wordSize, false) {
		half := width(l, wordSize, false) / 2
		x := min(max(left+wide/2, pageEdge+half), p.width-pageEdge-half)
		p.text(label{size: wordSize, colour: ink, anchor: middle}, x, p.y+wordSize*0.9, l)
		p.y += wordSize * lineHeight
	}
}

// measure fits the board into a width.
func (b board) measure(inner float64) sizes {
	var z sizes
	z.h = b.height
	if b.y.cats != nil {
		for _, l := range b.y.cats {
			z.labels = append(z.labels, wrap(l, inner*labelShare, wordSize, false))
		}
		row := b.row
		for _, lines := range z.labels {
			z.gutter = max(z.gutter, widest(lines, wordSize, false)+labelGap+2)
			row = max(row, float64(len(lines))*wordSize*lineHeight+4)
		}
		z.h = row * float64(len(b.y.cats))
		if b.yTitle != "" {
			z.gutter = max(z.gutter, min(width(b.yTitle, wordSize, true), inner*labelShare)+labelGap)
		}
	} else {
		guess := b.height
		if guess == 0 {
			guess = 150
		}
		for _, t := range b.yTicks(guess) {
			z.gutter = max(z.gutter, width(t.label, tickSize, false)+labelGap)
		}
		for _, name := range b.rows {
			lines := wrap(name, inner*0.28, wordSize, false)
			z.labels = append(z.labels, lines)
			z.names = max(z.names, widest(lines, wordSize, false)+rowNameGap)
			z.h = max(z.h, float64(len(lines))*wordSize*lineHeight)
		}
		z.gutter += z.names
		if b.yTitle != "" {
			// One line, unless that is longer than all rows of panels are high.
			rows := math.Ceil(float64(len(b.panels)) / b.columns(inner-z.gutter-14))
			z.stack = max(60, rows*(guess+tickSize*lineHeight+labelGap))
			z.title = float64(len(wrap(b.yTitle, z.stack, wordSize, false)))*wordSize*lineHeight + 3
			z.gutter += z.title
		}
	}
	n := len(b.panels)
	z.gap = panelGap
	z.cols = int(b.columns(inner - z.gutter))
	z.rows = (n + z.cols - 1) / z.cols
	z.cols = (n + z.rows - 1) / z.rows
	// Labels at the ends of the axes reach out; how far depends on the width
	// that is left, so the margins grow until they fit.
	right := 0.0
	for range 5 {
		z.w = (inner - z.gutter - right - float64(z.cols-1)*z.gap) / float64(z.cols)
		if b.maxWidth > 0 {
			z.w = min(z.w, b.maxWidth)
		}
		z.xs = z.xs[:0]
		before, behind := 0.0, 0.0
		for _, pan := range b.panels {
			l := pan.x.below(z.w)
			before, behind = max(before, l.before), max(behind, l.behind)
			z.xs = append(z.xs, l)
		}
		if before+behind+7 <= z.gap && behind <= right && before <= z.gutter {
			break
		}
		z.gap, z.gutter, right = max(z.gap, before+behind+7), max(z.gutter, before), max(right, behind)
	}
	if b.height == 0 && b.y.cats == nil {
		z.h = z.w
	}
	return z
}

// columns returns how many panels fit beside each other in a width.
func (b board) columns(wide float64) float64 {
	if b.rows != nil {
		return float64(len(b.panels) / len(b.rows))
	}
	n := math.Max(1, math.Floor((wide+panelGap)/(b.minWidth+panelGap)))
	if b.maxCols > 0 {
		n = min(n, float64(b.maxCols))
	}
	return min(n, float64(len(b.panels)))
}

// yTicks returns the ticks of a number axis y on a panel of that height.
func (b board) yTicks(height float64) []tick {
	return ticks(b.y.lo, b.y.hi, max(2, min(7, int(height/14))), b.y.percent)
}

// below returns the labels of an x axis on a panel of a width.
func (a axis) below(w float64) xLabels {
	l := xLabels{height: tickSize*lineHeight + labelGap}
	at := func(v float64) float64 { return (v - a.lo) / (a.hi - a.lo) * w }
	if a.cats == nil {
		for n := max(4, min(7, int(w/27))); n > 0; n-- {
			l.ticks = ticks(a.lo, a.hi, n, a.percent)
			if apart(l.ticks, at) {
				break
			}
		}
		for _, t := range l.ticks {
			l.lines = append(l.lines, []string{t.label})
		}
	} else {
		slot := w/float64(len(a.cats)) - 4
		l.upward = widestPiece(a.cats, tickSize, false) > slot
		for i, c := range a.cats {
			l.ticks = append(l.ticks, tick{at: float64(i), label: c})
			if l.upward {
				l.lines = append(l.lines, wrap(c, 110, tickSize, false))
				l.height = max(l.height, widest(l.lines[i], tickSize, false)+labelGap+1)
				continue
			}
			l.lines = append(l.lines, wrap(c, slot, tickSize, false))
			l.height = max(l.height, float64(len(l.lines[i]))*tickSize*lineHeight+labelGap)
		}
	}
	for i, t := range l.ticks {
		half := widest(l.lines[i], tickSize, false) / 2
		if l.upward {
			half = float64(len(l.lines[i])) * tickSize * lineHeight / 2
		}
		l.before = max(l.before, half-at(t.at))
		l.behind = max(l.behind, at(t.at)+half-w)
	}
	return l
}

// apart says whether the labels of neighbouring ticks leave air between them.
func apart(ts []tick, at func(float64) float64) bool {
	for i := 1; i < len(ts); i++ {
		air := at(ts[i].at) - at(ts[i-1].at) - (width(ts[i].label, tickSize, false)+width(ts[i-1].label, tickSize, false))/2
		if air < 6 {
			return false
		}
	}
	return true
}

// titles sets the titles of one row of panels, with that of a y axis of
// categories in the first row, and returns the height that they take.
func (b board) titles(p *page, in []panel, z sizes, left float64, first bool) float64 {
	step := wordSize * lineHeight
	head := label{size: wordSize, bold: true, colour: ink}
	var all [][]string
	high := 0
	for _, pan := range in {
		lines := wrap(pan.title, z.w+2, wordSize, true)
		if pan.title == "" {
			lines = nil
		}
		all = append(all, lines)
		high = max(high, len(lines))
	}
	var own []string
	if first && b.y.cats != nil && b.yTitle != "" {
		own = wrap(b.yTitle, z.gutter-labelGap, wordSize, true)
		high = max(high, len(own))
	}
	if high == 0 {
		return 0
	}
	bottom := func(lines []string, i int) float64 { return p.y + float64(high-len(lines)+i)*step + wordSize*0.9 }
	for i, l := range own {
		p.text(head, pageEdge, bottom(own, i), l)
	}
	for k, lines := range all {
		for i, l := range lines {
			p.text(head, left+float64(k)*(z.w+z.gap), bottom(lines, i), l)
		}
	}
	if b.top {
		return float64(high) * step
	}
	return float64(high)*step + 4
}

// yLabels sets the labels left of a row of panels whose top is at y.
func (b board) yLabels(p *page, z sizes, y float64) {
	a := area{&p.scene, 0, y, z.w, z.h, axis{}, b.y}
	right := pageEdge + z.gutter - labelGap
	if b.y.cats == nil {
		for _, t := range b.yTicks(z.h) {
			p.lines(label{size: tickSize, colour: mute, anchor: end}, right, a.y(t.at), []string{t.label})
		}
		return
	}
	for i, lines := range z.labels {
		p.lines(label{size: wordSize, colour: ink, anchor: end}, right-2, a.y(float64(i)), lines)
	}
}

// panel draws the inside of panel k.
func (b board) panel(a area, pan panel, z sizes, k int) {
	if pan.under != nil && !pan.empty {
		pan.under(a)
	}
	light := stroke{colour: grid, width: gridWidth}
	if b.gridY && b.y.cats == nil {
		for _, t := range b.yTicks(a.h) {
			a.across(t.at, light)
		}
	}
	if b.gridX && pan.x.cats == nil {
		for _, t := range z.xs[k].ticks {
			a.upright(t.at, light)
		}
	}
	if pan.empty {
		a.lines(label{size: wordSize, colour: mute, anchor: middle}, a.left+a.w/2, a.top+a.h/2, []string{noData})
		return
	}
	pan.draw(a)
}

// drawX sets the labels below a panel, or above it.
func (b board) drawX(a area, l xLabels) {
	words := label{size: tickSize, colour: mute, anchor: middle}
	for i, t := range l.ticks {
		if l.upward {
			words.anchor = end
			y := a.top + a.h + labelGap
			if b.top {
				words.anchor, y = start, a.top-labelGap
			}
			block := float64(len(l.lines[i])-1)*tickSize*lineHeight + tickSize
			a.scene.upward(words, a.x(t.at)-block/2, y, l.lines[i])
			continue
		}
		step := tickSize * lineHeight
		y := a.top + a.h + labelGap + tickSize*0.75
		if b.top {
			y = a.top - labelGap - float64(len(l.lines[i])-1)*step + 1
		}
		for j, line := range l.lines[i] {
			a.text(words, a.x(t.at), y+float64(j)*step, line)
		}
	}
}
