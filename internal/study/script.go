package study

import (
	"encoding/json"
	"iter"
	"slices"
	"sync"

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
	within  []*frame.Column // the factors that tell the units of a respondent apart
	persona *phrase         // nil when nothing is said of the respondent
	chains  [][]*item       // questions that stand in one conversation, in their order
	of      map[*Question]*item
	streams stat.Streams
}

// item is a question as a model is asked it.
type item struct {
	*Question
	variable    *frame.Variable
	measure     *measure
	elicit      *elicitation
	reasoning   bool
	text        *phrase
	instruction *phrase    // behind the text, nil for none
	condition   *condition // under which it is asked, nil for always
	options     *options   // nil for an open answer
	found       finder     // of options in the order of their declaration; nil where the words are the answer
	matched     sync.Map   // what texts are of the options, see weighing
	declines    bool       // an option has words by which models decline
	reask       int
	prefill     bool    // the model can be made to continue an answer
	before      []*item // earlier questions of the conversation, behind all answers to which it is asked; nil for those that were drawn alone

	request llm.Request // without messages
	weights llm.Request // of log-probabilities
	schema  func(it *item, order []int) json.RawMessage
}

// script works out what a model is asked.
func (s *Study) script(m *Model) *script {
	sc := &script{study: s, model: m, units: s.Units(), streams: stat.NewStreams(s.Seed), of: make(map[*Question]*item)}
	for _, f := range s.Factors {
		if f.Within {
			sc.within = append(sc.within, sc.units.Col(f.Name))
		}
	}
	for _, p := range s.Personas {
		if p.Name == m.Persona {
			sc.persona = s.phrase(s.worded(p.Template, m.Wording), p.Missing, sc.units)
		}
	}
	for _, chain := range s.chains() {
		var items []*item
		for _, q := range chain {
			items = append(items, sc.item(q, items))
		}
		sc.chains = append(sc.chains, items)
	}
	return sc
}

// chains returns the questions that stand in one conversation: a question that
// comes after none, and those that come after it, in their order.
func (s *Study) chains() [][]*Question {
	var chains [][]*Question
	of := make(map[string]int)
	for _, q := range s.inOrder() {
		k, ok := of[q.After]
		if !ok {
			k = len(chains)
			chains = append(chains, nil)
		}
		of[q.Name] = k
		chains[k] = append(chains[k], q)
	}
	return chains
}

// item works out how a question is asked that comes behind some others.
func (sc *script) item(q *Question, before []*item) *item {
	s, m := sc.study, sc.model
	v := s.schema.Variable(q.Variable)
	it := &item{
		Question: q, variable: v, measure: measureOf(v.Type), options: optionsOf(v),
		elicit: elicitationOf(m.elicit(q)), reasoning: m.reasons(q), reask: m.Reask,
	}
	if q.Reask != nil {
		it.reask = *q.Reask
	}
	it.text = s.phrase(s.worded(q.Text, m.Wording), q.Missing, sc.units)
	for _, p := range it.text.parts {
		if p.options && it.options != nil {
			it.options.signs = max(it.options.signs, signsOf(p.field))
		}
	}
	if text := it.elicit.instructs(it); text != "" {
		it.instruction = s.phrase(s.worded(text, m.Wording), q.Missing, sc.units)
	}
	if q.When != nil {
		it.condition = newCondition(q.When, sc.units, before, s.schema)
	}
	it.prepare()
	if sc.chainKept(it, before) {
		it.before = slices.Clone(before)
	}
	can, _ := m.can()
	it.prefill = can.Prefill
	it.request = llm.Request{
		Provider: m.Provider, Model: m.Model, Revision: m.Revision, Endpoint: m.Endpoint, KeyEnv: m.KeyEnv,
		Options: llm.Options{Temperature: m.Temperature, TopP: m.TopP, MaxTokens: m.MaxTokens, Seed: m.Seed, Template: m.Template, Extra: m.Extra},
	}
	it.weights = it.request
	it.weights.Options.Temperature, it.weights.Options.TopP, it.weights.Options.Seed = &one, nil, nil
	it.weights.Options.MaxTokens, it.weights.Options.Logprobs = 1, alternatives(can)
	if it.elicit.schema != nil {
		it.schema = it.elicit.schema
		if declared := it.schema(it, nil); it.options == nil || q.Order == "fixed" || q.Order == "reversed" {
			it.request.Options.Schema, it.schema = declared, nil
			if q.Order == "reversed" {
				it.request.Options.Schema = it.elicit.schema(it, reversed(len(it.options.levels)))
			}
		}
	}
	sc.of[q] = it
	return it
}

// one is the temperature at which log-probabilities are asked for: they are the
// model's own, whatever the temperature at which it is sampled.
var one = 1.0

// prepare works out how replies are read.
func (it *item) prepare() {
	switch {
	case it.Code != nil:
		it.found = newCoding(it)
	case it.measure.answer != nil:
		it.found = it.measure.answer(it, nil)
	}
	if it.options != nil {
		for _, label := range it.options.labels {
			it.declines = it.declines || has(plainly(label), declining)
		}
	}
}

// Sessions are the sessions that a model is asked in, without those of other
// models: a respondent after the other in the order of the file, and the draws of
// each. A model with a memory goes through everything in one session; one without
// has a session for each unit and chain of questions. Behind them stand those
// about the training people of baselines that rescale the model. Models that are
// not asked have none.
//
// There may be a million: each is made when its turn comes.
func (s *Study) Sessions(m *Model) iter.Seq[*Session] {
	return func(yield func(*Session) bool) {
		if m.Kind() != "asked" || s.Units() == nil {
			return
		}
		sp := &splitter{sc: s.script(m), yield: yield}
		_ = sp.respondents(s.respondentRows(), m.Draws) && sp.respondents(s.PupilRows(m), 1)
	}
}

// sessions are the sessions of a model for some respondents, each with its units.
func (s *Study) sessions(m *Model, rows [][]int32) iter.Seq[*Session] {
	return func(yield func(*Session) bool) {
		sp := &splitter{sc: s.script(m), yield: yield}
		sp.respondents(rows, 1)
	}
}

// splitter makes the sessions of one model. Its methods return false when no more
// are wanted.
type splitter struct {
	sc    *script
	yield func(*Session) bool

	// What is left of larger blocks, in which sessions and their cells are made.
	block []Session
	cells []Cell
}

// blockSize is how many sessions, or cells, are made at a time.
const blockSize = 1024

// stretch is what is asked without a break: the questions of a chain about a unit.
type stretch struct {
	unit  int32
	chain []*item
}

func (sp *splitter) respondents(rows [][]int32, draws int) bool {
	for _, units := range rows {
		for draw := 1; draw <= draws; draw++ {
			if !sp.respondent(units, draw) {
				return false
			}
		}
	}
	return true
}

// respondent makes the sessions of one respondent.
func (sp *splitter) respondent(units []int32, draw int) bool {
	sc := sp.sc
	id := sc.units.Col(sc.study.schema.ID).String(int(units[0]))
	var parts []stretch
	for _, unit := range units {
		for _, chain := range sc.chains {
			part := stretch{unit, chain}
			if sc.model.Memory != 0 {
				parts = append(parts, part)
			} else if !sp.session(id, draw, part) {
				return false
			}
		}
	}
	if sc.model.Memory == 0 {
		return true
	}
	if sc.model.Order == "random" {
		rng := sc.stream("order of items", draw, id)
		rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	}
	return sp.session(id, draw, parts...)
}

// session makes a session of some stretches.
func (sp *splitter) session(id string, draw int, parts ...stretch) bool {
	n := 0
	for _, p := range parts {
		n += len(p.chain)
	}
	if n > len(sp.cells) {
		sp.cells = make([]Cell, max(n, blockSize))
	}
	if len(sp.block) == 0 {
		sp.block = make([]Session, blockSize)
	}
	cells, session := sp.cells[:0:n], &sp.block[0]
	sp.cells, sp.block = sp.cells[n:], sp.block[1:]
	for _, p := range parts {
		for _, it := range p.chain {
			cells = append(cells, Cell{p.unit, it.Question})
		}
	}
	*session = Session{Model: sp.sc.model, Respondent: id, Draw: draw, Cells: cells, script: sp.sc}
	return sp.yield(session)
}

// respondentRows returns the units of each respondent that models stand in
// for, in the order of the file.
func (s *Study) respondentRows() [][]int32 {
	sample := s.Units().Col(frame.SampleColumn)
	code := sample.Code(frame.Evaluation)
	return s.rowsOf(func(row int) bool { return sample.Codes[row] == code })
}

// rowsOf returns the units that are in, respondent by respondent in the order
// of the file. They share one list, since there may be a million respondents.
func (s *Study) rowsOf(in func(row int) bool) [][]int32 {
	id := s.Units().Col(s.schema.ID)
	place := make([]int32, len(id.Levels)) // of each person among the rows, + 1
	var units []int32                      // how many each has
	n := 0
	for i, k := range id.Codes {
		if !in(i) {
			continue
		}
		if place[k] == 0 {
			units = append(units, 0)
			place[k] = int32(len(units))
		}
		units[place[k]-1]++
		n++
	}
	rows, list := make([][]int32, len(units)), make([]int32, n)
	for p, own := range units {
		rows[p], list = list[:0:own], list[own:]
	}
	for i, k := range id.Codes {
		if in(i) {
			rows[place[k]-1] = append(rows[place[k]-1], int32(i))
		}
	}
	return rows
}

// alternatives returns how many alternatives to a token are asked for.
func alternatives(can llm.Capabilities) int { return max(1, can.Logprobs) }
