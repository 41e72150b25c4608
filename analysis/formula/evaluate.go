package formula

import (
	"math"
	"slices"

	"silico/analysis/frame"
)

// evaluator gives the values of expressions over the rows of a frame.
type evaluator struct {
	frame *frame.Frame
	rows  int

	// replaced stands in for the frame's column of its name.
	replaced *frame.Column

	// by is the column that numbers are differentiated by, "" for none.
	by string

	// scalings are the means and spreads that scale(...) took from the data, so
	// that the same expression over changed data keeps them.
	scalings map[*node]scaling

	// summaries and polynomials are what mean(...) and its like, and poly(...),
	// took from the data.
	summaries   map[*node]float64
	polynomials map[*node]*polynomial

	// factors are the levels that factor(...) and texts took from the data.
	factors map[*node][]string
}

type scaling struct{ center, scale float64 }

func newEvaluator(f *frame.Frame) *evaluator {
	return &evaluator{
		frame: f, rows: f.Rows(), factors: map[*node][]string{},
		scalings: map[*node]scaling{}, summaries: map[*node]float64{}, polynomials: map[*node]*polynomial{},
	}
}

// value returns the values of an expression.
func (e *evaluator) value(n *node) (*value, *SyntaxError) {
	switch n.kind {
	case nodeNumber:
		return constant(n.num), nil
	case nodeText:
		return &value{kind: text, text: n.name}, nil
	case nodeParens:
		return e.value(n.args[0])
	case nodeName:
		return e.named(n)
	case nodeCall:
		return e.call(n)
	case nodeUnary:
		x, err := e.numeric(n.args[0], n)
		if err != nil {
			return nil, err
		}
		switch n.name {
		case "-":
			return apply(x, func(x float64) float64 { return -x }, func(float64) float64 { return -1 }), nil
		case "!":
			v := apply(x, func(x float64) float64 { return 1 - truth(x != 0) }, nil)
			v.kind = logical
			return v, nil
		}
		return x, nil
	}
	return e.binary(n)
}

// named returns a column or a constant of the language.
func (e *evaluator) named(n *node) (*value, *SyntaxError) {
	switch n.name {
	case "TRUE", "T":
		return &value{kind: logical, nums: []float64{1}}, nil
	case "FALSE", "F":
		return &value{kind: logical, nums: []float64{0}}, nil
	case "NA", "NaN":
		return constant(math.NaN()), nil
	case "pi":
		return constant(math.Pi), nil
	case "Inf":
		return constant(math.Inf(1)), nil
	}
	c := e.frame.Col(n.name)
	if e.replaced != nil && e.replaced.Name == n.name {
		c = e.replaced
	}
	if c == nil {
		return nil, unknown(n, e.frame.Names())
	}
	v := ofColumn(c)
	if c.Kind == frame.Number && e.by == n.name {
		v.dots = []float64{1}
	}
	if c.Kind == frame.Text {
		if levels, ok := e.factors[n]; ok {
			v = factorOf(v, e.rows, levels)
		} else {
			e.factors[n] = v.levels
		}
	}
	return v, nil
}

// numeric returns the values of an expression that must be numbers; a condition
// counts as 0 and 1.
func (e *evaluator) numeric(n, in *node) (*value, *SyntaxError) {
	v, err := e.value(n)
	if err != nil {
		return nil, err
	}
	if v.kind != number && v.kind != logical {
		what := v.kind.String()
		if v.kind == coded {
			hint := "as.numeric(" + n.String() + ") counts its levels"
			if v.scores != nil {
				hint = "score(" + n.String() + ") is the number of its level"
			}
			return nil, fail(n.col, "%s is a factor, and %s needs numbers; %s", n, in.operation(), hint)
		}
		return nil, fail(n.col, "%s is %s, and %s needs numbers", n, what, in.operation())
	}
	return v, nil
}

// operation names an operator or function for a message.
func (n *node) operation() string {
	if n.kind == nodeCall {
		return n.name + "()"
	}
	return n.name
}

// apply returns f of every value, with the derivative slope where it is known;
// slope nil means that the derivative is zero.
func apply(x *value, f, slope func(float64) float64) *value {
	v := &value{kind: number, nums: make([]float64, len(x.nums))}
	for i, a := range x.nums {
		v.nums[i] = f(a)
		if math.IsNaN(a) {
			v.nums[i] = a
		}
	}
	if x.dots != nil && slope != nil {
		v.dots = make([]float64, max(len(x.nums), len(x.dots)))
		for i := range v.dots {
			v.dots[i] = slope(x.at(i)) * x.dot(i)
		}
	}
	return v
}

// binary returns the values of an operation on two expressions.
func (e *evaluator) binary(n *node) (*value, *SyntaxError) {
	switch n.name {
	case "%in%":
		return e.in(n)
	case "==", "!=", "<", "<=", ">", ">=":
		return e.compare(n)
	case ":":
		return nil, fail(n.col, "%s: a colon joins terms, not values", n)
	}
	x, err := e.numeric(n.args[0], n)
	if err != nil {
		return nil, err
	}
	y, err := e.numeric(n.args[1], n)
	if err != nil {
		return nil, err
	}
	switch n.name {
	case "+":
		return combine(x, y, func(a, b float64) float64 { return a + b }, func(a, da, b, db float64) float64 { return da + db }), nil
	case "-":
		return combine(x, y, func(a, b float64) float64 { return a - b }, func(a, da, b, db float64) float64 { return da - db }), nil
	case "*":
		return combine(x, y, func(a, b float64) float64 { return a * b }, func(a, da, b, db float64) float64 { return da*b + a*db }), nil
	case "/":
		return combine(x, y, func(a, b float64) float64 { return a / b }, func(a, da, b, db float64) float64 { return (da - a/b*db) / b }), nil
	case "^":
		return combine(x, y, power, powerSlope), nil
	case "%%":
		return combine(x, y, modulo, nil), nil
	case "&", "&&", "|", "||":
		or := n.name[0] == '|'
		v := combine(x, y, func(a, b float64) float64 { return kleene(a, b, or) }, nil)
		v.kind = logical
		return v, nil
	}
	return nil, fail(n.col, "%s has no meaning between values", n.name)
}

// combine returns f of every pair of values. slope is the derivative of f; nil
// means zero.
func combine(x, y *value, f func(a, b float64) float64, slope func(a, da, b, db float64) float64) *value {
	n := max(len(x.nums), len(y.nums))
	if len(x.nums) == 0 || len(y.nums) == 0 {
		n = 0
	}
	v := &value{kind: number, nums: make([]float64, n)}
	for i := range v.nums {
		v.nums[i] = f(x.at(i), y.at(i))
	}
	if slope != nil && (x.dots != nil || y.dots != nil) {
		v.dots = make([]float64, max(n, len(x.dots), len(y.dots)))
		for i := range v.dots {
			v.dots[i] = slope(x.at(i), x.dot(i), y.at(i), y.dot(i))
		}
	}
	return v
}

// power is R's x^y: a square is exact, anything to the power 0 is 1.
func power(a, b float64) float64 {
	switch b {
	case 2:
		return a * a
	case 1:
		return a
	}
	return math.Pow(a, b)
}

func powerSlope(a, da, b, db float64) float64 {
	d := 0.0
	if da != 0 {
		d = b * power(a, b-1) * da
	}
	if db != 0 {
		d += power(a, b) * math.Log(a) * db
	}
	return d
}

// modulo is R's %%, whose result has the sign of the divisor.
func modulo(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a - math.Floor(a/b)*b
}

// kleene is "or" and "and" of three-valued logic; NaN is missing.
func kleene(a, b float64, or bool) float64 {
	decides := truth(or)
	for _, x := range [2]float64{a, b} {
		if !math.IsNaN(x) && truth(x != 0) == decides {
			return decides
		}
	}
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.NaN()
	}
	return 1 - decides
}

// compare returns the truth of a comparison, row by row.
func (e *evaluator) compare(n *node) (*value, *SyntaxError) {
	x, err := e.value(n.args[0])
	if err != nil {
		return nil, err
	}
	y, err := e.value(n.args[1])
	if err != nil {
		return nil, err
	}
	op := n.name
	if x.kind != coded && y.kind == coded {
		x, y = y, x
		op = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}[op]
	}
	if x.kind == coded {
		return compareLevels(n, op, x, y)
	}
	if x.kind > logical || y.kind > logical {
		return nil, fail(n.col, "%s compares %s with %s", n, x.kind, y.kind)
	}
	v := combine(x, y, func(a, b float64) float64 {
		if math.IsNaN(a) || math.IsNaN(b) {
			return math.NaN()
		}
		return truth(holds(op, a, b))
	}, nil)
	v.kind = logical
	return v, nil
}

func holds(op string, a, b float64) bool {
	switch op {
	case "==":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}

// compareLevels compares a factor with one of its levels: as texts, or by
// order where the column is ordered.
func compareLevels(n *node, op string, x, y *value) (*value, *SyntaxError) {
	v := &value{kind: logical, nums: make([]float64, len(x.codes))}
	order := op != "==" && op != "!="
	if order && x.scores == nil {
		return nil, fail(n.col, "%s: the levels of a factor have no order", n)
	}
	if y.kind == coded {
		if order {
			return nil, fail(n.col, "%s: an order holds between a factor and a level", n)
		}
		for i := range v.nums {
			v.nums[i] = math.NaN()
			if x.codes[i] >= 0 && y.codes[i] >= 0 {
				v.nums[i] = truth((x.levels[x.codes[i]] == y.levels[y.codes[i]]) == (op == "=="))
			}
		}
		return v, nil
	}
	level, ok := y.constants()
	if !ok || len(level) != 1 {
		return nil, fail(n.col, "%s compares a factor with %s", n, y.kind)
	}
	at := slices.Index(x.levels, level[0])
	if order && at < 0 {
		return nil, fail(n.col, "%s: there is no level %q", n, level[0])
	}
	for i, c := range x.codes {
		if c < 0 {
			v.nums[i] = math.NaN()
			continue
		}
		v.nums[i] = truth(holds(op, float64(c), float64(at)))
	}
	return v, nil
}

// in says which rows have one of several values. A missing value is in none.
func (e *evaluator) in(n *node) (*value, *SyntaxError) {
	x, err := e.value(n.args[0])
	if err != nil {
		return nil, err
	}
	y, err := e.value(n.args[1])
	if err != nil {
		return nil, err
	}
	list, ok := y.constants()
	if !ok {
		return nil, fail(n.col, "%%in%% needs constants on its right, as in x %%in%% c(1, 2)")
	}
	v := &value{kind: logical}
	switch x.kind {
	case coded:
		v.nums = make([]float64, len(x.codes))
		for i, c := range x.codes {
			v.nums[i] = truth(c >= 0 && slices.Contains(list, x.levels[c]))
		}
	case number:
		v.nums = make([]float64, len(x.nums))
		for i, a := range x.nums {
			v.nums[i] = truth(!math.IsNaN(a) && slices.Contains(list, formatNumber(a)))
		}
	default:
		return nil, fail(n.col, "%s: %%in%% needs a variable on its left", n)
	}
	return v, nil
}
