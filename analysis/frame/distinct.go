package frame

import (
	"math"
	"slices"
)

// Distinct numbers the few different numbers of a column in the order in which
// they come.
//
// Note: a map was tried. It took five times as long, and sorting a million
// numbers of which seven are different longer still.
type Distinct struct {
	most   int
	values []float64
	slots  []uint16 // number + 1 of the value that is there, 0 for none; a power of 2 of them
}

// NewDistinct returns room for at most so many values, which may be 32,767.
func NewDistinct(most int) *Distinct {
	size := 16
	for size < 2*most {
		size *= 2
	}
	return &Distinct{most: most, slots: make([]uint16, size)}
}

// Add returns the number of x, -1 when there would be too many. All NaN are one,
// and so are 0 and -0.
func (s *Distinct) Add(x float64) int {
	mask := uint64(len(s.slots) - 1)
	h := math.Float64bits(x+0) * 0x9E3779B97F4A7C15
	if x != x {
		h = 0
	}
	for at := h >> 32 & mask; ; at = (at + 1) & mask {
		k := int(s.slots[at]) - 1
		if k < 0 {
			if len(s.values) == s.most {
				return -1
			}
			s.values = append(s.values, x)
			s.slots[at] = uint16(len(s.values))
			return len(s.values) - 1
		}
		if y := s.values[k]; y == x || y != y && x != x {
			return k
		}
	}
}

// Sorted returns the values in ascending order, NaN first, and for each number
// that Add gave the place of its value among them.
func (s *Distinct) Sorted() (values []float64, place []int32) {
	order := make([]int, len(s.values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch x, y := s.values[a], s.values[b]; {
		case x < y || x != x:
			return -1
		case y < x || y != y:
			return 1
		}
		return 0
	})
	place = make([]int32, len(order))
	for rank, i := range order {
		values = append(values, s.values[i])
		place[i] = int32(rank)
	}
	return values, place
}

// manyNumbers is how many different numbers Numbered counts.
const manyNumbers = 4096

// Numbered are the values of a number column by their place among its different
// values.
type Numbered struct {
	Values []float64 // ascending, without NaN
	Codes  []int32   // of each row, -1 where missing
}

// Numbered is NumberedOf the named number column, made once for the frame.
func (f *Frame) Numbered(name string) *Numbered {
	return Once(f, "numbered "+name, func() *Numbered { return NumberedOf(f.Col(name).Nums) })
}

// NumberedOf returns numbers by their different values; nil when there are more
// than some thousand of them.
func NumberedOf(xs []float64) *Numbered {
	seen := NewDistinct(manyNumbers)
	codes := make([]int32, len(xs))
	for i, x := range xs {
		k := seen.Add(x)
		if k < 0 {
			return nil
		}
		codes[i] = int32(k)
	}
	values, place := seen.Sorted()
	missing := int32(0) // how many places NaN takes
	if len(values) > 0 && math.IsNaN(values[0]) {
		missing, values = 1, values[1:]
	}
	for i, k := range codes {
		codes[i] = place[k] - missing
	}
	return &Numbered{values, codes}
}
