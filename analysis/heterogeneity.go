package analysis

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
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
	varieties, err := h.varieties(in.Frame, sel, drawn, it, names, summed)
	if err != nil {
		return nil, err
	}
	g := newGroups(sel, h.Contrasts, true, h.Level)
	for _, v := range varieties {
		m := &measuring{
			in: in, sel: sel, sample: h.Common, by: h.By, contrasts: h.Contrasts, replicates: h.Replicates, floor: h.Floor, level: h.Level,
			outcomes: v.measured(), tally: tally{name: v.name(it), width: v.width(), fill: v.fill, finish: v.finish, keys: v.keys(sel)}, value: v.value,
			redraws: drawn, groups: g, result: r,
		}
		if err := m.run(ctx); err != nil {
			return nil, err
		}
	}
	f := newFinder(in.Name, r)
	for i, set := range summed {
		h.warn(f, sel, r, names[i], set, len(it.labels))
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

// warn says what a reader must know of the persons.
func (h *Heterogeneity) warn(f finder, sel *selection, r *Result, outcome string, set []*space, items int) {
	if outcome == "all" {
		return
	}
	scored, columns := !slices.ContainsFunc(set, func(sp *space) bool { return sp.scores == nil }), items*len(set)
	say := func(src *sourceRows, text string, with ...any) {
		r.Warnings = append(r.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf(text, with...)})
	}
	for _, src := range sel.sources {
		k := func(statistic string) Key { return Key{Source: src.Name, Outcome: outcome, Statistic: statistic} }
		if !sel.answers(src, outcome) {
			continue
		}
		if f.number(k("entropy")) == 0 {
			say(src, "%s gives one answer to every item of %s: no entropy.", src.title(), outcome)
		} else if scored && columns > 1 && math.IsNaN(f.number(k("alpha"))) {
			say(src, "Persons of %s do not differ in their sums of %s, so α has no value.", src.title(), outcome)
		}
		if src.Draws > 1 && columns > 1 {
			say(src, "%s has %d draws a unit; the person effect of %s is that of the first.", src.title(), src.Draws, outcome)
		}
	}
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
