package stat

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// coordinates are the independent columns of a design, changed so that they
// are well conditioned: Z = X U with an upper triangle U. Estimates are found
// over Z, γ, and brought back by β = U γ.
type coordinates struct {
	x     *mat.Dense  // nil with parts
	parts *partition  // in the place of x
	table []partTable // by part: its rows of Z
	kept  []int       // columns of x that are not linear in those before them
	u     []float64   // r x r, row by row
	shift []float64   // z = (x - shift) · inv where that is all that U does; nil otherwise
	inv   []float64
}

// rankTolerance is how little of a column may be left beside those before it:
// the tolerance of R's lm. R's glm has 1e-11.
const (
	rankTolerance    = 1e-7
	rankToleranceGLM = 1e-11
)

// leastSquares is a weighted least-squares fit of y on the columns of a design,
// by cells.
type leastSquares struct {
	*coordinates
	gamma []float64 // coefficients over Z
	beta  []float64 // coefficients over X, NaN where a column was dropped
	root  []float64 // r x r, row by row: U H^(-1/2), so that root rootᵀ = (XᵀWX)⁻¹
	half  []float64 // r x r: H^(-1/2) itself, an upper triangle, H = ZᵀWZ
	fit   []float64 // by cell: xᵀβ
	exact []double  // by cell: outcome less fit, when it was computed to 32 digits; nil otherwise
}

// newLeastSquares fits the mean outcome of each cell. intercept says that the
// first column is constant.
//
// It forms cross-products of centred and scaled columns and takes their
// Cholesky factor, and repairs the rounding of the coefficients by one step of
// refinement. When the columns are so close to collinear that this loses
// digits, it orthogonalises them in arithmetic of 32 digits instead.
func newLeastSquares(c *cells, intercept bool, tolerance float64) *leastSquares {
	if s := fastLeastSquares(c, intercept, tolerance); s != nil {
		return s
	}
	c.plain()
	return exactLeastSquares(c, tolerance)
}

// Of what the columns before it do not explain, a column keeps at least
// fastPivot of its centred sum of squares on the fast road, smallPivot where
// the slow road is short (cells times columns squared below smallWork), and its
// centred norm is at least fastCenter of its norm. With more than manyCells a
// column of which less than surelyDropped is left is dropped without a second
// look.
const (
	fastPivot     = 1e-5
	smallPivot    = 1e-2
	smallWork     = 1_000_000
	fastCenter    = 1e-5
	surelyDropped = 1e-12
	manyCells     = 100_000
)

// fastLeastSquares returns nil when the columns are too close to collinear.
func fastLeastSquares(c *cells, intercept bool, tolerance float64) *leastSquares {
	m, k := c.dims()
	mean, norm, total := columnMoments(c, intercept)
	if !(total > 0) {
		return nil
	}
	co := &coordinates{x: c.x}
	if c.x == nil {
		co.parts = c.parts
	}
	all := make([]int, k)
	for j := range k {
		all[j] = j
		shift, scale := mean[j], norm[j]
		switch {
		case intercept && j == 0:
			shift, scale = 0, math.Sqrt(total)
		case intercept:
			if !(scale*scale >= fastCenter*fastCenter*(scale*scale+total*shift*shift)) {
				return nil
			}
		}
		if !(scale > 0) || math.IsInf(scale, 1) {
			return nil
		}
		co.shift, co.inv = append(co.shift, shift), append(co.inv, 1/scale)
	}
	co.keep(all)
	least := fastPivot
	if m*k*k < smallWork {
		least = smallPivot
	}
	h, right := co.normal(c)
	factor := make([]float64, k*k) // lower triangle
	var kept []int
	for j := range k {
		left := h[j*k+j]
		for _, a := range kept {
			sum := h[a*k+j]
			for _, b := range kept {
				if b < a {
					sum -= factor[j*k+b] * factor[a*k+b]
				}
			}
			factor[j*k+a] = sum / factor[a*k+a]
			left -= factor[j*k+a] * factor[j*k+a]
		}
		if !(left >= least*h[j*k+j]) {
			if m > manyCells && left < surelyDropped*h[j*k+j] {
				continue
			}
			return nil
		}
		factor[j*k+j] = math.Sqrt(left)
		kept = append(kept, j)
	}
	s := &leastSquares{coordinates: co}
	if len(kept) < k {
		co.keep(kept)
		h, right = co.normal(c)
	}
	s.setHessian(h)
	s.solve(c, right)
	return s
}

// columnMoments returns the weighted means of the columns, 0 each without an
// intercept, the norms of the columns less their means, and the sum of the
// weights.
func columnMoments(c *cells, intercept bool) (mean, norm []float64, total float64) {
	if c.x == nil {
		return c.parts.moments(c.w, intercept)
	}
	m, k := c.x.Dims()
	// Squares about a guess of the mean lose few digits.
	guess := make([]float64, k)
	if intercept {
		few := min(m, blockRows)
		for i := range few {
			for j, v := range c.x.RawRowView(i) {
				guess[j] += v / float64(few)
			}
		}
	}
	sums := sumRows(m, 2*k+1, func(lo, hi int, acc []float64) {
		first, second := acc[:k], acc[k:2*k]
		for i := lo; i < hi; i++ {
			w := c.w[i]
			for j, v := range c.x.RawRowView(i) {
				v -= guess[j]
				first[j] += w * v
				second[j] += w * v * v
			}
			acc[2*k] += w
		}
	})
	total = sums[2*k]
	mean, norm = make([]float64, k), make([]float64, k)
	for j := range mean {
		squares := sums[k+j]
		if intercept {
			off := sums[j] / total
			mean[j] = guess[j] + off
			squares -= off * sums[j]
		}
		norm[j] = math.Sqrt(max(0, squares))
	}
	return mean, norm, total
}

// keep leaves the given columns and sets U.
func (co *coordinates) keep(kept []int) {
	r := len(kept)
	shift, inv := make([]float64, r), make([]float64, r)
	for a, j := range kept {
		shift[a], inv[a] = co.shift[j], co.inv[j]
	}
	co.kept, co.shift, co.inv = kept, shift, inv
	co.u = make([]float64, r*r)
	for a := range kept {
		co.u[a*r+a] = inv[a]
		if a > 0 && shift[a] != 0 {
			co.u[a] = -shift[a] * inv[a]
		}
	}
	if co.parts != nil {
		co.table = co.parts.tables(kept, shift, inv)
	}
}

// dims returns the numbers of cells and of columns of X.
func (co *coordinates) dims() (m, k int) {
	if co.parts != nil {
		return co.parts.cells, co.parts.columns
	}
	return co.x.Dims()
}

// rank is the number of columns kept.
func (co *coordinates) rank() int { return len(co.kept) }

// rows puts rows lo to hi of Z into dst, row by row.
func (co *coordinates) rows(lo, hi int, dst []float64) {
	r := len(co.kept)
	if co.parts != nil {
		for t, table := range co.table {
			for i, c := range co.parts.codes[t][lo:hi] {
				for a, z := range table.row(int(c)) {
					dst[i*r+table.at[a]] = z
				}
			}
		}
		return
	}
	_, k := co.x.Dims()
	for i := lo; i < hi; i++ {
		row, z := co.x.RawRowView(i), dst[(i-lo)*r:(i-lo+1)*r]
		switch {
		case co.shift == nil:
			clear(z)
			for a, j := range co.kept {
				v := row[j]
				if v == 0 {
					continue
				}
				for b := a; b < r; b++ {
					z[b] += v * co.u[a*r+b]
				}
			}
		case r == k:
			shift, inv := co.shift[:len(z)], co.inv[:len(z)]
			row = row[:len(z)]
			for a := range z {
				z[a] = (row[a] - shift[a]) * inv[a]
			}
		default:
			for a, j := range co.kept {
				z[a] = (row[j] - co.shift[a]) * co.inv[a]
			}
		}
	}
}

// blocks calls f with blocks of rows of Z between lo and hi.
func (co *coordinates) blocks(lo, hi int, f func(from int, z []float64)) {
	buffer := make([]float64, blockRows*co.rank())
	for from := lo; from < hi; from += blockRows {
		to := min(hi, from+blockRows)
		z := buffer[:(to-from)*co.rank()]
		co.rows(from, to, z)
		f(from, z)
	}
}

// gram returns ZᵀWZ.
func (co *coordinates) gram(w []float64) []float64 {
	m, _ := co.dims()
	r := co.rank()
	if p := co.parts; p != nil {
		return p.cross(sumRows(m, p.pairs(), func(lo, hi int, acc []float64) { p.addPairs(acc, lo, w[lo:hi]) }), co.table, r)
	}
	h := sumRows(m, r*r, func(lo, hi int, acc []float64) {
		co.blocks(lo, hi, func(from int, z []float64) {
			addCrossProducts(acc, z, w[from:from+len(z)/r], r)
		})
	})
	symmetrise(h, r)
	return h
}

// normal returns ZᵀWZ and Zᵀ(wy).
func (co *coordinates) normal(c *cells) (h, right []float64) {
	m, _ := co.dims()
	r := co.rank()
	if co.parts != nil {
		return co.gram(c.w), co.transposed(c.wy)
	}
	sums := sumRows(m, r*r+r, func(lo, hi int, acc []float64) {
		co.blocks(lo, hi, func(from int, z []float64) {
			n := len(z) / r
			addCrossProducts(acc, z, c.w[from:from+n], r)
			addMultiples(acc[r*r:], z, c.wy[from:from+n])
		})
	})
	h, right = sums[:r*r], sums[r*r:]
	symmetrise(h, r)
	return h, right
}

// addMultiples adds Σ vᵢzᵢ to acc.
func addMultiples(acc, z, v []float64) {
	r := len(acc)
	for i, s := range v {
		row := z[i*r : (i+1)*r]
		for a, x := range row {
			acc[a] += s * x
		}
	}
}

// linear returns Zγ, by cell.
func (co *coordinates) linear(gamma []float64) []float64 {
	m, _ := co.dims()
	r := co.rank()
	fit := make([]float64, m)
	if co.parts != nil {
		tables := products(co.table, gamma, co.parts)
		sumRows(m, 0, func(lo, hi int, _ []float64) { co.parts.lookUp(fit[lo:hi], lo, tables) })
		return fit
	}
	sumRows(m, 0, func(lo, hi int, _ []float64) {
		co.blocks(lo, hi, func(from int, z []float64) {
			for i := range len(z) / r {
				fit[from+i] = dot(z[i*r:(i+1)*r], gamma)
			}
		})
	})
	return fit
}

// transposed returns Zᵀv.
func (co *coordinates) transposed(v []float64) []float64 {
	m, _ := co.dims()
	r := co.rank()
	if co.parts != nil {
		sum := make([]float64, r)
		for t, by := range co.parts.byPart(v) {
			co.table[t].addTransposed(sum, by)
		}
		return sum
	}
	return sumRows(m, r, func(lo, hi int, acc []float64) {
		co.blocks(lo, hi, func(from int, z []float64) {
			addMultiples(acc, z, v[from:from+len(z)/r])
		})
	})
}

// back returns the coefficients over X, NaN for the columns that were dropped.
func (co *coordinates) back(gamma []float64) []float64 {
	_, k := co.dims()
	r := co.rank()
	beta := make([]float64, k)
	for j := range beta {
		beta[j] = nan
	}
	for a, j := range co.kept {
		beta[j] = dot(co.u[a*r+a:(a+1)*r], gamma[a:])
	}
	return beta
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

// setHessian computes the roots of the inverse of H = ZᵀWZ; it returns false,
// and leaves them nil, when H is not positive definite.
func (s *leastSquares) setHessian(h []float64) bool {
	half, ok := inverseRoot(h, s.rank())
	if !ok {
		s.half, s.root = nil, nil
		return false
	}
	s.half = half
	s.root = product(s.u, half, s.rank())
	return true
}

// inverseRoot returns the upper triangle T with T Tᵀ = H⁻¹, by Cholesky.
func inverseRoot(h []float64, r int) ([]float64, bool) {
	l := make([]float64, r*r)
	for j := range r {
		for i := j; i < r; i++ {
			sum := h[i*r+j] - dot(l[i*r:i*r+j], l[j*r:j*r+j])
			if i > j {
				l[i*r+j] = sum / l[j*r+j]
				continue
			}
			if !(sum > 1e-14*h[j*r+j]) {
				return nil, false
			}
			l[j*r+j] = math.Sqrt(sum)
		}
	}
	// T = L⁻ᵀ: column c of L⁻¹ by forward substitution is row c of T.
	t := make([]float64, r*r)
	for c := range r {
		for i := c; i < r; i++ {
			sum := 0.0
			if i == c {
				sum = 1
			}
			for a := c; a < i; a++ {
				sum -= l[i*r+a] * t[c*r+a]
			}
			t[c*r+i] = sum / l[i*r+i]
		}
	}
	return t, true
}

// product returns the product of two r x r matrices.
func product(a, b []float64, r int) []float64 {
	p := make([]float64, r*r)
	for i := range r {
		for m := range r {
			v := a[i*r+m]
			if v == 0 {
				continue
			}
			for j := range r {
				p[i*r+j] += v * b[m*r+j]
			}
		}
	}
	return p
}

// halved returns T Tᵀ v, the solution of H γ = v.
func halved(half, v []float64, r int) []float64 {
	t := make([]float64, r)
	for a := range r {
		for b := range r {
			t[b] += half[a*r+b] * v[a]
		}
	}
	g := make([]float64, r)
	for a := range r {
		g[a] = dot(half[a*r:(a+1)*r], t)
	}
	return g
}

// solve sets the coefficients and the fit, with one step of refinement: the
// normal equations of what the first solution leaves. right is Zᵀ(wy).
func (s *leastSquares) solve(c *cells, right []float64) {
	r := s.rank()
	s.gamma = halved(s.half, right, r)
	rest := s.linear(s.gamma)
	for i, fit := range rest {
		rest[i] = c.wy[i] - c.w[i]*fit
	}
	for a, d := range halved(s.half, s.transposed(rest), r) {
		s.gamma[a] += d
	}
	s.fit = s.linear(s.gamma)
	s.beta = s.back(s.gamma)
}

// exactLeastSquares orthogonalises the columns one by one (modified Gram and
// Schmidt) in arithmetic of 32 digits, whose rounding no condition that float64
// data can have makes visible. A column of which less than tolerance is left is
// dropped, R's rule.
func exactLeastSquares(c *cells, tolerance float64) *leastSquares {
	m, k := c.x.Dims()
	var q, r [][]double
	co := &coordinates{x: c.x}
	column := func(at func(i int) float64) []double {
		v := make([]double, m)
		for i := range v {
			v[i] = double{c.w[i], 0}.root().times(double{at(i), 0})
		}
		return v
	}
	for j := range k {
		v := column(func(i int) float64 { return c.x.At(i, j) })
		norm := math.Sqrt(inner(v, v).float())
		coef := takeAway(q, v)
		left := inner(v, v).root()
		if !(left.float() > tolerance*norm) || len(q) == m || math.IsInf(norm, 1) {
			continue
		}
		for i := range v {
			v[i] = v[i].over(left)
		}
		q, r = append(q, v), append(r, append(coef, left))
		co.kept = append(co.kept, j)
	}
	y := make([]double, m)
	for i := range y {
		if c.w[i] > 0 {
			y[i] = double{c.wy[i], 0}.over(double{c.w[i], 0}.root())
		}
	}
	gamma := takeAway(q, y)
	return co.finishExact(c, r, gamma, y)
}

// takeAway makes v orthogonal to q, in place, and returns its inner products.
func takeAway(q [][]double, v []double) []double {
	coef := make([]double, len(q))
	for a := range q {
		d := inner(q[a], v)
		coef[a] = d
		for i := range v {
			v[i] = v[i].minus(d.times(q[a][i]))
		}
	}
	return coef
}

func inner(a, b []double) double {
	var s double
	for i := range a {
		s = s.plus(a[i].times(b[i]))
	}
	return s
}

// finishExact solves R β = γ and sets U = R⁻¹; rest is √w times the outcome
// less the fit.
func (co *coordinates) finishExact(c *cells, r [][]double, gamma, rest []double) *leastSquares {
	m, k := co.x.Dims()
	n := co.rank()
	s := &leastSquares{coordinates: co, beta: make([]float64, k), gamma: make([]float64, n), fit: make([]float64, m)}
	solve := func(b []double) []double {
		x := make([]double, n)
		for a := n - 1; a >= 0; a-- {
			x[a] = b[a]
			for d := a + 1; d < n; d++ {
				x[a] = x[a].minus(r[d][a].times(x[d]))
			}
			x[a] = x[a].over(r[a][a])
		}
		return x
	}
	for j := range s.beta {
		s.beta[j] = nan
	}
	for a, b := range solve(gamma) {
		s.beta[co.kept[a]] = b.float()
		s.gamma[a] = gamma[a].float()
	}
	co.u, s.half = make([]float64, n*n), make([]float64, n*n)
	for c := range n {
		unit := make([]double, n)
		unit[c] = double{1, 0}
		for a, v := range solve(unit) {
			co.u[a*n+c] = v.float()
		}
		s.half[c*n+c] = 1
	}
	s.root = co.u
	s.exact = make([]double, m)
	for i := range s.fit {
		if c.w[i] == 0 {
			for _, j := range co.kept {
				s.fit[i] += c.x.At(i, j) * s.beta[j]
			}
			s.exact[i] = double{nan, 0}
			continue
		}
		s.exact[i] = rest[i].over(double{c.w[i], 0}.root())
		s.fit[i] = double{c.wy[i], 0}.over(double{c.w[i], 0}).minus(s.exact[i]).float()
	}
	return s
}
