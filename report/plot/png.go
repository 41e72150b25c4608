package plot

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// dpi of a PNG: twice that of a CSS pixel.
const dpi = 192

// png returns the scene as a PNG file on white, drawn by gonum/plot.
// Characters that Liberation Sans lacks are white squares.
func (s *scene) png() ([]byte, error) {
	// Whole pixels, or the edge is a half transparent row.
	pixels := func(pt float64) vg.Length {
		return vg.Points(math.Ceil(pt*dpi/72-1e-6) * 72 / dpi)
	}
	c := vgimg.NewWith(vgimg.UseWH(pixels(s.width), pixels(s.height)), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(color.White))
	_, h := c.Size()
	at := func(p point) vg.Point { return vg.Point{X: vg.Points(p.x), Y: h - vg.Points(p.y)} }
	for _, m := range s.marks {
		drawMark(c, m, at)
	}
	var b bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: c}).WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write a figure as PNG: %w", err)
	}
	return b.Bytes(), nil
}

func drawMark(c *vgimg.Canvas, m mark, at func(point) vg.Point) {
	if m.kind == textMark {
		drawText(c, m, at)
		return
	}
	var path vg.Path
	switch m.kind {
	case rectMark:
		p, q := m.pts[0], m.pts[1]
		path = polygon([]point{p, {q.x, p.y}, q, {p.x, q.y}}, at)
		path.Close()
	case circleMark:
		o := at(m.pts[0])
		r := vg.Points(m.size)
		path.Move(vg.Point{X: o.X + r, Y: o.Y})
		path.Arc(o, r, 0, 2*math.Pi)
		path.Close()
	case areaMark:
		path = polygon(m.pts, at)
		path.Close()
	case lineMark:
		path = polygon(m.pts, at)
	}
	if m.fill != "" {
		c.SetColor(shade(m.fill, m.opacity))
		c.Fill(path)
	}
	if m.stroke.width > 0 {
		c.SetColor(shade(m.stroke.colour, 1))
		c.SetLineWidth(vg.Points(m.stroke.width))
		var dashes []vg.Length
		if m.stroke.dashed {
			dashes = []vg.Length{3, 2}
		}
		c.SetLineDash(dashes, 0)
		c.Stroke(path)
	}
}

func drawText(c *vgimg.Canvas, m mark, at func(point) vg.Point) {
	face := faces()[0]
	if m.bold {
		face = faces()[1]
	}
	face.Font.Size = vg.Points(m.size)
	text := strings.Map(func(r rune) rune {
		if g, err := face.Face.GlyphIndex(nil, r); err != nil || g == 0 {
			return '\u25a1'
		}
		return r
	}, m.text)
	p := at(m.pts[0])
	back := vg.Length(0)
	switch m.anchor {
	case middle:
		back = face.Width(text) / 2
	case end:
		back = face.Width(text)
	}
	c.SetColor(shade(m.fill, 1))
	if !m.upward {
		c.FillString(face, vg.Point{X: p.X - back, Y: p.Y}, text)
		return
	}
	c.Push()
	c.Translate(p)
	c.Rotate(math.Pi / 2)
	c.FillString(face, vg.Point{X: -back}, text)
	c.Pop()
}

func polygon(pts []point, at func(point) vg.Point) vg.Path {
	var path vg.Path
	for i, p := range pts {
		if i == 0 {
			path.Move(at(p))
			continue
		}
		path.Line(at(p))
	}
	return path
}

// shade returns the colour of "#rrggbb" with an opacity, where 0 stands for 1.
func shade(hex string, opacity float64) color.Color {
	rgb, _ := strconv.ParseUint(hex[1:], 16, 32)
	alpha := uint8(255)
	if opacity > 0 {
		alpha = uint8(math.Round(opacity * 255))
	}
	return color.NRGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), alpha}
}
