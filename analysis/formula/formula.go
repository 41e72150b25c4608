package formula

import (
	"errors"
	"fmt"
	"slices"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// Formula is a parsed formula. It knows nothing of any data yet.
type Formula struct {
	src         string
	left, right *node
}

// Parse reads a formula such as "y ~ a * b". A formula without a left side has
// no outcome. The error is a *SyntaxError.
func Parse(src string) (*Formula, error) {
	left, right, err := parseSides(src)
	if err != nil {
		return nil, err
	}
	f := &Formula{src: src, left: left, right: right}
	// Whatever . stands for, the operators must fit together.
	if _, err := newModel(left, right, nil); err != nil {
		return nil, err
	}
	for _, side := range []*node{left, right} {
		if side == nil {
			continue
		}
		if err := checkCalls(side); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// String returns the formula as it was written.
func (f *Formula) String() string { return f.src }

// Names returns the columns that the formula names, in order of appearance.
// The dot names none.
func (f *Formula) Names() []string {
	names := f.right.names(f.left.names(nil))
	return slices.DeleteFunc(names, func(n string) bool { return n == "." })
}

// Left returns the columns that the outcome is made of, none when the formula
// has no outcome.
func (f *Formula) Left() []string { return f.left.names(nil) }

// Response returns the outcome as R writes it, such as "log(wages)", and ""
// when there is none.
func (f *Formula) Response() string {
	if f.left == nil {
		return ""
	}
	return f.left.String()
}

// Interact returns the formula with every term, the intercept among them, free
// to differ by a column: y ~ (right side) * name.
func (f *Formula) Interact(name string) *Formula {
	inner := &node{kind: nodeParens, args: []*node{f.right}, col: f.right.col}
	by := &node{kind: nodeName, name: name, col: f.right.col}
	right := &node{kind: nodeBinary, name: "*", args: []*node{inner, by}, col: f.right.col}
	g := &Formula{left: f.left, right: right}
	g.src = f.Response() + " ~ " + right.String()
	return g
}

// Mixed says whether the formula has random effects.
func (f *Formula) Mixed() bool {
	m, _ := newModel(f.left, f.right, nil)
	return len(m.random) > 0
}

// dotNames are the columns that . stands for: all that the outcome does not
// name. Of a study's frame, the variables that describe or answer: neither the
// respondent's id, nor the weight, nor texts, nor the columns of bookkeeping.
func (f *Formula) dotNames(columns []string, schema *frame.Schema) []string {
	left := f.Left()
	var names []string
	for _, c := range columns {
		if slices.Contains(left, c) {
			continue
		}
		if schema != nil {
			v := schema.Variable(c)
			if v == nil || c == schema.ID || c == schema.Weight || v.Type == "id" || v.Role == "weight" || v.Role == frame.RoleChance || v.Type == "text" {
				continue
			}
		}
		names = append(names, c)
	}
	return names
}

// Check says what of the formula does not fit a study's variables: unknown
// names, with the one that was probably meant, and arithmetic on what is no
// number. It returns nil or the joined *SyntaxErrors.
func (f *Formula) Check(schema *frame.Schema) error {
	var known []string
	for _, v := range schema.Variables {
		known = append(known, v.Name)
	}
	book := []string{frame.SourceColumn, frame.SampleColumn, frame.RuleColumn, frame.DrawColumn, schema.ID, schema.Weight}
	var problems []error
	for _, side := range []*node{f.left, f.right} {
		side.visit(func(n *node) {
			if n.kind == nodeName && n.name != "." && !isConstant(n.name) && !slices.Contains(known, n.name) && !slices.Contains(book, n.name) {
				problems = append(problems, &SyntaxError{Col: n.col, Msg: fmt.Sprintf("unknown variable %q", n.name), Hint: expr.Suggest(n.name, known)})
			}
		})
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	return f.checkKinds(schema)
}

// checkKinds tries the formula on an empty frame of the study's columns, which
// finds arithmetic on factors.
func (f *Formula) checkKinds(schema *frame.Schema) error {
	var cols []*frame.Column
	have := map[string]bool{}
	add := func(c *frame.Column) {
		if c.Name != "" && !have[c.Name] {
			have[c.Name] = true
			cols = append(cols, c)
		}
	}
	for i := range schema.Variables {
		v := &schema.Variables[i]
		c := &frame.Column{Name: v.Name, Kind: v.Kind(), Levels: v.Levels, Scores: v.Scores}
		add(c)
	}
	for _, name := range []string{frame.SourceColumn, frame.SampleColumn, frame.RuleColumn, schema.ID} {
		add(&frame.Column{Name: name, Kind: frame.Factor})
	}
	add(frame.Numbers(frame.DrawColumn, nil))
	add(frame.Numbers(schema.Weight, nil))
	empty := frame.New(cols...)
	empty.Schema = schema
	_, err := f.Design(empty, Options{})
	return err
}

// visit calls do for a node and everything below it.
func (n *node) visit(do func(*node)) {
	if n == nil {
		return
	}
	do(n)
	for _, a := range n.args {
		if !n.contrastName(a) {
			a.visit(do)
		}
	}
}
