package frame

import (
	"fmt"
	"maps"
	"slices"
)

// Frame is an ordered set of columns of one length. It is read-only once
// made: every method that changes something returns a new frame, which may
// share columns with the old one.
type Frame struct {
	// Schema says what the columns mean. It is nil for frames that no study
	// made, such as the data of a figure.
	Schema *Schema

	cols  []*holder
	index map[string]int
	rows  int
	made  made
}

// New returns the frame of the given columns. It panics when two columns have
// one name or differ in length, which only a bug of ours can cause.
func New(cols ...*Column) *Frame {
	f := &Frame{index: make(map[string]int, len(cols))}
	for _, c := range cols {
		if _, ok := f.index[c.Name]; ok {
			panic(fmt.Sprintf("frame: two columns named %q", c.Name))
		}
		f.put(c)
	}
	return f
}

// put sets the column of c's name, behind the others where it is new.
func (f *Frame) put(c *Column) {
	if len(f.cols) == 0 {
		f.rows = c.Len()
	}
	if c.Len() != f.rows {
		panic(fmt.Sprintf("frame: column %q has %d rows, the first has %d", c.Name, c.Len(), f.rows))
	}
	h := &holder{name: c.Name, col: c}
	if i, ok := f.index[c.Name]; ok {
		f.cols[i] = h
		return
	}
	f.index[c.Name] = len(f.cols)
	f.cols = append(f.cols, h)
}

// Rows returns the number of rows.
func (f *Frame) Rows() int { return f.rows }

// Columns returns the columns in order.
func (f *Frame) Columns() []*Column {
	cols := make([]*Column, len(f.cols))
	for i, h := range f.cols {
		cols[i] = h.column()
	}
	return cols
}

// Names returns the names of the columns in order.
func (f *Frame) Names() []string {
	names := make([]string, len(f.cols))
	for i, h := range f.cols {
		names[i] = h.name
	}
	return names
}

// Col returns the named column, nil when there is none.
func (f *Frame) Col(name string) *Column {
	if i, ok := f.index[name]; ok {
		return f.cols[i].column()
	}
	return nil
}

// Take returns the frame of the given rows, in that order; a row may come
// more than once. The schema is kept, and so is the slice of rows, from which
// each column is made when it is first asked for.
func (f *Frame) Take(rows []int) *Frame {
	g := &Frame{Schema: f.Schema, cols: make([]*holder, len(f.cols)), index: f.index, rows: len(rows)}
	for i, h := range f.cols {
		g.cols[i] = &holder{name: h.name, of: h, rows: rows}
	}
	return g
}

// Filter returns the rows for which keep is true.
func (f *Frame) Filter(keep func(row int) bool) *Frame {
	var rows []int
	for i := range f.rows {
		if keep(i) {
			rows = append(rows, i)
		}
	}
	return f.Take(rows)
}

// With returns the frame with c put in the place of the column of its name,
// or behind the last column when there is none.
func (f *Frame) With(c *Column) *Frame {
	g := &Frame{Schema: f.Schema, cols: slices.Clone(f.cols), index: maps.Clone(f.index), rows: f.rows}
	g.put(c)
	return g
}

// Groups returns the rows of each level of a factor column, in the order of
// its levels; rows whose value is missing are in no group. A level without
// rows has an empty group. It panics when c is not coded.
func Groups(c *Column) [][]int {
	if !c.Coded() {
		panic(fmt.Sprintf("frame: groups of column %q, which has no levels", c.Name))
	}
	size := make([]int, len(c.Levels))
	for _, code := range c.Codes {
		if code >= 0 {
			size[code]++
		}
	}
	groups := make([][]int, len(c.Levels))
	for k, n := range size {
		if n > 0 {
			groups[k] = make([]int, 0, n)
		}
	}
	for i, code := range c.Codes {
		if code >= 0 {
			groups[code] = append(groups[code], i)
		}
	}
	return groups
}
