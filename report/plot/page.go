package plot

import (
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"silico/analysis"
)

// page is a drawing: parts below each other, each over the whole width between
// the edges. It can be drawn on any canvas of gonum/plot.
type page struct {
	title, desc string // for those who do not see it
	parts       []part
	height      float64
}

// part is one of the parts of a page.
type part struct {
	top, height float64 // in points from the top of the page
	draw        func(c draw.Canvas)
}

// inner is the width of a page between its edges.
const inner = pageWidth - 2*pageEdge

// newPage returns a page with the figure's title and subtitle. A figure
// without a title, whose caption says what it is, begins with its legend.
func newPage(fig analysis.Figure) *page {
	p := &page{title: fig.Title, desc: fig.Alt, height: 2 * pageEdge}
	if p.title == "" {
		p.title, p.desc = fig.Alt, ""
	}
	if p.title == "" {
		p.title = kinds[fig.Kind].Doc
	}
	p.heading(fig.Title, bold(words(titleSize, ink, draw.XLeft, draw.YTop)))
	p.heading(fig.Labels["subtitle"], words(wordSize, mute, draw.XLeft, draw.YTop))
	if len(p.parts) > 0 {
		p.skip(4)
	}
	return p
}

// add puts a part below the others.
func (p *page) add(height float64, draw func(c draw.Canvas)) {
	p.parts = append(p.parts, part{p.height - pageEdge, height, draw})
	p.height += height
}

// skip leaves room below the last part.
func (p *page) skip(points float64) { p.height += points }

// draw draws the parts from the top of a canvas.
func (p *page) draw(c draw.Canvas) {
	for _, one := range p.parts {
		top := vg.Points(one.top)
		one.draw(draw.Crop(c, pageEdge, -pageEdge, c.Max.Y-c.Min.Y-top-vg.Points(one.height), -top))
	}
}

// heading sets a text flush left over the whole width.
func (p *page) heading(txt string, sty text.Style) {
	if strings.TrimSpace(txt) == "" {
		return
	}
	size := sty.Font.Size.Points()
	lines := wrap(txt, inner, size, sty.Font.Weight != 0)
	p.add(float64(len(lines))*size*lineHeight+1, func(c draw.Canvas) {
		c.FillText(sty, vg.Point{X: c.Min.X, Y: c.Max.Y}, block(lines))
	})
}

// note sets a remark below the panels.
func (p *page) note(txt string) {
	p.skip(5)
	p.heading(txt, words(tickSize, mute, draw.XLeft, draw.YTop))
}

// empty draws the panel of a figure without data.
func (p *page) empty() {
	p.add(90, func(c draw.Canvas) {
		frame := append(c.Rectangle.Path()[:4], vg.PathComp{Type: vg.LineComp, Pos: c.Min})
		c.SetLineStyle(stroke{colour: grid, width: ruleWidth}.style())
		c.Stroke(frame)
		c.FillText(words(wordSize, mute, draw.XCenter, draw.YCenter), c.Center(), noData)
	})
}

const noData = "no data"
