package expr

import (
	"math"
	"strings"
)

// ValueKind says what a value is.
type ValueKind uint8

const (
	Missing ValueKind = iota // unknown
	Number                   // Num
	Text                     // Text
	Truth                    // Num is 1 for true, 0 for false
)

// Value is a number, a text, true or false, or missing.
type Value struct {
	Kind ValueKind
	Num  float64
	Text string
}

// Num returns a number value; it is missing when x is NaN or infinite.
func Num(x float64) Value {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Value{}
	}
	return Value{Kind: Number, Num: x}
}

// Str returns a text value.
func Str(s string) Value { return Value{Kind: Text, Text: s} }

func truth(b bool) Value {
	if b {
		return Value{Kind: Truth, Num: 1}
	}
	return Value{Kind: Truth}
}

// True says whether the value is true; missing is not.
func (v Value) True() bool { return v.Kind == Truth && v.Num == 1 }

// False says whether the value is false; missing is not.
func (v Value) False() bool { return v.Kind == Truth && v.Num == 0 }

// Missing says whether the value is missing.
func (v Value) Missing() bool { return v.Kind == Missing }

// Eval returns the value of a rule over values. Lookup gives the value of each
// address; what it does not know is missing, as are operations between values
// of different kinds, such as 'a' < 1.
func (e *Expr) Eval(lookup func(path []string) (Value, bool)) Value {
	return e.root.eval(lookup)
}

// Outcomes are what the verdict on a hypothesis can be.
var Outcomes = []string{"supported", "not supported", "inconclusive"}

// Rule reports, as a *SyntaxError, what can be seen to be wrong with the
// expression as a rule over values: a number or a text where true or false is
// asked for, a number compared with a text, a verdict compared with what no
// verdict is. A name alone, and NAME.outcome, is the verdict on a hypothesis;
// what ends in .sample or .mark is a text; every other address is a number.
func (e *Expr) Rule() error {
	_, err := compile(e.root, valueOperand, Truth)
	return err
}

// valueOperand returns what an address stands for, without its value.
func valueOperand(n *node) (*operand, error) {
	x := &operand{kind: Number, col: n.col, name: n.address()}
	switch last := len(n.path) - 1; {
	case last == 0, last == 1 && n.path[1] == "outcome":
		x.kind, x.coded, x.verdict, x.levels = Text, true, true, Outcomes
	case n.path[last] == "sample", n.path[last] == "mark":
		x.kind = Text
	}
	return x, nil
}

// address returns the path as it is written.
func (n *node) address() string {
	segments := make([]string, len(n.path))
	for i, s := range n.path {
		segments[i] = s
		if strings.ContainsFunc(s, func(r rune) bool { return !letter(r) && !digit(r) }) {
			segments[i] = "'" + strings.ReplaceAll(s, "'", "''") + "'"
		}
	}
	return strings.Join(segments, ".")
}

// IsAddress says whether the expression is an address and nothing else.
func (e *Expr) IsAddress() bool { return e.root.op == opPath }

func (n *node) eval(lookup func([]string) (Value, bool)) Value {
	switch n.op {
	case opNumber:
		return Num(n.num)
	case opText:
		return Str(n.str)
	case opTruth:
		return truth(n.num == 1)
	case opPath:
		v, ok := lookup(n.path)
		if !ok {
			return Value{}
		}
		if v.Kind == Number {
			return Num(v.Num)
		}
		return v
	case opNot:
		v := n.args[0].eval(lookup)
		if v.Kind != Truth {
			return Value{}
		}
		return truth(v.Num == 0)
	case opAnd, opOr:
		a, b := n.args[0].eval(lookup), n.args[1].eval(lookup)
		return Value{Kind: Truth, Num: junction(n.op, truthNum(a), truthNum(b))}.known()
	case opCompare:
		return compareValues(n.str, n.args[0].eval(lookup), n.args[1].eval(lookup))
	case opIn:
		x := n.args[0].eval(lookup)
		found := truth(false)
		for _, a := range n.args[1:] {
			v := compareValues("==", x, a.eval(lookup))
			if v.Missing() || v.True() {
				found = v
			}
			if v.True() {
				break
			}
		}
		return found
	case opArith:
		a, b := n.args[0].eval(lookup), n.args[1].eval(lookup)
		if a.Kind != Number || b.Kind != Number {
			return Value{}
		}
		return Num(arith(n.str, a.Num, b.Num))
	}
	return n.evalCall(lookup)
}

func (n *node) evalCall(lookup func([]string) (Value, bool)) Value {
	if n.str == "missing" {
		return truth(n.args[0].eval(lookup).Missing())
	}
	var xs []float64
	for _, a := range n.args {
		v := a.eval(lookup)
		if v.Kind != Number {
			return Value{}
		}
		xs = append(xs, v.Num)
	}
	return Num(call(n.str, xs))
}

// known turns a NaN into missing.
func (v Value) known() Value {
	if math.IsNaN(v.Num) {
		return Value{}
	}
	return v
}

// truthNum is 1 for true, 0 for false, NaN for anything else.
func truthNum(v Value) float64 {
	if v.Kind != Truth {
		return math.NaN()
	}
	return v.Num
}

func compareValues(op string, a, b Value) Value {
	if a.Kind == Missing || a.Kind != b.Kind {
		return Value{}
	}
	if a.Kind == Text {
		if op != "==" && op != "!=" {
			return Value{}
		}
		return truth((a.Text == b.Text) == (op == "=="))
	}
	return Value{Kind: Truth, Num: compare(op, a.Num, b.Num)}.known()
}

// junction is Kleene's and, or on 1, 0 and NaN for missing.
func junction(o op, a, b float64) float64 {
	decisive := 0.0
	if o == opOr {
		decisive = 1
	}
	if a == decisive || b == decisive {
		return decisive
	}
	if math.IsNaN(a) {
		return a
	}
	return b
}

// compare returns 1, 0, or NaN when a number is missing.
func compare(op string, a, b float64) float64 {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.NaN()
	}
	var holds bool
	switch op {
	case "==":
		holds = a == b
	case "!=":
		holds = a != b
	case "<":
		holds = a < b
	case "<=":
		holds = a <= b
	case ">":
		holds = a > b
	case ">=":
		holds = a >= b
	}
	if holds {
		return 1
	}
	return 0
}

func arith(op string, a, b float64) float64 {
	switch op {
	case "+":
		a += b
	case "-":
		a -= b
	case "*":
		a *= b
	case "/":
		a /= b
	}
	return finite(a)
}

// finite returns NaN for infinities, which count as missing.
func finite(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}

// picks are min and max; NaN when either number is.
var picks = map[string]func(a, b float64) float64{"min": math.Min, "max": math.Max}

// call is the value of abs, min and max; NaN when an argument is.
func call(name string, xs []float64) float64 {
	y := xs[0]
	if name == "abs" {
		return math.Abs(y)
	}
	for _, x := range xs[1:] {
		y = picks[name](y, x)
	}
	return y
}
