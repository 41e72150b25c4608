package formula

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SyntaxError is a mistake in a formula: its column, counted in characters
// from 1, what is wrong, and a suggestion where there is one.
type SyntaxError struct {
	Col  int
	Msg  string
	Hint string // the name that was probably meant, "" when there is none
}

// Error returns "column 5: ..." with the suggestion.
func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("column %d: %s", e.Col, e.Msg)
	if e.Hint != "" {
		s += fmt.Sprintf("; did you mean %q?", e.Hint)
	}
	return s
}

func fail(col int, format string, args ...any) *SyntaxError {
	return &SyntaxError{Col: col, Msg: fmt.Sprintf(format, args...)}
}

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenNumber
	tokenText
	tokenSign // an operator, a parenthesis or a comma
)

// token is one word of a formula.
type token struct {
	kind tokenKind
	text string // of a name or text without its quotes; of a number as written
	num  float64
	col  int
}

// String returns the token as a message shows it.
func (t token) String() string {
	if t.kind == tokenEnd {
		return "the end"
	}
	return strconv.Quote(t.text)
}

// signs are the operators, longer ones before their beginnings.
var signs = []string{"%in%", "%%", "**", "<-", "<=", ">=", "==", "!=", "&&", "||", "+", "-", "*", "/", "^", ":", "(", ")", ",", "~", "<", ">", "!", "&", "|", "="}

// lex splits a formula into tokens, the last of which is the end.
func lex(src string) ([]token, *SyntaxError) {
	var tokens []token
	col := 1
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRuneInString(src[i:])
		if r == utf8.RuneError && size == 1 {
			return nil, fail(col, "not valid UTF-8")
		}
		if unicode.IsSpace(r) {
			i, col = i+size, col+1
			continue
		}
		t, n, err := lexOne(src[i:], r, col)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		col += utf8.RuneCountInString(src[i : i+n])
		i += n
	}
	return append(tokens, token{col: col}), nil
}

// lexOne reads one token at the beginning of src, whose first rune is r, and
// returns it with its length in bytes.
func lexOne(src string, r rune, col int) (token, int, *SyntaxError) {
	switch {
	case r == '`' || r == '\'' || r == '"':
		text, n, ok := quoted(src)
		if !ok {
			return token{}, 0, fail(col, "%c opens here and is not closed", r)
		}
		if r != '`' {
			return token{kind: tokenText, text: text, col: col}, n, nil
		}
		if text == "" {
			return token{}, 0, fail(col, "a name in backticks is empty")
		}
		return token{kind: tokenName, text: text, col: col}, n, nil
	case nameStart(src):
		n := strings.IndexFunc(src, func(r rune) bool { return !nameRune(r) })
		if n < 0 {
			n = len(src)
		}
		return token{kind: tokenName, text: src[:n], col: col}, n, nil
	case r >= '0' && r <= '9' || r == '.':
		n := numberLength(src)
		x, err := strconv.ParseFloat(src[:n], 64)
		if err != nil {
			return token{}, 0, fail(col, "%q is no number", src[:n])
		}
		t := token{kind: tokenNumber, text: src[:n], num: x, col: col}
		if n < len(src) && src[n] == 'L' {
			t.text, n = t.text+"L", n+1
		}
		return t, n, nil
	}
	for _, s := range signs {
		if strings.HasPrefix(src, s) {
			return token{kind: tokenSign, text: s, col: col}, len(s), nil
		}
	}
	return token{}, 0, fail(col, "%q has no meaning in a formula", r)
}

// quoted returns the text within the quotes that src begins with; a backslash
// keeps the next character.
func quoted(src string) (text string, n int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(src); i++ {
		switch {
		case src[i] == src[0]:
			return b.String(), i + 1, true
		case src[i] == '\\' && i+1 < len(src):
			i++
		}
		b.WriteByte(src[i])
	}
	return "", 0, false
}

// nameStart says whether src begins with a name as R has them: a letter, or a
// dot that no digit follows.
func nameStart(src string) bool {
	r, size := utf8.DecodeRuneInString(src)
	if r != '.' {
		return unicode.IsLetter(r)
	}
	next, _ := utf8.DecodeRuneInString(src[size:])
	return next < '0' || next > '9'
}

func nameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_'
}

// numberLength returns how many bytes of src are a number such as 1, .5, 1e-3.
func numberLength(src string) int {
	digits := func(i int) int {
		for i < len(src) && src[i] >= '0' && src[i] <= '9' {
			i++
		}
		return i
	}
	n := digits(0)
	if n < len(src) && src[n] == '.' {
		n = digits(n + 1)
	}
	if n < len(src) && (src[n] == 'e' || src[n] == 'E') {
		e := n + 1
		if e < len(src) && (src[e] == '+' || src[e] == '-') {
			e++
		}
		if m := digits(e); m > e {
			n = m
		}
	}
	return n
}
