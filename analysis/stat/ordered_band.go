package stat

import "math"

// orderedBand is one level of an ordered outcome: it is answered where the
// latent value is between two thresholds, the lowest of which is -Inf and the
// highest +Inf.
type orderedBand struct {
	link     Link
	low, top float64

	// Of a logit band with two ends, functions of its width alone.
	logWidth, ratio, curve float64
}

// bandValue is log(F(top-η) - F(low-η)) and its first and second derivatives by
// the two thresholds.
type bandValue struct {
	ll                     float64
	up, down               float64
	upUp, upDown, downDown float64
}

// orderedBands returns the bands of thresholds, nil when they are not ascending.
func orderedBands(link Link, thresholds []float64) []orderedBand {
	bands := make([]orderedBand, len(thresholds)+1)
	for y := range bands {
		b := orderedBand{link: link, low: math.Inf(-1), top: math.Inf(1)}
		if y > 0 {
			b.low = thresholds[y-1]
		}
		if y < len(thresholds) {
			b.top = thresholds[y]
		}
		width := b.top - b.low
		if !(width > 0) {
			return nil
		}
		if !math.IsInf(width, 1) {
			e := math.Expm1(width)
			b.logWidth = math.Log(-math.Expm1(-width))
			b.ratio = 1 / e
			b.curve = (1 + 1/e) / e
		}
		bands[y] = b
	}
	return bands
}

// at returns the band's value at a linear predictor.
func (b *orderedBand) at(eta float64) bandValue {
	if b.link == Logit {
		return b.logistic(eta)
	}
	return b.normal(eta)
}

// logistic uses
//
//	F(s) - F(t) = F(s) F(-t) (1 - e^(t-s)),
//
// which loses no digits in the tails.
func (b *orderedBand) logistic(eta float64) bandValue {
	v := bandValue{ll: b.logWidth, up: b.ratio, down: -b.ratio, upUp: -b.curve, upDown: b.curve, downDown: -b.curve}
	if !math.IsInf(b.top, 1) {
		s := b.top - eta
		e := math.Exp(-math.Abs(s))
		q := 1 / (1 + e)
		v.upUp -= e * q * q
		v.ll -= math.Log1p(e)
		if s > 0 {
			v.up += e * q
		} else {
			v.up += q
			v.ll += s
		}
	}
	if !math.IsInf(b.low, -1) {
		s := b.low - eta
		e := math.Exp(-math.Abs(s))
		q := 1 / (1 + e)
		v.downDown -= e * q * q
		v.ll -= math.Log1p(e)
		if s > 0 {
			v.down -= q
			v.ll -= s
		} else {
			v.down -= e * q
		}
	}
	return v
}

// normal takes the difference of probabilities on the side where they are
// small.
func (b *orderedBand) normal(eta float64) bandValue {
	s, t := b.top-eta, b.low-eta
	switch {
	case math.IsInf(t, -1):
		m := normalMills(s)
		return bandValue{ll: logNormal(s), up: m, upUp: -m * (s + m)}
	case math.IsInf(s, 1):
		m := normalMills(-t)
		return bandValue{ll: logNormal(-t), down: -m, downDown: -m * (m - t)}
	}
	var p float64
	if t > 0 {
		p = normalTail(t) - normalTail(s)
	} else {
		p = normalTail(-s) - normalTail(-t)
	}
	if !(p > 0) {
		return bandValue{ll: math.Inf(-1)}
	}
	up, down := normalDensity(s)/p, normalDensity(t)/p
	return bandValue{
		ll: math.Log(p), up: up, down: -down,
		upUp: -up * (s + up), upDown: up * down, downDown: down * (t - down),
	}
}
