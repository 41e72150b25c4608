package stat

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// MixedLogit fits a logistic regression with a random intercept,
//
//	logit P(y = 1) = xᵀβ + offset + σ u[group],  u ~ N(0, 1),
//
// by maximum likelihood of Laplace's approximation, jointly over β and σ: with
// û the mode of h(u) = Σ log p(yᵢ | u) - u²/2 in a group, its part is
//
//	h(û) - ½ log(1 + σ² Σ wᵢpᵢ(1 - pᵢ)).
//
// Newton's method with the analytic gradient finds the exact maximum, at a cost
// linear in the rows. Errors of the fixed effects come from the observed
// information of β and σ. Weights are frequencies. ICC and the shares of variance
// are those of the latent scale, whose residual variance is π²/3. The intervals
// of coefficients are of z, and cover from 40 groups on; with 25 groups of five,
// .918 of the time.
//
// R: lme4::glmer(family = binomial, nAGQ = 1) with tolPwrss = 1e-13: by default
// its log likelihood is off in the third decimal.
//
// Edge cases: other random effects than one intercept, an outcome that is not of
// two answers or constant, and what Mixed has none for, give NaN and a warning;
// separation is said.
func MixedLogit(d *formula.Design) *MixedModel {
	m := &MixedModel{
		Design: d, Names: d.Names, LogLik: nan, AIC: nan, BIC: nan, ICC: nan, R2Marginal: nan, R2Conditional: nan,
		cov: nanMatrix(len(d.Names)), Coef: filled(len(d.Names), nan),
	}
	m.Warnings = append(m.Warnings, d.Warnings...)
	if why := m.usable(); why != "" {
		return m.cannot(why)
	}
	if r := d.Random[0]; len(d.Random) > 1 || !slices.Equal(r.Names, []string{"(Intercept)"}) {
		return m.cannot("a mixed logit has one random intercept, such as (1 | id), and no other random effects")
	}
	start := GLM(d, Binomial, Logit)
	m.N = start.N
	if start.Separated || start.ls == nil || !start.Converged || math.IsNaN(start.McFadden) {
		return m.cannot("the logit without random effects cannot be fitted: " + strings.Join(start.Warnings, "; "))
	}
	m.Rank, m.Dropped = start.Rank, start.Dropped
	if len(m.Dropped) > 0 {
		m.Warnings = append(m.Warnings, "dropped as linear in the columns before them: "+strings.Join(m.Dropped, ", "))
	}
	s := newLaplace(d, start)
	at, converged := s.climb()
	m.Converged, m.Steps = converged, s.steps
	if !converged {
		m.Warnings = append(m.Warnings, fmt.Sprintf("no convergence after %d steps", s.steps))
	}
	m.finishLogit(s, at)
	return m
}

// finishLogit brings the estimates back to the columns as they were given.
func (m *MixedModel) finishLogit(s *laplace, at []float64) {
	r := m.Rank
	sigma := math.Abs(at[r])
	m.LogLik = s.evaluate(at)
	params := float64(r + 1)
	m.AIC = -2*m.LogLik + 2*params
	m.BIC = -2*m.LogLik + math.Log(float64(m.N))*params
	m.Coef = s.co.back(at[:r])
	random := m.Design.Random[0]
	m.Components = []VarianceComponent{{Group: random.Group, Var1: "(Intercept)", Variance: sigma * sigma, SD: sigma}}
	modes := RandomEstimates{Group: random.Group, Names: []string{"(Intercept)"}, Levels: random.Levels}
	for _, u := range s.mode {
		modes.Effects = append(modes.Effects, []float64{at[r] * u})
	}
	m.Groups = []RandomEstimates{modes}
	if sigma < mixedSingular {
		m.Singular = true
		m.Warnings = append(m.Warnings, "singular fit: no variance is left for (Intercept) by "+random.Group+"; the data do not support this random effect")
	}
	if half, ok := inverseRoot(s.information(at), r+1); ok {
		v := mat.NewDense(r+1, r+1, nil)
		h := mat.NewDense(r+1, r+1, half)
		v.Mul(h, h.T())
		u := mat.NewDense(r, r, s.co.u)
		var out mat.Dense
		out.Product(u, v.Slice(0, r, 0, r), u.T())
		for a, ja := range s.co.kept {
			for b := a; b < r; b++ {
				m.cov.SetSym(ja, s.co.kept[b], out.At(a, b))
			}
		}
	} else {
		m.Warnings = append(m.Warnings, "the information is singular, so that there are no standard errors")
	}
	fixed := s.co.linear(at[:r])
	_, explained := varianceOf(fixed)
	const residual = math.Pi * math.Pi / 3
	all := explained + sigma*sigma + residual
	m.ICC = sigma * sigma / (sigma*sigma + residual)
	m.R2Marginal, m.R2Conditional = explained/all, (explained+sigma*sigma)/all
}

// laplace is the approximate log likelihood of a mixed logit over β, in
// coordinates Z, and σ.
type laplace struct {
	co      *coordinates
	y, w    []float64
	offset  []float64
	groups  [][]int // rows
	start   []float64
	mode    []float64 // by group, of the last evaluation; where the next begins
	score   []float64 // of the last evaluation
	steps   int
	size    int
	columns []float64 // Z, row by row
}

func newLaplace(d *formula.Design, start *Regression) *laplace {
	s := &laplace{y: outcomes(d, Binomial), w: d.Weights, offset: d.Offset}
	n := len(s.y)
	if s.w == nil {
		s.w = filled(n, 1)
	}
	if s.offset == nil {
		s.offset = make([]float64, n)
	}
	// The rows themselves, not the cells of equal ones.
	c := &cells{x: d.X, w: s.w, wy: make([]float64, n)}
	s.co = newLeastSquares(c, d.Intercept(), rankToleranceGLM).coordinates
	r := s.co.rank()
	s.columns = make([]float64, n*r)
	s.co.rows(0, n, s.columns)
	s.groups = levelRows(d.Random[0].Codes, len(d.Random[0].Levels))
	s.mode = make([]float64, len(s.groups))
	s.size = r + 1
	// β of the logit without random effects: least squares of its predictor.
	half, ok := inverseRoot(s.co.gram(s.w), r)
	s.start = make([]float64, r+1)
	if ok {
		target := make([]float64, n)
		for i, eta := range start.Linear {
			target[i] = s.w[i] * (eta - s.offset[i])
		}
		copy(s.start, halved(half, s.co.transposed(target), r))
	}
	s.start[r] = 1
	return s
}

// evaluate returns the log likelihood at (β, σ) and sets score, its gradient.
func (s *laplace) evaluate(at []float64) float64 {
	r := s.size - 1
	sigma := at[r]
	total := 0.0
	s.score = make([]float64, s.size)
	eta := make([]float64, len(s.y))
	for i := range eta {
		eta[i] = s.offset[i] + dot(s.columns[i*r:(i+1)*r], at[:r])
	}
	curveBy, skewBy := make([]float64, r), make([]float64, r)
	for g, rows := range s.groups {
		u := s.findMode(rows, eta, sigma, s.mode[g])
		s.mode[g] = u
		clear(curveBy)
		clear(skewBy)
		rest, curve, skew := 0.0, 0.0, 0.0 // sums of y - p, of p(1-p), and of p(1-p)(1-2p)
		total -= u * u / 2
		for _, i := range rows {
			v := eta[i] + sigma*u
			p := Logit.Mean(v)
			c := s.w[i] * Logit.Slope(v)
			k := c * (1 - 2*p)
			e := s.w[i] * (s.y[i] - p)
			total += s.w[i] * (s.y[i]*v - max(v, 0) - math.Log1p(math.Exp(-math.Abs(v))))
			rest, curve, skew = rest+e, curve+c, skew+k
			for a, z := range s.columns[i*r : (i+1)*r] {
				s.score[a] += e * z
				curveBy[a] += c * z
				skewBy[a] += k * z
			}
		}
		// A = 1 + σ²Σp(1-p), and its derivatives with û moving along.
		information := 1 + sigma*sigma*curve
		total -= math.Log(information) / 2
		byMode := sigma * sigma * sigma * skew
		for a := range r {
			moved := -sigma * curveBy[a] / information
			s.score[a] -= (sigma*sigma*skewBy[a] + byMode*moved) / information / 2
		}
		moved := (rest - sigma*u*curve) / information
		s.score[r] += rest*u - (2*sigma*curve+sigma*sigma*u*skew+byMode*moved)/information/2
	}
	return total
}

// findMode returns the mode of a group's random effect, by Newton's method: h is
// concave.
func (s *laplace) findMode(rows []int, eta []float64, sigma, u float64) float64 {
	height := func(u float64) (h, slope, curve float64) {
		h, slope, curve = -u*u/2, -u, 1
		for _, i := range rows {
			v := eta[i] + sigma*u
			e := math.Exp(-math.Abs(v))
			p := 1 / (1 + e)
			c := p * e * p
			if v < 0 {
				p = e * p
			}
			h += s.w[i] * (s.y[i]*v - max(v, 0) - math.Log1p(e))
			slope += sigma * s.w[i] * (s.y[i] - p)
			curve += sigma * sigma * s.w[i] * c
		}
		return h, slope, curve
	}
	h, slope, curve := height(u)
	for range 100 {
		step := slope / curve
		next, nextSlope, nextCurve := height(u + step)
		for next < h-1e-12*math.Abs(h) && math.Abs(step) > 1e-12 {
			step /= 2
			next, nextSlope, nextCurve = height(u + step)
		}
		u += step
		h, slope, curve = next, nextSlope, nextCurve
		if math.Abs(step) < 1e-13*(1+math.Abs(u)) {
			break
		}
	}
	return u
}

// information returns minus the second derivatives, from differences of the
// gradient on both sides.
func (s *laplace) information(at []float64) []float64 {
	const h = 1e-5
	k := s.size
	info := make([]float64, k*k)
	for a := range k {
		moved := slices.Clone(at)
		e := h * max(1, math.Abs(at[a]))
		moved[a] = at[a] + e
		s.evaluate(moved)
		up := s.score
		moved[a] = at[a] - e
		s.evaluate(moved)
		for b := range k {
			info[a*k+b] = (s.score[b] - up[b]) / (2 * e)
		}
	}
	for a := range k {
		for b := range a {
			v := (info[a*k+b] + info[b*k+a]) / 2
			info[a*k+b], info[b*k+a] = v, v
		}
	}
	return info
}

// climb takes Newton steps to the maximum.
func (s *laplace) climb() (at []float64, converged bool) {
	at = slices.Clone(s.start)
	now := s.evaluate(at)
	before := math.Inf(1)
	for s.steps = 1; s.steps <= mixedSteps; s.steps++ {
		info := s.information(at)
		s.evaluate(at)
		score := s.score
		half, ok := inverseRoot(info, s.size)
		for damp := 1e-3; !ok && damp < 1e6; damp *= 10 { // not concave here
			damped := slices.Clone(info)
			for a := range s.size {
				damped[a*s.size+a] += damp * max(1, math.Abs(info[a*s.size+a]))
			}
			half, ok = inverseRoot(damped, s.size)
		}
		if !ok {
			return at, false
		}
		step := halved(half, score, s.size)
		length := dot(step, score) // squared, in standard errors
		if length < 1e-22 || length < 1e-14 && length > before/4 {
			at[s.size-1] = math.Abs(at[s.size-1])
			s.mode = make([]float64, len(s.groups))
			return at, true
		}
		before = length
		part := min(1, 1/math.Abs(step[s.size-1]))
		for ; part > 1e-10; part /= 2 {
			next := slices.Clone(at)
			for a, v := range step {
				next[a] += part * v
			}
			if l := s.evaluate(next); l >= now-1e-13*math.Abs(now) {
				at, now = next, l
				break
			}
		}
		if part <= 1e-10 {
			return at, length < 1e-10
		}
	}
	return at, false
}
