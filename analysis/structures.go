package analysis

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

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
	for i, name := range counted {
		if err := h.count(ctx, in, sel, r, g, drawn, it, name, codes[i]); err != nil {
			return nil, err
		}
	}
	return counted, nil
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

// count adds the structures of one tuple of columns.
func (h *Heterogeneity) count(ctx context.Context, in Input, sel *selection, r *Result, g *groups, drawn *redraws, it items, name string, codes [][]int32) error {
	draw := in.Frame.Col(frame.DrawColumn)
	counts := make([][]int, len(sel.sources)) // complete persons of each structure
	complete := make([]int, len(sel.sources))
	n := h.Rarefy
	for s, src := range sel.sources {
		counts[s] = countStructures(src, it, codes, draw)
		for _, times := range counts[s] {
			complete[s] += times
		}
		if h.Rarefy == 0 && complete[s] > 0 && (n == 0 || complete[s] < n) {
			n = complete[s]
		}
		if lost := src.people - complete[s]; lost > 0 && h.answered(sel, src, name) {
			of := map[string]string{"all": "all outcomes", "tuple": "the declared tuple"}[name]
			if of == "" {
				of = name
			}
			r.Warnings = append(r.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("%s: %s without an answer to every item of %s, and so without a structure.", src.title(), count(lost, "person", "persons"), of)})
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
		e := Number(Key{Source: src.Name, Outcome: name, Statistic: "unique"}, float64(len(counts[s])))
		e.People, e.Rows, e.Draws = complete[s], len(src.rows), src.Draws
		if complete[s] == 0 {
			e.Value, e.Why = math.NaN(), "nobody of the source answered every item"
		}
		var unique, rarefied []float64
		if drawn != nil && drawn.of[src] != nil {
			unique, rarefied = drawn.structures(src, n, it, codes, draw)
			e.Draws = drawn.n
		}
		e = put(e, unique)
		g.note(e, unknown)
		e.Statistic, e.Value = "rarefied", stat.Rarefy(counts[s], n)
		if n == 0 || math.IsNaN(e.Value) {
			e.Value, e.Why = math.NaN(), fmt.Sprintf("the source has fewer than %d persons with all answers", n)
		}
		e = put(e, rarefied)
		value[src.Name] = e.Value
		g.note(e, unknown)
	}
	g.finish(add)
	sd, err := h.structureFloor(ctx, in, it, name, codes, n, add)
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

// countStructures returns how many persons with all answers have each structure.
// Of persons with one row each the structure is what stands in the row, and only
// counted.
func countStructures(src *sourceRows, it items, codes [][]int32, draw *frame.Column) []int {
	if !src.single() || src.Draws > 1 || len(it.labels) > 1 {
		return tabulate(persons(src, it, codes, draw))
	}
	k := newKeys()
	for _, column := range codes {
		most := int32(-1)
		for i := range src.rows {
			most = max(most, column[src.at(i)])
		}
		k = k.and(column, int(most)+1)
	}
	if k == nil {
		return tabulate(persons(src, it, codes, draw))
	}
	all := make([]int, k.size)
	for i := range src.rows {
		row := src.at(i)
		if it.code[row] >= 0 && !slices.ContainsFunc(codes, func(column []int32) bool { return column[row] < 0 }) {
			all[k.of(row)]++
		}
	}
	return slices.DeleteFunc(all, func(n int) bool { return n == 0 })
}

// persons returns a number for the structure of each person who has all
// answers, in the order of persons; equal structures have equal numbers.
func persons(src *sourceRows, it items, codes [][]int32, draw *frame.Column) []int {
	width := len(it.labels) * len(codes)
	tuple, seen := make([]byte, 4*width), map[string]int{}
	var ids []int
	for i := 0; i < len(src.rows); {
		person, have := src.person[i], 0
		for ; i < len(src.rows) && src.person[i] == person; i++ {
			row := src.rows[i]
			item := it.code[row]
			if item < 0 || draw != nil && draw.Float(row) != 1 {
				continue
			}
			for c, code := range codes {
				if k := code[row]; k >= 0 {
					have++
					at := 4 * (c*len(it.labels) + int(item))
					tuple[at], tuple[at+1], tuple[at+2], tuple[at+3] = byte(k), byte(k>>8), byte(k>>16), byte(k>>24)
				}
			}
		}
		if have != width {
			continue
		}
		id, ok := seen[string(tuple)]
		if !ok {
			id = len(seen)
			seen[string(tuple)] = id
		}
		ids = append(ids, id)
	}
	return ids
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
func (h *Heterogeneity) structureFloor(ctx context.Context, in Input, it items, name string, codes [][]int32, n int, add func(Estimate)) (float64, error) {
	if h.Floor == 0 || in.Frame.Schema.Source(people) == nil {
		return math.NaN(), nil
	}
	common := h.Common
	common.Sample, common.Sources = "all", []string{people}
	all, err := common.pick(in.Frame, "")
	if err != nil {
		return 0, err
	}
	ids := persons(all.sources[0], it, codes, in.Frame.Col(frame.DrawColumn))
	size := min(n, len(ids)/2)
	if size == 0 {
		return math.NaN(), nil
	}
	r := stat.Resampling{Streams: in.Streams, Name: in.Name + ".structures", B: h.Floor, Workers: in.Workers}
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
	e := Number(Key{Source: people, Outcome: name, Statistic: "rarefied_floor"}, meanOf(abs))
	e.SE, e.People = sdOf(abs), size
	e.Lo, e.Hi = percentiles(abs, h.Level)
	add(e)
	e95 := Number(Key{Source: people, Outcome: name, Statistic: "rarefied_floor95"}, quantile(abs, .95))
	e95.People = size
	add(e95)
	return sdOf(reps[0]), nil
}
