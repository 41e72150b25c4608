package expr

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis/frame"
)

// Check reports what is wrong with the expression as a rule over the rows of
// a study: a column that there is not, a level that is not declared, a
// comparison of different things, a value that is not true or false. Its error
// is a *SyntaxError.
func (e *Expr) Check(s *frame.Schema) error {
	_, err := compile(e.root, schemaColumns(s), Truth)
	return err
}

// Type returns what the expression is over the rows of a study: Truth, Number
// or Text, and the error of Check.
func (e *Expr) Type(s *frame.Schema) (ValueKind, error) {
	x, err := compile(e.root, schemaColumns(s), Missing)
	if err != nil {
		return Missing, err
	}
	return x.kind, nil
}

// Rows returns for each row whether the rule is true, and how many rows are
// left out because it is missing there. The error is that of Check.
func (e *Expr) Rows(f *frame.Frame) (keep []bool, missing int, err error) {
	x, err := compile(e.root, frameColumns(f), Truth)
	if err != nil {
		return nil, 0, err
	}
	keep = make([]bool, f.Rows())
	for i := range keep {
		switch v := x.num(i); {
		case v == 1:
			keep[i] = true
		case v != v:
			missing++
		}
	}
	return keep, missing, nil
}

// Truths returns for each row 1 where the rule is true, 0 where it is false and
// NaN where it is missing. The error is that of Check.
func (e *Expr) Truths(f *frame.Frame) ([]float64, error) {
	x, err := compile(e.root, frameColumns(f), Truth)
	if err != nil {
		return nil, err
	}
	xs := make([]float64, f.Rows())
	for i := range xs {
		xs[i] = x.num(i)
	}
	return xs, nil
}

// Column returns the value of the expression in each row as a column of that
// name: numbers, 1 and 0 for true and false, or texts; a bare column keeps its
// kind and levels. The error is that of Check.
func (e *Expr) Column(name string, f *frame.Frame) (*frame.Column, error) {
	if e.root.op == opPath && len(e.root.path) == 1 {
		if c := f.Col(e.root.path[0]); c != nil {
			copied := *c
			copied.Name = name
			return &copied, nil
		}
	}
	x, err := compile(e.root, frameColumns(f), Missing)
	if err != nil {
		return nil, err
	}
	n := f.Rows()
	if x.kind == Text {
		c := &frame.Column{Name: name, Kind: frame.Text, Texts: make([]string, n), Absent: make([]bool, n)}
		for i := range n {
			s, ok := x.str(i)
			c.Texts[i], c.Absent[i] = s, !ok
		}
		return c, nil
	}
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = x.num(i)
	}
	return frame.Numbers(name, xs), nil
}

// missingColumn is the error of a name that is no column.
func missingColumn(n *node, names []string) error {
	if len(n.path) > 1 {
		return fail(n.col, "a rule over rows names columns, without dots; %q is none", n.path[0]+"."+n.path[1])
	}
	e := &SyntaxError{Col: n.col, Msg: fmt.Sprintf("unknown column %q", n.path[0]), Hint: Suggest(n.path[0], names)}
	if e.Hint == "" && len(names) > 0 && len(names) <= 20 {
		e.Msg += "; there are " + strings.Join(names, ", ")
	}
	return e
}

// own are the columns of every frame that no study declares.
func own(s *frame.Schema) []frame.Column {
	var sources []string
	for _, src := range s.Sources {
		sources = append(sources, src.Name)
	}
	return []frame.Column{
		{Name: frame.SourceColumn, Kind: frame.Factor, Levels: sources},
		{Name: frame.SampleColumn, Kind: frame.Factor, Levels: []string{frame.Evaluation, frame.Pilot, frame.Excluded}},
		{Name: frame.RuleColumn, Kind: frame.Factor},
		{Name: frame.DrawColumn, Kind: frame.Number},
	}
}

// schemaColumns finds columns that will be there: types without values.
func schemaColumns(s *frame.Schema) resolver {
	return func(n *node) (*operand, error) {
		name := n.path[0]
		if len(n.path) == 1 {
			if v := s.Variable(name); v != nil {
				c := &frame.Column{Name: name, Kind: v.Kind(), Levels: v.Levels, Scores: v.Scores}
				return column(n, c, v.Type == "binary", v.Type == "id"), nil
			}
			for _, c := range own(s) {
				if c.Name == name {
					return column(n, &c, false, c.Levels == nil), nil
				}
			}
		}
		var names []string
		for _, v := range s.Variables {
			names = append(names, v.Name)
		}
		for _, c := range own(s) {
			names = append(names, c.Name)
		}
		if len(n.path) == 1 && slices.ContainsFunc(s.Variables, func(v frame.Variable) bool { return slices.Contains(v.Levels, n.path[0]) }) {
			return nil, fail(n.col, "unknown column %q; a level stands in quotes: '%s'", n.path[0], n.path[0])
		}
		return nil, missingColumn(n, names)
	}
}

// frameColumns finds the columns of a frame.
func frameColumns(f *frame.Frame) resolver {
	return func(n *node) (*operand, error) {
		name := n.path[0]
		c := f.Col(name)
		if len(n.path) > 1 || c == nil {
			return nil, missingColumn(n, f.Names())
		}
		binary, open := c.Kind == frame.Number, false
		if f.Schema != nil {
			v := f.Schema.Variable(name)
			binary = v != nil && v.Type == "binary"
			open = v == nil || v.Type == "id"
		}
		return column(n, c, binary, open || name == frame.RuleColumn), nil
	}
}

// column makes the operand of a column.
func column(n *node, c *frame.Column, binary, open bool) *operand {
	x := &operand{col: n.col, name: c.Name, binary: binary}
	switch c.Kind {
	case frame.Number:
		nums := c.Nums
		x.kind, x.num = Number, func(i int) float64 { return nums[i] }
		if slices.ContainsFunc(nums, func(v float64) bool { return math.IsInf(v, 0) }) {
			x.num = func(i int) float64 { return finite(nums[i]) }
		}
	case frame.Text:
		x.kind, x.str = Text, func(i int) (string, bool) { return c.Texts[i], !c.Missing(i) }
	default:
		x.kind, x.coded, x.open = Text, true, open
		x.levels, x.order, x.scores, x.codes = c.Levels, c.Kind == frame.Ordered, c.Scores, c.Codes
		x.str = func(i int) (string, bool) {
			if k := c.Codes[i]; k >= 0 {
				return c.Levels[k], true
			}
			return "", false
		}
	}
	return x
}
