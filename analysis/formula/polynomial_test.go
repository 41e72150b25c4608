package formula

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestPolynomialsKeepTheirColumnsOverChangedData(t *testing.T) {
	d := mustDesign(t, small(), "y ~ poly(x, 2) + I(x - mean(x))", Options{})
	if want := []string{"(Intercept)", "poly(x, 2)1", "poly(x, 2)2", "I(x - mean(x))"}; !slices.Equal(d.Names, want) {
		t.Fatalf("columns %q, want %q", d.Names, want)
	}
	const h = 1e-6
	up, err := d.Shift("x", h)
	if err != nil {
		t.Fatal(err)
	}
	slopes, err := d.Slopes("x")
	if err != nil {
		t.Fatal(err)
	}
	k, n := len(d.Names), len(d.Rows)
	moved, slope := make([]float64, n*k), make([]float64, n*k)
	up.Fill(moved, 0, n)
	slopes.Fill(slope, 0, n)
	for i := range n {
		for j, name := range d.Names {
			if by := (moved[i*k+j] - d.X.At(i, j)) / h; math.Abs(by-slope[i*k+j]) > 1e-6 {
				t.Errorf("row %d: %s grows by %v per x, and its slope is %v", i+1, name, by, slope[i*k+j])
			}
		}
	}
}

func TestPolynomialsThatCannotBeAreNamed(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"y ~ poly(x, 5)", "x has 5 distinct values, and a polynomial of degree 5 needs more than 5"},
		{"y ~ poly(x, 1.5)", "the degree of poly() is a whole number from 1 to 20"},
		{"y ~ poly(g, 2)", "g is a factor, and poly() needs numbers"},
		{"y ~ poly(x, 2, raw = 3)", "raw of poly() is TRUE or FALSE"},
		{"y ~ log(poly(x, 2))", "poly(x, 2) is a polynomial, and log() needs numbers"},
		{"poly(x, 2) ~ y", "poly(x, 2) is a polynomial, and no variable"},
	} {
		parsed, err := Parse(tt.src)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parsed.Design(small(), Options{}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.src, err, tt.want)
		}
	}
}

func TestTrendsOfAnOrderedColumnAreOverItsUsedLevels(t *testing.T) {
	d := mustDesign(t, small(), "y ~ o", Options{Contrasts: map[string]Contrast{"o": Polynomial}})
	if want := []string{"(Intercept)", "o.L", "o.Q"}; !slices.Equal(d.Names, want) {
		t.Fatalf("columns %q, want %q", d.Names, want)
	}
	// R: contr.poly(3)
	for i, want := range [][]float64{{-math.Sqrt2 / 2, 1 / math.Sqrt(6)}, {0, -2 / math.Sqrt(6)}, {math.Sqrt2 / 2, 1 / math.Sqrt(6)}} {
		for j, w := range want {
			if got := d.X.At(i, j+1); math.Abs(got-w) > 1e-15 {
				t.Errorf("level %d of %s is %v, R has %v", i+1, d.Names[j+1], got, w)
			}
		}
	}
}
