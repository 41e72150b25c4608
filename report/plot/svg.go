package plot

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// fontFamily names fonts of the same widths first.
const fontFamily = "Liberation Sans, Arial, Helvetica, sans-serif"

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// svg returns the scene as an SVG file: transparent, its width and height in
// points with a view box, text as text, no identifiers, no style sheet and no
// clip paths, so that any number of them may stand in one page. Coordinates
// have two decimals.
// Note: gonum's vgsvg was tried; it turns the page upside down and back for
// each text and writes every style out in full, at four times the size.
func (s *scene) svg() []byte {
	var b bytes.Buffer
	w, h := coord(s.width), coord(s.height)
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" width="` + w + `pt" height="` + h + `pt" viewBox="0 0 ` + w + " " + h +
		`" role="img" font-family="` + fontFamily + "\">\n")
	b.WriteString("<title>" + escape.Replace(clean(s.title)) + "</title>\n")
	if s.desc != "" {
		b.WriteString("<desc>" + escape.Replace(clean(s.desc)) + "</desc>\n")
	}
	for i := 0; i < len(s.marks); {
		attrs := s.marks[i].attributes()
		j := i + 1
		for j < len(s.marks) && s.marks[j].attributes() == attrs {
			j++
		}
		writeRun(&b, attrs, s.marks[i:j])
		i = j
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// writeRun writes neighbouring marks of the same attributes, lines as one
// path and others in a group.
func writeRun(b *bytes.Buffer, attrs string, run []mark) {
	if run[0].kind == lineMark {
		b.WriteString("<path" + attrs + ` d="`)
		for _, m := range run {
			writePath(b, m.pts)
		}
		b.WriteString("\"/>\n")
		return
	}
	if len(run) == 1 {
		writeMark(b, attrs, run[0])
		return
	}
	b.WriteString("<g" + attrs + ">\n")
	for _, m := range run {
		writeMark(b, "", m)
	}
	b.WriteString("</g>\n")
}

// attributes returns how a mark looks, apart from where it is.
func (m mark) attributes() string {
	var a strings.Builder
	attr := func(name, value string) { a.WriteString(" " + name + `="` + value + `"`) }
	switch m.kind {
	case lineMark:
		attr("fill", "none")
	case textMark:
		attr("fill", m.fill)
		attr("font-size", coord(m.size))
		if m.bold {
			attr("font-weight", "bold")
		}
		if m.anchor == middle {
			attr("text-anchor", "middle")
		}
		if m.anchor == end {
			attr("text-anchor", "end")
		}
	default:
		attr("fill", m.fill)
		if m.opacity > 0 && m.opacity < 1 {
			attr("fill-opacity", coord(m.opacity))
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
	p := m.pts[0]
	x, y := coord(p.x), coord(p.y)
	switch m.kind {
	case rectMark:
		// Sizes from rounded corners, so that neighbours meet.
		q := m.pts[1]
		b.WriteString("<rect" + attrs + ` x="` + x + `" y="` + y + `" width="` + coord(round(q.x)-round(p.x)) +
			`" height="` + coord(round(q.y)-round(p.y)) + "\"/>\n")
	case circleMark:
		b.WriteString("<circle" + attrs + ` cx="` + x + `" cy="` + y + `" r="` + coord(m.size) + "\"/>\n")
	case areaMark:
		b.WriteString("<path" + attrs + ` d="`)
		writePath(b, m.pts)
		b.WriteString("Z\"/>\n")
	case textMark:
		place := ` x="` + x + `" y="` + y + `"`
		if m.upward {
			place = ` transform="translate(` + x + " " + y + `) rotate(-90)"`
		}
		b.WriteString("<text" + attrs + place + ">" + escape.Replace(clean(m.text)) + "</text>\n")
	}
}

// writePath writes the line through the points.
func writePath(b *bytes.Buffer, pts []point) {
	lastX, lastY := "", ""
	for i, p := range pts {
		x, y := coord(p.x), coord(p.y)
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
