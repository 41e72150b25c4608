package collect

import (
	"fmt"
	"slices"

	"silico/analysis/frame"
)

// join brings the rows of a file to the units of the people. Both sides are
// numbered in the codes of the people file, and rows are placed by counting:
// no map is asked for a row.
type join struct {
	t      *Task
	id     *frame.Column // respondents as the file names them
	people *frame.Column // respondents as the people file does
	person []int32       // of each row of the file, -1 for nobody of the people
	keys   *keys         // of the rows of the file
	units  *counter      // one more than the unit of a key, 0 for none

	asked    []bool // by person: is in the sample
	answered []bool // by person: has a row
	unknown  []bool // by respondent of the file: is nobody of the people

	strangers, outside, unplaced, bare int // rows of nobody, of people not asked for, of no unit; units without a row
}

// newJoin numbers both sides. The within factors are the columns of the file.
func newJoin(t *Task, id *frame.Column, within []*frame.Column) *join {
	people := t.People.Col(t.Schema.ID)
	j := &join{t: t, id: id, people: people, person: person(id, people),
		asked: make([]bool, len(people.Levels)), answered: make([]bool, len(people.Levels)), unknown: make([]bool, len(id.Levels))}
	j.keys = newKeys(&frame.Column{Kind: frame.Factor, Codes: j.person, Levels: people.Levels}, within)

	theirs := make([]*frame.Column, len(within))
	for i, c := range within {
		theirs[i] = &frame.Column{Name: c.Name, Kind: frame.Factor, Levels: c.Levels, Codes: recode(t.People.Col(c.Name), c.Levels)}
	}
	units := newKeys(&frame.Column{Kind: frame.Factor, Codes: people.Codes, Levels: people.Levels}, theirs)
	j.units = units.counter()
	for _, u := range t.Units {
		j.asked[people.Codes[u]] = true
		if key, ok := units.of(int(u)); ok {
			j.units.set(key, u+1)
		}
	}
	return j
}

// unit returns the unit that a row of the file answers for, -1 when there is
// none.
func (j *join) unit(row int) int32 {
	if p := j.person[row]; p < 0 || !j.asked[p] {
		return -1
	}
	if key, ok := j.keys.of(row); ok {
		return j.units.at(key) - 1
	}
	return -1
}

// match returns the rows of the frame, unit by unit and draw by draw, and the
// row of the file that each is from.
func (j *join) match() (a *Answers, from []int) {
	have := make([]int32, j.t.People.Rows()) // by unit: how many rows it has
	for row := range j.person {
		if u := j.unit(row); u >= 0 {
			have[u]++
		} else {
			j.lost(row)
		}
	}
	start := make([]int32, len(have))
	total := int32(0)
	for _, u := range j.t.Units {
		start[u] = total
		total += have[u]
		if have[u] > 0 {
			j.answered[j.people.Codes[u]] = true
		}
	}
	for _, u := range j.t.Units {
		if have[u] == 0 && j.answered[j.people.Codes[u]] {
			j.bare++
		}
	}
	a = &Answers{Units: make([]int32, total), Draws: make([]int32, total)}
	from = make([]int, total)
	placed := make([]int32, len(have))
	for row := range j.person {
		u := j.unit(row)
		if u < 0 {
			continue
		}
		at := start[u] + placed[u]
		placed[u]++
		a.Units[at], a.Draws[at], from[at] = u, placed[u], row
	}
	return a, from
}

// lost counts a row that finds no unit, by the reason.
func (j *join) lost(row int) {
	switch p := j.person[row]; {
	case p < 0:
		j.strangers++
		if k := j.id.Codes[row]; k >= 0 {
			j.unknown[k] = true
		}
	case !j.asked[p]:
		j.outside++
	default:
		j.unplaced++
	}
}

// unmatched says what found no partner on the other side.
func (j *join) unmatched(file string) []string {
	var warnings []string
	add := func(format string, args ...any) { warnings = append(warnings, fmt.Sprintf(format, args...)) }
	if n := j.strangers; n > 0 {
		add("%s of %s %s to nobody in the people file%s", count(n, "row"), file, belongs(n), examples(chosen(j.id.Levels, func(k int) bool { return j.unknown[k] })))
	}
	if n := j.unplaced; n > 0 {
		add("%s of %s %s to no unit of the person: the combination of within factors is not in the people file", count(n, "row"), file, belongs(n))
	}
	silent := chosen(j.people.Levels, func(k int) bool { return j.asked[k] && !j.answered[k] })
	if n := len(silent); n > 0 {
		add("%s of the evaluation sample %s no row in %s%s", count(n, "respondent"), has(n), file, examples(silent))
	}
	if n := j.bare; n > 0 {
		add("%s of respondents who do have rows in %s %s none", count(n, "unit"), file, has(n))
	}
	if n := j.outside; n > 0 {
		add("%s of %s %s to people outside the evaluation sample and %s left out", count(n, "row"), file, belongs(n), are(n))
	}
	return warnings
}

// chosen returns the names whose place is chosen.
func chosen(names []string, choose func(k int) bool) []string {
	var some []string
	for k, name := range names {
		if choose(k) {
			some = append(some, name)
		}
	}
	return some
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
