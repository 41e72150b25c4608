package study

import (
	"math"
	"slices"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// Derive returns the frame with its derived variables, each behind those that
// it is made of. The frame must have every column that the study declares.
func (s *Study) Derive(f *frame.Frame) (*frame.Frame, error) {
	for _, v := range s.derived {
		c, err := v.Is.Column(v.Name, f)
		if err != nil {
			return nil, err
		}
		f = f.With(v.typed(c))
	}
	return f, nil
}

// typed returns a column as the variable declares it: codes where it has
// levels, numbers and texts otherwise.
func (v *Variable) typed(c *frame.Column) *frame.Column {
	if c.Kind == v.Kind() && !c.Coded() {
		return c
	}
	if c.Coded() && v.Kind() == frame.Number {
		return frame.Numbers(v.Name, c.Floats())
	}
	r := newCells(&v.Variable, empty, c.Len())
	for i := range c.Len() {
		switch {
		case c.Missing(i):
			r.put(i, "")
		case c.Kind == frame.Number && len(v.Levels) == 2 && v.Type == "binary":
			r.put(i, v.Levels[int(math.Min(1, math.Abs(c.Nums[i])))])
		default:
			r.put(i, c.String(i))
		}
	}
	return r.column()
}

// assignSamples adds the columns sample and rule: who is left out and by which
// rule, who may be learned from, and who is compared with models.
func (l *loader) assignSamples(f *frame.Frame) *frame.Frame {
	p := l.s.People
	id := f.Col(l.s.schema.ID)
	excluded := make([]int32, len(id.Levels)) // by person: rule, -1 for none
	for k := range excluded {
		excluded[k] = -1
	}
	rule := &frame.Column{Name: frame.RuleColumn, Kind: frame.Factor}
	for r, x := range p.Exclude {
		rule.Levels = append(rule.Levels, x.Name)
		if x.Expr == nil {
			continue
		}
		hit, unknown, err := x.Expr.Rows(f)
		p.Exclude[r].Unknown = unknown
		if err != nil {
			l.doc.misexpressed(x.path, err)
			continue
		}
		for i, yes := range hit {
			if k := id.Codes[i]; yes && excluded[k] < 0 {
				excluded[k] = int32(r)
			}
		}
	}
	sample := &frame.Column{Name: frame.SampleColumn, Kind: frame.Factor, Levels: []string{frame.Evaluation, frame.Pilot, frame.Excluded}}
	of := make([]int32, len(id.Levels))
	for k, r := range excluded {
		if r >= 0 {
			of[k] = 2
		}
	}
	fill := func() *frame.Frame {
		sample.Codes, rule.Codes = make([]int32, len(id.Codes)), make([]int32, len(id.Codes))
		for i, k := range id.Codes {
			sample.Codes[i], rule.Codes[i] = of[k], excluded[k]
		}
		return f.With(sample).With(rule)
	}
	if !slices.Contains(of, 0) && len(of) > 0 {
		l.doc.at(l.peopleAt.path, "the rules of [people.exclude] leave nobody")
		return nil
	}
	if p.Pilot != nil && p.Pilot.Share > 0 && p.Pilot.Share < 1 {
		drawn, rest := int32(1), int32(0)
		if p.Pilot.Swap {
			drawn, rest = rest, drawn
		}
		in := l.pilot(fill())
		for k := range of {
			if of[k] == 0 {
				of[k] = rest
			}
		}
		for _, k := range in {
			of[k] = drawn
		}
		if !slices.Contains(of, 0) || !slices.Contains(of, 1) {
			l.doc.at(l.peopleAt.where("pilot"), "this share of %d people leaves nobody to learn from or nobody to compare with", len(of))
			return nil
		}
	}
	return fill()
}

// pilot draws the people who may be learned from, as codes of their ids: the
// share of each stratum by largest remainder, ties to the earlier level, the
// people of a stratum by its own random stream. People whose stratum is
// missing are the last stratum.
func (l *loader) pilot(f *frame.Frame) []int32 {
	p := l.s.People.Pilot
	people := peopleOf(f, l.s.schema.ID, frame.Evaluation)
	strata := [][]person{people}
	if by := f.Col(p.By); p.By != "" && by != nil && by.Coded() {
		strata = make([][]person, len(by.Levels)+1)
		for _, one := range people {
			k := int(by.Codes[one.row])
			if k < 0 {
				k = len(by.Levels)
			}
			strata[k] = append(strata[k], one)
		}
	}
	sizes := make([]int, len(strata))
	for k, s := range strata {
		sizes[k] = len(s)
	}
	id := f.Col(l.s.schema.ID)
	streams := stat.NewStreams(l.s.Seed)
	var drawn []int32
	for k, n := range quotas(sizes, p.Share) {
		for _, one := range permuted(strata[k], streams.At("pilot", uint64(k)))[:n] {
			drawn = append(drawn, id.Codes[one.row])
		}
	}
	return drawn
}

// quotas returns how many of each stratum a share is: its whole part, and what
// is left of the share of all, rounded half up, to the largest remainders,
// ties to the earlier stratum.
func quotas(sizes []int, share float64) []int {
	total := 0
	for _, n := range sizes {
		total += n
	}
	const fuzz = 1e-9 // 0.29 * 100 is 28.999999999999996
	left := int(math.Floor(share*float64(total) + 0.5 + fuzz))
	quota, rest := make([]int, len(sizes)), make([]float64, len(sizes))
	order := make([]int, len(sizes))
	for k, n := range sizes {
		x := share * float64(n)
		quota[k] = int(math.Floor(x + fuzz))
		rest[k] = x - float64(quota[k])
		left -= quota[k]
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case rest[a] > rest[b]+fuzz:
			return -1
		case rest[b] > rest[a]+fuzz:
			return 1
		}
		return 0
	})
	for _, k := range order {
		if left > 0 && quota[k] < sizes[k] {
			quota[k]++
			left--
		}
	}
	return quota
}
