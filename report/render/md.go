package render

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"

	"silico/report"
)

func init() {
	register(Format{"md", "Markdown that any Git host shows, with figures as images", renderMarkdown})
}

// renderMarkdown writes paper.md: CommonMark and GFM, without our additions.
func renderMarkdown(d *report.Document, sink Sink) error {
	m := &markdown{d: d}
	m.title()
	m.blocks(d.Root)
	m.partial()
	m.block(fmt.Sprintf("---\n\n*%s*", mdText(madeBy(d))))
	for _, i := range d.Images {
		sink(i.File, i.Data)
	}
	sink("paper.md", append(bytes.TrimSpace(m.out.Bytes()), '\n'))
	return nil
}

// markdown writes blocks one below the other; prefix stands before every line
// of a container, such as a quotation.
type markdown struct {
	d      *report.Document
	out    bytes.Buffer
	prefix string
	first  string // prefix of the first line, when it differs: a list marker
	tight  bool
}

// block writes the lines of a block behind a blank line.
func (m *markdown) block(s string) {
	if m.out.Len() > 0 && m.first == "" && !m.tight {
		m.out.WriteString(strings.TrimRight(m.prefix, " ") + "\n")
	}
	for line := range strings.SplitSeq(strings.TrimRight(s, "\n"), "\n") {
		lead := m.prefix
		if m.first != "" {
			lead, m.first = m.first, ""
		}
		m.out.WriteString(strings.TrimRight(lead+line, " ") + "\n")
	}
	m.tight = false
}

// title writes the title block.
func (m *markdown) title() {
	d := m.d
	m.block("# " + mdText(d.Title))
	m.partial()
	if len(d.Authors) > 0 {
		m.block(mdText(strings.Join(d.Authors, ", ")))
	}
	if d.Date != "" {
		m.block(mdText(d.Date))
	}
	if d.Abstract != "" {
		m.block("**Abstract.** " + mdText(d.Abstract))
	}
	if len(d.Keywords) > 0 {
		m.block("**Keywords:** " + mdText(strings.Join(d.Keywords, ", ")))
	}
}

// partial says what the paper lacks, at its beginning and at its end: Markdown
// has no pages.
func (m *markdown) partial() {
	if m.d.Partial != "" {
		m.block("> **" + partialPaper + "** " + mdText(m.d.Partial))
	}
}

// blocks writes the children of a container.
func (m *markdown) blocks(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		m.node(n)
	}
}

func (m *markdown) node(node ast.Node) {
	src := m.d.Source
	switch n := node.(type) {
	case *ast.Heading:
		s := m.d.Section(n)
		number := ""
		if s.Number != "" {
			number = s.Number + " "
		}
		m.block(fmt.Sprintf("<a id=%q></a>\n\n%s %s%s", s.ID, strings.Repeat("#", min(6, s.Level+1)), number, m.inlines(n)))
	case *ast.Paragraph, *ast.TextBlock:
		m.block(m.inlines(n))
	case *ast.Blockquote:
		m.inside("> ", "", n)
	case *ast.List:
		m.list(n)
	case *ast.ThematicBreak:
		m.block("---")
	case *ast.CodeBlock:
		m.code("", string(n.Lines().Value(src)))
	case *ast.FencedCodeBlock:
		m.code(string(n.Language(src)), string(n.Lines().Value(src)))
	case *ast.HTMLBlock:
		if raw := rawHTML(n, src); !isComment(raw) {
			m.block(mdText(raw))
		}
	case *report.Div:
		m.div(n)
	case *report.MathBlock:
		tag, anchor := "", ""
		if m2 := n; m2.ID != "" {
			tag, anchor = fmt.Sprintf(" \\tag{%s}", n.Number), fmt.Sprintf("<a id=%q></a>\n\n", n.ID)
		}
		m.block(anchor + "$$\n" + strings.TrimSpace(n.TeX) + tag + "\n$$")
	case *report.TableNode:
		m.table(n.Table)
	case *report.FigureNode:
		f := n.Figure
		m.block(fmt.Sprintf("<a id=%q></a>\n\n![%s](figures/%s.svg)", f.ID, mdText(f.Alt), f.File))
		m.block(fmt.Sprintf("**Figure %s.** %s%s", f.Number, mdText(f.Caption.String()), mdMark(string(f.Mark))))
	case *report.PictureNode:
		m.block(fmt.Sprintf("<a id=%q></a>\n\n%s", n.ID, m.inlines(n)))
		m.block(fmt.Sprintf("**Figure %s.** %s", n.Number, mdText(report.PlainText(n, m.d.Source))))
	case *report.ReferencesNode:
		m.references()
	case *east.Table:
		m.writtenTable(n)
	case *east.FootnoteList:
		for f := n.FirstChild(); f != nil; f = f.NextSibling() {
			label := fmt.Sprintf("[^%d]: ", f.(*east.Footnote).Index)
			m.inside("    ", label, f)
		}
	default:
		m.blocks(n)
	}
}

// inside writes a container whose lines begin with prefix, the first one with
// first when it is not empty.
func (m *markdown) inside(prefix, first string, n ast.Node) {
	if first == "" {
		first = prefix
	}
	outer := m.prefix
	if m.out.Len() > 0 && !m.tight {
		m.out.WriteString(strings.TrimRight(outer, " ") + "\n")
	}
	m.tight = false
	if m.first != "" {
		m.first += first
	} else {
		m.first = outer + first
	}
	m.prefix = outer + prefix
	m.blocks(n)
	m.prefix, m.first = outer, ""
}

func (m *markdown) list(n *ast.List) {
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		marker := "- "
		if n.IsOrdered() {
			marker = strconv.Itoa(number) + ". "
			number++
		}
		m.tight = n.IsTight && item != n.FirstChild()
		m.inside(strings.Repeat(" ", len(marker)), marker, item)
	}
}

// code writes a fenced block with a fence longer than any inside.
func (m *markdown) code(language, content string) {
	fence := "```"
	for strings.Contains(content, fence) {
		fence += "`"
	}
	m.block(fence + language + "\n" + strings.TrimRight(content, "\n") + "\n" + fence)
}

func (m *markdown) div(n *report.Div) {
	callout := n.Callout()
	if callout == "" {
		m.blocks(n)
		return
	}
	title := n.Title.String()
	if title == "" {
		title = strings.ToUpper(callout[:1]) + callout[1:]
	}
	outer := m.prefix
	m.block("> **" + mdText(title) + "**")
	m.prefix = outer + "> "
	m.blocks(n)
	m.prefix = outer
}

// table writes a table of results as a pipe table. What stands below a number
// elsewhere stands behind it here.
func (m *markdown) table(t *report.Table) {
	l := t.Layout
	var b strings.Builder
	fmt.Fprintf(&b, "<a id=%q></a>\n\n**Table %s.** %s%s", t.ID, t.Number, mdText(t.Caption.String()), mdMark(string(t.Mark)))
	m.block(b.String())
	b.Reset()
	head, rule := "|", "|"
	column := 0
	for i, c := range l.Columns {
		label := c.Label
		if g := groupOf(l, i); g != "" {
			label = strings.TrimSuffix(g+": "+label, ": ")
		}
		head += " " + mdCell(label) + " |"
		if c.Words {
			rule += " :-- |"
		} else {
			rule += " --: |"
		}
		column++
	}
	b.WriteString(head + "\n" + rule + "\n")
	for _, r := range l.Rows {
		if r.Cells == nil {
			b.WriteString("| *" + mdCell(r.Heading) + "* |" + strings.Repeat(" |", len(l.Columns)-1) + "\n")
			continue
		}
		b.WriteString("|")
		for _, c := range r.Cells {
			b.WriteString(" " + mdCell(strings.TrimSpace(c.Main+" "+c.Below)) + " |")
		}
		b.WriteString("\n")
	}
	m.block(b.String())
	for i, n := range t.Notes {
		lead := ""
		if i == 0 {
			lead = "*Note.* "
		}
		m.block(lead + mdText(n.String()))
	}
	for _, s := range warnings(t) {
		m.block("⚠ " + mdText(s))
	}
}

// groupOf returns the heading over column i, "" for none.
func groupOf(l *report.Layout, i int) string {
	for _, g := range l.Groups {
		if i < g.Columns {
			return g.Label
		}
		i -= g.Columns
	}
	return ""
}

func (m *markdown) references() {
	for _, r := range m.d.References {
		var b strings.Builder
		fmt.Fprintf(&b, "<a id=%q></a>", r.ID)
		for _, run := range r.Text {
			s := mdText(run.Text)
			switch {
			case run.URL != "":
				s = "<" + strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20").Replace(run.URL) + ">"
			case run.Italic:
				s = "*" + s + "*"
			case strings.TrimSpace(run.Text) == "":
				s = " "
			default:
				s = mdInline(run.Text)
			}
			b.WriteString(s)
		}
		m.block(b.String())
	}
}

// spaced gives escaped text the spaces at its ends back.
func spaced(plain, escaped string) string {
	if strings.TrimSpace(plain) == "" {
		return plain
	}
	if strings.HasPrefix(plain, " ") {
		escaped = " " + strings.TrimPrefix(escaped, " ")
	}
	if strings.HasSuffix(plain, " ") {
		escaped += " "
	}
	return escaped
}

func (m *markdown) writtenTable(t *east.Table) {
	var b strings.Builder
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		b.WriteString("|")
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			b.WriteString(" " + strings.ReplaceAll(m.inlines(c), "|", `\|`) + " |")
		}
		b.WriteString("\n")
		if row.Kind() != east.KindTableHeader {
			continue
		}
		b.WriteString("|")
		for _, a := range t.Alignments {
			b.WriteString(map[east.Alignment]string{east.AlignLeft: " :-- |", east.AlignRight: " --: |", east.AlignCenter: " :-: |", east.AlignNone: " --- |"}[a])
		}
		b.WriteString("\n")
	}
	m.block(b.String())
}

// inlines returns the text of a block.
func (m *markdown) inlines(parent ast.Node) string {
	var b strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		b.WriteString(m.inline(n))
	}
	return b.String()
}

func (m *markdown) inline(node ast.Node) string {
	src := m.d.Source
	switch n := node.(type) {
	case *ast.Text:
		words := report.Words(n.Segment.Value(src))
		s := mdInline(words)
		if first := n.PreviousSibling(); first == nil || mdBreaks(first) {
			s = spaced(words, mdText(words))
		}
		switch {
		case n.HardLineBreak():
			s += "\\\n"
		case n.SoftLineBreak():
			s += "\n"
		}
		return s
	case *ast.String:
		return string(n.Value)
	case *ast.CodeSpan:
		code := plain(n, src)
		fence := "`"
		for strings.Contains(code, fence) {
			fence += "`"
		}
		if len(fence) > 1 || strings.HasPrefix(code, "`") {
			code = " " + code + " "
		}
		return fence + code + fence
	case *ast.Emphasis:
		mark := strings.Repeat("*", n.Level)
		return mark + m.inlines(n) + mark
	case *east.Strikethrough:
		return "~~" + m.inlines(n) + "~~"
	case *ast.Link:
		return "[" + m.inlines(n) + "](" + mdURL(string(n.Destination)) + mdTitle(string(n.Title)) + ")"
	case *ast.Image:
		i := m.d.Image(string(n.Destination))
		if i == nil {
			return m.inlines(n)
		}
		return "![" + m.inlines(n) + "](" + i.File + mdTitle(string(n.Title)) + ")"
	case *ast.AutoLink:
		return "<" + string(n.URL(src)) + ">"
	case *ast.RawHTML:
		if raw := string(n.Segments.Value(src)); !isComment(raw) {
			return mdText(raw)
		}
		return ""
	case *east.TaskCheckBox:
		if n.IsChecked {
			return "[x] "
		}
		return "[ ] "
	case *east.FootnoteLink:
		return fmt.Sprintf("[^%d]", n.Index)
	case *east.FootnoteBacklink:
		return ""
	case *report.Value:
		return mdInline(n.Shown)
	case *report.Math:
		if n.Display {
			return "$$" + n.TeX + "$$"
		}
		return "$" + n.TeX + "$"
	case *report.Ref:
		return "[" + mdText(n.Shown) + "](#" + n.Label + ")"
	case *report.Cite:
		return m.cite(n)
	}
	return m.inlines(node)
}

func (m *markdown) cite(n *report.Cite) string {
	var b strings.Builder
	for _, s := range n.Spans {
		shown := mdInline(s.Text)
		if s.Key == "" {
			b.WriteString(shown)
			continue
		}
		for _, r := range m.d.References {
			if r.Key == s.Key {
				b.WriteString("[" + shown + "](#" + r.ID + ")")
			}
		}
	}
	return b.String()
}

// plain returns the text inside a code span.
func plain(n ast.Node, src []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(src))
			if t.SoftLineBreak() {
				b.WriteByte(' ')
			}
		}
	}
	return strings.ReplaceAll(b.String(), "\n", " ")
}

// mdText returns words so that Markdown shows them as they are.
func mdText(s string) string {
	var b strings.Builder
	words := strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }), " ")
	for i, r := range words {
		special := strings.ContainsRune("\\`*_[<$~|", r)
		rest := words[i+utf8.RuneLen(r):]
		switch {
		case i == 0 && strings.ContainsRune("#+->:", r): // a block that begins
			special = true
		case r == '.' || r == ')': // a list that begins
			special = i > 0 && strings.Trim(words[:i], "0123456789") == "" && (rest == "" || rest[0] == ' ')
		case r == '&': // an entity
			special = strings.Contains(rest, ";")
		}
		if special {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// mdInline is mdText for words that do not begin a line: what would begin a
// block there is left alone, and white space at the ends is kept.
func mdInline(s string) string {
	return spaced(s, strings.TrimPrefix(mdText("x"+s), "x"))
}

// mdBreaks says whether a line ends with a node.
func mdBreaks(n ast.Node) bool {
	t, ok := n.(*ast.Text)
	return ok && (t.SoftLineBreak() || t.HardLineBreak())
}

// mdCell returns words for a cell of a pipe table.
func mdCell(s string) string { return mdText(s) }

func mdURL(s string) string {
	if strings.ContainsAny(s, " ()<>") {
		return "<" + strings.NewReplacer("<", "%3C", ">", "%3E").Replace(s) + ">"
	}
	return s
}

func mdTitle(s string) string {
	if s == "" {
		return ""
	}
	return ` "` + strings.ReplaceAll(s, `"`, `\"`) + `"`
}

// mdMark returns the mark of what was not planned.
func mdMark(mark string) string {
	switch mark {
	case "exploratory", "registered":
		return " *(" + mark + ")*"
	}
	return ""
}
