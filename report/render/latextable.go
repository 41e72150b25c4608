package render

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"silico/report"
)

// table writes a table where it stands in the text. It may break over pages;
// its head is repeated.
func (l *latex) table(t *report.Table) {
	size, spec, turned := texColumns(t.Layout)
	if turned {
		l.line(`\begin{landscape}`)
	}
	l.line("\n\\begingroup" + size + "\\hypertarget{" + texLabel(t.ID) + "}{}")
	l.line(`\begin{longtable}{` + spec + `}`)
	l.line(`\caption*{\textbf{Table ` + texText(t.Number) + `.} ` + texText(t.Caption.String()) + texMark(string(t.Mark)) + `}\\`)
	head := texHead(t.Layout)
	l.line(head + "\\endfirsthead\n" + head + "\\endhead\n\\bottomrule\n\\endfoot")
	l.out.WriteString(texBody(t.Layout))
	l.line("\\end{longtable}")
	var notes []string
	for i, n := range t.Notes {
		lead := ""
		if i == 0 {
			lead = `\textit{Note.} `
		}
		notes = append(notes, lead+texText(n.String()))
	}
	for _, w := range warnings(t) {
		notes = append(notes, `\textit{Warning.} `+texText(w))
	}
	if len(notes) > 0 {
		l.line(`\vspace{-1.5ex}\noindent{\raggedright\footnotesize ` + strings.Join(notes, `\par\noindent `) + `\par}\bigskip`)
	}
	l.line(`\endgroup`)
	if turned {
		l.line(`\end{landscape}`)
	}
}

// texTable returns a table to paste: a tabular with booktabs' rules.
func texTable(t *report.Table) string {
	_, spec, _ := texColumns(t.Layout)
	return "\\begin{tabular}{" + spec + "}\n" + texHead(t.Layout) + texBody(t.Layout) + "\\bottomrule\n\\end{tabular}\n"
}

// texSizes are the sizes that a table may have, with the characters that fit
// on a line of text, counted in Latin Modern at 160 mm, or 247 mm on a page that
// is turned.
var texSizes = []struct {
	command string
	fits    float64
	gap     float64 // between columns, in characters
	turned  bool
}{{`\footnotesize`, 104, 2.9, false}, {`\scriptsize`, 120, 3.4, false}, {`\footnotesize`, 160, 2.9, true}, {`\scriptsize`, 185, 3.4, true}, {`\tiny`, 230, 4.3, true}}

// texColumns chooses the size of a table, whether its page is turned, and its
// columns. Columns of words are narrowed, the widest first, until the table fits
// on the line.
func texColumns(l *report.Layout) (size, spec string, turned bool) {
	widths := make([]float64, len(l.Columns))
	for j := range l.Columns {
		widths[j] = float64(widest(l, j))
	}
	for i, s := range texSizes {
		room := s.fits - s.gap*float64(len(widths)-1)
		limit, fits := narrowest(l, widths, room)
		if (limit < 12 || !fits) && i < len(texSizes)-1 {
			continue
		}
		limit = max(limit, 6)
		spec = "@{}"
		for j, c := range l.Columns {
			switch {
			case c.Words && widths[j] > limit:
				spec += fmt.Sprintf(`>{\raggedright\arraybackslash}p{%.3f\linewidth}`, limit/s.fits)
			case c.Words:
				spec += "l"
			default:
				spec += "r"
			}
		}
		return s.command, spec + "@{}", s.turned
	}
	panic("render: no size of a table")
}

// narrowest returns the width in characters that no column of words may
// exceed, so that all columns fit into room, and whether they do.
func narrowest(l *report.Layout, widths []float64, room float64) (float64, bool) {
	total := func(limit float64) float64 {
		sum := 0.0
		for j, w := range widths {
			if l.Columns[j].Words {
				w = min(w, limit)
			}
			sum += w
		}
		return sum
	}
	limit := 200.0
	for limit > 6 && total(limit) > room {
		limit--
	}
	return limit, total(limit) <= room
}

// widest returns the characters that the widest cell of a column takes.
func widest(l *report.Layout, j int) int {
	n := widestNumber(l, j)
	for _, line := range headLines(l, j) {
		n = max(n, span(line))
	}
	return n
}

// span returns the width of a text in characters of the usual width; capitals
// are wider.
func span(s string) int {
	n := 0.0
	for _, r := range s {
		if n++; unicode.IsUpper(r) {
			n += 0.4
		}
	}
	return int(math.Ceil(n))
}

// headLines breaks the head of a column of numbers at its spaces, into lines
// that are no longer than the numbers, or than its longest word.
func headLines(l *report.Layout, j int) []string {
	words := strings.Fields(l.Columns[j].Label)
	if l.Columns[j].Words || len(words) < 2 {
		return []string{l.Columns[j].Label}
	}
	room := widestNumber(l, j)
	for _, w := range words {
		room = max(room, span(w))
	}
	lines := words[:1:1]
	for _, w := range words[1:] {
		last := len(lines) - 1
		if longer := lines[last] + " " + w; span(longer) <= room {
			lines[last] = longer
		} else {
			lines = append(lines, w)
		}
	}
	return lines
}

// widestNumber is widest without the head of the column.
func widestNumber(l *report.Layout, j int) int {
	n := 0
	for _, r := range l.Rows {
		if j < len(r.Cells) {
			n = max(n, span(r.Cells[j].Main), span(r.Cells[j].Below))
		}
	}
	return n
}

// texHead returns the head of a table between its rules.
func texHead(l *report.Layout) string {
	var b strings.Builder
	b.WriteString("\\toprule\n")
	if l.Groups != nil {
		var heads, rules []string
		column := 1
		for _, g := range l.Groups {
			heads = append(heads, fmt.Sprintf(`\multicolumn{%d}{c}{%s}`, g.Columns, texText(g.Label)))
			if g.Label != "" {
				rules = append(rules, fmt.Sprintf(`\cmidrule(lr){%d-%d}`, column, column+g.Columns-1))
			}
			column += g.Columns
		}
		b.WriteString(strings.Join(heads, " & ") + " \\\\\n" + strings.Join(rules, "") + "\n")
	}
	var heads []string
	for j, c := range l.Columns {
		if c.Words {
			heads = append(heads, texText(c.Label))
			continue
		}
		lines := headLines(l, j)
		for i := range lines {
			lines[i] = texText(lines[i])
		}
		label := lines[0]
		if len(lines) > 1 {
			label = `\shortstack[r]{` + strings.Join(lines, `\\`) + `}`
		}
		heads = append(heads, `\multicolumn{1}{r}{`+label+`}`)
	}
	b.WriteString("{}" + strings.Join(heads, " & ") + " \\\\\n\\midrule\n")
	return b.String()
}

// texBody returns the rows of a table. What stands below a number is in a row
// of its own, kept on the page of the number.
func texBody(l *report.Layout) string {
	var b strings.Builder
	for i, r := range l.Rows {
		if r.Cells == nil {
			if i > 0 {
				b.WriteString("\\addlinespace\n")
			}
			fmt.Fprintf(&b, "\\multicolumn{%d}{@{}l}{\\textit{%s}} \\\\*\n", len(l.Columns), texText(r.Heading))
			continue
		}
		var main, below []string
		second := false
		for _, c := range r.Cells {
			main = append(main, texBreakable(c.Main))
			below = append(below, texText(c.Below))
			second = second || c.Below != ""
		}
		// {} keeps a bracket in the first cell from being an argument of \\.
		end := " \\\\\n"
		if second {
			end = " \\\\*\n"
		}
		b.WriteString("{}" + strings.Join(main, " & ") + end)
		if second {
			b.WriteString("{}" + strings.Join(below, " & ") + " \\\\\n")
		}
	}
	return b.String()
}

// texBreakable is texText that lets long words, such as addresses and digests,
// break over lines.
func texBreakable(s string) string {
	fields := strings.Split(s, " ")
	for i, word := range fields {
		if utf8.RuneCountInString(word) <= 12 {
			fields[i] = texSpaced(word)
			continue
		}
		var b, part strings.Builder
		run := 0
		for _, r := range word {
			part.WriteRune(r)
			run++
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) || run >= 12 && strings.ContainsAny(part.String(), "0123456789") {
				b.WriteString(texSpaced(part.String()) + `\allowbreak{}`)
				part.Reset()
				run = 0
			}
		}
		fields[i] = b.String() + texSpaced(part.String())
	}
	return strings.TrimSpace(strings.Join(fields, " "))
}
