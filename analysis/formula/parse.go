package formula

// nodeKind says what a node of the syntax tree is.
type nodeKind uint8

const (
	nodeName   nodeKind = iota // name: a column, or the dot
	nodeNumber                 // num, as written in name
	nodeText                   // name is the text
	nodeCall                   // name(args...), argument names in keys
	nodeBinary                 // args[0] name args[1]
	nodeUnary                  // name args[0]
	nodeParens                 // (args[0])
)

// node is a node of the syntax tree.
type node struct {
	kind nodeKind
	name string
	num  float64
	args []*node
	keys []string // of a call: the name of each argument, "" for none
	col  int
}

// maxDepth bounds nesting, so that no text can exhaust the stack.
const maxDepth = 200

// parser is R's grammar by precedence climbing.
type parser struct {
	tokens []token
	pos    int
	depth  int
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) next() token {
	t := p.tokens[p.pos]
	if t.kind != tokenEnd {
		p.pos++
	}
	return t
}

func (p *parser) is(sign string) bool {
	t := p.peek()
	return t.kind == tokenSign && t.text == sign
}

// binding is the strength of R's binary operators, 0 for what is none.
func binding(t token) int {
	if t.kind != tokenSign {
		return 0
	}
	switch t.text {
	case "|", "||":
		return 1
	case "&", "&&":
		return 2
	case "<", "<=", ">", ">=", "==", "!=":
		return 4
	case "+", "-":
		return 5
	case "*", "/":
		return 6
	case "%in%", "%%":
		return 7
	case ":":
		return 8
	case "^", "**":
		return 10
	}
	return 0
}

const (
	bindingNot  = 3 // !x
	bindingSign = 9 // -x
)

// expression reads operators that bind at least as strongly as least.
func (p *parser) expression(least int) (*node, *SyntaxError) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, fail(p.peek().col, "more than %d levels of nesting", maxDepth)
	}
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	for {
		t := p.peek()
		b := binding(t)
		if b == 0 || b < least {
			return left, nil
		}
		p.next()
		name, tighter := t.text, b+1
		switch name {
		case "^", "**":
			name, tighter = "^", bindingSign // another power binds first, and -1 may follow
		}
		right, err := p.expression(tighter)
		if err != nil {
			return nil, err
		}
		if b == 4 && binding(p.peek()) == 4 {
			return nil, fail(p.peek().col, "comparisons do not chain; join two with &")
		}
		left = &node{kind: nodeBinary, name: name, args: []*node{left, right}, col: t.col}
	}
}

// operand reads a name, a number, a text, a call, a sign or parentheses.
func (p *parser) operand() (*node, *SyntaxError) {
	t := p.next()
	switch t.kind {
	case tokenNumber:
		return &node{kind: nodeNumber, name: t.text, num: t.num, col: t.col}, nil
	case tokenText:
		return &node{kind: nodeText, name: t.text, col: t.col}, nil
	case tokenName:
		if p.is("(") {
			return p.call(t)
		}
		return &node{kind: nodeName, name: t.text, col: t.col}, nil
	case tokenSign:
		switch t.text {
		case "-", "+", "!":
			least := bindingSign
			if t.text == "!" {
				least = bindingNot
			}
			x, err := p.expression(least)
			if err != nil {
				return nil, err
			}
			return &node{kind: nodeUnary, name: t.text, args: []*node{x}, col: t.col}, nil
		case "(":
			x, err := p.expression(1)
			if err != nil {
				return nil, err
			}
			if !p.is(")") {
				return nil, fail(p.peek().col, "found %s where ) should close the parenthesis of column %d", p.peek(), t.col)
			}
			p.next()
			return &node{kind: nodeParens, args: []*node{x}, col: t.col}, nil
		}
	}
	return nil, fail(t.col, "found %s where a variable should be", t)
}

// call reads the arguments of a call.
func (p *parser) call(name token) (*node, *SyntaxError) {
	n := &node{kind: nodeCall, name: name.text, col: name.col}
	p.next()
	for !p.is(")") {
		if len(n.args) > 0 {
			if !p.is(",") {
				return nil, fail(p.peek().col, "found %s where , or ) should be in the call of %s", p.peek(), name.text)
			}
			p.next()
		}
		key := ""
		if p.peek().kind == tokenName && p.tokens[p.pos+1].kind == tokenSign && p.tokens[p.pos+1].text == "=" {
			key = p.next().text
			p.next()
		}
		x, err := p.expression(1)
		if err != nil {
			return nil, err
		}
		n.args, n.keys = append(n.args, x), append(n.keys, key)
	}
	p.next()
	return n, nil
}

// parseSides reads a whole formula: what is left of ~, nil when nothing is,
// and what is right of it.
func parseSides(src string) (left, right *node, err *SyntaxError) {
	tokens, err := lex(src)
	if err != nil {
		return nil, nil, err
	}
	p := parser{tokens: tokens}
	if p.peek().kind == tokenEnd {
		return nil, nil, fail(1, "the formula is empty; write one such as y ~ a + b")
	}
	if !p.is("~") {
		if left, err = p.expression(1); err != nil {
			return nil, nil, err
		}
		if !p.is("~") {
			return nil, nil, fail(p.peek().col, "found %s where ~ should part the outcome from its predictors, as in y ~ a + b", p.peek())
		}
	}
	p.next()
	if right, err = p.expression(1); err != nil {
		return nil, nil, err
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, nil, fail(t.col, "found %s after the formula's end", t)
	}
	return left, right, nil
}

// parseExpression reads one expression, without ~.
func parseExpression(src string) (*node, *SyntaxError) {
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := parser{tokens: tokens}
	n, err := p.expression(1)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, fail(t.col, "found %s after the expression's end", t)
	}
	return n, nil
}

// names appends the columns that an expression names, each once.
func (n *node) names(to []string) []string {
	if n == nil {
		return to
	}
	if n.kind == nodeName {
		if isConstant(n.name) {
			return to
		}
		for _, s := range to {
			if s == n.name {
				return to
			}
		}
		return append(to, n.name)
	}
	for _, a := range n.args {
		if !n.contrastName(a) {
			to = a.names(to)
		}
	}
	return to
}

// isConstant says whether a name is a value of the language.
func isConstant(name string) bool {
	switch name {
	case "TRUE", "FALSE", "NA", "T", "F", "pi", "Inf", "NaN":
		return true
	}
	return false
}
