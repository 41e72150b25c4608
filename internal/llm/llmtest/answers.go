package llmtest

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Answer is a whole answer with its probability.
type Answer struct {
	Text string
	P    float64
}

// Outside is the probability of an answer that is none of the options.
const Outside = 0.05

// Distribution returns the answers to a question that offers options, with
// their probabilities, which add up to 1: the options in several spellings and
// what is none of them. Context is all that was said so far; it decides the
// probabilities.
func Distribution(context string, options []string) []Answer {
	base := stable([]byte(context))
	weights := make([]float64, len(options))
	sum := 0.0
	for i, o := range options {
		weights[i] = 0.02 - math.Log(1-unit(mix(base, stable([]byte(o)))))
		sum += weights[i]
	}
	answers := make([]Answer, 0, 3*len(options)+1)
	for i, o := range options {
		p := (1 - Outside) * weights[i] / sum
		if upper := strings.ToUpper(o[:1]) + o[1:]; upper != o {
			answers = append(answers, Answer{o, 0.6 * p}, Answer{upper, 0.25 * p}, Answer{" " + o, 0.15 * p})
		} else {
			answers = append(answers, Answer{o, 0.8 * p}, Answer{" " + o, 0.2 * p})
		}
	}
	return append(answers, Answer{"Well, that depends.", Outside})
}

// Options finds the options that a question offers, nil when it offers none:
// the lines of a list, the words after "Answer" ("Answer no, perhaps or yes."),
// or the numbers of a range ("from 1 to 7").
func Options(asked string) []string {
	if list := listed(asked); len(list) > 1 {
		return list
	}
	if i := max(strings.LastIndex(asked, "Answer "), strings.LastIndex(asked, "answer ")); i >= 0 {
		said := asked[i+len("answer "):]
		if end := strings.IndexAny(said, ".\n;"); end >= 0 {
			said = said[:end]
		}
		for _, w := range []string{"only ", "with ", "just ", "one of ", "either ", ": "} {
			said = strings.TrimPrefix(said, w)
		}
		var options []string
		for _, part := range strings.Split(strings.ReplaceAll(said, " or ", ","), ",") {
			if part = strings.Trim(part, ` "'`); part != "" {
				options = append(options, part)
			}
		}
		if len(options) > 1 {
			return options
		}
	}
	return ranged(asked)
}

// listed returns the entries of a list, one a line: "- no" or "2. perhaps".
func listed(asked string) []string {
	var options []string
	for line := range strings.Lines(asked) {
		line = strings.TrimSpace(line)
		rest, ok := strings.CutPrefix(line, "- ")
		if !ok {
			digits := strings.TrimLeft(line, "0123456789")
			if len(digits) == len(line) {
				continue
			}
			if rest, ok = strings.CutPrefix(digits, ". "); !ok {
				rest, ok = strings.CutPrefix(digits, ") ")
			}
		}
		if ok && rest != "" {
			options = append(options, rest)
		}
	}
	return options
}

// ranged returns the whole numbers of "from A to B".
func ranged(asked string) []string {
	i := strings.LastIndex(asked, "from ")
	if i < 0 {
		return nil
	}
	words := strings.Fields(asked[i+len("from "):])
	if len(words) < 3 || words[1] != "to" {
		return nil
	}
	a, errA := strconv.Atoi(words[0])
	b, errB := strconv.Atoi(strings.TrimRight(words[2], ".,;:)?!"))
	if errA != nil || errB != nil || b <= a || b-a > 100 {
		return nil
	}
	var options []string
	for n := a; n <= b; n++ {
		options = append(options, strconv.Itoa(n))
	}
	return options
}

var vocabulary = strings.Fields("the bus came late and nobody said a word about it so we walked home in the rain talking of other days")

// answers returns the distribution over whole answers to a question.
func (q *question) answers() []Answer {
	if text, ok := strings.CutPrefix(q.asked, "Repeat: "); ok {
		return []Answer{{text, 1}}
	}
	if options := Options(q.asked); options != nil {
		answers := Distribution(q.context, options)
		if strings.Contains(q.asked, "last line") {
			for i := range answers {
				answers[i].Text = "There is something to be said for each.\n" + answers[i].Text
			}
		}
		return answers
	}
	// Free text: some sentences of twelve words, all equally likely.
	base := stable([]byte(q.context))
	answers := make([]Answer, 16)
	for i := range answers {
		words := make([]string, 12)
		for j := range words {
			words[j] = vocabulary[mix(base, uint64(100*i+j))%uint64(len(vocabulary))]
		}
		answers[i] = Answer{strings.Join(words, " ") + ".", 1 / float64(len(answers))}
	}
	return answers
}

// continuing returns the answers that begin with a text, without it, and with
// their probabilities given that beginning. When no answer begins so, the
// model goes on with some words of its own.
func continuing(answers []Answer, beginning string) []Answer {
	if beginning == "" {
		return answers
	}
	var rest []Answer
	sum := 0.0
	for _, a := range answers {
		if after, ok := strings.CutPrefix(a.Text, beginning); ok {
			rest = append(rest, Answer{after, a.P})
			sum += a.P
		}
	}
	if rest == nil {
		return []Answer{{" and so on.", 1}}
	}
	for i := range rest {
		rest[i].P /= sum
	}
	return rest
}

// pick returns the answer in which u of [0, 1) falls, the likeliest one when
// there is no chance in it.
func pick(answers []Answer, u float64, greedy bool) string {
	if greedy {
		return slices.MaxFunc(answers, func(a, b Answer) int {
			switch {
			case a.P < b.P:
				return -1
			case a.P > b.P:
				return 1
			}
			return 0
		}).Text
	}
	for _, a := range answers {
		if u < a.P {
			return a.Text
		}
		u -= a.P
	}
	return answers[len(answers)-1].Text
}

// tokens cuts a text into tokens: words with the blank before them, in pieces
// of at most eight letters. Cutting what follows a whole token gives the
// tokens that follow it.
func tokens(text string) []string {
	var out []string
	start, letters := 0, 0
	for i, c := range text {
		if i > start && (c == ' ' || c == '\n' || letters == 8) {
			out = append(out, text[start:i])
			start, letters = i, 0
		}
		if c != ' ' {
			letters++
		}
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}

// end is how the end of an answer is written among the alternatives to a token.
const end = "<|im_end|>"

// top returns the n likeliest first tokens. A model has tens of thousands of
// them: where the answers have fewer, next to impossible ones make up for it.
func top(answers []Answer, n int) []Answer {
	out := next(answers)
	for i := len(out); i < n; i++ {
		out = append(out, Answer{"~" + strconv.Itoa(i), 1e-13})
	}
	return out[:n]
}

// next returns the distribution of the first token, likeliest first.
func next(answers []Answer) []Answer {
	var out []Answer
	for _, a := range answers {
		first := end
		if t := tokens(a.Text); len(t) > 0 {
			first = t[0]
		}
		i := slices.IndexFunc(out, func(o Answer) bool { return o.Text == first })
		if i < 0 {
			out = append(out, Answer{first, a.P})
		} else {
			out[i].P += a.P
		}
	}
	slices.SortStableFunc(out, func(a, b Answer) int {
		switch {
		case a.P > b.P:
			return -1
		case a.P < b.P:
			return 1
		}
		return strings.Compare(a.Text, b.Text)
	})
	return out
}
