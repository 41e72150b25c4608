package study

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"silico/analysis/frame"
)

// measureChoice is one of several levels without order.
var measureChoice = measure{
	name:   "choice",
	kind:   frame.Factor,
	needs:  []string{"levels"},
	answer: namedOption,
}

// namedOption finds the option that is named by its label, by its level, or by
// the letter or number that it was shown with.
func namedOption(it *item, order []int) finder {
	return newOptionNames(it.options, order)
}

// optionNames are the names of options, as they are looked for in replies.
type optionNames struct {
	options *options
	names   []optionName // longest first
	exact   map[string]int
	numeric bool // every option has a name that is a number
}

type optionName struct {
	words  []string
	option int  // -1 when two options share the name
	weak   bool // one letter or a number: found among words only where it is marked
}

// newOptionNames returns the names of options that are shown in some order, nil
// for that of their declaration.
func newOptionNames(o *options, order []int) *optionNames {
	n := &optionNames{options: o, exact: make(map[string]int), numeric: true}
	for k := range o.levels {
		label, level := plainly(o.labels[k]), plainly(o.levels[k])
		n.add(k, label)
		n.add(k, level)
		if label != level {
			n.add(k, level+" "+label)
			n.add(k, label+" "+level)
		}
		for _, synonym := range o.synonyms(k) {
			n.add(k, synonym)
		}
		if sign := plainly(o.sign(order, k)); sign != "" {
			n.add(k, sign)
			n.add(k, "option "+sign)
			n.add(k, sign+" "+label)
			n.add(k, sign+" "+level)
		}
		_, err := strconv.ParseFloat(level, 64)
		n.numeric = n.numeric && err == nil
	}
	slices.SortStableFunc(n.names, func(a, b optionName) int { return len(b.words) - len(a.words) })
	return n
}

func (n *optionNames) add(option int, name string) {
	var words []string
	for _, w := range wordsOf(name) {
		words = append(words, w.text)
	}
	name = strings.Join(words, " ")
	if name == "" {
		return
	}
	if other, ok := n.exact[name]; ok {
		if other != option {
			n.exact[name] = -1
			for i := range n.names {
				if strings.Join(n.names[i].words, " ") == name {
					n.names[i].option = -1
				}
			}
		}
		return
	}
	n.exact[name] = option
	_, err := strconv.ParseFloat(name, 64)
	n.names = append(n.names, optionName{words, option, utf8.RuneCountInString(name) == 1 || err == nil})
}

// strict reads the name of an option, whatever the punctuation around it.
func (n *optionNames) strict(text string) (string, bool) {
	text = strings.Trim(text, " .,;:!?()[]{}'")
	k, ok := n.exact[text]
	if !ok {
		var words []string
		for _, w := range wordsOf(text) {
			words = append(words, w.text)
		}
		k, ok = n.exact[strings.Join(words, " ")]
	}
	if !ok || k < 0 {
		return "", false
	}
	return n.options.levels[k], true
}

// scan finds the one option that is named among other words.
func (n *optionNames) scan(text string) (string, bool) {
	ws := wordsOf(text)
	found := -1
	for i := 0; i < len(ws); {
		name := n.at(text, ws, i)
		if name == nil {
			i++
			continue
		}
		if name.option < 0 || found >= 0 && found != name.option || denied(ws, i) || deniedBehind(ws, i+len(name.words)-1) {
			return "", false
		}
		found = name.option
		i += len(name.words)
	}
	if found >= 0 {
		return n.options.levels[found], true
	}
	if n.numeric { // "I would give it a 4"
		if x, ok := oneNumber(text, float64(len(n.options.levels))); ok {
			if k := slices.Index(n.options.levels, strconv.FormatFloat(x, 'f', -1, 64)); k >= 0 {
				return n.options.levels[k], true
			}
		}
	}
	return "", false
}

// at returns the longest name that stands at ws[i], nil when none does.
func (n *optionNames) at(text string, ws []word, i int) *optionName {
	for j := range n.names {
		name := &n.names[j]
		if len(name.words) > len(ws)-i || name.weak && !marked(text, ws, i) {
			continue
		}
		same := true
		for k, w := range name.words {
			same = same && ws[i+k].text == w
		}
		if same {
			return name
		}
	}
	return nil
}

// deniedBehind says whether the words behind ws[i] take it back: "perhaps not",
// "yes would be wrong".
func deniedBehind(ws []word, i int) bool {
	if i+1 >= len(ws) || ws[i+1].clause != ws[i].clause {
		return false
	}
	switch ws[i+1].text {
	case "not", "isn't", "wouldn't", "wasn't":
		return true
	case "is", "would", "was":
		if i+2 < len(ws) && ws[i+2].clause == ws[i].clause {
			switch ws[i+2].text {
			case "not", "wrong", "never":
				return true
			case "be":
				return i+3 < len(ws) && (ws[i+3].text == "wrong" || ws[i+3].text == "too")
			}
		}
	}
	return false
}

// marked says whether ws[i], a letter or a number, is marked as an answer: it
// begins a line before ")", "." or ":", stands in brackets, or ends a clause
// behind a word such as "option".
func marked(text string, ws []word, i int) bool {
	before, after := strings.TrimRight(text[:ws[i].from], " '"), strings.TrimLeft(text[ws[i].end():], "'")
	closes := strings.HasPrefix(after, ")") || strings.HasPrefix(after, "]")
	if closes && (before == "" || strings.HasSuffix(before, "\n") || strings.HasSuffix(before, "(") || strings.HasSuffix(before, "[")) {
		return true
	}
	if before == "" || strings.HasSuffix(before, "\n") {
		after = strings.TrimLeft(after, " ")
		return after == "" || strings.ContainsAny(after[:1], ".,;:!?()[]-=\n")
	}
	if after != "" && !strings.ContainsAny(after[:1], ".,;:!?)\n") {
		return false
	}
	if i == 0 || strings.HasSuffix(before, ":") {
		return strings.HasSuffix(before, ":")
	}
	switch ws[i-1].text {
	case "option", "answer", "choice", "letter", "number", "is", "choose", "pick", "select", "say", "rate", "rating", "with":
		return true
	}
	return false
}
