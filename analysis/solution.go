package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

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

	info     *mat.SymDense
	grad     *mat.VecDense
	step     *mat.VecDense
	chol     mat.Cholesky
	inverted mat.SymDense
}

func newSolution(r *refitter) *solution {
	cells := func() []float64 { return make([]float64, r.cells) }
	return &solution{
		r: r, n: cells(), sum: cells(), mean: cells(), by: cells(), coef: make([]float64, r.k), inverse: make([]float64, r.k*r.k),
		info: mat.NewSymDense(r.k, nil), grad: mat.NewVecDense(r.k, nil), step: mat.NewVecDense(r.k, nil),
	}
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
		floats.Add(s.coef, s.step.RawVector().Data)
		size := mat.Dot(s.step, s.grad)
		if math.IsNaN(size) || math.IsInf(size, 0) {
			return false
		}
		if size < 1e-18*(1+float64(len(s.r.entries))) {
			return s.invert()
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
	s.grad.Zero()
	grad := s.grad.RawVector().Data
	for j, n := range s.n {
		floats.AddScaled(grad, (s.sum[j]-n*whole.mean[j])*whole.by[j], s.r.designs.row(j))
	}
	share := floats.Sum(s.n) / floats.Sum(whole.n)
	for a := range k {
		s.coef[a] = whole.coef[a] + floats.Dot(whole.inverse[a*k:(a+1)*k], grad)/share
	}
}

// look computes means, gradient and information at the coefficients, and the
// step from there; false where there is none.
func (s *solution) look() bool {
	s.info.Zero()
	s.grad.Zero()
	info, grad, k := s.info.RawSymmetric().Data, s.grad.RawVector().Data, s.r.k // the upper triangle
	for j, n := range s.n {
		if n <= 0 {
			continue
		}
		mu, slope := s.r.link.MeanAndSlope(s.r.eta(j, s.coef))
		v := varianceOf(s.r.family, mu)
		if !(v > 0) || math.IsInf(v, 0) {
			return false
		}
		s.mean[j], s.by[j] = mu, slope/v
		w, u := n*slope*slope/v, (s.sum[j]-n*mu)*slope/v
		x := s.r.designs.row(j)
		for a, xa := range x {
			grad[a] += u * xa
			if wx := w * xa; wx != 0 {
				line := info[a*k : (a+1)*k]
				for b := a; b < k; b++ {
					line[b] += wx * x[b]
				}
			}
		}
	}
	return s.chol.Factorize(s.info) && !(s.chol.Cond() > 1e14) && s.chol.SolveVecTo(s.step, s.grad) == nil
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

// invert takes the inverse of the information.
func (s *solution) invert() bool {
	if s.chol.InverseTo(&s.inverted) != nil {
		return false
	}
	k := s.r.k
	for a := range k {
		for b := range k {
			s.inverse[a*k+b] = s.inverted.At(a, b)
		}
	}
	return true
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
			for a, x := range vectors[i*k : (i+1)*k] {
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
