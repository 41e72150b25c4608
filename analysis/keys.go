package analysis

import "silico/analysis/frame"

// keys number the rows of a frame by what they have in some columns of codes:
// rows with one key are alike in all of them.
type keys struct {
	columns [][]int32 // -1 is missing
	sizes   []int     // how many codes each column has, missing among them
	size    int       // how many keys there can be
}

// manyKeys is how many keys are counted in a table.
const manyKeys = 1 << 18

// newKeys returns keys without columns: all rows have one.
func newKeys() *keys { return &keys{size: 1} }

// and adds a column of codes below n; nil when the keys become too many.
func (k *keys) and(codes []int32, n int) *keys {
	if k == nil || k.size*(n+1) > manyKeys {
		return nil
	}
	return &keys{append(k.columns[:len(k.columns):len(k.columns)], codes), append(k.sizes[:len(k.sizes):len(k.sizes)], n+1), k.size * (n + 1)}
}

// andColumn adds a column of the frame; nil when it is of texts or of too many
// numbers.
func (k *keys) andColumn(f *frame.Frame, c *frame.Column) *keys {
	switch {
	case c.Coded():
		return k.and(c.Codes, len(c.Levels))
	case c.Kind == frame.Number && f.Col(c.Name) == c:
		if n := f.Numbered(c.Name); n != nil {
			return k.and(n.Codes, len(n.Values))
		}
	case c.Kind == frame.Number:
		if n := frame.NumberedOf(c.Nums); n != nil {
			return k.and(n.Codes, len(n.Values))
		}
	}
	return nil
}

// of returns the key of a row.
func (k *keys) of(row int) int {
	key := 0
	for c, codes := range k.columns {
		key = key*k.sizes[c] + int(codes[row]) + 1
	}
	return key
}

// count returns how many rows of a source have each key, and one that has it.
func (k *keys) count(src *sourceRows) (n []int, row []int) {
	n, row = make([]int, k.size), make([]int, k.size)
	for i := range src.rows {
		r := src.at(i)
		key := k.of(r)
		n[key]++
		row[key] = r
	}
	return n, row
}
