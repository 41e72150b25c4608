package analysis

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// statistic is a number that is a function of sums over respondents.
type statistic struct {
	name string
	// Columns of the sums of which the statistic is the ratio: its standard
	// error is then CR1 and its interval t. Both 0 for others, whose error and
	// interval come from the bootstrap.
	num, den int
	// Where the sums count the respondents behind the statistic when these are
	// not all of the arm, 0 when they are.
	complete int
	// OwnBias says that the statistic is compared at equal sizes with its bias
	// in it, and Top is its largest value, 0 for none.
	ownBias bool
	top     float64
	// Why it is NaN where it is.
	why string
}

func (s statistic) isRatio() bool { return s.den != 0 }

// people returns how many respondents of an arm with these sums are behind the
// statistic.
func (s statistic) people(l *ledger, total []float64) int {
	if s.complete > 0 {
		return int(total[s.complete])
	}
	return l.people()
}

// interval sets the standard error and the interval of an estimate from
// replicates of the statistic, or of a difference of two.
func (s statistic) interval(e Estimate, reps []float64, level float64) Estimate {
	if s.ownBias {
		return e.lessBias(reps, level, 1)
	}
	return e.resampled(reps, level)
}

// measuring computes statistics of every source and subgroup, with intervals,
// with differences to the people and other contrasts, and with floors. It is
// what coherence and heterogeneity share.
type measuring struct {
	in         Input
	sel        *selection
	sample     Common
	by         []string
	contrasts  []string
	replicates int
	floor      int
	level      float64

	outcome    string // in the addresses, "" for none
	statistics []statistic
	tally      tally
	value      func(sum, out []float64)

	redraws *redraws // nil where no source tells probabilities
	groups  *groups  // nil for none
	result  *Result
}

// add keeps an estimate of the result.
func (m *measuring) add(e Estimate) {
	e.Sample = m.sel.sample
	m.result.Estimates = append(m.result.Estimates, e)
}

// resampling returns the draws of a purpose.
func (m *measuring) resampling(purpose string, n int) stat.Resampling {
	return stat.Resampling{Streams: m.in.Streams, Name: m.in.Name + "." + purpose, B: n, Workers: m.in.Workers}
}

// run adds all estimates of the outcome.
func (m *measuring) run(ctx context.Context) error {
	ls := newLedgers(m.in.Frame, m.sel.sources, m.by, m.tally)
	drawn, err := m.redraw(ctx, ls)
	if err != nil {
		return err
	}
	k := len(m.statistics)
	seen, totals := make([][]float64, len(ls.arms)), make([][]float64, len(ls.arms))
	for i, l := range ls.arms {
		seen[i], totals[i] = make([]float64, k), l.total()
		m.value(totals[i], seen[i])
	}
	reps := make([][][]float64, len(ls.arms))
	if m.replicates > 0 {
		if reps, err = ls.resample(ctx, m.resampling("bootstrap", m.replicates), k, m.value); err != nil {
			return err
		}
	}
	for i, l := range ls.arms {
		drawn[i].centred(seen[i], reps[i])
		m.estimates(l, totals[i], seen[i], reps[i], drawn[i])
	}
	m.differences(ls, totals, seen, reps)
	m.groups.finish(m.add)
	return m.floors(ctx, ls)
}

// key returns the address of a statistic of an arm.
func (m *measuring) key(l *ledger, name string) Key {
	return Key{Source: l.src.Name, Outcome: m.outcome, Variable: l.variable, Level: l.level, Statistic: name}
}

// estimates adds the statistics of one arm.
func (m *measuring) estimates(l *ledger, total, seen []float64, reps [][]float64, drawn redrawnArm) {
	n := Number(m.key(l, "n"), float64(l.people()))
	n.People, n.Rows = l.people(), l.rows
	m.add(n)
	few, of := l.people(), "" // the fewest behind a statistic, when there are any
	behind := func(people int, name string) {
		if people > 0 && people < few {
			few, of = people, name
		}
	}
	for i, s := range m.statistics {
		e := Number(m.key(l, s.name), seen[i])
		switch {
		case s.isRatio():
			e = l.ratio(s).estimate(e.Key, m.level)
			behind(e.People, s.name)
		case reps != nil:
			e = s.interval(e, reps[i], m.level)
			if s.top > 0 {
				e.Hi = math.Min(e.Hi, s.top)
			}
		}
		if math.IsNaN(e.Value) {
			e.Why = s.why
			if l.people() == 0 {
				e.Why = "nobody answered"
			}
		}
		e.People, e.Rows, e.Draws = s.people(l, total), l.rows, l.src.Draws
		behind(e.People, s.name)
		m.groups.note(e, func() spread { return m.spread(l, s, e.Value, i, reps) })
		e = e.ofFew(e.People)
		if drawn != nil {
			e.Draws = m.redraws.n
		}
		m.add(e)
		if drawn != nil {
			low, high := drawn.ends(i)
			m.add(e.end("_low", low))
			m.add(e.end("_high", high))
		}
	}
	if few > 0 && few < leastPeople {
		cell := l.src.title()
		if l.variable != "" {
			cell += ", " + subgroup(m.sel.schema, l.variable, l.level)
		}
		if m.outcome != "" {
			cell += ", " + outcomeTitle(m.sel.schema, m.outcome)
		}
		if of != "" {
			cell += ", " + strings.ReplaceAll(of, "_", " ")
		}
		m.result.Warnings = append(m.result.Warnings, tooFew(l.src.Name, cell, few))
	}
}

// spread returns how statistic i of an arm varies over samples of respondents.
func (m *measuring) spread(l *ledger, s statistic, value float64, i int, reps [][]float64) spread {
	switch {
	case s.isRatio():
		return spread{adds: l.adds(s)}
	case reps == nil:
		return spread{}
	case s.ownBias:
		return spread{reps: lessBiased(reps[i], value, 1), signs: lessBiased(reps[i], value, 2)}
	}
	return spread{reps: lessBiased(reps[i], value, shift(s.name))}
}

// adds returns what each respondent adds to a ratio. Those who are counted are
// of a pool that no other source shares, and it does not matter who is who.
func (l *ledger) adds(s statistic) map[respondent]float64 {
	r := l.ratio(s)
	u, _ := r.influence()
	adds := make(map[respondent]float64, len(u))
	for g, x := range u {
		switch {
		case r.den[g] == 0:
		case r.times == nil:
			adds[respondent{int32(l.pool), l.person[g]}] = x
		default:
			for range int(r.times[g]) {
				adds[respondent{int32(l.pool), int32(len(adds))}] = x
			}
		}
	}
	return adds
}

// ratio returns the ratio of two sums of the arm.
func (l *ledger) ratio(s statistic) ratio {
	if l.times != nil {
		r := ratio{times: l.times}
		for j := range l.times {
			v := l.vectors.row(j)
			r.num, r.den = append(r.num, v[s.num]), append(r.den, v[s.den])
		}
		return r
	}
	r := ratio{num: make([]float64, l.people()), den: make([]float64, l.people())}
	for g := range l.person {
		v := l.of(g)
		r.num[g], r.den[g] = v[s.num], v[s.den]
	}
	return r
}

// differences adds each source minus the people, and the contrasts asked for,
// paired by respondent.
func (m *measuring) differences(ls *ledgers, totals, seen [][]float64, reps [][][]float64) {
	for _, name := range withPeople(m.sel, m.contrasts) {
		a, b, _ := strings.Cut(name, "-")
		for i, l := range ls.arms {
			j := slices.IndexFunc(ls.arms, func(o *ledger) bool { return o.src.Name == b && o.variable == l.variable && o.level == l.level })
			if l.src.Name != a || j < 0 {
				continue
			}
			for k, s := range m.statistics {
				e := Number(m.key(l, s.name), seen[i][k]-seen[j][k])
				e.Source = name
				e.People, e.Rows, e.Draws = s.people(l, totals[i]), l.rows, l.src.Draws
				switch {
				case s.isRatio():
					e = e.pairedBy(l, ls.arms[j], s, m.level)
				case reps[i] != nil:
					diff := make([]float64, len(reps[i][k]))
					for r := range diff {
						diff[r] = reps[i][k][r] - reps[j][k][r]
					}
					e = s.interval(e, diff, m.level)
					bias := meanOf(diff) - e.Value
					for r := range diff {
						diff[r] -= 2 * bias
					}
					e.P = signP(diff)
				}
				if math.IsNaN(e.Value) {
					e.Why = "one of the two is not a number"
				}
				e = e.ofFew(min(s.people(l, totals[i]), s.people(ls.arms[j], totals[j])))
				m.add(e)
			}
		}
	}
}

// withPeople returns the contrasts asked for behind those of every source with
// the people.
func withPeople(sel *selection, contrasts []string) []string {
	var names []string
	if sel.source(people) != nil {
		for _, src := range sel.sources {
			if src.Name != people {
				names = append(names, src.Name+"-"+people)
			}
		}
	}
	for _, c := range contrasts {
		if !slices.Contains(names, c) {
			names = append(names, c)
		}
	}
	return names
}

// pairedBy sets the standard error, the t interval and the p-value of the
// difference of two ratios. Respondents who are in both arms are paired.
func (e Estimate) pairedBy(a, b *ledger, s statistic, level float64) Estimate {
	ra, rb := a.ratio(s), b.ratio(s)
	ua, na := ra.influence()
	ub, nb := rb.influence()
	df := float64(min(na, nb) - 1)
	if a.pool == b.pool {
		u := make(map[int32]float64, len(ua))
		for i, g := range a.person {
			u[g] += ua[i]
		}
		for i, g := range b.person {
			u[g] -= ub[i]
		}
		all := make([]float64, 0, len(u))
		for _, g := range slices.Sorted(maps.Keys(u)) {
			all = append(all, u[g])
		}
		e.SE = clustered(all, nil, len(all))
		df = float64(len(all) - 1)
	} else {
		e.SE = math.Hypot(clustered(ua, ra.times, na), clustered(ub, rb.times, nb))
	}
	e = e.wald(level, df)
	e.P = tPValue(e.Value/e.SE, df)
	return e.ofFew(min(na, nb))
}

// floors adds, for the people, how much two samples of people differ: the mean
// of |Δ| over random pairs of samples without a common person (STATISTIC_floor),
// with its central range, and its 95th percentile (STATISTIC_floor95). The
// samples have as many people as the arm; where there are fewer than twice as
// many people whom no rule excludes, pilot included, they are halves.
func (m *measuring) floors(ctx context.Context, ls *ledgers) error {
	if m.floor == 0 || m.sel.source(people) == nil {
		return nil
	}
	common := m.sample
	common.Sample, common.Sources = "all", []string{people}
	all, err := common.pick(m.in.Frame, "")
	if err != nil {
		return err
	}
	k := len(m.statistics)
	one := m.tally
	one.keys = nil // they are split one by one
	everybody := newLedgers(m.in.Frame, all.sources, m.by, one)
	strata := personAtoms(m.in.Frame, all.sources[0], m.by)
	for _, l := range everybody.arms {
		own := slices.IndexFunc(ls.arms, func(o *ledger) bool {
			return o.src.Name == people && o.variable == l.variable && o.level == l.level
		})
		n := min(ls.arms[own].people(), l.people()/2)
		if n == 0 {
			continue
		}
		stratum := make([]int, l.people())
		for i, g := range l.person {
			stratum[i] = strata[g]
		}
		r := m.resampling("floor."+l.variable+"."+l.level, m.floor)
		first, second, err := l.splits(ctx, r, stratum, n, k, m.value)
		if err != nil {
			return err
		}
		for i, s := range m.statistics {
			diff := make([]float64, len(first[i]))
			for j := range diff {
				diff[j] = math.Abs(first[i][j] - second[i][j])
			}
			e := Number(m.key(ls.arms[own], s.name+"_floor"), meanOf(diff))
			e.SE = sdOf(diff)
			e.Lo, e.Hi = percentiles(diff, m.level)
			e.People = n
			if math.IsNaN(e.Value) {
				e.Why = s.why
			}
			m.add(e)
			e95 := Number(m.key(ls.arms[own], s.name+"_floor95"), quantile(diff, .95))
			e95.People, e95.Why = n, e.Why
			m.add(e95)
		}
	}
	return nil
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

// finder finds estimates of a finished result by their keys.
type finder struct {
	name  string
	found map[Key]Estimate
}

func newFinder(name string, r *Result) finder {
	f := finder{name, make(map[Key]Estimate, len(r.Estimates))}
	for _, e := range r.Estimates {
		f.found[e.Key] = e
	}
	return f
}

// cell shows an estimate, blank when there is none.
func (f finder) cell(kind CellKind, k Key) Cell {
	e, ok := f.found[k]
	if !ok {
		return Cell{Kind: Blank}
	}
	return Show(kind, e, f.name)
}

// number returns the value of an estimate, NaN when there is none.
func (f finder) number(k Key) float64 {
	if e, ok := f.found[k]; ok {
		return e.Value
	}
	return math.NaN()
}

// phrase says a value with its interval, as inline cells.
func (f finder) phrase(k Key, level float64, percent bool) string {
	c := cite
	if percent {
		c = citePercent
	}
	return fmt.Sprintf("%s (%s interval %s to %s)", c(f.name, k, ""), levelWord(level), c(f.name, k, "lo"), c(f.name, k, "hi"))
}
