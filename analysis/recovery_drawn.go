package analysis

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"silico/analysis/stat"
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

// manyMoves is how many numbers are kept of how respondents move the draws of a
// source.
const manyMoves = 1 << 20

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
	src, names, views := d.sel.source(f.src.Name), f.fitted.terms(), make([]*view, d.n)
	of := d.of[src]
	answers := newChooser(refit, of, drawsOf(r.fits.sel.frame))
	moved := 0 // the draws of which it is kept how respondents move them
	if r.Replicates > 0 {
		moved = min(d.n, max(1, manyMoves/max(1, len(refit.codes)*len(names))))
	}
	draws := stat.Resampling{Streams: d.streams, Name: d.name + src.Name, B: d.n, Workers: r.in.Workers}
	_, err := draws.Run(ctx, 0, func() func(int, *rand.Rand, []float64) {
		own := *refit
		own.entries, own.first = nil, nil
		s, choices := newSolution(&own), make([]uint16, len(of.codes))
		return func(b int, rng *rand.Rand, _ []float64) {
			of.draw(rng, choices)
			if answers.choose(choices, &own); s.fit(nil) {
				views[b] = termsOf(names, s, b < moved)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	views = slices.DeleteFunc(views, func(v *view) bool { return v == nil })
	if lost := d.n - len(views); lost > 0 {
		r.warn(src.Name, "%s: in %d of %d draws of its answers the model has no finite fit; they are left out of what is counted.", src.title(), lost, d.n)
	}
	return views, nil
}

// chooser makes refitters of the answers that are chosen in the draws of a
// source, each of which is a whole one.
type chooser struct {
	start  []int32 // the answers of row i of the source: start[i] to start[i+1]
	answer []entry // each answer that may be chosen, as an observation
	person []int32 // of each answer its respondent; -1 for one that is no observation
}

// newChooser takes the answers of the first draw of a unit alone, so that what is
// chosen is as much as people gave; draw is that of each row of the frame, nil
// where all are of one.
func newChooser(r *refitter, of *redrawn, draw []float64) *chooser {
	n := len(of.share)
	c := &chooser{of.start, make([]entry, n), slices.Repeat([]int32{-1}, n)}
	for g := range r.codes {
		for i := r.first[g]; i < r.first[g+1]; i++ {
			e, row := r.entries[i], r.rows[i]
			if draw != nil && draw[of.rows[row]] != 1 {
				continue
			}
			c.answer[row], c.person[row] = entry{e.cell, e.n / of.share[row], e.sum / of.share[row]}, int32(g)
		}
	}
	return c
}

// choose gives a refitter the chosen answers in the place of its observations.
func (c *chooser) choose(choices []uint16, r *refitter) {
	r.entries, r.first = r.entries[:0], r.first[:0]
	until := func(g int32) { // the respondents before g have had their answers
		for int32(len(r.first)) <= g {
			r.first = append(r.first, int32(len(r.entries)))
		}
	}
	for i, k := range choices {
		if k == noAnswer {
			continue
		}
		if answer := c.start[i] + int32(k); c.person[answer] >= 0 {
			until(c.person[answer])
			r.entries = append(r.entries, c.answer[answer])
		}
	}
	until(int32(len(r.codes)))
}

// counts returns the counted measures of each draw of a source, measure by
// measure; nil for a source that tells no probabilities.
func (r *recoveryRun) counts(m *view, drawn []*scorer) redrawnArm {
	if m.drawn == nil {
		return nil
	}
	all, one := make(redrawnArm, len(countedMeasures)), make([]float64, len(countedMeasures))
	for _, s := range drawn {
		s.tally(s.h.coef, s.m.coef, one)
		for k, x := range one {
			all[k] = append(all[k], x)
		}
	}
	return all
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
