package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"silico/analysis/expr"
)

// Notebook is the text of a paper with its cells, read but not yet filled in.
type Notebook struct {
	File  string
	Cells []*Cell // in the order of the text
	src   []byte
}

// Problem is a mistake in a file, with its place and the way out.
type Problem struct {
	File      string
	Line, Col int    // from 1; columns count characters; 0 when there is no place
	Msg       string // what is wrong
	Hint      string // the way out, such as `did you mean "x"?`; "" when Msg says it
	Source    string // the line
}

func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, p.Msg)
	if p.Hint != "" {
		s += "; " + p.Hint
	}
	return s
}

// Parse reads a notebook: CommonMark and GFM with footnotes, and the cells,
// values, citations, references, mathematics and fenced divs of papers. The
// problems are sorted by place. The notebook is nil only when the text itself
// cannot be read; with other problems Compose makes no document of it, but
// reports what is wrong with its values and conditions too.
func Parse(src []byte, file string) (*Notebook, []Problem) {
	src, problems := clean(src, file)
	if problems != nil {
		return nil, problems
	}
	t := parseTree(src, file)
	t.check()
	return &Notebook{File: file, Cells: t.cells, src: src}, t.sorted()
}

// clean returns src without a byte order mark and with plain line ends. Text
// that is not UTF-8 is a problem, and so are control characters.
func clean(src []byte, file string) ([]byte, []Problem) {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	src = bytes.ReplaceAll(src, []byte("\r"), []byte("\n"))
	t := tree{src: src, file: file}
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			t.report(i, "save the file as UTF-8", "byte 0x%02x is not UTF-8", src[i])
			return nil, t.problems
		}
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0xfffe || r == 0xffff {
			t.report(i, "remove it", "the control character U+%04X", r)
			return nil, t.problems
		}
		i += n
	}
	if len(src) > 0 && src[len(src)-1] != '\n' {
		src = append(slices.Clip(src), '\n')
	}
	return src, nil
}

// notebookMarkdown is the parser of notebooks. It holds no state of a parse.
var notebookMarkdown = goldmark.New(
	goldmark.WithExtensions(
		extension.GFM, extension.Footnote,
		extension.NewTypographer(extension.WithTypographicSubstitutions(map[extension.TypographicPunctuation][]byte{
			extension.LeftSingleQuote: []byte("‘"), extension.RightSingleQuote: []byte("’"),
			extension.LeftDoubleQuote: []byte("“"), extension.RightDoubleQuote: []byte("”"),
			extension.EnDash: []byte("–"), extension.EmDash: []byte("—"), extension.Ellipsis: []byte("…"),
			extension.Apostrophe: []byte("’"), extension.LeftAngleQuote: nil, extension.RightAngleQuote: nil,
		})),
	),
	goldmark.WithParserOptions(
		parser.WithAttribute(),
		parser.WithBlockParsers(
			util.Prioritized(cellParser{}, 690),      // before ordinary fences
			util.Prioritized(divParser{}, 680),       //
			util.Prioritized(mathBlockParser{}, 670), //
		),
		parser.WithInlineParsers(
			util.Prioritized(valueParser{}, 90), // before code spans
			util.Prioritized(mathParser{}, 95),
			util.Prioritized(citeParser{}, 150), // behind footnotes, before links
			util.Prioritized(atParser{}, 160),
		),
	),
)

// tree is the syntax tree of a text and what was found wrong in it.
type tree struct {
	file     string
	src      []byte
	root     *ast.Document
	cells    []*Cell
	values   []*Value
	cites    []*Cite
	refs     []*Ref
	divs     []*Div
	maths    []*MathBlock
	headings []*ast.Heading
	stray    []int
	problems []Problem
}

func parseTree(src []byte, file string) *tree {
	pc := parser.NewContext()
	root := notebookMarkdown.Parser().Parse(text.NewReader(src), parser.WithContext(pc))
	t := &tree{file: file, src: src, root: root.(*ast.Document)}
	t.stray, _ = pc.Get(strayKey).([]int)
	t.liftEquations()
	t.collect(t.root)
	return t
}

// collect lists the nodes of interest in the order of the text.
func (t *tree) collect(from ast.Node) {
	t.cells, t.values, t.cites, t.refs, t.divs, t.maths, t.headings = nil, nil, nil, nil, nil, nil, nil
	_ = ast.Walk(from, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := node.(type) {
		case *Cell:
			n.Line, _ = t.place(n.Pos())
			t.cells = append(t.cells, n)
		case *Value:
			t.values = append(t.values, n)
		case *Cite:
			t.cites = append(t.cites, n)
		case *Ref:
			t.refs = append(t.refs, n)
		case *Div:
			t.divs = append(t.divs, n)
			t.values = append(t.values, n.Title.values()...)
		case *MathBlock:
			t.maths = append(t.maths, n)
		case *ast.Heading:
			t.headings = append(t.headings, n)
		}
		return ast.WalkContinue, nil
	})
}

// check reports what is wrong with the text itself, whatever the results.
func (t *tree) check() {
	for _, c := range t.cells {
		t.checkCell(c)
	}
	for _, v := range t.values {
		t.checkValue(v)
	}
	for _, d := range t.divs {
		t.checkDiv(d)
	}
	for _, m := range t.maths {
		if !m.closed {
			t.report(m.Pos(), "close it with $$", "unterminated equation")
		}
		if m.trouble != "" {
			t.report(m.idAt, "write the label as {#eq-name}", "%q stands behind an equation", m.trouble)
		}
		if m.ID != "" && !strings.HasPrefix(m.ID, "eq-") {
			t.report(m.idAt, fmt.Sprintf("write {#eq-%s}", m.ID), "the label %q of an equation does not begin with eq-", m.ID)
		}
	}
	t.checkFootnotes()
	for _, at := range t.stray {
		t.report(at, "remove it, or open a div with ::: {…} before it", "::: closes a div, but none is open")
	}
}

// checkValue reports a value that cannot be read, and returns whether it can.
func (t *tree) checkValue(v *Value) bool {
	if v.trouble != "" {
		t.report(v.Pos(), "write `{value} ADDRESS` in one pair of backquotes", "%s", v.trouble)
		return false
	}
	if _, err := parseFormat(v.Format); err != nil {
		t.report(v.Pos(), "", "%v", err)
		return false
	}
	return true
}

// checkFootnotes reports references to footnotes that are nowhere: goldmark
// leaves them as text.
func (t *tree) checkFootnotes() {
	_ = ast.Walk(t.root, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		n, ok := node.(*ast.Text)
		if !ok || !entering || node.Parent().Kind() == ast.KindCodeSpan {
			return ast.WalkContinue, nil
		}
		for at := n.Segment.Start; at < n.Segment.Stop; at++ {
			if !bytes.HasPrefix(t.src[at:], []byte("[^")) || at > 0 && t.src[at-1] == '\\' {
				continue
			}
			line, _, _ := bytes.Cut(t.src[at:], []byte("\n"))
			if end := bytes.IndexByte(line, ']'); end > 2 {
				t.report(at, fmt.Sprintf("write %s: and its text in a paragraph of their own", line[:end+1]), "the footnote %s is nowhere", line[:end+1])
			}
		}
		return ast.WalkContinue, nil
	})
}

// cellKinds are the cells that a notebook may have.
var cellKinds = []string{"analysis", "table", "figure"}

func (t *tree) checkCell(c *Cell) {
	if !c.closed {
		t.report(c.Pos(), fmt.Sprintf("close it with %s on a line of its own", strings.Repeat(string(c.fence), c.length)), "unterminated cell {%s %s}", c.CellKind, c.Name)
	}
	if !strings.HasSuffix(c.info, "}") {
		t.report(c.infoAt, "write {table NAME} and the options on the lines below", "the head %q of a cell does not end with a brace", c.info)
		return
	}
	if !slices.Contains(cellKinds, c.CellKind) {
		t.report(c.infoAt+1, didYouMean(c.CellKind, cellKinds, "the kinds are analysis, table and figure"), "unknown cell kind %q", c.CellKind)
		return
	}
	if c.Name == "" || strings.ContainsAny(c.Name, " \t") {
		t.report(c.infoAt, fmt.Sprintf("write {%s NAME}", c.CellKind), "the %s cell has no single name", c.CellKind)
	}
}

// callouts are the classes that a div may have.
var callouts = []string{"callout-note", "callout-tip", "callout-important", "callout-warning", "callout-caution"}

func (t *tree) checkDiv(d *Div) {
	if !d.closed {
		t.report(d.Pos(), "close it with ::: on a line of its own", "unterminated div")
	}
	for _, a := range d.attrs {
		switch a.key {
		case ".":
			if !slices.Contains(callouts, a.value) {
				hint := didYouMean(a.value, callouts, "there are "+strings.Join(callouts, ", "))
				if name := "callout-" + a.value; slices.Contains(callouts, name) {
					hint = fmt.Sprintf("did you mean %q?", name)
				}
				t.report(a.at, hint, "unknown class %q of a div", a.value)
			}
		case "#", "when", "title", "collapse", "icon", "appearance":
		case "":
			t.report(a.at, `write {#id .class key="value"}`, "the attributes of the div cannot be read")
		default:
			t.report(a.at, didYouMean(a.key, []string{"when", "title"}, "a div may have when and title"), "unknown key %q of a div", a.key)
		}
	}
	if d.hasWhen {
		e, err := expr.Parse(d.When)
		if err == nil {
			err = e.Rule()
		}
		if err != nil {
			at, msg, hint := d.whenAt, err.Error(), ""
			if s, ok := err.(*expr.SyntaxError); ok {
				at, msg = d.whenAt+offset(d.When, s.Col), s.Msg
				if s.Hint != "" {
					hint = fmt.Sprintf("did you mean %q?", s.Hint)
				}
			}
			t.report(at, hint, "in the condition: %s", msg)
		}
	}
}

// offset returns the bytes before column col, from 1, of s.
func offset(s string, col int) int {
	n := 0
	for i := range s {
		if n++; n >= col {
			return i
		}
	}
	return len(s)
}

// place returns line and column, from 1, of an offset in the source.
func (t *tree) place(at int) (line, col int) {
	at = max(0, min(at, len(t.src)))
	before := t.src[:at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

// report adds a problem at an offset of the source.
func (t *tree) report(at int, hint, format string, args ...any) {
	p := Problem{File: t.file, Msg: fmt.Sprintf(format, args...), Hint: hint}
	p.Line, p.Col = t.place(at)
	start := bytes.LastIndexByte(t.src[:max(0, min(at, len(t.src)))], '\n') + 1
	line, _, _ := bytes.Cut(t.src[start:], []byte("\n"))
	p.Source = string(line)
	t.problems = append(t.problems, p)
}

// sorted returns the problems by place, each once.
func (t *tree) sorted() []Problem {
	slices.SortStableFunc(t.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Msg, b.Msg))
	})
	return slices.Compact(t.problems)
}

// didYouMean returns a hint with the nearest candidate, or other when none is
// near.
func didYouMean(name string, candidates []string, other string) string {
	if s := expr.Suggest(name, candidates); s != "" {
		return fmt.Sprintf("did you mean %q?", s)
	}
	return other
}
