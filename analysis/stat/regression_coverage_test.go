package stat_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// coverageRuns is how many samples decide on a claim of 95 %: .0049 is one
// standard error of the share.
const coverageRuns = 2000

// TestRegressionIntervalsCover draws outcomes over a fixed design with the
// effect .5 of x and counts how often the 95 % interval holds the truth.
func TestRegressionIntervalsCover(t *testing.T) {
	for _, tt := range []struct {
		name     string
		clusters int
		size     int
		draw     func(rng *rand.Rand, x, shared float64) float64
		check    func(t *testing.T, d *formula.Design, g []int) (stat.Coefficient, float64)
	}{
		{"linear model, classical", 30, 1,
			func(rng *rand.Rand, x, _ float64) float64 { return 0.5*x + rng.NormFloat64() },
			func(t *testing.T, d *formula.Design, _ []int) (stat.Coefficient, float64) {
				m := stat.OLS(d)
				return m.Table(covariance(t, m, "classical"), conf)[1], 0.5
			}},
		{"linear model, HC3 when the spread grows with x", 100, 1,
			func(rng *rand.Rand, x, _ float64) float64 { return 0.5*x + (0.5+math.Abs(x))*rng.NormFloat64() },
			func(t *testing.T, d *formula.Design, _ []int) (stat.Coefficient, float64) {
				m := stat.OLS(d)
				return m.Table(covariance(t, m, "HC3"), conf)[1], 0.5
			}},
		{"linear model, CR2 with 15 clusters", 15, 6,
			func(rng *rand.Rand, x, shared float64) float64 { return 0.5*x + shared + rng.NormFloat64() },
			func(t *testing.T, d *formula.Design, g []int) (stat.Coefficient, float64) {
				m := stat.OLS(d)
				return m.Table(covariance(t, m, "CR2", g), conf)[1], 0.5
			}},
		{"linear model, CR1 with 60 clusters", 60, 4,
			func(rng *rand.Rand, x, shared float64) float64 { return 0.5*x + shared + rng.NormFloat64() },
			func(t *testing.T, d *formula.Design, g []int) (stat.Coefficient, float64) {
				m := stat.OLS(d)
				return m.Table(covariance(t, m, "CR1", g), conf)[1], 0.5
			}},
		{"logit, classical", 250, 1,
			func(rng *rand.Rand, x, _ float64) float64 { return drawn(rng, stat.Logit.Mean(0.5*x)) },
			func(t *testing.T, d *formula.Design, _ []int) (stat.Coefficient, float64) {
				m := stat.GLM(d, stat.Binomial, stat.Logit)
				return m.Table(covariance(t, m, "classical"), conf)[1], 0.5
			}},
		{"marginal effect of a logit, HC1", 250, 1,
			func(rng *rand.Rand, x, _ float64) float64 { return drawn(rng, stat.Logit.Mean(0.5*x)) },
			func(t *testing.T, d *formula.Design, _ []int) (stat.Coefficient, float64) {
				m := stat.GLM(d, stat.Binomial, stat.Logit)
				e, err := m.Margins("x", stat.MarginOptions{})
				if err != nil {
					t.Fatal(err)
				}
				truth := 0.0
				for i := range d.Rows {
					truth += 0.5 * stat.Logit.Slope(0.5*d.X.At(i, 1)) / float64(len(d.Rows))
				}
				return e.Table(covariance(t, m, "HC1"), conf)[0], truth
			}},
		{"Poisson, HC1", 250, 1,
			func(rng *rand.Rand, x, _ float64) float64 { return counted(rng, math.Exp(0.5*x)) },
			func(t *testing.T, d *formula.Design, _ []int) (stat.Coefficient, float64) {
				m := stat.GLM(d, stat.Poisson, stat.Log)
				return m.Table(covariance(t, m, "HC1"), conf)[1], 0.5
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(71, uint64(len(tt.name))))
			n := tt.clusters * tt.size
			x, g, shared := make([]float64, n), make([]float64, n), make([]float64, tt.clusters)
			for c := range tt.clusters {
				level := rng.NormFloat64()
				for s := range tt.size {
					x[c*tt.size+s], g[c*tt.size+s] = level, float64(c)
					if tt.size > 1 {
						x[c*tt.size+s] = 0.7*level + 0.7*rng.NormFloat64()
					}
				}
			}
			data := frame.New(frame.Numbers("y", make([]float64, n)), frame.Numbers("x", x), frame.Numbers("g", g))
			d := design(t, data, "y ~ x", formula.Options{})
			codes := d.Cluster(data.Col("g"))
			held := 0
			for range coverageRuns {
				for c := range shared {
					shared[c] = rng.NormFloat64()
				}
				for i := range d.Y {
					d.Y[i] = tt.draw(rng, x[i], shared[int(g[i])])
				}
				line, truth := tt.check(t, d, codes)
				if line.Holds(truth) {
					held++
				}
			}
			if share := float64(held) / coverageRuns; share < 0.935 || share > 0.965 {
				t.Errorf("%.4f of %d intervals hold the truth, want .935 to .965", share, coverageRuns)
			}
		})
	}
}

func drawn(rng *rand.Rand, p float64) float64 {
	if rng.Float64() < p {
		return 1
	}
	return 0
}

// counted draws a Poisson count by the products of uniforms.
func counted(rng *rand.Rand, mean float64) float64 {
	limit, product, n := math.Exp(-mean), rng.Float64(), 0.0
	for product > limit {
		product *= rng.Float64()
		n++
	}
	return n
}

func TestWaldTestsOfEqualSourcesRejectFivePercent(t *testing.T) {
	const n = 240
	rng := rand.New(rand.NewPCG(72, 1))
	x, z, source, y := make([]float64, n), make([]float64, n), make([]string, n), make([]float64, n)
	for i := range n {
		x[i], z[i], source[i] = rng.NormFloat64(), rng.NormFloat64(), []string{"people", "model"}[i%2]
	}
	parsed, err := formula.Parse("y ~ x + z")
	if err != nil {
		t.Fatal(err)
	}
	rejected := map[string]int{}
	for range coverageRuns {
		for i := range y {
			y[i] = 0.5*x[i] - 0.2*z[i] + rng.NormFloat64()
		}
		data := frame.New(frame.Numbers("y", y), frame.Numbers("x", x), frame.Numbers("z", z), frame.Factors("source", source, []string{"people", "model"}))
		s, err := stat.NewStacked(parsed, data, "source", stat.Gaussian, stat.Identity, formula.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{"classical", "HC3"} {
			v := covariance(t, s.Fit, kind)
			for what, columns := range map[string][]int{"all": s.Columns, "slopes": s.Slopes} {
				if s.Fit.Joint(v, columns).F.P <= 0.05 {
					rejected[fmt.Sprintf("%s, %s", what, kind)]++
				}
			}
		}
	}
	for what, count := range rejected {
		if share := float64(count) / coverageRuns; share < 0.04 || share > 0.06 {
			t.Errorf("%s: %.4f of %d true nulls rejected, want .04 to .06", what, share, coverageRuns)
		}
	}
	if len(rejected) != 4 {
		t.Errorf("tests that ever rejected: %v, want 4", rejected)
	}
}

// TestTheLogitOfTheStudyHasItsPublishedErrors holds the logit of do = perhaps or
// yes on the 316 people of studies/wanting to what glm and
// sandwich::vcovCL(type = "HC0"), which has the factor G/(G-1), give.
func TestTheLogitOfTheStudyHasItsPublishedErrors(t *testing.T) {
	f := peopleOfWanting(t)
	m := stat.GLM(design(t, f, "I(do != 'no') ~ anger + gender + behaviour + blame", formula.Options{Reference: map[string]string{"behaviour": "curse", "blame": "other"}}), stat.Binomial, stat.Logit)
	v := covariance(t, m, "CR1", m.Design.Cluster(f.Col("id")))
	found := 0
	for name, want := range map[string][2]float64{
		"anger": {0.054748175, 0.014935135}, "genderM": {0.560810834, 0.157163275}, "behaviourscold": {-0.782768590, 0.086026452},
		"behaviourshout": {-1.863432206, 0.115836444}, "blameself": {-0.788418590, 0.069481289},
	} {
		for j, column := range m.Names {
			if column != name {
				continue
			}
			found++
			if math.Abs(m.Coef[j]-want[0]) > 1e-9 || math.Abs(v.SE(j)-want[1]) > 1e-9 {
				t.Errorf("%s = %.9f (%.9f), want %.9f (%.9f)", name, m.Coef[j], v.SE(j), want[0], want[1])
			}
		}
	}
	if found != 5 {
		t.Errorf("columns %q, want the five of the study", m.Names)
	}
}

func peopleOfWanting(t *testing.T) *frame.Frame {
	t.Helper()
	file, err := os.Open("../../studies/wanting/people.csv")
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
		texts, numbers := make([]string, len(rows)-1), make([]float64, len(rows)-1)
		for i, r := range rows[1:] {
			texts[i] = r[c]
			numbers[i], err = strconv.ParseFloat(r[c], 64)
		}
		if name == "anger" && err == nil {
			cols = append(cols, frame.Numbers(name, numbers))
			continue
		}
		cols = append(cols, frame.Factors(name, texts, nil))
	}
	f := frame.New(cols...)
	return f.With(frame.Factors("gender", textsOf(f.Col("gender")), []string{"F", "M"}))
}

func textsOf(c *frame.Column) []string {
	texts := make([]string, c.Len())
	for i := range texts {
		texts[i] = c.String(i)
	}
	return texts
}
