package study

import (
	"slices"
	"strings"

	"silico/analysis/frame"
)

// Measures returns the names of the kinds of answers, in the order in which they
// are told.
func Measures() []string {
	names := make([]string, len(measures))
	for i, m := range measures {
		names[i] = m.name
	}
	return names
}

// measure is all that the program knows of a kind of answer. Each stands in a
// file of its own, measure_NAME.go; a new one is such a file and its line in
// measures. The comment on it is what readers are told.
type measure struct {
	name string
	// kind says how its values are stored. Numbers that declare levels of
	// their own are a factor.
	kind frame.Kind
	// Which of the keys levels, scores, min and max it must have, and which it
	// may have besides.
	needs, allows []string
	// number reads a field of a file into a column of numbers; nil for other
	// kinds, whose fields are their levels or their words.
	number numberOf
	// answer returns what finds a value of it in the words of a reply to a
	// question whose options were shown in some order; nil where the words are
	// the value.
	answer func(it *item, order []int) finder
	// check reports what else is wrong with a declaration; nil when nothing can
	// be.
	check func(l *loader, s *section, v *Variable)
}

// numberOf reads a field as a number. The message says why it is none of the
// variable, whose value is then NaN; it is "" when the field is sound.
type numberOf func(v *frame.Variable, field string) (x float64, msg string)

// measures are the kinds of answers, in the order in which they are told.
var measures = []*measure{
	&measureBinary, &measureChoice, &measureOrdinal, &measureScale, &measureNumber, &measureCount, &measureText,
}

// measureOf returns the measure of a name, nil when there is none.
func measureOf(name string) *measure {
	for _, m := range measures {
		if m.name == name {
			return m
		}
	}
	return nil
}

// takes says whether a variable of the measure may have a key.
func (m *measure) takes(key string) bool {
	return slices.Contains(m.needs, key) || slices.Contains(m.allows, key)
}

// column returns how the values of a variable are stored, which is its Kind.
func (m *measure) column(v *frame.Variable) frame.Kind {
	if m.kind == frame.Number && m.takes("levels") && len(v.Levels) > 0 {
		return frame.Factor
	}
	return m.kind
}

// measuresWith names the measures that may have a key, and the verb that fits.
func measuresWith(key string) string {
	var names []string
	for _, m := range measures {
		if m.takes(key) {
			names = append(names, m.name)
		}
	}
	last := len(names) - 1
	if last == 0 {
		return names[0] + " has"
	}
	return strings.Join(names[:last], ", ") + " and " + names[last] + " have"
}

// checkMeasure reports keys that the type of a variable needs and does not
// have, or has and does not know.
func (l *loader) checkMeasure(s *section, v *Variable) {
	if !s.has("type") {
		l.required(s, "type", `type = "ordinal"; there are `+strings.Join(types, ", "))
		return
	}
	if !l.oneOf(s, "type", v.Type, types, "type") {
		return
	}
	m := measureOf(v.Type)
	for _, key := range m.needs {
		switch {
		case key == "levels":
			if !s.has(key) {
				l.required(s, key, `levels = ["...", "..."], the values as they stand in the data`)
			}
		case !s.names(key) && v.Derived == "":
			l.doc.at(s.path, "a %s needs %s; write %s = ..., or use type = \"number\"", v.Type, key, key)
		}
	}
	for _, key := range []string{"levels", "scores", "min", "max"} {
		if s.has(key) && !m.takes(key) {
			l.doc.at(s.where(key), "a variable of type %s has no %s; %s", v.Type, key, measuresWith(key))
		}
	}
	if m.check != nil {
		m.check(l, s, v)
	}
}

// types are the names of the measures.
var types = func() (names []string) {
	for _, m := range measures {
		names = append(names, m.name)
	}
	return names
}()
