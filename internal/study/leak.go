package study

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"silico/analysis/frame"
)

// checkLeaks reports every model that learned from people who are evaluated.
// What a model learned from is what its own record says, what the records of
// all the models say that it was tuned from, and what any record says of a
// model that is served under the same name or has the same weights: another
// name in the study hides nothing.
//
// People are told by their ids, and by the prints of their answers, which
// neither new ids nor other names of levels change.
func (l *loader) checkLeaks() {
	if l.s.People == nil || l.s.People.Frame == nil || len(l.s.Tunings) == 0 {
		return
	}
	f := l.s.People.Frame
	evaluated := make(map[string]bool)
	for _, p := range peopleOf(f, l.s.schema.ID, frame.Evaluation) {
		evaluated[p.id] = true
	}
	of := make(map[string]bool) // prints of evaluated people
	for id, prints := range l.s.prints() {
		if evaluated[id] {
			for _, p := range prints {
				of[p] = true
			}
		}
	}
	for _, m := range l.s.Models {
		if m.Kind() != "asked" {
			continue
		}
		for _, t := range l.lineage(m) {
			if who := leaked(t, evaluated, of); who != "" {
				l.doc.at(l.models[m.Name].path, "model %q learned from people who are evaluated: %s, says %s; evaluate only others, with the seed and the pilot that it was tuned with", m.Name, who, t.file)
			}
		}
	}
}

// leaked says which people of a training set are evaluated, "" when none are.
// A print may be shared by chance with somebody new who answers alike, and each
// person has two, so two of them prove nothing; three that are more than a
// twentieth of all do.
func leaked(t *Tuning, evaluated, prints map[string]bool) string {
	var ids []string
	for _, id := range t.People {
		if evaluated[id] {
			ids = append(ids, id)
		}
	}
	if n := len(ids); n > 0 {
		return fmt.Sprintf("%s, such as %q", counted(n, "respondent"), ids[0])
	}
	n := 0
	for _, p := range t.Prints {
		if prints[p] {
			n++
		}
	}
	if n >= 3 && 20*n > len(t.Prints) {
		return fmt.Sprintf("%d of them by their answers, though their ids or levels have other names", n)
	}
	return ""
}

// lineage returns the records of everything that a model may have learned from.
func (l *loader) lineage(m *Model) []*Tuning {
	var found []*Tuning
	names := map[string]bool{m.Name: true}
	add := func(t *Tuning) {
		if !slices.Contains(found, t) {
			found = append(found, t)
			names[t.Model], names[t.Base] = true, true
		}
	}
	for before := -1; before != len(names); {
		before = len(names)
		for _, other := range l.s.Models {
			if names[other.Name] && other.Base != "" {
				names[other.Base] = true
			}
		}
		for _, t := range l.s.Tunings {
			if names[t.Model] || t.serves(m) {
				add(t)
			}
			for _, other := range l.s.Models {
				if names[other.Name] && t.serves(other) {
					add(t)
				}
			}
		}
	}
	return found
}

// serves says whether a model is the one that a training made.
func (t *Tuning) serves(m *Model) bool {
	return t.Run != nil && (t.Run.Served != "" && t.Run.Served == m.Model || t.Run.Revision != "" && t.Run.Revision == m.Revision)
}

// PrintsOf returns the prints of some people that no other person of the
// people file shares, sorted.
func (s *Study) PrintsOf(ids []string) []string {
	all := s.prints()
	count := make(map[string]int)
	for _, prints := range all {
		for _, p := range prints {
			count[p]++
		}
	}
	out := []string{}
	for _, id := range ids {
		for _, p := range all[id] {
			if count[p] == 1 {
				out = append(out, p)
			}
		}
	}
	slices.Sort(out)
	return out
}

// prints returns two prints of each person: one of the answers as they are
// coded, whatever the order of rows, and one of which answers are alike,
// whatever they are called.
func (s *Study) prints() map[string][]string {
	f := s.People.Frame
	id := f.Col(s.schema.ID)
	var answers, within []*frame.Column
	for _, v := range s.Variables {
		if v.Derived == "" && s.Answers(&v.Variable) {
			answers = append(answers, f.Col(v.Name))
		}
	}
	for _, x := range s.Factors {
		if x.Within {
			within = append(within, f.Col(x.Name))
		}
	}
	rows := make([][]int, len(id.Levels))
	for i, k := range id.Codes {
		if k >= 0 {
			rows[k] = append(rows[k], i)
		}
	}
	out := make(map[string][]string, len(rows))
	for k, own := range rows {
		if len(own) > 0 && len(answers) > 0 {
			out[id.Levels[k]] = []string{printOf(coded(own, within, answers)), printOf(alike(own, answers))}
		}
	}
	return out
}

// coded returns the rows of a person as text, sorted.
func coded(rows []int, within, answers []*frame.Column) []string {
	var lines []string
	for _, i := range rows {
		var b strings.Builder
		for _, c := range slices.Concat(within, answers) {
			fmt.Fprintf(&b, "%q ", c.String(i))
		}
		lines = append(lines, b.String())
	}
	slices.Sort(lines)
	return append(lines, "coded")
}

// alike returns, for each variable that a person answered, which of the answers
// are equal: the first is 0, the next that differs 1, and so on. The order of
// variables does not matter.
func alike(rows []int, answers []*frame.Column) []string {
	var patterns []string
	for _, c := range answers {
		seen := make(map[string]int)
		var b strings.Builder
		for _, i := range rows {
			if c.Missing(i) {
				b.WriteString("- ")
				continue
			}
			value := c.String(i)
			if _, ok := seen[value]; !ok {
				seen[value] = len(seen)
			}
			fmt.Fprintf(&b, "%d ", seen[value])
		}
		patterns = append(patterns, b.String())
	}
	slices.Sort(patterns)
	return append(patterns, "alike")
}

// printOf returns a short digest of lines.
func printOf(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:8])
}
