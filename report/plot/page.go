package plot

import (
	"strings"

	"silico/analysis"
)

// page is a drawing in the making: it is filled from top to bottom.
type page struct {
	scene
	y float64 // where the next part begins
}

// newPage returns a page with the figure's title and subtitle. A figure
// without a title, whose caption says what it is, begins with its legend.
func newPage(fig analysis.Figure) *page {
	p := &page{scene: scene{width: pageWidth, title: fig.Title, desc: fig.Alt}, y: pageEdge}
	if p.title == "" {
		p.title, p.desc = fig.Alt, ""
	}
	if p.title == "" {
		p.title = kinds[fig.Kind].Doc
	}
	p.heading(fig.Title, label{size: titleSize, bold: true, colour: ink})
	p.heading(fig.Labels["subtitle"], label{size: wordSize, colour: mute})
	if p.y > pageEdge {
		p.y += 4
	}
	return p
}

// heading sets a text flush left over the whole width.
func (p *page) heading(text string, l label) {
	if strings.TrimSpace(text) == "" {
		return
	}
	for _, line := range wrap(text, p.inner(), l.size, l.bold) {
		p.text(l, pageEdge, p.y+l.size*0.9, line)
		p.y += l.size * lineHeight
	}
	p.y += 1
}

// inner is the width between the edges.
func (p *page) inner() float64 { return p.width - 2*pageEdge }

// finish closes the page behind its last part.
func (p *page) finish() *scene {
	p.height = p.y + pageEdge
	return &p.scene
}

// note sets a remark below the panels.
func (p *page) note(text string) {
	p.y += 5
	p.heading(text, label{size: tickSize, colour: mute})
}

// empty draws the panel of a figure without data.
func (p *page) empty() {
	const height = 90
	x0, x1, y1 := float64(pageEdge), p.width-pageEdge, p.y+height
	p.line(stroke{colour: grid, width: ruleWidth}, point{x0, p.y}, point{x1, p.y}, point{x1, y1}, point{x0, y1}, point{x0, p.y})
	p.lines(label{size: wordSize, colour: mute, anchor: middle}, p.width/2, p.y+height/2, []string{noData})
	p.y = y1
}

const noData = "no data"

// key is one entry of a legend: a sample of the mark, drawn by swatch with its
// left edge at x and its middle at y, and what it stands for. A key without a
// swatch is the title of those behind it.
type key struct {
	label  string
	width  float64 // of the swatch
	swatch func(s *scene, x, y float64)
}

// boxKey is the key of bars and cells.
func boxKey(label, colour string) key {
	return key{label, 8, func(s *scene, x, y float64) { s.rect(x, y-4, 8, 8, colour) }}
}

// bandKey is the key of a reference band, with its line when there is one.
func bandKey(label string, line bool) key {
	return key{label, 14, func(s *scene, x, y float64) {
		s.rect(x, y-4, 14, 8, band)
		if line {
			s.line(stroke{colour: people, width: whisker}, point{x + 7, y - 4}, point{x + 7, y + 4})
		}
	}}
}

// lineKey is the key of a line, upright where the line in the panel is.
func lineKey(label string, st stroke, upright bool) key {
	if upright {
		return key{label, 6, func(s *scene, x, y float64) { s.line(st, point{x + 3, y - 4.5}, point{x + 3, y + 4.5}) }}
	}
	return key{label, 15, func(s *scene, x, y float64) { s.line(st, point{x, y}, point{x + 15, y}) }}
}

// pointKey is the key of a marker with its whisker.
func pointKey(label string, l look, whiskers bool) key {
	return key{label, 15, func(s *scene, x, y float64) {
		if whiskers {
			s.line(stroke{colour: l.colour, width: whisker}, point{x, y}, point{x + 15, y})
		}
		s.marker(l, point{x + 7.5, y}, markRadius, false)
	}}
}

// titleKey is the title of the keys that follow it; no key when it is "".
func titleKey(title string) []key {
	if title == "" {
		return nil
	}
	return []key{{label: title}}
}

// legend sets the keys in rows. Labels wider than the page are broken.
func (p *page) legend(keys []key) {
	if len(keys) == 0 {
		return
	}
	const gap, between = 4.0, 13.0
	step := wordSize * lineHeight
	x, rows := float64(pageEdge), 1 // rows: lines of text in the current row of keys
	place := func(w float64, lines int) {
		if x > pageEdge && x+w > p.width-pageEdge {
			x = pageEdge
			p.y += float64(rows)*step + 2
			rows = 1
		}
		rows = max(rows, lines)
	}
	for _, k := range keys {
		words := label{size: wordSize, colour: mute}
		indent := k.width + gap
		if k.swatch == nil {
			words.colour, indent = ink, 0
		}
		lines := wrap(k.label, p.inner()-indent, wordSize, false)
		w := indent + widest(lines, wordSize, false)
		place(w, len(lines))
		if k.swatch != nil {
			k.swatch(&p.scene, x, p.y+step/2)
		}
		for i, l := range lines {
			p.text(words, x+indent, p.y+step*(float64(i)+0.5)+middleOf(wordSize), l)
		}
		x += w + between
	}
	p.y += float64(rows)*step + 6
}
