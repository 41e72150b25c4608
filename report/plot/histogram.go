package plot

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
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
		line := nan
		for i, r := range ref {
			if s.facet.codes[i] == f && finite(r) {
				line = r
				break
			}
		}
		b.panels = append(b.panels, panel{title: title, x: reach.axis(0.02), empty: !s.any(f), marks: []plot.Plotter{
			histogram{s, f, heights[f], first, step, line},
		}})
	}
	p.board(b)
}

// histogram is the bins of one panel: bars, or outlines of groups that share
// the panel, and a reference line.
type histogram struct {
	*series
	panel       int
	heights     [][]float64 // of each group
	first, step float64
	ref         float64 // NaN for none
}

// Plot draws the bins.
func (h histogram) Plot(c draw.Canvas, p *plot.Plot) {
	a := inside(c, p)
	for _, group := range h.order {
		l := h.looks[group]
		switch {
		case len(h.rows[h.panel][group]) == 0:
		case h.several(h.panel) && l.colour != people:
			a.line(stroke{colour: l.colour, width: 1.2}, h.outline(a, group)...)
		default:
			for k, high := range h.heights[group] {
				if high > 0 {
					from, to := a.x(h.edge(k)), a.x(h.edge(k+1))
					a.rect(vg.Point{X: from + 0.3, Y: a.y(0)}, vg.Point{X: to - 0.3, Y: a.y(high)}, l.bars())
				}
			}
		}
	}
	a.across(0, stroke{colour: rule, width: ruleWidth})
	if h.ref >= p.X.Min && h.ref <= p.X.Max {
		a.upright(h.ref, refLine)
	}
}

// edge returns where bin k begins.
func (h histogram) edge(k int) float64 { return h.first + h.step*float64(k) }

// outline returns the corners of the line around the bars of a group.
func (h histogram) outline(a pen, group int) []vg.Point {
	pts := []vg.Point{{X: a.x(h.first), Y: a.y(0)}}
	for k, high := range h.heights[group] {
		pts = append(pts, vg.Point{X: a.x(h.edge(k)), Y: a.y(high)}, vg.Point{X: a.x(h.edge(k + 1)), Y: a.y(high)})
	}
	return append(pts, vg.Point{X: a.x(h.edge(len(h.heights[group]))), Y: a.y(0)})
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
