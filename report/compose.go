package report

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"

	"silico/analysis"
	"silico/analysis/expr"
)

// Compose fills a notebook in: it looks up values and tables, decides what the
// conditions show, numbers what has a number, and resolves references and
// citations. Every problem is reported, with its place, and then there is no
// document. Analyses, hypotheses and facts of the study that the notebook
// leaves out are put into an appendix.
func Compose(in Input) (*Document, []Problem) {
	in.Results = withVerdicts(in.Results, in.Verdicts)
	c := &composer{
		Input:   in,
		index:   newIndex(in.Results, in.Verdicts),
		results: make(map[string]*analysis.Result),
		labels:  make(map[string]label),
		ids:     make(map[string]bool),
	}
	for _, r := range in.Results {
		c.results[r.Name] = r
	}
	bibliography, problems := readBibliography(in.Bibliography, in.BibliographyFile)
	c.bibliography = bibliography
	shown := parseTree(in.Notebook.src, in.Notebook.File)
	shown.check()
	if len(shown.problems) > 0 { // a tree that is not what was meant: what follows from that is no news
		c.doc = &Document{}
		c.fillValues(shown)
		c.hide(shown, true)
		shown.problems = append(shown.problems, problems...)
		return nil, shown.sorted()
	}
	c.hide(shown, false)
	src := slices.Concat(in.Notebook.src, c.appendix(shown))
	t := parseTree(src, in.Notebook.File)
	c.tree = t
	c.doc = &Document{
		Meta: in.Meta, Source: src, Root: t.root, Verdicts: in.Verdicts, Results: in.Results,
		Values: c.index.sorted, sections: make(map[*ast.Heading]*Section),
	}
	t.check()
	c.fillValues(t)
	c.hide(t, true)
	c.fillCells()
	c.takeImages()
	c.numberEquations()
	c.numberSections()
	c.resolveRefs()
	c.resolveCites()
	c.markGenerated()
	t.problems = append(t.problems, problems...)
	if len(t.problems) > 0 {
		return nil, t.sorted()
	}
	return c.doc, nil
}

// composer holds what is known while a document is made.
type composer struct {
	Input
	*tree
	doc          *Document
	index        *index
	results      map[string]*analysis.Result
	figures      int              // numbered so far
	labels       map[string]label // what references may lead to
	ids          map[string]bool  // taken by headings, tables, figures, equations
	bibliography map[string]*work
}

// label is what a reference leads to.
type label struct {
	word, number string
	line         int
}

// fillValues looks the values of a text up and reports those it cannot show.
func (c *composer) fillValues(t *tree) {
	for _, v := range t.values {
		if v.trouble == "" { // else reported by check
			c.fillValue(t, v)
		}
	}
}

func (c *composer) fillValue(t *tree, v *Value) {
	if msg, hint := c.index.fill(v); msg != "" {
		t.report(v.Pos(), hint, "%s", msg)
	}
}

// hide removes the divs whose condition is not true. With report it also says
// which conditions name something unknown and which could not be decided.
func (c *composer) hide(t *tree, report bool) {
	for _, d := range t.divs {
		if !d.hasWhen || d.Parent() == nil {
			continue
		}
		e, err := expr.Parse(d.When)
		if err != nil {
			continue // reported by check
		}
		if report {
			for _, p := range e.Paths() {
				if _, ok := c.index.lookup(p.Segments); !ok {
					t.report(d.whenAt+offset(d.When, p.Col), c.index.nearest(p.Segments), "unknown value %s in a condition", analysis.Join(p.Segments))
				}
			}
		}
		v := e.Eval(c.index.lookup)
		if report && v.Missing() {
			c.note(t, d.whenAt, "the condition %s could not be decided, because a value in it could not be computed; its text is left out", d.When)
		}
		if !v.True() {
			d.Parent().RemoveChild(d.Parent(), d)
		}
	}
	t.collect(t.root)
}

func (c *composer) note(t *tree, at int, format string, args ...any) {
	keep := t.problems
	t.problems = nil
	t.report(at, "", format, args...)
	c.doc.Notes = append(c.doc.Notes, t.problems...)
	t.problems = keep
}

// fillCells puts tables and figures in the place of their cells, and numbers
// them and the pictures of the notebook in the order of the text.
func (c *composer) fillCells() {
	own := make(map[string]bool) // analyses with a table or figure cell
	for _, cell := range c.cells {
		if name, _, _ := strings.Cut(cell.Name, "."); cell.CellKind != "analysis" {
			own[name] = true
		}
	}
	pictures := labelled(c.root, c.src)
	for _, cell := range c.cells {
		for ; len(pictures) > 0 && pictures[0].Pos() < cell.Pos(); pictures = pictures[1:] {
			c.picture(pictures[0])
		}
		switch cell.CellKind {
		case "table":
			c.replace(cell, c.table(cell))
		case "figure":
			c.replace(cell, c.figure(cell))
		case "analysis":
			c.analysisCell(cell, own[cell.Name])
		}
	}
	for _, image := range pictures {
		c.picture(image)
	}
}

func (c *composer) replace(cell *Cell, with ast.Node) {
	if with == nil {
		return // reported
	}
	with.SetPos(cell.Pos())
	cell.Parent().ReplaceChild(cell.Parent(), cell, with)
}

// analysisCell shows all tables and figures of an analysis of the notebook in
// the place of its cell, unless cells of their own show them.
func (c *composer) analysisCell(cell *Cell, own bool) {
	r, ok := c.results[cell.Name]
	if !ok {
		if cell.Name != "" {
			c.report(cell.infoAt, "", "the analysis %q of the notebook was not run", cell.Name)
		}
		return
	}
	parent := cell.Parent()
	if !own {
		for i := range r.Tables {
			t := &r.Tables[i]
			if n := c.placeTable(cell, r, t, nil); n != nil {
				parent.InsertBefore(parent, cell, n)
			}
		}
		for i := range r.Figures {
			if n := c.placeFigure(cell, r, &r.Figures[i], nil); n != nil {
				parent.InsertBefore(parent, cell, n)
			}
		}
	}
	parent.RemoveChild(parent, cell)
}

// find returns the result that a cell names and the name of the part behind
// it.
func (c *composer) find(cell *Cell) (*analysis.Result, string, bool) {
	name, part, _ := strings.Cut(cell.Name, ".")
	r, ok := c.results[name]
	if !ok && name != "" {
		names := slices.Sorted(maps.Keys(c.results))
		c.report(cell.infoAt+strings.Index(cell.info, cell.Name), didYouMean(name, names, "there are "+strings.Join(names, ", ")), "unknown analysis %q", name)
	}
	return r, part, ok
}

func (c *composer) table(cell *Cell) ast.Node {
	r, part, ok := c.find(cell)
	if !ok {
		return nil
	}
	names := make([]string, len(r.Tables))
	for i, t := range r.Tables {
		names[i] = t.Name
		if t.Name == part {
			if n := c.placeTable(cell, r, &r.Tables[i], c.options(cell, tableOptions)); n != nil {
				return n
			}
			return nil
		}
	}
	c.unknownPart(cell, r, "table", part, names)
	return nil
}

func (c *composer) figure(cell *Cell) ast.Node {
	r, part, ok := c.find(cell)
	if !ok {
		return nil
	}
	names := make([]string, len(r.Figures))
	for i, f := range r.Figures {
		names[i] = f.Name
		if f.Name == part {
			if n := c.placeFigure(cell, r, &r.Figures[i], c.options(cell, figureOptions)); n != nil {
				return n
			}
			return nil
		}
	}
	c.unknownPart(cell, r, "figure", part, names)
	return nil
}

// unknownPart reports a table or figure that an analysis does not have.
func (c *composer) unknownPart(cell *Cell, r *analysis.Result, kind, part string, names []string) {
	at := cell.infoAt + strings.Index(cell.info, cell.Name)
	full := make([]string, len(names))
	for i, n := range names {
		full[i] = strings.TrimSuffix(r.Name+"."+n, ".")
	}
	if len(full) == 0 {
		c.report(at, "", "the analysis %q has no %s", r.Name, kind)
		return
	}
	if part == "" {
		c.report(at, "there are "+strings.Join(full, ", "), "the analysis %q has no main %s", r.Name, kind)
		return
	}
	c.report(at, didYouMean(cell.Name, full, "there are "+strings.Join(full, ", ")), "the analysis %q has no %s %q", r.Name, kind, part)
}

// Options of table and figure cells.
var (
	tableOptions  = []string{"label", "caption", "columns", "rows", "notes"}
	figureOptions = []string{"label", "caption", "width", "alt"}
)

// options reads the body of a cell, reports what is wrong with it, and returns
// its options by key.
func (c *composer) options(cell *Cell, known []string) map[string]option {
	list, err := readOptions(cell.Body)
	if err != nil {
		c.report(c.bodyAt(cell, err.at), "", "%s", err.msg)
		return nil
	}
	options := make(map[string]option)
	for _, o := range list {
		at := c.bodyAt(cell, o.at)
		wantsList := o.key == "columns" || o.key == "rows" || o.key == "notes"
		switch {
		case !slices.Contains(known, o.key):
			c.report(at, didYouMean(o.key, known, "there are "+strings.Join(known, ", ")), "unknown option %q of a %s cell", o.key, cell.CellKind)
		case wantsList != o.isList && wantsList:
			c.report(at, fmt.Sprintf(`write %s = ["…"]`, o.key), "%s is a list", o.key)
		case wantsList != o.isList:
			c.report(at, fmt.Sprintf(`write %s = "…"`, o.key), "%s is no list", o.key)
		default:
			options[o.key] = o
		}
	}
	return options
}

// bodyAt returns the offset in the source of an offset in the body of a cell.
func (c *composer) bodyAt(cell *Cell, at int) int {
	for i := range cell.Lines().Len() {
		seg := cell.Lines().At(i)
		if n := seg.Len() + seg.Padding; at < n || i == cell.Lines().Len()-1 {
			return min(seg.Start+max(0, at-seg.Padding), seg.Stop)
		} else {
			at -= n
		}
	}
	return cell.Pos()
}

// placeTable makes the node of a table.
func (c *composer) placeTable(cell *Cell, r *analysis.Result, t *analysis.Table, options map[string]option) ast.Node {
	kept, err := keep(t, options)
	if err != nil {
		var e *optionError
		if errors.As(err, &e) {
			c.report(c.bodyAt(cell, e.at), "", "%s", e.msg)
		}
		return nil
	}
	p := &Table{
		ID: c.labelOf(cell, options, "tbl-", r.Name, t.Name), Number: fmt.Sprint(len(c.doc.Tables) + 1),
		File: FileName(r.Name, t.Name), Caption: plainPhrase(t.Caption), Mark: r.Mark, Analysis: r.Name,
		Layout: lay(kept, c.index), Table: t,
	}
	if o, ok := options["caption"]; ok {
		p.Caption = c.phrase(o.text, c.bodyAt(cell, o.valueAt)+1)
	}
	for _, n := range t.Notes {
		p.Notes = append(p.Notes, plainPhrase(n))
	}
	if o, ok := options["notes"]; ok {
		p.Notes = nil
		for i, n := range o.list {
			p.Notes = append(p.Notes, c.phrase(n, c.bodyAt(cell, o.listAt[i])+1))
		}
	}
	if t.Name == "" || len(r.Tables) > 0 && &r.Tables[0] == t {
		p.Warnings = r.Warnings
	}
	if !c.define(cell, p.ID, "Table", p.Number) {
		return nil
	}
	c.doc.Tables = append(c.doc.Tables, p)
	return &TableNode{Table: p}
}

func (c *composer) placeFigure(cell *Cell, r *analysis.Result, f *analysis.Figure, options map[string]option) ast.Node {
	p := &Figure{
		ID: c.labelOf(cell, options, "fig-", r.Name, f.Name), Number: c.nextFigure(),
		File: FileName(r.Name, f.Name), Caption: plainPhrase(f.Caption), Alt: f.Alt, Mark: r.Mark, Analysis: r.Name, Figure: *f,
	}
	if f.Caption == "" {
		p.Caption = plainPhrase(f.Title)
	}
	if o, ok := options["caption"]; ok {
		p.Caption = c.phrase(o.text, c.bodyAt(cell, o.valueAt)+1)
	}
	if o, ok := options["alt"]; ok {
		p.Alt = o.text
	}
	if o, ok := options["width"]; ok {
		if width, ok := percentage(o.text); ok {
			p.Width = width
		} else {
			c.report(c.bodyAt(cell, o.valueAt), `write width = "70%"`, "%q is no width: a percentage of the text's width from 10%% to 100%%", o.text)
		}
	}
	if !c.define(cell, p.ID, "Figure", p.Number) {
		return nil
	}
	c.doc.Figures = append(c.doc.Figures, p)
	return &FigureNode{Figure: p}
}

// phrase reads an option that may hold values and fills them in; at is where
// its words begin in the source.
func (c *composer) phrase(s string, at int) Phrase {
	p := readPhrase(s, at)
	for _, v := range p.values() {
		if c.checkValue(v) {
			c.fillValue(c.tree, v)
		}
	}
	for _, m := range leads.FindAllStringSubmatchIndex(s, -1) {
		key := s[m[2]:m[3]]
		prefix, _, _ := strings.Cut(key, "-")
		if _, cited := c.bibliography[key]; cited || slices.Contains([]string{"tbl", "fig", "eq", "sec"}, prefix) {
			c.report(at+m[2]-1, "write it in the text", "@%s stands where there are words and values alone", key)
		}
	}
	return p
}

// leads finds what would lead to a work, a table or a figure if it stood in the
// text.
var leads = regexp.MustCompile(`(?:^|[\s(\[;-])@([\pL\d](?:[\pL\d_:.+/-]*[\pL\d])?)`)

// labelOf returns the label of a cell: the one it gives, or one made from the
// analysis.
func (c *composer) labelOf(cell *Cell, options map[string]option, prefix, name, part string) string {
	o, ok := options["label"]
	if !ok {
		return prefix + FileName(name, part)
	}
	if !strings.HasPrefix(o.text, prefix) || !plainLabel(o.text) {
		c.report(c.bodyAt(cell, o.valueAt), fmt.Sprintf("write label = %q", prefix+FileName(name, part)), "the label %q of a %s is not %s and letters, digits, - or _", o.text, cell.CellKind, prefix)
	}
	return o.text
}

func plainLabel(s string) bool {
	key, n := citeKey(s)
	return n == len(s) && key != "" && !strings.ContainsAny(s, "/#$%&+?<>~")
}

// define makes a label known. It reports a label that is taken.
func (c *composer) define(at ast.Node, id, word, number string) bool {
	line, _ := c.place(at.Pos())
	if old, ok := c.labels[id]; ok {
		hint := "give one of them another label"
		if _, ok := at.(*Cell); ok {
			hint += fmt.Sprintf(`: label = "%s-2"`, id)
		}
		c.report(at.Pos(), hint, "the label %q stands on line %d already", id, old.line)
		return false
	}
	c.labels[id] = label{word, number, line}
	c.ids[id] = true
	return true
}

// markGenerated tells problems in text that the author did not write from
// those in the notebook: they name the part that made them.
func (c *composer) markGenerated() {
	last, _ := c.place(len(c.Notebook.src) - 1)
	for i := range c.problems {
		if p := &c.problems[i]; p.File == c.Notebook.File && p.Line > last {
			p.Msg = "in the appendix that is made for what the notebook leaves out: " + p.Msg
		}
	}
}
