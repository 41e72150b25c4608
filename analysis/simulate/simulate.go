// Package simulate makes answers of participants whose effects are planted:
// they are known, because they were put there. Teaching, power analyses and
// tests of estimators use it.
package simulate

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"silico/analysis/frame"
)

// Effect says how one answer comes about. The linear predictor of a row is
//
//	η = xᵀβ + u
//
// where x is the row of the formula's design matrix, β the coefficients and u
// the respondent's own level, normal with standard deviation PersonSD.
type Effect struct {
	Variable string // the answer, a variable of the schema
	Formula  string // right side, R's language: "anger + gender + want"
	// Coefficients by R's names of the design columns, "(Intercept)" among
	// them; a column that is not named has 0.
	Coef map[string]float64
	// How the answer comes from η; from the type of the variable when "":
	//
	//	gaussian     y = η + e, e normal with standard deviation SD
	//	binomial     P(y = second level, or 1) = 1/(1 + exp(-η))
	//	poisson      y counts at the rate exp(η)
	//	ordinal      P(y ≤ level k) = 1/(1 + exp(η - Cuts[k])), as MASS::polr has it
	//	multinomial  P(y = level j) ∝ exp(ηⱼ), η of the first level 0
	Family   string
	Cuts     []float64                     // ordinal: one less than levels, ascending
	SD       float64                       // gaussian
	PersonSD float64                       // the same u for all rows of a respondent; for every level but the first one of its own where multinomial
	Levels   map[string]map[string]float64 // multinomial: coefficients by level, without the first
}

// Family returns the family that an answer of a type has when its effect names
// none, "" for text, which cannot be simulated.
func Family(variableType string) string {
	switch variableType {
	case "binary":
		return "binomial"
	case "ordinal":
		return "ordinal"
	case "choice":
		return "multinomial"
	case "count":
		return "poisson"
	case "scale", "number":
		return "gaussian"
	}
	return ""
}

// Streams gives the random streams of a simulation. Each call returns a stream
// at its beginning, which depends on the arguments alone.
type Streams struct {
	// Row is for what is drawn anew in each row.
	Row func(row int) *rand.Rand
	// Person is for what is drawn once for the respondent of a row: rows of
	// one respondent get streams that are equal.
	Person func(row int) *rand.Rand
}

// Draw returns the answer of each row of f, a column of the kind and the
// levels that the schema of f gives the variable. Rows that lack a value that
// the formula needs have no answer. The error is that of Check.
//
// Answers are ones that the variable can take: whole numbers for scales and
// counts, and none beyond the declared ends, which flattens effects there.
func (e *Effect) Draw(f *frame.Frame, s Streams) (*frame.Column, error) {
	m, err := e.model(f)
	if err != nil {
		return nil, err
	}
	c := m.empty(f.Rows())
	eta := make([]float64, len(m.coef))
	for at, row := range m.rows {
		x := m.x.RawRowView(at)
		for j, b := range m.coef {
			eta[j] = 0
			if m.offset != nil {
				eta[j] = m.offset[at]
			}
			for k, v := range x {
				eta[j] += b[k] * v
			}
		}
		if e.PersonSD > 0 {
			person := s.Person(row)
			for j := range eta {
				eta[j] += e.PersonSD * person.NormFloat64()
			}
		}
		m.put(c, row, eta, s.Row(row))
	}
	return c, nil
}

// Check returns what is wrong with the effect, given what the columns will be:
// a formula that cannot be read, coefficients that no column of the design
// has, a family that cannot make the answer. Its errors are *Problem, joined.
func (e *Effect) Check(s *frame.Schema) error {
	_, err := e.model(nothing(s))
	return err
}

// Problem is a mistake in one part of an effect.
type Problem struct {
	Key []string // the part: "formula", "coef" and the name, "levels" and so on
	Msg string
}

func (p *Problem) Error() string { return strings.Join(p.Key, ".") + ": " + p.Msg }

// named returns the coefficients in the order of the columns, with a problem
// for each that no column has.
func named(coef map[string]float64, columns []string, key ...string) ([]float64, []error) {
	b := make([]float64, len(columns))
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(coef)) {
		k := slices.Index(columns, name)
		if k < 0 {
			problems = append(problems, &Problem{append(slices.Clone(key), name),
				fmt.Sprintf("the formula has no column %q; it has %s", name, strings.Join(columns, ", "))})
			continue
		}
		if x := coef[name]; math.IsNaN(x) || math.IsInf(x, 0) {
			problems = append(problems, &Problem{append(slices.Clone(key), name), "a coefficient is a number"})
			continue
		}
		b[k] = coef[name]
	}
	return b, problems
}
