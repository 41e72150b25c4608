package stat

import "math"

// Panel holds how often each person gave each answer: a weight for every
// person, item and category. An answer adds 1 to its place; a survey weight or
// a probability adds itself; a missing answer adds nothing. A person may answer
// an item several times (draws) or not at all. People are numbered within one
// universe that panels of several sources share, so that one resample of people
// serves them all and keeps them paired. Where the unit is a cluster, the
// "person" is the cluster.
type Panel struct {
	People, Items, Cats int
	n                   []float64 // People x Items x Cats
}

// NewPanel returns a panel without answers.
func NewPanel(people, items, cats int) *Panel {
	return &Panel{people, items, cats, make([]float64, people*items*cats)}
}

// Add adds the weight of an answer: 1 for one answer of one person.
func (p *Panel) Add(person, item, cat int, weight float64) {
	if item < 0 || item >= p.Items || cat < 0 || cat >= p.Cats {
		panic("stat: answer outside the panel")
	}
	p.n[(person*p.Items+item)*p.Cats+cat] += weight
}

// Of returns a person's weights on an item's categories; it is the panel's own
// memory.
func (p *Panel) Of(person, item int) []float64 {
	at := (person*p.Items + item) * p.Cats
	return p.n[at : at+p.Cats : at+p.Cats]
}

// row returns a person's weights, items x categories.
func (p *Panel) row(person int) []float64 {
	k := p.Items * p.Cats
	return p.n[person*k : (person+1)*k]
}

// Only returns the panel of the people for whom keep is true, in the same
// universe: a subgroup, say.
func (p *Panel) Only(keep func(person int) bool) *Panel {
	q := NewPanel(p.People, p.Items, p.Cats)
	for i := range p.People {
		if keep(i) {
			copy(q.row(i), p.row(i))
		}
	}
	return q
}

// Pick returns the panel of the items named, in that order.
func (p *Panel) Pick(items ...int) *Panel {
	q := NewPanel(p.People, len(items), p.Cats)
	for i := range p.People {
		for k, item := range items {
			copy(q.Of(i, k), p.Of(i, item))
		}
	}
	return q
}

// Answered says whether a person has any answer.
func (p *Panel) Answered(person int) bool {
	for _, v := range p.row(person) {
		if v != 0 {
			return true
		}
	}
	return false
}

// Respondents returns how many people have any answer.
func (p *Panel) Respondents() int {
	n := 0
	for i := range p.People {
		if p.Answered(i) {
			n++
		}
	}
	return n
}

// Table returns the weights summed over people.
func (p *Panel) Table() Table {
	t := NewTable(p.Items, p.Cats)
	for i := range p.People {
		for k, v := range p.row(i) {
			t.N[k] += v
		}
	}
	return t
}

// Table holds the weight of each item's categories over a sample of people.
type Table struct {
	Items, Cats int
	N           []float64 // Items x Cats
}

// NewTable returns a table of zeros.
func NewTable(items, cats int) Table { return Table{items, cats, make([]float64, items*cats)} }

// Item returns the weights of one item's categories; it is the table's own memory.
func (t Table) Item(item int) []float64 {
	return t.N[item*t.Cats : (item+1)*t.Cats : (item+1)*t.Cats]
}

// Pooled returns the weights of the categories over all items.
func (t Table) Pooled() []float64 {
	p := make([]float64, t.Cats)
	t.pool(p)
	return p
}

func (t Table) pool(dst []float64) {
	clear(dst)
	for i := range t.Items {
		for c, v := range t.Item(i) {
			dst[c] += v
		}
	}
}

// ShareVariance returns the variances of the shares of an item's categories,
// pooled over all items where item is negative, and the shares themselves. The
// person is the unit: with m_i the person's weight and s_i its share,
//
//	p = Σ m_i s_i / Σ m_i,   V = n/(n-1) Σ [m_i (s_i - p)]² / (Σ m_i)²,
//
// the linearised variance of a ratio, which is var(s)/n when everybody answered
// equally often. NaN with fewer than two people, shares NaN with none.
// R: survey::svymean(~factor(y), svydesign(~id, data)).
func (p *Panel) ShareVariance(item int) (share, variance []float64) {
	share, variance = make([]float64, p.Cats), make([]float64, p.Cats)
	row := make([]float64, p.Cats)
	n, total := 0, 0.0
	p.eachShare(item, row, func(m float64) {
		n++
		total += m
		for c, v := range row {
			share[c] += v
		}
	})
	for c := range share {
		share[c] /= total
	}
	p.eachShare(item, row, func(m float64) {
		for c, v := range row {
			d := v - m*share[c]
			variance[c] += d * d
		}
	})
	for c := range variance {
		variance[c] *= float64(n) / float64(n-1) / (total * total)
		if n < 2 {
			variance[c] = math.NaN()
		}
	}
	return share, variance
}

// eachShare fills row with each person's weights on an item (all items when it
// is negative) and calls f with their sum, for people who answered it.
func (p *Panel) eachShare(item int, row []float64, f func(m float64)) {
	for i := range p.People {
		if item >= 0 {
			copy(row, p.Of(i, item))
		} else {
			(Table{p.Items, p.Cats, p.row(i)}).pool(row)
		}
		m := 0.0
		for _, v := range row {
			m += v
		}
		if m > 0 {
			f(m)
		}
	}
}
