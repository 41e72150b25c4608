package study

import (
	"strings"

	"silico/internal/llm"
)

// understand says what a reply in words means.
func (it *item) understand(r *llm.Reply, order []int) (Status, string) {
	switch {
	case r.Refusal != "" || r.Finish == llm.Refused:
		return RefusedIt, ""
	case r.Finish == llm.Filtered:
		return Filtered, ""
	}
	cut := r.Finish == llm.Length
	f := it.finder(order)
	if f == nil {
		switch text := strings.TrimSpace(r.Text); {
		case cut:
			return CutOff, ""
		case text == "":
			return Unparsable, ""
		default:
			return Answered, text
		}
	}
	words := reading{text: plainly(r.Text), cut: cut}
	field, loose, ok := words.find(f)
	if ok && loose && !it.declines && has(words.text, declining) {
		return Unparsable, ""
	}
	switch {
	case ok && !(cut && it.longer(words.text, field)):
		return Answered, field
	case cut:
		return CutOff, ""
	case has(words.text, declining) || has(words.text, disclaiming):
		return RefusedIt, ""
	}
	return Unparsable, ""
}

// longer says whether a text that was cut off might have gone on to another
// answer: "1" to "10", "no" to "no answer".
func (it *item) longer(text, field string) bool {
	if it.options == nil { // a number
		return len(text) > 0 && isDigit(text[len(text)-1])
	}
	last := text[strings.LastIndexAny(text, " \n")+1:]
	if last == "" || strings.ContainsAny(last[len(last)-1:], ".,;:!?)") {
		return false
	}
	for k, level := range it.options.levels {
		if level != field && (strings.HasPrefix(plainly(it.options.labels[k]), last) || strings.HasPrefix(plainly(level), last)) {
			return true
		}
	}
	return false
}

// finder returns what finds the answer in the words of a reply to a question
// whose options were shown in some order, nil for that of their declaration;
// nil when the words are the answer.
func (it *item) finder(order []int) finder {
	if it.measure.answer == nil {
		return nil
	}
	if it.found == nil || order != nil && it.options.signs != noSigns {
		return it.measure.answer(it, order)
	}
	return it.found
}
