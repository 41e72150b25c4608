package study

import "strings"

// declining are phrases by which a model declines to answer. They are looked
// for where no answer can be found; where one is named beside them, the reply
// says both, and gives no answer.
var declining = []string{
	"can't help with", "cannot help with", "can't assist", "cannot assist", "unable to assist", "not able to assist",
	"can't answer", "cannot answer", "won't answer", "will not answer", "unable to answer", "not able to answer",
	"can't provide", "cannot provide", "unable to provide", "not able to provide", "can't respond", "cannot respond",
	"can't engage", "cannot engage", "can't fulfill", "cannot fulfill", "can't comply", "cannot comply",
	"decline to", "must decline", "have to decline", "refuse to answer", "prefer not to answer", "prefer not to say", "rather not answer", "rather not say",
	"not appropriate for me", "against my guidelines", "not comfortable answering", "can't participate", "cannot participate",
}

// disclaiming are phrases by which a model says that it is none who could
// answer. A model that says so and answers has answered.
var disclaiming = []string{
	"as an ai", "as a language model", "as a large language model", "i'm an ai", "i am an ai", "i'm just an ai", "i am just an ai",
	"don't have personal", "do not have personal", "don't have feelings", "do not have feelings", "don't have emotions", "do not have emotions",
	"don't have opinions", "do not have opinions", "don't have the ability to", "do not have the ability to", "don't experience", "do not experience",
}

// has says whether a text has one of some phrases.
func has(text string, phrases []string) bool {
	for _, p := range phrases {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}
