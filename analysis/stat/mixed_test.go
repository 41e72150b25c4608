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

// doing is people with the answer do as a number, 0 to 2, and weights 1 to 3.
func doing(t testing.TB) *frame.Frame {
	f := people(t)
	var y, w []float64
	for i, c := range f.Col("do").Codes {
		y = append(y, float64(c))
		id, err := strconv.Atoi(f.Col("id").String(i))
		if err != nil {
			t.Fatal(err)
		}
		w = append(w, float64(1+id%3))
	}
	return f.With(frame.Numbers("y", y)).With(frame.Numbers("w", w))
}

// R: lmer(formula, d, REML = ...), then minqa::bobyqa(rhoend = 1e-13) on its
// deviance function until it stands still; lme4 1.1-31.
func TestMixedModelsAgreeWithR(t *testing.T) {
	type component struct {
		group, var1, var2 string
		variance, sd      float64
	}
	for _, tt := range []struct {
		name, formula, weights string
		reml                   bool
		logLik                 float64
		coef, se               []float64
		components             []component
		modes                  map[string][]float64
	}{
		{
			name: "nested in one factor, crossed with another", formula: "y ~ anger5 + gender + behaviour + (1|id) + (1|situation/behaviour)", reml: true,
			logLik: -3641.245804344,
			coef:   []float64{0.841295582039, 0.12223488302, 0.193508891777, -0.291930379747, -0.605221518987},
			se:     []float64{0.104653179007, 0.0225530378027, 0.0518055700162, 0.0371732534584, 0.0371732534584},
			components: []component{
				{"id", "(Intercept)", "", 0.1219251121279, 0.349177765798},
				{"behaviour:situation", "(Intercept)", "", 0.0016746017326, 0.040921897959},
				{"situation", "(Intercept)", "", 0.0389291599331, 0.197304738750},
				{"Residual", "", "", 0.3441555408320, 0.586647714418},
			},
			modes: map[string][]float64{
				"id": {0.0789974506, -0.350056314, -0.109753989}, "situation": {0.20248676, -0.0283378418, -0.256071043},
				"behaviour:situation": {-0.00380778467, 0.0152531761, -0.0327537175},
			},
		},
		{
			name: "correlated slopes, crossed", formula: "y ~ anger5 + gender + behaviour + (blame|id) + (1|situation)",
			logLik: -3596.071705697,
			coef:   []float64{0.845227604618, 0.0974970053112, 0.169162522333, -0.291930379747, -0.605221518987},
			se:     []float64{0.0905397681612, 0.0210813164197, 0.0484249449395, 0.0228171824953, 0.0228171824953},
			components: []component{
				{"id", "(Intercept)", "", 0.193464162093, 0.43984561166},
				{"id", "blameself", "", 0.058213870318, 0.24127550708},
				{"id", "(Intercept)", "blameself", -0.085143640161, -0.80230354897},
				{"situation", "(Intercept)", "", 0.029696745980, 0.17232743827},
				{"Residual", "", "", 0.329034252360, 0.57361507334},
			},
			modes: map[string][]float64{"id": {-0.0773733343, -0.513834555, -0.134356801}, "situation": {0.204006981, -0.0277964105, -0.258225618}},
		},
		{
			name: "weights", formula: "y ~ anger5 + gender + (1|id)", weights: "w", reml: true,
			logLik: -4226.031415105,
			coef:   []float64{0.54224796745, 0.125144983202, 0.190715228667},
			se:     []float64{0.0250259581238, 0.0227763675952, 0.052161896544},
			components: []component{
				{"id", "(Intercept)", "", 0.11001373636, 0.33168318674},
				{"Residual", "", "", 0.88166380592, 0.93896954472},
			},
			modes: map[string][]float64{"id": {0.0752443902, -0.347099488, -0.0802399181}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := stat.Mixed(modelOf(t, tt.formula, doing(t), formula.Options{Weights: tt.weights}), tt.reml)
			closeTo(t, "log likelihood", m.LogLik, tt.logLik, 1e-11)
			for j, line := range m.Table(m.Covariance(), .95) {
				closeTo(t, "coefficient of "+line.Name, line.Estimate, tt.coef[j], 1e-7)
				closeTo(t, "error of "+line.Name, line.SE, tt.se[j], 1e-6)
			}
			if len(m.Components) != len(tt.components) {
				t.Fatalf("components = %+v, want %+v", m.Components, tt.components)
			}
			for i, want := range tt.components {
				got := m.Components[i]
				if got.Group != want.group || got.Var1 != want.var1 || got.Var2 != want.var2 {
					t.Errorf("component %d is of %q %q %q, want %q %q %q", i, got.Group, got.Var1, got.Var2, want.group, want.var1, want.var2)
				}
				// bobyqa stands still some 1e-6 from the minimum.
				closeTo(t, fmt.Sprintf("variance %d", i), got.Variance, want.variance, 3e-6)
				closeTo(t, fmt.Sprintf("standard deviation or correlation %d", i), got.SD, want.sd, 3e-6)
			}
			for _, g := range m.Groups {
				for k, want := range tt.modes[g.Group] {
					closeTo(t, "effect of "+g.Group+" "+g.Levels[k], g.Effects[k][0], want, 1e-5)
				}
			}
		})
	}
}

func TestMixedR2IsNakagawas(t *testing.T) {
	m := stat.Mixed(modelOf(t, "y ~ anger5 + gender + behaviour + (blame|id) + (1|situation)", doing(t), formula.Options{}), false)
	// R: vf <- var(X %*% fixef(m)); vr <- mean(rowSums((Z %*% VarCorr(m)$id) * Z)) +
	// VarCorr(m)$situation; vf/(vf + vr + sigma(m)^2), what MuMIn::r.squaredGLMM computes.
	closeTo(t, "marginal R²", m.R2Marginal, 0.1310566995, 1e-7)
	closeTo(t, "conditional R²", m.R2Conditional, 0.42374838906, 1e-7)
}

// grouped is a frame of groups with an intercept and a slope of x each.
func grouped(rng *rand.Rand, groups, each int, sd, slope float64) *frame.Frame {
	var x, y []float64
	var g []string
	for k := range groups {
		a, b := sd*rng.NormFloat64(), slope*rng.NormFloat64()
		for range each {
			v := rng.NormFloat64()
			x, g = append(x, v), append(g, "g"+strconv.Itoa(k))
			y = append(y, 1+a+(.5+b)*v+rng.NormFloat64())
		}
	}
	return frame.New(frame.Numbers("x", x), frame.Numbers("y", y), frame.Factors("g", g, nil))
}

func TestMixedModelDoesNotDependOnUnitsOrTheOrderOfRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	f := grouped(rng, 30, 8, 1, .7)
	a := stat.Mixed(modelOf(t, "y ~ x + (x | g)", f, formula.Options{}), true)
	var far []float64
	for _, x := range f.Col("x").Nums {
		far = append(far, 1e3+1e-2*x)
	}
	b := stat.Mixed(modelOf(t, "y ~ x + (x | g)", f.With(frame.Numbers("x", far)).Take(rng.Perm(240)), formula.Options{}), true)
	closeTo(t, "coefficient of a shifted and shrunken column", b.Coef[1], a.Coef[1]*1e2, 1e-8)
	closeTo(t, "its error", b.Covariance().SE(1), a.Covariance().SE(1)*1e2, 1e-7)
	closeTo(t, "the variance of its slopes", b.Components[1].Variance, a.Components[1].Variance*1e4, 1e-6)
	// The restricted likelihood is that of the columns as they are: in the new
	// units log|XᵀV⁻¹X| is less by 2 log(100).
	closeTo(t, "log likelihood", b.LogLik, a.LogLik+math.Log(1e2), 1e-9)
}

func TestMixedModelSaysSingularFits(t *testing.T) {
	// Group means that differ less than chance: the best variance is zero.
	f := frame.New(frame.Numbers("y", []float64{1, 2, 3, 1, 2, 3, 1, 2, 3}), frame.Factors("g", strings.Split("aaabbbccc", ""), nil))
	m := stat.Mixed(modelOf(t, "y ~ 1 + (1 | g)", f, formula.Options{}), true)
	if !m.Singular || len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], "singular fit: no variance is left for (Intercept) by g") {
		t.Errorf("singular = %v, warnings %q; want it said", m.Singular, m.Warnings)
	}
	if m.Components[0].Variance != 0 || m.ICC != 0 {
		t.Errorf("variance = %v, ICC = %v, want 0", m.Components[0].Variance, m.ICC)
	}
	closeTo(t, "residual variance", m.Sigma2(), 0.75, 1e-12) // var(y)
	closeTo(t, "error of the mean", m.Covariance().SE(0), math.Sqrt(.75/9), 1e-12)
}

func TestMixedModelNamesWhatCannotBeFitted(t *testing.T) {
	f := grouped(rand.New(rand.NewPCG(6, 6)), 6, 4, 1, 0)
	n := f.Rows()
	own, same, flat := make([]string, n), make([]string, n), make([]float64, n)
	for i := range n {
		own[i], same[i], flat[i] = strconv.Itoa(i), "all", 3
	}
	f = f.With(frame.Factors("own", own, nil)).With(frame.Factors("same", same, nil)).With(frame.Numbers("flat", flat))
	for _, tt := range []struct{ name, formula, want string }{
		{"one group", "y ~ x + (1 | same)", "all rows are in one group of same"},
		{"groups of one", "y ~ x + (1 | own)", "own has 24 random effects for 24 rows"},
		{"constant outcome", "flat ~ x + (1 | g)", "no variance to estimate"},
		{"no random effects", "y ~ x", "no random effects such as (1 | id)"},
		{"a factor as outcome", "g ~ x + (1 | same)", "the outcome g is no number"},
		{"no rows", "y ~ x + (1 | g)", "there are no rows"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := f
			if tt.name == "no rows" {
				data = f.Take(nil)
			}
			m := stat.Mixed(modelOf(t, tt.formula, data, formula.Options{}), true)
			if got := strings.Join(m.Warnings, "; "); !strings.Contains(got, tt.want) {
				t.Errorf("warnings = %q, want %q in them", got, tt.want)
			}
			if !math.IsNaN(m.LogLik) || !math.IsNaN(m.Covariance().SE(0)) || !math.IsNaN(m.Sigma2()) {
				t.Errorf("log likelihood %v, error %v, variance %v; want NaN", m.LogLik, m.Covariance().SE(0), m.Sigma2())
			}
		})
	}
	few := f.Take([]int{0, 1, 4, 5})
	m := stat.Mixed(modelOf(t, "y ~ x + I(x^2) + I(x^3) + (1 | g)", few, formula.Options{}), true)
	if !math.IsNaN(m.LogLik) || len(m.Warnings) == 0 {
		t.Errorf("four coefficients of four rows: log likelihood %v, warnings %q; want NaN and a warning", m.LogLik, m.Warnings)
	}
	m = stat.Mixed(modelOf(t, "y ~ x + I(2 * x) + (1 | g)", f, formula.Options{}), true)
	if !slices.Equal(m.Dropped, []string{"I(2 * x)"}) || !math.IsNaN(m.Coef[2]) || math.IsNaN(m.Coef[1]) {
		t.Errorf("dropped %q with coefficients %v, want I(2 * x) alone", m.Dropped, m.Coef)
	}
}

func TestMixedIntervalsCover(t *testing.T) {
	const runs = 2000
	rng := rand.New(rand.NewPCG(7, 7))
	covered := 0
	for range runs {
		m := stat.Mixed(modelOf(t, "y ~ x + (1 | g)", grouped(rng, 40, 5, 1, 0), formula.Options{}), true)
		if m.Table(m.Covariance(), .95)[1].Holds(.5) {
			covered++
		}
	}
	if share := float64(covered) / runs; share < .935 || share > .965 {
		t.Errorf("95 %% intervals of a slope within 40 groups cover %.3f of the time, want .935 to .965", share)
	}
}

// sleepstudy is lme4's data: 18 subjects, 10 days of sleep deprivation each.
func sleepstudy(t testing.TB) *frame.Frame {
	file, err := os.Open("testdata/oracle/data/sleepstudy.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var cols []*frame.Column
	for at, name := range rows[0] {
		var texts []string
		var nums []float64
		for _, r := range rows[1:] {
			x, err := strconv.ParseFloat(r[at], 64)
			if err != nil {
				t.Fatal(err)
			}
			texts, nums = append(texts, r[at]), append(nums, x)
		}
		if name == "Subject" {
			cols = append(cols, frame.Factors(name, texts, nil))
			continue
		}
		cols = append(cols, frame.Numbers(name, nums))
	}
	return frame.New(cols...)
}

func BenchmarkMixed(b *testing.B) {
	sleep := sleepstudy(b)
	rng := rand.New(rand.NewPCG(8, 8))
	crossed := grouped(rng, 3000, 24, 1, .5)
	items := make([]string, crossed.Rows())
	for i := range items {
		items[i] = strconv.Itoa(i % 24)
	}
	crossed = crossed.With(frame.Factors("item", items, nil))
	for _, bb := range []struct {
		name, formula string
		frame         *frame.Frame
	}{
		{"sleepstudy", "Reaction ~ Days + (Days | Subject)", sleep},
		{"7k rows, intercepts", "y ~ x + (1 | g)", grouped(rng, 1000, 7, 1, 0)},
		{"70k rows, intercepts", "y ~ x + (1 | g)", grouped(rng, 10000, 7, 1, 0)},
		{"70k rows, slopes", "y ~ x + (x | g)", grouped(rng, 10000, 7, 1, .5)},
		{"72k rows, crossed", "y ~ x + (1 | g) + (1 | item)", crossed},
	} {
		b.Run(bb.name, func(b *testing.B) {
			d := modelOf(b, bb.formula, bb.frame, formula.Options{})
			b.ReportAllocs()
			for b.Loop() {
				if m := stat.Mixed(d, true); !m.Converged {
					b.Fatal(m.Warnings)
				}
			}
		})
	}
}
