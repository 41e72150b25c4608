package expr

import "slices"

// Bounds that keep evaluation within a small stack, whatever was written.
const (
	maxDepth = 100   // of parentheses, functions and signs
	maxNodes = 10000 // of the whole expression
)

// Expr is a parsed expression. It is read-only and safe for concurrent use.
type Expr struct {
	src   string
	root  *node
	paths []Path
}

// Path is a name in an expression, in its segments.
type Path struct {
	Segments []string
	Col      int // in characters from 1
}

// String returns the expression as it was written.
func (e *Expr) String() string { return e.src }

// Paths returns the names that the expression uses, in the order of their
// appearance, as often as they appear.
func (e *Expr) Paths() []Path { return e.paths }

// Names returns the first segments of the paths, each once: for a rule over
// rows these are its columns.
func (e *Expr) Names() []string {
	var names []string
	for _, p := range e.paths {
		if !slices.Contains(names, p.Segments[0]) {
			names = append(names, p.Segments[0])
		}
	}
	return names
}

type op uint8

const (
	opNumber op = iota
	opText
	opTruth // true, false
	opPath
	opOr
	opAnd
	opNot
	opCompare // str: == != < <= > >=
	opIn      // args[0] in args[1:]
	opArith   // str: + - * /
	opCall    // str: abs min max missing
)

type node struct {
	op   op
	col  int
	num  float64
	str  string
	path []string
	args []*node
}

// Parse reads an expression. Its error is a *SyntaxError.
func Parse(src string) (*Expr, error) {
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := parser{tokens: tokens}
	if p.peek().kind == end {
		return nil, fail(1, "the expression is empty")
	}
	root, err := p.or()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != end {
		return nil, unexpected(t)
	}
	return &Expr{src: src, root: root, paths: p.paths}, nil
}

type parser struct {
	tokens []token
	pos    int
	depth  int
	nodes  int
	paths  []Path
}

func (p *parser) peek() token { return p.tokens[p.pos] }

// take returns whether the next token is one of the signs, and moves past it.
func (p *parser) take(signs ...string) (token, bool) {
	t := p.tokens[p.pos]
	if t.kind == sign && slices.Contains(signs, t.str) {
		p.pos++
		return t, true
	}
	return t, false
}

// sign returns whether the next token is the sign s, and stays.
func (p *parser) sign(s string) bool {
	t := p.tokens[p.pos]
	return t.kind == sign && t.str == s
}

func (p *parser) make(n node) (*node, error) {
	if p.nodes++; p.nodes > maxNodes {
		return nil, fail(n.col, "the expression has more than %d parts", maxNodes)
	}
	return &n, nil
}

// deeper guards the recursion of the parser and of everything that walks the
// tree.
func (p *parser) deeper(col int) error {
	if p.depth++; p.depth > maxDepth {
		return fail(col, "the expression is nested more than %d deep", maxDepth)
	}
	return nil
}

func unexpected(t token) error {
	if t.kind == end {
		return fail(t.col, "the expression ends too early")
	}
	switch t.str {
	case ")":
		if t.kind == sign {
			return fail(t.col, `")" closes nothing`)
		}
	case "==", "!=", "<", "<=", ">", ">=", "in":
		if t.kind == sign {
			return fail(t.col, "comparisons do not chain: write a < b and b < c")
		}
	}
	return fail(t.col, "unexpected %s", t)
}

// chain reads operands of one level of precedence, joined from the left.
func (p *parser) chain(o op, operand func() (*node, error), signs ...string) (*node, error) {
	left, err := operand()
	for err == nil {
		t, ok := p.take(signs...)
		if !ok {
			return left, nil
		}
		var right *node
		if right, err = operand(); err == nil {
			left, err = p.make(node{op: o, col: t.col, str: t.str, args: []*node{left, right}})
		}
	}
	return nil, err
}

func (p *parser) or() (*node, error)   { return p.chain(opOr, p.and, "or") }
func (p *parser) and() (*node, error)  { return p.chain(opAnd, p.not, "and") }
func (p *parser) sum() (*node, error)  { return p.chain(opArith, p.term, "+", "-") }
func (p *parser) term() (*node, error) { return p.chain(opArith, p.unary, "*", "/") }

func (p *parser) not() (*node, error) {
	t, ok := p.take("not")
	if !ok {
		return p.comparison()
	}
	if err := p.deeper(t.col); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	x, err := p.not()
	if err != nil {
		return nil, err
	}
	return p.make(node{op: opNot, col: t.col, args: []*node{x}})
}

func (p *parser) comparison() (*node, error) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	if t, ok := p.take("==", "!=", "<", "<=", ">", ">="); ok {
		right, err := p.sum()
		if err != nil {
			return nil, err
		}
		return p.make(node{op: opCompare, col: t.col, str: t.str, args: []*node{left, right}})
	}
	if t, ok := p.take("in"); ok {
		return p.membership(left, t)
	}
	if p.sign("not") && p.pos+1 < len(p.tokens) && p.tokens[p.pos+1].kind == sign && p.tokens[p.pos+1].str == "in" {
		t := p.peek()
		p.pos += 2
		x, err := p.membership(left, t)
		if err != nil {
			return nil, err
		}
		return p.make(node{op: opNot, col: t.col, args: []*node{x}})
	}
	return left, nil
}

func (p *parser) membership(x *node, in token) (*node, error) {
	n := node{op: opIn, col: in.col, args: []*node{x}}
	if t, ok := p.take("("); !ok {
		return nil, fail(t.col, "after in comes a list in parentheses: in ('a', 'b')")
	}
	for {
		t := p.peek()
		minus := false
		if _, ok := p.take("-"); ok {
			minus = true
		}
		item := p.peek()
		if item.kind != text && item.kind != number || minus && item.kind == text {
			return nil, fail(t.col, "a list holds numbers or texts in quotes, not %s", item)
		}
		p.pos++
		leaf := node{op: opText, col: t.col, str: item.str}
		if item.kind == number {
			leaf = node{op: opNumber, col: t.col, num: item.num}
			if minus {
				leaf.num = -leaf.num
			}
		}
		a, err := p.make(leaf)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, a)
		if _, ok := p.take(","); ok {
			continue
		}
		if t, ok := p.take(")"); !ok {
			return nil, fail(t.col, "the list is not closed: a comma or ) is missing")
		}
		return p.make(n)
	}
}

func (p *parser) unary() (*node, error) {
	t, ok := p.take("-")
	if !ok {
		return p.primary()
	}
	if err := p.deeper(t.col); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	x, err := p.unary()
	if err != nil {
		return nil, err
	}
	if x.op == opNumber {
		x.num, x.col = -x.num, t.col
		return x, nil
	}
	zero, err := p.make(node{op: opNumber, col: t.col})
	if err != nil {
		return nil, err
	}
	return p.make(node{op: opArith, col: t.col, str: "-", args: []*node{zero, x}})
}

func (p *parser) primary() (*node, error) {
	t := p.peek()
	switch t.kind {
	case number:
		p.pos++
		return p.make(node{op: opNumber, col: t.col, num: t.num})
	case text:
		p.pos++
		return p.make(node{op: opText, col: t.col, str: t.str})
	case path:
		p.pos++
		if p.sign("(") {
			return p.call(t)
		}
		p.paths = append(p.paths, Path{Segments: t.segments, Col: t.col})
		return p.make(node{op: opPath, col: t.col, path: t.segments})
	case sign:
		switch t.str {
		case "true", "false":
			p.pos++
			n := node{op: opTruth, col: t.col}
			if t.str == "true" {
				n.num = 1
			}
			return p.make(n)
		case "(":
			p.pos++
			return p.group(t)
		case "not":
			return nil, fail(t.col, "put parentheses around a not inside a comparison")
		}
	}
	return nil, unexpected(t)
}

func (p *parser) group(open token) (*node, error) {
	if err := p.deeper(open.col); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	x, err := p.or()
	if err != nil {
		return nil, err
	}
	if t, ok := p.take(")"); !ok {
		if t.kind == end {
			return nil, fail(open.col, `the "(" that begins here is not closed`)
		}
		return nil, unexpected(t)
	}
	return x, nil
}

var functions = []string{"abs", "max", "min", "missing"}

func (p *parser) call(t token) (*node, error) {
	if len(t.segments) > 1 || !slices.Contains(functions, t.segments[0]) {
		return nil, &SyntaxError{Col: t.col, Msg: "unknown function " + t.String() + "; there are abs, max, min and missing",
			Hint: Suggest(t.segments[0], functions)}
	}
	if err := p.deeper(t.col); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	n := node{op: opCall, col: t.col, str: t.segments[0]}
	open := p.peek()
	p.pos++
	for {
		x, err := p.or()
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, x)
		if _, ok := p.take(","); ok {
			continue
		}
		if t, ok := p.take(")"); !ok {
			if t.kind == end {
				return nil, fail(open.col, `the "(" that begins here is not closed`)
			}
			return nil, unexpected(t)
		}
		break
	}
	if one := n.str == "abs" || n.str == "missing"; one && len(n.args) != 1 {
		return nil, fail(t.col, "%s takes one value, not %d", n.str, len(n.args))
	}
	return p.make(n)
}
