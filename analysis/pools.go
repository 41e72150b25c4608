package analysis

import (
	"math/rand/v2"
	"slices"

	"silico/analysis/stat"
)

// pool is a set of respondents that is resampled as one: the people and all
// sources that share their ids, or the own respondents of one source.
type pool struct {
	name   string // "" for the people's
	people int
	// Independent says that every respondent has one row and nothing is
	// paired, so that counts can be drawn in the place of respondents.
	independent bool
}

// poolIndex is a pool and the ascending codes of its respondents.
type poolIndex struct {
	pool  int
	codes []int32
}

// poolsOf returns the pools of sources, and for each source its pool.
func poolsOf(sources []*sourceRows) ([]*pool, []poolIndex) {
	var shared []int32
	sharing := 0
	for _, src := range sources {
		if src.sharesPeople() {
			sharing++
			shared = append(shared, src.respondents()...)
		}
	}
	if sharing > 1 {
		slices.Sort(shared)
		shared = slices.Compact(shared)
	}
	var pools []*pool
	index := make([]poolIndex, len(sources))
	first, members := -1, 0
	for s, src := range sources {
		single := src.single()
		if !src.sharesPeople() {
			own := src.respondents()
			index[s] = poolIndex{len(pools), own}
			pools = append(pools, &pool{name: src.Name, people: len(own), independent: single})
			continue
		}
		if first < 0 {
			first = len(pools)
			pools = append(pools, &pool{people: len(shared)})
		}
		members++
		pools[first].independent = single && members == 1
		index[s] = poolIndex{first, shared}
	}
	return pools, index
}

// respondents returns the codes of the source's respondents, ascending. It may
// be the source's own memory.
func (s *sourceRows) respondents() []int32 {
	if s.single() {
		return s.person
	}
	return slices.Compact(slices.Clone(s.person))
}

// sharesPeople says whether the source's respondents are people of the people
// file.
func (s *sourceRows) sharesPeople() bool { return s.Paired || s.Kind == people }

// stream returns the random stream of a pool for resample b. Each pool has its
// own, so that a source more or less changes no number of another.
func (p *pool) stream(r stat.Resampling, b int) *rand.Rand {
	return r.Streams.At(r.Name+"."+p.name, uint64(b))
}

// draw sets weight to how often each respondent is in a sample with
// replacement of as many as there are.
func (p *pool) draw(rng *rand.Rand, weight []uint32) {
	clear(weight)
	for range weight {
		weight[rng.IntN(len(weight))]++
	}
}
