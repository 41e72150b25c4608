package report

import (
	"math"
	"strings"
	"testing"

	"silico/analysis"
	"silico/analysis/frame"
)

// made returns results that mean nothing, for tests of what a notebook says of
// them.
func made() []*analysis.Result {
	nan := math.NaN()
	e := func(source, statistic string, v float64) analysis.Estimate {
		return analysis.Estimate{Key: analysis.Key{Source: source, Outcome: "do", Statistic: statistic}, Value: v, SE: nan, Lo: v - 0.1, Hi: v + 0.1, P: 0.2, People: 9}
	}
	lost := e("constant", "kappa", nan)
	lost.Why = "every answer is the same"
	bare := e("share", "f1", 0.5)
	bare.Lo, bare.Hi, bare.P, bare.People = nan, nan, nan, 0
	return []*analysis.Result{
		{Name: "distance", Title: "Distance", Mark: analysis.Planned,
			Estimates: []analysis.Estimate{e("guess", "js", 0.25), e("share", "js", 0.125), lost, bare},
			Tables: []analysis.Table{
				{Caption: "Main", Columns: []analysis.Column{{Key: "source", Label: "Source", Words: true}, {Key: "js", Label: "JS"}},
					Rows: []analysis.Row{{Cells: []analysis.Cell{analysis.Word("guess"), {Kind: analysis.Real, Value: 0.25}}}, {Cells: []analysis.Cell{analysis.Word("share"), {Kind: analysis.Real, Value: 0.125}}}}},
				{Name: "by", Caption: "By group", Columns: []analysis.Column{{Key: "a", Label: "A"}}, Rows: []analysis.Row{{Cells: []analysis.Cell{{Kind: analysis.Count, Value: 3}}}}},
			},
			Figures: []analysis.Figure{{Kind: "interval", Caption: "A figure", Data: frame.New(frame.Numbers("x", []float64{1}))}},
		},
		{Name: "gap", Title: "Gap *of* all", Mark: analysis.Exploratory, Prose: "The gap is `{value} distance.guess.do.js`.",
			Tables: []analysis.Table{{Caption: "Gap", Columns: []analysis.Column{{Key: "a", Label: "A"}}}}},
	}
}

var madeVerdicts = []analysis.Verdict{{Name: "h1", Text: "A claim", Outcome: analysis.Supported, Decide: "distance.guess.do.js > 0"}}

// composed parses and composes a notebook over the made results.
func composed(notebook string) (*Document, []Problem) {
	n, problems := Parse([]byte(notebook), "paper.md")
	if n == nil {
		return nil, problems
	}
	return Compose(Input{Notebook: n, Results: made(), Verdicts: madeVerdicts, BibliographyFile: "references.bib",
		Bibliography: []byte("@book{lin1991, author = {Lin, J.}, title = {T}, year = 1991}\n")})
}

func TestEveryMistakeInANotebookHasItsPlaceAndAWayOut(t *testing.T) {
	tests := []struct {
		name, notebook string
		want           []string
	}{
		{"unknown cell kind", "a\n\n```{tabel distance}\n```\n", []string{`paper.md:3:5: unknown cell kind "tabel"; did you mean "table"?`}},
		{"foreign cell kind", "```{python}\n1\n```\n", []string{`paper.md:1:5: unknown cell kind "python"; the kinds are analysis, table and figure`}},
		{"unterminated cell", "a\n\n```{table distance}\ncaption = \"x\"\n", []string{"paper.md:3:1: unterminated cell {table distance}; close it with ``` on a line of its own"}},
		{"cell without a name", "```{table}\n```\n", []string{"paper.md:1:4: the table cell has no single name; write {table NAME}"}},
		{"head without its brace", "```{table distance\n```\n", []string{`paper.md:1:4: the head "{table distance" of a cell does not end with a brace`}},
		{"unknown analysis", "```{table distanse}\n```\n", []string{`paper.md:1:11: unknown analysis "distanse"; did you mean "distance"?`}},
		{"unknown part", "```{table distance.bye}\n```\n", []string{`paper.md:1:11: the analysis "distance" has no table "bye"; did you mean "distance.by"?`}},
		{"no figure", "```{figure gap}\n```\n", []string{`paper.md:1:12: the analysis "gap" has no figure`}},
		{"unknown option", "```{table distance}\nlable = \"tbl-x\"\n```\n", []string{`paper.md:2:1: unknown option "lable" of a table cell; did you mean "label"?`}},
		{"option that is no string", "```{table distance}\n caption = x\n```\n", []string{`paper.md:2:12: the value of caption is no string: write it in double quotes`}},
		{"option that is no list", "```{table distance}\nrows = \"x\"\n```\n", []string{`paper.md:2:1: rows is a list; write rows = ["…"]`}},
		{"unknown row", "```{table distance}\nrows = [\"gues\"]\n```\n", []string{`paper.md:2:8: the table has no row "gues"; did you mean "guess"?`}},
		{"unknown column", "```{table distance}\ncolumns = [\"jss\"]\n```\n", []string{`paper.md:2:11: the table has no column "jss"; did you mean "js"?`}},
		{"label of the wrong kind", "```{table distance}\nlabel = \"fig-x\"\n```\n", []string{`paper.md:2:9: the label "fig-x" of a table is not tbl-`}},
		{"duplicate label", "```{table distance}\n```\n\n```{table distance}\n```\n", []string{`paper.md:4:1: the label "tbl-distance" stands on line 1 already; give one of them another label: label = "tbl-distance-2"`}},
		{"bad width", "```{figure distance}\nwidth = \"12cm\"\n```\n", []string{`paper.md:2:9: "12cm" is no width`}},
		{"unknown value", "It is `{value} distance.gues.do.js`.\n", []string{"paper.md:1:7: unknown value distance.gues.do.js; did you mean distance.guess.do.js?"}},
		{"unknown format", "It is `{value percnt} distance.guess.do.js`.\n", []string{`paper.md:1:7: unknown format "percnt" of a value`}},
		{"unquoted segment", "`{value} distance.(Intercept) x.js`\n", []string{`paper.md:1:1: the segment "(Intercept) x" of an address needs single quotes around it`}},
		{"slip in value", "`{valu} distance.guess.do.js`\n", []string{`paper.md:1:1: unknown inline cell "valu"; write ` + "`{value} ADDRESS`"}},
		{"value without address", "`{value}` x\n", []string{"paper.md:1:1: value without an address"}},
		{"unterminated value", "x `{value} distance.guess.do.js\n", []string{"paper.md:1:3: unterminated value"}},
		{"unterminated div", "::: {.callout-note}\nx\n", []string{"paper.md:1:1: unterminated div; close it with ::: on a line of its own"}},
		{"stray end of a div", "x\n\n:::\n", []string{"paper.md:3:1: ::: closes a div, but none is open"}},
		{"unknown key of a div", "::: {wehn=\"h1 == 'supported'\"}\nx\n:::\n", []string{`paper.md:1:6: unknown key "wehn" of a div; did you mean "when"?`}},
		{"condition that cannot be read", "::: {when=\"h1 = 'supported'\"}\nx\n:::\n", []string{"paper.md:1:15: in the condition: "}},
		{"condition about nothing", "::: {when=\"h2 == 'supported'\"}\nx\n:::\n", []string{"paper.md:1:12: unknown value h2 in a condition; did you mean h1?"}},
		{"dangling reference", "See @tbl-distanc.\n\n```{table distance}\n```\n", []string{`paper.md:1:5: @tbl-distanc leads nowhere; did you mean "tbl-distance"?`}},
		{"dangling references in brackets", "See [@fig-a; @fig-b].\n", []string{"paper.md:1:6: @fig-a leads nowhere", "paper.md:1:14: @fig-b leads nowhere"}},
		{"dangling citation", "[@lin1992]\n", []string{`paper.md:1:2: @lin1992 is not in references.bib; did you mean "lin1991"?`}},
		{"dangling citations", "As é [@lin1991; see @lin1990, p. 3] and @smith\n", []string{`paper.md:1:21: @lin1990 is not in references.bib; did you mean "lin1991"?`, "paper.md:1:41: @smith is not in references.bib"}},
		{"dangling footnote", "A note.[^x]\n", []string{"paper.md:1:8: the footnote [^x] is nowhere"}},
		{"equation label", "$$ x $$ {#sum}\n", []string{`paper.md:1:10: the label "sum" of an equation does not begin with eq-; write {#eq-sum}`}},
		{"unterminated equation", "$$\nx\n", []string{"paper.md:1:1: unterminated equation; close it with $$"}},
		{"section label", "# A {#intro}\n", []string{`paper.md:1:1: the label "intro" of a section does not begin with sec-`}},
		{"image of the network", "![x](https://x.org/a.png)\n", []string{`paper.md:1:1: the image "https://x.org/a.png" is not in the study's folder`}},
		{"image that is nowhere", "![x](a.png)\n", []string{`paper.md:1:1: the image "a.png" cannot be read`}},
		{"image of no kind", "![x](a.tiff)\n", []string{`paper.md:1:1: the image "a.tiff" is of an unknown kind; use png, jpg, gif, webp or svg`}},
		{"picture with a label of no figure", "![x](a.tiff){#pic}\n", []string{`paper.md:1:1: the image "a.tiff"`, `paper.md:1:1: {#pic} is no label of a picture; write {#fig-NAME}`}},
		{"picture with a label that is taken", "```{figure distance}\nlabel = \"fig-a\"\n```\n\n![x](a.tiff){#fig-a}\n", []string{`paper.md:5:1: the image`, `paper.md:5:1: the label "fig-a" stands on line 1 already`}},
		{"picture with no width", "![x](a.tiff){#fig-a width=5%}\n", []string{`paper.md:1:1: "5%" is no width`, `paper.md:1:1: the image`}},
		{"citation in a caption", "```{table distance}\ncaption = \"after [@lin1991]\"\n```\n", []string{`paper.md:2:19: @lin1991 stands where there are words and values alone; write it in the text`}},
		{"reference in a note", "```{table distance}\nnotes = [\"as @tbl-x, a@b.org\"]\n```\n", []string{`paper.md:2:14: @tbl-x stands where`}},
		{"not UTF-8", "a\nb\xff\n", []string{"paper.md:2:2: byte 0xff is not UTF-8; save the file as UTF-8"}},
		{"control character", "ab\x1ec\n", []string{"paper.md:1:3: the control character U+001E; remove it"}},
		{"all at once, sorted", "@tbl-x\n\n`{value} a.b`\n\n```{figur x}\n```\n", []string{"paper.md:3:1: unknown value a.b", "paper.md:5:5: unknown cell kind"}},
		{"address and format at once", "`{value .2 fulll} distance.guess.do.js` `{value} a.b`\n", []string{`paper.md:1:1: unknown format "fulll"`, "paper.md:1:41: unknown value a.b"}},
		{"verdict as a condition", "::: {when=\"h1\"}\nx\n:::\n", []string{"paper.md:1:12: in the condition: the verdict h1 is a text, not true or false; write h1 == 'supported'"}},
		{"verdict in a condition", "::: {when=\"not h1 and true\"}\nx\n:::\n", []string{"paper.md:1:16: in the condition: the verdict h1 is a text"}},
		{"number as a condition", "::: {when=\"distance.guess.do.js\"}\nx\n:::\n", []string{"paper.md:1:12: in the condition: distance.guess.do.js is a number where true or false is asked for"}},
		{"no such verdict", "::: {when=\"h1 == 'suported'\"}\nx\n:::\n", []string{`paper.md:1:18: in the condition: "suported" is no verdict; there are supported, not supported, inconclusive; did you mean "supported"?`}},
		{"no such verdict in a list", "::: {when=\"h1 in ('supported', 'x')\"}\nx\n:::\n", []string{`paper.md:1:32: in the condition: "x" is no verdict`}},
		{"unknown callout", "::: {.callout-nte}\nx\n:::\n", []string{`paper.md:1:6: unknown class "callout-nte" of a div; did you mean "callout-note"?`}},
		{"unknown class", "::: warning\nx\n:::\n", []string{`paper.md:1:5: unknown class "warning" of a div; did you mean "callout-warning"?`}},
		{"no p-value", "`{value p} distance.share.do.f1`\n", []string{"paper.md:1:1: distance.share.do.f1 has no p-value; leave p out"}},
		{"no people", "`{value n} distance.share.do.f1`\n", []string{"paper.md:1:1: distance.share.do.f1 has no number of people; leave n out"}},
		{"no interval", "`{value ci} distance.share.do.f1`\n", []string{"paper.md:1:1: distance.share.do.f1 has no interval; leave ci out"}},
		{"value in a caption", "```{table distance}\ncaption = \"is `{value} distance.guess.do.jss`\"\n```\n", []string{"paper.md:2:15: unknown value distance.guess.do.jss; did you mean distance.guess.do.js?"}},
		{"value in a note", "```{table distance}\nnotes = [\"x\",\n  \"is `{value oops} distance.guess.do.js`\"]\n```\n", []string{"paper.md:3:7: "}},
		{"open value in a caption", "```{figure distance}\ncaption = \"is `{value} distance.guess.do.js\"\n```\n", []string{"paper.md:2:15: unterminated value"}},
		{"value in a title", "::: {.callout-note title=\"`{value} a.b`\"}\nx\n:::\n", []string{"paper.md:1:27: unknown value a.b"}},
		{"all results at once, sorted", "@tbl-x\n\n`{value} a.b`\n\n```{figure x}\n```\n", []string{"paper.md:1:1: @tbl-x", "paper.md:3:1: unknown value a.b", "paper.md:5:12: unknown analysis"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, problems := composed(tt.notebook)
			if doc != nil {
				t.Errorf("a document came out of a notebook with problems")
			}
			var got []string
			for _, p := range problems {
				got = append(got, p.String())
			}
			if len(got) != len(tt.want) {
				t.Fatalf("%d problems, want %d:\n%s", len(got), len(tt.want), strings.Join(got, "\n"))
			}
			for i := range got {
				if !strings.HasPrefix(got[i], tt.want[i]) {
					t.Errorf("problem %d\n got %s\nwant %s …", i+1, got[i], tt.want[i])
				}
			}
		})
	}
}

func TestGoodNotebooksHaveNoProblems(t *testing.T) {
	for name, notebook := range map[string]string{
		"empty":                       "",
		"prices":                      "It costs $5 and $6, or 3$ and 4$, and \\$x\\$.\n",
		"mail":                        "Write to a@b.org or <c@d.org>, \\@home, `@x` and `[@y]`.\n",
		"code":                        "```toml\n[@x]\n```\n\n``` {.r}\n:::\n```\n\n    :::\n",
		"code in a div":               "::: {.callout-tip}\n```\n:::\n```\n:::\n",
		"nested divs":                 ":::: {.callout-note}\n::: {when=\"h1 == 'supported'\"}\nx\n:::\ny\n::::\n",
		"div in a list":               "- a\n\n  ::: callout-warning\n  x\n  :::\n- b\n",
		"template braces":             "`{{gender}}` and `{values}` and `{x}`.\n",
		"brackets":                    "[a@b](http://x.org) [x] [see](#a)\n",
		"contrast without its quotes": "`{value} distance.guess.do.js.hi` \n",
		"hidden duplicates":           "::: {when=\"h1 == 'supported'\"}\n```{table distance}\n```\n:::\n::: {when=\"h1 != 'supported'\"}\n```{table distance}\n```\n:::\n",
		"braced key":                  "[@{lin1991}] [-@lin1991] @lin1991 [p. 3]\n",
		"byte order mark and CRLF":    "\xef\xbb\xbf# A\r\n\r\nb\r\n",
		"value over a line end":       "`{value}\ndistance.guess.do.js`\n",
		"typed section label":         "# What is known\n\n@sec-what-is-known\n",
	} {
		if _, problems := composed(notebook); problems != nil {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestALabelledEquationInsideAParagraphStandsAlone(t *testing.T) {
	doc, problems := composed("It is $$ x $$ {#eq-x} as in @eq-x, and\n$$y$$ {#eq-y}\nends.\n")
	if problems != nil {
		t.Fatal(problems)
	}
	var kinds []string
	for n := doc.Root.FirstChild(); n != nil && len(kinds) < 5; n = n.NextSibling() {
		kinds = append(kinds, n.Kind().String())
	}
	if got := strings.Join(kinds, " "); got != "Paragraph MathBlock Paragraph MathBlock Paragraph" {
		t.Errorf("blocks are %s", got)
	}
	if text := PlainText(doc.Root, doc.Source); strings.Contains(text, "{#") || !strings.Contains(text, "Equation\u00a01") {
		t.Errorf("the label is not taken from the text: %q", text)
	}
}

func TestConditionsThatCannotBeDecidedHideTheirTextAndAreReported(t *testing.T) {
	doc, problems := composed("a\n\n::: {when=\"distance.constant.do.kappa > 0\"}\nhidden\n:::\n")
	if problems != nil {
		t.Fatal(problems)
	}
	if len(doc.Notes) != 1 || doc.Notes[0].Line != 3 || !strings.Contains(doc.Notes[0].Msg, "could not be decided") {
		t.Errorf("notes are %v, want one about line 3", doc.Notes)
	}
	if text := PlainText(doc.Root, doc.Source); strings.Contains(text, "hidden") {
		t.Errorf("the text under the condition is shown: %q", text)
	}
}

func TestWhatTheNotebookLeavesOutIsInTheAppendix(t *testing.T) {
	doc, problems := composed("# Results\n\n```{table distance.by}\n```\n")
	if problems != nil {
		t.Fatal(problems)
	}
	var got []string
	for _, s := range doc.Sections {
		got = append(got, s.Number+" "+s.Title(doc.Source))
	}
	want := "1 Results|A Gap *of* all|B Hypotheses"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("sections are %s, want %s", s, want)
	}
	if len(doc.Tables) != 3 || doc.Tables[1].ID != "tbl-gap" || doc.Tables[1].Number != "2" || doc.Tables[1].Mark != analysis.Exploratory {
		t.Errorf("the table of the analysis that was left out is not there, numbered and marked")
	}
}

func TestRowsAreKeptInTheOrderAskedForInsideTheirGroups(t *testing.T) {
	table := &analysis.Table{Columns: []analysis.Column{{Key: "who", Words: true}}}
	for _, r := range [][2]string{{"G", "a"}, {"G", "b"}, {"G", "c"}, {"H", "a"}, {"H", "b"}} {
		table.Rows = append(table.Rows, analysis.Row{Group: r[0], Cells: []analysis.Cell{analysis.Word(r[1])}})
	}
	kept, err := keep(table, map[string]option{"rows": {list: []string{"b", "a"}}})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, r := range kept.Rows {
		got += r.Group + r.Cells[0].Text + " "
	}
	if got != "Gb Ga Hb Ha " {
		t.Errorf("rows are %s, want Gb Ga Hb Ha", got)
	}
	if kept, err = keep(table, map[string]option{"rows": {list: []string{"H"}}}); err != nil || len(kept.Rows) != 2 {
		t.Errorf("the rows of group H are %v (%v), want 2", kept, err)
	}
}
