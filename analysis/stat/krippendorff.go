package stat

import (
	"slices"
)

// Measurement is the level of measurement of Krippendorff's α: how different
// two values are.
type Measurement int

const (
	Nominal       Measurement = iota // 0 or 1
	OrdinalScale                     // by how many values given lie between
	IntervalScale                    // (v - w)²
	RatioScale                       // ((v - w)/(v + w))², 0 for two zeros
)

// KrippendorffAlpha returns α = 1 - D_o/D_e, the agreement of any number of
// coders: D_o is the difference of values within units, D_e that of values
// drawn from all. rows holds one row a unit and one column a coder, NaN where a
// unit was not coded; units with fewer than two codes say nothing and are left
// out. Also returned is how many codes count. NaN when none does, or when all
// codes are equal, so that α is not defined. Krippendorff (2011), Computing
// Krippendorff's alpha-reliability. R: irr::kripp.alpha.
func KrippendorffAlpha(rows [][]float64, level Measurement) (alpha float64, codes int) {
	var units [][]float64
	var values []float64
	for _, r := range rows {
		if r = present(r); len(r) > 1 {
			units = append(units, r)
			values = append(values, r...)
		}
	}
	codes = len(values)
	slices.Sort(values)
	values = slices.Compact(values)
	v := len(values)
	together := make([][]float64, v) // coincidences
	for i := range together {
		together[i] = make([]float64, v)
	}
	count := make([]float64, v)
	for _, u := range units {
		for i := range u {
			a, _ := slices.BinarySearch(values, u[i])
			count[a]++
			for j := range u {
				if i != j {
					b, _ := slices.BinarySearch(values, u[j])
					together[a][b] += 1 / float64(len(u)-1)
				}
			}
		}
	}
	difference := krippendorffDifference(values, count, level)
	var observed, expected float64
	for a := range v {
		for b := range a {
			d := difference(b, a)
			observed += (together[a][b] + together[b][a]) * d
			expected += 2 * count[a] * count[b] * d
		}
	}
	if expected == 0 {
		return nan, codes
	}
	return 1 - float64(codes-1)*observed/expected, codes
}

// krippendorffDifference returns how different values a < b are.
func krippendorffDifference(values, count []float64, level Measurement) func(a, b int) float64 {
	upTo := make([]float64, len(count)+1)
	for i, c := range count {
		upTo[i+1] = upTo[i] + c
	}
	return func(a, b int) float64 {
		switch level {
		case OrdinalScale:
			d := upTo[b+1] - upTo[a] - (count[a]+count[b])/2
			return d * d
		case IntervalScale:
			d := values[a] - values[b]
			return d * d
		case RatioScale:
			sum := values[a] + values[b]
			if sum == 0 {
				return 0
			}
			d := (values[a] - values[b]) / sum
			return d * d
		}
		return 1
	}
}
