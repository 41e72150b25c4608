package expr

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// operand is a compiled part of a rule over rows. Where only types are
// checked, the functions are there but are never called.
type operand struct {
	kind ValueKind // Number, Text or Truth
	col  int
	name string // of a column, for messages

	num func(row int) float64        // Number; Truth as 1, 0; NaN is missing
	str func(row int) (string, bool) // Text; false is missing

	constant bool // num or text hold the value of a literal
	value    float64
	text     string

	coded   bool // a column with levels, kind Text
	levels  []string
	order   bool      // levels are ordered
	scores  []float64 // of ordered levels; nil for 0, 1, 2
	open    bool      // levels that are not listed may come
	verdict bool      // levels are the outcomes of a hypothesis
	codes   []int32
	binary  bool // stands for true or false where that is asked for
}

// resolver finds what a path names.
type resolver func(n *node) (*operand, error)

// compile checks the kinds of a tree and returns its value, of the wanted
// kind: Truth, Number, or Missing for any.
func compile(n *node, find resolver, want ValueKind) (*operand, error) {
	x, err := compileNode(n, find)
	if err != nil {
		return nil, err
	}
	switch want {
	case Truth:
		return x.truth()
	case Number:
		return x.number()
	}
	return x, nil
}

func compileNode(n *node, find resolver) (*operand, error) {
	switch n.op {
	case opNumber:
		v := n.num
		return &operand{kind: Number, col: n.col, constant: true, value: v, num: func(int) float64 { return v }}, nil
	case opText:
		s := n.str
		return &operand{kind: Text, col: n.col, constant: true, text: s, str: func(int) (string, bool) { return s, true }}, nil
	case opTruth:
		v := n.num
		return &operand{kind: Truth, col: n.col, num: func(int) float64 { return v }}, nil
	case opPath:
		return find(n)
	case opCompare:
		a, err := compileNode(n.args[0], find)
		if err != nil {
			return nil, err
		}
		b, err := compileNode(n.args[1], find)
		if err != nil {
			return nil, err
		}
		return comparison(n.str, n.col, a, b)
	case opIn:
		return membership(n, find)
	case opCall:
		return compileCall(n, find)
	}
	want := Truth
	if n.op == opArith {
		want = Number
	}
	args := make([]func(int) float64, len(n.args))
	for i, a := range n.args {
		x, err := compile(a, find, want)
		if err != nil {
			return nil, err
		}
		args[i] = x.num
	}
	return &operand{kind: want, col: n.col, num: combine(n, args)}, nil
}

// combine joins compiled numbers or truths by not, and, or, + - * /.
func combine(n *node, args []func(int) float64) func(int) float64 {
	a := args[0]
	if n.op == opNot {
		return func(i int) float64 { return 1 - a(i) }
	}
	b := args[1]
	switch {
	case n.op == opAnd:
		return func(i int) float64 {
			x := a(i)
			if x == 0 {
				return 0
			}
			return junction(opAnd, x, b(i))
		}
	case n.op == opOr:
		return func(i int) float64 {
			x := a(i)
			if x == 1 {
				return 1
			}
			return junction(opOr, x, b(i))
		}
	case n.str == "+":
		return func(i int) float64 { return finite(a(i) + b(i)) }
	case n.str == "-":
		return func(i int) float64 { return finite(a(i) - b(i)) }
	case n.str == "*":
		return func(i int) float64 { return finite(a(i) * b(i)) }
	}
	return func(i int) float64 { return finite(a(i) / b(i)) }
}

func compileCall(n *node, find resolver) (*operand, error) {
	if n.str == "missing" {
		x, err := compileNode(n.args[0], find)
		if err != nil {
			return nil, err
		}
		return &operand{kind: Truth, col: n.col, num: x.absent()}, nil
	}
	args := make([]func(int) float64, len(n.args))
	for i, a := range n.args {
		x, err := compile(a, find, Number)
		if err != nil {
			return nil, err
		}
		args[i] = x.num
	}
	first := args[0]
	if n.str == "abs" {
		return &operand{kind: Number, col: n.col, num: func(i int) float64 { return math.Abs(first(i)) }}, nil
	}
	pick := picks[n.str]
	return &operand{kind: Number, col: n.col, num: func(i int) float64 {
		y := first(i)
		for _, a := range args[1:] {
			y = pick(y, a(i))
		}
		return y
	}}, nil
}

// absent returns 1 where the operand is missing, 0 elsewhere.
func (x *operand) absent() func(int) float64 {
	flag := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	if x.kind == Text {
		str := x.str
		return func(i int) float64 { _, ok := str(i); return flag(!ok) }
	}
	num := x.num
	return func(i int) float64 { return flag(math.IsNaN(num(i))) }
}

// truth returns the operand as true or false: itself, or a binary column.
func (x *operand) truth() (*operand, error) {
	switch {
	case x.kind == Truth:
		return x, nil
	case x.binary && x.coded:
		codes := x.codes
		return &operand{kind: Truth, col: x.col, num: func(i int) float64 { return coded(codes[i]) }}, nil
	case x.binary:
		num := x.num
		return &operand{kind: Truth, col: x.col, num: func(i int) float64 { return compare("!=", num(i), 0) }}, nil
	}
	if x.verdict {
		return nil, fail(x.col, "the verdict %s is a text, not true or false; write %s == '%s'", x.name, x.name, x.levels[0])
	}
	return nil, fail(x.col, "%s is %s where true or false is asked for; compare it with something", x.words(), x.article())
}

// number returns the operand as a number: itself, or the score of a level.
func (x *operand) number() (*operand, error) {
	switch {
	case x.kind == Number:
		return x, nil
	case x.coded && x.order:
		codes, scores := x.codes, x.scores
		return &operand{kind: Number, col: x.col, name: x.name, num: func(i int) float64 {
			k := codes[i]
			if k >= 0 && scores != nil {
				return scores[k]
			}
			return coded(k)
		}}, nil
	}
	return nil, fail(x.col, "%s is %s where a number is asked for", x.words(), x.article())
}

// coded returns a code as a number, NaN for the missing code.
func coded(k int32) float64 {
	if k < 0 {
		return math.NaN()
	}
	return float64(k)
}

// words names an operand in a message.
func (x *operand) words() string {
	switch {
	case x.name != "":
		return x.name
	case x.constant && x.kind == Text:
		return "'" + x.text + "'"
	}
	return "this"
}

func (x *operand) article() string {
	switch {
	case x.verdict:
		return "a verdict, which is a text,"
	case x.coded:
		return "a variable with levels"
	case x.kind == Number:
		return "a number"
	case x.kind == Text:
		return "text"
	}
	return "true or false"
}

// level returns the code of a text among the levels, -2 when an open list
// does not hold it.
func (x *operand) level(s string, col int) (int32, error) {
	if k := slices.Index(x.levels, s); k >= 0 {
		return int32(k), nil
	}
	if x.open {
		return -2, nil
	}
	if x.verdict {
		return 0, &SyntaxError{Col: col, Hint: Suggest(s, x.levels),
			Msg: fmt.Sprintf("%q is no verdict; there are %s", s, strings.Join(x.levels, ", "))}
	}
	shown := x.levels
	more := ""
	if len(shown) > 12 {
		more = fmt.Sprintf(" and %d more", len(shown)-12)
		shown = shown[:12]
	}
	return 0, &SyntaxError{Col: col, Hint: Suggest(s, x.levels),
		Msg: fmt.Sprintf("%q is no level of %s; declared are %s%s", s, x.name, strings.Join(shown, ", "), more)}
}
