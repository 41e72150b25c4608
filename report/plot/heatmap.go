package plot

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
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
	least = min(least, (inner*(1-labelShare)-10)/float64(max(1, len(x.labels))))
	p.shadeBar(scale, d.label("fill"))
	n := float64(len(x.labels))
	// Names of columns on one or two lines are worth wider cells.
	if word := widestPiece(x.labels, tickSize, false) + 5; word > least && word < 70 && word*n < inner*0.5 {
		least = word
	}
	b := board{
		y: categories(y.labels), yTitle: d.label("y"), xTitle: d.label("x"), row: 17,
		minWidth: n * least, maxWidth: n * 96, top: true,
	}
	for f, title := range facet.labels {
		m := cells{columns: len(x.labels), rows: len(y.labels), at: make(map[[2]int]cell)}
		for i, v := range fill {
			if facet.codes[i] == f && x.codes[i] >= 0 && y.codes[i] >= 0 && finite(v) {
				m.at[[2]int{x.codes[i], y.codes[i]}] = cell{scale.of(v), cellText[i]}
			}
		}
		b.panels = append(b.panels, panel{title: title, x: categories(x.labels), empty: !inFacet[f], marks: []plot.Plotter{m}})
	}
	p.board(b)
}

// cell is one cell of a heat map.
type cell struct{ colour, text string }

// cells is the cells of one panel by column and row, those without a number
// left out.
type cells struct {
	columns, rows int
	at            map[[2]int]cell
}

// Plot draws the cells, each with its text in whichever of dark and light is
// easier to read there, and a dash where there is no number.
func (m cells) Plot(c draw.Canvas, p *plot.Plot) {
	a := inside(c, p)
	const gap = 0.5
	for row := range m.rows {
		for col := range m.columns {
			at := vg.Point{X: a.x(float64(col)), Y: a.y(float64(row))}
			one, ok := m.at[[2]int{col, row}]
			if !ok {
				a.FillText(words(cellSize, mute, draw.XCenter, draw.YCenter), at, "\u2013")
				continue
			}
			from := vg.Point{X: a.x(float64(col)-0.5) + gap, Y: a.y(float64(row)-0.5) - gap}
			to := vg.Point{X: a.x(float64(col)+0.5) - gap, Y: a.y(float64(row)+0.5) + gap}
			a.rect(from, to, one.colour)
			colour := darkText
			if contrast(one.colour, lightText) > contrast(one.colour, darkText) {
				colour = lightText
			}
			a.FillText(words(cellSize, colour, draw.XCenter, draw.YCenter), at, shortened(one.text, (to.X-from.X).Points()))
		}
	}
}

// shortened returns what of a text fits into a cell, "" when that is nothing.
func shortened(txt string, wide float64) string {
	if width(txt, cellSize, false) <= wide-1 {
		return txt
	}
	txt = fit(txt, max(wide-8, 1), cellSize, false) + "\u2026"
	if width(txt, cellSize, false) > wide-1 {
		return ""
	}
	return txt
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
		hex = appendHex(hex, uint8(math.Round(s.stops[i][c]*(1-t)+s.stops[i+1][c]*t+1e-6))) // see round
	}
	return string(hex)
}

// shadeBar sets the legend of a heat map: the scale with its title and ticks.
func (p *page) shadeBar(s shades, title string) {
	const w, h, steps = 120.0, 7.0, 48
	var lines []string
	x, high := 0.0, 0.0
	if title != "" {
		lines = wrap(title, inner-w-60, wordSize, false)
		high = float64(len(lines)) * wordSize * lineHeight
		x = widest(lines, wordSize, false) + 18
	}
	above := max(0, (high-h)/2) // of the title over the bar
	one := !(s.hi > s.lo)
	below := 3.0 + tickSize
	if one {
		below = 7
	}
	p.add(above+h+max(below, above), func(c draw.Canvas) {
		a := pen{Canvas: c}
		top := c.Max.Y - vg.Points(above)
		at := func(share float64) vg.Length { return c.Min.X + vg.Points(x+share*w) }
		c.FillText(words(wordSize, ink, draw.XLeft, draw.YCenter), vg.Point{X: c.Min.X, Y: top - h/2}, block(lines))
		if one {
			a.rect(vg.Point{X: at(0), Y: top}, vg.Point{X: at(0) + 8, Y: top - h}, s.of(s.lo))
			c.FillText(words(tickSize, mute, draw.XLeft, draw.YCenter), vg.Point{X: at(0) + 12, Y: top - h/2}, written(s.lo, decimals(math.Abs(s.lo))))
			return
		}
		// Each step reaches to the end of the bar, so that no gap shows between.
		for i := range steps {
			share := float64(i) / steps
			a.rect(vg.Point{X: at(share), Y: top}, vg.Point{X: at(1), Y: top - h}, s.of(s.lo+(s.hi-s.lo)*(share+0.5/steps)))
		}
		for _, t := range (axis{lo: s.lo, hi: s.hi}).labels(w).ticks.Ticks(s.lo, s.hi) {
			x := at((t.Value - s.lo) / (s.hi - s.lo))
			a.line(stroke{colour: mute, width: gridWidth}, vg.Point{X: x, Y: top - h}, vg.Point{X: x, Y: top - h - 2})
			c.FillText(words(tickSize, mute, draw.XCenter, draw.YTop), vg.Point{X: x, Y: top - h - 1.2}, t.Label)
		}
	})
	p.skip(5)
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
