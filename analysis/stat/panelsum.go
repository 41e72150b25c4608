package stat

import "math"

// panelSum sums a panel over people with whole-number weights, again and again.
// It is what a bootstrap of whole people spends its time on, so counts that fit
// are packed several to a 64-bit word, and one multiplication weighs them all:
// four lanes of 16 bits or two of 32, by what the largest possible sum needs.
// Sums of counts are exact, so they depend on no order. Weights that are no
// counts (survey weights, probabilities) are summed as floats in the order of
// people.
type panelSum struct {
	person []int32 // who has answers
	width  int     // Items x Cats
	lanes  int     // counts to a word: 4, 2, or 0 for floats
	stride int     // words or floats a person
	words  []uint64
	floats []float64
	acc    []uint64
}

// newPanelSum prepares the sums of p under weights that add up to at most
// total.
func newPanelSum(p *Panel, total int) *panelSum {
	s := &panelSum{width: p.Items * p.Cats}
	whole, top := true, 0.0
	for i := range p.People {
		if !p.Answered(i) {
			continue
		}
		s.person = append(s.person, int32(i))
		for _, v := range p.row(i) {
			top = max(top, v)
			whole = whole && v >= 0 && v == math.Floor(v)
		}
	}
	switch bound := top * float64(total); {
	case whole && bound < 1<<16:
		s.lanes = 4
	case whole && bound < 1<<32:
		s.lanes = 2
	default:
		s.stride = s.width
		s.floats = make([]float64, 0, len(s.person)*s.width)
		for _, i := range s.person {
			s.floats = append(s.floats, p.row(int(i))...)
		}
		return s
	}
	s.stride = (s.width + s.lanes - 1) / s.lanes
	s.words = make([]uint64, len(s.person)*s.stride)
	s.acc = make([]uint64, s.stride)
	for r, i := range s.person {
		for k, v := range p.row(int(i)) {
			s.words[r*s.stride+k/s.lanes] |= uint64(v) << (64 / s.lanes * (k % s.lanes))
		}
	}
	return s
}

// clone returns the same sums with scratch memory of their own, for another
// goroutine.
func (s *panelSum) clone() *panelSum {
	c := *s
	c.acc = make([]uint64, len(s.acc))
	return &c
}

// into sets dst to the sums under the weights of the people of the universe.
func (s *panelSum) into(dst []float64, weight []uint32) {
	if s.lanes == 0 {
		clear(dst)
		for r, i := range s.person {
			w := float64(weight[i])
			if w == 0 {
				continue
			}
			row := s.floats[r*s.stride:][:len(dst)]
			for k := range dst {
				dst[k] += w * row[k]
			}
		}
		return
	}
	acc := s.acc
	clear(acc)
	for r, i := range s.person {
		w := uint64(weight[i])
		if w == 0 {
			continue
		}
		row := s.words[r*s.stride:][:len(acc)]
		for k := range acc {
			acc[k] += w * row[k]
		}
	}
	bits := 64 / s.lanes
	mask := uint64(1)<<bits - 1
	for k := range dst {
		dst[k] = float64(acc[k/s.lanes] >> (bits * (k % s.lanes)) & mask)
	}
}
