package stat

import (
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// finish brings the estimates back to the columns as they were given.
func (m *MixedModel) finish(p *mixedProfile, theta []float64) {
	r, n := m.Rank, float64(m.N)
	sigma2 := p.rss() / p.nu
	m.LogLik = -p.deviance / 2
	params := float64(r + p.thetas + 1)
	m.AIC = -2*m.LogLik + 2*params
	m.BIC = -2*m.LogLik + math.Log(n)*params

	tail := p.solveTail()
	gamma := make([]float64, r)
	for a := range r {
		gamma[a] = p.fixed.gamma[a] + tail[p.random+a]
	}
	m.Coef = p.fixed.back(gamma)
	m.fixedCovariance(p, sigma2)
	m.components(p, sigma2)
	m.modes(p, tail)
	m.shares(p, sigma2)
	m.sayPeculiar(p, theta)
}

// solveTail returns the scaled random effects of the tail and the change of the
// fixed effects, over their coordinates, then -1 for the outcome.
func (p *mixedProfile) solveTail() []float64 {
	v := make([]float64, p.size)
	last := p.size - 1
	v[last] = -1
	for i := last - 1; i >= 0; i-- {
		sum := 0.0
		for j := i + 1; j < p.size; j++ {
			sum -= p.r[i*p.size+j] * v[j]
		}
		v[i] = sum / p.r[i*p.size+i]
	}
	return v
}

// fixedCovariance is σ² U T Tᵀ Uᵀ with T the inverse of the factor's block.
func (m *MixedModel) fixedCovariance(p *mixedProfile, sigma2 float64) {
	r := m.Rank
	t := make([]float64, r*r)
	for a := range r {
		for b := a; b < r; b++ {
			t[a*r+b] = p.inverse[(p.random+a)*p.size+p.random+b]
		}
	}
	root := product(p.fixed.u, t, r)
	for a, ja := range p.fixed.kept {
		for b := a; b < r; b++ {
			m.cov.SetSym(ja, p.fixed.kept[b], sigma2*dot(root[a*r:(a+1)*r], root[b*r:(b+1)*r]))
		}
	}
}

// covariance returns the covariance of a term's effects, Σ = σ² U ΛΛᵀ Uᵀ.
func (t *mixedTerm) covariance(p *mixedProfile, sigma2 float64) *mat.SymDense {
	q, qf, l := t.q, p.factors[t.factor].q, p.lambda[t.factor]
	own := make([]float64, q*q)
	for a := range q {
		copy(own[a*q:a*q+a+1], l[(t.at+a)*qf+t.at:])
	}
	root := product(t.u, own, q)
	s := mat.NewSymDense(q, nil)
	for a := range q {
		for b := a; b < q; b++ {
			s.SetSym(a, b, sigma2*dot(root[a*q:(a+1)*q], root[b*q:(b+1)*q]))
		}
	}
	return s
}

// components lists variances and then covariances, term by term, as R's
// as.data.frame(VarCorr(m)) does.
func (m *MixedModel) components(p *mixedProfile, sigma2 float64) {
	for i := range p.terms {
		t := &p.terms[i]
		s := t.covariance(p, sigma2)
		for a, name := range t.names {
			m.Components = append(m.Components, VarianceComponent{Group: t.group, Var1: name, Variance: s.At(a, a), SD: math.Sqrt(s.At(a, a))})
		}
		for a := range t.names {
			for b := a + 1; b < t.q; b++ {
				m.Components = append(m.Components, VarianceComponent{
					Group: t.group, Var1: t.names[a], Var2: t.names[b], Variance: s.At(a, b),
					SD: s.At(a, b) / math.Sqrt(s.At(a, a)*s.At(b, b)),
				})
			}
		}
	}
	m.Components = append(m.Components, VarianceComponent{Group: "Residual", Variance: sigma2, SD: math.Sqrt(sigma2)})
	if len(p.terms) == 1 && p.terms[0].q == 1 && p.terms[0].names[0] == "(Intercept)" {
		m.ICC = m.Components[0].Variance / (m.Components[0].Variance + sigma2)
	}
}

// modes computes the random effects, b = U Λ u.
func (m *MixedModel) modes(p *mixedProfile, tail []float64) {
	main := p.first()
	for f := range p.factors {
		fac := &p.factors[f]
		g := RandomEstimates{Group: fac.name, Levels: fac.levels}
		for _, t := range p.terms {
			if t.factor == f {
				g.Names = append(g.Names, t.names...)
			}
		}
		u := make([]float64, fac.q)
		for level := range fac.levels {
			if f == main {
				clear(u)
				for k := p.start[level]; k < p.start[level+1]; k++ {
					for a := range u {
						u[a] -= p.solved[k*fac.q+a] * tail[p.cols[k]]
					}
				}
			} else {
				copy(u, tail[fac.offset+level*fac.q:])
			}
			g.Effects = append(g.Effects, p.unscale(f, u))
		}
		m.Groups = append(m.Groups, g)
	}
}

// unscale returns UΛu, term by term.
func (p *mixedProfile) unscale(factor int, u []float64) []float64 {
	q, l := p.factors[factor].q, p.lambda[factor]
	v := make([]float64, q)
	for a := range q {
		v[a] = dot(l[a*q:a*q+a+1], u)
	}
	b := make([]float64, q)
	for _, t := range p.terms {
		if t.factor != factor {
			continue
		}
		for a := range t.q {
			b[t.at+a] = dot(t.u[a*t.q+a:(a+1)*t.q], v[t.at+a:])
		}
	}
	return b
}

// shares computes ICC-like shares of variance: of the fixed predictor over the
// rows, and of the random effects, the mean of zᵀΣz.
func (m *MixedModel) shares(p *mixedProfile, sigma2 float64) {
	rows := len(m.Design.Y)
	fixed := make([]float64, rows)
	for i := range fixed {
		for j, b := range m.Coef {
			if !math.IsNaN(b) {
				fixed[i] += b * m.Design.X.At(i, j)
			}
		}
	}
	_, explained := varianceOf(fixed)
	random := 0.0
	for i := range p.terms {
		t := &p.terms[i]
		s := t.covariance(p, sigma2)
		for k := range rows {
			z := t.z.RawRowView(k)
			for a := range t.q {
				for b := range t.q {
					random += z[a] * s.At(a, b) * z[b]
				}
			}
		}
	}
	random /= float64(rows)
	all := explained + random + sigma2
	m.R2Marginal, m.R2Conditional = explained/all, (explained+random)/all
}

// sayPeculiar warns of variances of zero.
func (m *MixedModel) sayPeculiar(p *mixedProfile, theta []float64) {
	var flat []string
	for _, t := range p.terms {
		for a := range t.q {
			if theta[t.theta+a*(a+3)/2] < mixedSingular {
				flat = append(flat, t.names[a]+" by "+t.group)
			}
		}
	}
	if len(flat) > 0 {
		m.Singular = true
		m.Warnings = append(m.Warnings, "singular fit: no variance is left for "+strings.Join(flat, ", ")+
			"; the data do not support these random effects")
	}
}
