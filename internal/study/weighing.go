package study

import (
	"math"
	"strings"
	"sync"

	"silico/internal/llm"
)

// weighing sums log-probabilities of tokens up to the probabilities of options.
//
// The probability of an option is that of its whole answer string, with the
// variants of capitals, of leading spaces, quotation marks and Markdown summed
// (METHOD 1). Of what a model may say first, a token is
//
//   - an option as a whole, for which it counts;
//   - the beginning of options, "strongly" or a space: where the model can be
//     made to continue, it is, and what comes then is weighed in the same way;
//     where it cannot, the token counts for the option that it begins when there
//     is one such option alone, and is outside otherwise;
//   - both, such as "1" when there is a 10: it is continued, and what is not the
//     longer option counts for the shorter one. Where nothing can be continued
//     it counts for the shorter one only when a token with the longer one as a
//     whole stands beside it, which shows that the model would have said that in
//     one piece; it is outside otherwise;
//   - anything else, which is outside.
//
// Not continued are beginnings below minBranch, and those of more than
// maxBranch tokens: they count as where nothing can be continued.
type weighing struct {
	strings  []answerString
	more     bool      // whether the model can be made to continue
	p        []float64 // of each option
	branches []branch  // beginnings that are to be continued
	matched  *sync.Map // text -> matched, of all weighings with the same strings; nil for none
}

// matched is what a text is of the options, see match.
type matched struct{ whole, longer, one int }

// answerString is what a model says to choose an option.
type answerString struct {
	text   string // see plainly
	option int
}

// branch is the beginning of an answer and its probability.
type branch struct {
	text   string
	p      float64
	option int // that it is as a whole, -1 for none
	tokens int
}

const (
	minBranch = 0.005 // at 20 tokens a place, less than a tenth is left open
	maxBranch = 8     // tokens
)

// newWeighing returns a weighing of options whose answer strings are given, in
// which nothing is weighed yet.
func newWeighing(options int, answers []answerString, more bool) *weighing {
	return &weighing{strings: answers, more: more, p: make([]float64, options)}
}

// begin is the branch at which every weighing begins: nothing is said yet.
var begin = branch{p: 1, option: -1}

// take weighs the tokens that may follow a branch, and adds the beginnings
// that are to be continued to the branches.
func (w *weighing) take(b branch, tokens []llm.Token) {
	rest := b.p // of a whole option: what does not go on to a longer one
	for _, t := range tokens {
		if t.Text == "" { // the end, as some servers write it
			continue
		}
		next := branch{b.text + t.Text, b.p * math.Exp(t.Logprob), -1, b.tokens + 1}
		whole, longer, one := w.match(next.text)
		switch {
		case whole < 0 && longer == 0:
			continue // outside, or what comes behind a whole option
		case longer > 0 && w.more && next.p >= minBranch && next.tokens < maxBranch:
			next.option = whole
			w.branches = append(w.branches, next)
		case whole >= 0 && whole == b.option:
			continue
		case whole >= 0 && (longer == 0 || w.beside(b, tokens, next.text)):
			w.p[whole] += next.p
		case whole < 0 && longer == 1:
			w.p[one] += next.p
		}
		rest -= next.p
	}
	if b.option >= 0 {
		w.p[b.option] += max(0, rest)
	}
}

// match says which option a text is as a whole, -1 for none; how many options
// it is the beginning of; and one of those.
func (w *weighing) match(text string) (whole, longer, one int) {
	if w.matched == nil {
		return w.compare(text)
	}
	if x, ok := w.matched.Load(text); ok {
		m := x.(matched)
		return m.whole, m.longer, m.one
	}
	whole, longer, one = w.compare(text)
	w.matched.Store(text, matched{whole, longer, one})
	return whole, longer, one
}

func (w *weighing) compare(text string) (whole, longer, one int) {
	text = strings.TrimLeft(plainly(text), " \n'([")
	closed := strings.TrimRight(text, " \n.,;:!?)]'")
	whole, one = -1, -1
	for _, s := range w.strings {
		switch {
		case s.text == closed || s.text == text:
			whole = s.option
		case strings.HasPrefix(s.text, text) && s.option != one:
			one = s.option
			longer++
		}
	}
	if longer == 1 && one == whole { // another string of the same option
		longer = 0
	}
	return whole, longer, one
}

// beside says whether an option that goes on from a text stands as a whole
// among the tokens in the same place.
func (w *weighing) beside(b branch, tokens []llm.Token, text string) bool {
	shorter, _, _ := w.match(text)
	for _, t := range tokens {
		if whole, _, _ := w.match(b.text + t.Text); whole >= 0 && whole != shorter && strings.HasPrefix(plainly(b.text+t.Text), plainly(text)) {
			return true
		}
	}
	return false
}

// result returns the probabilities of the options, which sum to 1, and the mass
// that they had together. They are nil when no option had any.
func (w *weighing) result() (p []float64, mass float64) {
	for _, x := range w.p {
		mass += x
	}
	if !(mass > 0) {
		return nil, 0
	}
	p = make([]float64, len(w.p))
	for k, x := range w.p {
		p[k] = x / mass
	}
	return p, min(mass, 1)
}
