package render

import (
	"bytes"
	"encoding/xml"
	"io"
	"testing"

	"silico/report"
)

// FuzzRender: whatever a notebook says, every format takes its document, and
// the page stays well formed.
func FuzzRender(f *testing.F) {
	f.Add([]byte(sampleNotebook))
	for _, seed := range []string{
		"1) a\n\n   > b\n   > 1. c\n\n[^x]\n\n[^x]: d\n\n        e\n", "| a |\n|---|\n| `{value} h1` \\| $x$ |\n", "- [ ] a\n- [x] ~~b~~ <http://x.org/?a=b&c> https://y.org\n",
		"```{table distance}\ncolumns = [\"source\"]\n```\n", "# A {#sec-x .unnumbered title=\"<\"}\n\n#### B\n\n# C {.appendix}\n", "::: {#a\"b .callout-tip title=\"<x>\"}\n# h\n:::\n", "$$a$$ and $$b$$ {#eq-b}\n", "a\\\nb  \nc&nbsp;&lt;\n", "<div>\n\n</div>\n<!-- a\nb -->\n<b>\n",
	} {
		f.Add([]byte(seed))
	}
	in := sampleInput(f, "")
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 4000 {
			return
		}
		book, problems := report.Parse(src, "paper.md")
		if problems != nil {
			return
		}
		in := in
		in.Notebook = book
		d, problems := report.Compose(in)
		if problems != nil {
			return
		}
		for _, format := range Formats() {
			out := files(t, format.Name, d)
			if format.Name != "html" {
				continue
			}
			decoder := xml.NewDecoder(bytes.NewReader(out["paper.html"]))
			decoder.Entity = xml.HTMLEntity
			for {
				if _, err := decoder.Token(); err == io.EOF {
					break
				} else if err != nil {
					t.Fatalf("the page of %q is not well formed: %v", src, err)
				}
			}
		}
	})
}
