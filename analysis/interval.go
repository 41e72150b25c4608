package analysis

import (
	"fmt"
	"math"
	"strings"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"

	"silico/analysis/stat"
)

// tQuantile returns the half width, in standard errors, of a two-sided
// interval of that level with df degrees of freedom; normal when df is not
// finite, NaN when it is not positive.
func tQuantile(level, df float64) float64 {
	p := (1 + level) / 2
	switch {
	case math.IsInf(df, 1):
		return distuv.UnitNormal.Quantile(p)
	case df > 0:
		return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
	}
	return math.NaN()
}

// wald sets the interval of an estimate from its standard error.
func (e Estimate) wald(level, df float64) Estimate {
	h := tQuantile(level, df) * e.SE
	e.Lo, e.Hi = e.Value-h, e.Value+h
	return e.inRange()
}

// ranges are the values that a statistic can take. An interval beyond them
// says nothing more than one that ends there.
var ranges = map[string][2]float64{
	"share": {0, 1}, "gap": {0, 1}, "belief_only": {0, 1}, "action_only": {0, 1}, "belief_alone": {0, 1}, "action_alone": {0, 1},
	"d": {math.Inf(-1), 1}, "d_raw": {0, 1}, "js": {0, 1}, "js_raw": {0, 1}, "tv": {0, 1}, "ks": {0, 1}, "w1": {0, math.Inf(1)}, "r2": {0, 1},
	"mismatch": {0, 1}, "opposite": {0, 1}, "chance": {0, 1}, "f1": {0, 1}, "fpr": {0, 1}, "coverage_people": {0, 1}, "coverage_source": {0, 1},
	"correlation": {-1, 1}, "kappa": {math.Inf(-1), 1}, "alpha": {math.Inf(-1), 1}, "icc": {math.Inf(-1), 1},
	"entropy": {0, math.Inf(1)}, "variance": {0, math.Inf(1)}, "sd_sums": {0, math.Inf(1)}, "ame_error": {0, math.Inf(1)},
}

// inRange ends the interval of a statistic where its range ends; a pooled
// statistic has that of the statistic. Differences between sources have no range
// of their own.
func (e Estimate) inRange() Estimate {
	if r, ok := ranges[strings.TrimPrefix(e.Statistic, "pooled_")]; ok && !strings.Contains(e.Source, "-") {
		e.Lo, e.Hi = min(max(e.Lo, r[0]), r[1]), min(max(e.Hi, r[0]), r[1])
	}
	return e
}

// leastPeople is the fewest respondents that an interval is made from. Resamples
// of fewer are so few different ones, often all alike, that the interval is a
// point or says nothing.
const leastPeople = 5

// ofFew takes the interval and the p-value off an estimate of n respondents
// when these are too few.
func (e Estimate) ofFew(n int) Estimate {
	if n < leastPeople {
		e.Lo, e.Hi, e.P = math.NaN(), math.NaN(), math.NaN()
	}
	return e
}

// tooFew warns that a cell, named as readers see it, has no intervals because
// of its n respondents.
func tooFew(source, cell string, n int) Warning {
	cell = strings.ReplaceAll(cell, ": ", " ") // sentences on several cells are joined by what follows the colon
	return Warning{Term: source, Text: fmt.Sprintf("%s: %s, too few for an interval (at least %d).", cell, count(n, "respondent", "respondents"), leastPeople)}
}

// between sets the interval to the percentiles of replicates, ended where the
// range of the statistic ends. Replicates less their bias can all lie on one
// side of the estimate; the nearer end is then the estimate itself, for an
// interval without its own estimate says that the number was not seen.
func (e Estimate) between(reps []float64, level float64) Estimate {
	e.Lo, e.Hi = percentiles(reps, level)
	e = e.inRange()
	e.Lo, e.Hi = min(e.Lo, e.Value), max(e.Hi, e.Value)
	return e
}

// percentiles returns the two-sided percentile interval of the replicates that
// are not NaN (R's quantile, type 7), NaN when fewer than half of them are
// numbers.
func percentiles(reps []float64, level float64) (lo, hi float64) {
	lo, hi = math.NaN(), math.NaN()
	arranged(reps, func(xs []float64) {
		if len(xs) < 2 || 2*len(xs) < len(reps) {
			return
		}
		lo, hi = stat.QuantileOf(xs, (1-level)/2, stat.Type7), stat.QuantileOf(xs, (1+level)/2, stat.Type7)
	})
	return lo, hi
}

// quantile returns the p-quantile of the numbers that are not NaN (R's type 7),
// NaN of none.
func quantile(xs []float64, p float64) (q float64) {
	arranged(xs, func(ys []float64) { q = stat.QuantileOf(ys, p, stat.Type7) })
	return q
}

// arranged calls use with the numbers that are not NaN, in memory in which it
// may put them into another order but which it must not keep.
func arranged(xs []float64, use func(ys []float64)) {
	memory := arrangements.Get().(*[]float64)
	defer arrangements.Put(memory)
	*memory = appendPresent((*memory)[:0], xs)
	use(*memory)
}

var arrangements = sync.Pool{New: func() any { return new([]float64) }}

// present returns the numbers that are not NaN, in a new slice.
func present(xs []float64) []float64 { return appendPresent(make([]float64, 0, len(xs)), xs) }

func appendPresent(ys, xs []float64) []float64 {
	for _, x := range xs {
		if !math.IsNaN(x) {
			ys = append(ys, x)
		}
	}
	return ys
}

// meanOf returns the mean of the numbers that are not NaN, NaN when none is.
func meanOf(xs []float64) float64 {
	sum, n := 0.0, 0
	for _, x := range xs {
		if !math.IsNaN(x) {
			sum += x
			n++
		}
	}
	return sum / float64(n)
}

// sdOf returns the standard deviation (n-1) of the numbers that are not NaN,
// NaN for fewer than two.
func sdOf(xs []float64) float64 {
	m, ss, n := meanOf(xs), 0.0, 0
	for _, x := range xs {
		if !math.IsNaN(x) {
			ss += (x - m) * (x - m)
			n++
		}
	}
	if n < 2 {
		return math.NaN()
	}
	return math.Sqrt(ss / float64(n-1))
}

// resampled sets standard error and interval of a statistic from its
// bootstrap replicates. The interval is the percentiles of T* - 2·bias, where
// the bias is mean(T*) - T: a replicate is biased once more than the sample.
// Shares of a few terms move in steps, which a shift would leave, so theirs is
// the plain percentiles. The value stays as observed, and the interval holds it.
func (e Estimate) resampled(reps []float64, level float64) Estimate {
	return e.lessBias(reps, level, shift(e.Statistic))
}

// shift returns how often the bias is taken off the replicates of a statistic:
// twice, or never off a share of a few terms.
func shift(statistic string) float64 {
	switch statistic {
	case "f1", "fpr", "coverage_people", "coverage_source":
		return 0
	}
	return 2
}

// lessBias is resampled with the bias taken off the given number of times: once
// makes an interval for what the statistic is on average in a sample of this
// size, its own bias included.
func (e Estimate) lessBias(reps []float64, level, times float64) Estimate {
	e.SE = unlessRounding(sdOf(reps), e.Value)
	if e.SE == 0 {
		e.Lo, e.Hi = e.Value, e.Value
		return e.inRange()
	}
	bias := meanOf(reps) - e.Value
	shifted := make([]float64, len(reps))
	for i, x := range reps {
		shifted[i] = x - times*bias
	}
	return e.between(shifted, level)
}

// unlessRounding returns x, or 0 where it is what rounding leaves of numbers of
// that size: less than a billionth of it, which sums over millions of rows are
// wrong by at most, and no sample could show.
func unlessRounding(x, size float64) float64 {
	if math.Abs(x) < 1e-9*math.Abs(size) {
		return 0
	}
	return x
}

// waldP sets the p-value of Value/SE as t with df degrees of freedom. Two numbers
// that are equal and do not vary do not differ.
func (e Estimate) waldP(df float64) Estimate {
	if e.P = tPValue(e.Value/e.SE, df); e.Value == 0 && e.SE == 0 {
		e.P = 1
	}
	return e
}

// ratio is a share or mean Σ num / Σ den over respondents, the unit of
// sampling: num and den are each respondent's sums, or those that so many
// respondents have as times says.
type ratio struct {
	num, den []float64
	times    []float64 // nil for 1 each
}

// time returns how many respondents have the sums at g.
func (r ratio) time(g int) float64 {
	if r.times == nil {
		return 1
	}
	return r.times[g]
}

// value returns the ratio, NaN when nothing is in the denominator.
func (r ratio) value() float64 {
	num, den := r.sums()
	if den == 0 {
		return math.NaN()
	}
	return num / den
}

func (r ratio) sums() (num, den float64) {
	for g := range r.num {
		num += r.time(g) * r.num[g]
		den += r.time(g) * r.den[g]
	}
	return num, den
}

// influence returns what each respondent adds to the ratio, (num - value·den) /
// Σ den, which sums to zero, and how many respondents are in it.
func (r ratio) influence() (u []float64, n int) {
	v := r.value()
	_, den := r.sums()
	u = make([]float64, len(r.num))
	for g := range u {
		if r.den[g] != 0 {
			u[g] = (r.num[g] - v*r.den[g]) / den
			n += int(r.time(g))
		}
	}
	return u, n
}

// estimate returns the ratio with its standard error by respondent,
// √(G/(G-1) Σ u²), which is CR1, and its t interval with G-1 degrees of freedom;
// fewer than leastPeople respondents have no interval.
func (r ratio) estimate(k Key, level float64) Estimate {
	e := Number(k, r.value())
	u, n := r.influence()
	e.People = n
	e.SE = unlessRounding(clustered(u, r.times, n), e.Value)
	return e.wald(level, float64(n-1)).ofFew(n)
}

// clustered returns √(n/(n-1) Σ u²), where so many respondents have each u as
// times says, nil for one; NaN for fewer than two respondents.
func clustered(u, times []float64, n int) float64 {
	if n < 2 {
		return math.NaN()
	}
	ss := 0.0
	for g, x := range u {
		if times != nil {
			ss += times[g] * x * x
		} else {
			ss += x * x
		}
	}
	return math.Sqrt(float64(n) / float64(n-1) * ss)
}

// tPValue returns the two-sided p-value of t with df degrees of freedom, normal
// when df is not finite, NaN when df is not positive.
func tPValue(t, df float64) float64 {
	switch {
	case math.IsNaN(t):
		return t
	case math.IsInf(df, 1):
		return 2 * distuv.UnitNormal.CDF(-math.Abs(t))
	case df > 0:
		return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.CDF(-math.Abs(t))
	}
	return math.NaN()
}
