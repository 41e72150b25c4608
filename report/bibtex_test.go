package report

import (
	"strings"
	"testing"
)

func TestWorksAreListedAfterAPA(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"article", `@article{a, author = {M{\"a}chler, Martin and van der Berg, Jan-Piet and Ann B. {de la Cruz}}, title = {On {R}}, journal = {J. Stat.}, year = 2015, volume = 67, number = "1", pages = {1--48}, doi = {https://doi.org/10.1/x_y}}`,
			"Mächler, M., van der Berg, J.-P., & de la Cruz, A. B. (2015). On R. _J. Stat., 67_(1), 1–48. https://doi.org/10.1/x_y"},
		{"book of editors", `@book{a, editor = {De Boeck, Paul and Wilson, Mark}, title = {Models: A Way}, edition = {2nd}, publisher = {Springer}, address = {New York}, year = {2004}}`,
			"De Boeck, P., & Wilson, M. (Eds.). (2004). _Models: A Way_ (2nd ed.). Springer."},
		{"chapter", `@incollection{a, author = {Lin, J.}, title = {Why?}, booktitle = {Book}, editor = {Ed, A. and Ed, B.}, pages = {3-9}, publisher = {P}, year = 1991}`,
			"Lin, J. (1991). Why? In A. Ed & B. Ed (Eds.), _Book_ (pp. 3–9). P."},
		{"thesis", `@phdthesis{a, author = {Vansteelandt, Kristof}, title = {Formal models}, school = {K.U. Leuven}, year = {2000}}`,
			"Vansteelandt, K. (2000). _Formal models_ [Doctoral dissertation, K.U. Leuven]."},
		{"nobody signed", `@misc{a, title = {Can {LLMs} do it?}, year = {2025}, eprint = {2511.21218}, howpublished = {arXiv:2511.21218}}`,
			"_Can LLMs do it?_ (2025). arXiv:2511.21218. https://arxiv.org/abs/2511.21218"},
		{"others, no year", `@misc{a, author = {A, B. and others}, title = {T}, url = {https://x.org/a%20b}}`,
			"A, B., et al. (n.d.). _T._ https://x.org/a%20b"},
		{"a body in braces", `@misc{a, author = {{Gemma Team} and Lin, J.}, title = {T}, year = 2025}`,
			"Gemma Team, & Lin, J. (2025). _T._"},
		{"strings and accents", "@string{js = {Jour. } # \"Soc.\"}\n@article{a, author = {\\'{E}. {\\O}re and \\v{C}ech, \\c{C}. and {\\i}nan, I}, title = {A \\& B---c ``d''}, journal = js, year = 1999, month = jan}",
			"Øre, É., Čech, Ç., & ınan, I. (1999). A & B—c “d”. _Jour. Soc._"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			works, problems := readBibliography([]byte(tt.source), "references.bib")
			if problems != nil {
				t.Fatal(problems)
			}
			var b strings.Builder
			for _, r := range works["a"].entry("") {
				if r.Italic {
					b.WriteString("_" + r.Text + "_")
				} else {
					b.WriteString(r.Text)
				}
			}
			if got := b.String(); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestCitationsLookLikeAPA(t *testing.T) {
	bibliography := `
@article{one, author = {Lin, J.}, title = {B}, year = 1991}
@article{again, author = {Lin, K.}, title = {A}, year = 1991}
@article{two, author = {Lin, J. and Öz, A.}, title = {C}, year = 2001}
@article{many, author = {A, X. and B, Y. and C, Z.}, title = {D}, year = 2002}
@misc{none, title = {A very long title that goes on and on}, year = 2003}
`
	for notebook, want := range map[string]string{
		"[@two]":                     "(Lin & Öz, 2001)",
		"@two":                       "Lin and Öz (2001)",
		"[see @many, p. 3; -@two]":   "(see A et al., 2002, p. 3; 2001)",
		"[-@two]":                    "(2001)",
		"@many [ch. 2]":              "A et al. (2002, ch. 2)",
		"[@one; @again]":             "(Lin, 1991a; Lin, 1991b)",
		"[@none]":                    "(“A very long title that goes …”, 2003)",
		"It is [e.g., @two; @many].": "It is (e.g., Lin & Öz, 2001; A et al., 2002).",
	} {
		n, problems := Parse([]byte(notebook+"\n"), "paper.md")
		if problems != nil {
			t.Fatal(problems)
		}
		doc, problems := Compose(Input{Notebook: n, Bibliography: []byte(bibliography), BibliographyFile: "references.bib"})
		if problems != nil {
			t.Fatal(problems)
		}
		if got := PlainText(doc.Root.FirstChild(), doc.Source); got != want {
			t.Errorf("%s reads %s, want %s", notebook, got, want)
		}
	}
}

func TestMistakesInABibliographyHaveTheirPlace(t *testing.T) {
	for source, want := range map[string]string{
		"@artcle{a, title = {x}}":                 `references.bib:1:2: unknown entry type "artcle"; did you mean "article"?`,
		"@misc{a,\n  title = {x\n":                "references.bib:2:11: a value is not closed",
		"@misc{a, title = {x}":                    "references.bib:1:1: unterminated entry; close it with }",
		"@misc{a, title = x}":                     `references.bib:1:18: unknown string "x"; write it in braces, or define it with @string`,
		"@misc{a, title {x}}":                     "references.bib:1:10: the entry that begins here cannot be read further",
		"@misc{a, title = {x}}\n@book{a, year=1}": `references.bib:2:7: the key "a" is taken by an entry above; give one of them another key`,
		"@misc{, title = {x}}":                    "references.bib:1:7: an entry without a key",
		"@misc{a, year = 1, year = 2}":            `references.bib:1:20: the field year of "a" is given twice`,
		"\n\xff":                                  "references.bib:2:1: byte 0xff is not UTF-8",
	} {
		_, problems := readBibliography([]byte(source), "references.bib")
		if len(problems) == 0 || !strings.HasPrefix(problems[0].String(), want) {
			t.Errorf("%q gives %v, want %s", source, problems, want)
		}
	}
}
