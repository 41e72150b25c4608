package plot

import (
	"cmp"
	"slices"
)

// series are the rows of a figure by panel and colour.
type series struct {
	facet, colour cats
	looks         []look
	order         []int // the colours in use, people first
	rows          [][][]int
}

// newSeries groups the rows in which keep is true.
func newSeries(d *data, keep func(row int) bool) *series {
	s := &series{facet: d.cats("facet").present(), colour: d.cats("colour")}
	s.looks = looks(s.colour)
	if !d.has("colour") {
		s.looks[0] = plain
	}
	s.order = peopleFirst(s.colour)
	s.rows = make([][][]int, len(s.facet.labels))
	for f := range s.rows {
		s.rows[f] = make([][]int, len(s.colour.labels))
	}
	for i, f := range s.facet.codes {
		if c := s.colour.codes[i]; f >= 0 && c >= 0 && keep(i) {
			s.rows[f][c] = append(s.rows[f][c], i)
		}
	}
	return s
}

// any says whether panel f has a row.
func (s *series) any(f int) bool {
	return slices.ContainsFunc(s.rows[f], func(rows []int) bool { return len(rows) > 0 })
}

// keys returns the keys of the colours, none when there is no colour role or
// the titles of the panels already say which colour is which.
func (s *series) keys(d *data, make func(label string, l look) key) []key {
	told := true
	for f, title := range s.facet.labels {
		for c, rows := range s.rows[f] {
			told = told && (len(rows) == 0 || s.colour.labels[c] == title)
		}
	}
	if told {
		return nil
	}
	ks := titleKey(d.label("colour"))
	for _, c := range s.order {
		ks = append(ks, make(s.colour.labels[c], s.looks[c]))
	}
	return ks
}

// sorted returns rows in ascending order of xs, equal ones as they were.
func sorted(rows []int, xs []float64) []int {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(xs[a], xs[b]) })
	return rows
}
