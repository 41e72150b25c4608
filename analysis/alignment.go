package analysis

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis/frame"
)

func init() {
	Register("alignment", func() Params {
		return &Alignment{Common: Common{Kind: "alignment"}, Level: 0.95}
	})
}

// Alignment asks, subgroup by subgroup, who is represented worst, how far apart
// the groups are in that, and whether one source closes what another left open.
// It reads the distances of a divergence with by.
//
// A small group is farther from any source by chance, so groups are compared by
// their excess: the corrected distance less what two samples of people of the
// group, of its own size, have on average. Addresses are
// NAME.SOURCE.OUTCOME.VARIABLE.LEVEL.STATISTIC with
//
//	js       corrected distance to people, that of the divergence
//	floor    mean corrected distance of two samples of people of that size;
//	         floor95 its 95th percentile
//	excess   js - floor
//
// and for each pair of levels NAME.SOURCE.OUTCOME.VARIABLE.'M-F'.STATISTIC with
//
//	excess_gap  excess of the first level less that of the second; its p-value is
//	            that of no difference
//
// For a contrast 'a-b' in the place of the source, excess and its gap are differences
// of the two sources, paired by replicate, and closing, of sources that are no
// groups, is |gap of a| - |gap of b|: negative when a closes what b left open. people.OUTCOME.VARIABLE.'M-F'.gap_floor
// is the mean |gap| of two samples of people, gap_floor95 its 95th percentile.
type Alignment struct {
	Common
	// The divergence whose distances by subgroup are compared, by its name.
	Of string `toml:"of"`
	// Differences between sources, "a-b": whether a closes the gaps of b.
	Contrasts []string `toml:"contrasts"`
	// Level of the intervals. Default 0.95.
	Level float64 `toml:"level"`
}

// Needs returns the divergence.
func (p *Alignment) Needs() []string {
	if p.Of == "" {
		return nil
	}
	return []string{p.Of}
}

// NeedsKind returns "divergence": the kind of what Needs names.
func (p *Alignment) NeedsKind() string { return "divergence" }

// CheckNeeded says what the divergence lacks.
func (p *Alignment) CheckNeeded(needed Params) error {
	if d, ok := needed.(*Divergence); ok && len(d.By) == 0 {
		return errors.New("compares no subgroups; write by = [\"VARIABLE\"] there")
	}
	return nil
}

// Check looks for unknown sources and impossible numbers.
func (p *Alignment) Check(s *frame.Schema) error {
	c := &checker{schema: s}
	if p.Of == "" {
		c.fail("of", "name the divergence whose subgroups are compared: of = \"NAME\"")
	}
	if p.Sample != "" {
		c.fail("sample", "the rows are those of the divergence; set the sample there")
	}
	if p.Where != "" {
		c.fail("where", "the rows are those of the divergence; set the rule there")
	}
	c.sources("sources", p.Sources)
	c.contrasts("contrasts", p.Contrasts, p.Sources)
	c.level("level", p.Level)
	return c.err()
}

// Run compares the subgroups of every source.
func (p *Alignment) Run(ctx context.Context, in Input) (*Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &alignmentRun{Alignment: p, in: in, schema: in.Frame.Schema, result: &Result{}}
	if of := in.Results[p.Of]; of != nil {
		r.of = of.Subgroups
	}
	if r.of == nil {
		r.of = &subgroupDistances{}
		r.result.Warnings = append(r.result.Warnings, Warning{Text: fmt.Sprintf("%s compares no subgroups, so none can be said to be represented worse.", p.Of)})
	} else {
		r.sample = r.of.sel.sample
	}
	r.grouped = newGroups(r.entering(), p.Contrasts, false, p.Level)
	r.subgroups()
	r.gaps()
	r.grouped.finish(r.add)
	r.present()
	return r.result, nil
}

// alignmentRun is an alignment on its way.
type alignmentRun struct {
	*Alignment
	in      Input
	schema  *frame.Schema
	of      *subgroupDistances
	sample  string
	result  *Result
	grouped *groups
}

// entering returns the sources that are looked at, as a selection.
func (r *alignmentRun) entering() *selection {
	sel := &selection{schema: r.schema, sample: r.sample}
	if r.of.sel != nil {
		for _, src := range r.of.sel.sources {
			if r.enters(src.Name) {
				sel.sources = append(sel.sources, src)
			}
		}
	}
	return sel
}

func (r *alignmentRun) add(e Estimate) {
	e.Sample = r.sample
	if math.IsNaN(e.Value) && e.Why == "" {
		e.Why = "nothing to compare"
	}
	r.result.Estimates = append(r.result.Estimates, e)
}

// enters says whether a source is looked at.
func (r *alignmentRun) enters(source string) bool {
	return r.Sources == nil || slices.Contains(r.Sources, source)
}

// floor returns the mean corrected distance of two samples of people, 0 where
// no floor was drawn.
func (d *subgroupDistance) floor() float64 {
	if d.floors == nil {
		return 0
	}
	return meanOf(d.floors)
}

// less returns numbers less a constant, nil of nil.
func less(xs []float64, c float64) []float64 {
	if xs == nil {
		return nil
	}
	ys := make([]float64, len(xs))
	for i, x := range xs {
		ys[i] = x - c
	}
	return ys
}

// difference returns a - b, draw by draw; nil where one has none.
func difference(a, b []float64) []float64 {
	if len(a) != len(b) {
		return nil
	}
	d := make([]float64, len(a))
	for i := range d {
		d[i] = a[i] - b[i]
	}
	return d
}

// subgroups adds the excess of every subgroup, and the differences of sources.
func (r *alignmentRun) subgroups() {
	for _, d := range r.of.distances {
		if !r.enters(d.Source) {
			continue
		}
		r.add(d.Estimate)
		e := d.Estimate
		if d.floors != nil {
			f := Number(d.Key, d.floor())
			f.Statistic, f.People = "floor", d.fewest
			f.SE = sdOf(d.floors)
			f.Lo, f.Hi = percentiles(d.floors, r.Level)
			r.add(f)
			f95 := Number(f.Key, quantile(d.floors, .95))
			f95.Statistic, f95.People = "floor95", d.fewest
			r.add(f95)
		}
		e.Statistic, e.Value = "excess", d.Value-d.floor()
		e = e.between(less(d.reps, d.floor()), r.Level).ofFew(d.fewest)
		r.add(e)
		e.People = d.fewest
		r.grouped.note(e, func() spread { return spread{reps: less(d.reps, d.floor())} })
	}
	for _, c := range r.Contrasts {
		a, b, _ := strings.Cut(c, "-")
		for _, d := range r.of.distances {
			o := r.of.find(b, d.Outcome, d.Variable, d.Level)
			if d.Source != a || o == nil {
				continue
			}
			e := d.Estimate
			e.Source, e.Statistic, e.Value = c, "excess", (d.Value-d.floor())-(o.Value-o.floor())
			r.add(e.differing(difference(d.reps, o.reps), r.Level).ofFew(min(d.fewest, o.fewest)))
		}
	}
}

// differing sets interval, standard error and p-value of a difference from its
// replicates.
func (e Estimate) differing(reps []float64, level float64) Estimate {
	e.SE = sdOf(reps)
	e = e.between(reps, level)
	e.P = signP(reps)
	return e
}

// pairOfLevels is two levels of a variable whose excess is compared.
type pairOfLevels struct{ variable, first, second string }

func (p pairOfLevels) name() string { return p.first + "-" + p.second }

// pairs returns the pairs of levels that some source has: the later level
// first.
func (r *alignmentRun) pairs() []pairOfLevels {
	if r.of.params == nil {
		return nil
	}
	var pairs []pairOfLevels
	for _, variable := range r.of.params.By {
		var levels []string
		for _, l := range r.schema.Variable(variable).Levels {
			if slices.ContainsFunc(r.of.distances, func(d *subgroupDistance) bool {
				return d.Variable == variable && d.Level == l && !math.IsNaN(d.Value)
			}) {
				levels = append(levels, l)
			}
		}
		for j := range levels {
			for i := range j {
				pairs = append(pairs, pairOfLevels{variable, levels[j], levels[i]})
			}
		}
	}
	return pairs
}

// gap is the difference of the excess of two levels.
type gap struct {
	Estimate
	reps   []float64
	fewest int
}

// gapOf returns the gap of a source, false where it has not both levels.
func (r *alignmentRun) gapOf(source, outcome string, p pairOfLevels) (gap, bool) {
	a, b := r.of.find(source, outcome, p.variable, p.first), r.of.find(source, outcome, p.variable, p.second)
	if a == nil || b == nil {
		return gap{}, false
	}
	e := Number(Key{Source: source, Outcome: outcome, Variable: p.variable, Level: p.name(), Statistic: "excess_gap"}, (a.Value-a.floor())-(b.Value-b.floor()))
	e.People, e.Rows, e.Draws = a.fewest+b.fewest, a.Rows+b.Rows, a.Draws
	reps := difference(less(a.reps, a.floor()), less(b.reps, b.floor()))
	fewest := min(a.fewest, b.fewest)
	return gap{e.differing(reps, r.Level).ofFew(fewest), reps, fewest}, true
}

// outcomes returns the outcomes in their order, sources those that enter.
func (r *alignmentRun) outcomes() (outcomes, sources []string) {
	for _, d := range r.of.distances {
		if !slices.Contains(outcomes, d.Outcome) {
			outcomes = append(outcomes, d.Outcome)
		}
		if r.enters(d.Source) && !slices.Contains(sources, d.Source) {
			sources = append(sources, d.Source)
		}
	}
	return outcomes, sources
}

// gaps adds the gaps of the sources, of two samples of people, and what becomes
// of them between sources.
func (r *alignmentRun) gaps() {
	outcomes, sources := r.outcomes()
	for _, p := range r.pairs() {
		for _, o := range outcomes {
			for _, s := range sources {
				if g, ok := r.gapOf(s, o, p); ok {
					r.add(g.Estimate)
					r.grouped.note(g.Estimate, func() spread { return spread{reps: g.reps, tested: true} })
				}
			}
			r.gapFloor(o, p)
			for _, c := range r.Contrasts {
				a, b, _ := strings.Cut(c, "-")
				first, ok := r.gapOf(a, o, p)
				second, both := r.gapOf(b, o, p)
				if ok && both {
					r.closing(c, first, second)
				}
			}
		}
	}
}

// closing adds the difference of two gaps, and that of their sizes.
func (r *alignmentRun) closing(contrast string, a, b gap) {
	e := a.Estimate
	few := min(a.fewest, b.fewest)
	e.Source, e.Value = contrast, a.Value-b.Value
	r.add(e.differing(difference(a.reps, b.reps), r.Level).ofFew(few))
	e.Statistic, e.Value = "closing", math.Abs(a.Value)-math.Abs(b.Value)
	r.add(e.differing(difference(absolute(a.reps), absolute(b.reps)), r.Level).ofFew(few))
}

// absolute returns the absolute values.
func absolute(xs []float64) []float64 {
	ys := make([]float64, len(xs))
	for i, x := range xs {
		ys[i] = math.Abs(x)
	}
	return ys
}

// gapFloor adds the gap of two samples of people: their distances in the two
// levels, each less its mean.
func (r *alignmentRun) gapFloor(outcome string, p pairOfLevels) {
	var a, b *subgroupDistance
	for _, d := range r.of.distances {
		if d.Outcome == outcome && d.Variable == p.variable && d.floors != nil {
			switch d.Level {
			case p.first:
				a = d
			case p.second:
				b = d
			}
		}
	}
	if a == nil || b == nil {
		return
	}
	gaps := absolute(difference(less(a.floors, a.floor()), less(b.floors, b.floor())))
	e := Number(Key{Source: people, Outcome: outcome, Variable: p.variable, Level: p.name(), Statistic: "gap_floor"}, meanOf(gaps))
	e.SE, e.People = sdOf(gaps), a.fewest+b.fewest
	e.Lo, e.Hi = percentiles(gaps, r.Level)
	r.add(e)
	e95 := Number(e.Key, quantile(gaps, .95))
	e95.Statistic, e95.People = "gap_floor95", e.People
	r.add(e95)
}
