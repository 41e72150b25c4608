package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Everything that turns a number into text for a reader or a file is here. The
// results do not depend on a locale. Readers see a true minus sign, files the
// ASCII hyphen; zero never has a sign.

// absent is what stands in the place of a number that could not be computed.
const absent = "n/a"

// Decimal returns x with a fixed number of decimals, "-0.000" as "0.000". NaN
// is "n/a", infinities are "∞" and "−∞".
func Decimal(x float64, digits int) string {
	switch {
	case math.IsNaN(x):
		return absent
	case math.IsInf(x, 1):
		return "∞"
	case math.IsInf(x, -1):
		return "−∞"
	}
	s := strconv.FormatFloat(math.Abs(x), 'f', digits, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	s = group(whole)
	if fraction != "" {
		s += "." + fraction
	}
	if x < 0 && strings.ContainsAny(s, "123456789") {
		s = "−" + s
	}
	return s
}

// group puts thin spaces between the thousands of numbers of five digits and
// more; years and small counts stay whole.
func group(digits string) string {
	if len(digits) < 5 {
		return digits
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteRune('\u202f')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Real returns x at a number of decimals that suits its size.
func Real(x float64) string { return Decimal(x, decimals(x)) }

// decimals returns how many decimals suit the size of x: three below ten, and
// two significant digits below 0.01, at most six decimals.
func decimals(x float64) int {
	switch x = math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return 0
	case x >= 1000:
		return 0
	case x >= 100:
		return 1
	case x >= 10:
		return 2
	case x >= 0.01 || x == 0:
		return 3
	}
	return min(6, 1-int(math.Floor(math.Log10(x))))
}

// Whole returns x as a count: no decimals when it is whole, one otherwise.
func Whole(x float64) string {
	if x != math.Trunc(x) {
		return Decimal(x, 1)
	}
	return Decimal(x, 0)
}

// Share returns a share as a percentage: 0.123 is "12.3%".
func Share(x float64, digits int) string {
	if math.IsNaN(x) {
		return absent
	}
	return Decimal(100*x, digits) + "%"
}

// P returns a p-value as in print: ".034", "< .001", "> .999".
func P(p float64) string {
	switch {
	case math.IsNaN(p):
		return absent
	case p < 0.001:
		return "< .001"
	case p > 0.999:
		return "> .999"
	}
	return strings.TrimPrefix(Decimal(p, 3), "0")
}

// Range returns an interval: "[0.081, 0.124]".
func Range(lo, hi float64, digits int) string {
	if math.IsNaN(lo) && math.IsNaN(hi) {
		return absent
	}
	return "[" + Decimal(lo, digits) + ", " + Decimal(hi, digits) + "]"
}

// tenDigits returns x as files have it: ten significant digits, "" for NaN.
func tenDigits(x float64) string {
	switch {
	case math.IsNaN(x):
		return ""
	case math.IsInf(x, 1):
		return "Inf"
	case math.IsInf(x, -1):
		return "-Inf"
	case x == 0:
		return "0"
	}
	s := strconv.FormatFloat(x, 'g', 10, 64)
	if !strings.Contains(s, "e+") {
		return s
	}
	// Ten digits of a whole number need no exponent: 1e+06 is 1000000.
	if f, err := strconv.ParseFloat(s, 64); err == nil && f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return s
}

// valueFormat is how a `{value}` cell wants its number.
type valueFormat struct {
	digits  int  // decimals, -1 for a choice by size
	percent bool // a share as percentage
	abs     bool // without its sign
	what    string
}

// What a value may show, besides the number itself.
const (
	showCI   = "ci"   // its interval
	showFull = "full" // the number and its interval
	showP    = "p"    // its p-value with its letter: "p = .034", "p < .001"
	showN    = "n"    // the people behind it
	showSE   = "se"   // its standard error
)

// parseFormat reads the words behind {value}: .3 percent abs ci full p n se.
func parseFormat(s string) (valueFormat, error) {
	f := valueFormat{digits: -1}
	for _, word := range strings.Fields(s) {
		switch word {
		case "percent":
			f.percent = true
		case "abs":
			f.abs = true
		case showCI, showFull, showP, showN, showSE:
			if f.what != "" {
				return f, fmt.Errorf("a value shows either %s or %s", f.what, word)
			}
			f.what = word
		default:
			d, err := strconv.Atoi(strings.TrimPrefix(word, "."))
			if err != nil || word[0] != '.' || d < 0 || d > 10 {
				return f, fmt.Errorf("unknown format %q of a value; there are .3 (decimals), percent, abs, ci, full, p, n and se", word)
			}
			f.digits = d
		}
	}
	return f, nil
}

// number returns one number in the format, with the decimals that suit like.
func (f valueFormat) number(x, like float64) string {
	if f.abs {
		x = math.Abs(x)
	}
	if f.percent {
		return Share(x, max(f.digits, oneIf(f.digits < 0)))
	}
	return Decimal(x, f.decimals(like))
}

func (f valueFormat) decimals(like float64) int {
	if f.digits >= 0 {
		return f.digits
	}
	return decimals(like)
}

// interval returns the interval in the format.
func (f valueFormat) interval(lo, hi, like float64) string {
	if math.IsNaN(lo) && math.IsNaN(hi) {
		return absent
	}
	if f.percent {
		return "[" + f.number(lo, like) + ", " + f.number(hi, like) + "]"
	}
	return Range(lo, hi, f.decimals(like))
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// relationP returns a p-value as it stands in a sentence: "p = .034",
// "p < .001".
func relationP(p float64) string {
	s := P(p)
	if strings.HasPrefix(s, ".") {
		return "p = " + s
	}
	return "p " + s
}
