package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// PPIDivision is a regression of people of whom some are labelled: first Label,
// then Fit. It owns the memory of its fits, so each goroutine needs its own.
type PPIDivision struct {
	people   *PPIPeople
	o        PPIOptions
	newton   *ppiNewton
	lab, unl ppiSide
	ends     [2]ppiSolution // with λ = 0 and with λ = 1
	between  ppiSolution
	expected []float64 // people x columns: designs times means, at the solution looked at
	gy, gf   []float64 // people x columns: scores
}

func newPPIDivision(p *PPIPeople, o PPIOptions, l Link) *PPIDivision {
	n, k := p.x.Dims()
	side := func() ppiSide {
		return ppiSide{times: make([]float64, n), y: make([]float64, k), f: make([]float64, k)}
	}
	return &PPIDivision{people: p, o: o, newton: newPPINewton(p.x, l), lab: side(), unl: side(), expected: make([]float64, len(p.y))}
}

// Label says of each person whether the answer is known.
func (d *PPIDivision) Label(labelled []bool) {
	d.lab.clear()
	d.unl.clear()
	for g, known := range labelled {
		switch {
		case len(d.people.of(g)) == 0:
		case known:
			d.lab.add(d.people, g)
		default:
			d.unl.add(d.people, g)
		}
	}
	d.ends[0].ok, d.ends[1].ok = false, false
}

// Rows returns how many rows the labelled and the unlabelled people have.
func (d *PPIDivision) Rows() (labelled, unlabelled int) { return d.lab.rows, d.unl.rows }

// Fit estimates the coefficients with the weight lambda of the predictions, NaN
// to tune it; the λ of the options does not count. The search for them begins at
// start, nil for 0, or where fits with other λ lead.
func (d *PPIDivision) Fit(lambda float64, start []float64) *PPIModel {
	m := &PPIModel{N: len(d.lab.who), Unlabelled: len(d.unl.who), Lambda: lambda, Tuned: math.NaN()}
	if m.Unlabelled == 0 {
		m.Lambda = 0
	} else if math.IsNaN(lambda) {
		s := d.solved(1, start)
		if !s.ok {
			return m.nothing(d.people.k, "the predictions alone do not identify the model, so λ cannot be tuned")
		}
		m.Tuned = d.tuned(s)
		m.Lambda = d.o.clip(m.Tuned)
	}
	s := d.solved(m.Lambda, start)
	if !s.ok {
		return m.nothing(d.people.k, fmt.Sprintf("the model has no solution for %d people with an answer and %d without: its columns are collinear, or the answer is separated", m.N, m.Unlabelled))
	}
	return m.describe(s.theta, d.covariance(s, m.Lambda), d.o.z())
}

// solved returns the solution with a λ. Those with λ = 0 and λ = 1 are kept:
// tuning needs the one, and what lies between them is near the line that joins
// them.
func (d *PPIDivision) solved(lambda float64, start []float64) *ppiSolution {
	s, classical, full := &d.between, &d.ends[0], &d.ends[1]
	switch {
	case lambda == 0:
		s = classical
	case lambda == 1:
		s = full
	case classical.ok && full.ok:
		start = make([]float64, len(full.theta))
		for j := range start {
			start[j] = (1-lambda)*classical.theta[j] + lambda*full.theta[j]
		}
	case full.ok:
		start = full.theta
	}
	if s == &d.between || !s.ok {
		d.weigh(lambda)
		d.newton.solve(start, s)
	}
	return s
}

// weigh sets the equation to be solved. Nothing is left of the means of the
// labelled where the score of the predictions takes all of them away.
func (d *PPIDivision) weigh(lambda float64) {
	w, n, m := d.newton, d.lab.n(), d.unl.n()
	of, apart := (1-lambda)/n, 0.0
	if lambda != 0 {
		apart = lambda / m
	}
	for i := range w.n {
		w.n[i] = of*d.lab.times[i] + apart*d.unl.times[i]
	}
	for j := range w.xy {
		w.xy[j] = (d.lab.y[j]-lambda*d.lab.f[j])/n + apart*d.unl.f[j]
	}
}

// covariance returns that of the coefficients at a solution.
func (d *PPIDivision) covariance(s *ppiSolution, lambda float64) *mat.Dense {
	d.expect(s)
	d.gy = d.score(d.gy[:0], &d.lab, 1, -lambda)
	meat := scoreCov(d.gy, d.gy, d.people.k, d.o.DDof)
	meat.Scale(1/d.lab.n(), meat)
	if lambda != 0 {
		d.gf = d.score(d.gf[:0], &d.unl, 0, lambda)
		u := scoreCov(d.gf, d.gf, d.people.k, d.o.DDof)
		u.Scale(1/d.unl.n(), u)
		meat.Add(meat, u)
	}
	v := new(mat.Dense)
	v.Product(s.inverse, meat, s.inverse)
	return v
}

// tuned returns the λ that makes the trace of the covariance least,
//
//	tr(H⁻¹ (C + Cᵀ) H⁻¹) / [2 (1 + n/N) tr(H⁻¹ V H⁻¹)],
//
// C the covariance of the scores of answers and of predictions, V that of all
// scores of predictions, at the solution for λ = 1.
func (d *PPIDivision) tuned(s *ppiSolution) float64 {
	d.expect(s)
	d.gy, d.gf = d.score(d.gy[:0], &d.lab, 1, 0), d.score(d.gf[:0], &d.lab, 0, 1)
	c := scoreCov(d.gy, d.gf, d.people.k, 0)
	d.gf = d.score(d.gf, &d.unl, 0, 1)
	v := scoreCov(d.gf, d.gf, d.people.k, 0)
	var square mat.Dense
	square.Mul(s.inverse, s.inverse)
	num, den := traceOf(&square, c), traceOf(&square, v)
	if den == 0 {
		return 0
	}
	return num / ((1 + d.lab.n()/d.unl.n()) * den)
}

// expect sums the designs of each person, times the means at a solution.
func (d *PPIDivision) expect(s *ppiSolution) {
	k := d.people.k
	for _, side := range []*ppiSide{&d.lab, &d.unl} {
		for _, g := range side.who {
			sum := d.expected[g*k : (g+1)*k]
			clear(sum)
			for _, c := range d.people.of(g) {
				m := c.times * s.mean[c.row]
				for j, v := range d.people.x.RawRowView(c.row) {
					sum[j] += m * v
				}
			}
		}
	}
}

// score appends what each person of a side adds to the score: y times that of
// the answers and f times that of the predictions.
func (d *PPIDivision) score(list []float64, side *ppiSide, y, f float64) []float64 {
	k := len(side.y)
	for _, g := range side.who {
		for j := g * k; j < (g+1)*k; j++ {
			list = append(list, y*d.people.y[j]+f*d.people.f[j]-(y+f)*d.expected[j])
		}
	}
	return list
}

// scoreCov returns the covariance of the k columns of a and b over rows.
func scoreCov(a, b []float64, k, ddof int) *mat.Dense {
	n := float64(len(a) / k)
	ma, mb := make([]float64, k), make([]float64, k)
	for i := 0; i < len(a); i += k {
		floats.Add(ma, a[i:i+k])
		floats.Add(mb, b[i:i+k])
	}
	floats.Scale(1/n, ma)
	floats.Scale(1/n, mb)
	cov := make([]float64, k*k)
	for i := 0; i < len(a); i += k {
		for r := range k {
			v := (a[i+r] - ma[r]) / (n - float64(ddof))
			for c := range k {
				cov[r*k+c] += v * (b[i+c] - mb[c])
			}
		}
	}
	return mat.NewDense(k, k, cov)
}

// traceOf returns the trace of the product of two square matrices, of which the
// first is symmetric.
func traceOf(a, b *mat.Dense) float64 {
	return floats.Dot(a.RawMatrix().Data, b.RawMatrix().Data)
}
