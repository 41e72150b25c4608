package analysis

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"silico/analysis/stat"
)

// compare adds the measures of every source, with their intervals, and the
// contrasts.
func (r *recoveryRun) compare(ctx context.Context) error {
	h, k := r.people, len(recoveryMeasures)
	seen := make([][]float64, len(r.views))
	draws := make([]redrawnArm, len(r.views))
	scorers, drawn := make([]*scorer, len(r.views)), make([][]*scorer, len(r.views)) // of expectations and of draws
	for i, m := range r.views {
		scorers[i], seen[i] = r.scorer(h, m), make([]float64, k)
		scorers[i].score(h.coef, m.coef, h.ame, m.ame, seen[i])
		for _, d := range m.drawn {
			drawn[i] = append(drawn[i], r.scorer(h, d))
		}
		draws[i] = r.counts(m, drawn[i])
		for j, of := range draws[i] {
			seen[i][1+j] = meanOf(present(of))
		}
	}
	reps, err := r.resample(ctx, scorers, drawn)
	if err != nil {
		return err
	}
	for i, m := range r.views {
		if lost := len(h.terms) - len(scorers[i].terms); lost > 0 {
			r.warn(m.src.Name, "%s has no coefficient for %s of people, which %s left out.", m.src.title(), count(lost, "term", "terms"), map[bool]string{true: "is", false: "are"}[lost == 1])
		}
		for j, name := range recoveryMeasures {
			e := Number(Key{Source: m.src.Name, Statistic: name}, seen[i][j])
			if reps != nil && name != "r2_ratio" && name != "wrong_signs" {
				e = e.resampled(reps[i*k+j], r.Level)
			}
			switch name {
			case "fpr":
				e.Why = fmt.Sprintf("fewer than %d terms are not significant among people", fewNulls)
			case "f1":
				e.Why = "no term is significant in either"
			case "slope":
				e.Why = "too few terms"
			case "correlation":
				e.Why = "too few terms, or all coefficients of the source are 0"
			}
			c := slices.Index(countedMeasures, name)
			if c >= 0 && draws[i] != nil && len(m.drawn) == 0 {
				e.Why = "in no draw of its answers the model has a finite fit"
			}
			if !math.IsNaN(e.Value) {
				e.Why = ""
			}
			e.People, e.Draws = m.respond, m.src.Draws
			if c >= 0 && draws[i] != nil {
				e.Draws = len(m.drawn)
				low, high := draws[i].ends(c)
				r.add(e.end("_low", low))
				r.add(e.end("_high", high))
			}
			r.add(e)
			e.Sample = r.fits.sel.sample
			r.groups.note(e, func() spread {
				if reps == nil || name == "r2_ratio" || name == "wrong_signs" {
					return spread{}
				}
				return spread{reps: lessBiased(reps[i*k+j], e.Value, shift(name))}
			})
		}
		r.differences(m, scorers[i].matching)
		r.wald(m, scorers[i].matching)
	}
	if len(r.views) > 0 && math.IsNaN(seen[0][2]) {
		r.warn("fpr", "Fewer than %d terms are not significant among people, so the false-positive rate has no value; a formula with true nulls would tell.", fewNulls)
	}
	r.contrast(seen, reps)
	return nil
}

// resample returns the replicates of all measures, source by source; nil when
// there are none to make.
func (r *recoveryRun) resample(ctx context.Context, scorers []*scorer, drawn [][]*scorer) ([][]float64, error) {
	if r.Replicates == 0 || len(r.views) == 0 {
		return nil, nil
	}
	h, k := r.people, len(recoveryMeasures)
	views := append([]*view{h}, r.views...)
	var sources []*sourceRows
	for _, v := range views {
		sources = append(sources, v.src)
	}
	pools, index := poolsOf(sources)
	at := make([][]int32, len(views)) // of each respondent: its number in the pool
	for i, v := range views {
		for _, code := range v.codes {
			g, _ := slices.BinarySearch(index[i].codes, code)
			at[i] = append(at[i], int32(g))
		}
	}
	moving := make([][]*scorer, len(drawn)) // the draws of which it is known how respondents move them
	for i, list := range drawn {
		for _, s := range list {
			if s.m.influence != nil {
				moving[i] = append(moving[i], s)
			}
		}
	}
	draws := stat.Resampling{Streams: r.in.Streams, Name: "bootstrap", B: r.Replicates, Workers: r.in.Workers}
	return draws.Run(ctx, k*len(r.views), func() func(int, *rand.Rand, []float64) {
		weight := make([][]uint32, len(pools))
		for i, p := range pools {
			weight[i] = make([]uint32, p.people)
		}
		coef, ame := make([][]float64, len(views)), make([][]float64, len(views))
		for i, v := range views {
			coef[i], ame[i] = make([]float64, len(v.coef)), make([]float64, len(v.ame))
		}
		one := make([]float64, len(h.coef)) // of a draw
		return func(b int, _ *rand.Rand, out []float64) {
			for i, p := range pools {
				p.draw(p.stream(draws, b), weight[i])
			}
			for i, v := range views {
				w := weight[index[i].pool]
				moved(coef[i], v.coef, v.influence, w, at[i])
				moved(ame[i], v.ame, v.moves, w, at[i])
			}
			for i, s := range scorers {
				own := out[i*k : (i+1)*k]
				s.score(coef[0], coef[i+1], ame[0], ame[i+1], own)
				if s.m.drawn == nil {
					continue
				}
				count := own[1 : 1+len(countedMeasures)]
				if len(moving[i]) == 0 {
					for j := range count {
						count[j] = math.NaN()
					}
					continue
				}
				d := moving[i][b%len(moving[i])]
				one = slices.Grow(one[:0], len(d.m.coef))[:len(d.m.coef)]
				moved(one, d.m.coef, d.m.influence, weight[index[i+1].pool], at[i+1])
				d.tally(coef[0], one, count)
			}
		}
	})
}

// moved sets numbers to what they are, to first order, when each respondent, who
// adds so much to them, is drawn as often as the weights say.
func moved(to, from, adds []float64, weight []uint32, at []int32) {
	copy(to, from)
	k := len(to)
	for g, p := range at {
		w := float64(weight[p]) - 1
		if w == 0 {
			continue
		}
		for a, u := range adds[g*k : (g+1)*k] {
			to[a] += w * u
		}
	}
}

// differences adds the source's effects and coefficients less people's, paired
// by respondent.
func (r *recoveryRun) differences(m *view, pairs matching) {
	h := r.people
	k, l, e, f := len(h.coef), len(m.coef), len(h.ame), len(m.ame)
	add := func(name, statistic string, value, squares float64, n int, adds map[respondent]float64) {
		e := Number(Key{Source: m.src.Name, Term: name, Statistic: statistic}, value)
		e.SE = math.NaN()
		if n > 1 {
			e.SE = math.Sqrt(float64(n) / float64(n-1) * squares)
		}
		e = e.wald(r.Level, float64(n-1))
		e.P = tPValue(e.Value/e.SE, float64(n-1))
		e.People, e.Draws = m.respond, m.src.Draws
		r.add(e)
		e.Sample = r.fits.sel.sample
		r.groups.note(e, func() spread { return spread{adds: adds, tested: true} })
	}
	grouped := r.groups.need(m.src.Name)
	for _, p := range pairs.effects {
		squares, n := h.squares[p[0]]+m.squares[p[1]], h.respond+m.respond
		var adds map[respondent]float64
		if m.src.sharesPeople() {
			squares, n = 0, 0
			if grouped {
				adds = map[respondent]float64{}
			}
			r.joint(m, func(i, j int) {
				u := both(h.moves, i, e, p[0], m.moves, j, f, p[1])
				squares, n = squares+u*u, n+1
				if grouped {
					adds[respondent{person: r.who(m, i, j)}] = u
				}
			})
		}
		add(m.effects[p[1]], "ame_difference", m.ame[p[1]]-h.ame[p[0]], squares, n, adds)
	}
	for _, p := range pairs.terms {
		squares, n := h.cross[p[0]*k+p[0]]+m.cross[p[1]*l+p[1]], h.respond+m.respond
		if m.src.sharesPeople() {
			squares, n = 0, 0
			r.joint(m, func(i, j int) {
				u := both(h.influence, i, k, p[0], m.influence, j, l, p[1])
				squares, n = squares+u*u, n+1
			})
		}
		add(m.terms[p[1]], "coef_difference", m.coef[p[1]]-h.coef[p[0]], squares, n, nil)
	}
}

// both returns what a respondent adds to the difference of a number between
// the source and the people: column b of row j less column a of row i, where a
// negative row is none.
func both(h []float64, i, k, a int, m []float64, j, l, b int) float64 {
	u := 0.0
	if j >= 0 {
		u = m[j*l+b]
	}
	if i >= 0 {
		u -= h[i*k+a]
	}
	return u
}

// who returns the code of a respondent by its places, see joint.
func (r *recoveryRun) who(m *view, i, j int) int32 {
	if i >= 0 {
		return r.people.codes[i]
	}
	return m.codes[j]
}

// joint calls visit with the places of each respondent among the people and in
// a source that shares them, -1 where it is not.
func (r *recoveryRun) joint(m *view, visit func(i, j int)) {
	h := r.people
	for i, j := 0, 0; i < len(h.codes) || j < len(m.codes); {
		switch {
		case j >= len(m.codes) || i < len(h.codes) && h.codes[i] < m.codes[j]:
			visit(i, -1)
			i++
		case i >= len(h.codes) || m.codes[j] < h.codes[i]:
			visit(-1, j)
			j++
		default:
			visit(i, j)
			i++
			j++
		}
	}
}

// wald adds the test that all coefficients are equal, in the model of both
// stacked with every term by source, clustered by respondent across the two.
func (r *recoveryRun) wald(m *view, pairs matching) {
	df := len(pairs.terms)
	e := Number(Key{Source: m.src.Name, Statistic: "wald"}, math.NaN())
	e.People, e.Why = m.respond, "the covariance of the differences is singular"
	if df > 0 {
		cov, diff := r.covariance(m, pairs), mat.NewVecDense(df, nil)
		for a, p := range pairs.terms {
			diff.SetVec(a, m.coef[p[1]]-r.people.coef[p[0]])
		}
		var chol mat.Cholesky
		var solved mat.VecDense
		if chol.Factorize(cov) && chol.Cond() < 1e14 && chol.SolveVecTo(&solved, diff) == nil {
			e.Value, e.Why = mat.Dot(diff, &solved), ""
			e.P = distuv.ChiSquared{K: float64(df)}.Survival(e.Value)
		}
	}
	r.add(e)
	d := Number(Key{Source: m.src.Name, Statistic: "wald_df"}, float64(df))
	d.People = m.respond
	r.add(d)
}

// covariance returns that of the differences of the coefficients, by respondent
// (CR1). Respondents of a source's own are independent of the people.
func (r *recoveryRun) covariance(m *view, pairs matching) *mat.SymDense {
	h, df := r.people, len(pairs.terms)
	k, l := len(h.coef), len(m.coef)
	cov, n := mat.NewSymDense(df, nil), h.respond+m.respond
	if m.src.sharesPeople() {
		n = 0
		u := make([]float64, df)
		r.joint(m, func(i, j int) {
			n++
			for a, p := range pairs.terms {
				u[a] = both(h.influence, i, k, p[0], m.influence, j, l, p[1])
			}
			for a := range u {
				for b := a; b < df; b++ {
					cov.SetSym(a, b, cov.At(a, b)+u[a]*u[b])
				}
			}
		})
	} else {
		for a, p := range pairs.terms {
			for b, q := range pairs.terms {
				cov.SetSym(a, b, h.cross[p[0]*k+q[0]]+m.cross[p[1]*l+q[1]])
			}
		}
	}
	cov.ScaleSym(float64(n)/float64(n-1), cov)
	return cov
}

// contrast adds the differences between sources that are asked for.
func (r *recoveryRun) contrast(seen, reps [][]float64) {
	k := len(recoveryMeasures)
	for _, name := range r.Contrasts {
		a, b, _ := strings.Cut(name, "-")
		i := slices.IndexFunc(r.views, func(v *view) bool { return v.src.Name == a })
		j := slices.IndexFunc(r.views, func(v *view) bool { return v.src.Name == b })
		if i < 0 || j < 0 {
			continue
		}
		for s, measure := range recoveryMeasures {
			if measure == "r2_ratio" || measure == "wrong_signs" {
				continue
			}
			e := Number(Key{Source: name, Statistic: measure}, seen[i][s]-seen[j][s])
			e.People = r.views[i].respond
			if reps != nil {
				diff := make([]float64, r.Replicates)
				for d := range diff {
					diff[d] = reps[i*k+s][d] - reps[j*k+s][d]
				}
				e = e.resampled(diff, r.Level)
				bias := meanOf(diff) - e.Value
				for d := range diff {
					diff[d] -= shift(measure) * bias
				}
				e.P = signP(diff)
			}
			r.add(e)
		}
	}
}
