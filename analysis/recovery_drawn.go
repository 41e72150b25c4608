package analysis

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
)

// redraws returns the draws of the answers of the sources that tell
// probabilities, nil when there are none.
func (r *recoveryRun) redraws() *recoveryRedraws {
	in := r.in
	in.Frame = r.fits.sel.frame
	sel := *r.fits.sel
	sel.sources = slices.Clone(sel.sources)
	again := newRedraws(in, &sel, r.fits.from, r.Redraws)
	if again == nil {
		return nil
	}
	return &recoveryRedraws{again, &sel}
}

// recoveryRedraws are the draws of answers: expectations over probabilities have
// no standard errors of their own, and everything would be significant, so that
// what is significant and what covers is counted in fits to answers that are
// drawn, as many as people gave. They are the draws, with the sources that they are of.
type recoveryRedraws struct {
	*redraws
	sel *selection
}

// fit fits the model of a source to each draw of its answers: nil for a source
// that tells no probabilities. Draws without a finite fit are left out.
func (d *recoveryRedraws) fit(ctx context.Context, r *recoveryRun, f *sourceFit, refit *refitter) ([]*view, error) {
	if d == nil || d.of[d.sel.source(f.src.Name)] == nil {
		return nil, nil
	}
	src := d.sel.source(f.src.Name)
	names, answers := f.fitted.terms(), newChooser(refit, d.of[src])
	draws := make([][]uint16, d.n)
	for b := range draws {
		draws[b] = d.choices(src, b)
	}
	views := make([]*view, d.n)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, r.in.Workers))
	for b := range draws {
		g.Go(func() error {
			if s := answers.choose(draws[b]).fit(nil); s != nil {
				views[b] = termsOf(names, s, s.influence(), r.Replicates > 0)
			}
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	views = slices.DeleteFunc(views, func(v *view) bool { return v == nil })
	if lost := d.n - len(views); lost > 0 {
		r.warn(src.Name, "%s: in %d of %d draws of its answers the model has no finite fit; they are left out of what is counted.", src.title(), lost, d.n)
	}
	return views, nil
}

// chooser makes refitters of the answers that are chosen in the draws of a source.
type chooser struct {
	*refitter
	of *redrawn
	at []int32 // of each answer that may be chosen its observation, -1 for none
}

func newChooser(r *refitter, of *redrawn) *chooser {
	c := &chooser{r, of, slices.Repeat([]int32{-1}, len(of.share))}
	for i, row := range r.rows {
		c.at[row] = int32(i)
	}
	return c
}

// choose returns a refitter of the chosen answers, each of which is a whole one,
// in the place of all that there might be by their shares.
func (c *chooser) choose(choices []uint16) *refitter {
	n := len(choices)
	own := *c.refitter
	own.rows = nil
	own.at, own.person = make([]int32, 0, n), make([]int32, 0, n)
	own.y, own.w = make([]float64, 0, n), make([]float64, 0, n)
	for i, k := range choices {
		if k == noAnswer {
			continue
		}
		answer := c.of.start[i] + int32(k)
		if at := c.at[answer]; at >= 0 {
			own.at, own.person = append(own.at, c.refitter.at[at]), append(own.person, c.person[at])
			own.y, own.w = append(own.y, c.y[at]), append(own.w, c.w[at]/c.of.share[answer])
		}
	}
	return &own
}

// counts returns the counted measures of each draw of a source, measure by
// measure; nil for a source that tells no probabilities.
func (r *recoveryRun) counts(m *view) redrawnArm {
	if m.drawn == nil {
		return nil
	}
	all, one := make(redrawnArm, len(countedMeasures)), make([]float64, len(countedMeasures))
	for _, d := range m.drawn {
		r.tally(d, match(r.people, d), r.people.coef, d.coef, one)
		for k, x := range one {
			all[k] = append(all[k], x)
		}
	}
	return all
}

// tally fills the counted measures of a draw, given the coefficients of people
// and of the draw.
func (r *recoveryRun) tally(d *view, pairs matching, hc, dc, out []float64) {
	h, family := r.people, r.fits.params.Family
	tallyTerms(h, d, hc, dc, pairs, h.critical(family, r.Alpha), d.critical(family, r.Alpha), out)
}

// drawnTable shows how what is counted differs from draw to draw; none without
// sources that tell probabilities.
func (r *recoveryRun) drawnTable(f finder) []Table {
	t := Table{Name: "draws", Caption: "Recovery from draw to draw of sources that tell probabilities", Columns: []Column{{Key: "source", Label: "Source", Words: true}}}
	shown := countedMeasures[:3] // of what covers the mean is enough
	labels, kinds := []string{"Sign F1", "False positives", "Wrong signs"}, []CellKind{Real, Percent, Real}
	for i, name := range shown {
		t.Columns = append(t.Columns, Column{Key: name, Label: "Mean", Group: labels[i]}, Column{Key: name + "_low", Label: "Least", Group: labels[i]}, Column{Key: name + "_high", Label: "Largest", Group: labels[i]})
	}
	for _, v := range r.views {
		if v.drawn == nil {
			continue
		}
		cells := []Cell{Word(v.src.title())}
		for i, name := range shown {
			for _, suffix := range []string{"", "_low", "_high"} {
				cells = append(cells, f.cell(kinds[i], Key{Source: v.src.Name, Statistic: name + suffix}))
			}
		}
		t.Rows = append(t.Rows, Row{Cells: cells})
	}
	if t.Rows == nil {
		return nil
	}
	t.Notes = []string{fmt.Sprintf("%d draws of one answer to each question a person, as many persons as people. They are not thrown together: every number is of one draw.", r.Redraws)}
	return []Table{t}
}

// drawnNote says what is counted of sources that tell probabilities, "" when
// there are none.
func (r *recoveryRun) drawnNote() string {
	if !slices.ContainsFunc(r.views, func(v *view) bool { return v.drawn != nil }) {
		return ""
	}
	return fmt.Sprintf("Of sources that tell probabilities, marginal effects, slope, correlation and R² are expectations; what is significant and what covers is the mean over %d draws of their answers, each of as many as people gave.", r.Redraws)
}
