package collect

import (
	"testing"

	"silico/analysis/frame"
)

func TestKeysAreOneForEachRespondentAndCell(t *testing.T) {
	id := &frame.Column{Kind: frame.Factor, Levels: []string{"a", "b"}, Codes: []int32{0, 1, 0, 1, -1, 0}}
	cell := &frame.Column{Kind: frame.Factor, Levels: []string{"x", "y", "z"}, Codes: []int32{0, 0, 2, 0, 1, -1}}
	// A factor of very many levels makes the keys too many for an array.
	wide := &frame.Column{Kind: frame.Factor, Levels: make([]string, 1<<20), Codes: []int32{5, 5, 5, 5, 5, 5}}
	for name, cells := range map[string][]*frame.Column{"dense": {cell}, "sparse": {cell, wide}} {
		k := newKeys(id, cells)
		c := k.counter()
		if (c.dense != nil) != (name == "dense") {
			t.Errorf("%s: the numbers stand in the wrong place", name)
		}
		var got []int32
		for row := range id.Codes {
			key, ok := k.of(row)
			if !ok {
				got = append(got, 0)
				continue
			}
			got = append(got, c.next(key))
		}
		want := []int32{1, 1, 1, 2, 0, 0} // row 3 is the second of b in x; the last two lack something
		for row := range want {
			if got[row] != want[row] {
				t.Errorf("%s: row %d is answer %d of its unit, want %d", name, row, got[row], want[row])
			}
		}
	}
}
