package collect

import (
	"context"
	"fmt"
	"slices"

	"silico/analysis/frame"
	"silico/internal/study"
)

// recorded is a source whose answers stand in a CSV file: somebody already has
// them. With join = "id" its rows belong to people; with "none" they are
// respondents of their own, with their own covariates.
type recorded struct{ model *study.Model }

// Answer returns the rows of the file.
//
// Joined by id, a row of the file answers for the unit of the person with the
// same levels of all within factors; several rows for one unit are its draws,
// in the order of the file. Rows that find no person, people
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
	if w := t.Schema.Weight; w != "" && rows.Col(w) == nil { // of nobody's weight everything would be missing
		ones := &frame.Column{Name: w, Kind: frame.Number, Nums: slices.Repeat([]float64{1}, rows.Rows())}
		a.Columns = append(a.Columns, ones)
		a.Warnings = append(a.Warnings, fmt.Sprintf("%s has no weights, so its respondents count the same; columns = { %s = … } names them", r.model.Recorded.File, w))
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
	rows := r.model.Recorded.Rows
	within := r.within(t, rows)
	j := newJoin(t, factor(rows.Col(r.id(t))), within)
	a, from := j.match()
	for _, c := range rows.Columns() {
		if c.Name != r.id(t) && !slices.Contains(within, c) {
			a.Columns = append(a.Columns, c.Take(from))
		}
	}
	a.Warnings = j.unmatched(r.model.Recorded.File)
	return a
}

// id returns the name of the respondent's column in the recorded rows.
func (r recorded) id(t *Task) string {
	if t.Schema.ID != "" {
		return t.Schema.ID
	}
	return idColumn
}

// within returns the within factors, which the file tells apart.
func (r recorded) within(t *Task, rows *frame.Frame) []*frame.Column {
	var cols []*frame.Column
	for _, f := range t.Study.Factors {
		if c := rows.Col(f.Name); c != nil && f.Within && c.Coded() {
			cols = append(cols, c)
		}
	}
	return cols
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
