package analysis

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Structures that fit into a number are counted as such; both ways must count
// alike, whoever has left something out.
func TestStructuresAsNumbersAreCountedLikeWholeTuples(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, levels := range []int32{1, 2, 5} {
		src, it := &sourceRows{}, items{labels: []string{"a", "b", "c"}}
		codes := make([][]int32, 2)
		for person := range int32(60) {
			for item := range int32(3) {
				src.rows, src.person = append(src.rows, len(it.code)), append(src.person, person)
				it.code = append(it.code, item)
				for c := range codes {
					codes[c] = append(codes[c], max(-1, rng.Int32N(20*levels)%levels-rng.Int32N(40)/39*levels))
				}
			}
		}
		tt := newTuples(it, codes, nil)
		if tt.at == nil {
			t.Fatalf("six answers of %d levels do not fit into a number", levels)
		}
		numbers, whole := tt.runs(src), tabulate(tt.persons(src))
		slices.Sort(numbers)
		slices.Sort(whole)
		if diff := cmp.Diff(whole, numbers); diff != "" {
			t.Errorf("structures of %d levels (-whole +numbers):\n%s", levels, diff)
		}
		if n := len(whole); n == 0 || levels > 1 && n < 5 {
			t.Errorf("%d structures of %d levels: nothing is tested", n, levels)
		}
	}
}

func TestStructuresThatAreTooLargeForANumberAreCountedWhole(t *testing.T) {
	it := items{labels: make([]string, 33)}
	if tt := newTuples(it, [][]int32{{0, 3}}, nil); tt.at != nil {
		t.Error("33 answers of 4 levels are packed into 64 bits")
	}
	if tt := newTuples(it, [][]int32{{0, 1}}, nil); tt.at == nil {
		t.Error("33 answers of 2 levels are not")
	}
}
