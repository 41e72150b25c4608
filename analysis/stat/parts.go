package stat

import (
	"math"
	"slices"

	"silico/analysis/formula"
)

// partition is a design by parts: each cell has a pattern of every part, and
// with it a row of values in the columns of the part. Sums over cells are counts
// of patterns and of pairs of patterns, which cost a few additions a cell
// whatever the number of columns.
type partition struct {
	cells, columns int
	parts          []formula.Part
	codes          [][]uint16 // by part: the pattern of each cell
}

// patterns returns the number of patterns of a part.
func (p *partition) patterns(part int) int { return len(p.parts[part].First) }

// collapseParts puts the rows of a design with parts together where all
// patterns agree, and returns the cell of each row. Cells are numbered in the
// order of their first rows.
func collapseParts(d *formula.Design) (p *partition, of []int32) {
	n := len(d.Rows)
	p = &partition{columns: len(d.Names), parts: d.Parts, codes: make([][]uint16, len(d.Parts))}
	of = make([]int32, n)
	first := make([]int, 0, n/4)
	size := 1
	for t := range d.Parts {
		size = min(size*p.patterns(t), math.MaxInt32)
	}
	if size <= 8*n+1<<16 {
		number := make([]int32, size)
		for i := range of {
			key := 0
			for t := range d.Parts {
				key = key*p.patterns(t) + int(d.Parts[t].Codes[i])
			}
			c := number[key]
			if c == 0 {
				first = append(first, i)
				c = int32(len(first))
				number[key] = c
			}
			of[i] = c - 1
		}
	} else {
		for i := range of { // too many combinations to look for equals
			of[i] = int32(i)
			first = append(first, i)
		}
	}
	if p.cells = len(first); p.cells == n {
		of = nil
	}
	for t := range d.Parts {
		p.codes[t] = make([]uint16, len(first))
		for c, i := range first {
			p.codes[t][c] = d.Parts[t].Codes[i]
		}
	}
	return p, of
}

// fill puts cells lo to hi of X into dst, row by row.
func (p *partition) fill(lo, hi int, dst []float64) {
	for t := range p.parts {
		part := &p.parts[t]
		for i, c := range p.codes[t][lo:hi] {
			row := dst[i*p.columns : (i+1)*p.columns]
			for a, v := range part.Row(int(c)) {
				row[part.Columns[a]] = v
			}
		}
	}
}

// addCounts adds to the sum of each code.
func addCounts(acc []float64, codes []uint16, v []float64) {
	v = v[:len(codes)]
	for i, c := range codes {
		acc[c] += v[i]
	}
}

// byPart returns the sums of v over the cells with each pattern, of every part.
func (p *partition) byPart(v []float64) [][]float64 {
	sums := sumRows(p.cells, p.singles(), func(lo, hi int, acc []float64) {
		p.addSingles(acc, lo, v[lo:hi])
	})
	return p.split(sums)
}

// singles is the number of patterns of all parts.
func (p *partition) singles() int {
	n := 0
	for t := range p.parts {
		n += p.patterns(t)
	}
	return n
}

// addSingles adds v, of cells from a place on, to the patterns of all parts.
func (p *partition) addSingles(acc []float64, from int, v []float64) {
	for t := range p.parts {
		n := p.patterns(t)
		addCounts(acc[:n], p.codes[t][from:from+len(v)], v)
		acc = acc[n:]
	}
}

// split divides the patterns of all parts into those of each.
func (p *partition) split(sums []float64) [][]float64 {
	var by [][]float64
	for t := range p.parts {
		n := p.patterns(t)
		by, sums = append(by, sums[:n]), sums[n:]
	}
	return by
}

// pairs is the number of pairs of patterns of two parts, over all parts; of a
// single part, of its patterns.
func (p *partition) pairs() int {
	if len(p.parts) == 1 {
		return p.patterns(0)
	}
	n := 0
	for t := range p.parts {
		for u := t + 1; u < len(p.parts); u++ {
			n += p.patterns(t) * p.patterns(u)
		}
	}
	return n
}

// addPairs adds v, of cells from a place on, to the pairs of their patterns.
func (p *partition) addPairs(acc []float64, from int, v []float64) {
	if len(p.parts) == 1 {
		addCounts(acc, p.codes[0][from:from+len(v)], v)
		return
	}
	for t := range p.parts {
		a := p.codes[t][from : from+len(v)]
		for u := t + 1; u < len(p.parts); u++ {
			b, width := p.codes[u][from : from+len(v)][:len(a)], p.patterns(u)
			table := acc[:p.patterns(t)*width]
			for i, c := range a {
				table[int(c)*width+int(b[i])] += v[i]
			}
			acc = acc[len(table):]
		}
	}
}

// cross returns Σ v zzᵀ, where z are the rows that tables give by part and
// pattern and the sums of v by pairs of patterns are given.
func (p *partition) cross(pairs []float64, tables []partTable, k int) []float64 {
	h := make([]float64, k*k)
	single := make([][]float64, len(p.parts))
	if len(p.parts) == 1 {
		single[0] = pairs
	}
	for t := range p.parts {
		for u := t + 1; u < len(p.parts); u++ {
			n, m := p.patterns(t), p.patterns(u)
			table := pairs[:n*m]
			pairs = pairs[n*m:]
			if single[t] == nil {
				single[t] = rowSums(table, n, m)
			}
			if single[u] == nil {
				single[u] = columnSums(table, m)
			}
			tables[t].addProduct(h, k, table, &tables[u])
		}
	}
	for t := range tables {
		tables[t].addSquares(h, k, single[t])
	}
	symmetrise(h, k)
	return h
}

func rowSums(table []float64, n, m int) []float64 {
	s := make([]float64, n)
	for c := range s {
		for _, v := range table[c*m : (c+1)*m] {
			s[c] += v
		}
	}
	return s
}

func columnSums(table []float64, m int) []float64 {
	s := make([]float64, m)
	for i, v := range table {
		s[i%m] += v
	}
	return s
}

// partTable holds the rows of a part over some columns, or over others made of
// them.
type partTable struct {
	at []int     // which columns
	z  []float64 // patterns x columns
}

func (t *partTable) row(pattern int) []float64 {
	k := len(t.at)
	return t.z[pattern*k : (pattern+1)*k]
}

// addProduct adds Tᵀ W U to a k x k matrix, above its diagonal.
func (t *partTable) addProduct(h []float64, k int, w []float64, u *partTable) {
	n := len(u.at)
	if n == 0 || len(t.at) == 0 {
		return
	}
	m := len(u.z) / n
	line := make([]float64, n)
	for c := range len(t.z) / len(t.at) {
		clear(line)
		for d, v := range w[c*m : (c+1)*m] {
			if v != 0 {
				for b, z := range u.row(d) {
					line[b] += v * z
				}
			}
		}
		for a, z := range t.row(c) {
			for b, x := range line {
				i, j := t.at[a], u.at[b]
				h[min(i, j)*k+max(i, j)] += z * x
			}
		}
	}
}

// addSquares adds Tᵀ diag(w) T to a k x k matrix, on and above its diagonal.
func (t *partTable) addSquares(h []float64, k int, w []float64) {
	for c, v := range w {
		row := t.row(c)
		for a, x := range row {
			for b := a; b < len(row); b++ {
				h[t.at[a]*k+t.at[b]] += v * x * row[b]
			}
		}
	}
}

// times returns the product of each pattern's row with coefficients.
func (t *partTable) times(gamma []float64, patterns int) []float64 {
	p := make([]float64, patterns)
	for c := range p {
		for a, z := range t.row(c) {
			p[c] += z * gamma[t.at[a]]
		}
	}
	return p
}

// addTransposed adds Tᵀ v to acc.
func (t *partTable) addTransposed(acc, v []float64) {
	for c, x := range v {
		for a, z := range t.row(c) {
			acc[t.at[a]] += x * z
		}
	}
}

// lookUp adds what tables say of the patterns of cells from a place on to dst.
func (p *partition) lookUp(dst []float64, from int, tables [][]float64) {
	for t, table := range tables {
		codes := p.codes[t][from : from+len(dst)]
		for i, c := range codes {
			dst[i] += table[c]
		}
	}
}

// moments is columnMoments of the weighted cells.
func (p *partition) moments(w []float64, intercept bool) (mean, norm []float64, total float64) {
	mean, norm = make([]float64, p.columns), make([]float64, p.columns)
	for t, n := range p.byPart(w) {
		part := &p.parts[t]
		if t == 0 {
			for _, v := range n {
				total += v
			}
		}
		for a, j := range part.Columns {
			if intercept {
				for c, v := range n {
					mean[j] += v * part.Row(c)[a]
				}
				mean[j] /= total
			}
			squares := 0.0
			for c, v := range n {
				off := part.Row(c)[a] - mean[j]
				squares += v * off * off
			}
			norm[j] = math.Sqrt(squares)
		}
	}
	return mean, norm, total
}

// tables returns the rows of z = (x - shift)·inv over the kept columns.
func (p *partition) tables(kept []int, shift, inv []float64) []partTable {
	tables := make([]partTable, len(p.parts))
	for t := range p.parts {
		part, table := &p.parts[t], &tables[t]
		var from []int
		for a, j := range kept {
			if at := slices.Index(part.Columns, j); at >= 0 {
				from, table.at = append(from, at), append(table.at, a)
			}
		}
		for c := range part.First {
			for i, a := range table.at {
				table.z = append(table.z, (part.Row(c)[from[i]]-shift[a])*inv[a])
			}
		}
	}
	return tables
}

// evaluateParts is evaluate over cells with parts.
func (f *scoring) evaluateParts() {
	c, p := f.cells, f.parts
	tables := products(f.table, f.gamma, p)
	singles := p.singles()
	sums := sumRows(p.cells, 1+singles+p.pairs(), func(lo, hi int, acc []float64) {
		score, info := make([]float64, blockRows), make([]float64, blockRows)
		for from := lo; from < hi; from += blockRows {
			n := min(hi-from, blockRows)
			eta := f.eta[from : from+n]
			p.lookUp(eta, from, tables)
			for i, e := range eta {
				score[i], info[i] = 0, 0
				if w := c.w[from+i]; w > 0 {
					loss, s, v := f.response.at(e, w, c.wy[from+i])
					acc[0] += loss
					score[i], info[i] = s, v
				}
			}
			p.addSingles(acc[1:1+singles], from, score[:n])
			p.addPairs(acc[1+singles:], from, info[:n])
		}
	})
	f.loss, f.gradient = sums[0], make([]float64, f.rank())
	for t, v := range p.split(sums[1 : 1+singles]) {
		f.table[t].addTransposed(f.gradient, v)
	}
	f.hessian = p.cross(sums[1+singles:], f.table, f.rank())
}
