package stat

import (
	"context"
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
)

// verbagg is the 316 people of studies/wanting, who say of 12 situations
// whether they want to and whether they do: no, perhaps, yes = 0, 1, 2.
type verbagg struct {
	want, do [][]int // people x items
	woman    []bool
	anger    []float64
}

func readVerbagg(t testing.TB) *verbagg {
	t.Helper()
	f, err := os.Open("../../studies/wanting/people.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	code := map[string]int{"no": 0, "perhaps": 1, "yes": 2}
	v := &verbagg{}
	for _, r := range rows[1:] {
		id, err := strconv.Atoi(r[0])
		if err != nil {
			t.Fatal(err)
		}
		if id > len(v.do) {
			anger, err := strconv.ParseFloat(r[2], 64)
			if err != nil {
				t.Fatal(err)
			}
			v.want, v.do = append(v.want, nil), append(v.do, nil)
			v.woman, v.anger = append(v.woman, r[1] == "F"), append(v.anger, anger)
		}
		v.want[id-1] = append(v.want[id-1], code[r[6]])
		v.do[id-1] = append(v.do[id-1], code[r[7]])
	}
	if len(v.do) != 316 || len(v.do[0]) != 12 {
		t.Fatalf("read %d people, want 316 with 12 items", len(v.do))
	}
	return v
}

// panelOf returns a panel of answers, people x items.
func panelOf(answers [][]int, cats int) *Panel {
	p := NewPanel(len(answers), len(answers[0]), cats)
	for i, row := range answers {
		for k, c := range row {
			p.Add(i, k, c, 1)
		}
	}
	return p
}

// byGender returns the strata of Resampling: women first.
func (v *verbagg) byGender() People {
	p := People{N: len(v.do), Stratum: make([]int, len(v.do))}
	for i, w := range v.woman {
		if !w {
			p.Stratum[i] = 1
		}
	}
	return p
}

func wantNear(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.12g, want %.12g within %g", what, got, want, tol)
	}
}

func TestMeasuresOfMethodOnVerbalAggression(t *testing.T) {
	// Numbers of METHOD.md section 4, made with R 4.2.2.
	v := readVerbagg(t)
	do, want := panelOf(v.do, 3), panelOf(v.want, 3)
	women := do.Only(func(i int) bool { return v.woman[i] })
	men := do.Only(func(i int) bool { return !v.woman[i] })
	cmp, err := CompareJS(context.Background(), Resampling{}, women, men)
	if err != nil {
		t.Fatal(err)
	}
	const nine = 1e-9
	wantNear(t, "D of women against men", cmp.Pooled.D, 0.010719386, nine)
	wantNear(t, "bias of it", cmp.Pooled.Bias, 0.001430289, nine)
	wantNear(t, "corrected distance", cmp.Pooled.Corrected(), 0.096379963, nine)
	wantNear(t, "raw distance", cmp.Pooled.Distance(), 0.103534468, nine)
	wantNear(t, "D expected of halves", do.JSExpected(-1, 158, 158), 0.001146693, nine)
	wantNear(t, "mean item entropy of want", want.Table().MeanEntropy(), 1.427088955, nine)
	wantNear(t, "mean item entropy of do", do.Table().MeanEntropy(), 1.256620409, nine)

	doAny, wantAny, all := dichotomous(v.do), dichotomous(v.want), make([][]int, len(v.do))
	for i := range all {
		all[i] = slices.Concat(v.want[i], v.do[i])
	}
	for _, s := range []struct {
		name   string
		tuples [][]int
		unique int
		at158  float64 // 0: not given
	}{
		{"want", v.want, 291, 0},
		{"do", v.do, 253, 0},
		{"want > no", wantAny, 195, 113.598644},
		{"do > no", doAny, 174, 103.954366},
		{"all 24", all, 311, 156.440276},
	} {
		counts := Structures(s.tuples)
		if len(counts) != s.unique {
			t.Errorf("unique structures of %s = %d, want %d", s.name, len(counts), s.unique)
		}
		if s.at158 > 0 {
			wantNear(t, "structures rarefied to 158 of "+s.name, Rarefy(counts, 158), s.at158, 1e-6)
		}
	}
}

func dichotomous(answers [][]int) [][]int {
	d := make([][]int, len(answers))
	for i, row := range answers {
		for _, c := range row {
			d[i] = append(d[i], min(c, 1))
		}
	}
	return d
}

func TestHalvesOfVerbalAggressionAreAsFarAsMethodSays(t *testing.T) {
	// METHOD.md section 4, "halves": 1,000 splits stratified by gender, within
	// four Monte Carlo standard errors of the standard errors given there (.0302
	// with .0005, and so on: sd over splits / sqrt(1000)).
	v := readVerbagg(t)
	joint := make([][]int, len(v.do))
	for i := range joint {
		for k := range v.do[i] {
			joint[i] = append(joint[i], 3*v.want[i][k]+v.do[i][k])
		}
	}
	panels := []*Panel{panelOf(v.do, 3), panelOf(joint, 9)}
	r := Resampling{Streams: NewStreams(1), Name: "halves", B: 1000, Workers: 2}
	reps, err := r.Halves(context.Background(), v.byGender(), panels, 4, func(a, b []Table, out []float64) {
		out[0] = JSDistance(a[0].Pooled(), b[0].Pooled())
		out[1] = 0
		for i := range a[0].Items {
			out[1] += JSDistance(a[0].Item(i), b[0].Item(i)) / float64(a[0].Items)
		}
		out[2] = JSDistance(a[1].Pooled(), b[1].Pooled())
		out[3] = math.Abs(gapOf(a[1]) - gapOf(b[1]))
	})
	if err != nil {
		t.Fatal(err)
	}
	wantNear(t, "mean distance of halves, do", meanPresent(reps[0]), .0302, 4*.0005)
	wantNear(t, "mean distance of halves, item mean", meanPresent(reps[1]), .0607, 4*.0004)
	wantNear(t, "mean distance of halves, joint 9 cells", meanPresent(reps[2]), .0569, 4*.0005)
	wantNear(t, "mean gap difference of halves", meanPresent(reps[3]), .0160, 4*.0004)
}

// gapOf is the share of rows with (want == no) != (do == no) among 9 joint cells.
func gapOf(t Table) float64 {
	p := t.Pooled()
	gap, n := 0.0, 0.0
	for c, v := range p {
		n += v
		if (c/3 == 0) != (c%3 == 0) {
			gap += v
		}
	}
	return gap / n
}
