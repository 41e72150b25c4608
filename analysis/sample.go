package analysis

import (
	"fmt"
	"slices"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// selection is what an analysis looks at: the rows of each source that enter,
// in an order that does not depend on the order of the frame.
type selection struct {
	frame   *frame.Frame
	schema  *frame.Schema
	sample  string
	sources []*sourceRows
	// Missing counts the rows that Where left out because it was missing there.
	missing int
}

// sourceRows are the rows of one source, ordered by respondent, by the within
// factors in the order of their levels, and by draw.
type sourceRows struct {
	frame.Source
	rows   []int
	person []int32 // of each row: its respondent, a code that sources share
	people int     // distinct respondents
}

// people is the name of the source that others are compared with.
const people = "people"

// pick returns the rows that c asks for. Sources without rows stay, with none.
// The reference, where it is given and the study has it, enters first even
// when c.Sources does not name it.
func (c Common) pick(f *frame.Frame, reference string) (*selection, error) {
	s := &selection{frame: f, schema: f.Schema, sample: c.Sample}
	if s.sample == "" {
		s.sample = frame.Evaluation
	}
	keep, missing, err := c.rule(f)
	if err != nil {
		return nil, err
	}
	s.missing = missing
	names := c.Sources
	if names == nil {
		for _, src := range f.Schema.Sources {
			names = append(names, src.Name)
		}
	}
	if reference != "" && f.Schema.Source(reference) != nil {
		names = append([]string{reference}, slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == reference })...)
	}
	person := personCodes(f)
	less := canonical(f, person)
	bySource := rowsBySource(f)
	for _, name := range names {
		src := f.Schema.Source(name)
		if src == nil {
			return nil, fmt.Errorf("source %q is not in the schema", name)
		}
		sr := &sourceRows{Source: *src}
		for _, row := range bySource[name] {
			if (keep == nil || keep[row]) && inSample(f, row, s.sample) {
				sr.rows = append(sr.rows, row)
			}
		}
		if !slices.IsSortedFunc(sr.rows, less) {
			sr.rows = byPerson(sr.rows, person)
			if !slices.IsSortedFunc(sr.rows, less) {
				slices.SortStableFunc(sr.rows, less)
			}
		}
		sr.person = make([]int32, len(sr.rows))
		for i, row := range sr.rows {
			sr.person[i] = person[row]
			if i == 0 || person[row] != sr.person[i-1] {
				sr.people++
			}
		}
		s.sources = append(s.sources, sr)
	}
	return s, nil
}

// byPerson returns rows in the order of their persons, those of a person in the
// order in which they stand. Persons of a source are mostly numbered in one
// stretch, and counting them is cheaper than comparing.
func byPerson(rows []int, person []int32) []int {
	low, high := person[rows[0]], person[rows[0]]
	for _, row := range rows {
		low, high = min(low, person[row]), max(high, person[row])
	}
	if int(high-low) > 4*len(rows) {
		return rows
	}
	at := make([]int32, high-low+2) // where the next row of each person goes
	for _, row := range rows {
		at[person[row]-low+1]++
	}
	for i := range len(at) - 1 {
		at[i+1] += at[i]
	}
	sorted := make([]int, len(rows))
	for _, row := range rows {
		p := person[row] - low
		sorted[at[p]] = row
		at[p]++
	}
	return sorted
}

// rule evaluates Where over all rows; nil when there is none.
func (c Common) rule(f *frame.Frame) (keep []bool, missing int, err error) {
	if c.Where == "" {
		return nil, 0, nil
	}
	e, err := expr.Parse(c.Where)
	if err != nil {
		return nil, 0, fmt.Errorf("where: %w", err)
	}
	keep, _, err = e.Rows(f)
	if err != nil {
		return nil, 0, fmt.Errorf("where: %w", err)
	}
	// Only rows of the sample count as left out for missing values.
	truth, err := e.Column("where", f)
	if err != nil {
		return nil, 0, fmt.Errorf("where: %w", err)
	}
	for row := range f.Rows() {
		if truth.Missing(row) && inSample(f, row, c.Sample) {
			missing++
		}
	}
	return keep, missing, nil
}

// inSample says whether a row belongs to the sample: "all" is everybody whom no
// rule excludes. A frame without the column has one sample.
func inSample(f *frame.Frame, row int, sample string) bool {
	c := f.Col(frame.SampleColumn)
	if c == nil {
		return true
	}
	s := c.String(row)
	if sample == "all" {
		return s != frame.Excluded
	}
	return s == sample || sample == "" && s == frame.Evaluation
}

// rowsBySource lists the rows of each source. A frame without the column is
// all people.
func rowsBySource(f *frame.Frame) map[string][]int {
	rows := make(map[string][]int)
	c := f.Col(frame.SourceColumn)
	if c == nil {
		for i := range f.Rows() {
			rows[people] = append(rows[people], i)
		}
		return rows
	}
	if c.Coded() {
		for k, group := range frame.Groups(c) {
			rows[c.Levels[k]] = group
		}
		return rows
	}
	for i := range f.Rows() {
		rows[c.String(i)] = append(rows[c.String(i)], i)
	}
	return rows
}

// personCodes numbers the respondents in the order of their ids, never of the
// rows, so that resamples and splits are the same for any order of a file. Rows
// without an id are respondents of their own, as are all rows of a frame that
// has no id.
func personCodes(f *frame.Frame) []int32 {
	codes := make([]int32, f.Rows())
	name := f.Schema.ID
	if name == "" {
		name = "id" // of a study without people
	}
	c := f.Col(name)
	if c == nil {
		for i := range codes {
			codes[i] = int32(i)
		}
		return codes
	}
	ids := c
	if !c.Coded() {
		ids = frame.Factors(name, textsOf(c), nil)
	}
	rank := make([]int32, len(ids.Levels)) // of each level
	for k, level := range frame.SortedIDs(ids.Levels) {
		rank[level] = int32(k)
	}
	next := int32(len(rank))
	for i, code := range ids.Codes {
		if c.Missing(i) {
			codes[i] = next
			next++
		} else {
			codes[i] = rank[code]
		}
	}
	return codes
}

// textsOf returns the values of a column as texts, "" where they are missing.
func textsOf(c *frame.Column) []string {
	texts := make([]string, c.Len())
	for i := range texts {
		if !c.Missing(i) {
			texts[i] = c.String(i)
		}
	}
	return texts
}

// canonical compares two rows by respondent, within factors and draw.
func canonical(f *frame.Frame, person []int32) func(a, b int) int {
	var within []*frame.Column
	for _, v := range withinFactors(f.Schema) {
		if c := f.Col(v.Name); c != nil && c.Coded() {
			within = append(within, c)
		}
	}
	draw := f.Col(frame.DrawColumn)
	return func(a, b int) int {
		if d := int(person[a]) - int(person[b]); d != 0 {
			return d
		}
		for _, c := range within {
			if d := int(c.Codes[a]) - int(c.Codes[b]); d != 0 {
				return d
			}
		}
		if draw != nil {
			switch x, y := draw.Float(a), draw.Float(b); {
			case x < y:
				return -1
			case x > y:
				return 1
			}
		}
		return 0
	}
}

// withinFactors returns the factors that vary within a respondent.
func withinFactors(s *frame.Schema) []*frame.Variable {
	var vs []*frame.Variable
	for i := range s.Variables {
		if v := &s.Variables[i]; v.Role == "factor" && v.Within && len(v.Levels) > 0 {
			vs = append(vs, v)
		}
	}
	return vs
}

// source returns the rows of a source, nil when it does not enter.
func (s *selection) source(name string) *sourceRows {
	for _, sr := range s.sources {
		if sr.Name == name {
			return sr
		}
	}
	return nil
}

// note counts the rows that a rule left out for missing values, "" when there
// are none.
func (s *selection) note() []Warning {
	if s.missing == 0 {
		return nil
	}
	return []Warning{{Text: fmt.Sprintf("%s left out because a value in the rule `where` is missing.", count(s.missing, "row was", "rows were"))}}
}

// empty warns of sources that have no rows.
func (s *selection) empty() []Warning {
	var ws []Warning
	for _, sr := range s.sources {
		if len(sr.rows) == 0 {
			ws = append(ws, Warning{Term: sr.Name, Text: fmt.Sprintf("%s has no rows in this sample.", sr.title())})
		}
	}
	return ws
}

// title is what readers see of a source.
func (s *sourceRows) title() string {
	if s.Label != "" {
		return s.Label
	}
	return s.Name
}
