package stat

import (
	"cmp"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// PPIPeople are people with their rows of a regression, kept as the sums that
// inference by person needs: any division of them into labelled and unlabelled
// people is then fitted without another look at the rows.
type PPIPeople struct {
	x     *mat.Dense // the different rows of the design
	k     int        // its columns
	first []int      // of each person its first cell; one more closes the list
	cells []ppiCell
	y, f  []float64 // people x columns: designs times answers, and times predictions
}

// ppiCell is how often a person has a row of the design.
type ppiCell struct {
	row   int
	times float64
}

// NewPPIPeople returns n people. Row i of the regression is that of person[i],
// with the answer y[i] and the prediction f[i]; its design is row[i] of x.
// Somebody without rows is in no sample.
func NewPPIPeople(x *mat.Dense, row, person []int, n int, y, f []float64) *PPIPeople {
	_, k := x.Dims()
	p := &PPIPeople{x: x, k: k, first: make([]int, n+1), y: make([]float64, n*k), f: make([]float64, n*k)}
	order, _ := own(nil, len(row))
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(person[i]-person[j], row[i]-row[j], i-j)
	})
	for j, i := range order {
		g := person[i]
		if j > 0 && g == person[order[j-1]] && row[i] == row[order[j-1]] {
			p.cells[len(p.cells)-1].times++
		} else {
			p.cells = append(p.cells, ppiCell{row[i], 1})
		}
		p.first[g+1] = len(p.cells)
		for c, v := range x.RawRowView(row[i]) {
			p.y[g*k+c] += y[i] * v
			p.f[g*k+c] += f[i] * v
		}
	}
	for g := range n {
		p.first[g+1] = max(p.first[g], p.first[g+1])
	}
	return p
}

// of returns the cells of a person.
func (p *PPIPeople) of(g int) []ppiCell { return p.cells[p.first[g]:p.first[g+1]] }

// OLS returns the regression of PPISample.OLS, for any division of the people.
func (p *PPIPeople) OLS(o PPIOptions) *PPIDivision { return newPPIDivision(p, o, Identity) }

// Logit returns the regression of PPISample.Logit, for any division of the people.
func (p *PPIPeople) Logit(o PPIOptions) *PPIDivision { return newPPIDivision(p, o, Logit) }

// ppiSide are the labelled people or the unlabelled, with the sums over them.
type ppiSide struct {
	who   []int
	rows  int
	times []float64 // of each row of the design
	y, f  []float64
}

func (s *ppiSide) clear() {
	s.who, s.rows = s.who[:0], 0
	clear(s.times)
	clear(s.y)
	clear(s.f)
}

func (s *ppiSide) add(p *PPIPeople, g int) {
	k := len(s.y)
	s.who = append(s.who, g)
	for _, c := range p.of(g) {
		s.times[c.row] += c.times
		s.rows += int(c.times)
	}
	for c := range k {
		s.y[c] += p.y[g*k+c]
		s.f[c] += p.f[g*k+c]
	}
}

// n is the number of people, as a divisor.
func (s *ppiSide) n() float64 { return float64(len(s.who)) }
