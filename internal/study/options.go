package study

import (
	"strconv"
	"sync"

	"silico/analysis/frame"
)

// options are the answers that a closed question leaves.
type options struct {
	levels []string // as they stand in the data
	labels []string // as they are shown
	signs  signs    // what they are shown with
	yesno  bool     // 0 and 1, shown as no and yes

	once   sync.Once
	spoken []answerString // by which it is chosen where it is shown with no sign
}

// optionsOf returns the options of a variable: its levels, or the whole numbers
// of a scale; nil when there is no end to its values.
func optionsOf(v *frame.Variable) *options {
	switch {
	case len(v.Levels) > 0:
		o := &options{levels: v.Levels, labels: v.Labels}
		if o.labels == nil {
			o.labels = v.Levels
		}
		return o
	case v.Type == "binary":
		return &options{levels: []string{"0", "1"}, labels: []string{"no", "yes"}, yesno: true}
	case v.Type == "scale" && v.Max-v.Min < maxOptions:
		o := &options{}
		for x := v.Min; x <= v.Max; x++ {
			o.levels = append(o.levels, strconv.FormatFloat(x, 'f', -1, 64))
		}
		o.labels = o.levels
		return o
	}
	return nil
}

// maxOptions is up to how many numbers a scale counts as a list of options.
const maxOptions = 101

// signs are what options are shown with.
type signs uint8

const (
	noSigns signs = iota
	letters       // A) B) C)
	numbers       // 1) 2) 3)
)

// sign returns the letter or number with which option k is shown, "" for none.
func (o *options) sign(order []int, k int) string {
	place := k
	for i, option := range order {
		if option == k {
			place = i
		}
	}
	switch o.signs {
	case letters:
		return string(rune('A' + place))
	case numbers:
		return strconv.Itoa(place + 1)
	}
	return ""
}

// synonyms returns further words for option k.
func (o *options) synonyms(k int) []string {
	if o.yesno {
		return []string{[]string{"false", "true"}[k]}
	}
	return nil
}

// Ways to show options, behind {{options. in a template; none shows them behind
// each other.
var optionFields = []string{"letters", "numbers", "lines", "first"}

// list appends the options in the order in which they are shown.
func (o *options) list(b []byte, order []int, field string) []byte {
	for i := range o.levels {
		k := i
		if order != nil {
			k = order[i]
		}
		switch {
		case field == "first":
			return append(b, o.labels[k]...)
		case i > 0 && field == "":
			b = append(b, ", "...)
		case i > 0:
			b = append(b, '\n')
		}
		switch field {
		case "lines":
			b = append(b, "- "...)
		case "letters":
			b = append(b, byte('A'+i), ')', ' ')
		case "numbers":
			b = append(strconv.AppendInt(b, int64(i+1), 10), ") "...)
		}
		b = append(b, o.labels[k]...)
	}
	return b
}

// shown returns option k as it is shown.
func (o *options) shown(order []int, k int) string {
	if sign := o.sign(order, k); sign != "" {
		return sign + ") " + o.labels[k]
	}
	return o.labels[k]
}

// signsOf returns what a placeholder shows the options with.
func signsOf(field string) signs {
	switch field {
	case "letters":
		return letters
	case "numbers":
		return numbers
	}
	return noSigns
}
