package collect

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"silico/analysis/frame"
)

// defaultNeighbours is how many of the nearest people a hot deck draws from
// when the study does not say.
const defaultNeighbours = 5

// hotdeck lets one training person answer everything for a respondent: a
// person of the same levels of the match variables (gender, say), drawn at
// random among the few that are nearest in another (anger). Where several are
// equally near, the stream of the respondent decides who is among the few.
// What holds people's answers together holds these together too.
//
// Training people who were in another arm of a between factor answered other
// questions and are passed over.
type hotdeck struct {
	cells   *conditions
	donors  map[donation][]int32 // rows of the people file of the donor
	columns []*frame.Column      // of each outcome: the people's answers
	codes   [][]int32
}

// donation is who is stood in for, in which draw.
type donation struct {
	person int32 // code among the ids
	draw   int32
}

func learnHotdeck(s *sheet, l *lesson) (method, []string) {
	h := &hotdeck{cells: newConditions(s.t.Study, s.t.People), donors: make(map[donation][]int32)}
	for k := range s.outcomes {
		c := s.t.People.Col(s.outcomes[k].variable.Name)
		h.columns = append(h.columns, c)
		var codes []int32
		if c != nil && s.outcomes[k].options() != nil {
			codes = s.outcomes[k].chosen(c)
		}
		h.codes = append(h.codes, codes)
	}
	d := newDeck(s, l)
	id := s.t.People.Col(s.t.Schema.ID).Codes
	var lonely, wide int
	for row, u := range s.units {
		who := donation{id[u], s.draws[row]}
		if _, ok := h.donors[who]; ok {
			continue
		}
		rows, matched := d.draw(u, s.personal(u, who.draw, "donor"))
		h.donors[who] = rows
		switch {
		case rows == nil:
			lonely++
		case !matched:
			wide++
		}
	}
	var warnings []string
	if wide > 0 {
		warnings = append(warnings, fmt.Sprintf("no training person is equal in %v for %s; the nearest of all stand in", s.model.Baseline.Match, count(wide, "respondent")))
	}
	if lonely > 0 {
		warnings = append(warnings, fmt.Sprintf("no training person was asked the same as %s; their answers are missing", count(lonely, "respondent")))
	}
	return h, warnings
}

func (h *hotdeck) answer(s *sheet, row int) {
	u := s.units[row]
	person := s.t.People.Col(s.t.Schema.ID).Codes[u]
	for _, from := range h.donors[donation{person, s.draws[row]}] {
		if h.cells.of[from] != h.cells.of[u] {
			continue
		}
		for k := range s.outcomes {
			switch {
			case h.columns[k] == nil:
			case h.codes[k] != nil:
				s.choose(row, k, h.codes[k][from])
			case s.outcomes[k].numeric():
				s.answers[k].Nums[row] = h.columns[k].Nums[from]
			}
		}
		return
	}
}

// deck holds the training people to draw from.
type deck struct {
	people     [][]int32 // rows of each, in the order of their ids
	match      []*frame.Column
	between    []*frame.Column
	nearest    *frame.Column // nil: all are equally near
	neighbours int
}

func newDeck(s *sheet, l *lesson) *deck {
	b := s.model.Baseline
	d := &deck{neighbours: defaultNeighbours}
	if b != nil {
		for _, name := range b.Match {
			if c := s.t.People.Col(name); c != nil {
				d.match = append(d.match, c)
			}
		}
		if b.Nearest != "" {
			d.nearest = s.t.People.Col(b.Nearest)
		}
		if b.Neighbours > 0 {
			d.neighbours = b.Neighbours
		}
	}
	for _, f := range s.t.Study.Factors {
		if c := s.t.People.Col(f.Name); c != nil && !f.Within {
			d.between = append(d.between, c)
		}
	}
	id := s.t.People.Col(s.t.Schema.ID).Codes
	last := int32(-1)
	for _, row := range l.rows {
		if len(d.people) == 0 || id[row] != last {
			d.people = append(d.people, nil)
			last = id[row]
		}
		d.people[len(d.people)-1] = append(d.people[len(d.people)-1], row)
	}
	return d
}

// draw returns the rows of a training person for the person of a unit, and
// whether the two are equal in what is to be matched. When nobody is, all
// training people of the same arm are considered; nil when there are none.
func (d *deck) draw(unit int32, r *rand.Rand) (rows []int32, matched bool) {
	type candidate struct {
		rows     []int32
		distance float64
		lot      uint64
	}
	find := func(match []*frame.Column) []candidate {
		var list []candidate
		for _, rows := range d.people {
			if alike(d.between, unit, rows[0]) && alike(match, unit, rows[0]) {
				list = append(list, candidate{rows, d.distance(unit, rows[0]), 0})
			}
		}
		return list
	}
	candidates := find(d.match)
	matched = len(candidates) > 0
	if !matched {
		candidates = find(nil)
	}
	if len(candidates) == 0 {
		return nil, false
	}
	for i := range candidates {
		candidates[i].lot = r.Uint64()
	}
	slices.SortFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.lot, b.lot))
	})
	return candidates[r.IntN(min(d.neighbours, len(candidates)))].rows, matched
}

// distance returns how far a training person is from the person of a unit:
// nobody is farther than one whose value is missing, and all are equally near
// when the unit's own is.
func (d *deck) distance(unit, row int32) float64 {
	if d.nearest == nil || d.nearest.Missing(int(unit)) {
		return 0
	}
	x := math.Abs(d.nearest.Float(int(unit)) - d.nearest.Float(int(row)))
	if math.IsNaN(x) {
		return math.Inf(1)
	}
	return x
}

// alike says whether two rows of the people file are equal in all columns. A
// missing value equals nothing but another.
func alike(cols []*frame.Column, a, b int32) bool {
	for _, c := range cols {
		if c.String(int(a)) != c.String(int(b)) {
			return false
		}
	}
	return true
}
