package plot

import (
	"math"
	"slices"
)

func init() {
	register(Kind{
		Name: "histogram",
		Doc:  "how raw numbers are distributed, as the share of them in bins of equal width",
		Roles: []Role{
			{Name: "x", Doc: "number, one row each", Required: true, Number: true},
			{Name: "colour", Doc: "group; several in one panel are outlines"},
			{Name: "facet", Doc: "panels"},
			{Name: "ref", Doc: "reference value of a panel: a line", Number: true},
		},
		draw: drawHistogram,
	})
}

func drawHistogram(d *data, p *page) {
	x, ref := d.nums("x"), d.nums("ref")
	s := newSeries(d, func(i int) bool { return finite(x[i]) })
	var xs []float64
	for f := range s.rows {
		for _, rows := range s.rows[f] {
			for _, i := range rows {
				xs = append(xs, x[i])
			}
		}
	}
	if len(xs) == 0 {
		p.empty()
		return
	}
	first, step, n := bins(xs)
	heights := make([][][]float64, len(s.rows))
	over := span{any: true}
	line := false
	for f := range s.rows {
		heights[f] = make([][]float64, len(s.rows[f]))
		for c, rows := range s.rows[f] {
			heights[f][c] = make([]float64, n)
			for _, i := range rows {
				k := min(n-1, max(0, int((x[i]-first)/step+1e-9)))
				heights[f][c][k] += 1 / float64(len(rows))
				line = line || finite(ref[i])
			}
			over.add(heights[f][c]...)
		}
	}
	value := fromZero(over)
	value.lo, value.percent = 0, true
	outlines := false
	for f := range s.rows {
		outlines = outlines || s.several(f)
	}
	var keys []key
	if line {
		keys = append(keys, lineKey(or(d.label("ref"), "people"), refLine, true))
	}
	p.legend(append(keys, s.keys(d, func(label string, l look) key {
		if outlines && l.colour != people {
			return lineKey(label, stroke{colour: l.colour, width: lineWidth}, false)
		}
		return boxKey(label, l.bars())
	})...))
	b := board{y: value, yTitle: or(d.label("y"), "Share"), xTitle: d.label("x"), height: 100, minWidth: 110, gridY: true}
	if len(s.rows) == 1 {
		b.height = 150
	}
	reach := span{lo: first, hi: first + step*float64(n), any: true}
	for f, title := range s.facet.labels {
		b.panels = append(b.panels, panel{title: title, x: reach.axis(0.02), empty: !s.any(f), draw: func(a area) {
			for _, c := range s.order {
				if len(s.rows[f][c]) == 0 {
					continue
				}
				if s.several(f) && s.looks[c].colour != people {
					a.outline(heights[f][c], first, step, s.looks[c].colour)
					continue
				}
				for k, h := range heights[f][c] {
					if h > 0 {
						x0, x1 := a.x(first+step*float64(k)), a.x(first+step*float64(k+1))
						a.rect(x0+0.3, a.y(h), x1-x0-0.6, a.y(0)-a.y(h), s.looks[c].bars())
					}
				}
			}
			a.across(0, stroke{colour: rule, width: ruleWidth})
			for i, r := range ref {
				if s.facet.codes[i] == f && finite(r) && r >= a.xAxis.lo && r <= a.xAxis.hi {
					a.upright(r, refLine)
					break
				}
			}
		}})
	}
	p.board(b)
}

// several says whether panel f has rows of more than one colour.
func (s *series) several(f int) bool {
	n := 0
	for _, rows := range s.rows[f] {
		if len(rows) > 0 {
			n++
		}
	}
	return n > 1
}

// outline draws a histogram as the line around its bars.
func (a area) outline(heights []float64, first, step float64, colour string) {
	pts := []point{{a.x(first), a.y(0)}}
	for k, h := range heights {
		pts = append(pts, point{a.x(first + step*float64(k)), a.y(h)}, point{a.x(first + step*float64(k+1)), a.y(h)})
	}
	pts = append(pts, point{a.x(first + step*float64(len(heights))), a.y(0)})
	a.line(stroke{colour: colour, width: 1.2}, pts...)
}

// bins returns the lower end of the first bin, their width and their number,
// for all groups together. The width is that of Freedman and Diaconis (1981),
// 2 IQR n^(-1/3), raised to 1, 2 or 5 times a power of ten and at most 60
// bins; whole numbers stand in the middle of bins of whole width.
func bins(xs []float64) (first, step float64, n int) {
	xs = slices.Sorted(slices.Values(xs))
	lo, hi := xs[0], xs[len(xs)-1]
	if lo == hi {
		step = max(1, math.Abs(lo)*0.1)
		return lo - step/2, step, 1
	}
	iqr := xs[len(xs)*3/4] - xs[len(xs)/4]
	raw := 2 * iqr / math.Cbrt(float64(len(xs)))
	raw = max(raw, (hi-lo)/60)
	step = math.Pow10(int(math.Floor(math.Log10(raw))))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*step >= raw*(1-1e-9) {
			step *= m
			break
		}
	}
	whole := !slices.ContainsFunc(xs, func(x float64) bool { return x != math.Trunc(x) })
	if whole {
		step = max(1, step)
	}
	first = math.Floor(lo/step+1e-9) * step
	if whole {
		first -= 0.5
	}
	return first, step, int(math.Floor((hi-first)/step+1e-9)) + 1
}
