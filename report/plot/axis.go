package plot

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

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

const (
	labelGap = 5.0 // between labels and panel
	// The lines of a block have air above their capitals, which the gap has too.
	blockGap = labelGap - 1.7
)

// newPanel returns an empty plot under the theme of all drawings: no
// background, no lines along the axes, no marks at ticks, no title, no legend.
func newPanel(x, y axis) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.TextHandler = handler{}
	p.Legend.TextStyle.Handler = handler{}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.LineStyle.Width, a.Tick.LineStyle.Width, a.Tick.Length = 0, 0, 0
		a.Label.TextStyle.Handler = handler{}
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = x.lo, x.hi, y.lo, y.hi
	if y.cats != nil {
		p.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}} // the first one on top
	}
	return p
}

// labelX sets the labels below the x axis of a panel.
func labelX(p *plot.Plot, l xLabels, shown bool) {
	p.X.Tick.Marker = l.ticks
	if !shown {
		p.X.Tick.Marker = unlabelled{l.ticks}
	}
	p.X.Tick.Label = words(tickSize, mute, draw.XCenter, draw.YTop)
	p.X.Tick.Label.Handler = handler{noWidth: true}
	p.X.Padding = blockGap
	if l.upward {
		p.X.Tick.Label = words(tickSize, mute, draw.XRight, draw.YCenter)
		p.X.Tick.Label.Handler = handler{noHeight: true}
		p.X.Tick.Label.Rotation = math.Pi / 2
		p.X.Padding = labelGap
	}
}

// labelY sets the labels left of the y axis of a panel, gap points from it.
func labelY(p *plot.Plot, t plot.Ticker, size float64, colour string, gap float64, shown bool) {
	p.Y.Tick.Marker = t
	if !shown {
		p.Y.Tick.Marker = unlabelled{t}
	}
	p.Y.Tick.Label = words(size, colour, draw.XRight, draw.YCenter)
	p.Y.Tick.Label.Handler = handler{noHeight: true}
	p.Y.Label.TextStyle = p.Y.Tick.Label // whose space Gonum sets between labels and axis
	p.Y.Padding = vg.Points(gap) - p.Y.Tick.Label.Width(" ")
}

// drawAt draws the plot so that the inside of its axes is the rectangle.
func drawAt(p *plot.Plot, c draw.Canvas, r vg.Rectangle) {
	// Labels may be wider than the panel, and Gonum measures no canvas inside out.
	whole := draw.Crop(draw.Canvas{Canvas: c.Canvas, Rectangle: r}, -pageWidth, pageWidth, -pageWidth, pageWidth)
	in := p.DataCanvas(whole)
	p.Draw(draw.Crop(whole, r.Min.X-in.Min.X, r.Max.X-in.Max.X, r.Min.Y-in.Min.Y, r.Max.Y-in.Max.Y))
}

// gridLines are the lines at the ticks of the axes of numbers.
type gridLines struct{ x, y bool }

// Plot draws the lines.
func (g gridLines) Plot(c draw.Canvas, p *plot.Plot) {
	a := inside(c, p)
	light := stroke{colour: grid, width: gridWidth}
	if g.y {
		for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
			a.across(t.Value, light)
		}
	}
	if g.x {
		for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
			a.upright(t.Value, light)
		}
	}
}

// topLabels are labels of the x axis above a panel, where Gonum has none.
type topLabels struct{ xLabels }

// Plot draws the labels.
func (l topLabels) Plot(c draw.Canvas, p *plot.Plot) {
	a := inside(c, p)
	sty, gap := words(tickSize, mute, draw.XCenter, draw.YBottom), vg.Length(labelGap-3)
	if l.upward {
		sty, gap = words(tickSize, mute, draw.XLeft, draw.YCenter), labelGap
		sty.Rotation = math.Pi / 2
	}
	for _, t := range l.ticks.Ticks(p.X.Min, p.X.Max) {
		a.FillText(sty, vg.Point{X: a.x(t.Value), Y: a.Max.Y + gap}, t.Label)
	}
}

// xLabels are the labels below or above a panel.
type xLabels struct {
	ticks  plot.Ticker
	upward bool
	height float64
	before float64 // how far they reach out at the left and the right
	behind float64
}

// labels returns the labels of an x axis of a width.
func (a axis) labels(wide float64) xLabels {
	l := xLabels{height: tickSize*lineHeight + labelGap}
	at := func(v float64) float64 { return (v - a.lo) / (a.hi - a.lo) * wide }
	out := func(v, half float64) {
		l.before = max(l.before, half-at(v))
		l.behind = max(l.behind, at(v)+half-wide)
	}
	if a.cats == nil {
		for n := max(4, min(7, int(wide/27))); n > 0; n-- {
			l.ticks = numbers{n, a.percent}
			if apart(l.ticks.Ticks(a.lo, a.hi), at) {
				break
			}
		}
		for _, t := range l.ticks.Ticks(a.lo, a.hi) {
			out(t.Value, width(t.Label, tickSize, false)/2)
		}
		return l
	}
	slot := wide/float64(len(a.cats)) - 4
	l.upward = widestPiece(a.cats, tickSize, false) > slot
	var cats names
	for i, c := range a.cats {
		if l.upward {
			lines := wrap(c, 110, tickSize, false)
			l.height = max(l.height, widest(lines, tickSize, false)+labelGap+1)
			out(float64(i), float64(len(lines))*tickSize*lineHeight/2)
			cats = append(cats, block(lines))
			continue
		}
		lines := wrap(c, slot, tickSize, false)
		l.height = max(l.height, float64(len(lines))*tickSize*lineHeight+labelGap)
		out(float64(i), widest(lines, tickSize, false)/2)
		cats = append(cats, block(lines))
	}
	l.ticks = cats
	return l
}

// apart says whether the labels of neighbouring ticks leave air between them.
func apart(ts []plot.Tick, at func(float64) float64) bool {
	for i := 1; i < len(ts); i++ {
		air := at(ts[i].Value) - at(ts[i-1].Value) - (width(ts[i].Label, tickSize, false)+width(ts[i-1].Label, tickSize, false))/2
		if air < 6 {
			return false
		}
	}
	return true
}
