package stat

import (
	"sync"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// alike are the rows of a design put together by the values of its predictors:
// whatever is changed in all rows alike, such rows stay equal. Marginal effects
// change every row once for each level. They are looked for when they are first
// needed.
type alike struct {
	once  sync.Once
	first []int   // the first row of each group
	of    []int32 // the group of each row; nil when each row is its own
}

// groups returns the first row of each group and the number of rows in it, or
// the sum of their weights.
func (a *alike) groups(d *formula.Design, n int, weights []float64) (first []int, w []float64) {
	a.once.Do(func() { a.find(d, n) })
	w = make([]float64, len(a.first))
	for i := range n {
		g, v := i, 1.0
		if a.of != nil {
			g = int(a.of[i])
		}
		if weights != nil {
			v = weights[i]
		}
		w[g] += v
	}
	return a.first, w
}

// find groups the rows where that saves half of them or more.
func (a *alike) find(d *formula.Design, n int) {
	defer func() {
		if a.of == nil {
			a.first = make([]int, n)
			for i := range a.first {
				a.first[i] = i
			}
		}
	}()
	names := d.Predictors()
	if n < collapseFrom || len(names) == 0 {
		return
	}
	x := mat.NewDense(n, len(names), nil)
	for j, name := range names {
		values, err := d.Values(name)
		if err != nil {
			return
		}
		x.SetCol(j, values)
	}
	t := newRowTable(x, d.Offset, n/2)
	of := make([]int32, n)
	for i := range of {
		if of[i] = t.add(i); len(t.first) > n/2 {
			return
		}
	}
	a.first, a.of = t.first, of
}
