package study

import (
	"slices"
	"strings"

	"silico/analysis/frame"
)

// Prompt is one text that a model is given or asked, for the appendix.
type Prompt struct {
	Kind      string // persona or question
	Name      string // of the persona or question
	Variable  string // that a question asks for
	After     string // the question before it
	Condition string // factor = level, ..., "" when the text is the same in all
	Text      string // as asked in this condition, placeholders of the person kept
	Example   string // the text for one respondent
}

// Prompts returns every distinct text: personas with their placeholders and an
// example, and questions in every condition that changes them. The example is
// the first respondent of the evaluation sample.
func (s *Study) Prompts() []Prompt {
	f, row := s.Units(), -1
	if f != nil {
		sample := f.Col(frame.SampleColumn)
		row = slices.Index(sample.Codes, sample.Code(frame.Evaluation))
	}
	example := func(text string) string {
		if row < 0 {
			return ""
		}
		return s.Fill(text, f, row)
	}
	var prompts []Prompt
	for _, p := range s.Personas {
		prompts = append(prompts, Prompt{Kind: "persona", Name: p.Name, Text: p.Text, Example: example(p.Text)})
	}
	for _, q := range s.Questions {
		for _, c := range s.conditions(q.Text) {
			text := s.fill(q.Text, func(p part) string {
				if lev := s.levelIn(c, p.name); lev != nil {
					if f := s.factor(p.name); f == nil { // an attribute in its own right
						return lev.Attributes[p.name]
					}
					return lev.say(p.field)
				}
				return p.text
			})
			prompts = append(prompts, Prompt{Kind: "question", Name: q.Name, Variable: q.Variable, After: q.After,
				Condition: c.String(), Text: text, Example: example(text)})
		}
	}
	return prompts
}

// condition is a level of each of some factors.
type condition struct {
	factors []*Factor
	levels  []*Level
}

func (c condition) String() string {
	var words []string
	for i, f := range c.factors {
		words = append(words, f.Name+" = "+c.levels[i].Name)
	}
	return strings.Join(words, ", ")
}

// conditions returns every combination of the levels of the factors that a
// template names, the first factor slowest; one empty condition when it names
// none.
func (s *Study) conditions(template string) []condition {
	ps, _, _ := parts(template)
	list := []condition{{}}
	for _, f := range s.Factors {
		named := slices.ContainsFunc(ps, func(p part) bool {
			return p.name == f.Name || slices.Contains(f.Attributes, p.name)
		})
		if !named {
			continue
		}
		var wider []condition
		for _, c := range list {
			for i := range f.Levels {
				wider = append(wider, condition{append(slices.Clone(c.factors), f), append(slices.Clone(c.levels), &f.Levels[i])})
			}
		}
		list = wider
	}
	return list
}

// levelIn returns the level of the factor that a placeholder names, by itself
// or by an attribute, nil when it names none of the condition.
func (s *Study) levelIn(c condition, name string) *Level {
	for i, f := range c.factors {
		if f.Name == name || slices.Contains(f.Attributes, name) {
			return c.levels[i]
		}
	}
	return nil
}
