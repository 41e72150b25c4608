package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// NetValidation is the loss of an elastic net on people that it has not seen.
type NetValidation struct {
	Loss []float64 // by λ: mean squared error, or deviance, of the rows left out
	SE   []float64 // by λ: its standard error over folds
	Min  int       // the place of the path with the smallest loss, the largest λ of equals
	// OneSE is the first place, with the largest λ, whose loss is within one
	// standard error of the smallest.
	OneSE    int
	Warnings []string
}

// Folds deals the people of a design out to k folds: the fold, from 0, of each
// row, the same for all rows of a person. People are shuffled by the named
// stream, so that folds differ by one person at most. R: the foldid of
// glmnet::cv.glmnet, by person.
func Folds(s Streams, name string, person []int, k int) []int {
	people := 0
	for _, c := range person {
		people = max(people, c+1)
	}
	of := make([]int, people)
	for i, c := range s.At(name).Perm(people) {
		of[c] = i % k
	}
	fold := make([]int, len(person))
	for i, c := range person {
		fold[i] = of[c]
	}
	return fold
}

// CrossValidate fits the path once without each fold, at the λ of the path
// itself, and measures the loss on the fold. A fold's loss counts by its
// weight; the error is √(Σ share (lossₖ - loss)² / (K-1)). The probability of an
// answer is at least 1e-5, as in glmnet.
//
// R: glmnet::cv.glmnet(foldid = fold + 1, lambda = lambda). Folds without rows
// are left out; fewer than two give NaN and a warning, and a training set in
// which the outcome is constant leaves its fold out, with a warning. It panics
// when fold has not a number for each row.
func (e *ElasticNet) CrossValidate(fold []int) *NetValidation {
	v := &NetValidation{Loss: filled(len(e.Lambda), nan), SE: filled(len(e.Lambda), nan), Min: -1, OneSE: -1}
	if len(fold) != len(e.Design.Y) {
		panic(fmt.Sprintf("stat: %d folds of %d rows", len(fold), len(e.Design.Y)))
	}
	folds := 0
	for _, f := range fold {
		folds = max(folds, f+1)
	}
	var losses [][]float64
	var weights []float64
	for k := range folds {
		loss, weight := e.leaveOut(fold, k)
		if weight == 0 {
			continue
		}
		if loss == nil {
			v.Warnings = append(v.Warnings, fmt.Sprintf("nothing can be fitted without fold %d", k+1))
			continue
		}
		losses, weights = append(losses, loss), append(weights, weight)
	}
	if len(losses) < 2 || len(e.Lambda) == 0 {
		v.Warnings = append(v.Warnings, "cross-validation needs two folds at least")
		return v
	}
	v.summarise(losses, weights)
	return v
}

// leaveOut returns the loss on a fold by λ, nil when the rest cannot be fitted,
// and the fold's weight.
func (e *ElasticNet) leaveOut(fold []int, k int) (loss []float64, weight float64) {
	d := e.Design
	var in, out []int
	for i, f := range fold {
		if f == k {
			out = append(out, i)
			if d.Weights != nil {
				weight += d.Weights[i]
			} else {
				weight++
			}
			continue
		}
		in = append(in, i)
	}
	if len(in) == 0 || weight == 0 {
		return nil, weight
	}
	train := FitElasticNet(rowsOfDesign(d, in), e.Family, NetOptions{Alpha: e.Alpha, Lambda: e.Lambda})
	if len(train.Lambda) < len(e.Lambda) {
		return nil, weight
	}
	test := rowsOfDesign(d, out)
	y := outcomes(test, e.Family)
	for l := range e.Lambda {
		sum := 0.0
		for i, mu := range train.Predict(test.X, l) {
			one := (y[i] - mu) * (y[i] - mu)
			if e.Family == Binomial {
				mu = min(max(mu, 1e-5), 1-1e-5)
				one = -2 * (y[i]*math.Log(mu) + (1-y[i])*math.Log1p(-mu))
			}
			if test.Weights != nil {
				one *= test.Weights[i]
			}
			sum += one
		}
		loss = append(loss, sum/weight)
	}
	return loss, weight
}

// rowsOfDesign returns a design of some of the rows.
func rowsOfDesign(d *formula.Design, rows []int) *formula.Design {
	part := *d
	part.Warnings = nil
	_, k := d.X.Dims()
	part.X = mat.NewDense(len(rows), k, nil)
	for to, i := range rows {
		part.X.SetRow(to, d.X.RawRowView(i))
	}
	part.Y = valuesAt(d.Y, rows)
	if d.Weights != nil {
		part.Weights = valuesAt(d.Weights, rows)
	}
	if d.Codes != nil {
		part.Codes = make([]int, len(rows))
		for to, i := range rows {
			part.Codes[to] = d.Codes[i]
		}
	}
	return &part
}

func valuesAt(x []float64, rows []int) []float64 {
	y := make([]float64, len(rows))
	for to, i := range rows {
		y[to] = x[i]
	}
	return y
}

// summarise computes means and errors over folds and picks λ.
func (v *NetValidation) summarise(losses [][]float64, weights []float64) {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	for l := range v.Loss {
		mean, spread := 0.0, 0.0
		for k, w := range weights {
			mean += w * losses[k][l] / total
		}
		for k, w := range weights {
			spread += w * (losses[k][l] - mean) * (losses[k][l] - mean) / total
		}
		v.Loss[l], v.SE[l] = mean, math.Sqrt(spread/float64(len(weights)-1))
		if v.Min < 0 || mean < v.Loss[v.Min] {
			v.Min = l
		}
	}
	for l, loss := range v.Loss {
		if loss <= v.Loss[v.Min]+v.SE[v.Min] {
			v.OneSE = l
			return
		}
	}
}
