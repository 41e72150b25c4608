package stat

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// observedInfo returns, for an outcome of weight w and weighted sum wy, minus
// the second derivative of the log likelihood by η:
//
//	μ'²/V - (y-μ) (μ''V - μ'²V')/V²
//
// which is the expected information where the link is the family's own.
func (r response) observedInfo(eta, w, wy float64) float64 {
	switch {
	case r.canonical():
		_, _, info := r.at(eta, w, wy)
		return info
	case r.family == Binomial && r.link == Probit:
		up, down := normalMills(eta), normalMills(-eta)
		return wy*up*(up+eta) + (w-wy)*down*(down-eta)
	}
	mu, slope := r.link.Mean(eta), r.link.Slope(eta)
	v, dv := r.variance(mu), 0.0
	switch r.family {
	case Binomial:
		dv = 1 - 2*mu
	case Poisson:
		dv = 1
	case NegativeBinomial:
		dv = 1 + 2*mu/r.theta
	}
	return w*slope*slope/v - (wy-w*mu)*(r.link.Curve(eta)*v-slope*slope*dv)/(v*v)
}

// observedCovariance returns the inverse of the observed information of the
// coefficients; of a negative binomial model, of their block of the inverse of
// the information of coefficients and θ together. An infinite θ is not estimated
// with them.
func (r *Regression) observedCovariance() *mat.SymDense {
	n := r.Rank
	m, _ := r.cells.dims()
	weight := make([]float64, m)
	w := r.weights()
	for i, y := range r.y {
		if w[i] > 0 {
			weight[r.cells.cell(i)] += r.response.observedInfo(r.Linear[i], w[i], w[i]*y)
		}
	}
	h := r.ls.gram(weight)
	if r.Family == NegativeBinomial && !math.IsInf(r.Theta, 1) {
		cross, own := r.thetaInformation()
		for a := range n {
			for b := range n {
				h[a*n+b] -= cross[a] * cross[b] / own
			}
		}
	}
	half, ok := inverseRoot(h, n)
	if !ok {
		return nanMatrix(len(r.Names))
	}
	changed := *r
	ls := *r.ls
	ls.half, ls.root = half, product(r.ls.u, half, n)
	changed.ls = &ls
	dispersion := 1.0
	if r.Family == Gaussian {
		dispersion = r.Dispersion
	}
	return changed.spread(nil, dispersion)
}
