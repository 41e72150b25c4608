package stat

import (
	"math"
	"slices"
)

// WassersteinGround returns the Wasserstein-1 distance between two
// distributions over categories with a ground metric: the least Σ f_ij cost_ij
// over all ways f to turn the shares p into the shares q, where moving one
// share from category i to j costs cost_ij. With cost 1 between any two
// categories it is TotalVariation, with |x_i - x_j| WassersteinScores. p and q
// may be counts, as in JSDivergence. cost is k x k, non-negative, and zero on
// its diagonal; NaN otherwise. R: transport::wasserstein(p = 1, costm).
//
// It is solved exactly, by successive shortest paths from what is too much to
// what is missing: O(k³) a path, at most about 2k paths.
func WassersteinGround(cost [][]float64, p, q []float64) float64 {
	sp, sq := sums(p, q)
	if !(sp > 0 && sq > 0) || !groundMetric(cost, len(p)) {
		return math.NaN()
	}
	// A share that stays costs nothing. That is optimal when cost obeys the
	// triangle inequality, which a detour through the residual network makes
	// sure of: costs are first closed under cheapest routes.
	d := cheapestRoutes(cost)
	top := 0.0 // the largest cost is 1 inside, so that rounding is relative to it
	for _, row := range d {
		top = max(top, slices.Max(row))
	}
	if top == 0 {
		return 0
	}
	var from, to []int
	var supply, demand []float64
	for c := range p {
		switch x := p[c]/sp - q[c]/sq; {
		case x > 0:
			from, supply = append(from, c), append(supply, x)
		case x < 0:
			to, demand = append(to, c), append(demand, -x)
		}
	}
	t := transport{supply: supply, demand: demand, cost: make([][]float64, len(from)), flow: make([][]float64, len(from))}
	for i, a := range from {
		t.cost[i], t.flow[i] = make([]float64, len(to)), make([]float64, len(to))
		for j, b := range to {
			t.cost[i][j] = d[a][b] / top
		}
	}
	for t.augment() {
	}
	total := 0.0
	for i := range t.flow {
		for j, f := range t.flow[i] {
			total += f * t.cost[i][j]
		}
	}
	return total * top
}

func groundMetric(cost [][]float64, k int) bool {
	if len(cost) != k {
		return false
	}
	for i, row := range cost {
		if len(row) != k || row[i] != 0 {
			return false
		}
		for _, v := range row {
			if !(v >= 0) || math.IsInf(v, 1) {
				return false
			}
		}
	}
	return true
}

func cheapestRoutes(cost [][]float64) [][]float64 {
	d := make([][]float64, len(cost))
	for i := range d {
		d[i] = append([]float64(nil), cost[i]...)
	}
	for k := range d {
		for i := range d {
			for j := range d {
				d[i][j] = min(d[i][j], d[i][k]+d[k][j])
			}
		}
	}
	return d
}

// transport is the shares that are still to be moved, and those that have been.
type transport struct {
	supply, demand []float64
	cost, flow     [][]float64
}

// spent is the share below which nothing is left: rounding of sums of shares.
const spent = 1e-15

// augment moves as much as goes along the cheapest path from a place with
// supply to one with demand, which may take back earlier moves. It returns
// false when nothing is left. Paths are found by Bellman and Ford's algorithm,
// because moves that are taken back have negative cost.
func (t *transport) augment() bool {
	n, m := len(t.supply), len(t.demand)
	dist, by := make([]float64, n+m), make([]int, n+m)
	for v := range dist {
		dist[v], by[v] = math.Inf(1), -1
		if v < n && t.supply[v] > spent {
			dist[v] = 0
		}
	}
	for range n + m {
		changed := false
		relax := func(a, b int, cost float64) {
			if nd := dist[a] + cost; nd < dist[b]-1e-13 {
				dist[b], by[b], changed = nd, a, true
			}
		}
		for i := range n {
			for j := range m {
				relax(i, n+j, t.cost[i][j])
				if t.flow[i][j] > spent {
					relax(n+j, i, -t.cost[i][j])
				}
			}
		}
		if !changed {
			break
		}
	}
	end := -1
	for j := range m {
		if t.demand[j] > spent && !math.IsInf(dist[n+j], 1) && (end < 0 || dist[n+j] < dist[end]) {
			end = n + j
		}
	}
	if end < 0 {
		return false
	}
	amount, start := t.demand[end-n], end
	for ; by[start] >= 0; start = by[start] {
		if a := by[start]; a >= n { // a taken-back move
			amount = min(amount, t.flow[start][a-n])
		}
	}
	amount = min(amount, t.supply[start])
	t.supply[start] -= amount
	t.demand[end-n] -= amount
	for v := end; by[v] >= 0; v = by[v] {
		if a := by[v]; a < n {
			t.flow[a][v-n] += amount
		} else {
			t.flow[v][a-n] -= amount
		}
	}
	return true
}
