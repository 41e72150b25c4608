package stat

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// aliasTable draws whole numbers with given probabilities, each in the same time
// and with one random number (Walker 1977, doi:10.1145/355744.355749): its high
// bits choose an entry, the others one of the two numbers that share it.
type aliasTable struct {
	shift   uint // what leaves the bits that choose an entry
	entries []aliasEntry
}

type aliasEntry struct {
	below        uint64 // random numbers from here on are for the other
	first, other int32
}

// newAliasTable returns a table for numbers from low on with these weights. The
// weights are not negative and some of them is above 0.
func newAliasTable(low int, weight []float64) *aliasTable {
	n := bits.Len(uint(len(weight) - 1)) // the entries are a power of 2
	t := &aliasTable{shift: uint(64 - n), entries: make([]aliasEntry, 1<<n)}
	sum := 0.0
	for _, w := range weight {
		sum += w
	}
	mass := make([]float64, len(t.entries)) // as a multiple of what an entry holds
	var small, large []int
	for i := range t.entries {
		if i < len(weight) {
			mass[i] = weight[i] / sum * float64(len(t.entries))
		}
		if mass[i] < 1 {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	for len(small) > 0 && len(large) > 0 { // the room that a small one leaves is filled from a large one (Vose 1991, doi:10.1109/32.92917)
		i, j := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		t.entries[i] = aliasEntry{uint64(mass[i] * (1 << 63) * 2), int32(low + i), int32(low + j)}
		if mass[j] -= 1 - mass[i]; mass[j] < 1 {
			large = large[:len(large)-1]
			small = append(small, j)
		}
	}
	for _, i := range append(small, large...) { // full, but for rounding
		t.entries[i] = aliasEntry{math.MaxUint64, int32(low + i), int32(low + i)}
	}
	return t
}

// draw returns a number.
func (t *aliasTable) draw(rng *rand.Rand) int {
	u := rng.Uint64()
	e := &t.entries[u>>t.shift]
	k := e.first
	if u<<(64-t.shift) >= e.below {
		k = e.other
	}
	return int(k)
}

// newPoissonTable returns a table for the Poisson distribution with that mean,
// without the ends that have less than 2⁻⁶⁰ of its mode. R: rpois.
func newPoissonTable(mean float64) *aliasTable {
	const least = 0x1p-60
	mode := math.Floor(mean)
	var down, weight []float64
	for k, w := mode-1, mode/mean; k >= 0 && w > least; k-- {
		down = append(down, w)
		w *= k / mean
	}
	for i := len(down) - 1; i >= 0; i-- {
		weight = append(weight, down[i])
	}
	for k, w := mode, 1.0; w > least; {
		weight = append(weight, w)
		k++
		w *= mean / k
	}
	return newAliasTable(int(mode)-len(down), weight)
}
