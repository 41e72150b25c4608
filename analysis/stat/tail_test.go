package stat

import (
	"math"
	"testing"
)

func TestTailsKeepTheirDigits(t *testing.T) {
	for _, c := range []struct {
		call      string
		got, want float64
	}{
		{"2*pt(-13.9, 4145)", studentTail2(13.9, 4145), 5.754580149817502e-43},
		{"2*pt(-1.96, 2e6)", studentTail2(1.96, 2e6), 0.04999592894082875},
		{"pf(3.5, 7, 1e6, lower.tail = FALSE)", fTail(3.5, 7, 1e6), 0.00093029974844779386},
		{"pchisq(14000, 1e4, lower.tail = FALSE)", chiSquaredTail(14000, 1e4), 1.5842193947826072e-140},
		{"qt(.025, 47.3)", studentQuantile(.025, 47.3), -2.011403753282671},
		{"qf(.975, 7, 100)", fQuantile(.975, 7, 100), 2.416806661255192},
		{"qbeta(.975, .5, 189)", betaQuantile(.975, .5, 189), 0.013220112981762067},
		{"pt(2.95, 43, .5)", noncentralT(2.95, 43, .5), 0.9898636966410835},
		{"pt(-45, 30, -42)", noncentralT(-45, 30, -42), 0.3280517772711106},
		{"pchisq(597, 6, 580)", noncentralChiSquared(597, 6, 580), 0.5976644758806771},
	} {
		if off := c.got/c.want - 1; !(off < 1e-10 && off > -1e-10) {
			t.Errorf("%s: got %.16g, want %.16g", c.call, c.got, c.want)
		}
	}
}

func TestTailsAtTheModeAreReached(t *testing.T) {
	// Here x and 1 - x are both above their modes by a rounding, and each side
	// sent to the other for ever.
	// R: pf(1.5, 1, 2, lower.tail = FALSE)
	x, y := math.Nextafter(2/3.5, 1), math.Nextafter(1.5/3.5, 1)
	if got, want := regIncBeta(1, 0.5, x, y), 0.34534632929202291; math.Abs(got-want) > 1e-15 {
		t.Errorf("pf(1.5, 1, 2, lower.tail = FALSE): got %.16g, want %.16g", got, want)
	}
	// R: 2*pt(-1.6383560438182505, 17)
	if got, want := studentTail2(1.6383560438182505, 17), 0.11972160586168006; math.Abs(got-want) > 1e-13 {
		t.Errorf("2*pt(-1.6383560438182505, 17): got %.15g, want %.15g", got, want)
	}
	// Everywhere the tail at the mode is between 0 and 1, and falls around it.
	for a := 0.5; a < 40; a += 0.5 {
		for b := 0.5; b < 40; b += 0.5 {
			x, y := (a+1)/(a+b+2), (b+1)/(a+b+2)
			at := regIncBeta(a, b, x, y)
			below, above := regIncBeta(a, b, x*.999, 1-x*.999), regIncBeta(a, b, 1-y*.999, y*.999)
			if !(0 < below && below < at && at < above && above < 1) {
				t.Fatalf("I(%v, %v) around the mode %v: %v, %v, %v", a, b, x, below, at, above)
			}
		}
	}
}

func TestTailsOfExtremeArgumentsAreProbabilities(t *testing.T) {
	extreme := []float64{math.NaN(), math.Inf(-1), -1e300, -1, -1e-300, 0, 5e-324, 1e-300, 1e-16, .5, 1, 40, 1e9, 1e300, math.Inf(1)}
	check := func(call string, p float64, args ...float64) {
		if !math.IsNaN(p) && !(p >= 0 && p <= 1) {
			t.Errorf("%s%v = %v", call, args, p)
		}
	}
	for _, x := range extreme {
		check("normalTail2", normalTail2(x), x)
		check("normalTail", normalTail(x), x)
		for _, df := range extreme {
			check("studentTail2", studentTail2(x, df), x, df)
			check("studentTail", studentTail(x, df), x, df)
			check("chiSquaredTail", chiSquaredTail(x, df), x, df)
			for _, df2 := range extreme {
				check("fTail", fTail(x, df, df2), x, df, df2)
			}
		}
		for _, l := range extreme {
			if l >= 0 && !math.IsInf(l, 1) { // what an interval tries
				check("noncentralF", noncentralF(x, 3, 9, l), x, l)
				check("noncentralChiSquared", noncentralChiSquared(x, 3, l), x, l)
			}
		}
	}
}
