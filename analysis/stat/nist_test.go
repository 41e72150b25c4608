package stat_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
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
			// Powers of Filip's x differ by less than R's lm (and OLS) takes for
			// noise; R fits them under a smaller tolerance too: lm(tol = 1e-10).
			r := stat.OLSTolerance(d, 1e-12)
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
