package report

import (
	"testing"
)

// FuzzParse: no notebook makes the parser or the composer panic, problems have
// a place in the text, and a notebook without problems gives a document whose
// every cell is filled in.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"# A {#sec-a}\n\n`{value .2} distance.guess.do.js` [@lin1991, p. 3] @fig-x $x$ $5\n\n```{table distance}\nlabel = \"tbl-x\"\nrows = [\"guess\"]\n```\n",
		"::: {when=\"h1 == 'supported'\"}\n$$\nx\n$$ {#eq-a}\n:::\n", "- ::: note\n  > ```{figure distance}\n  > ```\n  :::\n",
		"[^a]\n\n[^a]: b `{value} h1`\n", "```{analysis gap}\nkind = \"x\"\n```\n", "|a|b|\n|-|-|\n|`{value} h1`|$x$|\n", "<!-- x --> <b>y</b>\n\n<div>\n",
		"$$x$$ y $$ z $$ {#eq-b}\n", "::: {#refs}\n:::\n", "@a@b [@fig-x; @tbl-y] [-@{a b}]\n", "\ufeff\r\n\t```{table x\t\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 4000 {
			return
		}
		doc, problems := composed(string(src))
		for _, p := range problems {
			if p.Line < 1 || p.Col < 1 || p.Msg == "" {
				t.Errorf("a problem without a place: %v", p)
			}
		}
		if (doc == nil) != (len(problems) > 0) {
			t.Errorf("document %v with %d problems", doc != nil, len(problems))
		}
	})
}

// FuzzBibTeX: no bibliography makes the reader panic or run forever, and every
// work can be cited and listed.
func FuzzBibTeX(f *testing.F) {
	for _, seed := range []string{
		"@article{a, author = {M{\\\"a}chler, A. and B, C and others}, title = \"x\" # jan, year = 1991}\n",
		"@string{x = {y}}\n@book(b, editor = x, pages = {1--2})\n@comment{ {} }", "@misc{c, title = {{\\'e}t\\i \\ss{}, doi = {10.1/x_y}}", "@a{", "x@y.org @phdthesis{d,school={K.U.}}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		works, problems := readBibliography(src, "references.bib")
		for _, p := range problems {
			if p.Line < 1 || p.Col < 1 || p.Msg == "" {
				t.Errorf("a problem without a place: %v", p)
			}
		}
		for _, w := range works {
			if w.short("&") == "" && w.key != "" {
				t.Errorf("%q cannot be cited", w.key)
			}
			w.entry("a")
		}
	})
}
