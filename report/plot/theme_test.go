package plot

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"silico/analysis"
)

func TestTicksAreRoundAndWrittenAlike(t *testing.T) {
	for _, tt := range []struct {
		lo, hi  float64
		n       int
		percent bool
		want    string
	}{
		{0, 1, 6, false, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{0, 1, 5, false, "0.0 0.5 1.0"},
		{-0.3, 0.3, 5, false, "−0.2 0.0 0.2"},
		{-0.21, 0.21, 5, false, "−0.2 −0.1 0.0 0.1 0.2"},
		{0, 0.47, 4, true, "0% 20% 40%"},
		{0, 0.012, 4, true, "0.0% 0.5% 1.0%"},
		{0, 158, 5, false, "0 50 100 150"},
		{-0.06, 0.07, 2, false, "−0.05 0.05"},
		{-0.07, 0.12, 3, false, "0.0 0.1"},
		{-0.07, 0.04, 1, false, "0.0"},
		{0, 25000, 6, false, "0 5000 10,000 15,000 20,000 25,000"},
		{0, 3e-9, 4, false, "0 1×10⁻⁹ 2×10⁻⁹ 3×10⁻⁹"},
		{-2e9, 2e9, 5, false, "−2×10⁹ −1×10⁹ 0 1×10⁹ 2×10⁹"},
		{1, 1, 5, false, ""},
		{0, nan, 5, false, ""},
		{0, 1, 0, false, ""},
	} {
		var got []string
		for _, k := range (numbers{tt.n, tt.percent}).Ticks(tt.lo, tt.hi) {
			got = append(got, k.Label)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("ticks of %v to %v, at most %d (percent %v) are %q, want %q", tt.lo, tt.hi, tt.n, tt.percent, s, tt.want)
		}
	}
}

func TestNumbersHaveATrueMinusAndNoMinusZero(t *testing.T) {
	for _, tt := range []struct {
		x        float64
		decimals int
		want     string
	}{
		{-0.5, 1, "−0.5"}, {-0.04, 1, "0.0"}, {0, 2, "0.00"}, {12345.6, 1, "12,345.6"}, {9999, 0, "9999"},
		{-1e8, 0, "−1×10⁸"}, {2.5e-7, 6, "2.5×10⁻⁷"}, {nan, 2, "–"}, {0, 9, "0"}, {1234567, 0, "1,234,567"},
	} {
		if got := written(tt.x, tt.decimals); got != tt.want {
			t.Errorf("written(%v, %d) is %q, want %q", tt.x, tt.decimals, got, tt.want)
		}
	}
}

func TestSourcesKeepTheirLookAndPeopleAreDark(t *testing.T) {
	k := cats{labels: make([]string, 15), people: 2, used: make([]bool, 15)}
	all := looks(k)
	if all[2] != (look{people, circle}) {
		t.Errorf("people look like %v", all[2])
	}
	seen := make(map[look]int)
	for i, l := range all {
		if j, ok := seen[l]; ok {
			t.Errorf("groups %d and %d look alike: %v", j, i, l)
		}
		seen[l] = i
	}
	k.people = -1
	if looks(k)[0].colour != hues[0] || looks(k)[1].colour != hues[1] {
		t.Errorf("without people the colours begin with %v", looks(k)[:2])
	}
}

func TestNeutralColoursAreUsedForNothingElse(t *testing.T) {
	var neutral []string
	for _, n := range Neutrals() {
		if !regexp.MustCompile(`^#[0-9a-f]{6}$`).MatchString(n.Hex) || slices.Contains(neutral, n.Hex) {
			t.Errorf("neutral colour %s is %q: not lower-case hex, or there twice", n.Name, n.Hex)
		}
		neutral = append(neutral, n.Hex)
	}
	others := append(slices.Clone(hues), darkText, lightText)
	for _, over := range []span{{0, 1, true}, {-1, 1, true}, {-1, 0, true}} {
		s := newShades(over)
		for i := range 1001 {
			others = append(others, s.of(s.lo+(s.hi-s.lo)*float64(i)/1000))
		}
	}
	for _, c := range others {
		if slices.Contains(neutral, c) {
			t.Errorf("colour %s is neutral and something else", c)
		}
	}
	// And nothing is drawn in a colour that is neither.
	for _, fig := range figures() {
		p, err := compose(fig)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range p.svg().marks {
			for _, c := range []string{m.fill, m.stroke.colour} {
				if c != "" && fig.Kind != "heatmap" && !slices.Contains(neutral, c) && !slices.Contains(hues, c) {
					t.Errorf("figure %s uses %s", fig.Name, c)
				}
			}
		}
	}
}

func TestTextsInCellsCanBeRead(t *testing.T) {
	for _, over := range []span{{0, 1, true}, {-1, 1, true}} {
		s := newShades(over)
		for i := range 201 {
			c := s.of(s.lo + (s.hi-s.lo)*float64(i)/200)
			// WCAG 2.1 level AA asks for 4.5; black and white on the worst grey give 4.58.
			if got := max(contrast(c, darkText), contrast(c, lightText)); got < 4.35 {
				t.Errorf("text on %s has contrast %.2f", c, got)
			}
		}
	}
	for _, c := range []string{ink, mute, people} {
		if got := contrast(c, paper); got < 7 {
			t.Errorf("%s on paper has contrast %.2f, want 7", c, got)
		}
	}
}

func TestLinesBreakBetweenWordsAndAreEven(t *testing.T) {
	for _, tt := range []struct {
		text  string
		limit float64
		want  []string
	}{
		{"regression 158 (baseline)", 200, []string{"regression 158 (baseline)"}},
		{"regression 158 (baseline)", 70, []string{"regression 158", "(baseline)"}},
		{"one two three four five six", 90, []string{"one two three", "four five six"}},
		{"  spaces\tand\nlines ", 200, []string{"spaces and lines"}},
		{"", 50, []string{""}},
		{"smollm2-instruct", 50, []string{"smollm2-", "instruct"}},
		{"a wide range of -0.5", 65, []string{"a wide", "range of -0.5"}},
	} {
		if got := wrap(tt.text, tt.limit, 8.5, false); !slices.Equal(got, tt.want) {
			t.Errorf("wrap(%q, %v) is %q, want %q", tt.text, tt.limit, got, tt.want)
		}
	}
	for _, limit := range []float64{1, 5, 20} {
		lines := wrap("日本語 Donaudampfschifffahrt", limit, 8.5, false)
		if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != "日本語Donaudampfschifffahrt" {
			t.Errorf("breaking at %v gives %q", limit, lines)
		}
	}
}

func TestBinsHoldEveryNumber(t *testing.T) {
	for _, xs := range [][]float64{{1}, {1, 1}, {0, 1, 2, 3, 4}, {-5, 1e6}, {0.1, 0.2, 0.35, 0.3}, {1e-9, 2e-9}, {1, 1, 1, 1, 1, 9}} {
		t.Run(fmt.Sprint(xs), func(t *testing.T) {
			first, step, n := bins(xs)
			if n < 1 || n > 130 || !(step > 0) {
				t.Fatalf("%d bins of width %v", n, step)
			}
			for _, x := range xs {
				if x < first-1e-9*step || x > first+step*float64(n)*(1+1e-9) {
					t.Errorf("%v is outside [%v, %v]", x, first, first+step*float64(n))
				}
			}
		})
	}
}

func TestTitleAndDescriptionAreEscaped(t *testing.T) {
	fig := barsFigure()
	fig.Title, fig.Alt = `a < b & "c"`, "bars <of> \x00 what"
	svg, err := Draw(fig, SVG)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<title>a &lt; b &amp; &quot;c&quot;</title>", "<desc>bars &lt;of&gt;  what</desc>"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("SVG lacks %s", want)
		}
	}
	fig.Title = ""
	if svg, _ := Draw(fig, SVG); !strings.Contains(string(svg), "<title>bars &lt;of&gt;  what</title>") || strings.Contains(string(svg), "<desc>") {
		t.Error("without a title, the words for those who do not see the figure are not its title")
	}
}

func TestABandIsCalledWhatItIs(t *testing.T) {
	for _, tt := range []struct {
		name, kind string
		line       bool
		labels     map[string]string
		want       []string
	}{
		{"named", "interval", false, map[string]string{"reflo": "two halves of people"}, []string{"two halves of people"}},
		{"named, with a line", "interval", true, map[string]string{"reflo": "two halves of people"}, []string{"two halves of people"}},
		{"named like the line", "interval", true, map[string]string{"reflo": "people", "ref": "people"}, []string{"people"}},
		{"both named", "interval", true, map[string]string{"reflo": "two halves", "ref": "their mean"}, []string{"their mean", "two halves"}},
		{"neither named", "interval", true, nil, []string{"people"}},
		{"without line and name", "interval", false, nil, []string{"reference"}},
		{"without line and name", "forest", false, nil, []string{"people"}},
		{"without line and name", "line", false, nil, []string{"reference"}},
		{"around a line with a name", "line", true, map[string]string{"ref": "people"}, []string{"people"}},
		{"both named", "line", true, map[string]string{"reflo": "two halves", "ref": "their mean"}, []string{"two halves", "their mean"}},
	} {
		t.Run(tt.kind+" "+tt.name, func(t *testing.T) {
			tab := &table{names: []string{"x", "y", "reflo", "refhi", "ref"}}
			tab.add(0.3, 0.3, 0.1, 0.2, 0.15)
			tab.add(0.4, 0.4, 0.1, 0.2, 0.15)
			roles := same("x", "y", "reflo", "refhi", "ref")
			if !tt.line {
				delete(roles, "ref")
			}
			p, err := compose(analysis.Figure{Name: "band", Kind: tt.kind, Data: tab.frame(), Roles: roles, Labels: tt.labels})
			if err != nil {
				t.Fatal(err)
			}
			var legend []string
			for _, m := range p.svg().marks {
				if m.kind == textMark && strings.Trim(m.text, "0123456789.") != "" {
					legend = append(legend, m.text)
				}
			}
			if !slices.Equal(legend, tt.want) {
				t.Errorf("the legend says %q, want %q", legend, tt.want)
			}
		})
	}
}

func TestAnIntervalWithoutBoundsIsAPoint(t *testing.T) {
	fig := intervalFloors()
	fig.Data = fig.Data.Take([]int{0})
	for _, c := range []string{"lo", "hi"} {
		col := *fig.Data.Col(c)
		col.Nums = []float64{nan}
		fig.Data = fig.Data.With(&col)
	}
	p, err := compose(fig)
	if err != nil {
		t.Fatal(err)
	}
	points, whiskers := 0, 0
	for _, m := range p.svg().marks {
		if m.kind == circleMark {
			points++
		}
		if m.kind == lineMark && m.stroke.colour == hues[0] {
			whiskers++
		}
	}
	if points != 2 || whiskers != 0 { // one in the legend
		t.Errorf("%d points and %d whiskers, want 2 (one of the legend) and none", points, whiskers)
	}
}
