package stat

import "math"

// settle puts the k-th smallest number of x, from 0, and the one after it in
// their places, smaller ones before them and larger ones behind, in time that can
// be expected to grow with the length alone. It panics at a NaN. It is SELECT of
// Floyd and Rivest (1975, doi:10.1145/360680.360694): the pivot comes from a sample and lies next
// to the number that is looked for, so that the ends of an interval, with most
// numbers on one side, take little more than one look at each.
//
// Note: percentiles took whole sorts of the replicates, which were a sixth of
// the time of a study of ten thousand rows.
func settle(x []float64, k int) {
	top := selectPlace(x, 0, len(x)-1, k)
	if k+1 < len(x) { // the smallest behind it
		least := k + 1
		for i := k + 2; i <= top; i++ {
			if x[i] < x[least] {
				least = i
			}
		}
		x[k+1], x[least] = x[least], x[k+1]
	}
}

// fewToSelect is the length up to which a sample does not pay.
const fewToSelect = 200

// selectPlace puts the k-th smallest number of x[lo..hi] in its place and returns
// up to where the one after it may be.
func selectPlace(x []float64, lo, hi, k int) (top int) {
	top = hi
	for lo < hi {
		if n := float64(hi - lo + 1); n > fewToSelect {
			// The sample is around k and settles what then is the pivot at k.
			i, log := float64(k-lo+1), math.Log(n)
			size := math.Exp(2*log/3) / 2
			shift := math.Sqrt(log*size*(n-size)/n) / 2
			if i < n/2 {
				shift = -shift
			}
			selectPlace(x, max(lo, int(float64(k)-i*size/n+shift)), min(hi, int(float64(k)+(n-i)*size/n+shift)), k)
		}
		pivot := x[k]
		if pivot != pivot {
			panic("stat: NaN among numbers that are to be ordered")
		}
		begin := divide(x, lo, hi, pivot) // of those that are not below the pivot
		if k < begin {
			if hi = begin - 1; k < hi {
				top = hi
			}
			continue
		}
		if math.IsInf(pivot, 1) {
			return top
		}
		if lo = divide(x, begin, hi, math.Nextafter(pivot, math.Inf(1))); k < lo { // equal to the pivot
			if k+1 < lo {
				top = k + 1
			}
			return top
		}
	}
	return top
}

// divide puts those of x[lo..hi] that are below a bound before the others, and
// returns where these begin. No processor foresees which they are: the loop has
// no branch for them.
func divide(x []float64, lo, hi int, bound float64) int {
	for i := lo; i <= hi; i++ {
		v, n := x[i], 0
		if v < bound {
			n = 1
		}
		x[i], x[lo] = x[lo], v
		lo += n
	}
	return lo
}
