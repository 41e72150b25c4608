package stat

import "math"

// absorption takes the fixed effects of several factors out of columns.
type absorption struct {
	codes  [][]int
	levels []int     // of each factor
	start  []int     // of each factor, among all levels
	w      []float64 // of rows
	mass   []float64 // of all levels: sum of the weights
}

func newAbsorption(effects []FixedEffect, w []float64) *absorption {
	p := &absorption{w: w}
	total := 0
	for _, e := range effects {
		levels := 0
		for _, c := range e.Codes {
			levels = max(levels, c+1)
		}
		p.codes, p.levels, p.start = append(p.codes, e.Codes), append(p.levels, levels), append(p.start, total)
		total += levels
	}
	p.mass = make([]float64, total)
	for f, codes := range p.codes {
		for i, c := range codes {
			p.mass[p.start[f]+c] += w[i]
		}
	}
	return p
}

// center takes the mean out of a column and returns its sum of squares then.
func (p *absorption) center(v []float64) float64 {
	sum, total := 0.0, 0.0
	for i, w := range p.w {
		sum += w * v[i]
		total += w
	}
	squares := 0.0
	for i := range v {
		v[i] -= sum / total
		squares += p.w[i] * v[i] * v[i]
	}
	return squares
}

// Conjugate gradients stop where the rest of the normal equations is
// absorptionRest of what it was, and begin anew once, from what is left, which
// repairs rounding.
const (
	absorptionRest  = 1e-13
	absorptionSteps = 10_000
)

// takeOut replaces a column by what the fixed effects leave of it; false where
// that needs more steps than there are.
func (p *absorption) takeOut(v []float64) bool {
	if len(p.codes) == 1 {
		for range 2 {
			p.subtract(v, p.divide(p.sums(v)))
		}
		return true
	}
	sums := p.sums(v)
	goal := p.length(sums) * absorptionRest
	ok := p.gradients(v, sums, goal)
	return p.gradients(v, p.sums(v), goal) && ok
}

// gradients takes out the solution of DᵀWDα = DᵀWv, preconditioned by the masses
// of the levels.
func (p *absorption) gradients(v, rest []float64, goal float64) bool {
	direction := p.divide(rest)
	size := dot(rest, direction)
	along := make([]float64, len(v))
	for range absorptionSteps {
		if math.Sqrt(size) <= goal || size == 0 {
			return true
		}
		clear(along)
		p.subtract(along, direction) // -D direction
		image := p.sums(along)       // -DᵀWD direction
		curve := -dot(direction, image)
		if !(curve > 0) {
			return true // the direction is one that no row sees
		}
		step := size / curve
		for i, x := range along {
			v[i] += step * x
		}
		for l, x := range image {
			rest[l] += step * x
		}
		next := p.divide(rest)
		before := size
		size = dot(rest, next)
		for l := range direction {
			direction[l] = next[l] + size/before*direction[l]
		}
	}
	return false
}

// sums returns DᵀWv, by level of all factors.
func (p *absorption) sums(v []float64) []float64 {
	s := make([]float64, len(p.mass))
	for f, codes := range p.codes {
		part := s[p.start[f]:]
		for i, c := range codes {
			part[c] += p.w[i] * v[i]
		}
	}
	return s
}

// divide returns sums over masses, 0 for levels without rows.
func (p *absorption) divide(sums []float64) []float64 {
	m := make([]float64, len(sums))
	for l, s := range sums {
		if p.mass[l] > 0 {
			m[l] = s / p.mass[l]
		}
	}
	return m
}

// subtract takes the effects of all factors off a column.
func (p *absorption) subtract(v, effects []float64) {
	for f, codes := range p.codes {
		part := effects[p.start[f]:]
		for i, c := range codes {
			v[i] -= part[c]
		}
	}
}

// length returns the norm of sums in the metric of the masses.
func (p *absorption) length(sums []float64) float64 { return math.Sqrt(dot(sums, p.divide(sums))) }

// independent returns the number of independent fixed effects: of one factor,
// its levels; of two, less the connected parts of the graph whose edges are the
// rows; each further one has one level less.
func (p *absorption) independent() int {
	count := 0
	for f := range p.codes {
		for l := range p.levels[f] {
			if p.mass[p.start[f]+l] > 0 {
				count++
			}
		}
		if f >= 2 {
			count--
		}
	}
	if len(p.codes) < 2 {
		return count
	}
	parent := make([]int, p.start[1]+p.levels[1])
	for l := range parent {
		parent[l] = l
	}
	root := func(l int) int {
		for parent[l] != l {
			parent[l] = parent[parent[l]]
			l = parent[l]
		}
		return l
	}
	for i, w := range p.w {
		if w > 0 {
			parent[root(p.codes[0][i])] = root(p.start[1] + p.codes[1][i])
		}
	}
	for l := range parent {
		if p.mass[l] > 0 && root(l) == l {
			count--
		}
	}
	return count
}

// singles returns how many rows are the only one of some level.
func (p *absorption) singles() int {
	rows := make([]int, len(p.mass))
	for f, codes := range p.codes {
		for i, c := range codes {
			if p.w[i] > 0 {
				rows[p.start[f]+c]++
			}
		}
	}
	count := 0
	for i, w := range p.w {
		for f, codes := range p.codes {
			if w > 0 && rows[p.start[f]+codes[i]] == 1 {
				count++
				break
			}
		}
	}
	return count
}
