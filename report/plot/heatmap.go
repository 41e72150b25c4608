package plot

import (
	"math"
	"strconv"
)

func init() {
	register(Kind{
		Name: "heatmap",
		Doc:  "a number for each pair of categories, as the shade of a cell and written in it",
		Roles: []Role{
			{Name: "x", Doc: "category of the column", Required: true},
			{Name: "y", Doc: "category of the row, such as the source", Required: true},
			{Name: "fill", Doc: "number that the shade shows", Required: true, Number: true},
			{Name: "text", Doc: "what is written in the cell; the number when absent"},
			{Name: "facet", Doc: "panels side by side"},
		},
		unique: []string{"x", "y", "facet"},
		draw:   drawHeatmap,
	})
}

// Texts in cells stand on a colour of their own, which a dark page leaves as
// it is; so these two are no neutral colours.
const (
	darkText  = "#101010"
	lightText = "#fefefe"
)

func drawHeatmap(d *data, p *page) {
	x, y, facet := d.cats("x").present(), d.cats("y").present(), d.cats("facet").present()
	fill := d.nums("fill")
	texts := d.fig.Data.Col(d.fig.Roles["text"])
	var over span
	inFacet := make([]bool, len(facet.labels))
	for i, v := range fill {
		if x.codes[i] >= 0 && y.codes[i] >= 0 && facet.codes[i] >= 0 && finite(v) {
			over.add(v)
			inFacet[facet.codes[i]] = true
		}
	}
	if !over.any {
		p.empty()
		return
	}
	scale := newShades(over)
	places := decimals(max(math.Abs(over.lo), math.Abs(over.hi)))
	cellText := make([]string, len(fill))
	least := 26.0
	for i, v := range fill {
		if texts != nil {
			cellText[i] = texts.Label(i)
		} else if finite(v) {
			cellText[i] = written(v, places)
		}
		least = max(least, width(cellText[i], cellSize, false)+7)
	}
	least = min(least, (p.inner()*(1-labelShare)-10)/float64(max(1, len(x.labels))))
	p.shadeBar(scale, d.label("fill"))
	n := float64(len(x.labels))
	// Names of columns on one or two lines are worth wider cells.
	if word := widestPiece(x.labels, tickSize, false) + 5; word > least && word < 70 && word*n < p.inner()*0.5 {
		least = word
	}
	b := board{
		y: categories(y.labels), yTitle: d.label("y"), xTitle: d.label("x"), row: 17,
		minWidth: n * least, maxWidth: n * 96, top: true,
	}
	for f, title := range facet.labels {
		b.panels = append(b.panels, panel{title: title, x: categories(x.labels), empty: !inFacet[f], draw: func(a area) {
			filled := make(map[[2]int]bool)
			for i, v := range fill {
				if facet.codes[i] != f || x.codes[i] < 0 || y.codes[i] < 0 || !finite(v) {
					continue
				}
				filled[[2]int{x.codes[i], y.codes[i]}] = true
				a.cell(x.codes[i], y.codes[i], scale.of(v), cellText[i])
			}
			for row := range y.labels {
				for col := range x.labels {
					if !filled[[2]int{col, row}] {
						a.lines(label{size: cellSize, colour: mute, anchor: middle}, a.x(float64(col)), a.y(float64(row)), []string{"\u2013"})
					}
				}
			}
		}})
	}
	p.board(b)
}

// cell draws one cell and the text in it, in whichever of dark and light is
// easier to read there.
func (a area) cell(col, row int, colour, text string) {
	const gap = 0.5
	x0, x1 := a.x(float64(col)-0.5)+gap, a.x(float64(col)+0.5)-gap
	y0, y1 := a.y(float64(row)-0.5)+gap, a.y(float64(row)+0.5)-gap
	a.rect(x0, y0, x1-x0, y1-y0, colour)
	if width(text, cellSize, false) > x1-x0-1 {
		text = fit(text, max(x1-x0-8, 1), cellSize, false) + "\u2026"
		if width(text, cellSize, false) > x1-x0-1 {
			return
		}
	}
	words := label{size: cellSize, colour: darkText, anchor: middle}
	if contrast(colour, lightText) > contrast(colour, darkText) {
		words.colour = lightText
	}
	a.lines(words, a.x(float64(col)), a.y(float64(row)), []string{text})
}

// shades is the scale of a heat map: one hue from light to dark, or two that
// meet at zero when numbers have both signs.
type shades struct {
	lo, hi float64
	stops  [][3]float64 // red, green, blue at equal steps
}

var (
	blues = [][3]float64{{236, 243, 249}, {183, 211, 233}, {108, 165, 210}, {43, 112, 175}, {10, 61, 122}}
	reds  = [][3]float64{{140, 52, 4}, {206, 93, 26}, {238, 155, 97}, {248, 209, 178}, {246, 244, 242}}
)

func newShades(over span) shades {
	s := shades{lo: over.lo, hi: over.hi, stops: blues}
	switch {
	case over.lo < 0 && over.hi > 0:
		s.hi = max(-over.lo, over.hi)
		s.lo = -s.hi
		s.stops = append(append([][3]float64{}, reds...), blues[1:]...)
	case over.hi <= 0:
		s.stops = [][3]float64{blues[4], blues[3], blues[2], blues[1], blues[0]}
		if over.hi > over.lo*0.5 {
			s.hi = 0
		}
	case over.lo < over.hi*0.5:
		s.lo = 0
	}
	return s
}

// of returns the shade of a number, the middle one when all numbers are equal.
func (s shades) of(v float64) string {
	t := 0.5
	if s.hi > s.lo {
		t = (v - s.lo) / (s.hi - s.lo)
	}
	t *= float64(len(s.stops) - 1)
	i := min(int(t), len(s.stops)-2)
	t -= float64(i)
	hex := []byte("#")
	for c := range 3 {
		mix := int64(math.Round(s.stops[i][c]*(1-t) + s.stops[i+1][c]*t + 1e-6)) // see round
		if mix < 16 {
			hex = append(hex, '0')
		}
		hex = strconv.AppendInt(hex, mix, 16)
	}
	return string(hex)
}

// shadeBar sets the legend of a heat map: the scale with its title and ticks.
func (p *page) shadeBar(s shades, title string) {
	const w, h, steps = 120.0, 7.0, 48
	x := float64(pageEdge)
	if title != "" {
		lines := wrap(title, p.inner()-w-60, wordSize, false)
		step := wordSize * lineHeight
		p.lines(label{size: wordSize, colour: ink}, x, p.y+max(h, float64(len(lines))*step)/2, lines)
		x += widest(lines, wordSize, false) + 18
		p.y += max(0, (float64(len(lines))*step-h)/2)
	}
	ends := axis{lo: s.lo, hi: s.hi}
	if !(s.hi > s.lo) {
		p.rect(x, p.y, 8, h, s.of(s.lo))
		p.lines(label{size: tickSize, colour: mute}, x+12, p.y+h/2, []string{written(s.lo, decimals(math.Abs(s.lo)))})
		p.y += h + 12
		return
	}
	// Each step reaches to the end of the bar, so that no gap shows between.
	for i := range steps {
		t := float64(i) / steps
		p.rect(x+t*w, p.y, (1-t)*w, h, s.of(s.lo+(s.hi-s.lo)*(float64(i)+0.5)/steps))
	}
	for _, t := range ends.below(w).ticks {
		at := x + (t.at-s.lo)/(s.hi-s.lo)*w
		p.line(stroke{colour: mute, width: gridWidth}, point{at, p.y + h}, point{at, p.y + h + 2})
		p.text(label{size: tickSize, colour: mute, anchor: middle}, at, p.y+h+3+tickSize*0.73, t.label)
	}
	p.y += h + 3 + tickSize + 5
}

// contrast returns the contrast ratio of two colours after WCAG 2.1, from 1 to 21.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance returns the relative luminance of "#rrggbb" after WCAG 2.1.
func luminance(hex string) float64 {
	rgb, _ := strconv.ParseUint(hex[1:], 16, 32)
	linear := func(c uint64) float64 {
		v := float64(c&255) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8) + 0.0722*linear(rgb)
}
