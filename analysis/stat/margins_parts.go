package stat

import "silico/analysis/formula"

// predictParts is predict over cells with parts: the predictions are made once
// a cell, and the rows behind their derivatives are counted by pattern.
func (r *Regression) predictParts(v *formula.Variant, beta []float64, o MarginOptions) (float64, []float64) {
	p := r.cells.parts
	w, total := r.shares(o)
	tables := p.over(v)
	etas := products(tables, beta, p)
	sums := sumRows(p.cells, 1+p.singles(), func(lo, hi int, acc []float64) {
		eta := make([]float64, blockRows)
		for from := lo; from < hi; from += blockRows {
			n := min(hi-from, blockRows)
			clear(eta)
			p.lookUp(eta[:n], from, etas)
			for i, e := range eta[:n] {
				mean, slope := r.Link.MeanAndSlope(e)
				acc[0] += w[from+i] * mean
				eta[i] = w[from+i] * slope
			}
			p.addSingles(acc[1:], from, eta[:n])
		}
	})
	jacobian := make([]float64, len(beta))
	for t, by := range p.split(sums[1:]) {
		tables[t].addTransposed(jacobian, by)
	}
	for j := range jacobian {
		jacobian[j] /= total
	}
	return sums[0] / total, jacobian
}

// slopeParts is slope over cells with parts.
func (r *Regression) slopeParts(v *formula.Variant, beta []float64, o MarginOptions) (float64, []float64) {
	p := r.cells.parts
	w, total := r.shares(o)
	here, along := p.over(nil), p.over(v)
	etas, bys := products(here, beta, p), products(along, beta, p)
	n := p.singles()
	sums := sumRows(p.cells, 1+2*n, func(lo, hi int, acc []float64) {
		eta, by := make([]float64, blockRows), make([]float64, blockRows)
		for from := lo; from < hi; from += blockRows {
			eta, by := eta[:min(hi-from, blockRows)], by[:min(hi-from, blockRows)]
			clear(eta)
			clear(by)
			p.lookUp(eta, from, etas)
			p.lookUp(by, from, bys)
			for i, e := range eta {
				s := w[from+i] * r.Link.Slope(e)
				acc[0] += s * by[i]
				eta[i], by[i] = s, w[from+i]*r.Link.Curve(e)*by[i]
			}
			p.addSingles(acc[1:1+n], from, eta)
			p.addSingles(acc[1+n:], from, by)
		}
	})
	jacobian := make([]float64, len(beta))
	for t, slopes := range p.split(sums[1 : 1+n]) {
		along[t].addTransposed(jacobian, slopes)
	}
	for t, curves := range p.split(sums[1+n:]) {
		here[t].addTransposed(jacobian, curves)
	}
	for j := range jacobian {
		jacobian[j] /= total
	}
	return sums[0] / total, jacobian
}

// shares returns the number of rows of each cell, or the sum of their weights,
// and the sum of it all.
func (r *Regression) shares(o MarginOptions) (w []float64, total float64) {
	if o.Weights == nil && r.Design.Weights == nil {
		return r.cells.w, float64(len(r.y))
	}
	m, _ := r.cells.dims()
	w = make([]float64, m)
	for i := range r.y {
		v := 1.0
		if o.Weights != nil {
			v = o.Weights[i]
		}
		w[r.cells.cell(i)] += v
		total += v
	}
	return w, total
}

// over returns the rows of a variant by part; v nil is the design itself.
func (p *partition) over(v *formula.Variant) []partTable {
	tables := make([]partTable, len(p.parts))
	for t := range p.parts {
		part := &p.parts[t]
		tables[t] = partTable{part.Columns, part.Values}
		if v != nil {
			tables[t].z = v.PartValues(part)
		}
	}
	return tables
}

// products returns the products of the rows of each pattern with coefficients.
func products(tables []partTable, beta []float64, p *partition) [][]float64 {
	list := make([][]float64, len(tables))
	for t := range tables {
		list[t] = tables[t].times(beta, p.patterns(t))
	}
	return list
}

// Sampling returns, for each effect on the mean of a predictor, the sum over
// rows of the squares of what a row adds to it when rows are drawn anew with
// their predictors:
//
//	Σ (Jᵀuᵢ + (vᵢ - v̄)/n)²,  uᵢ = A sᵢxᵢ
//
// with J the derivatives of the effect, vᵢ its value in a row, sᵢ the score of a
// row and A the inverse information; times n/(n-1) it is the variance of the
// effect. False for designs without parts, and with weights.
func (r *Regression) Sampling(e *Effects, o MarginOptions) (squares []float64, ok bool) {
	if r.cells == nil || r.cells.parts == nil || r.Design.Weights != nil || o.Weights != nil || r.ls.root == nil {
		return nil, false
	}
	values, err := r.effectsByCell(e, o)
	if err != nil {
		return nil, false
	}
	hc0, err := r.Covariance("HC0")
	if err != nil {
		return nil, false
	}
	n, total := r.shares(o)
	score, scored := make([]float64, len(n)), make([]float64, len(n)) // by cell
	for i, s := range r.score {
		score[r.cells.cell(i)] += s
	}
	for i, value := range e.Values {
		se, sum := e.se(hc0, i), 0.0
		for c, v := range values[i] {
			sum += n[c] * (v - value) * (v - value)
			scored[c] = score[c] * (v - value)
		}
		both := 0.0
		for a, x := range r.influenceOf(scored) {
			if j := r.ls.kept[a]; x != 0 {
				both += e.Jacobian.At(i, j) * x
			}
		}
		squares = append(squares, se*se+2*both/total+sum/(total*total))
	}
	return squares, true
}

// influenceOf returns A Xᵀv over the kept columns, v by cell.
func (r *Regression) influenceOf(v []float64) []float64 {
	n := r.Rank
	inner := make([]float64, n) // halfᵀ Zᵀv
	for a, x := range r.ls.transposed(v) {
		for b := a; b < n; b++ {
			inner[b] += r.ls.half[a*n+b] * x
		}
	}
	u := make([]float64, n)
	for a := range u {
		u[a] = dot(r.ls.root[a*n:(a+1)*n], inner)
	}
	return u
}

// effectsByCell returns the values of each effect in every cell.
func (r *Regression) effectsByCell(e *Effects, o MarginOptions) ([][]float64, error) {
	p, beta := r.cells.parts, r.used()
	means := func(level string) ([]float64, error) {
		v, err := r.Design.At(e.Variable, level)
		if err != nil {
			return nil, err
		}
		mu := make([]float64, p.cells)
		p.lookUp(mu, 0, products(p.over(v), beta, p))
		for c, eta := range mu {
			mu[c] = r.Link.Mean(eta)
		}
		return mu, nil
	}
	if e.Levels == nil && len(e.Values) == 1 {
		v, err := r.Design.Slopes(e.Variable)
		if err != nil {
			return nil, err
		}
		eta, by := make([]float64, p.cells), make([]float64, p.cells)
		p.lookUp(eta, 0, products(p.over(nil), beta, p))
		p.lookUp(by, 0, products(p.over(v), beta, p))
		step := o.Step
		if step == 0 {
			step = 1
		}
		for c := range by {
			by[c] *= step * r.Link.Slope(eta[c])
		}
		return [][]float64{by}, nil
	}
	base, err := means(e.Base)
	if err != nil {
		return nil, err
	}
	var values [][]float64
	for _, l := range e.Levels {
		mu, err := means(l)
		if err != nil {
			return nil, err
		}
		for c := range mu {
			mu[c] -= base[c]
		}
		values = append(values, mu)
	}
	return values, nil
}
