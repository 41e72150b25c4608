package plot

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// place is a plotter that keeps where the inside of its panel is.
type place struct{ got vg.Rectangle }

func (p *place) Plot(c draw.Canvas, _ *plot.Plot) { p.got = c.Rectangle }

// Gonum makes a panel smaller for labels that reach out of it; the board's
// panels must stay where they are.
func TestPanelsAreWhereTheBoardPutsThem(t *testing.T) {
	want := vg.Rectangle{Min: vg.Point{X: 100, Y: 50}, Max: vg.Point{X: 180, Y: 110}}
	long := []string{"a", "a very long label indeed, twice as wide as its place", "b"}
	for _, tt := range []struct {
		name string
		x, y axis
	}{
		{"numbers", axis{lo: 0, hi: 1}, axis{lo: -2e6, hi: 1e6}},
		{"categories at y", axis{lo: 0, hi: 100}, categories(long)},
		{"categories at x", categories(long), axis{lo: 0, hi: 1, percent: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPanel(tt.x, tt.y)
			l := tt.x.labels(80)
			labelX(p, l, true)
			labelY(p, names(long), wordSize, ink, labelGap, true)
			inside := &place{}
			p.Add(inside)
			c := newSVG(400, 200)
			drawAt(p, draw.New(c), want)
			for _, d := range []vg.Length{inside.got.Min.X - want.Min.X, inside.got.Min.Y - want.Min.Y, inside.got.Max.X - want.Max.X, inside.got.Max.Y - want.Max.Y} {
				if math.Abs(d.Points()) > 1e-9 {
					t.Fatalf("the inside of the panel is %v, want %v", inside.got, want)
				}
			}
			for _, m := range c.marks {
				if _, y0, x1, _ := m.box(); m.align == draw.XRight && !m.upward && (x1 > 100 || y0 < 0) {
					t.Errorf("label %q of the y axis ends at %.1f, inside the panel", m.text, x1)
				}
			}
		})
	}
}

func TestTheSVGCanvasDrawsWhatItIsTold(t *testing.T) {
	c := newSVG(100, 50)
	on := draw.New(c)
	pen := pen{Canvas: on}
	pen.rect(vg.Point{X: 10, Y: 10}, vg.Point{X: 20, Y: 30}, band)
	pen.rect(vg.Point{X: 30, Y: 10}, vg.Point{X: 40, Y: 30}, band)
	pen.area("#0072b2", 0.5, vg.Point{X: 1, Y: 1}, vg.Point{X: 2, Y: 1}, vg.Point{X: 2, Y: 3})
	pen.marker(look{hues[0], circle}, vg.Point{X: 50, Y: 25}, 3, true)
	pen.line(stroke{colour: people, width: 1.1, dashed: true}, vg.Point{X: 0, Y: 0}, vg.Point{X: 100, Y: 50})
	pen.line(stroke{colour: people, width: 0}, vg.Point{X: 0, Y: 0}, vg.Point{X: 100, Y: 50}) // not there
	c.Push()
	c.Translate(vg.Point{X: 60, Y: 20})
	c.Rotate(math.Pi / 2)
	pen.line(stroke{colour: rule, width: 1}, vg.Point{X: 0, Y: 0}, vg.Point{X: 10, Y: 0})
	c.Pop()
	upward := words(10, ink, draw.XRight, draw.YTop)
	upward.Rotation = math.Pi / 2
	on.FillText(upward, vg.Point{X: 5, Y: 40}, "up & away")
	on.FillText(bold(words(10, ink, draw.XCenter, draw.YCenter)), vg.Point{X: 50, Y: 25}, "one\ntwo")
	_, got, _ := strings.Cut(string(c.bytes("", "")), "</title>\n")
	want := `<rect fill="#ffffff" width="100" height="50"/>
<path fill="#dedede" d="M10 40H20V20H10ZM30 40H40V20H30Z"/>
<path fill="#0072b2" fill-opacity="0.5" d="M1 49H2V47Z"/>
<circle fill="#0072b2" stroke="#ffffff" stroke-width="0.6" cx="50" cy="25" r="3"/>
<path fill="none" stroke="#3c3c3c" stroke-width="1.1" stroke-dasharray="3 2" d="M0 50L100 0"/>
<path fill="none" stroke="#8f8f8f" stroke-width="1" d="M60 30V20"/>
<text fill="#1f1f1f" font-size="10" text-anchor="end" transform="translate(14.58 10) rotate(-90)">up &amp; away</text>
<g fill="#1f1f1f" font-size="10" font-weight="bold" text-anchor="middle">
<text x="50" y="22.58">one</text>
<text x="50" y="34.58">two</text>
</g>
</svg>
`
	if got != want {
		t.Errorf("the canvas is written as\n%s\nwant\n%s", got, want)
	}
}
