package report

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// cellParser reads fenced blocks whose info begins with a brace and a name:
//
//	```{table distance}
//	caption = "Distance to people"
//	```
//
// Fences with pandoc's attributes ({.r} {#id}) stay ordinary code.
type cellParser struct{}

func (cellParser) Trigger() []byte             { return []byte{'`', '~'} }
func (cellParser) CanInterruptParagraph() bool { return true }
func (cellParser) CanAcceptIndentedLine() bool { return false }

func (cellParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 {
		return nil, parser.NoChildren
	}
	fence := line[pos]
	length := run(line[pos:], fence)
	info := strings.TrimSpace(string(line[pos+length:]))
	if length < 3 || !cellInfo(info) || fence == '`' && strings.Contains(info, "`") {
		return nil, parser.NoChildren
	}
	n := &Cell{info: info, fence: fence, length: length, indent: pos}
	n.infoAt = segment.Start - segment.Padding + pos + length
	for n.infoAt < segment.Stop && (reader.Source()[n.infoAt] == ' ' || reader.Source()[n.infoAt] == '\t') {
		n.infoAt++
	}
	return n, parser.NoChildren
}

// cellInfo says whether the info of a fence is that of a cell: a brace and a
// letter.
func cellInfo(info string) bool {
	return len(info) > 1 && info[0] == '{' && (info[1] >= 'a' && info[1] <= 'z' || info[1] >= 'A' && info[1] <= 'Z')
}

func (cellParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	n := node.(*Cell)
	line, segment := reader.PeekLine()
	w, pos := util.IndentWidth(line, reader.LineOffset())
	if w < 4 && pos < len(line) && line[pos] == n.fence {
		if k := run(line[pos:], n.fence); k >= n.length && util.IsBlank(line[pos+k:]) {
			n.closed = true
			reader.AdvanceToEOL()
			return parser.Close
		}
	}
	strip := 0
	for strip < n.indent && strip < len(line) && line[strip] == ' ' {
		strip++
	}
	seg := text.NewSegmentPadding(segment.Start+strip, segment.Stop, 0)
	seg.ForceNewline = true
	n.Lines().Append(seg)
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (cellParser) Close(node ast.Node, reader text.Reader, pc parser.Context) {
	n := node.(*Cell)
	var b strings.Builder
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		b.Write(seg.Value(reader.Source()))
	}
	n.Body = b.String()
	inner := strings.TrimPrefix(n.info, "{")
	inner, _, _ = strings.Cut(inner, "}")
	n.CellKind, n.Name, _ = strings.Cut(strings.TrimSpace(inner), " ")
	n.Name = strings.TrimSpace(n.Name)
}

// run returns how often c stands at the beginning of line.
func run(line []byte, c byte) int {
	return len(line) - len(bytes.TrimLeft(line, string(c)))
}
