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
	// Where the rows begin in the frame when they are a stretch of it, -1 when
	// they are not.
	first int
}

// single says whether every respondent has one row.
func (s *sourceRows) single() bool { return s.people == len(s.rows) }

// at returns a row for each i below len(rows), in the order of the frame where
// that can be had: what is only counted is counted several times faster where
// it lies.
func (s *sourceRows) at(i int) int {
	if s.first >= 0 {
		return s.first + i
	}
	return s.rows[i]
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
	for _, name := range names {
		src := f.Schema.Source(name)
		if src == nil {
			return nil, fmt.Errorf("source %q is not in the schema", name)
		}
		if keep != nil {
			s.sources = append(s.sources, rowsOf(f, src, s.sample, keep))
			continue
		}
		s.sources = append(s.sources, frame.Once(f, "rows of "+name+" in "+s.sample, func() *sourceRows { return rowsOf(f, src, s.sample, nil) }))
	}
	return s, nil
}

// everybody selects all respondents of a source whom no rule excludes, pilot
// included: what samples of people differ by is a property of them all.
func (c Common) everybody(f *frame.Frame, source string) (*selection, error) {
	c.Sample, c.Sources = "all", []string{source}
	return c.pick(f, "")
}

// rowsOf returns the rows of a source that are in a sample and are kept, nil for
// all.
func rowsOf(f *frame.Frame, src *frame.Source, sample string, keep []bool) *sourceRows {
	sr := &sourceRows{Source: *src}
	person := personCodes(f)
	in := samples(f, sample)
	all := rowsOfSource(f, src.Name)
	sr.rows = make([]int, 0, len(all))
	for _, row := range all {
		if (keep == nil || keep[row]) && in(row) {
			sr.rows = append(sr.rows, row)
		}
	}
	if n := len(sr.rows); n > 0 {
		if sr.first = sr.rows[0]; sr.rows[n-1]-sr.first != n-1 {
			sr.first = -1
		}
	}
	if less := canonical(f, person); !slices.IsSortedFunc(sr.rows, less) {
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
	return sr
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
	in := samples(f, c.Sample)
	for row := range f.Rows() {
		if truth.Missing(row) && in(row) {
			missing++
		}
	}
	return keep, missing, nil
}

// samples returns what says whether a row belongs to a sample: "all" is
// everybody whom no rule excludes, "" the evaluation sample. A frame without the
// column has one sample.
func samples(f *frame.Frame, sample string) func(row int) bool {
	c := f.Col(frame.SampleColumn)
	if c == nil {
		return func(int) bool { return true }
	}
	if sample == "" {
		sample = frame.Evaluation
	}
	belongs := func(s string) bool { return s == sample || sample == "all" && s != frame.Excluded }
	if !c.Coded() {
		return func(row int) bool { return belongs(c.String(row)) }
	}
	in := make([]bool, len(c.Levels)+1) // the last is for missing
	for k, level := range append(slices.Clone(c.Levels), "") {
		in[k] = belongs(level)
	}
	return func(row int) bool {
		if k := c.Codes[row]; k >= 0 {
			return in[k]
		}
		return in[len(in)-1]
	}
}

// rowsOfSource lists the rows of a source. A frame without the column is all
// people.
func rowsOfSource(f *frame.Frame, name string) []int {
	return frame.Once(f, "rows by source", func() map[string][]int { return rowsBySource(f) })[name]
}

func rowsBySource(f *frame.Frame) map[string][]int {
	of := func(int) string { return people }
	switch c := f.Col(frame.SourceColumn); {
	case c != nil && c.Coded():
		rows := make(map[string][]int)
		for k, list := range frame.Groups(c) {
			rows[c.Levels[k]] = list
		}
		return rows
	case c != nil:
		of = c.String
	}
	rows := make(map[string][]int)
	for i := range f.Rows() {
		rows[of(i)] = append(rows[of(i)], i)
	}
	return rows
}

// personCodes numbers the respondents in the order of their ids, never of the
// rows, so that resamples and splits are the same for any order of a file. Rows
// without an id are respondents of their own, as are all rows of a frame that
// has no id.
func personCodes(f *frame.Frame) []int32 {
	return frame.Once(f, "respondents", func() []int32 { return respondents(f) })
}

func respondents(f *frame.Frame) []int32 {
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
