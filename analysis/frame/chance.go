package frame

import "slices"

// RoleChance is the role of columns that hold the probability of an answer.
const RoleChance = "probability"

// Chance says which answer a column holds the probability of: one level of a
// variable, or a level of each of several variables together.
type Chance struct{ Variables, Levels []string }

// ChanceColumn names the column with the probability of one option of a
// variable.
func ChanceColumn(variable, option string) string { return "p_" + variable + "_" + option }

// Chances returns the columns with the probabilities of the levels of a
// variable, or of the combinations of levels of several, the last of which vary
// fastest; nil when the study keeps none.
func (s *Schema) Chances(variables ...string) []*Variable {
	var list []*Variable
	for i := range s.Variables {
		if v := &s.Variables[i]; v.Chance != nil && slices.Equal(v.Chance.Variables, variables) {
			list = append(list, v)
		}
	}
	return list
}
