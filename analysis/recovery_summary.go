package analysis

import (
	"math"

	"silico/analysis/formula"
	"silico/analysis/stat"
)

// summary is viewOf without the respondents, for a source whose respondents
// have a row each: the sums that comparisons need are then those of the rows,
// and the model knows them without an influence for each of them. It is nil
// where the model does not.
func (r *recoveryRun) summary(s *sourceFit) (*view, error) {
	p := r.fits.params
	if s.fitted == nil || s.fitted.separated || s.fitted.family == stat.NegativeBinomial || p.Weights != "" || shares(r.fits.sel.frame) != nil || s.src.people != len(s.src.rows) {
		return nil, nil
	}
	d, err := p.designOf(r.fits.sel.frame, r.fits.formula, s.src, formula.Options{Parts: true})
	if err != nil || d.Parts == nil {
		return nil, err
	}
	m := p.model(d, s.fitted.family, s.fitted.link)
	hc0, err := m.Covariance("HC0")
	if err != nil {
		return nil, err
	}
	n := float64(m.N)
	v := &view{src: s.src, r2: s.fitted.r2, respond: m.N}
	var columns []int
	for j, name := range m.Names {
		if name == intercept || math.IsNaN(m.Coef[j]) {
			continue
		}
		columns = append(columns, j)
		v.terms, v.coef = append(v.terms, name), append(v.coef, m.Coef[j])
		v.se = append(v.se, math.Sqrt(n/(n-1))*hc0.SE(j))
	}
	for _, a := range columns {
		for _, b := range columns {
			v.cross = append(v.cross, hc0.V.At(a, b))
		}
	}
	for _, name := range d.Predictors() {
		o := stat.MarginOptions{Step: p.step(name)}
		effects, err := m.Margins(name, o)
		if err != nil {
			return nil, err
		}
		squares, ok := m.Sampling(effects, o)
		if !ok {
			return nil, nil
		}
		for i, x := range effects.Values {
			level := ""
			if effects.Levels != nil {
				level = effects.Levels[i]
			}
			v.effects, v.ame = append(v.effects, name+level), append(v.ame, x)
		}
		v.squares = append(v.squares, squares...)
	}
	return v, nil
}
