package stat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// cells are the rows of a design with equal rows put together: a design of
// factors has few different rows, and a likelihood needs of each only the sum
// of the weights and of the weighted outcomes.
type cells struct {
	x      *mat.Dense // a row a cell; nil with parts, until it is needed all the same
	parts  *partition // nil for designs without
	offset []float64  // nil for none
	w, wy  []float64  // sums of the weights, and of the weighted outcomes
	of     []int32    // the cell of each row, nil when each row is its own
}

// collapseFrom is the number of rows from which equal ones are looked for, and
// collapseSample how many are tried first: without a single equal pair among
// them the others are not tried.
const (
	collapseFrom   = 4096
	collapseSample = 1024
)

// cellsOf puts the equal rows of a design together: of one with parts always,
// of another one where it saves about half of them or more. w nil is 1 for each
// row.
func cellsOf(d *formula.Design, y, w, offset []float64) *cells {
	if d.Parts == nil || offset != nil {
		return newCells(d.Matrix(), y, w, offset)
	}
	c := &cells{}
	c.parts, c.of = collapseParts(d)
	return c.fill(y, w)
}

// newCells is cellsOf for the rows of a matrix.
func newCells(x *mat.Dense, y, w, offset []float64) *cells {
	n, _ := x.Dims()
	c := &cells{x: x, offset: offset}
	if n >= collapseFrom && c.repeats(n) {
		c.collapse(n)
	}
	return c.fill(y, w)
}

// fill sums the weights and the weighted outcomes by cell.
func (c *cells) fill(y, w []float64) *cells {
	if c.of == nil {
		c.w, c.wy = w, make([]float64, len(y))
		if w == nil {
			c.w = make([]float64, len(y))
			for i := range c.w {
				c.w[i] = 1
			}
		}
		for i := range y {
			c.wy[i] = c.w[i] * y[i]
		}
		return c
	}
	m, _ := c.dims()
	c.w, c.wy = make([]float64, m), make([]float64, m)
	for i, cell := range c.of {
		v := 1.0
		if w != nil {
			v = w[i]
		}
		c.w[cell] += v
		c.wy[cell] += v * y[i]
	}
	return c
}

// dims returns the numbers of cells and of columns.
func (c *cells) dims() (m, k int) {
	if c.parts != nil {
		return c.parts.cells, c.parts.columns
	}
	return c.x.Dims()
}

// plain makes the matrix of cells with parts, for columns that are too close to
// collinear for counts.
func (c *cells) plain() {
	if c.x == nil {
		m, k := c.dims()
		c.x = mat.NewDense(m, k, nil)
		c.parts.fill(0, m, c.x.RawMatrix().Data)
	}
}

// span returns the smallest and the largest value of a column.
func (c *cells) span(column int) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	if c.parts != nil {
		for _, p := range c.parts.parts {
			if a := slices.Index(p.Columns, column); a >= 0 {
				for i := range p.First {
					lo, hi = min(lo, p.Row(i)[a]), max(hi, p.Row(i)[a])
				}
			}
		}
		return lo, hi
	}
	m, _ := c.x.Dims()
	for i := range m {
		lo, hi = min(lo, c.x.At(i, column)), max(hi, c.x.At(i, column))
	}
	return lo, hi
}

// repeats says whether a sample of the rows has equal ones.
func (c *cells) repeats(n int) bool {
	t := newRowTable(c.x, c.offset, collapseSample)
	for s := range collapseSample {
		t.add(s * (n / collapseSample))
	}
	return len(t.first) < collapseSample
}

// collapse fills of and the rows of the cells, or leaves of nil when more than
// half of the first rows, or of all, are different.
func (c *cells) collapse(n int) {
	_, k := c.x.Dims()
	t := newRowTable(c.x, c.offset, n/2)
	of := make([]int32, n)
	for i := range of {
		of[i] = t.add(i)
		if len(t.first) > n/2 || i == n/8 && len(t.first) > n/16 {
			return
		}
	}
	x := mat.NewDense(len(t.first), k, nil)
	for cell, i := range t.first {
		copy(x.RawRowView(cell), c.x.RawRowView(i))
	}
	if c.offset != nil {
		offset := make([]float64, len(t.first))
		for cell, i := range t.first {
			offset[cell] = c.offset[i]
		}
		c.offset = offset
	}
	c.x, c.of = x, of
}

// cell returns the cell of a row.
func (c *cells) cell(row int) int {
	if c.of == nil {
		return row
	}
	return int(c.of[row])
}

// rowTable numbers the different rows of a matrix, by open addressing.
type rowTable struct {
	x      *mat.Dense
	offset []float64
	first  []int // the first row of each number
	slots  []int32
	mask   uint64
}

func newRowTable(x *mat.Dense, offset []float64, most int) *rowTable {
	size := 1024
	for size < 2*min(most, 1<<16) {
		size *= 2
	}
	t := &rowTable{x: x, offset: offset, slots: make([]int32, size), mask: uint64(size - 1)}
	return t
}

// add returns the number of the row's equals, a new one for the first of them.
func (t *rowTable) add(i int) int32 {
	row := t.x.RawRowView(i)
	off := 0.0
	if t.offset != nil {
		off = t.offset[i]
	}
	for at := t.hash(row, off) & t.mask; ; at = (at + 1) & t.mask {
		number := t.slots[at] - 1
		if number < 0 {
			t.first = append(t.first, i)
			t.slots[at] = int32(len(t.first))
			if 2*len(t.first) > len(t.slots) {
				t.grow()
			}
			return int32(len(t.first) - 1)
		}
		if t.equal(row, off, t.first[number]) {
			return number
		}
	}
}

func (t *rowTable) equal(row []float64, off float64, j int) bool {
	if t.offset != nil && t.offset[j] != off {
		return false
	}
	other := t.x.RawRowView(j)
	for c, v := range row {
		if v != other[c] {
			return false
		}
	}
	return true
}

func (t *rowTable) hash(row []float64, off float64) uint64 {
	h := math.Float64bits(off)
	for _, v := range row {
		h = (h ^ math.Float64bits(v+0)) * 0x9E3779B97F4A7C15 // -0 is 0
		h ^= h >> 29
	}
	return h
}

func (t *rowTable) grow() {
	t.slots = make([]int32, 2*len(t.slots))
	t.mask = uint64(len(t.slots) - 1)
	for number, i := range t.first {
		off := 0.0
		if t.offset != nil {
			off = t.offset[i]
		}
		at := t.hash(t.x.RawRowView(i), off) & t.mask
		for t.slots[at] != 0 {
			at = (at + 1) & t.mask
		}
		t.slots[at] = int32(number + 1)
	}
}
