package plot

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func init() {
	register(Kind{
		Name: "scatter",
		Doc:  "two measurements on one scale against each other, with the line on which they agree",
		Roles: []Role{
			{Name: "x", Doc: "first measurement, such as that of people", Required: true, Number: true},
			{Name: "y", Doc: "second measurement", Required: true, Number: true},
			{Name: "lo", Doc: "lower end of the interval of y", Number: true},
			{Name: "hi", Doc: "upper end of the interval of y", Number: true},
			{Name: "colour", Doc: "group"},
			{Name: "facet", Doc: "panels"},
		},
		draw: drawScatter,
	})
}

func drawScatter(d *data, p *page) {
	x, y, lo, hi := d.nums("x"), d.nums("y"), d.nums("lo"), d.nums("hi")
	s := newSeries(d, func(i int) bool { return finite(x[i], y[i]) })
	// One range for both axes, so that agreement is at 45 degrees.
	var over span
	whiskers := false
	for f := range s.rows {
		for _, rows := range s.rows[f] {
			for _, i := range rows {
				over.add(x[i], y[i], lo[i], hi[i])
				whiskers = whiskers || finite(lo[i], hi[i])
			}
		}
	}
	if !over.any {
		p.empty()
		return
	}
	both := over.axis(0.05)
	agreement := stroke{colour: rule, width: ruleWidth, dashed: true}
	p.legend(append(s.keys(d, func(label string, l look) key { return pointKey(label, l, whiskers) }),
		lineKey("x = y", agreement, false)))
	b := board{y: both, yTitle: d.label("y"), xTitle: d.label("x"), minWidth: 110, maxWidth: 240, maxCols: 4, gridX: true, gridY: true}
	for f, title := range s.facet.labels {
		b.panels = append(b.panels, panel{title: title, x: both, empty: !s.any(f), marks: []plot.Plotter{
			diagonal{agreement}, cloud{s, f, x, y, lo, hi},
		}})
	}
	p.board(b)
}

// diagonal is the line on which x is y.
type diagonal struct{ stroke }

// Plot draws the line from corner to corner.
func (d diagonal) Plot(c draw.Canvas, p *plot.Plot) {
	inside(c, p).line(d.stroke, c.Min, c.Max)
}

// cloud is the points of one panel with their intervals.
type cloud struct {
	*series
	panel        int
	x, y, lo, hi []float64
}

// Plot draws the intervals, then the points.
func (m cloud) Plot(c draw.Canvas, p *plot.Plot) {
	a := inside(c, p)
	for _, group := range m.order {
		for _, i := range m.rows[m.panel][group] {
			if finite(m.lo[i], m.hi[i]) && m.lo[i] <= m.hi[i] {
				x := a.x(m.x[i])
				a.line(stroke{colour: m.looks[group].colour, width: 0.8}, vg.Point{X: x, Y: a.y(m.lo[i])}, vg.Point{X: x, Y: a.y(m.hi[i])})
			}
		}
	}
	for _, group := range m.order {
		radius := markRadius
		if len(m.rows[m.panel][group]) > 60 {
			radius = 1.8
		}
		for _, i := range m.rows[m.panel][group] {
			a.marker(m.looks[group], vg.Point{X: a.x(m.x[i]), Y: a.y(m.y[i])}, radius, true)
		}
	}
}
