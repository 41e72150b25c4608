package study

import (
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
	file, ok := l.file(at, p.File, "people file")
	if !ok {
		return
	}
	l.checkDigest(file.input.SHA256)
	if !l.broken {
		l.peopleRows(l.csv(p.File, file))
	}
}

// peopleRows reads the rows of the people file.
func (l *loader) peopleRows(c *csvFile) {
	p := l.s.People
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
	l.checkWeights(p.Frame)
}

// checkWeights reports weights by which nobody counts.
func (l *loader) checkWeights(f *frame.Frame) {
	if f == nil || l.s.schema.Weight == "" {
		return
	}
	weight, sample := f.Col(l.s.schema.Weight), f.Col(frame.SampleColumn)
	for i, x := range weight.Nums {
		if x > 0 && sample.Levels[sample.Codes[i]] == frame.Evaluation {
			return
		}
	}
	l.doc.value(l.peopleAt.where("weight"), "every weight in the evaluation sample is 0, so that nobody counts; name another column, or leave weight out")
}

// checkDigest compares the digest of the file with the declared one.
func (l *loader) checkDigest(in string) {
	if l.sha256 == "" {
		return
	}
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

// wanted is a column of a file that is read, and what it becomes.
type wanted struct {
	header   string
	variable *frame.Variable
	missing  []string // fields that mean missing
	path     []string // where the study names it
	optional bool     // an attribute, which the levels give as well
	full     bool     // a value is missing in no row
}

var (
	empty     = []string{""}
	emptyOrNA = []string{"", "NA"}
)

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
			w.header, w.path, w.missing, w.full = p.ID, l.peopleAt.where("id"), empty, true
		case "weight":
			w.header, w.path, w.full = p.Weight, l.peopleAt.where("weight"), true
		case "attribute":
			w.optional = true
		case roleStatus, frame.RoleChance:
			continue
		default:
			if f := l.s.factor(v.Name); f != nil {
				w.header, w.path, w.full = f.Column, l.factors[f.Name].where("column"), true
				w.missing = empty
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
		case v.Derived != "", v.Role == roleStatus, v.Role == frame.RoleChance:
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
	f := s.factor(v.Of)
	c := newCells(v, emptyOrNA, len(f.Levels)+1)
	for k, lev := range f.Levels {
		c.put(k, lev.Attributes[v.Name])
	}
	c.put(len(f.Levels), "")
	rows := make([]int, levels.Len())
	for i, k := range levels.Codes {
		if rows[i] = int(k); k < 0 {
			rows[i] = len(f.Levels)
		}
	}
	return c.column().Take(rows)
}
