package stat

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// Assignment is how treatments were given to units.
type Assignment struct {
	Variable string // the column of the treatment
	Unit     []int  // of each row of the design: the unit that was assigned; nil for each row alone
	Stratum  []int  // of each row: units are exchanged within strata only; nil for one
}

// RandomisationTest tests the sharp null hypothesis that the treatment changes
// no outcome of any unit, by the declared assignment alone: treatments are
// dealt out anew among the units of each stratum, everything that the
// treatment's column enters, interactions among it, is computed again, and the
// model is refitted. P is (1 + #{|t*| ≥ |t|})/(B + 1); replicates that cannot
// be computed count as extreme. Fisher (1935); Phipson and Smyth (2010),
// doi:10.2202/1544-6115.1585.
//
// fit fits a design, and stat takes the statistic: of a coefficient, its t with
// robust errors, which is also valid for a zero mean effect in large samples
// (Wu and Ding 2021, doi:10.1080/01621459.2020.1750415). Errors: an unknown
// variable, or one that differs within a unit. R: ri2::conduct_ri.
func RandomisationTest(ctx context.Context, draws Resampling, d *formula.Design, a Assignment, fit func(*formula.Design) *Regression, stat func(*Regression) float64) (Test, error) {
	units, err := a.units(d)
	if err != nil {
		return Test{}, err
	}
	observed := stat(fit(d))
	if math.IsNaN(observed) {
		return noTest("the statistic cannot be computed"), nil
	}
	if _, err := d.Reassign(a.Variable, make([]int, len(d.Rows))); err != nil {
		return Test{}, err
	}
	reps, err := draws.Run(ctx, 1, func() func(int, *rand.Rand, []float64) {
		from := make([]int, len(d.Rows))
		return func(_ int, rng *rand.Rand, out []float64) {
			units.deal(rng, from)
			v, err := d.Reassign(a.Variable, from)
			if err != nil {
				return
			}
			k := len(d.Names)
			x := make([]float64, len(from)*k)
			v.Fill(x, 0, len(from))
			again := *d
			again.X = mat.NewDense(len(from), k, x)
			out[0] = stat(fit(&again))
		}
	})
	if err != nil {
		return Test{}, err
	}
	return permutationP(observed, 0, reps[0]), nil
}

// assigned are the units of an assignment by stratum.
type assigned struct {
	rows   [][]int // by unit
	strata [][]int // units of each stratum
}

func (a Assignment) units(d *formula.Design) (*assigned, error) {
	n := len(d.Rows)
	u := &assigned{}
	at := map[int]int{}
	stratumAt := map[int]int{}
	value, err := d.Values(a.Variable)
	if err != nil {
		return nil, err
	}
	stratum := []int{}
	for i := range n {
		code := i
		if a.Unit != nil {
			code = a.Unit[i]
		}
		unit, ok := at[code]
		if !ok {
			unit = len(u.rows)
			at[code] = unit
			u.rows = append(u.rows, nil)
			s := 0
			if a.Stratum != nil {
				s = a.Stratum[i]
			}
			k, ok := stratumAt[s]
			if !ok {
				k = len(u.strata)
				stratumAt[s] = k
				u.strata = append(u.strata, nil)
			}
			u.strata[k] = append(u.strata[k], unit)
			stratum = append(stratum, s)
		}
		if first := u.rows[unit]; len(first) > 0 && value[first[0]] != value[i] {
			return nil, fmt.Errorf("%s differs within unit %d, so that it was not assigned to units: rows %d and %d", a.Variable, unit+1, d.Rows[first[0]]+1, d.Rows[i]+1)
		}
		if a.Stratum != nil && a.Stratum[i] != stratum[unit] {
			return nil, fmt.Errorf("unit %d is in two strata, in row %d", unit+1, d.Rows[i]+1)
		}
		u.rows[unit] = append(u.rows[unit], i)
	}
	return u, nil
}

// deal sets for each row the row whose treatment it gets.
func (u *assigned) deal(rng *rand.Rand, from []int) {
	for _, units := range u.strata {
		mixed := slices.Clone(units)
		rng.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		for k, unit := range units {
			for _, row := range u.rows[unit] {
				from[row] = u.rows[mixed[k]][0]
			}
		}
	}
}
