package analysis

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
)

// rowSet numbers rows of k numbers with an offset, by open addressing: a map of
// their bytes was most of the time of a recovery.
type rowSet struct {
	k      int
	x      []float64 // rows x k
	offset []float64 // of each row
	slots  []int32   // number + 1 of the row that is there, 0 for none; a power of 2 of them
}

func newRowSet(k int) *rowSet { return &rowSet{k: k, slots: make([]int32, 1<<10)} }

// reset empties the set and keeps its memory.
func (s *rowSet) reset() {
	s.x, s.offset = s.x[:0], s.offset[:0]
	clear(s.slots)
}

// row returns a row; it is the set's own memory.
func (s *rowSet) row(number int) []float64 { return s.x[number*s.k : (number+1)*s.k : (number+1)*s.k] }

// matrix returns all rows; it is the set's own memory.
func (s *rowSet) matrix() blas64.General {
	return blas64.General{Rows: len(s.offset), Cols: s.k, Data: s.x, Stride: s.k}
}

// add returns the number of a row, which is a new one for the first of its
// equals.
func (s *rowSet) add(row []float64, offset float64) int32 {
	slot := s.find(row, offset)
	if number := s.slots[slot] - 1; number >= 0 {
		return number
	}
	s.push(row, offset)
	return int32(len(s.offset) - 1)
}

// push gives a row the next number, whether it has equals or not.
func (s *rowSet) push(row []float64, offset float64) {
	s.x, s.offset = append(s.x, row...), append(s.offset, offset)
	if 2*len(s.offset) <= len(s.slots) {
		s.enter(len(s.offset) - 1)
		return
	}
	s.slots = make([]int32, 2*len(s.slots))
	for number := range s.offset {
		s.enter(number)
	}
}

// enter makes a row findable, unless an equal one is already.
func (s *rowSet) enter(number int) {
	if slot := s.find(s.row(number), s.offset[number]); s.slots[slot] == 0 {
		s.slots[slot] = int32(number + 1)
	}
}

// find returns the slot of a row's equal, or the free one where it belongs.
func (s *rowSet) find(row []float64, offset float64) uint64 {
	mask := uint64(len(s.slots) - 1)
	at := hashOf(row, offset) & mask
	for s.slots[at] != 0 && !s.equal(int(s.slots[at]-1), row, offset) {
		at = (at + 1) & mask
	}
	return at
}

func (s *rowSet) equal(number int, row []float64, offset float64) bool {
	if s.offset[number] != offset {
		return false
	}
	for j, x := range s.row(number) {
		if x != row[j] {
			return false
		}
	}
	return true
}

func hashOf(row []float64, offset float64) uint64 {
	h := math.Float64bits(offset + 0) // -0 is 0
	for _, x := range row {
		h = (h ^ math.Float64bits(x+0)) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	return h ^ h>>32
}
