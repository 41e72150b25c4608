package stat

import (
	"math"
	"slices"
)

// Bootstrap is a statistic on the data and on resamples of it. Replicates that
// are NaN are left out of everything; when none is left all is NaN. conf is the
// confidence of an interval: .95.
type Bootstrap struct {
	Estimate   float64
	Replicates []float64
}

// QuantileType is how a quantile lies between two values, by R's numbers.
type QuantileType int

const (
	// Type7 is R's default: the p-quantile is at 1 + (n-1)p.
	Type7 QuantileType = 7
	// Type6 is at (n+1)p, at most n and at least 1: what Davison and Hinkley,
	// and R's boot, take for intervals.
	Type6 QuantileType = 6
)

// SE returns the standard deviation of the replicates, divisor B-1. R: sd.
func (b Bootstrap) SE() float64 {
	x := sortedPresent(b.Replicates)
	m, s := meanPresent(x), 0.0
	for _, v := range x {
		s += (v - m) * (v - m)
	}
	if len(x) < 2 {
		return math.NaN()
	}
	return math.Sqrt(s / float64(len(x)-1))
}

// Bias returns the mean of the replicates minus the estimate. R: mean(t) - t0.
func (b Bootstrap) Bias() float64 { return meanPresent(b.Replicates) - b.Estimate }

// Percentile returns the interval between the (1-conf)/2 and (1+conf)/2
// quantiles of the replicates. It does not correct bias: for distances between
// samples see JSEstimate.Replicate.
// R: quantile(t, c(.025, .975), type = 7); boot::boot.ci(type = "perc") is near type 6.
func (b Bootstrap) Percentile(conf float64, q QuantileType) Interval {
	x := slices.Clone(present(b.Replicates))
	return Interval{QuantileOf(x, (1-conf)/2, q), QuantileOf(x, (1+conf)/2, q)}
}

// Basic returns the percentile interval mirrored at the estimate,
// (2t₀ - q_hi, 2t₀ - q_lo). R: boot::boot.ci(type = "basic"). Davison & Hinkley
// (1997), section 5.2.
func (b Bootstrap) Basic(conf float64, q QuantileType) Interval {
	i := b.Percentile(conf, q)
	return Interval{2*b.Estimate - i.Hi, 2*b.Estimate - i.Lo}
}

// Normal returns estimate - bias ± z SE. R: boot::boot.ci(type = "norm").
func (b Bootstrap) Normal(conf float64) Interval {
	return around(b.Estimate-b.Bias(), twoSidedZ(conf)*b.SE())
}

// BiasCorrected returns Efron's BC interval: the BCa interval without
// acceleration, which needs no jackknife. Efron (1981), doi:10.2307/3314608.
func (b Bootstrap) BiasCorrected(conf float64, q QuantileType) Interval {
	return b.accelerated(0, conf, q).Interval
}

// BCa is a bias-corrected and accelerated interval with what made it.
type BCa struct {
	Z0           float64 // Φ⁻¹ of the share of replicates below the estimate
	Acceleration float64
	Alpha        [2]float64 // the probabilities whose quantiles the limits are
	Interval
}

// BCa returns the bias-corrected and accelerated interval. left holds the
// statistic with each unit (respondent or cluster) left out, in any order
// (Jackknife). With L = mean(left) - left,
//
//	a  = Σ L³ / (6 (Σ L²)^1.5),   z₀ = Φ⁻¹(share of replicates < estimate),
//	α' = Φ(z₀ + (z₀ + z_α)/(1 - a(z₀ + z_α))).
//
// Replicates that equal the estimate up to rounding (10⁻¹² of it) are not below
// it. NaN when all replicates are on one side of the estimate or leaving out
// changes nothing. Efron (1987), doi:10.1080/01621459.1987.10478410. R:
// boot::boot.ci(type = "bca") apart from its interpolation and its acceleration.
func (b Bootstrap) BCa(left []float64, conf float64, q QuantileType) BCa {
	return b.accelerated(acceleration(left), conf, q)
}

func acceleration(left []float64) float64 {
	m := meanOf(left)
	var s2, s3 float64
	for _, v := range left {
		l := m - v
		if math.Abs(l) <= 1e-12*math.Abs(m) {
			l = 0 // rounding of the mean
		}
		s2 += l * l
		s3 += l * l * l
	}
	return s3 / (6 * math.Pow(s2, 1.5))
}

func (b Bootstrap) accelerated(a, conf float64, q QuantileType) BCa {
	x := ascending(sortedPresent(b.Replicates))
	eps := 1e-12 * math.Abs(b.Estimate)
	below, _ := slices.BinarySearch(x, b.Estimate-eps)
	c := BCa{Z0: nan, Acceleration: a, Alpha: [2]float64{nan, nan}, Interval: noInterval}
	if len(x) == 0 || math.IsNaN(b.Estimate) {
		return c
	}
	c.Z0 = normalQuantile(float64(below) / float64(len(x)))
	if math.IsInf(c.Z0, 0) || math.IsNaN(a) {
		return c
	}
	for k, p := range [2]float64{(1 - conf) / 2, (1 + conf) / 2} {
		z := c.Z0 + normalQuantile(p)
		c.Alpha[k] = normalTail(-(c.Z0 + z/(1-a*z)))
	}
	c.Lo, c.Hi = x.quantile(c.Alpha[0], q), x.quantile(c.Alpha[1], q)
	return c
}

// Studentised returns the bootstrap-t interval (t₀ - z*_hi se₀, t₀ - z*_lo se₀)
// of z* = (t* - t₀)/se*: se is the standard error of the estimate and ses those
// of the replicates, each computed on its own resample. Replicates without a
// positive error are left out. R: boot::boot.ci(type = "stud").
func (b Bootstrap) Studentised(se float64, ses []float64, conf float64, q QuantileType) Interval {
	var z []float64
	for i, t := range b.Replicates {
		if ses[i] > 0 {
			z = append(z, (t-b.Estimate)/ses[i])
		}
	}
	x := ascending(sortedPresent(z))
	return Interval{b.Estimate - x.quantile((1+conf)/2, q)*se, b.Estimate - x.quantile((1-conf)/2, q)*se}
}

// ascending is numbers in ascending order.
type ascending []float64

// quantile returns the p-quantile, NaN of no numbers or a p that is none.
func (x ascending) quantile(p float64, q QuantileType) float64 {
	n := len(x)
	if n == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	low, h := quantilePlace(n, p, q)
	lo := x[low]
	if h == 0 {
		return lo
	}
	hi := x[low+1]
	if lo == hi {
		return lo
	}
	return (1-h)*lo + h*hi
}

// quantilePlace returns between which two of n ordered numbers a quantile lies,
// by the first of them, from 0, and how far behind it.
func quantilePlace(n int, p float64, q QuantileType) (low int, h float64) {
	at := 1 + float64(n-1)*p
	if q == Type6 {
		at = min(max(1, float64(n+1)*p), float64(n))
	}
	const fuzz = 4 * 0x1p-52 // R's: 3.0000000000000004 is 3
	whole := math.Floor(at + fuzz)
	h = at - whole
	if math.Abs(h) < fuzz || int(whole) == n {
		h = 0
	}
	return int(whole) - 1, h
}

// QuantileOf returns the p-quantile of numbers in any order, which it partly
// sorts; none of them is NaN. It is NaN of no numbers.
func QuantileOf(x []float64, p float64, q QuantileType) float64 {
	if len(x) > 0 && p >= 0 && p <= 1 {
		low, _ := quantilePlace(len(x), p, q)
		settle(x, low)
	}
	return ascending(x).quantile(p, q)
}
