package study

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Problem is a mistake of the author of a study: where it is, what is wrong
// and the way out.
type Problem struct {
	File   string // as a person would write it, with slashes
	Line   int    // from 1; 0 when the file as a whole is meant
	Col    int    // in characters from 1
	Msg    string
	Hint   string // what was probably meant, "" when unknown
	Source string // the line, "" when there is none to show
}

// Error returns the problem on one line: file:line:col: message.
func (p Problem) Error() string {
	place := p.File
	if p.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
	}
	return place + ": " + p.message()
}

func (p Problem) message() string {
	if p.Hint == "" {
		return p.Msg
	}
	return fmt.Sprintf("%s; did you mean %q?", p.Msg, p.Hint)
}

// MarshalJSON writes {file, line, column, message, source, suggestion}.
func (p Problem) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		File       string `json:"file"`
		Line       int    `json:"line"`
		Column     int    `json:"column"`
		Message    string `json:"message"`
		Source     string `json:"source"`
		Suggestion string `json:"suggestion"`
	}{p.File, p.Line, p.Col, p.Msg, p.Source, p.Hint})
}

// Problems are all mistakes of a study, sorted by file and place. They are an
// error; none at all is nil.
type Problems []Problem

// Error returns the problems, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Format returns the problems for a person to read: each with its source line
// and a mark below the place.
func (ps Problems) Format() string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.Error())
		b.WriteByte('\n')
		if p.Source == "" || p.Line == 0 {
			continue
		}
		source, mark := excerpt(p.Source, p.Col)
		number := fmt.Sprintf("%5d | ", p.Line)
		fmt.Fprintf(&b, "%s%s\n%s| %s^\n", number, source, strings.Repeat(" ", len(number)-2), mark)
	}
	return b.String()
}

// excerpt returns a window of a long line around a column, and the white space
// that leads to the column in it.
func excerpt(line string, col int) (source, indent string) {
	const width = 100
	runes := []rune(line)
	at := min(max(col-1, 0), len(runes))
	from := 0
	if at > width-20 {
		from = at - width/2
	}
	shown := runes[from:min(from+width, len(runes))]
	if from > 0 {
		source, indent = "…", " "
	}
	for i, r := range shown {
		if r != '\t' && r < ' ' || r == 0x7f {
			r = '·' // nothing in a file may steer the terminal
		}
		source += string(r)
		if from+i < at {
			if r != '\t' {
				r = ' '
			}
			indent += string(r)
		}
	}
	if from+len(shown) < len(runes) {
		source += "…"
	}
	return source, indent
}

// sorted returns the problems by file in order of appearance, then by place,
// each once, nil when there are none.
func (ps Problems) sorted() Problems {
	rank := make(map[string]int)
	for _, p := range ps {
		if _, ok := rank[p.File]; !ok {
			rank[p.File] = len(rank)
		}
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(rank[a.File], rank[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	ps = slices.Compact(ps)
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// lineOf returns the number of the line that holds a byte offset, the column
// in characters, and the line itself. first is the number of the first line.
func lineOf(src string, offset, first int) (line, col int, source string) {
	offset = min(max(offset, 0), len(src))
	for offset > 0 && offset < len(src) && !utf8.RuneStart(src[offset]) {
		offset--
	}
	from := strings.LastIndexByte(src[:offset], '\n') + 1
	source = src[from:]
	if i := strings.IndexByte(source, '\n'); i >= 0 {
		source = source[:i]
	}
	source = strings.TrimSuffix(source, "\r")
	col = utf8.RuneCountInString(src[from:min(offset, from+len(source))]) + 1
	return first + strings.Count(src[:offset], "\n"), col, strings.ToValidUTF8(source, "\uFFFD")
}
