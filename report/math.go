package report

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// mathBlockParser reads equations that stand alone:
//
//	$$ D = \frac{a}{b} $$ {#eq-distance}
//
// on one line or several.
type mathBlockParser struct{}

func (mathBlockParser) Trigger() []byte             { return []byte{'$'} }
func (mathBlockParser) CanInterruptParagraph() bool { return true }
func (mathBlockParser) CanAcceptIndentedLine() bool { return false }

func (mathBlockParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || !bytes.HasPrefix(line[pos:], []byte("$$")) {
		return nil, parser.NoChildren
	}
	rest := line[pos+2:]
	n := &MathBlock{}
	if bytes.Contains(rest, []byte("$$")) {
		if !n.take(rest, segment.Start-segment.Padding+pos+2) {
			return nil, parser.NoChildren // text follows: mathematics in a line
		}
	} else {
		n.TeX = string(rest)
	}
	reader.AdvanceToEOL()
	return n, parser.NoChildren
}

// take adds a line with the closing $$ and reads the label behind it. It
// returns false when something else follows.
func (n *MathBlock) take(line []byte, at int) bool {
	i := bytes.Index(line, []byte("$$"))
	tail := strings.TrimSpace(string(line[i+2:]))
	if tail != "" {
		tailAt := at + i + 2 + bytes.IndexByte(line[i+2:], tail[0])
		if tail[0] != '{' {
			return false
		}
		attrs := attributes(tail, tailAt)
		if len(attrs) != 1 || attrs[0].key != "#" {
			n.trouble, n.idAt = tail, tailAt
		} else {
			n.ID, n.idAt = attrs[0].value, attrs[0].at
		}
	}
	n.TeX = strings.TrimSpace(n.TeX + string(line[:i]))
	n.closed = true
	return true
}

func (mathBlockParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	n := node.(*MathBlock)
	if n.closed {
		return parser.Close
	}
	line, segment := reader.PeekLine()
	if bytes.Contains(line, []byte("$$")) {
		if !n.take(line, segment.Start-segment.Padding) {
			n.closed = true
			n.trouble, n.idAt = strings.TrimSpace(string(line)), segment.Start
		}
		reader.AdvanceToEOL()
		return parser.Close
	}
	n.TeX += string(line)
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (mathBlockParser) Close(ast.Node, text.Reader, parser.Context) {}

// mathParser reads $x$ and $$x$$ in a line by pandoc's rules: the opening
// dollar has a character that is no space at its right, the closing one at its
// left, and no digit behind it. "$5 and $6" is text.
type mathParser struct{}

func (mathParser) Trigger() []byte { return []byte{'$'} }

func (mathParser) Parse(parent ast.Node, reader text.Reader, pc parser.Context) ast.Node {
	line, _ := reader.PeekLine()
	if bytes.HasPrefix(line, []byte("$$")) {
		if tex, ok := until(reader, 2, "$$"); ok && strings.TrimSpace(tex) != "" {
			n := &Math{TeX: strings.TrimSpace(tex), Display: true}
			n.label(reader)
			return n
		}
		return nil
	}
	if len(line) < 2 || util.IsSpace(line[1]) {
		return nil
	}
	var tex strings.Builder
	reader.Advance(1)
	for {
		line, _ := reader.PeekLine()
		if line == nil {
			return nil
		}
		for i := 0; i < len(line); i++ {
			switch {
			case line[i] == '\\' && i+1 < len(line):
				tex.WriteByte(line[i])
				i++
			case line[i] == '$':
				s := tex.String()
				if i+1 < len(line) && util.IsNumeric(line[i+1]) || s == "" || util.IsSpace(s[len(s)-1]) {
					return nil
				}
				reader.Advance(i + 1)
				return &Math{TeX: s}
			}
			tex.WriteByte(line[i])
		}
		reader.AdvanceLine()
	}
}

// labelBehind is a label behind an equation in a line.
var labelBehind = regexp.MustCompile(`^[ \t]*\{#([^\s{}]+)\}[ \t]*`)

// label reads a label behind the equation, and the spaces around it.
func (n *Math) label(reader text.Reader) {
	line, segment := reader.PeekLine()
	m := labelBehind.FindSubmatchIndex(line)
	if m == nil {
		return
	}
	n.id, n.idAt = string(line[m[2]:m[3]]), segment.Start+m[2]-1
	if util.IsBlank(line[m[1]:]) {
		reader.AdvanceLine()
	} else {
		reader.Advance(m[1])
	}
}

// liftEquations makes blocks of the labelled equations inside paragraphs: the
// paragraph ends before the equation and goes on behind it.
func (t *tree) liftEquations() {
	var labelled []*Math
	_ = ast.Walk(t.root, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if n, ok := node.(*Math); ok && entering && n.id != "" {
			labelled = append(labelled, n)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range labelled {
		p := n.Parent()
		if p.Kind() != ast.KindParagraph && p.Kind() != ast.KindTextBlock {
			t.report(n.idAt, "write $$ … $$ and its label in a line of their own", "an equation with a label stands inside other text")
			continue
		}
		eq := &MathBlock{TeX: n.TeX, ID: n.id, idAt: n.idAt, closed: true}
		eq.SetPos(n.idAt)
		rest := ast.NewParagraph()
		rest.SetPos(n.idAt)
		for s := n.NextSibling(); s != nil; s = n.NextSibling() {
			rest.AppendChild(rest, s)
		}
		outer := p.Parent()
		outer.InsertAfter(outer, p, eq)
		if rest.HasChildren() {
			outer.InsertAfter(outer, eq, rest)
		}
		p.RemoveChild(p, n)
		if !p.HasChildren() {
			outer.RemoveChild(outer, p)
		}
	}
}

// until returns the text from skip bytes behind the reader's place to the next
// end, over line ends, and moves the reader behind it.
func until(reader text.Reader, skip int, end string) (string, bool) {
	var b strings.Builder
	reader.Advance(skip)
	for {
		line, _ := reader.PeekLine()
		if line == nil {
			return "", false
		}
		if i := bytes.Index(line, []byte(end)); i >= 0 {
			b.Write(line[:i])
			reader.Advance(i + len(end))
			return b.String(), true
		}
		b.Write(line)
		reader.AdvanceLine()
	}
}
