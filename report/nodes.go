package report

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Kinds of our nodes in the syntax tree of a notebook.
var (
	KindCell       = ast.NewNodeKind("Cell")
	KindDiv        = ast.NewNodeKind("Div")
	KindMathBlock  = ast.NewNodeKind("MathBlock")
	KindMath       = ast.NewNodeKind("Math")
	KindValue      = ast.NewNodeKind("Value")
	KindCite       = ast.NewNodeKind("Cite")
	KindRef        = ast.NewNodeKind("Ref")
	KindTable      = ast.NewNodeKind("ResultTable")
	KindFigure     = ast.NewNodeKind("ResultFigure")
	KindReferences = ast.NewNodeKind("References")
)

// block is a block without text of the notebook in it.
type block struct{ ast.BaseBlock }

func (n *block) IsRaw() bool { return true }

// Cell is a fenced block of the notebook with something to compute or to show:
// {analysis NAME}, {table NAME[.SUB]} or {figure NAME[.SUB]}. Compose puts a
// TableNode or FigureNode in its place.
type Cell struct {
	block
	CellKind string // analysis, table, figure
	Name     string // what stands behind the kind
	Body     string // the lines between the fences
	Line     int    // of the opening fence, from 1

	info   string // all that stands behind the fence
	infoAt int    // offset of info in the source
	closed bool
	fence  byte
	length int
	indent int
}

// Kind implements ast.Node.
func (n *Cell) Kind() ast.NodeKind { return KindCell }

// Dump implements ast.Node.
func (n *Cell) Dump(src []byte, level int) {
	ast.DumpHelper(n, src, level, map[string]string{"Cell": n.CellKind + " " + n.Name}, nil)
}

// Div is a fenced div: a callout, prose under a condition, or the place of the
// reference list.
type Div struct {
	ast.BaseBlock
	ID      string
	Classes []string
	When    string // the condition, "" for none
	Title   Phrase // of a callout, nil for none
	hasWhen bool
	whenAt  int // offset of the condition in the source
	attrs   []attribute
	closed  bool
	colons  int
}

// Kind implements ast.Node.
func (n *Div) Kind() ast.NodeKind { return KindDiv }

// Dump implements ast.Node.
func (n *Div) Dump(src []byte, level int) {
	ast.DumpHelper(n, src, level, map[string]string{"When": n.When}, nil)
}

// Callout returns note, tip, important, warning or caution when the div is
// such a callout, "" otherwise.
func (n *Div) Callout() string {
	for _, c := range n.Classes {
		if slices.Contains(callouts, c) {
			return strings.TrimPrefix(c, "callout-")
		}
	}
	return ""
}

// MathBlock is a displayed equation.
type MathBlock struct {
	block
	TeX    string
	ID     string // label, "" when the equation has no number
	Number string

	closed  bool
	trouble string
	idAt    int
}

// Kind implements ast.Node.
func (n *MathBlock) Kind() ast.NodeKind { return KindMathBlock }

// Dump implements ast.Node.
func (n *MathBlock) Dump(src []byte, level int) {
	ast.DumpHelper(n, src, level, map[string]string{"TeX": n.TeX}, nil)
}

// Math is mathematics in a line of text.
type Math struct {
	ast.BaseInline
	TeX     string
	Display bool
	id      string // label of an equation in the middle of a paragraph
	idAt    int
}

// Kind implements ast.Node.
func (n *Math) Kind() ast.NodeKind { return KindMath }

// Dump implements ast.Node.
func (n *Math) Dump(src []byte, level int) {
	ast.DumpHelper(n, src, level, map[string]string{"TeX": n.TeX}, nil)
}

// Value is a number of the results in a line of text.
type Value struct {
	ast.BaseInline
	Address string // as written
	Format  string // as written
	Shown   string // what readers see
	Title   string // where it comes from, in words
	Mark    string // exploratory, or ""
	Number  string // the number for machines, ten digits; "" when there is none

	trouble string // what is wrong with the cell itself
}

// Kind implements ast.Node.
func (n *Value) Kind() ast.NodeKind { return KindValue }

// Dump implements ast.Node.
func (n *Value) Dump(src []byte, level int) {
	ast.DumpHelper(n, src, level, map[string]string{"Address": n.Address}, nil)
}

// Cite is a citation of one or more works.
type Cite struct {
	ast.BaseInline
	Items     []CiteItem
	Narrative bool   // the authors are part of the sentence: Lin (1991)
	Spans     []Span // what readers see
}

// CiteItem is one work in a citation.
type CiteItem struct {
	Key            string
	Prefix, Suffix string
	YearOnly       bool
	at             int
}

// Span is a piece of text that may lead to an entry of the reference list.
type Span struct {
	Text string
	Key  string // of the work, "" for plain text
}

// Kind implements ast.Node.
func (n *Cite) Kind() ast.NodeKind { return KindCite }

// Dump implements ast.Node.
func (n *Cite) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// Ref is a reference to a figure, table, equation or section of the paper.
type Ref struct {
	ast.BaseInline
	Label      string
	Shown      string // "Table 1"
	NumberOnly bool
}

// Kind implements ast.Node.
func (n *Ref) Kind() ast.NodeKind { return KindRef }

// Dump implements ast.Node.
func (n *Ref) Dump(src []byte, level int) {
	ast.DumpHelper(n, src, level, map[string]string{"Label": n.Label}, nil)
}

// TableNode is the place of a table of the results.
type TableNode struct {
	block
	Table *Table
}

// Kind implements ast.Node.
func (n *TableNode) Kind() ast.NodeKind { return KindTable }

// Dump implements ast.Node.
func (n *TableNode) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// FigureNode is the place of a figure of the results.
type FigureNode struct {
	block
	Figure *Figure
}

// Kind implements ast.Node.
func (n *FigureNode) Kind() ast.NodeKind { return KindFigure }

// Dump implements ast.Node.
func (n *FigureNode) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// ReferencesNode is the place of the reference list.
type ReferencesNode struct{ block }

// Kind implements ast.Node.
func (n *ReferencesNode) Kind() ast.NodeKind { return KindReferences }

// Dump implements ast.Node.
func (n *ReferencesNode) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }
