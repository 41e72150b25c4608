package analysis

import (
	"math"
	"slices"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// shareColumn is the column of an expanded frame with the share of the row that
// it was made from: the probability of its answers.
const shareColumn = "(share)"

// manyAnswers is how many combinations of answers a row is expanded into at
// most. A frame with more keeps the answers that were drawn.
const manyAnswers = 500

// expanded returns the frame for exact expectations over the named variables.
// Each row of a source that tells the probabilities of its answers stands there
// once for each combination of them, with its probability as the share of the
// row; variables that are derived from them are computed anew. Means, shares,
// distances and effects over its rows are then those that the source expects,
// without the noise of one draw. Where a source knows the probabilities of an
// answer given the earlier one that it drew alone, the earlier one stays as drawn.
//
// from gives the row of f that each row is made from. The frame is f itself, and
// from nil, when no source tells any of the probabilities. Analyses over the same
// variables share both, unless the frame is so large that keeping it is a burden.
func expanded(f *frame.Frame, names []string) (g *frame.Frame, from []int, err error) {
	e := newExpansion(f, names)
	if e == nil {
		return f, nil, nil
	}
	type result struct {
		g    *frame.Frame
		from []int
		err  error
	}
	r := shared(f, f.Rows(), "expanded over "+strings.Join(e.names(), "\x00"), func() (r result) {
		r.g, r.from, r.err = e.expand(f)
		return r
	})
	return r.g, r.from, r.err
}

// shared is frame.Once for what takes as much memory as columns do: in a study of
// many rows, before they are expanded, it is made anew for each who asks.
func shared[T any](f *frame.Frame, rows int, key string, makes func() T) T {
	if rows > manyRows {
		return makes()
	}
	return frame.Once(f, key, makes)
}

// manyRows is how many rows a study has at most of which such things are kept.
const manyRows = 1 << 18

// expand makes the expanded frame.
func (e *expansion) expand(f *frame.Frame) (g *frame.Frame, from []int, err error) {
	codes := make([][]int32, len(e.answers))
	row := make([]int32, len(e.answers))
	n := 0
	for i := range f.Rows() {
		before := n
		if e.each(i, row, func(float64) { n++ }); n == before {
			n++
		}
	}
	from, share := make([]int, 0, n), make([]float64, 0, n)
	for k := range codes {
		codes[k] = make([]int32, 0, n)
	}
	for i := range f.Rows() {
		at := len(from)
		e.each(i, row, func(p float64) {
			from, share = append(from, i), append(share, p)
			for k, c := range row {
				codes[k] = append(codes[k], c)
			}
		})
		if len(from) == at { // tells nothing: as drawn
			from, share = append(from, i), append(share, 1)
			for k := range codes {
				codes[k] = append(codes[k], -1)
			}
		}
	}
	g = f.Take(from).With(frame.Numbers(shareColumn, share))
	for k, a := range e.answers {
		g = g.With(a.put(g.Col(a.name), codes[k]))
	}
	g, err = derived(g, e.names())
	return g, from, err
}

// expanded returns the input with the frame for exact expectations over what the
// rules and variables name, and over what decides which rows enter.
func (in Input) expanded(c Common, rules ...string) (Input, error) {
	in, _, err := in.expandedFrom(c, rules...)
	return in, err
}

// expandedFrom is expanded with the rows that the rows of the frame are made
// from, see there.
func (in Input) expandedFrom(c Common, rules ...string) (Input, []int, error) {
	f, from, err := expanded(in.Frame, namesIn(in.Frame.Schema, append(rules, c.Where)...))
	in.Frame = f
	return in, from, err
}

// namesIn returns the columns that variables and rules name.
func namesIn(s *frame.Schema, rules ...string) []string {
	var names []string
	for _, src := range rules {
		if s.Variable(src) != nil {
			names = append(names, src)
		} else if e, err := expr.Parse(src); src != "" && err == nil {
			names = append(names, e.Names()...)
		}
	}
	return names
}

// expansion says which answers are expanded, each behind those before it in its
// conversation.
type expansion struct {
	answers []*expandable
	told    []bool // of each answer in this row
}

// expandable is an answer whose probabilities the study keeps.
type expandable struct {
	name   string
	levels []string
	own    []*frame.Column
	chain  []int           // places of the earlier answers of the conversation
	joint  []*frame.Column // over the chain and this, the last varying fastest; nil without a chain
}

// newExpansion returns the expansion over the named variables, nil when nothing
// of them is kept, or when there are too many combinations.
func newExpansion(f *frame.Frame, names []string) *expansion {
	e := &expansion{}
	total := 1
	var add func(name string) int
	add = func(name string) int {
		if k := slices.IndexFunc(e.answers, func(a *expandable) bool { return a.name == name }); k >= 0 {
			return k
		}
		o := newOdds(f, name)
		if o == nil {
			return -1
		}
		a := &expandable{name: name, levels: o.levels, own: o.own}
		if o.joint != nil {
			for _, v := range f.Schema.Variables {
				if c := v.Chance; c != nil && len(c.Variables) > 1 && c.Variables[len(c.Variables)-1] == name {
					for _, before := range c.Variables[:len(c.Variables)-1] {
						a.chain = append(a.chain, add(before))
					}
					break
				}
			}
			a.joint = o.joint
			if slices.Contains(a.chain, -1) { // an earlier answer is not kept: it stays as drawn
				a.chain, a.joint = nil, nil
			}
		}
		total *= len(a.levels)
		e.answers = append(e.answers, a)
		return len(e.answers) - 1
	}
	for _, name := range bases(f.Schema, names) {
		add(name)
	}
	if len(e.answers) == 0 || total > manyAnswers {
		return nil
	}
	for i := range f.Rows() {
		if e.tells(i) {
			e.told = make([]bool, len(e.answers))
			return e
		}
	}
	return nil
}

func (e *expansion) tells(row int) bool {
	return slices.ContainsFunc(e.answers, func(a *expandable) bool { return a.tells(row) })
}

func (a *expandable) tells(row int) bool { return mass(a.own, row) > 0 }

func mass(cols []*frame.Column, row int) float64 {
	sum := 0.0
	for _, c := range cols {
		sum += c.Nums[row]
	}
	return sum
}

// each calls visit with every combination of answers of a row and its
// probability; an answer that is not told is -1 and stays as drawn.
func (e *expansion) each(i int, row []int32, visit func(p float64)) {
	for k, a := range e.answers {
		e.told[k] = a.tells(i)
	}
	for k, a := range e.answers {
		if e.told[k] && a.chain != nil && !(mass(a.joint, i) > 0) {
			for _, before := range a.chain { // known given what was drawn alone
				e.told[before] = false
			}
		}
	}
	if !slices.Contains(e.told, true) {
		return
	}
	e.walk(i, 0, 1, row, visit)
}

func (e *expansion) walk(i, k int, before float64, row []int32, visit func(p float64)) {
	if k == len(e.answers) {
		visit(before)
		return
	}
	a := e.answers[k]
	if !e.told[k] {
		row[k] = -1
		e.walk(i, k+1, before, row, visit)
		return
	}
	cols := a.own
	if a.chain != nil && e.told[a.chain[0]] {
		at := 0
		for _, b := range a.chain {
			at = at*len(e.answers[b].levels) + int(row[b])
		}
		cols = a.joint[at*len(a.levels) : (at+1)*len(a.levels)]
	}
	total := mass(cols, i)
	if !(total > 0) { // behind an impossible answer
		return
	}
	for j, c := range cols {
		if p := c.Nums[i] / total; p > 0 {
			row[k] = int32(j)
			e.walk(i, k+1, before*p, row, visit)
		}
	}
}

func (e *expansion) names() []string {
	var names []string
	for _, a := range e.answers {
		names = append(names, a.name)
	}
	return names
}

// put returns a column with the levels of the codes, and its own values where
// these are -1.
func (a *expandable) put(c *frame.Column, codes []int32) *frame.Column {
	d := *c
	d.Codes, d.Nums = slices.Clone(c.Codes), slices.Clone(c.Nums)
	if c.Coded() {
		to := make([]int32, len(a.levels))
		for k, l := range a.levels {
			to[k] = c.Code(l)
		}
		for i, k := range codes {
			if k >= 0 {
				d.Codes[i] = to[k]
			}
		}
		return &d
	}
	numbers := (&odds{levels: a.levels}).numbers()
	for i, k := range codes {
		if k >= 0 {
			d.Nums[i] = numbers[k]
		}
	}
	return &d
}

// bases returns the variables that the named ones are made of, without those
// that are derived.
func bases(s *frame.Schema, names []string) []string {
	var list []string
	seen := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		v := s.Variable(name)
		if v == nil || seen[name] {
			return
		}
		seen[name] = true
		if v.Derived == "" {
			list = append(list, name)
			return
		}
		if e, err := expr.Parse(v.Derived); err == nil {
			for _, part := range e.Names() {
				add(part)
			}
		}
	}
	for _, name := range names {
		add(name)
	}
	return list
}

// derived computes anew what is derived from the changed variables.
func derived(f *frame.Frame, changed []string) (*frame.Frame, error) {
	done := map[string]bool{}
	var visit func(v *frame.Variable) error
	visit = func(v *frame.Variable) error {
		if v.Derived == "" || done[v.Name] {
			return nil
		}
		done[v.Name] = true
		e, err := expr.Parse(v.Derived)
		if err != nil {
			return err
		}
		for _, name := range e.Names() {
			if part := f.Schema.Variable(name); part != nil {
				if err := visit(part); err != nil {
					return err
				}
			}
		}
		if !slices.ContainsFunc(bases(f.Schema, []string{v.Name}), func(b string) bool { return slices.Contains(changed, b) }) {
			return nil
		}
		old := f.Col(v.Name)
		if old == nil {
			return nil
		}
		c, err := e.Column(v.Name, f)
		if err != nil {
			return err
		}
		f = f.With(typed(c, old))
		return nil
	}
	for i := range f.Schema.Variables {
		if err := visit(&f.Schema.Variables[i]); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// typed returns the values of a column as another one holds them.
func typed(c, like *frame.Column) *frame.Column {
	d := *like
	if like.Kind == frame.Number {
		d.Nums = c.Floats()
		return &d
	}
	if !like.Coded() {
		return c
	}
	d.Codes = make([]int32, c.Len())
	for i := range d.Codes {
		switch {
		case c.Missing(i):
			d.Codes[i] = -1
		case c.Kind == frame.Number && len(like.Levels) == 2: // a rule, true or false
			d.Codes[i] = int32(math.Min(1, math.Abs(c.Nums[i])))
		default:
			d.Codes[i] = like.Code(c.String(i))
		}
	}
	return &d
}

// shares returns the shares of the rows of an expanded frame, nil for others.
func shares(f *frame.Frame) []float64 {
	if c := f.Col(shareColumn); c != nil {
		return c.Nums
	}
	return nil
}
