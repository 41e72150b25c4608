package stat

import "math"

// CorrelationDifference compares two correlations.
type CorrelationDifference struct {
	R1, R2     float64
	Difference float64 // R1 - R2
	Test               // of equality, normal z
	Interval           // of Difference, Zou (2007)
}

// CompareIndependent compares the correlations r1 of n1 and r2 of n2
// independent pairs. The test is Fisher's,
//
//	z = (atanh r₁ - atanh r₂) / √(1/(n₁-3) + 1/(n₂-3)),
//
// whose numerator is Cohen's q; the interval of r₁ - r₂ joins the two intervals
// of Fisher by Zou (2007), doi:10.1037/1082-989X.12.4.399. NaN with a note for
// samples of three or fewer. R: cocor::cocor.indep.groups, psych::r.test.
func CompareIndependent(r1, n1, r2, n2, conf float64) CorrelationDifference {
	d := CorrelationDifference{R1: r1, R2: r2, Difference: r1 - r2, Interval: noInterval}
	if !(n1 > 3 && n2 > 3) || math.IsNaN(r1) || math.IsNaN(r2) {
		d.Test = noTest("two correlations of %v and %v pairs", n1, n2)
		return d
	}
	d.Test = normalTest((math.Atanh(r1) - math.Atanh(r2)) / math.Sqrt(1/(n1-3)+1/(n2-3)))
	i1 := fisherInterval(r1, 1/math.Sqrt(n1-3), conf)
	i2 := fisherInterval(r2, 1/math.Sqrt(n2-3), conf)
	d.Interval = hybridDifference(r1, i1, r2, i2)
	return d
}

// CompareOverlapping compares the correlations r12 and r13 that one variable
// has with two others, whose own correlation is r23, all of the same n pairs:
// belief with action in people and in a model that share ids. The test is that
// of Steiger (1980), doi:10.1037/0033-2909.87.2.245, with the average of the
// two correlations in the covariance (Dunn and Clark's as he improves it),
//
//	z = (atanh r₁₂ - atanh r₁₃) √(n-3) / √(2 - 2c),
//
// and the interval of r₁₂ - r₁₃ is Zou's (2007) with the correlation of the two
// coefficients. R: cocor::cocor.dep.groups.overlap(test = c("steiger1980",
// "zou2007")).
func CompareOverlapping(r12, r13, r23, n, conf float64) CorrelationDifference {
	// Pearson and Filon's covariance of r₁₂ and r₁₃ over (1-r₁₂²)(1-r₁₃²).
	covariance := func(a, b float64) float64 {
		psi := r23*(1-a*a-b*b) - a*b*(1-a*a-b*b-r23*r23)/2
		return psi / ((1 - a*a) * (1 - b*b))
	}
	return compareDependent(r12, r13, n, conf, covariance)
}

// CompareNonoverlapping compares r12 with r34, correlations of two pairs of
// different variables measured on the same n units: belief with action in
// people, and in a model that stands in for each of them. The other four
// correlations are needed for their covariance. Test and interval are those of
// CompareOverlapping. R: cocor::cocor.dep.groups.nonoverlap(test =
// c("steiger1980", "zou2007")).
func CompareNonoverlapping(r12, r34, r13, r14, r23, r24, n, conf float64) CorrelationDifference {
	covariance := func(a, b float64) float64 {
		psi := ((r13-a*r23)*(r24-r23*b) + (r14-r13*b)*(r23-a*r13) +
			(r13-r14*b)*(r24-a*r14) + (r14-a*r24)*(r23-r24*b)) / 2
		return psi / ((1 - a*a) * (1 - b*b))
	}
	return compareDependent(r12, r34, n, conf, covariance)
}

func compareDependent(ra, rb, n, conf float64, covariance func(a, b float64) float64) CorrelationDifference {
	d := CorrelationDifference{R1: ra, R2: rb, Difference: ra - rb, Interval: noInterval}
	if !(n > 3) || math.IsNaN(ra) || math.IsNaN(rb) {
		d.Test = noTest("two correlations of the same %v units", n)
		return d
	}
	mean := (ra + rb) / 2
	d.Test = normalTest((math.Atanh(ra) - math.Atanh(rb)) * math.Sqrt(n-3) / math.Sqrt(2-2*covariance(mean, mean)))
	ia := fisherInterval(ra, 1/math.Sqrt(n-3), conf)
	ib := fisherInterval(rb, 1/math.Sqrt(n-3), conf)
	c := covariance(ra, rb)
	root := func(x, y float64) float64 { return math.Sqrt(max(0, x*x+y*y-2*c*x*y)) }
	d.Interval = Interval{
		d.Difference - root(ra-ia.Lo, ib.Hi-rb),
		d.Difference + root(ia.Hi-ra, rb-ib.Lo),
	}
	return d
}
