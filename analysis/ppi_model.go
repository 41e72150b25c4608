package analysis

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/formula"
	"silico/analysis/stat"
)

// ppiModel is the regression of people's answers, with what a source predicts
// of them.
type ppiModel struct {
	name    string
	terms   []string
	x       *mat.Dense // the different rows of the design
	row     []int      // of x, of each row
	y       []float64
	person  []int // of each row: its place among the persons
	persons int
	near    [][]float64 // of each split where to look for the coefficients of the labelled: at everybody's, then where they are beside another source
	fit     func(p *stat.PPIPeople, o stat.PPIOptions) *stat.PPIDivision
}

// model estimates the coefficients of the regression.
func (r *ppiRun) model(ctx context.Context) error {
	of := r.in.Results[r.Of]
	if of == nil || of.Regression == nil {
		return ctx.Err()
	}
	p := *of.Regression.params
	m := &ppiModel{name: r.Of, persons: len(r.persons)}
	switch p.Family {
	case "ols":
		m.fit = (*stat.PPIPeople).OLS
	case "logit":
		m.fit = (*stat.PPIPeople).Logit
	default:
		r.warn(r.Of, "Prediction-powered inference is for ols and logit; %s is %s.", r.Of, p.Family)
		return nil
	}
	form := of.Regression.formula
	d, err := p.designOf(r.in.Frame, form, r.people, formula.Options{})
	if err != nil || len(d.Rows) == 0 || len(d.Names) == 0 {
		r.warn(r.Of, "The model %s has no rows of people.", r.Of)
		return nil
	}
	m.terms, m.y = d.Names, d.Y
	m.x, m.row = different(d.X)
	for _, row := range d.Rows {
		g, _ := slices.BinarySearch(r.persons, r.people.person[row])
		m.person = append(m.person, g)
	}
	whole := m.alone(m.y, m.y)
	m.near = make([][]float64, r.Splits)
	if len(whole.Warnings) == 0 {
		m.near = slices.Repeat([][]float64{whole.Coef}, r.Splits)
	}
	r.coefficients(m, people, "whole", whole, nil)
	in, err := r.in.expanded(r.Common, form.Names()...)
	if err != nil {
		return err
	}
	full, err := r.pick(in.Frame, people)
	if err != nil {
		return err
	}
	for i, src := range r.sources {
		f, ok, err := r.predicted(&p, in, form, d, full.source(src.Name))
		if err != nil {
			return err
		}
		if !ok {
			r.warn(src.Name, "%s predicts no outcome of %s.", src.title(), r.Of)
			continue
		}
		if err := r.coefficient(ctx, m, src, f, i == 0); err != nil {
			return err
		}
	}
	return nil
}

// predicted returns what a source predicts for each row of the people's design,
// NaN where it predicts nothing.
func (r *ppiRun) predicted(p *Regression, in Input, form *formula.Formula, d *formula.Design, src *sourceRows) ([]float64, bool, error) {
	own, err := p.designOf(in.Frame, form, src, formula.Options{})
	if err != nil || len(own.Rows) == 0 || !slices.Equal(own.ResponseLevels, d.ResponseLevels) {
		return nil, false, nil
	}
	sum, weight := make([]float64, r.in.Frame.Rows()), make([]float64, r.in.Frame.Rows())
	at := newUnits(in.Frame, &sourceRows{rows: r.peopleIn(in)})
	place := map[int]int{} // row of the people in the expanded frame to that in their own
	for i, row := range r.peopleIn(in) {
		place[row] = r.people.rows[i]
	}
	parts := shares(in.Frame)
	for i, row := range own.Rows {
		unit := at.of(src.rows[row])
		if unit < 0 {
			continue
		}
		w := 1.0
		if parts != nil {
			w = parts[src.rows[row]]
		}
		sum[place[unit]] += w * own.Y[i]
		weight[place[unit]] += w
	}
	f, any := make([]float64, len(d.Rows)), false
	for i, row := range d.Rows {
		f[i] = sum[r.people.rows[row]] / weight[r.people.rows[row]]
		any = any || !math.IsNaN(f[i])
	}
	return f, any, nil
}

// peopleIn returns the rows of the people in an expanded frame, which hold each
// of their rows once and in the same order.
func (r *ppiRun) peopleIn(in Input) []int {
	if in.Frame == r.in.Frame {
		return r.people.rows
	}
	sel, err := r.pick(in.Frame, people)
	if err != nil {
		return nil
	}
	return sel.source(people).rows
}

// people returns the people with the answers y, where a prediction is a number.
func (m *ppiModel) people(y, f []float64) *stat.PPIPeople {
	var ys, fs []float64
	var rows, persons []int
	for i, g := range m.person {
		if !math.IsNaN(f[i]) {
			ys, fs, rows, persons = append(ys, y[i]), append(fs, f[i]), append(rows, m.row[i]), append(persons, g)
		}
	}
	return stat.NewPPIPeople(m.x, rows, persons, m.persons, ys, fs)
}

// alone fits the model to the answers y of everybody, where a prediction is a
// number.
func (m *ppiModel) alone(y, f []float64) *stat.PPIModel {
	d := m.fit(m.people(y, f), stat.PPIOptions{DDof: 1})
	d.Label(slices.Repeat([]bool{true}, m.persons))
	return d.Fit(0, nil)
}

// coefficient adds the estimates with one source as predictor. f is what it
// predicts for each row of the model.
func (r *ppiRun) coefficient(ctx context.Context, m *ppiModel, src *sourceRows, f []float64, classical bool) error {
	k := len(m.terms)
	width := 6*k + 3 // classical, ppi and tuned with their errors; λ, n, whether all have a solution
	draws := stat.Resampling{Streams: r.in.Streams, Name: "none", B: r.Splits, Workers: r.in.Workers}
	predicted := m.people(m.y, f)
	reps, err := draws.Run(ctx, width, func() func(int, *rand.Rand, []float64) {
		d := m.fit(predicted, stat.PPIOptions{DDof: 1})
		return func(b int, _ *rand.Rand, out []float64) {
			d.Label(r.label[b])
			if l, u := d.Rows(); l <= k || u <= k {
				return
			}
			for i, lambda := range []float64{0, 1, math.NaN()} {
				fit := d.Fit(lambda, m.near[b])
				if i == 0 && len(fit.Warnings) == 0 {
					m.near[b] = fit.Coef
				}
				copy(out[2*i*k:], fit.Coef)
				copy(out[(2*i+1)*k:], fit.SE)
				if i == 2 {
					out[6*k], out[6*k+1] = fit.Lambda, float64(fit.N)
				}
			}
		}
	})
	if err != nil {
		return err
	}
	if lost := r.Splits - len(present(reps[4*k])); lost > 0 {
		r.warn(src.Name, "%s: in %s of %d the model %s has no solution.", src.title(), count(lost, "split", "splits"), r.Splits, m.name)
	}
	n := reps[6*k+1]
	r.coefficients(m, src.Name, "model_only", m.alone(f, f), m.alone(m.y, f))
	at := Key{Source: src.Name, Outcome: m.name, Statistic: "lambda"}
	r.over(at, reps[6*k], n, src.Draws)
	for j, term := range m.terms {
		if classical {
			r.average(Key{Source: people, Outcome: m.name, Term: term, Statistic: "classical"}, reps[j], reps[k+j], n, 1)
		}
		at.Term = term
		for i, name := range []string{"", "ppi", "ppi_tuned"} {
			if at.Statistic = name; name != "" {
				r.average(at, reps[2*i*k+j], reps[(2*i+1)*k+j], n, src.Draws)
			}
		}
		effective := make([]float64, r.Splits)
		for b := range effective {
			ratio := reps[k+j][b] / reps[5*k+j][b]
			effective[b] = n[b] * ratio * ratio
		}
		at.Statistic = "effective_n"
		r.over(at, effective, n, src.Draws)
	}
	return nil
}

// coefficients adds a fit to everybody; with people's, how far it is from it.
func (r *ppiRun) coefficients(m *ppiModel, source, statistic string, fit, whole *stat.PPIModel) {
	for j, term := range m.terms {
		e := Number(Key{Source: source, Outcome: m.name, Term: term, Statistic: statistic}, fit.Coef[j])
		e.SE, e.People = fit.SE[j], fit.N
		r.add(e.wald(r.Level, math.Inf(1)))
		if whole != nil {
			bias := Number(Key{Source: source, Outcome: m.name, Term: term, Statistic: "model_bias"}, fit.Coef[j]-whole.Coef[j])
			bias.People = fit.N
			r.add(bias)
		}
	}
}

// different returns the different rows of a matrix, in the order in which they
// first occur, and which of them each row is.
func different(x *mat.Dense) (rows *mat.Dense, row []int) {
	n, k := x.Dims()
	seen, data, key := map[string]int{}, []float64(nil), make([]byte, 0, 8*k)
	for i := range n {
		key = key[:0]
		for _, v := range x.RawRowView(i) {
			key = binary.LittleEndian.AppendUint64(key, math.Float64bits(v))
		}
		at, ok := seen[string(key)]
		if !ok {
			at = len(seen)
			seen[string(key)] = at
			data = append(data, x.RawRowView(i)...)
		}
		row = append(row, at)
	}
	return mat.NewDense(len(seen), k, data), row
}
