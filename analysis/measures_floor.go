package analysis

import (
	"context"
	"math"
	"slices"

	"silico/analysis/frame"
)

// armSplits are the statistics of pairs of samples of people without a common
// person.
type armSplits struct {
	arm           *ledger // of the people
	n             int     // people of a sample
	first, second [][]float64
}

// only returns the splits with the statistics from one number up to another.
func (s armSplits) only(from, to int) armSplits {
	s.first, s.second = s.first[from:to], s.second[from:to]
	return s
}

// splits draws pairs of samples of people for the floors. The samples have as
// many people as the arm; where there are fewer than twice as many people whom
// no rule excludes, pilot included, they are halves.
func (m *measuring) splits(ctx context.Context, ls *ledgers) ([]armSplits, error) {
	if m.floor == 0 || m.sel.source(people) == nil {
		return nil, nil
	}
	all, err := m.sample.everybody(m.in.Frame, people)
	if err != nil {
		return nil, err
	}
	one := m.tally
	one.keys = nil // they are split one by one
	everybody := newLedgers(m.in.Frame, all.sources, m.by, one)
	strata := personAtoms(m.in.Frame, all.sources[0], m.by)
	var list []armSplits
	for _, l := range everybody.arms {
		own := ls.arms[slices.IndexFunc(ls.arms, func(o *ledger) bool {
			return o.src.Name == people && o.variable == l.variable && o.level == l.level
		})]
		n := min(own.people(), l.people()/2)
		if n == 0 {
			continue
		}
		stratum := make([]int, l.people())
		for i, g := range l.person {
			stratum[i] = strata[g]
		}
		r := m.resampling("floor."+l.variable+"."+l.level, m.floor)
		first, second, err := l.splits(ctx, r, stratum, n, m.width(), m.value)
		if err != nil {
			return nil, err
		}
		list = append(list, armSplits{own, n, first, second})
	}
	return list, nil
}

// floors adds how much two samples of people differ: the mean of |Δ| over random
// pairs (STATISTIC_floor), with its central range, and its 95th percentile
// (STATISTIC_floor95).
func (m *measuring) floors(o measuredOutcome, a armSplits) {
	for i, s := range o.statistics {
		diff := make([]float64, len(a.first[i]))
		for j := range diff {
			diff[j] = math.Abs(a.first[i][j] - a.second[i][j])
		}
		e := Number(o.key(a.arm, s.name+"_floor"), meanOf(diff))
		e.SE = sdOf(diff)
		e.Lo, e.Hi = percentiles(diff, m.level)
		e.People = a.n
		if math.IsNaN(e.Value) {
			e.Why = s.why
		}
		m.add(e)
		e95 := Number(o.key(a.arm, s.name+"_floor95"), quantile(diff, .95))
		e95.People, e95.Why = a.n, e.Why
		m.add(e95)
	}
}

// personAtoms returns the combination of grouping levels of the first row of
// each respondent of a source, in the order of respondents.
func personAtoms(f *frame.Frame, src *sourceRows, by []string) []int {
	g := newGrouping(f, by)
	var atoms []int
	for _, row := range oneRow(src) {
		atoms = append(atoms, g.atom(row))
	}
	return atoms
}
