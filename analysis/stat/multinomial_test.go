package stat

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// aggression returns the design of do on anger, gender, behaviour, blame and
// want for the 316 people of studies/wanting, and their answers.
func aggression(t *testing.T) (x *mat.Dense, names []string, y []int) {
	t.Helper()
	file, err := os.Open("../../studies/wanting/people.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) int { return slices.Index(rows[0], name) }
	is := func(row []string, column, level string) float64 {
		if row[at(column)] == level {
			return 1
		}
		return 0
	}
	var data []float64
	for _, row := range rows[1:] {
		anger, err := strconv.ParseFloat(row[at("anger")], 64)
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, 1, anger, is(row, "gender", "M"), is(row, "behaviour", "scold"), is(row, "behaviour", "shout"),
			is(row, "blame", "self"), is(row, "want", "perhaps"), is(row, "want", "yes"))
		y = append(y, slices.Index(answers, row[at("do")]))
	}
	names = []string{"(Intercept)", "anger", "genderM", "behaviourscold", "behaviourshout", "blameself", "wantperhaps", "wantyes"}
	return mat.NewDense(len(y), len(names), data), names, y
}

var answers = []string{"no", "perhaps", "yes"}

func TestMultinomialAgreesWithR(t *testing.T) {
	x, names, y := aggression(t)
	m := NewMultinomial(x, names, y, answers, nil)
	// R: nnet::multinom(do ~ anger + gender + behaviour + blame + want), then
	// Newton steps to the maximum; nnet 7.3-18, R 4.2.2.
	want := [][]float64{
		{-1.64264965512279, 0.0138165786147362, 0.578886115945600, -0.396258685539320, -1.29364893860718, -0.257239786352691, 1.720568005403735, 2.21999528859147},
		{-3.24209635705105, 0.0912299471963328, 0.974882393053867, -0.777707881429303, -2.06276159979339, -0.867521520472762, 0.674650286141632, 2.81629219133244},
	}
	se := [][]float64{
		{0.21443289982962935, 0.00938298500863908, 0.10354496980590727, 0.10218308021160054, 0.11224889956158034, 0.08850562167211977, 0.10194019061665426, 0.12420534254248486},
		{0.2637640515235891, 0.0108808662616531, 0.1244348507897819, 0.1243384897581909, 0.1531307968472231, 0.1145514119630092, 0.1486003288626137, 0.1374535471623462},
	}
	close := func(what string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-10*math.Abs(want)) {
			t.Errorf("%s = %.15g, want %.15g", what, got, want)
		}
	}
	for j := range want {
		for c := range names {
			close("coefficient of "+names[c]+" for "+m.Levels[j+1], m.Coef[j][c], want[j][c])
			close("standard error of "+names[c]+" for "+m.Levels[j+1], m.SE(j+1, c), se[j][c])
		}
	}
	close("log likelihood", m.LogLik, -2844.03402559372)
	close("AIC", m.AIC, 2*2844.03402559372+2*16)
	close("BIC", m.BIC, 2*2844.03402559372+math.Log(3792)*16)
	if m.Separated || len(m.Warnings) > 0 {
		t.Errorf("a fit without trouble warns: %v", m.Warnings)
	}
}

func TestMultinomialOfTwoLevelsIsALogit(t *testing.T) {
	x, names, y := aggression(t)
	var some []int
	for _, c := range y {
		some = append(some, min(c, 1))
	}
	m := NewMultinomial(mat.DenseCopyOf(x.Slice(0, len(y), 0, 6)), names[:6], some, []string{"no", "any"}, nil)
	// R: glm(do != "no" ~ anger + gender + behaviour + blame, binomial), the
	// coefficients of the study's SOURCE.
	for c, want := range map[int]float64{1: 0.054748175, 2: 0.560810834, 3: -0.782768590, 4: -1.863432206, 5: -0.788418590} {
		if got := m.Coef[0][c]; math.Abs(got-want) > 1e-9 {
			t.Errorf("coefficient of %s = %.9f, want %.9f", names[c], got, want)
		}
	}
}

func TestMultinomialIsTheSameOnBadlyScaledColumns(t *testing.T) {
	x, names, y := aggression(t)
	m := NewMultinomial(x, names, y, answers, nil)
	z := mat.DenseCopyOf(x)
	for i := range y {
		z.Set(i, 1, 1e9+1e3*x.At(i, 1)) // a large mean and a small spread
	}
	got := NewMultinomial(z, names, y, answers, nil)
	for j := range m.Coef {
		if a, b := got.Coef[j][1]*1e3, m.Coef[j][1]; math.Abs(a-b) > 1e-8*math.Abs(b) {
			t.Errorf("coefficient of a shifted and stretched column = %v, want %v", a, b)
		}
	}
}

func TestMultinomialWeightsAreFrequencies(t *testing.T) {
	x, names, y := aggression(t)
	const n = 300
	w := make([]float64, n)
	var twice []float64
	var again []int
	for i := range n {
		w[i] = float64(i % 3)
		for range i % 3 {
			twice = append(twice, x.RawRowView(i)...)
			again = append(again, y[i])
		}
	}
	a := NewMultinomial(mat.DenseCopyOf(x.Slice(0, n, 0, 8)), names, y[:n], answers, w)
	b := NewMultinomial(mat.NewDense(len(again), 8, twice), names, again, answers, nil)
	for j := range a.Coef {
		for c := range names {
			if p, q := a.Coef[j][c], b.Coef[j][c]; math.Abs(p-q) > 1e-9*(1+math.Abs(q)) && !a.Separated {
				t.Errorf("%s: weighted %v, rows repeated %v", names[c], p, q)
			}
		}
	}
	if a.Separated != b.Separated {
		t.Errorf("separated: %v with weights, %v with rows repeated", a.Separated, b.Separated)
	}
}

func TestMultinomialDoesNotDependOnTheOrderOfRows(t *testing.T) {
	x, names, y := aggression(t)
	m := NewMultinomial(x, names, y, answers, nil)
	order := rand.New(rand.NewPCG(1, 2)).Perm(len(y))
	z := mat.NewDense(len(y), len(names), nil)
	shuffled := make([]int, len(y))
	for to, from := range order {
		z.SetRow(to, x.RawRowView(from))
		shuffled[to] = y[from]
	}
	got := NewMultinomial(z, names, shuffled, answers, nil)
	for j := range m.Coef {
		for c := range names {
			if math.Abs(got.Coef[j][c]-m.Coef[j][c]) > 1e-10 {
				t.Errorf("%s: %v after shuffling, %v before", names[c], got.Coef[j][c], m.Coef[j][c])
			}
		}
	}
}

func TestMultinomialSaysSeparationAndStaysFinite(t *testing.T) {
	for _, tt := range []struct {
		name   string
		x      []float64
		y      []int
		moving []string
	}{
		{"perfect", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{0, 0, 0, 1, 1, 1, 2, 2, 2}, nil},
		{"a level never seen in a group", []float64{0, 0, 0, 0, 1, 1, 1, 1, 1}, []int{0, 1, 2, 0, 0, 1, 0, 1, 1}, []string{"yes:group"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := mat.NewDense(len(tt.y), 2, nil)
			for i, v := range tt.x {
				x.SetRow(i, []float64{1, v})
			}
			m := NewMultinomial(x, []string{"(Intercept)", "group"}, tt.y, answers, nil)
			if !m.Separated || len(m.Warnings) == 0 {
				t.Fatalf("separated = %v, warnings %q; want it detected and said", m.Separated, m.Warnings)
			}
			if tt.moving != nil && !slices.Equal(m.Moving, tt.moving) {
				t.Errorf("moving = %q, want %q", m.Moving, tt.moving)
			}
			p := make([]float64, 3)
			for i := range tt.y {
				m.Probabilities(x.RawRowView(i), p)
				if sum := p[0] + p[1] + p[2]; math.Abs(sum-1) > 1e-12 {
					t.Errorf("probabilities of row %d sum to %v: %v", i, sum, p)
				}
			}
			// The likelihood is that of its limit: rows of the group are at
			// their shares.
			if tt.moving != nil {
				m.Probabilities([]float64{1, 1}, p)
				if math.Abs(p[0]-.4) > 1e-6 || math.Abs(p[1]-.6) > 1e-6 {
					t.Errorf("probabilities of the group = %v, want .4, .6, 0", p)
				}
			}
		})
	}
}

func TestMultinomialDoesNotCallRareAnswersSeparation(t *testing.T) {
	const n = 200_000
	x := mat.NewDense(n, 2, nil)
	y := make([]int, n)
	for i := range n {
		x.SetRow(i, []float64{1, float64(i % 2)})
	}
	y[0], y[1], y[3] = 1, 1, 1 // one in 100,000 and two in 100,000
	m := NewMultinomial(x, []string{"(Intercept)", "group"}, y, []string{"no", "yes"}, nil)
	if m.Separated {
		t.Fatalf("rare answers were called separated: %q", m.Warnings)
	}
	if m.Steps > 30 {
		t.Errorf("%d Newton steps, want at most 30", m.Steps)
	}
	if got, want := m.Coef[0][1], math.Log(2.0/99998)-math.Log(1.0/99999); math.Abs(got-want) > 1e-8 {
		t.Errorf("log odds ratio = %v, want %v", got, want)
	}
}

func TestMultinomialNamesDroppedColumnsAndMissingLevels(t *testing.T) {
	x, names, y := aggression(t)
	n := len(y)
	z := mat.NewDense(n, 3, nil)
	for i := range n {
		z.SetRow(i, []float64{1, x.At(i, 1), 2 * x.At(i, 1)})
	}
	m := NewMultinomial(z, []string{names[0], "anger", "twice"}, y, []string{"no", "perhaps", "yes"}, nil)
	if !slices.Equal(m.Dropped, []string{"twice"}) || !math.IsNaN(m.Coef[0][2]) || !math.IsNaN(m.SE(1, 2)) || m.Rank != 2 {
		t.Errorf("dropped = %q, coefficient %v; want twice dropped with NaN", m.Dropped, m.Coef[0][2])
	}
	some := make([]int, n)
	for i, c := range y {
		some[i] = []int{1, 3, 4}[c]
	}
	sparse := NewMultinomial(z, []string{names[0], "anger", "twice"}, some, []string{"never", "no", "seldom", "perhaps", "yes"}, nil)
	if !slices.Equal(sparse.Levels, answers) || !slices.Equal(sparse.Kept, []int{1, 3, 4}) || sparse.LogLik != m.LogLik {
		t.Errorf("levels %q at %v with log likelihood %v; want %q with %v", sparse.Levels, sparse.Kept, sparse.LogLik, answers, m.LogLik)
	}
	one := NewMultinomial(z, []string{names[0], "anger", "twice"}, make([]int, n), answers, nil)
	if !math.IsNaN(one.LogLik) || len(one.Warnings) == 0 {
		t.Errorf("one level: log likelihood %v, warnings %q; want NaN and a warning", one.LogLik, one.Warnings)
	}
	if p := one.Probabilities([]float64{1, 20, 40}, []float64{0}); p[0] != 1 {
		t.Errorf("probability of the only level = %v, want 1", p[0])
	}
}
