package report

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// divParser reads fenced divs:
//
//	::: {.callout-note title="Sample"}
//	::: {when="h1 == 'supported'"}
//	::: callout-warning
//
// closed by a line of three or more colons.
type divParser struct{}

// divsKey holds the divs that are open, outer ones first; strayKey the places
// of closing lines that close nothing.
var (
	divsKey  = parser.NewContextKey()
	strayKey = parser.NewContextKey()
)

func (divParser) Trigger() []byte             { return []byte{':'} }
func (divParser) CanInterruptParagraph() bool { return true }
func (divParser) CanAcceptIndentedLine() bool { return false }

func (divParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 {
		return nil, parser.NoChildren
	}
	colons := run(line[pos:], ':')
	if colons < 3 {
		return nil, parser.NoChildren
	}
	rest := strings.TrimRight(string(line[pos+colons:]), " \t\r\n")
	start := segment.Start - segment.Padding + pos + colons
	n := &Div{colons: colons}
	if strings.TrimSpace(rest) == "" { // a closing line without a div
		stray, _ := pc.Get(strayKey).([]int)
		pc.Set(strayKey, append(stray, start-colons))
		return nil, parser.NoChildren
	}
	rest = strings.TrimRight(strings.TrimRight(rest, ":"), " \t")
	lead := len(rest) - len(strings.TrimLeft(rest, " \t"))
	rest = rest[lead:]
	start += lead
	if !strings.HasPrefix(rest, "{") {
		if rest == "" || strings.ContainsAny(rest, " \t") { // not a div, as in pandoc
			return nil, parser.NoChildren
		}
		n.attrs = []attribute{{key: ".", value: rest, at: start, valueAt: start}}
	} else {
		n.attrs = attributes(rest, start)
	}
	for _, a := range n.attrs {
		switch a.key {
		case "#":
			n.ID = a.value
		case ".":
			n.Classes = append(n.Classes, a.value)
		case "when":
			n.When, n.whenAt, n.hasWhen = a.value, a.valueAt, true
		case "title":
			n.Title = readPhrase(a.value, a.valueAt)
		}
	}
	divs, _ := pc.Get(divsKey).([]*Div)
	pc.Set(divsKey, append(slices.Clone(divs), n))
	reader.AdvanceToEOL()
	return n, parser.HasChildren
}

func (divParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	n := node.(*Div)
	divs, _ := pc.Get(divsKey).([]*Div)
	innermost := len(divs) > 0 && divs[len(divs)-1] == n
	line, _ := reader.PeekLine()
	w, pos := util.IndentWidth(line, reader.LineOffset())
	if !innermost || w > 3 || pos >= len(line) || inCode(pc) {
		return parser.Continue | parser.HasChildren
	}
	if k := run(line[pos:], ':'); k >= 3 && util.IsBlank(line[pos+k:]) {
		n.closed = true
		reader.AdvanceToEOL()
		return parser.Close
	}
	return parser.Continue | parser.HasChildren
}

func (divParser) Close(node ast.Node, reader text.Reader, pc parser.Context) {
	divs, _ := pc.Get(divsKey).([]*Div)
	if i := slices.Index(divs, node.(*Div)); i >= 0 {
		pc.Set(divsKey, slices.Delete(slices.Clone(divs), i, i+1))
	}
}

// inCode says whether the innermost open block is one whose lines are taken
// as they are.
func inCode(pc parser.Context) bool {
	switch b := pc.LastOpenedBlock().Node.(type) {
	case *ast.FencedCodeBlock, *Cell, *ast.CodeBlock:
		return true
	case *MathBlock:
		return !b.closed
	}
	return false
}

// attribute is one entry of {#id .class key="value"}; ids have the key "#",
// classes ".", and what cannot be read "".
type attribute struct {
	key, value  string
	at, valueAt int // offsets in the source
}

// attributes reads pandoc's attributes; at is the offset of the brace. What
// cannot be read ends it with an attribute without a key.
func attributes(s string, at int) []attribute {
	var list []attribute
	i := 1
	for {
		for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
			i++
		}
		if i >= len(s) {
			return append(list, attribute{at: at + i})
		}
		if s[i] == '}' {
			if strings.TrimSpace(s[i+1:]) != "" {
				return append(list, attribute{at: at + i + 1})
			}
			return list
		}
		start := i
		if s[i] == '#' || s[i] == '.' {
			i++
			for i < len(s) && !strings.ContainsRune(" \t}", rune(s[i])) {
				i++
			}
			list = append(list, attribute{key: s[start : start+1], value: s[start+1 : i], at: at + start, valueAt: at + start + 1})
			continue
		}
		for i < len(s) && !strings.ContainsRune(" \t}=\"'", rune(s[i])) {
			i++
		}
		key := s[start:i]
		if key == "" || i >= len(s) || s[i] != '=' {
			return append(list, attribute{at: at + start})
		}
		i++
		value, valueAt, ok := "", i, true
		if i < len(s) && (s[i] == '"' || s[i] == '\'') {
			value, ok = quotedAttribute(s[i:])
			valueAt = i + 1
			i += len(value) + 2
			value = strings.ReplaceAll(value, `\"`, `"`)
		} else {
			for i < len(s) && !strings.ContainsRune(" \t}", rune(s[i])) {
				i++
			}
			value = s[valueAt:i]
		}
		if !ok {
			return append(list, attribute{at: at + valueAt - 1})
		}
		list = append(list, attribute{key, value, at + start, at + valueAt})
	}
}

// quotedAttribute returns what stands between the quote at the beginning of s
// and its partner, as written.
func quotedAttribute(s string) (string, bool) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return s[1:i], true
		}
	}
	return "", false
}
