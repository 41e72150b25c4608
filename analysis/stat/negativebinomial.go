package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// NB fits a negative binomial model with a log link, Var(y) = μ + μ²/θ, by
// maximum likelihood over the coefficients and θ together.
//
// Coefficients and θ are those of R's MASS::glm.nb brought to the joint
// maximum. The classical covariance takes θ for known, as glm.nb does; that of
// type observed does not, as Stata and statsmodels have it. When counts vary no
// more than a Poisson variable, θ has no maximum: it is infinite, the fit is
// that of the Poisson model, and a warning says so.
func NB(d *formula.Design) *Regression {
	r := newRegression(d, NegativeBinomial, Log)
	if why := r.usable(); why != "" {
		return r.cannot("%s", why)
	}
	r.y = d.Y
	if why := r.impossible(); why != "" {
		return r.cannot("%s", why)
	}
	if !r.columns() {
		return r.cannot("no column is left to fit")
	}
	// θ begins where the Poisson residuals put it.
	poisson := *r
	poisson.response = response{family: Poisson, link: Log, theta: nan}
	f := poisson.search()
	r.rowsOf(f)
	r.Theta = r.firstTheta()
	steps, converged := 0, false
	var change float64
	for range 100 {
		if r.Theta > unboundedTheta {
			return r.noOverdispersion()
		}
		r.response.theta = r.Theta
		f = r.searchFrom(f)
		steps += f.steps
		r.rowsOf(f)
		before := r.Theta
		r.improveTheta()
		was := change
		change = math.Abs(math.Log(r.Theta / before))
		if f.separated {
			converged = true
			break
		}
		if change < 1e-14 || change < 1e-11 && change >= was/2 {
			converged = true
			break
		}
	}
	r.response.theta = r.Theta
	f = r.searchFrom(f)
	f.converged = f.converged && converged
	f.steps += steps
	r.finishGLM(f)
	if _, own := r.thetaInformation(); own > 0 {
		r.LogThetaSE = math.Sqrt(r.jointThetaVariance())
	}
	first, _ := r.thetaDerivatives()
	r.Gradient = max(r.Gradient, math.Abs(first))
	if !math.IsNaN(r.LogLik) && len(d.Names) > 1 {
		if null := r.null(); null != nil {
			r.McFadden = 1 - r.LogLik/null.LogLik
		}
	}
	return r
}

// unboundedTheta is where a variance μ + μ²/θ is that of a Poisson variable.
const unboundedTheta = 1e8

// searchFrom continues a search at its last place, under the present θ.
func (r *Regression) searchFrom(f *scoring) *scoring {
	ls := *r.ls
	g := &scoring{leastSquares: &ls, cells: r.cells, response: r.response, gamma: f.gamma}
	g.run()
	r.ls = g.leastSquares
	return g
}

// firstTheta is the moment estimate from Pearson residuals.
func (r *Regression) firstTheta() float64 {
	w := r.weights()
	excess, squares := 0.0, 0.0
	for i, y := range r.y {
		if w[i] > 0 {
			mu := r.Fitted[i]
			excess += w[i] * ((y-mu)*(y-mu) - mu)
			squares += w[i] * mu * mu
		}
	}
	if !(excess > 0) {
		return 1e3
	}
	return min(max(squares/excess, 1e-3), 1e3)
}

// improveTheta maximises the likelihood over log θ at the present means, by
// Newton.
func (r *Regression) improveTheta() {
	for range 100 {
		first, second := r.thetaDerivatives()
		step := math.Copysign(1, first)
		if second < 0 {
			step = min(max(-first/second, -2), 2)
		}
		r.Theta *= math.Exp(step)
		if math.Abs(step) < 1e-15 || r.Theta > unboundedTheta {
			return
		}
	}
}

// thetaDerivatives returns the derivatives of the log likelihood by log θ.
func (r *Regression) thetaDerivatives() (first, second float64) {
	t := r.Theta
	w := r.weights()
	sums := sumRows(len(r.y), 2, func(lo, hi int, acc []float64) {
		for i := lo; i < hi; i++ {
			if w[i] == 0 {
				continue
			}
			y, mu := r.y[i], r.Fitted[i]
			s, s2 := inverseSums(t, y)
			acc[0] += w[i] * (s - math.Log1p(mu/t) + (mu-y)/(t+mu))
			acc[1] += w[i] * (-s2 + 1/t - 2/(t+mu) + (y+t)/((t+mu)*(t+mu)))
		}
	})
	return t * sums[0], t*t*sums[1] + t*sums[0]
}

// inverseSums returns Σ 1/(t+j) and Σ 1/(t+j)² over j from 0 to y-1, which are
// differences of digamma and trigamma functions.
func inverseSums(t, y float64) (s, s2 float64) {
	j := 0.0
	for ; j < y && (t+j < 30 || y < 64); j++ {
		v := 1 / (t + j)
		s += v
		s2 += v * v
	}
	if j < y {
		a, b := t+j, t+y
		s += math.Log1p((b-a)/a) + digammaRest(b) - digammaRest(a)
		s2 += trigammaSeries(a) - trigammaSeries(b)
	}
	return s, s2
}

// digammaRest is ψ(x) - log x for x ≥ 30.
func digammaRest(x float64) float64 {
	q := 1 / (x * x)
	return -1/(2*x) - q*(1./12-q*(1./120-q*(1./252-q/240)))
}

// trigammaSeries is ψ'(x) for x ≥ 30.
func trigammaSeries(x float64) float64 {
	q := 1 / (x * x)
	return 1/x + q/2 + q/x*(1./6-q*(1./30-q*(1./42-q/30)))
}

// thetaInformation returns the observed information between log θ and the
// coefficients over Z, and of log θ.
func (r *Regression) thetaInformation() (cross []float64, own float64) {
	t := r.Theta
	w := r.weights()
	m, _ := r.cells.dims()
	v := make([]float64, m)
	for i, y := range r.y {
		if w[i] > 0 {
			mu := r.Fitted[i]
			v[r.cells.cell(i)] -= w[i] * (y - mu) * mu / ((t + mu) * (t + mu)) * t
		}
	}
	_, second := r.thetaDerivatives()
	return r.ls.transposed(v), -second
}

// jointThetaVariance is the variance of log θ from the observed information of
// coefficients and θ.
func (r *Regression) jointThetaVariance() float64 {
	n := r.Rank
	m, _ := r.cells.dims()
	weight := make([]float64, m)
	w := r.weights()
	for i, y := range r.y {
		if w[i] > 0 {
			weight[r.cells.cell(i)] += r.response.observedInfo(r.Linear[i], w[i], w[i]*y)
		}
	}
	half, ok := inverseRoot(r.ls.gram(weight), n)
	if !ok {
		return nan
	}
	cross, own := r.thetaInformation()
	return 1 / (own - dot(cross, halved(half, cross, n)))
}

// null fits the model of an intercept alone.
func (r *Regression) null() *Regression {
	d := r.Design
	ones := mat.NewDense(len(d.Y), 1, nil)
	for i := range d.Y {
		ones.Set(i, 0, 1)
	}
	return NB(&formula.Design{X: ones, Names: []string{"(Intercept)"}, Assign: []int{0}, Y: d.Y, Response: d.Response, Weights: d.Weights, Offset: d.Offset})
}

// noOverdispersion is the Poisson fit under the name of a negative binomial.
func (r *Regression) noOverdispersion() *Regression {
	p := GLM(r.Design, Poisson, Log)
	p.Family = NegativeBinomial
	p.Theta = math.Inf(1)
	p.AIC += 2
	p.BIC += math.Log(float64(p.N))
	p.Warnings = append(p.Warnings, fmt.Sprintf("%s varies no more than a Poisson variable, so that θ grows without bound; this is the Poisson model", r.Design.Response))
	return p
}
