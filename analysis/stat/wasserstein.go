package stat

import (
	"math"
	"slices"
)

// WassersteinScores returns the Wasserstein-1 (earth mover's) distance between
// two distributions over categories that have scores x,
//
//	∫ |F(t) - G(t)| dt = Σ |P_k - Q_k| (x_(k+1) - x_(k)),
//
// P, Q the cumulated shares in the order of the scores: the mean number of
// scale points by which answers must move. p and q may be counts, as in
// JSDivergence; equal scores are one place. NaN when a score is not finite.
// R: transport::wasserstein1d(x, x, wa = p, wb = q).
func WassersteinScores(x, p, q []float64) float64 {
	return alongScores(x, p, q, func(d, dx float64) float64 { return math.Abs(d) * dx })
}

// CramerScores returns ∫ (F - G)² dt between two distributions over scores, the
// squared Cramér (L2) distance. EnergyDistance is twice that. Székely & Rizzo
// (2013), doi:10.1016/j.jspi.2013.03.018.
func CramerScores(x, p, q []float64) float64 {
	return alongScores(x, p, q, func(d, dx float64) float64 { return d * d * dx })
}

// Wasserstein2Scores returns the Wasserstein-2 distance between two
// distributions over scores, √∫ (F⁻¹(u) - G⁻¹(u))² du: as WassersteinScores
// with squared moves, so that far ones weigh more. R:
// transport::wasserstein1d(p = 2), weights by wa and wb.
func Wasserstein2Scores(x, p, q []float64) float64 {
	w, ok := newWeighing(x, p, q)
	if !ok {
		return math.NaN()
	}
	i, j, s := 0, 0, 0.0
	a, b := w.p[0], w.q[0]
	for i < len(w.x) && j < len(w.x) {
		m := min(a, b)
		s += m * (w.x[i] - w.x[j]) * (w.x[i] - w.x[j])
		a, b = a-m, b-m
		if a <= 0 {
			if i++; i < len(w.x) {
				a = w.p[i]
			}
		}
		if b <= 0 {
			if j++; j < len(w.x) {
				b = w.q[j]
			}
		}
	}
	return math.Sqrt(s)
}

// KSScores returns sup |F - G| between two distributions over scores, the
// Kolmogorov-Smirnov distance: 0 to 1. R: the statistic of ks.test.
func KSScores(x, p, q []float64) float64 {
	w, ok := newWeighing(x, p, q)
	if !ok {
		return math.NaN()
	}
	top, diff := 0.0, 0.0
	for k := range w.x[:len(w.x)-1] {
		diff += w.p[k] - w.q[k]
		if k+1 < len(w.x) && w.x[k+1] == w.x[k] {
			continue
		}
		top = max(top, math.Abs(diff))
	}
	return top
}

// alongScores sums f(F - G, width) over the gaps between neighbouring scores.
func alongScores(x, p, q []float64, f func(diff, dx float64) float64) float64 {
	w, ok := newWeighing(x, p, q)
	if !ok {
		return math.NaN()
	}
	s, diff := 0.0, 0.0
	for k := range w.x[:len(w.x)-1] {
		diff += w.p[k] - w.q[k]
		s += f(diff, w.x[k+1]-w.x[k])
	}
	return s
}

// weighing is two distributions of sum 1 over ascending places.
type weighing struct{ x, p, q []float64 }

func newWeighing(x, p, q []float64) (weighing, bool) {
	if len(x) != len(p) {
		panic("stat: as many scores as categories are needed")
	}
	sp, sq := sums(p, q)
	if !(sp > 0 && sq > 0) || slices.ContainsFunc(x, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
		return weighing{}, false
	}
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	w := weighing{make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))}
	for k, i := range order {
		w.x[k], w.p[k], w.q[k] = x[i], p[i]/sp, q[i]/sq
	}
	return w, true
}

// Wasserstein returns the Wasserstein-1 distance ∫ |F - G| between two samples
// of numbers, of any sizes, missing values (NaN) left out; NaN when one has no
// value. R: transport::wasserstein1d(a, b). O(n log n).
func Wasserstein(a, b []float64) float64 { return WassersteinScores(pooledScores(a, b)) }

// EnergyDistance returns 2E|X-Y| - E|X-X'| - E|Y-Y'| between two samples of
// numbers, the V-statistic with all pairs, by its equal 2∫ (F - G)² in
// O(n log n). Its root is scipy.stats.energy_distance, and n₁n₂/(n₁+n₂) times
// it is R's energy::edist(c(a, b), c(n₁, n₂)). Székely and Rizzo (2013),
// doi:10.1016/j.jspi.2013.03.018.
func EnergyDistance(a, b []float64) float64 { return 2 * CramerScores(pooledScores(a, b)) }

// KSDistance returns sup |F - G| between two samples of numbers, the statistic
// D of R's ks.test(a, b).
func KSDistance(a, b []float64) float64 { return KSScores(pooledScores(a, b)) }

// pooledScores returns the ascending distinct values of two samples and how
// often each holds every value. NaN is left out.
func pooledScores(a, b []float64) (x, p, q []float64) {
	a, b = sortedPresent(a), sortedPresent(b)
	for i, j := 0, 0; i < len(a) || j < len(b); {
		v := math.Inf(1)
		if i < len(a) {
			v = a[i]
		}
		if j < len(b) {
			v = min(v, b[j])
		}
		var ni, nj float64
		for ; i < len(a) && a[i] == v; i++ {
			ni++
		}
		for ; j < len(b) && b[j] == v; j++ {
			nj++
		}
		x, p, q = append(x, v), append(p, ni), append(q, nj)
	}
	return x, p, q
}

// sortedPresent returns the values that are not NaN, ascending.
func sortedPresent(x []float64) []float64 {
	s := make([]float64, 0, len(x))
	for _, v := range x {
		if !math.IsNaN(v) {
			s = append(s, v)
		}
	}
	slices.Sort(s)
	return s
}
