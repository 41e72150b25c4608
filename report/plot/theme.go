package plot

import "slices"

// The neutral colours of every drawing. A page with a dark mode puts CSS
// variables in their place, so nothing but neutral marks may use them.
const (
	ink    = "#1f1f1f" // titles, whiskers
	mute   = "#575757" // ticks, legends: 7:1 on paper
	people = "#3c3c3c" // points and lines of people
	stone  = "#828282" // bars of people: light enough for a whisker on them
	rule   = "#8f8f8f" // zero lines, reference lines
	band   = "#dedede" // reference bands
	grid   = "#e8e8e8" // grid lines
	paper  = "#ffffff" // behind everything, and gaps between marks
)

// Neutral is a neutral colour by the name of its use.
type Neutral struct{ Hex, Name string }

// Neutrals returns the neutral colours of the drawings, so that a page may
// replace them, dark for light. The hex strings stand in the SVG exactly as
// here, in lower case.
func Neutrals() []Neutral {
	return []Neutral{
		{ink, "ink"}, {mute, "mute"}, {people, "people"}, {stone, "stone"}, {rule, "rule"},
		{band, "band"}, {grid, "grid"}, {paper, "paper"},
	}
}

// hues are the colours of sources and groups, after Okabe and Ito (2008),
// Color Universal Design, in the order in which they are given out.
// Note: their black is kept for people, and their yellow is left out: lines
// and points of it cannot be seen on white.
var hues = []string{"#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7"}

// Sizes in points.
const (
	pageWidth = 468 // 6.5 inches
	pageEdge  = 3

	titleSize  = 11
	wordSize   = 8.5 // subtitle, legend, panel titles, row labels, axis titles
	tickSize   = 8
	cellSize   = 8
	lineHeight = 1.2 // times the size

	gridWidth  = 0.5
	ruleWidth  = 0.8
	whisker    = 1.1
	lineWidth  = 1.5
	markRadius = 2.9
)

// look is how the marks of one group look.
type look struct {
	colour string
	shape  shape
}

// looks returns how the categories of a colour role look: people dark and
// round, the others in the order of the categories, whether in use or not, so
// that a source keeps its look from figure to figure. Beyond the last colour
// they start again with other shapes.
func looks(k cats) []look {
	all := make([]look, len(k.labels))
	n := 0
	for i := range all {
		if i == k.people {
			all[i] = look{people, circle}
			continue
		}
		all[i] = look{hues[n%len(hues)], shapes[(n+n/len(hues))%len(shapes)]}
		n++
	}
	return all
}

// bars returns the colour of the look as a filled bar.
func (l look) bars() string {
	if l.colour == people {
		return stone
	}
	return l.colour
}

// plain is the look of marks that no colour role tells apart.
var plain = look{hues[0], circle}

// peopleFirst returns the codes in use, those of people first.
func peopleFirst(k cats) []int {
	var codes []int
	for i, used := range k.used {
		if used && i != k.people {
			codes = append(codes, i)
		}
	}
	if k.people >= 0 && k.used[k.people] {
		codes = slices.Insert(codes, 0, k.people)
	}
	return codes
}
