package plot

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// panel is one of the small multiples of a board: a plot with its marks.
type panel struct {
	title string
	x     axis
	y     *axis          // of its own; nil for that of the board
	empty bool           // says "no data"
	under []plot.Plotter // marks below the grid
	marks []plot.Plotter
}

// board is a set of panels in rows and columns that share the y axis, unless they
// have one of their own, and, unless free, the x axis.
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

// sizes are the measures of a board, in points from its top left.
type sizes struct {
	cols, rows    int
	w, h          float64 // of a panel
	gap           float64 // between columns
	gutter, title float64 // left of the panels: for labels, and for the title left of them
	names         float64 // for the names of the rows of a matrix
	stack         float64 // height that the title left of the panels may take
	labels        [][]string
	xs            []xLabels // per panel

	first       float64   // where the first row begins, below a title above the panels
	heads, tops []float64 // of each row: the lower ends of titles, the upper ends of panels
	last        float64   // where the last row ends, above a title below the panels
	height      float64
}

const (
	panelGap = 12.0
	rowGap   = 9.0
	// Between the name of a row of a matrix and the ticks of its y axis.
	rowNameGap = 9.0
	// No label takes more than this share of the page from the panels.
	labelShare = 0.36
)

// board adds the panels to the page.
func (p *page) board(b board) {
	z := b.measure()
	b.stack(&z)
	p.add(z.height, func(c draw.Canvas) { b.draw(c, z) })
}

// measure fits the board into the width of a page.
func (b board) measure() sizes {
	var z sizes
	z.h = b.height
	if b.y.cats != nil {
		b.measureRows(&z)
	} else {
		b.measureNumbers(&z)
	}
	n := len(b.panels)
	z.gap = panelGap
	if b.freeY() {
		z.gap += z.gutter - z.title - z.names
	}
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
			l := pan.x.labels(z.w)
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

// measureRows makes room for the categories of the y axis.
func (b board) measureRows(z *sizes) {
	row := b.row
	for _, l := range b.y.cats {
		lines := wrap(l, inner*labelShare, wordSize, false)
		z.labels = append(z.labels, lines)
		z.gutter = max(z.gutter, widest(lines, wordSize, false)+labelGap+2)
		row = max(row, float64(len(lines))*wordSize*lineHeight+4)
	}
	z.h = row * float64(len(b.y.cats))
	if b.yTitle != "" {
		z.gutter = max(z.gutter, min(width(b.yTitle, wordSize, true), inner*labelShare)+labelGap)
	}
}

// measureNumbers makes room for the numbers of the y axis, for its title and
// for the names of the rows of a matrix.
func (b board) measureNumbers(z *sizes) {
	guess := b.height
	if guess == 0 {
		guess = 150
	}
	for k := range b.panels {
		y := b.yOf(k)
		for _, t := range b.yTicks(guess).Ticks(y.lo, y.hi) {
			z.gutter = max(z.gutter, width(t.Label, tickSize, false)+labelGap)
		}
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

// yOf returns the y axis of panel k.
func (b board) yOf(k int) axis {
	if y := b.panels[k].y; y != nil {
		return *y
	}
	return b.y
}

// freeY says whether panels have y axes of their own.
func (b board) freeY() bool { return len(b.panels) > 0 && b.panels[0].y != nil }

// yTicks returns the ticks of a number axis y on a panel of that height.
func (b board) yTicks(height float64) plot.Ticker {
	return numbers{max(2, min(7, int(height/14))), b.y.percent}
}

// above says whether the title of the x axis stands above the panels: where
// its labels do, unless titles of panels stand there.
func (b board) above() bool { return b.top && len(b.panels) == 1 && b.panels[0].title == "" }

// labelled says whether panel k has labels at its x axis.
func (b board) labelled(z sizes, k int) bool { return b.top || b.free || k+z.cols >= len(b.panels) }

// stack puts the rows of panels below each other.
func (b board) stack(z *sizes) {
	const step = wordSize * lineHeight
	title := 0.0
	if b.xTitle != "" {
		title = 2 + float64(len(b.titleLines(*z)))*step
	}
	y := 0.0
	if b.above() {
		y = title
	}
	z.first = y
	for r := range z.rows {
		head, labels := 0, 0.0
		for k := r * z.cols; k < min((r+1)*z.cols, len(b.panels)); k++ {
			head = max(head, len(b.head(*z, k)))
			if b.labelled(*z, k) {
				labels = max(labels, z.xs[k].height)
			}
		}
		if r == 0 {
			head = max(head, len(b.ownHead(*z)))
		}
		y += float64(head) * step
		z.heads = append(z.heads, y)
		switch {
		case b.top:
			y += labels
			labels = 0
		case head > 0:
			y += 4
		}
		z.tops = append(z.tops, y)
		y += z.h + labels
		if r+1 < z.rows {
			y += rowGap
		}
	}
	z.last = y
	z.height = y
	if !b.above() {
		z.height += title
	}
}

// head returns the lines of the title of panel k. In a matrix the first row
// alone has titles.
func (b board) head(z sizes, k int) []string {
	if b.panels[k].title == "" || b.rows != nil && k >= z.cols {
		return nil
	}
	return wrap(b.panels[k].title, z.w+2, wordSize, true)
}

// ownHead returns the lines of the title of a y axis of categories, which
// stands over them.
func (b board) ownHead(z sizes) []string {
	if b.y.cats == nil || b.yTitle == "" {
		return nil
	}
	return wrap(b.yTitle, z.gutter-labelGap, wordSize, true)
}

// titleLines returns the lines of the title of the x axis.
func (b board) titleLines(z sizes) []string {
	return wrap(b.xTitle, max(b.wide(z), 200), wordSize, false)
}

// wide is the width of all panels.
func (b board) wide(z sizes) float64 { return float64(z.cols)*(z.w+z.gap) - z.gap }

// draw draws the board on a canvas of its size.
func (b board) draw(c draw.Canvas, z sizes) {
	at := func(x, y float64) vg.Point { return vg.Point{X: c.Min.X + vg.Points(x), Y: c.Max.Y - vg.Points(y)} }
	head := bold(words(wordSize, ink, draw.XLeft, draw.YBottom))
	if own := b.ownHead(z); own != nil {
		c.FillText(head, at(0, z.heads[0]), block(own))
	}
	for k := range b.panels {
		r, x := k/z.cols, z.gutter+float64(k%z.cols)*(z.w+z.gap)
		if lines := b.head(z, k); lines != nil {
			c.FillText(head, at(x, z.heads[r]), block(lines))
		}
		if b.rows != nil && k%z.cols == 0 {
			c.FillText(words(wordSize, ink, draw.XRight, draw.YCenter), at(z.names-rowNameGap, z.tops[r]+z.h/2), block(z.labels[r]))
		}
		drawAt(b.plot(z, k), c, vg.Rectangle{Min: at(x, z.tops[r]+z.h), Max: at(x+z.w, z.tops[r])})
	}
	if z.title > 0 {
		sty := words(wordSize, ink, draw.XCenter, draw.YTop)
		sty.Rotation = math.Pi / 2
		c.FillText(sty, at(z.names, (z.first+z.last)/2), block(wrap(b.yTitle, z.stack, wordSize, false)))
	}
	if b.xTitle != "" {
		y := z.last + 2
		if b.above() {
			y = 2
		}
		lines := b.titleLines(z)
		half := widest(lines, wordSize, false) / 2
		x := min(max(z.gutter+b.wide(z)/2, half), inner-half) // centred, unless it leaves the page
		c.FillText(words(wordSize, ink, draw.XCenter, draw.YTop), at(x, y), block(lines))
	}
}

// plot returns panel k with its axes, grid and marks.
func (b board) plot(z sizes, k int) *plot.Plot {
	pan := b.panels[k]
	p := newPanel(pan.x, b.yOf(k))
	labelX(p, z.xs[k], b.labelled(z, k) && !b.top)
	if b.y.cats == nil {
		labelY(p, b.yTicks(z.h), tickSize, mute, labelGap, b.freeY() || k%z.cols == 0)
	} else {
		var cats names
		for _, lines := range z.labels {
			cats = append(cats, block(lines))
		}
		labelY(p, cats, wordSize, ink, labelGap+2, k%z.cols == 0)
	}
	if !pan.empty {
		p.Add(pan.under...)
	}
	p.Add(gridLines{b.gridX && pan.x.cats == nil, b.gridY && b.y.cats == nil})
	if b.top {
		p.Add(topLabels{z.xs[k]})
	}
	if pan.empty {
		p.Add(nothing{})
		return p
	}
	p.Add(pan.marks...)
	return p
}

// nothing says that a panel has no values.
type nothing struct{}

// Plot draws the words.
func (nothing) Plot(c draw.Canvas, _ *plot.Plot) {
	c.FillText(words(wordSize, mute, draw.XCenter, draw.YCenter), c.Center(), noData)
}
