package study

import (
	"fmt"
	"strconv"

	"silico/analysis/frame"
)

// table is what was read of a file, by variable.
type table struct {
	file   *csvFile
	cols   []*frame.Column
	wanted []wanted
	index  []int          // of each column in the file
	rows   []int          // of each row in the file
	bad    []map[int]bool // of each column the rows that have a problem already
	within []*Factor
}

// readTable reads the wanted columns of the kept rows; keep nil keeps all.
func readTable(c *csvFile, list []wanted, keep []bool) *table {
	t := &table{file: c, wanted: list}
	readers := make([]*cells, len(list))
	for i, w := range list {
		readers[i] = newCells(w.variable, w.missing, c.rows)
		t.index = append(t.index, c.column(w.header))
		t.bad = append(t.bad, make(map[int]bool))
	}
	c.each(func(row int, fields []string) {
		if keep != nil && !keep[row] {
			return
		}
		t.rows = append(t.rows, row)
		for i, r := range readers {
			field := fields[t.index[i]]
			msg, hint := r.add(field)
			switch {
			case msg != "":
				t.bad[i][len(t.rows)-1] = true
				c.cell(row, t.index[i], hint, "%s", msg)
			case list[i].full && list[i].missing[field]:
				c.cell(row, t.index[i], "", "the %s is missing, and every row needs it", roleWords(list[i].variable))
			}
		}
	})
	for _, r := range readers {
		t.cols = append(t.cols, r.col)
	}
	return t
}

func roleWords(v *frame.Variable) string {
	switch v.Role {
	case "id":
		return "respondent"
	case "weight":
		return "weight"
	}
	return "level of " + v.Name
}

// col returns the column of a variable, nil when the file does not have it.
func (t *table) col(name string) *frame.Column {
	for _, c := range t.cols {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func (l *loader) withinFactors() []*Factor {
	var fs []*Factor
	for _, f := range l.s.Factors {
		if f.Within {
			fs = append(fs, f)
		}
	}
	return fs
}

// check reports units that are there twice, values that vary within a person,
// weights below zero, and attributes that contradict their level.
func (t *table) check(l *loader) {
	id := t.col(l.s.schema.ID)
	t.checkUnits(l, id)
	first := make([]int, len(id.Levels)) // of each person, row + 1
	for i, k := range id.Codes {
		if k >= 0 && first[k] == 0 {
			first[k] = i + 1
		}
	}
	for j, w := range t.wanted {
		c := t.cols[j]
		if w.variable.Role == "weight" {
			for i, x := range c.Nums {
				if x < 0 {
					t.file.cell(t.rows[i], t.index[j], "", "the weight %s is negative", c.String(i))
				}
			}
		}
		if !w.variable.Within && w.variable.Role != "id" && !w.optional {
			t.checkConstant(j, id, first)
		}
		if w.optional {
			t.checkAttribute(l, j)
		}
	}
}

// checkUnits reports a unit that is there twice.
func (t *table) checkUnits(l *loader, id *frame.Column) {
	cols := []*frame.Column{id}
	for _, f := range t.within {
		cols = append(cols, t.col(f.Name))
	}
	size := uint64(1)
	for _, c := range cols {
		size *= uint64(len(c.Levels))
	}
	// A map was tried for all: a million rows took half a second.
	var dense []int32
	var sparse map[uint64]int32
	if size < uint64(8*len(t.rows)+1<<16) {
		dense = make([]int32, size)
	} else {
		sparse = make(map[uint64]int32, len(t.rows))
	}
	for i := range t.rows {
		key, sound := uint64(0), true
		for _, c := range cols {
			sound = sound && c.Codes[i] >= 0
			key = key*uint64(len(c.Levels)) + uint64(c.Codes[i])
		}
		if !sound {
			continue
		}
		before := int32(0) // row + 1
		if dense != nil {
			if before = dense[key]; before == 0 {
				dense[key] = int32(i + 1)
			}
		} else if before = sparse[key]; before == 0 {
			sparse[key] = int32(i + 1)
		}
		if before > 0 {
			t.twice(cols, i, int(before-1))
		}
	}
}

// twice reports the second of two rows for one unit.
func (t *table) twice(cols []*frame.Column, row, before int) {
	what := "respondent " + cols[0].String(row)
	for _, c := range cols[1:] {
		what += fmt.Sprintf(", %s %s", c.Name, c.String(row))
	}
	way := "a person has one row, unless a factor is declared with within = true"
	if len(cols) > 1 {
		way = "a person has one row for each combination of the within factors"
	}
	t.file.cell(t.rows[row], t.index[0], "", "the same unit as row %d: %s; %s", t.rows[before]+1, what, way)
}

// checkConstant reports a value that is another in a later row of the person.
func (t *table) checkConstant(j int, id *frame.Column, first []int) {
	c := t.cols[j]
	for i, k := range id.Codes {
		if k < 0 || t.bad[j][i] || t.bad[j][first[k]-1] || same(c, i, first[k]-1) {
			continue
		}
		at := first[k] - 1
		what := map[string]string{"covariate": "a covariate", "weight": "the weight"}[t.wanted[j].variable.Role]
		if what == "" {
			what = "a factor between persons"
		}
		t.file.cell(t.rows[i], t.index[j], "", "%s of respondent %s is %s here and %s in row %d; %s is one value a person",
			c.Name, id.String(i), shown(c, i), shown(c, at), t.rows[at]+1, what)
	}
}

// same says whether two rows have the same value.
func same(c *frame.Column, i, j int) bool {
	switch c.Kind {
	case frame.Number:
		return c.Nums[i] == c.Nums[j] || c.Missing(i) && c.Missing(j)
	case frame.Text:
		return c.String(i) == c.String(j)
	}
	return c.Codes[i] == c.Codes[j]
}

// shown returns a value as a message says it.
func shown(c *frame.Column, i int) string {
	if c.Missing(i) {
		return "missing"
	}
	return fmt.Sprintf("%q", c.String(i))
}

// checkAttribute compares a column of the file with what the levels declare.
func (t *table) checkAttribute(l *loader, j int) {
	c := t.cols[j]
	f := l.s.factor(t.wanted[j].variable.Of)
	levels := t.col(f.Name)
	for i, k := range levels.Codes {
		if k < 0 || c.Missing(i) || t.bad[j][i] {
			continue
		}
		lev := &f.Levels[k]
		if want := lev.Attributes[c.Name]; c.String(i) != want && !sameNumber(c, i, want) {
			t.file.cell(t.rows[i], t.index[j], "", "%s is %q here, and the level %s of %s declares %s = %q", c.Name, c.String(i), lev.Name, f.Name, c.Name, want)
		}
	}
}

func sameNumber(c *frame.Column, i int, want string) bool {
	if c.Kind != frame.Number {
		return false
	}
	x, err := strconv.ParseFloat(want, 64)
	return err == nil && x == c.Nums[i]
}
