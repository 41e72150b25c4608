package analysis

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"silico/analysis/frame"
)

// count returns a number with its noun: "1 row was", "3 rows were".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// list joins words as a sentence does: a; a and b; a, b and c.
func list(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// plain returns a label so that the notebook shows it as it is.
func plain(label string) string {
	var b strings.Builder
	for _, r := range label {
		if strings.ContainsRune("\\`*_[]<>{}#$@&|~^!", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cite returns the inline cell of an estimate; field is "" for its value.
func cite(analysis string, k Key, field string) string { return citeAs("", analysis, k, field) }

// citePercent is cite with the number as a percentage.
func citePercent(analysis string, k Key, field string) string {
	return citeAs(" percent", analysis, k, field)
}

func citeAs(format, analysis string, k Key, field string) string {
	a := k.Address(analysis)
	if field != "" {
		a += "." + field
	}
	return "`{value" + format + "} " + a + "`"
}

// title returns what readers see of a variable: its text where it is short, or
// its name.
func title(s *frame.Schema, name string) string {
	if v := s.Variable(name); v != nil && v.Text != "" && len([]rune(v.Text)) <= 40 {
		return v.Text
	}
	return name
}

// subgroup returns what readers see of a level of a variable: "gender: woman".
func subgroup(s *frame.Schema, variable, level string) string {
	if v := s.Variable(variable); v != nil {
		return variable + ": " + v.Label(level)
	}
	return variable + ": " + level
}

// levelWord returns the level of an interval as a sentence says it: "95%".
func levelWord(level float64) string {
	return strconv.FormatFloat(math.Round(level*1e8)/1e6, 'f', -1, 64) + "%"
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// termTitle returns what readers see of a term of a formula: "gender: man" for
// genderM, with a multiplication sign between the parts of an interaction. A
// term that is no variable and no level of one stays as it is.
func termTitle(s *frame.Schema, term string) string {
	var parts []string
	for part := range strings.SplitSeq(term, ":") {
		parts = append(parts, partTitle(s, part))
	}
	return strings.Join(parts, " × ")
}

func partTitle(s *frame.Schema, part string) string {
	for i := range s.Variables {
		v := &s.Variables[i]
		if part == v.Name {
			return part
		}
		if level, ok := strings.CutPrefix(part, v.Name); ok && hasLevel(v, level) {
			return v.Name + ": " + v.Label(level)
		}
	}
	return part
}
