package analysis

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

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

// people returns how many respondents of an arm are behind the statistic.
func (s statistic) people(a measuredArm) int {
	if s.complete > 0 {
		return int(a.sums[s.complete])
	}
	return a.people()
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
// what coherence, heterogeneity and score share.
type measuring struct {
	in         Input
	sel        *selection
	sample     Common
	by         []string
	contrasts  []string
	replicates int
	floor      int
	level      float64

	outcomes []measuredOutcome
	tally    tally
	value    func(sum, out []float64) // the statistics of all outcomes, in their order

	redraws *redraws // nil where no source tells probabilities
	groups  *groups  // nil for none
	result  *Result
}

// measuredOutcome are the statistics of an outcome.
type measuredOutcome struct {
	outcome    string // in the addresses, "" for none
	statistics []statistic
}

// measuredArm is an arm with what its statistics are in the sample, in resamples
// and in draws.
type measuredArm struct {
	*ledger
	sums  []float64 // over the respondents
	seen  []float64
	reps  [][]float64 // of each statistic; nil without resamples
	drawn redrawnArm  // nil where nothing is drawn anew
}

// only returns the arm with the statistics from one number up to another.
func (a measuredArm) only(from, to int) measuredArm {
	a.seen = a.seen[from:to]
	if a.reps != nil {
		a.reps = a.reps[from:to]
	}
	if a.drawn != nil {
		a.drawn = a.drawn[from:to]
	}
	return a
}

// add keeps an estimate of the result.
func (m *measuring) add(e Estimate) {
	e.Sample = m.sel.sample
	m.result.Estimates = append(m.result.Estimates, e)
}

// resampling returns the draws of a purpose.
func (m *measuring) resampling(purpose string, n int) stat.Resampling {
	return stat.Resampling{Streams: m.in.Streams, Name: purpose, B: n, Workers: m.in.Workers}
}

// width returns the number of statistics.
func (m *measuring) width() int {
	n := 0
	for _, o := range m.outcomes {
		n += len(o.statistics)
	}
	return n
}

// run adds all estimates of the outcomes.
func (m *measuring) run(ctx context.Context) error {
	ls := newLedgers(m.in.Frame, m.sel.sources, m.by, m.tally)
	arms, err := m.measure(ctx, ls)
	if err != nil {
		return err
	}
	splits, err := m.splits(ctx, ls)
	if err != nil {
		return err
	}
	from := 0
	for _, o := range m.outcomes {
		to := from + len(o.statistics)
		own := make([]measuredArm, len(arms))
		for i, a := range arms {
			own[i] = a.only(from, to)
			m.estimates(o, own[i])
		}
		m.differences(o, own)
		m.groups.finish(m.add)
		for _, s := range splits {
			m.floors(o, s.only(from, to))
		}
		from = to
	}
	return nil
}

// measure computes the statistics of the arms.
func (m *measuring) measure(ctx context.Context, ls *ledgers) ([]measuredArm, error) {
	drawn, err := m.redraw(ctx, ls)
	if err != nil {
		return nil, err
	}
	k := m.width()
	arms := make([]measuredArm, len(ls.arms))
	for i, l := range ls.arms {
		arms[i] = measuredArm{ledger: l, sums: l.total(), seen: make([]float64, k), drawn: drawn[i]}
		m.value(arms[i].sums, arms[i].seen)
	}
	if m.replicates > 0 {
		reps, err := ls.resample(ctx, m.resampling("bootstrap", m.replicates), k, m.value)
		if err != nil {
			return nil, err
		}
		for i := range arms {
			arms[i].reps = reps[i]
		}
	}
	for _, a := range arms {
		a.drawn.centred(a.seen, a.reps)
	}
	return arms, nil
}

// key returns the address of a statistic of an arm.
func (o measuredOutcome) key(l *ledger, name string) Key {
	return Key{Source: l.src.Name, Outcome: o.outcome, Variable: l.variable, Level: l.level, Statistic: name}
}

// estimates adds the statistics of one arm.
func (m *measuring) estimates(o measuredOutcome, a measuredArm) {
	n := Number(o.key(a.ledger, "n"), float64(a.people()))
	n.People, n.Rows = a.people(), a.rows
	m.add(n)
	few, of := a.people(), "" // the fewest behind a statistic, when there are any
	behind := func(people int, name string) {
		if people > 0 && people < few {
			few, of = people, name
		}
	}
	for i, s := range o.statistics {
		e := Number(o.key(a.ledger, s.name), a.seen[i])
		switch {
		case s.isRatio():
			e = a.ratio(s).estimate(e.Key, m.level)
			behind(e.People, s.name)
		case a.reps != nil:
			e = s.interval(e, a.reps[i], m.level)
			if s.top > 0 {
				e.Hi = math.Min(e.Hi, s.top)
			}
		}
		if math.IsNaN(e.Value) {
			e.Why = s.why
			if a.people() == 0 {
				e.Why = "nobody answered"
			}
		}
		e.People, e.Rows, e.Draws = s.people(a), a.rows, a.src.Draws
		behind(e.People, s.name)
		m.groups.note(e, func() spread { return a.spread(s, e.Value, i) })
		e = e.ofFew(e.People)
		if a.drawn != nil {
			e.Draws = m.redraws.n
		}
		m.add(e)
		if a.drawn != nil {
			low, high := a.drawn.ends(i)
			m.add(e.end("_low", low))
			m.add(e.end("_high", high))
		}
	}
	if few > 0 && few < leastPeople {
		cell := a.src.title()
		if a.variable != "" {
			cell += ", " + subgroup(m.sel.schema, a.variable, a.level)
		}
		if o.outcome != "" {
			cell += ", " + outcomeTitle(m.sel.schema, o.outcome)
		}
		if of != "" {
			cell += ", " + strings.ReplaceAll(of, "_", " ")
		}
		m.result.Warnings = append(m.result.Warnings, tooFew(a.src.Name, cell, few))
	}
}

// spread returns how statistic i of an arm varies over samples of respondents.
func (a measuredArm) spread(s statistic, value float64, i int) spread {
	switch {
	case s.isRatio():
		return spread{adds: a.adds(s)}
	case a.reps == nil:
		return spread{}
	case s.ownBias:
		return spread{reps: lessBiased(a.reps[i], value, 1), signs: lessBiased(a.reps[i], value, 2)}
	}
	return spread{reps: lessBiased(a.reps[i], value, shift(s.name))}
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
func (m *measuring) differences(o measuredOutcome, arms []measuredArm) {
	for _, name := range withPeople(m.sel, m.contrasts) {
		first, second, _ := strings.Cut(name, "-")
		for _, a := range arms {
			i := slices.IndexFunc(arms, func(b measuredArm) bool {
				return b.src.Name == second && b.variable == a.variable && b.level == a.level
			})
			if a.src.Name != first || i < 0 {
				continue
			}
			b := arms[i]
			for k, s := range o.statistics {
				e := Number(o.key(a.ledger, s.name), unlessRounding(a.seen[k]-b.seen[k], math.Abs(a.seen[k])+math.Abs(b.seen[k])))
				e.Source = name
				e.People, e.Rows, e.Draws = s.people(a), a.rows, a.src.Draws
				switch {
				case s.isRatio():
					e = e.pairedBy(a.ledger, b.ledger, s, m.level)
				case a.reps != nil:
					diff := make([]float64, len(a.reps[k]))
					for r := range diff {
						diff[r] = a.reps[k][r] - b.reps[k][r]
					}
					e = s.interval(e, diff, m.level)
					bias := meanOf(diff) - e.Value
					for r := range diff {
						diff[r] -= 2 * bias
					}
					e.P = signP(diff)
				}
				if math.IsNaN(e.Value) {
					e.SE, e.Why = math.NaN(), "one of the two is not a number"
				}
				m.add(e.ofFew(min(s.people(a), s.people(b))))
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
	e.SE = unlessRounding(e.SE, math.Abs(ra.value())+math.Abs(rb.value()))
	return e.wald(level, df).waldP(df).ofFew(min(na, nb))
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
