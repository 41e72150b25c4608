package plot

import "slices"

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
		b.panels = append(b.panels, panel{title: title, x: over.axis(0.03), empty: !s.any(f), draw: func(a area) {
			// People last, on top of the others.
			for _, c := range slices.Backward(s.order) {
				if rows := s.rows[f][c]; len(rows) > 0 {
					a.line(s.stroke(s.looks[c]), a.steps(rows, x)...)
				}
			}
		}})
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

// steps returns the corners of the empirical distribution function of the
// rows, from edge to edge of the panel.
func (a area) steps(rows []int, xs []float64) []point {
	pts := []point{{a.left, a.y(0)}}
	n := float64(len(rows))
	for k, i := range sorted(rows, xs) {
		at, last := a.x(xs[i]), pts[len(pts)-1]
		up := a.y(float64(k+1) / n)
		if at == last.x {
			pts[len(pts)-1].y = up // a tie
			continue
		}
		pts = append(pts, point{at, last.y}, point{at, up})
	}
	return append(pts, point{a.left + a.w, pts[len(pts)-1].y})
}
