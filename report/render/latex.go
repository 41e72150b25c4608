package render

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"

	"silico/report"
)

func init() {
	register(Format{"latex", "an article in LaTeX, with tables to paste into another paper", renderLaTeX})
}

// renderLaTeX writes paper.tex, which pdflatex, xelatex and lualatex take with
// the packages of any installation, and one file a table below tables, to
// \input into another paper. Figures are those of the output folder; LaTeX
// reads no SVG, so a figure without a PNG or PDF file beside it shows its
// description.
func renderLaTeX(d *report.Document, sink Sink) error {
	l := &latex{d: d, numbers: make(map[int]*east.Footnote)}
	l.findFootnotes(d.Root)
	l.preamble()
	l.blocks(d.Root)
	l.line("")
	l.line(`\bigskip\noindent{\footnotesize ` + texText(madeBy(d)) + `\par}`)
	l.line("")
	l.line(`\end{document}`)
	for _, i := range d.Images {
		sink(i.File, i.Data)
	}
	sink("paper.tex", l.out.Bytes())
	for _, t := range d.Tables {
		sink("tables/"+t.File+".tex", []byte("% "+strings.ReplaceAll(t.Caption.String(), "\n", " ")+"\n"+
			"% Needs \\usepackage{array,booktabs}.\n"+texTable(t)))
	}
	return nil
}

type latex struct {
	d       *report.Document
	out     bytes.Buffer
	numbers map[int]*east.Footnote
	begun   map[int]bool // footnotes whose text stands already
}

func (l *latex) line(s string) { l.out.WriteString(s + "\n") }

func (l *latex) preamble() {
	d := l.d
	l.out.WriteString(`\documentclass[11pt,a4paper]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[utf8]{inputenc}
  \usepackage[T1]{fontenc}
  \usepackage{textcomp}
\else
  \usepackage{fontspec}
\fi
\usepackage[margin=25mm]{geometry}
\usepackage{amsmath,amssymb}
\usepackage{booktabs,longtable,array,graphicx,caption,pdflscape}
\usepackage[hidelinks,unicode]{hyperref}
\setlength{\emergencystretch}{3em}
\setlength{\LTcapwidth}{\linewidth}
\setlength{\LTleft}{0pt}
\captionsetup{justification=raggedright,singlelinecheck=false,font=small}
\providecommand{\exploratory}{\textsc{\small [exploratory]}}
\providecommand{\registered}{\textsc{\small [registered]}}
`)
	l.out.WriteString(texCharacters)
	l.line(`\title{` + texText(d.Title) + `}`)
	var authors []string
	for _, a := range d.Authors {
		authors = append(authors, texText(a))
	}
	l.line(`\author{` + strings.Join(authors, ` \and `) + `}`)
	l.line(`\date{` + texText(d.Date) + `}`)
	if d.Partial != "" { // in the head of every page
		l.line(`\pagestyle{myheadings}\markright{` + partialPaper + `}`)
	}
	l.line(`\begin{document}`)
	l.line(`\maketitle`)
	if d.Partial != "" {
		l.line(`\thispagestyle{myheadings}`)
		l.line(`\noindent\textbf{` + partialPaper + `} ` + texText(d.Partial) + `\par\bigskip`)
	}
	if d.Abstract != "" {
		l.line("\\begin{abstract}\n" + texText(d.Abstract) + "\n\\end{abstract}")
	}
	if len(d.Keywords) > 0 {
		l.line("\\noindent\\textbf{Keywords:} " + texText(strings.Join(d.Keywords, ", ")))
	}
}

func (l *latex) findFootnotes(n ast.Node) {
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if f, ok := n.(*east.Footnote); ok && entering {
			l.numbers[f.Index] = f
		}
		return ast.WalkContinue, nil
	})
	l.begun = make(map[int]bool)
}

func (l *latex) blocks(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		l.node(n)
	}
}

func (l *latex) environment(name string, inside func()) {
	l.line("\n\\begin{" + name + "}")
	inside()
	l.line("\\end{" + name + "}")
}

func (l *latex) node(node ast.Node) {
	src := l.d.Source
	switch n := node.(type) {
	case *ast.Heading:
		l.heading(n)
	case *ast.Paragraph:
		l.line("\n" + l.inlines(n))
	case *ast.TextBlock:
		l.line(l.inlines(n))
	case *ast.Blockquote:
		l.environment("quote", func() { l.blocks(n) })
	case *ast.List:
		name := "itemize"
		if n.IsOrdered() {
			name = "enumerate"
		}
		l.environment(name, func() {
			if n.IsOrdered() && n.Start != 1 {
				l.line(fmt.Sprintf(`\setcounter{enum%s}{%d}`, romanDepth(n), n.Start-1))
			}
			for item := n.FirstChild(); item != nil; item = item.NextSibling() {
				l.line(`\item{}`)
				l.blocks(item)
			}
		})
	case *ast.ThematicBreak:
		l.line("\n\\begin{center}\\rule{0.3\\linewidth}{0.4pt}\\end{center}")
	case *ast.CodeBlock:
		l.code(string(n.Lines().Value(src)))
	case *ast.FencedCodeBlock:
		l.code(string(n.Lines().Value(src)))
	case *ast.HTMLBlock:
		if raw := rawHTML(n, src); !isComment(raw) {
			l.line("\n" + texText(raw))
		}
	case *report.Div:
		l.div(n)
	case *report.MathBlock:
		l.equation(n)
	case *report.TableNode:
		l.table(n.Table)
	case *report.FigureNode:
		l.figure(n.Figure)
	case *report.PictureNode:
		l.picture(n)
	case *report.ReferencesNode:
		l.references()
	case *east.Table:
		l.writtenTable(n)
	case *east.FootnoteList: // stands where it is referred to
	default:
		l.blocks(n)
	}
}

// romanDepth returns i, ii, iii, iv: LaTeX's name of the counter of a list.
func romanDepth(n *ast.List) string {
	depth := 0
	for p := n.Parent(); p != nil; p = p.Parent() {
		if list, ok := p.(*ast.List); ok && list.IsOrdered() {
			depth++
		}
	}
	return []string{"i", "ii", "iii", "iv"}[min(depth, 3)]
}

// heading writes a section. Numbers are the document's own, so that LaTeX and
// the other formats agree.
func (l *latex) heading(n *ast.Heading) {
	s := l.d.Section(n)
	if s == nil {
		l.line("\n\\paragraph*{" + l.inlines(n) + "}")
		return
	}
	command := []string{"section", "subsection", "subsubsection", "paragraph", "subparagraph"}[min(s.Level, 5)-1]
	title := l.inlines(n)
	number := ""
	if s.Number != "" {
		number = s.Number + "\\quad "
	}
	l.line(fmt.Sprintf("\n\\%s*{\\texorpdfstring{%s%s}{%s}}\\hypertarget{%s}{}", command, number, title,
		texText(strings.TrimSpace(s.Number+" "+s.Title(l.d.Source))), texLabel(s.ID)))
}

func (l *latex) code(content string) {
	l.line("\n\\begin{quote}\\ttfamily\\small\\raggedright")
	for line := range strings.SplitSeq(strings.TrimRight(content, "\n"), "\n") {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		l.line(strings.Repeat(`~`, indent) + texText(line) + `\\`)
	}
	l.line("\\end{quote}")
}

func (l *latex) div(n *report.Div) {
	callout := n.Callout()
	if callout == "" {
		l.blocks(n)
		return
	}
	title := n.Title.String()
	if title == "" {
		title = strings.ToUpper(callout[:1]) + callout[1:]
	}
	l.environment("quote", func() {
		l.line(`\textbf{` + texText(title) + `}`)
		l.blocks(n)
	})
}

func (l *latex) equation(m *report.MathBlock) {
	tex := safeTeX(m.TeX)
	if m.ID == "" {
		l.line("\n\\[\n" + tex + "\n\\]")
		return
	}
	l.line(fmt.Sprintf("\n\\begin{equation}\\hypertarget{%s}{}\n%s \\tag{%s}\n\\end{equation}", texLabel(m.ID), tex, m.Number))
}

// mark returns the command for the mark of a table or figure.
func texMark(mark string) string {
	switch mark {
	case "exploratory", "registered":
		return ` \` + mark + `{}`
	}
	return ""
}

func (l *latex) figure(f *report.Figure) {
	width := ofLine(cmp.Or(f.Width, "100"))
	l.line("\n\\begin{center}\\hypertarget{" + texLabel(f.ID) + "}{}")
	l.line(fmt.Sprintf(`\IfFileExists{figures/%[1]s.pdf}{\includegraphics[width=%[2]s,height=0.8\textheight,keepaspectratio]{figures/%[1]s.pdf}}{\IfFileExists{figures/%[1]s.png}{\includegraphics[width=%[2]s,height=0.8\textheight,keepaspectratio]{figures/%[1]s.png}}{\fbox{\parbox{0.9\linewidth}{\small %[3]s}}}}\\[0.5ex]`,
		f.File, width, texText(f.Alt)))
	l.line(`\parbox{\linewidth}{\raggedright\small\textbf{Figure ` + texText(f.Number) + `.} ` + texText(f.Caption.String()) + texMark(string(f.Mark)) + `}`)
	l.line(`\end{center}`)
}

// ofLine returns a share of the text's width in percent as a length.
func ofLine(percent string) string {
	if percent == "100" {
		return `\linewidth`
	}
	return "0." + strings.TrimSuffix(percent, "0") + `\linewidth`
}

// picture writes a numbered picture with its caption.
func (l *latex) picture(n *report.PictureNode) {
	l.line("\n\\begin{center}\\hypertarget{" + texLabel(n.ID) + "}{}")
	l.line(l.imageOf(n.FirstChild().(*ast.Image), n.Width) + `\\[0.5ex]`)
	l.line(`\parbox{\linewidth}{\raggedright\small\textbf{Figure ` + texText(n.Number) + `.} ` + texText(report.PlainText(n, l.d.Source)) + `}`)
	l.line(`\end{center}`)
}

func (l *latex) references() {
	l.line("\n\\begingroup\\setlength{\\parindent}{-1.5em}\\setlength{\\leftskip}{1.5em}\\setlength{\\parskip}{0.5ex}")
	for _, r := range l.d.References {
		var b strings.Builder
		for _, run := range r.Text {
			s := texSpaced(run.Text)
			if run.URL != "" {
				s = `\href{` + texURL(run.URL) + `}{\nolinkurl{` + texURL(run.URL) + `}}`
			} else if run.Italic {
				s = `\textit{` + s + `}`
			}
			b.WriteString(s)
		}
		l.line("\n\\hypertarget{" + texLabel(r.ID) + "}{}" + b.String())
	}
	l.line("\n\\endgroup")
}

func (l *latex) writtenTable(t *east.Table) {
	spec := ""
	for _, a := range t.Alignments {
		spec += map[east.Alignment]string{east.AlignRight: "r", east.AlignCenter: "c"}[a]
		if a != east.AlignRight && a != east.AlignCenter {
			spec += "l"
		}
	}
	l.line("\n\\begin{center}\\small\n\\begin{tabular}{@{}" + spec + "@{}}\n\\toprule")
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, l.inlines(c))
		}
		l.line("{}" + strings.Join(cells, " & ") + ` \\`)
		if row.Kind() == east.KindTableHeader {
			l.line(`\midrule`)
		}
	}
	l.line("\\bottomrule\n\\end{tabular}\n\\end{center}")
}

func (l *latex) inlines(parent ast.Node) string {
	var b strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		b.WriteString(l.inline(n))
	}
	return b.String()
}

func (l *latex) inline(node ast.Node) string {
	src := l.d.Source
	switch n := node.(type) {
	case *ast.Text:
		s := texSpaced(report.Words(n.Segment.Value(src)))
		switch {
		case n.HardLineBreak():
			s += "\\\\\n"
		case n.SoftLineBreak():
			s += "\n"
		}
		return s
	case *ast.String:
		return texSpaced(string(n.Value))
	case *ast.CodeSpan:
		return `\texttt{` + texSpaced(plain(n, src)) + `}`
	case *ast.Emphasis:
		if n.Level == 2 {
			return `\textbf{` + l.inlines(n) + `}`
		}
		return `\emph{` + l.inlines(n) + `}`
	case *ast.Link:
		return l.link(string(n.Destination), l.inlines(n))
	case *ast.Image:
		return l.image(n)
	case *ast.AutoLink:
		return l.link(string(n.URL(src)), texText(string(n.Label(src))))
	case *ast.RawHTML:
		if raw := string(n.Segments.Value(src)); !isComment(raw) {
			return texText(raw)
		}
		return ""
	case *east.TaskCheckBox:
		if n.IsChecked {
			return `$\boxtimes$ `
		}
		return `$\square$ `
	case *east.FootnoteLink:
		return l.footnote(n.Index)
	case *east.FootnoteBacklink:
		return ""
	case *report.Value:
		return texText(n.Shown)
	case *report.Math:
		if n.Display {
			return `\[` + safeTeX(n.TeX) + `\]`
		}
		return `\(` + safeTeX(n.TeX) + `\)`
	case *report.Ref:
		return `\hyperlink{` + texLabel(n.Label) + `}{` + texText(n.Shown) + `}`
	case *report.Cite:
		var b strings.Builder
		for _, s := range n.Spans {
			shown := texSpaced(s.Text)
			for _, r := range l.d.References {
				if s.Key != "" && r.Key == s.Key {
					shown = `\hyperlink{` + texLabel(r.ID) + `}{` + shown + `}`
				}
			}
			b.WriteString(shown)
		}
		return b.String()
	}
	return l.inlines(node)
}

// image shows a picture of a kind that LaTeX reads, and the words of others.
func (l *latex) image(n *ast.Image) string { return l.imageOf(n, "80") }

// imageOf is image with a width in percent of the text's, "" for 80.
func (l *latex) imageOf(n *ast.Image, width string) string {
	words := `\emph{` + l.inlines(n) + `}`
	i := l.d.Image(string(n.Destination))
	if i == nil || i.Type != "image/png" && i.Type != "image/jpeg" {
		return words
	}
	return fmt.Sprintf(`\IfFileExists{%[1]s}{\includegraphics[width=%[3]s,height=0.8\textheight,keepaspectratio]{%[1]s}}{%[2]s}`, i.File, words, ofLine(cmp.Or(width, "80")))
}

// footnote writes the note where it is first referred to, its number after.
func (l *latex) footnote(index int) string {
	f := l.numbers[index]
	if f == nil || l.begun[index] {
		return fmt.Sprintf(`\footnotemark[%d]`, index)
	}
	l.begun[index] = true
	outer := l.out
	l.out = bytes.Buffer{}
	l.blocks(f)
	body := strings.TrimSpace(l.out.String())
	l.out = outer
	return fmt.Sprintf(`\footnote[%d]{%s}`, index, body)
}

// link writes a link to the web; anything else stays words.
func (l *latex) link(to, shown string) string {
	switch {
	case strings.HasPrefix(to, "https://"), strings.HasPrefix(to, "http://"), strings.HasPrefix(to, "mailto:"):
		return `\href{` + texURL(to) + `}{` + shown + `}`
	case strings.HasPrefix(to, "#"):
		return `\hyperlink{` + texLabel(to[1:]) + `}{` + shown + `}`
	}
	return shown
}
