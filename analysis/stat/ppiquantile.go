package stat

import (
	"math"
	"slices"
)

// Quantile estimates the population's p-quantile of the answer: the smallest
// value θ for which the rectified distribution function
//
//	R(θ) = λ mean(1{f_U ≤ θ}) + mean(1{Y ≤ θ} - λ 1{f ≤ θ})
//
// is at least p. The interval holds every θ that the normal test of R(θ) = p
// does not reject, with the variance of Mean at that θ; SE is that of R at the
// estimate, on the scale of shares. λ is tuned, where it is, at the classical
// quantile. With λ = 0 the estimate is quantile(Y, p, type = 1) of R. NaN
// without labelled people. ppi_py: ppi_quantile_ci.
func (s PPISample) Quantile(p float64, o PPIOptions) PPI {
	w := newQuantileWalk(s)
	q := PPI{N: w.n, Unlabelled: w.m, Lambda: o.Lambda, Tuned: nan, Estimate: noEstimate("")}
	if w.n < 2 || !(p > 0 && p < 1) {
		q.Estimate = noEstimate("%d people have an answer; inference about the %v-quantile needs two, and a share between 0 and 1", w.n, p)
		return q
	}
	if math.IsNaN(o.Lambda) {
		q.Tuned = s.indicators(w.classical(p))
		q.Lambda = o.clip(q.Tuned)
	}
	if w.m == 0 {
		q.Lambda = 0
	}
	z, inside := o.z(), false
	w.walk(q.Lambda, o.DDof, func(theta, r, v float64) {
		if math.IsNaN(q.Value) && r >= p-1e-12 {
			q.Value, q.SE = theta, math.Sqrt(v)
		}
		if inside { // R keeps its value up to the next place
			q.Hi, inside = theta, false
		}
		if math.Abs(r-p) <= z*math.Sqrt(v)+1e-12 {
			if math.IsNaN(q.Lo) {
				q.Lo = theta
			}
			q.Hi, inside = theta, true
		}
	})
	// Where the function crosses p in one jump, no value is accepted before the jump.
	q.Lo, q.Hi = lower(q.Lo, q.Value), higher(q.Hi, q.Value)
	return q
}

func lower(a, b float64) float64 {
	if !(a < b) {
		return b
	}
	return a
}

func higher(a, b float64) float64 {
	if !(a > b) {
		return b
	}
	return a
}

// indicators returns the tuned λ of the shares of values up to theta.
func (s PPISample) indicators(theta float64) float64 {
	upTo := func(x []float64) []float64 {
		d := make([]float64, len(x))
		for i, v := range x {
			if v <= theta {
				d[i] = 1
			}
		}
		return d
	}
	return tunedLambda(unitMeans(upTo(s.Y), s.Unit), unitMeans(upTo(s.F), s.Unit), unitMeans(upTo(s.FU), s.UnitU))
}

// quantileWalk goes through all values in ascending order and keeps, for every
// person, the share of its answers and predictions that are behind.
type quantileWalk struct {
	steps []quantileStep
	n, m  int // people labelled and not
}

// quantileStep is one value: whose it is, and what its passing adds to the
// person's share.
type quantileStep struct {
	at     float64
	kind   int // 0 answer, 1 prediction of a labelled person, 2 of another
	person int
	share  float64
}

func newQuantileWalk(s PPISample) *quantileWalk {
	w := &quantileWalk{}
	add := func(kind int, x []float64, unit []int) (people int) {
		at, n := make([]int, len(x)), len(x)
		for i := range at {
			at[i] = i
		}
		if unit != nil {
			at, n = unitIndex(unit)
		}
		rows := make([]float64, n)
		for _, k := range at {
			rows[k]++
		}
		for i, v := range x {
			w.steps = append(w.steps, quantileStep{v, kind, at[i], 1 / rows[at[i]]})
		}
		return n
	}
	w.n = add(0, s.Y, s.Unit)
	add(1, s.F, s.Unit)
	w.m = add(2, s.FU, s.UnitU)
	slices.SortFunc(w.steps, func(a, b quantileStep) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		case a.kind != b.kind:
			return a.kind - b.kind
		}
		return a.person - b.person
	})
	return w
}

// classical returns the p-quantile of the people's answers.
func (w *quantileWalk) classical(p float64) float64 {
	theta := math.NaN()
	w.walk(0, 0, func(at, r, _ float64) {
		if math.IsNaN(theta) && r >= p-1e-12 {
			theta = at
		}
	})
	return theta
}

// walk calls f at each distinct value with R and its variance there.
func (w *quantileWalk) walk(lambda float64, ddof int, f func(at, r, v float64)) {
	d, u := running{x: make([]float64, w.n)}, running{x: make([]float64, w.m)}
	for i, s := range w.steps {
		switch s.kind {
		case 0:
			d.add(s.person, s.share)
		case 1:
			d.add(s.person, -lambda*s.share)
		default:
			u.add(s.person, s.share)
		}
		if i+1 < len(w.steps) && w.steps[i+1].at == s.at {
			continue
		}
		r, v := d.mean(), d.variance(ddof)/float64(w.n)
		if lambda != 0 {
			r += lambda * u.mean()
			v += lambda * lambda * u.variance(ddof) / float64(w.m)
		}
		f(s.at, r, v)
	}
}

// running keeps the mean and the variance of values that change one at a time.
type running struct {
	x       []float64
	sum, sq float64
}

func (r *running) add(i int, v float64) {
	r.sq += v * (2*r.x[i] + v)
	r.sum += v
	r.x[i] += v
}

func (r *running) mean() float64 { return r.sum / float64(len(r.x)) }

func (r *running) variance(ddof int) float64 {
	n := float64(len(r.x))
	return max(0, r.sq-r.sum*r.sum/n) / (n - float64(ddof))
}
