package collect

import "silico/analysis/frame"

// keys number the units of some rows: a respondent under a combination of
// levels, as one mixed-radix number.
type keys struct {
	id    *frame.Column
	cells []*frame.Column
	size  uint64 // one more than the largest key
}

func newKeys(id *frame.Column, cells []*frame.Column) *keys {
	k := &keys{id, cells, uint64(len(id.Levels))}
	for _, c := range cells {
		k.size *= uint64(len(c.Levels))
	}
	return k
}

// of returns the key of a row, false when a part of it is missing.
func (k *keys) of(row int) (uint64, bool) {
	key := k.id.Codes[row]
	if key < 0 {
		return 0, false
	}
	at := uint64(key)
	for _, c := range k.cells {
		if c.Codes[row] < 0 {
			return 0, false
		}
		at = at*uint64(len(c.Levels)) + uint64(c.Codes[row])
	}
	return at, true
}

// counter returns a number for each key, all 0.
//
// Note: a map for everything was tried; a million look-ups cost as much as the
// rest of the frame. Keys are dense unless a design has many factors, so an
// array serves until it would outgrow the data.
func (k *keys) counter() *counter {
	if rows := uint64(k.id.Len()); k.size <= 1<<16+16*rows {
		return &counter{dense: make([]int32, k.size)}
	}
	return &counter{sparse: make(map[uint64]int32)}
}

// counter holds a number for each key.
type counter struct {
	dense  []int32
	sparse map[uint64]int32
}

// at returns the number of a key.
func (c *counter) at(key uint64) int32 {
	if c.dense != nil {
		return c.dense[key]
	}
	return c.sparse[key]
}

// set gives a key a number.
func (c *counter) set(key uint64, n int32) {
	if c.dense != nil {
		c.dense[key] = n
		return
	}
	c.sparse[key] = n
}

// next adds one to the number of a key and returns it.
func (c *counter) next(key uint64) int32 {
	n := c.at(key) + 1
	c.set(key, n)
	return n
}
