package stat

// DesignEffect returns by how much the variance of the share of each category,
// pooled over items, exceeds that of as many independent answers,
//
//	V(p) / (p(1-p)/rows),
//
// V the variance with the person as unit (ShareVariance), rows the answers
// given. It is 1 when a person's answers have nothing to do with each other and
// near the number of items when a person gives always the same answer; NaN for
// a category that nobody or everybody chose. For panels of counts. R:
// survey::svymean(deff = TRUE) is near.
func (p *Panel) DesignEffect() []float64 {
	share, v := p.ShareVariance(-1)
	rows := 0.0
	for _, n := range p.n {
		rows += n
	}
	d := make([]float64, len(share))
	for c, s := range share {
		d[c] = v[c] * rows / (s * (1 - s))
		if s == 0 || s == 1 {
			d[c] = nan
		}
	}
	return d
}
