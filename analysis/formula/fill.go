package formula

import "gonum.org/v1/gonum/mat"

// fillRows is how many rows are filled column by column before the next ones:
// few enough to stay in the cache.
const fillRows = 256

// matrix returns the columns over the kept rows.
func (d *Design) matrix(cols []column) *mat.Dense {
	n, k := len(d.source), len(cols)
	if n == 0 || k == 0 {
		return &mat.Dense{}
	}
	x := make([]float64, n*k)
	for lo := 0; lo < n; lo += fillRows {
		hi := min(n, lo+fillRows)
		fill(x[lo*k:hi*k], cols, d.values, d.source[lo:hi])
	}
	return mat.NewDense(n, k, x)
}

// FillRows puts the given rows of X into dst, row by row; dst holds len(rows) x
// len(Names) values.
func (d *Design) FillRows(dst []float64, rows []int) {
	fill(dst, d.columns, d.values, pick(d.source, rows))
}

// fill puts the columns of the given rows into dst, row by row.
func fill(dst []float64, cols []column, values []*value, rows []int) {
	k := len(cols)
	for j, c := range cols {
		if len(c.parts) == 0 {
			for i := range rows {
				dst[i*k+j] = 1
			}
			continue
		}
		for p, part := range c.parts {
			part.multiply(dst, j, k, part.of(values), rows, p == 0)
		}
	}
}

// multiply sets column j of dst to the part, or multiplies it with the part.
func (p part) multiply(dst []float64, j, k int, v *value, rows []int, first bool) {
	if p.table == nil {
		if first && len(v.nums) > 1 {
			for i, r := range rows {
				dst[i*k+j] = v.nums[r]
			}
			return
		}
		for i, r := range rows {
			x := v.at(r)
			if !first {
				x *= dst[i*k+j]
			}
			dst[i*k+j] = x
		}
		return
	}
	if first && v.kind == coded {
		for i, r := range rows {
			dst[i*k+j] = p.table[v.codes[r]]
		}
		return
	}
	for i, r := range rows {
		x := p.at(v, r)
		if !first {
			x *= dst[i*k+j]
		}
		dst[i*k+j] = x
	}
}

// of returns the values that the part is made of.
func (p part) of(values []*value) *value {
	v := values[p.variable]
	if v.kind == basis {
		return v.parts[p.nth]
	}
	return v
}

// at returns the part's value in a row.
func (p part) at(v *value, row int) float64 {
	switch {
	case p.table == nil:
		return v.at(row)
	case v.kind == coded:
		return p.table[v.codes[row]]
	}
	return p.table[int(v.at(row))]
}

// fillSlopes puts the derivatives of the columns into dst, row by row: of a
// product, the sum over its parts of the slope of one times the others.
func fillSlopes(dst []float64, cols []column, values []*value, rows []int) {
	k := len(cols)
	for j, c := range cols {
		for i, r := range rows {
			sum := 0.0
			for p, part := range c.parts {
				slope := 0.0
				if part.table == nil {
					slope = part.of(values).dot(r)
				}
				if slope == 0 {
					continue
				}
				for q, other := range c.parts {
					if q != p {
						slope *= other.at(other.of(values), r)
					}
				}
				sum += slope
			}
			dst[i*k+j] = sum
		}
	}
}
