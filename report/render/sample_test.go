package render

import (
	"math"
	"testing"

	"silico/analysis"
	"silico/analysis/frame"
	"silico/report"
)

// sampleInput is a small made-up study: one table of every kind of cell, a
// figure, values, verdicts. None of its numbers mean anything.
func sampleInput(t testing.TB, notebook string) report.Input {
	t.Helper()
	estimate := func(source, outcome, statistic string, v, se, lo, hi, p float64) analysis.Estimate {
		return analysis.Estimate{Key: analysis.Key{Source: source, Outcome: outcome, Statistic: statistic},
			Value: v, SE: se, Lo: lo, Hi: hi, P: p, People: 158, Rows: 1896, Sample: "evaluation"}
	}
	nan := math.NaN()
	a := estimate("guess", "do", "js", 0.2481, nan, 0.2312, 0.2655, nan)
	b := estimate("share_40", "do", "js", 0.0934, nan, 0.0781, 0.1102, nan)
	gap := estimate("people", "", "share", 0.2819, 0.0104, 0.2615, 0.3023, 0.0004)
	kappa := estimate("constant", "", "kappa", nan, nan, nan, nan, nan)
	kappa.Why = "every answer is the same"
	slope := estimate("people", "do", "slope", -0.0612, 0.0149, -0.0904, -0.0320, 0.034)
	n := analysis.Number(analysis.Key{Source: "people", Statistic: "n"}, 12316)
	n.People = 12316
	distance := &analysis.Result{
		Name: "distance", Kind: "divergence", Title: "Distance to people", Mark: analysis.Planned,
		Estimates: []analysis.Estimate{a, b, gap, kappa, slope, n},
		Prose:     "The distance of guesses is `{value} distance.guess.do.js`.",
		Warnings:  []analysis.Warning{{Term: "constant", Text: "constant: every answer is the same, so that κ cannot be computed"}},
		Tables: []analysis.Table{{
			Caption: "Distance to people, by source & group <1>",
			Columns: []analysis.Column{
				{Key: "source", Label: "Source", Words: true}, {Key: "n", Label: "n"},
				{Key: "js", Label: "Distance", Group: "Would do"}, {Key: "ci", Label: "95% interval", Group: "Would do"},
				{Key: "gap", Label: "Gap"}, {Key: "slope", Label: "Slope"}, {Key: "p", Label: "p"},
			},
			Rows: []analysis.Row{
				{Group: "Baselines", Cells: []analysis.Cell{analysis.Word("=guess|es_"), {Kind: analysis.Count, Value: 12316},
					analysis.Show(analysis.Real, a, "distance"), analysis.Show(analysis.Interval, a, "distance"),
					{Kind: analysis.Percent, Value: 0.2819}, analysis.Show(analysis.WithSE, slope, "distance"), {Kind: analysis.PValue, Value: 0.0004}}},
				{Group: "Baselines", Cells: []analysis.Cell{analysis.Word("item shares, 40 people"), {Kind: analysis.Count, Value: 40},
					analysis.Show(analysis.WithCI, b, "distance"), {Kind: analysis.Blank},
					{Kind: analysis.Percent, Value: nan}, analysis.Show(analysis.Real, kappa, "distance"), {Kind: analysis.PValue, Value: 0.034}}},
			},
			Notes: []string{"Intervals resample whole people."},
		}},
		Figures: []analysis.Figure{{
			Kind: "interval", Title: "Distance", Caption: "Distance to people with intervals",
			Data:  frame.New(frame.Strings("source", []string{"guess", "+share"}), frame.Numbers("x", []float64{0.2481, math.Copysign(0, -1)})),
			Roles: map[string]string{"y": "source", "x": "x"}, Alt: "Two points; guesses are farther.",
		}},
	}
	extra := &analysis.Result{
		Name: "by_anger", Kind: "regression", Title: "By anger", Mark: analysis.Exploratory,
		Estimates: []analysis.Estimate{analysis.Number(analysis.Key{Source: "people", Term: "(Intercept)", Statistic: "coef"}, 0.5)},
		Tables:    []analysis.Table{{Caption: "Anger", Columns: []analysis.Column{{Key: "term", Label: "Term", Words: true}, {Key: "b", Label: "b"}}, Rows: []analysis.Row{{Cells: []analysis.Cell{analysis.Word("(Intercept)"), {Kind: analysis.Real, Value: 0.5}}}}}},
	}
	facts := &analysis.Result{Name: "study", Kind: "study", Title: "The study", Tables: []analysis.Table{{
		Name: "seeds", Caption: "Seeds", Columns: []analysis.Column{{Key: "what", Label: "What", Words: true}, {Key: "seed", Label: "Seed"}},
		Rows: []analysis.Row{{Cells: []analysis.Cell{analysis.Word("study"), analysis.Word("20261123")}}},
	}}}
	book, problems := report.Parse([]byte(notebook), "paper.md")
	if problems != nil {
		t.Fatalf("the sample notebook has problems: %v", problems)
	}
	return report.Input{
		Notebook: book,
		Meta:     report.Meta{Title: "A <made-up> study & its $5 paper", Authors: []string{"A. Author", "B_Writer"}, Date: "2026-11-23", Abstract: "What is said, in 100% of cases.", Keywords: []string{"one", "two"}, Slug: "sample", Version: "0.0.0", Seed: 1},
		Results:  []*analysis.Result{distance, extra, facts},
		Verdicts: []analysis.Verdict{{Name: "h1", Text: "Guesses are far.", Outcome: "supported", Decide: "distance.guess.do.js.lo > 0.1", Reject: "distance.guess.do.js.hi < 0.1",
			Values: []analysis.Used{{Address: "distance.guess.do.js.lo", Value: 0.2312}}}},
		Sources:          []frame.Source{{Name: "people", Label: "people", Kind: "people"}, {Name: "guess", Label: "guesses (baseline)", Kind: "baseline"}},
		Bibliography:     []byte(sampleBibliography),
		BibliographyFile: "references.bib",
		Images:           map[string][]byte{"stimuli/a b.png": []byte("no picture")},
	}
}

const sampleBibliography = `
@article{lin1991, author = {Lin, Jianhua}, title = {Divergence Measures Based on the {Shannon} Entropy},
  journal = {IEEE Transactions on Information Theory}, year = 1991, volume = {37}, number = {1}, pages = {145--151}, doi = {10.1109/18.61115}}
@book{deboeck2004, editor = {De Boeck, Paul and Wilson, Mark}, title = {Explanatory Item Response Models}, publisher = {Springer}, year = {2004}}
@article{bates2015, author = {Bates, Douglas and M{\"a}chler, Martin and Bolker, Ben}, title = {Fitting Models Using {lme4}}, journal = {J. Stat. Softw.}, year = {2015}}
`

const sampleNotebook = `# Introduction {#sec-intro}

People want and do [@lin1991; see @deboeck2004, p. 3]. @bates2015 [ch. 2] fitted models, and "quotes" cost $5 and $6.
A note follows.[^n] See @tbl-distance, @fig-distance, @eq-js and @sec-results.

<!-- a comment that no reader sees -->

::: {.callout-note title="Sample of ` + "`{value} distance.people.n`" + ` & more"}
Nothing here is *real*, ` + "`code`" + ` aside.

- one
- two
:::

# Results {#sec-results}

The distance is ` + "`{value} distance.guess.do.js`" + ` (` + "`{value ci} distance.guess.do.js`" + `), the slope ` + "`{value .2} distance.people.do.slope`" + `,
` + "`{value p} distance.people.do.slope`" + `, the gap ` + "`{value percent} distance.people.share`" + `, n = ` + "`{value} distance.people.n`" + `;
κ is ` + "`{value} distance.constant.kappa`" + ` and b ` + "`{value} by_anger.people.'(Intercept)'.coef`" + `. With $x_1 \le \frac{1}{2}$ in the line.

` + "```{table distance}\n```\n\n```{figure distance}\nwidth = \"80%\"\ncaption = \"A distance of `{value .2 full} distance.guess.do.js` <of guesses>\"\n```" + `

$$
D = \frac{1}{2} \sum_{k=1}^{K} p_k \log_2 \frac{p_k}{m_k}
$$ {#eq-js}

::: {when="h1 == 'supported'"}
The prediction held.
:::

::: {when="h1 != 'supported'"}
It did not, see @fig-nowhere-else.
:::

## 日本 über <b>bold</b>

![What was *shown*](<stimuli/a b.png>)

| a | b |
|:--|--:|
| x | 1 |

[^n]: The note, with ` + "`{value} distance.guess.do.js`" + `.
`
