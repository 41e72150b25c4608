package report

import (
	"github.com/yuin/goldmark/ast"

	"silico/analysis"
	"silico/analysis/frame"
)

// Meta is what stands on the title page, and what made the paper.
type Meta struct {
	Title    string
	Authors  []string
	Date     string // as written
	Abstract string
	Keywords []string
	Slug     string
	Version  string // of the program
	Seed     int64
	// Partial says what is not in the paper yet, "" when everything is. It
	// stands on every page.
	Partial string
}

// Input is everything that a paper is made of.
type Input struct {
	Notebook *Notebook
	Meta     Meta
	// Results in the order of the study; a result named "study" carries the
	// facts of the study itself.
	Results  []*analysis.Result
	Verdicts []analysis.Verdict
	Sources  []frame.Source // who gave the answers

	Bibliography     []byte
	BibliographyFile string // its path, for problems

	// Images is the content of the pictures that Notebook.Images names.
	Images map[string][]byte
}

// Document is a paper: a syntax tree whose values, tables, figures, numbers
// and references are filled in. Renderers read it and change nothing.
type Document struct {
	Meta
	Source []byte // what the segments of the tree point into
	Root   *ast.Document

	Tables     []*Table // in the order of the paper
	Figures    []*Figure
	Sections   []*Section
	Images     []Image      // in the order of the paper
	References []*Reference // cited works, by author and year
	Values     []Entry      // every estimate of every result, by address
	Verdicts   []analysis.Verdict
	Results    []*analysis.Result
	Notes      []Problem // what the author should know, though the paper stands

	sections map[*ast.Heading]*Section
}

// Section returns the section that a heading opens.
func (d *Document) Section(h *ast.Heading) *Section { return d.sections[h] }

// Section is a numbered heading.
type Section struct {
	ID      string
	Number  string // "2.1", "A.1" in the appendix, "" for none
	Level   int    // 1 for the sections of the paper
	Heading *ast.Heading
}

// Title returns the words of the heading.
func (s *Section) Title(src []byte) string { return PlainText(s.Heading, src) }

// Table is a table of the paper.
type Table struct {
	ID       string // label
	Number   string
	File     string // name of its CSV file, without folder and ending
	Caption  Phrase
	Mark     analysis.Mark
	Analysis string // name of the analysis
	Layout   *Layout
	Notes    []Phrase
	Warnings []analysis.Warning
	Table    *analysis.Table // whole, whatever of it is printed
}

// Figure is a figure of the paper.
type Figure struct {
	ID       string
	Number   string
	File     string // name of its drawing, without folder and ending
	Caption  Phrase
	Alt      string
	Width    string // share of the text's width in percent, "" for all of it
	Mark     analysis.Mark
	Analysis string
	Figure   analysis.Figure
	SVG      []byte // the drawing; filled in after Compose
}

// Reference is an entry of the reference list.
type Reference struct {
	Key string
	ID  string // where links lead
	// Text in runs of one style.
	Text []Run
}

// Run is text of one style.
type Run struct {
	Text   string
	Italic bool
	URL    string // where it leads, "" for nowhere
}

// FileName returns the name of the files of a table or figure of an analysis:
// the analysis, and the name of the part when it is not the main one.
func FileName(name, part string) string {
	if part == "" {
		return name
	}
	return name + "-" + part
}

// PlainText returns the words of a node without markup.
func PlainText(node ast.Node, src []byte) string {
	var b []byte
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b = append(b, unescape(n.Segment.Value(src))...)
			if n.SoftLineBreak() || n.HardLineBreak() {
				b = append(b, ' ')
			}
		case *ast.String:
			b = append(b, n.Value...)
		case *Value:
			b = append(b, n.Shown...)
		case *Math:
			b = append(b, n.TeX...)
		case *Ref:
			b = append(b, n.Shown...)
		case *Cite:
			for _, s := range n.Spans {
				b = append(b, s.Text...)
			}
		}
		return ast.WalkContinue, nil
	})
	return string(b)
}
