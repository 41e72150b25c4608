package analysis

import (
	"math"
	"testing"

	"silico/analysis/frame"
)

// TestWhatIsCountedIsWhatIsSummed compares the numbers of respondents with one
// row each, who are counted by key, with those of the same frame with a weight
// of 1, for which they are summed one by one.
func TestWhatIsCountedIsWhatIsSummed(t *testing.T) {
	counted := surveys(3000)
	summed := surveys(3000)
	summed.Schema.Weight = "ones"
	ones := make([]float64, summed.Rows())
	for i := range ones {
		ones[i] = 1
	}
	summed = summed.With(frame.Numbers("ones", ones))
	for name, p := range map[string]Params{
		"descriptives": descriptives(func(*Descriptives) {}),
		"coherence":    coherence(func(c *Coherence) { c.Belief, c.Floor, c.Replicates, c.By = "belief >= 4", 0, 0, []string{"gender"} }),
		"divergence":   divergence(func(d *Divergence) { d.Floor, d.Replicates, d.By = 0, 0, []string{"race"} }),
	} {
		a, b := runOn(t, p, input(counted, 1)), runOn(t, p, input(summed, 1))
		if len(a.Estimates) != len(b.Estimates) {
			t.Fatalf("%s: %d estimates are counted, %d summed", name, len(a.Estimates), len(b.Estimates))
		}
		for i, e := range a.Estimates {
			want := b.Estimates[i]
			if e.Key != want.Key {
				t.Fatalf("%s: estimate %d is %v, want %v", name, i, e.Key, want.Key)
			}
			for _, pair := range [][2]float64{{e.Value, want.Value}, {e.SE, want.SE}, {e.Lo, want.Lo}} {
				if math.Abs(pair[0]-pair[1]) > 1e-9 || math.IsNaN(pair[0]) != math.IsNaN(pair[1]) {
					t.Errorf("%s: %v is %v, want %v", name, e.Key, pair[0], pair[1])
				}
			}
			if e.People != want.People || e.Rows != want.Rows {
				t.Errorf("%s: %v is of %d respondents in %d rows, want %d in %d", name, e.Key, e.People, e.Rows, want.People, want.Rows)
			}
		}
	}
}

func TestKeysEndWhereThereAreTooMany(t *testing.T) {
	k := newKeys().and([]int32{0, 2, -1}, 3)
	if a, b := k.of(0), k.of(2); a == b || k.size != 4 {
		t.Errorf("rows with and without a value have keys %d and %d of %d", a, b, k.size)
	}
	if k.and(nil, manyKeys) != nil {
		t.Errorf("%d keys are counted in a table", manyKeys*4)
	}
}
