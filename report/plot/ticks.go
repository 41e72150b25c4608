package plot

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// minus is the sign in front of negative numbers; a hyphen is too short.
const minus = "\u2212"

// numbers is the ticker of an axis of numbers: at most n ticks, at multiples of
// 1, 2 or 5 times a power of ten, all written with the same decimals. Where that
// is one tick, which tells no distance, it is every other multiple of the next
// smaller step. With percent they are shares, written as percentages.
type numbers struct {
	n       int
	percent bool
}

var _ plot.Ticker = numbers{}

// Ticks returns the ticks on [lo, hi]: none when n is below 1 or the interval
// is empty or not finite.
func (t numbers) Ticks(lo, hi float64) []plot.Tick {
	scale := 1.0
	if t.percent {
		scale = 100
	}
	lo, hi = lo*scale, hi*scale
	if t.n < 1 || !finite(lo, hi) || !(hi > lo) {
		return nil
	}
	var finer multiples
	for exp := int(math.Floor(math.Log10((hi-lo)/float64(t.n)))) - 1; ; exp++ {
		for _, m := range []float64{1, 2, 5} {
			found := multiplesIn(lo, hi, m, exp)
			if found.count() > float64(t.n) {
				finer = found
				continue
			}
			every := 1.0
			if found.count() < 2 && t.n > 1 && (finer.count()+1)/2 <= float64(t.n) && finer.count() > 2 {
				found, every = finer.alternate(), 2
			}
			var out []plot.Tick
			for i := found.first; i <= found.last; i += every {
				label := written(i*found.step, max(0, -found.exp))
				if t.percent {
					label += "%"
				}
				out = append(out, plot.Tick{Value: i * found.step / scale, Label: label})
			}
			return out
		}
	}
}

// multiples are the multiples of a step from first to last.
type multiples struct {
	step, first, last float64
	exp               int // the decimals of the step, negative behind the point
}

// multiplesIn returns the multiples of m times ten to exp in [lo, hi].
func multiplesIn(lo, hi, m float64, exp int) multiples {
	step := m * math.Pow10(exp)
	return multiples{step, math.Ceil(lo/step - 1e-9), math.Floor(hi/step + 1e-9), exp}
}

func (m multiples) count() float64 { return m.last - m.first + 1 }

// alternate returns the multiples without every other one: those with the first,
// or, where as many are left, those with 0.
func (m multiples) alternate() multiples {
	if even := math.Mod(m.count(), 2) == 0; even && math.Mod(m.first, 2) != 0 {
		m.first++
	}
	return m
}

// names is the ticker of an axis of categories: the first at 0, the second
// at 1, and so on.
type names []string

var _ plot.Ticker = names{}

// Ticks returns a tick for each category.
func (cats names) Ticks(float64, float64) []plot.Tick {
	out := make([]plot.Tick, len(cats))
	for i, c := range cats {
		out[i] = plot.Tick{Value: float64(i), Label: c}
	}
	return out
}

// unlabelled is a ticker without its labels, of an axis that a neighbour is
// labelled for.
type unlabelled struct{ plot.Ticker }

// Ticks returns the ticks with empty labels.
func (u unlabelled) Ticks(lo, hi float64) []plot.Tick {
	out := u.Ticker.Ticks(lo, hi)
	for i := range out {
		out[i].Label = ""
	}
	return out
}

// written returns a number with the given decimals: a true minus sign, no
// minus zero, thousands apart from ten thousand on, and powers of ten where
// the digits would not be read.
func written(x float64, decimals int) string {
	if !finite(x) {
		return "\u2013"
	}
	if math.Abs(x) >= 1e7 || decimals > 5 && x != 0 {
		return scientific(x)
	}
	if x == 0 && decimals > 5 {
		return "0"
	}
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	if whole, rest, _ := strings.Cut(s, "."); len(whole) > 4 {
		for at := len(whole) - 3; at > 0; at -= 3 {
			whole = whole[:at] + "," + whole[at:]
		}
		s = whole
		if rest != "" {
			s += "." + rest
		}
	}
	if x < 0 && strings.Trim(s, "0.,") != "" {
		return minus + s
	}
	return s
}

// scientific returns a number as 2.5×10⁻⁶, with at most three digits.
func scientific(x float64) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', 2, 64), "e")
	mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	e, _ := strconv.Atoi(exponent)
	up := strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴",
		"5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹").Replace(strconv.Itoa(e))
	return strings.Replace(mantissa, "-", minus, 1) + "×10" + up
}

// decimals returns how many decimals tell numbers apart that reach up to
// largest in size.
func decimals(largest float64) int {
	switch {
	case largest >= 100:
		return 0
	case largest >= 10:
		return 1
	case largest >= 0.1 || largest == 0:
		return 2
	case largest >= 0.01:
		return 3
	case largest >= 0.001:
		return 4
	}
	return 6
}
