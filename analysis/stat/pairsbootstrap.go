package stat

import (
	"context"
	"math/rand/v2"
)

// PairsBootstrap refits the model on resamples of whole clusters, or of rows
// where clusters is nil, and returns the coefficients: one list of B numbers a
// column. A resample in which a column that was kept cannot be estimated, or
// that is separated, has NaN in all. Columns that were dropped stay NaN.
//
// A resample is the model with each row's weight times how often its cluster
// was drawn; nothing is copied. Of a negative binomial model, θ stays. people
// may stratify the clusters, whose codes are 0 to people.N-1. R:
// sandwich::vcovBS(type = "xy"); boot::boot over clusters.
func (r *Regression) PairsBootstrap(ctx context.Context, draws Resampling, people People, clusters []int) ([][]float64, error) {
	k := len(r.Names)
	return draws.Run(ctx, k, func() func(int, *rand.Rand, []float64) {
		if r.ls == nil {
			return func(int, *rand.Rand, []float64) {}
		}
		drawer, counts := people.Drawer(), make([]uint32, people.N)
		m := len(r.cells.w)
		target := r.target()
		base := r.weights()
		return func(_ int, rng *rand.Rand, out []float64) {
			drawer.Weights(rng, counts)
			c := &cells{x: r.cells.x, parts: r.cells.parts, offset: r.cells.offset, w: make([]float64, m), wy: make([]float64, m), of: r.cells.of}
			for i, y := range target {
				unit := i
				if clusters != nil {
					unit = clusters[i]
				}
				if n := counts[unit]; n > 0 {
					w := base[i] * float64(n)
					cell := c.cell(i)
					c.w[cell] += w
					c.wy[cell] += w * y
				}
			}
			copy(out, r.refit(c))
		}
	})
}

// target returns the outcomes as the cells have them: of a linear model, less
// the offset.
func (r *Regression) target() []float64 {
	if r.kind != "ols" || r.Design.Offset == nil {
		return r.y
	}
	t := make([]float64, len(r.y))
	for i, y := range r.y {
		t[i] = y - r.Design.Offset[i]
	}
	return t
}

// refit returns the coefficients under other weights, in the coordinates of
// the fit; nil when they cannot be estimated.
func (r *Regression) refit(c *cells) []float64 {
	ls := *r.ls
	if r.kind == "ols" {
		if !ls.setHessian(ls.gram(c.w)) {
			return nil
		}
		return ls.back(halved(ls.half, ls.transposed(c.wy), ls.rank()))
	}
	f := &scoring{leastSquares: &ls, cells: c, response: r.response}
	f.begin()
	f.run()
	if f.separated || !f.converged {
		return nil
	}
	return f.back(f.gamma)
}
