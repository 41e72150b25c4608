package analysis

import (
	"math"
	"slices"
	"strings"

	"silico/analysis/frame"
)

// groups makes the numbers of groups of sources: the mean of each number over
// the members, the least and the largest of them, and differences between a
// group and another source. An analysis notes its estimates as it makes them,
// with what it knows of how they vary over samples of people; since the members
// answer for the same people, their mean varies as they do together.
//
// The addresses are those of a source, with the name of the group in its place;
// beside STATISTIC stand STATISTIC_low and STATISTIC_high.
type groups struct {
	schema    *frame.Schema
	level     float64        // of the intervals
	of        []*frame.Group // whose members all enter
	contrasts []string       // those that a group is part of
	noted     map[Key]noted
	order     []Key
}

// noted is an estimate with its spread.
type noted struct {
	Estimate
	spread
}

// spread is how an estimate varies over samples of respondents: by replicates,
// or by what each respondent adds to it. Both are nil where that is not known.
type spread struct {
	reps  []float64 // as the interval takes them
	signs []float64 // as the p-value takes them; nil for those of the interval
	adds  map[respondent]float64
	// Of adds: normal says that the interval is, and not t; tested that the
	// estimate itself has a p-value.
	normal, tested bool
}

// unknown is the spread of an estimate of which it is not known.
func unknown() spread { return spread{} }

// respondent is one of a pool.
type respondent struct{ pool, person int32 }

// newGroups returns the groups of a selection, with the contrasts asked for and,
// where toPeople says so, the difference of each group to the people.
func newGroups(sel *selection, contrasts []string, toPeople bool, level float64) *groups {
	g := &groups{schema: sel.schema, level: level, noted: map[Key]noted{}}
	for i := range sel.schema.Groups {
		group := &sel.schema.Groups[i]
		if slices.ContainsFunc(group.Of, func(name string) bool { return sel.source(name) == nil }) {
			continue
		}
		g.of = append(g.of, group)
		if toPeople && sel.source(people) != nil {
			g.contrasts = append(g.contrasts, group.Name+"-"+people)
		}
	}
	for _, c := range contrasts {
		a, b, _ := strings.Cut(c, "-")
		if (g.group(a) != nil || g.group(b) != nil) && !slices.Contains(g.contrasts, c) {
			g.contrasts = append(g.contrasts, c)
		}
	}
	return g
}

// group returns the group of a name that enters, nil when there is none.
func (g *groups) group(name string) *frame.Group {
	for _, group := range g.of {
		if group.Name == name {
			return group
		}
	}
	return nil
}

// need says whether a group or a difference of one is made from a source.
func (g *groups) need(source string) bool {
	in := func(group *frame.Group) bool { return slices.Contains(group.Of, source) }
	part := func(contrast string) bool {
		a, b, _ := strings.Cut(contrast, "-")
		return a == source || b == source
	}
	return slices.ContainsFunc(g.of, in) || slices.ContainsFunc(g.contrasts, part)
}

// note keeps an estimate of a source, where it is needed. s is called for only
// then.
func (g *groups) note(e Estimate, s func() spread) {
	if g.need(e.Source) {
		g.keep(noted{e, s()})
	}
}

func (g *groups) keep(n noted) {
	if _, ok := g.noted[n.Key]; !ok {
		g.order = append(g.order, n.Key)
	}
	g.noted[n.Key] = n
}

// finish adds what the groups make of the estimates noted since the last time.
func (g *groups) finish(add func(Estimate)) {
	sources := g.order
	for _, group := range g.of {
		for _, k := range sources {
			if k.Source == group.Of[0] {
				g.mean(group, k, add)
			}
		}
	}
	of := g.order
	for _, contrast := range g.contrasts {
		a, b, _ := strings.Cut(contrast, "-")
		for _, k := range of {
			if k.Source == a {
				g.difference(contrast, k, k.by(b), add)
			}
		}
	}
	g.noted, g.order = map[Key]noted{}, nil
}

// by returns the key of the same number of another source.
func (k Key) by(source string) Key {
	k.Source = source
	return k
}

// mean adds the mean of a number over the members of a group, the least and the
// largest, where all of them have it.
func (g *groups) mean(group *frame.Group, k Key, add func(Estimate)) {
	n := float64(len(group.Of))
	e := Number(k.by(group.Name), 0)
	low, high := math.Inf(1), math.Inf(-1)
	var members []noted
	for _, name := range group.Of {
		m, ok := g.noted[k.by(name)]
		if !ok {
			return
		}
		if len(members) == 0 || m.People < e.People {
			e.People, e.Rows = m.People, m.Rows
		}
		members, e.Sample = append(members, m), m.Sample
		e.Value += m.Value / n
		low, high = min(low, m.Value), max(high, m.Value)
	}
	e.Draws = len(members)
	if math.IsNaN(e.Value) {
		e.Why = "one of the group has no number"
	}
	mean := noted{e, combined(members, slices.Repeat([]float64{1 / n}, len(members)))}
	g.keep(mean)
	add(mean.interval(g.level, e.Value))
	add(e.end("_low", low))
	add(e.end("_high", high))
}

// difference adds the contrast of a number of two sources or groups, where both
// have it.
func (g *groups) difference(contrast string, a, b Key, add func(Estimate)) {
	x, okA := g.noted[a]
	y, okB := g.noted[b]
	if !okA || !okB {
		return
	}
	size := math.Abs(x.Value) + math.Abs(y.Value)
	e := Number(a.by(contrast), unlessRounding(x.Value-y.Value, size))
	e.People, e.Rows, e.Draws, e.Sample = min(x.People, y.People), x.Rows, x.Draws, x.Sample
	if math.IsNaN(e.Value) {
		e.Why = "one of the two is not a number"
	}
	s := combined([]noted{x, y}, []float64{1, -1})
	s.tested = true
	add(noted{e, s}.interval(g.level, size))
}

// combined returns the spread of a weighted sum of estimates: replicate by
// replicate, or respondent by respondent.
func combined(of []noted, weights []float64) spread {
	s := spread{normal: of[0].normal, tested: of[0].tested}
	switch {
	case !slices.ContainsFunc(of, func(n noted) bool { return n.reps == nil }):
		s.reps, s.signs = make([]float64, len(of[0].reps)), make([]float64, len(of[0].reps))
		for i, n := range of {
			signs := n.signs
			if signs == nil {
				signs = n.reps
			}
			for r := range s.reps {
				s.reps[r] += weights[i] * n.reps[r]
				s.signs[r] += weights[i] * signs[r]
			}
		}
	case !slices.ContainsFunc(of, func(n noted) bool { return n.adds == nil }):
		s.adds = map[respondent]float64{}
		for i, n := range of {
			for who, x := range n.adds {
				s.adds[who] += weights[i] * x
			}
		}
	}
	return s
}

// interval returns the estimate with the standard error, interval and p-value
// that its spread gives it, where it is made from numbers of that size.
func (n noted) interval(level, size float64) Estimate {
	e := n.Estimate
	switch {
	case n.reps != nil:
		e.SE = unlessRounding(sdOf(n.reps), size)
		e = e.between(n.reps, level)
		if n.tested {
			e.P = signP(n.signs)
		}
	case n.adds != nil:
		e.SE = unlessRounding(n.clustered(), size)
		df := float64(len(n.adds) - 1)
		if n.normal {
			df = math.Inf(1)
		}
		e = e.wald(level, df)
		if n.tested {
			e = e.waldP(df)
		}
	}
	return e.ofFew(e.People)
}

// clustered returns the standard error by respondent, CR1.
func (s spread) clustered() float64 {
	u := make([]float64, 0, len(s.adds))
	for _, x := range s.adds {
		u = append(u, x)
	}
	slices.Sort(u) // the same sum in any order of the map
	return clustered(u, nil, len(u))
}

// lessBiased returns replicates with their bias taken off some times.
func lessBiased(reps []float64, value, times float64) []float64 {
	return less(reps, times*(meanOf(reps)-value))
}
