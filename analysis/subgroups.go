package analysis

// subgroupDistances are the distances of a divergence by subgroup, as far as
// alignment asks for them: the replicates stay, the answers do not.
type subgroupDistances struct {
	params    *Divergence
	sel       *selection
	distances []*subgroupDistance
}

// subgroupDistance is the corrected distance of a source to the reference in one
// subgroup.
type subgroupDistance struct {
	Estimate           // js; its key has the outcome and the subgroup
	reps     []float64 // its replicates, nil without
	fewest   int       // respondents on the smaller side
	floors   []float64 // corrected distances of pairs of samples of people of that size, nil without
}

// keep notes a distance of a subgroup. Floors of all subgroups are of the same
// number of splits.
func (r *divergenceRun) keep(js Estimate, reps []float64, fewest int, f *floor) {
	if r.result.Subgroups == nil {
		r.result.Subgroups = &subgroupDistances{params: r.Divergence}
	}
	d := &subgroupDistance{Estimate: js, reps: reps, fewest: fewest}
	if f != nil {
		d.floors = f.items.js
	}
	r.result.Subgroups.sel = r.sel
	r.result.Subgroups.distances = append(r.result.Subgroups.distances, d)
}

// find returns the distance of a source in a subgroup, nil when there is none.
func (s *subgroupDistances) find(source, outcome, variable, level string) *subgroupDistance {
	for _, d := range s.distances {
		if d.Source == source && d.Outcome == outcome && d.Variable == variable && d.Level == level {
			return d
		}
	}
	return nil
}
