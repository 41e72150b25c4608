package stat

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
)

// Counts resamples groups of independent answers by their counts: every group
// is drawn anew from a multinomial with its own size and shares, independently
// of the others. That is the distribution which resampling rows has, where a
// respondent has one row and no group is paired with another, and costs as many
// draws as there are categories instead of one a row. It returns k statistics
// as k vectors of length B. stat fills out and may be called from several
// goroutines; the counts are its own until it returns. A count that is negative
// or not whole is an error.
func (r Resampling) Counts(ctx context.Context, groups [][]float64, k int, stat func(groups [][]float64, out []float64)) ([][]float64, error) {
	for g, counts := range groups {
		for c, n := range counts {
			if !(n >= 0) || n != math.Floor(n) || math.IsInf(n, 1) {
				return nil, fmt.Errorf("resample counts of group %d: category %d has %v, which is no count; resample people instead", g, c, n)
			}
		}
	}
	drawers := make([]*CountDrawer, len(groups))
	for g, counts := range groups {
		drawers[g] = NewCountDrawer(counts)
	}
	return r.Run(ctx, k, func() func(int, *rand.Rand, []float64) {
		drawn := make([][]float64, len(groups))
		for g := range groups {
			drawn[g] = make([]float64, len(groups[g]))
		}
		return func(_ int, rng *rand.Rand, out []float64) {
			for g, d := range drawers {
				d.Draw(rng, drawn[g])
			}
			stat(drawn, out)
		}
	})
}

// CountDrawer draws counts anew: as many answers as there are, each of a category
// with the share that the category has. It may be used from several goroutines.
// R: rmultinom(1, sum(counts), counts).
//
// Counts that are Poisson, each with the mean of its category, are multinomial
// when their total is known, and so they are behind answers that are drawn one by
// one until the total is what it must be (Brown and Bromberg 1984, The American
// Statistician 38, 216-219). The means fall somewhat short of the counts, so that
// one draw in six has too many, and all are drawn again: that depends on the
// total alone and changes nothing of the distribution given it. Tables make both
// quick. Where the answers that are missing would be many for the categories, or
// the tables large, each category is a binomial of what those before it left
// (Davis 1993, doi:10.1016/0167-9473(93)90115-A).
type CountDrawer struct {
	counts  []float64
	total   int
	poisson []*aliasTable // of each category in some, how many answers it has; nil for binomials
	some    []int         // the categories that have any
	one     *aliasTable   // the category of an answer
}

const (
	shortBy = 1.0     // standard deviations by which the means fall short
	worth   = 3       // answers drawn one by one that take as long as a binomial
	room    = 1 << 16 // entries of the tables of a drawer at most, 16 bytes each
)

// NewCountDrawer returns a drawer for counts, which are whole numbers and stay as
// they are.
func NewCountDrawer(counts []float64) *CountDrawer {
	d := &CountDrawer{counts: counts}
	total := 0.0
	for c, n := range counts {
		if n > 0 {
			d.some = append(d.some, c)
			total += n
		}
	}
	short := shortBy * math.Sqrt(total)
	if len(d.some) < 2 || short > worth*float64(len(d.some)) {
		return d
	}
	d.total, d.one = int(total), newAliasTable(0, counts)
	known, entries := make(map[float64]*aliasTable), 0
	for _, c := range d.some {
		n := counts[c]
		if known[n] == nil {
			known[n] = newPoissonTable(n * max(0, 1-short/total))
			if entries += len(known[n].entries); entries > room {
				d.poisson = nil
				return d
			}
		}
		d.poisson = append(d.poisson, known[n])
	}
	return d
}

// Draw sets dst to counts that are drawn.
func (d *CountDrawer) Draw(rng *rand.Rand, dst []float64) {
	if d.poisson == nil {
		drawBinomials(rng, d.counts, dst)
		return
	}
	clear(dst)
	left := -1
	for left < 0 {
		left = d.total
		for i, c := range d.some {
			n := d.poisson[i].draw(rng)
			dst[c] = float64(n)
			left -= n
		}
	}
	for range left {
		dst[d.one.draw(rng)]++
	}
}

// drawBinomials sets dst to a multinomial draw, one binomial a category.
func drawBinomials(rng *rand.Rand, counts, dst []float64) {
	mass := 0.0 // counts of the categories to come
	for _, n := range counts {
		mass += n
	}
	left := mass // answers to give out
	for c, n := range counts {
		switch {
		case left == 0 || n == 0:
			dst[c] = 0
		case n == mass:
			dst[c] = left
		default:
			dst[c] = DrawBinomial(rng, left, n/mass)
		}
		left -= dst[c]
		mass -= n
	}
}
