package stat

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// netProblem is an elastic net over standardised columns.
type netProblem struct {
	family Family
	alpha  float64
	n, p   int
	z      []float64 // row by row: standardised columns; equal rows are one
	y      []float64 // means of the rows; gaussian: standardised
	w      []float64 // sum to one
	mean   []float64
	sd     []float64 // 0 for a constant column
	center float64   // of the outcome
	scale  float64
	flat   bool // a constant outcome

	gram     []float64 // gaussian: ZᵀWZ
	cross    []float64 // gaussian: ZᵀWy
	null     float64   // binomial: loss without columns
	beta     []float64 // over z
	constant float64   // binomial: the intercept over z
}

// newNetProblem puts equal rows together and standardises.
func newNetProblem(x *mat.Dense, columns []int, y, w []float64, family Family, alpha float64) *netProblem {
	c := newCells(x, y, w, nil)
	s := &netProblem{family: family, alpha: alpha, n: len(c.w), p: len(columns), scale: 1}
	total := 0.0
	for _, v := range c.w {
		total += v
	}
	s.w, s.y = make([]float64, s.n), make([]float64, s.n)
	for i, v := range c.w {
		s.w[i] = v / total
		if v > 0 {
			s.y[i] = c.wy[i] / v
		}
		s.center += c.wy[i] / total
	}
	s.standardise(c.x, columns)
	spread := 0.0
	for i, v := range w {
		spread += v / total * (y[i] - s.center) * (y[i] - s.center)
	}
	s.flat = !(spread > 1e-24*s.center*s.center)
	switch {
	case s.flat:
	case family == Gaussian:
		s.scale = math.Sqrt(spread)
		for i := range s.y {
			s.y[i] = (s.y[i] - s.center) / s.scale
		}
		s.gram = s.crossProducts(s.w)
		s.cross = s.against(func(i int) float64 { return s.w[i] * s.y[i] })
	default:
		s.constant = math.Log(s.center / (1 - s.center))
		s.null = s.loss(s.constant, s.beta)
	}
	return s
}

// standardise fills z.
func (s *netProblem) standardise(x *mat.Dense, columns []int) {
	s.z = make([]float64, s.n*s.p)
	s.mean, s.sd, s.beta = make([]float64, s.p), make([]float64, s.p), make([]float64, s.p)
	for a, j := range columns {
		for i, v := range s.w {
			s.mean[a] += v * x.At(i, j)
		}
		squares, size := 0.0, 0.0
		for i, v := range s.w {
			c := x.At(i, j) - s.mean[a]
			squares += v * c * c
			size = max(size, math.Abs(x.At(i, j)))
		}
		if s.sd[a] = math.Sqrt(squares); s.sd[a] <= 1e-12*size {
			s.sd[a] = 0
			continue
		}
		for i := range s.w {
			s.z[i*s.p+a] = (x.At(i, j) - s.mean[a]) / s.sd[a]
		}
	}
}

// crossProducts returns ZᵀVZ.
func (s *netProblem) crossProducts(v []float64) []float64 {
	g := sumRows(s.n, s.p*s.p, func(lo, hi int, acc []float64) {
		addCrossProducts(acc, s.z[lo*s.p:hi*s.p], v[lo:hi], s.p)
	})
	symmetrise(g, s.p)
	return g
}

// against returns Zᵀv.
func (s *netProblem) against(v func(i int) float64) []float64 {
	return sumRows(s.n, s.p, func(lo, hi int, acc []float64) {
		for i := lo; i < hi; i++ {
			x := v(i)
			for a, z := range s.z[i*s.p : (i+1)*s.p] {
				acc[a] += x * z
			}
		}
	})
}

// lambdas returns glmnet's own path.
func (s *netProblem) lambdas() []float64 {
	c := s.cross
	if s.family == Binomial {
		c = s.against(func(i int) float64 { return s.w[i] * (s.y[i] - s.center) })
	}
	top := 0.0
	for _, v := range c {
		top = max(top, math.Abs(v))
	}
	top *= s.scale / max(s.alpha, netLeastAlpha)
	ratio := netRatio
	if s.n < s.p {
		ratio = netRatioWide
	}
	path := make([]float64, netPath)
	for k := range path {
		path[k] = top * math.Pow(ratio, float64(k)/(netPath-1))
	}
	return path
}

// solve finds the minimum at λ, from where the last one was; false when it
// does not.
func (s *netProblem) solve(lambda float64) bool {
	if s.family == Gaussian {
		return descend(s.gram, s.cross, s.beta, lambda/s.scale*s.alpha, lambda/s.scale*(1-s.alpha))
	}
	return s.solveBinomial(lambda)
}

// solveBinomial takes Newton steps: a weighted elastic net each.
func (s *netProblem) solveBinomial(lambda float64) bool {
	l1, l2 := lambda*s.alpha, lambda*(1-s.alpha)
	objective := func(constant float64, beta []float64) float64 {
		f := s.loss(constant, beta)
		for _, b := range beta {
			f += l1*math.Abs(b) + l2/2*b*b
		}
		return f
	}
	now := objective(s.constant, s.beta)
	v, work := make([]float64, s.n), make([]float64, s.n)
	before := math.Inf(1)
	for range 100 {
		total, sum := 0.0, 0.0
		for i := range s.n {
			eta := s.constant + dot(s.z[i*s.p:(i+1)*s.p], s.beta)
			mu := Logit.Mean(eta)
			v[i] = s.w[i] * max(mu*(1-mu), 1e-12)
			work[i] = v[i]*(eta-s.constant) + s.w[i]*(s.y[i]-mu)
			total += v[i]
			sum += work[i]
		}
		// The intercept, which has no penalty, is eliminated.
		gram := s.crossProducts(v)
		shift := s.against(func(i int) float64 { return v[i] })
		cross := s.against(func(i int) float64 { return work[i] })
		for a := range s.p {
			for b := range s.p {
				gram[a*s.p+b] -= shift[a] * shift[b] / total
			}
			cross[a] -= shift[a] * sum / total
		}
		beta := append([]float64(nil), s.beta...)
		if !descend(gram, cross, beta, l1, l2) {
			return false
		}
		constant := s.constant + (sum-dot(shift, beta))/total
		length := math.Abs(constant - s.constant)
		for a, b := range beta {
			length = max(length, math.Abs(b-s.beta[a]))
		}
		part := 1.0
		for ; part > 1e-8; part /= 2 {
			tried := make([]float64, s.p)
			for a, b := range beta {
				tried[a] = s.beta[a] + part*(b-s.beta[a])
				if part == 1 {
					tried[a] = b // exact zeros
				}
			}
			at := s.constant + part*(constant-s.constant)
			if f := objective(at, tried); f <= now+1e-14*math.Abs(now) {
				s.constant, s.beta, now = at, tried, f
				break
			}
		}
		still := length > before/2 || part <= 1e-8 // no longer shrinks: rounding
		if length < 1e-10 || still && length < 1e-6 {
			return true
		}
		if part <= 1e-8 {
			return false
		}
		before = length
	}
	return false
}

// loss returns minus the mean log likelihood of a binomial problem.
func (s *netProblem) loss(constant float64, beta []float64) float64 {
	sums := sumRows(s.n, 1, func(lo, hi int, acc []float64) {
		for i := lo; i < hi; i++ {
			eta := constant + dot(s.z[i*s.p:(i+1)*s.p], beta)
			acc[0] += s.w[i] * (max(eta, 0) + math.Log1p(math.Exp(-math.Abs(eta))) - s.y[i]*eta)
		}
	})
	return sums[0]
}

// explained returns the share of the null deviance that is explained.
func (s *netProblem) explained() float64 {
	if s.family == Binomial {
		return 1 - s.loss(s.constant, s.beta)/s.null
	}
	share := 2 * dot(s.cross, s.beta)
	for a, b := range s.beta {
		share -= b * dot(s.gram[a*s.p:(a+1)*s.p], s.beta)
	}
	return share
}

// back returns the intercept and the coefficients of the columns as they were.
func (s *netProblem) back() (intercept float64, coef []float64) {
	intercept = s.constant
	if s.family == Gaussian {
		intercept = s.center
	}
	coef = make([]float64, s.p)
	for a, b := range s.beta {
		if s.sd[a] > 0 {
			coef[a] = b * s.scale / s.sd[a]
			intercept -= coef[a] * s.mean[a]
		}
	}
	return intercept, coef
}

// Coordinate descent stops where a sweep changes no coefficient by more than
// descentStill; from descentNear on it tries to solve for those that are not
// zero at once.
const (
	descentSweeps = 100_000
	descentNear   = 1e-6
	descentStill  = 1e-13
)

// descend minimises ½ bᵀGb - cᵀb + l1|b|₁ + l2/2 |b|² by coordinate descent from
// b, in place; false when it does not end.
func descend(g, c, b []float64, l1, l2 float64) bool {
	p := len(b)
	near := descentNear
	for range descentSweeps {
		longest := 0.0
		for j := range p {
			curve := g[j*p+j] + l2
			if g[j*p+j] == 0 || curve <= 0 {
				b[j] = 0
				continue
			}
			pull := c[j] - dot(g[j*p:(j+1)*p], b) + g[j*p+j]*b[j]
			next := 0.0
			if pull > l1 {
				next = (pull - l1) / curve
			} else if pull < -l1 {
				next = (pull + l1) / curve
			}
			longest = max(longest, math.Abs(next-b[j]))
			b[j] = next
		}
		if longest <= descentStill {
			return true
		}
		if longest < near {
			if solveActive(g, c, b, l1, l2) {
				return true
			}
			near /= 100
		}
	}
	return false
}

// solveActive solves the equations of the coefficients that are not zero, and
// keeps the solution when no sign changes and no other coefficient wants to
// leave zero.
func solveActive(g, c, b []float64, l1, l2 float64) bool {
	p := len(b)
	var active []int
	for j, v := range b {
		if v != 0 {
			active = append(active, j)
		}
	}
	k := len(active)
	h, rhs := make([]float64, k*k), make([]float64, k)
	for a, j := range active {
		for d, l := range active {
			h[a*k+d] = g[j*p+l]
		}
		h[a*k+a] += l2
		rhs[a] = c[j] - math.Copysign(l1, b[j])
	}
	half, ok := inverseRoot(h, k)
	if !ok {
		return false
	}
	x := halved(half, rhs, k)
	next := make([]float64, p)
	for a, j := range active {
		if math.Signbit(x[a]) != math.Signbit(b[j]) || x[a] == 0 {
			return false
		}
		next[j] = x[a]
	}
	for j := range p {
		if b[j] == 0 && math.Abs(c[j]-dot(g[j*p:(j+1)*p], next)) > l1*(1+1e-10) && g[j*p+j] > 0 {
			return false
		}
	}
	copy(b, next)
	return true
}
