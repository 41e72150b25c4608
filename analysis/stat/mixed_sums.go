package stat

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
)

// mixedTerm is one term of random effects, in coordinates in which its columns
// are centred where it has an intercept, and of mean square 1.
type mixedTerm struct {
	group  string // of R's VarCorr: "g.1" for the second term of g
	names  []string
	z      *mat.Dense
	u      []float64 // q x q: columns of the coordinates from those of z
	q      int
	factor int // which grouping factor
	at     int // the first of its effects among the factor's
	theta  int // the first of its parameters
}

// mixedFactor is a grouping factor with all effects that vary by it.
type mixedFactor struct {
	name   string
	levels []string
	codes  []int
	q      int       // effects a level
	z      []float64 // row by row: the effects' columns, all terms
	offset int       // of the first level in the tail; the first factor is not there
}

// mixedSums are the cross-products of a mixed model. The first factor is the
// one with most effects; all other effects, the fixed ones (X) and the outcome
// (y) are the tail, in this order. The outcome is what the fixed effects leave
// of it by least squares, so that little cancels.
type mixedSums struct {
	terms   []mixedTerm
	factors []mixedFactor
	thetas  int

	fixed    *leastSquares
	logDet   float64 // of the coordinates of the fixed effects
	n        int
	logs     float64 // sum of the logs of the weights
	left     float64 // sum of squares of the outcome
	total    float64 // the same before the fixed effects
	random   int     // size of the tail before X
	size     int     // of the tail
	warnings []string

	own   []float64 // by level of the first factor: q x q
	start []int     // by level: where its columns start
	cols  []int     // columns of the tail that a level has something in common with
	cross []float64 // q numbers for each of cols
	tail  []float64 // size x size
}

func newMixedSums(d *formula.Design) *mixedSums {
	s := &mixedSums{}
	n := len(d.Y)
	w := d.Weights
	if w == nil {
		w = filled(n, 1)
	}
	s.project(d, w)
	s.addTerms(d, w)
	s.addFactors(d)
	s.layOut()
	s.sumUp(w)
	return s
}

// project fits the fixed effects alone.
func (s *mixedSums) project(d *formula.Design, w []float64) {
	y := slices.Clone(d.Y)
	if d.Offset != nil {
		for i, o := range d.Offset {
			y[i] -= o
		}
	}
	c := &cells{x: d.X, w: w, wy: make([]float64, len(y))}
	for i, v := range w {
		c.wy[i] = v * y[i]
		if v > 0 {
			s.n++
			s.logs += math.Log(v)
		}
		s.total += v * y[i] * y[i]
	}
	s.fixed = newLeastSquares(c, d.Intercept(), rankTolerance)
	for i := range y {
		y[i] -= s.fixed.fit[i]
		if s.fixed.exact != nil && w[i] > 0 {
			y[i] = s.fixed.exact[i].float()
		}
		s.left += w[i] * y[i] * y[i]
	}
	s.fixed.fit = y // from here on what is left
	r := s.fixed.rank()
	for a := range r {
		s.logDet += math.Log(math.Abs(s.fixed.u[a*r+a]))
	}
}

// impossible says why nothing can be estimated, "" when it can.
func (s *mixedSums) impossible() string {
	switch {
	case s.fixed.rank() == 0:
		return "no fixed effect is left to fit"
	case s.n <= s.fixed.rank():
		return fmt.Sprintf("%d fixed effects of %d rows leave nothing to estimate variances from", s.fixed.rank(), s.n)
	case !(s.left > 1e-24*s.total):
		return "the fixed effects fit the outcome perfectly, so that there is no variance to estimate"
	case len(s.terms) == 0:
		return "no random effect is left to fit"
	}
	return ""
}

// addTerms puts the terms in lmer's order, by falling number of levels, those
// of (x || g) one by one, and finds their coordinates.
func (s *mixedSums) addTerms(d *formula.Design, w []float64) {
	var effects []formula.RandomEffect
	for _, r := range d.Random {
		if !r.Independent || len(r.Names) < 2 {
			effects = append(effects, r)
			continue
		}
		for c, name := range r.Names {
			one := r
			one.Names = []string{name}
			one.Z = mat.NewDense(len(d.Y), 1, mat.Col(nil, c, r.Z))
			effects = append(effects, one)
		}
	}
	falling := slices.IsSortedFunc(effects, func(a, b formula.RandomEffect) int { return len(b.Levels) - len(a.Levels) })
	if !falling { // R: rev(order(nl)), which also turns ties around
		slices.SortStableFunc(effects, func(a, b formula.RandomEffect) int { return len(a.Levels) - len(b.Levels) })
		slices.Reverse(effects)
	}
	seen := map[string]int{}
	for _, r := range effects {
		t := mixedTerm{group: r.Group, z: r.Z}
		if k := seen[r.Group]; k > 0 {
			t.group = fmt.Sprintf("%s.%d", r.Group, k)
		}
		seen[r.Group]++
		t.coordinates(r.Names, w)
		if len(t.names) < len(r.Names) {
			s.warnings = append(s.warnings, fmt.Sprintf("of the random effects by %s only %s are left: the others are linear in them", r.Group, strings.Join(t.names, ", ")))
		}
		if t.q == 0 {
			continue
		}
		t.factor = slices.IndexFunc(s.factors, func(f mixedFactor) bool { return f.name == r.Group })
		if t.factor < 0 {
			t.factor = len(s.factors)
			s.factors = append(s.factors, mixedFactor{name: r.Group, levels: r.Levels, codes: r.Codes})
		}
		f := &s.factors[t.factor]
		t.at, t.theta = f.q, s.thetas
		f.q += t.q
		s.thetas += t.q * (t.q + 1) / 2
		s.terms = append(s.terms, t)
	}
}

// coordinates finds the columns that are not linear in those before them.
func (t *mixedTerm) coordinates(names []string, w []float64) {
	n, k := t.z.Dims()
	constant := slices.Max(mat.Col(nil, 0, t.z)) == slices.Min(mat.Col(nil, 0, t.z))
	c := &cells{x: t.z, w: w, wy: make([]float64, n)}
	ls := newLeastSquares(c, constant && t.z.At(0, 0) != 0, rankTolerance)
	t.q = ls.rank()
	total := 0.0
	for _, v := range w {
		total += v
	}
	t.u = make([]float64, t.q*t.q)
	for i, v := range ls.u {
		t.u[i] = v * math.Sqrt(total)
	}
	for _, j := range ls.kept {
		t.names = append(t.names, names[j])
	}
	if t.q < k {
		z := mat.NewDense(n, max(1, t.q), nil)
		for a, j := range ls.kept {
			z.SetCol(a, mat.Col(nil, j, t.z))
		}
		t.z = z
	}
}

// addFactors fills the columns of the factors and puts the one with most
// effects first.
func (s *mixedSums) addFactors(d *formula.Design) {
	n := len(d.Y)
	for f := range s.factors {
		s.factors[f].z = make([]float64, n*s.factors[f].q)
	}
	for _, t := range s.terms {
		f := &s.factors[t.factor]
		for i := range n {
			row, dst := t.z.RawRowView(i), f.z[i*f.q+t.at:]
			for a := range t.q {
				for b := a; b < t.q; b++ {
					dst[b] += row[a] * t.u[a*t.q+b]
				}
			}
		}
	}
}

// first returns the factor with most effects.
func (s *mixedSums) first() int {
	most := 0
	for f := range s.factors {
		if len(s.factors[f].levels)*s.factors[f].q > len(s.factors[most].levels)*s.factors[most].q {
			most = f
		}
	}
	return most
}

// layOut gives every other effect its place in the tail.
func (s *mixedSums) layOut() {
	if len(s.factors) == 0 {
		return
	}
	for f := range s.factors {
		if f == s.first() {
			continue
		}
		s.factors[f].offset = s.random
		s.random += len(s.factors[f].levels) * s.factors[f].q
	}
	s.size = s.random + s.fixed.rank() + 1
}

// sumUp adds up the rows, level by level of the first factor.
func (s *mixedSums) sumUp(w []float64) {
	if len(s.factors) == 0 {
		return
	}
	main := s.factors[s.first()]
	levels, q, m := len(main.levels), main.q, s.fixed.rank()+1
	order := levelRows(main.codes, levels)
	s.own = make([]float64, levels*q*q)
	s.tail = make([]float64, s.size*s.size)
	s.start = make([]int, levels+1)
	place := filledInts(s.size, -1)
	entryCol, entry := []int{}, []float64{} // of a row: its non-zero columns of the tail
	buffer := make([]float64, m)
	for g := range levels {
		from := len(s.cols)
		for _, i := range order[g] {
			if w[i] == 0 {
				continue
			}
			entryCol, entry = s.entries(i, buffer, entryCol[:0], entry[:0])
			z := main.z[i*q : (i+1)*q]
			addCrossProducts(s.own[g*q*q:(g+1)*q*q], z, w[i:i+1], q)
			for k, c := range entryCol {
				if place[c] < 0 {
					place[c] = len(s.cols)
					s.cols = append(s.cols, c)
					s.cross = append(s.cross, make([]float64, q)...)
				}
				v := w[i] * entry[k]
				dst := s.cross[place[c]*q : (place[c]+1)*q]
				for a, x := range z {
					dst[a] += v * x
				}
				row := s.tail[c*s.size:]
				for l := k; l < len(entryCol); l++ {
					row[entryCol[l]] += v * entry[l]
				}
			}
		}
		symmetrise(s.own[g*q*q:(g+1)*q*q], q)
		for _, c := range s.cols[from:] {
			place[c] = -1
		}
		s.start[g+1] = len(s.cols)
		s.sortColumns(g, q)
	}
	symmetrise(s.tail, s.size)
}

// entries returns the columns of the tail in which a row is not zero, in
// ascending order, and its values.
func (s *mixedSums) entries(i int, buffer []float64, cols []int, values []float64) ([]int, []float64) {
	main := s.first()
	for f := range s.factors {
		if f == main {
			continue
		}
		fac := &s.factors[f]
		for c := range fac.q {
			cols = append(cols, fac.offset+fac.codes[i]*fac.q+c)
			values = append(values, fac.z[i*fac.q+c])
		}
	}
	s.fixed.rows(i, i+1, buffer[:len(buffer)-1])
	buffer[len(buffer)-1] = s.fixed.fit[i]
	for c, v := range buffer {
		cols = append(cols, s.random+c)
		values = append(values, v)
	}
	return cols, values
}

// sortColumns puts the columns of a level in ascending order: the effects of a
// level of another factor are then side by side.
func (s *mixedSums) sortColumns(g, q int) {
	from, to := s.start[g], s.start[g+1]
	if slices.IsSorted(s.cols[from:to]) {
		return
	}
	by := make([]int, to-from)
	for k := range by {
		by[k] = from + k
	}
	slices.SortFunc(by, func(a, b int) int { return s.cols[a] - s.cols[b] })
	cols, cross := make([]int, 0, len(by)), make([]float64, 0, len(by)*q)
	for _, k := range by {
		cols = append(cols, s.cols[k])
		cross = append(cross, s.cross[k*q:(k+1)*q]...)
	}
	copy(s.cols[from:to], cols)
	copy(s.cross[from*q:to*q], cross)
}

// levelRows returns the rows of each level.
func levelRows(codes []int, levels int) [][]int {
	counts := make([]int, levels)
	for _, c := range codes {
		counts[c]++
	}
	all := make([]int, len(codes))
	rows := make([][]int, levels)
	at := 0
	for l, n := range counts {
		rows[l] = all[at : at : at+n]
		at += n
	}
	for i, c := range codes {
		rows[c] = append(rows[c], i)
	}
	return rows
}

func filledInts(n, v int) []int {
	x := make([]int, n)
	for i := range x {
		x[i] = v
	}
	return x
}
