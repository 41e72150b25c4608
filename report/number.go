package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
)

// numberEquations numbers the equations that have a label.
func (c *composer) numberEquations() {
	n := 0
	for _, m := range c.maths {
		if m.ID == "" {
			continue
		}
		n++
		m.Number = strconv.Itoa(n)
		c.define(m, m.ID, "Equation", m.Number)
	}
}

// numberSections numbers the headings: 1, 1.1 ..., A, A.1 from the first
// heading of class appendix on. The headings of class unnumbered, and those
// below the third level, have none. Every heading gets an id: the one it
// gives, or sec- and its words.
func (c *composer) numberSections() {
	top := 6
	for _, h := range c.headings {
		top = min(top, h.Level)
	}
	for _, h := range c.headings { // given ids first: made ones keep clear of them
		if id, ok := h.AttributeString("id"); ok {
			if b, ok := id.([]byte); ok && len(b) > 0 {
				c.defineSection(h, string(b))
			}
		}
	}
	var counts [7]int
	appendix := false
	unnumbered := 0 // level of the unnumbered heading that we are below, 0 for none
	for _, h := range c.headings {
		s := &Section{Level: h.Level - top + 1, Heading: h}
		classes := " " + attributeText(h, "class") + " "
		if s.Level == 1 && strings.Contains(classes, " appendix ") && !appendix {
			appendix, counts = true, [7]int{}
		}
		if unnumbered > 0 && s.Level <= unnumbered {
			unnumbered = 0
		}
		if strings.Contains(classes, " unnumbered ") && unnumbered == 0 {
			unnumbered = s.Level
		}
		if unnumbered == 0 && s.Level <= 3 {
			counts[s.Level]++
			clear(counts[s.Level+1:])
			s.Number = sectionNumber(counts[1:s.Level+1], appendix)
		}
		s.ID = attributeText(h, "id")
		if s.ID == "" {
			s.ID = c.newID("sec-" + slug(PlainText(h, c.src)))
			c.ids[s.ID] = true
		}
		c.labels[s.ID] = label{word: "Section", number: s.Number, line: c.labels[s.ID].line}
		if s.Number == "" {
			c.labels[s.ID] = label{word: "“" + PlainText(h, c.src) + "”"}
		}
		c.doc.Sections = append(c.doc.Sections, s)
		c.doc.sections[h] = s
	}
}

// defineSection makes the given id of a heading known.
func (c *composer) defineSection(h *ast.Heading, id string) {
	if !strings.HasPrefix(id, "sec-") {
		c.report(h.Pos(), fmt.Sprintf("write {#sec-%s}", id), "the label %q of a section does not begin with sec-", id)
		return
	}
	c.define(h, id, "Section", "")
}

func attributeText(n ast.Node, name string) string {
	v, _ := n.AttributeString(name)
	b, _ := v.([]byte)
	return string(b)
}

// sectionNumber returns 2.1, or B.1 in the appendix.
func sectionNumber(counts []int, appendix bool) string {
	parts := make([]string, len(counts))
	for i, n := range counts {
		parts[i] = strconv.Itoa(n)
		if i == 0 && appendix {
			parts[i] = letters(n)
		}
	}
	return strings.Join(parts, ".")
}

// letters counts A, B, ..., Z, AA.
func letters(n int) string {
	if n <= 0 {
		return "0"
	}
	s := ""
	for n > 0 {
		n--
		s = string(rune('A'+n%26)) + s
		n /= 26
	}
	return s
}

// slug returns the words of a heading as an id: letters and digits of any
// script in lower case, one hyphen between words.
func slug(text string) string {
	var b strings.Builder
	hyphen := false
	for _, r := range strings.ToLower(text) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			hyphen = b.Len() > 0
			continue
		}
		if hyphen {
			b.WriteByte('-')
			hyphen = false
		}
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "section"
	}
	return b.String()
}

// newID returns id, or id with the first number that makes it new.
func (c *composer) newID(id string) string {
	if !c.ids[id] {
		return id
	}
	for i := 2; ; i++ {
		if s := id + "-" + strconv.Itoa(i); !c.ids[s] {
			return s
		}
	}
}

// resolveRefs writes "Table 1" into the references.
func (c *composer) resolveRefs() {
	var names []string
	for _, k := range labelKinds {
		for name := range c.labels {
			if strings.HasPrefix(name, k.prefix) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	for _, r := range c.refs {
		l, ok := c.labels[r.Label]
		if !ok {
			c.report(r.Pos(), didYouMean(r.Label, names, "no "+kindOf(r.Label)+" of the paper has this label"), "@%s leads nowhere", r.Label)
			continue
		}
		r.Shown = strings.TrimSpace(l.word + "\u00a0" + l.number)
		if l.number == "" {
			r.Shown = l.word
		}
		if r.NumberOnly && l.number != "" {
			r.Shown = l.number
		}
	}
}

// kindOf returns what a label belongs to, in words.
func kindOf(name string) string {
	for _, k := range labelKinds {
		if strings.HasPrefix(name, k.prefix) {
			return strings.ToLower(k.word)
		}
	}
	return "part"
}
