package frame

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
	"github.com/google/go-cmp/cmp"
)

func TestMissingIsNaNOrMinusOneOrAbsent(t *testing.T) {
	for _, c := range []*Column{
		Numbers("x", []float64{1, math.NaN()}),
		Factors("g", []string{"F", "?"}, []string{"F", "M"}),
		{Name: "o", Kind: Ordered, Codes: []int32{0, -1}, Levels: []string{"no", "yes"}},
		{Name: "t", Kind: Text, Texts: []string{"a", ""}, Absent: []bool{false, true}},
	} {
		if c.Missing(0) || !c.Missing(1) {
			t.Errorf("%s column: missing = %v, %v, want false, true", c.Kind, c.Missing(0), c.Missing(1))
		}
		if got := c.String(1); got != "" {
			t.Errorf("%s column: a missing value reads %q, want nothing", c.Kind, got)
		}
		if !math.IsNaN(c.Float(1)) {
			t.Errorf("%s column: a missing value is %v as a number, want NaN", c.Kind, c.Float(1))
		}
	}
}

func TestOrderedLevelsCountFromZeroOrByTheirScores(t *testing.T) {
	c := &Column{Name: "do", Kind: Ordered, Codes: []int32{0, 2, -1}, Levels: []string{"no", "perhaps", "yes"}}
	if got := c.Floats(); got[0] != 0 || got[1] != 2 || !math.IsNaN(got[2]) {
		t.Errorf("without scores the numbers are %v, want [0 2 NaN]", got)
	}
	c.Scores = []float64{1, 5, 10}
	if got := c.Floats(); got[0] != 1 || got[1] != 10 {
		t.Errorf("with scores 1, 5, 10 the numbers are %v, want [1 10 NaN]", got)
	}
}

func TestTakeRepeatsAndReordersRowsOfEveryKind(t *testing.T) {
	f := New(Numbers("x", []float64{1, 2, 3}), Factors("g", []string{"a", "b", "a"}, nil), Strings("t", []string{"p", "q", "r"}))
	g := f.Take([]int{2, 2, 0})
	var got [][]string
	for i := range g.Rows() {
		got = append(got, []string{g.Col("x").String(i), g.Col("g").String(i), g.Col("t").String(i)})
	}
	want := [][]string{{"3", "a", "r"}, {"3", "a", "r"}, {"1", "a", "p"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("rows 2, 2, 0 (-want +got):\n%s", d)
	}
	if n := f.Take(nil).Rows(); n != 0 {
		t.Errorf("taking no rows leaves %d", n)
	}
}

func TestTakenRowsAreMadeOnceForAllFramesThatHoldThem(t *testing.T) {
	g := New(Numbers("x", []float64{1, 2, 3}), Numbers("y", []float64{4, 5, 6})).Take([]int{2, 0})
	h := g.With(Numbers("y", []float64{7, 8}))
	first := g.Col("x")
	if g.Col("x") != first || h.Col("x") != first {
		t.Error("x of the taken rows was made more than once")
	}
	if got := h.Take([]int{1, 1}).Col("x").Nums; !slices.Equal(got, []float64{1, 1}) {
		t.Errorf("row 1 twice of rows 2, 0 of 1, 2, 3 is %v, want [1 1]", got)
	}
}

func TestWithReplacesInPlaceAndLeavesTheOldFrameAlone(t *testing.T) {
	f := New(Numbers("x", []float64{1}), Numbers("y", []float64{2}))
	g := f.With(Numbers("x", []float64{9})).With(Numbers("z", []float64{3}))
	if want := []string{"x", "y", "z"}; !slices.Equal(g.Names(), want) {
		t.Errorf("columns are %v, want %v", g.Names(), want)
	}
	if f.Col("x").Nums[0] != 1 || g.Col("x").Nums[0] != 9 {
		t.Errorf("x is %v in the old frame and %v in the new, want 1 and 9", f.Col("x").Nums[0], g.Col("x").Nums[0])
	}
}

func TestGroupsFollowTheLevelsAndKeepEmptyOnes(t *testing.T) {
	c := Factors("g", []string{"b", "a", "", "b"}, []string{"a", "none", "b"})
	if d := cmp.Diff([][]int{{1}, nil, {0, 3}}, Groups(c)); d != "" {
		t.Errorf("groups (-want +got):\n%s", d)
	}
}

func TestNumbersReadBackAsTheyWere(t *testing.T) {
	for _, x := range []float64{1e-9, 0.1 + 0.2, 1e300, -0.5, 20261123} {
		if got := Numbers("x", []float64{x}).String(0); got == "" || parse(t, got) != x {
			t.Errorf("%v is written %q, which does not read back", x, got)
		}
	}
}

func TestGotaRoundTripKeepsValuesAndMissing(t *testing.T) {
	f := New(
		Numbers("x", []float64{1e-9, math.NaN()}),
		Factors("g", []string{"007", ""}, []string{"007"}),
		&Column{Name: "t", Kind: Text, Texts: []string{"NA?", ""}, Absent: []bool{false, true}},
	)
	g, err := FromGota(f.ToGota())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range f.Names() {
		for i := range f.Rows() {
			if a, b := f.Col(name), g.Col(name); a.String(i) != b.String(i) || a.Missing(i) != b.Missing(i) {
				t.Errorf("%s, row %d: %q came back as %q", name, i, a.String(i), b.String(i))
			}
		}
	}
}

func TestGotaErrorsAreReturned(t *testing.T) {
	if _, err := FromGota(dataframe.New(series.New([]int{1}, series.Int, "a"), series.New([]int{1, 2}, series.Int, "b"))); err == nil {
		t.Error("a data frame with columns of two lengths is no error")
	}
}

func parse(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
