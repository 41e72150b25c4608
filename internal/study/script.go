package study

import (
	"silico/analysis/frame"
	"silico/analysis/stat"
	"silico/internal/llm"
)

// script is what one model is asked: the questions, with all that is the same
// for every respondent worked out.
type script struct {
	study   *Study
	model   *Model
	units   *frame.Frame
	persona *phrase // nil when nothing is said of the respondent
	items   []*item // the questions, each behind the one that it comes after
	chains  [][]int // numbers of the items that stand in one conversation
	request llm.Request
	streams stat.Streams
}

// item is a question as a model is asked it.
type item struct {
	*Question
	variable *frame.Variable
	measure  *measure
	text     *phrase
	options  *options // nil for an open answer
	found    finder   // of the order of the declaration; nil where the words are the answer
	declines bool     // an option has words by which models decline
}

// script works out what a model is asked.
func (s *Study) script(m *Model) *script {
	sc := &script{study: s, model: m, units: s.Units(), streams: stat.NewStreams(s.Seed)}
	sc.request = llm.Request{
		Provider: m.Provider, Model: m.Model, Revision: m.Revision, Endpoint: m.Endpoint,
		Options: llm.Options{Temperature: m.Temperature},
	}
	for _, p := range s.Personas {
		if p.Name == m.Persona {
			sc.persona = s.phrase(p.Text, sc.units)
		}
	}
	chain := make(map[string]int) // question -> number of its chain
	for i, q := range s.inOrder() {
		v := s.schema.Variable(q.Variable)
		it := &item{Question: q, variable: v, measure: measureOf(v.Type), text: s.phrase(q.Text, sc.units), options: optionsOf(v)}
		it.prepare()
		sc.items = append(sc.items, it)
		k, ok := chain[q.After]
		if !ok {
			k = len(sc.chains)
			sc.chains = append(sc.chains, nil)
		}
		chain[q.Name] = k
		sc.chains[k] = append(sc.chains[k], i)
	}
	return sc
}

// prepare works out how replies are read.
func (it *item) prepare() {
	if it.measure.answer != nil {
		it.found = it.measure.answer(it, nil)
	}
	if it.options != nil {
		for _, label := range it.options.labels {
			it.declines = it.declines || has(plainly(label), declining)
		}
	}
}

// Sessions returns the sessions that a model is asked in, without those of
// other models: a respondent after the other in the order of the file, the
// draws of each, and in each the units and the chains of questions. Models that
// are not asked have none.
func (s *Study) Sessions(m *Model) []*Session {
	if m.Kind() != "asked" || s.Units() == nil {
		return nil
	}
	return s.sessions(m, s.respondentRows())
}

// sessions returns the sessions of a model for some respondents, each with its
// units.
func (s *Study) sessions(m *Model, rows [][]int32) []*Session {
	sc := s.script(m)
	n := 0
	for _, units := range rows {
		n += len(units)
	}
	n *= m.Draws * len(sc.chains)
	all, list := make([]Session, 0, n), make([]*Session, 0, n)
	cells := make([]Cell, 0, n*len(sc.items)/max(1, len(sc.chains)))
	id := sc.units.Col(s.schema.ID)
	for _, units := range rows {
		for draw := 1; draw <= m.Draws; draw++ {
			for _, unit := range units {
				for _, chain := range sc.chains {
					from := len(cells)
					for _, i := range chain {
						cells = append(cells, Cell{unit, sc.items[i].Question})
					}
					all = append(all, Session{Model: m, Respondent: id.String(int(unit)), Draw: draw, Cells: cells[from:len(cells):len(cells)], script: sc})
					list = append(list, &all[len(all)-1])
				}
			}
		}
	}
	return list
}

// respondentRows returns the units of each respondent that models stand in
// for, in the order of the file.
func (s *Study) respondentRows() [][]int32 {
	sample := s.Units().Col(frame.SampleColumn)
	code := sample.Code(frame.Evaluation)
	return s.rowsOf(func(row int) bool { return sample.Codes[row] == code })
}

// rowsOf returns the units that are in, respondent by respondent in the order
// of the file.
func (s *Study) rowsOf(in func(row int) bool) [][]int32 {
	id := s.Units().Col(s.schema.ID)
	place := make([]int32, len(id.Levels)) // of each person among the rows, + 1
	var rows [][]int32
	for i, k := range id.Codes {
		if !in(i) {
			continue
		}
		if place[k] == 0 {
			rows = append(rows, nil)
			place[k] = int32(len(rows))
		}
		rows[place[k]-1] = append(rows[place[k]-1], int32(i))
	}
	return rows
}
