package render

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"

	"silico/report"
	"silico/report/plot"
	"silico/templates"
)

func init() {
	register(Format{"html", "one page that needs no network and no script, for screen and print", renderHTML})
}

var page = template.Must(template.New("page").Parse(templates.Page))

// renderHTML writes paper.html: one pass of goldmark over the whole paper,
// inside a page that carries its style and its figures. The page is HTML that
// is well-formed XML too.
func renderHTML(d *report.Document, sink Sink) error {
	h := &htmlRenderer{d: d}
	md := goldmark.New(goldmark.WithRendererOptions(ghtml.WithXHTML()), goldmark.WithExtensions(
		extension.GFM,
		extension.NewFootnote(extension.WithFootnoteBacklinkTitle("Back to the text")),
	))
	md.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(h, 100)))
	var body bytes.Buffer
	if err := md.Renderer().Render(&body, d.Source, d.Root); err != nil {
		return fmt.Errorf("render the page: %w", err)
	}
	var out bytes.Buffer
	err := page.Execute(&out, map[string]any{
		"Doc": d, "Style": template.CSS(templates.Style + neutralStyle()), "Body": template.HTML(body.String()),
		"Contents": template.HTML(contents(d)), "MadeBy": madeBy(d),
	})
	if err != nil {
		return fmt.Errorf("render the page: %w", err)
	}
	sink("paper.html", out.Bytes())
	return nil
}

// htmlRenderer writes our nodes, and those of goldmark's that a paper wants
// different.
type htmlRenderer struct {
	d *report.Document
}

// RegisterFuncs implements renderer.NodeRenderer.
func (h *htmlRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	leaf := func(kind ast.NodeKind, write func(w util.BufWriter, n ast.Node)) {
		r.Register(kind, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
			if entering {
				write(w, n)
			}
			return ast.WalkSkipChildren, nil
		})
	}
	leaf(report.KindTable, func(w util.BufWriter, n ast.Node) { h.table(w, n.(*report.TableNode).Table) })
	leaf(report.KindFigure, func(w util.BufWriter, n ast.Node) { h.figure(w, n.(*report.FigureNode).Figure) })
	leaf(report.KindPicture, func(w util.BufWriter, n ast.Node) { h.picture(w, n.(*report.PictureNode)) })
	leaf(report.KindReferences, func(w util.BufWriter, n ast.Node) { h.references(w) })
	leaf(report.KindValue, func(w util.BufWriter, n ast.Node) { w.WriteString(value(n.(*report.Value))) })
	leaf(report.KindCite, func(w util.BufWriter, n ast.Node) { h.cite(w, n.(*report.Cite)) })
	leaf(report.KindRef, func(w util.BufWriter, n ast.Node) {
		ref := n.(*report.Ref)
		fmt.Fprintf(w, `<a class="ref" href="#%s">%s</a>`, attr(ref.Label), text(ref.Shown))
	})
	leaf(report.KindMath, func(w util.BufWriter, n ast.Node) {
		m := n.(*report.Math)
		w.WriteString(mathML(m.TeX, m.Display))
	})
	leaf(report.KindMathBlock, func(w util.BufWriter, n ast.Node) { h.equation(w, n.(*report.MathBlock)) })
	leaf(ast.KindImage, func(w util.BufWriter, n ast.Node) { h.image(w, n.(*ast.Image)) })
	leaf(ast.KindHTMLBlock, func(w util.BufWriter, n ast.Node) { h.rawBlock(w, n.(*ast.HTMLBlock)) })
	leaf(ast.KindRawHTML, func(w util.BufWriter, n ast.Node) {
		raw := n.(*ast.RawHTML).Segments.Value(h.d.Source)
		if !isComment(string(raw)) {
			w.WriteString(text(string(raw)))
		}
	})
	r.Register(report.KindDiv, h.div)
	r.Register(ast.KindHeading, h.heading)
	r.Register(east.KindTable, h.writtenTable)
	r.Register(east.KindFootnoteList, h.footnotes)
}

func attr(s string) string { return text(s) }

// text returns words as HTML shows them. Control characters, which no page may
// hold, become replacement characters.
func text(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0xfffe || r == 0xffff {
			return '\ufffd'
		}
		return r
	}, s))
}

// isComment says whether raw HTML is a comment, which no reader sees.
func isComment(raw string) bool {
	raw = strings.TrimSpace(raw)
	return strings.HasPrefix(raw, "<!--") && strings.HasSuffix(raw, "-->")
}

func (h *htmlRenderer) rawBlock(w util.BufWriter, n *ast.HTMLBlock) {
	raw := rawHTML(n, h.d.Source)
	if !isComment(raw) {
		fmt.Fprintf(w, "<p>%s</p>\n", text(strings.TrimSpace(raw)))
	}
}

// rawHTML returns the lines of a block of HTML.
func rawHTML(n *ast.HTMLBlock, src []byte) string {
	raw := string(n.Lines().Value(src))
	if n.HasClosure() {
		raw += string(n.ClosureLine.Value(src))
	}
	return raw
}

// heading writes a section heading one level below the title, with its number.
func (h *htmlRenderer) heading(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	s := h.d.Section(n.(*ast.Heading))
	if s == nil { // inside a callout or another container that has no sections
		return ast.WalkContinue, nil
	}
	level := min(6, s.Level+1)
	if !entering {
		fmt.Fprintf(w, "</h%d>\n", level)
		return ast.WalkContinue, nil
	}
	fmt.Fprintf(w, `<h%d id="%s">`, level, attr(s.ID))
	if s.Number != "" {
		fmt.Fprintf(w, `<span class="number">%s</span> `, text(s.Number))
	}
	return ast.WalkContinue, nil
}

// image writes a picture with its content in the page.
func (h *htmlRenderer) image(w util.BufWriter, n *ast.Image) {
	i := h.d.Image(string(n.Destination))
	if i == nil {
		return
	}
	fmt.Fprintf(w, `<img src="data:%s;base64,%s" alt="%s"/>`, i.Type, base64.StdEncoding.EncodeToString(i.Data), attr(report.PlainText(n, h.d.Source)))
}

// picture writes a numbered picture with its caption.
func (h *htmlRenderer) picture(w util.BufWriter, n *report.PictureNode) {
	style := ""
	if n.Width != "" {
		style = fmt.Sprintf(` style="width:%s%%"`, attr(n.Width))
	}
	fmt.Fprintf(w, `<figure id="%s">`+"\n"+`<div class="drawing"%s>`, attr(n.ID), style)
	h.image(w, n.FirstChild().(*ast.Image))
	fmt.Fprintf(w, "</div>\n"+`<figcaption><b>Figure&#160;%s.</b> %s</figcaption>`+"\n</figure>\n", text(n.Number), text(report.PlainText(n, h.d.Source)))
}

// contents returns the table of contents: sections and their parts.
func contents(d *report.Document) string {
	var b strings.Builder
	depth := 0
	for _, s := range d.Sections {
		if s.Level > 2 {
			continue
		}
		for depth < s.Level {
			b.WriteString("<ol>")
			depth++
			if depth < s.Level {
				b.WriteString("<li>")
			}
		}
		for depth > s.Level {
			b.WriteString("</li></ol>")
			depth--
		}
		if strings.HasSuffix(b.String(), "</a>") || strings.HasSuffix(b.String(), "</ol>") {
			b.WriteString("</li>")
		}
		number := ""
		if s.Number != "" {
			number = `<span class="number">` + text(s.Number) + `</span> `
		}
		fmt.Fprintf(&b, `<li><a href="#%s">%s%s</a>`, attr(s.ID), number, text(s.Title(d.Source)))
	}
	for ; depth > 0; depth-- {
		b.WriteString("</li></ol>")
	}
	return b.String()
}

func (h *htmlRenderer) div(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*report.Div)
	callout := n.Callout()
	if callout == "" {
		if n.ID != "" && n.ID != "refs" {
			if entering {
				fmt.Fprintf(w, `<div id="%s">`+"\n", attr(n.ID))
			} else {
				w.WriteString("</div>\n")
			}
		}
		return ast.WalkContinue, nil
	}
	if !entering {
		w.WriteString("</aside>\n")
		return ast.WalkContinue, nil
	}
	title := strings.ToUpper(callout[:1]) + callout[1:]
	if n.Title != nil {
		title = phrase(n.Title)
	}
	fmt.Fprintf(w, `<aside class="callout %s"><p class="callout-title">%s</p>`+"\n", callout, title)
	return ast.WalkContinue, nil
}

// phrase returns words with values in them.
func phrase(p report.Phrase) string {
	var b strings.Builder
	for _, piece := range p {
		if piece.Value != nil {
			b.WriteString(value(piece.Value))
		} else {
			b.WriteString(text(piece.Words))
		}
	}
	return b.String()
}

func value(v *report.Value) string {
	class := "value"
	if v.Mark != "" {
		class += " " + v.Mark
	}
	tag, number := "span", ""
	if v.Number != "" {
		tag, number = "data", fmt.Sprintf(` value="%s"`, attr(v.Number))
	}
	return fmt.Sprintf(`<%s class="%s"%s data-address="%s" title="%s">%s</%s>`, tag, attr(class), number, attr(v.Address), attr(v.Title), text(v.Shown), tag)
}

func (h *htmlRenderer) cite(w util.BufWriter, n *report.Cite) {
	ids := make(map[string]string)
	for _, r := range h.d.References {
		ids[r.Key] = r.ID
	}
	w.WriteString(`<span class="cite">`)
	for _, s := range n.Spans {
		if s.Key == "" {
			w.WriteString(text(s.Text))
			continue
		}
		fmt.Fprintf(w, `<a href="#%s">%s</a>`, attr(ids[s.Key]), text(s.Text))
	}
	w.WriteString("</span>")
}

func (h *htmlRenderer) references(w util.BufWriter) {
	if len(h.d.References) == 0 {
		return
	}
	w.WriteString(`<ul class="references">` + "\n")
	for _, r := range h.d.References {
		fmt.Fprintf(w, `<li id="%s">`, attr(r.ID))
		for _, run := range r.Text {
			s := text(run.Text)
			if run.Italic {
				s = "<i>" + s + "</i>"
			}
			if run.URL != "" {
				s = fmt.Sprintf(`<a class="url" href="%s">%s</a>`, attr(run.URL), s)
			}
			w.WriteString(s)
		}
		w.WriteString("</li>\n")
	}
	w.WriteString("</ul>\n")
}

func (h *htmlRenderer) equation(w util.BufWriter, m *report.MathBlock) {
	id, number := "", ""
	if m.ID != "" {
		id = fmt.Sprintf(` id="%s"`, attr(m.ID))
		number = fmt.Sprintf(`<span class="equation-number">(%s)</span>`, text(m.Number))
	}
	fmt.Fprintf(w, `<div class="equation"%s>%s%s</div>`+"\n", id, mathML(m.TeX, true), number)
}

// badge returns the visible mark of what was not planned, and of what was
// registered.
func badge(mark string) string {
	switch mark {
	case "exploratory":
		return ` <span class="badge exploratory" title="Not declared in the study before the data were seen">exploratory</span>`
	case "registered":
		return ` <span class="badge registered" title="Equal to the frozen registration">registered</span>`
	}
	return ""
}

// table writes a table of results.
func (h *htmlRenderer) table(w util.BufWriter, t *report.Table) {
	caption := t.ID + "-caption"
	class := "table"
	if len(t.Layout.Rows) > 14 { // may break over printed pages
		class = "table tall"
	}
	fmt.Fprintf(w, `<div class="%s" id="%s" data-analysis="%s">`, class, attr(t.ID), attr(t.Analysis))
	fmt.Fprintf(w, `<div class="scroll" role="region" tabindex="0" aria-labelledby="%s"><table>`+"\n", attr(caption))
	fmt.Fprintf(w, `<caption id="%s"><span class="caption"><b>Table&#160;%s.</b> %s%s</span></caption>`+"\n",
		attr(caption), text(t.Number), phrase(t.Caption), badge(string(t.Mark)))
	w.WriteString("<thead>\n")
	if t.Layout.Groups != nil {
		w.WriteString(`<tr class="groups">`)
		for _, g := range t.Layout.Groups {
			if g.Label == "" {
				fmt.Fprintf(w, `<td colspan="%d"></td>`, g.Columns)
				continue
			}
			fmt.Fprintf(w, `<th scope="colgroup" colspan="%d"><span>%s</span></th>`, g.Columns, text(g.Label))
		}
		w.WriteString("</tr>\n")
	}
	w.WriteString("<tr>")
	classes := columnClasses(t.Layout)
	for j, c := range t.Layout.Columns {
		fmt.Fprintf(w, `<th scope="col"%s>%s</th>`, classes[j], text(c.Label))
	}
	w.WriteString("</tr>\n</thead>\n<tbody>\n")
	for _, r := range t.Layout.Rows {
		if r.Cells == nil {
			fmt.Fprintf(w, `<tr class="group"><th scope="rowgroup" colspan="%d">%s</th></tr>`+"\n", len(t.Layout.Columns), text(r.Heading))
			continue
		}
		w.WriteString("<tr>")
		for j, c := range r.Cells {
			h.cell(w, c, classes[j], j == 0 && t.Layout.Columns[j].Words)
		}
		w.WriteString("</tr>\n")
	}
	w.WriteString("</tbody>\n</table></div>\n")
	h.notes(w, t)
	w.WriteString("</div>\n")
}

// columnClasses returns the class attributes of the columns: words stand flush
// left, and long ones get room.
func columnClasses(l *report.Layout) []string {
	classes := make([]string, len(l.Columns))
	for j, c := range l.Columns {
		switch {
		case c.Words && widest(l, j) > 28:
			classes[j] = ` class="words long"`
		case c.Words:
			classes[j] = ` class="words"`
		}
	}
	return classes
}

func (h *htmlRenderer) cell(w util.BufWriter, c report.Printed, class string, head bool) {
	tag, scope := "td", ""
	if head {
		tag, scope = "th", ` scope="row"`
	}
	fmt.Fprintf(w, "<%s%s%s", tag, scope, class)
	if c.Address != "" {
		fmt.Fprintf(w, ` data-address="%s"`, attr(c.Address))
	}
	if c.Title != "" {
		fmt.Fprintf(w, ` title="%s"`, attr(c.Title))
	}
	w.WriteString(">" + text(c.Main))
	if c.Below != "" {
		fmt.Fprintf(w, ` <span class="below">%s</span>`, text(c.Below))
	}
	fmt.Fprintf(w, "</%s>", tag)
}

// notes writes the notes and the warnings below a table.
func (h *htmlRenderer) notes(w util.BufWriter, t *report.Table) {
	warned := warnings(t)
	if len(t.Notes)+len(warned) == 0 {
		return
	}
	w.WriteString(`<div class="notes">`)
	for i, n := range t.Notes {
		lead := ""
		if i == 0 {
			lead = "<i>Note.</i> "
		}
		fmt.Fprintf(w, "<p>%s%s</p>", lead, phrase(n))
	}
	if len(warned) > 0 {
		w.WriteString(`<ul class="warnings">`)
		for _, s := range warned {
			fmt.Fprintf(w, "<li>%s</li>", text(s))
		}
		w.WriteString("</ul>")
	}
	w.WriteString("</div>\n")
}

// figure writes a figure with its drawing in the page.
func (h *htmlRenderer) figure(w util.BufWriter, f *report.Figure) {
	style := ""
	if f.Width != "" {
		style = fmt.Sprintf(` style="max-width:%s%%"`, attr(f.Width))
	}
	fmt.Fprintf(w, `<figure id="%s" data-analysis="%s">`+"\n", attr(f.ID), attr(f.Analysis))
	if f.SVG == nil {
		fmt.Fprintf(w, `<p class="undrawn">%s</p>`+"\n", text(f.Alt))
	} else {
		fmt.Fprintf(w, `<div class="drawing"%s>%s</div>`+"\n", style, inlineSVG(f))
	}
	fmt.Fprintf(w, `<figcaption><b>Figure&#160;%s.</b> %s%s</figcaption>`+"\n</figure>\n", text(f.Number), phrase(f.Caption), badge(string(f.Mark)))
}

// inlineSVG prepares a drawing for its page: no prolog, a name and a
// description for those who do not see it, ids of its own, and variables in
// the place of the neutral colours.
func inlineSVG(f *report.Figure) string {
	svg := string(f.SVG)
	start := strings.Index(svg, "<svg")
	if start < 0 {
		return ""
	}
	svg = svg[start:]
	end := strings.IndexByte(svg, '>')
	if end < 0 {
		return ""
	}
	open, rest := svg[:end], svg[end+1:]
	for _, name := range []string{"role", "aria-label", "aria-labelledby", "aria-describedby"} {
		open = withoutAttribute(open, name)
	}
	rest = withoutElement(withoutElement(rest, "title"), "desc")
	title, desc := f.ID+"-title", f.ID+"-desc"
	open += fmt.Sprintf(` role="img" aria-labelledby="%s %s">`, attr(title), attr(desc))
	open += fmt.Sprintf(`<title id="%s">%s</title><desc id="%s">%s</desc>`, attr(title), text(f.Caption.String()), attr(desc), text(f.Alt))
	rest = strings.NewReplacer(`id="`, `id="`+attr(f.ID)+`-`, `url(#`, `url(#`+f.ID+`-`, `href="#`, `href="#`+attr(f.ID)+`-`).Replace(rest)
	var pairs []string
	for _, c := range plot.Neutrals() {
		pairs = append(pairs, `"`+c.Hex+`"`, `"var(--plot-`+c.Name+`)"`)
	}
	// The one hue that is too dark on a dark page.
	pairs = append(pairs, `"#0072b2"`, `"var(--plot-blue)"`)
	return open + strings.NewReplacer(pairs...).Replace(strings.TrimSpace(rest))
}

func withoutAttribute(open, name string) string {
	i := strings.Index(open, " "+name+`="`)
	if i < 0 {
		return open
	}
	from := i + len(name) + 3
	j := strings.IndexByte(open[from:], '"')
	if j < 0 {
		return open
	}
	return open[:i] + open[from+j+1:]
}

func withoutElement(svg, name string) string {
	i := strings.Index(svg, "<"+name)
	j := strings.Index(svg, "</"+name+">")
	if i < 0 || j < i {
		return svg
	}
	return svg[:i] + svg[j+len(name)+3:]
}

// darkNeutrals are the neutral colours of drawings on a dark page.
var darkNeutrals = map[string]string{
	"ink": "#ececea", "mute": "#b4b4ae", "people": "#c9c9c4", "rule": "#7d7d78", "band": "#3a3a37", "grid": "#31312f", "paper": "#191918",
}

// neutralStyle returns the variables that stand for the neutral colours of
// drawings.
func neutralStyle() string {
	var light, dark strings.Builder
	for _, c := range plot.Neutrals() {
		other := darkNeutrals[c.Name]
		if other == "" {
			other = c.Hex
		}
		fmt.Fprintf(&light, "--plot-%s:%s;", c.Name, c.Hex)
		fmt.Fprintf(&dark, "--plot-%s:%s;", c.Name, other)
	}
	light.WriteString("--plot-blue:#0072b2;")
	dark.WriteString("--plot-blue:#3c9bdc;")
	return ":root{" + light.String() + "}\n@media screen and (prefers-color-scheme:dark){:root{" + dark.String() + "}}\n"
}

// writtenTable puts a table that the author wrote into a container that
// scrolls.
func (h *htmlRenderer) writtenTable(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.WriteString(`<div class="scroll" role="region" tabindex="0" aria-label="Table"><table>` + "\n")
	} else {
		w.WriteString("</table></div>\n")
	}
	return ast.WalkContinue, nil
}

func (h *htmlRenderer) footnotes(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.WriteString(`<section class="footnotes" role="doc-endnotes" aria-label="Notes"><h2 class="small">Notes</h2><ol>` + "\n")
	} else {
		w.WriteString("</ol></section>\n")
	}
	return ast.WalkContinue, nil
}
