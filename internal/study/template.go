package study

import (
	"fmt"
	"slices"
	"strings"

	"silico/analysis/expr"
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

// audience is to whom a template speaks, and of what it may.
type audience struct {
	persona bool        // of the person alone
	earlier []*Question // whose answers it may quote
	options *options    // that it may show
}

// template reports the mistakes of a template, and says whether it shows
// options.
func (l *loader) template(path []string, text string, to audience) (shows bool) {
	ps, char, mistake := parts(text)
	if mistake != "" {
		l.doc.within(path, char, "%s", mistake)
	}
	for _, p := range ps {
		if p.name == "" {
			continue
		}
		if msg, hint := l.placeholder(p, to); msg != "" {
			l.doc.within(path, p.char, "%s", msg)
			l.suggest(hint)
		}
		shows = shows || p.name == optionsName && p.field != "first"
	}
	return shows
}

// placeholder returns what is wrong with a placeholder, "" when nothing is.
func (l *loader) placeholder(p part, to audience) (msg, hint string) {
	v := l.s.schema.Variable(p.name)
	switch {
	case v == nil && p.name == optionsName && !to.persona:
		return showing(p, to)
	case v == nil && p.name == answerName && !to.persona:
		return quoting(p, to)
	}
	var names []string
	for i := range l.s.schema.Variables {
		v := &l.s.schema.Variables[i]
		if (v.Role == roleCovariate || v.Role == roleFactor || v.Role == "attribute") && !(to.persona && v.Within) {
			names = append(names, v.Name)
		}
	}
	if !slices.Contains(names, p.name) {
		switch {
		case v == nil:
			hint = expr.Suggest(p.name, append(slices.Clone(names), answerName, optionsName))
			if hint == "" {
				return fmt.Sprintf("unknown placeholder {{%s}}; there are %s", p.name, strings.Join(names, ", ")), ""
			}
			return fmt.Sprintf("unknown placeholder {{%s}}", p.name), hint
		case to.persona && v.Within:
			return fmt.Sprintf("{{%s}} changes from question to question and cannot stand in a persona", p.name), ""
		}
		for _, q := range to.earlier {
			if q.Variable == p.name {
				return fmt.Sprintf("{{%s}} is an answer; {{answer.%s}} quotes it", p.name, q.Name), ""
			}
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

// showing returns what is wrong with a placeholder that shows options.
func showing(p part, to audience) (msg, hint string) {
	switch {
	case to.options == nil:
		return "{{options}} shows the options of the answer, and this question has none", ""
	case p.field != "" && !slices.Contains(optionFields, p.field):
		return fmt.Sprintf("unknown placeholder {{options.%s}}; behind options can be %s", p.field, strings.Join(optionFields, ", ")),
			dotted(optionsName, expr.Suggest(p.field, optionFields))
	case p.field == "letters" && len(to.options.levels) > 26:
		return fmt.Sprintf("there are 26 letters and %d options; write {{options.numbers}}", len(to.options.levels)), ""
	}
	return "", ""
}

// quoting returns what is wrong with a placeholder that quotes an answer.
func quoting(p part, to audience) (msg, hint string) {
	names := quotable(to.earlier)
	question, field, dot := strings.Cut(p.field, ".")
	switch {
	case len(names) == 0:
		return "{{answer." + p.field + "}} quotes an answer, and no question comes before this one in its conversation; write after = \"...\"", ""
	case !slices.Contains(names, question):
		return fmt.Sprintf("unknown placeholder {{answer.%s}}; answers before this question are those to %s", p.field, strings.Join(names, ", ")),
			dotted(answerName, expr.Suggest(question, names))
	case dot && field != "value" && field != "label":
		return fmt.Sprintf("unknown placeholder {{answer.%s}}; behind %s can be value, label", p.field, question), ""
	}
	return "", ""
}

func dotted(name, field string) string {
	if field == "" {
		return ""
	}
	return name + "." + field
}

// worded returns a template that says an attribute of levels in the place of
// their texts, where they have it.
func (s *Study) worded(template, attribute string) string {
	if attribute == "" {
		return template
	}
	ps, _, _ := parts(template)
	var b strings.Builder
	for _, p := range ps {
		if f := s.factor(p.name); f != nil && p.field == "" && slices.Contains(f.Attributes, attribute) {
			p.text = "{{" + p.name + "." + attribute + "}}"
		}
		b.WriteString(p.text)
	}
	return b.String()
}

func (s *Study) factor(name string) *Factor {
	for _, f := range s.Factors {
		if f.Name == name {
			return f
		}
	}
	return nil
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
