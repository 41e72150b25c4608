package stat_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// crossedPanel has people and items with effects of both, a column x that
// depends on them, one of the person alone (age), and weights.
func crossedPanel(rng *rand.Rand, people, items, rows int) *frame.Frame {
	a, b := make([]float64, people), make([]float64, items)
	for i := range a {
		a[i] = 2 * rng.NormFloat64()
	}
	for i := range b {
		b[i] = rng.NormFloat64()
	}
	var y, x, z, age, w []float64
	var person, item []string
	for range rows {
		i, k := rng.IntN(people), rng.IntN(items)
		v := a[i]/2 + b[k] + rng.NormFloat64()
		x, age, w, z = append(x, v), append(age, float64(i%7)), append(w, float64(1+rng.IntN(3))), append(z, rng.Float64())
		y = append(y, 3+.5*v-z[len(z)-1]+a[i]+b[k]+rng.NormFloat64())
		person, item = append(person, "p"+strconv.Itoa(i)), append(item, "i"+strconv.Itoa(k))
	}
	return frame.New(frame.Numbers("y", y), frame.Numbers("x", x), frame.Numbers("z", z), frame.Numbers("age", age), frame.Numbers("w", w),
		frame.Factors("person", person, nil), frame.Factors("item", item, nil))
}

func effectOf(f *frame.Frame, name string) stat.FixedEffect {
	e := stat.FixedEffect{Name: name}
	for _, c := range f.Col(name).Codes {
		e.Codes = append(e.Codes, int(c))
	}
	return e
}

func TestAbsorbedEffectsAreThoseOfDummies(t *testing.T) {
	f := crossedPanel(rand.New(rand.NewPCG(1, 1)), 25, 9, 200)
	for _, tt := range []struct {
		name, dummies, weights string
		effects                []string
	}{
		{"one factor", "y ~ x + z + person", "", []string{"person"}},
		{"two factors", "y ~ x + z + person + item", "", []string{"person", "item"}},
		{"two factors and weights", "y ~ x + z + person + item", "w", []string{"item", "person"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var effects []stat.FixedEffect
			for _, name := range tt.effects {
				effects = append(effects, effectOf(f, name))
			}
			a := stat.Absorb(modelOf(t, "y ~ x + z", f, formula.Options{Weights: tt.weights}), effects...)
			o := stat.OLS(modelOf(t, tt.dummies, f, formula.Options{Weights: tt.weights}))
			if a.DF != o.DF || a.N != o.N || a.Rank+a.Absorbed != o.Rank {
				t.Errorf("degrees of freedom %v of %d rows, want %v of %d", a.DF, a.N, o.DF, o.N)
			}
			closeTo(t, "R²", a.R2, o.R2, 1e-10)
			closeTo(t, "adjusted R²", a.AdjR2, o.AdjR2, 1e-10)
			closeTo(t, "sigma", a.Sigma, o.Sigma, 1e-10)
			closeTo(t, "log likelihood", a.LogLik, o.LogLik, 1e-10)
			closeTo(t, "BIC", a.BIC, o.BIC, 1e-10)
			for _, kind := range []string{"classical", "HC0", "HC1", "CR0", "CR1", "CR1S"} {
				var clusters [][]int
				if stat.Clustered(kind) {
					clusters = append(clusters, effects[0].Codes)
				}
				got, err := a.Covariance(kind, clusters...)
				if err != nil {
					t.Fatal(err)
				}
				want, err := o.Covariance(kind, clusters...)
				if err != nil {
					t.Fatal(err)
				}
				for j, line := range a.Table(got, .95) {
					w := o.Table(want, .95)[j+1]
					closeTo(t, kind+" coefficient of "+line.Name, line.Estimate, w.Estimate, 1e-10)
					closeTo(t, kind+" error of "+line.Name, line.SE, w.SE, 1e-9)
					closeTo(t, kind+" upper limit of "+line.Name, line.Hi, w.Hi, 1e-9)
				}
			}
		})
	}
}

func TestNestedEffectsCostClusteredErrorsNoDegreesOfFreedom(t *testing.T) {
	f := crossedPanel(rand.New(rand.NewPCG(2, 2)), 20, 6, 150)
	person, item := effectOf(f, "person"), effectOf(f, "item")
	n := 150.0
	for _, tt := range []struct {
		name    string
		effects []stat.FixedEffect
		k       float64 // fixest's K: 2 columns, and the effects that are not within persons
	}{
		{"all nested", []stat.FixedEffect{person}, 2 + 1},
		{"one of two", []stat.FixedEffect{person, item}, 2 + 6},
		{"none", []stat.FixedEffect{item}, 2 + 6},
	} {
		a := stat.Absorb(modelOf(t, "y ~ x + z", f, formula.Options{}), tt.effects...)
		got, err := a.CovarianceNested(person.Codes)
		if err != nil {
			t.Fatal(err)
		}
		base, err := a.Covariance("CR1", person.Codes)
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, tt.name+": squared error over that of CR1", math.Pow(got.SE(0)/base.SE(0), 2), (n-1)/(n-tt.k), 1e-10)
	}
}

func TestAbsorbedDegreesOfFreedomCountConnectedParts(t *testing.T) {
	// Two schools that share neither teachers nor rooms: one level of each is
	// not identified.
	codes := func(s string) []int {
		var c []int
		for _, r := range s {
			c = append(c, int(r-'a'))
		}
		return c
	}
	var x, y []float64
	rng := rand.New(rand.NewPCG(3, 3))
	for range 16 {
		x, y = append(x, rng.NormFloat64()), append(y, rng.NormFloat64())
	}
	f := frame.New(frame.Numbers("x", x), frame.Numbers("y", y))
	a := stat.Absorb(modelOf(t, "y ~ x", f, formula.Options{}),
		stat.FixedEffect{Name: "teacher", Codes: codes("aabbaabbccddccdd")}, stat.FixedEffect{Name: "room", Codes: codes("ababababcdcdcdcd")})
	if a.Absorbed != 4+4-2 {
		t.Errorf("absorbed = %d, want 6", a.Absorbed)
	}
}

func TestAbsorbNamesWhatCannotBeFitted(t *testing.T) {
	f := crossedPanel(rand.New(rand.NewPCG(4, 4)), 25, 9, 200)
	person := effectOf(f, "person")
	a := stat.Absorb(modelOf(t, "y ~ x + age", f, formula.Options{}), person)
	if !slices.Equal(a.Dropped, []string{"age"}) || !math.IsNaN(a.Coef[1]) || math.IsNaN(a.Coef[0]) {
		t.Errorf("dropped %q with coefficients %v; want age, which does not vary within persons", a.Dropped, a.Coef)
	}
	own := stat.FixedEffect{Name: "row", Codes: make([]int, 200)}
	for i := range own.Codes {
		own.Codes[i] = i
	}
	for _, tt := range []struct {
		name, formula, want string
		effect              stat.FixedEffect
	}{
		{"groups of one", "y ~ x", "200 rows are alone in their level", own},
		{"nothing varies within", "y ~ age", "dropped as linear in the fixed effects", person},
		{"no columns", "y ~ 1", "no column but the intercept", person},
	} {
		a := stat.Absorb(modelOf(t, tt.formula, f, formula.Options{}), tt.effect)
		if got := strings.Join(a.Warnings, "; "); !strings.Contains(got, tt.want) {
			t.Errorf("%s: warnings = %q, want %q in them", tt.name, got, tt.want)
		}
		c, err := a.Covariance("classical")
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range a.Table(c, .95) {
			if !math.IsNaN(line.SE) {
				t.Errorf("%s: error of %s = %v, want NaN", tt.name, line.Name, line.SE)
			}
		}
	}
}

func BenchmarkAbsorb(b *testing.B) {
	for _, rows := range []int{10_000, 100_000, 1_000_000} {
		f := crossedPanel(rand.New(rand.NewPCG(5, 5)), rows/10, 50, rows)
		b.Run(fmt.Sprintf("%d rows, two factors", rows), func(b *testing.B) {
			d := modelOf(b, "y ~ x + z", f, formula.Options{})
			person, item := effectOf(f, "person"), effectOf(f, "item")
			b.ReportAllocs()
			for b.Loop() {
				stat.Absorb(d, person, item)
			}
		})
	}
}
