package stat

// settle puts the k-th smallest number of x, from 0, and the one after it in
// their places, smaller ones before them and larger ones behind, in time that
// grows with the length alone (Hoare 1961, doi:10.1145/366622.366647). x has no
// NaN.
//
// Note: percentiles took whole sorts of the replicates, which were a sixth of
// the time of a study of ten thousand rows.
func settle(x []float64, k int) {
	lo, hi := 0, len(x)-1
	for lo < hi {
		i, j := partition3(x, lo, hi)
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default: // equal to the pivot
			lo, hi = k, k
		}
	}
	if k+1 < len(x) { // the smallest behind it
		least := k + 1
		for i := k + 2; i < len(x); i++ {
			if x[i] < x[least] {
				least = i
			}
		}
		x[k+1], x[least] = x[least], x[k+1]
	}
}

// partition3 divides x[lo..hi] at the median of three of its numbers: up to j
// none is above it, from i on none is below.
func partition3(x []float64, lo, hi int) (i, j int) {
	a, b, c := x[lo], x[lo+(hi-lo)/2], x[hi]
	pivot := max(min(a, b), min(max(a, b), c))
	i, j = lo, hi
	for i <= j {
		for x[i] < pivot {
			i++
		}
		for x[j] > pivot {
			j--
		}
		if i <= j {
			x[i], x[j] = x[j], x[i]
			i++
			j--
		}
	}
	return i, j
}
