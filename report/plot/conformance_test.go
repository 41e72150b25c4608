package plot

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"silico/analysis"
	"silico/analysis/frame"
)

// situation is data that every kind must draw without trouble.
type situation struct {
	name   string
	rows   int
	facets int
	label  func(role string, k int) string
	number func(row int) float64
	bounds bool
}

var situations = []situation{
	{name: "no rows", label: plainLabel, number: steady},
	{name: "one row", rows: 1, facets: 1, label: plainLabel, number: steady, bounds: true},
	{name: "one facet", rows: 24, facets: 1, label: plainLabel, number: steady, bounds: true},
	{name: "many facets", rows: 154, facets: 11, label: plainLabel, number: steady, bounds: true},
	{name: "points without bounds", rows: 24, facets: 2, label: plainLabel, number: steady},
	{name: "all values missing", rows: 12, facets: 2, label: plainLabel, number: func(int) float64 { return math.NaN() }, bounds: true},
	{name: "some values missing or infinite", rows: 48, facets: 3, label: plainLabel, bounds: true, number: func(i int) float64 {
		return []float64{0.2, math.NaN(), 0.7, math.Inf(1), math.Inf(-1), 0.1}[i%6]
	}},
	{name: "one facet without values", rows: 24, facets: 2, label: plainLabel, bounds: true, number: func(i int) float64 {
		if i%2 == 0 {
			return math.NaN()
		}
		return steady(i)
	}},
	{name: "all values equal", rows: 12, facets: 2, label: plainLabel, number: func(int) float64 { return 0.5 }, bounds: true},
	{name: "all values zero", rows: 12, facets: 2, label: plainLabel, number: func(int) float64 { return 0 }, bounds: true},
	{name: "negative values", rows: 12, facets: 2, label: plainLabel, number: func(i int) float64 { return -3 - float64(i) }, bounds: true},
	{name: "huge values", rows: 12, facets: 2, label: plainLabel, number: func(i int) float64 { return 3e11 * float64(i) }, bounds: true},
	{name: "tiny values", rows: 12, facets: 2, label: plainLabel, number: func(i int) float64 { return 2e-9 * float64(i) }, bounds: true},
	{name: "long labels", rows: 36, facets: 3, number: steady, bounds: true, label: func(role string, k int) string {
		return fmt.Sprintf("a label of the %s that goes on and on: regression 158 (baseline), number %d", role, k)
	}},
	{name: "long words", rows: 24, facets: 2, number: steady, bounds: true, label: func(role string, k int) string {
		return strings.Repeat("Donaudampfschifffahrt", 4) + role + fmt.Sprint(k)
	}},
	{name: "labels beyond ASCII", rows: 24, facets: 2, number: steady, bounds: true, label: func(role string, k int) string {
		return []string{"Männer & <Frauen>", "日本語のモデル", "προσωπικότητα", "😀 \"quoted\"", "\x01control\xff"}[k%5] + fmt.Sprint(k)
	}},
	{name: "empty labels", rows: 12, facets: 2, number: steady, bounds: true, label: func(string, int) string { return "" }},
	{name: "people among the categories", rows: 36, facets: 3, number: steady, bounds: true, label: func(role string, k int) string {
		if k == 1 {
			return "people"
		}
		return plainLabel(role, k)
	}},
}

func plainLabel(role string, k int) string { return fmt.Sprintf("%s %d", role, k) }
func steady(i int) float64                 { return 0.1 + 0.07*float64(i%11) }

// figure fills all roles of a kind, or only the required ones.
func (s situation) figure(k Kind, optional bool) analysis.Figure {
	fig := analysis.Figure{Name: s.name, Kind: k.Name, Roles: map[string]string{}, Labels: map[string]string{
		"x": "An axis title", "y": "Another axis title", "fill": "A title of the shades", "colour": "A title of colours",
	}, Alt: "what it shows"}
	if optional {
		fig.Title = "A title that is long enough to need a second line, because it says in full what the figure is about"
		fig.Labels["subtitle"] = "A subtitle"
	}
	var cols []*frame.Column
	for _, r := range k.Roles {
		if !r.Required && !optional {
			continue
		}
		if !s.bounds && slices.Contains([]string{"lo", "hi", "reflo", "refhi"}, r.Name) {
			continue
		}
		// Categories cross each other, as in a full design.
		step := map[string]int{"facet": 1, "colour": s.facets}[r.Name]
		levels := map[string]int{"facet": s.facets, "colour": 2}[r.Name]
		if step == 0 {
			step, levels = max(1, 2*s.facets), 40
		}
		if k.Name == "paired" && r.Name == "panel" || k.Name == "heatmap" && r.Name == "x" {
			step, levels = max(1, s.facets), 5
		}
		var words []string
		var numbers []float64
		for i := range s.rows {
			words = append(words, s.label(r.Name, i/step%levels))
			v := s.number(i)
			switch r.Name {
			case "lo", "reflo":
				v -= math.Abs(v) * 0.3
			case "hi", "refhi":
				v += math.Abs(v) * 0.3
			}
			numbers = append(numbers, v)
		}
		fig.Roles[r.Name] = "column of " + r.Name
		if r.Number {
			cols = append(cols, frame.Numbers("column of "+r.Name, numbers))
		} else {
			cols = append(cols, frame.Factors("column of "+r.Name, words, nil))
		}
	}
	fig.Data = frame.New(cols...)
	// Where marks must differ, the first row of each stays.
	seen := make(map[string]bool)
	fig.Data = fig.Data.Filter(func(row int) bool {
		place := ""
		for _, r := range k.unique {
			if c := fig.Data.Col(fig.Roles[r]); c != nil {
				place += "|" + c.String(row)
			}
		}
		again := seen[place]
		seen[place] = true
		return !again || k.unique == nil
	})
	return fig
}

func TestEveryKindDrawsEverySituation(t *testing.T) {
	for _, k := range Kinds() {
		for _, s := range situations {
			for _, optional := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/optional=%v", k.Name, s.name, optional), func(t *testing.T) {
					show(t, fmt.Sprintf("%s-%s-%v", k.Name, strings.ReplaceAll(s.name, " ", "-"), optional), s.figure(k, optional))
					checkDrawing(t, s.figure(k, optional), s.name == "no rows" || s.name == "all values missing")
				})
			}
		}
	}
}

func TestFiguresOfPapersHoldTheRules(t *testing.T) {
	for _, fig := range figures() {
		t.Run(fig.Name, func(t *testing.T) { checkDrawing(t, fig, false) })
	}
}

// checkDrawing checks what holds for every drawing.
func checkDrawing(t *testing.T, fig analysis.Figure, empty bool) {
	t.Helper()
	p, err := compose(fig)
	if err != nil {
		t.Fatal(err)
	}
	c := p.svg()
	svg := c.bytes(p.title, p.desc)
	if again, err := Draw(fig, SVG); err != nil || !bytes.Equal(svg, again) {
		t.Errorf("drawing twice gives other bytes (error %v)", err)
	}
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	for {
		if _, err := decoder.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("SVG is not well-formed XML: %v", err)
		}
	}
	for _, bad := range []string{"NaN", "Inf", " id=", "<style", "e+0", "e-0"} {
		if body := svg[bytes.Index(svg, []byte("</title>")):]; bytes.Contains(dropTexts(body), []byte(bad)) {
			t.Errorf("SVG contains %q", bad)
		}
	}
	if got := strings.Contains(string(svg), ">"+noData+"<"); empty && !got {
		t.Errorf("a figure without values does not say %q", noData)
	}
	checkTexts(t, c)
	if w, h := c.w, c.h; w != pageWidth || !(h > 20) || h > 20000 {
		t.Errorf("the page is %v by %v points", w, h)
	}
}

// dropTexts returns SVG without what its text elements say.
func dropTexts(svg []byte) []byte {
	var out []byte
	for i, part := range bytes.Split(svg, []byte("</text>")) {
		if k := bytes.LastIndexByte(part, '>'); i >= 0 && k >= 0 {
			part = part[:k]
		}
		out = append(out, part...)
	}
	return out
}

// checkTexts checks that texts stay on the page and clear of each other.
func checkTexts(t *testing.T, c *svgCanvas) {
	t.Helper()
	type box struct {
		text           string
		x0, y0, x1, y1 float64
	}
	var boxes []box
	for _, m := range c.marks {
		for _, p := range m.pts {
			if x, y := p.X.Points(), p.Y.Points(); !finite(x, y) || x < -2 || y < -2 || x > c.w+2 || y > c.h+2 {
				t.Errorf("a mark is off the page, at %v", p)
				return
			}
		}
		if m.kind != textMark {
			continue
		}
		b := box{text: m.text}
		b.x0, b.y0, b.x1, b.y1 = m.box()
		if b.x0 < -0.5 || b.x1 > c.w+0.5 || b.y0 < -0.5 || b.y1 > c.h+0.5 {
			t.Errorf("text %q leaves the page: %.1f..%.1f, %.1f..%.1f of %v by %.1f", b.text, b.x0, b.x1, b.y0, b.y1, c.w, c.h)
		}
		for _, o := range boxes {
			if b.x0 < o.x1-0.3 && o.x0 < b.x1-0.3 && b.y0 < o.y1-0.3 && o.y0 < b.y1-0.3 {
				t.Errorf("texts %q and %q overlap", o.text, b.text)
				return
			}
		}
		boxes = append(boxes, b)
	}
}

func TestEveryKindIsDocumented(t *testing.T) {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.Name)
		if k.Doc == "" || strings.HasSuffix(k.Doc, ".") || strings.Contains(k.Doc, "\n") {
			t.Errorf("%s: doc %q is not one line without a full stop", k.Name, k.Doc)
		}
		for _, r := range k.Roles {
			if r.Doc == "" || strings.HasSuffix(r.Doc, ".") {
				t.Errorf("%s: doc of role %s is %q", k.Name, r.Name, r.Doc)
			}
		}
	}
	if !slices.IsSorted(names) || len(names) < 9 {
		t.Errorf("kinds are %v; want at least nine, sorted", names)
	}
}

func TestErrorsNameFigureRoleAndColumn(t *testing.T) {
	for _, k := range Kinds() {
		full := situation{rows: 6, facets: 1, label: plainLabel, number: steady, bounds: true}.figure(k, true)
		full.Name = "distances"
		for _, r := range k.Roles {
			expect := func(name string, change func(*analysis.Figure), words ...string) {
				fig := full
				fig.Roles = maps.Clone(full.Roles)
				change(&fig)
				_, err := Draw(fig, SVG)
				for _, w := range append(words, `"distances"`) {
					if err == nil || !strings.Contains(err.Error(), w) {
						t.Errorf("%s, %s: error %v does not say %s", k.Name, name, err, w)
					}
				}
			}
			if r.Required {
				expect("role missing", func(f *analysis.Figure) { delete(f.Roles, r.Name) }, fmt.Sprintf("%q", r.Name), r.Doc)
			}
			expect("column missing", func(f *analysis.Figure) { f.Roles[r.Name] = "gone" }, fmt.Sprintf("%q", r.Name), `"gone"`, "column of")
			if r.Number {
				expect("words for numbers", func(f *analysis.Figure) {
					f.Data = f.Data.With(frame.Strings("words", make([]string, f.Data.Rows())))
					f.Roles[r.Name] = "words"
				}, fmt.Sprintf("%q", r.Name), `"words"`, "numbers")
			}
		}
		fig := full
		fig.Roles = maps.Clone(full.Roles)
		fig.Roles["color"] = "column of x"
		if _, err := Draw(fig, SVG); err == nil || !strings.Contains(err.Error(), `no role "color"`) {
			t.Errorf("%s: an unknown role gives %v", k.Name, err)
		}
	}
	for _, fig := range []analysis.Figure{{Kind: "pie", Name: "a"}, {Kind: "bars", Name: "a"}} {
		if _, err := Draw(fig, SVG); err == nil || !strings.Contains(err.Error(), `"a"`) {
			t.Errorf("figure %+v gives %v", fig, err)
		}
	}
	if _, err := Draw(barsFigure(), "gif"); err == nil || !strings.Contains(err.Error(), `"gif"`) {
		t.Errorf("an unknown format gives %v", err)
	}
}

func TestTwoRowsForOneMarkAreAnError(t *testing.T) {
	fig := heatmapFigure()
	fig.Data = fig.Data.Take([]int{0, 1, 0})
	_, err := Draw(fig, SVG)
	want := `figure "heatmap" (heatmap): rows 1 and 3 both are x "all", y "smollm2-135m"; each may come once`
	if err == nil || err.Error() != want {
		t.Errorf("error is %v\nwant %s", err, want)
	}
}

func TestPNGIsAsWideAsThePageAt192DotsPerInch(t *testing.T) {
	raw, err := Draw(intervalFigure("interval", true), PNG)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Draw(intervalFigure("interval", true), PNG)
	if !bytes.Equal(raw, again) {
		t.Error("drawing a PNG twice gives other bytes")
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if w := img.Bounds().Dx(); w != 1248 {
		t.Errorf("PNG is %d pixels wide, want 1248 (6.5 inches at 192)", w)
	}
	for _, at := range [][2]int{{0, 0}, {1247, img.Bounds().Dy() - 1}} {
		if r, g, b, a := img.At(at[0], at[1]).RGBA(); r&g&b&a != 0xffff {
			t.Errorf("pixel %v is not opaque white", at)
		}
	}
}
