package plot

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// key is one entry of a legend: a sample of the mark, drawn by swatch with the
// middle of its left edge at a point, and what it stands for. A key without a
// swatch is the title of those behind it.
type key struct {
	label  string
	width  float64 // of the swatch
	swatch func(a pen, at vg.Point)
}

// boxKey is the key of bars and cells.
func boxKey(label, colour string) key {
	return key{label, 8, func(a pen, at vg.Point) { a.rect(beside(at, 0, 4), beside(at, 8, -4), colour) }}
}

// bandKey is the key of a reference band, with its line when there is one.
func bandKey(label string, line bool) key {
	return key{label, 14, func(a pen, at vg.Point) {
		a.rect(beside(at, 0, 4), beside(at, 14, -4), band)
		if line {
			a.line(stroke{colour: people, width: whisker}, beside(at, 7, 4), beside(at, 7, -4))
		}
	}}
}

// lineKey is the key of a line, upright where the line in the panel is.
func lineKey(label string, st stroke, upright bool) key {
	if upright {
		return key{label, 6, func(a pen, at vg.Point) { a.line(st, beside(at, 3, 4.5), beside(at, 3, -4.5)) }}
	}
	return key{label, 15, func(a pen, at vg.Point) { a.line(st, at, beside(at, 15, 0)) }}
}

// pointKey is the key of a marker with its whisker.
func pointKey(label string, l look, whiskers bool) key {
	return key{label, 15, func(a pen, at vg.Point) {
		if whiskers {
			a.line(stroke{colour: l.colour, width: whisker}, at, beside(at, 15, 0))
		}
		a.marker(l, beside(at, 7.5, 0), markRadius, false)
	}}
}

func beside(at vg.Point, dx, dy vg.Length) vg.Point { return vg.Point{X: at.X + dx, Y: at.Y + dy} }

// titleKey is the title of the keys that follow it; no key when it is "".
func titleKey(title string) []key {
	if title == "" {
		return nil
	}
	return []key{{label: title}}
}

// legend sets the keys in rows. Labels wider than the page are broken.
// Note: plot.Legend has one column inside a panel, which costs the marks their
// room; these rows stand above all panels.
func (p *page) legend(keys []key) {
	if len(keys) == 0 {
		return
	}
	const gap, between = 4.0, 13.0
	step := wordSize * lineHeight
	type place struct {
		x, y  float64 // of the swatch, from the top left
		lines []string
	}
	var places []place
	x, y, rows := 0.0, 0.0, 1 // rows: lines of text in the current row of keys
	for _, k := range keys {
		indent := 0.0
		if k.swatch != nil {
			indent = k.width + gap
		}
		lines := wrap(k.label, inner-indent, wordSize, false)
		w := indent + widest(lines, wordSize, false)
		if x > 0 && x+w > inner {
			x, y, rows = 0, y+float64(rows)*step+2, 1
		}
		rows = max(rows, len(lines))
		places = append(places, place{x, y, lines})
		x += w + between
	}
	p.add(y+float64(rows)*step, func(c draw.Canvas) {
		for i, k := range keys {
			at := vg.Point{X: c.Min.X + vg.Points(places[i].x), Y: c.Max.Y - vg.Points(places[i].y)}
			sty := words(wordSize, ink, draw.XLeft, draw.YTop)
			indent := 0.0
			if k.swatch != nil {
				sty.Color = shade(mute, 1)
				indent = k.width + gap
				k.swatch(pen{Canvas: c}, beside(at, 0, vg.Points(-step/2)))
			}
			c.FillText(sty, beside(at, vg.Points(indent), 0), block(places[i].lines))
		}
	})
	p.skip(6)
}
