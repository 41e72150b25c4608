package simulate

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
	"silico/analysis/frame"
)

// model is an effect on the rows of a frame.
type model struct {
	variable *frame.Variable
	family   string
	x        *mat.Dense  // design, a row for each of rows
	rows     []int       // rows of the frame that lack nothing
	offset   []float64   // of each of rows; nil for none
	coef     [][]float64 // of each linear predictor, one but for multinomial
	cuts     []float64
	sd       float64
}

// model builds the design of an effect and puts its coefficients in the order
// of the columns.
func (e *Effect) model(f *frame.Frame) (*model, error) {
	v := f.Schema.Variable(e.Variable)
	if v == nil {
		return nil, &Problem{[]string{"variable"}, fmt.Sprintf("there is no variable %q", e.Variable)}
	}
	m := &model{variable: v, family: e.Family, cuts: e.Cuts, sd: e.SD}
	if m.family == "" {
		m.family = Family(v.Type)
	}
	problems := e.check(m.family, v)
	names, err := m.design(e.Formula, f)
	if err != nil {
		return nil, errors.Join(append(problems, &Problem{[]string{"formula"}, err.Error()})...)
	}
	if m.family != "multinomial" {
		b, wrong := named(e.Coef, names, "coef")
		m.coef = [][]float64{b}
		if len(e.Levels) > 0 {
			wrong = append(wrong, &Problem{[]string{"levels"}, "coefficients by level are for the family multinomial"})
		}
		return m, errors.Join(append(problems, wrong...)...)
	}
	for k, level := range v.Levels {
		if k == 0 {
			continue
		}
		// What is the same for every level but the first stands in Coef.
		all := maps.Clone(e.Coef)
		if all == nil {
			all = make(map[string]float64)
		}
		maps.Copy(all, e.Levels[level])
		b, wrong := named(all, names, "levels", level)
		m.coef = append(m.coef, b)
		problems = append(problems, wrong...)
	}
	for _, level := range slices.Sorted(maps.Keys(e.Levels)) {
		if i := slices.Index(v.Levels, level); i <= 0 {
			problems = append(problems, &Problem{[]string{"levels", level},
				fmt.Sprintf("%s has no coefficients for %q; they are for %s", v.Name, level, strings.Join(v.Levels[1:], ", "))})
		}
	}
	return m, errors.Join(problems...)
}

// design fills the design matrix of a right side and returns the names of its
// columns.
func (m *model) design(right string, f *frame.Frame) ([]string, error) {
	if strings.TrimSpace(right) == "" {
		right = "1"
	}
	parsed, err := formula.Parse("~ " + right)
	if err != nil {
		return nil, err
	}
	if parsed.Mixed() {
		return nil, errors.New("random effects are not planted by the formula; the respondent's own level is person_sd")
	}
	if err := parsed.Check(f.Schema); err != nil {
		return nil, err
	}
	g, n := everyLevel(f, parsed.Names())
	d, err := parsed.Design(g, formula.Options{})
	if err != nil {
		return nil, err
	}
	m.x, m.offset = d.X, d.Offset
	for _, row := range d.Rows {
		if row < n {
			m.rows = append(m.rows, row)
		}
	}
	return d.Names, nil
}

// everyLevel returns the named columns of f, and behind its rows some more
// where a level does not occur: a design leaves such levels out and would
// take another one as its reference, and what is planted must not depend on
// who happens to answer. It also returns how many rows answer: those of f, none
// when each of them lacks something.
func everyLevel(f *frame.Frame, names []string) (*frame.Frame, int) {
	var cols []*frame.Column
	for _, name := range names {
		if c := f.Col(name); c != nil {
			cols = append(cols, c)
		}
	}
	n := f.Rows()
	// Rows are enough for the design to have: a formula of the intercept alone
	// has no columns to take their number from.
	cols = append(cols, frame.Numbers(" row", make([]float64, n)))
	g := frame.New(cols...)
	g.Schema = f.Schema
	model, more := -1, 0
	for row := range n {
		if whole(cols, row) {
			model = row
			break
		}
	}
	if model < 0 { // nobody answers, and the columns still have names
		return nothing(f.Schema), 0
	}
	for _, c := range cols {
		if c.Coded() && !occurring(c, cols) {
			more = max(more, len(c.Levels))
		}
	}
	if more == 0 {
		return g, n
	}
	rows := make([]int, n+more)
	for i := range rows {
		rows[i] = i
		if i >= n {
			rows[i] = model
		}
	}
	g = g.Take(rows)
	for _, c := range g.Columns() {
		for k := range more {
			if c.Coded() {
				c.Codes[n+k] = int32(k % len(c.Levels))
			}
		}
	}
	return g, n
}

// whole says whether a row lacks nothing.
func whole(cols []*frame.Column, row int) bool {
	return !slices.ContainsFunc(cols, func(c *frame.Column) bool { return c.Missing(row) })
}

// occurring says whether every level of a column occurs in a row that lacks
// nothing.
func occurring(c *frame.Column, cols []*frame.Column) bool {
	seen := make([]bool, len(c.Levels))
	for row, k := range c.Codes {
		if k >= 0 && !seen[k] && whole(cols, row) {
			seen[k] = true
		}
	}
	return !slices.Contains(seen, false)
}

// empty returns the column of the answer with every value missing.
func (m *model) empty(rows int) *frame.Column {
	v := m.variable
	c := &frame.Column{Name: v.Name, Kind: v.Kind(), Levels: v.Levels, Labels: v.Labels, Scores: v.Scores}
	if c.Kind == frame.Number {
		c.Nums = make([]float64, rows)
		for i := range c.Nums {
			c.Nums[i] = math.NaN()
		}
		return c
	}
	c.Codes = make([]int32, rows)
	for i := range c.Codes {
		c.Codes[i] = -1
	}
	return c
}

// nothing returns a frame with the columns of a schema in which every level
// occurs and numbers differ: enough to name the columns of a design.
func nothing(s *frame.Schema) *frame.Frame {
	rows := 4
	for i := range s.Variables {
		rows = max(rows, len(s.Variables[i].Levels))
	}
	var cols []*frame.Column
	for i := range s.Variables {
		v := &s.Variables[i]
		c := &frame.Column{Name: v.Name, Kind: v.Kind(), Levels: v.Levels, Scores: v.Scores}
		switch {
		case c.Kind == frame.Number:
			for k := range rows {
				c.Nums = append(c.Nums, float64(k%2+k%3))
			}
		case c.Kind == frame.Text:
			c.Texts = make([]string, rows)
		default:
			for k := range rows {
				c.Codes = append(c.Codes, int32(k%max(1, len(v.Levels))))
			}
			if len(v.Levels) == 0 { // the respondents' ids
				c.Levels = []string{"1"}
			}
		}
		cols = append(cols, c)
	}
	f := frame.New(cols...)
	f.Schema = s
	return f
}
