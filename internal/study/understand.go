package study

import (
	"strings"

	"silico/internal/llm"
)

// understand says what the words of a reply mean.
func (it *item) understand(r *llm.Reply, order []int) (Status, string) {
	cut := r.Finish == llm.Length
	if cut && it.reasoning { // the answer stands at the end
		return CutOff, ""
	}
	f := it.finder(order)
	if f == nil {
		switch text := strings.TrimSpace(r.Text); {
		case cut:
			return CutOff, ""
		case it.reasoning:
			return it.afterThought(text)
		case text == "":
			return Unparsable, ""
		default:
			return Answered, text
		}
	}
	if c, ok := f.(*coding); ok {
		return it.coded(c, r.Text, cut)
	}
	words := reading{text: plainly(r.Text), last: it.reasoning}
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
	if order != nil && it.Code == nil && it.options.signs != noSigns {
		return it.measure.answer(it, order)
	}
	return it.found
}

// afterThought returns the words behind the last "Answer:".
func (it *item) afterThought(text string) (Status, string) {
	const mark = "answer:"
	for i := len(text) - len(mark); i >= 0; i-- {
		if strings.EqualFold(text[i:i+len(mark)], mark) {
			if text = strings.Trim(text[i+len(mark):], " \n\t*"); text != "" {
				return Answered, text
			}
			break
		}
	}
	return Unparsable, ""
}

// coded says what free words mean by a coding rule.
func (it *item) coded(c *coding, text string, cut bool) (Status, string) {
	if it.reasoning {
		status, said := it.afterThought(text)
		if status != Answered {
			return status, ""
		}
		text = said
	}
	words := plainly(text)
	field, ok := c.scan(words)
	switch {
	case cut:
		return CutOff, ""
	case ok:
		return Answered, field
	case has(words, declining) || has(words, disclaiming):
		return RefusedIt, ""
	}
	return Unparsable, ""
}
