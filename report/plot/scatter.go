package plot

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
		b.panels = append(b.panels, panel{title: title, x: both, empty: !s.any(f), draw: func(a area) {
			a.line(agreement, point{a.x(both.lo), a.y(both.lo)}, point{a.x(both.hi), a.y(both.hi)})
			for _, c := range s.order {
				for _, i := range s.rows[f][c] {
					if finite(lo[i], hi[i]) && lo[i] <= hi[i] {
						a.line(stroke{colour: s.looks[c].colour, width: 0.8}, point{a.x(x[i]), a.y(lo[i])}, point{a.x(x[i]), a.y(hi[i])})
					}
				}
			}
			for _, c := range s.order {
				r := markRadius
				if len(s.rows[f][c]) > 60 {
					r = 1.8
				}
				for _, i := range s.rows[f][c] {
					a.marker(s.looks[c], point{a.x(x[i]), a.y(y[i])}, r, true)
				}
			}
		}})
	}
	p.board(b)
}
