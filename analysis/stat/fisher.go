package stat

import "math"

// FisherExact is Fisher's exact test of a table of counts.
type FisherExact struct {
	P float64 // the probability, margins given, of all tables that are not more probable
	// OddsRatio is the conditional maximum-likelihood estimate of a 2 x 2 table
	// (0 or +Inf at the end of its range), with its exact interval; NaN of
	// larger tables.
	OddsRatio float64
	Interval
	Note string // why numbers are NaN; "" when there is nothing to say
}

// fisherSteps bounds the work on a large table: some seconds.
const fisherSteps = 25_000_000

// FisherTest returns the exact test of independence of a table of counts, which
// are rounded to whole numbers. The test is discrete: it rejects less often
// than its level. Rows and columns without counts are left out. NaN with a note
// for fewer than two rows or columns with counts, and for a larger table that
// would take more than some seconds (NewContingency's approximations then are
// good). Of 2 x 2 tables
// the probabilities are hypergeometric; of larger ones the network algorithm of
// Mehta and Patel (1983), doi:10.1080/01621459.1983.10477989, sums them. Equal
// means up to a relative 1e-7 (2 x 2) or 3.5e-7, as in R: fisher.test. R finds
// the odds ratio to four digits, this to all.
func FisherTest(counts [][]float64, conf float64) FisherExact {
	f := FisherExact{P: nan, OddsRatio: nan, Interval: noInterval}
	table := wholeCounts(counts)
	if len(table) < 2 || len(table[0]) < 2 {
		f.Note = "fewer than two rows or columns with counts"
		return f
	}
	if len(table) == 2 && len(table[0]) == 2 {
		h := newHypergeometric(table)
		f.P = h.test(table[0][0])
		f.OddsRatio, f.Interval = h.oddsRatio(table[0][0], conf)
		return f
	}
	n := newFisherNetwork(table)
	f.P = n.run()
	if math.IsNaN(f.P) {
		f.Note = "too many tables with these margins to sum over"
	}
	return f
}

// wholeCounts rounds counts and leaves out empty rows and columns.
func wholeCounts(counts [][]float64) [][]int {
	rows, cols := tableSums(counts)
	var t [][]int
	for i, row := range counts {
		if rows[i] == 0 {
			continue
		}
		var r []int
		for j, v := range row {
			if cols[j] > 0 {
				r = append(r, int(math.RoundToEven(v)))
			}
		}
		t = append(t, r)
	}
	return t
}

// hypergeometric is the distribution of the first cell of a 2 x 2 table with
// given margins, at odds ratios e^b: P(s) ∝ exp(log[s-lo] + b s).
type hypergeometric struct {
	lo, hi int
	log    []float64
}

func newHypergeometric(t [][]int) hypergeometric {
	m, n, k := t[0][0]+t[1][0], t[0][1]+t[1][1], t[0][0]+t[0][1]
	h := hypergeometric{lo: max(0, k-n), hi: min(k, m)}
	for s := h.lo; s <= h.hi; s++ {
		h.log = append(h.log, logCombinations(m, s)+logCombinations(n, k-s))
	}
	return h
}

// logCombinations returns log of n over k.
func logCombinations(n, k int) float64 {
	return logFactorialOf(n) - logFactorialOf(k) - logFactorialOf(n-k)
}

func logFactorialOf(n int) float64 {
	l, _ := math.Lgamma(float64(n) + 1)
	return l
}

// shares returns the probabilities at the odds ratio e^b.
func (h hypergeometric) shares(b float64) []float64 {
	p, top := make([]float64, len(h.log)), math.Inf(-1)
	for i, l := range h.log {
		p[i] = l + b*float64(h.lo+i)
		top = max(top, p[i])
	}
	for i := range p {
		p[i] = math.Exp(p[i] - top)
	}
	return normalised(p)
}

// test returns the two-sided p of x.
func (h hypergeometric) test(x int) float64 {
	p, s := h.shares(0), 0.0
	for _, v := range p {
		if v <= p[x-h.lo]*(1+1e-7) {
			s += v
		}
	}
	return min(1, s)
}

// oddsRatio returns the conditional estimate and its exact interval.
func (h hypergeometric) oddsRatio(x int, conf float64) (float64, Interval) {
	or, i := 0.0, Interval{0, math.Inf(1)}
	if h.lo == h.hi {
		return nan, i
	}
	solve := func(f func(p []float64) float64) float64 {
		return math.Exp(solveBracket(func(b float64) float64 { return f(h.shares(b)) }, -100, 100))
	}
	sum := func(p []float64, from, to int) float64 {
		s := 0.0
		for v := from; v <= to; v++ {
			s += p[v-h.lo]
		}
		return s
	}
	alpha := (1 - conf) / 2
	switch x {
	case h.lo:
	case h.hi:
		or = math.Inf(1)
	default:
		or = solve(func(p []float64) float64 {
			m := 0.0
			for j, v := range p {
				m += v * float64(h.lo+j-x)
			}
			return m
		})
	}
	if x > h.lo {
		i.Lo = solve(func(p []float64) float64 { return sum(p, x, h.hi) - alpha })
	}
	if x < h.hi {
		i.Hi = solve(func(p []float64) float64 { return sum(p, h.lo, x) - alpha })
	}
	return or, i
}
