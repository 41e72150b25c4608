package stat

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"silico/analysis/formula"
	"silico/analysis/frame"
)

// Stacked compares the coefficients of one model between sources: people and
// their models, women and men. All rows are stacked, and every term, the
// intercept among them, may differ by source; whether it does is a Wald test.
type Stacked struct {
	Fit      *Regression   // y ~ (terms) * source
	Levels   []string      // of the source that have rows, the reference first
	Separate []*Regression // the model of each source alone
	Columns  []int         // of Fit: all with the source
	Slopes   []int         // of Fit: those of the source with another term
}

// NewStacked fits the stacked and the separate models. Rows without a source
// are dropped, and by opts.Complete rows without a cluster, which for the same
// respondent in several sources is the respondent. Test with
//
//	s.Fit.Joint(covariance, s.Slopes)
//
// under a covariance of s.Fit: classical takes errors for equal in all sources.
// R: the interactions of glm(y ~ (terms) * source) with car::linearHypothesis.
func NewStacked(f *formula.Formula, data *frame.Frame, source string, family Family, link Link, opts formula.Options) (*Stacked, error) {
	c := data.Col(source)
	if c == nil {
		return nil, fmt.Errorf("stack by %q: there is no such column", source)
	}
	if slices.Contains(f.Names(), source) {
		return nil, fmt.Errorf("stack by %q: the formula has it already", source)
	}
	if c.Kind == frame.Number {
		data = data.With(numberLevels(c))
	}
	d, err := f.Interact(source).Design(data, opts)
	if err != nil {
		return nil, err
	}
	s := &Stacked{Fit: fitted(d, family, link)}
	s.columns(source)
	levels, _ := d.Levels(source)
	complete := data.Take(d.Rows)
	alone := opts
	alone.Subset = ""
	for _, level := range levels {
		col := complete.Col(source)
		rows := complete.Filter(func(i int) bool { return col.String(i) == level })
		one, err := f.Design(rows, alone)
		if err != nil {
			return nil, err
		}
		s.Levels = append(s.Levels, level)
		s.Separate = append(s.Separate, fitted(one, family, link))
	}
	if len(s.Levels) < 2 {
		s.Fit.Warnings = append(s.Fit.Warnings, fmt.Sprintf("%s has %d levels in the rows that are used; there is nothing to compare", source, len(s.Levels)))
	}
	return s, nil
}

// fitted fits a linear model for the gaussian family, whose tests are exact,
// and a generalised one for others.
func fitted(d *formula.Design, family Family, link Link) *Regression {
	if family == Gaussian && link == Identity {
		return OLS(d)
	}
	return GLM(d, family, link)
}

// numberLevels returns a number column as a factor of its values in ascending
// order.
func numberLevels(c *frame.Column) *frame.Column {
	distinct := map[float64]bool{}
	for _, x := range c.Nums {
		if !math.IsNaN(x) {
			distinct[x] = true
		}
	}
	var xs []float64
	for x := range distinct {
		xs = append(xs, x)
	}
	slices.Sort(xs)
	levels, texts := make([]string, len(xs)), make([]string, len(c.Nums))
	for k, x := range xs {
		levels[k] = strconv.FormatFloat(x, 'g', -1, 64)
	}
	for i := range texts {
		texts[i] = c.String(i)
	}
	return frame.Factors(c.Name, texts, levels)
}

// columns finds the columns of the source. It is the last variable of the
// formula, so that its levels end the labels of its terms.
func (s *Stacked) columns(source string) {
	d := s.Fit.Design
	for t, variables := range d.TermVariables() {
		if !slices.Contains(variables, source) {
			continue
		}
		for j, a := range d.Assign {
			if a != t+1 {
				continue
			}
			s.Columns = append(s.Columns, j)
			if len(variables) > 1 {
				s.Slopes = append(s.Slopes, j)
			}
		}
	}
}

// Differences returns the coefficients of one separate model less those of
// another, with errors √(se₁² + se₂²) under the named covariance of each, as
// of independent samples, and the normal distribution. It is nil when the two
// models have different columns. Clogg, Petkova & Haritou (1995),
// doi:10.1086/230638.
func (s *Stacked) Differences(of, from int, kind string, conf float64) ([]Coefficient, error) {
	a, b := s.Separate[of], s.Separate[from]
	if !slices.Equal(a.Names, b.Names) {
		return nil, nil
	}
	va, err := a.Covariance(kind)
	if err != nil {
		return nil, err
	}
	vb, err := b.Covariance(kind)
	if err != nil {
		return nil, err
	}
	lines := make([]Coefficient, len(a.Names))
	for j, name := range a.Names {
		se := math.Sqrt(va.V.At(j, j) + vb.V.At(j, j))
		lines[j] = newCoefficient(name, a.Coef[j]-b.Coef[j], se, math.Inf(1), conf)
	}
	return lines, nil
}

// Recovery says how close the slopes of a source are to those of a reference.
// Coefficients are compared by position; the first, the intercept, is left out.
type Recovery struct {
	Correlation float64 // Pearson's; NaN below three slopes
	Signs       float64 // share of slopes with the same sign
	MeanError   float64 // mean absolute difference
	RootError   float64 // root of the mean squared difference
	Inside      float64 // share inside the reference's 95 % interval (normal)
}

// Recover compares slopes, without the intercept; se are the errors of the
// reference.
func Recover(reference, se, other []float64) Recovery {
	r := Recovery{Correlation: nan, Signs: nan, MeanError: nan, RootError: nan, Inside: nan}
	n := float64(len(reference))
	if n == 0 || len(other) != len(reference) {
		return r
	}
	if n > 2 {
		r.Correlation = Pearson(reference, other, 0.95).R
	}
	signs, absolute, squared, inside := 0.0, 0.0, 0.0, 0.0
	reach := normalQuantile(0.975)
	for j, b := range reference {
		d := other[j] - b
		if (b > 0) == (other[j] > 0) && (b < 0) == (other[j] < 0) {
			signs++
		}
		absolute += math.Abs(d)
		squared += d * d
		if math.Abs(d) <= reach*se[j] {
			inside++
		}
	}
	r.Signs, r.MeanError, r.RootError, r.Inside = signs/n, absolute/n, math.Sqrt(squared/n), inside/n
	return r
}
