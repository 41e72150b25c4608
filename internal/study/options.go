package study

import (
	"strconv"

	"silico/analysis/frame"
)

// options are the answers that a closed question leaves.
type options struct {
	levels []string // as they stand in the data
	labels []string // as they are shown
	signs  signs    // what they are shown with
	yesno  bool     // 0 and 1, shown as no and yes
}

// optionsOf returns the options of a variable: its levels, or the whole numbers
// of a scale; nil when its values are too many to be shown.
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
	case v.Type == "scale":
		o := &options{}
		for x := v.Min; x <= v.Max && len(o.levels) < maxOptions; x++ {
			o.levels = append(o.levels, strconv.FormatFloat(x, 'f', -1, 64))
		}
		o.labels = o.levels
		return o
	}
	return nil
}

// maxOptions is how many options are shown at most.
const maxOptions = 1000

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
