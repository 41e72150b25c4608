package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// option is one line `key = value` of a table or figure cell.
type option struct {
	key     string
	text    string   // of a string
	list    []string // of a list of strings
	listAt  []int    // offsets of its strings in the body
	isList  bool
	at      int // offset of the key in the body
	valueAt int
}

// optionError is a mistake at an offset of a cell's body.
type optionError struct {
	at  int
	msg string
}

// readOptions reads the body of a table or figure cell: TOML's strings, lists
// of strings and comments.
//
// Note: study has a whole TOML reader, but report does not know studies, and
// these cells have nothing but a few strings.
func readOptions(body string) ([]option, *optionError) {
	s := optionScanner{src: body}
	var list []option
	seen := make(map[string]bool)
	for {
		s.skip(true)
		if s.i >= len(body) {
			return list, nil
		}
		o := option{at: s.i}
		o.key = s.bare()
		if o.key == "" {
			return nil, &optionError{s.i, `write options as key = "value", one a line`}
		}
		if seen[o.key] {
			return nil, &optionError{o.at, fmt.Sprintf("%s is given twice", o.key)}
		}
		seen[o.key] = true
		s.skip(false)
		if !s.take('=') {
			return nil, &optionError{s.i, fmt.Sprintf("= is missing behind %s", o.key)}
		}
		s.skip(false)
		o.valueAt = s.i
		if err := s.value(&o); err != nil {
			return nil, err
		}
		s.skip(false)
		if s.i < len(body) && body[s.i] != '\n' {
			return nil, &optionError{s.i, "more than one value on a line"}
		}
		list = append(list, o)
	}
}

type optionScanner struct {
	src string
	i   int
}

// skip moves over spaces and comments, and over line ends too when lines is
// true.
func (s *optionScanner) skip(lines bool) {
	for s.i < len(s.src) {
		switch c := s.src[s.i]; {
		case c == ' ' || c == '\t' || c == '\r' || lines && c == '\n':
			s.i++
		case c == '#':
			for s.i < len(s.src) && s.src[s.i] != '\n' {
				s.i++
			}
		default:
			return
		}
	}
}

func (s *optionScanner) take(c byte) bool {
	if s.i < len(s.src) && s.src[s.i] == c {
		s.i++
		return true
	}
	return false
}

func (s *optionScanner) bare() string {
	start := s.i
	for s.i < len(s.src) {
		c := s.src[s.i]
		if c != '_' && c != '-' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			break
		}
		s.i++
	}
	return s.src[start:s.i]
}

func (s *optionScanner) value(o *option) *optionError {
	if !s.take('[') {
		if s.i < len(s.src) && (s.src[s.i] == '"' || s.src[s.i] == '\'') {
			var err *optionError
			o.text, err = s.str()
			return err
		}
		start := s.i
		for s.i < len(s.src) && !strings.ContainsRune(" \t\n#", rune(s.src[s.i])) {
			s.i++
		}
		o.text = s.src[start:s.i]
		if _, err := strconv.ParseFloat(o.text, 64); err != nil && o.text != "true" && o.text != "false" {
			return &optionError{start, fmt.Sprintf("the value of %s is no string: write it in double quotes", o.key)}
		}
		return nil
	}
	o.isList, o.list = true, []string{}
	for {
		s.skip(true)
		if s.take(']') {
			return nil
		}
		if s.i >= len(s.src) {
			return &optionError{o.valueAt, fmt.Sprintf("the list of %s is not closed with ]", o.key)}
		}
		if s.src[s.i] != '"' && s.src[s.i] != '\'' {
			return &optionError{s.i, fmt.Sprintf("%s is a list of strings in double quotes", o.key)}
		}
		at := s.i
		text, err := s.str()
		if err != nil {
			return err
		}
		o.list, o.listAt = append(o.list, text), append(o.listAt, at)
		s.skip(true)
		if !s.take(',') {
			s.skip(true)
			if s.i < len(s.src) && s.src[s.i] != ']' {
				return &optionError{s.i, "a comma is missing in the list of " + o.key}
			}
		}
	}
}

// str reads a string as TOML does: escapes in double quotes, none in single
// ones.
func (s *optionScanner) str() (string, *optionError) {
	start, quote := s.i, s.src[s.i]
	var b strings.Builder
	for s.i++; s.i < len(s.src) && s.src[s.i] != '\n'; s.i++ {
		switch c := s.src[s.i]; {
		case c == quote:
			s.i++
			return b.String(), nil
		case c == '\\' && quote == '"':
			if err := s.escape(&b); err != nil {
				return "", err
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", &optionError{start, "the string is not closed on its line"}
}

func (s *optionScanner) escape(b *strings.Builder) *optionError {
	at := s.i
	s.i++
	if s.i >= len(s.src) {
		return &optionError{at, "nothing behind the backslash"}
	}
	size := 0
	switch c := s.src[s.i]; c {
	case '"', '\\':
		b.WriteByte(c)
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'u':
		size = 4
	case 'U':
		size = 8
	default:
		return &optionError{at, fmt.Sprintf(`\%c is no escape; write \\ for a backslash`, c)}
	}
	if size > 0 {
		if s.i+size >= len(s.src) {
			return &optionError{at, "the escape is cut short"}
		}
		r, err := strconv.ParseUint(s.src[s.i+1:s.i+1+size], 16, 32)
		if err != nil || !utf8.ValidRune(rune(r)) {
			return &optionError{at, "the escape is no character"}
		}
		b.WriteRune(rune(r))
		s.i += size
	}
	return nil
}
