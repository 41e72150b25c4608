package stat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// PPIModel is a regression by prediction-powered inference.
type PPIModel struct {
	N, Unlabelled int     // people
	Lambda, Tuned float64 // as in PPI
	Coef          []float64
	Cov           *mat.SymDense
	SE            []float64
	Intervals     []Interval
	Warnings      []string // sentences for the reader
}

// OLS estimates the coefficients of the least-squares regression of the answer
// in the population: θ with
//
//	λ/N Σ_U x(f - xᵀθ) + 1/n Σ_L [x(y - xᵀθ) - λ x(f - xᵀθ)] = 0,
//
// x and xu the designs of labelled and unlabelled rows. With scores g summed by
// person and H = λ XᵤᵀXᵤ/N + (1-λ) XᵀX/n,
//
//	Cov θ = H⁻¹ [λ² Cov(g_U)/N + Cov(g_y - λ g_f)/n] H⁻¹.
//
// A tuned λ minimises the trace of it, at the estimate for λ = 1. A singular H
// gives NaN and a warning. ppi_py: ppi_ols_ci.
func (s PPISample) OLS(x, xu *mat.Dense, o PPIOptions) *PPIModel {
	return s.model(x, xu, o, Identity)
}

// Logit estimates the coefficients of the logistic regression of a 0/1 answer
// in the population. Predictions may be probabilities. Formulas are those of
// OLS with x(y - μ) as scores and μ(1-μ) xxᵀ in H, solved by Newton steps; no
// convergence, as under separation, is a warning and NaN. ppi_py:
// ppi_logistic_ci.
func (s PPISample) Logit(x, xu *mat.Dense, o PPIOptions) *PPIModel {
	return s.model(x, xu, o, Logit)
}

func (s PPISample) model(x, xu *mat.Dense, o PPIOptions, l Link) *PPIModel {
	people, labelled := s.people(x, xu)
	d := newPPIDivision(people, o, l)
	d.Label(labelled)
	return d.Fit(o.Lambda, nil)
}

// people returns everybody in the sample, and who of them is labelled.
func (s PPISample) people(x, xu *mat.Dense) (*PPIPeople, []bool) {
	all, f := x, s.F
	y := slices.Concat(s.Y, s.FU) // nobody asks for the answers of the unlabelled
	if len(s.FU) > 0 {
		f = slices.Concat(s.F, s.FU)
		all = new(mat.Dense)
		all.Stack(x, xu)
	}
	person, n := own(s.Unit, len(s.Y))
	others, m := own(s.UnitU, len(s.FU))
	for _, u := range others {
		person = append(person, n+u)
	}
	labelled := make([]bool, n+m)
	for g := range n {
		labelled[g] = true
	}
	rows, _ := own(nil, len(y))
	return NewPPIPeople(all, rows, person, n+m, y, f), labelled
}

// own returns the number of each of n rows' units and how many units there are;
// each row is its own where unit is nil.
func own(unit []int, n int) ([]int, int) {
	if unit != nil {
		return unitIndex(unit)
	}
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list, n
}

// describe takes the coefficients and their covariance.
func (m *PPIModel) describe(coef []float64, cov *mat.Dense, z float64) *PPIModel {
	k := len(coef)
	m.Coef, m.Cov = slices.Clone(coef), mat.NewSymDense(k, nil)
	m.SE, m.Intervals = make([]float64, k), make([]Interval, k)
	for i := range k {
		for j := range i + 1 {
			m.Cov.SetSym(i, j, (cov.At(i, j)+cov.At(j, i))/2)
		}
		m.SE[i] = math.Sqrt(m.Cov.At(i, i))
		m.Intervals[i] = around(coef[i], z*m.SE[i])
	}
	return m
}

// nothing makes all numbers NaN and says why.
func (m *PPIModel) nothing(k int, why string) *PPIModel {
	m.Coef, m.Cov, m.Intervals = make([]float64, k), mat.NewSymDense(k, nil), make([]Interval, k)
	for i := range k {
		m.Coef[i], m.Intervals[i] = nan, noInterval
		for j := range i + 1 {
			m.Cov.SetSym(i, j, nan)
		}
	}
	m.SE = m.Coef
	m.Warnings = append(m.Warnings, why)
	return m
}
