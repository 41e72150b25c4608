package analysis

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// structures are the structures of one tuple of columns: how many persons of
// each source have each.
type structures struct {
	name     string
	tuples   *tuples
	times    [][]int // of each source: the persons of each structure
	complete []int   // persons of each source that have one
	n        int     // persons that they are rarefied to
	// Of each draw of each source, nil for sources that are not drawn anew.
	unique, rarefied [][]float64
}

// structures counts the unique structures of each source: of every outcome, of
// all together, and of the declared tuple. It returns the names in the place of
// the outcome.
func (h *Heterogeneity) structures(ctx context.Context, in Input, sel *selection, r *Result, g *groups, drawn *redraws, it items, names []string, sets [][]*space) ([]string, error) {
	counted := slices.Clone(names)
	codes := make([][][]int32, len(sets))
	for i, set := range sets {
		for _, sp := range set {
			codes[i] = append(codes[i], sp.code)
		}
	}
	if h.Tuple != nil {
		var tuple [][]int32
		for _, src := range h.Tuple {
			code, err := codesOf(src, in.Frame)
			if err != nil {
				return nil, err
			}
			tuple = append(tuple, code)
		}
		counted, codes = append(counted, "tuple"), append(codes, tuple)
	}
	var all []*structures
	for i, name := range counted {
		all = append(all, h.count(sel, name, newTuples(it, codes[i], drawsOf(in.Frame))))
	}
	if drawn != nil {
		if err := drawn.structures(ctx, in.Workers, sel.sources, all); err != nil {
			return nil, err
		}
	}
	for _, s := range all {
		if err := h.describe(ctx, in, sel, r, g, drawn, s); err != nil {
			return nil, err
		}
	}
	return counted, nil
}

// drawsOf returns the number of the draw of each row, nil when there is one.
func drawsOf(f *frame.Frame) []float64 {
	if c := f.Col(frame.DrawColumn); c != nil {
		return c.Floats()
	}
	return nil
}

// count counts the structures of one tuple of columns.
func (h *Heterogeneity) count(sel *selection, name string, t *tuples) *structures {
	k := len(sel.sources)
	s := &structures{name: name, tuples: t, times: make([][]int, k), complete: make([]int, k), n: h.Rarefy, unique: make([][]float64, k), rarefied: make([][]float64, k)}
	for i, src := range sel.sources {
		s.times[i] = t.count(src)
		for _, times := range s.times[i] {
			s.complete[i] += times
		}
		if h.Rarefy == 0 && s.complete[i] > 0 && (s.n == 0 || s.complete[i] < s.n) {
			s.n = s.complete[i]
		}
	}
	return s
}

// codesOf numbers the values of an expression over the rows, -1 where missing.
func codesOf(src string, f *frame.Frame) ([]int32, error) {
	e, err := expr.Parse(src)
	if err != nil {
		return nil, fmt.Errorf("tuple: %w", err)
	}
	c, err := e.Column("tuple", f)
	if err != nil {
		return nil, fmt.Errorf("tuple: %w", err)
	}
	if c.Coded() {
		return c.Codes, nil
	}
	codes, seen := make([]int32, c.Len()), map[string]int32{}
	for i := range codes {
		codes[i] = -1
		if !c.Missing(i) {
			k, ok := seen[c.String(i)]
			if !ok {
				k = int32(len(seen))
				seen[c.String(i)] = k
			}
			codes[i] = k
		}
	}
	return codes, nil
}

// describe adds the numbers of structures.
func (h *Heterogeneity) describe(ctx context.Context, in Input, sel *selection, r *Result, g *groups, drawn *redraws, of *structures) error {
	name, n := of.name, of.n
	for s, src := range sel.sources {
		if lost := src.people - of.complete[s]; lost > 0 && h.answered(sel, src, name) {
			what := map[string]string{"all": "all outcomes", "tuple": "the declared tuple"}[name]
			if what == "" {
				what = name
			}
			r.Warnings = append(r.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("%s: %s without an answer to every item of %s, and so without a structure.", src.title(), count(lost, "person", "persons"), what)})
		}
	}
	value := map[string]float64{}
	add := func(e Estimate) {
		e.Sample = sel.sample
		r.Estimates = append(r.Estimates, e)
	}
	put := func(e Estimate, draws []float64) Estimate { // of several draws the mean, with the ends
		if draws == nil {
			add(e)
			return e
		}
		e.Value = meanOf(draws)
		add(e)
		low, high := redrawnArm{draws}.ends(0)
		add(e.end("_low", low))
		add(e.end("_high", high))
		return e
	}
	for s, src := range sel.sources {
		e := Number(Key{Source: src.Name, Outcome: name, Statistic: "unique"}, float64(len(of.times[s])))
		e.People, e.Rows, e.Draws = of.complete[s], len(src.rows), src.Draws
		if of.complete[s] == 0 {
			e.Value, e.Why = math.NaN(), "nobody of the source answered every item"
		}
		if of.unique[s] != nil {
			e.Draws = drawn.n
		}
		e = put(e, of.unique[s])
		g.note(e, unknown)
		e.Statistic, e.Value = "rarefied", stat.Rarefy(of.times[s], n)
		if n == 0 || math.IsNaN(e.Value) {
			e.Value, e.Why = math.NaN(), fmt.Sprintf("the source has fewer than %d persons with all answers", n)
		}
		e = put(e, of.rarefied[s])
		value[src.Name] = e.Value
		g.note(e, unknown)
	}
	g.finish(add)
	sd, err := h.structureFloor(ctx, in, of, add)
	if err != nil {
		return err
	}
	for _, c := range withPeople(sel, h.Contrasts) {
		a, b, _ := strings.Cut(c, "-")
		if sel.source(a) == nil || sel.source(b) == nil {
			continue
		}
		e := Number(Key{Source: c, Outcome: name, Statistic: "rarefied"}, value[a]-value[b])
		e.People = n
		if sd > 0 { // samples of people that never differ say nothing of what chance does
			e.SE = sd
			e = e.wald(h.Level, math.Inf(1))
			e.P = tPValue(e.Value/sd, math.Inf(1))
		}
		if math.IsNaN(e.Value) {
			e.Why = "one of the two is not a number"
		}
		add(e)
	}
	return nil
}

// tuples tell the structures of persons: what stands in some columns of codes at
// each of the items.
type tuples struct {
	items items
	codes [][]int32
	draw  []float64 // of each row, nil where all are of one

	seen  *rowSet
	tuple []float64
	ids   []int

	at     []int // where each place of a tuple begins in a structure as a number; nil where it is too large for one
	packed []uint64
}

func newTuples(it items, codes [][]int32, draw []float64) *tuples {
	width := len(it.labels) * len(codes)
	t := &tuples{items: it, codes: codes, draw: draw, seen: newRowSet(width), tuple: make([]float64, width)}
	size := 0
	for _, column := range codes {
		most := int32(0)
		for _, k := range column {
			most = max(most, k)
		}
		for range it.labels {
			t.at = append(t.at, size)
			size += bits.Len32(uint32(most))
		}
	}
	if size > 64 {
		t.at = nil
	}
	return t
}

// another returns tuples of the same structures that may be counted at the same
// time.
func (t *tuples) another() *tuples {
	return &tuples{items: t.items, codes: t.codes, draw: t.draw, seen: newRowSet(len(t.tuple)), tuple: make([]float64, len(t.tuple)), at: t.at}
}

// count returns how many persons with all answers have each structure. Of
// persons with one row each the structure is what stands in the row, and only
// counted.
func (t *tuples) count(src *sourceRows) []int {
	if t.at != nil && !src.single() {
		return t.runs(src)
	}
	if !src.single() || src.Draws > 1 || len(t.items.labels) > 1 {
		return tabulate(t.persons(src))
	}
	k := newKeys()
	for _, column := range t.codes {
		most := int32(-1)
		for i := range src.rows {
			most = max(most, column[src.at(i)])
		}
		k = k.and(column, int(most)+1)
	}
	if k == nil {
		return tabulate(t.persons(src))
	}
	all := make([]int, k.size)
	for i := range src.rows {
		row := src.at(i)
		if t.items.code[row] >= 0 && !slices.ContainsFunc(t.codes, func(column []int32) bool { return column[row] < 0 }) {
			all[k.of(row)]++
		}
	}
	return slices.DeleteFunc(all, func(n int) bool { return n == 0 })
}

// runs counts structures that are small enough to be packed into a number.
func (t *tuples) runs(src *sourceRows) []int {
	t.packed = t.packed[:0]
	for i := 0; i < len(src.rows); {
		person, have, structure := src.person[i], 0, uint64(0)
		for ; i < len(src.rows) && src.person[i] == person; i++ {
			part, n := t.pack(src.rows[i])
			structure |= part
			have += n
		}
		if have == len(t.tuple) {
			t.packed = append(t.packed, structure)
		}
	}
	return runLengths(t.packed)
}

// pack returns what a row is of a structure as a number, and how many places of
// the tuple it fills.
func (t *tuples) pack(row int) (part uint64, have int) {
	item := int(t.items.code[row])
	if item < 0 || t.draw != nil && t.draw[row] != 1 {
		return 0, 0
	}
	for c, code := range t.codes {
		if k := code[row]; k >= 0 {
			have++
			part |= uint64(k) << t.at[c*len(t.items.labels)+item]
		}
	}
	return part, have
}

// runLengths sorts numbers and returns how often each of them occurs.
func runLengths(xs []uint64) []int {
	slices.Sort(xs)
	counts := make([]int, 0, len(xs))
	for i, x := range xs {
		if i == 0 || x != xs[i-1] {
			counts = append(counts, 0)
		}
		counts[len(counts)-1]++
	}
	return counts
}

// persons returns a number for the structure of each person who has all
// answers, in the order of persons; equal structures have equal numbers. They
// are good until the next source.
func (t *tuples) persons(src *sourceRows) []int {
	t.seen.reset()
	t.ids = t.ids[:0]
	items := len(t.items.labels)
	for i := 0; i < len(src.rows); {
		person, have := src.person[i], 0
		for ; i < len(src.rows) && src.person[i] == person; i++ {
			row := src.rows[i]
			item := int(t.items.code[row])
			if item < 0 || t.draw != nil && t.draw[row] != 1 {
				continue
			}
			for c, code := range t.codes {
				if k := code[row]; k >= 0 {
					have++
					t.tuple[c*items+item] = float64(k)
				}
			}
		}
		if have == len(t.tuple) {
			t.ids = append(t.ids, int(t.seen.add(t.tuple, 0)))
		}
	}
	return t.ids
}

// tabulate returns how often each number occurs; the numbers are 0, 1, 2, ...
func tabulate(ids []int) []int {
	var counts []int
	for _, id := range ids {
		for id >= len(counts) {
			counts = append(counts, 0)
		}
		counts[id]++
	}
	return counts
}

// structureFloor adds how much the structures of two samples of n people
// differ, and returns the standard deviation of the difference.
func (h *Heterogeneity) structureFloor(ctx context.Context, in Input, of *structures, add func(Estimate)) (float64, error) {
	if h.Floor == 0 || in.Frame.Schema.Source(people) == nil {
		return math.NaN(), nil
	}
	all, err := h.everybody(in.Frame, people)
	if err != nil {
		return 0, err
	}
	ids := of.tuples.persons(all.sources[0])
	size := min(of.n, len(ids)/2)
	if size == 0 {
		return math.NaN(), nil
	}
	r := stat.Resampling{Streams: in.Streams, Name: "structures", B: h.Floor, Workers: in.Workers}
	reps, err := r.Run(ctx, 1, func() func(int, *rand.Rand, []float64) {
		d := newSplitter(len(ids), nil, size)
		last, stamp := make([]int, len(ids)), 0
		unique := func(members []int) float64 {
			stamp++
			u := 0
			for _, g := range members {
				if last[ids[g]] != stamp {
					last[ids[g]] = stamp
					u++
				}
			}
			return float64(u)
		}
		return func(_ int, rng *rand.Rand, out []float64) {
			d.split(rng)
			out[0] = unique(d.sides[0]) - unique(d.sides[1])
		}
	})
	if err != nil {
		return 0, err
	}
	abs := make([]float64, len(reps[0]))
	for i, x := range reps[0] {
		abs[i] = math.Abs(x)
	}
	e := Number(Key{Source: people, Outcome: of.name, Statistic: "rarefied_floor"}, meanOf(abs))
	e.SE, e.People = sdOf(abs), size
	e.Lo, e.Hi = percentiles(abs, h.Level)
	add(e)
	e95 := Number(Key{Source: people, Outcome: of.name, Statistic: "rarefied_floor95"}, quantile(abs, .95))
	e95.People = size
	add(e95)
	return sdOf(reps[0]), nil
}
