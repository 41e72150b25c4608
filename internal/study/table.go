package study

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"silico/analysis/frame"
)

// table is what was read of a file, by variable.
type table struct {
	file   *csvFile
	cols   []*frame.Column
	wanted []wanted
	index  []int // of each column in the file
	cells  []*cells
	rows   []int32            // of each row in the file
	bad    []map[int]struct{} // of each column the rows that have a problem already
	within []*Factor
}

// block is how many rows a worker reads at a time.
const block = 1 << 14

// readTable reads the wanted columns of the kept rows; keep nil keeps all.
//
// Blocks of rows are read at the same time, each into its own part of the
// columns. The respondents are read by one worker, since they are numbered in
// the order of the file.
func readTable(c *csvFile, list []wanted, keep []bool) *table {
	t := &table{file: c, wanted: list, rows: kept(keep, c.rows()), bad: make([]map[int]struct{}, len(list))}
	type task struct {
		columns  []int
		from, to int
	}
	var tasks []task
	var closed []int
	for j, w := range list {
		t.index = append(t.index, c.column(w.header))
		t.cells = append(t.cells, newCells(w.variable, w.missing, len(t.rows)))
		if t.cells[j].open { // there is one of them: the respondent
			c.ids.reset()
			t.cells[j].levels = c.ids
			tasks = append(tasks, task{[]int{j}, 0, len(t.rows)})
		} else {
			closed = append(closed, j)
		}
	}
	for from := 0; from < len(t.rows); from += block {
		tasks = append(tasks, task{closed, from, min(from+block, len(t.rows))})
	}
	flaws := make([][]flaw, len(tasks))
	inParallel(len(tasks), func(k int) { flaws[k] = t.read(tasks[k].columns, tasks[k].from, tasks[k].to) })
	t.report(slices.Concat(flaws...))
	for _, r := range t.cells {
		t.cols = append(t.cols, r.column())
	}
	return t
}

// kept returns the rows to keep of n, all of them when keep is nil.
func kept(keep []bool, n int) []int32 {
	for _, yes := range keep {
		if !yes {
			n--
		}
	}
	rows := make([]int32, 0, n)
	for row := int32(0); len(rows) < n; row++ {
		if keep == nil || keep[row] {
			rows = append(rows, row)
		}
	}
	return rows
}

// flaw is a cell that is not sound, or that is missing where it must not be.
type flaw struct {
	row, column int32 // of the table
	missing     bool
}

// read puts some rows into some columns.
func (t *table) read(columns []int, from, to int) []flaw {
	fields := 0
	for _, j := range columns {
		fields = max(fields, t.index[j]+1)
	}
	row, flaws := make([]string, fields), []flaw(nil)
	for i := from; i < to; i++ {
		t.file.split(int(t.rows[i]), row)
		for _, j := range columns {
			sound := t.cells[j].put(i, row[t.index[j]])
			if !sound || t.wanted[j].full && t.cells[j].col.Missing(i) {
				flaws = append(flaws, flaw{int32(i), int32(j), sound})
			}
		}
	}
	return flaws
}

// report notes what is wrong with cells, row by row.
func (t *table) report(flaws []flaw) {
	slices.SortFunc(flaws, func(a, b flaw) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column)) })
	fields := make([]string, len(t.file.header))
	for _, f := range flaws {
		if !f.missing {
			if t.bad[f.column] == nil {
				t.bad[f.column] = make(map[int]struct{})
			}
			t.bad[f.column][int(f.row)] = struct{}{}
		}
		if len(t.file.problems) >= maxProblems {
			t.file.more++
			continue
		}
		msg, hint := "the "+roleWords(t.wanted[f.column].variable)+" is missing, and every row needs it", ""
		if !f.missing {
			t.file.split(int(t.rows[f.row]), fields)
			msg, hint = t.cells[f.column].mistake(fields[t.index[f.column]])
		}
		t.file.cell(int(t.rows[f.row]), t.index[f.column], hint, "%s", msg)
	}
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
					t.file.cell(int(t.rows[i]), t.index[j], "", "the weight %s is negative", c.String(i))
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
	t.file.cell(int(t.rows[row]), t.index[0], "", "the same unit as row %d: %s; %s", t.rows[before]+1, what, way)
}

// checkConstant reports a value that is another in a later row of the person,
// once a person: it may be the first row that is wrong.
func (t *table) checkConstant(j int, id *frame.Column, first []int) {
	c := t.cols[j]
	told := make(map[int32]bool)
	for i, k := range id.Codes {
		if k < 0 || same(c, i, first[k]-1) || told[k] || t.isBad(j, i) || t.isBad(j, first[k]-1) {
			continue
		}
		told[k] = true
		at := first[k] - 1
		what := map[string]string{"covariate": "a covariate", "weight": "the weight"}[t.wanted[j].variable.Role]
		if what == "" {
			what = "a factor between persons"
		}
		t.file.cell(int(t.rows[i]), t.index[j], "", "%s of respondent %s is %s here and %s in row %d; %s is one value a person",
			c.Name, id.String(i), shown(c, i), shown(c, at), t.rows[at]+1, what)
	}
}

// isBad says whether a cell has a problem already.
func (t *table) isBad(column, row int) bool {
	_, bad := t.bad[column][row]
	return bad
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
		if k < 0 || c.Missing(i) || t.isBad(j, i) {
			continue
		}
		lev := &f.Levels[k]
		if want := lev.Attributes[c.Name]; c.String(i) != want && !sameNumber(c, i, want) {
			t.file.cell(int(t.rows[i]), t.index[j], "", "%s is %q here, and the level %s of %s declares %s = %q", c.Name, c.String(i), lev.Name, f.Name, c.Name, want)
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
