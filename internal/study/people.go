package study

import (
	"math"
	"path"
	"slices"
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
	keep, unknown, ok := l.whereRows(c, l.peopleAt.where("where"), p.Where)
	if !ok {
		return
	}
	p.Unknown = unknown
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
// is true, nil when there is no rule, and in how many it is missing.
func (l *loader) whereRows(c *csvFile, at []string, where string) (keep []bool, missing int, ok bool) {
	if where == "" {
		return nil, 0, true
	}
	e := l.doc.expression(at, where)
	if e == nil {
		return nil, 0, false
	}
	var cols []*frame.Column
	for i, h := range c.header {
		if slices.Contains(e.Names(), h) {
			cols = append(cols, rawColumn(c, i))
		} else {
			cols = append(cols, &frame.Column{Name: h, Kind: frame.Text, Texts: make([]string, c.rows)})
		}
	}
	keep, missing, err := e.Rows(frame.New(cols...))
	if err != nil {
		l.doc.misexpressed(at, err)
		return nil, 0, false
	}
	if !slices.Contains(keep, true) {
		l.doc.value(at, "the rule keeps no row of %s", c.name)
		return nil, 0, false
	}
	return keep, missing, true
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
