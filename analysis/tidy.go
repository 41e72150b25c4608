package analysis

import "silico/analysis/frame"

// tidy collects the rows of a figure's data.
type tidy struct {
	names []string
	kinds map[string]bool // true for numbers
	nums  map[string][]float64
	texts map[string][]string
}

// newTidy returns data without rows; columns whose name begins with # are
// numbers.
func newTidy(names ...string) *tidy {
	t := &tidy{kinds: map[string]bool{}, nums: map[string][]float64{}, texts: map[string][]string{}}
	for _, n := range names {
		number := n[0] == '#'
		if number {
			n = n[1:]
		}
		t.names = append(t.names, n)
		t.kinds[n] = number
	}
	return t
}

// add adds a row: its texts and its numbers, each in the order of the columns.
func (t *tidy) add(texts []string, nums ...float64) {
	for _, n := range t.names {
		if t.kinds[n] {
			t.nums[n], nums = append(t.nums[n], nums[0]), nums[1:]
		} else {
			t.texts[n], texts = append(t.texts[n], texts[0]), texts[1:]
		}
	}
}

// rows returns how many rows there are.
func (t *tidy) rows() int { return max(len(t.nums[t.names[0]]), len(t.texts[t.names[0]])) }

// frame returns the data; texts become factors whose levels are in the order of
// their appearance.
func (t *tidy) frame() *frame.Frame {
	var cols []*frame.Column
	for _, n := range t.names {
		if t.kinds[n] {
			cols = append(cols, frame.Numbers(n, t.nums[n]))
		} else {
			cols = append(cols, frame.Factors(n, t.texts[n], nil))
		}
	}
	return frame.New(cols...)
}
