package plot

import (
	"strings"
	"sync"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// face returns Liberation Sans, regular or bold, whose widths are Arial's.
func face(size float64, bold bool) font.Face {
	return handler{}.Cache().Lookup(typeface(bold), vg.Points(size))
}

// typeface returns the description of Liberation Sans by which gonum/plot
// finds it.
func typeface(bold bool) font.Font {
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if bold {
		f.Weight = xfont.WeightBold
	}
	return f
}

// advances are the widths of the characters below 0x250, in ems.
var advances = sync.OnceValue(func() *[2][0x250]float64 {
	var ems [2][0x250]float64
	for weight := range ems {
		for r := range rune(0x250) {
			ems[weight][r] = measure(r, weight)
		}
	}
	return &ems
})

// measure returns the width of a character in ems. A character that the font
// lacks is drawn by another one and taken to be square.
func measure(r rune, weight int) float64 {
	f := face(1, weight == 1)
	if !has(f, r) {
		return 1
	}
	return f.Width(string(r)).Points()
}

// has says whether the font has the character.
func has(f font.Face, r rune) bool {
	g, err := f.Face.GlyphIndex(nil, r)
	return err == nil && g != 0
}

// width returns the width of a text in points. Kerning, which could only make
// it narrower, is left out.
func width(text string, size float64, bold bool) float64 {
	weight := 0
	if bold {
		weight = 1
	}
	ems := advances()
	w := 0.0
	for _, r := range text {
		if r < 0x250 {
			w += ems[weight][r]
		} else {
			w += measure(r, weight)
		}
	}
	return w * size
}

// wrap breaks a text into lines of at most limit points: between words, after
// slashes and hyphens, and inside a word only when it is wider than a line.
// It takes as few lines as it can, and makes them about equally long where the
// last one would be short. It returns at least one line.
func wrap(text string, limit, size float64, bold bool) []string {
	lines := fill(text, limit, size, bold)
	if last := lines[len(lines)-1]; len(lines) == 1 || width(last, size, bold) > widest(lines, size, bold)/2 {
		return lines
	}
	lo, hi := max(limit/2, min(limit, widestPiece([]string{text}, size, bold))), limit
	for range 6 {
		mid := (lo + hi) / 2
		if even := fill(text, mid, size, bold); len(even) == len(lines) {
			lines, hi = even, mid
		} else {
			lo = mid
		}
	}
	return lines
}

// fill breaks a text into lines, each as long as it can be.
func fill(text string, limit, size float64, bold bool) []string {
	var lines []string
	line := ""
	flush := func() {
		if s := strings.TrimRight(line, " "); s != "" {
			lines = append(lines, s)
		}
		line = ""
	}
	for _, piece := range pieces(text) {
		if line != "" && width(line+strings.TrimRight(piece, " "), size, bold) > limit {
			flush()
		}
		for width(strings.TrimRight(piece, " "), size, bold) > limit {
			head := fit(piece, limit, size, bold)
			lines = append(lines, head)
			piece = piece[len(head):]
		}
		line += piece
	}
	flush()
	if lines == nil {
		return []string{""}
	}
	return lines
}

// pieces cuts a text behind the places where a line may break.
func pieces(text string) []string {
	var cut []string
	start := 0
	text = strings.Join(strings.Fields(clean(text)), " ")
	for i, r := range text {
		// A hyphen in front of a digit may be a minus.
		next := i + len(string(r))
		hyphen := r == '-' && i > 0 && next < len(text) && !strings.ContainsRune(" 0123456789.", rune(text[next]))
		if r == ' ' || r == '/' || hyphen {
			cut = append(cut, text[start:next])
			start = next
		}
	}
	return append(cut, text[start:])
}

// fit returns the longest beginning of a text within limit, at least one
// character.
func fit(text string, limit, size float64, bold bool) string {
	w := 0.0
	for i, r := range text {
		w += width(string(r), size, bold)
		if w > limit && i > 0 {
			return text[:i]
		}
	}
	return text
}

// widest returns the width of the widest of the texts.
func widest(texts []string, size float64, bold bool) float64 {
	w := 0.0
	for _, t := range texts {
		w = max(w, width(t, size, bold))
	}
	return w
}

// widestPiece returns the width of the widest part of the texts that wrap
// keeps together.
func widestPiece(texts []string, size float64, bold bool) float64 {
	w := 0.0
	for _, t := range texts {
		for _, p := range pieces(t) {
			w = max(w, width(strings.TrimRight(p, " "), size, bold))
		}
	}
	return w
}
