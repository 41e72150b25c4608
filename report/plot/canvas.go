package plot

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// svgCanvas is a canvas of gonum/plot that is written as a small SVG.
//
// Note: vgsvg draws the same pages, but its files are two to three times as
// large (40 against 20 kB for the bars of 11 sources and 2 outcomes, 58 against
// 28 for 11 panels of coefficients, 20 against 7 for a scatter), and hold less:
// every text starts at a computed place, so that labels drift in a fallback
// font of other widths; each is turned upside down and back; and colours stand
// in style attributes, where a page with a dark mode cannot replace them as
// whole values. Rewriting its output would be a second, weaker writer.
type svgCanvas struct {
	w, h  float64
	now   state
	saved []state
	marks []mark // from back to front
}

var _ vg.CanvasSizer = (*svgCanvas)(nil)

// state is what Push saves. Drawings are moved and turned, never scaled.
type state struct {
	colour string
	alpha  float64
	width  float64
	dashes []vg.Length
	origin vg.Point
	angle  float64
}

type markKind uint8

const (
	lineMark   markKind = iota // pts: the corners of an open line
	areaMark                   // pts: the corners of a polygon
	circleMark                 // pts: the centre; size is the radius
	textMark                   // pts: the place on the base line
)

// mark is one thing on the canvas, in points from its top left.
type mark struct {
	kind    markKind
	pts     []vg.Point
	fill    string // "" for none
	opacity float64
	stroke  stroke  // its width is 0 for none
	size    float64 // of a circle or a text
	text    string
	bold    bool
	align   text.XAlignment
	upward  bool // the text reads upward
}

// newSVG returns an empty canvas.
func newSVG(w, h float64) *svgCanvas {
	c := &svgCanvas{w: w, h: h}
	vg.Initialize(c)
	return c
}

// svg returns the page drawn on a canvas of its size.
func (p *page) svg() *svgCanvas {
	c := newSVG(pageWidth, p.height)
	p.draw(draw.New(c))
	return c
}

func (c *svgCanvas) Size() (w, h vg.Length) { return vg.Points(c.w), vg.Points(c.h) }

func (c *svgCanvas) SetLineWidth(w vg.Length) { c.now.width = w.Points() }

// SetLineDash sets whether lines are dashed: there is one pattern, that of stroke.
func (c *svgCanvas) SetLineDash(dashes []vg.Length, _ vg.Length) { c.now.dashes = dashes }

func (c *svgCanvas) SetColor(colour color.Color) {
	if colour == nil {
		colour = color.Black
	}
	n := color.NRGBAModel.Convert(colour).(color.NRGBA)
	c.now.colour = string(appendHex([]byte("#"), n.R, n.G, n.B))
	c.now.alpha = float64(n.A) / 255
}

func appendHex(b []byte, parts ...uint8) []byte {
	const digits = "0123456789abcdef"
	for _, p := range parts {
		b = append(b, digits[p>>4], digits[p&15])
	}
	return b
}

func (c *svgCanvas) Rotate(angle float64) { c.now.angle += angle }

func (c *svgCanvas) Translate(by vg.Point) { c.now.origin = c.now.place(by) }

func (c *svgCanvas) Scale(x, y float64) { panic("plot: drawings are not scaled") }

func (c *svgCanvas) Push() { c.saved = append(c.saved, c.now) }

func (c *svgCanvas) Pop() {
	last := len(c.saved) - 1
	c.now, c.saved = c.saved[last], c.saved[:last]
}

func (c *svgCanvas) DrawImage(vg.Rectangle, image.Image) { panic("plot: drawings hold no images") }

// place returns where a point is on the canvas.
func (s state) place(p vg.Point) vg.Point {
	if s.angle == 0 {
		return s.origin.Add(p)
	}
	sin, cos := math.Sincos(s.angle)
	x, y := vg.Length(cos), vg.Length(sin)
	return s.origin.Add(vg.Point{X: p.X*x - p.Y*y, Y: p.X*y + p.Y*x})
}

// fromTop returns a point from the top left.
func (c *svgCanvas) fromTop(p vg.Point) vg.Point {
	p = c.now.place(p)
	return vg.Point{X: p.X, Y: vg.Points(c.h) - p.Y}
}

// Fill fills the areas inside a path.
func (c *svgCanvas) Fill(path vg.Path) {
	if c.now.alpha == 0 {
		return
	}
	for _, m := range c.outline(path) {
		if m.kind == lineMark {
			m.kind = areaMark
		}
		m.fill, m.opacity = c.now.colour, c.now.alpha
		c.marks = append(c.marks, m)
	}
}

// Stroke draws a path. An edge around the area that was filled last belongs to
// that.
func (c *svgCanvas) Stroke(path vg.Path) {
	if c.now.width <= 0 || c.now.alpha == 0 {
		return
	}
	st := stroke{colour: c.now.colour, width: c.now.width, dashed: len(c.now.dashes) > 0}
	for _, m := range c.outline(path) {
		if n := len(c.marks) - 1; n >= 0 && m.kind == c.marks[n].kind && m.kind != lineMark && c.marks[n].stroke.width == 0 &&
			m.size == c.marks[n].size && slices.Equal(m.pts, c.marks[n].pts) {
			c.marks[n].stroke = st
			continue
		}
		m.stroke = st
		c.marks = append(c.marks, m)
	}
}

// outline returns the parts of a path as marks without colours.
func (c *svgCanvas) outline(path vg.Path) []mark {
	var marks []mark
	for _, step := range path {
		n := len(marks) - 1
		switch step.Type {
		case vg.MoveComp:
			marks = append(marks, mark{kind: lineMark, pts: []vg.Point{c.fromTop(step.Pos)}})
		case vg.LineComp:
			marks[n].pts = append(marks[n].pts, c.fromTop(step.Pos))
		case vg.CloseComp:
			if marks[n].kind == lineMark {
				marks[n].kind = areaMark
			}
		case vg.ArcComp:
			if math.Abs(step.Angle) < 2*math.Pi || len(marks[n].pts) != 1 {
				panic("plot: drawings have no arcs but whole circles")
			}
			marks[n] = mark{kind: circleMark, pts: []vg.Point{c.fromTop(step.Pos)}, size: step.Radius.Points()}
		default:
			panic(fmt.Sprintf("plot: drawings have no curves (path component %d)", step.Type))
		}
	}
	return marks
}

// FillString sets a text.
func (c *svgCanvas) FillString(f font.Face, at vg.Point, txt string) {
	c.fillAligned(f, at, txt, draw.XLeft)
}

// fillAligned sets a text whose start, middle or end is at a point.
func (c *svgCanvas) fillAligned(f font.Face, at vg.Point, txt string, align text.XAlignment) {
	if txt == "" || f.Font.Size == 0 {
		return
	}
	c.marks = append(c.marks, mark{
		kind: textMark, pts: []vg.Point{c.fromTop(at)}, text: txt, fill: c.now.colour, opacity: c.now.alpha,
		size: f.Font.Size.Points(), bold: f.Font.Weight == xfont.WeightBold, align: align, upward: c.now.angle != 0,
	})
}
