package stat

import (
	"fmt"
	"math"
	"strings"

	"silico/analysis/formula"
)

// GLM fits a generalised linear model by maximum likelihood: Fisher scoring
// from R's starting values, until a step is below 1e-13 standard errors.
//
//	E(y) = μ,  g(μ) = xᵀβ + offset,  Var(y) = φ V(μ)/w
//
// The outcome of a binomial model is 0 or 1, a condition, a factor whose first
// level is failure, or the share cbind(successes, failures). Coefficients,
// deviances and criteria are those of R's glm brought to the exact maximum;
// a column of which less than 1e-11 is left beside those before it is dropped.
// The likelihood of weighted 0-1 outcomes takes weights for numbers of trials,
// as R does.
//
// Separation, and a group of a count in which all are 0, are detected and said:
// see Separated. R: glm, summary.glm.
func GLM(d *formula.Design, family Family, link Link) *Regression {
	if family == NegativeBinomial {
		return NB(d)
	}
	r := newRegression(d, family, link)
	if why := r.usable(); why != "" {
		return r.cannot("%s", why)
	}
	r.y = outcomes(d, family)
	if why := r.impossible(); why != "" {
		return r.cannot("%s", why)
	}
	if !r.columns() {
		return r.cannot("no column is left to fit")
	}
	f := r.search()
	r.finishGLM(f)
	return r
}

// outcomes returns the outcome as a family has it: of a factor, 0 for its
// first level and 1 for the others.
func outcomes(d *formula.Design, family Family) []float64 {
	if family != Binomial || d.Codes == nil {
		return d.Y
	}
	y := make([]float64, len(d.Codes))
	for i, c := range d.Codes {
		if c > 0 {
			y[i] = 1
		}
	}
	return y
}

// impossible says which outcome the family cannot have, "" when there is none.
func (r *Regression) impossible() string {
	d := r.Design
	if len(d.ResponseLevels) == 1 && r.Family == Binomial && d.Response != "" {
		r.Warnings = append(r.Warnings, fmt.Sprintf("the outcome %s has the one level %q", d.Response, d.ResponseLevels[0]))
	}
	if len(d.ResponseLevels) > 2 && !d.Scored && r.Family != Binomial {
		return fmt.Sprintf("the outcome %s is a factor of %d levels without numbers", d.Response, len(d.ResponseLevels))
	}
	if d.Trials != nil && r.Family != Binomial {
		return "cbind(successes, failures) is the outcome of a binomial model"
	}
	for i, y := range r.y {
		switch {
		case r.Family == Binomial && !(y >= 0 && y <= 1):
			return fmt.Sprintf("the outcome of a binomial model is between 0 and 1, and row %d has %v", r.row(i), y)
		case (r.Family == Poisson || r.Family == NegativeBinomial) && !(y >= 0):
			return fmt.Sprintf("the outcome of a count is not negative, and row %d has %v", r.row(i), y)
		case r.Family == Gaussian && r.Link == Log && y <= 0:
			return fmt.Sprintf("a gaussian outcome with a log link is positive, and row %d has %v", r.row(i), y)
		}
	}
	return ""
}

// row returns the row of the data, from 1, that row i of the design was.
func (r *Regression) row(i int) int {
	if r.Design.Rows == nil {
		return i + 1
	}
	return r.Design.Rows[i] + 1
}

// columns finds the independent columns and says whether there are any.
func (r *Regression) columns() bool {
	d := r.Design
	r.cells = cellsOf(d, r.y, d.Weights, d.Offset)
	r.accept(newLeastSquares(r.cells, d.Intercept(), rankToleranceGLM))
	r.response = response{family: r.Family, link: r.Link, theta: r.response.theta}
	return r.Rank > 0
}

// scoring is a search for the maximum of a likelihood.
type scoring struct {
	*leastSquares
	cells    *cells
	response response
	gamma    []float64 // over Z
	eta      []float64 // by cell, offset included
	loss     float64   // -2 log likelihood up to a constant
	gradient []float64
	hessian  []float64
	step     []float64 // the last
	moved    float64   // largest change of a linear predictor by the last step

	converged, separated bool
	steps                int
}

// Where the likelihood gains less than nothingGained by a step that still moves
// a linear predictor by more than stillMoving, it rises towards infinity. A
// finite maximum has a quadratic neighbourhood, in which a step that long gains
// more.
const (
	nothingGained = 1e-7
	stillMoving   = 0.1
	scoringSteps  = 200
)

// search maximises the likelihood.
func (r *Regression) search() *scoring {
	f := &scoring{leastSquares: r.ls, cells: r.cells, response: r.response}
	f.begin()
	f.run()
	return f
}

// run takes steps until the maximum, or until it is known that there is none.
func (f *scoring) run() {
	if f.hessian == nil {
		f.evaluate()
	}
	// Near the maximum a step leaves the square of its length where the link is
	// the family's own, so that a short step needs no other behind it.
	enough := 1e-26
	if f.response.canonical() {
		enough = 1e-14
	}
	before := math.Inf(1)
	for f.steps = 1; f.steps <= scoringSteps; f.steps++ {
		if !f.setHessian(f.hessian) {
			f.separated = f.extreme()
			break
		}
		f.step = halved(f.half, f.gradient, f.rank())
		length := dot(f.step, f.gradient) // squared, in standard errors
		gained, ok := f.advance()
		if !ok {
			f.converged = length < 1e-12
			break
		}
		if length < enough || length < 1e-16 && length > before/4 {
			f.converged = true
			break
		}
		before = length
		if gained < nothingGained && f.moved > stillMoving {
			f.separated = true
			break
		}
	}
	f.setHessian(f.hessian)
}

// begin fits the linear predictors of R's starting means by least squares.
func (f *scoring) begin() {
	c := f.cells
	m := len(c.w)
	work := make([]float64, m)
	weight := make([]float64, m)
	for i, w := range c.w {
		if w == 0 {
			continue
		}
		mu := f.response.start(c.wy[i]/w, w)
		eta := f.response.link.predictor(mu)
		slope := f.response.link.Slope(eta)
		weight[i] = w * slope * slope / f.response.variance(mu)
		work[i] = eta + (c.wy[i]/w-mu)/slope
		if c.offset != nil {
			work[i] -= c.offset[i]
		}
		work[i] *= weight[i]
	}
	f.gamma = make([]float64, f.rank())
	if f.setHessian(f.gram(weight)) {
		f.gamma = halved(f.half, f.transposed(work), f.rank())
	}
	f.evaluate()
	if math.IsInf(f.loss, 1) || math.IsNaN(f.loss) {
		f.gamma = make([]float64, f.rank())
		f.evaluate()
	}
}

// evaluate computes the linear predictors and, at once, the loss, the gradient
// and the expected information.
func (f *scoring) evaluate() {
	c, r := f.cells, f.rank()
	f.eta = make([]float64, len(c.w))
	if f.parts != nil {
		f.evaluateParts()
		return
	}
	sums := sumRows(len(c.w), 1+r+r*r, func(lo, hi int, acc []float64) {
		weight := make([]float64, blockRows)
		f.blocks(lo, hi, func(from int, z []float64) {
			n := len(z) / r
			for i := range n {
				row, at := z[i*r:(i+1)*r], from+i
				eta := dot(row, f.gamma)
				if c.offset != nil {
					eta += c.offset[at]
				}
				f.eta[at] = eta
				weight[i] = 0
				if c.w[at] == 0 {
					continue
				}
				loss, score, info := f.response.at(eta, c.w[at], c.wy[at])
				acc[0] += loss
				weight[i] = info
				for a, v := range row {
					acc[1+a] += score * v
				}
			}
			addCrossProducts(acc[1+r:], z, weight[:n], r)
		})
	})
	f.loss, f.gradient, f.hessian = sums[0], sums[1:1+r], sums[1+r:]
	symmetrise(f.hessian, r)
}

// advance takes the step, or the longest of its halves that does not lose, and
// returns the gain; false when none is left.
func (f *scoring) advance() (gained float64, ok bool) {
	from, loss, eta := f.gamma, f.loss, f.eta
	slack := 1e-12 * math.Max(1, math.Abs(loss))
	for part := 1.0; part > 1e-6; part /= 2 {
		f.gamma = make([]float64, len(from))
		for a, g := range from {
			f.gamma[a] = g + part*f.step[a]
		}
		f.evaluate()
		if f.loss <= loss+slack {
			f.moved = 0
			for i, e := range f.eta {
				if f.cells.w[i] > 0 {
					f.moved = max(f.moved, math.Abs(e-eta[i]))
				}
			}
			return loss - f.loss, true
		}
	}
	f.gamma = from
	f.evaluate()
	return 0, false
}

// extreme says whether some linear predictor is where only separation leads.
func (f *scoring) extreme() bool {
	for i, e := range f.eta {
		if f.cells.w[i] > 0 && math.Abs(e) > 8 {
			return true
		}
	}
	return false
}

// finishGLM brings the result back to columns and rows.
func (r *Regression) finishGLM(f *scoring) {
	r.Coef = f.back(f.gamma)
	r.Converged, r.Separated, r.Steps = f.converged, f.separated, f.steps
	r.rowsOf(f)
	r.moving = make([]bool, len(r.Names))
	switch {
	case f.separated:
		r.nameMoving(f)
		r.Warnings = append(r.Warnings, separationText(r.Family, r.Moving))
	case !f.converged:
		r.Warnings = append(r.Warnings, fmt.Sprintf("no convergence after %d steps", f.steps))
	}
	r.Gradient = r.largestDerivative()
	if !r.plainLikelihoods(f.loss) {
		r.likelihoods()
	}
}

// plainLikelihoods is likelihoods for outcomes of 0 and 1 without weights or
// offset, of which the loss of the search and their share say all; false for
// others.
func (r *Regression) plainLikelihoods(loss float64) bool {
	d := r.Design
	if r.Family != Binomial || d.Weights != nil || d.Trials != nil || d.Offset != nil || !d.Intercept() {
		return false
	}
	ones := 0.0
	for _, y := range r.y {
		if y != 0 && y != 1 {
			return false
		}
		ones += y
	}
	n := float64(r.N)
	r.Dispersion = 1
	r.Deviance, r.LogLik = loss, -loss/2
	r.NullDeviance = -2 * (mul0(ones, math.Log(ones/n)) + mul0(n-ones, math.Log((n-ones)/n)))
	r.McFadden = 1 - r.Deviance/r.NullDeviance
	r.AIC = loss + 2*float64(r.Rank)
	r.BIC = loss + math.Log(n)*float64(r.Rank)
	return true
}

// largestDerivative returns the largest absolute derivative of the log
// likelihood by a coefficient that was not dropped.
func (r *Regression) largestDerivative() float64 {
	m, k := r.cells.dims()
	byCell := make([]float64, m)
	for i, s := range r.score {
		byCell[r.cells.cell(i)] += s
	}
	sums := make([]float64, k)
	if p := r.cells.parts; p != nil {
		for t, v := range p.byPart(byCell) {
			table := partTable{p.parts[t].Columns, p.parts[t].Values}
			table.addTransposed(sums, v)
		}
	} else {
		sums = sumRows(m, k, func(lo, hi int, acc []float64) {
			for i := lo; i < hi; i++ {
				for j, v := range r.cells.x.RawRowView(i) {
					acc[j] += byCell[i] * v
				}
			}
		})
	}
	largest := 0.0
	for _, j := range r.ls.kept {
		largest = max(largest, math.Abs(sums[j]))
	}
	return largest
}

func separationText(family Family, moving []string) string {
	what := "the outcome can be told apart perfectly in part of the data (separation)"
	if family != Binomial {
		what = "the outcome is 0 in all rows of some group (separation)"
	}
	return what + ", so that no finite maximum of the likelihood exists; without meaning are: " + strings.Join(moving, ", ")
}

// rowsOf computes what is known of every row.
func (r *Regression) rowsOf(f *scoring) {
	n := len(r.y)
	r.Linear, r.Fitted = make([]float64, n), make([]float64, n)
	r.score, r.info = make([]float64, n), make([]float64, n)
	w := r.weights()
	at := r.byCell(f)
	sumRows(n, 0, func(lo, hi int, _ []float64) {
		for i := lo; i < hi; i++ {
			c := at(r.cells.cell(i))
			r.Linear[i], r.Fitted[i] = c.eta, c.mean
			if w[i] == 0 {
				continue
			}
			r.info[i] = w[i] * c.info
			switch y := r.y[i]; y {
			case 0:
				r.score[i] = w[i] * c.zero
			case 1:
				r.score[i] = w[i] * c.one
			default:
				r.score[i] = w[i] * (c.zero + y*(c.one-c.zero))
			}
		}
	})
}

// place is what rows of one linear predictor share: the mean, the information
// of a row, and the score of the outcomes 0 and 1, between which it is linear.
type place struct{ eta, mean, info, zero, one float64 }

// byCell returns the places of the cells, computed once each.
func (r *Regression) byCell(f *scoring) func(cell int) place {
	of := func(eta float64) place {
		p := place{eta: eta, mean: r.Link.Mean(eta)}
		_, p.zero, p.info = r.response.at(eta, 1, 0)
		_, p.one, _ = r.response.at(eta, 1, 1)
		return p
	}
	if r.cells.of == nil {
		return func(cell int) place { return of(f.eta[cell]) }
	}
	places := make([]place, len(f.eta))
	for c, eta := range f.eta {
		places[c] = of(eta)
	}
	return func(cell int) place { return places[cell] }
}

// nameMoving finds the coefficients that the last step still changed by more
// than a tenth of what moves a linear predictor over the range of the column.
func (r *Regression) nameMoving(f *scoring) {
	change := f.back(f.step)
	for j, d := range change {
		if math.IsNaN(d) {
			continue
		}
		lo, hi := r.cells.span(j)
		reach := hi - lo
		if reach == 0 {
			reach = math.Abs(hi)
		}
		if math.Abs(d)*reach > stillMoving/2 {
			r.moving[j] = true
			r.Moving = append(r.Moving, r.Names[j])
		}
	}
}

// likelihoods computes deviances, the log likelihood and what follows.
func (r *Regression) likelihoods() {
	d := r.Design
	w := r.weights()
	r.Deviance = r.devianceAt(func(i int) float64 { return r.Fitted[i] })
	r.LogLik = r.logLikAt(func(i int) float64 { return r.Linear[i] }, r.Deviance)
	params := float64(r.Rank)
	r.Dispersion = 1
	if r.Family == Gaussian {
		params++
		r.Dispersion = nan
		if r.DF > 0 {
			r.Dispersion = r.Deviance / r.DF
		}
	}
	if r.Family == NegativeBinomial {
		params++
	}
	r.AIC = -2*r.LogLik + 2*params
	r.BIC = -2*r.LogLik + math.Log(float64(r.N))*params

	alone := r.alone(w)
	null := r.logLikAt(func(i int) float64 { return alone(i) }, r.devianceAt(func(i int) float64 { return r.Link.Mean(alone(i)) }))
	r.McFadden = 1 - r.LogLik/null
	if !d.Intercept() { // then R's null model has no parameter
		alone = func(i int) float64 {
			if d.Offset != nil {
				return d.Offset[i]
			}
			return 0
		}
	}
	r.NullDeviance = r.devianceAt(func(i int) float64 { return r.Link.Mean(alone(i)) })
}

// alone returns the linear predictors of the model of an intercept alone, with
// the offset.
func (r *Regression) alone(w []float64) func(i int) float64 {
	total, sum := 0.0, 0.0
	for i, y := range r.y {
		total += w[i]
		sum += w[i] * y
	}
	eta := r.Link.predictor(sum / total)
	d := r.Design
	if d.Offset == nil {
		return func(int) float64 { return eta }
	}
	// Fisher scoring of the one coefficient.
	b := 0.0
	for i, o := range d.Offset {
		b += w[i] * (eta - o) / total
	}
	for range scoringSteps {
		score, info := 0.0, 0.0
		for i, o := range d.Offset {
			if w[i] > 0 {
				_, s, v := r.response.at(b+o, w[i], w[i]*r.y[i])
				score, info = score+s, info+v
			}
		}
		step := score / info
		b += step
		if !(math.Abs(step) > 1e-14*math.Max(1, math.Abs(b))) {
			break
		}
	}
	return func(i int) float64 { return b + d.Offset[i] }
}

// devianceAt sums the deviance over rows.
func (r *Regression) devianceAt(mu func(i int) float64) float64 {
	w := r.weights()
	return sumRows(len(r.y), 1, func(lo, hi int, acc []float64) {
		for i := lo; i < hi; i++ {
			if w[i] > 0 {
				acc[0] += r.response.deviance(r.y[i], mu(i), w[i])
			}
		}
	})[0]
}

// logLikAt sums the log likelihood over rows; of a gaussian model it follows
// from the deviance.
func (r *Regression) logLikAt(eta func(i int) float64, deviance float64) float64 {
	w := r.weights()
	if r.Family == Gaussian {
		n, logs := float64(r.N), 0.0
		for _, v := range w {
			if v > 0 {
				logs += math.Log(v)
			}
		}
		return 0.5 * (logs - n*(math.Log(2*math.Pi)+1-math.Log(n)+math.Log(deviance)))
	}
	trials := r.trials()
	return sumRows(len(r.y), 1, func(lo, hi int, acc []float64) {
		for i := lo; i < hi; i++ {
			if w[i] > 0 {
				acc[0] += r.response.logLik(r.y[i], eta(i), w[i], trials(i))
			}
		}
	})[0]
}

// trials returns the number of trials that R counts for a row: that of
// cbind(...) when some row has more than one, and otherwise the weight, for
// which 0 stands.
func (r *Regression) trials() func(i int) float64 {
	t := r.Design.Trials
	for _, n := range t {
		if n > 1 {
			return func(i int) float64 { return t[i] }
		}
	}
	return func(int) float64 { return 0 }
}
