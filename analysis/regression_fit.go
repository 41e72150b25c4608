package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis/formula"
	"silico/analysis/frame"
)

// RegressionFits are the fitted models of a regression: what recovery builds
// on.
type RegressionFits struct {
	params  *Regression
	formula *formula.Formula
	sel     *selection
	fits    []*sourceFit
}

// sourceFit is the model fitted to one source.
type sourceFit struct {
	src      *sourceRows
	design   *formula.Design
	kept     []int     // columns of the design that have a coefficient
	refit    *refitter // nil where nothing could be fitted
	solution *solution
	coef     []Estimate // by column of the design
	ames     []Estimate
	whole    []Estimate // r2, loglik, n, groups
	warnings []Warning
}

// designEffect is a marginal effect on a design: slopes of a number, or the
// designs at a level and at the reference.
type designEffect struct {
	name   string
	per    float64
	to, of *formula.Variant
}

// designOf evaluates the formula on the rows of a source.
func (r *Regression) designOf(f *frame.Frame, form *formula.Formula, src *sourceRows) (*formula.Design, error) {
	opts := formula.Options{Reference: r.Reference, Weights: r.Weights}
	if r.SE.By != "" && r.SE.By != f.Schema.ID {
		opts.Complete = append(opts.Complete, r.SE.By)
	}
	return form.Design(f.Take(src.rows), opts)
}

// effectsOf returns the marginal effects of all predictors.
func (r *Regression) effectsOf(d *formula.Design) ([]designEffect, error) {
	var list []designEffect
	for _, name := range d.Predictors() {
		levels, ok := d.Levels(name)
		if !ok {
			v, err := d.Slopes(name)
			if err != nil {
				return nil, err
			}
			per := 1.0
			if p, ok := r.Per[name]; ok {
				per = p
			}
			list = append(list, designEffect{name: name, per: per, to: v})
			continue
		}
		if len(levels) == 0 {
			continue
		}
		of, err := d.At(name, levels[0])
		if err != nil {
			return nil, err
		}
		for _, l := range levels[1:] {
			to, err := d.At(name, l)
			if err != nil {
				return nil, err
			}
			list = append(list, designEffect{name: name + l, per: 1, to: to, of: of})
		}
	}
	return list, nil
}

// fit fits the model to a source. Trouble with the data is in the fit's
// warnings; an error is a mistake that only the data could show.
func (r *Regression) fit(f *frame.Frame, form *formula.Formula, src *sourceRows) (*sourceFit, error) {
	s := &sourceFit{src: src}
	if len(src.rows) == 0 {
		return s, nil
	}
	warn := func(term, format string, a ...any) {
		s.warnings = append(s.warnings, Warning{Term: term, Text: src.title() + ": " + fmt.Sprintf(format, a...)})
	}
	d, err := r.designOf(f, form, src)
	if err != nil {
		warn(src.Name, "%v.", err)
		return s, nil
	}
	s.design = d
	for _, w := range d.Warnings {
		warn(src.Name, "%s", w)
	}
	if d.Dropped > 0 {
		warn(src.Name, "%s dropped because a value in the formula is missing.", count(d.Dropped, "row was", "rows were"))
	}
	if why := r.unfit(d); why != "" {
		warn(src.Name, "%s", why)
		s.blank(why)
		return s, nil
	}
	s.kept = independent(d)
	for j, name := range d.Names {
		if !slices.Contains(s.kept, j) {
			warn(name, "%s is a sum of the terms before it and has no coefficient.", name)
		}
	}
	effects, err := r.effectsOf(d)
	if err != nil {
		return nil, err
	}
	person := make([]int32, len(d.Rows))
	for i, row := range d.Rows {
		person[i] = src.person[row]
	}
	s.refit = newRefitter(d, r.Family, s.kept, person, effects)
	s.solution = s.refit.fit(nil)
	if s.solution == nil {
		why := "the search for the maximum does not end"
		if r.Family == "logit" || r.Family == "probit" {
			why = "perfect separation: a combination of terms tells the outcome exactly for some rows, so no finite maximum exists"
		}
		warn(src.Name, "%s.", why)
		s.blank(why)
		s.refit = nil
		return s, nil
	}
	s.refit.start = s.solution.coef
	s.describe(r, f)
	return s, nil
}

// unfit says why nothing can be fitted to a design, "" when it can.
func (r *Regression) unfit(d *formula.Design) string {
	n, k := len(d.Rows), len(d.Names)
	if n == 0 {
		return "no row has all values of the formula."
	}
	if k == 0 {
		return "the formula has no terms."
	}
	constant := true
	for _, y := range d.Y {
		constant = constant && y == d.Y[0]
		if bad := r.outside(y); bad != "" {
			return bad
		}
	}
	if constant {
		return fmt.Sprintf("the outcome %s is the same in all rows, so nothing explains it.", d.Response)
	}
	if n <= k {
		return fmt.Sprintf("%d rows are too few for %d coefficients.", n, k)
	}
	return ""
}

// outside says why an outcome does not suit the family, "" when it does.
func (r *Regression) outside(y float64) string {
	switch {
	case (r.Family == "logit" || r.Family == "probit") && (y < 0 || y > 1):
		return r.Family + " needs an outcome between 0 and 1."
	case r.Family == "poisson" && y < 0:
		return "poisson needs an outcome that is not negative."
	}
	return ""
}

// blank gives every term and effect a number that is none, with the reason.
func (s *sourceFit) blank(why string) {
	why = strings.TrimSuffix(why, ".")
	if s.design == nil {
		return
	}
	for _, name := range s.design.Names {
		e := Number(Key{Source: s.src.Name, Term: name, Statistic: "coef"}, math.NaN())
		e.Why = why
		s.coef = append(s.coef, e)
	}
}

// independent returns the columns of a design that are no linear combination of
// those before them, as R's lm does: by orthogonalisation with tolerance 1e-7.
func independent(d *formula.Design) []int {
	n, k := len(d.Rows), len(d.Names)
	var kept []int
	var basis [][]float64
	for j := range k {
		v := make([]float64, n)
		before := 0.0
		for i := range n {
			v[i] = d.X.At(i, j)
			if d.Weights != nil && d.Weights[i] == 0 {
				v[i] = 0
			}
			before += v[i] * v[i]
		}
		for range 2 { // twice is enough for orthogonality to rounding
			for _, b := range basis {
				dot := 0.0
				for i := range v {
					dot += v[i] * b[i]
				}
				for i := range v {
					v[i] -= dot * b[i]
				}
			}
		}
		after := 0.0
		for _, x := range v {
			after += x * x
		}
		if before == 0 || math.Sqrt(after) < 1e-7*math.Sqrt(before) {
			continue
		}
		scale := 1 / math.Sqrt(after)
		for i := range v {
			v[i] *= scale
		}
		basis = append(basis, v)
		kept = append(kept, j)
	}
	return kept
}
