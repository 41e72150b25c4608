package study

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"silico/internal/llm"
)

// token is one with a probability.
func token(text string, p float64) llm.Token { return llm.Token{Text: text, Logprob: math.Log(p)} }

func TestTokensAreWeighedForTheOptionsThatTheySay(t *testing.T) {
	ten := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}
	agree := []string{"strongly disagree", "disagree", "agree", "strongly agree"}
	for _, tt := range []struct {
		name     string
		options  []string
		tokens   []llm.Token
		more     bool
		want     []float64 // mass of each option
		branches []string
	}{
		{"spellings are summed", []string{"no", "yes"},
			[]llm.Token{token("yes", 0.3), token(" Yes", 0.2), token("YES", 0.1), token("\"yes", 0.05), token("**Yes", 0.05), token("no", 0.1), token("maybe", 0.2)},
			false, []float64{0.1, 0.7}, nil},
		{"a beginning of one option counts for it where nothing is continued", []string{"no", "perhaps", "yes"},
			[]llm.Token{token("no", 0.5), token("per", 0.3), token("y", 0.1)}, false, []float64{0.5, 0.3, 0.1}, nil},
		{"a beginning of two options is outside where nothing is continued", agree,
			[]llm.Token{token("strongly", 0.6), token("agree", 0.4)}, false, []float64{0, 0, 0.4, 0}, nil},
		{"a beginning is continued where that is possible", agree,
			[]llm.Token{token("strongly", 0.6), token("agree", 0.3), token("dis", 0.1)}, true, []float64{0, 0, 0.3, 0}, []string{"strongly", "dis"}},
		{"a beginning with hardly any probability is not continued", agree,
			[]llm.Token{token("strongly", 0.001), token("agree", 0.9), token("dis", 0.002)}, true, []float64{0, 0.002, 0.9, 0}, nil},
		{"a space begins every option", []string{"no", "yes"}, []llm.Token{token(" ", 0.9), token("no", 0.1)}, true, []float64{0.1, 0}, []string{" "}},
		{"a space is outside where nothing is continued", []string{"no", "yes"}, []llm.Token{token(" ", 0.9), token("no", 0.1)}, false, []float64{0.1, 0}, nil},
		{"1 counts when 10 is a token too", ten, []llm.Token{token("1", 0.4), token("10", 0.1), token("2", 0.5)}, false, []float64{0.4, 0.5, 0, 0, 0, 0, 0, 0, 0, 0.1}, nil},
		{"1 is outside when 10 is not seen", ten, []llm.Token{token("1", 0.4), token("2", 0.6)}, false, []float64{0, 0.6, 0, 0, 0, 0, 0, 0, 0, 0}, nil},
		{"1 is continued where that is possible", ten, []llm.Token{token("1", 0.4), token("2", 0.6)}, true, []float64{0, 0.6, 0, 0, 0, 0, 0, 0, 0, 0}, []string{"1"}},
		{"other words are outside", []string{"no", "yes"}, []llm.Token{token("none", 0.5), token("yesterday", 0.2), token("", 0.1), token("I", 0.2)}, true, []float64{0, 0}, nil},
		{"punctuation behind an option belongs to it", []string{"no", "yes"}, []llm.Token{token("no.", 0.5), token("yes!", 0.5)}, true, []float64{0.5, 0.5}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := weighingOf(tt.options, tt.more)
			w.take(begin, tt.tokens)
			if !near(w.p, tt.want) {
				t.Errorf("masses are %v, want %v", w.p, tt.want)
			}
			if len(w.branches) != len(tt.branches) {
				t.Fatalf("continued are %+v, want %q", w.branches, tt.branches)
			}
			for i, b := range w.branches {
				if b.text != tt.branches[i] {
					t.Errorf("continued is %q, want %q", b.text, tt.branches[i])
				}
			}
		})
	}
}

func weighingOf(options []string, more bool) *weighing {
	return newWeighing(len(options), answersOf(options), more)
}

func answersOf(labels []string) []answerString {
	return (&options{levels: labels, labels: labels}).answers(nil)
}

func TestWhatDoesNotGoOnToTheLongerOptionIsTheShorterOne(t *testing.T) {
	w := weighingOf([]string{"1", "2", "10"}, true)
	w.take(begin, []llm.Token{token("1", 0.5), token("2", 0.5)})
	b := w.branches[0]
	w.branches = nil
	w.take(b, []llm.Token{token("0", 0.2), token(".", 0.5), token("", 0.2), token("5", 0.05)})
	if want := []float64{0.4, 0.5, 0.1}; !near(w.p, want) || len(w.branches) != 0 {
		t.Errorf("masses are %v with %v left, want %v: 1 has what does not go on to 10", w.p, w.branches, want)
	}
}

func TestBeginningsOfSeveralTokensAreWeighed(t *testing.T) {
	w := weighingOf([]string{"strongly disagree", "strongly agree"}, true)
	w.take(begin, []llm.Token{token("strong", 0.5), token(" Strongly", 0.5)})
	first, second := w.branches[0], w.branches[1]
	w.branches = nil
	w.take(first, []llm.Token{token("ly", 1)})
	w.take(second, []llm.Token{token(" agree", 0.5), token(" dis", 0.5)})
	third, fourth := w.branches[0], w.branches[1]
	w.branches = nil
	w.take(third, []llm.Token{token(" agree", 0.1), token(" disagree", 0.9)})
	w.take(fourth, []llm.Token{token("agree", 0.6), token("like", 0.4)})
	p, mass := w.result()
	if want := []float64{0.6 / 0.9, 0.3 / 0.9}; !near(p, want) || math.Abs(mass-0.9) > 1e-12 {
		t.Errorf("probabilities are %v of %v, want %v of .9", p, mass, want)
	}
}

// Whatever a model says, options share no more than the mass that its tokens
// have, and what is continued is counted once.
func TestWeighingKeepsTheMass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ab1 ]{1,3}`)
		options := rapid.SliceOfNDistinct(rapid.StringMatching(`[ab1]{1,3}`), 2, 4, func(s string) string { return s }).Draw(t, "options")
		w := weighingOf(options, rapid.Bool().Draw(t, "more"))
		tokens := func() []llm.Token {
			texts := rapid.SliceOfNDistinct(word, 1, 5, func(s string) string { return s }).Draw(t, "tokens")
			var list []llm.Token
			for _, text := range texts {
				list = append(list, token(text, 1/float64(len(texts))))
			}
			return list
		}
		w.take(begin, tokens())
		for n := 0; len(w.branches) > 0; n++ {
			b := w.branches[0]
			w.branches = w.branches[1:]
			w.take(b, tokens())
			if n > 10000 {
				t.Fatal("the beginnings have no end")
			}
		}
		sum := 0.0
		for _, x := range w.p {
			if x < 0 {
				t.Fatalf("a mass is negative: %v", w.p)
			}
			sum += x
		}
		if sum > 1+1e-9 {
			t.Fatalf("the options %q have a mass of %v together: %v", options, sum, w.p)
		}
	})
}
