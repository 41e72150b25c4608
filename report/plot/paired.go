package plot

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

func init() {
	register(Kind{
		Name: "paired",
		Doc:  "shares of each answer, one panel a source, beside those of people",
		Roles: []Role{
			{Name: "panel", Doc: "source: a panel each", Required: true},
			{Name: "x", Doc: "answer, in the order of its levels", Required: true},
			{Name: "y", Doc: "share of the source's answers, from 0 to 1", Required: true, Number: true},
			{Name: "ref", Doc: "share of people's answers", Required: true, Number: true},
			{Name: "lo", Doc: "lower end of the interval of y", Number: true},
			{Name: "hi", Doc: "upper end of the interval of y", Number: true},
			{Name: "reflo", Doc: "lower end of the interval of ref", Number: true},
			{Name: "refhi", Doc: "upper end of the interval of ref", Number: true},
			{Name: "facet", Doc: "outcome: a block of panels each"},
		},
		unique: []string{"panel", "x", "facet"},
		draw:   drawPaired,
	})
}

func drawPaired(d *data, p *page) {
	cat, source, facet := d.cats("x"), d.cats("panel").present(), d.cats("facet").present()
	y, lo, hi := d.nums("y"), d.nums("lo"), d.nums("hi")
	ref, refLo, refHi := d.nums("ref"), d.nums("reflo"), d.nums("refhi")
	var over span
	over.add(0)
	any := false
	blocks := make([][]barPanel, len(facet.labels))
	used := make([]map[int]bool, len(facet.labels)) // the answers of each block
	for f := range blocks {
		used[f] = make(map[int]bool)
		for _, title := range source.labels {
			blocks[f] = append(blocks[f], barPanel{title: title, ref: nan})
		}
	}
	for i := range y {
		f, s, c := facet.codes[i], source.codes[i], cat.codes[i]
		if f < 0 || s < 0 || c < 0 {
			continue
		}
		used[f][c] = true
		pan := &blocks[f][s]
		if finite(ref[i]) {
			pan.bars = append(pan.bars, bar{cat: c, slot: 0, value: ref[i], lo: refLo[i], hi: refHi[i], colour: stone})
			over.add(ref[i], refLo[i], refHi[i])
			any = true
		}
		if finite(y[i]) {
			pan.bars = append(pan.bars, bar{cat: c, slot: 1, value: y[i], lo: lo[i], hi: hi[i], colour: plain.colour})
			over.add(y[i], lo[i], hi[i])
			any = true
		}
	}
	if !any {
		p.empty()
		return
	}
	value := fromZero(over)
	value.percent = true
	name := or(d.label("panel"), "source")
	if len(source.labels) == 1 {
		name = source.labels[0]
	}
	p.legend([]key{boxKey(or(d.label("ref"), "people"), stone), boxKey(name, plain.colour)})
	boards := make([]barBoard, len(facet.labels))
	matrix := len(boards) > 1 && len(boards) <= 4
	for f := range boards {
		b := barBoard{slots: 2, value: value, vTitle: d.label("y"), height: 62, maxCols: 6}
		if len(source.labels) <= 3 {
			b.height = 90
		}
		b.take(blocks[f], cat, used[f])
		upright, least := b.upright()
		matrix = matrix && upright && least <= inner*0.6/float64(len(boards))
		boards[f] = b
	}
	if matrix {
		p.matrix(boards, facet.labels, source.labels, d.label("x"))
		return
	}
	for f, b := range boards {
		if facet.labels[f] != "" {
			p.block(facet.labels[f], f > 0)
		}
		// A title below the panels stands once, below the last block.
		upright, _ := b.upright()
		last := f == len(boards)-1
		if last || !upright {
			b.catTitle = d.label("x")
		}
		if !last && !upright {
			b.vTitle = ""
		}
		p.bars(b)
	}
}

// matrix draws a row of panels a source and a column an outcome.
func (p *page) matrix(outcomes []barBoard, titles, sources []string, catTitle string) {
	b := board{
		y: outcomes[0].value, yTitle: outcomes[0].vTitle, xTitle: catTitle, gridY: true, rows: sources,
		height: min(62, max(28, 330/float64(len(sources)))),
	}
	for s := range sources {
		for f, o := range outcomes {
			pan := o.panels[s]
			b.panels = append(b.panels, panel{
				title: titles[f], x: categories(o.cats), empty: len(pan.bars) == 0,
				marks: []plot.Plotter{barMarks{pan, 2, len(o.cats), true}},
			})
		}
	}
	p.board(b)
}

// take puts panels on the board with only those answers that their block has:
// two outcomes may have different levels.
func (b *barBoard) take(panels []barPanel, cat cats, used map[int]bool) {
	to := make(map[int]int)
	for c, l := range cat.labels {
		if used[c] {
			to[c] = len(b.cats)
			b.cats = append(b.cats, l)
		}
	}
	for _, pan := range panels {
		for i := range pan.bars {
			pan.bars[i].cat = to[pan.bars[i].cat]
		}
		b.panels = append(b.panels, pan)
	}
}

// block sets the heading of a block of panels under a thin rule.
func (p *page) block(title string, further bool) {
	if further {
		p.skip(11)
	}
	p.add(3, func(c draw.Canvas) {
		c.StrokeLine2(stroke{colour: rule, width: gridWidth}.style(), c.Min.X, c.Max.Y, c.Max.X, c.Max.Y)
	})
	p.heading(title, bold(words(9.5, ink, draw.XLeft, draw.YTop)))
	p.skip(4)
}
