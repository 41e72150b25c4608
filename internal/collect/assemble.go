package collect

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"silico/analysis/frame"
	"silico/internal/study"
)

// block is the part of the frame that one source fills.
type block struct {
	source string
	people bool // the people themselves, who keep their answers
	*Answers
}

// assemble writes the blocks below each other, column by column.
func assemble(ctx context.Context, t *Task, blocks []block) (*frame.Frame, error) {
	w := &writer{t: t, blocks: blocks}
	for _, b := range blocks {
		w.rows += b.Rows()
	}
	fills := []func() *frame.Column{w.source, w.id, w.sample, w.rule, w.draw}
	for i := range t.Schema.Variables {
		v := &t.Schema.Variables[i]
		switch {
		case v.Name == t.Schema.ID:
		case v.Derived == "": // the others are computed from these
			fills = append(fills, func() *frame.Column { return w.variable(v) })
		}
	}
	cols := make([]*frame.Column, len(fills))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(t.Workers)
	for i, fill := range fills {
		g.Go(func() error {
			cols[i] = fill()
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	f, err := t.Study.Derive(framed(t.Schema, cols))
	if err != nil {
		return nil, err
	}
	return ordered(f), nil
}

func framed(s *frame.Schema, cols []*frame.Column) *frame.Frame {
	f := frame.New(cols...)
	f.Schema = s
	return f
}

// ordered puts the derived columns, which were computed last, in their places.
func ordered(f *frame.Frame) *frame.Frame {
	names := []string{frame.SourceColumn, f.Schema.ID, frame.SampleColumn, frame.RuleColumn, frame.DrawColumn}
	if f.Schema.ID == "" {
		names[1] = idColumn
	}
	for _, v := range f.Schema.Variables {
		if v.Name != f.Schema.ID {
			names = append(names, v.Name)
		}
	}
	var cols []*frame.Column
	for _, name := range names {
		if c := f.Col(name); c != nil {
			cols = append(cols, c)
		}
	}
	return framed(f.Schema, cols)
}

// idColumn is the respondent's column in a study without a people file.
const idColumn = "id"

// writer fills columns from the blocks.
type writer struct {
	t      *Task
	blocks []block
	rows   int
}

func (w *writer) source() *frame.Column {
	c := &frame.Column{Name: frame.SourceColumn, Kind: frame.Factor, Codes: make([]int32, 0, w.rows)}
	labels := false
	for k, b := range w.blocks {
		c.Levels = append(c.Levels, b.source)
		label := b.source
		if s := w.t.Schema.Source(b.source); s != nil && s.Label != "" {
			label = s.Label
			labels = true
		}
		c.Labels = append(c.Labels, label)
		for range b.Rows() {
			c.Codes = append(c.Codes, int32(k))
		}
	}
	if !labels {
		c.Labels = nil
	}
	return c
}

// id names the respondents: the people's ids, and "SOURCE:ID" for those of a
// source's own.
func (w *writer) id() *frame.Column {
	name := w.t.Schema.ID
	if name == "" {
		name = idColumn
	}
	c := &frame.Column{Name: name, Kind: frame.Factor, Codes: make([]int32, 0, w.rows)}
	var people *frame.Column
	levels := 0
	if w.t.People != nil {
		people = w.t.People.Col(name)
		levels = len(people.Levels)
	}
	for _, b := range w.blocks {
		if b.Own != nil {
			levels += len(b.Own.Levels)
		}
	}
	c.Levels = make([]string, 0, levels)
	if people != nil {
		c.Levels = append(c.Levels, people.Levels...)
	}
	for _, b := range w.blocks {
		if b.Own == nil {
			for _, u := range b.Units {
				c.Codes = append(c.Codes, people.Codes[u])
			}
			continue
		}
		first := int32(len(c.Levels))
		c.Levels = prefixed(c.Levels, b.source, b.Own.Levels)
		for _, code := range b.Own.Codes {
			if code >= 0 {
				code += first
			}
			c.Codes = append(c.Codes, code)
		}
	}
	sortLevels(c)
	return c
}

// sortLevels puts the ids in the order in which analyses number people, so that
// they need not each sort a million of them.
func sortLevels(c *frame.Column) {
	levels, rank := make([]string, len(c.Levels)), make([]int32, len(c.Levels))
	for k, level := range frame.SortedIDs(c.Levels) {
		levels[k], rank[level] = c.Levels[level], int32(k)
	}
	c.Levels = levels
	for i, code := range c.Codes {
		if code >= 0 {
			c.Codes[i] = rank[code]
		}
	}
}

// prefixed appends "SOURCE:ID" for each id. The names share one string, since
// there may be a million of them.
func prefixed(names []string, source string, ids []string) []string {
	size := 0
	for _, id := range ids {
		size += len(source) + 1 + len(id)
	}
	var all strings.Builder
	all.Grow(size)
	for _, id := range ids {
		all.WriteString(source)
		all.WriteByte(':')
		all.WriteString(id)
	}
	text := all.String()
	for _, id := range ids {
		n := len(source) + 1 + len(id)
		names = append(names, text[:n])
		text = text[n:]
	}
	return names
}

func (w *writer) sample() *frame.Column {
	c := &frame.Column{Name: frame.SampleColumn, Kind: frame.Factor, Codes: make([]int32, 0, w.rows),
		Levels: []string{frame.Evaluation, frame.Pilot, frame.Excluded}}
	for _, b := range w.blocks {
		if from := w.own(b, c.Name); from != nil {
			c.Codes = append(c.Codes, recode(from, c.Levels)...)
			continue
		}
		c.Codes = append(c.Codes, make([]int32, b.Rows())...) // models stand in the evaluation sample
	}
	return c
}

func (w *writer) rule() *frame.Column {
	c := &frame.Column{Name: frame.RuleColumn, Kind: frame.Factor, Codes: make([]int32, 0, w.rows)}
	if w.t.Study.People != nil {
		for _, r := range w.t.Study.People.Exclude {
			c.Levels = append(c.Levels, r.Name)
		}
	}
	for _, b := range w.blocks {
		if from := w.own(b, c.Name); from != nil {
			c.Codes = append(c.Codes, recode(from, c.Levels)...)
			continue
		}
		for range b.Rows() {
			c.Codes = append(c.Codes, -1)
		}
	}
	return c
}

// own returns the people's own column when the block is theirs.
func (w *writer) own(b block, name string) *frame.Column {
	if !b.people {
		return nil
	}
	return w.t.People.Col(name)
}

func (w *writer) draw() *frame.Column {
	xs := make([]float64, 0, w.rows)
	for _, b := range w.blocks {
		for i := range b.Rows() {
			d := 1.0
			if b.Draws != nil {
				d = float64(b.Draws[i])
			}
			xs = append(xs, d)
		}
	}
	return frame.Numbers(frame.DrawColumn, xs)
}

// variable fills the column of a variable: what the source gives, else what is
// known of the person, else missing.
func (w *writer) variable(v *frame.Variable) *frame.Column {
	c := empty(v, w.rows)
	at := 0
	for i := range w.blocks {
		b := &w.blocks[i]
		from, rows := w.from(b, v)
		put(c, at, from, rows, b.Rows())
		at += b.Rows()
	}
	return c
}

// from returns where the values of a variable stand for a block: a column and
// the rows of it, nil rows for all of them; a nil column when it has none.
func (w *writer) from(b *block, v *frame.Variable) (*frame.Column, []int32) {
	for _, c := range b.Columns {
		if c.Name == v.Name {
			return c, nil
		}
	}
	if b.Own != nil {
		if c := attribute(w.t.Study, v, b.Columns); c != nil {
			return c, nil
		}
		return nil, nil
	}
	if !b.people && w.t.Study.Answers(v) {
		return nil, nil
	}
	return w.t.People.Col(v.Name), b.Units
}

// attribute returns the column of an attribute from the levels of its factor,
// nil when v is none or its factor is not among the columns.
func attribute(s *study.Study, v *frame.Variable, cols []*frame.Column) *frame.Column {
	if v.Of == "" {
		return nil
	}
	i := slices.IndexFunc(cols, func(c *frame.Column) bool { return c.Name == v.Of })
	j := slices.IndexFunc(s.Factors, func(f *study.Factor) bool { return f.Name == v.Of })
	if i < 0 || j < 0 || !cols[i].Coded() {
		return nil
	}
	values := make(map[string]string)
	for _, l := range s.Factors[j].Levels {
		values[l.Name] = l.Attributes[v.Name]
	}
	c := empty(v, cols[i].Len())
	known := make([]string, len(cols[i].Levels))
	for k, l := range cols[i].Levels {
		known[k] = values[l]
	}
	for r, code := range cols[i].Codes {
		if code >= 0 {
			set(c, r, known[code])
		}
	}
	return c
}
