package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"silico/analysis/stat"
)

// fewNulls is how many terms outside people's significant ones a false-positive
// rate needs.
const fewNulls = 5

// view is a fit as recovery sees it: the terms but the intercept, with errors
// by respondent.
type view struct {
	src       *sourceRows
	terms     []string
	coef, se  []float64
	effects   []string
	ame       []float64
	r2        float64
	respond   int
	codes     []int32   // of the respondents
	influence []float64 // respondents x terms; nil when condensed
	moves     []float64 // respondents x effects; nil when condensed
	cross     []float64 // terms x terms: sum over respondents of the products of influences
	squares   []float64 // of each effect: sum over respondents of the squares of moves
	drawn     []*view   // of a source that tells probabilities: the fits to answers drawn from them, without effects; nil for others
}

// sum adds up the products of the respondents' influences, and the squares of
// their moves: all that a comparison with other respondents needs.
func (v *view) sum() {
	k, e := len(v.coef), len(v.ame)
	v.cross, v.squares = make([]float64, k*k), make([]float64, e)
	for g := range v.codes {
		u := v.influence[g*k : (g+1)*k]
		for a, x := range u {
			line := v.cross[a*k : (a+1)*k]
			for b, y := range u {
				line[b] += x * y
			}
		}
		for i, x := range v.moves[g*e : (g+1)*e] {
			v.squares[i] += x * x
		}
	}
}

// condense forgets the respondents behind the sums.
func (v *view) condense() { v.influence, v.moves = nil, nil }

// viewOf returns what a solution says; with is true where the influence of each
// respondent is needed.
func viewOf(names []string, s *solution, with bool) *view {
	r, v := s.r, termsOf(names, s, with)
	ms := s.marginals(with)
	for i, m := range ms {
		v.effects, v.ame = append(v.effects, r.effects[i].name), append(v.ame, m.value)
	}
	if !with {
		return v
	}
	var by []float64
	for _, m := range ms {
		for a := range r.k { // the inverse is symmetric
			by = append(by, floats.Dot(s.inverse[a*r.k:(a+1)*r.k], m.by))
		}
	}
	v.moves = s.along(by)
	total := floats.Sum(s.n)
	for g := range r.codes {
		for i, m := range ms {
			for _, e := range r.of(g) {
				v.moves[g*len(ms)+i] += e.n * (m.values[e.cell] - m.value) / total
			}
		}
	}
	v.sum()
	return v
}

// termsOf returns what a solution says of its terms, with the influence of each
// respondent where that is needed. Standard errors are by respondent, √(G/(G-1)
// Σ u²) with their influences u: CR1.
func termsOf(names []string, s *solution, with bool) *view {
	v := &view{respond: s.people, codes: s.r.codes, r2: math.NaN()}
	var rows []float64
	for j, name := range names {
		if name != intercept {
			v.terms, v.coef = append(v.terms, name), append(v.coef, s.coef[j])
			rows = append(rows, s.inverse[j*s.r.k:(j+1)*s.r.k]...)
		}
	}
	k, influence := len(v.coef), s.along(rows)
	v.se = make([]float64, k)
	for a := range v.se {
		squares := 0.0
		for i := a; i < len(influence); i += k {
			squares += influence[i] * influence[i]
		}
		v.se[a] = math.NaN()
		if s.people > 1 {
			v.se[a] = math.Sqrt(float64(s.people) / float64(s.people-1) * squares)
		}
	}
	if with {
		v.influence = influence
	}
	return v
}

// matching are the terms and effects that two views share, by their places.
type matching struct{ terms, effects [][2]int }

func match(h, m *view) matching {
	pairs := func(a, b []string) (list [][2]int) {
		for i, name := range a {
			if j := slices.Index(b, name); j >= 0 {
				list = append(list, [2]int{i, j})
			}
		}
		return list
	}
	return matching{pairs(h.terms, m.terms), pairs(h.effects, m.effects)}
}

// The measures of recovery, in the order of score.
var recoveryMeasures = []string{"ame_error", "f1", "fpr", "wrong_signs", "coverage_people", "coverage_source", "slope", "correlation", "r2_ratio"}

// critical returns the quantile that makes a coefficient of a view significant.
func (v *view) critical(family string, alpha float64) float64 {
	if family == "ols" {
		return tQuantile(1-alpha, float64(v.respond-1))
	}
	return tQuantile(1-alpha, math.Inf(1))
}

// scorer compares a source's view m with the people's view h.
type scorer struct {
	h, m *view
	matching
	zh, zm float64 // what makes a coefficient significant
}

func (r *recoveryRun) scorer(h, m *view) *scorer {
	family := r.fits.params.Family
	return &scorer{h, m, match(h, m), h.critical(family, r.Alpha), m.critical(family, r.Alpha)}
}

// score fills in the measures. Coefficients and effects stand apart from the
// views so that replicates can replace them.
func (s *scorer) score(hc, mc, ha, ma, out []float64) {
	sum := 0.0
	for _, p := range s.effects {
		sum += math.Abs(ma[p[1]] - ha[p[0]])
	}
	out[0] = sum / float64(len(s.effects))
	s.tally(hc, mc, out[1:6])
	out[6], out[7] = s.line(hc, mc)
	out[8] = s.m.r2 / s.h.r2
}

// line returns Deming's slope of the source's coefficients on people's, and
// their correlation. A source all of whose coefficients are nothing beside
// people's errors has only rounding to correlate.
func (s *scorer) line(hc, mc []float64) (slope, correlation float64) {
	n := len(s.terms)
	x, y := make([]float64, n), make([]float64, n)
	vh, vm, flat := 0.0, 0.0, n > 0
	for i, p := range s.terms {
		x[i], y[i] = hc[p[0]], mc[p[1]]
		sb, sc := s.h.se[p[0]], s.m.se[p[1]]
		vh, vm = vh+sb*sb, vm+sc*sc
		flat = flat && math.Abs(y[i]) < 1e-9*sb
	}
	if flat {
		return 0, math.NaN()
	}
	slope, _ = stat.Deming(x, y, vm/vh)
	if n < 3 {
		return slope, math.NaN()
	}
	return slope, stat.PearsonR(x, y)
}

// countedMeasures are the measures that count what is significant and what covers.
var countedMeasures = recoveryMeasures[1:6]

// tally fills in the counted measures.
func (s *scorer) tally(hc, mc, out []float64) {
	var tp, ps, qs, wrong, extra, inPeople, inSource int
	for _, p := range s.terms {
		b, c, sb, sc := hc[p[0]], mc[p[1]], s.h.se[p[0]], s.m.se[p[1]]
		sigH, sigM := math.Abs(b) > s.zh*sb, math.Abs(c) > s.zm*sc
		switch {
		case sigH && sigM && b*c > 0:
			tp++
		case sigH && sigM:
			wrong++
		case sigM:
			extra++
		}
		if sigH {
			ps++
		}
		if sigM {
			qs++
		}
		if math.Abs(c-b) <= s.zh*sb {
			inPeople++
		}
		if math.Abs(c-b) <= s.zm*sc {
			inSource++
		}
	}
	n := len(s.terms)
	f1, fpr := math.NaN(), math.NaN()
	if ps+qs > 0 {
		f1 = 2 * float64(tp) / float64(ps+qs) // 2TP + FP + FN
	}
	if n-ps >= fewNulls {
		fpr = float64(extra) / float64(n-ps)
	}
	out[0], out[1], out[2] = f1, fpr, float64(wrong)
	out[3], out[4] = float64(inPeople)/float64(n), float64(inSource)/float64(n)
}
