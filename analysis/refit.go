package analysis

import (
	"silico/analysis/formula"
	"silico/analysis/stat"
)

// refitter fits one regression again and again under weights of respondents:
// halves, resamples. Rows with the same predictors are fitted as one, which is
// the same maximum for a fraction of the work, and Newton's search starts where
// the whole sample ended.
type refitter struct {
	k       int
	family  stat.Family
	link    stat.Link
	designs *rowSet     // those of the cells first, then what the effects need besides
	cells   int         // rows of different predictors
	columns [][]float64 // of their designs: sums over a column are quick
	rows    []int       // of each observation: its row among those of the source
	entries []entry     // the observations
	codes   []int32     // code of each respondent, which sources share
	first   []int32     // of each respondent the first observation; one more closes the list
	effects []effect
	start   []float64
	whole   *solution // the fit to everybody; nil until there is one
}

// entry is an observation: its cell, its prior weight, and that times its
// outcome.
type entry struct {
	cell   int32
	n, sum float64
}

// of returns the observations of a respondent.
func (r *refitter) of(g int) []entry { return r.entries[r.first[g]:r.first[g+1]] }

// effect is a marginal effect: the mean over observations of the expected
// outcome at one design less that at another, or of its slope times per.
type effect struct {
	name   string
	per    float64
	slope  []int32 // of each cell the derivative of its design; nil for a comparison
	to, of []int32 // of each cell the design at the level and at the reference
}

// newRefitter collapses the design of a model, whose coefficients it starts
// from. person is the code of each row's respondent, ascending. Rows with the
// same values of all predictors are one cell: their designs are equal, and those
// of every effect.
func newRefitter(d *formula.Design, m *fitted, person []int32, effects []designEffect) (*refitter, error) {
	kept := m.kept()
	n, k := len(d.Rows), len(kept)
	r := &refitter{k: k, family: m.family, link: m.link, rows: d.Rows, entries: make([]entry, n), designs: newRowSet(k)}
	for _, j := range kept {
		r.start = append(r.start, m.coef[j])
	}
	at, first, err := cellsOf(d)
	if err != nil {
		return nil, err
	}
	r.cells = len(first)
	for i, y := range d.Y {
		w := 1.0
		if d.Weights != nil {
			w = d.Weights[i]
		}
		r.entries[i] = entry{at[i], w, w * y}
		if i == 0 || person[i] != person[i-1] {
			r.codes, r.first = append(r.codes, person[i]), append(r.first, int32(i))
		}
	}
	r.first = append(r.first, int32(n))
	row := make([]float64, k)
	all := make([]float64, len(first)*len(d.Names))
	d.FillRows(all, first)
	for j, i := range first {
		r.designs.push(appendKept(row[:0], all[j*len(d.Names):], kept), offsetOf(d, i))
	}
	for a := range k {
		column := make([]float64, r.cells)
		for j := range column {
			column[j] = r.designs.row(j)[a]
		}
		r.columns = append(r.columns, column)
	}
	filled := make(map[*formula.Variant][]int32) // the reference level serves several effects
	fill := func(v *formula.Variant, slope bool) []int32 {
		if v == nil {
			return nil
		}
		if rows, ok := filled[v]; ok {
			return rows
		}
		rows := make([]int32, len(first))
		v.FillRows(all, first)
		for j, i := range first {
			off := 0.0
			if !slope {
				off = offsetOf(d, i)
			}
			rows[j] = r.designs.add(appendKept(row[:0], all[j*len(d.Names):], kept), off)
		}
		filled[v] = rows
		return rows
	}
	for _, e := range effects {
		made := effect{name: e.name, per: e.per}
		if e.of == nil {
			made.slope = fill(e.to, true)
		} else {
			made.to, made.of = fill(e.to, false), fill(e.of, false)
		}
		r.effects = append(r.effects, made)
	}
	return r, nil
}

// cellsOf returns the cell of each row of a design, numbered in the order of
// their first rows, and those rows.
func cellsOf(d *formula.Design) (at []int32, first []int, err error) {
	var predictors [][]float64
	for _, name := range d.Predictors() {
		values, err := d.Values(name)
		if err != nil {
			return nil, nil, err
		}
		predictors = append(predictors, values)
	}
	at = make([]int32, len(d.Rows))
	seen, row := newRowSet(len(predictors)), make([]float64, len(predictors))
	for i := range at {
		for p, values := range predictors {
			row[p] = values[i]
		}
		at[i] = seen.add(row, offsetOf(d, i))
		if int(at[i]) == len(first) {
			first = append(first, i)
		}
	}
	return at, first, nil
}

// offsetOf returns the offset of a row of a design.
func offsetOf(d *formula.Design, row int) float64 {
	if d.Offset == nil {
		return 0
	}
	return d.Offset[row]
}

func appendKept(dst, row []float64, kept []int) []float64 {
	for _, j := range kept {
		dst = append(dst, row[j])
	}
	return dst
}

// eta returns the linear predictor of a design.
func (r *refitter) eta(j int, coef []float64) float64 {
	eta := r.designs.offset[j]
	for a, xa := range r.designs.row(j) {
		eta += xa * coef[a]
	}
	return eta
}
