package plot

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg/draw"
)

// fontFamily names fonts of the same widths first.
const fontFamily = "Liberation Sans, Arial, Helvetica, sans-serif"

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// bytes returns the canvas as an SVG file: on paper of its own, because a page
// around it may be dark, its width and height in points with a view box, text as text, no identifiers, no style sheet and
// no clip paths, so that any number of them may stand in one page. Coordinates
// have two decimals.
func (c *svgCanvas) bytes(title, desc string) []byte {
	var b bytes.Buffer
	w, h := coord(c.w), coord(c.h)
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" width="` + w + `pt" height="` + h + `pt" viewBox="0 0 ` + w + " " + h +
		`" role="img" font-family="` + fontFamily + "\">\n")
	b.WriteString("<title>" + escape.Replace(clean(title)) + "</title>\n")
	if desc != "" {
		b.WriteString("<desc>" + escape.Replace(clean(desc)) + "</desc>\n")
	}
	b.WriteString(`<rect fill="` + paper + `" width="` + w + `" height="` + h + "\"/>\n")
	for i := 0; i < len(c.marks); {
		attrs := c.marks[i].attributes()
		j := i + 1
		for j < len(c.marks) && c.marks[j].kind == c.marks[i].kind && c.marks[j].attributes() == attrs {
			j++
		}
		writeRun(&b, attrs, c.marks[i:j])
		i = j
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// writeRun writes neighbouring marks of one kind and the same attributes: lines
// and opaque areas as one path, others in a group.
func writeRun(b *bytes.Buffer, attrs string, run []mark) {
	first := run[0]
	switch {
	case first.kind == lineMark || first.kind == areaMark && first.opacity == 1 && first.stroke.width == 0:
		b.WriteString("<path" + attrs + ` d="`)
		for _, m := range run {
			writePath(b, m)
		}
		b.WriteString("\"/>\n")
	case len(run) == 1:
		writeMark(b, attrs, first)
	default:
		b.WriteString("<g" + attrs + ">\n")
		for _, m := range run {
			writeMark(b, "", m)
		}
		b.WriteString("</g>\n")
	}
}

// attributes returns how a mark looks, apart from where it is.
func (m mark) attributes() string {
	var a strings.Builder
	attr := func(name, value string) { a.WriteString(" " + name + `="` + value + `"`) }
	if m.fill == "" {
		attr("fill", "none")
	} else {
		attr("fill", m.fill)
		if m.opacity < 1 {
			attr("fill-opacity", coord(m.opacity))
		}
	}
	if m.kind == textMark {
		attr("font-size", coord(m.size))
		if m.bold {
			attr("font-weight", "bold")
		}
		switch m.align {
		case draw.XCenter:
			attr("text-anchor", "middle")
		case draw.XRight:
			attr("text-anchor", "end")
		}
	}
	if m.stroke.width > 0 {
		attr("stroke", m.stroke.colour)
		attr("stroke-width", coord(m.stroke.width))
		if m.stroke.dashed {
			attr("stroke-dasharray", "3 2")
		}
		if m.kind == lineMark && len(m.pts) > 2 {
			attr("stroke-linejoin", "round")
		}
	}
	return a.String()
}

func writeMark(b *bytes.Buffer, attrs string, m mark) {
	x, y := coord(m.pts[0].X.Points()), coord(m.pts[0].Y.Points())
	switch m.kind {
	case circleMark:
		b.WriteString("<circle" + attrs + ` cx="` + x + `" cy="` + y + `" r="` + coord(m.size) + "\"/>\n")
	case textMark:
		place := ` x="` + x + `" y="` + y + `"`
		if m.upward {
			place = ` transform="translate(` + x + " " + y + `) rotate(-90)"`
		}
		b.WriteString("<text" + attrs + place + ">" + escape.Replace(m.text) + "</text>\n")
	default:
		b.WriteString("<path" + attrs + ` d="`)
		writePath(b, m)
		b.WriteString("\"/>\n")
	}
}

// writePath writes the line through the points of a mark.
func writePath(b *bytes.Buffer, m mark) {
	lastX, lastY := "", ""
	for i, p := range m.pts {
		x, y := coord(p.X.Points()), coord(p.Y.Points())
		switch {
		case i == 0:
			b.WriteString("M" + x + " " + y)
		case x == lastX && y == lastY:
		case y == lastY:
			b.WriteString("H" + x)
		case x == lastX:
			b.WriteString("V" + y)
		default:
			b.WriteString("L" + x + " " + y)
		}
		lastX, lastY = x, y
	}
	if m.kind == areaMark {
		b.WriteString("Z")
	}
}

// box returns the rectangle that a text takes.
func (m mark) box() (x0, y0, x1, y1 float64) {
	w := width(m.text, m.size, m.bold)
	back := -float64(m.align) * w
	up, down := m.size*0.73, m.size*0.21
	x, y := m.pts[0].X.Points(), m.pts[0].Y.Points()
	if m.upward {
		return x - up, y + back - w, x + down, y + back
	}
	return x - back, y - up, x - back + w, y + down
}

// round rounds to two decimals. Processors that multiply and add in one step
// differ in the last digit of x, which would show where x is half way between
// two results, as simple fractions often are; so half way is moved a little.
func round(x float64) float64 { return math.Round(x*100+1e-6) / 100 }

// coord returns a coordinate with at most two decimals.
func coord(x float64) string {
	return strconv.FormatFloat(round(x)+0, 'f', -1, 64)
}

// clean returns a text without what XML cannot hold.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}
