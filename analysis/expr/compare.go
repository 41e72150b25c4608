package expr

import (
	"math"
	"slices"
	"strings"
)

// flipped are the comparisons with their sides exchanged.
var flipped = map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// comparison compiles a op b.
func comparison(op string, col int, a, b *operand) (*operand, error) {
	result := func(num func(int) float64, err error) (*operand, error) {
		if err != nil {
			return nil, err
		}
		return &operand{kind: Truth, col: col, num: num}, nil
	}
	equality := op == "==" || op == "!="
	switch {
	case a.coded && b.kind == Text && b.constant:
		return result(levelTest(op, col, a, b))
	case b.coded && a.kind == Text && a.constant:
		return result(levelTest(flipped[op], col, b, a))
	case a.coded && b.coded:
		return result(levelsTest(op, col, a, b))
	case a.kind == Text && b.kind == Text:
		if !equality {
			return nil, fail(col, "text has no order; only == and != compare it")
		}
		return result(textTest(op, a, b), nil)
	case a.kind == Truth || b.kind == Truth:
		if !equality {
			return nil, fail(col, "true and false have no order; only == and != compare them")
		}
		x, err := a.truth()
		if err != nil {
			return nil, err
		}
		y, err := b.truth()
		if err != nil {
			return nil, err
		}
		return result(numberTest(op, x, y), nil)
	}
	if err := mixed(a, b); err != nil {
		return nil, err
	}
	x, err := a.number()
	if err != nil {
		return nil, err
	}
	y, err := b.number()
	if err != nil {
		return nil, err
	}
	return result(numberTest(op, x, y), nil)
}

// mixed explains a comparison of a number with a text or a factor.
func mixed(a, b *operand) error {
	if a.kind != Number {
		a, b = b, a
	}
	switch {
	case b.kind == Number || b.coded && b.order:
		return nil
	case b.constant:
		return fail(b.col, "%s is a number and '%s' is text; write numbers without quotes", a.words(), b.text)
	case b.coded && len(b.levels) > 0:
		return fail(a.col, "%s is compared with its levels, in quotes: '%s'", b.words(), strings.Join(b.levels[:min(len(b.levels), 12)], "', '"))
	}
	return fail(a.col, "%s is text; put what it is compared with in quotes", b.words())
}

// levelTest compares a column with levels with one level.
func levelTest(op string, col int, x, level *operand) (func(int) float64, error) {
	if op != "==" && op != "!=" && !x.order {
		return nil, fail(col, "the levels of %s have no order; only == and != compare them", x.name)
	}
	k, err := x.level(level.text, level.col)
	if err != nil {
		return nil, err
	}
	table := make([]float64, len(x.levels)+1) // by code + 1
	table[0] = math.NaN()
	for c := range x.levels {
		table[c+1] = compare(op, float64(c), float64(k))
	}
	codes := x.codes
	return func(i int) float64 { return table[codes[i]+1] }, nil
}

// levelsTest compares two columns with levels.
func levelsTest(op string, col int, a, b *operand) (func(int) float64, error) {
	same := slices.Equal(a.levels, b.levels)
	if op != "==" && op != "!=" && !(a.order && b.order && same) {
		return nil, fail(col, "%s and %s do not have the same ordered levels; only == and != compare them", a.name, b.name)
	}
	x, y := a.codes, b.codes
	if same && !a.open && !b.open {
		test := tests[op]
		return func(i int) float64 { return test(coded(x[i]), coded(y[i])) }, nil
	}
	return textTest(op, a, b), nil
}

func textTest(op string, a, b *operand) func(int) float64 {
	x, y, equal := a.str, b.str, op == "=="
	return func(i int) float64 {
		s, ok := x(i)
		t, known := y(i)
		switch {
		case !ok || !known:
			return math.NaN()
		case (s == t) == equal:
			return 1
		}
		return 0
	}
}

func numberTest(op string, a, b *operand) func(int) float64 {
	test, x, y := tests[op], a.num, b.num
	if b.constant {
		v := b.value
		return func(i int) float64 { return test(x(i), v) }
	}
	return func(i int) float64 { return test(x(i), y(i)) }
}

// tests are the comparisons by their sign.
var tests = map[string]func(a, b float64) float64{
	"==": func(a, b float64) float64 { return outcome(a == b, a, b) },
	"!=": func(a, b float64) float64 { return outcome(a != b, a, b) },
	"<":  func(a, b float64) float64 { return outcome(a < b, a, b) },
	"<=": func(a, b float64) float64 { return outcome(a <= b, a, b) },
	">":  func(a, b float64) float64 { return outcome(a > b, a, b) },
	">=": func(a, b float64) float64 { return outcome(a >= b, a, b) },
}

// outcome returns whether the comparison of a and b holds, NaN when one of
// them is missing.
func outcome(holds bool, a, b float64) float64 {
	switch {
	case a != a || b != b:
		return math.NaN()
	case holds:
		return 1
	}
	return 0
}

// membership compiles x in (a, b, ...).
func membership(n *node, find resolver) (*operand, error) {
	x, err := compileNode(n.args[0], find)
	if err != nil {
		return nil, err
	}
	equals := make([]func(int) float64, 0, len(n.args)-1)
	for _, a := range n.args[1:] {
		item, err := compileNode(a, find)
		if err != nil {
			return nil, err
		}
		test, err := comparison("==", n.col, x, item)
		if err != nil {
			return nil, err
		}
		equals = append(equals, test.num)
	}
	return &operand{kind: Truth, col: n.col, num: func(i int) float64 {
		var found float64
		for _, test := range equals {
			if v := test(i); v != 0 {
				if v == 1 {
					return 1
				}
				found = v
			}
		}
		return found
	}}, nil
}
