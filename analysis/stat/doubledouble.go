package stat

import "math"

// double is a number of about 32 digits: the unevaluated sum of two float64s,
// the second within half a unit of the last digit of the first. After Dekker
// (1971, doi:10.1007/BF01397083) with a fused multiply-add.
type double struct{ hi, lo float64 }

// quickSum is a + b where |a| ≥ |b|.
func quickSum(a, b float64) double {
	s := a + b
	return double{s, b - (s - a)}
}

func (a double) plus(b double) double {
	s := a.hi + b.hi
	v := s - a.hi
	e := (a.hi - (s - v)) + (b.hi - v)
	return quickSum(s, e+a.lo+b.lo)
}

func (a double) minus(b double) double { return a.plus(double{-b.hi, -b.lo}) }

func (a double) times(b double) double {
	p := a.hi * b.hi
	e := math.FMA(a.hi, b.hi, -p)
	return quickSum(p, e+a.hi*b.lo+a.lo*b.hi)
}

func (a double) over(b double) double {
	q := a.hi / b.hi
	r := a.minus(b.times(double{q, 0}))
	return quickSum(q, (r.hi+r.lo)/b.hi)
}

func (a double) root() double {
	if !(a.hi > 0) {
		return double{math.Sqrt(a.hi), 0}
	}
	s := math.Sqrt(a.hi)
	r := a.minus(double{s, 0}.times(double{s, 0}))
	return quickSum(s, r.hi/(2*s))
}

func (a double) float() float64 { return a.hi + a.lo }
