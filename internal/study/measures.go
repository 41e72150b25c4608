package study

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

var roles = []string{"covariate", "factor", "belief", "action", "outcome"}

// Roles of variables.
const (
	roleCovariate = "covariate"
	roleFactor    = "factor"
	roleOutcome   = "outcome"
)

// measures reads [variable.*].
func (l *loader) measures() {
	for _, s := range l.named("variable") {
		var spec specVariable
		before := len(l.doc.problems)
		s.decode(&spec)
		name := s.path[1]
		v := &Variable{Column: spec.Column, Ask: spec.Ask, Tell: spec.Tell, Variable: frame.Variable{
			Name: name, Type: spec.Type, Role: spec.Role, Derived: spec.Is,
			Text:   strings.TrimSpace(spec.Text),
			Levels: spec.Levels, Labels: spec.Labels, Scores: spec.Scores,
			Min: math.NaN(), Max: math.NaN(),
		}}
		if v.Text == "" {
			v.Text = strings.TrimSpace(spec.Description)
		} else if spec.Description != "" {
			l.doc.at(s.where("description"), "text and description say the same; keep one of them")
		}
		if v.Column == "" {
			v.Column = name
		}
		if spec.Min != nil {
			v.Min = *spec.Min
		}
		if spec.Max != nil {
			v.Max = *spec.Max
		}
		if v.Min > v.Max {
			l.doc.value(s.where("max"), "max is smaller than min")
		}
		l.checkMeasure(s, v)
		l.checkLevels(s, v)
		v.missing = l.missingCodes(s, spec.Missing, v.Levels)
		if spec.Role != "" {
			l.oneOf(s, "role", spec.Role, roles, "role")
		}
		if spec.Is != "" {
			for _, key := range []string{"column", "missing"} {
				if s.has(key) {
					l.doc.at(s.where(key), "%s is derived by is and stands in no file; %s has no meaning", name, key)
				}
			}
			v.Is = l.doc.expression(s.where("is"), spec.Is)
		}
		if len(l.doc.problems) > before {
			l.broken = true
		}
		l.variables[name] = s
		l.column(name, s.path)
		l.s.Variables = append(l.s.Variables, v)
	}
}

// column notes the declaration of a column; two of one name are reported.
func (l *loader) column(name string, path []string) {
	if slices.Contains(reservedColumns, name) {
		l.doc.at(path, "%q is a column of every frame; choose another name", name)
		l.broken = true
		return
	}
	if other, ok := l.columns[name]; ok {
		line, _, _ := lineOf(l.doc.src, l.doc.spot(other).key, l.doc.first)
		l.doc.at(path, "column %q is declared before, on line %d; choose another name", name, line)
		l.broken = true
		return
	}
	l.columns[name] = path
}

func (l *loader) checkLevels(s *section, v *Variable) {
	if !s.has("levels") {
		if s.has("labels") && !s.names("levels") {
			l.doc.at(s.where("labels"), "labels are for levels, and there are none")
		}
		return
	}
	if m := measureOf(v.Type); len(v.Levels) < 2 && m != nil && m.takes("levels") {
		l.doc.value(s.where("levels"), "a variable needs at least two levels")
	}
	for i, lev := range v.Levels {
		switch at := s.where("levels", element(i)); {
		case lev == "" && isText(s.table["levels"], i):
			l.doc.value(at, "a level is empty, and an empty cell means a missing value; leave it out")
		case slices.Index(v.Levels, lev) < i && lev != "":
			l.doc.value(at, "level %q is there twice", lev)
		}
	}
	if s.has("labels") && len(v.Labels) != len(v.Levels) {
		l.doc.value(s.where("labels"), "%s for %s; every level has its label", counted(len(v.Labels), "label"), counted(len(v.Levels), "level"))
	}
	if s.has("scores") && len(v.Scores) != len(v.Levels) {
		l.doc.value(s.where("scores"), "%s for %s; every level has its score", counted(len(v.Scores), "score"), counted(len(v.Levels), "level"))
	}
}

// isText says whether the i-th element of a list is text.
func isText(x any, i int) bool {
	list, ok := x.([]any)
	if !ok || i >= len(list) {
		return false
	}
	_, ok = list[i].(string)
	return ok
}

// missingCodes returns the codes that mean missing: the empty cell, and what
// is declared, else NA unless it is a level.
func (l *loader) missingCodes(s *section, declared []any, levels []string) []string {
	codes := slices.Clone(empty)
	if !s.has("missing") {
		if !slices.Contains(levels, "NA") {
			return emptyOrNA
		}
		return codes
	}
	for i, x := range declared {
		code := ""
		switch x := x.(type) {
		case string:
			code = x
		case int64:
			code = strconv.FormatInt(x, 10)
		case float64:
			code = strconv.FormatFloat(x, 'g', -1, 64)
		default:
			l.doc.value(s.where("missing", element(i)), "a code for missing is text or a number, not %s", kindOf(x))
			continue
		}
		if slices.Contains(levels, code) {
			l.doc.value(s.where("missing", element(i)), "%q is a level and cannot mean missing too", code)
		}
		codes = append(codes, code)
	}
	return codes
}

// design reads [factor.*].
func (l *loader) design() {
	for _, s := range l.named("factor") {
		var spec specFactor
		before := len(l.doc.problems)
		levels := l.takeLevels(s)
		s.decode(&spec)
		name := s.path[1]
		f := &Factor{Name: name, Text: strings.TrimSpace(spec.Text), Within: spec.Within, Column: spec.Column}
		if f.Column == "" {
			f.Column = name
		}
		for _, ls := range levels {
			l.level(f, ls)
		}
		l.misspelt(f, levels)
		l.checkFactor(s, f, levels)
		l.column(name, s.path)
		l.attributes(f, levels)
		if len(l.doc.problems) > before {
			l.broken = true
		}
		l.factors[name] = s
		l.s.Factors = append(l.s.Factors, f)
	}
}

// takeLevels returns the levels of a factor as sections, and takes them out
// of the table, whose other keys are fixed.
func (l *loader) takeLevels(s *section) []*section {
	x, ok := s.table["level"]
	if !ok {
		return nil
	}
	table, ok := x.(map[string]any)
	if !ok {
		return nil // decode reports it
	}
	s.table = copyWithout(s.table, "level")
	var levels []*section
	for _, k := range l.doc.children(s.where("level"), table) {
		at := s.where("level", k)
		keys, ok := table[k].(map[string]any)
		if !ok {
			l.doc.at(at, "%q must be a table, written [%s], not %s", k, strings.Join(at, "."), kindOf(table[k]))
			continue
		}
		levels = append(levels, &section{doc: l.doc, path: at, table: keys})
	}
	return levels
}

func copyWithout(table map[string]any, key string) map[string]any {
	c := make(map[string]any, len(table))
	for k, v := range table {
		if k != key {
			c[k] = v
		}
	}
	return c
}

// level reads one level: its text and label, and its attributes.
func (l *loader) level(f *Factor, s *section) {
	lev := Level{Name: s.path[3], Attributes: make(map[string]string)}
	if lev.Name == "" {
		l.doc.at(s.path, "the name of a level is empty, and an empty cell means a missing value")
	}
	own := make(map[string]any)
	for _, k := range l.doc.children(s.path, s.table) {
		x := s.table[k]
		if k == "text" || k == "label" {
			own[k] = x
			continue
		}
		switch x := x.(type) {
		case string:
			lev.Attributes[k] = x
		case int64:
			lev.Attributes[k] = strconv.FormatInt(x, 10)
		case float64:
			lev.Attributes[k] = strconv.FormatFloat(x, 'g', -1, 64)
		default:
			l.doc.at(s.where(k), "attribute %q must be text or a number, not %s", k, kindOf(x))
		}
		if !slices.Contains(f.Attributes, k) {
			f.Attributes = append(f.Attributes, k)
		}
	}
	var spec specLevel
	(&section{doc: l.doc, path: s.path, table: own}).decode(&spec)
	lev.Text, lev.Label = spec.Text, spec.Label
	f.Levels = append(f.Levels, lev)
}

func (l *loader) checkFactor(s *section, f *Factor, levels []*section) {
	if len(f.Levels) < 2 && (s.table["level"] == nil || len(f.Levels) == 1) {
		l.doc.at(s.path, "a factor needs at least two levels, and %s has %d; write [factor.%s.level.NAME]", f.Name, len(f.Levels), f.Name)
	}
	for _, a := range f.Attributes {
		for i, lev := range f.Levels {
			if x, ok := lev.Attributes[a]; ok && x == "" {
				l.doc.value(levels[i].where(a), "attribute %q is empty", a)
			} else if !ok && !levels[i].has(a) {
				l.doc.at(levels[i].path, "level %q has no %s, which other levels of %s have", lev.Name, a, f.Name)
			}
		}
	}
}

// misspelt reports a key that only one of several levels has when it looks
// like another key of the levels, and takes it for that one.
func (l *loader) misspelt(f *Factor, levels []*section) {
	count := make(map[string]int)
	for _, s := range levels {
		for k := range s.table {
			count[k]++
		}
	}
	for i, s := range levels {
		others := []string{"text", "label"}
		for _, a := range f.Attributes {
			earlier := slices.ContainsFunc(levels[:i], func(o *section) bool { return o.has(a) })
			if !s.has(a) && (count[a] > 1 || earlier) {
				others = append(others, a)
			}
		}
		for _, k := range l.doc.children(s.path, s.table) {
			meant := expr.Suggest(k, others)
			if count[k] > 1 || len(levels) < 2 || meant == "" || k == "text" || k == "label" {
				continue
			}
			l.doc.at(s.where(k), "unknown key %q; a further key of a level is an attribute, and every level must have it", k)
			l.suggest(meant)
			if _, ok := f.Levels[i].Attributes[k]; ok && meant != "text" && meant != "label" {
				f.Levels[i].Attributes[meant] = f.Levels[i].Attributes[k]
			}
			delete(f.Levels[i].Attributes, k)
			f.Attributes = slices.DeleteFunc(f.Attributes, func(a string) bool { return a == k })
		}
	}
}

// attributes declares the columns that a factor's levels make.
func (l *loader) attributes(f *Factor, levels []*section) {
	for _, a := range f.Attributes {
		i := slices.IndexFunc(levels, func(s *section) bool { return s.has(a) })
		path := levels[i].where(a)
		if !plain(a) {
			l.doc.at(path, "%q is no name: an attribute is a column, named by lower-case letters, digits and underscores, beginning with a letter", a)
			l.suggest(plainer(a))
		} else if slices.Contains(reservedNames, a) {
			l.doc.at(path, "%q is reserved and cannot name an attribute", a)
		}
		l.column(a, path)
	}
}

// attributeType returns the type of an attribute: numbers when every level
// gives one, else a choice with its levels in the order of the factor's.
func attributeType(f *Factor, attribute string) (typ string, levels []string) {
	typ = "number"
	for _, lev := range f.Levels {
		x := lev.Attributes[attribute]
		if !slices.Contains(levels, x) {
			levels = append(levels, x)
		}
		if _, err := strconv.ParseFloat(x, 64); err != nil {
			typ = "choice"
		}
	}
	if typ == "number" {
		return typ, nil
	}
	return typ, levels
}
