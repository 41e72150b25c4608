package stat

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// Covariance is an estimate of the covariance of a regression's coefficients.
type Covariance struct {
	Type     string
	V        *mat.SymDense // by column; NaN for columns that were dropped or are separated
	DF       []float64     // by column: degrees of freedom of its t statistic, infinite for z
	Groups   []int         // number of clusters, by way of clustering; nil without clusters
	Warnings []string
}

// SE returns the standard error of a column, NaN where there is none. R:
// sqrt(diag(vcov)).
func (c *Covariance) SE(column int) float64 { return math.Sqrt(c.V.At(column, column)) }

// WithDF returns the covariance with the given degrees of freedom for every
// column.
func (c *Covariance) WithDF(df float64) *Covariance {
	d := *c
	d.DF = make([]float64, len(c.DF))
	for j := range d.DF {
		d.DF[j] = df
	}
	return &d
}

// CovarianceTypes are the names that Regression.Covariance knows.
var CovarianceTypes = []string{"classical", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1", "CR1S", "CR2", "observed", "survey"}

// Clustered says whether a type of covariance needs clusters.
func Clustered(kind string) bool { return strings.HasPrefix(kind, "CR") }

// Covariance returns the covariance of the coefficients. With A = (XᵀWX)⁻¹, sᵢ
// the score of a row (weight times residual in a linear model) and hᵢ its
// leverage, it is
//
//	classical  φ A
//	observed   the inverse of the observed information (joint with θ in a
//	           negative binomial model)
//	HC0        A Σ sᵢ² xᵢxᵢᵀ A                     White (1980)
//	HC1        HC0 · n/(n-k)
//	HC2, HC3   with sᵢ²/(1-hᵢ), sᵢ²/(1-hᵢ)²         MacKinnon and White (1985)
//	CR0        A Σ_g u_g u_gᵀ A, u_g = Σ_{i in g} sᵢxᵢ   Liang and Zeger (1986)
//	CR1        CR0 · G/(G-1)
//	CR1S       CR0 · G/(G-1) · (n-1)/(n-k)
//	survey     design-based: CR0 over sampled units, centred within strata, times
//	           G/(G-1) by stratum (Binder 1983, doi:10.2307/1402588)
//	CR2        Bell and McCaffrey (2002), with Satterthwaite degrees of freedom
//
// clusters gives a code for each row of the design, one list for one-way
// clustering; for survey, the primary sampling units, none for rows, and behind
// them the strata. With two, V = V₁ + V₂ - V₁₂ (Cameron, Gelbach and Miller 2011,
// doi:10.1198/jbes.2010.07136), each with its own factor, or adjustment for CR2.
//
// Degrees of freedom: n-k for linear models; G-1 with clusters, of the smaller
// way; units - strata + 1 - k for survey; Satterthwaite's for CR2, with two ways
// the smaller; infinite for others.
// A row with hᵢ = 1 makes HC2 and HC3 NaN. One cluster gives NaN, with a warning.
// Rows of weight 0 count for nothing; sandwich 3.0 scales HC by their share.
//
// R: vcov, sandwich::vcovHC, sandwich::vcovCL (CR1S is its HC1, CR1 its HC0
// with cadjust), clubSandwich::vcovCR and coef_test (CR2), survey::svyglm.
func (r *Regression) Covariance(kind string, clusters ...[]int) (*Covariance, error) {
	if !slices.Contains(CovarianceTypes, kind) {
		return nil, fmt.Errorf("unknown type of standard error %q; there are %s", kind, strings.Join(CovarianceTypes, ", "))
	}
	ways := 0
	if Clustered(kind) {
		ways = 2
	}
	if kind == "survey" {
		return r.survey(clusters)
	}
	if len(clusters) > ways || ways > 0 && len(clusters) == 0 {
		return nil, fmt.Errorf("standard errors of type %s have %s; %d given", kind, map[int]string{0: "no clusters", 2: "one or two ways of clustering"}[ways], len(clusters))
	}
	c := &Covariance{Type: kind, DF: make([]float64, len(r.Names))}
	if r.ls == nil || r.ls.root == nil {
		c.V = nanMatrix(len(r.Names))
		return c.withDF(nan), nil
	}
	df := math.Inf(1)
	if r.kind == "ols" {
		df = r.DF
		if !(df > 0) {
			df = nan
		}
	}
	c = c.withDF(df)
	switch {
	case kind == "classical":
		c.V = r.spread(nil, r.Dispersion)
	case kind == "observed":
		c.V = r.observedCovariance()
	case kind == "CR2":
		r.bellMcCaffrey(c, clusters[0])
		if len(clusters) == 2 {
			r.otherWay(c, clusters)
		}
	case Clustered(kind):
		r.clusterRobust(c, clusters)
	default:
		r.heteroscedastic(c)
	}
	return c, nil
}

// refuseNegative takes the variances that two-way clustering may make negative.
func (r *Regression) refuseNegative(c *Covariance) {
	for j, name := range r.Names {
		if c.V.At(j, j) < 0 {
			c.Warnings = append(c.Warnings, "two-way clustering gives "+name+" a negative variance")
			c.V.SetSym(j, j, nan)
		}
	}
}

func (c *Covariance) withDF(df float64) *Covariance { return c.WithDF(df) }

func nanMatrix(k int) *mat.SymDense {
	v := mat.NewSymDense(max(1, k), nil)
	for i := range max(1, k) {
		for j := i; j < k; j++ {
			v.SetSym(i, j, nan)
		}
	}
	return v
}

// spread returns factor · root M rootᵀ over all columns, where M is given in
// the coordinates in which the information is the identity; M nil is the
// identity. Dropped and moving columns are NaN.
func (r *Regression) spread(m []float64, factor float64) *mat.SymDense {
	n := r.Rank
	left := r.ls.root
	if m != nil {
		left = product(r.ls.root, m, n)
	}
	v := nanMatrix(len(r.Names))
	for a, ja := range r.ls.kept {
		for b := a; b < n; b++ {
			jb := r.ls.kept[b]
			x := factor * dot(left[a*n:(a+1)*n], r.ls.root[b*n:(b+1)*n])
			if r.moving != nil && (r.moving[ja] || r.moving[jb]) {
				x = nan
			}
			v.SetSym(ja, jb, x)
		}
	}
	return v
}

// inward returns halfᵀ M half: a sum of zᵢzᵢᵀ in the coordinates in which the
// information is the identity.
func (r *Regression) inward(m []float64) []float64 {
	n := r.Rank
	t := make([]float64, n*n)
	for i := range n {
		for j := range n {
			t[i*n+j] = r.ls.half[j*n+i]
		}
	}
	return product(product(t, m, n), r.ls.half, n)
}

// leverages returns the leverage of each row, wᵢ xᵢᵀ A xᵢ.
func (r *Regression) leverages() []float64 {
	n := r.Rank
	m, _ := r.cells.dims()
	lengths := make([]float64, m) // |halfᵀ z|²
	sumRows(m, 0, func(lo, hi int, _ []float64) {
		q := make([]float64, n)
		r.ls.blocks(lo, hi, func(from int, z []float64) {
			for i := range len(z) / n {
				clear(q)
				for a, v := range z[i*n : (i+1)*n] {
					for b := a; b < n; b++ {
						q[b] += v * r.ls.half[a*n+b]
					}
				}
				lengths[from+i] = dot(q, q)
			}
		})
	})
	h := make([]float64, len(r.y))
	for i := range h {
		h[i] = r.info[i] * lengths[r.cells.cell(i)]
	}
	return h
}

// heteroscedastic computes HC0 to HC3.
func (r *Regression) heteroscedastic(c *Covariance) {
	m, _ := r.cells.dims()
	var h []float64
	if c.Type == "HC2" || c.Type == "HC3" {
		h = r.leverages()
	}
	full := 0
	omega := make([]float64, m) // by cell
	for i, s := range r.score {
		v := s * s
		if h != nil && r.info[i] > 0 {
			left := 1 - h[i]
			if left < 1e-10 {
				full++
				left = nan
			}
			v /= left
			if c.Type == "HC3" {
				v /= left
			}
		}
		omega[r.cells.cell(i)] += v
	}
	if full > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%d rows have a leverage of 1: nothing but them decides a coefficient, and %s does not exist", full, c.Type))
	}
	factor := 1.0
	if c.Type == "HC1" {
		n := float64(r.N)
		factor = n / (n - float64(r.Rank))
		if n <= float64(r.Rank) {
			factor = nan
		}
	}
	c.V = r.spread(r.inward(r.ls.gram(omega)), factor)
}

// clusterRobust computes CR0, CR1 and CR1S over one or two ways.
func (r *Regression) clusterRobust(c *Covariance, clusters [][]int) {
	total := make([]float64, r.Rank*r.Rank)
	add := func(codes []int, sign float64) int {
		m, g := r.clusterSums(codes)
		factor := sign
		if c.Type != "CR0" {
			factor *= float64(g) / float64(g-1)
		}
		for i, v := range m {
			total[i] += factor * v
		}
		return g
	}
	for _, codes := range clusters {
		c.Groups = append(c.Groups, add(codes, 1))
	}
	if len(clusters) == 2 {
		add(bothWays(clusters[0], clusters[1]), -1)
	}
	fewest := slices.Min(c.Groups)
	factor := 1.0
	if c.Type == "CR1S" {
		factor = (float64(r.N) - 1) / r.DF
	}
	if fewest < 2 {
		factor = nan
		c.Warnings = append(c.Warnings, "all rows are in one cluster, so that errors cannot be clustered")
	} else if fewest < 10 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("there are only %d clusters; CR2 or a wild cluster bootstrap is closer to the truth", fewest))
	}
	c.V = r.spread(r.inward(total), factor)
	if len(clusters) == 2 {
		r.refuseNegative(c)
	}
	if r.kind == "ols" {
		df := float64(fewest - 1)
		if fewest < 2 {
			df = nan
		}
		copy(c.DF, c.WithDF(df).DF)
	}
}

// bothWays codes the pairs of two codes.
func bothWays(a, b []int) []int {
	at := map[[2]int]int{}
	codes := make([]int, len(a))
	for i := range a {
		pair := [2]int{a[i], b[i]}
		k, ok := at[pair]
		if !ok {
			k = len(at)
			at[pair] = k
		}
		codes[i] = k
	}
	return codes
}

// clusterSums returns Σ u_g u_gᵀ over Z, with u_g = Σ sᵢzᵢ, and the number of
// clusters. A negative code is a cluster of its own kind and panics: rows
// without a cluster are dropped by formula.Options.Complete.
func (r *Regression) clusterSums(codes []int) ([]float64, int) {
	n := r.Rank
	if len(codes) != len(r.score) {
		panic(fmt.Sprintf("stat: %d cluster codes for %d rows", len(codes), len(r.score)))
	}
	groups, present := 0, []bool{}
	for i, g := range codes {
		if g < 0 {
			panic(fmt.Sprintf("stat: row %d has no cluster", i))
		}
		for g >= len(present) {
			present = append(present, false)
		}
		if !present[g] {
			present[g] = true
			groups++
		}
	}
	u := make([]float64, len(present)*n)
	r.scatter(codes, func(i int) float64 { return r.score[i] }, u)
	m := make([]float64, n*n)
	addCrossProducts(m, u, nil, n)
	symmetrise(m, n)
	return m, groups
}

// scatter adds v(i) zᵢ to the sums of each row's cluster.
func (r *Regression) scatter(codes []int, v func(i int) float64, u []float64) {
	n := r.Rank
	m, _ := r.cells.dims()
	if r.cells.of == nil {
		r.ls.blocks(0, m, func(from int, z []float64) {
			for i := range len(z) / n {
				s, dst := v(from+i), u[codes[from+i]*n:][:n]
				for a, x := range z[i*n : (i+1)*n] {
					dst[a] += s * x
				}
			}
		})
		return
	}
	z := make([]float64, m*n)
	r.ls.rows(0, m, z)
	for i, cell := range r.cells.of {
		s, dst := v(i), u[codes[i]*n:][:n]
		for a, x := range z[int(cell)*n:][:n] {
			dst[a] += s * x
		}
	}
}
