package stat_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// people is the frame of studies/wanting: 316 people x 12 situations. Trait
// anger is also there as anger5, in steps of 5 from 20.
func people(t testing.TB) *frame.Frame {
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
	levels := map[string][]string{
		"gender": {"F", "M"}, "behaviour": {"curse", "scold", "shout"}, "situation": {"bus", "operator", "store", "train"}, "blame": {"other", "self"},
		"want": {"no", "perhaps", "yes"}, "do": {"no", "perhaps", "yes"},
	}
	var cols []*frame.Column
	for at, name := range rows[0] {
		var texts []string
		var nums []float64
		for _, r := range rows[1:] {
			texts = append(texts, r[at])
			x, _ := strconv.ParseFloat(r[at], 64)
			nums = append(nums, x)
		}
		switch name {
		case "anger":
			var steps []float64
			for _, x := range nums {
				steps = append(steps, (x-20)/5)
			}
			cols = append(cols, frame.Numbers(name, nums), frame.Numbers("anger5", steps))
		default:
			cols = append(cols, frame.Factors(name, texts, levels[name]))
		}
	}
	return frame.New(cols...)
}

// modelOf runs a formula over a frame.
func modelOf(t testing.TB, src string, f *frame.Frame, opts formula.Options) *formula.Design {
	t.Helper()
	parsed, err := formula.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	d, err := parsed.Design(f, opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func closeTo(t *testing.T, what string, got, want, rel float64) {
	t.Helper()
	if !(math.Abs(got-want) <= rel*math.Abs(want)) {
		t.Errorf("%s = %.12g, want %.12g", what, got, want)
	}
}

func TestOrderedLogitOfDoingAgreesWithR(t *testing.T) {
	o := stat.Ordered(modelOf(t, "do ~ anger + gender + behaviour + blame", people(t), formula.Options{}), stat.Logit)
	// R: MASS::polr(factor(a) ~ anger + gender + behaviour + blame), METHOD section 4.
	closeTo(t, "coefficient of anger", o.Coef[0], 0.067735010, 1e-7)
	closeTo(t, "coefficient of genderM", o.Coef[1], 0.570236257, 1e-7)
	if len(o.Warnings) > 0 || !o.Converged || o.N != 3792 {
		t.Errorf("converged %v on %d rows with warnings %q; want a quiet fit of 3792 rows", o.Converged, o.N, o.Warnings)
	}
}

// R: m <- clm(do ~ anger + gender + behaviour + blame, data = d, control =
// clm.control(gradTol = 1e-11)); V <- vcov(m); sqrt(diag(V %*% crossprod(S) %*%
// V)) with S the scores by row, and rowsum(S, d$id) in their place. Note:
// sandwich(polr(...)) has only four digits, as polr's Hessian is numeric.
func TestOrderedSandwichAgreesWithR(t *testing.T) {
	f := people(t)
	d := modelOf(t, "do ~ anger + gender + behaviour + blame", f, formula.Options{})
	o := stat.Ordered(d, stat.Logit)
	codes := make([]int, f.Rows())
	for i, c := range f.Col("id").Codes {
		codes[i] = int(c)
	}
	robust, err := o.Covariance("HC0")
	if err != nil {
		t.Fatal(err)
	}
	clustered, err := o.Covariance("CR0", codes)
	if err != nil {
		t.Fatal(err)
	}
	for j, want := range [][2]float64{
		{0.00763994305719, 0.0159157815702}, {0.0770136388669, 0.149405133778}, {0.0778587272409, 0.0809150977012},
		{0.0903425520803, 0.111139821015}, {0.0679270460718, 0.0661236152014},
	} {
		line, cluster := o.Table(robust, .95)[j], o.Table(clustered, .95)[j]
		closeTo(t, "HC0 of "+line.Name, line.SE, want[0], 1e-9)
		closeTo(t, "CR0 of "+line.Name, cluster.SE, want[1], 1e-9)
	}
	if clustered.Groups[0] != 316 {
		t.Errorf("clusters = %d, want 316", clustered.Groups[0])
	}
}

func TestOrderedModelOfTwoLevelsIsALogit(t *testing.T) {
	f := people(t)
	a := stat.Ordered(modelOf(t, "I(do != 'no') ~ anger + gender + behaviour + blame", f, formula.Options{}), stat.Logit)
	b := stat.GLM(modelOf(t, "I(do != 'no') ~ anger + gender + behaviour + blame", f, formula.Options{}), stat.Binomial, stat.Logit)
	for j, name := range a.Names {
		closeTo(t, "coefficient of "+name, a.Coef[j], b.Coef[j+1], 1e-10)
	}
	closeTo(t, "threshold against minus the intercept", a.Thresholds[0], -b.Coef[0], 1e-10)
	closeTo(t, "log likelihood", a.LogLik, b.LogLik, 1e-12)
}

// small is a frame with an ordered outcome of three levels, numbers x and z,
// a factor g and weights of 0, 1 and 2.
func small(rng *rand.Rand, n int) *frame.Frame {
	var x, z, w []float64
	var y, g []string
	for i := range n {
		x = append(x, rng.NormFloat64())
		z = append(z, 1e6+rng.NormFloat64())
		w = append(w, float64(i%3))
		g = append(g, string(rune('a'+rng.IntN(3))))
		latent := x[i] + (z[i] - 1e6) + rng.NormFloat64()*2
		y = append(y, string(rune('1'+slices.Index([]bool{latent < -1, latent < 1, true}, true))))
	}
	return frame.New(frame.Numbers("x", x), frame.Numbers("z", z), frame.Numbers("w", w),
		frame.Factors("g", g, []string{"a", "b", "c"}), frame.Factors("y", y, []string{"1", "2", "3"}))
}

func TestOrderedWeightTwoIsADoubledRow(t *testing.T) {
	f := small(rand.New(rand.NewPCG(1, 1)), 300)
	var rows []int
	for i := range f.Rows() {
		for range i % 3 {
			rows = append(rows, i)
		}
	}
	for _, link := range []stat.Link{stat.Logit, stat.Probit} {
		a := stat.Ordered(modelOf(t, "y ~ x + z + g", f, formula.Options{Weights: "w"}), link)
		b := stat.Ordered(modelOf(t, "y ~ x + z + g", f.Take(rows), formula.Options{}), link)
		va, _ := a.Covariance("classical")
		vb, _ := b.Covariance("classical")
		for j, name := range a.Names {
			closeTo(t, link.String()+" coefficient of "+name, a.Coef[j], b.Coef[j], 1e-8)
			closeTo(t, link.String()+" error of "+name, a.Table(va, .95)[j].SE, b.Table(vb, .95)[j].SE, 1e-8)
		}
		closeTo(t, "BIC", a.BIC, b.BIC, 1e-10)
	}
}

func TestOrderedDoesNotDependOnTheOrderOfRowsOrTheBaseLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	f := small(rng, 400)
	a := stat.Ordered(modelOf(t, "y ~ x + g", f, formula.Options{}), stat.Probit)
	b := stat.Ordered(modelOf(t, "y ~ x + g", f.Take(rng.Perm(400)), formula.Options{Reference: map[string]string{"g": "b"}}), stat.Probit)
	closeTo(t, "coefficient of x", b.Coef[0], a.Coef[0], 1e-9)
	closeTo(t, "difference of c and b", b.Coef[2], a.Coef[2]-a.Coef[1], 1e-9)
	closeTo(t, "log likelihood", b.LogLik, a.LogLik, 1e-12)
}

func TestOrderedSaysSeparationAndStaysFinite(t *testing.T) {
	f := frame.New(frame.Numbers("x", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}),
		frame.Factors("y", strings.Split("lllmmmhhh", ""), []string{"l", "m", "h"}))
	for _, link := range []stat.Link{stat.Logit, stat.Probit} {
		o := stat.Ordered(modelOf(t, "y ~ x", f, formula.Options{}), link)
		if !o.Separated || len(o.Warnings) == 0 || !slices.Contains(o.Moving, "x") {
			t.Fatalf("%s: separated = %v, moving %q, warnings %q; want it detected and said", link, o.Separated, o.Moving, o.Warnings)
		}
		v, err := o.Covariance("classical")
		if err != nil {
			t.Fatal(err)
		}
		if se := o.Table(v, .95)[0].SE; !math.IsNaN(se) {
			t.Errorf("%s: the error of a coefficient without meaning is %v, want NaN", link, se)
		}
		if p := o.Probabilities(o.Linear()[8], make([]float64, 3)); math.Abs(p[2]-1) > 1e-3 {
			t.Errorf("%s: probabilities of the last row = %v, want those of the limit", link, p)
		}
	}
}

func TestOrderedNamesWhatCannotBeFitted(t *testing.T) {
	f := small(rand.New(rand.NewPCG(3, 3)), 40)
	one := f.Filter(func(i int) bool { return f.Col("y").Codes[i] == 1 })
	for _, tt := range []struct {
		name, formula, want string
		frame               *frame.Frame
	}{
		{"one level", "y ~ x", "fewer than two levels", one},
		{"a number", "x ~ z", "is a number", f},
		{"no rows", "y ~ x", "no rows", f.Take(nil)},
		{"collinear", "y ~ x + I(2 * x) + g", "dropped as linear in the columns before them: I(2 * x)", f},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := stat.Ordered(modelOf(t, tt.formula, tt.frame, formula.Options{}), stat.Logit)
			if got := strings.Join(o.Warnings, "; "); !strings.Contains(got, tt.want) {
				t.Errorf("warnings = %q, want %q in them", got, tt.want)
			}
			if v, err := o.Covariance("classical"); err != nil || len(o.Table(v, .95)) != len(o.Names) {
				t.Errorf("a table of %d lines and error %v, want a line for each of %q", len(o.Names), err, o.Names)
			}
		})
	}
}

func TestOrderedWithoutColumnsGivesTheSharesOfTheLevels(t *testing.T) {
	f := small(rand.New(rand.NewPCG(4, 4)), 200)
	o := stat.Ordered(modelOf(t, "y ~ 1", f, formula.Options{}), stat.Probit)
	counts := make([]float64, 3)
	for _, c := range f.Col("y").Codes {
		counts[c]++
	}
	for j, p := range o.Probabilities(0, make([]float64, 3)) {
		closeTo(t, fmt.Sprintf("share of level %d", j+1), p, counts[j]/200, 1e-12)
	}
}

// wideFrame has n rows of 14 numbers and an outcome of five levels; with grid,
// numbers are rounded so that rows repeat.
func wideFrame(n int) *frame.Frame {
	rng := rand.New(rand.NewPCG(9, 9))
	cols := []*frame.Column{{Name: "y", Kind: frame.Ordered, Levels: []string{"1", "2", "3", "4", "5"}, Codes: make([]int32, n)}}
	latent := make([]float64, n)
	for k := range 14 {
		x := make([]float64, n)
		for i := range x {
			x[i] = rng.NormFloat64()
			latent[i] += x[i] / 5
		}
		cols = append(cols, frame.Numbers("x"+strconv.Itoa(k), x))
	}
	for i, v := range latent {
		v += rng.NormFloat64() * 2
		for _, cut := range []float64{-2, -.5, .5, 2} {
			if v > cut {
				cols[0].Codes[i]++
			}
		}
	}
	return frame.New(cols...)
}

func BenchmarkOrderedLogit(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("%dx15", n), func(b *testing.B) {
			d := modelOf(b, "y ~ .", wideFrame(n), formula.Options{})
			b.ReportAllocs()
			for b.Loop() {
				if o := stat.Ordered(d, stat.Logit); !o.Converged {
					b.Fatal("did not converge")
				}
			}
		})
	}
}
