package study

import (
	"math"
	"strings"

	"silico/internal/llm"
)

// elicitDistribution is an answer that is drawn from the shares that the model
// itself states for the options.
var elicitDistribution = elicitation{
	name:   "distribution",
	closed: true,
	instruction: func(_ *item, thinking bool) string {
		text := `For each of these answers, say how likely it is, in percent: {{options}}. Write one line for each answer, such as "{{options.first}}: 25%". The numbers sum to 100.`
		if thinking {
			return "Think about it first, step by step. Then write a line that says \"Answer:\". " + text
		}
		return text
	},
	read: readDistribution,
}

// readDistribution reads the shares. Each option has one, and they sum to 100 or
// to 1, give or take 2 in 100 for rounding; anything else is no distribution.
func readDistribution(a *asking, r *llm.Reply) Status {
	text := plainly(r.Text)
	if a.it.reasoning {
		if i := strings.LastIndex(text, "answer:"); i >= 0 {
			text = text[i+len("answer:"):]
		}
	}
	if r.Finish == llm.Length {
		return CutOff
	}
	p := a.it.shares(text, a.order)
	sum := 0.0
	for _, x := range p {
		sum += x
	}
	if !(math.Abs(sum-100) <= 2 || math.Abs(sum-1) <= 0.02) {
		return elsewise(r)
	}
	for k := range p {
		p[k] /= sum
	}
	a.draw(p)
	return Answered
}

// shares returns the number that a text states for each option, NaN for an
// option that has none or two different ones.
func (it *item) shares(text string, order []int) []float64 {
	names := newOptionNames(it.options, order)
	p := make([]float64, len(it.options.levels))
	lines := strings.Split(text, "\n")
	if len(lines) < len(p) {
		lines = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n,;{}", r) })
	}
	for k := range p {
		p[k] = math.NaN()
	}
	twice := false
	for _, line := range lines {
		k, x, ok := names.share(line)
		if !ok {
			continue
		}
		twice = twice || !math.IsNaN(p[k]) && p[k] != x
		p[k] = x
	}
	if twice {
		p[0] = math.NaN()
	}
	return p
}

// share reads a line such as "- perhaps: 30%".
func (n *optionNames) share(line string) (option int, x float64, ok bool) {
	line = strings.TrimLeft(line, " -•.()[]{}'")
	ws := wordsOf(line)
	for _, name := range n.names {
		if len(name.words) > len(ws) || name.option < 0 || !begins(ws, name.words) {
			continue
		}
		rest := line[ws[len(name.words)-1].end():]
		found := numeralsIn(rest)
		if len(found) != 1 || found[0].bad || found[0].x < 0 {
			return 0, 0, false
		}
		return name.option, found[0].x, true
	}
	return 0, 0, false
}

func begins(ws []word, words []string) bool {
	for i, w := range words {
		if ws[i].text != w {
			return false
		}
	}
	return true
}
