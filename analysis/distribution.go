package analysis

import (
	"math"

	"silico/analysis/frame"
)

// distribution is what there is to say of a variable over rows of a source. It
// is counted by value where every respondent has a row of weight 1 and the
// values are few, and summed by respondent otherwise.
type distribution struct {
	rows, seen       int // rows, and those with a value
	people, answered int // respondents, and those with a value
	values           *counted
	sums             *summed
}

// distributionOf describes a column over rows that are in the order of
// respondents.
func distributionOf(f *frame.Frame, src *sourceRows, c *frame.Column, rows []int) distribution {
	d := distribution{rows: len(rows)}
	if src.single() && !hasWeights(f) {
		if d.values = countedOf(f, src, c); d.values != nil {
			d.seen = d.values.seen()
			d.people, d.answered = d.rows, d.seen
			return d
		}
	}
	d.sums = &summed{c: c, rows: rows, weight: weights(f, rows)}
	d.sums.person, d.people = runs(src, rows)
	last := -1
	for i, row := range rows {
		if !c.Missing(row) {
			d.seen++
			if d.sums.person[i] != last {
				last = d.sums.person[i]
				d.answered++
			}
		}
	}
	d.sums.people = d.people
	return d
}

func (d distribution) mean() ratio {
	if d.values != nil {
		return d.values.mean()
	}
	return d.sums.mean()
}

// sd returns the standard deviation about the mean.
func (d distribution) sd(mean float64) float64 {
	if d.values != nil {
		return d.values.sd(mean)
	}
	return weightedSD(d.sums.c, d.sums.rows, d.sums.weight, mean)
}

// share returns the share of a level, and in how many rows it is.
func (d distribution) share(level int) (ratio, int) {
	if d.values != nil {
		return d.values.share(level)
	}
	return d.sums.share(level)
}

// counted are the respondents by value.
type counted struct {
	values []float64 // NaN each for a factor
	n      []float64
}

// countedOf counts the values of a source with a row a respondent; nil when they
// are too many.
func countedOf(f *frame.Frame, src *sourceRows, c *frame.Column) *counted {
	codes, v := c.Codes, &counted{}
	if !c.Coded() {
		n := f.Numbered(c.Name)
		if n == nil {
			return nil
		}
		codes, v.values = n.Codes, n.Values
	} else {
		for k := range c.Levels {
			v.values = append(v.values, c.Score(k))
		}
	}
	v.n = make([]float64, len(v.values))
	for i := range src.rows {
		if k := codes[src.at(i)]; k >= 0 {
			v.n[k]++
		}
	}
	return v
}

func (v *counted) seen() int { return int(sumOf(v.n)) }

func (v *counted) mean() ratio {
	r := ratio{times: v.n, num: v.values, den: make([]float64, len(v.n))}
	for k := range r.den {
		r.den[k] = 1
	}
	return r
}

// sd is weightedSD of the values as often as they are there.
func (v *counted) sd(mean float64) float64 {
	n := sumOf(v.n)
	if n < 2 {
		return math.NaN()
	}
	ss := 0.0
	for k, x := range v.values {
		if v.n[k] > 0 {
			ss += v.n[k] * (x - mean) * (x - mean)
		}
	}
	return math.Sqrt(ss / (n - 1))
}

func (v *counted) share(level int) (ratio, int) {
	n := v.n[level]
	return ratio{num: []float64{1, 0}, den: []float64{1, 1}, times: []float64{n, sumOf(v.n) - n}}, int(n)
}

// summed are the respondents one by one.
type summed struct {
	c      *frame.Column
	rows   []int
	person []int // of each row
	people int
	weight []float64
}

func (s *summed) mean() ratio {
	m := ratio{num: make([]float64, s.people), den: make([]float64, s.people)}
	for i, row := range s.rows {
		if x := s.c.Float(row); !math.IsNaN(x) {
			m.num[s.person[i]] += s.weight[i] * x
			m.den[s.person[i]] += s.weight[i]
		}
	}
	return m
}

func (s *summed) share(level int) (ratio, int) {
	m, n := ratio{num: make([]float64, s.people), den: make([]float64, s.people)}, 0
	for i, row := range s.rows {
		if s.c.Codes[row] < 0 {
			continue
		}
		m.den[s.person[i]] += s.weight[i]
		if int(s.c.Codes[row]) == level {
			m.num[s.person[i]] += s.weight[i]
			n++
		}
	}
	return m, n
}

// runs numbers the respondents of rows that are in the order of respondents.
func runs(src *sourceRows, rows []int) (person []int, n int) {
	person = make([]int, len(rows))
	if len(rows) < len(src.rows) {
		for i := range rows {
			person[i] = i
		}
		return person, len(rows)
	}
	for i := range rows {
		if i > 0 && src.person[i] != src.person[i-1] {
			n++
		}
		person[i] = n
	}
	if len(rows) > 0 {
		n++
	}
	return person, n
}

// hasWeights says whether rows may have other weights than 1.
func hasWeights(f *frame.Frame) bool {
	c := f.Col(f.Schema.Weight)
	return c != nil && c.Kind == frame.Number || shares(f) != nil
}

// weights returns the weight of each row: that of the study's weight column, 0
// where it is missing or negative, or 1 when there is none; times its share in an
// expanded frame.
func weights(f *frame.Frame, rows []int) []float64 {
	w := make([]float64, len(rows))
	c, parts := f.Col(f.Schema.Weight), shares(f)
	for i, row := range rows {
		switch {
		case c == nil || c.Kind != frame.Number:
			w[i] = 1
		case c.Nums[row] > 0:
			w[i] = c.Nums[row]
		}
		if parts != nil {
			w[i] *= parts[row]
		}
	}
	return w
}

// weightedSD returns √(n/(n-1) Σ w (x-m)²/Σ w), the usual standard deviation
// when all weights are equal; NaN for fewer than two values.
func weightedSD(c *frame.Column, rows []int, weight []float64, mean float64) float64 {
	ss, sum, n := 0.0, 0.0, 0
	for i, row := range rows {
		if x := c.Float(row); !math.IsNaN(x) && weight[i] > 0 {
			ss += weight[i] * (x - mean) * (x - mean)
			sum += weight[i]
			n++
		}
	}
	if n < 2 {
		return math.NaN()
	}
	return math.Sqrt(float64(n) / float64(n-1) * ss / sum)
}
