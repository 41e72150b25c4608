package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// work is an entry of a bibliography.
type work struct {
	key    string
	kind   string            // article, book ...
	fields map[string]string // names in lower case, values as plain text
}

// workKinds are the entry types that the reference list knows; others are
// written like misc.
var workKinds = []string{"article", "book", "inbook", "incollection", "inproceedings", "conference", "phdthesis", "mastersthesis", "techreport", "manual", "misc", "online", "unpublished", "dataset", "software", "report", "thesis", "proceedings", "booklet", "collection"}

// readBibliography reads BibTeX. Every problem is reported with its place.
func readBibliography(src []byte, file string) (map[string]*work, []Problem) {
	src, problems := clean(src, file)
	if problems != nil {
		return nil, problems
	}
	b := bibReader{tree: tree{src: src, file: file}, works: make(map[string]*work), strings: map[string]string{
		"jan": "January", "feb": "February", "mar": "March", "apr": "April", "may": "May", "jun": "June", "jul": "July",
		"aug": "August", "sep": "September", "oct": "October", "nov": "November", "dec": "December",
	}}
	b.read()
	return b.works, b.sorted()
}

type bibReader struct {
	tree
	i       int
	works   map[string]*work
	strings map[string]string
}

// read takes entry after entry. What stands between entries is comment.
func (b *bibReader) read() {
	for {
		next := strings.IndexByte(string(b.src[b.i:]), '@')
		if next < 0 {
			return
		}
		b.i += next
		start := b.i
		b.i++
		kind := strings.ToLower(b.word())
		b.space()
		if b.i >= len(b.src) || b.src[b.i] != '{' && b.src[b.i] != '(' {
			continue // an address in a comment
		}
		closing := byte('}')
		if b.src[b.i] == '(' {
			closing = ')'
		}
		b.i++
		switch kind {
		case "comment", "preamble":
			b.skipBraced(start, closing)
		case "string":
			b.fields(start, closing, func(_ int, name, value string) { b.strings[name] = value })
		default:
			b.entry(start, kind, closing)
		}
	}
}

func (b *bibReader) entry(start int, kind string, closing byte) {
	b.space()
	at := b.i
	for b.i < len(b.src) && !strings.ContainsRune(" \t\n,{}()\"=", rune(b.src[b.i])) {
		b.i++
	}
	key := string(b.src[at:b.i])
	if key == "" {
		b.report(at, "write @"+kind+"{key, …", "an entry without a key")
	}
	if !slices.Contains(workKinds, kind) {
		b.report(start+1, didYouMean(kind, workKinds, "use @misc"), "unknown entry type %q", kind)
	}
	w := &work{key: key, kind: kind, fields: make(map[string]string)}
	b.space()
	if b.i < len(b.src) && b.src[b.i] == ',' {
		b.i++
	}
	if !b.fields(start, closing, func(at int, name, value string) {
		if _, ok := w.fields[name]; ok {
			b.report(at, "", "the field %s of %q is given twice", name, key)
		}
		w.fields[name] = value
	}) {
		return
	}
	if old := b.works[key]; old != nil && key != "" {
		b.report(at, "give one of them another key", "the key %q is taken by an entry above", key)
	}
	b.works[key] = w
}

// fields reads name = value pairs up to the end of an entry. It is false when
// the entry cannot be read to its end.
func (b *bibReader) fields(start int, closing byte, add func(at int, name, value string)) bool {
	for {
		b.space()
		if b.i >= len(b.src) {
			b.report(start, fmt.Sprintf("close it with %c", closing), "unterminated entry")
			return false
		}
		if b.src[b.i] == closing {
			b.i++
			return true
		}
		if b.src[b.i] == ',' {
			b.i++
			continue
		}
		at := b.i
		name := strings.ToLower(b.word())
		b.space()
		if name == "" || b.i >= len(b.src) || b.src[b.i] != '=' {
			b.report(at, `write name = {value}`, "the entry that begins here cannot be read further")
			b.resume()
			return false
		}
		b.i++
		value, ok := b.value()
		if !ok {
			b.resume()
			return false
		}
		if name == "author" || name == "editor" {
			value = bodies(value)
		}
		add(at, name, plainTeX(value))
	}
}

// bodies marks the names in a list that stand in braces as a whole, such as
// {{Gemma Team}}: a comma behind them says that they are family names alone.
func bodies(list string) string {
	people := strings.Split(list, " and ")
	for i, p := range people {
		p = strings.TrimSpace(p)
		if strings.HasPrefix(p, "{") && strings.IndexByte(p, '}') == len(p)-1 && strings.Contains(p, " ") {
			people[i] = p + ","
		}
	}
	return strings.Join(people, " and ")
}

// resume moves to the next line that begins with @.
func (b *bibReader) resume() {
	next := strings.Index(string(b.src[b.i:]), "\n@")
	if next < 0 {
		b.i = len(b.src)
		return
	}
	b.i += next + 1
}

// value reads braces, quotes, numbers and names of strings, joined by #, as
// they are written.
func (b *bibReader) value() (string, bool) {
	var parts []string
	for {
		b.space()
		at := b.i
		switch {
		case b.i >= len(b.src):
			b.report(at-1, "", "a value is missing")
			return "", false
		case b.src[b.i] == '{' || b.src[b.i] == '"':
			text, ok := b.delimited()
			if !ok {
				return "", false
			}
			parts = append(parts, text)
		default:
			word := b.word()
			s, known := b.strings[strings.ToLower(word)]
			switch {
			case word == "":
				b.report(at, "write it in braces", "a value is missing")
				return "", false
			case strings.Trim(word, "0123456789") == "":
				s = word
			case !known:
				b.report(at, "write it in braces, or define it with @string", "unknown string %q", word)
			}
			parts = append(parts, s)
		}
		b.space()
		if b.i >= len(b.src) || b.src[b.i] != '#' {
			return strings.Join(parts, ""), true
		}
		b.i++
	}
}

// delimited reads a value in braces or quotes, the text between as written.
func (b *bibReader) delimited() (string, bool) {
	start, opening := b.i, b.src[b.i]
	b.i++
	depth := 0
	for ; b.i < len(b.src); b.i++ {
		switch c := b.src[b.i]; {
		case c == '\\':
			b.i++
		case c == '{':
			depth++
		case c == '}' && depth > 0:
			depth--
		case depth == 0 && (c == '}' && opening == '{' || c == '"' && opening == '"'):
			b.i++
			return string(b.src[start+1 : b.i-1]), true
		case c == '}':
			b.report(b.i, "", "a brace is closed that was not opened")
			return "", false
		}
	}
	b.i = len(b.src)
	b.report(start, "", "a value is not closed")
	b.i = start + 1
	return "", false
}

func (b *bibReader) skipBraced(start int, closing byte) {
	depth := 0
	for ; b.i < len(b.src); b.i++ {
		switch c := b.src[b.i]; {
		case c == '{':
			depth++
		case c == closing && depth == 0:
			b.i++
			return
		case c == '}':
			depth--
		}
	}
	b.report(start, "", "unterminated entry")
}

func (b *bibReader) word() string {
	start := b.i
	for b.i < len(b.src) && !strings.ContainsRune(" \t\n,{}()\"=#@", rune(b.src[b.i])) {
		b.i++
	}
	return string(b.src[start:b.i])
}

// space moves over white space and comments.
func (b *bibReader) space() {
	for b.i < len(b.src) {
		switch b.src[b.i] {
		case ' ', '\t', '\n':
			b.i++
		case '%':
			for b.i < len(b.src) && b.src[b.i] != '\n' {
				b.i++
			}
		default:
			return
		}
	}
}

// accents are TeX's accents as combining characters.
var accents = map[byte]rune{
	'"': '\u0308', '\'': '\u0301', '`': '\u0300', '^': '\u0302', '~': '\u0303', '=': '\u0304', '.': '\u0307',
	'c': '\u0327', 'v': '\u030c', 'u': '\u0306', 'H': '\u030b', 'k': '\u0328', 'r': '\u030a', 'd': '\u0323', 'b': '\u0331',
}

// symbols are TeX's commands for letters and signs in names and titles.
var symbols = map[string]string{
	"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "aa": "å", "AA": "Å",
	"i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "textendash": "–", "textemdash": "—", "ldots": "…", "dots": "…",
	"textquoteright": "’", "textquoteleft": "‘", "textasciitilde": "~", "textbackslash": `\`, "textunderscore": "_", "LaTeX": "LaTeX", "TeX": "TeX",
	"alpha": "α", "beta": "β", "kappa": "κ", "chi": "χ", "mu": "μ",
}

// plainTeX turns a value into plain text: accents and symbols become letters,
// braces go, -- is an en dash, ~ a space that does not break.
func plainTeX(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			text, n := command(s[i:])
			b.WriteString(text)
			i += n
		case c == '{' || c == '}' || c == '$':
			i++
		case c == '~':
			b.WriteRune('\u00a0')
			i++
		case strings.HasPrefix(s[i:], "---"):
			b.WriteRune('—')
			i += 3
		case strings.HasPrefix(s[i:], "--"):
			b.WriteRune('–')
			i += 2
		case strings.HasPrefix(s[i:], "``"):
			b.WriteRune('“')
			i += 2
		case strings.HasPrefix(s[i:], "''"):
			b.WriteRune('”')
			i += 2
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			b.WriteRune(r)
			i += n
		}
	}
	return strings.Join(strings.Fields(compose(b.String())), " ")
}

// command reads the command at the beginning of s and returns its text and
// length.
func command(s string) (string, int) {
	c := s[1]
	letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	n := 2
	if letter {
		for n < len(s) && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z') {
			n++
		}
	}
	name := s[1:n]
	for letter && n < len(s) && s[n] == ' ' {
		n++
	}
	if text, ok := symbols[name]; ok {
		if strings.HasPrefix(s[n:], "{}") {
			n += 2
		}
		return text, n
	}
	if accent, ok := accents[c]; ok && len(name) == 1 {
		base, size := accented(s[n:])
		if base != "" {
			return base + string(accent), n + size
		}
	}
	if !letter { // \& \% \_ \{ \$ \# and the like
		_, size := utf8.DecodeRuneInString(s[1:])
		return s[1 : 1+size], 1 + size
	}
	return "", n // \emph, \textit, \url: the argument stays
}

// accented returns the letter at the beginning of s that an accent stands on:
// a, {a}, \i or {\i}.
func accented(s string) (string, int) {
	n := 0
	for n < len(s) && s[n] == '{' {
		n++
	}
	braces := n
	if strings.HasPrefix(s[n:], `\i`) || strings.HasPrefix(s[n:], `\j`) {
		base := s[n+1 : n+2]
		n += 2
		for k := 0; k < braces && n < len(s) && s[n] == '}'; k++ {
			n++
		}
		return base, n
	}
	if n >= len(s) || s[n] == '}' || s[n] == '\\' {
		return "", 0
	}
	_, size := utf8.DecodeRuneInString(s[n:])
	base := s[n : n+size]
	n += size
	for k := 0; k < braces && n < len(s) && s[n] == '}'; k++ {
		n++
	}
	return base, n
}
