package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SyntaxError is a mistake in an expression, in its form or in the names that
// it uses.
type SyntaxError struct {
	Col  int    // where, in characters from 1
	Msg  string // what is wrong and the way out
	Hint string // what was probably meant, "" when unknown
}

// Error returns the message with its column and the suggestion.
func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("column %d: %s", e.Col, e.Msg)
	if e.Hint != "" {
		s += fmt.Sprintf("; did you mean %q?", e.Hint)
	}
	return s
}

func fail(col int, format string, a ...any) *SyntaxError {
	return &SyntaxError{Col: col, Msg: fmt.Sprintf(format, a...)}
}

type tokenKind uint8

const (
	end    tokenKind = iota
	number           // num
	text             // str, without its quotes
	path             // segments
	sign             // str: an operator or a parenthesis; words such as and are signs
)

type token struct {
	kind     tokenKind
	col      int
	num      float64
	str      string
	segments []string
}

// String names the token in a message.
func (t token) String() string {
	switch t.kind {
	case end:
		return "the end"
	case number:
		return strconv.FormatFloat(t.num, 'g', -1, 64)
	case text:
		return "'" + t.str + "'"
	case path:
		return strconv.Quote(strings.Join(t.segments, "."))
	}
	return strconv.Quote(t.str)
}

var words = map[string]string{
	"and": "and", "or": "or", "not": "not", "in": "in", "true": "true", "false": "false",
	"&&": "and", "||": "or", "!": "not",
}

// lex splits an expression into tokens; the last one is end.
func lex(src string) ([]token, error) {
	if !utf8.ValidString(src) {
		return nil, fail(1, "the expression is not valid UTF-8")
	}
	l := lexer{src: []rune(src)}
	var tokens []token
	for {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		if t.kind == end {
			return tokens, nil
		}
	}
}

type lexer struct {
	src []rune
	pos int
}

// at returns the rune n places ahead, 0 behind the end.
func (l *lexer) at(n int) rune {
	if l.pos+n < len(l.src) {
		return l.src[l.pos+n]
	}
	return 0
}

func letter(r rune) bool { return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
func digit(r rune) bool  { return r >= '0' && r <= '9' }

func (l *lexer) next() (token, error) {
	for l.pos < len(l.src) && strings.ContainsRune(" \t\r\n", l.src[l.pos]) {
		l.pos++
	}
	col := l.pos + 1
	if l.pos == len(l.src) {
		return token{kind: end, col: col}, nil
	}
	switch r := l.at(0); {
	case letter(r):
		return l.name()
	case digit(r) || r == '.' && digit(l.at(1)):
		return l.number()
	case r == '\'':
		s, err := l.quoted()
		return token{kind: text, col: col, str: s}, err
	}
	return l.sign()
}

func (l *lexer) name() (token, error) {
	t := token{kind: path, col: l.pos + 1}
	t.segments = []string{l.plain()}
	for l.at(0) == '.' {
		l.pos++
		switch r := l.at(0); {
		case letter(r):
			t.segments = append(t.segments, l.plain())
		case r == '\'':
			s, err := l.quoted()
			if err != nil {
				return t, err
			}
			t.segments = append(t.segments, s)
		default:
			return t, fail(l.pos+1, "after a dot comes a name, or one in quotes such as '(Intercept)'")
		}
	}
	if l.at(0) == '-' && (letter(l.at(1)) || l.at(1) == '\'') {
		return t, fail(l.pos+1, "write spaces around a minus between names, or quote a contrast: 'a-b'")
	}
	if len(t.segments) == 1 {
		if w, ok := words[t.segments[0]]; ok {
			return token{kind: sign, col: t.col, str: w}, nil
		}
	}
	return t, nil
}

func (l *lexer) plain() string {
	from := l.pos
	for letter(l.at(0)) || digit(l.at(0)) {
		l.pos++
	}
	return string(l.src[from:l.pos])
}

func (l *lexer) quoted() (string, error) {
	col := l.pos + 1
	var b strings.Builder
	for l.pos++; l.pos < len(l.src); l.pos++ {
		if r := l.src[l.pos]; r != '\'' {
			b.WriteRune(r)
			continue
		}
		if l.at(1) != '\'' {
			l.pos++
			return b.String(), nil
		}
		b.WriteByte('\'')
		l.pos++
	}
	return "", fail(col, "the text that begins here has no closing quote '")
}

func (l *lexer) number() (token, error) {
	col, from := l.pos+1, l.pos
	for digit(l.at(0)) || l.at(0) == '.' {
		l.pos++
	}
	if r := l.at(0); r == 'e' || r == 'E' {
		n := 1
		if l.at(1) == '+' || l.at(1) == '-' {
			n = 2
		}
		if digit(l.at(n)) {
			for l.pos += n; digit(l.at(0)); {
				l.pos++
			}
		}
	}
	for letter(l.at(0)) || digit(l.at(0)) {
		l.pos++
	}
	s := string(l.src[from:l.pos])
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(x, 0) || strings.ContainsAny(s, "xX_pP") {
		return token{}, fail(col, "%q is no number", s)
	}
	return token{kind: number, col: col, num: x}, nil
}

func (l *lexer) sign() (token, error) {
	col := l.pos + 1
	two := string(l.src[l.pos:min(l.pos+2, len(l.src))])
	switch two {
	case "==", "!=", "<=", ">=", "&&", "||":
		l.pos += 2
		if w, ok := words[two]; ok {
			two = w
		}
		return token{kind: sign, col: col, str: two}, nil
	}
	r := l.src[l.pos]
	switch r {
	case '<', '>', '+', '-', '*', '/', '(', ')', ',':
		l.pos++
		return token{kind: sign, col: col, str: string(r)}, nil
	case '!':
		l.pos++
		return token{kind: sign, col: col, str: "not"}, nil
	case '=':
		return token{}, fail(col, "a comparison is written ==")
	case '&':
		return token{}, fail(col, "write and, or &&")
	case '|':
		return token{}, fail(col, "write or, or ||")
	case '"', '’', '‘', '“', '”':
		return token{}, fail(col, "text stands in straight single quotes: 'yes'")
	case '.':
		return token{}, fail(col, "a dot stands between the parts of an address, without spaces")
	}
	return token{}, fail(col, "unexpected character %q", string(r))
}
