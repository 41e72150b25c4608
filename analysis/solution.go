package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"silico/analysis/stat"
)

// solution is a fit under weights of respondents. It owns the memory of its fits
// and holds the last one.
type solution struct {
	r       *refitter
	weight  []float64 // of each respondent; nil for 1 each
	people  int       // respondents with weight
	n, sum  []float64 // of each cell: weight, and that times outcomes
	coef    []float64
	mean    []float64 // of each cell with weight
	by      []float64 // of each cell with weight: slope/variance
	inverse []float64 // of the information, k x k

	eta, u, v  []float64 // of each cell: linear predictor, what it adds to the gradient, and to the information
	vx         []float64 // v times a column
	grad, step []float64
	info       []float64 // the upper triangle
	factors    *stat.Positive
}

func newSolution(r *refitter) *solution {
	s := &solution{r: r, info: make([]float64, r.k*r.k), factors: stat.NewPositive(r.k)}
	for _, cells := range []*[]float64{&s.n, &s.sum, &s.mean, &s.by, &s.eta, &s.u, &s.v, &s.vx} {
		*cells = make([]float64, r.cells)
	}
	for _, columns := range []*[]float64{&s.coef, &s.grad, &s.step} {
		*columns = make([]float64, r.k)
	}
	return s
}

// of returns the weight of a respondent.
func (s *solution) of(g int) float64 {
	if s.weight == nil {
		return 1
	}
	return s.weight[g]
}

// fit looks for the maximum under the weights of the respondents, nil for 1
// each. It is false when there is none: the information is singular or the
// search runs away.
func (s *solution) fit(weight []float64) bool {
	s.weight, s.people = weight, 0
	s.add()
	s.begin()
	for range 50 {
		if !s.look() {
			return false
		}
		floats.Add(s.coef, s.step)
		size := floats.Dot(s.step, s.grad)
		if math.IsNaN(size) || math.IsInf(size, 0) {
			return false
		}
		if size < 1e-18*(1+float64(len(s.r.entries))) {
			var condition float64
			s.inverse, condition = s.factors.Inverse()
			return condition < 1e14 && !s.separated()
		}
	}
	return false
}

// separated says whether a column has next to nothing of the information that it
// has of everybody: the search has run where the gradient is 0 because outcomes
// are told apart.
func (s *solution) separated() bool {
	whole := s.r.whole
	for a := range s.r.k {
		if at := a*s.r.k + a; whole != nil && !(s.info[at] > 1e-9*whole.info[at]) {
			return true
		}
	}
	return false
}

// add adds up the observations of each cell.
func (s *solution) add() {
	clear(s.n)
	clear(s.sum)
	for g := range s.r.codes {
		w := s.of(g)
		if w == 0 {
			continue
		}
		s.people++
		for _, e := range s.r.of(g) {
			s.n[e.cell] += w * e.n
			s.sum[e.cell] += w * e.sum
		}
	}
}

// begin is at the start, or a step from it where a fit to everybody is known: a
// part of them has its share of their information, and the means are theirs.
func (s *solution) begin() {
	copy(s.coef, s.r.start)
	whole, k := s.r.whole, s.r.k
	if whole == nil {
		return
	}
	for j, n := range s.n {
		s.u[j] = (s.sum[j] - n*whole.mean[j]) * whole.by[j]
	}
	for a, x := range s.r.columns {
		s.grad[a] = floats.Dot(s.u, x)
	}
	share := floats.Sum(s.n) / floats.Sum(whole.n)
	for a := range k {
		s.coef[a] = whole.coef[a] + floats.Dot(whole.inverse[a*k:(a+1)*k], s.grad)/share
	}
}

// look computes means, gradient and information at the coefficients, and the
// step from there; false where there is none.
func (s *solution) look() bool {
	r := s.r
	copy(s.eta, r.designs.offset)
	for a, x := range r.columns {
		floats.AddScaled(s.eta, s.coef[a], x)
	}
	for j, n := range s.n {
		if s.u[j], s.v[j] = 0, 0; n <= 0 {
			continue
		}
		mu, slope := r.link.MeanAndSlope(s.eta[j])
		v := varianceOf(r.family, mu)
		if !(v > 0 && v <= math.MaxFloat64) {
			return false
		}
		s.mean[j], s.by[j] = mu, slope/v
		s.u[j], s.v[j] = (s.sum[j]-n*mu)*s.by[j], n*slope*s.by[j]
	}
	for a, x := range r.columns {
		s.grad[a] = floats.Dot(s.u, x)
		floats.MulTo(s.vx, s.v, x)
		for b := a; b < r.k; b++ {
			s.info[a*r.k+b] = floats.Dot(s.vx, r.columns[b])
		}
	}
	if !s.factors.Factorize(s.info) {
		return false
	}
	copy(s.step, s.grad)
	s.factors.Solve(s.step)
	return true
}

// varianceOf returns the variance of an outcome with that mean.
func varianceOf(family stat.Family, mu float64) float64 {
	switch family {
	case stat.Binomial:
		return mu * (1 - mu)
	case stat.Poisson:
		return mu
	}
	return 1
}

// along returns for each respondent the products of m vectors with what the
// respondent adds to the gradient, respondents x m. Those with the rows of the
// inverse information are what the respondent adds to the coefficients.
func (s *solution) along(vectors []float64) []float64 {
	r, k := s.r, s.r.k
	m := len(vectors) / k
	products, score := make([]float64, len(r.codes)*m), make([]float64, k)
	for g := range r.codes {
		w := s.of(g)
		if w == 0 {
			continue
		}
		clear(score)
		for _, e := range r.of(g) {
			u := w * (e.sum - e.n*s.mean[e.cell]) * s.by[e.cell]
			for a, xa := range r.designs.row(int(e.cell)) {
				score[a] += u * xa
			}
		}
		own := products[g*m : (g+1)*m]
		for i := range own {
			for a, x := range vectors[i*k : (i+1)*k] { // a call for each costs more than these few products
				own[i] += x * score[a]
			}
		}
	}
	return products
}

// marginal is an average marginal effect; with its derivatives by the
// coefficients and its value in each cell where these are asked for.
type marginal struct {
	value  float64
	by     []float64
	values []float64
}

// marginals returns the average marginal effects.
func (s *solution) marginals(with bool) []marginal {
	r, total := s.r, floats.Sum(s.n)
	designs := len(r.designs.offset)
	at := cellEffects{r: r, eta: make([]float64, designs), mean: make([]float64, designs), slope: make([]float64, designs)}
	for j := range designs {
		at.eta[j] = r.eta(j, s.coef)
		at.mean[j], at.slope[j] = r.link.MeanAndSlope(at.eta[j])
	}
	list := make([]marginal, len(r.effects))
	for i, e := range r.effects {
		m := &list[i]
		if with {
			m.by, m.values = make([]float64, r.k), make([]float64, len(s.n))
		}
		for j, n := range s.n {
			if n == 0 {
				continue
			}
			value := at.value(e, j)
			m.value += n / total * value
			if with {
				m.values[j] = value
				at.derive(e, j, n/total, m.by)
			}
		}
	}
	return list
}

// cellEffects computes effects in cells, with the linear predictor, mean and
// slope of each design.
type cellEffects struct {
	r                *refitter
	eta, mean, slope []float64
}

// value returns an effect in cell j.
func (c *cellEffects) value(e effect, j int) float64 {
	if e.slope != nil {
		return e.per * c.slope[j] * c.eta[e.slope[j]] // the linear predictor of a derivative, without offset
	}
	return c.mean[e.to[j]] - c.mean[e.of[j]]
}

// derive adds the derivatives of an effect in cell j by the coefficients, times n.
func (c *cellEffects) derive(e effect, j int, n float64, by []float64) {
	if e.slope != nil {
		x, d := c.r.designs.row(j), c.r.designs.row(int(e.slope[j]))
		bend := c.r.link.Curve(c.eta[j]) * c.eta[e.slope[j]]
		for a := range d {
			by[a] += n * e.per * (bend*x[a] + c.slope[j]*d[a])
		}
		return
	}
	to, of := c.r.designs.row(int(e.to[j])), c.r.designs.row(int(e.of[j]))
	s1, s0 := c.slope[e.to[j]], c.slope[e.of[j]]
	for a := range to {
		by[a] += n * (s1*to[a] - s0*of[a])
	}
}
