package collect

import (
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"silico/analysis/stat"
)

// regression predicts each answer from demographics, the factors of the
// experiment and the answers before it in the same conversation, main effects
// alone, and draws from what it predicts: a multinomial logit for answers with
// options, least squares with a residual of the training people for numbers.
// An earlier answer enters as it was drawn, with a column for each option but
// the first. It knows who answers and what was answered before; what persons
// have in common beyond that it does not know.
type regression struct {
	predictors []*predictors // of each outcome
	models     []predicted   // of each outcome; nil where there was nothing to learn
}

// predicted answers an outcome at the values of its columns.
type predicted interface {
	draw(s *sheet, row, outcome int, x []float64)
}

func learnRegression(s *sheet, l *lesson) (method, []string) {
	m := &regression{}
	var warnings []string
	for k := range s.outcomes {
		p := newPredictors(s, k)
		model, warning := fit(s, k, p, l)
		if warning != "" {
			warnings = append(warnings, s.outcomes[k].variable.Name+": "+warning)
		}
		m.predictors = append(m.predictors, p)
		m.models = append(m.models, model)
	}
	return m, warnings
}

func (m *regression) answer(s *sheet, row int) {
	for k := range s.outcomes {
		if m.models[k] == nil {
			continue
		}
		p := m.predictors[k]
		x := make([]float64, len(p.names))
		p.at(x, s.units[row], func(earlier int) float64 { return s.given(row, p.earlier[earlier]) })
		m.models[k].draw(s, row, k, x)
	}
}

// chances are those of the multinomial logit at the person, the item and the
// earlier answers.
func (m *regression) chances(s *sheet, row, outcome int, earlier func(int) float64, p []float64) bool {
	c, ok := m.models[outcome].(choices)
	if !ok {
		return false
	}
	by := m.predictors[outcome]
	x := make([]float64, len(by.names))
	by.at(x, s.units[row], func(k int) float64 { return earlier(by.earlier[k]) })
	for j, share := range c.logit.Probabilities(x, make([]float64, len(c.logit.Levels))) {
		p[c.logit.Kept[j]] = share
	}
	return true
}

// given returns the answer that a row of the sheet has given: the code of an
// option or a number; NaN where it is missing.
func (s *sheet) given(row, outcome int) float64 {
	if codes := s.codes[outcome]; codes != nil {
		return code(codes[row])
	}
	return s.answers[outcome].Float(row)
}

// fit learns an outcome from the training people who answered it.
func fit(s *sheet, k int, p *predictors, l *lesson) (predicted, string) {
	o := &s.outcomes[k]
	c := s.t.People.Col(o.variable.Name)
	if c == nil || o.options() == nil && !o.numeric() {
		return nil, ""
	}
	var codes []int32
	if o.options() != nil {
		codes = o.chosen(c)
	}
	var data, numbers []float64
	var answers []int
	x := make([]float64, len(p.names))
	for _, row := range l.rows {
		if c.Missing(int(row)) || codes != nil && codes[row] < 0 {
			continue
		}
		if !p.at(x, row, func(earlier int) float64 { return p.people[earlier](row) }) {
			continue // incomplete rows teach nothing
		}
		data = append(data, x...)
		if codes != nil {
			answers = append(answers, int(codes[row]))
		} else {
			numbers = append(numbers, c.Nums[row])
		}
	}
	if len(data) == 0 {
		return nil, "no training person answered it; it is missing"
	}
	design := mat.NewDense(len(data)/len(x), len(x), data)
	p.learn(design)
	if codes == nil {
		return newLine(design, numbers, o.whole())
	}
	logit := stat.NewMultinomial(design, p.names, answers, o.options(), nil)
	if logit.Separated {
		return choices{logit}, "the training people can be told apart perfectly in part (separation); probabilities are those of the limit"
	}
	return choices{logit}, ""
}

// choices draws an option from a multinomial logit.
type choices struct{ logit *stat.Multinomial }

func (c choices) draw(s *sheet, row, outcome int, x []float64) {
	p := c.logit.Probabilities(x, make([]float64, len(c.logit.Levels)))
	u := s.stream(row, s.outcomes[outcome].question).Float64()
	last := len(p) - 1
	for j, share := range p {
		if u < share || j == last {
			s.choose(row, outcome, int32(c.logit.Kept[j]))
			return
		}
		u -= share
	}
}

// line adds a residual of the training people to what least squares predicts.
type line struct {
	coef      []float64
	residuals []float64 // sorted
	whole     bool      // only whole numbers are given
}

// newLine fits a number by least squares. Columns that say the same thing
// share the weight (the solution of least norm), which changes no prediction.
func newLine(x *mat.Dense, y []float64, whole bool) (predicted, string) {
	var svd mat.SVD
	if !svd.Factorize(x, mat.SVDThin) {
		return nil, "least squares found no solution; it is missing"
	}
	var b mat.VecDense
	// 1e-10 of the largest singular value is no direction of its own: single
	// columns differ by at most a few powers of ten in a study.
	svd.SolveVecTo(&b, mat.NewVecDense(len(y), y), svd.Rank(1e-10))
	l := &line{coef: b.RawVector().Data, whole: whole}
	for i, v := range y {
		l.residuals = append(l.residuals, v-floats.Dot(l.coef, x.RawRowView(i)))
	}
	slices.Sort(l.residuals)
	return l, ""
}

func (l *line) draw(s *sheet, row, outcome int, x []float64) {
	o := &s.outcomes[outcome]
	r := s.stream(row, o.question)
	value := floats.Dot(l.coef, x) + l.residuals[r.IntN(len(l.residuals))]
	s.answers[outcome].Nums[row] = o.cut(value, l.whole)
}
