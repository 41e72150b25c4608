package study

import (
	"fmt"
	"slices"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// part is a piece of a template: words, or a placeholder.
type part struct {
	text  string // words; the placeholder as written otherwise
	name  string // of a placeholder, "" for words
	field string // behind the dot
	char  int    // where it begins, in characters from 1
}

// parts splits a template. The error text is "" when it is sound.
func parts(template string) (ps []part, char int, mistake string) {
	char = 1
	for {
		before, rest, found := strings.Cut(template, "{{")
		if i := strings.Index(before, "}}"); i >= 0 {
			return ps, char + runes(before[:i]), "}} closes no placeholder; it begins with {{"
		}
		if before != "" {
			ps = append(ps, part{text: before, char: char})
			char += runes(before)
		}
		if !found {
			return ps, 0, ""
		}
		inner, after, closed := strings.Cut(rest, "}}")
		if !closed || strings.Contains(inner, "{{") {
			return ps, char, "the placeholder that begins here is not closed by }}"
		}
		name, field, dotted := strings.Cut(strings.TrimSpace(inner), ".")
		if name == "" || dotted && field == "" || strings.ContainsAny(inner, "\n") {
			return ps, char, "a placeholder is {{name}}, {{name.value}} or {{factor.attribute}}"
		}
		ps = append(ps, part{text: "{{" + inner + "}}", name: name, field: field, char: char})
		char += runes(inner) + 4
		template = after
	}
}

func runes(s string) int { return len([]rune(s)) }

// template reports the mistakes of a template. A persona speaks of the person
// alone.
func (l *loader) template(path []string, text string, persona bool) {
	ps, char, mistake := parts(text)
	if mistake != "" {
		l.doc.within(path, char, "%s", mistake)
	}
	for _, p := range ps {
		if p.name == "" {
			continue
		}
		if msg, hint := l.placeholder(p, persona); msg != "" {
			l.doc.within(path, p.char, "%s", msg)
			l.suggest(hint)
		}
	}
}

// placeholder returns what is wrong with a placeholder, "" when nothing is.
func (l *loader) placeholder(p part, persona bool) (msg, hint string) {
	var names []string
	for i := range l.s.schema.Variables {
		v := &l.s.schema.Variables[i]
		if (v.Role == roleCovariate || v.Role == "factor" || v.Role == "attribute") && !(persona && v.Within) {
			names = append(names, v.Name)
		}
	}
	if !slices.Contains(names, p.name) {
		v := l.s.schema.Variable(p.name)
		switch {
		case v == nil:
			hint = expr.Suggest(p.name, names)
			if hint == "" {
				return fmt.Sprintf("unknown placeholder {{%s}}; there are %s", p.name, strings.Join(names, ", ")), ""
			}
			return fmt.Sprintf("unknown placeholder {{%s}}", p.name), hint
		case persona && v.Within:
			return fmt.Sprintf("{{%s}} changes from question to question and cannot stand in a persona", p.name), ""
		}
		return fmt.Sprintf("{{%s}} cannot stand in a prompt: only covariates, factors and attributes are known before the question", p.name), ""
	}
	fields := []string{"value", "label"}
	if f := l.s.factor(p.name); f != nil {
		fields = append(fields, f.Attributes...)
	}
	if p.field != "" && !slices.Contains(fields, p.field) {
		return fmt.Sprintf("unknown placeholder {{%s.%s}}; behind %s can be %s", p.name, p.field, p.name, strings.Join(fields, ", ")),
			dotted(p.name, expr.Suggest(p.field, fields))
	}
	return "", ""
}

func dotted(name, field string) string {
	if field == "" {
		return ""
	}
	return name + "." + field
}

func (s *Study) factor(name string) *Factor {
	for _, f := range s.Factors {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Fill returns a template of the study for one row of a frame: what a model is
// told or asked. A missing value is "unknown".
func (s *Study) Fill(template string, f *frame.Frame, row int) string {
	ps, _, _ := parts(template)
	var b strings.Builder
	for _, p := range ps {
		switch c := f.Col(p.name); {
		case p.name == "":
			b.WriteString(p.text)
		case c == nil || c.Missing(row):
			b.WriteString("unknown")
		default:
			b.WriteString(s.say(p, c, row))
		}
	}
	return b.String()
}

// say returns the words of a placeholder for the value of a column.
func (s *Study) say(p part, c *frame.Column, row int) string {
	if f := s.factor(p.name); f != nil {
		for i := range f.Levels {
			if f.Levels[i].Name == c.String(row) {
				return f.Levels[i].say(p.field)
			}
		}
	}
	if p.field == "value" {
		return c.String(row)
	}
	return c.Label(row)
}

// say returns what a placeholder with the given field says of a level.
func (lev *Level) say(field string) string {
	switch field {
	case "":
		if lev.Text != "" {
			return lev.Text
		}
		return lev.words()
	case "value":
		return lev.Name
	case "label":
		return lev.words()
	}
	return lev.Attributes[field]
}
