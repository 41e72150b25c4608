package stat

import "slices"

// kendallTies are sums over groups of t tied values of one variable.
type kendallTies struct {
	pairs   float64 // Σ t(t-1)/2
	triples float64 // Σ t(t-1)(t-2)
	fives   float64 // Σ t(t-1)(2t+5)
}

func (k *kendallTies) add(t float64) {
	k.pairs += t * (t - 1) / 2
	k.triples += t * (t - 1) * (t - 2)
	k.fives += t * (t - 1) * (2*t + 5)
}

// kendallSum is what Kendall's τ is made of.
type kendallSum struct {
	s    float64 // concordant minus discordant pairs
	x, y kendallTies
}

// kendallCounts counts by sorting with x first and then counting the exchanges
// that a merge sort by y makes: Knight (1966), doi:10.1080/01621459.1966.10480879.
func kendallCounts(x, y []float64) kendallSum {
	n := len(x)
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	slices.SortFunc(at, func(i, j int) int {
		switch {
		case x[i] < x[j] || x[i] == x[j] && y[i] < y[j]:
			return -1
		case x[i] > x[j] || x[i] == x[j] && y[i] > y[j]:
			return 1
		}
		return 0
	})
	var k kendallSum
	var both kendallTies
	eachRun(n, func(i, j int) bool { return x[at[i]] == x[at[j]] }, k.x.add)
	eachRun(n, func(i, j int) bool { return x[at[i]] == x[at[j]] && y[at[i]] == y[at[j]] }, both.add)
	ys := make([]float64, n)
	for i, a := range at {
		ys[i] = y[a]
	}
	discordant := inversions(ys, make([]float64, n))
	eachRun(n, func(i, j int) bool { return ys[i] == ys[j] }, k.y.add)
	m := float64(n)
	k.s = m*(m-1)/2 - k.x.pairs - k.y.pairs + both.pairs - 2*discordant
	return k
}

// eachRun calls f with the length of every run of neighbours that are equal.
func eachRun(n int, equal func(i, j int) bool, f func(length float64)) {
	for i := 0; i < n; {
		j := i + 1
		for j < n && equal(i, j) {
			j++
		}
		f(float64(j - i))
		i = j
	}
}

// inversions sorts v and returns how many pairs stood in falling order.
func inversions(v, scratch []float64) float64 {
	n := len(v)
	if n < 2 {
		return 0
	}
	h := n / 2
	count := inversions(v[:h], scratch[:h]) + inversions(v[h:], scratch[h:])
	copy(scratch, v)
	a, b := scratch[:h], scratch[h:]
	for i := range v {
		if len(b) == 0 || len(a) > 0 && a[0] <= b[0] {
			v[i], a = a[0], a[1:]
			continue
		}
		v[i], b = b[0], b[1:]
		count += float64(len(a))
	}
	return count
}
