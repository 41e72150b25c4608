package stat_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/stat"
)

// R: X <- model.matrix(~ anger + gender * behaviour + situation + want, d)[, -1];
// m <- glmnet(X, y, family, alpha, weights = 1 + id %% 3, thresh = 1e-18, maxit
// = 1e7); cv.glmnet(..., foldid = 1 + id %% 5, lambda = m$lambda), with y the
// number 0 to 2 of do, or whether it is not "no"; glmnet 4.1-6. lambda holds the
// first, 10th and 20th, the others the 10th and 20th.
func TestElasticNetAgreesWithR(t *testing.T) {
	f := doing(t)
	fold := make([]int, f.Rows())
	for i := range fold {
		id, err := strconv.Atoi(f.Col("id").String(i))
		if err != nil {
			t.Fatal(err)
		}
		fold[i] = id % 5
	}
	for _, tt := range []struct {
		family               stat.Family
		alpha                float64
		length               int
		lambda, tenth        []float64
		twentieth, explained []float64
		loss, se             []float64
		min, oneSE           int
	}{
		{stat.Gaussian, 1, 70, []float64{0.348925063755, 0.151041330598, 0.0595738131372},
			[]float64{0.501719151333, 0, 0, 0, -0.0671204544957, 0, 0, 0, 0, 0.452302287347, 0, 0},
			[]float64{0.385505754493, 0.00476184708695, 0.0477141742907, 0, -0.223576241191, 0, -0.0998877994293, 0, 0.121410990702, 0.664468483071, 0, 0},
			[]float64{0.188856540022, 0.287763364028}, []float64{0.465850691432, 0.410017101304}, []float64{0.00898834584688, 0.00839362110372}, 70, 32},
		{stat.Gaussian, 0.5, 71, []float64{0.697850127511, 0.302082661197, 0.119147626274},
			[]float64{0.518770766454, 0, 0, 0, -0.0643210637256, 0, 0, 0, 0, 0.377400415328, 0, 0},
			[]float64{0.401511983102, 0.00498461660026, 0.0433825307327, 0, -0.216237534827, 0, -0.1015184355, 0, 0.0950353718071, 0.606978400949, 0, 0},
			[]float64{0.169454154169, 0.278423892376}, []float64{0.476682581401, 0.415183991365}, []float64{0.0092803646971, 0.00810136080211}, 71, 33},
		{stat.Gaussian, 0, 100, []float64{348.925063755, 151.041330598, 59.5738131372},
			[]float64{0.585330144804, 0.00012602229239, 0.000887719454607, 6.55381626396e-06, -0.00222818525931, -0.000297585551136, -0.00171610209962, 0.000531061555297, 0.000221534567526, 0.00406580878411, 0.000912167271905, -0.0015964472466},
			[]float64{0.581381580792, 0.000316131485727, 0.0022400423025, -1.0887905531e-05, -0.00558710976654, -0.000751095783815, -0.00430423792923, 0.00131351619607, 0.000580318986935, 0.0102123729978, 0.00226363072936, -0.00398585457032},
			[]float64{0.00383946070316, 0.00958715170157}, []float64{0.570584433083, 0.567318085414}, []float64{0.0116116897327, 0.0115179404525}, 100, 83},
		{stat.Binomial, 1, 64, []float64{0.197167085648, 0.0853489246257, 0.0336633745675},
			[]float64{-0.495473777859, 0, 0, 0, -0.360244661339, 0, 0, 0, 0.127973831127, 1.07083758171, 0, 0},
			[]float64{-0.802671309122, 0.00142313384909, 0.157552893623, 0, -0.783899959317, 0, -0.268020997353, 0, 0.876697294445, 1.87204123436, 0, 0},
			[]float64{0.128859642204, 0.21744578167}, []float64{1.19037739343, 1.07025483126}, []float64{0.00900493669822, 0.0142602782188}, 59, 30},
		{stat.Binomial, 0.5, 67, []float64{0.394334171296, 0.170697849251, 0.0673267491351},
			[]float64{-0.407963064373, 0, 0, 0, -0.293739245581, 0, 0, 0, 0.0184774017377, 0.762244170648, 0, 0},
			[]float64{-0.714941920397, 0.00387879661397, 0.125461297428, 0, -0.693920449632, 0, -0.266470727834, 0, 0.659432238856, 1.52716552481, 0, 0},
			[]float64{0.0992044459124, 0.199645081626}, []float64{1.2296467783, 1.09423417582}, []float64{0.0081792584884, 0.0125832527031}, 61, 33},
		{stat.Binomial, 0, 100, []float64{197.167085648, 85.3489246257, 33.6633745675},
			[]float64{-0.31365339498, 0.000139064985148, 0.00123434571396, 0.000143621275017, -0.00350534505382, -0.000288120893843, -0.002346900372, 0.000669154888347, 0.00158271907881, 0.005390484932, 0.00160632087637, -0.00244345435339},
			[]float64{-0.318469602515, 0.000350382384957, 0.00312048799998, 0.000337377087864, -0.00883068540087, -0.000729472333992, -0.0059132722751, 0.00167163433536, 0.00401219427221, 0.0135984007316, 0.00402663664335, -0.00613880892039},
			[]float64{0.00137903775682, 0.00346716368371}, []float64{1.3619542254, 1.3591295781}, []float64{0.00728112104561, 0.00730313591492}, 100, 91},
	} {
		t.Run(fmt.Sprintf("%s %v", tt.family, tt.alpha), func(t *testing.T) {
			left := map[stat.Family]string{stat.Gaussian: "y", stat.Binomial: "I(y > 0)"}[tt.family]
			d := modelOf(t, left+" ~ anger + gender * behaviour + situation + want", f, formula.Options{Weights: "w"})
			e := stat.FitElasticNet(d, tt.family, stat.NetOptions{Alpha: tt.alpha})
			if len(e.Lambda) != tt.length || len(e.Warnings) > 0 {
				t.Fatalf("%d values of λ with warnings %q, want %d", len(e.Lambda), e.Warnings, tt.length)
			}
			v := e.CrossValidate(fold)
			if len(v.Warnings) > 0 {
				t.Errorf("cross-validation warns %q", v.Warnings)
			}
			for i, k := range []int{0, 9, 19} {
				closeTo(t, fmt.Sprintf("λ %d", k+1), e.Lambda[k], tt.lambda[i], 1e-10)
			}
			for i, k := range []int{9, 19} {
				want := [][]float64{tt.tenth, tt.twentieth}[i]
				near := func(what string, got, want float64) {
					if !(math.Abs(got-want) <= 1e-7*math.Max(math.Abs(want), 1e-3)) {
						t.Errorf("%s at λ %d = %.12g, want %.12g", what, k+1, got, want)
					}
				}
				near("intercept", e.Intercept[k], want[0])
				for j, name := range e.Names {
					near("coefficient of "+name, e.Coef[k][j], want[j+1])
				}
				near("explained", e.Explained[k], tt.explained[i])
				near("loss", v.Loss[k], tt.loss[i])
				near("its error", v.SE[k], tt.se[i])
			}
			if v.Min != tt.min-1 || v.OneSE != tt.oneSE-1 {
				t.Errorf("the smallest loss is at %d and one error from it %d, want %d and %d", v.Min+1, v.OneSE+1, tt.min, tt.oneSE)
			}
		})
	}
}

func TestElasticNetWithoutPenaltyIsLeastSquares(t *testing.T) {
	f := doing(t)
	d := modelOf(t, "y ~ anger + gender + want", f, formula.Options{})
	e := stat.FitElasticNet(d, stat.Gaussian, stat.NetOptions{Alpha: 1, Lambda: []float64{0}})
	o := stat.OLS(d)
	for j, b := range e.Coef[0] {
		closeTo(t, "coefficient of "+e.Names[j], b, o.Coef[j+1], 1e-10)
	}
	closeTo(t, "share explained", e.Explained[0], o.R2, 1e-10)
	logit := modelOf(t, "I(y > 0) ~ anger + gender + want", f, formula.Options{})
	b := stat.FitElasticNet(logit, stat.Binomial, stat.NetOptions{Alpha: .5, Lambda: []float64{.1, 0}})
	g := stat.GLM(logit, stat.Binomial, stat.Logit)
	for j, c := range b.Coef[1] {
		closeTo(t, "logit coefficient of "+b.Names[j], c, g.Coef[j+1], 1e-8)
	}
}

// More columns than rows, some of them equal or constant.
func TestElasticNetMeetsTheConditionsOfItsMinimum(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const n, p, alpha = 40, 60, .7
	cols := []*frame.Column{}
	y := make([]float64, n)
	var names []string
	for j := range p {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(j) + rng.NormFloat64()*float64(1+j%5)
			if j == 7 {
				x[i] = 3
			}
			if j == 9 {
				x[i] = cols[8].Nums[i]
			}
			if j < 4 {
				y[i] += x[i]
			}
		}
		names = append(names, "x"+strconv.Itoa(j))
		cols = append(cols, frame.Numbers(names[j], x))
	}
	for i := range y {
		y[i] += rng.NormFloat64()
	}
	f := frame.New(append(cols, frame.Numbers("y", y))...)
	d := modelOf(t, "y ~ "+strings.Join(names, " + "), f, formula.Options{})
	e := stat.FitElasticNet(d, stat.Gaussian, stat.NetOptions{Alpha: alpha})
	if len(e.Lambda) < 20 || e.Active(0) != 0 {
		t.Fatalf("a path of %d with %d coefficients at its start; want 20 and none", len(e.Lambda), e.Active(0))
	}
	mean, s := 0.0, 0.0
	for _, v := range y {
		mean += v / n
	}
	for _, v := range y {
		s += (v - mean) * (v - mean) / n
	}
	s = math.Sqrt(s)
	for _, k := range []int{1, 10, len(e.Lambda) - 1} {
		mu := e.Predict(d.X, k)
		lambda := e.Lambda[k] / s
		for j := range p {
			m, sd, pull := 0.0, 0.0, 0.0
			for i := range n {
				m += cols[j].Nums[i] / n
			}
			for i := range n {
				sd += (cols[j].Nums[i] - m) * (cols[j].Nums[i] - m) / n
			}
			sd = math.Sqrt(sd)
			b := e.Coef[k][j] * sd / s
			for i := range n {
				pull += (cols[j].Nums[i] - m) / sd * (y[i] - mu[i]) / s / n
			}
			pull -= lambda * (1 - alpha) * b
			switch {
			case j == 7 && b != 0, j != 7 && b == 0 && math.Abs(pull) > lambda*alpha*(1+1e-8),
				j != 7 && b != 0 && math.Abs(pull-math.Copysign(lambda*alpha, b)) > 1e-9*lambda:
				t.Errorf("λ %d: coefficient %v of %s with derivative %v of the loss, penalty %v", k+1, b, names[j], pull, lambda*alpha)
			}
		}
	}
}

func TestElasticNetNamesWhatCannotBeFitted(t *testing.T) {
	f := grouped(rand.New(rand.NewPCG(6, 7)), 6, 4, 1, 0)
	f = f.With(frame.Numbers("flat", make([]float64, f.Rows())))
	for _, tt := range []struct {
		name, formula, want string
		family              stat.Family
	}{
		{"constant outcome", "flat ~ x", "the outcome is constant", stat.Gaussian},
		{"no columns", "y ~ 1", "no column but the intercept", stat.Gaussian},
		{"numbers for answers", "y ~ x", "the outcome of a binomial elastic net is 0 or 1", stat.Binomial},
		{"a factor", "g ~ x", "neither a number nor one of two answers", stat.Gaussian},
		{"an offset", "y ~ x + offset(x)", "takes no offset", stat.Gaussian},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := stat.FitElasticNet(modelOf(t, tt.formula, f, formula.Options{}), tt.family, stat.NetOptions{Alpha: 1})
			if got := strings.Join(e.Warnings, "; "); !strings.Contains(got, tt.want) || len(e.Lambda) != 0 {
				t.Errorf("%d values of λ with warnings %q, want none and %q", len(e.Lambda), got, tt.want)
			}
			if v := e.CrossValidate(make([]int, f.Rows())); v.Min != -1 || len(v.Warnings) == 0 {
				t.Errorf("validation of nothing: best at %d, warnings %q", v.Min, v.Warnings)
			}
		})
	}
}

func TestFoldsKeepThePersonTogetherAndAreEven(t *testing.T) {
	person := make([]int, 0, 300)
	for i := range 300 {
		person = append(person, i%103)
	}
	fold := stat.Folds(stat.NewStreams(1), "folds", person, 10)
	of, size := map[int]int{}, make([]int, 10)
	for i, c := range person {
		if k, ok := of[c]; ok && k != fold[i] {
			t.Fatalf("person %d is in the folds %d and %d", c, k, fold[i])
		}
		if _, ok := of[c]; !ok {
			size[fold[i]]++
		}
		of[c] = fold[i]
	}
	for k, n := range size {
		if n < 10 || n > 11 {
			t.Errorf("fold %d has %d people, want 10 or 11", k, n)
		}
	}
}
