package stat_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// TestLeastSquaresHasTheDigitsThatNISTCertifies reads the sets of
// testdata/nist, whose certified.json says where they are from. Correct digits
// are -log10 of the relative error, of the absolute one where the value is 0.
func TestLeastSquaresHasTheDigitsThatNISTCertifies(t *testing.T) {
	var file struct {
		Sets []struct {
			Name, Formula string
			Coef, SD      []float64
			Sigma, R2     float64
		}
	}
	readJSON(t, filepath.Join("testdata", "nist", "certified.json"), &file)
	for _, set := range file.Sets {
		t.Run(set.Name, func(t *testing.T) {
			f, err := formula.Parse(set.Formula)
			if err != nil {
				t.Fatal(err)
			}
			d, err := f.Design(nistFrame(t, set.Name), formula.Options{})
			if err != nil {
				t.Fatal(err)
			}
			r := stat.OLS(d)
			if set.Name == "Filip" {
				// Powers of Filip's x differ by less than R's lm, and OLS, takes for
				// noise; R fits them under a smaller tolerance too: lm(tol = 1e-10).
				r = stat.OLSTolerance(d, 1e-12)
			}
			v, err := r.Covariance("classical")
			if err != nil {
				t.Fatal(err)
			}
			want := 9.0
			if set.Name == "Filip" {
				want = 7 // the powers, rounded to float64, hold no more
			}
			worst := math.Inf(1)
			check := func(what string, got, certified float64) {
				d := digits(got, certified)
				worst = min(worst, d)
				if d < want {
					t.Errorf("%s = %.15g, certified %.15g: %.1f digits, want %.0f", what, got, certified, d, want)
				}
			}
			for j, b := range set.Coef {
				check(r.Names[j], r.Coef[j], b)
				check("error of "+r.Names[j], v.SE(j), set.SD[j])
			}
			check("residual standard deviation", r.Sigma, set.Sigma)
			check("R²", r.R2, set.R2)
			t.Logf("%.1f digits", worst)
		})
	}
}

// TestFilipsLastPowerIsDroppedAndSaid holds what a study sees of Filip's
// polynomial, for which R has NA in the same place:
//
//	m <- lm(y ~ x + I(x^2) + ... + I(x^10), read.csv("testdata/nist/Filip.csv"))
//	coef(m)["I(x^10)"]; coef(m)["x"]; summary(m)$r.squared
func TestFilipsLastPowerIsDroppedAndSaid(t *testing.T) {
	f, err := formula.Parse("y ~ x + I(x^2) + I(x^3) + I(x^4) + I(x^5) + I(x^6) + I(x^7) + I(x^8) + I(x^9) + I(x^10)")
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Design(nistFrame(t, "Filip"), formula.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := stat.OLS(d)
	if !slices.Equal(r.Dropped, []string{"I(x^10)"}) || !strings.Contains(strings.Join(r.Warnings, "; "), "I(x^10)") {
		t.Errorf("dropped %q with the warnings %q, want I(x^10) named in both", r.Dropped, r.Warnings)
	}
	if !math.IsNaN(r.Coef[10]) || digits(r.Coef[1], -326.882209469472) < 6 || digits(r.R2, 0.995796453099) < 9 {
		t.Errorf("coefficients %v with R² %.12g, R has -326.882209469472 for x and 0.995796453099", r.Coef, r.R2)
	}
}

func digits(got, want float64) float64 {
	off := math.Abs(got - want)
	if want != 0 {
		off /= math.Abs(want)
	}
	if off == 0 {
		return 15
	}
	return min(15, -math.Log10(off))
}

func nistFrame(t *testing.T, name string) *frame.Frame {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "nist", name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var cols []*frame.Column
	for c, name := range rows[0] {
		xs := make([]float64, len(rows)-1)
		for i, row := range rows[1:] {
			if xs[i], err = strconv.ParseFloat(row[c], 64); err != nil {
				t.Fatal(err)
			}
		}
		cols = append(cols, frame.Numbers(name, xs))
	}
	return frame.New(cols...)
}
