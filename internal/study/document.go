package study

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"silico/analysis/expr"
)

// maxSpec is the size above which a file is taken for no study.
const maxSpec = 4 << 20

// document is a TOML file that was read, with the place of everything in it
// and the problems found so far.
type document struct {
	file     string // as problems name it
	src      string
	first    int // number of the first line
	root     map[string]any
	spots    *spots
	misfits  map[string]bool // paths whose value has a wrong type
	problems Problems
}

// parse reads TOML. When it is no TOML, root is nil and problems say why.
func parse(file, src string, first int) *document {
	d := &document{file: file, src: strings.TrimPrefix(src, "\uFEFF"), first: first, misfits: make(map[string]bool)}
	switch bad := invalidUTF8(d.src); {
	case len(d.src) > maxSpec:
		d.add(0, "the file has more than %d MB; a study is smaller", maxSpec>>20)
		return d
	case bad >= 0:
		d.add(bad, "the file is not valid UTF-8 from here on; save it as UTF-8")
		return d
	}
	_, err := toml.Decode(d.src, &d.root)
	var pe toml.ParseError
	switch {
	case errors.As(err, &pe):
		d.root = nil
		d.add(pe.Position.Start, "%s", syntax(pe.Message))
	case err != nil:
		d.root = nil
		d.add(0, "%v", err)
	default:
		d.spots = findSpots(d.src)
		d.arraysOfTables(nil, d.root)
	}
	return d
}

// syntax puts the toml package's message in our form.
func syntax(msg string) string {
	msg = strings.TrimSuffix(msg, ".")
	if msg != "" && msg[0] >= 'A' && msg[0] <= 'Z' && !strings.HasPrefix(msg, "TOML") {
		msg = strings.ToLower(msg[:1]) + msg[1:]
	}
	for mistake, way := range ways {
		if strings.Contains(msg, mistake) {
			msg += "; " + way
		}
	}
	return "not valid TOML: " + msg
}

// ways are the ways out of common mistakes, none part of another.
var ways = map[string]string{
	"strings cannot contain newlines": `close the quotes on the same line, or use """ for text of several lines`,
	"has already been defined":        "keep one of them",
	"expected value but found":        "text stands in quotes",
	"invalid escape in string":        "write a backslash twice, or use single quotes",
	"or array terminator":             "put a comma between the elements of the list and a bracket ] at its end",
	"to end table name":               "write the name of a table as [name], on a line of its own",
	"expected '.' or '='":             "write key = value",
	"is out of range for int64":       "whole numbers have at most 18 digits",
	"cannot contain control":          "take the character out",
}

// invalidUTF8 returns the offset of the first byte that is not valid UTF-8,
// -1 when there is none.
func invalidUTF8(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return i
		}
	}
	return -1
}

// arraysOfTables reports [[name]], which silico does not use, and takes it out
// of the tree.
func (d *document) arraysOfTables(path []string, table map[string]any) {
	for _, k := range d.children(path, table) {
		p := append(slices.Clone(path), k)
		switch v := table[k].(type) {
		case []map[string]any:
			name := strings.Join(p, ".")
			d.at(p, "tables have names here: write [%s.NAME] instead of [[%s]]", name, name)
			delete(table, k)
		case map[string]any:
			d.arraysOfTables(p, v)
		}
	}
}

// children returns the keys of a table in the order of the file.
func (d *document) children(path []string, table map[string]any) []string {
	var keys []string
	for _, name := range d.spots.kids[pathKey(path...)] {
		if _, ok := table[name]; ok {
			keys = append(keys, name)
		}
	}
	if len(keys) < len(table) { // a name with a zero byte in it
		var rest []string
		for k := range table {
			if !slices.Contains(keys, k) {
				rest = append(rest, k)
			}
		}
		slices.Sort(rest)
		keys = append(keys, rest...)
	}
	return keys
}

// spot returns where a path stands, or the nearest table above it that does.
func (d *document) spot(path []string) spot {
	for n := len(path); n > 0; n-- {
		if s, ok := d.spots.at[pathKey(path[:n]...)]; ok {
			return s
		}
	}
	return spot{}
}

func (d *document) problem(offset int, format string, a ...any) Problem {
	line, col, source := lineOf(d.src, offset, d.first)
	return Problem{File: d.file, Line: line, Col: col, Msg: fmt.Sprintf(format, a...), Source: source}
}

func (d *document) add(offset int, format string, a ...any) {
	d.problems = append(d.problems, d.problem(offset, format, a...))
}

// at reports a problem with a key.
func (d *document) at(path []string, format string, a ...any) {
	d.add(d.spot(path).key, format, a...)
}

// value reports a problem with the value of a key.
func (d *document) value(path []string, format string, a ...any) {
	d.add(d.spot(path).value, format, a...)
}

// hint reports a problem with the value of a key and what was probably meant.
func (d *document) hint(path []string, name string, candidates []string, format string, a ...any) {
	d.value(path, format, a...)
	d.problems[len(d.problems)-1].Hint = expr.Suggest(name, candidates)
}

// within reports a problem at a character, from 1, of a text value.
func (d *document) within(path []string, char int, format string, a ...any) {
	d.add(inside(d.src, d.spot(path).value, char), format, a...)
}

// expression parses a text value as an expression, nil when it is none.
func (d *document) expression(path []string, text string) *expr.Expr {
	e, err := expr.Parse(text)
	if err != nil {
		d.misexpressed(path, err)
		return nil
	}
	return e
}

// misexpressed reports the error of an expression at its place.
func (d *document) misexpressed(path []string, err error) {
	var se *expr.SyntaxError
	if !errors.As(err, &se) {
		d.value(path, "%v", err)
		return
	}
	d.within(path, se.Col, "%s", se.Msg)
	d.problems[len(d.problems)-1].Hint = se.Hint
}
