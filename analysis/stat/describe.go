package stat

import "math"

// Summary describes a sample. What too few values leave open is NaN.
type Summary struct {
	N, Missing int // values present and NaN

	Mean, SD, Var, SE float64 // divisor n - 1; SE = SD/√n
	Min, Max          float64
	Median            float64
	MAD               float64 // 1.4826 · median |x - median|, the SD of a normal sample
	IQR               float64 // between quartiles of type 7

	Skewness       float64 // g₁ = m₃/m₂^1.5, moments with divisor n
	SkewnessSample float64 // G₁ = g₁ √(n(n-1))/(n-2)
	Kurtosis       float64 // excess, g₂ = m₄/m₂² - 3

	sorted ascending
}

// Describe returns the summary of the values of x that are not NaN. Skewness
// and kurtosis of a sample without variance are NaN. R: mean, sd, var, median,
// mad, IQR; psych::skew(type = 1), psych::kurtosi(type = 1); G₁ is
// e1071::skewness(type = 2), what SAS and SPSS print.
func Describe(x []float64) Summary {
	s := Summary{N: len(present(x)), sorted: sortedPresent(x)}
	s.Missing = len(x) - s.N
	x = present(x)
	n := float64(s.N)
	s.Mean, s.Var = varianceOf(x)
	s.SD = math.Sqrt(s.Var)
	s.SE = s.SD / math.Sqrt(n)
	s.Min, s.Max = s.sorted.quantile(0, Type7), s.sorted.quantile(1, Type7)
	s.Median = s.sorted.quantile(0.5, Type7)
	s.IQR = s.sorted.quantile(0.75, Type7) - s.sorted.quantile(0.25, Type7)
	off := make([]float64, s.N)
	for i, v := range x {
		off[i] = math.Abs(v - s.Median)
	}
	s.MAD = 1.4826 * medianOf(off)
	s.Skewness, s.SkewnessSample, s.Kurtosis = nan, nan, nan
	if s.N > 0 && !constant(x) {
		var m2, m3, m4 float64
		for _, v := range x {
			d := v - s.Mean
			m2 += d * d / n
			m3 += d * d * d / n
			m4 += d * d * d * d / n
		}
		s.Skewness = m3 / math.Pow(m2, 1.5)
		s.Kurtosis = m4/(m2*m2) - 3
		if s.N > 2 {
			s.SkewnessSample = s.Skewness * math.Sqrt(n*(n-1)) / (n - 2)
		}
	}
	return s
}

// Quantile returns the p-quantile of the sample, R's quantile(x, p, type).
func (s Summary) Quantile(p float64, q QuantileType) float64 { return s.sorted.quantile(p, q) }

// MeanInterval returns Student's interval of the mean, Mean ± t SE; NaN of
// fewer than two values. R: t.test(x)$conf.int.
func (s Summary) MeanInterval(conf float64) Interval {
	return around(s.Mean, -studentQuantile((1-conf)/2, float64(s.N-1))*s.SE)
}

// Trimmed returns the mean without the share trim of the values at each end,
// rounded down to whole values; the median for a trim of one half or more.
// R: mean(x, trim).
func (s Summary) Trimmed(trim float64) float64 {
	cut := int(math.Floor(float64(s.N) * trim))
	switch {
	case !(trim >= 0) || s.N == 0:
		return nan
	case trim >= 0.5:
		return s.Median
	}
	return meanOf(s.sorted[cut : s.N-cut])
}
