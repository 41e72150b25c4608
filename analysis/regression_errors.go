package analysis

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/frame"
)

// clusters numbers the clusters of the design's rows, and says how many there
// are: the respondents, or the values of the column that the errors name. Rows
// are clusters of their own for errors without clusters.
func (s *sourceFit) clusters(r *Regression, f *frame.Frame) (of []int32, n int) {
	of = make([]int32, len(s.design.Rows))
	switch by := r.SE.By; {
	case !r.SE.clustered():
		for i := range of {
			of[i] = int32(i)
		}
		return of, len(of)
	case by == "" || by == f.Schema.ID || f.Col(by) == nil:
		return s.refit.person, len(s.refit.codes)
	default:
		c, seen := f.Col(by), map[string]int32{}
		for i, row := range s.design.Rows {
			key := c.String(s.src.rows[row])
			k, ok := seen[key]
			if !ok {
				k = int32(len(seen))
				seen[key] = k
			}
			of[i] = k
		}
		return of, len(seen)
	}
}

// covariance returns the covariance of the coefficients under the declared
// errors and how many clusters there are. With U the scores summed by cluster
// (by row for HC) and I the information it is
//
//	classical  s² I⁻¹ for ols, I⁻¹ for others
//	HC0, CR0   I⁻¹ Σ UU' I⁻¹
//	HC1        times n/(n-k); CR1 times G/(G-1); CR1S times G/(G-1)·(n-1)/(n-k)
//	HC2, HC3   with U divided by √(1-h) and by 1-h, h the row's leverage
//
// R: sandwich::vcovHC and vcovCL (CR1S is its HC1), sandwich::sandwich for glm.
func (s *sourceFit) covariance(r *Regression, f *frame.Frame) (*mat.SymDense, int) {
	k, n := s.refit.k, len(s.refit.at)
	cov := mat.NewSymDense(k, nil)
	if r.SE.Type == "classical" {
		scale := 1.0
		if r.Family == "ols" {
			scale = s.residuals() / float64(n-k)
		}
		cov.ScaleSym(scale, s.solution.inverse)
		return cov, 0
	}
	of, groups := s.clusters(r, f)
	scores := s.scores(of, groups, r.SE.method())
	factor, g := 1.0, float64(groups)
	switch r.SE.method() {
	case "HC1":
		factor = float64(n) / float64(n-k)
	case "CR1":
		factor = g / (g - 1)
	case "CR1S":
		factor = g / (g - 1) * float64(n-1) / float64(n-k)
	}
	if r.SE.clustered() && groups < 2 {
		factor = math.NaN()
	}
	meat := mat.NewSymDense(k, nil)
	for c := range groups {
		meat.SymRankOne(meat, factor, mat.NewVecDense(k, scores[c*k:(c+1)*k]))
	}
	var half, full mat.Dense
	half.Mul(s.solution.inverse, meat)
	full.Mul(&half, s.solution.inverse)
	for a := range k {
		for b := a; b < k; b++ {
			cov.SetSym(a, b, (full.At(a, b)+full.At(b, a))/2)
		}
	}
	if !r.SE.clustered() {
		groups = 0
	}
	return cov, groups
}

// scores returns the scores summed by cluster, clusters x k.
func (s *sourceFit) scores(of []int32, groups int, method string) []float64 {
	t := s.refit
	out := make([]float64, groups*t.k)
	for i, j := range t.at {
		x := t.x[int(j)*t.k : (int(j)+1)*t.k]
		eta := t.eta(int(j), x, s.solution.coef)
		mu, slope := t.link.mean(eta), t.link.slope(eta)
		v := t.link.variance(mu)
		u := t.w[i] * (t.y[i] - mu) * slope / v
		if method == "HC2" || method == "HC3" {
			h := t.w[i] * slope * slope / v * quadratic(s.solution.inverse, x)
			if method == "HC2" {
				u /= math.Sqrt(1 - h)
			} else {
				u /= 1 - h
			}
		}
		line := out[int(of[i])*t.k : (int(of[i])+1)*t.k]
		for a := range line {
			line[a] += u * x[a]
		}
	}
	return out
}

// quadratic is x'Ax.
func quadratic(a *mat.SymDense, x []float64) float64 {
	sum := 0.0
	for i, xi := range x {
		for j, xj := range x {
			sum += xi * a.At(i, j) * xj
		}
	}
	return sum
}

// residuals returns the weighted sum of squared residuals.
func (s *sourceFit) residuals() float64 {
	t, sum := s.refit, 0.0
	for i, j := range t.at {
		e := t.y[i] - t.link.mean(t.eta(int(j), t.x[int(j)*t.k:(int(j)+1)*t.k], s.solution.coef))
		sum += t.w[i] * e * e
	}
	return sum
}

// describe makes the estimates of coefficients, effects and fit.
func (s *sourceFit) describe(r *Regression, f *frame.Frame) {
	cov, groups := s.covariance(r, f)
	n, k := len(s.refit.at), s.refit.k
	df := math.Inf(1)
	if r.Family == "ols" {
		df = float64(n - k)
		if r.SE.clustered() {
			df = float64(groups - 1)
		}
	}
	tested := func(e Estimate, se float64) Estimate {
		e.SE = se
		e = e.wald(r.Level, df)
		e.P = tPValue(e.Value/se, df)
		e.People, e.Rows, e.Draws = s.solution.people, n, s.src.Draws
		return e
	}
	at := 0
	for j, name := range s.design.Names {
		e := Number(Key{Source: s.src.Name, Term: name, Statistic: "coef"}, math.NaN())
		if at < k && s.kept[at] == j {
			e.Value = s.solution.coef[at]
			e = tested(e, math.Sqrt(cov.At(at, at)))
			at++
		} else {
			e.Why = "a sum of the terms before it"
		}
		s.coef = append(s.coef, e)
	}
	for i, m := range s.solution.marginals() {
		e := Number(Key{Source: s.src.Name, Term: s.refit.effects[i].name, Statistic: "ame"}, m.value)
		s.ames = append(s.ames, tested(e, math.Sqrt(quadratic(cov, m.by))))
	}
	r2, loglik := s.goodness(r.Family)
	for _, x := range []struct {
		name  string
		value float64
	}{{"r2", r2}, {"loglik", loglik}, {"n", float64(n)}, {"groups", float64(groups)}} {
		if x.name == "groups" && !r.SE.clustered() {
			continue
		}
		e := Number(Key{Source: s.src.Name, Statistic: x.name}, x.value)
		e.People, e.Rows, e.Draws = s.solution.people, n, s.src.Draws
		s.whole = append(s.whole, e)
	}
}

// goodness returns R² (for others than ols McFadden's 1 - l/l₀) and the log
// likelihood.
func (s *sourceFit) goodness(family string) (r2, loglik float64) {
	t := s.refit
	mean, weight := 0.0, 0.0
	for i := range t.at {
		mean += t.w[i] * t.y[i]
		weight += t.w[i]
	}
	mean /= weight
	if family == "ols" {
		total, rss, n := 0.0, s.residuals(), float64(len(t.at))
		logs := 0.0
		for i := range t.at {
			total += t.w[i] * (t.y[i] - mean) * (t.y[i] - mean)
			if t.w[i] > 0 {
				logs += math.Log(t.w[i])
			}
		}
		return 1 - rss/total, -n/2*(math.Log(2*math.Pi)+math.Log(rss/n)+1) + logs/2
	}
	null := 0.0
	for i, j := range t.at {
		mu := t.link.mean(t.eta(int(j), t.x[int(j)*t.k:(int(j)+1)*t.k], s.solution.coef))
		loglik += t.w[i] * logDensity(family, t.y[i], mu)
		null += t.w[i] * logDensity(family, t.y[i], mean)
	}
	return 1 - loglik/null, loglik
}

// logDensity is the log probability of an outcome with that mean.
func logDensity(family string, y, mu float64) float64 {
	if family == "poisson" {
		lg, _ := math.Lgamma(y + 1)
		if mu == 0 {
			return -lg
		}
		return y*math.Log(mu) - mu - lg
	}
	l := 0.0
	if y > 0 {
		l += y * math.Log(mu)
	}
	if y < 1 {
		l += (1 - y) * math.Log1p(-mu)
	}
	return l
}

// estimates adds everything about a source to the result.
func (s *sourceFit) estimates(r *Regression, sel *selection, res *Result) {
	for _, list := range [][]Estimate{s.coef, s.ames, s.whole} {
		for _, e := range list {
			e.Sample = sel.sample
			if math.IsNaN(e.Value) && e.Why == "" {
				e.Why = "not computed"
			}
			res.Estimates = append(res.Estimates, e)
		}
	}
}
