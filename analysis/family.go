package analysis

import (
	"fmt"
	"math"

	"silico/analysis/expr"
	"silico/analysis/stat"
)

// Methods by which the claims of a family answer for each other.
const (
	Sequence = "sequence" // in order; behind the first that is not supported the rest are exploratory
	Holm     = "holm"     // p-values adjusted for the family-wise error
	BH       = "bh"       // p-values adjusted for the false discovery rate
)

// Family is a set of claims that are tested together.
type Family struct {
	Name   string
	Method string
	Alpha  float64 // of holm and bh: the largest adjusted p-value of a supported claim
}

// judge lets the claims of each family answer for each other. Rules that read
// the outcome of another claim have read what its own rules say.
func judge(claims []Claim, families []Family, values *Values, verdicts []Verdict) {
	for _, f := range families {
		var members []int
		for i, c := range claims {
			if c.Family == f.Name {
				members = append(members, i)
			}
		}
		ps := make([]float64, len(members))
		for rank, i := range members {
			v := &verdicts[i]
			v.Family, v.Method, v.Alpha = f.Name, f.Method, f.Alpha
			v.Rank, v.Of = rank+1, len(members)
			ps[rank] = v.pValue(claims[i].P, values)
		}
		if f.Method == Sequence {
			inSequence(members, verdicts)
			continue
		}
		correction := stat.Holm
		if f.Method == BH {
			correction = stat.BH
		}
		for rank, p := range stat.Adjust(ps, correction) {
			v := &verdicts[members[rank]]
			v.Adjusted = p
			if v.Outcome == Supported && !(p <= f.Alpha) {
				v.Outcome = Inconclusive
				v.Note = fmt.Sprintf("supported by its rule, but not at %v after adjustment", f.Alpha)
				if math.IsNaN(p) {
					v.Note = "supported by its rule, but its p-value has no number"
				}
			}
		}
	}
}

// inSequence makes everything behind the first claim that is not supported
// exploratory.
func inSequence(members []int, verdicts []Verdict) {
	stopped := ""
	for _, i := range members {
		v := &verdicts[i]
		if stopped != "" {
			v.Exploratory = true
			v.Note = fmt.Sprintf("exploratory: %s, before it, is not supported", stopped)
		} else if v.Outcome != Supported {
			stopped = v.Name
		}
	}
}

// pValue returns the p-value at the address of a claim, NaN for none.
func (v *Verdict) pValue(address *expr.Expr, values *Values) float64 {
	if address != nil {
		for _, p := range address.Paths() {
			v.P, _ = values.Field(p.Segments)
		}
	}
	return v.P
}
