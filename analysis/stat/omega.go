package stat

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Omega is McDonald's reliability of the sum of items that share one factor.
type Omega struct {
	N, K     int
	Value    float64
	Loadings []float64 // of the standardised items, positive in sum
	Unique   []float64 // variance of each standardised item that the factor leaves
	Note     string    // why numbers are NaN, or what to mind; "" when there is nothing to say
}

// McDonaldOmega returns ω_total of a model with one factor,
//
//	ω = (Σ λ)² / ((Σ λ)² + Σ θ),
//
// fitted to the correlations of the items by maximum likelihood, so it is the
// reliability of the sum of standardised items; α is a lower bound of it when
// the model holds. rows are as in CronbachAlpha. Unlike α it does not need
// equal loadings, but it needs one factor. Unique variances are kept at .005 or
// above, as R's factanal does, and a note says when one is there (a Heywood
// case). NaN with a note for fewer than three items, no more rows than items,
// or an item that does not vary. McDonald (1999), Test Theory. R:
// psych::omega(nfactors = 1, fm = "ml")$omega.tot from factanal's loadings.
func McDonaldOmega(rows [][]float64) Omega {
	rows = presentRows(rows)
	o := Omega{N: len(rows), Value: nan}
	if o.N > 0 {
		o.K = len(rows[0])
	}
	if o.K < 3 || o.N <= o.K {
		o.Note = "fewer than three items, or no more complete respondents than items"
		return o
	}
	c := covariances(rows)
	r := mat.NewSymDense(o.K, nil)
	for i := range o.K {
		if c.At(i, i) == 0 {
			o.Note = "an item does not vary"
			return o
		}
		for j := range i + 1 {
			r.SetSym(i, j, c.At(i, j)/math.Sqrt(c.At(i, i)*c.At(j, j)))
		}
	}
	f, ok := oneFactor(r)
	if !ok {
		o.Note = "the factor model did not converge"
		return o
	}
	o.Loadings, o.Unique = f.loadings, f.unique
	sum, rest := 0.0, 0.0
	for i, l := range o.Loadings {
		sum += l
		rest += o.Unique[i]
		if o.Unique[i] <= leastUnique {
			o.Note = "a unique variance is at its lower bound (Heywood case)"
		}
	}
	o.Value = sum * sum / (sum*sum + rest)
	return o
}

// leastUnique is the lower bound of a unique variance, factanal's.
const leastUnique = 0.005

type factorFit struct{ loadings, unique []float64 }

// oneFactor fits a factor model of one factor to a correlation matrix by
// maximum likelihood, iterating λ and θ by EM (Rubin and Thayer 1982,
// doi:10.1007/BF02293851), sped up by squared extrapolation (Varadhan and
// Roland 2008, doi:10.1111/j.1467-9469.2007.00585.x) until nothing changes by
// more than 1e-10.
func oneFactor(r *mat.SymDense) (factorFit, bool) {
	k := r.SymmetricDim()
	step := func(p []float64) []float64 {
		// p holds λ, then θ. β = λᵀΣ⁻¹ = (λ/θ)ᵀ/(1 + Σ λ²/θ).
		s := 1.0
		for i := range k {
			s += p[i] * p[i] / p[k+i]
		}
		beta := make([]float64, k)
		for i := range k {
			beta[i] = p[i] / p[k+i] / s
		}
		cov, size := make([]float64, k), 1.0 // of items with the factor; E f²
		for i := range k {
			for j := range k {
				cov[i] += r.At(i, j) * beta[j]
			}
		}
		for i := range k {
			size += beta[i] * (cov[i] - p[i])
		}
		next := make([]float64, 2*k)
		for i := range k {
			next[i] = cov[i] / size
			next[k+i] = max(leastUnique, r.At(i, i)-next[i]*cov[i])
		}
		return next
	}
	p := make([]float64, 2*k)
	first := leadingVector(r)
	for i := range k {
		p[i] = first[i] * 0.8
		p[k+i] = max(leastUnique, 1-p[i]*p[i])
	}
	for range 5000 {
		p1 := step(p)
		p2 := step(p1)
		var rr, vv, change float64
		for i := range p {
			a, b := p1[i]-p[i], p2[i]-2*p1[i]+p[i]
			rr += a * a
			vv += b * b
			change = max(change, math.Abs(p2[i]-p1[i]))
		}
		if change < 1e-11 {
			return signed(p2, k), true
		}
		alpha := -1.0
		if vv > 0 {
			alpha = min(-1, -math.Sqrt(rr/vv))
		}
		next := make([]float64, len(p))
		for i := range p {
			next[i] = p[i] - 2*alpha*(p1[i]-p[i]) + alpha*alpha*(p2[i]-2*p1[i]+p[i])
			if i >= k {
				next[i] = min(max(leastUnique, next[i]), 1)
			}
		}
		if factorMisfit(r, next) > factorMisfit(r, p2) {
			next = p2
		}
		p = next
	}
	return factorFit{}, false
}

// factorMisfit returns log|Σ| + tr(Σ⁻¹R) of one factor.
func factorMisfit(r *mat.SymDense, p []float64) float64 {
	k := r.SymmetricDim()
	s, f := 1.0, 0.0
	for i := range k {
		s += p[i] * p[i] / p[k+i]
		f += math.Log(p[k+i]) + r.At(i, i)/p[k+i]
	}
	q := 0.0
	for i := range k {
		for j := range k {
			q += p[i] / p[k+i] * r.At(i, j) * p[j] / p[k+j]
		}
	}
	return f + math.Log(s) - q/s
}

// leadingVector returns the first eigenvector times the root of its eigenvalue.
func leadingVector(r *mat.SymDense) []float64 {
	var e mat.EigenSym
	k := r.SymmetricDim()
	v := make([]float64, k)
	if !e.Factorize(r, true) {
		return filled(k, 0.7)
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	root := math.Sqrt(max(0, e.Values(nil)[k-1]))
	for i := range v {
		v[i] = vectors.At(i, k-1) * root
	}
	return v
}

// signed turns the factor so that its loadings are positive in sum.
func signed(p []float64, k int) factorFit {
	f := factorFit{p[:k:k], p[k:]}
	s := 0.0
	for _, l := range f.loadings {
		s += l
	}
	if s < 0 {
		for i := range f.loadings {
			f.loadings[i] = -f.loadings[i]
		}
	}
	return f
}
