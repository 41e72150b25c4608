package stat

import (
	"runtime"
	"sync"
)

// chunkRows is how many rows are summed before their sum is added to the rest,
// and blockRows how many are worked on at a time, few enough for the cache.
const (
	chunkRows = 16384
	blockRows = 256
)

// sumRows returns the sum over chunks of rows of what f adds to acc, which has
// the given size. Chunks are fixed and their sums are added in order, so that
// the result is the same for any number of processors. f may write to its own
// rows of other slices.
func sumRows(n, size int, f func(lo, hi int, acc []float64)) []float64 {
	chunks := (n + chunkRows - 1) / chunkRows
	parts := make([][]float64, chunks)
	run := func(c int) {
		parts[c] = make([]float64, size)
		f(c*chunkRows, min(n, (c+1)*chunkRows), parts[c])
	}
	if chunks <= 1 {
		if chunks == 0 {
			return make([]float64, size)
		}
		run(0)
		return parts[0]
	}
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), chunks)
	for w := range workers {
		wg.Go(func() {
			for c := w; c < chunks; c += workers {
				run(c)
			}
		})
	}
	wg.Wait()
	for _, p := range parts[1:] {
		for i, v := range p {
			parts[0][i] += v
		}
	}
	return parts[0]
}

// addCrossProducts adds the upper triangle of Σ wᵢ zᵢzᵢᵀ to acc, a k x k matrix
// row by row; z holds a row of k numbers an observation, and w a weight each,
// nil for 1.
func addCrossProducts(acc, z, w []float64, k int) {
	n := len(z) / k
	weight := func(i int) float64 {
		if w == nil {
			return 1
		}
		return w[i]
	}
	i := 0
	for ; i+4 <= n; i += 4 {
		z0, z1, z2, z3 := z[i*k:(i+1)*k], z[(i+1)*k:(i+2)*k], z[(i+2)*k:(i+3)*k], z[(i+3)*k:(i+4)*k]
		w0, w1, w2, w3 := weight(i), weight(i+1), weight(i+2), weight(i+3)
		for a := range k {
			v0, v1, v2, v3 := w0*z0[a], w1*z1[a], w2*z2[a], w3*z3[a]
			dst := acc[a*k+a : a*k+k]
			y0, y1, y2, y3 := z0[a:][:len(dst)], z1[a:][:len(dst)], z2[a:][:len(dst)], z3[a:][:len(dst)]
			for b := range dst {
				dst[b] += v0*y0[b] + v1*y1[b] + v2*y2[b] + v3*y3[b]
			}
		}
	}
	for ; i < n; i++ {
		row := z[i*k : (i+1)*k]
		for a := range k {
			v := weight(i) * row[a]
			dst := acc[a*k+a : a*k+k]
			y := row[a:][:len(dst)]
			for b := range dst {
				dst[b] += v * y[b]
			}
		}
	}
}

// symmetrise copies the upper triangle of a k x k matrix to the lower.
func symmetrise(a []float64, k int) {
	for i := range k {
		for j := range i {
			a[i*k+j] = a[j*k+i]
		}
	}
}
