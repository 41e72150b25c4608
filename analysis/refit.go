package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
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
	designs *rowSet   // those of the cells first, then what the effects need besides
	cells   int       // rows of different predictors
	rows    []int     // of each observation: its row among those of the source
	at      []int32   // cell of each observation
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
	slope  []int32 // of each cell the derivative of its design; nil for a comparison
	to, of []int32 // of each cell the design at the level and at the reference
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

// newRefitter collapses the design of a model, whose coefficients it starts
// from. person is the code of each row's respondent, ascending. Rows with the
// same values of all predictors are one cell: their designs are equal, and those
// of every effect.
func newRefitter(d *formula.Design, m *fitted, person []int32, effects []designEffect) (*refitter, error) {
	kept := m.kept()
	n, k := len(d.Rows), len(kept)
	r := &refitter{k: k, family: m.family, link: m.link, rows: d.Rows, y: d.Y, w: d.Weights, person: make([]int32, n), designs: newRowSet(k)}
	if r.w == nil {
		r.w = slices.Repeat([]float64{1}, n)
	}
	for _, j := range kept {
		r.start = append(r.start, m.coef[j])
	}
	for i := range n {
		if i == 0 || person[i] != person[i-1] {
			r.codes = append(r.codes, person[i])
		}
		r.person[i] = int32(len(r.codes) - 1)
	}
	at, first, err := cellsOf(d)
	if err != nil {
		return nil, err
	}
	r.at, r.cells = at, len(first)
	row := make([]float64, k)
	for _, i := range first {
		r.designs.push(appendKept(row[:0], d.X.RawRowView(i), kept), offsetOf(d, i))
	}
	all := make([]float64, len(first)*len(d.Names))
	filled := make(map[*formula.Variant][]int32) // the reference level serves several effects
	fill := func(v *formula.Variant, slope bool) []int32 {
		if v == nil {
			return nil
		}
		if rows, ok := filled[v]; ok {
			return rows
		}
		rows := make([]int32, len(first))
		v.FillRows(all, first)
		for j, i := range first {
			off := 0.0
			if !slope {
				off = offsetOf(d, i)
			}
			rows[j] = r.designs.add(appendKept(row[:0], all[j*len(d.Names):], kept), off)
		}
		filled[v] = rows
		return rows
	}
	for _, e := range effects {
		made := effect{name: e.name, per: e.per}
		if e.of == nil {
			made.slope = fill(e.to, true)
		} else {
			made.to, made.of = fill(e.to, false), fill(e.of, false)
		}
		r.effects = append(r.effects, made)
	}
	return r, nil
}

// cellsOf returns the cell of each row of a design, numbered in the order of
// their first rows, and those rows.
func cellsOf(d *formula.Design) (at []int32, first []int, err error) {
	var predictors [][]float64
	for _, name := range d.Predictors() {
		values, err := d.Values(name)
		if err != nil {
			return nil, nil, err
		}
		predictors = append(predictors, values)
	}
	at = make([]int32, len(d.Rows))
	seen, row := newRowSet(len(predictors)), make([]float64, len(predictors))
	for i := range at {
		for p, values := range predictors {
			row[p] = values[i]
		}
		at[i] = seen.add(row, offsetOf(d, i))
		if int(at[i]) == len(first) {
			first = append(first, i)
		}
	}
	return at, first, nil
}

// offsetOf returns the offset of a row of a design.
func offsetOf(d *formula.Design, row int) float64 {
	if d.Offset == nil {
		return 0
	}
	return d.Offset[row]
}

func appendKept(dst, row []float64, kept []int) []float64 {
	for _, j := range kept {
		dst = append(dst, row[j])
	}
	return dst
}

// solution is a fit under weights of respondents.
type solution struct {
	r       *refitter
	coef    []float64
	inverse *mat.SymDense // of the information
	n       []float64     // weight of each cell
	weight  []float64     // of each respondent; nil for 1 each
	people  int           // respondents with weight
}

// fit returns the maximum under the weights of the respondents, nil for 1 each;
// nil when there is none: the information is singular or the search runs away.
func (r *refitter) fit(weight []float64) *solution {
	s := &solution{r: r, n: make([]float64, r.cells), weight: weight}
	sum := make([]float64, r.cells)
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

// score adds the information and the gradient of a cell with weight n
// and weighted sum of outcomes. Only the upper triangle is filled.
func (r *refitter) score(j int, n, sum float64, coef, info, grad []float64) {
	x := r.designs.row(j)
	eta := r.eta(j, coef)
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

// eta returns the linear predictor of a design.
func (r *refitter) eta(j int, coef []float64) float64 {
	eta := r.designs.offset[j]
	for a, xa := range r.designs.row(j) {
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
	residual := make([][2]float64, len(s.n)) // mean, slope/variance of each cell
	for j := range s.n {
		eta := r.eta(j, s.coef)
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
		for a, xa := range r.designs.row(int(j)) {
			line[a] += u * xa
		}
	}
	inverse, score := s.inverse.RawSymmetric(), make([]float64, r.k)
	full := make([]float64, r.k*r.k)
	for a := range r.k {
		for b := range r.k {
			full[a*r.k+b] = inverse.Data[min(a, b)*inverse.Stride+max(a, b)]
		}
	}
	for g := range r.codes {
		line := scores[g*r.k : (g+1)*r.k]
		copy(score, line)
		for a := range line {
			sum := 0.0
			for b, x := range full[a*r.k : (a+1)*r.k] {
				sum += x * score[b]
			}
			line[a] = sum
		}
	}
	return scores
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
// coefficients and its value in each cell.
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
	designs := len(r.designs.offset)
	eta, mean, slope := make([]float64, designs), make([]float64, designs), make([]float64, designs)
	for j := range designs {
		eta[j] = r.eta(j, s.coef)
		mean[j], slope[j] = r.link.Mean(eta[j]), r.link.Slope(eta[j])
	}
	list := make([]marginal, len(r.effects))
	for i, e := range r.effects {
		m := marginal{by: make([]float64, r.k), values: make([]float64, len(s.n))}
		for j, n := range s.n {
			if n == 0 {
				continue
			}
			n /= total
			if e.slope != nil {
				x, d := r.designs.row(j), r.designs.row(int(e.slope[j]))
				along := eta[e.slope[j]] // the linear predictor of a derivative, without offset
				bend := r.link.Curve(eta[j])
				m.values[j] = e.per * slope[j] * along
				for a := range d {
					m.by[a] += n * e.per * (bend*along*x[a] + slope[j]*d[a])
				}
			} else {
				to, of := r.designs.row(int(e.to[j])), r.designs.row(int(e.of[j]))
				m.values[j] = mean[e.to[j]] - mean[e.of[j]]
				s1, s0 := slope[e.to[j]], slope[e.of[j]]
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
