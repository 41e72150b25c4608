package study

import (
	"slices"
	"strings"
)

// formats are the ways in which a persona tells the variables of a person.
var formats = []string{"list", "interview", "backstory"}

// persona reads one persona.
func (l *loader) persona(s *section) {
	var spec specPersona
	s.decode(&spec)
	p := &Persona{Name: s.path[1], Text: spec.Text, Format: spec.Format, Variables: spec.Variables, Missing: spec.Missing}
	if !s.names("format") {
		l.required(s, "text", `text = "You are a {{gender}}.", or format = "list"`)
	}
	l.template(s.where("text"), spec.Text, audience{persona: true})
	if s.has("format") {
		l.oneOf(s, "format", p.Format, formats, "format")
	}
	if s.has("variables") && !s.names("format") {
		l.doc.at(s.where("variables"), "variables are told by a format; write format = \"list\", or {{%s}} in the text", first(p.Variables))
	}
	if p.Format != "" {
		l.tells(s, p)
	}
	p.Template = l.s.personaText(p)
	l.s.Personas = append(l.s.Personas, p)
}

func first(list []string) string {
	if len(list) == 0 {
		return "variable"
	}
	return list[0]
}

// tells checks the variables that a format tells; all that belong to the person
// when the persona names none.
func (l *loader) tells(s *section, p *Persona) {
	known := l.tellable()
	if !s.names("variables") {
		p.Variables = known
	}
	for i, name := range p.Variables {
		if !l.known(s.where("variables", element(i)), "variable", name, known) {
			continue
		}
		v := l.s.Variable(name)
		if p.Format == "backstory" && v != nil && v.Tell == "" && !l.variables[name].names("tell") {
			l.doc.at(s.path, "persona %s tells %s in a sentence, and there is none; write tell = \"My %s is {{%s}}.\" in [variable.%s]", p.Name, name, spaced(name), name, name)
		}
	}
}

// tellable are the names of what belongs to the person and may be told.
func (l *loader) tellable() []string {
	var names []string
	for i := range l.s.schema.Variables {
		if v := &l.s.schema.Variables[i]; !v.Within && (v.Role == roleCovariate || v.Role == roleFactor) {
			names = append(names, v.Name)
		}
	}
	return names
}

// personaText returns the template of a persona: its text, and what its format
// makes of the codebook.
func (s *Study) personaText(p *Persona) string {
	if p.Format == "" {
		return p.Text
	}
	lead := strings.TrimSpace(p.Text)
	if lead == "" {
		lead = map[string]string{"list": "You are this person:", "interview": "You gave these answers in an interview:"}[p.Format]
	}
	var told []string
	for _, name := range p.Variables {
		told = append(told, s.tell(p.Format, name))
	}
	switch p.Format {
	case "list":
		return lead + "\n" + strings.Join(told, "\n")
	case "interview":
		return lead + "\n\n" + strings.Join(told, "\n\n")
	}
	return strings.TrimSpace(lead + "\n" + strings.Join(told, " "))
}

// tell returns what a format says of one variable, a template.
func (s *Study) tell(format, name string) string {
	what, ask, tell := spaced(name), "", "{{"+name+"}}"
	if v := s.Variable(name); v != nil {
		ask, tell = v.Ask, v.Tell
		if v.Text != "" {
			what = v.Text
		}
	} else if f := s.factor(name); f != nil && f.Text != "" {
		what = f.Text
	}
	switch format {
	case "list":
		return "- " + capital(what) + ": {{" + name + "}}"
	case "interview":
		if ask == "" {
			ask = capital(strings.TrimRight(what, ".?")) + "?"
		}
		return "Question: " + ask + "\nAnswer: {{" + name + "}}"
	}
	return tell
}

// spaced returns a name as words.
func spaced(name string) string { return strings.ReplaceAll(name, "_", " ") }

// capital returns a text with its first letter in capitals.
func capital(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// columnsOf returns the names of the placeholders of a template, each once.
func columnsOf(template string) []string {
	ps, _, _ := parts(template)
	var names []string
	for _, p := range ps {
		if p.name != "" && !slices.Contains(names, p.name) {
			names = append(names, p.name)
		}
	}
	return names
}
