package stat_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// wantingAndDoing is the long form of 24 items: want and do below each other.
func wantingAndDoing(t testing.TB) *frame.Frame {
	f := people(t)
	var rows []int
	var yes []float64
	var mode []string
	for _, name := range []string{"want", "do"} {
		for i, c := range f.Col(name).Codes {
			rows, mode = append(rows, i), append(mode, name)
			yes = append(yes, float64(min(c, 1)))
		}
	}
	return f.Take(rows).With(frame.Numbers("yes", yes)).With(frame.Factors("mode", mode, []string{"want", "do"}))
}

func TestMixedLogitAgreesWithR(t *testing.T) {
	m := stat.MixedLogit(modelOf(t, "yes ~ anger5 + gender + behaviour + blame + mode + (1 | id)", wantingAndDoing(t), formula.Options{}))
	// R: glmer(r2 == "Y" ~ I((Anger - 20)/5) + Gender + btype + situ + mode +
	// (1 | id), VerbAgg, binomial, control = glmerControl("bobyqa", tolPwrss =
	// 1e-13)); METHOD section 4.
	for j, want := range map[int]float64{2: 0.315529, 3: -1.055632, 4: -2.042888, 5: -1.028228, 6: -0.671800} {
		closeTo(t, "coefficient of "+m.Names[j], m.Coef[j], want, 1e-5)
	}
	closeTo(t, "standard deviation of the intercepts", m.Components[0].SD, 1.307448, 1e-6)
	closeTo(t, "log likelihood", m.LogLik, -4111.951558, 1e-9)
	// Differences of its deviance function over steps of 1e-3, with the modes of
	// the groups found to tolPwrss = 1e-13. Note: at lme4's 1e-7 its likelihood is
	// off by 0.006 and the errors by 0.4 %.
	for j, want := range []float64{0.10992251, 0.082306549, 0.18760264, 0.069341924, 0.074964878, 0.058022189, 0.057127018} {
		closeTo(t, "error of "+m.Names[j], m.Covariance().SE(j), want, 1e-5)
	}
	if !m.Converged || len(m.Warnings) > 0 {
		t.Errorf("converged %v, warnings %q; want a quiet fit", m.Converged, m.Warnings)
	}
}

// fiveAnswers has binary answers of groups of five.
func fiveAnswers(rng *rand.Rand, groups int, sd float64) *frame.Frame {
	var y, x []float64
	var g []string
	for k := range groups {
		a := sd * rng.NormFloat64()
		for range 5 {
			v := rng.NormFloat64()
			x, g = append(x, v), append(g, strconv.Itoa(k))
			yes := 0.0
			if rng.Float64() < 1/(1+math.Exp(-a-v/2)) {
				yes = 1
			}
			y = append(y, yes)
		}
	}
	return frame.New(frame.Numbers("x", x), frame.Numbers("y", y), frame.Factors("g", g, nil))
}

func TestMixedLogitSaysSingularFits(t *testing.T) {
	f := fiveAnswers(rand.New(rand.NewPCG(1, 3)), 60, 0)
	// Each group the same answers: less spread between groups than chance gives.
	y := make([]float64, f.Rows())
	for i := range y {
		y[i] = float64(i % 2)
	}
	m := stat.MixedLogit(modelOf(t, "y ~ x + (1 | g)", f.With(frame.Numbers("y", y)), formula.Options{}))
	g := stat.GLM(modelOf(t, "y ~ x", f.With(frame.Numbers("y", y)), formula.Options{}), stat.Binomial, stat.Logit)
	if !m.Singular || m.Components[0].Variance > 1e-8 {
		t.Fatalf("singular = %v with a variance of %v, want it said", m.Singular, m.Components[0].Variance)
	}
	closeTo(t, "coefficient of x against a logit's", m.Coef[1], g.Coef[1], 1e-6)
	closeTo(t, "log likelihood against a logit's", m.LogLik, g.LogLik, 1e-9)
}

func TestMixedLogitNamesWhatCannotBeFitted(t *testing.T) {
	f := fiveAnswers(rand.New(rand.NewPCG(2, 3)), 20, 1)
	f = f.With(frame.Numbers("flat", make([]float64, f.Rows())))
	for _, tt := range []struct{ name, formula, want string }{
		{"slopes", "y ~ x + (x | g)", "one random intercept"},
		{"constant outcome", "flat ~ x + (1 | g)", "cannot be fitted"},
		{"a number", "x ~ 1 + (1 | g)", "cannot be fitted"},
		{"separation", "I(x > 0) ~ x + (1 | g)", "cannot be fitted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := stat.MixedLogit(modelOf(t, tt.formula, f, formula.Options{}))
			if got := strings.Join(m.Warnings, "; "); !strings.Contains(got, tt.want) || !math.IsNaN(m.LogLik) {
				t.Errorf("log likelihood %v with warnings %q, want NaN and %q", m.LogLik, got, tt.want)
			}
		})
	}
}
