package plot

import (
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// handler is the text handler of all drawings: it measures with the widths of
// text.go and sets a text as a block of lines, each 1.2 times its size high
// with the middle of its capitals in the middle.
//
// Gonum makes a panel smaller where a label of an axis reaches beyond its end.
// The board has kept room for that already, and its panels are to be equal; so
// the labels of an axis are measured across it only: noWidth and noHeight.
type handler struct{ noWidth, noHeight bool }

var _ text.Handler = handler{}

// Cache returns the fonts of gonum/plot.
func (handler) Cache() *font.Cache { return font.DefaultCache }

// Extents returns the extents of a line: all of it is above its lower edge.
func (handler) Extents(f font.Font) font.Extents {
	return font.Extents{Ascent: f.Size * lineHeight, Height: f.Size * lineHeight}
}

// Lines returns the lines of a text.
func (handler) Lines(txt string) []string { return strings.Split(txt, "\n") }

// Box returns the size of a line.
func (h handler) Box(txt string, f font.Font) (wide, high, depth vg.Length) {
	if !h.noWidth {
		wide = vg.Points(width(txt, f.Size.Points(), f.Weight == xfont.WeightBold))
	}
	if !h.noHeight {
		high = f.Size * lineHeight
	}
	return wide, high, 0
}

// Draw sets the lines of a text. An SVG holds where the start, the middle or
// the end of each is, so that a fallback font of other widths keeps it there.
func (h handler) Draw(c vg.Canvas, txt string, sty text.Style, pt vg.Point) {
	c.Push()
	defer c.Pop()
	c.Translate(pt)
	if sty.Rotation != 0 {
		c.Rotate(sty.Rotation)
	}
	c.SetColor(sty.Color)
	f := h.Cache().Lookup(sty.Font, sty.Font.Size)
	svg := svgOf(c)
	lines := h.Lines(clean(txt))
	step := sty.Font.Size * lineHeight
	y := step*vg.Length(len(lines))*(1+vg.Length(sty.YAlign)) - step/2 - sty.Font.Size*middle
	for _, line := range lines {
		if svg != nil {
			svg.fillAligned(f, vg.Point{Y: y}, line, sty.XAlign)
		} else if line != "" {
			line = drawable(f, line)
			c.FillString(f, vg.Point{X: vg.Length(sty.XAlign) * f.Width(line), Y: y}, line)
		}
		y -= step
	}
}

// middle is how far the base line lies below the middle of capitals, in ems.
const middle = 0.358

// svgOf returns the SVG canvas that a canvas draws on, nil when it is another.
func svgOf(c vg.Canvas) *svgCanvas {
	for {
		switch on := c.(type) {
		case *svgCanvas:
			return on
		case *draw.Canvas:
			c = on.Canvas
		case draw.Canvas:
			c = on.Canvas
		default:
			return nil
		}
	}
}

// drawable returns the text with a white square for each character that the
// font lacks.
func drawable(f font.Face, text string) string {
	return strings.Map(func(r rune) rune {
		if has(f, r) {
			return r
		}
		return '\u25a1'
	}, text)
}

// words returns the style of a text of a size in points, aligned to the place
// that it is set at.
func words(size float64, colour string, x text.XAlignment, y text.YAlignment) text.Style {
	f := typeface(false)
	f.Size = vg.Points(size)
	return text.Style{Color: shade(colour, 1), Font: f, XAlign: x, YAlign: y, Handler: handler{}}
}

// bold returns the style in bold.
func bold(sty text.Style) text.Style {
	sty.Font.Weight = xfont.WeightBold
	return sty
}

// block returns lines as one text.
func block(lines []string) string { return strings.Join(lines, "\n") }
