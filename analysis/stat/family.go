package stat

import (
	"fmt"
	"math"
)

// Family is the distribution of an outcome given its mean μ.
type Family uint8

const (
	Gaussian         Family = iota // variance constant
	Binomial                       // μ(1-μ), outcome 0 or 1, or a share of trials
	Poisson                        // μ
	NegativeBinomial               // μ + μ²/θ
)

// String returns "gaussian", "binomial", "poisson" or "negative binomial".
func (f Family) String() string {
	return [...]string{"gaussian", "binomial", "poisson", "negative binomial"}[f]
}

// Link is the function of the mean that is linear in the columns.
type Link uint8

const (
	Identity Link = iota
	Log
	Logit
	Probit
	Sqrt
)

// String returns "identity", "log", "logit", "probit" or "sqrt".
func (l Link) String() string { return [...]string{"identity", "log", "logit", "probit", "sqrt"}[l] }

// FamilyOf returns the family and link of a model's name: ols or gaussian,
// logit, probit, poisson, negbin. R: gaussian(), binomial("logit"),
// binomial("probit"), poisson(), MASS::negative.binomial.
func FamilyOf(name string) (Family, Link, error) {
	switch name {
	case "ols", "gaussian":
		return Gaussian, Identity, nil
	case "logit", "binomial":
		return Binomial, Logit, nil
	case "probit":
		return Binomial, Probit, nil
	case "poisson":
		return Poisson, Log, nil
	case "negbin":
		return NegativeBinomial, Log, nil
	}
	return 0, 0, fmt.Errorf("unknown family %q; there are ols, logit, probit, poisson, negbin", name)
}

// Mean returns μ of a linear predictor. R: family()$linkinv.
func (l Link) Mean(eta float64) float64 {
	switch l {
	case Log:
		return math.Exp(eta)
	case Logit:
		return 1 / (1 + math.Exp(-eta))
	case Probit:
		return math.Erfc(-eta/math.Sqrt2) / 2
	case Sqrt:
		return eta * eta
	}
	return eta
}

// Slope returns dμ/dη. R: family()$mu.eta.
func (l Link) Slope(eta float64) float64 {
	switch l {
	case Log:
		return math.Exp(eta)
	case Logit:
		e := math.Exp(-math.Abs(eta))
		return e / ((1 + e) * (1 + e))
	case Probit:
		return normalDensity(eta)
	case Sqrt:
		return 2 * eta
	}
	return 1
}

// MeanAndSlope returns Mean and Slope, which share most of their work.
func (l Link) MeanAndSlope(eta float64) (mean, slope float64) {
	if l == Logit {
		e := math.Exp(-math.Abs(eta))
		p := 1 / (1 + e)
		if eta < 0 {
			return e * p, e * p * p
		}
		return p, e * p * p
	}
	return l.Mean(eta), l.Slope(eta)
}

// Curve returns d²μ/dη², the derivative of R's family()$mu.eta.
func (l Link) Curve(eta float64) float64 {
	switch l {
	case Log:
		return math.Exp(eta)
	case Logit:
		return -l.Slope(eta) * math.Tanh(eta/2)
	case Probit:
		return -eta * normalDensity(eta)
	case Sqrt:
		return 2
	}
	return 0
}

// predictor returns η of a mean, the inverse of Mean.
func (l Link) predictor(mu float64) float64 {
	switch l {
	case Log:
		return math.Log(mu)
	case Logit:
		return math.Log(mu) - math.Log1p(-mu)
	case Probit:
		return normalQuantile(mu)
	case Sqrt:
		return math.Sqrt(mu)
	}
	return mu
}

func normalDensity(z float64) float64 { return math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) }

// normalMills returns φ(z)/Φ(z), also where both vanish.
func normalMills(z float64) float64 {
	if z < -30 {
		// Φ(z) = φ(z)/|z| (1 - 1/z² + 3/z⁴ - 15/z⁶ ...)
		q := 1 / (z * z)
		return -z / (1 - q*(1-q*(3-15*q)))
	}
	return normalDensity(z) / (math.Erfc(-z/math.Sqrt2) / 2)
}

// logNormal returns log Φ(z).
func logNormal(z float64) float64 {
	if z < -30 {
		return -z*z/2 - math.Log(math.Sqrt(2*math.Pi)*normalMills(z))
	}
	if z > 5 {
		return math.Log1p(-math.Erfc(z/math.Sqrt2) / 2)
	}
	return math.Log(math.Erfc(-z/math.Sqrt2) / 2)
}

// response is a family with its link.
type response struct {
	family Family
	link   Link
	theta  float64 // of the negative binomial
}

// canonical says whether the link is the family's own.
func (r response) canonical() bool {
	switch r.family {
	case Gaussian:
		return r.link == Identity
	case Binomial:
		return r.link == Logit
	case Poisson:
		return r.link == Log
	}
	return false
}

// at returns, for outcomes of weight w and weighted sum wy at a linear
// predictor, minus twice the log likelihood up to a constant, its derivative
// by η over -2 (the score), and the expected information.
func (r response) at(eta, w, wy float64) (loss, score, weight float64) {
	switch {
	case r.family == Gaussian && r.link == Identity:
		return w*eta*eta - 2*wy*eta, wy - w*eta, w
	case r.family == Binomial && r.link == Logit:
		e := math.Exp(-math.Abs(eta))
		p := 1 / (1 + e) // of the side that η is on
		q := e * p
		rest := math.Log1p(e)
		if eta < 0 {
			return 2 * (w*rest - wy*eta), wy*p - (w-wy)*q, w * p * q
		}
		return 2 * (w*rest + (w-wy)*eta), wy*q - (w-wy)*p, w * p * q
	case r.family == Binomial && r.link == Probit:
		up, down := normalMills(eta), normalMills(-eta)
		loss = -2 * (mul0(wy, logNormal(eta)) + mul0(w-wy, logNormal(-eta)))
		return loss, wy*up - (w-wy)*down, w * up * down
	case r.family == Poisson && r.link == Log:
		mu := math.Exp(eta)
		return 2 * (w*mu - wy*eta), wy - w*mu, w * mu
	}
	return r.general(eta, w, wy)
}

// general is at for links that are not the usual ones of their families; the
// loss is infinite where the mean is none.
func (r response) general(eta, w, wy float64) (loss, score, weight float64) {
	mu, slope := r.link.Mean(eta), r.link.Slope(eta)
	v := r.variance(mu)
	if !(v > 0) || r.family != Gaussian && !(mu > 0) {
		return math.Inf(1), 0, 0
	}
	switch r.family {
	case Gaussian:
		loss = w*mu*mu - 2*wy*mu
	case Binomial:
		loss = -2 * (mul0(wy, math.Log(mu)) + mul0(w-wy, math.Log1p(-mu)))
	case Poisson:
		loss = 2 * (w*mu - mul0(wy, math.Log(mu)))
	case NegativeBinomial:
		loss = 2 * ((wy+w*r.theta)*math.Log(mu+r.theta) - mul0(wy, math.Log(mu)))
	}
	return loss, (wy - w*mu) * slope / v, w * slope * slope / v
}

// mul0 returns a·b, and 0 when a is, whatever b.
func mul0(a, b float64) float64 {
	if a == 0 {
		return 0
	}
	return a * b
}

func (r response) variance(mu float64) float64 {
	switch r.family {
	case Binomial:
		return mu * (1 - mu)
	case Poisson:
		return mu
	case NegativeBinomial:
		return mu + mu*mu/r.theta
	}
	return 1
}

// start returns a mean inside the family's range, near the outcome y of weight
// w: R's starting values.
func (r response) start(y, w float64) float64 {
	switch r.family {
	case Binomial:
		return (w*y + 0.5) / (w + 1)
	case Poisson:
		return y + 0.1
	case NegativeBinomial:
		if y == 0 {
			return 1.0 / 6
		}
	}
	if r.link == Log && y <= 0 {
		return 0.1
	}
	return y
}

// deviance returns the row's part of the residual deviance, 2w times the log
// likelihood of a perfect mean less that of mu.
func (r response) deviance(y, mu, w float64) float64 {
	switch r.family {
	case Binomial:
		d := 0.0
		if y != 0 {
			d += y * math.Log(y/mu)
		}
		if y != 1 {
			d += (1 - y) * math.Log((1-y)/(1-mu))
		}
		return 2 * w * d
	case Poisson:
		return 2 * w * (mul0(y, math.Log(y/mu)) - (y - mu))
	case NegativeBinomial:
		return 2 * w * (mul0(y, math.Log(y/mu)) - (y+r.theta)*math.Log((y+r.theta)/(mu+r.theta)))
	}
	return w * (y - mu) * (y - mu)
}

// logLik returns the row's part of the log likelihood as R's logLik counts it.
// trials is the number of trials of a share, and w includes them; for an
// outcome of 0 and 1, weights are numbers of trials, rounded as R rounds them.
// Of the gaussian family only the deviance matters.
func (r response) logLik(y, eta, w, trials float64) float64 {
	switch r.family {
	case Binomial:
		m := w
		if trials > 0 {
			m = trials
		}
		if m <= 0 {
			return 0
		}
		x, n := math.RoundToEven(m*y), math.RoundToEven(m)
		var up, down float64
		switch r.link {
		case Logit:
			l := math.Log1p(math.Exp(-math.Abs(eta)))
			up, down = -l-max(0, -eta), -l-max(0, eta)
		case Probit:
			up, down = logNormal(eta), logNormal(-eta)
		default:
			mu := r.link.Mean(eta)
			up, down = math.Log(mu), math.Log1p(-mu)
		}
		return w / m * (logWays(n, x) + mul0(x, up) + mul0(n-x, down))
	case Poisson:
		if y != math.Trunc(y) {
			return math.Inf(-1)
		}
		mu := r.link.Mean(eta)
		return w * (mul0(y, math.Log(mu)) - mu - logGamma(y+1))
	case NegativeBinomial:
		if y != math.Trunc(y) {
			return math.Inf(-1)
		}
		t, mu := r.theta, r.link.Mean(eta)
		return w * (logRising(t, y) - logGamma(y+1) - t*math.Log1p(mu/t) + mul0(y, math.Log(mu/(mu+t))))
	}
	return 0
}

func logGamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

// logRising returns log Γ(t+y) - log Γ(t) for a whole y, without cancellation
// when t is large.
func logRising(t, y float64) float64 {
	if y < 64 {
		s := 0.0
		for j := range int(y) {
			s += math.Log(t + float64(j))
		}
		return s
	}
	return logGamma(t+y) - logGamma(t)
}

func logWays(n, k float64) float64 {
	if k == 0 || k == n {
		return 0
	}
	return logGamma(n+1) - logGamma(k+1) - logGamma(n-k+1)
}
