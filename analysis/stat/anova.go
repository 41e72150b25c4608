package stat

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// SumsOfSquares is what a term of an analysis of variance is compared with.
type SumsOfSquares int

const (
	// TypeI adds terms in their order: what a term explains beyond those before it.
	TypeI SumsOfSquares = 1
	// TypeII is what a term explains beyond all terms that do not contain it.
	TypeII SumsOfSquares = 2
	// TypeIII is what a term explains beyond all others, those that contain it
	// too. It is a question about means only when factors have sum contrasts.
	TypeIII SumsOfSquares = 3
)

// ANOVATerm is one line of an analysis of variance.
type ANOVATerm struct {
	Term string
	SS   float64
	Test // F on the term's and the residual's degrees of freedom; NaN of the residuals but for DF
	// Eta2 is SS over the sum of all lines' SS (without an intercept's), PartialEta2
	// SS/(SS + residual SS), and Omega2 the same as PartialEta2 nearly without bias,
	// (SS - DF·MSE)/(SS + (N - DF)·MSE). Share is the interval of what both
	// partial ones estimate, as in OneWay.
	Eta2, PartialEta2, Omega2 float64
	Share                     Interval
}

// ANOVA is an analysis of variance of a linear model.
type ANOVA struct {
	Terms    []ANOVATerm // the last line is the residuals
	N        int         // rows with a positive weight
	Warnings []string
}

// NewANOVA returns the analysis of variance of y on the columns of x. assign
// tells each column's term: 0 is the intercept, i is terms[i-1], labels as in R
// ("a", "b", "a:b"), in the order of the design. w are weights, nil for 1 each.
//
// TypeI is R's anova(lm), TypeII car::Anova(type = 2), and TypeIII
// car::Anova(type = 3), which has a line for the intercept; for TypeIII the
// design should have sum contrasts (contr.sum), or tests of terms inside
// interactions depend on the reference level. Sums of squares are lengths of
// projections, not differences, so small terms keep their digits.
//
// Columns linear in those before them add no degrees of freedom, and a term of
// such columns alone has zero with a warning; for types II and III, where R
// refuses, a warning says so. No residual degrees of freedom or no residual
// variance make F and p NaN with a warning. It panics when lengths differ.
func NewANOVA(x *mat.Dense, assign []int, terms []string, y, w []float64, kind SumsOfSquares, conf float64) ANOVA {
	n, k := x.Dims()
	if len(assign) != k || len(y) != n || w != nil && len(w) != n {
		panic(fmt.Sprintf("stat: analysis of variance of %d x %d values, %d assignments, %d answers", n, k, len(assign), len(y)))
	}
	if w == nil {
		w = filled(n, 1)
	}
	a := ANOVA{}
	for _, v := range w {
		if v > 0 {
			a.N++
		}
	}
	p := projection{x: x, assign: assign, y: y, w: w}
	all := make([]int, 0, len(terms)+1)
	if slices.Contains(assign, 0) {
		all = append(all, 0)
	}
	for i := range terms {
		all = append(all, i+1)
	}
	full := p.onto(all)
	dfResid := float64(a.N - full.rank)
	mse := full.residual / dfResid
	switch {
	case dfResid <= 0:
		a.Warnings = append(a.Warnings, "no residual degrees of freedom: no tests")
		mse = nan
	case !(full.residual > 1e-24*full.whole):
		a.Warnings = append(a.Warnings, "the model leaves no residual variance: no tests")
		mse = nan
	}
	if full.rank < k && kind != TypeI {
		a.Warnings = append(a.Warnings, "columns that are linear in others were left out: some tests are of fewer contrasts than their terms have")
	}
	total := full.residual
	for _, t := range all {
		if t == 0 && kind != TypeIII {
			continue
		}
		line := a.line(p.term(t, terms, all, kind, full), mse, dfResid, conf)
		line.Term = "(Intercept)"
		if t > 0 {
			line.Term = terms[t-1]
			total += line.SS
		}
		a.Terms = append(a.Terms, line)
	}
	for i := range a.Terms {
		a.Terms[i].Eta2 = a.Terms[i].SS / total
		if a.Terms[i].Term == "(Intercept)" {
			a.Terms[i].Eta2 = nan
		}
	}
	resid := ANOVATerm{Term: "Residuals", SS: full.residual, Test: noTest(""), Eta2: nan, PartialEta2: nan, Omega2: nan, Share: noInterval}
	resid.DF = dfResid
	a.Terms = append(a.Terms, resid)
	return a
}

// line returns a term's line.
func (a *ANOVA) line(s termSquares, mse, dfResid, conf float64) ANOVATerm {
	t := ANOVATerm{SS: s.ss, Test: noTest("no residual variance"), PartialEta2: nan, Omega2: nan, Share: noInterval}
	t.DF, t.DF2 = s.df, dfResid
	switch {
	case s.df == 0:
		t.Note = "its columns are linear in others"
	case !math.IsNaN(mse):
		t.Test = fTest(s.ss/s.df/mse, s.df, dfResid)
		t.PartialEta2 = s.ss / (s.ss + mse*dfResid)
		t.Omega2 = (s.ss - s.df*mse) / (s.ss + (float64(a.N)-s.df)*mse)
		t.Share = varianceShare(t.Stat, s.df, dfResid, conf)
	}
	return t
}

// termSquares is a term's sum of squares and how many columns it has it from.
type termSquares struct{ ss, df float64 }

// projection is y onto terms of a design.
type projection struct {
	x      *mat.Dense
	assign []int
	y, w   []float64
}

// projected is the result: what each term adds to those before it.
type projected struct {
	terms           map[int]termSquares
	rank            int
	whole, residual float64 // sums of squares of y, before and after
}

// onto projects y onto the columns of terms, in that order.
func (p projection) onto(terms []int) projected {
	var cols, of []int
	for _, t := range terms {
		for c, a := range p.assign {
			if a == t {
				cols, of = append(cols, c), append(of, t)
			}
		}
	}
	r := projected{terms: map[int]termSquares{}}
	e := slices.Clone(p.y)
	for i, v := range e {
		r.whole += p.w[i] * v * v
	}
	if len(cols) > 0 {
		n, _ := p.x.Dims()
		x := mat.NewDense(n, len(cols), nil)
		for j, c := range cols {
			x.SetCol(j, mat.Col(nil, c, p.x))
		}
		q := orthogonal(x, p.w)
		r.rank = len(q.kept)
		for a, c := range q.kept {
			d := 0.0
			for i, v := range e {
				d += p.w[i] * q.rows[i*r.rank+a] * v
			}
			d /= q.weight
			for i := range e {
				e[i] -= d * q.rows[i*r.rank+a]
			}
			s := r.terms[of[c]]
			s.ss += q.weight * d * d
			s.df++
			r.terms[of[c]] = s
		}
	}
	for i, v := range e {
		r.residual += p.w[i] * v * v
	}
	return r
}

// term returns the squares of term t of the given kind.
func (p projection) term(t int, terms []string, all []int, kind SumsOfSquares, full projected) termSquares {
	if kind == TypeI {
		return full.terms[t]
	}
	var others []int
	for _, o := range all {
		if o != t && (kind == TypeIII || o == 0 || t == 0 || !contains(terms[o-1], terms[t-1])) {
			others = append(others, o)
		}
	}
	return p.onto(append(others, t)).terms[t]
}

// contains says whether the term whole has all variables of part, and more.
func contains(whole, part string) bool {
	a, b := termVariables(whole), termVariables(part)
	if len(a) <= len(b) {
		return false
	}
	for _, v := range b {
		if !slices.Contains(a, v) {
			return false
		}
	}
	return true
}

// termVariables splits a label at the colons that are in no parentheses and no
// backquotes.
func termVariables(label string) []string {
	var parts []string
	depth, quoted, from := 0, false, 0
	for i, r := range label {
		switch {
		case r == '`':
			quoted = !quoted
		case quoted:
		case strings.ContainsRune("([", r):
			depth++
		case strings.ContainsRune(")]", r):
			depth--
		case r == ':' && depth == 0:
			parts = append(parts, label[from:i])
			from = i + 1
		}
	}
	return append(parts, label[from:])
}
