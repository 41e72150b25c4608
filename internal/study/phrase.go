package study

import (
	"strings"

	"silico/analysis/frame"
)

// phrase is a template that is bound to the columns of the respondents, so
// that saying it to one of them is a walk over its parts.
type phrase struct {
	parts    []saying
	missing  string // what is said of a value that is missing
	declared bool   // the study says what
}

// saying is one part of a phrase: words, a value, an earlier answer, or the
// options of the question.
type saying struct {
	words   string        // of nothing else
	col     *frame.Column // of a value
	texts   []string      // of a coded column: what is said of each code
	answer  string        // question whose answer is quoted
	options bool
	field   string // behind the dot, of answers and options
}

// spoken is to whom and about what a phrase is said.
type spoken struct {
	row   int32 // of the units
	walk  *walk // nil where answers are named and not quoted
	item  *item // the question whose options are shown
	order []int // in which they are
}

// unknown is said of a value that is missing where the study does not say what
// else. A study that asks models says it, or check refuses it.
const unknown = "unknown"

// Names of placeholders that are no columns.
const (
	answerName  = "answer"
	optionsName = "options"
)

// phrase binds a template to the columns of a frame.
func (s *Study) phrase(template, missing string, f *frame.Frame) *phrase {
	ps, _, _ := parts(template)
	p := &phrase{missing: missing, declared: missing != ""}
	if !p.declared {
		p.missing = unknown
	}
	for _, part := range ps {
		p.parts = append(p.parts, s.saying(part, f))
	}
	return p
}

func (s *Study) saying(p part, f *frame.Frame) saying {
	if p.name == "" {
		return saying{words: p.text}
	}
	c := f.Col(p.name)
	switch {
	case c == nil && p.name == optionsName:
		return saying{options: true, field: p.field}
	case c == nil && p.name == answerName:
		question, field, _ := strings.Cut(p.field, ".")
		return saying{answer: question, field: field}
	case c == nil:
		return saying{words: unknown}
	case c.Coded():
		return saying{col: c, texts: s.textsOf(p, c)}
	}
	return saying{col: c}
}

// textsOf returns what a placeholder says of each level of a column.
func (s *Study) textsOf(p part, c *frame.Column) []string {
	texts := make([]string, len(c.Levels))
	f := s.factor(p.name)
	for k := range texts {
		switch {
		case f != nil:
			texts[k] = f.Levels[k].say(p.field)
		case p.field == "value":
			texts[k] = c.Levels[k]
		default:
			texts[k] = c.LevelLabel(k)
		}
	}
	return texts
}

// say appends the words of the phrase. It returns nil when an answer that it
// quotes is not there and the study does not say what is said then.
func (p *phrase) say(b []byte, to spoken) []byte {
	for i := range p.parts {
		switch s := &p.parts[i]; {
		case s.options:
			b = to.item.options.list(b, to.order, s.field)
		case s.answer != "" && to.walk == nil:
			b = append(b, "[answer to "+s.answer+"]"...)
		case s.answer != "":
			quoted, ok := s.quote(to)
			switch {
			case ok:
				b = append(b, quoted...)
			case !p.declared:
				return nil
			default:
				b = append(b, p.missing...)
			}
		case s.col == nil:
			b = append(b, s.words...)
		case s.col.Missing(int(to.row)):
			b = append(b, p.missing...)
		case s.texts != nil:
			b = append(b, s.texts[s.col.Codes[to.row]]...)
		default:
			b = append(b, s.col.String(int(to.row))...)
		}
	}
	return b
}

// quote returns an earlier answer, in the words that readers see.
func (s *saying) quote(to spoken) (string, bool) {
	a := to.walk.answerTo(s.answer, to.row)
	if a == nil || a.Status != Answered {
		return "", false
	}
	if s.field == "value" {
		return a.Field, true
	}
	return to.walk.s.script.of[a.Question].label(a.Field), true
}

// label returns what readers see of a value.
func (it *item) label(field string) string {
	if it.options != nil {
		for k, level := range it.options.levels {
			if level == field {
				return it.options.labels[k]
			}
		}
	}
	return field
}
