package analysis

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// ledger holds a vector of sums for each respondent of an arm, a source or a
// subgroup of it. A statistic is a function of the sums over respondents, so
// that a resample costs one pass over the vectors.
type ledger struct {
	src             *sourceRows
	variable, level string
	pool            int
	width           int
	n               int     // respondents with rows
	person          []int32 // number in the pool of each of them; nil when counted
	codes           []int32 // of each of them its code in sourceRows; nil when counted
	kind            []int32 // of each respondent its vector; nil when counted
	tally           tally
	vectors         *rowSet // the different vectors of the respondents
	rows            int
	// How many respondents have each vector, where they are alike and nothing
	// is paired; nil otherwise.
	times []float64
}

// ledgers are all arms of an analysis in their pools.
type ledgers struct {
	pools []*pool
	arms  []*ledger
}

// newLedgers makes the arms of the sources, each overall and by the levels of
// by. Respondents who are counted by keys cannot be split.
func newLedgers(f *frame.Frame, sources []*sourceRows, by []string, t tally) *ledgers {
	pools, index := poolsOf(sources)
	ls := &ledgers{pools: pools}
	g := newGrouping(f, by)
	for s, src := range sources {
		alone := !slices.ContainsFunc(sources, func(o *sourceRows) bool { return o != src && o.sharesPeople() && src.sharesPeople() })
		add := func(variable, level string, in tally) {
			l := &ledger{src: src, variable: variable, level: level, pool: index[s].pool, width: t.width, vectors: newRowSet(t.width), tally: in}
			ls.arms = append(ls.arms, l)
			if alone && src.single() && in.keys != nil {
				l.count(in)
				return
			}
			l.sumUp(index[s], in)
			if alone {
				l.compress()
			}
		}
		add("", "", t)
		for v, c := range g.cols {
			for k, level := range c.Levels {
				in := t
				in.fill = func(row int, vector []float64) bool { return int(c.Codes[row]) == k && t.fill(row, vector) }
				in.keys = t.keys.and(c.Codes, len(c.Levels))
				add(g.names[v], level, in)
			}
		}
	}
	return ls
}

// tally says how the sums of a respondent come about. fill adds a row, whatever
// was added before it, and says whether it counts; finish, where there is one,
// completes the sums when all rows are in.
type tally struct {
	name   string // tallies of one name do the same; "" when that is not known
	width  int
	fill   func(row int, vector []float64) bool
	finish func(vector []float64)
	shares []float64 // of each row of the frame: the part of an answer that it is; nil when all are whole
	keys   *keys     // rows with one key are filled alike; nil when that is not known
}

// part returns the part of an answer that a row is.
func (t tally) part(row int) float64 {
	if t.shares == nil {
		return 1
	}
	return t.shares[row]
}

// count makes the vectors of respondents with one row each by key, and counts
// those who have them.
func (l *ledger) count(t tally) {
	n, row := t.keys.count(l.src)
	vector := make([]float64, t.width)
	for key, times := range n {
		if times == 0 {
			continue
		}
		clear(vector)
		if !t.fill(row[key], vector) {
			continue
		}
		if t.finish != nil {
			t.finish(vector)
		}
		k := int(l.vectors.add(vector, 0))
		if k == len(l.times) {
			l.times = append(l.times, 0)
		}
		l.times[k] += float64(times)
		l.n += times
		l.rows += times
	}
}

// sumUp makes the vectors of the respondents one by one.
func (l *ledger) sumUp(index poolIndex, t tally) {
	src := l.src
	vector, at := make([]float64, t.width), 0
	total := 0.0
	for i := 0; i < len(src.rows); {
		person, rows := src.person[i], 0.0
		clear(vector)
		for ; i < len(src.rows) && src.person[i] == person; i++ {
			if t.fill(src.rows[i], vector) {
				rows += t.part(src.rows[i])
			}
		}
		for index.codes[at] != person {
			at++
		}
		if rows > 0 {
			if t.finish != nil {
				t.finish(vector)
			}
			total += rows
			l.n++
			l.person, l.codes = append(l.person, int32(at)), append(l.codes, person)
			l.kind = append(l.kind, l.vectors.add(vector, 0))
		}
	}
	l.rows = int(math.Round(total))
}

// compress counts equal vectors when there are many of them: drawing from the
// counts is then the same as drawing respondents, and cheaper.
func (l *ledger) compress() {
	different := len(l.vectors.offset)
	if different > l.n/4+1 {
		return
	}
	l.times = make([]float64, different)
	for _, k := range l.kind {
		l.times[k]++
	}
}

// of returns the vector of respondent g of the arm.
func (l *ledger) of(g int) []float64 { return l.vectors.row(int(l.kind[g])) }

// people returns the number of respondents.
func (l *ledger) people() int { return l.n }

// total returns the sums over all respondents.
func (l *ledger) total() []float64 {
	sum := make([]float64, l.width)
	for j, n := range l.times {
		for k, x := range l.vectors.row(j) {
			sum[k] += n * x
		}
	}
	if l.times != nil {
		return sum
	}
	for g := range l.person {
		for k, x := range l.of(g) {
			sum[k] += x
		}
	}
	return sum
}

// sum adds up the vectors as often as the respondents of the pool were drawn.
// times is scratch memory.
func (l *ledger) sum(weight []uint32, times, dst []float64) {
	rows := l.vectors.matrix()
	if rows.Rows == 0 { // of which a product would leave dst as it is
		clear(dst)
		return
	}
	times = times[:rows.Rows]
	clear(times)
	for i, g := range l.person {
		times[l.kind[i]] += float64(weight[g])
	}
	blas64.Gemv(blas.Trans, 1, rows, blas64.Vector{N: rows.Rows, Data: times, Inc: 1}, 0, blas64.Vector{N: len(dst), Data: dst, Inc: 1})
}

// resample draws the respondents of every pool anew and returns, for each arm,
// the replicates of the k statistics that value computes from the sums.
func (ls *ledgers) resample(ctx context.Context, r stat.Resampling, k int, value func(sum, out []float64)) ([][][]float64, error) {
	drawers := make([]*stat.CountDrawer, len(ls.arms))
	for i, l := range ls.arms {
		if l.times != nil {
			drawers[i] = stat.NewCountDrawer(l.times)
		}
	}
	all, err := r.Run(ctx, k*len(ls.arms), func() func(int, *rand.Rand, []float64) {
		weight := make([][]uint32, len(ls.pools))
		for i, p := range ls.pools {
			weight[i] = make([]uint32, p.people)
		}
		var sum, drawn, times []float64
		return func(b int, _ *rand.Rand, out []float64) {
			done := make([]bool, len(ls.pools))
			for i, l := range ls.arms {
				if sum == nil {
					sum = make([]float64, l.width)
				}
				if l.times != nil {
					drawn = slices.Grow(drawn[:0], len(l.times))[:len(l.times)]
					drawers[i].Draw(ls.pools[l.pool].stream(r, b), drawn)
					clear(sum)
					for j, n := range drawn {
						if n == 0 {
							continue
						}
						for c, x := range l.vectors.row(j) {
							sum[c] += n * x
						}
					}
				} else {
					if !done[l.pool] {
						ls.pools[l.pool].draw(ls.pools[l.pool].stream(r, b), weight[l.pool])
						done[l.pool] = true
					}
					times = slices.Grow(times[:0], len(l.vectors.offset))
					l.sum(weight[l.pool], times, sum)
				}
				value(sum, out[i*k:(i+1)*k])
			}
		}
	})
	if err != nil {
		return nil, err
	}
	reps := make([][][]float64, len(ls.arms))
	for i := range reps {
		reps[i] = all[i*k : (i+1)*k]
	}
	return reps, nil
}

// splits returns the k statistics of the first and of the second of two samples
// of n respondents without a common one, over many random pairs. Stratum gives
// each respondent's stratum, nil for one.
func (l *ledger) splits(ctx context.Context, r stat.Resampling, stratum []int, n, k int, value func(sum, out []float64)) (first, second [][]float64, err error) {
	all, err := r.Run(ctx, 2*k, func() func(int, *rand.Rand, []float64) {
		d := newSplitter(len(l.person), stratum, n)
		sum := make([]float64, l.width)
		return func(_ int, rng *rand.Rand, out []float64) {
			d.split(rng)
			for side, members := range d.sides {
				clear(sum)
				for _, g := range members {
					floats.Add(sum, l.of(g))
				}
				value(sum, out[side*k:(side+1)*k])
			}
		}
	})
	if err != nil {
		return nil, nil, err
	}
	return all[:k], all[k:], nil
}

// splitter draws pairs of samples of n respondents without a common one: halves
// within strata, cut down to n at random.
type splitter struct {
	n      int
	drawer *stat.Drawer
	first  []bool
	sides  [2][]int
	skip   []int // stratum of each respondent, negative for one who is never drawn
}

func newSplitter(people int, stratum []int, n int) *splitter {
	who := stat.People{N: people, Stratum: stratum}
	return &splitter{n: n, drawer: who.Drawer(), first: make([]bool, people), skip: stratum}
}

// split fills the two sides, in the order of the respondents.
func (s *splitter) split(rng *rand.Rand) {
	s.drawer.Split(rng, s.first)
	for side := range s.sides {
		s.sides[side] = slices.Grow(s.sides[side][:0], len(s.first))[:len(s.first)]
	}
	var n [2]int
	for g, first := range s.first {
		if s.skip != nil && s.skip[g] < 0 {
			continue
		}
		side := 1 // written without a branch, which nobody could foresee
		if first {
			side = 0
		}
		s.sides[side][n[side]] = g
		n[side]++
	}
	for side := range s.sides {
		m := s.sides[side][:n[side]]
		if len(m) > s.n {
			rng.Shuffle(len(m), func(i, j int) { m[i], m[j] = m[j], m[i] })
			m = m[:s.n]
			slices.Sort(m)
		}
		s.sides[side] = m
	}
}
