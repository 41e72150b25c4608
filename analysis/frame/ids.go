package frame

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// CompareIDs orders the ids of respondents: strings of digits first, shorter
// ones before longer ones so that 9 comes before 10, then all others; each by
// their bytes. What is computed follows this order, so that it does not depend
// on that of a file.
func CompareIDs(a, b string) int {
	if n := cmp.Compare(digits(a), digits(b)); n != 0 {
		return n
	}
	return strings.Compare(a, b)
}

// digits returns the length of a string of digits, and for others, which come
// behind all of them, the largest number.
func digits(s string) int {
	const others = int(^uint(0) >> 1)
	if s == "" {
		return others
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return others
		}
	}
	return len(s)
}

// SortedIDs returns the places of ids in the order of CompareIDs, equal ones in
// the order in which they stand. It sorts eight bytes at a time: comparing whole
// ids of a million respondents, which begin alike, took seconds.
func SortedIDs(ids []string) []int32 {
	order := make([]int32, len(ids))
	for i := range order {
		order[i] = int32(i)
	}
	if slices.IsSortedFunc(ids, CompareIDs) {
		return order
	}
	list := make([]keyed, len(ids))
	for i, id := range ids {
		list[i] = keyed{uint64(digits(id)), int32(i)}
	}
	sortKeyed(list)
	for lo, hi := range runs(list) {
		sortFrom(list[lo:hi], ids, 0)
	}
	for i, k := range list {
		order[i] = k.at
	}
	return order
}

// keyed is an id by its place, with the part of it that is sorted by.
type keyed struct {
	key uint64
	at  int32
}

// sortFrom sorts ids that are alike in their first depth bytes.
func sortFrom(list []keyed, ids []string, depth int) {
	if len(list) < 2 {
		return
	}
	if len(list) < 12 {
		slices.SortFunc(list, func(a, b keyed) int {
			return cmp.Or(strings.Compare(ids[a.at][depth:], ids[b.at][depth:]), cmp.Compare(a.at, b.at))
		})
		return
	}
	longer := false
	for i := range list {
		rest := ids[list[i].at][depth:]
		longer = longer || len(rest) > 7
		list[i].key = eight(rest)
	}
	sortKeyed(list)
	if !longer {
		return
	}
	for lo, hi := range runs(list) {
		if list[lo].key&0xff == more {
			sortFrom(list[lo:hi], ids, depth+7)
		}
	}
}

// more is the last byte of the key of an id that goes on behind it.
const more = 0xff

// eight returns the first seven bytes of s as a number of the same order, and
// in its last byte how many there are: fewer bytes come before more.
func eight(s string) uint64 {
	var b [8]byte
	n := copy(b[:7], s)
	b[7] = byte(n)
	if len(s) > 7 {
		b[7] = more
	}
	return binary.BigEndian.Uint64(b[:])
}

func sortKeyed(list []keyed) {
	slices.SortFunc(list, func(a, b keyed) int {
		if a.key != b.key {
			if a.key < b.key {
				return -1
			}
			return 1
		}
		return int(a.at) - int(b.at)
	})
}

// runs yields the ends of each run of equal keys.
func runs(list []keyed) func(yield func(lo, hi int) bool) {
	return func(yield func(lo, hi int) bool) {
		for lo := 0; lo < len(list); {
			hi := lo + 1
			for hi < len(list) && list[hi].key == list[lo].key {
				hi++
			}
			if !yield(lo, hi) {
				return
			}
			lo = hi
		}
	}
}
