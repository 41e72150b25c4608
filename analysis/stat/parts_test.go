package stat_test

import (
	"fmt"
	"math"
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// partsFormulas are models of few-valued predictors, with products and
// functions among them.
var partsFormulas = []string{
	"y ~ x1 + x2 + arm + party",
	"y ~ x1 * arm + I(x2^2) + x3:party",
	"y ~ 0 + arm + x1 + x2",
	"y ~ x1 + I(2 * x1) + arm", // collinear
	"y ~ scale(x4) + factor(x5) + arm",
	"y ~ arm",
}

func TestPartsAreTheMatrixOfTheDesign(t *testing.T) {
	f := benchFrame(2000, true)
	for _, src := range partsFormulas {
		whole, parted := design(t, f, src, formula.Options{}), design(t, f, src, formula.Options{Parts: true})
		if parted.Parts == nil || parted.X != nil {
			t.Fatalf("%s: a design of few patterns has %d parts and a matrix %v", src, len(parted.Parts), parted.X != nil)
		}
		x := parted.Matrix()
		for i := range whole.Rows {
			for j, name := range whole.Names {
				if got, want := x.At(i, j), whole.X.At(i, j); got != want {
					t.Fatalf("%s: row %d of %s is %v by parts, want %v", src, i, name, got, want)
				}
			}
		}
	}
}

func TestADesignOfManyValuesHasNoParts(t *testing.T) {
	f := benchFrame(2000, false)
	if d := design(t, f, "y ~ x1 + arm", formula.Options{Parts: true}); d.Parts != nil || d.X == nil {
		t.Errorf("a number of 2000 values gives %d parts, want the matrix", len(d.Parts))
	}
}

func TestARegressionByPartsIsThatOfTheMatrix(t *testing.T) {
	f := benchFrame(2000, true)
	for _, src := range partsFormulas {
		for _, family := range []string{"ols", "logit", "probit", "poisson"} {
			left := src
			if family != "ols" {
				left = "b" + src[1:]
			}
			t.Run(family+" "+left, func(t *testing.T) { sameByParts(t, f, left, family) })
		}
	}
}

func sameByParts(t *testing.T, f *frame.Frame, src, family string) {
	fit := func(o formula.Options) *stat.Regression {
		d := design(t, f, src, o)
		if family == "ols" {
			return stat.OLS(d)
		}
		kind, link, err := stat.FamilyOf(family)
		if err != nil {
			t.Fatal(err)
		}
		return stat.GLM(d, kind, link)
	}
	whole, parted := fit(formula.Options{}), fit(formula.Options{Parts: true})
	same := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9*math.Max(1e-3, math.Abs(want)) || math.IsNaN(got) != math.IsNaN(want) {
			t.Errorf("%s is %v by parts, want %v", what, got, want)
		}
	}
	same("log likelihood", parted.LogLik, whole.LogLik)
	for j, name := range whole.Names {
		same("coefficient of "+name, parted.Coef[j], whole.Coef[j])
	}
	for _, kind := range []string{"classical", "HC0", "HC1", "HC3", "CR1", "CR2"} {
		var clusters [][]int
		if stat.Clustered(kind) {
			clusters = append(clusters, whole.Design.Cluster(f.Col("g")))
		}
		a, err := whole.Covariance(kind, clusters...)
		if err != nil {
			t.Fatal(err)
		}
		b, err := parted.Covariance(kind, clusters...)
		if err != nil {
			t.Fatal(err)
		}
		for j, name := range whole.Names {
			same(kind+" error of "+name, b.SE(j), a.SE(j))
		}
	}
	for _, name := range whole.Design.Predictors() {
		a, err := whole.Margins(name, stat.MarginOptions{Step: 2})
		if err != nil {
			t.Fatal(err)
		}
		b, err := parted.Margins(name, stat.MarginOptions{Step: 2})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range a.Values {
			same(fmt.Sprintf("effect %d of %s", i, name), b.Values[i], v)
			for j, column := range whole.Names {
				same(fmt.Sprintf("derivative by %s of effect %d of %s", column, i, name), b.Jacobian.At(i, j), a.Jacobian.At(i, j))
			}
		}
	}
}
