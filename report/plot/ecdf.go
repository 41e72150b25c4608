package plot

import (
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func init() {
	register(Kind{
		Name: "ecdf",
		Doc:  "how raw numbers are distributed, as the share of them at or below each number",
		Roles: []Role{
			{Name: "x", Doc: "number, one row each", Required: true, Number: true},
			{Name: "colour", Doc: "group: a step line each"},
			{Name: "facet", Doc: "panels"},
		},
		draw: drawECDF,
	})
}

func drawECDF(d *data, p *page) {
	x := d.nums("x")
	s := newSeries(d, func(i int) bool { return finite(x[i]) })
	var over span
	for f := range s.rows {
		for _, rows := range s.rows[f] {
			for _, i := range rows {
				over.add(x[i])
			}
		}
	}
	if !over.any {
		p.empty()
		return
	}
	p.legend(s.keys(d, func(label string, l look) key { return lineKey(label, s.stroke(l), false) }))
	b := board{
		y: axis{lo: -0.02, hi: 1.02, percent: true}, yTitle: or(d.label("y"), "Share at or below"), xTitle: d.label("x"),
		height: 120, minWidth: 110, gridX: true, gridY: true,
	}
	if len(s.rows) == 1 {
		b.height = 170
	}
	for f, title := range s.facet.labels {
		var marks []plot.Plotter
		for _, c := range slices.Backward(s.order) { // people last, on top of the others
			if rows := s.rows[f][c]; len(rows) > 0 {
				marks = append(marks, steps{rows, x, s.stroke(s.looks[c])})
			}
		}
		b.panels = append(b.panels, panel{title: title, x: over.axis(0.03), empty: !s.any(f), marks: marks})
	}
	p.board(b)
}

// stroke returns the line of a group; that of people is wider.
func (s *series) stroke(l look) stroke {
	st := stroke{colour: l.colour, width: 1.3}
	if l.colour == people {
		st.width = 2
	}
	return st
}

// steps is the empirical distribution function of some rows, from edge to edge
// of the panel.
type steps struct {
	rows []int
	xs   []float64
	stroke
}

// Plot draws the line.
func (s steps) Plot(c draw.Canvas, p *plot.Plot) {
	a := inside(c, p)
	pts := []vg.Point{{X: a.Min.X, Y: a.y(0)}}
	n := float64(len(s.rows))
	for k, i := range sorted(s.rows, s.xs) {
		at, last := a.x(s.xs[i]), pts[len(pts)-1]
		up := a.y(float64(k+1) / n)
		if at == last.X {
			pts[len(pts)-1].Y = up // a tie
			continue
		}
		pts = append(pts, vg.Point{X: at, Y: last.Y}, vg.Point{X: at, Y: up})
	}
	a.line(s.stroke, append(pts, vg.Point{X: a.Max.X, Y: pts[len(pts)-1].Y})...)
}
