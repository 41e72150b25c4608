package study

import (
	"math"
	"slices"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// Schema says what the columns of the study's frame mean and which sources it
// has: the respondent's id, the weight, covariates, factors each with its
// attributes, and then the other variables in the order of the file. It must
// not be changed.
func (s *Study) Schema() *frame.Schema { return s.schema }

// Variable returns the named variable of the study, nil when there is none.
func (s *Study) Variable(name string) *Variable {
	for _, v := range s.Variables {
		if v.Name == name {
			return v
		}
	}
	return nil
}

// Model returns the named model of the study, nil when there is none.
func (s *Study) Model(name string) *Model {
	for _, m := range s.Models {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// schema builds the columns from what is declared; the sources come later.
func (l *loader) schema() *frame.Schema {
	open := func(name, typ, role string) frame.Variable {
		return frame.Variable{Name: name, Type: typ, Role: role, Min: math.NaN(), Max: math.NaN()}
	}
	sc := &frame.Schema{ID: "id"}
	if p := l.s.People; p != nil {
		sc.ID, sc.Weight = columnName(p.ID, "id"), ""
		if p.Weight != "" {
			sc.Weight = columnName(p.Weight, "weight")
		}
	}
	id := open(sc.ID, "id", "id")
	id.Text = "Respondent"
	sc.Variables = append(sc.Variables, id)
	if sc.Weight != "" {
		w := open(sc.Weight, "number", "weight")
		w.Text = "Weight"
		sc.Variables = append(sc.Variables, w)
	}
	asked := l.asked()
	for _, v := range l.s.Variables {
		if v.Role == "" && slices.Contains(asked, v.Name) {
			v.Role = roleOutcome
		}
		if ofPerson(v) {
			sc.Variables = append(sc.Variables, v.Variable)
		}
	}
	for _, f := range l.s.Factors {
		v := open(f.Name, "choice", "factor")
		v.Text, v.Within = f.Text, f.Within
		labels := false
		for _, lev := range f.Levels {
			v.Levels = append(v.Levels, lev.Name)
			v.Labels = append(v.Labels, lev.words())
			labels = labels || lev.words() != lev.Name
		}
		if !labels {
			v.Labels = nil
		}
		sc.Variables = append(sc.Variables, v)
		for _, a := range f.Attributes {
			v := open(a, "", "attribute")
			v.Type, v.Levels = attributeType(f, a)
			v.Within, v.Of = f.Within, f.Name
			sc.Variables = append(sc.Variables, v)
		}
	}
	for _, v := range l.s.Variables {
		if !ofPerson(v) {
			v.Within = true
			sc.Variables = append(sc.Variables, v.Variable)
		}
	}
	l.variesWithin(sc)
	return sc
}

// ofPerson says whether a variable belongs to the person: it is one value for
// all rows of a respondent.
func ofPerson(v *Variable) bool {
	return v.Derived == "" && (v.Role == roleCovariate || v.Role == roleFactor)
}

// variesWithin settles for derived variables whether they vary within a
// respondent: when something does that they are made of.
func (l *loader) variesWithin(sc *frame.Schema) {
	for changed := true; changed; {
		changed = false
		for _, v := range l.s.Variables {
			if v.Is == nil || !v.Within {
				continue
			}
			within := slices.ContainsFunc(v.Is.Names(), func(name string) bool {
				part := sc.Variable(name)
				return part == nil || part.Within
			})
			if !within {
				v.Within, sc.Variable(v.Name).Within, changed = false, false, true
			}
		}
	}
}

// asked returns the names of the variables that questions ask for, before the
// questions are read.
func (l *loader) asked() []string {
	var names []string
	table, _ := l.doc.root["question"].(map[string]any)
	for _, k := range l.doc.children([]string{"question"}, table) {
		q, _ := table[k].(map[string]any)
		if v, ok := q["variable"].(string); ok {
			names = append(names, v)
		} else {
			names = append(names, k)
		}
	}
	return names
}

// columnName is the name in the frame of a column of a file: its own when a
// rule can name it, otherwise the given one.
func columnName(header, otherwise string) string {
	e, err := expr.Parse(header)
	if err != nil || len(e.Paths()) != 1 || e.Paths()[0].Col != 1 || e.Paths()[0].Segments[0] != header {
		return otherwise
	}
	return header
}

// words returns what readers see of a level.
func (lev *Level) words() string {
	if lev.Label != "" {
		return lev.Label
	}
	return lev.Name
}

// ownColumn notes a column that a key of [people] declares. A variable of the
// same name is one too many.
func (l *loader) ownColumn(key, name string, path []string) {
	if v, ok := l.variables[name]; ok {
		l.doc.at(v.path, "%s = %q of [people] declares this column already; take [variable.%s] out", key, name, name)
		l.broken = true
		return
	}
	l.column(name, path)
}

// checkColumns reports two columns of one name among those of the people file
// and those that are declared.
func (l *loader) checkColumns() {
	p := l.s.People
	if p == nil || l.peopleAt == nil {
		return
	}
	key := l.peopleAt.where("id")
	if !l.peopleAt.has("id") {
		key = l.peopleAt.path
	}
	l.ownColumn("id", columnName(p.ID, "id"), key)
	if p.Weight != "" {
		l.ownColumn("weight", columnName(p.Weight, "weight"), l.peopleAt.where("weight"))
	}
}

// derivations checks the rules of derived variables and orders them.
func (l *loader) derivations() {
	state := make(map[*Variable]int) // 1 on the way, 2 done
	var visit func(v *Variable) bool
	visit = func(v *Variable) bool {
		switch state[v] {
		case 1:
			l.doc.value(l.variables[v.Name].where("is"), "%s is made of itself, by way of the columns that it is made of", v.Name)
			l.broken = true
			return false
		case 2:
			return true
		}
		state[v] = 1
		for _, name := range v.Is.Names() {
			if part := l.s.Variable(name); part != nil && part.Is != nil && !visit(part) {
				state[v] = 2
				return true // reported once, where the circle closes
			}
		}
		state[v] = 2
		l.s.derived = append(l.s.derived, v)
		return true
	}
	for _, v := range l.s.Variables {
		if v.Is == nil {
			continue
		}
		path := l.variables[v.Name].where("is")
		if !l.rowNames(path, v.Is) {
			l.broken = true
			continue
		}
		kind, err := v.Is.Type(l.s.schema)
		if err != nil {
			l.doc.misexpressed(path, err)
			l.broken = true
			continue
		}
		if fit, words := derivable(v, kind); !fit {
			l.doc.value(path, "the rule gives %s, and a variable of type %s needs %s", kindWords(kind), v.Type, words)
			l.broken = true
		}
		visit(v)
	}
}

// rowNames reports columns that a rule over the people's rows cannot use.
func (l *loader) rowNames(path []string, e *expr.Expr) bool {
	for _, p := range e.Paths() {
		if slices.Contains(reservedColumns, p.Segments[0]) {
			l.doc.within(path, p.Col, "%s is not known yet when this rule is applied", p.Segments[0])
			return false
		}
	}
	return true
}

// derivable says whether a rule of some kind makes a variable of its type, and
// what does.
func derivable(v *Variable, kind expr.ValueKind) (bool, string) {
	switch v.Type {
	case "binary":
		return kind == expr.Truth || kind == expr.Number, "true or false"
	case "choice", "ordinal", "text":
		return kind == expr.Text, "text"
	}
	return kind == expr.Number || kind == expr.Truth, "a number"
}

func kindWords(kind expr.ValueKind) string {
	switch kind {
	case expr.Number:
		return "a number"
	case expr.Text:
		return "text"
	}
	return "true or false"
}
