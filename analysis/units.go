package analysis

import "silico/analysis/frame"

// units finds the row in which a respondent of one source stands under the same
// levels of the within factors as a row of another.
type units struct {
	person []int32
	within []*frame.Column
	rows   map[uint64]int
}

// newUnits notes the rows of a source: of several draws the first.
func newUnits(f *frame.Frame, src *sourceRows) *units {
	u := &units{person: personCodes(f), rows: make(map[uint64]int, len(src.rows))}
	for _, v := range withinFactors(f.Schema) {
		if c := f.Col(v.Name); c != nil && c.Coded() {
			u.within = append(u.within, c)
		}
	}
	for _, row := range src.rows {
		if key, ok := u.key(row); ok {
			if _, there := u.rows[key]; !there {
				u.rows[key] = row
			}
		}
	}
	return u
}

// key numbers a unit, false where a level is missing.
func (u *units) key(row int) (uint64, bool) {
	key := uint64(uint32(u.person[row]))
	for _, c := range u.within {
		if c.Codes[row] < 0 {
			return 0, false
		}
		key = key*uint64(len(c.Levels)) + uint64(c.Codes[row])
	}
	return key, true
}

// of returns the row of the source that is the same unit, -1 for none.
func (u *units) of(row int) int {
	if key, ok := u.key(row); ok {
		if at, ok := u.rows[key]; ok {
			return at
		}
	}
	return -1
}
