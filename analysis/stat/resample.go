package stat

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
)

// Resampling says how often something is drawn and from which streams. Draw b
// comes from Streams.At(Name, b), so results are equal for any number of
// workers, and the first draws of a longer run are those of a shorter one.
type Resampling struct {
	Streams Streams
	Name    string // of the streams: one for all that must stay paired
	B       int    // how many draws
	Workers int    // goroutines; less than 1 is 1
}

// Run calls a function for every draw and returns its k numbers as k vectors of
// length B, in the order of the draws. start makes the function, once for each
// worker, so that it can own scratch memory; it fills out, which is NaN at
// first. Run returns early with the context's error.
func (r Resampling) Run(ctx context.Context, k int, start func() func(b int, rng *rand.Rand, out []float64)) ([][]float64, error) {
	reps := make([][]float64, k)
	flat := make([]float64, k*r.B)
	for j := range reps {
		reps[j] = flat[j*r.B : (j+1)*r.B : (j+1)*r.B]
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(max(1, r.Workers), max(1, r.B)) {
		wg.Go(func() {
			draw, out := start(), make([]float64, k)
			for ctx.Err() == nil {
				b := int(next.Add(1)) - 1
				if b >= r.B {
					return
				}
				for j := range out {
					out[j] = math.NaN()
				}
				draw(b, r.Streams.At(r.Name, uint64(b)), out)
				for j, v := range out {
					reps[j][b] = v
				}
			}
		})
	}
	wg.Wait()
	return reps, ctx.Err()
}

// People says who is drawn when whole people are resampled.
type People struct {
	N int // size of the universe
	// Stratum of each person, from 0: each stratum keeps its size. A negative
	// stratum is never drawn. nil is one stratum.
	Stratum []int
}

// strata lists the people of each stratum.
func (p People) strata() [][]int {
	if p.Stratum == nil {
		all := make([]int, p.N)
		for i := range all {
			all[i] = i
		}
		return [][]int{all}
	}
	var s [][]int
	for i, g := range p.Stratum {
		for g >= len(s) {
			s = append(s, nil)
		}
		if g >= 0 {
			s[g] = append(s[g], i)
		}
	}
	return s
}

// Drawer draws resamples of whole people. It is not safe for concurrent use:
// make one for each worker.
type Drawer struct {
	n      int
	strata [][]int
	mixed  [][]int // for Split: the strata, in the order last shuffled
}

// Drawer returns a drawer of the people.
func (p People) Drawer() *Drawer { return &Drawer{n: p.N, strata: p.strata()} }

// Weights sets weight to how often each person is in a sample with replacement
// of as many people as there are, within strata. R: tabulate(sample(n, replace
// = TRUE), n) by stratum.
func (d *Drawer) Weights(rng *rand.Rand, weight []uint32) {
	clear(weight)
	for _, s := range d.strata {
		for range s {
			weight[s[rng.IntN(len(s))]]++
		}
	}
}

// Rows returns the rows of a sample of whole people with replacement: rows[i]
// are the rows of person i, and a person drawn twice gives its rows twice. The
// result is in dst's memory when it is large enough.
func (d *Drawer) Rows(rng *rand.Rand, rows [][]int, dst []int) []int {
	dst = dst[:0]
	for _, s := range d.strata {
		for range s {
			dst = append(dst, rows[s[rng.IntN(len(s))]]...)
		}
	}
	return dst
}

// Split sets first to true for half of the people, drawn without replacement
// within strata, and to false for the others. Half is the integer part of n/2,
// divided among strata in proportion: largest remainder, ties to the earlier.
// R: by stratum, sample(n, n %/% 2).
func (d *Drawer) Split(rng *rand.Rand, first []bool) {
	clear(first)
	if d.mixed == nil {
		for _, s := range d.strata {
			d.mixed = append(d.mixed, slices.Clone(s))
		}
	}
	for g, n := range halfSizes(d.strata) {
		s := d.mixed[g]
		copy(s, d.strata[g])
		for i := range n {
			j := i + rng.IntN(len(s)-i)
			s[i], s[j] = s[j], s[i]
			first[s[i]] = true
		}
	}
}

// halfSizes returns how many of each stratum go to the first half.
func halfSizes(strata [][]int) []int {
	sizes := make([]int, len(strata))
	total, given := 0, 0
	for g, s := range strata {
		total += len(s)
		sizes[g] = len(s) / 2
		given += sizes[g]
	}
	for g, s := range strata { // remainders are 0 or ½
		if len(s)%2 == 1 && given < total/2 {
			sizes[g]++
			given++
		}
	}
	return sizes
}

// Panels resamples whole people with replacement, jointly for all panels, and
// returns k statistics of the resampled tables, one for each panel in order, as
// k vectors of length B. stat fills out and may be called from several
// goroutines; the tables are its own until it returns. Panels share the
// universe of people.
func (r Resampling) Panels(ctx context.Context, people People, panels []*Panel, k int, stat func(t []Table, out []float64)) ([][]float64, error) {
	sums := make([]*panelSum, len(panels))
	for i, p := range panels {
		sums[i] = newPanelSum(p, people.N)
	}
	return r.Run(ctx, k, func() func(int, *rand.Rand, []float64) {
		drawer, weight := people.Drawer(), make([]uint32, people.N)
		mine, tables := cloneSums(sums), emptyTables(panels)
		return func(_ int, rng *rand.Rand, out []float64) {
			drawer.Weights(rng, weight)
			for i, s := range mine {
				s.into(tables[i].N, weight)
			}
			stat(tables, out)
		}
	})
}

// Halves splits the people into two halves, jointly for all panels, and returns
// k statistics of the tables of the first and the second half, as k vectors of
// length B: what two samples of one population differ by. Stratum keeps shares
// of groups equal in both halves (see Drawer.Split).
func (r Resampling) Halves(ctx context.Context, people People, panels []*Panel, k int, stat func(first, second []Table, out []float64)) ([][]float64, error) {
	sums := make([]*panelSum, len(panels))
	for i, p := range panels {
		sums[i] = newPanelSum(p, people.N)
	}
	return r.Run(ctx, k, func() func(int, *rand.Rand, []float64) {
		drawer, first := people.Drawer(), make([]bool, people.N)
		w1, w2 := make([]uint32, people.N), make([]uint32, people.N)
		mine, t1, t2 := cloneSums(sums), emptyTables(panels), emptyTables(panels)
		return func(_ int, rng *rand.Rand, out []float64) {
			drawer.Split(rng, first)
			clear(w1)
			clear(w2)
			for _, s := range drawer.strata {
				for _, i := range s {
					if first[i] {
						w1[i] = 1
					} else {
						w2[i] = 1
					}
				}
			}
			for i, s := range mine {
				s.into(t1[i].N, w1)
				s.into(t2[i].N, w2)
			}
			stat(t1, t2, out)
		}
	})
}

func cloneSums(sums []*panelSum) []*panelSum {
	mine := make([]*panelSum, len(sums))
	for i, s := range sums {
		mine[i] = s.clone()
	}
	return mine
}

func emptyTables(panels []*Panel) []Table {
	t := make([]Table, len(panels))
	for i, p := range panels {
		t[i] = NewTable(p.Items, p.Cats)
	}
	return t
}
