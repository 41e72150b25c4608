package stat

import (
	"fmt"
	"math"
)

// Test is the outcome of a test of a hypothesis.
type Test struct {
	Stat float64 // the statistic
	DF   float64 // degrees of freedom, the numerator's of an F; NaN where its distribution has none
	DF2  float64 // degrees of freedom of the denominator; NaN where there is none
	P    float64 // two-sided, unless the test has one side alone
	Note string  // why numbers are NaN or only approximate; "" when there is nothing to say
}

// Interval is a confidence interval, NaN where there is none.
type Interval struct{ Lo, Hi float64 }

// Holds says whether x is inside, limits included.
func (i Interval) Holds(x float64) bool { return i.Lo <= x && x <= i.Hi }

// Estimate is an estimate with its error and a confidence interval.
type Estimate struct {
	Value float64
	SE    float64 // NaN where the interval is not made from one
	Interval
	Note string // why numbers are NaN; "" when there is nothing to say
}

var (
	noInterval = Interval{math.NaN(), math.NaN()}
	nan        = math.NaN()
)

// noTest is a test that cannot be made, and why.
func noTest(format string, args ...any) Test {
	return Test{Stat: nan, DF: nan, DF2: nan, P: nan, Note: fmt.Sprintf(format, args...)}
}

// noEstimate is an estimate that cannot be made, and why.
func noEstimate(format string, args ...any) Estimate {
	return Estimate{Value: nan, SE: nan, Interval: noInterval, Note: fmt.Sprintf(format, args...)}
}

// normalTest returns the two-sided test of a standard normal statistic.
func normalTest(z float64) Test { return Test{Stat: z, DF: nan, DF2: nan, P: normalTail2(z)} }

// studentTest returns the two-sided test of a t statistic.
func studentTest(t, df float64) Test { return Test{Stat: t, DF: df, DF2: nan, P: studentTail2(t, df)} }

// fTest returns the test of an F statistic.
func fTest(f, df1, df2 float64) Test { return Test{Stat: f, DF: df1, DF2: df2, P: fTail(f, df1, df2)} }

// chiSquaredTest returns the test of a chi-squared statistic.
func chiSquaredTest(x, df float64) Test {
	return Test{Stat: x, DF: df, DF2: nan, P: chiSquaredTail(x, df)}
}

// around returns value ± reach.
func around(value, reach float64) Interval { return Interval{value - reach, value + reach} }

// twoSidedZ returns the normal quantile of an interval of the given confidence.
func twoSidedZ(conf float64) float64 { return -normalQuantile((1 - conf) / 2) }
