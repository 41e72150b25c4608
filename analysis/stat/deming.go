package stat

import "math"

// Deming returns the slope and intercept of the line through points whose both
// coordinates have errors,
//
//	b = [s_yy - δ s_xx + √((s_yy - δ s_xx)² + 4 δ s_xy²)] / (2 s_xy),
//
// δ the ratio of the error variance of y to that of x: 1 is orthogonal
// regression. Coefficients of a model against those of people are both
// estimates, and least squares would shrink their slope towards 0. NaN with
// fewer than two points, with NaN among them, for a δ that is not positive, and
// where x and y are uncorrelated (s_xy = 0: no line is best). Exchanging x and y
// with 1/δ inverts the slope. R: deming::deming(y ~ x), mcr::mcreg(method.reg =
// "Deming").
func Deming(x, y []float64, delta float64) (slope, intercept float64) {
	if len(x) < 2 || !(delta > 0) {
		return nan, nan
	}
	sxx, syy, sxy := covOf(x, x, 1), covOf(y, y, 1), covOf(x, y, 1)
	if sxy == 0 {
		return nan, nan
	}
	d := syy - delta*sxx
	root := math.Hypot(d, 2*math.Sqrt(delta)*sxy)
	if d >= 0 {
		slope = (d + root) / (2 * sxy)
	} else { // the same number, without subtracting nearly equal ones
		slope = 2 * delta * sxy / (root - d)
	}
	return slope, meanOf(y) - slope*meanOf(x)
}
