package report

import (
	"regexp"
	"slices"
	"strings"

	"silico/analysis"
	"silico/analysis/expr"
)

// outcomes are the verdicts that there are.
var outcomes = []string{analysis.Supported, analysis.NotSupported, analysis.Inconclusive}

// What stands around a verdict in a condition.
var (
	namePattern  = regexp.MustCompile(`^(?:'(?:[^']|'')*'|[A-Za-z0-9_-]+)(?:\.(?:'(?:[^']|'')*'|[A-Za-z0-9_-]+))*`)
	textBehind   = regexp.MustCompile(`^\s*(?:==|!=)\s*'((?:[^']|'')*)'`)
	textBefore   = regexp.MustCompile(`'((?:[^']|'')*)'\s*(?:==|!=)\s*$`)
	listBehind   = regexp.MustCompile(`^\s*(?:not\s+)?in\s*\(([^)]*)\)`)
	quotedText   = regexp.MustCompile(`'((?:[^']|'')*)'`)
	signBehind   = regexp.MustCompile(`^\s*[=!<>]=?`)
	signBefore   = regexp.MustCompile(`[=!<>]=?\s*$`)
	callOfBefore = regexp.MustCompile(`missing\s*\(\s*$`)
)

// checkVerdicts reports verdicts in a condition that are compared with nothing,
// or with a text that no verdict is: such a condition is never true.
func (c *composer) checkVerdicts(t *tree, d *Div, e *expr.Expr) {
	for _, p := range e.Paths() {
		if _, ok := c.index.verdict(p.Segments); !ok {
			continue
		}
		at := offset(d.When, p.Col)
		before, behind := d.When[:at], d.When[at:]
		behind = behind[len(namePattern.FindString(behind)):]
		var texts []string
		if m := textBehind.FindStringSubmatch(behind); m != nil {
			texts = m[1:]
		} else if m := textBefore.FindStringSubmatch(before); m != nil {
			texts = m[1:]
		} else if m := listBehind.FindStringSubmatch(behind); m != nil {
			for _, q := range quotedText.FindAllStringSubmatch(m[1], -1) {
				texts = append(texts, q[1])
			}
		} else if !signBehind.MatchString(behind) && !signBefore.MatchString(before) && !callOfBefore.MatchString(before) {
			t.report(d.whenAt+at, "write "+address(p.Segments)+" == 'supported'", "the verdict %s is a text, not true or false", address(p.Segments))
		}
		for _, s := range texts {
			if !slices.Contains(outcomes, s) {
				t.report(d.whenAt+at, didYouMean(s, outcomes, "verdicts are "+strings.Join(outcomes, ", ")), "%s is compared with %q, which no verdict is", address(p.Segments), s)
			}
		}
	}
}
