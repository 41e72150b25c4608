package analysis

import (
	"fmt"
	"math"
	"slices"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// variety computes entropy, variance and the person effect of outcomes from sums
// over persons. Sets of outcomes that make a scale share what is counted of them.
// The sums are, in their order,
//
//	counts of the values of each column, an item of an outcome
//	persons with an answer in every column
//	of each set, the sum over these persons of their sums and of its square
//	columns that this person has, 0 when finished
//	sum and square of these persons' answers in each column
//
// of which the last two are there only for persons who lack an answer: where
// nobody does, they follow from the counts.
type variety struct {
	spaces  []*space
	sets    []scale
	item    []int32
	items   int
	draw    []float64 // nil without draws
	counts  []int     // where those of each column begin, and where those of the last end
	lacking bool      // somebody lacks an answer; there is one set then
}

// scale is a set of outcomes that are summed.
type scale struct {
	name   string
	spaces []int // places in the variety
	scored bool  // the outcomes have scores
	whole  bool  // their values are few enough to have an entropy
}

// varieties returns how sets of outcomes are summed up: together where everybody
// has one answer to every item, so that respondents are gone through once, and
// one by one elsewhere.
func (h *Heterogeneity) varieties(f *frame.Frame, sel *selection, drawn *redraws, it items, names []string, sets [][]*space) ([]*variety, error) {
	sources := sel.sources
	if h.Floor > 0 && sel.source(people) != nil {
		all, err := h.everybody(f, people)
		if err != nil {
			return nil, err
		}
		sources = append(sources[:len(sources):len(sources)], all.sources...)
	}
	by := newGrouping(f, h.By).cols
	lacking := func(spaces []*space) bool {
		return slices.ContainsFunc(spaces, func(sp *space) bool { return !sp.whole }) ||
			slices.ContainsFunc(sources, func(src *sourceRows) bool { return !drawn.answersAll(src, it, spaces, by) })
	}
	var list []*variety
	// Respondents of one row are counted by what they answered, of which there is
	// less outcome by outcome.
	if len(it.labels) > 1 && !lacking(slices.Concat(sets...)) {
		return append(list, newVariety(f, it, names, sets, false)), nil
	}
	for i, set := range sets {
		list = append(list, newVariety(f, it, names[i:i+1], sets[i:i+1], lacking(set)))
	}
	return list, nil
}

func newVariety(f *frame.Frame, it items, names []string, sets [][]*space, lacking bool) *variety {
	v := &variety{item: it.code, items: len(it.labels), counts: []int{0}, lacking: lacking}
	if c := f.Col(frame.DrawColumn); c != nil && c.Kind == frame.Number {
		v.draw = c.Nums
	}
	for i, set := range sets {
		s := scale{name: names[i], scored: true, whole: true}
		for _, sp := range set {
			at := slices.Index(v.spaces, sp)
			if at < 0 {
				at = len(v.spaces)
				v.spaces = append(v.spaces, sp)
				for range v.items {
					v.counts = append(v.counts, v.counted()+len(sp.cats))
				}
			}
			s.spaces, s.scored, s.whole = append(s.spaces, at), s.scored && sp.scores != nil, s.whole && sp.whole
		}
		v.sets = append(v.sets, s)
	}
	return v
}

// name tells tallies apart that do something else with the rows of a frame.
func (v *variety) name(it items) string {
	s := fmt.Sprintf("variety of %q %q by draw %t, lacking %t", it.of, it.keys, v.draw != nil, v.lacking)
	for _, sp := range v.spaces {
		s += fmt.Sprintf(" %q %q %v %v", sp.name, sp.levels, sp.category, sp.scores)
	}
	for _, set := range v.sets {
		s += fmt.Sprint(" ", set.spaces)
	}
	return s
}

// keys returns what decides how a row is filled; nil where draws do too.
func (v *variety) keys(sel *selection) *keys {
	for _, src := range sel.sources {
		if src.Draws > 1 {
			return nil
		}
	}
	return keysOf(v.item, v.items, v.spaces)
}

// keysOf returns keys of the items and the values of some outcomes.
func keysOf(item []int32, items int, spaces []*space) *keys {
	k := newKeys().and(item, items)
	for _, sp := range spaces {
		k = k.and(sp.code, len(sp.levels))
	}
	return k
}

// Where the sums of a vector begin.
func (v *variety) counted() int        { return v.counts[len(v.counts)-1] }
func (v *variety) ofPersons() int      { return v.counted() }
func (v *variety) ofScale(set int) int { return v.counted() + 1 + 2*set }
func (v *variety) ofSeen() int         { return v.ofScale(len(v.sets)) }
func (v *variety) ofAnswers() int      { return v.ofSeen() + 1 }

// columns is the number of items over the outcomes of a set.
func (v *variety) columns(set scale) int { return len(set.spaces) * v.items }

func (v *variety) width() int {
	if v.lacking {
		return v.ofAnswers() + 2*v.columns(v.sets[0])
	}
	return v.ofSeen()
}

// fill adds the answers of a row.
func (v *variety) fill(row int, vector []float64) bool {
	item := v.item[row]
	if item < 0 {
		return false
	}
	any, first := false, v.draw == nil || v.draw[row] == 1
	for i, sp := range v.spaces {
		code := sp.code[row]
		if code < 0 {
			continue
		}
		any = true
		column := i*v.items + int(item)
		vector[v.counts[column]+sp.category[code]]++
		if v.lacking && first {
			vector[v.ofSeen()]++
			if sp.scores != nil {
				vector[v.ofAnswers()+column] += sp.scores[code]
			}
		}
		for s, set := range v.sets {
			if first && set.scored && slices.Contains(set.spaces, i) {
				vector[v.ofScale(s)] += sp.scores[code]
			}
		}
	}
	return any
}

// finish completes a person's sums, or clears them where an answer is missing.
func (v *variety) finish(vector []float64) {
	if v.lacking {
		own := vector[v.counted():]
		n := v.columns(v.sets[0])
		if int(vector[v.ofSeen()]) != n {
			clear(own)
			return
		}
		answers, squares := vector[v.ofAnswers():v.ofAnswers()+n], vector[v.ofAnswers()+n:]
		for i, x := range answers {
			squares[i] = x * x
		}
		vector[v.ofSeen()] = 0
	}
	vector[v.ofPersons()] = 1
	for s := range v.sets {
		own := vector[v.ofScale(s):]
		own[1] = own[0] * own[0]
	}
}

// measured returns what value computes, in its order.
func (v *variety) measured() []measuredOutcome {
	var list []measuredOutcome
	for _, set := range v.sets {
		m := measuredOutcome{outcome: set.name}
		if set.whole {
			top := 0.0
			for _, i := range set.spaces {
				top += math.Log2(float64(len(v.spaces[i].cats))) / float64(len(set.spaces))
			}
			m.statistics = append(m.statistics, statistic{name: "entropy", ownBias: true, top: top})
		}
		if set.scored {
			few, flat, complete := "fewer than two persons answered everything", "persons do not differ in their sums", v.ofPersons()
			m.statistics = append(m.statistics, statistic{name: "variance", why: few, complete: complete}, statistic{name: "sd_sums", why: few, complete: complete})
			if v.columns(set) > 1 {
				m.statistics = append(m.statistics, statistic{name: "alpha", why: flat, complete: complete}, statistic{name: "icc", why: flat, complete: complete})
			}
		}
		list = append(list, m)
	}
	return list
}

// value computes the statistics from sums.
func (v *variety) value(sums, out []float64) {
	var room [8]columnSums
	of := room[:0]
	for i := range v.spaces {
		of = append(of, v.outcome(sums, i))
	}
	persons := sums[v.ofPersons()]
	for s, set := range v.sets {
		var all columnSums
		for _, i := range set.spaces {
			all.entropy, all.answered, all.variance = all.entropy+of[i].entropy, all.answered+of[i].answered, all.variance+of[i].variance
		}
		if set.whole {
			out[0], out = all.entropy/all.answered, out[1:]
		}
		if !set.scored {
			continue
		}
		k := float64(v.columns(set))
		own := sums[v.ofScale(s):]
		total := variance(persons, own[0], own[1])
		out[0], out[1], out = all.variance/k, math.Sqrt(total), out[2:]
		if k > 1 {
			alpha := math.NaN()
			if total > 1e-12*own[1]/persons {
				alpha = k / (k - 1) * (1 - all.variance/total)
			}
			out[0], out[1], out = alpha, alpha/(k-(k-1)*alpha), out[2:]
		}
	}
}

// columnSums are sums over the columns of an outcome.
type columnSums struct {
	entropy  float64 // of the columns that have answers
	answered float64 // how many do
	variance float64 // of the answers of persons with an answer in every column
}

// outcome sums over the columns of an outcome.
func (v *variety) outcome(sums []float64, i int) (c columnSums) {
	sp, persons := v.spaces[i], sums[v.ofPersons()]
	for column := i * v.items; column < (i+1)*v.items; column++ {
		counts := sums[v.counts[column]:v.counts[column+1]]
		if sp.whole {
			if h := stat.Entropy(counts); !math.IsNaN(h) {
				c.entropy, c.answered = c.entropy+h, c.answered+1
			}
		}
		sum, squares := 0.0, 0.0
		switch {
		case sp.scores == nil:
		case v.lacking:
			answers := sums[v.ofAnswers():]
			sum, squares = answers[column], answers[len(v.counts)-1+column]
		default:
			for k, x := range sp.scores {
				n := x * counts[k]
				sum, squares = sum+n, squares+n*x
			}
		}
		c.variance += variance(persons, sum, squares)
	}
	return c
}

// variance returns the variance (n-1) of n numbers, NaN of fewer than two.
func variance(n, sum, squares float64) float64 {
	if n < 2 {
		return math.NaN()
	}
	return max(0, (squares-sum*sum/n)/(n-1))
}
