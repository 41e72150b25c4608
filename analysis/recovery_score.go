package analysis

import (
	"math"
	"slices"

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
	r := s.r
	u := s.influence()
	v := termsOf(names, s, u, with)
	ms := s.marginals()
	for i, m := range ms {
		v.effects, v.ame = append(v.effects, r.effects[i].name), append(v.ame, m.value)
	}
	if !with {
		return v
	}
	v.moves = make([]float64, len(r.codes)*len(ms))
	total := 0.0
	for _, n := range s.n {
		total += n
	}
	for i, j := range r.at {
		for e, m := range ms {
			v.moves[int(r.person[i])*len(ms)+e] += r.w[i] * (m.values[j] - m.value) / total
		}
	}
	for g := range r.codes {
		for e, m := range ms {
			for a, d := range m.by {
				v.moves[g*len(ms)+e] += d * u[g*r.k+a]
			}
		}
	}
	v.sum()
	return v
}

// termsOf returns what a solution says of its terms, given the influences of the
// respondents.
func termsOf(names []string, s *solution, u []float64, with bool) *view {
	r, se := s.r, s.errors(u)
	v := &view{respond: s.people, codes: r.codes, r2: math.NaN()}
	var keep []int
	for j, name := range names {
		if name != intercept {
			keep = append(keep, j)
			v.terms, v.coef, v.se = append(v.terms, name), append(v.coef, s.coef[j]), append(v.se, se[j])
		}
	}
	if !with {
		return v
	}
	v.influence = make([]float64, 0, len(r.codes)*len(keep))
	for g := range r.codes {
		for _, j := range keep {
			v.influence = append(v.influence, u[g*r.k+j])
		}
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

// score compares a source's view m with the people's view h. coefficients and
// effects stand apart from the views so that replicates can replace them.
func score(h, m *view, hc, mc, ha, ma []float64, pairs matching, zh, zm float64, out []float64) {
	sum := 0.0
	for _, p := range pairs.effects {
		sum += math.Abs(ma[p[1]] - ha[p[0]])
	}
	out[0] = sum / float64(len(pairs.effects))
	tallyTerms(h, m, hc, mc, pairs, zh, zm, out[1:6])
	n := len(pairs.terms)
	x, y := make([]float64, n), make([]float64, n)
	vh, vm := 0.0, 0.0
	for i, p := range pairs.terms {
		sb, sc := h.se[p[0]], m.se[p[1]]
		x[i], y[i] = hc[p[0]], mc[p[1]]
		vh, vm = vh+sb*sb, vm+sc*sc
	}
	out[6], _ = stat.Deming(x, y, vm/vh)
	out[7] = math.NaN()
	if n > 2 {
		out[7] = stat.Pearson(x, y, .95).R
	}
	out[8] = m.r2 / h.r2
}

// countedMeasures are the measures that count what is significant and what covers.
var countedMeasures = recoveryMeasures[1:6]

// tallyTerms fills the counted measures of a source's coefficients against people's.
func tallyTerms(h, m *view, hc, mc []float64, pairs matching, zh, zm float64, out []float64) {
	var tp, ps, qs, wrong, extra, inPeople, inSource int
	for _, p := range pairs.terms {
		b, c, sb, sc := hc[p[0]], mc[p[1]], h.se[p[0]], m.se[p[1]]
		sigH, sigM := math.Abs(b) > zh*sb, math.Abs(c) > zm*sc
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
		if math.Abs(c-b) <= zh*sb {
			inPeople++
		}
		if math.Abs(c-b) <= zm*sc {
			inSource++
		}
	}
	n := len(pairs.terms)
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
