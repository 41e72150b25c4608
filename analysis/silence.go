package analysis

import (
	"fmt"
	"slices"
	"strings"

	"silico/analysis/frame"
)

// answers says whether a source has any answer to an outcome: a row in which no
// part of it is missing. A source that has none is named once in the warnings
// and stands in no row of the tables about the outcome.
func (s *selection) answers(src *sourceRows, outcome string) bool {
	var cols []*frame.Column
	for part := range strings.SplitSeq(outcome, ":") {
		c := s.frame.Col(part)
		if c == nil {
			return false
		}
		cols = append(cols, c)
	}
	return slices.ContainsFunc(src.rows, func(row int) bool {
		return !slices.ContainsFunc(cols, func(c *frame.Column) bool { return c.Missing(row) })
	})
}

// silent warns, once a source, of outcomes that it has no answers to.
func (s *selection) silent(outcomes []string) []Warning {
	var ws []Warning
	for _, src := range s.sources {
		var none []string
		for _, o := range outcomes {
			if len(src.rows) > 0 && !s.answers(src, o) {
				none = append(none, o)
			}
		}
		if none != nil {
			ws = append(ws, Warning{Term: src.Name, Text: fmt.Sprintf("%s: no answers to %s.", src.title(), list(none))})
		}
	}
	return ws
}

// has says whether a source has a row with a level of a variable; "" is every
// row.
func (s *selection) has(src *sourceRows, variable, level string) bool {
	if variable == "" {
		return len(src.rows) > 0
	}
	c := s.frame.Col(variable)
	code := c.Code(level)
	return slices.ContainsFunc(src.rows, func(row int) bool { return c.Codes[row] == code })
}

// inhabited returns the levels of a variable that rows of any source have: the
// rows of a table by that variable; the one level "" for no variable.
func (s *selection) inhabited(variable string) []string {
	if variable == "" {
		return []string{""}
	}
	return slices.DeleteFunc(slices.Clone(s.schema.Variable(variable).Levels), func(level string) bool {
		return !slices.ContainsFunc(s.sources, func(src *sourceRows) bool { return s.has(src, variable, level) })
	})
}

// vacant warns of levels that make no subgroup: once where no source has
// respondents with the level, else once a source.
func (s *selection) vacant(by []string) []Warning {
	if !slices.ContainsFunc(s.sources, func(src *sourceRows) bool { return len(src.rows) > 0 }) {
		return nil // said by empty
	}
	var ws []Warning
	lacking := make(map[string][]string) // of each source
	for _, variable := range by {
		levels := s.inhabited(variable)
		for _, level := range s.schema.Variable(variable).Levels {
			if !slices.Contains(levels, level) {
				ws = append(ws, Warning{Term: variable, Text: fmt.Sprintf("Nobody in this sample has %s.", subgroup(s.schema, variable, level))})
				continue
			}
			for _, src := range s.sources {
				if len(src.rows) > 0 && !s.has(src, variable, level) {
					lacking[src.Name] = append(lacking[src.Name], subgroup(s.schema, variable, level))
				}
			}
		}
	}
	for _, src := range s.sources {
		if lacks := lacking[src.Name]; lacks != nil {
			ws = append(ws, Warning{Term: src.Name, Text: fmt.Sprintf("%s has no respondents with %s.", src.title(), list(lacks))})
		}
	}
	return ws
}

// weighted says for a note under a table that numbers are weighted, "" when the
// study has no weights.
func weighted(s *frame.Schema) string {
	if s.Weight == "" {
		return ""
	}
	return fmt.Sprintf("Rows are weighted by %s.", s.Weight)
}

// unweighted says why they are not, "" when the study has no weights.
func unweighted(s *frame.Schema, why string) string {
	if s.Weight == "" {
		return ""
	}
	return fmt.Sprintf("Not weighted by %s: %s.", s.Weight, why)
}
