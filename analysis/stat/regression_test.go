package stat_test

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// quine is MASS::quine with the columns that the R calls below add:
//
//	q$g <- rep(1:14, length.out = 146); q$h <- rep(1:9, each = 17)[1:146]
//	q$w <- 1 + q$h/3; q$e1 <- as.numeric(q$Eth == "A"); q$e2 <- 1 - q$e1
//	q$x <- q$Days %% 7 + q$h; q$s <- (q$g > 7) + 1
func quine(t *testing.T) *frame.Frame {
	t.Helper()
	data := &oracleData{folder: filepath.Join("testdata", "oracle"), frames: map[string]*frame.Frame{}}
	readJSON(t, filepath.Join(data.folder, "datasets.json"), &data.sets)
	f, err := data.frame("quine")
	if err != nil {
		t.Fatal(err)
	}
	n := f.Rows()
	cols := map[string][]float64{}
	for _, name := range []string{"g", "h", "w", "e1", "e2", "x", "s"} {
		cols[name] = make([]float64, n)
	}
	for i := range n {
		g, h := float64(i%14+1), float64(i/17+1)
		cols["g"][i], cols["h"][i], cols["w"][i] = g, h, 1+h/3
		if f.Col("Eth").String(i) == "A" {
			cols["e1"][i] = 1
		}
		cols["e2"][i] = 1 - cols["e1"][i]
		cols["x"][i] = math.Mod(f.Col("Days").Nums[i], 7) + h
		cols["s"][i] = 1
		if g > 7 {
			cols["s"][i] = 2
		}
	}
	for _, name := range []string{"g", "h", "w", "e1", "e2", "x", "s"} {
		f = f.With(frame.Numbers(name, cols[name]))
	}
	return f
}

func design(t testing.TB, f *frame.Frame, src string, opts formula.Options) *formula.Design {
	t.Helper()
	parsed, err := formula.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	d, err := parsed.Design(f, opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// near compares numbers with those of R 4.2.2, given to 13 digits.
func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, R has %d", what, len(got), len(want))
	}
	for i := range got {
		if math.IsNaN(want[i]) != math.IsNaN(got[i]) || math.Abs(got[i]-want[i]) > 1e-8*math.Abs(want[i])+1e-12 {
			t.Errorf("%s, number %d: %.13g, R has %.13g", what, i+1, got[i], want[i])
		}
	}
}

func errorsOf(v *stat.Covariance) []float64 {
	var se []float64
	for j := range v.DF {
		se = append(se, v.SE(j))
	}
	return se
}

func TestRobustErrorsOfOtherModelsAgreeWithR(t *testing.T) {
	f := quine(t)
	d := design(t, f, "Days ~ Eth + Sex + Lrn", formula.Options{})
	g, h := d.Cluster(f.Col("g")), d.Cluster(f.Col("h"))
	m := stat.OLS(d)
	// vcovCL(lm(Days ~ Eth + Sex + Lrn), cluster = q[, c("g", "h")], type = "HC1"), then "HC0"
	near(t, "two-way CR1S", errorsOf(covariance(t, m, "CR1S", g, h)), []float64{2.395823010174, 3.742513735463, 2.985802848014, 4.746813883064})
	near(t, "two-way CR1", errorsOf(covariance(t, m, "CR1", g, h)), []float64{2.370909095602, 3.703595723952, 2.954753794403, 4.697452258658})

	// vcovCR(m, q$g, "CR2") + vcovCR(m, q$h, "CR2") - vcovCR(m, interaction(q$g, q$h), "CR2")
	two := covariance(t, m, "CR2", g, h)
	near(t, "two-way CR2", errorsOf(two), []float64{2.4595165217773, 4.0279910279270, 3.4018979237037, 4.7993155989485})
	byG, byH := covariance(t, m, "CR2", g), covariance(t, m, "CR2", h)
	for j := range two.DF {
		if want := math.Min(byG.DF[j], byH.DF[j]); two.DF[j] != want {
			t.Errorf("two-way CR2 has %v degrees of freedom, want the smaller of both ways, %v", two.DF[j], want)
		}
	}

	often := design(t, f, "I(Days > 10) ~ Eth + Sex + Lrn", formula.Options{})
	logit := stat.GLM(often, stat.Binomial, stat.Logit)
	// coef_test(glm(...), vcov = "CR2", cluster = g, test = "Satterthwaite")
	cr2 := covariance(t, logit, "CR2", g)
	near(t, "CR2 of a logit", errorsOf(cr2), []float64{0.3758319713957, 0.3752084271953, 0.3394006712202, 0.3658618437850})
	near(t, "degrees of freedom of a logit", cr2.DF, []float64{11.40224779049, 12.95664380358, 12.89013824208, 12.75510180000})
	cr2 = covariance(t, stat.GLM(often, stat.Binomial, stat.Probit), "CR2", g)
	near(t, "CR2 of a probit", errorsOf(cr2), []float64{0.2319823697013, 0.2296799981736, 0.2081062275047, 0.2257907026996})
	near(t, "degrees of freedom of a probit", cr2.DF, []float64{11.41514730207, 12.95508573915, 12.89741595585, 12.73608108872})
	// vcovHC(glm(...), "HC2"), "HC3"
	near(t, "HC2 of a logit", errorsOf(covariance(t, logit, "HC2")), []float64{0.3573947711066, 0.3535180712860, 0.3628436078862, 0.3625692542204})
	near(t, "HC3 of a logit", errorsOf(covariance(t, logit, "HC3")), []float64{0.3624624011098, 0.3585037096491, 0.3681097289127, 0.3678985714401})

	// coef_test(lm(..., weights = w), vcov = "CR2", cluster = g, test = "Satterthwaite")
	weighted := stat.OLS(design(t, f, "Days ~ Eth + Sex + Lrn", formula.Options{Weights: "w"}))
	cr2 = covariance(t, weighted, "CR2", g)
	near(t, "CR2 of a weighted model", errorsOf(cr2), []float64{3.088490402734, 3.936831918552, 2.580511701212, 3.029964062777})
	near(t, "its degrees of freedom", cr2.DF, []float64{12.09524930077, 12.96289398137, 12.80664069077, 12.82934269157})

	// svyglm(Days ~ Eth + Lrn, svydesign(ids = ~g, strata = ~s, weights = ~w)): errors, df.residual
	survey := stat.OLS(design(t, f, "Days ~ Eth + Lrn", formula.Options{Weights: "w"}))
	v := covariance(t, survey, "survey", g, d.Cluster(f.Col("s")))
	near(t, "survey errors within strata", append(errorsOf(v), v.DF[0]), []float64{2.719220447628, 4.216339699944, 2.338250929994, 10})
}

func TestLinearHypothesesAgreeWithR(t *testing.T) {
	m := stat.OLS(design(t, quine(t), "Days ~ Eth + Sex + Lrn", formula.Options{}))
	// linearHypothesis(m, c("EthN = 2*SexM", "LrnSL = 1"), vcov. = vcovHC(m, "HC1"), test = "F")
	w := m.Wald(covariance(t, m, "HC1"), denseRows([]float64{0, 1, -2, 0}, []float64{0, 0, 0, 1}), []float64{0, 1})
	near(t, "F and p", []float64{w.F.Stat, w.F.P}, []float64{4.46812827921756, 0.01312588670439})
	twice := m.Wald(covariance(t, m, "HC1"), denseRows([]float64{0, 1, 0, 0}, []float64{0, 2, 0, 0}), nil)
	if !math.IsNaN(twice.F.Stat) || twice.F.Note == "" {
		t.Errorf("one hypothesis said twice gives F = %v, note %q; want NaN and why", twice.F.Stat, twice.F.Note)
	}
}

func TestAliasedColumnsAreNamedAsRNamesThem(t *testing.T) {
	f := quine(t)
	nan := math.NaN()
	// coef(lm(Days ~ Age * Lrn, quine)): no slow learner is in F3
	m := stat.OLS(design(t, f, "Days ~ Age * Lrn", formula.Options{}))
	near(t, "coefficients", m.Coef, []float64{13.473684210526, -3.407017543860, 2.713815789474, 6.132376395534, 4.651315789474, -3.040563101302, 3.452850877193, nan})
	near(t, "errors", errorsOf(covariance(t, m, "classical")), []float64{3.639916800783, 5.480059651532, 5.383509549319, 4.569157817978, 6.686954151077, 8.343726184486, 8.422429800059, nan})
	near(t, "HC1", errorsOf(covariance(t, m, "HC1")), []float64{2.658310197105, 3.212488577655, 4.628238207760, 3.865584982647, 7.655994179205, 8.230569269860, 9.709594493698, nan})
	near(t, "R², adjusted, AIC", []float64{m.R2, m.AdjR2, m.AIC}, []float64{8.650891580425e-02, 4.707764598285e-02, 1.230297330864e+03})
	if !slices.Equal(m.Dropped, []string{"AgeF3:LrnSL"}) || !strings.Contains(strings.Join(m.Warnings, "; "), "AgeF3:LrnSL") {
		t.Errorf("dropped %q, warnings %q; want AgeF3:LrnSL in both", m.Dropped, m.Warnings)
	}
	// glm(Days ~ Age * Lrn, poisson, quine): coef, AIC, deviance, df.residual
	p := stat.GLM(m.Design, stat.Poisson, stat.Log)
	near(t, "Poisson coefficients", p.Coef, []float64{2.6007384653131, -0.2915088296004, 0.1835008741466, 0.3751002677213, 0.2965537354276, -0.1481263637997, 0.1093402811152, nan})
	near(t, "Poisson fit", []float64{p.AIC, p.Deviance, p.DF}, []float64{2475.784138536, 1873.307060744, 139})
	// coef(lm(Days ~ e1 + e2 + Sex)): the later of two is dropped, and what follows stays
	e := stat.OLS(design(t, f, "Days ~ e1 + e2 + Sex", formula.Options{}))
	near(t, "coefficients beside a dropped one", e.Coef, []float64{10.919265520256, 9.064704167881, nan, 2.777615855436})
	if a, err := e.Margins("Sex", stat.MarginOptions{}); err != nil || math.Abs(a.Values[0]-2.777615855436) > 1e-9 || math.IsNaN(a.Table(covariance(t, e, "HC1"), conf)[0].SE) {
		t.Errorf("marginal effect beside a dropped column = %v (%v), want 2.7776 with an error", a, err)
	}
}

func TestInflationAndStandardisedCoefficientsAgreeWithR(t *testing.T) {
	f := quine(t)
	var gvif, root []float64
	for _, v := range stat.OLS(design(t, f, "Days ~ Eth + Age + Lrn", formula.Options{})).VIF() {
		gvif, root = append(gvif, v.GVIF), append(root, v.Root)
	}
	// car::vif(lm(Days ~ Eth + Age + Lrn, quine))
	near(t, "GVIF", gvif, []float64{1.002954504785, 1.416998714274, 1.413641721702})
	near(t, "GVIF^(1/(2 Df))", root, []float64{1.001476162864, 1.059810560410, 1.188966661308})
	gvif = nil
	for _, v := range stat.GLM(design(t, f, "Days ~ Eth * Lrn + Age", formula.Options{}), stat.Poisson, stat.Log).VIF() {
		gvif = append(gvif, v.GVIF)
	}
	// car::vif(glm(Days ~ Eth * Lrn + Age, poisson, quine))
	near(t, "GVIF of a Poisson model", gvif, []float64{1.773189771193, 2.186257334223, 1.575601810653, 2.248695955849})

	m := stat.OLS(design(t, f, "Days ~ Eth + Sex + Lrn", formula.Options{}))
	var beta, lo []float64
	for _, l := range m.Standardised(covariance(t, m, "classical"), conf) {
		beta, lo = append(beta, l.Estimate), append(lo, l.Lo)
	}
	for i, want := range []float64{0, -0.28086343, 0.09538377, 0.06586986} { // effectsize::standardize_parameters(method = "basic")
		if math.Abs(beta[i]-want) > 1e-8 {
			t.Errorf("standardised coefficient %d = %.8f, R has %.8f", i, beta[i], want)
		}
	}
	if math.Abs(lo[1] - -0.43921312) > 1e-8 {
		t.Errorf("lower limit = %.8f, R has -0.43921312", lo[1])
	}
}

func TestMarginalEffectsGoThroughEveryColumnOfAVariable(t *testing.T) {
	m := stat.GLM(design(t, quine(t), "I(Days > 10) ~ Eth * x + I(x^2) + log(x)", formula.Options{}), stat.Binomial, stat.Logit)
	x, err := m.Margins("x", stat.MarginOptions{})
	if err != nil {
		t.Fatal(err)
	}
	v := covariance(t, m, "classical")
	// numeric derivatives of predict(glm(I(Days > 10) ~ Eth * x + I(x^2) + log(x), binomial), type = "response")
	if math.Abs(x.Values[0] - -0.007943978184) > 1e-10 {
		t.Errorf("effect of x = %.12f, R has -0.007943978184", x.Values[0])
	}
	if se := x.Table(v, conf)[0].SE; math.Abs(se-0.01601746177) > 1e-8 {
		t.Errorf("its error = %.11f, R has 0.01601746177", se)
	}
	eth, err := m.Margins("Eth", stat.MarginOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(eth.Values[0] - -0.2325452888131) > 1e-11 || eth.Base != "A" {
		t.Errorf("effect of Eth N against %s = %.13f, R has -0.2325452888131 against A", eth.Base, eth.Values[0])
	}
	five, _ := m.Margins("x", stat.MarginOptions{Step: 5})
	if got, want := five.Table(v, conf)[0], x.Table(v, conf)[0]; math.Abs(got.Estimate-5*want.Estimate) > 1e-15 || math.Abs(got.SE-5*want.SE) > 1e-14 {
		t.Errorf("per 5: %v (%v), want five times %v (%v)", got.Estimate, got.SE, want.Estimate, want.SE)
	}
	small, _ := m.Margins("x", stat.MarginOptions{Step: 1e-6, Discrete: true})
	if got := small.Values[0] / 1e-6; math.Abs(got-x.Values[0]) > 1e-7 {
		t.Errorf("a step of 1e-6 gives %v per unit, the slope is %v", got, x.Values[0])
	}
	if _, err := m.Margins("y", stat.MarginOptions{}); err == nil || !strings.Contains(err.Error(), "no predictor") {
		t.Errorf("effect of a variable that is not there: error %v", err)
	}
}

func TestSeparationIsDetectedAndSaid(t *testing.T) {
	f := frame.New(
		frame.Numbers("y", []float64{0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1, 0}),
		frame.Numbers("x", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 2.5, 6.5, 3.5}),
		frame.Factors("g", []string{"a", "a", "a", "a", "a", "a", "b", "b", "b", "a", "a", "a"}, nil),
		frame.Numbers("z", []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8}),
		frame.Numbers("n", []float64{2, 1, 4, 3, 1, 2, 0, 0, 0, 5, 1, 2}),
	)
	for _, tt := range []struct {
		name, formula string
		family        stat.Family
		link          stat.Link
		moving        []string
	}{
		{"perfect", "y ~ x", stat.Binomial, stat.Logit, []string{"(Intercept)", "x"}},
		{"perfect, probit", "y ~ x", stat.Binomial, stat.Probit, []string{"(Intercept)", "x"}},
		{"in one group", "y ~ g + z", stat.Binomial, stat.Logit, []string{"gb"}},
		{"in one group, probit", "y ~ g + z", stat.Binomial, stat.Probit, []string{"gb"}},
		{"a count that is 0 in a group", "n ~ g", stat.Poisson, stat.Log, []string{"gb"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := stat.GLM(design(t, f, tt.formula, formula.Options{}), tt.family, tt.link)
			if !m.Separated || !slices.Equal(m.Moving, tt.moving) {
				t.Fatalf("separated = %v, moving %q after %d steps; want %q", m.Separated, m.Moving, m.Steps, tt.moving)
			}
			if len(m.Warnings) == 0 || !strings.Contains(m.Warnings[0], "separation") {
				t.Errorf("warnings %q do not say it", m.Warnings)
			}
			v := covariance(t, m, "HC1")
			for j, name := range m.Names {
				if got := math.IsNaN(v.SE(j)); got != slices.Contains(tt.moving, name) {
					t.Errorf("error of %s is %v", name, v.SE(j))
				}
			}
		})
	}
	overlap := stat.GLM(design(t, f, "y ~ z", formula.Options{}), stat.Binomial, stat.Logit)
	if overlap.Separated || !overlap.Converged {
		t.Errorf("without separation: separated %v, converged %v", overlap.Separated, overlap.Converged)
	}
}

func TestRareOutcomesAreNotSeparation(t *testing.T) {
	const n = 200_000
	y, g, z := make([]float64, n), make([]string, n), make([]float64, n)
	for i := range n {
		g[i], z[i] = []string{"a", "b"}[i%2], float64(i%100)/100
	}
	y[0], y[2], y[1] = 1, 1, 1
	f := frame.New(frame.Numbers("y", y), frame.Factors("g", g, nil), frame.Numbers("z", z))
	for _, link := range []stat.Link{stat.Logit, stat.Probit} {
		m := stat.GLM(design(t, f, "y ~ g", formula.Options{}), stat.Binomial, link)
		if m.Separated || !m.Converged {
			t.Errorf("%s: separated %v, converged %v after %d steps", link, m.Separated, m.Converged, m.Steps)
		}
	}
	m := stat.GLM(design(t, f, "y ~ g", formula.Options{}), stat.Binomial, stat.Logit)
	if want := math.Log(1.0/99999) - math.Log(2.0/99998); math.Abs(m.Coef[1]-want) > 1e-9 {
		t.Errorf("log odds ratio = %v, want %v", m.Coef[1], want)
	}
}

func TestIllConditionsHaveNamedAnswers(t *testing.T) {
	missing := math.NaN()
	f := frame.New(
		frame.Numbers("y", []float64{1, 2, 3, 5}),
		frame.Numbers("flat", []float64{2, 2, 2, 2}),
		frame.Numbers("x", []float64{1, 3, 2, 5}),
		frame.Numbers("z", []float64{4, 1, 1, 0}),
		frame.Numbers("u", []float64{0, 1, 5, 2}),
		frame.Numbers("none", []float64{missing, missing, missing, missing}),
		frame.Factors("one", []string{"a", "a", "a", "a"}, []string{"a", "b"}),
		frame.Numbers("b", []float64{0, 1, 0, 1}),
		frame.Numbers("three", []float64{0, 1, 2, 3}),
	)
	ols := func(d *formula.Design) *stat.Regression { return stat.OLS(d) }
	logit := func(d *formula.Design) *stat.Regression { return stat.GLM(d, stat.Binomial, stat.Logit) }
	poisson := func(d *formula.Design) *stat.Regression { return stat.GLM(d, stat.Poisson, stat.Log) }
	for _, tt := range []struct {
		name, formula string
		fit           func(*formula.Design) *stat.Regression
		says          string
		check         func(m *stat.Regression) bool
	}{
		{"all missing", "y ~ none", ols, "no row is complete", func(m *stat.Regression) bool { return math.IsNaN(m.Coef[0]) && math.IsNaN(m.R2) }},
		{"fewer rows than columns", "y ~ x + z + u + b", ols, "5 columns and 4 rows", func(m *stat.Regression) bool { return m.Rank == 4 && math.IsNaN(m.Sigma) && math.IsNaN(m.F.Stat) }},
		{"as many rows as columns", "y ~ x + z + u", ols, "fit perfectly", func(m *stat.Regression) bool { return m.DF == 0 && math.IsNaN(m.Sigma) }},
		{"constant outcome", "flat ~ x", ols, "outcome is constant", func(m *stat.Regression) bool {
			return math.Abs(m.Coef[0]-2) < 1e-12 && math.IsNaN(m.R2) && math.IsNaN(m.F.Stat)
		}},
		{"constant predictor", "y ~ flat + x", ols, "flat", func(m *stat.Regression) bool { return math.IsNaN(m.Coef[1]) && m.Rank == 2 }},
		{"one level", "y ~ one + x", ols, `one level "a"`, func(m *stat.Regression) bool { return slices.Equal(m.Names, []string{"(Intercept)", "x"}) }},
		{"one outcome", "I(y > 0) ~ x", logit, "separation", func(m *stat.Regression) bool { return m.Separated }},
		{"no 0-1 outcome", "three ~ x", logit, "row 3 has 2", func(m *stat.Regression) bool { return math.IsNaN(m.LogLik) }},
		{"negative count", "I(y - 2) ~ x", poisson, "row 1 has -1", func(m *stat.Regression) bool { return math.IsNaN(m.LogLik) }},
		{"no columns", "y ~ 0", ols, "no columns", func(m *stat.Regression) bool { return m.Rank == 0 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := tt.fit(design(t, f, tt.formula, formula.Options{}))
			if !strings.Contains(strings.Join(m.Warnings, "; "), tt.says) {
				t.Errorf("warnings %q do not say %q", m.Warnings, tt.says)
			}
			if !tt.check(m) {
				t.Errorf("the fit is %+v", m)
			}
			for _, kind := range stat.CovarianceTypes {
				var clusters [][]int
				if stat.Clustered(kind) {
					clusters = append(clusters, make([]int, len(m.Design.Rows))) // one group
				}
				v, err := m.Covariance(kind, clusters...)
				if err != nil {
					t.Fatal(err)
				}
				m.Table(v, conf)
				if stat.Clustered(kind) && len(m.Names) > 0 && !math.IsNaN(v.SE(0)) && kind != "CR0" {
					t.Errorf("%s of one cluster = %v, want NaN", kind, v.SE(0))
				}
			}
			m.VIF()
			for _, name := range m.Design.Predictors() {
				e, err := m.Margins(name, stat.MarginOptions{})
				if err != nil {
					t.Fatal(err)
				}
				v := covariance(t, m, "classical")
				e.Table(v, conf)
				e.Covariance(v)
			}
		})
	}
}

func TestAFullLeverageMakesHC3NaNAndSaysSo(t *testing.T) {
	f := frame.New(frame.Numbers("y", []float64{1, 2, 4, 3, 9}), frame.Numbers("x", []float64{1, 2, 3, 4, 5}), frame.Factors("g", []string{"a", "a", "a", "a", "b"}, nil))
	m := stat.OLS(design(t, f, "y ~ x + g", formula.Options{}))
	v := covariance(t, m, "HC3")
	if !math.IsNaN(v.SE(2)) || len(v.Warnings) == 0 {
		t.Errorf("error = %v, warnings %q; want NaN because row 5 alone decides gb", v.SE(2), v.Warnings)
	}
}

func TestAWeightIsThatManyRows(t *testing.T) {
	families := []func(*formula.Design) *stat.Regression{
		stat.OLS,
		func(d *formula.Design) *stat.Regression { return stat.GLM(d, stat.Binomial, stat.Logit) },
		func(d *formula.Design) *stat.Regression { return stat.GLM(d, stat.Binomial, stat.Probit) },
		func(d *formula.Design) *stat.Regression { return stat.GLM(d, stat.Poisson, stat.Log) },
	}
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		n := rapid.IntRange(20, 60).Draw(rt, "rows")
		y, x, w := make([]float64, n), make([]float64, n), make([]float64, n)
		var rows []int
		for i := range n {
			y[i], x[i], w[i] = float64(rng.IntN(2)), rng.NormFloat64(), float64(rng.IntN(3))
			for range int(w[i]) {
				rows = append(rows, i)
			}
		}
		f := frame.New(frame.Numbers("y", y), frame.Numbers("x", x), frame.Numbers("w", w))
		for k, fit := range families {
			a, b := fit(design(t, f, "y ~ x", formula.Options{Weights: "w"})), fit(design(t, f.Take(rows), "y ~ x", formula.Options{}))
			for j := range a.Coef {
				if math.Abs(a.Coef[j]-b.Coef[j]) > 1e-9*(1+math.Abs(b.Coef[j])) && !b.Separated {
					rt.Fatalf("family %d, %s: %v weighted, %v by rows", k, a.Names[j], a.Coef[j], b.Coef[j])
				}
			}
			if math.Abs(a.Deviance-b.Deviance) > 1e-9*(1+b.Deviance) {
				rt.Fatalf("family %d: deviance %v weighted, %v by rows", k, a.Deviance, b.Deviance)
			}
		}
	})
}

// R's sandwich 3.0 counts the rows of weight 0 in its meat and not in its bread,
// so that its errors depend on rows that its fit does not see.
func TestWeightZeroIsALeftOutRow(t *testing.T) {
	const n = 60
	rng := rand.New(rand.NewPCG(8, 9))
	y, x, w, u := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	var rows []int
	for i := range n {
		y[i], x[i], w[i], u[i] = float64(rng.IntN(2)), rng.NormFloat64(), float64(rng.IntN(3)), float64(i%12)
		if w[i] > 0 {
			rows = append(rows, i)
		}
	}
	f := frame.New(frame.Numbers("y", y), frame.Numbers("x", x), frame.Numbers("w", w), frame.Numbers("u", u))
	for name, fit := range map[string]func(*formula.Design) *stat.Regression{
		"OLS":               stat.OLS,
		"logit":             func(d *formula.Design) *stat.Regression { return stat.GLM(d, stat.Binomial, stat.Logit) },
		"Poisson":           func(d *formula.Design) *stat.Regression { return stat.GLM(d, stat.Poisson, stat.Log) },
		"negative binomial": stat.NB,
	} {
		a, b := fit(design(t, f, "y ~ x", formula.Options{Weights: "w"})), fit(design(t, f.Take(rows), "y ~ x", formula.Options{Weights: "w"}))
		near(t, name+": coefficients", a.Coef, b.Coef)
		near(t, name+": n, df, deviance, log likelihood, AIC, BIC", []float64{float64(a.N), a.DF, a.Deviance, a.LogLik, a.AIC, a.BIC}, []float64{float64(b.N), b.DF, b.Deviance, b.LogLik, b.AIC, b.BIC})
		for _, kind := range stat.CovarianceTypes {
			var ca, cb [][]int
			if stat.Clustered(kind) {
				ca, cb = append(ca, a.Design.Cluster(f.Col("u"))), append(cb, b.Design.Cluster(f.Take(rows).Col("u")))
			}
			va, err := a.Covariance(kind, ca...)
			if err != nil {
				continue // not an error of this model
			}
			if kind == "survey" {
				continue // there they are units outside the domain, as in survey::svyglm
			}
			vb := covariance(t, b, kind, cb...)
			near(t, name+": "+kind, errorsOf(va), errorsOf(vb))
			near(t, name+": degrees of freedom of "+kind, va.DF, vb.DF)
		}
	}
}

func TestTheOrderOfRowsAndTheUnitsOfColumnsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 2))
		n := rapid.IntRange(10, 80).Draw(rt, "rows")
		scale, shift := math.Pow(10, rapid.Float64Range(-6, 6).Draw(rt, "scale")), rapid.Float64Range(-1e3, 1e3).Draw(rt, "shift")
		y, x, z, g := make([]float64, n), make([]float64, n), make([]float64, n), make([]string, n)
		for i := range n {
			x[i], g[i] = rng.NormFloat64(), []string{"a", "b", "c"}[i%3]
			z[i] = scale * (x[i] + shift)
			y[i] = x[i] + rng.NormFloat64()
		}
		f := frame.New(frame.Numbers("y", y), frame.Numbers("x", x), frame.Numbers("z", z), frame.Factors("g", g, []string{"a", "b", "c"}))
		a := stat.OLS(design(t, f, "y ~ x * g", formula.Options{}))
		b := stat.OLS(design(t, f.Take(rng.Perm(n)), "y ~ x * g", formula.Options{}))
		for j := range a.Coef {
			if math.Abs(a.Coef[j]-b.Coef[j]) > 1e-10*(1+math.Abs(a.Coef[j])) {
				rt.Fatalf("%s: %v, and %v after shuffling", a.Names[j], a.Coef[j], b.Coef[j])
			}
		}
		c := stat.OLS(design(t, f, "y ~ z * g", formula.Options{}))
		if math.Abs(c.Coef[1]*scale-a.Coef[1]) > 1e-8*(1+math.Abs(a.Coef[1])) {
			rt.Fatalf("slope %v per x and %v per z = %v (x + %v)", a.Coef[1], c.Coef[1], scale, shift)
		}
		va, _ := a.Covariance("HC3")
		vc, _ := c.Covariance("HC3")
		if p, q := va.SE(1), vc.SE(1)*scale; math.Abs(p-q) > 1e-8*p {
			rt.Fatalf("HC3 error %v per x and %v per z", p, q)
		}
	})
}

func TestEqualRowsPutTogetherGiveTheSameFit(t *testing.T) {
	const n = 9000
	rng := rand.New(rand.NewPCG(5, 6))
	y, c, g, noise, unit := make([]float64, n), make([]float64, n), make([]string, n), make([]float64, n), make([]float64, n)
	for i := range n {
		g[i] = []string{"a", "b", "c", "d"}[rng.IntN(4)]
		c[i], noise[i], unit[i] = float64(rng.IntN(5)), rng.NormFloat64()*1e-9, float64(rng.IntN(600))
		y[i] = float64(rng.IntN(2))
	}
	apart := slices.Clone(c)
	for i := range apart {
		apart[i] += noise[i] // every row differs by what changes nothing
	}
	f := frame.New(frame.Numbers("y", y), frame.Numbers("c", c), frame.Numbers("apart", apart), frame.Factors("g", g, nil), frame.Numbers("unit", unit))
	for _, fit := range []func(*formula.Design) *stat.Regression{
		stat.OLS, func(d *formula.Design) *stat.Regression { return stat.GLM(d, stat.Binomial, stat.Logit) }, func(d *formula.Design) *stat.Regression { return stat.GLM(d, stat.Poisson, stat.Log) },
	} {
		a, b := fit(design(t, f, "y ~ g * c", formula.Options{})), fit(design(t, f, "y ~ g * apart", formula.Options{}))
		codes := a.Design.Cluster(f.Col("unit"))
		for _, kind := range []string{"classical", "HC1", "HC3", "CR1", "CR2"} {
			var clusters [][]int
			if stat.Clustered(kind) {
				clusters = append(clusters, codes)
			}
			va, vb := covariance(t, a, kind, clusters...), covariance(t, b, kind, clusters...)
			for j := range a.Coef {
				if math.Abs(a.Coef[j]-b.Coef[j]) > 1e-6 || math.Abs(va.SE(j)/vb.SE(j)-1) > 1e-6 {
					t.Errorf("%s %s: %v (%v) together, %v (%v) apart", kind, a.Names[j], a.Coef[j], va.SE(j), b.Coef[j], vb.SE(j))
				}
			}
		}
		if math.Abs(a.LogLik-b.LogLik) > 1e-4 {
			t.Errorf("log likelihood %v together, %v apart", a.LogLik, b.LogLik)
		}
	}
}

func denseRows(rows ...[]float64) *mat.Dense {
	m := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, r := range rows {
		m.SetRow(i, r)
	}
	return m
}
