package collect

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/frame"
)

// predictors are the columns that an outcome is predicted from.
type predictors struct {
	names   []string
	parts   []part
	earlier []int                     // outcomes that were answered before
	people  []func(row int32) float64 // what the people answered to them
	means   []float64                 // of the training people, for what is missing
}

// part is one variable: a column for a number, a column for each level but the
// first of anything with levels.
type part struct {
	column  *frame.Column // of the people file; nil for an earlier answer
	earlier int           // place among the earlier answers
	levels  int           // 0 for a number
}

// newPredictors lists the columns for an outcome: the intercept, demographics,
// factors, earlier answers.
func newPredictors(s *sheet, outcome int) *predictors {
	p := &predictors{names: []string{"(Intercept)"}}
	for _, name := range s.knows() {
		c := s.t.People.Col(name)
		switch {
		case c == nil || c.Kind == frame.Text:
		case c.Coded():
			p.add(part{column: c, levels: len(c.Levels)}, name, c.Levels)
		default:
			p.add(part{column: c}, name, nil)
		}
	}
	for _, name := range s.outcomes[outcome].earlier {
		k := s.index(name)
		c := s.t.People.Col(name)
		if k < 0 || c == nil || c.Kind == frame.Text {
			continue
		}
		from := &s.outcomes[k]
		options := from.options()
		p.add(part{earlier: len(p.earlier), levels: len(options)}, name, options)
		p.earlier = append(p.earlier, k)
		if options == nil {
			p.people = append(p.people, func(row int32) float64 { return c.Float(int(row)) })
			continue
		}
		codes := from.chosen(c)
		p.people = append(p.people, func(row int32) float64 { return code(codes[row]) })
	}
	return p
}

// knows returns what the regression is told of a unit: the covariates named in
// the study, all of them when none is, and the factors.
func (s *sheet) knows() []string {
	var names []string
	if b := s.model.Baseline; b != nil && len(b.Covariates) > 0 {
		names = append(names, b.Covariates...)
	} else {
		for _, v := range s.t.Schema.Variables {
			if v.Role == "covariate" && v.Derived == "" {
				names = append(names, v.Name)
			}
		}
	}
	for _, f := range s.t.Study.Factors {
		names = append(names, f.Name)
	}
	return names
}

func (p *predictors) add(a part, name string, levels []string) {
	p.parts = append(p.parts, a)
	if levels == nil {
		p.names = append(p.names, name)
		return
	}
	for _, l := range levels[1:] {
		p.names = append(p.names, name+l)
	}
}

// learn notes the means of the columns.
func (p *predictors) learn(x *mat.Dense) {
	n, _ := x.Dims()
	p.means = make([]float64, len(p.names))
	for c := range p.means {
		p.means[c] = mat.Sum(x.ColView(c)) / float64(n)
	}
}

// at puts the values of the columns for a unit and its earlier answers into x,
// and says whether all were there. What is missing is put at the means of the
// training people once they are learned.
func (p *predictors) at(x []float64, unit int32, earlier func(k int) float64) (complete bool) {
	complete = true
	x[0] = 1
	to := 1
	for _, a := range p.parts {
		var value float64
		switch {
		case a.column == nil:
			value = earlier(a.earlier)
		case a.levels > 0:
			value = code(a.column.Codes[unit])
		default:
			value = a.column.Nums[unit]
		}
		width := max(1, a.levels-1)
		if a.levels == 1 {
			width = 0
		}
		for j := range width {
			switch {
			case value != value:
				complete = false
				x[to+j] = 0
				if p.means != nil {
					x[to+j] = p.means[to+j]
				}
			case a.levels == 0:
				x[to] = value
			case int(value) == j+1:
				x[to+j] = 1
			default:
				x[to+j] = 0
			}
		}
		to += width
	}
	return complete
}

// code returns a code as a number, NaN where it is missing.
func code(k int32) float64 {
	if k < 0 {
		return math.NaN()
	}
	return float64(k)
}
