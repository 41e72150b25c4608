package plot

import "math"

// point is a place in a drawing: points from the left and from the top.
type point struct{ x, y float64 }

// anchor says which part of a text is at its place.
type anchor uint8

const (
	start anchor = iota
	middle
	end
)

// shape is the outline of a marker.
type shape uint8

const (
	circle shape = iota
	square
	triangle
	diamond
	wedge // a triangle on its tip
)

var shapes = []shape{circle, square, triangle, diamond, wedge}

// stroke is how a line is drawn.
type stroke struct {
	colour string
	width  float64
	dashed bool
}

type markKind uint8

const (
	rectMark   markKind = iota // pts: two opposite corners
	lineMark                   // pts: the corners of an open line
	areaMark                   // pts: the corners of a filled polygon
	circleMark                 // pts: the centre; size is the radius
	textMark                   // pts: the place on the base line
)

// mark is one thing in a drawing.
type mark struct {
	kind    markKind
	pts     []point
	fill    string  // colour of an area, a circle or a text
	opacity float64 // of the fill; 0 stands for 1
	stroke  stroke  // of a line, or around an area or a circle when its width is not 0
	size    float64
	text    string
	bold    bool
	anchor  anchor
	upward  bool // the text reads upward
}

// scene is a drawing: its marks from back to front, on a page whose height is
// known at the end.
type scene struct {
	width, height float64
	title, desc   string // for those who do not see it
	marks         []mark
}

func (s *scene) rect(x, y, w, h float64, fill string) {
	if w < 0 {
		x, w = x+w, -w
	}
	if h < 0 {
		y, h = y+h, -h
	}
	s.marks = append(s.marks, mark{kind: rectMark, pts: []point{{x, y}, {x + w, y + h}}, fill: fill})
}

func (s *scene) line(st stroke, pts ...point) {
	s.marks = append(s.marks, mark{kind: lineMark, pts: pts, stroke: st})
}

func (s *scene) area(fill string, opacity float64, pts ...point) {
	s.marks = append(s.marks, mark{kind: areaMark, pts: pts, fill: fill, opacity: opacity})
}

// marker draws a marker, with a thin edge of paper where markers may touch and
// are to be told apart.
func (s *scene) marker(l look, at point, r float64, edge bool) {
	m := mark{kind: areaMark, fill: l.colour}
	if edge {
		m.stroke = stroke{colour: paper, width: 0.6}
	}
	corner := func(angle, radius float64) {
		sin, cos := math.Sincos(angle * math.Pi / 180)
		m.pts = append(m.pts, point{at.x + radius*cos, at.y - radius*sin})
	}
	// Radii that give all shapes about the area of the circle.
	switch l.shape {
	case circle:
		m.kind, m.pts, m.size = circleMark, []point{at}, r
	case square:
		for a := 45.0; a < 360; a += 90 {
			corner(a, r*1.25)
		}
	case diamond:
		for a := 0.0; a < 360; a += 90 {
			corner(a, r*1.32)
		}
	case triangle:
		for a := 90.0; a < 450; a += 120 {
			corner(a, r*1.42)
		}
	case wedge:
		for a := 270.0; a < 630; a += 120 {
			corner(a, r*1.42)
		}
	}
	s.marks = append(s.marks, m)
}

// label is how a text is set.
type label struct {
	size   float64
	bold   bool
	colour string
	anchor anchor
}

// text sets one line with its base line at y.
func (s *scene) text(l label, x, y float64, text string) {
	text = clean(text)
	if text == "" {
		return
	}
	s.marks = append(s.marks, mark{kind: textMark, pts: []point{{x, y}}, text: text,
		size: l.size, bold: l.bold, fill: l.colour, anchor: l.anchor})
}

// lines sets lines below each other, the block centred on y.
func (s *scene) lines(l label, x, y float64, lines []string) {
	step := l.size * lineHeight
	y -= step * float64(len(lines)-1) / 2
	for i, t := range lines {
		s.text(l, x, y+float64(i)*step+middleOf(l.size), t)
	}
}

// upward sets lines that read upward, left to right, the block beginning at x
// and centred on y.
func (s *scene) upward(l label, x, y float64, lines []string) {
	for i, t := range lines {
		s.marks = append(s.marks, mark{kind: textMark, upward: true, text: t, size: l.size, bold: l.bold,
			fill: l.colour, anchor: l.anchor, pts: []point{{x + l.size*0.8 + float64(i)*l.size*lineHeight, y}}})
	}
}

// middleOf returns how far the base line lies below the middle of capitals.
func middleOf(size float64) float64 { return size * 0.358 }

// box returns the rectangle that a text takes.
func (m mark) box() (x0, y0, x1, y1 float64) {
	w := width(m.text, m.size, m.bold)
	back := 0.0
	switch m.anchor {
	case middle:
		back = w / 2
	case end:
		back = w
	}
	up, down := m.size*0.73, m.size*0.21
	p := m.pts[0]
	if m.upward {
		return p.x - up, p.y + back - w, p.x + down, p.y + back
	}
	return p.x - back, p.y - up, p.x - back + w, p.y + down
}
