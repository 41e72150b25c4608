package formula

import (
	"fmt"
	"math"
	"slices"

	"silico/analysis/expr"
)

// function is a function of one number with its derivative, nil where that is
// zero almost everywhere.
type function struct {
	f, slope func(float64) float64
}

// functions are those of one number.
var functions = map[string]function{
	"I":       {func(x float64) float64 { return x }, func(float64) float64 { return 1 }},
	"exp":     {math.Exp, math.Exp},
	"sqrt":    {math.Sqrt, func(x float64) float64 { return 0.5 / math.Sqrt(x) }},
	"log2":    {math.Log2, func(x float64) float64 { return 1 / (x * math.Ln2) }},
	"log10":   {math.Log10, func(x float64) float64 { return 1 / (x * math.Ln10) }},
	"log1p":   {math.Log1p, func(x float64) float64 { return 1 / (1 + x) }},
	"expm1":   {math.Expm1, math.Exp},
	"abs":     {math.Abs, func(x float64) float64 { return math.Copysign(truth(x != 0), x) }},
	"sign":    {func(x float64) float64 { return math.Copysign(truth(x != 0), x) }, nil},
	"floor":   {math.Floor, nil},
	"ceiling": {math.Ceil, nil},
	"round":   {math.RoundToEven, nil},
}

// others are the functions that are more than that, with how many values they
// take.
var others = map[string][2]int{
	"log": {1, 2}, "scale": {1, 3}, "factor": {1, 2}, "as.factor": {1, 1}, "relevel": {2, 2}, "C": {2, 3},
	"as.numeric": {1, 1}, "as.integer": {1, 1}, "score": {1, 1}, "is.na": {1, 1}, "ifelse": {3, 3},
	"pmin": {2, 20}, "pmax": {2, 20}, "c": {1, 1000}, "cbind": {2, 2}, "offset": {1, 1}, "poly": {1, 3},
}

// keyed are the named arguments that a function takes, in their order.
var keyed = map[string][]string{
	"log": {"x", "base"}, "scale": {"x", "center", "scale"}, "factor": {"x", "levels"}, "relevel": {"x", "ref"},
	"C": {"object", "contr", "base"}, "ifelse": {"test", "yes", "no"}, "poly": {"x", "degree", "raw"},
}

// functionNames are all functions in order.
func functionNames() []string {
	var names []string
	for name := range functions {
		names = append(names, name)
	}
	for name := range summaries {
		names = append(names, name)
	}
	for name := range others {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// checkCalls finds unknown functions and wrong numbers of arguments without
// any data.
func checkCalls(n *node) *SyntaxError {
	var problem *SyntaxError
	n.visit(func(n *node) {
		if n.kind == nodeCall && problem == nil {
			problem = checkCall(n)
		}
	})
	return problem
}

func checkCall(n *node) *SyntaxError {
	low, high := 1, 1
	_, single := functions[n.name]
	_, summary := summaries[n.name]
	if !single && !summary {
		bounds, ok := others[n.name]
		if !ok {
			return &SyntaxError{Col: n.col, Msg: fmt.Sprintf("unknown function %q", n.name), Hint: expr.Suggest(n.name, functionNames())}
		}
		low, high = bounds[0], bounds[1]
	}
	if len(n.args) < low || len(n.args) > high {
		want := fmt.Sprintf("%d", low)
		if high > low {
			want = fmt.Sprintf("%d to %d", low, high)
		}
		return fail(n.col, "%s() takes %s values, and has %d", n.name, want, len(n.args))
	}
	for i, key := range n.keys {
		if key != "" && slices.Contains(n.keys[:i], key) {
			return fail(n.col, "%s() has the argument %s twice", n.name, key)
		}
		if key != "" && n.name != "cbind" && !slices.Contains(keyed[n.name], key) {
			return &SyntaxError{Col: n.col, Msg: fmt.Sprintf("%s() has no argument %q", n.name, key), Hint: expr.Suggest(key, keyed[n.name])}
		}
	}
	for i, want := range keyed[n.name] {
		if i < low && n.argument(want) == nil {
			return fail(n.col, "%s() needs the argument %s, which comes first", n.name, want)
		}
	}
	return nil
}

// contrastName says whether an argument is the name of a contrast, as sum in
// C(g, sum), and no variable.
func (n *node) contrastName(a *node) bool {
	return n.kind == nodeCall && n.name == "C" && a == n.argument("contr")
}

// argument returns the argument of a call in the place of the named one, nil
// when the call does not have it.
func (n *node) argument(name string) *node {
	order := keyed[n.name]
	if at := slices.Index(n.keys, name); at >= 0 {
		return n.args[at]
	}
	// Unnamed arguments take the places that names leave free.
	place := 0
	for _, want := range order {
		if slices.Contains(n.keys, want) {
			continue
		}
		for place < len(n.args) && n.keys[place] != "" {
			place++
		}
		if place == len(n.args) {
			return nil
		}
		if want == name {
			return n.args[place]
		}
		place++
	}
	return nil
}

// call returns the values of a function.
func (e *evaluator) call(n *node) (*value, *SyntaxError) {
	if err := checkCall(n); err != nil {
		return nil, err
	}
	if f, ok := functions[n.name]; ok {
		if n.name == "I" {
			return e.value(n.args[0]) // keeps what it is
		}
		x, err := e.numeric(n.args[0], n)
		if err != nil {
			return nil, err
		}
		return apply(x, f.f, f.slope), nil
	}
	if _, ok := summaries[n.name]; ok {
		return e.summary(n)
	}
	switch n.name {
	case "log":
		return e.log(n)
	case "poly":
		return e.polynomial(n)
	case "scale":
		return e.scale(n)
	case "factor", "as.factor", "relevel", "C":
		return e.factor(n)
	case "as.numeric", "as.integer", "score":
		return e.score(n)
	case "is.na":
		x, err := e.value(n.args[0])
		if err != nil {
			return nil, err
		}
		v := &value{kind: logical, nums: make([]float64, e.rows)}
		for i := range v.nums {
			v.nums[i] = truth(x.missing(i))
		}
		return v, nil
	case "ifelse":
		return e.ifelse(n)
	case "pmin", "pmax":
		return e.extreme(n)
	}
	return e.list(n)
}

// list is c(...) and cbind(...).
func (e *evaluator) list(n *node) (*value, *SyntaxError) {
	v := &value{kind: vector}
	for _, a := range n.args {
		var p *value
		var err *SyntaxError
		if n.name == "cbind" {
			v.kind = matrix
			p, err = e.numeric(a, n)
		} else {
			p, err = e.value(a)
		}
		if err != nil {
			return nil, err
		}
		v.parts = append(v.parts, p)
	}
	return v, nil
}

func (e *evaluator) log(n *node) (*value, *SyntaxError) {
	x, err := e.numeric(n.argument("x"), n)
	if err != nil {
		return nil, err
	}
	v := apply(x, math.Log, func(x float64) float64 { return 1 / x })
	if base := n.argument("base"); base != nil {
		b, err := e.numeric(base, n)
		if err != nil {
			return nil, err
		}
		b = apply(b, math.Log, func(x float64) float64 { return 1 / x })
		v = combine(v, b, func(a, b float64) float64 { return a / b }, func(a, da, b, db float64) float64 { return (da - a/b*db) / b })
	}
	return v, nil
}

// scale centres and divides by the standard deviation of the values that are
// there, or by their root mean square when they are not centred, as R does.
func (e *evaluator) scale(n *node) (*value, *SyntaxError) {
	x, err := e.numeric(n.argument("x"), n)
	if err != nil {
		return nil, err
	}
	s, ok := e.scalings[n]
	if !ok {
		if s, err = e.scaling(n, x); err != nil {
			return nil, err
		}
		e.scalings[n] = s
	}
	return apply(x, func(x float64) float64 { return (x - s.center) / s.scale }, func(float64) float64 { return 1 / s.scale }), nil
}

func (e *evaluator) scaling(n *node, x *value) (scaling, *SyntaxError) {
	s := scaling{0, 1}
	for _, want := range [2]string{"center", "scale"} {
		on, by := true, math.NaN()
		if a := n.argument(want); a != nil {
			v, err := e.numeric(a, n)
			if err != nil {
				return s, err
			}
			if len(v.nums) != 1 {
				return s, fail(a.col, "%s of scale() is TRUE, FALSE or a number", want)
			}
			if v.kind == logical {
				on = v.nums[0] != 0
			} else {
				by = v.nums[0]
			}
		}
		switch {
		case !on:
		case want == "center" && !math.IsNaN(by):
			s.center = by
		case want == "center":
			s.center, _ = spread(x.nums, 0)
		case !math.IsNaN(by):
			s.scale = by
		default:
			_, s.scale = spread(x.nums, s.center)
		}
	}
	return s, nil
}

// spread returns the mean of the values that are there, and the root of their
// summed squares about a centre over their number less one.
func spread(xs []float64, center float64) (mean, rms float64) {
	n, sum := 0.0, 0.0
	for _, x := range xs {
		if !math.IsNaN(x) {
			n++
			sum += x
		}
	}
	mean = sum / n
	rest, ss := 0.0, 0.0
	for _, x := range xs {
		if !math.IsNaN(x) {
			rest += x - mean
			ss += (x - center) * (x - center)
		}
	}
	return mean + rest/n, math.Sqrt(ss / (n - 1))
}

// factor is factor(x, levels), as.factor(x), relevel(x, ref) and C(x, contr).
func (e *evaluator) factor(n *node) (*value, *SyntaxError) {
	of := n.args[0] // as.factor(x)
	if order := keyed[n.name]; order != nil {
		of = n.argument(order[0])
	}
	x, err := e.value(of)
	if err != nil {
		return nil, err
	}
	if x.kind > coded {
		return nil, fail(n.col, "%s() needs a variable, and has %s", n.name, x.kind)
	}
	switch n.name {
	case "as.factor":
		if x.kind == coded {
			return x, nil
		}
		return e.asFactor(n, x, nil), nil
	case "factor":
		levels := n.argument("levels")
		if levels == nil {
			return e.asFactor(n, x, nil), nil
		}
		given, err := e.value(levels)
		if err != nil {
			return nil, err
		}
		list, ok := given.constants()
		if !ok {
			return nil, fail(levels.col, "levels of factor() are constants, as in c('a', 'b')")
		}
		return e.asFactor(n, x, list), nil
	}
	if x.kind != coded {
		if n.name == "relevel" {
			return nil, fail(n.col, "relevel() needs a factor; write relevel(factor(%s), ...)", of)
		}
		x = e.asFactor(n, x, nil)
	}
	if n.name == "C" {
		v := *x
		return &v, contrastOf(n, &v)
	}
	given, err := e.value(n.argument("ref"))
	if err != nil {
		return nil, err
	}
	ref, ok := given.constants()
	if !ok || len(ref) != 1 {
		return nil, fail(n.col, "the reference of relevel() is a level")
	}
	if !slices.Contains(x.levels, ref[0]) {
		if e.rows == 0 {
			return x, nil
		}
		return nil, &SyntaxError{Col: n.col, Msg: fmt.Sprintf("%s has no level %q", of, ref[0]), Hint: expr.Suggest(ref[0], x.levels)}
	}
	levels := append([]string{ref[0]}, slices.DeleteFunc(slices.Clone(x.levels), func(l string) bool { return l == ref[0] })...)
	return factorOf(x, e.rows, levels), nil
}

// asFactor keeps the levels that the call found at its first evaluation.
func (e *evaluator) asFactor(n *node, x *value, levels []string) *value {
	if levels == nil {
		levels = e.factors[n]
	}
	f := factorOf(x, e.rows, levels)
	e.factors[n] = f.levels
	return f
}

// contrastOf notes the contrasts that C(x, contr) asks for.
func contrastOf(n *node, v *value) *SyntaxError {
	v.choice = true
	a := n.argument("contr")
	switch a.name {
	case "sum", "contr.sum":
		v.contrast = Sum
	case "poly", "contr.poly":
		v.contrast = Polynomial
	case "treatment", "contr.treatment":
	default:
		return fail(a.col, "C() knows the contrasts treatment, sum and poly, not %s", a)
	}
	if base := n.argument("base"); base != nil {
		if v.contrast != Treatment || base.kind != nodeNumber || base.num < 1 || int(base.num) > len(v.levels) {
			return fail(base.col, "the base of treatment contrasts is the number of a level, from 1")
		}
		v.base = v.levels[int(base.num)-1]
	}
	return nil
}

// score is score(x): the numbers of an ordered column's levels; and
// as.numeric(x): which of its levels a factor has, from 1.
func (e *evaluator) score(n *node) (*value, *SyntaxError) {
	x, err := e.value(n.args[0])
	if err != nil {
		return nil, err
	}
	v := &value{kind: number, nums: make([]float64, len(x.codes))}
	switch {
	case x.kind == number && n.name == "as.integer":
		return apply(x, math.Trunc, nil), nil
	case x.kind <= logical:
		w := *x
		w.kind = number
		return &w, nil
	case x.kind != coded:
		return nil, fail(n.col, "%s() needs a variable, and has %s", n.name, x.kind)
	case n.name == "score" && x.scores == nil:
		return nil, fail(n.col, "the levels of %s have no scores; as.numeric(%s) counts them", n.args[0], n.args[0])
	}
	for i, c := range x.codes {
		switch {
		case c < 0:
			v.nums[i] = math.NaN()
		case n.name == "score":
			v.nums[i] = x.scores[c]
		default:
			v.nums[i] = float64(c) + 1
		}
	}
	return v, nil
}

func (e *evaluator) ifelse(n *node) (*value, *SyntaxError) {
	var parts [3]*value
	for i, name := range keyed["ifelse"] {
		v, err := e.numeric(n.argument(name), n)
		if err != nil {
			return nil, err
		}
		parts[i] = v
	}
	test, yes, no := parts[0], parts[1], parts[2]
	v := &value{kind: number, nums: make([]float64, e.rows)}
	if yes.dots != nil || no.dots != nil {
		v.dots = make([]float64, e.rows)
	}
	for i := range v.nums {
		from := yes
		switch t := test.at(i); {
		case math.IsNaN(t):
			v.nums[i] = t
			continue
		case t == 0:
			from = no
		}
		v.nums[i] = from.at(i)
		if v.dots != nil {
			v.dots[i] = from.dot(i)
		}
	}
	return v, nil
}

// extreme is pmin and pmax.
func (e *evaluator) extreme(n *node) (*value, *SyntaxError) {
	var v *value
	for _, a := range n.args {
		x, err := e.numeric(a, n)
		if err != nil {
			return nil, err
		}
		if v == nil {
			v = x
			continue
		}
		first := func(a, b float64) bool { return (a <= b) == (n.name == "pmin") }
		v = combine(v, x, func(a, b float64) float64 {
			if math.IsNaN(a) || math.IsNaN(b) {
				return math.NaN()
			}
			if first(a, b) {
				return a
			}
			return b
		}, func(a, da, b, db float64) float64 {
			if first(a, b) {
				return da
			}
			return db
		})
	}
	return v, nil
}

// unknown is the error for a name that is no column.
func unknown(n *node, columns []string) *SyntaxError {
	return &SyntaxError{Col: n.col, Msg: fmt.Sprintf("unknown variable %q", n.name), Hint: expr.Suggest(n.name, columns)}
}
