package analysis

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	Register("heterogeneity", func() Params {
		return &Heterogeneity{Common: Common{Kind: "heterogeneity", Sample: frame.Evaluation}, Redraws: 200, Replicates: 1000, Floor: 1000, Level: 0.95}
	})
}

// Heterogeneity asks whether a source is as varied as people: in the answers to
// an item, between persons over a scale, and in whole structures of answers.
// Counting unique structures alone rewards noise, so the three stand together.
//
// Addresses: NAME.SOURCE.OUTCOME[.VARIABLE.LEVEL].STATISTIC, where the outcome
// all is all outcomes together and tuple the declared tuple; of all, entropy,
// variance and the person effect are there only when the outcomes have the same
// values, since there is no sum of ratings and counts;
// NAME.'a-people'.OUTCOME.STATISTIC is a difference to the people, paired by
// respondent. The statistics are
//
//	entropy    mean over items of the Shannon entropy of the answers, in bits
//	variance   mean over items of the variance of the scored answers
//	sd_sums    standard deviation over persons of the sum over items
//	alpha      Cronbach's α of the items as a scale
//	icc        share of the person in one answer: ICC(3,1), α/(k - (k-1)α)
//	unique     distinct structures: tuples of a person's answers to all items
//	rarefied   structures expected among n persons, the same n for all sources
//	n          respondents
//
// variance_ratio is a source's variance by the people's. Persons with a missing
// answer have no sum and no structure, and are not among the people behind
// variance, sd_sums, alpha and icc; the entropy has all answers. Of several draws
// the first is the person's. The answers of a source that tells their
// probabilities are drawn anew many times (redraws), one answer a person each time:
// its numbers are means over the draws, STATISTIC_low and STATISTIC_high the least
// and the largest of them, and its intervals those of the mean. Weights do not enter: it is the respondents who are described. Entropy
// is biased downwards, more in smaller samples; its interval is that of the
// biased number, which is compared at equal sizes. Intervals are over resamples of whole persons, corrected for bias,
// and cover .93 to .95 of the time at 200 persons.
// The difference of rarefied structures has the standard deviation of the
// difference of two samples of people, as if the source were another one.
type Heterogeneity struct {
	Common
	// Variables whose answers are described; all variables with the role belief, action or outcome when absent.
	Outcomes []string `toml:"outcomes"`
	// What a structure is made of, item by item: variables or rules such as "do > 'no'"; all outcomes when absent.
	Tuple []string `toml:"tuple"`
	// Number of persons that structures are rarefied to; the smallest source when absent.
	Rarefy int `toml:"rarefy"`
	// Variables whose levels make subgroups.
	By []string `toml:"by"`
	// The factors whose combinations are the items; all within factors when absent, none when empty.
	Items []string `toml:"items"`
	// Differences between sources, "a-b"; those to the people always come.
	Contrasts []string `toml:"contrasts"`
	// How often the answers of sources that tell probabilities are drawn; 0 for the answers as they were drawn once. Default 200.
	Redraws int `toml:"redraws"`
	// How often respondents are resampled for intervals; 0 for none. Default 1000.
	Replicates int `toml:"replicates"`
	// How many pairs of samples of people make the floor; 0 for none. Default 1000.
	Floor int `toml:"floor"`
	// Level of the intervals. Default 0.95.
	Level float64 `toml:"level"`
}

// Needs returns nothing.
func (h *Heterogeneity) Needs() []string { return nil }

// Check looks for unknown names and unreadable rules.
func (h *Heterogeneity) Check(s *frame.Schema) error {
	c := &checker{schema: s}
	c.common(h.Common)
	c.outcomes("outcomes", h.Outcomes)
	c.grouping("by", h.By)
	for _, name := range h.Items {
		if v := c.variable("items", name); v != nil && (!v.Within || len(v.Levels) == 0 || isAnswer(v)) {
			c.fail("items", "variable %q is no factor within respondents; items are combinations of such factors", name)
		}
	}
	for _, src := range h.Tuple {
		e, err := expr.Parse(src)
		if err == nil {
			_, err = e.Type(s)
		}
		if err != nil {
			c.fail("tuple", "%v", err)
		}
	}
	if h.Rarefy < 0 || h.Rarefy == 1 {
		c.fail("rarefy", "%d is no number of persons to compare; at least 2, or leave it out", h.Rarefy)
	}
	c.contrasts("contrasts", h.Contrasts, h.Sources)
	c.replicates("redraws", h.Redraws, 20)
	c.replicates("replicates", h.Replicates, 100)
	c.replicates("floor", h.Floor, 20)
	c.level("level", h.Level)
	return c.err()
}

// Run describes the variety of each source.
func (h *Heterogeneity) Run(ctx context.Context, in Input) (*Result, error) {
	outcomes := h.Outcomes
	if len(outcomes) == 0 {
		outcomes = answers(in.Frame.Schema)
	}
	in, from, err := h.expanded(in, outcomes)
	if err != nil {
		return nil, err
	}
	sel, err := h.pick(in.Frame, people)
	if err != nil {
		return nil, err
	}
	drawn := newRedraws(in, sel, from, h.Redraws)
	r := &Result{Warnings: slices.Concat(sel.note(), sel.empty(), sel.silent(outcomes), sel.vacant(h.By))}
	factors := h.Items
	if factors == nil {
		for _, v := range withinFactors(in.Frame.Schema) {
			factors = append(factors, v.Name)
		}
	}
	it := newItems(in.Frame, factors, sel.sources)
	var spaces []*space
	for _, name := range outcomes {
		sp, err := newSpace(in.Frame, name, nil, sel.sources)
		if err != nil {
			return nil, err
		}
		spaces = append(spaces, sp)
	}
	names, sets := slices.Clone(outcomes), [][]*space{}
	for _, sp := range spaces {
		sets = append(sets, []*space{sp})
	}
	if len(spaces) > 1 {
		names, sets = append(names, "all"), append(sets, spaces)
	}
	summed := sets
	if len(spaces) > 1 && !alike(in.Frame.Schema, spaces) {
		summed = sets[:len(spaces)]
	}
	g := newGroups(sel, h.Contrasts, true, h.Level)
	for i, set := range summed {
		v := newVariety(in.Frame, set, it)
		m := &measuring{
			in: in, sel: sel, sample: h.Common, by: h.By, contrasts: h.Contrasts, replicates: h.Replicates, floor: h.Floor, level: h.Level,
			outcome: names[i], statistics: v.statistics(), tally: tally{name: v.name(it), width: v.width(), fill: v.fill, finish: v.finish, keys: v.keys(sel)}, value: v.value,
			redraws: drawn, groups: g, result: r,
		}
		if err := m.run(ctx); err != nil {
			return nil, err
		}
		v.warn(m)
	}
	structures, err := h.structures(ctx, in, sel, r, g, drawn, it, names, sets)
	if err != nil {
		return nil, err
	}
	h.present(in, sel, r, names[:len(summed)], structures)
	return r, nil
}

// expanded returns the input with every answer that a source might give, and of
// what row each is.
func (h *Heterogeneity) expanded(in Input, outcomes []string) (Input, []int, error) {
	if h.Redraws == 0 {
		return in, nil, nil
	}
	names := slices.Concat(h.Tuple, []string{h.Where})
	for _, o := range outcomes {
		names = append(names, strings.Split(o, ":")...)
	}
	f, from, err := expanded(in.Frame, namesIn(in.Frame.Schema, names...))
	in.Frame = f
	return in, from, err
}

// alike says whether outcomes have the same values, so that their answers can be
// summed: the same levels with the same scores, or numbers of one type between
// the same declared ends.
func alike(s *frame.Schema, spaces []*space) bool {
	first, v := spaces[0], s.Variable(spaces[0].name)
	for _, sp := range spaces[1:] {
		w := s.Variable(sp.name)
		switch {
		case v == nil || w == nil || v.Type != w.Type: // a joint outcome has no variable
			return false
		case v.Kind() == frame.Number && (v.Min != w.Min || v.Max != w.Max): // NaN, no end declared, is not equal
			return false
		case v.Kind() != frame.Number && !(slices.Equal(first.levels, sp.levels) && slices.Equal(first.scores, sp.scores)):
			return false
		}
	}
	return true
}

// variety computes entropy, variance and the person effect from sums over
// persons: for each column (an item of an outcome) the counts of its values, and
// for persons without a missing answer their answers, squares, sum and square
// of the sum.
type variety struct {
	spaces []*space
	item   []int32
	draw   []float64 // nil without draws
	items  int
	counts []int // where the counts of each column begin
	scored bool  // the outcomes have scores
	whole  bool  // the values are few enough to have an entropy
	at     int   // where the sums of complete persons begin
}

func newVariety(f *frame.Frame, spaces []*space, it items) *variety {
	v := &variety{spaces: spaces, item: it.code, items: len(it.labels), scored: true, whole: true}
	if c := f.Col(frame.DrawColumn); c != nil && c.Kind == frame.Number {
		v.draw = c.Nums
	}
	for _, sp := range spaces {
		v.scored = v.scored && sp.scores != nil
		v.whole = v.whole && sp.whole
		for range v.items {
			v.counts = append(v.counts, v.at)
			v.at += len(sp.cats)
		}
	}
	return v
}

// name tells tallies apart that do something else with the rows of a frame.
func (v *variety) name(it items) string {
	s := fmt.Sprintf("variety of %q %q by draw %t", it.of, it.keys, v.draw != nil)
	for _, sp := range v.spaces {
		s += fmt.Sprintf(" %q %q %v %v", sp.name, sp.levels, sp.category, sp.scores)
	}
	return s
}

// keys returns what decides how a row is filled; nil where draws do too.
func (v *variety) keys(sel *selection) *keys {
	for _, src := range sel.sources {
		if src.Draws > 1 {
			return nil
		}
	}
	return keysOf(v.item, v.items, v.spaces)
}

// keysOf returns keys of the items and the values of some outcomes.
func keysOf(item []int32, items int, spaces []*space) *keys {
	k := newKeys().and(item, items)
	for _, sp := range spaces {
		k = k.and(sp.code, len(sp.levels))
	}
	return k
}

// columns is the number of items over all outcomes.
func (v *variety) columns() int { return len(v.counts) }

// Sums of complete persons: how many, the sum of sums, of their squares, how
// many columns this person has (0 when finished), then answers and squares.
const (
	ofPersons = iota
	ofSums
	ofSquares
	ofSeen
	ofAnswers
)

func (v *variety) width() int { return v.at + ofAnswers + 2*v.columns() }

// fill adds the answers of a row.
func (v *variety) fill(row int, vector []float64) bool {
	item := v.item[row]
	if item < 0 {
		return false
	}
	any := false
	for s, sp := range v.spaces {
		code := sp.code[row]
		if code < 0 {
			continue
		}
		any = true
		column := s*v.items + int(item)
		vector[v.counts[column]+sp.category[code]]++
		if v.draw == nil || v.draw[row] == 1 {
			vector[v.at+ofSeen]++
			if sp.scores != nil {
				vector[v.at+ofAnswers+column] += sp.scores[code]
			}
		}
	}
	return any
}

// finish completes a person's sums, or clears them where an answer is missing.
func (v *variety) finish(vector []float64) {
	own := vector[v.at:]
	n := v.columns()
	if int(own[ofSeen]) != n {
		clear(own)
		return
	}
	answers, squares := own[ofAnswers:ofAnswers+n], own[ofAnswers+n:]
	sum := 0.0
	for i, x := range answers {
		sum += x
		squares[i] = x * x
	}
	own[ofPersons], own[ofSums], own[ofSquares], own[ofSeen] = 1, sum, sum*sum, 0
}

// statistics returns what value computes, in its order.
func (v *variety) statistics() []statistic {
	var list []statistic
	if v.whole {
		top := 0.0
		for _, sp := range v.spaces {
			top += math.Log2(float64(len(sp.cats))) / float64(len(v.spaces))
		}
		list = append(list, statistic{name: "entropy", ownBias: true, top: top})
	}
	if v.scored {
		few, flat, complete := "fewer than two persons answered everything", "persons do not differ in their sums", v.at+ofPersons
		list = append(list, statistic{name: "variance", why: few, complete: complete}, statistic{name: "sd_sums", why: few, complete: complete})
		if v.columns() > 1 {
			list = append(list, statistic{name: "alpha", why: flat, complete: complete}, statistic{name: "icc", why: flat, complete: complete})
		}
	}
	return list
}

// value computes the statistics from sums.
func (v *variety) value(s, out []float64) {
	if v.whole {
		out[0] = v.entropy(s)
		out = out[1:]
	}
	if !v.scored {
		return
	}
	own, k := s[v.at:], float64(v.columns())
	n := own[ofPersons]
	variance := func(sum, squares float64) float64 {
		if n < 2 {
			return math.NaN()
		}
		return max(0, (squares-sum*sum/n)/(n-1))
	}
	items := 0.0
	for c := range v.columns() {
		items += variance(own[ofAnswers+c], own[ofAnswers+v.columns()+c])
	}
	total := variance(own[ofSums], own[ofSquares])
	out[0], out[1] = items/k, math.Sqrt(total)
	if v.columns() > 1 {
		alpha := math.NaN()
		if total > 1e-12*own[ofSquares]/n {
			alpha = k / (k - 1) * (1 - items/total)
		}
		out[2], out[3] = alpha, alpha/(k-(k-1)*alpha)
	}
}

// entropy is the mean over columns that have answers.
func (v *variety) entropy(s []float64) float64 {
	sum, n := 0.0, 0
	for c := range v.columns() {
		begin := v.counts[c]
		end := v.at
		if c+1 < len(v.counts) {
			end = v.counts[c+1]
		}
		if h := stat.Entropy(s[begin:end]); !math.IsNaN(h) {
			sum += h
			n++
		}
	}
	return sum / float64(n)
}

// warn says what a reader must know of the persons.
func (v *variety) warn(m *measuring) {
	f := newFinder(m.in.Name, m.result)
	for _, src := range m.sel.sources {
		k := func(statistic string) Key { return Key{Source: src.Name, Outcome: m.outcome, Statistic: statistic} }
		if m.outcome == "all" || !m.sel.answers(src, m.outcome) {
			continue
		}
		if f.number(k("entropy")) == 0 {
			m.result.Warnings = append(m.result.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("%s gives one answer to every item of %s: no entropy.", src.title(), m.outcome)})
		} else if v.scored && v.columns() > 1 && math.IsNaN(f.number(k("alpha"))) {
			m.result.Warnings = append(m.result.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("Persons of %s do not differ in their sums of %s, so α has no value.", src.title(), m.outcome)})
		}
		if src.Draws > 1 && v.columns() > 1 {
			m.result.Warnings = append(m.result.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("%s has %d draws a unit; the person effect of %s is that of the first.", src.title(), src.Draws, m.outcome)})
		}
	}
}
