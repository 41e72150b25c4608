package stat

import "testing"

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
