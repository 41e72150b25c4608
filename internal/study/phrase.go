package study

import (
	"silico/analysis/frame"
)

// phrase is a template that is bound to the columns of the respondents, so
// that saying it to one of them is a walk over its parts.
type phrase struct{ parts []saying }

// saying is one part of a phrase: words, or a value.
type saying struct {
	words string        // of no column
	col   *frame.Column // nil for words
	texts []string      // of a coded column: what is said of each code
}

// unknown is said of a value that is missing.
const unknown = "unknown"

// phrase binds a template to the columns of a frame.
func (s *Study) phrase(template string, f *frame.Frame) *phrase {
	ps, _, _ := parts(template)
	p := &phrase{}
	for _, part := range ps {
		said := saying{words: part.text}
		if part.name != "" {
			if said.col = f.Col(part.name); said.col == nil {
				said.words = unknown
			} else if said.col.Coded() {
				said.texts = s.textsOf(part, said.col)
			}
		}
		p.parts = append(p.parts, said)
	}
	return p
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

// say appends the words of the phrase for a row.
func (p *phrase) say(b []byte, row int32) []byte {
	for i := range p.parts {
		switch s := &p.parts[i]; {
		case s.col == nil:
			b = append(b, s.words...)
		case s.col.Missing(int(row)):
			b = append(b, unknown...)
		case s.texts != nil:
			b = append(b, s.texts[s.col.Codes[row]]...)
		default:
			b = append(b, s.col.String(int(row))...)
		}
	}
	return b
}
