package formula

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// set is the set of variables of a term, as ascending positions in
// model.variables. The empty set is the intercept.
type set []int

func (s set) union(t set) set {
	u := append(slices.Clone(s), t...)
	slices.Sort(u)
	return slices.Compact(u)
}

// within says whether every variable of s is in t.
func (s set) within(t set) bool {
	for _, v := range s {
		if !slices.Contains(t, v) {
			return false
		}
	}
	return true
}

// without returns s less one variable.
func (s set) without(v int) set {
	return slices.DeleteFunc(slices.Clone(s), func(u int) bool { return u == v })
}

// maxTerms bounds what a power such as (a + b + c)^9 may expand to.
const maxTerms = 10000

// model is a formula after its operators were carried out: which variables it
// has, and which of them each term multiplies.
type model struct {
	variables []*node // in R's order: the outcome first, then as they appear
	labels    []string
	index     map[string]int
	response  int // position of the outcome, -1 for none
	intercept bool
	terms     []set // by degree, within a degree in order of appearance
	offsets   []*node
	random    []Random
	dot       []string // what . stands for
}

// Random is one bar of a mixed model's formula: (left | group).
type Random struct {
	left        *node
	group       *node
	independent bool // || instead of |
}

// newModel carries out the operators of a formula. dot are the columns that .
// stands for.
func newModel(left, right *node, dot []string) (*model, *SyntaxError) {
	m := &model{index: map[string]int{}, response: -1, dot: dot}
	if left != nil {
		m.response = m.variable(left)
	}
	m.install(right)
	m.intercept = true
	terms, err := m.expand(right, true)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, t := range terms {
		if len(t) == 0 || len(t) == 1 && t[0] == m.response || seen[t.key()] {
			continue
		}
		seen[t.key()] = true
		m.terms = append(m.terms, t)
	}
	slices.SortStableFunc(m.terms, func(a, b set) int { return cmp.Compare(len(a), len(b)) })
	return m, nil
}

func (s set) key() string {
	var b strings.Builder
	for _, v := range s {
		b.WriteString(strconv.Itoa(v))
		b.WriteByte(',')
	}
	return b.String()
}

// variable returns the position of a variable, a new one at its first use.
func (m *model) variable(n *node) int {
	label := n.String()
	if v, ok := m.index[label]; ok {
		return v
	}
	m.index[label] = len(m.variables)
	m.variables = append(m.variables, n)
	m.labels = append(m.labels, label)
	return len(m.variables) - 1
}

// install notes variables in the order of their appearance, which is the order
// in which R multiplies them.
func (m *model) install(n *node) {
	switch {
	case n.kind == nodeName && n.name == ".":
		for _, name := range m.dot {
			m.variable(&node{kind: nodeName, name: name, col: n.col})
		}
	case n.kind == nodeCall && n.name == "offset" || n.bar():
		// neither is a variable of a term
	case n.kind == nodeBinary && n.name == "^":
		m.install(n.args[0])
	case n.operator():
		for _, a := range n.args {
			m.install(a)
		}
	case n.kind == nodeName && !isConstant(n.name) || n.kind == nodeCall:
		m.variable(n)
	}
}

// operator says whether the node combines terms, rather than values.
func (n *node) operator() bool {
	switch n.kind {
	case nodeParens, nodeUnary:
		return true
	case nodeBinary:
		switch n.name {
		case "+", "-", "*", "/", ":", "^", "%in%", "|", "||":
			return true
		}
	}
	return false
}

// bar says whether the node is a random effect: left | group.
func (n *node) bar() bool {
	return n.kind == nodeBinary && (n.name == "|" || n.name == "||")
}

// expand returns the terms of a node. Terms may repeat; the empty set is the
// intercept. top says that the intercept of the model is decided here.
func (m *model) expand(n *node, top bool) ([]set, *SyntaxError) {
	switch n.kind {
	case nodeParens:
		if n.args[0].bar() {
			return nil, m.addRandom(n.args[0])
		}
		return m.expand(n.args[0], top)
	case nodeNumber:
		switch n.num {
		case 1:
			m.setIntercept(top, true)
			return nil, nil
		case 0:
			m.setIntercept(top, false)
			return nil, nil
		}
		return nil, fail(n.col, "%s is no term; a formula has the numbers 0 and 1 for the intercept, and I(...) for arithmetic", n)
	case nodeText:
		return nil, fail(n.col, "the text %q is no variable; a name that is no plain name stands in backticks", n.name)
	case nodeName:
		if n.name == "." {
			var terms []set
			for _, name := range m.dot {
				terms = append(terms, set{m.variable(&node{kind: nodeName, name: name, col: n.col})})
			}
			return terms, nil
		}
		if isConstant(n.name) {
			return nil, fail(n.col, "%s is no variable", n.name)
		}
		return []set{{m.variable(n)}}, nil
	case nodeCall:
		if n.name == "offset" {
			return nil, m.addOffset(n)
		}
		return []set{{m.variable(n)}}, nil
	case nodeUnary:
		return m.expandUnary(n, top)
	}
	return m.expandBinary(n, top)
}

func (m *model) setIntercept(top, on bool) {
	if top {
		m.intercept = on
	}
}

func (m *model) addOffset(n *node) *SyntaxError {
	if len(n.args) != 1 {
		return fail(n.col, "offset takes one value")
	}
	if !slices.ContainsFunc(m.offsets, func(o *node) bool { return o.String() == n.args[0].String() }) {
		m.offsets = append(m.offsets, n.args[0])
	}
	return nil
}

func (m *model) addRandom(n *node) *SyntaxError {
	m.random = append(m.random, Random{left: n.args[0], group: n.args[1], independent: n.name == "||"})
	return nil
}

func (m *model) expandUnary(n *node, top bool) ([]set, *SyntaxError) {
	switch n.name {
	case "+":
		return m.expand(n.args[0], top)
	case "-":
		// With nothing before it, there is only the intercept to take away.
		if x := n.args[0]; x.kind == nodeNumber && (x.num == 0 || x.num == 1) {
			m.setIntercept(top, x.num == 0)
			return nil, nil
		}
		_, err := m.expand(n.args[0], false)
		return nil, err
	}
	return nil, fail(n.col, "! is no operator between terms; write I(!x) for a condition")
}

func (m *model) expandBinary(n *node, top bool) ([]set, *SyntaxError) {
	sum := n.name == "+" || n.name == "-"
	if n.bar() {
		return nil, fail(n.col, "a random effect stands in parentheses: (%s)", n)
	}
	if !n.operator() {
		return nil, fail(n.col, "%s compares values, not terms; write I(%s)", n.name, n)
	}
	left, err := m.expand(n.args[0], top && sum)
	if err != nil {
		return nil, err
	}
	if n.name == "^" {
		return m.power(n, left)
	}
	if n.name == "-" {
		return m.minus(n, left, top)
	}
	right, err := m.expand(n.args[1], top && sum)
	if err != nil {
		return nil, err
	}
	var terms []set
	switch n.name {
	case "+":
		terms = append(left, right...)
	case ":", "%in%":
		terms = cross(left, right)
	case "*":
		terms = append(append(slices.Clone(left), right...), cross(left, right)...)
	case "/":
		var all set
		for _, t := range left {
			all = all.union(t)
		}
		terms = append(left, cross([]set{all}, right)...)
	}
	terms = distinct(terms)
	if len(terms) > maxTerms {
		return nil, fail(n.col, "more than %d terms", maxTerms)
	}
	return terms, nil
}

// minus takes the terms on the right of a minus away from those on its left.
func (m *model) minus(n *node, left []set, top bool) ([]set, *SyntaxError) {
	x := n.args[1]
	if x.kind == nodeNumber && (x.num == 0 || x.num == 1) {
		m.setIntercept(top, x.num == 0)
		return left, nil
	}
	offsets, random := m.offsets, m.random
	right, err := m.expand(x, false)
	if err != nil {
		return nil, err
	}
	m.offsets, m.random = offsets, random
	return slices.DeleteFunc(left, func(t set) bool {
		return slices.ContainsFunc(right, func(r set) bool { return slices.Equal(r, t) })
	}), nil
}

// power returns the products of up to n of the terms.
func (m *model) power(n *node, base []set) ([]set, *SyntaxError) {
	exponent := n.args[1]
	for exponent.kind == nodeParens {
		exponent = exponent.args[0]
	}
	if exponent.kind != nodeNumber || exponent.num < 1 || exponent.num != math.Trunc(exponent.num) {
		return nil, fail(n.col, "the power of terms is a whole number from 1; write I(%s) for arithmetic", n)
	}
	base = distinct(base)
	terms := base
	for i := 1.0; i < exponent.num; i++ {
		if len(terms)*len(base) > 50*maxTerms {
			return nil, fail(n.col, "more than %d terms", maxTerms)
		}
		next := distinct(append(slices.Clone(terms), cross(terms, base)...))
		if len(next) > maxTerms {
			return nil, fail(n.col, "more than %d terms", maxTerms)
		}
		if len(next) == len(terms) {
			break
		}
		terms = next
	}
	return terms, nil
}

func cross(left, right []set) []set {
	if len(left)*len(right) > 50*maxTerms {
		return make([]set, 50*maxTerms) // too many, which the caller says
	}
	var terms []set
	for _, l := range left {
		for _, r := range right {
			terms = append(terms, l.union(r))
		}
	}
	return terms
}

// distinct keeps the first of equal terms.
func distinct(terms []set) []set {
	if len(terms) >= 50*maxTerms {
		return terms
	}
	seen := map[string]bool{}
	var kept []set
	for _, t := range terms {
		if k := t.key(); !seen[k] {
			seen[k] = true
			kept = append(kept, t)
		}
	}
	return kept
}

// label returns the name of a term: its variables joined by colons.
func (m *model) label(t set) string {
	parts := make([]string, len(t))
	for i, v := range t {
		parts[i] = m.labels[v]
	}
	return strings.Join(parts, ":")
}

// fullCoding says whether a factor v of term number t is coded by a column for
// every level. That is R's rule (TermCode of model.c): by contrasts when the
// term less the factor is empty or part of an earlier term, and by every level
// otherwise; without an intercept the first factor of the first term with any
// is coded by every level.
func (m *model) fullCoding(t, v int, coded func(v int) bool) bool {
	if !m.intercept {
		for i, term := range m.terms {
			first := slices.IndexFunc(term, coded)
			if first >= 0 {
				if i == t && term[first] == v {
					return true
				}
				break
			}
		}
	}
	margin := m.terms[t].without(v)
	if len(margin) == 0 {
		return false
	}
	for _, earlier := range m.terms[:t] {
		if margin.within(earlier) {
			return false
		}
	}
	return true
}
