package analysis

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/floats"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// redraws draw the answers of sources that tell their probabilities many times
// anew, one answer a question and person each time. What depends on a person's
// answers together, such as α and structures, has no exact expectation over
// probabilities, and one draw would add its luck; the mean over many does not,
// and each has as many persons as there are people. They are never thrown
// together. The draws of a source are the same in every analysis, so that two
// tables which describe its same answers say the same.
type redraws struct {
	n       int
	name    string
	streams stat.Streams
	of      map[*sourceRows]*redrawn
}

// redrawn is a source with all answers that its rows may have.
type redrawn struct {
	rows  []int     // of the expanded frame
	share []float64 // of each: its probability
	upTo  []float64 // and that with those of the answers before it
	start []int32   // the answers of row i: start[i] to start[i+1]
	codes []int32   // of the person of row i
	// Which of its answers each row has in each draw, noAnswer for none; nil
	// until it is drawn, and where it is too much to keep. Measures and
	// structures are of the same draws.
	kept [][]uint16
}

const (
	noAnswer  = math.MaxUint16
	manyDrawn = 1 << 22 // answers that are kept of a source at most
	unsure    = 1e-9    // by which probabilities of all answers miss 1 at most
	manySums  = 1 << 17 // numbers that are kept of its respondents at most, for analyses to share
)

// newRedraws returns the redraws of a selection of an expanded frame, whose rows
// were made from those in from, and gives every source the rows of its first
// draw. It is nil where no source tells probabilities.
func newRedraws(in Input, sel *selection, from []int, n int) *redraws {
	if from == nil || n == 0 {
		return nil
	}
	r := &redraws{n: n, name: "redraw.", streams: in.Streams, of: map[*sourceRows]*redrawn{}}
	part := shares(in.Frame)
	for s, src := range sel.sources {
		if !slices.ContainsFunc(src.rows, func(row int) bool { return part[row] < 1 }) {
			continue
		}
		d := &redrawn{rows: src.rows, share: make([]float64, len(src.rows)), upTo: make([]float64, len(src.rows))}
		sum := 0.0
		for i, row := range src.rows {
			if i == 0 || from[row] != from[src.rows[i-1]] {
				d.start, d.codes, sum = append(d.start, int32(i)), append(d.codes, src.person[i]), 0
			}
			sum += part[row]
			d.share[i], d.upTo[i] = part[row], sum
		}
		d.start = append(d.start, int32(len(src.rows)))
		own := *src // the rows of the frame are for others too
		sel.sources[s], r.of[&own] = &own, d
		own.rows, own.person = d.take(r.choices(&own, 0), nil, nil)
		own.first = -1
	}
	if len(r.of) == 0 {
		return nil
	}
	return r
}

// choices returns which of its answers each row has in draw b of a source.
func (r *redraws) choices(src *sourceRows, b int) []uint16 {
	d := r.of[src]
	if b < len(d.kept) {
		return d.kept[b]
	}
	c := make([]uint16, len(d.codes))
	d.draw(r.streams.At(r.name+src.Name, uint64(b)), c)
	if b == len(d.kept) && r.n*len(c) <= manyDrawn {
		d.kept = append(d.kept, c)
	}
	return c
}

// answersAll says whether every respondent of a source has one answer to each
// outcome at each item, in every draw, and is of one level of each grouping.
func (r *redraws) answersAll(src *sourceRows, it items, spaces []*space, by []*frame.Column) bool {
	d := &redrawn{rows: src.rows, codes: src.person}
	if r != nil && r.of[src] != nil {
		d = r.of[src]
	}
	had := make([]int, len(it.labels)) // who had the item last, counted from 1
	n, who, first := len(had), 0, 0
	for i, person := range d.codes {
		rows, sure := d.answers(i)
		if i == 0 || person != d.codes[i-1] {
			if n != len(had) {
				return false
			}
			n, who, first = 0, who+1, rows[0]
		}
		item := it.code[rows[0]]
		if !sure || src.Draws > 1 || item < 0 || had[item] == who {
			return false
		}
		n, had[item] = n+1, who
		for _, row := range rows {
			if it.code[row] != item ||
				slices.ContainsFunc(spaces, func(sp *space) bool { return sp.code[row] < 0 }) ||
				slices.ContainsFunc(by, func(c *frame.Column) bool { return c.Codes[row] != c.Codes[first] }) {
				return false
			}
		}
	}
	return n == len(had)
}

// answers returns the rows that row i may be in a draw, and whether it is one of
// them in every draw.
func (d *redrawn) answers(i int) (rows []int, sure bool) {
	if d.start == nil {
		return d.rows[i : i+1], true
	}
	return d.rows[d.start[i]:d.start[i+1]], d.upTo[d.start[i+1]-1] > 1-unsure
}

// take appends the rows of a draw, with their persons.
func (d *redrawn) take(choices []uint16, rows []int, person []int32) ([]int, []int32) {
	for i, k := range choices {
		if k != noAnswer {
			rows, person = append(rows, d.rows[d.start[i]+int32(k)]), append(person, d.codes[i])
		}
	}
	return rows, person
}

// draw draws an answer of every row.
func (d *redrawn) draw(rng *rand.Rand, choices []uint16) {
	for i := range choices {
		choices[i] = d.one(i, rng)
	}
}

// one draws an answer of row i, noAnswer when it is one that a rule leaves out.
// It counts the answers that u is past, for no processor foresees which it is.
func (d *redrawn) one(i int, rng *rand.Rand) uint16 {
	u, past := rng.Float64(), uint16(0)
	upTo := d.upTo[d.start[i]:d.start[i+1]]
	for _, p := range upTo {
		one := uint16(0)
		if u >= p {
			one = 1
		}
		past += one
	}
	if n := len(upTo); int(past) == n {
		if u-upTo[n-1] >= unsure {
			return noAnswer
		}
		past--
	}
	return past
}

// redrawnArm is what the draws make of an arm: every statistic of each draw.
type redrawnArm [][]float64

// redraw computes the statistics of the arms of redrawn sources in each draw. A
// person's vector becomes its mean over the draws, so that resampling persons
// shows how the mean over the draws varies with who is asked.
func (m *measuring) redraw(ctx context.Context, ls *ledgers) ([]redrawnArm, error) {
	arms := make([]redrawnArm, len(ls.arms))
	if m.redraws == nil {
		return arms, nil
	}
	of := make(map[*sourceRows][]int) // the arms of each source
	var sources []*sourceRows
	for i, l := range ls.arms {
		if m.redraws.of[l.src] == nil {
			continue
		}
		if of[l.src] == nil {
			sources = append(sources, l.src)
		}
		of[l.src] = append(of[l.src], i)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, m.in.Workers))
	for _, src := range sources {
		g.Go(func() error {
			var own []*ledger
			for _, i := range of[src] {
				own = append(own, ls.arms[i])
			}
			drawn, err := m.drawn(ctx, src, own)
			if err != nil {
				return err
			}
			for a, i := range of[src] {
				arms[i] = drawn[a].statistics
				ls.arms[i].average(drawn[a].sums, m.redraws.n)
			}
			return nil
		})
	}
	return arms, g.Wait()
}

// drawnArm is what the draws of a source make of one of its arms.
type drawnArm struct {
	statistics redrawnArm
	sums       []float64 // of each respondent over the draws: respondents x width
}

// drawn goes through the draws of the arms of a source. Analyses that describe
// the same answers of a source share them, as they share the draws.
func (m *measuring) drawn(ctx context.Context, src *sourceRows, arms []*ledger) ([]drawnArm, error) {
	type result struct {
		arms []drawnArm
		err  error
	}
	draw := func() (r result) {
		r.arms, r.err = m.redrawn(ctx, src, arms)
		return r
	}
	var r result
	if m.tally.name == "" || m.tally.width*len(arms[0].person) > manySums {
		r = draw()
	} else {
		r = frame.Once(m.in.Frame, fmt.Sprintf("redrawn %q", append([]string{src.Name, m.sample.Sample, m.sample.Where, strconv.Itoa(m.redraws.n), m.tally.name}, m.by...)), draw)
	}
	return r.arms, r.err
}

// redrawn is drawn without what another analysis has found out.
func (m *measuring) redrawn(ctx context.Context, src *sourceRows, arms []*ledger) ([]drawnArm, error) {
	drawn, again := make([]drawnArm, len(arms)), make([]*redrawing, len(arms))
	for a, l := range arms {
		again[a] = newRedrawing(l, m.redraws.of[src])
		drawn[a] = drawnArm{make(redrawnArm, m.width()), again[a].sums}
	}
	out := make([]float64, m.width())
	for b := range m.redraws.n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		choices := m.redraws.choices(src, b)
		for a := range arms {
			m.value(again[a].draw(choices), out)
			for k, x := range out {
				drawn[a].statistics[k] = append(drawn[a].statistics[k], x)
			}
		}
	}
	return drawn, nil
}

// redrawing goes through the draws of a source in one arm.
type redrawing struct {
	*ledger
	*redrawn
	fills  *fills
	sums   []float64 // of each respondent over the draws: respondents x width
	vector []float64 // of one respondent in one draw
	total  []float64 // of one draw
}

func newRedrawing(l *ledger, d *redrawn) *redrawing {
	return &redrawing{ledger: l, redrawn: d, fills: fillsOf(l.tally, d.rows),
		sums: make([]float64, l.width*len(l.person)), vector: make([]float64, l.width), total: make([]float64, l.width)}
}

// draw adds the vectors of the respondents to their sums, with the answers that
// were chosen, and returns their total.
func (r *redrawing) draw(choices []uint16) []float64 {
	clear(r.total)
	g, persons := -1, r.redrawn.codes
	for i := 0; i < len(choices); {
		person, any := persons[i], false
		clear(r.vector)
		for ; i < len(choices) && persons[i] == person; i++ {
			if k := choices[i]; k != noAnswer {
				any = r.fills.fill(int(r.start[i])+int(k), r.vector) || any
			}
		}
		if !any {
			continue
		}
		if g = slices.Index(r.ledger.codes[g+1:], person) + g + 1; g < 0 || r.ledger.codes[g] != person {
			continue // somebody whom the first draw has no answers of
		}
		if r.tally.finish != nil {
			r.tally.finish(r.vector)
		}
		floats.Add(r.sums[g*r.width:(g+1)*r.width], r.vector)
		floats.Add(r.total, r.vector)
	}
	return r.total
}

// average gives every respondent of the arm the mean of its vectors over n draws.
func (l *ledger) average(sums []float64, n int) {
	l.times, l.vectors = nil, &rowSet{k: l.width, x: make([]float64, len(sums)), offset: make([]float64, len(l.kind))}
	floats.ScaleTo(l.vectors.x, 1/float64(n), sums)
	for g := range l.kind {
		l.kind[g] = int32(g)
	}
}

// fills are what a tally adds for each of some rows, which is little of the width
// of a vector: an answer that is drawn many times is looked up.
type fills struct {
	kind   []int32   // of each row; rows of one kind are filled alike
	counts []bool    // whether rows of a kind count
	start  []int32   // what is added for kind k: start[k] to start[k+1]
	at     []int32   // to which number
	x      []float64 // how much
}

func fillsOf(t tally, rows []int) *fills {
	f := &fills{kind: make([]int32, len(rows)), start: []int32{0}}
	var known []int32 // of each key its kind + 1
	if t.keys != nil {
		known = make([]int32, t.keys.size)
	}
	vector := make([]float64, t.width)
	for i, row := range rows {
		key := 0
		if known != nil {
			if key = t.keys.of(row); known[key] > 0 {
				f.kind[i] = known[key] - 1
				continue
			}
		}
		f.kind[i] = int32(len(f.counts))
		if known != nil {
			known[key] = f.kind[i] + 1
		}
		clear(vector)
		f.counts = append(f.counts, t.fill(row, vector))
		for k, x := range vector {
			if x != 0 {
				f.at, f.x = append(f.at, int32(k)), append(f.x, x)
			}
		}
		f.start = append(f.start, int32(len(f.at)))
	}
	return f
}

// fill adds row i, and says whether it counts.
func (f *fills) fill(i int, vector []float64) bool {
	k := f.kind[i]
	from, to := f.start[k], f.start[k+1]
	at, x := f.at[from:to], f.x[from:to]
	for j, p := range at {
		vector[p] += x[j]
	}
	return f.counts[k]
}

// centred moves replicates of a statistic of mean vectors to where its mean over
// the draws is.
func (d redrawnArm) centred(seen []float64, reps [][]float64) {
	for k, draws := range d {
		mean := meanOf(draws)
		if reps != nil {
			shift := mean - seen[k]
			for b := range reps[k] {
				reps[k][b] += shift
			}
		}
		seen[k] = mean
	}
}

// ends returns the least and the largest of the draws of a statistic.
func (d redrawnArm) ends(k int) (low, high float64) {
	low, high = math.NaN(), math.NaN()
	if xs := present(d[k]); len(xs) > 0 {
		low, high = slices.Min(xs), slices.Max(xs)
	}
	return low, high
}

// end returns an estimate of an end of the range of a statistic.
func (e Estimate) end(suffix string, value float64) Estimate {
	x := Number(e.Key, value)
	x.Statistic += suffix
	x.People, x.Rows, x.Draws, x.Sample, x.Why = e.People, e.Rows, e.Draws, e.Sample, e.Why
	return x
}

// structures counts what there is of structures in each draw of the sources.
func (r *redraws) structures(ctx context.Context, workers int, sources []*sourceRows, counted []*structures) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, workers))
	for s, src := range sources {
		if r.of[src] == nil {
			continue
		}
		g.Go(func() error {
			own := make([]*drawnTuples, len(counted))
			for i, c := range counted {
				own[i] = c.tuples.drawn(src, r.of[src])
			}
			for b := range r.n {
				choices := r.choices(src, b)
				for i, c := range counted {
					times := own[i].count(choices)
					c.unique[s] = append(c.unique[s], float64(len(times)))
					c.rarefied[s] = append(c.rarefied[s], stat.Rarefy(times, c.n))
				}
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// drawnTuples count the structures in draws of the answers of a source.
type drawnTuples struct {
	*tuples
	of   *redrawn
	src  sourceRows
	part []uint64 // of each answer that may be drawn, what it is of a structure as a number; nil where that is too large
	have []int32  // and how many places of the tuple it fills
}

func (t *tuples) drawn(src *sourceRows, of *redrawn) *drawnTuples {
	d := &drawnTuples{tuples: t.another(), of: of, src: *src}
	d.src.rows, d.src.person = nil, nil
	if t.at == nil || src.single() {
		return d
	}
	d.part, d.have = make([]uint64, len(of.rows)), make([]int32, len(of.rows))
	for i, row := range of.rows {
		part, have := t.pack(row)
		d.part[i], d.have[i] = part, int32(have)
	}
	return d
}

// count returns how many persons with all answers have each structure in a draw.
func (t *drawnTuples) count(choices []uint16) []int {
	if t.part == nil {
		t.src.rows, t.src.person = t.of.take(choices, t.src.rows[:0], t.src.person[:0])
		return t.tuples.count(&t.src)
	}
	t.packed = t.packed[:0]
	persons, start := t.of.codes, t.of.start
	for i := 0; i < len(choices); {
		person, have, structure := persons[i], 0, uint64(0)
		for ; i < len(choices) && persons[i] == person; i++ {
			if k := choices[i]; k != noAnswer {
				at := int(start[i]) + int(k)
				structure |= t.part[at]
				have += int(t.have[at])
			}
		}
		if have == len(t.tuple) {
			t.packed = append(t.packed, structure)
		}
	}
	return runLengths(t.packed)
}
