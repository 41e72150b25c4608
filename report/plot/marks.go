package plot

import (
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// pen draws on a canvas; in a panel it knows where the numbers of its axes are.
type pen struct {
	draw.Canvas
	x, y func(float64) vg.Length
	plot *plot.Plot
}

// inside returns the pen of the inside of a panel.
func inside(c draw.Canvas, p *plot.Plot) pen {
	a := pen{Canvas: c, plot: p}
	a.x, a.y = p.Transforms(&a.Canvas)
	return a
}

// xWithin returns where a number of the x axis is, or the nearer end of the axis.
func (a pen) xWithin(v float64) vg.Length { return a.x(min(max(v, a.plot.X.Min), a.plot.X.Max)) }

// stroke is how a line is drawn.
type stroke struct {
	colour string
	width  float64
	dashed bool
}

func (st stroke) style() draw.LineStyle {
	s := draw.LineStyle{Color: shade(st.colour, 1), Width: vg.Points(st.width)}
	if st.dashed {
		s.Dashes = []vg.Length{3, 2}
	}
	return s
}

func (a pen) line(st stroke, pts ...vg.Point) { a.StrokeLines(st.style(), pts) }

// across draws a line through the panel at a number of the y axis, upright one
// at a number of the x axis.
func (a pen) across(v float64, st stroke) {
	a.line(st, vg.Point{X: a.Min.X, Y: a.y(v)}, vg.Point{X: a.Max.X, Y: a.y(v)})
}

func (a pen) upright(v float64, st stroke) {
	a.line(st, vg.Point{X: a.x(v), Y: a.Min.Y}, vg.Point{X: a.x(v), Y: a.Max.Y})
}

// rect fills the rectangle between two corners.
func (a pen) rect(p, q vg.Point, fill string) {
	a.area(fill, 1, p, vg.Point{X: q.X, Y: p.Y}, q, vg.Point{X: p.X, Y: q.Y})
}

func (a pen) area(fill string, opacity float64, pts ...vg.Point) {
	a.FillPolygon(shade(fill, opacity), pts)
}

// marker draws the marker of a look.
func (a pen) marker(l look, at vg.Point, radius float64, edge bool) {
	a.DrawGlyphNoClip(draw.GlyphStyle{Color: shade(l.colour, 1), Radius: vg.Points(radius), Shape: glyph{l.shape, edge}}, at)
}

// shape is the outline of a marker.
type shape uint8

const (
	circle shape = iota
	square
	triangle
	diamond
	wedge // a triangle on its tip
)

var shapes = []shape{circle, square, triangle, diamond, wedge}

// glyph draws markers, with a thin edge of paper where they may touch and are
// to be told apart.
type glyph struct {
	shape
	edge bool
}

// DrawGlyph draws the marker. Its radius is that of a circle; the others have
// about the area of that.
func (g glyph) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, pt vg.Point) {
	var path vg.Path
	corners := func(first, step float64, radius vg.Length) {
		for angle := first; angle < first+360; angle += step {
			sin, cos := math.Sincos(angle * math.Pi / 180)
			at := vg.Point{X: pt.X + sty.Radius*radius*vg.Length(cos), Y: pt.Y + sty.Radius*radius*vg.Length(sin)}
			if path == nil {
				path.Move(at)
			} else {
				path.Line(at)
			}
		}
	}
	switch g.shape {
	case circle:
		path.Move(vg.Point{X: pt.X + sty.Radius, Y: pt.Y})
		path.Arc(pt, sty.Radius, 0, 2*math.Pi)
	case square:
		corners(45, 90, 1.25)
	case diamond:
		corners(0, 90, 1.32)
	case triangle:
		corners(90, 120, 1.42)
	case wedge:
		corners(270, 120, 1.42)
	}
	path.Close()
	c.Fill(path)
	if g.edge {
		c.SetLineStyle(stroke{colour: paper, width: 0.6}.style())
		c.Stroke(path)
	}
}

// shade returns the colour of "#rrggbb" with an opacity.
func shade(hex string, opacity float64) color.Color {
	rgb, _ := strconv.ParseUint(hex[1:], 16, 32)
	return color.NRGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), uint8(math.Round(opacity * 255))}
}
