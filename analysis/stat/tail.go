package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Tail probabilities keep their digits when they are small: none is computed
// as one minus something. They are NaN where an argument is, or where degrees
// of freedom are not positive.

// normalTail2 returns P(|Z| ≥ |z|). R: 2*pnorm(-abs(z)).
func normalTail2(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }

// normalTail returns P(Z ≥ z). R: pnorm(z, lower.tail = FALSE).
func normalTail(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// normalQuantile returns the p-quantile of the normal distribution. R: qnorm.
func normalQuantile(p float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	return -math.Sqrt2 * math.Erfcinv(2*p)
}

// studentTail2 returns P(|T| ≥ |t|) with df degrees of freedom, of the normal
// distribution when df is infinite. R: 2*pt(-abs(t), df).
func studentTail2(t, df float64) float64 {
	switch {
	case math.IsNaN(t) || !(df > 0):
		return math.NaN()
	case math.IsInf(t, 0):
		return 0
	case math.IsInf(df, 1):
		return normalTail2(t)
	}
	return regIncBeta(df/2, 0.5, df/(df+t*t), t*t/(df+t*t))
}

// studentTail returns P(T ≥ t). R: pt(t, df, lower.tail = FALSE).
func studentTail(t, df float64) float64 {
	p := studentTail2(t, df) / 2
	if t < 0 {
		return 1 - p
	}
	return p
}

// studentQuantile returns the p-quantile of Student's distribution. R: qt.
func studentQuantile(p, df float64) float64 {
	switch {
	case !(p >= 0 && p <= 1) || !(df > 0):
		return math.NaN()
	case math.IsInf(df, 1):
		return normalQuantile(p)
	case p == 0.5:
		return 0
	case p > 0.5:
		return -studentQuantile(1-p, df)
	case p == 0:
		return math.Inf(-1)
	}
	tail := func(x float64) float64 { return studentTail2(math.Exp(x), df) / 2 }
	return -math.Exp(solveFalling(tail, p, math.Log(1e-3), math.Log(10)))
}

// fTail returns P(F ≥ f). R: pf(f, df1, df2, lower.tail = FALSE).
func fTail(f, df1, df2 float64) float64 {
	switch {
	case math.IsNaN(f) || !(df1 > 0) || !(df2 > 0):
		return math.NaN()
	case f <= 0:
		return 1
	case math.IsInf(f, 1):
		return 0
	case math.IsInf(df2, 1):
		return chiSquaredTail(f*df1, df1)
	}
	return regIncBeta(df2/2, df1/2, df2/(df2+df1*f), df1*f/(df2+df1*f))
}

// fQuantile returns the p-quantile of the F distribution. R: qf.
func fQuantile(p, df1, df2 float64) float64 {
	switch {
	case !(p >= 0 && p <= 1) || !(df1 > 0) || !(df2 > 0):
		return math.NaN()
	case p == 0:
		return 0
	case p == 1:
		return math.Inf(1)
	case p > 0.5:
		return 1 / fQuantile(1-p, df2, df1)
	}
	// P(F ≤ f) = P(1/F ≥ 1/f), a tail that falls with log(1/f).
	tail := func(x float64) float64 { return fTail(math.Exp(x), df2, df1) }
	return math.Exp(-solveFalling(tail, p, math.Log(0.1), math.Log(10)))
}

// chiSquaredTail returns P(χ² ≥ x). R: pchisq(x, df, lower.tail = FALSE).
func chiSquaredTail(x, df float64) float64 {
	switch {
	case math.IsNaN(x) || !(df/2 > 0):
		return math.NaN()
	case x <= 0:
		return 1
	case math.IsInf(x, 1):
		return 0
	}
	return mathext.GammaIncRegComp(df/2, x/2)
}

// betaQuantile returns the p-quantile of the beta distribution. R: qbeta.
func betaQuantile(p, a, b float64) float64 {
	// X = a F/(b + a F) with F on 2a and 2b degrees of freedom.
	f := fQuantile(p, 2*a, 2*b)
	if math.IsInf(f, 1) {
		return 1
	}
	return a * f / (b + a*f)
}

// noncentralT returns P(T ≤ t) of the noncentral t distribution: algorithm AS
// 243 of Lenth (1989), doi:10.2307/2347693, which R uses too, absolute error
// 1e-12; where |ncp| exceeds 37.6 the approximation 26.7.10 of Abramowitz and
// Stegun. R: pt(t, df, ncp).
func noncentralT(t, df, ncp float64) float64 {
	if t < 0 { // gonum's approximation is right for positive t alone
		return 1 - noncentralT(-t, df, -ncp)
	}
	return distuv.NoncentralT{Nu: df, Mu: ncp}.CDF(t)
}

// regIncBeta returns the regularised incomplete beta function at x, whose
// complement is y = 1 - x, known to the caller without cancellation. It is NaN
// where x is.
//
// The continued fraction is taken on the side of the mode where it converges
// fast, about √max(a, b) steps. The side is chosen once: at the mode itself x
// and y may both be above their modes by a rounding.
//
// Note: mathext.RegIncBeta was tried. It is off by 1e-9 of the value at
// millions of degrees of freedom; this is right to 1e-12.
func regIncBeta(a, b, x, y float64) float64 {
	switch {
	case math.IsNaN(x):
		return math.NaN()
	case x <= 0:
		return 0
	case y <= 0:
		return 1
	case x > (a+1)/(a+b+2):
		return max(0, 1-betaFraction(b, a, y, x))
	}
	return min(1, betaFraction(a, b, x, y))
}

// betaFraction evaluates the incomplete beta function by its continued
// fraction (NIST DLMF 8.17.22, modified Lentz), for x up to the mode.
func betaFraction(a, b, x, y float64) float64 {
	front := math.Exp(logBetaFront(a, b, x, y)) / a
	const tiny = 1e-300
	c, d := 1.0, 1-(a+b)*x/(a+1)
	if math.Abs(d) < tiny {
		d = tiny
	}
	d = 1 / d
	h := d
	for m := 1.0; m < 100000; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		before := h
		for _, v := range [2]float64{even, odd} {
			d = 1 + v*d
			if math.Abs(d) < tiny {
				d = tiny
			}
			c = 1 + v/c
			if math.Abs(c) < tiny {
				c = tiny
			}
			d = 1 / d
			h *= d * c
		}
		if math.Abs(h-before) <= 1e-16*math.Abs(h) {
			break
		}
	}
	return front * h
}

// logBetaFront returns log(xᵃ yᵇ / B(a, b)) as a sum of terms none of which is
// much larger than the result, by Loader's saddle-point form of the binomial
// (2000): for large a and b the plain logarithms lose six digits.
func logBetaFront(a, b, x, y float64) float64 {
	if a < 10 || b < 10 {
		return a*logOf(x, y) + b*logOf(y, x) - logBeta(a, b)
	}
	n := a + b
	return stirlingRest(n) - stirlingRest(a) - stirlingRest(b) -
		deviance(a, n*x) - deviance(b, n*y) + 0.5*math.Log(a/n*b/(2*math.Pi))
}

// logOf returns log(v) of v = 1 - u, by log1p where u is small.
func logOf(v, u float64) float64 {
	if u < 0.5 {
		return math.Log1p(-u)
	}
	return math.Log(v)
}

// logBeta returns log B(a, b) where at least one argument is below 10; of a
// large one, the difference of log gammas is taken by Stirling's series.
func logBeta(a, b float64) float64 {
	small, large := min(a, b), max(a, b)
	ls, _ := math.Lgamma(small)
	if large < 10 {
		ll, _ := math.Lgamma(large)
		both, _ := math.Lgamma(a + b)
		return ls + ll - both
	}
	return ls - ((large-0.5)*math.Log1p(small/large) + small*math.Log(a+b) - small + stirlingRest(a+b) - stirlingRest(large))
}

// stirlingRest returns log Γ(x) - [(x-½) log x - x + ½ log 2π] for x ≥ 10.
func stirlingRest(x float64) float64 {
	r := 1 / (x * x)
	return (1./12 - r*(1./360-r*(1./1260-r*(1./1680-r*(1./1188-r*(691./360360-r*(1./156))))))) / x
}

// deviance returns x log(x/m) + m - x ≥ 0 without cancellation near x = m.
func deviance(x, m float64) float64 {
	d := x - m
	if math.Abs(d) < 0.1*(x+m) {
		v := d / (x + m)
		s, term := d*v, 2*x*v
		for j := 1.0; j < 1000; j++ {
			term *= v * v
			next := s + term/(2*j+1)
			if next == s {
				break
			}
			s = next
		}
		return s
	}
	return x*math.Log(x/m) + m - x
}

// solveFalling returns x with f(x) = p for a falling f, to the last digits: the
// bracket grows around lo and hi until it holds p, then bisection and the
// secant (Illinois) on log f meet.
func solveFalling(f func(float64) float64, p, lo, hi float64) float64 {
	g := func(x float64) float64 { return math.Log(f(x)) - math.Log(p) }
	step := hi - lo
	for range 200 {
		if g(lo) >= 0 {
			break
		}
		lo -= step
		step *= 2
	}
	step = hi - lo
	for range 200 {
		if g(hi) <= 0 {
			break
		}
		hi += step
		step *= 2
	}
	return solveBracket(g, lo, hi)
}

// solveBracket returns a root of g between lo and hi, where its signs differ,
// to the last digits, by the method of Chandrupatla (1997,
// doi:10.1016/S0965-9978(96)00051-8); NaN when the signs agree.
func solveBracket(g func(float64) float64, lo, hi float64) float64 {
	x1, x2 := lo, hi
	f1, f2 := g(x1), g(x2)
	switch {
	case f1 == 0:
		return x1
	case f2 == 0:
		return x2
	case math.IsNaN(f1) || math.IsNaN(f2) || (f1 > 0) == (f2 > 0):
		return math.NaN()
	}
	t := 0.5
	for range 400 {
		x := x1 + t*(x2-x1)
		f := g(x)
		x3, f3 := x1, f1
		if (f > 0) != (f1 > 0) {
			x3, f3 = x2, f2
			x2, f2 = x1, f1
		}
		x1, f1 = x, f
		best, least := x1, f1
		if math.Abs(f2) < math.Abs(f1) {
			best, least = x2, f2
		}
		least = math.Abs(least)
		near := 0x1p-52 * math.Abs(best) / math.Abs(x2-x1)
		if !(near < 0.5) || least == 0 {
			return best
		}
		xi, phi := (x1-x2)/(x3-x2), (f1-f2)/(f3-f2)
		t = 0.5
		if phi*phi < xi && (1-phi)*(1-phi) < 1-xi {
			t = f1/(f2-f1)*f3/(f2-f3) + (x3-x1)/(x2-x1)*f1/(f3-f1)*f2/(f3-f2)
		}
		t = min(max(t, near), 1-near)
	}
	return x1
}
