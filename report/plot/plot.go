package plot

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"silico/analysis"
)

// Format is a file format of drawings.
type Format string

const (
	SVG Format = "svg" // scalable, on white; text stays text
	PNG Format = "png" // 192 dpi on white
)

// Kind is a kind of mark: what a figure of that kind shows, the roles that
// its columns play, and how it is drawn.
type Kind struct {
	Name  string
	Doc   string // one line, no full stop
	Roles []Role

	// unique are the roles that together may have each combination of
	// categories once: two marks would hide each other. Nil for no limit.
	unique []string
	draw   func(d *data, p *page)
}

// Role is the part that a column of the figure's data plays in the drawing.
type Role struct {
	Name     string
	Doc      string // one line, no full stop
	Required bool
	Number   bool // the column must hold numbers
}

var kinds = map[string]Kind{}

// register makes a kind known. It panics when the name is taken.
func register(k Kind) {
	if _, ok := kinds[k.Name]; ok {
		panic("plot: " + k.Name + " registered twice")
	}
	kinds[k.Name] = k
}

// Kinds returns the kinds of marks, sorted by name.
func Kinds() []Kind {
	var all []Kind
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		all = append(all, kinds[name])
	}
	return all
}

// Draw returns the drawing of a figure as the bytes of a file.
//
// Values that are missing, NaN or infinite are left out, and an estimate
// without bounds is drawn as a bare point. A panel without any value says
// "no data". Draw fails when the figure's kind is unknown, when it lacks a
// role that its kind needs, names a role that its kind does not have, names a
// column that its data lack, puts words where numbers belong, or has two rows
// for one cell or bar.
func Draw(fig analysis.Figure, format Format) ([]byte, error) {
	if format != SVG && format != PNG {
		return nil, fmt.Errorf("figure %s: unknown format %q; formats are %q and %q", called(fig), format, SVG, PNG)
	}
	p, err := compose(fig)
	if err != nil {
		return nil, err
	}
	if format == PNG {
		return p.png()
	}
	return p.svg().bytes(p.title, p.desc), nil
}

// compose returns the page of a figure, to be drawn on any canvas.
func compose(fig analysis.Figure) (*page, error) {
	kind, ok := kinds[fig.Kind]
	if !ok {
		return nil, fmt.Errorf("figure %s: unknown kind %q; kinds are %s", called(fig), fig.Kind, strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
	}
	d, err := read(fig, kind)
	if err != nil {
		return nil, err
	}
	p := newPage(fig)
	kind.draw(d, p)
	return p, nil
}

// called is how errors name a figure.
func called(fig analysis.Figure) string {
	switch {
	case fig.Name != "":
		return fmt.Sprintf("%q", fig.Name)
	case fig.Title != "":
		return fmt.Sprintf("%q", fig.Title)
	}
	return fmt.Sprintf("of kind %q", fig.Kind)
}
