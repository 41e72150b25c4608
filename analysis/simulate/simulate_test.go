package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// participants returns n rows of four a person, and their schema.
func participants(n int) *frame.Frame {
	nan := math.NaN()
	s := &frame.Schema{ID: "id", Variables: []frame.Variable{
		{Name: "id", Type: "id", Role: "id", Min: nan, Max: nan},
		{Name: "gender", Type: "choice", Levels: []string{"F", "M"}, Role: "covariate", Min: nan, Max: nan},
		{Name: "anger", Type: "number", Role: "covariate", Min: nan, Max: nan},
		{Name: "want", Type: "ordinal", Levels: []string{"no", "perhaps", "yes"}, Role: "belief", Min: nan, Max: nan},
		{Name: "party", Type: "choice", Levels: []string{"left", "middle", "right"}, Role: "outcome", Min: nan, Max: nan},
		{Name: "vote", Type: "binary", Role: "action", Min: nan, Max: nan},
		{Name: "visits", Type: "count", Role: "action", Min: nan, Max: nan},
		{Name: "warmth", Type: "number", Role: "outcome", Min: nan, Max: nan},
	}}
	r := rand.New(rand.NewPCG(1, 2))
	id := &frame.Column{Name: "id", Kind: frame.Factor}
	gender := &frame.Column{Name: "gender", Kind: frame.Factor, Levels: []string{"F", "M"}}
	anger := make([]float64, n)
	for i := range n {
		if i%4 == 0 {
			id.Levels = append(id.Levels, fmt.Sprint(i/4))
		}
		id.Codes = append(id.Codes, int32(i/4))
		gender.Codes = append(gender.Codes, int32(r.IntN(2)))
		anger[i] = r.NormFloat64()
	}
	f := frame.New(id, gender, frame.Numbers("anger", anger))
	f.Schema = s
	return f
}

// streams are those of a seed.
func streams(f *frame.Frame, seed int64, what string) Streams {
	s := stat.NewStreams(seed)
	id := f.Col("id")
	return Streams{
		Row:    func(row int) *rand.Rand { return s.At(what, uint64(row)) },
		Person: func(row int) *rand.Rand { return s.At(what+".person", uint64(id.Codes[row])) },
	}
}

func drawn(t *testing.T, e *Effect, f *frame.Frame) *frame.Column {
	t.Helper()
	c, err := e.Draw(f, streams(f, 1, e.Variable))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// design is the matrix of 1, anger and genderM.
func design(f *frame.Frame) *mat.Dense {
	x := mat.NewDense(f.Rows(), 3, nil)
	for i := range f.Rows() {
		x.SetRow(i, []float64{1, f.Col("anger").Nums[i], float64(f.Col("gender").Codes[i])})
	}
	return x
}

var columns = []string{"(Intercept)", "anger", "genderM"}

func TestPlantedEffectsAreRecoveredByTheMultinomial(t *testing.T) {
	f := participants(40_000)
	e := &Effect{Variable: "party", Formula: "anger + gender", Levels: map[string]map[string]float64{
		"middle": {"(Intercept)": 0.3, "anger": -0.5, "genderM": 0.2},
		"right":  {"(Intercept)": -0.4, "anger": 0.8, "genderM": 1},
	}}
	c := drawn(t, e, f)
	y := make([]int, c.Len())
	for i, k := range c.Codes {
		y[i] = int(k)
	}
	m := stat.NewMultinomial(design(f), columns, y, c.Levels, nil)
	for j, level := range m.Levels[1:] {
		for k, name := range columns {
			want := e.Levels[level][name]
			if off := math.Abs(m.Coef[j][k] - want); off > 4*m.SE(j+1, k) {
				t.Errorf("%s of %s = %.3f ± %.3f, planted %.3f", name, level, m.Coef[j][k], m.SE(j+1, k), want)
			}
		}
	}
}

func TestPlantedEffectsAreRecoveredByTheLogit(t *testing.T) {
	f := participants(40_000)
	e := &Effect{Variable: "vote", Formula: "anger + gender", Coef: map[string]float64{"(Intercept)": -1, "anger": 0.7, "genderM": 0.5}}
	c := drawn(t, e, f)
	recovered(t, f, e.Coef, c.Nums, "vote")
}

// recovered holds a logit of 0 and 1 against planted coefficients.
func recovered(t *testing.T, f *frame.Frame, planted map[string]float64, answers []float64, what string) {
	t.Helper()
	y := make([]int, len(answers))
	for i, v := range answers {
		y[i] = int(v)
	}
	m := stat.NewMultinomial(design(f), columns, y, []string{"0", "1"}, nil)
	for k, name := range columns {
		if off := math.Abs(m.Coef[0][k] - planted[name]); off > 4*m.SE(1, k) {
			t.Errorf("%s of %s = %.3f ± %.3f, planted %.3f", name, what, m.Coef[0][k], m.SE(1, k), planted[name])
		}
	}
}

func TestThresholdsOfAnOrdinalAnswerAreThoseOfPolr(t *testing.T) {
	f := participants(40_000)
	e := &Effect{Variable: "want", Formula: "anger + gender", Coef: map[string]float64{"anger": 0.7, "genderM": 0.5}, Cuts: []float64{-0.5, 1.2}}
	c := drawn(t, e, f)
	// Each threshold on its own is a logit: P(y > k) = logistic(η - cut).
	for k, cut := range e.Cuts {
		above := make([]float64, c.Len())
		for i, code := range c.Codes {
			if int(code) > k {
				above[i] = 1
			}
		}
		recovered(t, f, map[string]float64{"(Intercept)": -cut, "anger": 0.7, "genderM": 0.5}, above, fmt.Sprintf("want above level %d", k))
	}
}

func TestPlantedEffectsOfNumbers(t *testing.T) {
	f := participants(40_000)
	for _, tt := range []struct {
		effect *Effect
		mean   func(eta float64) float64
		sd     func(mean float64) float64
	}{
		{&Effect{Variable: "warmth", Formula: "anger + gender", Coef: map[string]float64{"(Intercept)": 3, "anger": 0.7, "genderM": -2}, SD: 1.5},
			func(eta float64) float64 { return eta }, func(float64) float64 { return 1.5 }},
		{&Effect{Variable: "visits", Formula: "gender", Coef: map[string]float64{"(Intercept)": 1, "genderM": 0.5}},
			math.Exp, math.Sqrt},
	} {
		c := drawn(t, tt.effect, f)
		sum, square, n := make([]float64, 2), make([]float64, 2), make([]float64, 2)
		var expected [2]float64
		for i, y := range c.Nums {
			g := f.Col("gender").Codes[i]
			eta := tt.effect.Coef["(Intercept)"] + tt.effect.Coef["anger"]*f.Col("anger").Nums[i] + tt.effect.Coef["genderM"]*float64(g)
			mean := tt.mean(eta)
			expected[g] += mean
			sum[g] += y
			square[g] += (y - mean) * (y - mean)
			n[g]++
		}
		for g := range 2 {
			mean, sd := expected[g]/n[g], tt.sd(expected[g]/n[g])
			if got := sum[g] / n[g]; math.Abs(got-mean) > 4*sd/math.Sqrt(n[g]) {
				t.Errorf("mean of %s for gender %d = %.3f, planted %.3f", tt.effect.Variable, g, got, mean)
			}
			if got := math.Sqrt(square[g] / n[g]); math.Abs(got-sd) > .05*sd {
				t.Errorf("residual SD of %s for gender %d = %.3f, planted %.3f", tt.effect.Variable, g, got, sd)
			}
		}
	}
}

func TestThePersonsOwnLevelIsSharedOverRows(t *testing.T) {
	f := participants(20_000)
	e := &Effect{Variable: "warmth", SD: 1, PersonSD: 2}
	c := drawn(t, e, f)
	// The intraclass correlation is 4/(4+1): the covariance of two rows of one
	// person over the variance.
	var cov, variance float64
	for i := 0; i < c.Len(); i += 4 {
		cov += c.Nums[i] * c.Nums[i+1]
		variance += c.Nums[i] * c.Nums[i]
	}
	if got := cov / variance; math.Abs(got-.8) > .03 {
		t.Errorf("intraclass correlation = %.3f, planted .8", got)
	}
}

func TestAnEarlierAnswerCanBeARegressor(t *testing.T) {
	f := participants(4000)
	want := drawn(t, &Effect{Variable: "want", Cuts: []float64{-1, 1}}, f)
	f = f.With(want)
	vote := drawn(t, &Effect{Variable: "vote", Formula: "want", Coef: map[string]float64{"(Intercept)": -30, "wantyes": 60}}, f)
	for i := range vote.Nums {
		if (vote.Nums[i] == 1) != (want.String(i) == "yes") {
			t.Fatalf("row %d wants %q and votes %v", i, want.String(i), vote.Nums[i])
		}
	}
}

func TestAMissingRegressorMakesTheAnswerMissing(t *testing.T) {
	f := participants(8)
	f.Col("anger").Nums[3] = math.NaN()
	c := drawn(t, &Effect{Variable: "vote", Formula: "anger"}, f)
	for i := range c.Nums {
		if c.Missing(i) != (i == 3) {
			t.Errorf("row %d: missing is %v", i, c.Missing(i))
		}
	}
}

func TestLevelsThatNobodyHasDoNotMoveTheReference(t *testing.T) {
	f := participants(400)
	for i := range f.Col("gender").Codes {
		f.Col("gender").Codes[i] = 1 // men alone
	}
	e := &Effect{Variable: "warmth", Formula: "gender", Coef: map[string]float64{"(Intercept)": 1, "genderM": 2}}
	if c := drawn(t, e, f); c.Nums[0] != 3 {
		t.Errorf("warmth of a man among men = %v, planted 1 + 2", c.Nums[0])
	}
	for i := range f.Col("anger").Nums {
		f.Col("anger").Nums[i] = math.NaN()
	}
	e = &Effect{Variable: "warmth", Formula: "anger + gender", Coef: map[string]float64{"anger": 1}}
	if c := drawn(t, e, f); !c.Missing(0) || c.Len() != 400 {
		t.Errorf("warmth where anger is missing for all = %v in %d rows", c.Nums[0], c.Len())
	}
}

func TestAnOffsetEntersWithoutACoefficient(t *testing.T) {
	f := participants(8)
	c := drawn(t, &Effect{Variable: "warmth", Formula: "offset(anger)"}, f)
	for i, want := range f.Col("anger").Nums {
		if c.Nums[i] != want {
			t.Errorf("row %d = %v, the offset is %v", i, c.Nums[i], want)
		}
	}
}

func TestDrawsDependOnTheirStreamsAlone(t *testing.T) {
	f := participants(400)
	e := &Effect{Variable: "want", Formula: "anger", Coef: map[string]float64{"anger": 1}, Cuts: []float64{-1, 1}, PersonSD: 1}
	a, b := drawn(t, e, f), drawn(t, e, f)
	for i := range a.Codes {
		if a.Codes[i] != b.Codes[i] {
			t.Fatalf("row %d differs between two draws from the same streams", i)
		}
	}
}

func TestMistakesOfAnEffectAreAllNamed(t *testing.T) {
	s := participants(4).Schema
	for _, tt := range []struct {
		name   string
		effect *Effect
		want   []string
	}{
		{"unknown coefficients", &Effect{Variable: "vote", Formula: "anger + gender", Coef: map[string]float64{"genderX": 1, "angr": 2}},
			[]string{`coef.angr: the formula has no column "angr"; it has (Intercept), anger, genderM`, "coef.genderX: "}},
		{"thresholds", &Effect{Variable: "want", Cuts: []float64{1}}, []string{"cuts: want has 3 levels and 2 thresholds between them, and there are 1"}},
		{"descending", &Effect{Variable: "want", Cuts: []float64{1, 0}}, []string{"cuts: thresholds ascend"}},
		{"family", &Effect{Variable: "want", Family: "gaussian"}, []string{`family: the family "gaussian" makes no answer of type ordinal`}},
		{"level", &Effect{Variable: "party", Levels: map[string]map[string]float64{"far": {"(Intercept)": 1}}}, []string{`levels.far: party has no coefficients for "far"; they are for middle, right`}},
		{"formula", &Effect{Variable: "vote", Formula: "anger +"}, []string{"formula: "}},
		{"random effects", &Effect{Variable: "vote", Formula: "anger + (1 | id)"}, []string{"formula: random effects are not planted by the formula"}},
		{"variable", &Effect{Variable: "votes"}, []string{`variable: there is no variable "votes"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.effect.Check(s)
			if err == nil {
				t.Fatal("no mistake was found")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the message does not say %q:\n%v", want, err)
				}
			}
		})
	}
	if err := (&Effect{Variable: "vote", Formula: "anger * gender + want", Coef: map[string]float64{"anger:genderM": 1, "wantyes": 1}}).Check(s); err != nil {
		t.Errorf("a sound effect has mistakes: %v", err)
	}
}
