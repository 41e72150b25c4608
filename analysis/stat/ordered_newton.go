package stat

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// orderedSearch is Newton's method for the thresholds and the coefficients over
// the coordinates Z, whose first column is constant and left out.
type orderedSearch struct {
	*coordinates
	cells  *cells
	link   Link
	levels int
	counts []float64 // cell x level: sums of weights; nil when each row is its own cell
	codes  []int     // by row
	w      []float64 // by row, nil for 1

	at, step  []float64 // thresholds, then coefficients; the last step
	ll        float64
	gradient  []float64
	info      []float64 // row by row: minus the second derivatives
	eta       []float64 // by cell, offset included
	steps     int
	converged bool
	separated bool
}

func newOrderedSearch(co *coordinates, c *cells, w []float64, codes []int, levels int, link Link) *orderedSearch {
	s := &orderedSearch{coordinates: co, cells: c, link: link, levels: levels, codes: codes, w: w}
	if c.of != nil {
		s.counts = make([]float64, len(c.w)*levels)
		for i, y := range codes {
			s.counts[int(c.of[i])*levels+y] += s.weight(i)
		}
	}
	return s
}

func (s *orderedSearch) weight(row int) float64 {
	if s.w == nil {
		return 1
	}
	return s.w[row]
}

// run starts at the shares of the levels, and takes steps until the maximum, or
// until it is known that there is none.
func (s *orderedSearch) run() {
	shares := make([]float64, s.levels)
	total := 0.0
	for i, y := range s.codes {
		shares[y] += s.weight(i)
		total += s.weight(i)
	}
	t := s.levels - 1
	s.at = make([]float64, t+s.rank()-1)
	below := 0.0
	for j := range t {
		below += shares[j]
		s.at[j] = s.link.predictor(below / total)
	}
	s.evaluate()
	before := math.Inf(1)
	for s.steps = 1; s.steps <= scoringSteps; s.steps++ {
		half, ok := inverseRoot(s.info, len(s.at))
		if !ok {
			s.separated = true // no curvature is left in some direction
			return
		}
		s.step = halved(half, s.gradient, len(s.at))
		length := dot(s.step, s.gradient) // squared, in standard errors
		gained, moved, ok := s.advance()
		if !ok {
			s.converged = length < 1e-12
			return
		}
		if length < 1e-26 || length < 1e-16 && length > before/4 {
			s.converged = true
			return
		}
		before = length
		if gained < nothingGained && moved > stillMoving {
			s.separated = true
			return
		}
	}
}

// advance takes the step, or the longest of its halves that keeps the
// thresholds in order and does not lose. It returns the gain of likelihood and
// the largest change of a predictor; false when no part of the step will do.
func (s *orderedSearch) advance() (gained, moved float64, ok bool) {
	from, ll, eta := s.at, s.ll, s.eta
	slack := 1e-12 * max(1, math.Abs(ll))
	t := s.levels - 1
	for part := 1.0; part > 1e-8; part /= 2 {
		s.at = make([]float64, len(from))
		for a, v := range from {
			s.at[a] = v + part*s.step[a]
		}
		s.evaluate()
		if s.ll >= ll-slack {
			for j := range t {
				moved = max(moved, math.Abs(s.at[j]-from[j]))
			}
			for i, e := range s.eta {
				if s.cells.w[i] > 0 {
					moved = max(moved, math.Abs(e-eta[i]))
				}
			}
			return s.ll - ll, moved, true
		}
	}
	s.at = from
	s.evaluate()
	return 0, 0, false
}

// evaluate computes at once the log likelihood, -Inf where thresholds are out
// of order, its gradient, and the information.
func (s *orderedSearch) evaluate() {
	r, t := s.rank(), s.levels-1
	p := t + r - 1
	s.eta = make([]float64, len(s.cells.w))
	bands := orderedBands(s.link, s.at[:t])
	if bands == nil {
		s.ll = math.Inf(-1)
		return
	}
	// Sums of a chunk: log likelihood; gradient; information of the thresholds
	// by themselves, of them with the columns, and of the columns.
	gAt, tAt := 1, 1+p
	cAt := tAt + t*t
	zAt := cAt + t*r
	sums := sumRows(len(s.cells.w), zAt+r*r, func(lo, hi int, acc []float64) {
		weight := make([]float64, blockRows)
		cross := make([]float64, t)
		s.blocks(lo, hi, func(from int, z []float64) {
			for i := range len(z) / r {
				row, cell := z[i*r:(i+1)*r], from+i
				eta := dot(row[1:], s.at[t:])
				if s.cells.offset != nil {
					eta += s.cells.offset[cell]
				}
				s.eta[cell] = eta
				clear(cross)
				score, curve := 0.0, 0.0
				add := func(y int, w float64) {
					b := bands[y].at(eta)
					acc[0] += w * b.ll
					score -= w * (b.up + b.down)
					curve -= w * (b.upUp + 2*b.upDown + b.downDown)
					if y < t {
						acc[gAt+y] += w * b.up
						acc[tAt+y*t+y] -= w * b.upUp
						cross[y] += w * (b.upUp + b.upDown)
					}
					if y > 0 {
						acc[gAt+y-1] += w * b.down
						acc[tAt+(y-1)*t+y-1] -= w * b.downDown
						cross[y-1] += w * (b.downDown + b.upDown)
					}
					if y > 0 && y < t {
						acc[tAt+(y-1)*t+y] -= w * b.upDown
					}
				}
				s.answers(cell, add)
				weight[i] = curve
				for a, v := range row[1:] {
					acc[gAt+t+a] += score * v
				}
				for j, c := range cross {
					if c == 0 {
						continue
					}
					dst := acc[cAt+j*r : cAt+(j+1)*r]
					for a, v := range row {
						dst[a] += c * v
					}
				}
			}
			addCrossProducts(acc[zAt:], z, weight[:len(z)/r], r)
		})
	})
	s.ll, s.gradient = sums[0], sums[gAt:tAt]
	if math.IsNaN(s.ll) {
		s.ll = math.Inf(-1)
	}
	s.info = make([]float64, p*p)
	for j := range t {
		for l := j; l < t; l++ {
			s.info[j*p+l] = sums[tAt+j*t+l]
		}
		for a := 1; a < r; a++ {
			s.info[j*p+t+a-1] = sums[cAt+j*r+a]
		}
	}
	for a := 1; a < r; a++ {
		for b := a; b < r; b++ {
			s.info[(t+a-1)*p+t+b-1] = sums[zAt+a*r+b]
		}
	}
	symmetrise(s.info, p)
}

// answers calls f with each answer of a cell and its weight.
func (s *orderedSearch) answers(cell int, f func(y int, w float64)) {
	if s.counts == nil {
		if w := s.cells.w[cell]; w > 0 {
			f(s.codes[cell], w)
		}
		return
	}
	for y, w := range s.counts[cell*s.levels : (cell+1)*s.levels] {
		if w > 0 {
			f(y, w)
		}
	}
}

// back returns the thresholds and the coefficients over X, without the
// intercept, that a point of the search means.
func (s *orderedSearch) back(at []float64) (thresholds, coefs []float64) {
	t := s.levels - 1
	beta := s.coordinates.back(append([]float64{0}, at[t:]...))
	for _, v := range at[:t] {
		thresholds = append(thresholds, v-beta[0])
	}
	return thresholds, beta[1:]
}

// covariance returns the covariance over the thresholds and the columns that
// were kept, without factors for small samples, and the number of clusters;
// false when the information is singular.
func (s *orderedSearch) covariance(kind string, clusters []int) (v []float64, groups int, ok bool) {
	p, r, t := len(s.at), s.rank(), s.levels-1
	half, ok := inverseRoot(s.info, p)
	if !ok {
		return nil, 0, false
	}
	bread := mat.NewDense(p, p, nil)
	h := mat.NewDense(p, p, half)
	bread.Mul(h, h.T())
	if kind != "classical" {
		var meat []float64
		meat, groups = s.meat(clusters)
		bread.Product(bread, mat.NewDense(p, p, meat), bread)
	}
	// (θ, β) = T (θ', γ): a threshold loses what centring gave the constant.
	back := mat.NewDense(p, p, nil)
	for j := range t {
		back.Set(j, j, 1)
		for a := 1; a < r; a++ {
			back.Set(j, t+a-1, -s.u[a])
		}
	}
	for a := 1; a < r; a++ {
		for b := a; b < r; b++ {
			back.Set(t+a-1, t+b-1, s.u[a*r+b])
		}
	}
	var out mat.Dense
	out.Product(back, bread, back.T())
	return out.RawMatrix().Data, groups, true
}

// meat returns Σ u_g u_gᵀ of the sums of scores over clusters, each row its own
// when clusters is nil.
func (s *orderedSearch) meat(clusters []int) (meat []float64, groups int) {
	p, r, t := len(s.at), s.rank(), s.levels-1
	meat = make([]float64, p*p)
	bands := orderedBands(s.link, s.at[:t])
	var sums [][]float64
	z := make([]float64, r)
	for i, y := range s.codes {
		w := s.weight(i)
		u := make([]float64, p)
		cell := s.cells.cell(i)
		s.rows(cell, cell+1, z)
		b := bands[y].at(s.eta[cell])
		if y < t {
			u[y] += w * b.up
		}
		if y > 0 {
			u[y-1] += w * b.down
		}
		for a, v := range z[1:] {
			u[t+a] -= w * (b.up + b.down) * v
		}
		if clusters == nil {
			addCrossProducts(meat, u, nil, p)
			continue
		}
		for clusters[i] >= len(sums) {
			sums = append(sums, nil)
		}
		if sums[clusters[i]] == nil {
			sums[clusters[i]] = u
			groups++
			continue
		}
		for a, v := range u {
			sums[clusters[i]][a] += v
		}
	}
	for _, u := range sums {
		if u != nil {
			addCrossProducts(meat, u, nil, p)
		}
	}
	symmetrise(meat, p)
	return meat, groups
}
