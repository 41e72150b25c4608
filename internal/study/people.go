package study

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// readPeople reads the people file into the frame of the people, and settles
// for each row which sample its person is in.
func (l *loader) readPeople() {
	p := l.s.People
	if p == nil || p.File == "" || l.root == nil {
		return
	}
	at := l.peopleAt.where("file")
	data, ok := l.file(at, p.File, "people file")
	if !ok {
		return
	}
	l.checkDigest()
	if !l.broken {
		l.peopleRows(data)
	}
}

// peopleRows reads the bytes of the people file.
func (l *loader) peopleRows(data []byte) {
	p := l.s.People
	c := readCSV(path.Join(l.dir, p.File), data)
	defer func() { l.files = append(l.files, c.found()...) }()
	if !c.sound() {
		return
	}
	keep, ok := l.whereRows(c, l.peopleAt.where("where"), p.Where)
	if !ok {
		return
	}
	wanted, ok := l.peopleColumns(c)
	if !ok {
		return
	}
	t := readTable(c, wanted, keep)
	t.within = l.withinFactors()
	t.check(l)
	if len(c.problems) > 0 {
		return
	}
	f := l.peopleFrame(t)
	f, err := l.s.Derive(f)
	if err != nil {
		l.doc.at(l.peopleAt.path, "%v", err)
		return
	}
	p.Frame = l.assignSamples(f) // nil when the samples cannot be made
}

// checkDigest compares the file with its declared digest.
func (l *loader) checkDigest() {
	if l.sha256 == "" {
		return
	}
	in := l.s.Inputs[len(l.s.Inputs)-1].SHA256
	at := l.peopleAt.where("sha256")
	want := strings.TrimPrefix(strings.ToLower(l.sha256), "sha256:")
	switch {
	case want == in:
	case len(want) != 64 || strings.Trim(want, "0123456789abcdef") != "":
		l.doc.value(at, "sha256 must be 64 hexadecimal digits; those of %s are %s", l.s.People.File, in)
	default:
		l.doc.value(at, "%s has other bytes than declared: its sha256 is %s, not %s; when the change is meant, write sha256 = %q", l.s.People.File, in, want, in)
	}
}

// whereRows returns the rows of a file for which a rule over its own columns
// is true; nil when there is no rule.
func (l *loader) whereRows(c *csvFile, at []string, where string) ([]bool, bool) {
	if where == "" {
		return nil, true
	}
	e := l.doc.expression(at, where)
	if e == nil {
		return nil, false
	}
	var cols []*frame.Column
	for i, h := range c.header {
		if slices.Contains(e.Names(), h) {
			cols = append(cols, rawColumn(c, i))
		} else {
			cols = append(cols, &frame.Column{Name: h, Kind: frame.Text, Texts: make([]string, c.rows)})
		}
	}
	keep, _, err := e.Rows(frame.New(cols...))
	if err != nil {
		l.doc.misexpressed(at, err)
		return nil, false
	}
	if !slices.Contains(keep, true) {
		l.doc.value(at, "the rule keeps no row of %s", c.name)
		return nil, false
	}
	return keep, true
}

// rawColumn returns a column of a file that nothing declares: numbers when
// every value is one, text otherwise; empty cells and NA are missing.
func rawColumn(c *csvFile, i int) *frame.Column {
	number := frame.Variable{Name: c.header[i], Type: "number", Min: math.NaN(), Max: math.NaN()}
	numbers := newCells(&number, emptyOrNA, c.rows)
	texts := newCells(&frame.Variable{Name: c.header[i], Type: "text"}, emptyOrNA, c.rows)
	isNumber := true
	c.each(func(_ int, fields []string) {
		if msg, _ := numbers.add(fields[i]); msg != "" {
			isNumber = false
		}
		texts.add(fields[i])
	})
	if isNumber {
		return numbers.col
	}
	return texts.col
}

// wanted is a column of a file that is read, and what it becomes.
type wanted struct {
	header   string
	variable *frame.Variable
	missing  map[string]bool
	path     []string // where the study names it
	optional bool     // an attribute, which the levels give as well
	full     bool     // a value is missing in no row
}

var emptyOrNA = map[string]bool{"": true, "NA": true}

// peopleColumns lists the columns to read, and reports those that there are
// not.
func (l *loader) peopleColumns(c *csvFile) ([]wanted, bool) {
	p := l.s.People
	var list []wanted
	for i := range l.s.schema.Variables {
		v := &l.s.schema.Variables[i]
		w := wanted{variable: v, header: v.Name, missing: emptyOrNA}
		switch v.Role {
		case "id":
			w.header, w.path, w.missing, w.full = p.ID, l.peopleAt.where("id"), map[string]bool{"": true}, true
		case "weight":
			w.header, w.path, w.full = p.Weight, l.peopleAt.where("weight"), true
		case "attribute":
			w.optional = true
		default:
			if f := l.s.factor(v.Name); f != nil {
				w.header, w.path, w.full = f.Column, l.factors[f.Name].where("column"), true
				w.missing = map[string]bool{"": true}
			} else {
				d := l.s.Variable(v.Name)
				if d.Derived != "" {
					continue
				}
				w.header, w.missing, w.path = d.Column, d.missing, l.variables[v.Name].where("column")
			}
		}
		list = append(list, w)
	}
	return l.present(c, list)
}

// present keeps the columns that a file has and reports the others.
func (l *loader) present(c *csvFile, list []wanted) ([]wanted, bool) {
	ok := true
	var found []wanted
	for _, w := range list {
		if c.column(w.header) >= 0 {
			found = append(found, w)
			continue
		}
		if w.optional {
			continue
		}
		ok = false
		at := l.doc.spot(w.path).value
		if _, own := l.doc.spots.at[pathKey(w.path...)]; !own {
			at = l.doc.spot(w.path).key
		}
		l.doc.add(at, "%s has no column %q for %s", c.name, w.header, w.variable.Name)
		l.suggest(expr.Suggest(w.header, c.header))
		if p := &l.doc.problems[len(l.doc.problems)-1]; p.Hint == "" {
			p.Msg += "; it has " + shortList(c.header)
		}
	}
	return found, ok
}

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

// peopleFrame puts the columns in the order of the schema, attributes made
// from their levels.
func (l *loader) peopleFrame(t *table) *frame.Frame {
	var cols []*frame.Column
	for i := range l.s.schema.Variables {
		v := &l.s.schema.Variables[i]
		switch {
		case v.Derived != "":
		case v.Of != "":
			cols = append(cols, l.s.attribute(v, t.col(v.Of)))
		default:
			cols = append(cols, t.col(v.Name))
		}
	}
	f := frame.New(cols...)
	f.Schema = l.s.schema
	return f
}

// attribute returns the column of an attribute from the column of its factor.
func (s *Study) attribute(v *frame.Variable, levels *frame.Column) *frame.Column {
	c := newCells(v, emptyOrNA, levels.Len())
	f := s.factor(v.Of)
	for _, k := range levels.Codes {
		if k < 0 {
			c.add("")
			continue
		}
		c.add(f.Levels[k].Attributes[v.Name])
	}
	return c.col
}
