package stat

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// OrderedRegression is a fitted cumulative model of an ordered outcome,
//
//	P(y ≤ j) = F(θⱼ - xᵀβ - offset),  j = 1 … J-1,
//
// with F the logistic distribution (proportional odds) or the normal one: a
// positive coefficient makes higher levels likelier. McCullagh (1980),
// doi:10.1111/j.2517-6161.1980.tb01109.x. Ordered makes it.
//
// R: ordinal::clm, and MASS::polr, which stops at a relative change of 1e-8.
type OrderedRegression struct {
	Design *formula.Design
	Link   Link
	Levels []string // of the outcome, those that occur with a positive weight

	Names          []string  // of the coefficients: the columns but the intercept
	Coef           []float64 // NaN where a column is linear in those before it
	ThresholdNames []string  // "low|high" of the levels on its two sides
	Thresholds     []float64

	N        int     // rows, those of weight 0 left out
	Rank     int     // coefficients that were not dropped
	LogLik   float64 // weighted
	AIC, BIC float64 // Rank and the thresholds counted; BIC with the log of the sum of the weights

	Gradient  float64 // largest absolute derivative of LogLik where the search stopped
	Steps     int     // Newton steps taken
	Converged bool

	Dropped []string

	// Separated says that some levels can be told apart perfectly in part of
	// the data, so that no finite maximum exists. Probabilities are then those
	// of the limit; the coefficients and thresholds named in Moving are where
	// the search stopped, and their errors are NaN.
	Separated bool
	Moving    []string
	Warnings  []string

	search *orderedSearch
	moving []bool // thresholds, then coefficients
}

// Ordered fits an ordered logit or probit by maximum likelihood: Newton's
// method with the analytic gradient and the observed information, on centred
// and scaled columns, until a step is below 1e-13 standard errors. The
// likelihood is concave in (θ, β) (Pratt 1981,
// doi:10.1080/01621459.1981.10477613), so that what it finds is the maximum.
//
// The outcome of the design is a factor, whose levels are taken in their order;
// levels that do not occur are left out. The intercept, which the thresholds
// take the place of, is dropped, and assumed where the formula has none. Weights
// are frequencies. Cost is linear in the rows.
//
// Edge cases: an outcome that is a number, fewer than two levels and no rows
// give NaN and a warning; two levels are a logit with its sign kept; columns
// linear in those before them are dropped; separation is detected and said. It
// panics when link is neither Logit nor Probit.
func Ordered(d *formula.Design, link Link) *OrderedRegression {
	if link != Logit && link != Probit {
		panic("stat: an ordered model has the link logit or probit, not " + link.String())
	}
	o := &OrderedRegression{Design: d, Link: link, LogLik: nan, AIC: nan, BIC: nan, Gradient: nan, Names: d.Names}
	o.Warnings = append(o.Warnings, d.Warnings...)
	x := d.X
	if d.Intercept() {
		o.Names = d.Names[1:]
	}
	for range o.Names {
		o.Coef = append(o.Coef, nan)
	}
	switch {
	case d.Y == nil:
		return o.cannot("the formula has no outcome")
	case len(d.Y) == 0:
		return o.cannot("there are no rows")
	case d.Codes == nil:
		return o.cannot("the outcome " + d.Response + " is a number, and an ordered model needs levels: write factor(" + d.Response + ")")
	}
	codes, total := o.occurring()
	if len(o.Levels) < 2 {
		return o.cannot("the outcome " + d.Response + " has fewer than two levels in the data")
	}
	if !d.Intercept() {
		x = withConstant(x, len(d.Y))
	}
	c := newCells(x, d.Y, d.Weights, d.Offset)
	ls := newLeastSquares(c, true, rankTolerance)
	o.drop(ls.kept)
	o.search = newOrderedSearch(ls.coordinates, c, d.Weights, codes, len(o.Levels), link)
	o.search.run()
	o.finish(total)
	return o
}

// cannot ends a fit that the data do not allow.
func (o *OrderedRegression) cannot(why string) *OrderedRegression {
	o.Warnings = append(o.Warnings, why)
	return o
}

// occurring notes the levels that occur with a positive weight and returns
// each row's code among them and the sum of the weights.
func (o *OrderedRegression) occurring() (codes []int, total float64) {
	d := o.Design
	seen := make([]int, len(d.ResponseLevels))
	weight := func(i int) float64 {
		if d.Weights == nil {
			return 1
		}
		return d.Weights[i]
	}
	for i, c := range d.Codes {
		if w := weight(i); w > 0 {
			seen[c]++
			o.N++
			total += w
		}
	}
	to := make([]int, len(seen))
	for l, n := range seen {
		if n > 0 {
			to[l] = len(o.Levels)
			o.Levels = append(o.Levels, d.ResponseLevels[l])
		}
	}
	codes = make([]int, len(d.Codes))
	for i, c := range d.Codes {
		codes[i] = to[c]
	}
	for j := range max(0, len(o.Levels)-1) {
		o.ThresholdNames = append(o.ThresholdNames, o.Levels[j]+"|"+o.Levels[j+1])
		o.Thresholds = append(o.Thresholds, nan)
	}
	return codes, total
}

// withConstant puts a column of ones before the others.
func withConstant(x *mat.Dense, n int) *mat.Dense {
	k := 0
	if !x.IsEmpty() {
		_, k = x.Dims()
	}
	z := mat.NewDense(n, k+1, nil)
	for i := range n {
		row := z.RawRowView(i)
		row[0] = 1
		if k > 0 {
			copy(row[1:], x.RawRowView(i))
		}
	}
	return z
}

// drop notes the columns that are linear in the intercept and those before them.
func (o *OrderedRegression) drop(kept []int) {
	for j, name := range o.Names {
		if !slices.Contains(kept, j+1) {
			o.Dropped = append(o.Dropped, name)
		}
	}
	o.Rank = len(o.Names) - len(o.Dropped)
	if len(o.Dropped) > 0 {
		o.Warnings = append(o.Warnings, "dropped as linear in the columns before them: "+strings.Join(o.Dropped, ", "))
	}
}

// finish brings the result back to the columns as they were given.
func (o *OrderedRegression) finish(total float64) {
	s := o.search
	o.LogLik, o.Steps, o.Converged, o.Separated = s.ll, s.steps, s.converged, s.separated
	for _, g := range s.gradient {
		if math.IsNaN(o.Gradient) || math.Abs(g) > o.Gradient {
			o.Gradient = math.Abs(g)
		}
	}
	params := float64(o.Rank + len(o.Thresholds))
	o.AIC = -2*o.LogLik + 2*params
	o.BIC = -2*o.LogLik + math.Log(total)*params
	o.Thresholds, o.Coef = s.back(s.at)
	o.moving = make([]bool, len(o.Thresholds)+len(o.Names))
	switch {
	case s.separated:
		o.nameMoving()
		o.Warnings = append(o.Warnings, "the levels of the outcome can be told apart perfectly in part of the data (separation), "+
			"so that no finite maximum of the likelihood exists; without meaning are: "+strings.Join(o.Moving, ", "))
	case !s.converged:
		o.Warnings = append(o.Warnings, fmt.Sprintf("no convergence after %d steps", s.steps))
	}
	if left := o.N - int(params); left < 0 {
		o.Warnings = append(o.Warnings, fmt.Sprintf("%d numbers are estimated from %d rows", int(params), o.N))
	}
}

// nameMoving finds what the last step still changed by more than a tenth of
// what moves a linear predictor over the range of the column.
func (o *OrderedRegression) nameMoving() {
	s := o.search
	thresholds, coefs := s.back(s.step)
	for j, d := range thresholds {
		if math.Abs(d) > stillMoving/2 {
			o.moving[j] = true
			o.Moving = append(o.Moving, o.ThresholdNames[j])
		}
	}
	m, _ := s.x.Dims()
	for j, d := range coefs {
		if math.IsNaN(d) {
			continue
		}
		lo, hi := math.Inf(1), math.Inf(-1)
		for i := range m {
			v := s.x.At(i, j+1)
			lo, hi = min(lo, v), max(hi, v)
		}
		if math.Abs(d)*(hi-lo) > stillMoving/2 {
			o.moving[len(thresholds)+j] = true
			o.Moving = append(o.Moving, o.Names[j])
		}
	}
}

// Covariance returns an estimate of the covariance of the thresholds and the
// coefficients, in this order; V has NaN for what was dropped or is moving.
// Kinds are
//
//	classical     inverse observed information; R: vcov of ordinal::clm
//	HC0, HC1      sandwich of the scores; HC1 with n/(n-k), k the parameters
//	CR0, CR1      the same of cluster sums; CR1 with G/(G-1), over one list of
//	CR1S          codes, a row of the design each; CR1S with G/(G-1)·(n-1)/(n-k)
//
// R: sandwich::sandwich and vcovCL of polr, with k its edf. Degrees of freedom
// are infinite. One cluster gives NaN, with a warning. An unknown kind, or codes
// that do not belong to it, are an error.
func (o *OrderedRegression) Covariance(kind string, clusters ...[]int) (*Covariance, error) {
	if !slices.Contains([]string{"classical", "HC0", "HC1", "CR0", "CR1", "CR1S"}, kind) {
		return nil, fmt.Errorf("unknown type of standard error %q of an ordered model; there are classical, HC0, HC1, CR0, CR1, CR1S", kind)
	}
	want := 0
	if Clustered(kind) {
		want = 1
	}
	if len(clusters) != want {
		return nil, fmt.Errorf("standard errors of type %s of an ordered model have %d lists of clusters; %d given", kind, want, len(clusters))
	}
	size := len(o.Thresholds) + len(o.Names)
	c := &Covariance{Type: kind, V: nanMatrix(size), DF: filled(size, math.Inf(1))}
	if o.search == nil {
		return c, nil
	}
	var codes []int
	if len(clusters) > 0 {
		codes = clusters[0]
	}
	v, groups, ok := o.search.covariance(kind, codes)
	if len(clusters) > 0 {
		c.Groups = []int{groups}
	}
	if !ok {
		c.Warnings = append(c.Warnings, "the information is singular, so that there are no standard errors")
		return c, nil
	}
	n, k := float64(o.N), float64(o.Rank+len(o.Thresholds))
	factor := 1.0
	switch kind {
	case "HC1":
		factor = n / (n - k)
	case "CR1", "CR1S":
		factor = float64(groups) / float64(groups-1)
		if kind == "CR1S" {
			factor *= (n - 1) / (n - k)
		}
	}
	if len(clusters) > 0 && groups < 2 {
		factor = nan
		c.Warnings = append(c.Warnings, "all rows are in one cluster, so that errors cannot be clustered")
	}
	place := o.places()
	for a, pa := range place {
		for b := a; b < len(place); b++ {
			if pb := place[b]; !o.moving[pa] && !o.moving[pb] {
				c.V.SetSym(pa, pb, factor*v[a*len(place)+b])
			}
		}
	}
	return c, nil
}

// Table returns the coefficients with the errors of a covariance and intervals
// of the given confidence, .95 for 95 %. R: summary.clm.
func (o *OrderedRegression) Table(c *Covariance, conf float64) []Coefficient {
	t := len(o.Thresholds)
	lines := make([]Coefficient, len(o.Names))
	for j, name := range o.Names {
		lines[j] = newCoefficient(name, o.Coef[j], c.SE(t+j), c.DF[t+j], conf)
	}
	return lines
}

// ThresholdTable is Table of the thresholds. R: the intercepts of
// summary(MASS::polr).
func (o *OrderedRegression) ThresholdTable(c *Covariance, conf float64) []Coefficient {
	lines := make([]Coefficient, len(o.Thresholds))
	for j, name := range o.ThresholdNames {
		lines[j] = newCoefficient(name, o.Thresholds[j], c.SE(j), c.DF[j], conf)
	}
	return lines
}

// places returns where, among thresholds and coefficients, each parameter of
// the search is.
func (o *OrderedRegression) places() []int {
	var place []int
	for j := range o.Thresholds {
		place = append(place, j)
	}
	for _, j := range o.search.kept[1:] {
		place = append(place, len(o.Thresholds)+j-1)
	}
	return place
}

// Probabilities puts the probability of each of Levels at a linear predictor,
// offset included, into p, which must be as long as Levels, and returns it. R:
// predict(type = "probs") of MASS::polr.
func (o *OrderedRegression) Probabilities(eta float64, p []float64) []float64 {
	below := 0.0
	for j := range p {
		up := 1.0
		if j < len(o.Thresholds) {
			up = o.Link.Mean(o.Thresholds[j] - eta)
		}
		p[j], below = up-below, up
	}
	return p
}

// Linear returns the linear predictor of each row, xᵀβ + offset; dropped
// columns count nothing.
func (o *OrderedRegression) Linear() []float64 {
	eta := make([]float64, len(o.Design.Y))
	first := 0
	if o.Design.Intercept() {
		first = 1
	}
	for i := range eta {
		if o.Design.Offset != nil {
			eta[i] = o.Design.Offset[i]
		}
		for j, b := range o.Coef {
			if !math.IsNaN(b) {
				eta[i] += b * o.Design.X.At(i, first+j)
			}
		}
	}
	return eta
}
