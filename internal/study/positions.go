package study

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// spot is where a key stands in a TOML file, in bytes: its own name and its
// value. For a table both are the name in the header.
type spot struct{ key, value int }

// spots finds every key of a file that the toml package has read without
// error, the elements of arrays included, and the order of the keys.
//
// Note: the toml package knows positions too, but only of values, not of the
// elements of an array, and for keys of arrays of tables those of the last
// one; reading them through its public functions takes a probe a key.
type spots struct {
	at   map[string]spot
	kids map[string][]string // names below a key, in order of appearance
	src  string
	pos  int
}

// pathKey is a path as a map key.
func pathKey(path ...string) string { return strings.Join(path, "\x00") }

// element is the segment of the i-th element of an array.
func element(i int) string { return "\x01" + strconv.Itoa(i) }

func findSpots(src string) *spots {
	s := &spots{at: make(map[string]spot), kids: make(map[string][]string), src: src}
	var table []string
	for {
		s.blank(true)
		switch {
		case s.pos >= len(src):
			return s
		case src[s.pos] == '[':
			for s.peek() == '[' {
				s.pos++
			}
			table = s.keys(nil)
			for s.peek() == ']' {
				s.pos++
			}
		default:
			s.pair(table)
		}
	}
}

// peek returns the next byte, 0 at the end.
func (s *spots) peek() byte {
	if s.pos < len(s.src) {
		return s.src[s.pos]
	}
	return 0
}

// blank moves past white space and comments.
func (s *spots) blank(lines bool) {
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' && lines:
			s.pos++
		case c == '#':
			for s.pos < len(s.src) && s.src[s.pos] != '\n' {
				s.pos++
			}
		default:
			return
		}
	}
}

// pair reads key = value below a table.
func (s *spots) pair(table []string) {
	begin := s.pos
	path := s.keys(table)
	s.blank(false)
	if s.peek() == '=' {
		s.pos++
	}
	s.blank(false)
	k := pathKey(path...)
	at := s.at[k]
	at.value = s.pos
	s.at[k] = at
	s.value(path)
	if s.pos == begin { // never in a file that was read; no endless loop all the same
		s.pos++
	}
}

// keys reads a dotted key and marks each of its segments below the prefix.
func (s *spots) keys(prefix []string) []string {
	path := append([]string(nil), prefix...)
	for {
		s.blank(false)
		at := s.pos
		above := pathKey(path...)
		path = append(path, s.key())
		k := pathKey(path...)
		if _, ok := s.at[k]; !ok {
			s.at[k] = spot{at, at}
			s.kids[above] = append(s.kids[above], path[len(path)-1])
		}
		s.blank(false)
		if s.peek() != '.' {
			return path
		}
		s.pos++
	}
}

// key reads one segment.
func (s *spots) key() string {
	if c := s.peek(); c == '"' || c == '\'' {
		from := s.pos
		s.text()
		return unquote(s.src[from:s.pos])
	}
	from := s.pos
	for s.pos < len(s.src) && !strings.ContainsRune(" \t\r\n.=[]{},#\"'", rune(s.src[s.pos])) {
		s.pos++
	}
	return s.src[from:s.pos]
}

// value moves past a value and marks what is inside it.
func (s *spots) value(path []string) {
	switch s.peek() {
	case '"', '\'':
		s.text()
	case '[':
		s.pos++
		for i := 0; ; i++ {
			s.blank(true)
			if c := s.peek(); c == ']' || c == 0 {
				s.pos++
				return
			}
			from := s.pos
			e := append(append([]string(nil), path...), element(i))
			s.at[pathKey(e...)] = spot{s.pos, s.pos}
			s.value(e)
			s.blank(true)
			if s.peek() == ',' {
				s.pos++
			}
			if s.pos == from {
				s.pos++
			}
		}
	case '{':
		s.pos++
		for {
			s.blank(true)
			if c := s.peek(); c == '}' || c == 0 {
				s.pos++
				return
			}
			s.pair(path)
			s.blank(true)
			if s.peek() == ',' {
				s.pos++
			}
		}
	default:
		for s.pos < len(s.src) && !strings.ContainsRune(",]}#\n", rune(s.src[s.pos])) {
			s.pos++
		}
	}
}

// text moves past a string in any of the four kinds of quotes.
func (s *spots) text() {
	q := s.src[s.pos : s.pos+1]
	if strings.HasPrefix(s.src[s.pos:], q+q+q) {
		q += q + q
	}
	for s.pos += len(q); s.pos < len(s.src); s.pos++ {
		if s.src[s.pos] == '\\' && q[0] == '"' {
			s.pos++
			continue
		}
		if strings.HasPrefix(s.src[s.pos:], q) {
			s.pos += len(q)
			for len(q) == 3 && s.peek() == q[0] { // """a"""" ends in a quote of its own
				s.pos++
			}
			return
		}
	}
	s.pos = len(s.src)
}

// unquote returns the name in a quoted key.
func unquote(s string) string {
	if len(s) < 2 {
		return s
	}
	in := s[1 : len(s)-1]
	if s[0] == '\'' {
		return in
	}
	var b strings.Builder
	for in != "" {
		n, r := character(in, true)
		b.WriteString(r)
		in = in[n:]
	}
	return b.String()
}

// character returns the length and the meaning of the first character of the
// inside of a string; escapes count in basic strings.
func character(in string, basic bool) (n int, meaning string) {
	_, n = utf8.DecodeRuneInString(in)
	if !basic || in[0] != '\\' || len(in) < 2 {
		return n, in[:n]
	}
	switch c := in[1]; c {
	case 'x', 'u', 'U':
		n = 2 + map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		if n <= len(in) {
			if code, err := strconv.ParseUint(in[2:n], 16, 32); err == nil {
				return n, string(rune(code))
			}
		}
		return len(in), ""
	case 'e':
		return 2, "\x1b"
	case '\n', '\r', ' ', '\t': // a line-ending backslash: nothing until the next word
		n = len(in) - len(strings.TrimLeft(in[1:], " \t\r\n"))
		return n, ""
	default:
		if i := strings.IndexByte("btnfr\"\\", c); i >= 0 {
			return 2, "\b\t\n\f\r\"\\"[i : i+1]
		}
	}
	return 2, ""
}

// inside returns the byte offset of the n-th character, from 1, of the string
// that begins at offset; the beginning itself when no string does.
func inside(src string, offset, n int) int {
	if offset >= len(src) || src[offset] != '"' && src[offset] != '\'' {
		return offset
	}
	q := src[offset]
	pos := offset + 1
	if strings.HasPrefix(src[offset:], strings.Repeat(string(q), 3)) {
		pos += 2
		if strings.HasPrefix(src[pos:], "\r") {
			pos++
		}
		if strings.HasPrefix(src[pos:], "\n") {
			pos++
		}
	}
	for n > 1 && pos < len(src) {
		size, meaning := character(src[pos:], q == '"')
		pos += size
		if meaning != "" {
			n--
		}
	}
	return min(pos, len(src))
}
