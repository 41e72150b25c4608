package render

import (
	"bytes"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/report"
	"silico/report/plot"
)

var update = flag.Bool("update", false, "write the golden files")

// composed returns the document of a notebook over the made-up study, its
// figures drawn.
func composed(t testing.TB, notebook string) *report.Document {
	t.Helper()
	d, problems := report.Compose(sampleInput(t, notebook))
	for _, p := range problems {
		t.Error(p)
	}
	if d == nil {
		t.FailNow()
	}
	for _, f := range d.Figures {
		f.SVG = []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="10pt" height="5pt" viewBox="0 0 10 5" role="img">` +
			"\n<title>drawn</title>\n" + `<defs><linearGradient id="g"/></defs><rect id="r" fill="` + plot.Neutrals()[0].Hex + `" width="3" height="4"/><rect fill="url(#g)"/></svg>`)
	}
	return d
}

// files renders a document in a format.
func files(t testing.TB, format string, d *report.Document) map[string][]byte {
	t.Helper()
	out := make(map[string][]byte)
	if err := Render(format, d, func(path string, b []byte) { out[path] = b }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFormatsWriteTheSample(t *testing.T) {
	for _, f := range Formats() {
		for name, got := range files(t, f.Name, composed(t, sampleNotebook)) {
			if strings.HasPrefix(name, "tables/") && name != "tables/distance.tex" {
				continue
			}
			if name == "paper.html" { // the style has its own file
				got = regexp.MustCompile(`(?s)<style>.*</style>`).ReplaceAll(got, []byte("<style>…</style>"))
			}
			golden := filepath.Join("testdata", strings.ReplaceAll(name, "/", "_")+".golden")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s in format %s differs from %s (run with -update and read the diff):\n%s", name, f.Name, golden, diff)
			}
		}
	}
}

func TestTwoRendersGiveTheSameBytes(t *testing.T) {
	for _, f := range Formats() {
		a, b := files(t, f.Name, composed(t, sampleNotebook)), files(t, f.Name, composed(t, sampleNotebook))
		for name := range a {
			if !bytes.Equal(a[name], b[name]) {
				t.Errorf("%s differs between two renders", name)
			}
		}
	}
}

func TestThePageIsWellFormedAndNeedsNothingElse(t *testing.T) {
	page := files(t, "html", composed(t, sampleNotebook))["paper.html"]
	d := xml.NewDecoder(bytes.NewReader(page))
	d.Strict, d.Entity, d.AutoClose = true, xml.HTMLEntity, []string{"meta", "br", "hr", "input", "img"}
	ids := map[string]bool{}
	var links []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well formed: %v", err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "script", "link", "iframe", "object", "embed", "form":
			t.Errorf("the page has a %s element", e.Name.Local)
		}
		for _, a := range e.Attr {
			switch {
			case a.Name.Local == "id":
				if ids[a.Value] {
					t.Errorf("two elements have the id %q", a.Value)
				}
				ids[a.Value] = true
			case a.Name.Local == "href" && strings.HasPrefix(a.Value, "#"):
				links = append(links, a.Value[1:])
			case a.Name.Local == "src" && !strings.HasPrefix(a.Value, "data:image/"):
				t.Errorf("the page loads %s", a.Value)
			case strings.HasPrefix(a.Name.Local, "on"):
				t.Errorf("the page has the script %s=%s", a.Name.Local, a.Value)
			}
		}
	}
	for _, id := range links {
		if !ids[id] {
			t.Errorf("a link to #%s leads nowhere", id)
		}
	}
	if bytes.Contains(page, []byte("@import")) || bytes.Contains(page, []byte("url(http")) {
		t.Errorf("the style loads something")
	}
}

func TestAStudyWithNothingInItHasADefaultPaper(t *testing.T) {
	text, err := report.Default(report.Input{})
	if err != nil {
		t.Fatal(err)
	}
	book, problems := report.Parse(text, "paper.md")
	if problems != nil {
		t.Fatal(problems)
	}
	d, problems := report.Compose(report.Input{Notebook: book})
	if problems != nil {
		t.Fatal(problems)
	}
	for _, f := range Formats() {
		files(t, f.Name, d)
	}
}

// hostile is what a model, a level or a file might say to become markup.
var hostile = []string{
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "`{value} h1`", "```{table distance}\n```", "[x](javascript:alert(1))", "@lin1991 [@lin1991]",
	"$\\input{/etc/passwd}$", "\\input{/etc/passwd}", "\\end{document}", "| a | b |\n|---|---|", "::: {when=\"true\"}", "{{.}}", "</table></main>", "*b* _i_ ~~s~~ ![i](http://x/y.png)", "# head", "&lt;&#x6a;", "\"><b>", "--", "^^M % & # _ { } ~",
}

func TestLabelsAndTextsCannotBecomeMarkup(t *testing.T) {
	for _, h := range hostile {
		in := sampleInput(t, "Before.\n")
		in.Meta.Title, in.Meta.Abstract, in.Meta.Authors = h, h, []string{h}
		r := in.Results[0]
		r.Title, r.Warnings[0].Text, r.Warnings[0].Term = h, h, h
		table := &r.Tables[0]
		table.Caption, table.Notes[0], table.Columns[0].Label, table.Columns[2].Group, table.Columns[3].Group = h, h, h, h, h
		table.Rows[0].Group, table.Rows[0].Cells[0].Text = h, h
		r.Figures[0].Caption, r.Figures[0].Alt = h, h
		in.Verdicts[0].Text = h
		text, err := report.Default(in)
		if err != nil {
			t.Fatal(err)
		}
		book, problems := report.Parse(text, "paper.md")
		if problems != nil {
			t.Fatalf("%q in a label makes problems in the default paper: %v\n%s", h, problems, text)
		}
		in.Notebook = book
		d, problems := report.Compose(in)
		if problems != nil {
			t.Fatalf("%q in a label makes problems: %v", h, problems)
		}
		page := string(files(t, "html", d)["paper.html"])
		for _, bad := range []string{"<script", "<img", "<b>", "javascript:alert(1)\"", "</table></main>"} {
			clean := strings.NewReplacer("<b>Table", "", "<b>Figure", "", "<b>Keywords", "").Replace(page)
			if strings.Contains(clean, bad) {
				t.Errorf("%q came into the page as %s", h, bad)
			}
		}
		if n := strings.Count(page, "<table"); n != len(d.Tables) {
			t.Errorf("%q changed the number of tables in the page: %d of %d", h, n, len(d.Tables))
		}
		tex := string(files(t, "latex", d)["paper.tex"])
		if strings.Contains(tex, `\input{`) || strings.Count(tex, `\end{document}`) != 1 {
			t.Errorf("%q came into LaTeX as a command", h)
		}
		// What Markdown hosts make of paper.md is what the notebook parser makes of it.
		md := files(t, "md", d)["paper.md"]
		if n := bytes.Count(md, []byte("\n| ")); n == 0 || bytes.Contains(md, []byte("\n```{")) || bytes.Contains(md, []byte("\n:::")) {
			t.Errorf("%q broke the Markdown", h)
		}
	}
}

func TestFormulasBecomeMathML(t *testing.T) {
	for tex, want := range map[string]string{
		`x_1`:                               `<msub><mi>x</mi><mn>1</mn></msub>`,
		`x^{23}`:                            `<msup><mi>x</mi><mrow><mn>23</mn></mrow></msup>`,
		`x^23`:                              `<msup><mi>x</mi><mn>2</mn></msup><mn>3</mn>`,
		`\frac{a}{b}`:                       `<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>`,
		`\sqrt[3]{x}`:                       `<mroot><mrow><mi>x</mi></mrow><mrow><mn>3</mn></mrow></mroot>`,
		`\hat{\beta}`:                       `<mover accent="true"><mrow><mi>β</mi></mrow><mo stretchy="false">^</mo></mover>`,
		`a < b - 1.5`:                       `<mi>a</mi><mo>&lt;</mo><mi>b</mi><mo>−</mo><mn>1.5</mn>`,
		`\left( x \right)`:                  `<mrow><mo stretchy="true">(</mo><mi>x</mi><mo stretchy="true">)</mo></mrow>`,
		`\mathrm{AME}`:                      `<mi mathvariant="normal">AME</mi>`,
		`\text{if } x`:                      "<mtext>if\u00a0</mtext><mi>x</mi>",
		`\log_2 p`:                          `<msub><mi>log</mi><mn>2</mn></msub><mspace width="0.1667em"/><mi>p</mi>`,
		`f'(x)`:                             `<msup><mi>f</mi><mrow><mo>′</mo></mrow></msup><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo>`,
		`\begin{cases}1&a\\0&b\end{cases}`:  `</mtd></mtr><mtr><mtd style="text-align:left"><mn>0</mn></mtd><mtd style="text-align:left"><mi>b</mi></mtd></mtr>`,
		`\lvert x \rvert \le \mathbb{R}`:    `<mo stretchy="false">|</mo><mi>x</mi><mo stretchy="false">|</mo><mo>≤</mo><mi>ℝ</mi>`,
		`\bar{x} \pm \operatorname{se}(x)`:  `<mo>±</mo><mi>se</mi>`,
		`\sum_{i=1}^{n} x_i`:                `<msubsup><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mrow><mi>n</mi></mrow></msubsup>`,
		`\widehat{D}^\ast \rightarrow \min`: `<mo>→</mo><mi>min</mi>`,
	} {
		got := mathML(tex, false)
		if !strings.HasPrefix(got, "<math>") || !strings.Contains(got, want) {
			t.Errorf("%s is\n%s, want in it\n%s", tex, got, want)
		}
	}
	if got := mathML(`\sum_{i}^{n}`, true); !strings.Contains(got, "<munderover>") {
		t.Errorf("limits of a displayed sum stand beside it: %s", got)
	}
}

func TestUnknownFormulasStaySource(t *testing.T) {
	for _, tex := range []string{`\foo{x}`, `\frac{a}`, `x^`, `{x`, `x}`, `a^b^c`, `\left( x`, `\begin{cases} x`, `\href{javascript:x}{y}`, `\`, `<script>\foo`} {
		if got := mathML(tex, true); !strings.HasPrefix(got, `<code class="tex">`) || strings.Contains(got, "<script") {
			t.Errorf("%s is %s, want its source", tex, got)
		}
	}
}

func FuzzMathML(f *testing.F) {
	for _, s := range []string{`\frac{a}{b}`, `\left.\begin{cases}a&b\\c\end{cases}\right|_x^{y'}`, `\hat\bar{\mathbf{x}}`, `\sqrt[\alpha]{}`, `\big( \not= \text{é}`} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, tex string, display bool) {
		if len(tex) > 2000 {
			return
		}
		d := xml.NewDecoder(strings.NewReader(mathML(strings.ToValidUTF8(strings.Map(printable, tex), "?"), display)))
		for {
			if _, err := d.Token(); err == io.EOF {
				return
			} else if err != nil {
				t.Fatalf("%q is not well formed: %v", tex, err)
			}
		}
	})
}

// printable drops the characters that no XML can hold; the notebook's reader
// keeps them from formulas.
func printable(r rune) rune {
	if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
		return -1
	}
	return r
}

func TestDangerousFormulasReachNoTeX(t *testing.T) {
	for _, tex := range []string{`\input{x}`, `\write18{ls}`, `x } \def\y{`, `x % y`, `\csname input\endcsname`, `a $ b`, `\`, `\\input{x}{`} {
		if got := safeTeX(tex); !strings.HasPrefix(got, `\text{`) {
			t.Errorf("%s goes into LaTeX as %s", tex, got)
		}
	}
	for _, tex := range []string{`\frac{a}{b}`, `\begin{aligned} a &= b \\ c &= d \end{aligned}`, `\theta \text{x}`} {
		if got := safeTeX(tex); got != tex {
			t.Errorf("%s goes into LaTeX as %s", tex, got)
		}
	}
}
