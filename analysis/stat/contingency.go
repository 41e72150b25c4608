package stat

import "math"

// Contingency is a table of counts with its tests of independence.
type Contingency struct {
	N         float64
	Counts    [][]float64
	Expected  [][]float64 // row sum x column sum / N
	Residuals [][]float64 // standardised: approximately normal when independent

	Pearson Test    // χ² = Σ (O-E)²/E
	G       Test    // G² = 2 Σ O log(O/E)
	Yates   Test    // Pearson's, each |O-E| less by up to ½; 2 x 2 alone, NaN for others
	V       float64 // Cramér's V, √(χ²/(N (min(rows, columns) - 1))); |φ| of a 2 x 2 table
	// VCorrected is V without its upward bias: Bergsma (2013),
	// doi:10.1016/j.jkss.2012.10.002. R: effectsize::cramers_v(adjust = TRUE).
	VCorrected float64
	// VInterval is of the population's V, by the noncentral χ² distribution, which
	// holds for weak association: it covers as it should up to V of about .2, and
	// more (.977) at .4.
	VInterval Interval
}

// NewContingency returns the tests of a table of counts, rows x columns, which
// need not be whole (weights). A row or column without counts makes Pearson,
// Yates, V and their residuals NaN with a note, as R does: leave it out. It
// panics when rows differ in length.
//
// The χ² approximation needs expected counts of about 5 or more; FisherTest
// does not. R: chisq.test(counts, correct = FALSE), and TRUE for Yates;
// vcd::assocstats for G and V; effectsize::cramers_v(adjust = FALSE) for the
// interval.
func NewContingency(counts [][]float64, conf float64) Contingency {
	t := Contingency{Counts: counts, V: nan, VCorrected: nan, VInterval: noInterval}
	rows, cols := tableSums(counts)
	for _, r := range rows {
		t.N += r
	}
	r, c := float64(len(rows)), float64(len(cols))
	if r < 2 || c < 2 || !(t.N > 0) {
		t.Pearson = noTest("a table of %v rows, %v columns and %v counts", r, c, t.N)
		t.G, t.Yates = t.Pearson, t.Pearson
		return t
	}
	df := (r - 1) * (c - 1)
	var chi, g float64
	for i := range counts {
		t.Expected = append(t.Expected, make([]float64, len(cols)))
		t.Residuals = append(t.Residuals, make([]float64, len(cols)))
		for j, o := range counts[i] {
			e := rows[i] * cols[j] / t.N
			t.Expected[i][j] = e
			t.Residuals[i][j] = (o - e) / math.Sqrt(e*(1-rows[i]/t.N)*(1-cols[j]/t.N))
			chi += (o - e) * (o - e) / e
			if o > 0 {
				g += 2 * o * math.Log(o/e)
			}
		}
	}
	t.G = chiSquaredTest(max(0, g), df)
	t.Yates = noTest("not a 2 x 2 table")
	if math.IsNaN(chi) {
		t.Pearson = noTest("a row or a column has no counts")
		t.Yates = t.Pearson
		return t
	}
	t.Pearson = chiSquaredTest(chi, df)
	k := min(r, c) - 1
	t.V = math.Sqrt(chi / t.N / k)
	if n := t.N - 1; n > 0 {
		left := max(0, chi/t.N-df/n)
		t.VCorrected = math.Sqrt(left / (min(r-(r-1)*(r-1)/n, c-(c-1)*(c-1)/n) - 1))
	}
	limit := func(p float64) float64 {
		l := noncentralityOf(p, func(l float64) float64 { return noncentralChiSquared(chi, df, l) })
		return min(1, math.Sqrt(l/t.N/k))
	}
	t.VInterval = Interval{limit((1 + conf) / 2), limit((1 - conf) / 2)}
	if r == 2 && c == 2 {
		t.Yates = t.yates()
	}
	return t
}

// yates returns the continuity-corrected test of a 2 x 2 table.
func (t Contingency) yates() Test {
	less := 0.5
	for i := range 2 {
		for j := range 2 {
			less = min(less, math.Abs(t.Counts[i][j]-t.Expected[i][j]))
		}
	}
	chi := 0.0
	for i := range 2 {
		for j := range 2 {
			d := math.Abs(t.Counts[i][j]-t.Expected[i][j]) - less
			chi += d * d / t.Expected[i][j]
		}
	}
	return chiSquaredTest(chi, 1)
}

// tableSums returns the sums of the rows and the columns.
func tableSums(counts [][]float64) (rows, cols []float64) {
	for i, row := range counts {
		if i == 0 {
			cols = make([]float64, len(row))
		}
		if len(row) != len(cols) {
			panic("stat: a table whose rows differ in length")
		}
		s := 0.0
		for j, v := range row {
			s += v
			cols[j] += v
		}
		rows = append(rows, s)
	}
	return rows, cols
}

// CrossTable counts the pairs of codes a and b, each by its weight or, without
// weights, as one; pairs with a negative code (missing) or a NaN weight are left
// out. R: table(a, b), xtabs(w ~ a + b).
func CrossTable(a, b []int, rows, cols int, weight ...float64) [][]float64 {
	t := make([][]float64, rows)
	for i := range t {
		t[i] = make([]float64, cols)
	}
	for i := range a {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		if a[i] >= 0 && b[i] >= 0 && !math.IsNaN(w) {
			t[a[i]][b[i]] += w
		}
	}
	return t
}

// OddsRatio returns ad/(bc) of the table [a b; c d] with the interval
// exp(log OR ± z SE), SE = √(1/a + 1/b + 1/c + 1/d), which is the error of
// log OR. With an empty cell the value is 0 or +Inf (NaN when undefined), the
// error infinite and the interval 0 to +Inf; FisherTest has an exact one. Adding
// ½ to each cell (Haldane, Anscombe) removes that trouble and most of the bias.
// Woolf (1955). R: epitools::oddsratio.wald.
func OddsRatio(a, b, c, d, conf float64) Estimate {
	if !(min(a, b, c, d) >= 0) {
		return noEstimate("an odds ratio of %v, %v, %v, %v", a, b, c, d)
	}
	or := a * d / (b * c)
	se := math.Sqrt(1/a + 1/b + 1/c + 1/d)
	e := Estimate{Value: or, SE: se, Interval: Interval{0, math.Inf(1)}}
	if math.IsInf(se, 1) {
		e.Note = "an empty cell"
		return e
	}
	z := twoSidedZ(conf)
	e.Interval = Interval{math.Exp(math.Log(or) - z*se), math.Exp(math.Log(or) + z*se)}
	return e
}

// McNemar tests that a k x k table of pairs is symmetric: as many change from
// one answer to the other as back, χ² = Σ (nᵢⱼ - nⱼᵢ)²/(nᵢⱼ + nⱼᵢ) over the
// pairs of answers (i < j) that anybody changed between, on that many degrees
// of freedom. corrected takes 1 from each |nᵢⱼ - nⱼᵢ| of a 2 x 2 table. NaN
// with a note when nobody changes. McNemar (1947), doi:10.1007/BF02295996;
// Bowker (1948). R: mcnemar.test.
func McNemar(counts [][]float64, corrected bool) Test {
	chi, df := 0.0, 0.0
	for i := range counts {
		for j := range i {
			b, c := counts[i][j], counts[j][i]
			if b+c == 0 {
				continue
			}
			d := math.Abs(b - c)
			if corrected && len(counts) == 2 && d > 0 {
				d = math.Abs(d - 1)
			}
			chi += d * d / (b + c)
			df++
		}
	}
	if df == 0 {
		return noTest("nobody changes")
	}
	return chiSquaredTest(chi, df)
}

// McNemarExact is the binomial test that the b + c changes of a 2 x 2 table of
// pairs are as often one way as the other. R: exact2x2::mcnemar.exact, and
// binom.test(b, b + c).
func McNemarExact(b, c int) Test {
	if b+c == 0 {
		return noTest("nobody changes")
	}
	return BinomialTest(b, b+c, 0.5)
}
