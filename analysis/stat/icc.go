package stat

import "math"

// IntraclassType is one of the six correlations of Shrout and Fleiss (1979),
// doi:10.1037/0033-2909.86.2.420.
type IntraclassType int

const (
	ICC1  IntraclassType = iota // each unit has its own raters; one rating
	ICC2                        // raters are a sample, and their level counts; one rating
	ICC3                        // these raters alone, and their level does not count; one rating
	ICC1k                       // as ICC1, the mean of k ratings
	ICC2k                       // as ICC2, the mean of k ratings
	ICC3k                       // as ICC3, the mean of k ratings: Cronbach's α
)

// String returns "ICC1" to "ICC3k".
func (t IntraclassType) String() string {
	return [...]string{"ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"}[t]
}

// Intraclass is one intraclass correlation.
type Intraclass struct {
	Type     IntraclassType
	Value    float64
	Test     // F of units differing
	Interval // ICC2 and ICC2k by Satterthwaite's approximation
}

// ICC returns the six intraclass correlations, in the order of their types, and
// the number of units. rows holds one row a unit and one column a rater; rows
// with NaN are left out. With mean squares between units B, between raters J,
// within units W and of the residual E,
//
//	ICC1 = (B-W)/(B+(k-1)W)   ICC2 = (B-E)/(B+(k-1)E+k(J-E)/n)   ICC3 = (B-E)/(B+(k-1)E)
//	ICC1k = (B-W)/B           ICC2k = (B-E)/(B+(J-E)/n)          ICC3k = (B-E)/B
//
// NaN with a note for fewer than two complete units or two raters, or ratings
// that do not vary; without residual variance F is infinite and the limits are
// 1. R: psych::ICC(rows, lmer = FALSE).
func ICC(rows [][]float64, conf float64) (units int, all [6]Intraclass) {
	rows = presentRows(rows)
	n := float64(len(rows))
	fail := func(why string) (int, [6]Intraclass) {
		for t := range all {
			all[t] = Intraclass{IntraclassType(t), nan, noTest("%s", why), noInterval}
		}
		return len(rows), all
	}
	if n < 2 || len(rows[0]) < 2 {
		return fail("fewer than two complete units or two raters")
	}
	k := float64(len(rows[0]))
	b, j, e, w := ratingSquares(rows)
	if b == 0 && w == 0 {
		return fail("the ratings do not vary")
	}
	f1, f3 := b/w, b/e
	values := [6]float64{
		(b - w) / (b + (k-1)*w), (b - e) / (b + (k-1)*e + k*(j-e)/n), (b - e) / (b + (k-1)*e),
		(b - w) / b, (b - e) / (b + (j-e)/n), (b - e) / b,
	}
	df := n - 1
	within, residual := n*(k-1), (n-1)*(k-1)
	for t := range all {
		all[t] = Intraclass{IntraclassType(t), values[t], fTest(f3, df, residual), noInterval}
	}
	all[ICC1].Test = fTest(f1, df, within)
	all[ICC1k].Test = all[ICC1].Test

	single := func(f float64) float64 { return ratioLimit(f, k) }
	mean := func(f float64) float64 { return 1 - 1/f }
	upper, lower := (1+conf)/2, (1-conf)/2
	lo1, hi1 := f1/fQuantile(upper, df, within), f1/fQuantile(lower, df, within)
	lo3, hi3 := f3/fQuantile(upper, df, residual), f3/fQuantile(lower, df, residual)
	all[ICC1].Interval, all[ICC1k].Interval = Interval{single(lo1), single(hi1)}, Interval{mean(lo1), mean(hi1)}
	all[ICC3].Interval, all[ICC3k].Interval = Interval{single(lo3), single(hi3)}, Interval{mean(lo3), mean(hi3)}

	// ICC2: the denominator's degrees of freedom.
	r, fj := values[ICC2], j/e
	a := k*r*fj + n*(1+(k-1)*r) - k*r
	v := residual * a * a / (df*k*k*r*r*fj*fj + (n*(1+(k-1)*r)-k*r)*(n*(1+(k-1)*r)-k*r))
	q := fQuantile(upper, df, v)
	lo := n * (b - q*e) / (q*(k*j+(k*n-k-n)*e) + n*b)
	q = fQuantile(upper, v, df)
	hi := n * (q*b - e) / (k*j + (k*n-k-n)*e + n*q*b)
	all[ICC2].Interval = Interval{lo, hi}
	all[ICC2k].Interval = Interval{lo * k / (1 + lo*(k-1)), hi * k / (1 + hi*(k-1))}
	return len(rows), all
}

// ratioLimit returns (f-1)/(f+k-1), 1 where f is infinite.
func ratioLimit(f, k float64) float64 {
	if math.IsInf(f, 1) {
		return 1
	}
	return (f - 1) / (f + k - 1)
}

// ratingSquares returns the mean squares between units, between raters, of the
// residual and within units.
func ratingSquares(rows [][]float64) (between, raters, residual, within float64) {
	n, k := len(rows), len(rows[0])
	units, cols := make([]float64, n), make([]float64, k)
	grand := 0.0
	for i, r := range rows {
		units[i] = meanOf(r)
		grand += units[i] / float64(n)
		for j, v := range r {
			cols[j] += v / float64(n)
		}
	}
	for i, r := range rows {
		between += float64(k) * (units[i] - grand) * (units[i] - grand)
		for j, v := range r {
			d := v - units[i] - cols[j] + grand
			residual += d * d
		}
	}
	for _, c := range cols {
		raters += float64(n) * (c - grand) * (c - grand)
	}
	fn, fk := float64(n), float64(k)
	within = (raters + residual) / (fn * (fk - 1))
	return between / (fn - 1), raters / (fk - 1), residual / ((fn - 1) * (fk - 1)), within
}
