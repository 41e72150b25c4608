package stat

import (
	"math"
	"testing"
)

func TestScoresOfPredictedProbabilities(t *testing.T) {
	p := [][]float64{{.7, .2, .1}, {1, 8, 1}, {.3, .3, .4}, {.25, .5, .25}, {1, 0, 0}}
	y := []int{0, 2, 2, 0, -1} // the last has no answer
	// R: P <- rbind(c(.7,.2,.1), c(.1,.8,.1), c(.3,.3,.4), c(.25,.5,.25)); y <- c(1,3,3,1)
	//    -mean(log2(P[cbind(1:4, y)])); O <- diag(3)[y,]; mean(rowSums((P-O)^2))
	wantNear(t, "log score", LogScore(p, y), 1.789607340651, 1e-12)
	wantNear(t, "Brier score", Brier(p, y), 0.75375, 1e-12)
	// R: x <- c(0,1,3); mean(sapply(1:4, function(i) sum(((cumsum(P[i,])-cumsum(O[i,]))[-3])^2*diff(x))))
	wantNear(t, "ranked score", RankedScore([]float64{0, 1, 3}, p, y), 0.809375, 1e-12)
	// R: b <- cut(apply(P,1,max), seq(0,1,.2)), then the sum over bins
	e, bins := Calibration(p, y, 5)
	wantNear(t, "calibration error", e, 0.4, 1e-12)
	if len(bins) != 3 || bins[0].N+bins[1].N+bins[2].N != 4 {
		t.Errorf("bins %+v, want three that hold 4 rows", bins)
	}
	// R: d <- c(1.2,-.3,2.5,.8,1.9); mean(abs(d-.4)) - mean(abs(outer(d,d,"-")))/2
	wantNear(t, "CRPS of draws", CRPS([]float64{1.2, -.3, 2.5, .8, 1.9}, .4), 0.564, 1e-12)
}

func TestScoresAtTheEdges(t *testing.T) {
	if s := LogScore([][]float64{{1, 0}}, []int{1}); !math.IsInf(s, 1) {
		t.Errorf("log score of the impossible = %v, want +Inf", s)
	}
	if s := LogScore([][]float64{{1, 0}}, []int{0}); s != 0 || math.Signbit(s) {
		t.Errorf("log score of the certain = %v, want 0", s)
	}
	for name, s := range map[string]float64{
		"log": LogScore(nil, nil), "Brier": Brier([][]float64{{1, 0}}, []int{-1}), "CRPS": CRPS(nil, 1),
		"no probabilities": Brier([][]float64{{0, 0}}, []int{0}),
	} {
		if !math.IsNaN(s) {
			t.Errorf("%s score of nothing = %v, want NaN", name, s)
		}
	}
	if c := CRPS([]float64{3}, 1); c != 2 {
		t.Errorf("CRPS of one draw = %v, want the absolute error 2", c)
	}
}

func TestDemingIsOrthogonalAndInverts(t *testing.T) {
	x, y := []float64{1, 2, 3, 4, 5, 6}, []float64{1.3, 1.7, 3.5, 3.8, 5.9, 5.6}
	slope, intercept := Deming(x, y, 1)
	// R: v <- prcomp(cbind(x, y))$rotation; v[2,1]/v[1,1]
	wantNear(t, "orthogonal slope", slope, 1.021545028574, 1e-11)
	wantNear(t, "intercept", intercept, 0.05792573332422, 1e-11)
	slope, _ = Deming(x, y, 2.5) // R: by the formula
	wantNear(t, "slope with y 2.5 times as noisy", slope, 1.004722388156, 1e-11)
	back, _ := Deming(y, x, 1/2.5)
	wantNear(t, "slope of x on y", back, 1/slope, 1e-12)
	flat, _ := Deming(x, []float64{1, 1, 1, 1, 1, 1}, 1)
	if !math.IsNaN(flat) {
		t.Errorf("slope to a constant = %v, want NaN", flat)
	}
}
