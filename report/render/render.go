// Package render writes a document in the formats that people read: one file
// a format, found by name.
package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"silico/report"
)

// Sink takes the files of a format: a slash-separated path below the output
// folder and the content.
type Sink func(path string, content []byte)

// Format is one way to write a document.
type Format struct {
	Name string
	Doc  string // one line on what it is for
	// Render writes the files of the document. It changes nothing in it, and
	// equal documents give equal bytes.
	Render func(d *report.Document, sink Sink) error
}

var formats = map[string]Format{}

// register makes a format known. It panics when the name is taken.
func register(f Format) {
	if _, ok := formats[f.Name]; ok {
		panic("render: " + f.Name + " registered twice")
	}
	formats[f.Name] = f
}

// Formats returns the formats, sorted by name.
func Formats() []Format {
	var list []Format
	for _, name := range slices.Sorted(maps.Keys(formats)) {
		list = append(list, formats[name])
	}
	return list
}

// Render writes a document in the named format.
func Render(format string, d *report.Document, sink Sink) error {
	f, ok := formats[format]
	if !ok {
		return fmt.Errorf("unknown format %q; there are %s", format, strings.Join(slices.Sorted(maps.Keys(formats)), ", "))
	}
	return f.Render(d, sink)
}

// mostNamed is how many cells of a table a warning names.
const mostNamed = 8

// warnings returns the warnings of a table as sentences. Those that say the
// same of several cells, "WHERE: WHAT.", are one sentence in the place of the
// first: a small sample would fill pages otherwise.
func warnings(t *report.Table) []string {
	where := map[string][]string{}
	split := func(text string) (string, string) {
		cell, what, ok := strings.Cut(text, ": ")
		if !ok {
			return "", text
		}
		return cell, what
	}
	for _, w := range t.Warnings {
		cell, what := split(w.Text)
		where[what] = append(where[what], cell)
	}
	var list []string
	for _, w := range t.Warnings {
		_, what := split(w.Text)
		cells := where[what]
		switch {
		case len(cells) == 0: // said already
			continue
		case len(cells) == 1, cells[0] == "":
			list = append(list, w.Text)
		default:
			list = append(list, together(cells)+": "+what)
		}
		delete(where, what)
	}
	return list
}

// together lists cells, the last of many by their number.
func together(cells []string) string {
	if more := len(cells) - mostNamed; more > 1 {
		return strings.Join(cells[:mostNamed], "; ") + fmt.Sprintf("; and %d others", more)
	}
	return strings.Join(cells, "; ")
}

// partialPaper is the mark of a paper that lacks answers.
const partialPaper = "Partial paper."

// madeBy is the last line of a paper: what made it from what.
func madeBy(d *report.Document) string {
	s := "Made by silico"
	if d.Version != "" {
		s += " " + d.Version
	}
	if d.Slug != "" {
		s += " from the study " + d.Slug
	}
	return s + fmt.Sprintf(", seed %d. Every number was computed from the answers; none was typed.", d.Seed)
}
