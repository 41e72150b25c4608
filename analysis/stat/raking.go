package stat

import (
	"fmt"
	"math"
)

// Margin is a variable to which weights are fitted: the category of each row
// and the population's share of each category.
type Margin struct {
	Name   string
	Code   []int
	Target []float64 // divided by its sum
}

// RakeOptions are the choices of raking.
type RakeOptions struct {
	Base      []float64 // weights to begin with, all positive; nil is 1 each
	MaxRounds int       // 0 stands for 2000
	Tolerance float64   // largest relative change of a weight in the last round; 0 stands for 1e-13
}

// Weighted is rows with weights that fit population shares.
type Weighted struct {
	W         []float64 // sum to the sum of the base weights
	Rounds    int       // through all margins
	Converged bool
	Warnings  []string // sentences for the reader

	base    []float64
	margins []Margin
	raked   bool
}

// Rake returns weights whose shares in every margin are the targets: iterative
// proportional fitting, which multiplies the base weights by one factor for
// each category and of all such weights stays closest to them. Deming and
// Stephan (1940), doi:10.1214/aoms/1177731829. R: survey::rake.
//
// A category with a target but no rows, or with rows and a target of zero, has
// no weights: that, and no convergence, is a warning; the former gives NaN.
// It panics when a code is no category or lengths differ.
func Rake(margins []Margin, o RakeOptions) *Weighted {
	w := newWeighted(margins, o)
	w.raked = true
	if len(w.Warnings) > 0 {
		return w.nothing()
	}
	rounds, tolerance := o.MaxRounds, o.Tolerance
	if rounds == 0 {
		rounds = 2000
	}
	if tolerance == 0 {
		tolerance = 1e-13
	}
	before := make([]float64, len(w.W))
	for w.Rounds = 1; w.Rounds <= rounds; w.Rounds++ {
		copy(before, w.W)
		for _, m := range w.margins {
			w.fit(m)
		}
		change := 0.0
		for i, v := range w.W {
			change = max(change, math.Abs(v/before[i]-1))
		}
		if change < tolerance {
			break
		}
	}
	w.Rounds = min(w.Rounds, rounds)
	// Margins that contradict each other can make the rounds stand still while
	// each margin undoes the one before, so the shares themselves decide.
	off := 0.0
	for _, m := range w.margins {
		off = max(off, w.off(m))
	}
	if w.Converged = off < 1e-9; !w.Converged {
		w.Warnings = append(w.Warnings, fmt.Sprintf("raking did not converge in %d rounds: the margins contradict each other, or the rounds are too few", w.Rounds))
	}
	return w
}

// off returns how far the shares of a margin are from their targets at most.
func (w *Weighted) off(m Margin) float64 {
	sums, total := make([]float64, len(m.Target)), 0.0
	for i, c := range m.Code {
		sums[c] += w.W[i]
		total += w.W[i]
	}
	off := 0.0
	for c, t := range m.Target {
		off = max(off, math.Abs(sums[c]/total-t))
	}
	return off
}

// PostStratify returns weights whose shares in every cell are the targets: Rake
// with the one margin of all cells, in one step. R: survey::postStratify.
func PostStratify(cells Margin, base []float64) *Weighted {
	w := newWeighted([]Margin{cells}, RakeOptions{Base: base})
	if len(w.Warnings) > 0 {
		return w.nothing()
	}
	w.fit(w.margins[0])
	w.Rounds, w.Converged = 1, true
	return w
}

func newWeighted(margins []Margin, o RakeOptions) *Weighted {
	if len(margins) == 0 {
		panic("stat: weights are fitted to at least one margin")
	}
	n := len(margins[0].Code)
	w := &Weighted{W: make([]float64, n), base: o.Base}
	if w.base == nil {
		w.base = make([]float64, n)
		for i := range w.base {
			w.base[i] = 1
		}
	}
	copy(w.W, w.base)
	for _, v := range w.base {
		if !(v > 0) || math.IsInf(v, 1) {
			w.Warnings = append(w.Warnings, fmt.Sprintf("a base weight is %v; weights are positive numbers", v))
			break
		}
	}
	for _, m := range margins {
		sum := sumShares(m.Target)
		if !(sum > 0) {
			w.Warnings = append(w.Warnings, fmt.Sprintf("the targets of %s are no shares", m.Name))
			continue
		}
		target, rows := make([]float64, len(m.Target)), make([]int, len(m.Target))
		for _, c := range m.Code {
			rows[c]++
		}
		for c, t := range m.Target {
			target[c] = t / sum
			if (t > 0) != (rows[c] > 0) {
				w.Warnings = append(w.Warnings, fmt.Sprintf("category %d of %s has %d rows and the target %v: no weight makes one of the other", c+1, m.Name, rows[c], t))
			}
		}
		w.margins = append(w.margins, Margin{m.Name, m.Code, target})
	}
	return w
}

func (w *Weighted) nothing() *Weighted {
	for i := range w.W {
		w.W[i] = nan
	}
	return w
}

// fit multiplies the weights so that one margin has its targets.
func (w *Weighted) fit(m Margin) {
	sums, total := make([]float64, len(m.Target)), 0.0
	for i, c := range m.Code {
		sums[c] += w.W[i]
		total += w.base[i]
	}
	for c, t := range m.Target {
		if sums[c] > 0 {
			sums[c] = t * total / sums[c]
		}
	}
	for i, c := range m.Code {
		w.W[i] *= sums[c]
	}
}

// Mean returns the weighted mean of y with its linearised standard error,
//
//	SE² = n/(n-1) Σ (u - mean u)²,   u = w (e - fitted e)/Σw,   e = y - mean,
//
// where e is fitted by the margins: fitting weights to them takes what they
// explain out of the error. cluster holds a code of each row's person where
// people have several rows, and u is then summed by person; nil is one row a
// person. R: survey::svymean on the raked or post-stratified design of one row
// a unit, with survey's ten sweeps over the margins of a raked one. (With
// unequal base weights survey sweeps a raked design with equal ones; here the
// base weights count.)
func (w *Weighted) Mean(y []float64, cluster []int) Estimate {
	total, mean := 0.0, 0.0
	for i, v := range w.W {
		total += v
		mean += v * y[i]
	}
	mean /= total
	e := make([]float64, len(y))
	for i := range e {
		e[i] = y[i] - mean
	}
	sweeps := 1
	if w.raked {
		sweeps = 10
	}
	for range sweeps {
		for _, m := range w.margins {
			sweep(e, w.base, m)
		}
	}
	for i, v := range w.W {
		e[i] *= v / total
	}
	u := e
	if cluster != nil {
		at, n := unitIndex(cluster)
		u = make([]float64, n)
		for i, v := range e {
			u[at[i]] += v
		}
	}
	n := float64(len(u))
	if n < 2 || math.IsNaN(mean) {
		return noEstimate("weights of %d people give no error", len(u))
	}
	se := math.Sqrt(n * covOf(u, u, 1))
	return Estimate{Value: mean, SE: se, Interval: around(mean, twoSidedZ(.95)*se)}
}

// sweep takes the weighted mean of each category out of e.
func sweep(e, weight []float64, m Margin) {
	sums, mass := make([]float64, len(m.Target)), make([]float64, len(m.Target))
	for i, c := range m.Code {
		sums[c] += weight[i] * e[i]
		mass[c] += weight[i]
	}
	for i, c := range m.Code {
		e[i] -= sums[c] / mass[c]
	}
}

// KishDesignEffect returns n Σw²/(Σw)², by how much unequal weights inflate the
// variance of a mean that has nothing to do with them; 1 for equal weights.
// Kish (1965).
func KishDesignEffect(w []float64) float64 { return float64(len(w)) / EffectiveSize(w) }

// EffectiveSize returns Kish's effective number of rows, (Σw)²/Σw²; NaN when no
// weight is positive. R: sum(w)^2 / sum(w^2). Kish (1965), Survey Sampling,
// section 11.7.
func EffectiveSize(w []float64) float64 {
	var s, s2 float64
	for _, v := range w {
		s += v
		s2 += v * v
	}
	return s * s / s2
}
