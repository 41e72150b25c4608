package study

// elicitLogprobs is an answer that is drawn from the log-probabilities of the
// options, see weighing.
var elicitLogprobs = elicitation{
	name:   "logprobs",
	weighs: true,
	closed: true,
	instruction: func(_ *item, thinking bool) string {
		if thinking {
			return "Think about it first, step by step. Do not answer yet."
		}
		return ""
	},
}

// answers returns the strings by which a model chooses an option: the letter or
// the number that it is shown with, else its label, its level and its synonyms.
func (o *options) answers(order []int) []answerString {
	if o.signs == noSigns {
		o.once.Do(func() { o.spoken = o.ownWords() })
		return o.spoken
	}
	var list []answerString
	for k := range o.levels {
		list = append(list, answerString{plainly(o.sign(order, k)), k})
	}
	return list
}

// ownWords returns the words of each option, in whatever order they are shown.
func (o *options) ownWords() []answerString {
	var list []answerString
	for k := range o.levels {
		seen := map[string]bool{"": true}
		for _, s := range append([]string{o.labels[k], o.levels[k]}, o.synonyms(k)...) {
			if s = plainly(s); !seen[s] {
				seen[s] = true
				list = append(list, answerString{s, k})
			}
		}
	}
	return list
}

// only is said to have the answer alone, after a model has thought.
func (o *options) only(order []int) string {
	return "Now give your answer, and nothing else: " + string(o.list(nil, order, "")) + "."
}
