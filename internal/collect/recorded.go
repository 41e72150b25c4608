package collect

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"silico/analysis/frame"
	"silico/internal/study"
)

// recorded is a source whose answers stand in a file: somebody already has
// them. With join = "id" its rows belong to people; with "none" they are
// respondents of their own, with their own covariates.
type recorded struct{ model *study.Model }

// Answer returns the rows of the file.
//
// Joined by id, a row of the file answers for the unit of the person that is
// equal in all within factors that the file has; several rows for one unit are
// its draws, in the order of the file. Rows that find no person, people
// without a row, and units without a row are counted in the warnings; rows of
// people outside the evaluation sample are left out.
//
// With respondents of their own, every row of the file is a row of the frame,
// in the order of the file.
func (r recorded) Answer(_ context.Context, t *Task) (*Answers, error) {
	rec := r.model.Recorded
	if rec.Join == "none" {
		return r.strangers(t), nil
	}
	if t.People == nil {
		return nil, fmt.Errorf("file %s is joined by id, and the study has no people", rec.File)
	}
	return r.joined(t), nil
}

// strangers returns the rows as respondents of their own.
func (r recorded) strangers(t *Task) *Answers {
	rows := r.model.Recorded.Rows
	a := &Answers{Own: factor(rows.Col(r.id(t)))}
	for _, c := range rows.Columns() {
		if c.Name != r.id(t) {
			a.Columns = append(a.Columns, c)
		}
	}
	k := newKeys(a.Own, r.within(t, rows))
	var nobody int
	a.Draws = make([]int32, a.Rows())
	seen := k.counter()
	for i := range a.Draws {
		key, ok := k.of(i)
		if !ok {
			nobody++
			a.Draws[i] = 1
			continue
		}
		a.Draws[i] = seen.next(key)
	}
	if nobody > 0 {
		a.Warnings = append(a.Warnings, fmt.Sprintf("%s of %s %s no respondent or no level of a within factor", count(nobody, "row"), r.model.Recorded.File, has(nobody)))
	}
	return a
}

// joined returns the rows of the file that belong to the units asked for.
func (r recorded) joined(t *Task) *Answers {
	rec := r.model.Recorded
	rows := rec.Rows
	id := factor(rows.Col(r.id(t)))
	within := r.within(t, rows)

	// Both sides are numbered in the codes of the people's file.
	people := t.People.Col(t.Schema.ID)
	person := person(id, people)
	mine := newKeys(&frame.Column{Kind: frame.Factor, Codes: person, Levels: people.Levels}, within)
	theirs := make([]*frame.Column, len(within))
	for i, c := range within {
		whole := t.People.Col(c.Name)
		theirs[i] = &frame.Column{Name: c.Name, Kind: frame.Factor, Levels: c.Levels, Codes: recode(whole, c.Levels)}
	}
	k := newKeys(&frame.Column{Kind: frame.Factor, Codes: people.Codes, Levels: people.Levels}, theirs)

	// head[key] is the first unit of a key, next the one behind it: there are
	// several where the file does not tell all within factors apart.
	head := k.counter()
	next := make([]int32, t.People.Rows())
	for i := len(t.Units) - 1; i >= 0; i-- {
		u := t.Units[i]
		if key, ok := k.of(int(u)); ok {
			next[u] = head.swap(key, u+1)
		}
	}

	// Two passes over the file: how many rows a unit has, then where they go.
	rowsOf := make([]int32, t.People.Rows())
	var outside, strangers, unplaced int
	sampled := make([]bool, len(people.Levels))
	for _, u := range t.Units {
		sampled[people.Codes[u]] = true
	}
	unknown := make([]bool, len(id.Levels))
	for i := range rows.Rows() {
		switch p := person[i]; {
		case p < 0:
			strangers++
			unknown[id.Codes[i]] = true
			continue
		case !sampled[p]:
			outside++
			continue
		}
		key, ok := mine.of(i)
		first := int32(0)
		if ok {
			first = head.at(key)
		}
		if first == 0 {
			unplaced++
			continue
		}
		for u := first; u != 0; u = next[u-1] {
			rowsOf[u-1]++
		}
	}
	start := make([]int32, t.People.Rows())
	total := int32(0)
	answered := make([]bool, len(people.Levels))
	for _, u := range t.Units {
		start[u] = total
		total += rowsOf[u]
		if rowsOf[u] > 0 {
			answered[people.Codes[u]] = true
		}
	}
	var bare int
	for _, u := range t.Units {
		if rowsOf[u] == 0 && answered[people.Codes[u]] {
			bare++
		}
	}
	a := &Answers{Units: make([]int32, total), Draws: make([]int32, total)}
	from := make([]int, total)
	filled := make([]int32, t.People.Rows())
	for i := range rows.Rows() {
		if p := person[i]; p < 0 || !sampled[p] {
			continue
		}
		key, ok := mine.of(i)
		if !ok {
			continue
		}
		for u := head.at(key); u != 0; u = next[u-1] {
			at := start[u-1] + filled[u-1]
			filled[u-1]++
			a.Units[at], a.Draws[at], from[at] = u-1, filled[u-1], i
		}
	}
	for _, c := range rows.Columns() {
		if c.Name != r.id(t) && !slices.Contains(within, c) {
			a.Columns = append(a.Columns, c.Take(from))
		}
	}
	a.Warnings = r.unmatched(id, unknown, strangers, outside, unplaced, bare, silent(sampled, answered, people.Levels))
	return a
}

// id returns the name of the respondent's column in the recorded rows.
func (r recorded) id(t *Task) string {
	if t.Schema.ID != "" {
		return t.Schema.ID
	}
	return idColumn
}

// within returns the within factors that the file has.
func (r recorded) within(t *Task, rows *frame.Frame) []*frame.Column {
	var cols []*frame.Column
	for _, f := range t.Study.Factors {
		if c := rows.Col(f.Name); c != nil && f.Within && c.Coded() {
			cols = append(cols, c)
		}
	}
	return cols
}

// person returns the code among the people of each row's respondent, -1 for
// one who is not among them.
func person(id, people *frame.Column) []int32 {
	if slices.Equal(id.Levels, people.Levels) { // people and models from one file
		return id.Codes
	}
	codes := make(map[string]int32, len(people.Levels))
	for k, l := range people.Levels {
		codes[l] = int32(k)
	}
	to := make([]int32, len(id.Levels))
	for k, l := range id.Levels {
		to[k] = -1
		if p, ok := codes[l]; ok {
			to[k] = p
		}
	}
	person := make([]int32, len(id.Codes))
	for i, k := range id.Codes {
		person[i] = -1
		if k >= 0 {
			person[i] = to[k]
		}
	}
	return person
}

// silent returns the people asked for who have no answer, in the order of the
// people file.
func silent(sampled, answered []bool, ids []string) []string {
	var names []string
	for k, in := range sampled {
		if in && !answered[k] {
			names = append(names, ids[k])
		}
	}
	return names
}

// unmatched says what found no partner on the other side.
func (r recorded) unmatched(id *frame.Column, unknown []bool, strangers, outside, unplaced, bare int, silent []string) []string {
	var warnings []string
	file := r.model.Recorded.File
	if strangers > 0 {
		var names []string
		for k, l := range id.Levels {
			if unknown[k] {
				names = append(names, l)
			}
		}
		warnings = append(warnings, fmt.Sprintf("%s of %s %s to nobody in the people file%s", count(strangers, "row"), file, belongs(strangers), examples(names)))
	}
	if unplaced > 0 {
		warnings = append(warnings, fmt.Sprintf("%s of %s %s to no unit of the person: the combination of within factors is not in the people file", count(unplaced, "row"), file, belongs(unplaced)))
	}
	if len(silent) > 0 {
		warnings = append(warnings, fmt.Sprintf("%s of the evaluation sample %s no row in %s%s", count(len(silent), "respondent"), has(len(silent)), file, examples(silent)))
	}
	if bare > 0 {
		warnings = append(warnings, fmt.Sprintf("%s of respondents who do have rows in %s %s none", count(bare, "unit"), file, has(bare)))
	}
	if outside > 0 {
		warnings = append(warnings, fmt.Sprintf("%s of %s %s to people outside the evaluation sample and %s left out", count(outside, "row"), file, belongs(outside), are(outside)))
	}
	return warnings
}

// factor returns a column as a factor: itself, or its distinct values in order
// of appearance.
func factor(c *frame.Column) *frame.Column {
	if c.Coded() {
		return c
	}
	d := &frame.Column{Name: c.Name, Kind: frame.Factor, Codes: make([]int32, c.Len())}
	codes := make(map[string]int32)
	for i := range d.Codes {
		if c.Missing(i) {
			d.Codes[i] = -1
			continue
		}
		value := c.String(i)
		k, ok := codes[value]
		if !ok {
			k = int32(len(d.Levels))
			codes[value] = k
			d.Levels = append(d.Levels, value)
		}
		d.Codes[i] = k
	}
	return d
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

func has(n int) string     { return plural(n, "has", "have") }
func are(n int) string     { return plural(n, "is", "are") }
func belongs(n int) string { return plural(n, "belongs", "belong") }

// examples lists up to three names.
func examples(names []string) string {
	if len(names) == 0 {
		return ""
	}
	more := ""
	if len(names) > 3 {
		names, more = names[:3], " and others"
	}
	return " (" + strings.Join(names, ", ") + more + ")"
}
