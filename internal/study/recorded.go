package study

import (
	"slices"

	"silico/analysis/frame"
)

// recorded checks a model whose answers stand in a file.
func (l *loader) recorded(s *section, spec *specModel, m *Model) {
	r := &Recorded{File: spec.File, Join: spec.Join, ID: spec.ID, Columns: make(map[string]string)}
	m.Recorded = r
	l.required(s, "file", `file = "answers.csv"`)
	if r.Join == "" {
		r.Join = "id"
	}
	if s.has("join") {
		switch {
		case !l.oneOf(s, "join", r.Join, []string{"id", "none"}, "join"):
			r.Join = "id"
		case r.Join == "id" && l.s.People == nil && l.s.Respondents != nil:
			l.doc.value(s.where("join"), "this study has no people to join by id; write join = \"none\"")
		}
	}
	if r.ID == "" && !s.has("id") {
		r.ID = "id"
		if l.s.People != nil {
			r.ID = l.s.People.ID
		}
	}
	var known []string
	for i := range l.s.schema.Variables {
		v := &l.s.schema.Variables[i]
		if v.Derived == "" && v.Role != "id" && v.Role != "attribute" {
			known = append(known, v.Name)
		}
	}
	mapped := tableOf(s.table["columns"])
	for _, k := range l.doc.children(s.where("columns"), mapped) {
		if v := l.s.Variable(k); v != nil && v.Derived != "" {
			l.doc.at(s.where("columns", k), "%s is derived from other variables; map those", k)
			continue
		}
		at := s.where("columns", k)
		if !slices.Contains(known, k) {
			l.doc.at(at, "unknown variable %q", k)
			l.suggestOf(k, known)
			continue
		}
		if column, ok := mapped[k].(string); ok {
			r.Columns[k] = column
		}
	}
	if len(mapped) == 0 {
		l.ownNames(r)
	}
	l.checkAnswers(s, m, known)
	l.records = append(l.records, recordAt{m, s})
}

// checkAnswers reports a file from which no answer would be read.
func (l *loader) checkAnswers(s *section, m *Model, known []string) {
	var answers []string
	for _, name := range known {
		if v := l.s.schema.Variable(name); l.s.Answers(v) {
			answers = append(answers, name)
		}
	}
	switch {
	case slices.ContainsFunc(answers, func(name string) bool { return m.Recorded.Columns[name] != "" }):
	case s.has("columns") && len(m.Recorded.Columns) == len(tableOf(s.table["columns"])):
		l.doc.at(s.where("columns"), "model %q gives no answers: columns names none%s", m.Name, list(answers, " of "))
	case answers == nil:
		l.doc.at(s.path, "model %q gives no answers: no question asks for any, and no variable is a belief, an action or an outcome", m.Name)
	}
}

// ownNames maps what a file should have under its own name: the asked
// variables, or all answers where nothing is asked, and for respondents of
// their own what is known of them.
func (l *loader) ownNames(r *Recorded) {
	for i := range l.s.schema.Variables {
		v := &l.s.schema.Variables[i]
		asked := slices.ContainsFunc(l.s.Questions, func(q *Question) bool { return q.Variable == v.Name })
		if len(l.s.Questions) == 0 {
			asked = v.Derived == "" && l.s.Answers(v)
		}
		if asked || r.Join == "none" && (v.Role == roleCovariate || v.Role == roleFactor) && l.s.factor(v.Name) == nil {
			r.Columns[v.Name] = v.Name
		}
	}
}

// recordAt is a file of answers to be read, and where it is declared.
type recordAt struct {
	model *Model
	at    *section
}

// readRecorded reads the files of the recorded models.
func (l *loader) readRecorded() {
	for _, r := range l.records {
		if r.model.Recorded.File == "" || l.root == nil {
			continue
		}
		file, ok := l.file(r.at.where("file"), r.model.Recorded.File, "file")
		if !ok || l.broken {
			continue
		}
		c := l.csv(r.model.Recorded.File, file)
		if c.sound() {
			l.record(r, c)
		}
		l.files = append(l.files, c.found()...)
	}
}

// record reads the rows of one model: the respondent, the factors that the
// file has, and the mapped variables. Factors between persons come from the
// people when rows are joined to them.
func (l *loader) record(at recordAt, c *csvFile) {
	r := at.model.Recorded
	where, _ := at.at.table["where"].(string)
	if where != "" {
		r.Where = l.doc.expression(at.at.where("where"), where)
		if r.Where == nil {
			return
		}
	}
	keep, unknown, ok := l.whereRows(c, at.at.where("where"), where)
	if !ok {
		return
	}
	r.Unknown = unknown
	var list []wanted
	for i := range l.s.schema.Variables {
		v := &l.s.schema.Variables[i]
		w := wanted{variable: v, missing: emptyOrNA}
		switch {
		case v.Role == "id":
			w.header, w.path, w.missing, w.full = r.ID, at.at.where("id"), empty, true
		case r.Columns[v.Name] != "":
			w.header, w.path = r.Columns[v.Name], at.at.where("columns", v.Name)
			if d := l.s.Variable(v.Name); d != nil {
				w.missing = d.missing
			}
		case l.s.factor(v.Name) != nil:
			f := l.s.factor(v.Name)
			w.header, w.path, w.full = f.Column, l.factors[f.Name].path, true
			w.optional = r.Join == "id" && !f.Within
			if r.Join == "id" && w.optional {
				continue
			}
		default:
			continue
		}
		list = append(list, w)
	}
	list, ok = l.present(c, list)
	if !ok {
		return
	}
	t := readTable(c, list, keep)
	if len(c.problems) > 0 {
		return
	}
	f := frame.New(t.cols...)
	f.Schema = l.s.schema
	r.Rows = f
}
