package frame

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestIdsOfDigitsAreInTheOrderOfTheirNumbers(t *testing.T) {
	ids := []string{"b", "10", "a10", "9", "", "a9", "101"}
	slices.SortFunc(ids, CompareIDs)
	if want := []string{"9", "10", "101", "", "a10", "a9", "b"}; !slices.Equal(ids, want) {
		t.Errorf("ids are in the order %q, want %q", ids, want)
	}
}

func TestSortedIdsAreInTheOrderOfCompareIDs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, id := range map[string]func() string{
		"numbers":       func() string { return fmt.Sprint(rng.IntN(100_000)) },
		"long prefixes": func() string { return fmt.Sprintf("ft_%d:ft_100-%07d", 100*rng.IntN(2), rng.IntN(500)) },
		"short": func() string {
			b := make([]byte, rng.IntN(18))
			for i := range b {
				b[i] = "\x00\xffa1"[rng.IntN(4)]
			}
			return string(b)
		},
	} {
		ids := make([]string, 3000)
		for i := range ids {
			ids[i] = id()
		}
		want := make([]int32, len(ids))
		for i := range want {
			want[i] = int32(i)
		}
		slices.SortStableFunc(want, func(a, b int32) int { return CompareIDs(ids[a], ids[b]) })
		if got := SortedIDs(ids); !slices.Equal(got, want) {
			t.Errorf("%s: ids are not in the order of a stable sort by CompareIDs", name)
		}
	}
}

func BenchmarkSortedIDs(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	ids := make([]string, 1_000_000)
	for i, p := range rng.Perm(len(ids)) {
		ids[i] = fmt.Sprintf("model_%d:model_%d-%07d", p%5, p%5, p)
	}
	b.ReportAllocs()
	for b.Loop() {
		SortedIDs(ids)
	}
}
