package analysis

import (
	"math"
	"slices"
	"strings"

	"silico/analysis/expr"
)

// Outcomes of a hypothesis, those of expr.Outcomes.
const (
	Supported    = "supported"
	NotSupported = "not supported"
	Inconclusive = "inconclusive"
)

// Claim is a hypothesis with its decision rules over values.
type Claim struct {
	Name, Text string
	Decide     *expr.Expr // supported when true
	Reject     *expr.Expr // not supported when true; nil for never
	Family     string     // the family that it is tested in, "" for none
	P          *expr.Expr // the address of its p-value; nil for none
}

// Verdict is what the numbers say of a hypothesis.
type Verdict struct {
	Name, Text     string
	Outcome        string // supported, not supported, inconclusive
	Decide, Reject string // the rules as written
	Values         []Used // what the rules read, in the order of their first use

	Family, Method string  // the family that it is tested in, and how; "" for none
	Alpha          float64 // the largest adjusted p-value of a supported claim
	Rank, Of       int     // its place in the family, from 1, and how many there are
	P, Adjusted    float64 // its p-value, and that adjusted within the family; NaN for none
	Exploratory    bool    // behind a claim of a fixed sequence that is not supported
	Note           string  // what the family makes of the rule's outcome, "" for nothing
}

// Used is one value that a rule read.
type Used struct {
	Address string
	Value   float64 // NaN where there is none
}

// Values are the estimates of all results by address.
type Values struct {
	estimates map[string]found
	addresses []string
}

// found is an estimate and the result that it is of.
type found struct {
	*Estimate
	of *Result
}

// NewValues indexes the estimates of results, in their order.
func NewValues(results []*Result) *Values {
	n := 0
	for _, r := range results {
		n += len(r.Estimates)
	}
	v := &Values{estimates: make(map[string]found, n), addresses: make([]string, 0, n)}
	for _, r := range results {
		for i := range r.Estimates {
			e := &r.Estimates[i]
			a := e.Address(r.Name)
			if _, ok := v.estimates[a]; !ok {
				v.addresses = append(v.addresses, a)
			}
			v.estimates[a] = found{e, r}
		}
	}
	return v
}

// Addresses returns all addresses in the order of the results.
func (v *Values) Addresses() []string { return v.addresses }

// Estimate returns the estimate at an address as it is written: with segments
// quoted where they are not plain names.
func (v *Values) Estimate(address string) (Estimate, bool) {
	e, of := v.Find(address)
	if of == nil {
		return Estimate{}, false
	}
	return *e, true
}

// Find returns the estimate at an address and the result that it is of, nil where
// there is none.
func (v *Values) Find(address string) (*Estimate, *Result) {
	f := v.estimates[address]
	return f.Estimate, f.of
}

// Field returns the number that a path names: an estimate's value, or one of
// its fields value, se, lo, hi, p, n_people, n_rows, draws behind a dot. It is
// false when there is no such estimate or field.
func (v *Values) Field(path []string) (float64, bool) {
	if e, ok := v.estimates[Join(path)]; ok {
		return e.Value, true
	}
	last := len(path) - 1
	if last < 1 {
		return math.NaN(), false
	}
	e, ok := v.estimates[Join(path[:last])]
	if !ok {
		return math.NaN(), false
	}
	switch path[last] {
	case "value":
		return e.Value, true
	case "se":
		return e.SE, true
	case "lo":
		return e.Lo, true
	case "hi":
		return e.Hi, true
	case "p":
		return e.P, true
	case "n_people":
		return float64(e.People), true
	case "n_rows":
		return float64(e.Rows), true
	case "draws":
		return float64(e.Draws), true
	}
	return math.NaN(), false
}

// LacksP says whether a path ends in the p of an estimate that was computed,
// interval and all, without a p-value. Where data alone are in the way of both,
// it lacks nothing.
func (v *Values) LacksP(path []string) bool {
	e, ok := v.estimates[Join(path[:len(path)-1])]
	return ok && math.IsNaN(e.P) && !math.IsNaN(e.Value) && !math.IsNaN(e.Lo)
}

// Join returns a path as it is written: its segments, quoted where they need
// it, with dots between.
func Join(path []string) string {
	n := len(path)
	for _, s := range path {
		n += len(s)
	}
	var b strings.Builder
	b.Grow(n)
	for i, s := range path {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(Quote(s))
	}
	return b.String()
}

// Nearest returns the address of an estimate that is close to a path, "" when
// none is. A field behind the path is kept.
func (v *Values) Nearest(path []string) string {
	if near := expr.Suggest(Join(path), v.addresses); near != "" {
		return near
	}
	last := len(path) - 1
	if last < 1 {
		return ""
	}
	if near := expr.Suggest(Join(path[:last]), v.addresses); near != "" {
		return near + "." + Quote(path[last])
	}
	return ""
}

// Decide gives the verdict on each claim. A claim is supported when its rule
// is true, not supported when its rule of rejection is, and inconclusive
// otherwise: when both are false, when both are true, and whenever a value
// that one of them reads is NaN or does not exist. A rule may read the outcome
// of another claim by its name, h1 == 'supported'; claims that wait for each
// other in a circle are inconclusive.
//
// Claims of a family then answer for each other. In a fixed sequence those
// behind the first that is not supported are exploratory. Where p-values are
// adjusted, a claim that its rule supports and whose adjusted p-value is above
// the family's alpha, or no number, is inconclusive.
func Decide(claims []Claim, families []Family, values *Values) []Verdict {
	d := decider{claims, values, make([]Verdict, len(claims)), make([]bool, len(claims))}
	for i := range claims {
		d.decide(i)
	}
	judge(claims, families, values, d.verdicts)
	return d.verdicts
}

type decider struct {
	claims   []Claim
	values   *Values
	verdicts []Verdict
	begun    []bool
}

func (d *decider) decide(i int) Verdict {
	if d.begun[i] {
		return d.verdicts[i]
	}
	d.begun[i] = true
	c := d.claims[i]
	v := Verdict{Name: c.Name, Text: c.Text, Outcome: Inconclusive, Decide: c.Decide.String(), P: math.NaN(), Adjusted: math.NaN()}
	d.verdicts[i] = v
	lookup := func(path []string) (expr.Value, bool) {
		if k := slices.IndexFunc(d.claims, func(c Claim) bool { return len(path) == 1 && c.Name == path[0] }); k >= 0 {
			return expr.Str(d.decide(k).Outcome), true
		}
		x, ok := d.values.Field(path)
		v.use(path, x)
		return expr.Num(x), ok
	}
	yes := c.Decide.Eval(lookup).True()
	no := false
	if c.Reject != nil {
		v.Reject = c.Reject.String()
		no = c.Reject.Eval(lookup).True()
	}
	switch {
	case slices.ContainsFunc(v.Values, func(u Used) bool { return math.IsNaN(u.Value) }):
	case yes && !no:
		v.Outcome = Supported
	case no && !yes:
		v.Outcome = NotSupported
	}
	d.verdicts[i] = v
	return v
}

func (v *Verdict) use(path []string, x float64) {
	address := Join(path)
	for _, u := range v.Values {
		if u.Address == address {
			return
		}
	}
	v.Values = append(v.Values, Used{address, x})
}
