package analysis

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/stat"
)

// refitter fits one regression again and again under weights of respondents:
// halves, resamples. Rows with the same predictors are fitted as one, which is
// the same maximum for a fraction of the work, and Newton's search starts where
// the whole sample ended.
type refitter struct {
	k       int
	family  stat.Family
	link    stat.Link
	x       []float64 // distinct rows x k
	offset  []float64 // of each distinct row
	at      []int32   // distinct row of each observation
	y, w    []float64 // outcome and prior weight of each observation
	person  []int32   // respondent of each observation: 0, 1, 2, ... in order
	codes   []int32   // code of each respondent, which sources share
	effects []effect
	start   []float64
}

// effect is a marginal effect: the mean over observations of the expected
// outcome at one design less that at another, or of its slope times per.
type effect struct {
	name   string
	per    float64
	slope  []float64 // derivatives of the distinct rows; nil for a comparison
	to, of []float64 // the distinct rows at the level and at the reference
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

// newRefitter collapses the design of a fit, whose coefficients it starts from.
// kept are the columns that have one, and person the code of each row's
// respondent, ascending.
func newRefitter(m *stat.Regression, kept []int, person []int32, effects []designEffect) *refitter {
	d := m.Design
	n, k := len(d.Rows), len(kept)
	r := &refitter{k: k, family: m.Family, link: m.Link, at: make([]int32, n), y: d.Y, w: d.Weights, person: make([]int32, n)}
	if r.w == nil {
		r.w = make([]float64, n)
		for i := range r.w {
			r.w[i] = 1
		}
	}
	for _, e := range effects {
		r.effects = append(r.effects, effect{name: e.name, per: e.per})
	}
	for _, j := range kept {
		r.start = append(r.start, m.Coef[j])
	}
	all := len(d.Names)
	first, second := make([]float64, all), make([]float64, all)
	seen := make(map[string]int32)
	var key []byte
	row := make([]float64, 0, k*(1+2*len(effects))+1)
	for i := range n {
		if i == 0 || person[i] != person[i-1] {
			r.codes = append(r.codes, person[i])
		}
		r.person[i] = int32(len(r.codes) - 1)
		row = appendKept(row[:0], d.X.RawRowView(i), kept)
		for _, e := range effects {
			e.to.Fill(first, i, i+1)
			row = appendKept(row, first, kept)
			if e.of != nil {
				e.of.Fill(second, i, i+1)
				row = appendKept(row, second, kept)
			}
		}
		off := 0.0
		if d.Offset != nil {
			off = d.Offset[i]
		}
		key = appendBits(key[:0], append(row, off))
		j, ok := seen[string(key)]
		if !ok {
			j = int32(len(seen))
			seen[string(key)] = j
			r.add(row, off, effects)
		}
		r.at[i] = j
	}
	return r
}

func appendKept(dst, row []float64, kept []int) []float64 {
	for _, j := range kept {
		dst = append(dst, row[j])
	}
	return dst
}

// add keeps a distinct row: its design and those of the effects.
func (r *refitter) add(row []float64, offset float64, effects []designEffect) {
	take := func() []float64 {
		v := row[:r.k]
		row = row[r.k:]
		return v
	}
	r.x = append(r.x, take()...)
	r.offset = append(r.offset, offset)
	for i, e := range effects {
		if e.of == nil {
			r.effects[i].slope = append(r.effects[i].slope, take()...)
			continue
		}
		r.effects[i].to = append(r.effects[i].to, take()...)
		r.effects[i].of = append(r.effects[i].of, take()...)
	}
}

// solution is a fit under weights of respondents.
type solution struct {
	r       *refitter
	coef    []float64
	inverse *mat.SymDense // of the information
	n       []float64     // weight of each distinct row
	weight  []float64     // of each respondent; nil for 1 each
	people  int           // respondents with weight
}

// fit returns the maximum under the weights of the respondents, nil for 1 each;
// nil when there is none: the information is singular or the search runs away.
func (r *refitter) fit(weight []float64) *solution {
	rows := len(r.offset)
	s := &solution{r: r, n: make([]float64, rows), weight: weight}
	sum := make([]float64, rows)
	for i, j := range r.at {
		w := r.w[i]
		if weight != nil {
			w *= weight[r.person[i]]
		}
		s.n[j] += w
		sum[j] += w * r.y[i]
	}
	for g := range r.codes {
		if weight == nil || weight[g] > 0 {
			s.people++
		}
	}
	s.coef = make([]float64, r.k)
	copy(s.coef, r.start)
	info, grad := make([]float64, r.k*r.k), make([]float64, r.k)
	var chol mat.Cholesky
	for range 50 {
		clear(info)
		clear(grad)
		for j, n := range s.n {
			if n > 0 {
				r.score(j, n, sum[j], s.coef, info, grad)
			}
		}
		if !chol.Factorize(mat.NewSymDense(r.k, upper(info, r.k))) || chol.Cond() > 1e14 {
			return nil
		}
		var step mat.VecDense
		if chol.SolveVecTo(&step, mat.NewVecDense(r.k, grad)) != nil {
			return nil
		}
		size := 0.0
		for j := range s.coef {
			s.coef[j] += step.AtVec(j)
			size += step.AtVec(j) * grad[j]
		}
		if math.IsNaN(size) || math.IsInf(size, 0) {
			return nil
		}
		if size < 1e-18*(1+float64(len(r.at))) {
			s.inverse = new(mat.SymDense)
			if chol.InverseTo(s.inverse) != nil {
				return nil
			}
			return s
		}
	}
	return nil
}

// score adds the information and the gradient of a distinct row with weight n
// and weighted sum of outcomes. Only the upper triangle is filled.
func (r *refitter) score(j int, n, sum float64, coef, info, grad []float64) {
	x := r.x[j*r.k : (j+1)*r.k]
	eta := r.eta(j, x, coef)
	mu, slope := r.link.Mean(eta), r.link.Slope(eta)
	v := varianceOf(r.family, mu)
	if !(v > 0) || math.IsInf(v, 0) {
		grad[0] = math.NaN()
		return
	}
	w, u := n*slope*slope/v, (sum-n*mu)*slope/v
	for a, xa := range x {
		grad[a] += u * xa
		if wx := w * xa; wx != 0 {
			line := info[a*r.k : (a+1)*r.k]
			for b := a; b < r.k; b++ {
				line[b] += wx * x[b]
			}
		}
	}
}

func (r *refitter) eta(j int, x, coef []float64) float64 {
	eta := r.offset[j]
	for a, xa := range x {
		eta += xa * coef[a]
	}
	return eta
}

// upper returns the matrix, whose upper triangle alone counts, as a copy.
func upper(info []float64, k int) []float64 { return append([]float64(nil), info[:k*k]...) }

// influence returns what each respondent adds to the coefficients: the inverse
// information times the respondent's score, respondents x k.
func (s *solution) influence() []float64 {
	r := s.r
	scores := make([]float64, len(r.codes)*r.k)
	residual := make([][2]float64, len(s.n)) // mean, slope/variance of each distinct row
	for j := range s.n {
		eta := r.eta(j, r.x[j*r.k:(j+1)*r.k], s.coef)
		mu := r.link.Mean(eta)
		residual[j] = [2]float64{mu, r.link.Slope(eta) / varianceOf(r.family, mu)}
	}
	for i, j := range r.at {
		g := int(r.person[i])
		w := r.w[i]
		if s.weight != nil {
			w *= s.weight[g]
		}
		if w == 0 {
			continue
		}
		u := w * (r.y[i] - residual[j][0]) * residual[j][1]
		line := scores[g*r.k : (g+1)*r.k]
		for a, xa := range r.x[int(j)*r.k : (int(j)+1)*r.k] {
			line[a] += u * xa
		}
	}
	out := make([]float64, len(scores))
	for g := range r.codes {
		for a := range r.k {
			sum := 0.0
			for b := range r.k {
				sum += s.inverse.At(a, b) * scores[g*r.k+b]
			}
			out[g*r.k+a] = sum
		}
	}
	return out
}

// errors returns the standard errors of the coefficients by respondent,
// √(G/(G-1) Σ u²): CR1.
func (s *solution) errors(influence []float64) []float64 {
	se := make([]float64, s.r.k)
	for a := range se {
		se[a] = math.NaN()
		if s.people > 1 {
			sum := 0.0
			for g := range s.r.codes {
				u := influence[g*s.r.k+a]
				sum += u * u
			}
			se[a] = math.Sqrt(float64(s.people) / float64(s.people-1) * sum)
		}
	}
	return se
}

// marginal is an average marginal effect with its derivatives by the
// coefficients and its value in each distinct row.
type marginal struct {
	value  float64
	by     []float64
	values []float64
}

// marginals returns the average marginal effects.
func (s *solution) marginals() []marginal {
	r := s.r
	total := 0.0
	for _, n := range s.n {
		total += n
	}
	list := make([]marginal, len(r.effects))
	for i, e := range r.effects {
		m := marginal{by: make([]float64, r.k), values: make([]float64, len(s.n))}
		for j, n := range s.n {
			if n == 0 {
				continue
			}
			lo, hi := j*r.k, (j+1)*r.k
			n /= total
			if e.slope != nil {
				x, d := r.x[lo:hi], e.slope[lo:hi]
				eta := r.eta(j, x, s.coef)
				along := 0.0
				for a := range d {
					along += d[a] * s.coef[a]
				}
				slope, bend := r.link.Slope(eta), r.link.Curve(eta)
				m.values[j] = e.per * slope * along
				for a := range d {
					m.by[a] += n * e.per * (bend*along*x[a] + slope*d[a])
				}
			} else {
				to, of := e.to[lo:hi], e.of[lo:hi]
				a1, a0 := r.eta(j, to, s.coef), r.eta(j, of, s.coef)
				m.values[j] = r.link.Mean(a1) - r.link.Mean(a0)
				s1, s0 := r.link.Slope(a1), r.link.Slope(a0)
				for a := range to {
					m.by[a] += n * (s1*to[a] - s0*of[a])
				}
			}
			m.value += n * m.values[j]
		}
		list[i] = m
	}
	return list
}
