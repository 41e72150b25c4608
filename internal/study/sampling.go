package study

import (
	"slices"
	"strings"

	"silico/analysis/frame"
)

// people reads [people], or [respondents] in its place.
func (l *loader) people() {
	s := l.top("people")
	if l.has("respondents") {
		if l.has("people") {
			l.doc.at([]string{"respondents"}, "a study has [people] or [respondents], not both")
			return
		}
		l.readRespondents(l.top("respondents"))
		return
	}
	if s == nil {
		if !l.has("people") && !l.misspeltTop("people") {
			l.doc.add(0, "there is no [people] with the file of the people's answers, and no [respondents]")
		}
		l.broken = true
		return
	}
	var spec specPeople
	s.decode(&spec)
	l.peopleAt = s
	if s.has("file") || !l.misspeltTop("people") {
		l.required(s, "file", `file = "people.csv"`)
	}
	p := &People{File: spec.File, ID: spec.ID, Weight: spec.Weight, Source: spec.Source, Share: spec.Share, Where: spec.Where}
	if p.ID == "" && !s.has("id") { // "" is the column without a name that R writes before the others
		p.ID = "id"
	}
	if table, ok := s.table["exclude"].(map[string]any); ok {
		for _, k := range l.doc.children(s.where("exclude"), table) {
			at := s.where("exclude", k)
			if !plain(k) {
				l.doc.at(at, "%q is no name: names are lower-case letters, digits and underscores, and begin with a letter", k)
				l.suggest(plainer(k))
			}
			if text, ok := table[k].(string); ok {
				p.Exclude = append(p.Exclude, Rule{Name: k, Text: text, Expr: l.doc.expression(at, text), path: at})
			}
		}
	}
	if spec.Pilot != nil {
		p.Pilot = &Pilot{Share: spec.Pilot.Share, By: spec.Pilot.By, Swap: spec.Pilot.Swap}
	}
	l.sha256 = spec.SHA256
	l.s.People = p
}

// sampling checks the rules and strata of [people] against the columns.
func (l *loader) sampling() {
	p := l.s.People
	if p == nil || l.peopleAt == nil {
		return
	}
	for i, r := range p.Exclude {
		if r.Expr == nil || !l.rowNames(r.path, r.Expr) {
			p.Exclude[i].Expr = nil
			continue
		}
		if err := r.Expr.Check(l.s.schema); err != nil {
			l.doc.misexpressed(r.path, err)
			p.Exclude[i].Expr = nil
		}
	}
	if p.Pilot == nil {
		return
	}
	at := l.peopleAt.where("pilot")
	table, _ := l.peopleAt.table["pilot"].(map[string]any)
	s := &section{doc: l.doc, path: at, table: table}
	if !s.has("share") {
		l.required(s, "share", "share = 0.5")
	} else if (p.Pilot.Share <= 0 || p.Pilot.Share >= 1) && kindOf(table["share"]) != "text" {
		l.doc.value(s.where("share"), "share must be between 0 and 1, so that there are people to learn from and people to compare with")
	}
	if p.Pilot.By != "" && !l.stratum(s.where("by"), p.Pilot.By) {
		p.Pilot.By = ""
	}
}

// stratum says whether a name is that of a variable with levels that belongs
// to the person, and reports when it is not.
func (l *loader) stratum(path []string, name string) bool {
	var fit []string
	for i := range l.s.schema.Variables {
		if v := &l.s.schema.Variables[i]; !v.Within && len(v.Levels) > 0 {
			fit = append(fit, v.Name)
		}
	}
	if slices.Contains(fit, name) {
		return true
	}
	v := l.s.schema.Variable(name)
	switch {
	case v == nil:
		l.doc.hint(path, name, fit, "unknown variable %q", name)
	case v.Kind() != frame.Number && v.Kind() != frame.Text && len(v.Levels) == 0: // reported where it is declared
	case v.Within:
		l.doc.value(path, "%s varies within a person; people are drawn by a covariate or a between factor", name)
	default:
		l.doc.value(path, "%s has no levels; people are drawn by a variable with levels%s", name, list(fit, ": "))
	}
	return false
}

// list joins names behind a lead, "" when there are none.
func list(names []string, lead string) string {
	if len(names) == 0 {
		return ""
	}
	return lead + strings.Join(names, ", ")
}

// Answers says whether a variable is answered by the respondent: a question
// asks for it, or its role is belief, action or outcome.
func (s *Study) Answers(v *frame.Variable) bool {
	switch v.Role {
	case "belief", "action", roleOutcome:
		return true
	}
	return slices.ContainsFunc(s.Questions, func(q *Question) bool { return q.Variable == v.Name })
}
